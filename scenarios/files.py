"""Files of a run: written whole or not at all.

A directory is filled beside its destination under a temporary name, forced to the disk, and then
renamed. Whatever goes wrong on the way, nothing half written is left behind, and what stood at the
destination before is untouched.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from polars import DataFrame
    from pydantic import BaseModel

    from scenarios.result import Result

WRITTEN_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "run": ("report.html", "result.json", "run.json", "tables", "figures", "kept"),
        "simulation": ("agencies", "truth", "dictionary.csv", "manifest.json"),
    }
)
"""What each kind of output puts into its directory; nothing else there is ever replaced."""


class OutputError(Exception):
    """Output cannot be written; the message says why and what to try."""


class OutputExists(OutputError):  # noqa: N818 - says what is the case
    """The destination holds earlier output, and replacing it was not asked for.

    Attributes:
        target: The destination.
    """

    def __init__(self, target: Path, command: str = "", by: str = "run") -> None:
        """Writes the message.

        Args:
            target: The destination.
            command: The exact command that would replace it; empty if not known.
            by: What wrote it, of WRITTEN_BY.
        """
        self.target = target
        ask = f"To replace it:\n  {command}" if command else "Choose another, or ask to replace it."
        super().__init__(f"{target} holds an earlier {by}; it was left as it is. {ask}")


def check_target(target: Path, *, replace: bool, command: str = "", by: str = "run") -> None:
    """Checks, before any work, that output could be written to a directory.

    Args:
        target: The directory.
        replace: Whether earlier output of the same kind there may be replaced.
        command: The exact command that would replace it, for the message.
        by: What would write it, of WRITTEN_BY.

    Raises:
        OutputExists: If earlier output is there and `replace` is false.
        OutputError: If the directory holds anything that was not so written, or cannot be made.
    """
    if target.is_dir():
        strange = sorted(each.name for each in target.iterdir() if each.name not in WRITTEN_BY[by])
        if strange:
            raise OutputError(
                f"{target} holds files that no {by} wrote ({', '.join(strange[:3])}); "
                "it is never replaced. Choose another directory with --out."
            )
        if any(target.iterdir()) and not replace:
            raise OutputExists(target, command, by)
    elif target.exists() or target.is_symlink():
        raise OutputError(f"{target} is a file. Choose a directory with --out.")
    _check_parent(target.resolve())


def _check_parent(target: Path) -> None:
    parent = next(each for each in target.parents if each.exists())
    if not parent.is_dir():
        raise OutputError(f"{parent} is a file, not a directory. Choose another place with --out.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise OutputError(f"No permission to write in {parent}. Choose another place with --out.")


def write_whole(target: Path, writer: Callable[[Path], None], *, replace: bool) -> None:
    """Writes a directory whole, or not at all.

    Args:
        target: The directory to write; its parents are made.
        writer: Fills the directory that it is given.
        replace: Whether what stands there may be replaced.

    Raises:
        OutputExists: If something stands there and `replace` is false.
        OutputError: If writing fails; the message says why and what to try.
    """
    target = target.resolve()
    if target.exists() and not replace and (not target.is_dir() or any(target.iterdir())):
        raise OutputExists(target)
    with _undone_on_failure(target) as made:
        _make_parents(target.parent, made)
        workshop = _workshop(target)
        made.append(workshop)
        whole = workshop / "whole"
        whole.mkdir()
        writer(whole)
        _force_to_disk(whole)
        _put_in_place(whole, target, workshop / "earlier")
        shutil.rmtree(workshop, ignore_errors=True)
        _force_directory(target.parent)


@contextmanager
def _undone_on_failure(target: Path) -> Iterator[list[Path]]:
    """Removes the directories noted in the list if the block fails, the last first."""
    made: list[Path] = []
    try:
        yield made
    except BaseException as error:
        if made and made[-1] not in target.parents:
            shutil.rmtree(made.pop(), ignore_errors=True)
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()
        if isinstance(error, OSError):
            raise OutputError(_message(target, error)) from error
        raise


def _message(target: Path, error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return (
        f"Could not write {target}: {reason}. Nothing was written. "
        "Free some space or check permissions, or choose another directory with --out."
    )


def _make_parents(parent: Path, made: list[Path]) -> None:
    missing = [each for each in (parent, *parent.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        made.append(each)


def _workshop(target: Path) -> Path:
    """Makes a private directory beside the destination, so that renaming crosses no disks."""
    return type(target)(
        tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    )


def _put_in_place(whole: Path, target: Path, earlier: Path) -> None:
    """Renames the new directory to its destination, keeping the old one until that is done."""
    if not target.exists():
        whole.rename(target)
        return
    target.rename(earlier)
    try:
        whole.rename(target)
    except BaseException:
        earlier.rename(target)
        raise


def _force_to_disk(directory: Path) -> None:
    """Forces every file below a directory, and the directories, to the disk."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            with path.open("rb") as written:
                os.fsync(written.fileno())
        else:
            _force_directory(path)
    _force_directory(directory)


