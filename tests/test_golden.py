"""Golden results: Kent at 5,000 people and seed 1, as proposed.

They may change when the world does. Then run `python tests/test_golden.py` to write them anew, and
give the old and the new headline figures in CHANGELOG.md with the reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from scenarios.result import Result

GOLDEN = Path(__file__).parent / "golden" / "kent_5000.json"


def as_golden(result: Result) -> dict[str, float | None]:
    """Returns the value of each figure as proposed, by its section, subject, measure and group."""
    return {
        f"{f.section} / {f.subject} / {f.measure} / {f.group}": f.value
        for f in result.select(option=AS_PROPOSED)
    }


def test_kent_at_5000_people_gives_its_golden_figures(kent: Result) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    found = as_golden(kent)
    assert found.keys() == golden.keys()
    for name, value in golden.items():
        assert found[name] == (None if value is None else pytest.approx(value, rel=1e-9)), name


def main() -> None:
    """Writes the golden figures anew."""
    from scenarios.loading import load
    from scenarios.runner import run

    result = run(load("kent"), people=5_000, options=[])
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(as_golden(result), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
