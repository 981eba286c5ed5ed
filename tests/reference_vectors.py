"""Published test vectors that are not part of the project, read where there is a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

BESIDE = Path(__file__).parents[1] / "../shared/reference/vectors"


def vectors(name: str) -> Any:
    """Reads a file from the folder LINKASSAY_VECTORS, or from beside the checkout; or skips."""
    path = Path(os.environ.get("LINKASSAY_VECTORS") or BESIDE) / name
    if not path.exists():
        pytest.skip(f"{name} is not there: set LINKASSAY_VECTORS to the folder that holds it")
    return json.loads(path.read_text(encoding="utf-8"))
