"""docs/validity.md: the split of published figures holds, and the script fills the page it says."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import polars as pl
import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validity.md"
SCRIPT = ROOT / "benchmarks" / "validity.py"
sys.path.insert(0, str(SCRIPT.parent))  # the script's parts import each other by their own names
import validity  # noqa: E402

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
    """Ids of the derived expectations, and of figures compared again, which are not counted."""
    text = PAGE.read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([dlw]-[a-z-]+)` \|", text, re.MULTILINE))


def claimed() -> list[str]:
    """Ids that the script says it computes."""
    listed = subprocess.run(
        [sys.executable, SCRIPT, "--ids"], capture_output=True, check=True, text=True, cwd=ROOT
    )
    return listed.stdout.split()


def test_every_figure_has_one_of_the_three_classes_and_an_id_of_its_own() -> None:
    rows = figures()
    assert len(rows) == 114
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


def test_the_ladder_of_four_steps_stands_beside_what_is_published_and_a_miss_is_called_one() -> (
    None
):
    text = PAGE.read_text(encoding="utf-8")
    rows = {
        row[0].strip("`"): row for row in map(cells, re.findall(r"^\| `l-.*$", text, re.MULTILINE))
    }
    assert "4.1 %" in rows["l-missed"][2]
    assert "0.2 %" in rows["l-false"][2]
    for name in ("l-missed", "l-false"):
        reading = re.search(r"; (near|right order|miss)\.(?P<why> Why: .+)?$", rows[name][-1])
        assert reading, name
        assert reading[1] != "miss" or reading["why"], name
    for name in ("l-missed-ratios", "l-missed-ratios-ae"):
        assert "higher for both" in rows[name][2]
        assert len(re.findall(r"\(95 % [\d.]+ to [\d.]+\)", rows[name][-1])) == 2
        assert re.search(r"; (found|not found|undecided)\.", rows[name][-1]), name


def test_m_learnt_without_the_truth_stands_beside_m_by_truth_and_m_published() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [cells(row) for row in re.findall(r"^\| `w-.*$", text, re.MULTILINE)]
    assert len(rows) == 5
    for name, _, published, ours in rows:
        assert re.search(r"m [\d.]+ %", published), name
        assert re.match(r"m by truth [\d.]+ \(.*\), m learnt [\d.]+ \(.*\), u learnt ", ours), name


def test_ratios_are_read_by_intervals_that_pool_the_seeds() -> None:
    log_2, error = math.log(2), 0.3
    [(ratio, low, high)] = validity.pooled([(log_2,) * 4, (error,) * 4])
    assert ratio == pytest.approx(2)
    assert math.log(high / low) == pytest.approx(2 * 1.96 * error / 2, rel=1e-3)
    for pair, verdict in (
        ((1.0, 0.1), "found"),
        ((-1.0, 0.1), "not found"),
        ((0.1, 1.0), "undecided"),
    ):
        assert validity.verdict("l-missed-ratios", [pair * 2]) == verdict
    assert validity.verdict("l-missed-ratios", [(1.0, 0.1, -1.0, 0.1)]) == "not found"
    assert validity.verdict("l-missed-ratios", [(math.nan,) * 4]) == "too few to say"


def test_a_step_of_the_ladder_is_climbed_where_both_datasets_have_its_fields() -> None:
    from validity_ladder import FOUR_STEPS, LOCAL_ID, steps_between

    fields = sorted({field for step in FOUR_STEPS for field in step})
    without = [field for field in fields if field != LOCAL_ID]

    def holding(columns: list[str]) -> Any:
        return SimpleNamespace(frame=pl.DataFrame({column: [] for column in columns}))

    assert steps_between(holding(fields), holding(fields)) == FOUR_STEPS
    left = steps_between(holding(fields), holding(without))
    assert left == tuple(step for step in FOUR_STEPS if LOCAL_ID not in step)
    assert len(left) == 3


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
