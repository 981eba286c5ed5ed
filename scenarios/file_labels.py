"""Labels of a file: how its tokens and codes were made, and whether everybody in it is invented.

They stand in the metadata of a Parquet file, and in a JSON file beside a CSV, which has no place
for them; whoever copies the CSV alone loses them, and the file then counts as supplied.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from simulator.schema import TokenLabel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.schema import Provenance

WHAT: Final = "pseudonymised file"
METADATA: Final = "linkassay"
"""Key of Parquet metadata under which a file says what was done, as JSON."""

_MANIFEST: Final = "manifest.json"
_PARTS: Final = {part.name for part in fields(TokenLabel)}


def beside(path: Path) -> Path:
    """Gives the JSON file beside a CSV that says what was done to it."""
    return path.with_suffix(".json")


def frequency_of(column: str) -> str:
    """Names the column that says how often each value of a hashed column occurs in its file."""
    return f"{column} frequency"


def written_labels(labels: Mapping[str, TokenLabel]) -> dict[str, dict[str, str]]:
    """Gives labels as they are written."""
    return {column: asdict(label) for column, label in labels.items()}


def labels_of(path: Path, kind: str) -> dict[str, TokenLabel]:
    """Reads the labels of a file's columns of tokens and codes.

    Args:
        path: A file that can be read.
        kind: `CSV` or `Parquet`.

    Returns:
        The labels by column; empty for a file that this program did not pseudonymise.
    """
    given = _said(path, kind).get("labels")
    return {
        column: TokenLabel(**label)
        for column, label in (given if isinstance(given, dict) else {}).items()
        if isinstance(label, dict)
        and set(label) == _PARTS
        and all(isinstance(part, str) for part in label.values())
    }


def provenance_of(path: Path, kind: str) -> Provenance:
    """Tells whether a file says that everybody in it is invented; if it does not, it is supplied.

    A Parquet file says so in its metadata. Of a CSV, a manifest in its directory or the one above
    does, or the JSON file beside it, and must have the digest of its content.
    """
    if kind == "Parquet":
        said = pl.read_parquet_metadata(path).get("provenance")
        return "invented" if said == "invented" else "supplied"
    listed: list[tuple[dict[str, Any], Any]] = [(about := _said(path, kind), about.get("sha256"))]
    for place in path.resolve().parents[:2]:
        manifest = _json(place / _MANIFEST)
        rows = manifest.get("files")
        listed += [
            (manifest, row.get("sha256"))
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, dict)
        ]
    digests = {digest for said, digest in listed if said.get("provenance") == "invented"}
    return "invented" if digest_of(path) in digests else "supplied"


def digest_of(path: Path) -> str:
    """Gives the SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _said(path: Path, kind: str) -> dict[str, Any]:
    """Reads what a pseudonymised file says of itself; empty for any other."""
    if kind == "Parquet":
        said = _parsed(pl.read_parquet_metadata(path).get(METADATA, ""))
    else:
        said = _json(beside(path))
    return said if said.get("what") == WHAT else {}


def _json(path: Path) -> dict[str, Any]:
    try:
        return _parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _parsed(text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
