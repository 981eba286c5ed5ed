"""Published test vectors: those of the package `cryptography-vectors`, and files kept elsewhere.

The larger files, Wycheproof's among them, are no part of the project. Tests read them from the
folder that the environment's LINKASSAY_VECTORS names, else from `../shared/reference/vectors`
beside the repository, and are skipped where there is none.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

import cryptography_vectors
import pytest

ROOT = Path(__file__).parents[1]
FOLDER = Path(os.environ.get("LINKASSAY_VECTORS", ROOT.parent / "shared" / "reference" / "vectors"))


def kept(name: str) -> Any:
    """Reads a JSON file of the folder; skips the test where the folder is absent."""
    if not FOLDER.is_dir():
        pytest.skip("no folder of test vectors: name it in LINKASSAY_VECTORS")
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def kept_cases(name: str, result: str) -> list[dict[str, Any]]:
    """Gives the cases of a file with one result, valid or invalid, from all its groups."""
    groups = kept(name)["testGroups"]
    return [case for group in groups for case in group["tests"] if case["result"] == result]


def packaged(path: str, first: str) -> list[dict[str, list[bytes]]]:
    """Reads a text file of `cryptography-vectors` with lines `NAME = hexadecimal`.

    Args:
        path: The file, within the package.
        first: The name with which a case begins.

    Returns:
        Of each case, the values by name; the digits behind a name are cut, since parts are numbered
        so. What is not hexadecimal is left out.
    """
    text = (Path(cryptography_vectors.__file__).parent / path).read_text(encoding="utf-8")
    cases: list[dict[str, list[bytes]]] = []
    for line in text.splitlines():
        name, equals, value = (part.strip() for part in line.partition("="))
        if name == first:
            cases.append(defaultdict(list))
        if cases and equals and not name.startswith("#") and len(value) % 2 == 0:
            cases[-1][name.rstrip("0123456789")].append(bytes.fromhex(value))
    return cases
