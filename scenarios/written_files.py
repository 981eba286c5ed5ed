"""Written files: links and what stands beside them, all written whole or none."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from scenarios.figures.words import listed
from scenarios.files import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ENDINGS: Final = (".parquet", ".csv")


class FileExists(OutputError):  # noqa: N818 - says what is the case
    """A file stands where another is to be written, and replacing it was not asked for."""


class Places(NamedTuple):
    """Where a linkage is written.

    Attributes:
        links: The links.
        review: Pairs for clerical review.
        clusters: Clusters of one file's records; null where two files are linked.
        errors: Missed and false matches; null where the truth is not known.
        summary: The summary, as JSON.
        report: The report, as one HTML page.
    """

    links: Path
    review: Path
    clusters: Path | None
    errors: Path | None
    summary: Path
    report: Path


def places(out: Path, *, one_file: bool, judged: bool) -> Places:
    """Names the files beside the links: as `a.review.parquet` beside `a.parquet`.

    Args:
        out: Where the links are to be written.
        one_file: Whether duplicates within one file are looked for.
        judged: Whether the truth is known.
    """

    def beside(name: str) -> Path:
        return out.with_suffix(f".{name}{out.suffix}")

    return Places(
        out,
        beside("review"),
        beside("clusters") if one_file else None,
        beside("errors") if judged else None,
        out.with_suffix(".json"),
        out.with_suffix(".report.html"),
    )


def check_places(where: Places, *, replace: bool, command: str, inputs: Iterable[Path]) -> None:
    """Checks, before any work, that links could be written to a file.

    Args:
        where: The files; the ending of that of the links says the format.
        one_file: Whether clusters are written beside it.
        replace: Whether what is there, or beside it, may be replaced.
        command: The exact command that would replace it, for the message.
        inputs: Files that are read, and are never replaced.

    Raises:
        OutputError: If it cannot be, or must not; the message says what to try.
    """
    written = [path for path in where if path is not None]
    check_written(written, replace=replace, command=command, inputs=inputs)


def check_written(
    written: Sequence[Path],
    *,
    replace: bool,
    command: str,
    inputs: Iterable[Path],
    such_as: str = "links",
) -> None:
    """Checks, before any work, that files could be written; see `check_places`.

    Args:
        written: The files; the first is that of `--out`.
        replace: Whether what is there may be replaced.
        command: The exact command that would replace it, for the message.
        inputs: Files that are read, and are never replaced.
        such_as: A name without its ending, for the message.

    Raises:
        OutputError: As for `check_places`.
    """
    out, inputs = written[0], list(inputs)
    if out.suffix.lower() not in ENDINGS:
        raise OutputError(
            f"--out {out}: its name must end in {' or '.join(ENDINGS)}, which says the format. "
            f"Try --out {such_as}.parquet"
        )
    for path in written:
        if path.is_dir():
            raise OutputError(f"{path} is a directory. Choose another file with --out.")
        if any(_same(path, each) for each in inputs):
            raise OutputError(
                f"{path} is one of the files to be read; it is never replaced. "
                "Choose another file with --out."
            )
    there = [str(path) for path in written if path.exists() or path.is_symlink()]
    if there and not replace:
        verb = (
            "are there already; they were left as they were"
            if len(there) > 1
            else ("is there already; it was left as it was")
        )
        raise FileExists(f"{listed(there)} {verb}. To replace:\n  {command}")
    parent = next(each for each in out.resolve().parents if each.exists())
    if not parent.is_dir():
        raise OutputError(f"{parent} is a file, not a directory. Choose another place with --out.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"No permission to write in {parent}. Choose another place with --out.")


def write_all(contents: Mapping[Path, bytes], *, replace: bool) -> None:
    """Writes files beside each other, all of them or none.

    Each is written under a temporary name in its directory and forced to the disk; only then are
    all renamed. If a rename fails, those before it are undone.

    Args:
        contents: Bytes by path; the paths are in one directory, which is made.
        replace: Whether what is there may be replaced.

    Raises:
        OutputError: If something is there and `replace` is false, or writing fails.
    """
    paths = list(contents)
    place = paths[0].resolve().parent
    there = [str(path) for path in paths if path.exists()]
    if there and not replace:
        raise FileExists(f"{there[0]} is there already; it was left as it was.")
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".links.", suffix=".part", dir=place) as workshop:
            for number, content in enumerate(contents.values()):
                _write(Path(workshop) / str(number), content)
            _put_in_place(Path(workshop), paths)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(
            f"Could not write {paths[0]}: {reason}. Nothing was written. Free some space or check "
            "permissions, or choose another file with --out."
        ) from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _put_in_place(workshop: Path, paths: list[Path]) -> None:
    """Renames the new files to their places, keeping the old ones until all are there."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for number, path in enumerate(paths):
            earlier = workshop / f"earlier-{number}" if path.exists() else None
            if earlier is not None:
                path.rename(earlier)
            done.append((path, earlier))
            (workshop / str(number)).rename(path)
    except BaseException:
        for path, earlier in reversed(done):
            with suppress(OSError):
                path.unlink(missing_ok=True)
                if earlier is not None:
                    earlier.rename(path)
        raise


def _same(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.exists() and other.exists() and one.samefile(other)
    return False
