"""docs/validity.md: the split of published figures holds, and the script fills the page it says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validity.md"
SCRIPT = ROOT / "benchmarks" / "validity.py"
CLASSES = ("calibrated-to", "held out", "not attempted")
VERDICTS = (
    "near",
    "right order",
    "miss",
    "found",
    "not found",
    "undecided",
    "met",
    "not met",
    "too few to say",
    "later world",
)


class Figure(NamedTuple):
    """A row of the page."""

    name: str
    kind: str
    ours: str

    @property
    def verdict(self) -> str:
        """How the row was read, `later world`, or nothing."""
        if self.ours.startswith("later world"):
            return "later world"
        found = re.search(rf"; ({'|'.join(VERDICTS)})\.(?: Why: .+)?$", self.ours)
        return found[1] if found else ""


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def figures() -> list[Figure]:
    """Every row of the page's tables that has a class."""
    rows = (cells(x) for x in PAGE.read_text(encoding="utf-8").splitlines() if x.startswith("| `"))
    return [Figure(row[0].strip("`"), row[3], row[-1]) for row in rows if len(row) == 6]


def derived() -> set[str]:
    """Ids of the derived expectations, which are not counted."""
    return set(re.findall(r"^\| `(d-[a-z]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def claimed() -> list[str]:
    """Ids that the script says it computes."""
    listed = subprocess.run(
        [sys.executable, SCRIPT, "--ids"], capture_output=True, check=True, text=True, cwd=ROOT
    )
    return listed.stdout.split()


def test_every_figure_has_one_of_the_three_classes_and_an_id_of_its_own() -> None:
    rows = figures()
    assert len(rows) == 110
    assert {row.kind for row in rows} == set(CLASSES)
    assert len({row.name for row in rows} | derived()) == len(rows) + len(derived())


def test_at_least_a_third_of_the_figures_are_held_out() -> None:
    counts = Counter(row.kind for row in figures())
    assert 3 * counts["held out"] >= sum(counts.values())
    assert f"Held out of all rows: {counts['held out']} / " in PAGE.read_text(encoding="utf-8")


def test_every_attempted_figure_is_read_by_the_rule_or_waits_for_a_later_world() -> None:
    for row in figures():
        if row.kind == "not attempted":
            assert row.ours == "–", row.name  # noqa: RUF001 - as the page writes it
        else:
            assert row.verdict, row.name


def test_what_misses_says_why() -> None:
    for row in figures():
        if row.verdict in ("miss", "not met", "not found", "undecided", "too few to say"):
            assert " Why: " in row.ours, row.name


def test_the_table_of_verdicts_counts_the_rows() -> None:
    counts = Counter((row.verdict, row.kind) for row in figures())
    text = PAGE.read_text(encoding="utf-8")
    for verdict in VERDICTS:
        found = re.search(rf"^\| {verdict} \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
        told = (int(found[1]), int(found[2])) if found else (0, 0)
        assert told == tuple(counts[verdict, kind] for kind in CLASSES[:2]), verdict


def test_the_script_claims_ids_of_the_page_and_the_page_has_no_figure_from_elsewhere() -> None:
    ids = claimed()
    assert len(ids) == len(set(ids))
    filled = {row.name for row in figures() if row.verdict not in ("", "later world")}
    assert set(ids) == filled | derived()


@pytest.mark.long
def test_the_script_yields_a_line_for_each_id_that_it_claims() -> None:
    run = subprocess.run(
        [sys.executable, SCRIPT, "--people", "5000", "--seeds", "1"],
        capture_output=True,
        check=True,
        text=True,
        cwd=ROOT,
    )
    names = [cells(line)[0].strip("`") for line in run.stdout.splitlines()]
    assert names == claimed()
    assert all(len(cells(line)) == 3 for line in run.stdout.splitlines())
    assert "nan" not in run.stdout