def _force_directory(directory: Path) -> None:
    with suppress(OSError):  # some file systems cannot; the files themselves are safe by now
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_run(
    directory: Path,
    result: Result,
    record: BaseModel,
    html: str,
    figures: Mapping[str, str],
    *,
    kept: Mapping[str, DataFrame] = MappingProxyType({}),
    replace: bool = False,
) -> None:
    """Writes a run: report, result, record, tables and figures, and the frames that are kept.

    Args:
        directory: Where to; see `check_target`.
        result: The result, for `result.json` and `tables/*.parquet`.
        record: Timings, memory and versions, for `run.json`.
        html: The report, for `report.html`.
        figures: SVG text by file stem, for `figures/*.svg`.
        kept: Frames by file name without ending, for `kept/*.parquet` and their manifest.
        replace: Whether an earlier run there may be replaced.

    Raises:
        OutputExists: If an earlier run is there and `replace` is false.
        OutputError: If it cannot be written; nothing half written is left behind.
    """
    from scenarios.tables import parquet, result_tables

    check_target(directory, replace=replace)

    def fill(place: Path) -> None:
        write_text(place / "report.html", html)
        write_text(place / "result.json", result.to_json())
        write_text(place / "run.json", record.model_dump_json(indent=2) + "\n")
        (place / "tables").mkdir()
        for name, table in result_tables(result).items():
            (place / "tables" / f"{name}.parquet").write_bytes(parquet(table, result.provenance))
        (place / "figures").mkdir()
        for stem, svg in figures.items():
            write_text(place / "figures" / f"{stem}.svg", svg)
        if kept:
            _keep(place / "kept", kept, result)

    write_whole(directory, fill, replace=replace)


def _keep(place: Path, frames: Mapping[str, DataFrame], result: Result) -> None:
    """Writes frames as Parquet that says it is invented, and a manifest of them."""
    import polars as pl

    from scenarios.tables import parquet

    listed = []
    for name, frame in frames.items():
        path = place / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        marked = frame.with_columns(provenance=pl.lit(result.provenance))
        content = parquet(marked, result.provenance)
        path.write_bytes(content)
        option, seed, kind, what = name.split("/")
        listed.append(
            {
                "file": f"{name}.parquet",
                "option": option,
                "seed": int(seed.removeprefix("seed-")),
                "kind": kind,
                "name": what,
                "rows": frame.height,
                "columns": {column: str(dtype) for column, dtype in frame.schema.items()},
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    manifest = {
        "format": 1,
        "provenance": result.provenance,
        "linkassay": result.linkassay,
        "result_sha256": result.digest,
        "files": listed,
    }
    write_text(place / "manifest.json", json.dumps(manifest, indent=2) + "\n")


def write_text(path: Path, text: str) -> None:
    """Writes a text file: UTF-8, lines ended by a line feed."""
    path.write_text(text, encoding="utf-8", newline="\n")
