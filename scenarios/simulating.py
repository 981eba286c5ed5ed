"""Simulating alone: an invented world's agency files, with the truth in a directory of its own."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import polars as pl

from scenarios.dictionary import dictionary
from scenarios.files import write_text, write_whole
from scenarios.record import version
from scenarios.tables import parquet
from simulator.extracts import extract
from simulator.lifecourse import residences
from simulator.world import make_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from simulator.specs import AgencySpec, WorldSpec
    from simulator.state import World

Format = Literal["parquet", "csv"]
PROVENANCE = "invented"


class WrittenDown(NamedTuple):
    """What one agency wrote down: its name, how many records, and how many with an error."""

    agency: str
    records: int
    with_an_error: int


def write_simulated(
    directory: Path,
    spec: WorldSpec,
    agencies: Mapping[str, AgencySpec],
    seed: int,
    kind: Format,
    *,
    replace: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> list[WrittenDown]:
    """Invents a world, and writes what agencies wrote down of it, one agency at a time.

    Written are `agencies/NAME`, `truth/NAME-owners`, `-errors` and `-cells` of each agency,
    `truth/people`, `truth/homes` and `truth/residences`, `dictionary.csv` and `manifest.json`.
    Every row says that it is invented, and so does the metadata of every Parquet file.

    Args:
        directory: Where to; see `check_target`.
        spec: The world.
        agencies: The agencies, by name.
        seed: The seed.
        kind: Format of the files.
        replace: Whether what was simulated there before may be replaced.
        progress: Called with a stage in words and the share that is done.

    Returns:
        What each agency wrote down, in order.

    Raises:
        OutputExists: If something is there and `replace` is false.
        OutputError: If it cannot be written; nothing half written is left behind.
    """
    tell = progress or (lambda _stage, _share: None)
    tell("inventing people", 0.0)
    world = make_world(spec, agencies, {}, seed)
    counts: list[WrittenDown] = []
    frames = _frames(world, agencies, tell, counts)
    fill = partial(_fill, world=world, agencies=agencies, kind=kind, frames=frames)
    write_whole(directory, fill, replace=replace)
    return counts


def _fill(
    place: Path,
    *,
    world: World,
    agencies: Mapping[str, AgencySpec],
    kind: Format,
    frames: Iterator[tuple[str, pl.DataFrame]],
) -> None:
    listed = []
    for name, frame in frames:
        content = _content(frame.with_columns(provenance=pl.lit(PROVENANCE)), kind)
        path = place / f"{name}.{kind}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        listed.append(
            {
                "file": path.relative_to(place).as_posix(),
                "rows": frame.height,
                "columns": {column: str(dtype) for column, dtype in frame.schema.items()},
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    write_text(place / "dictionary.csv", dictionary(agencies).write_csv())
    manifest = {
        "format": 1,
        "provenance": PROVENANCE,
        "linkassay": version(),
        "seed": world.seed,
        "world": world.spec.model_dump(mode="json"),
        "files": listed,
    }
    write_text(place / "manifest.json", json.dumps(manifest, indent=2) + "\n")


def _frames(
    world: World,
    agencies: Mapping[str, AgencySpec],
    tell: Callable[[str, float], None],
    counts: list[WrittenDown],
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Gives each file's name without ending, and its frame; one agency is made at a time."""
    for number, (name, agency) in enumerate(agencies.items(), start=1):
        tell(f"writing {name}", number / (len(agencies) + 2))
        dataset, about = extract(world, name, agency)
        wrong = about.errors["record_id"].n_unique()
        counts.append(WrittenDown(name, dataset.frame.height, wrong))
        yield f"agencies/{name}", dataset.frame
        yield f"truth/{name}-owners", about.owners
        yield f"truth/{name}-errors", about.errors
        yield f"truth/{name}-cells", about.cells
    tell("writing the truth", (len(agencies) + 1) / (len(agencies) + 2))
    yield "truth/people", world.people
    yield "truth/homes", world.homes
    yield "truth/residences", residences(world.people, world.spec)


def _content(frame: pl.DataFrame, kind: Format) -> bytes:
    return parquet(frame, PROVENANCE) if kind == "parquet" else frame.write_csv().encode()
