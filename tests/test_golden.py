"""Golden results: each system at a small size and seed 1, as proposed.

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
    from collections.abc import Iterable

    from scenarios.result import Figure, Result

PEOPLE = {"kent": 5_000, "istv": 20_000, "hertfordshire": 3_000, "housing_health_wales": 5_000}


def golden_file(system: str) -> Path:
    return Path(__file__).parent / "golden" / f"{system}_{PEOPLE[system]}.json"


def as_golden(figures: Iterable[Figure]) -> dict[str, float | None]:
    """Returns the value of each figure, by its section, subject, measure and group."""
    return {f"{f.section} / {f.subject} / {f.measure} / {f.group}": f.value for f in figures}


def as_proposed(system: str) -> list[Figure]:
    """Carries a system out as proposed, without its options and the ends of its ranges."""
    from scenarios.handover import hand_over, thief_prefixes
    from scenarios.loading import load, with_setting
    from scenarios.recipe import figures
    from scenarios.runner import without_grids
    from scenarios.stages import Stages

    proposal = without_grids(with_setting(load(system), "world.people", PEOPLE[system]))
    stages = Stages()
    swept = thief_prefixes(proposal, 1, stages, 1)
    return figures(hand_over(proposal, 1, stages, 1, swept), AS_PROPOSED)


def hold_against_golden(system: str, found: dict[str, float | None]) -> None:
    golden = json.loads(golden_file(system).read_text(encoding="utf-8"))
    assert found.keys() == golden.keys()
    for name, value in golden.items():
        assert found[name] == (None if value is None else pytest.approx(value, rel=1e-9)), name


def test_kent_at_5000_people_gives_its_golden_figures(kent: Result) -> None:
    hold_against_golden("kent", as_golden(kent.select(option=AS_PROPOSED)))


@pytest.mark.parametrize("system", ["istv", "hertfordshire", "housing_health_wales"])
def test_other_systems_give_their_golden_figures(system: str) -> None:
    hold_against_golden(system, as_golden(as_proposed(system)))


def main() -> None:
    """Writes the golden figures anew."""
    for system in PEOPLE:
        text = json.dumps(as_golden(as_proposed(system)), indent=1) + "\n"
        golden_file(system).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
