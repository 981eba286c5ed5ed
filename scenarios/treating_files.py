"""Treated files, written: the table, and what was done, in its metadata or beside it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import polars as pl

from scenarios.file_labels import METADATA, WHAT, beside, written_labels
from scenarios.json_text import json_text
from scenarios.record import version
from scenarios.tables import parquet
from scenarios.treating_checks import PROVENANCE
from scenarios.written_files import write_all

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.treating import TreatedFile


def places_of(out: Path) -> tuple[Path, ...]:
    """Names the files that are written: beside a CSV, a JSON file that says what was done."""
    return (out, beside(out)) if out.suffix.lower() == ".csv" else (out,)


def write_treated(treated: TreatedFile, out: Path, *, replace: bool) -> None:
    """Writes what was made of a file, with what was done: all of it or nothing.

    Tokens and match-keys are decimal numbers in a CSV, and codes hexadecimal digits.

    Raises:
        OutputError: If something is there and `replace` is false, or nothing can be written.
    """
    provenance = treated.file.provenance
    table = treated.table.with_columns(pl.lit(provenance).alias(PROVENANCE))
    if out.suffix.lower() != ".csv":
        about = {METADATA: json_text(about_of(treated))}
        write_all({out: parquet(table, provenance, about)}, replace=replace)
        return
    content = table.with_columns(pl.col(pl.Binary).bin.encode("hex")).write_csv().encode()
    about = about_of(treated) | {
        "file": out.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "spreadsheets": "a spreadsheet keeps 15 digits of a number, and tokens have up to 20",
    }
    text = (json_text(about) + "\n").encode()
    write_all({out: content, beside(out): text}, replace=replace)


def about_of(treated: TreatedFile) -> dict[str, Any]:
    """Says what was done to a file, as it is written with it: no key, no value, no count."""
    holders = {
        name: each.key_holder
        for name, each in treated.treatment.identity.items()
        if each.key_holder
    } | {
        name: each.key_holder
        for each in treated.treatment.match_keys.values()
        for name in each.names
        if each.key_holder
    }
    return {
        "format": 1,
        "what": WHAT,
        "linkassay": version(),
        "provenance": treated.file.provenance,
        "labels": written_labels(treated.labels),
        "key_holders": holders,
        "authority": treated.authority.model_dump(mode="json") if treated.authority else None,
        "hazards": [
            {"table": table, "hazard": each.name, "reason": each.reason, "source": each.source}
            for table, each in treated.fit.hazards
        ],
    }
