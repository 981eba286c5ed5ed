"""Losses: where each true pair ended, and what was lost before any decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from linkage.known import Known
from linkage.losses import STAGES, ends_of
from linkage.match_quality import match_quality
from linkage.matcher import match
from tests.matched_files import GOOD, files, matched, plan

if TYPE_CHECKING:
    from linkage.against_truth import AgainstTruth


def judged(**changes: str) -> AgainstTruth:
    """The files against the truth."""
    truth = match_quality(matched(**changes).weighed, files(**changes).known).truth
    assert truth is not None
    return truth


def stages(truth: AgainstTruth) -> dict[int, str]:
    """Stage of each missed pair, by its left record."""
    return dict(truth.missed.pairs.select("left", "stage").iter_rows())


def test_each_true_pair_is_lost_at_the_stage_that_lost_it() -> None:
    found = stages(judged())
    assert [found[GOOD + place] for place in range(3)] == ["blocking", "threshold", "one_to_one"]
    assert stages(judged(one_to_one="none")).get(GOOD + 2) is None


def test_stages_add_up_to_all_true_pairs_and_blocking_is_apart_from_decisions() -> None:
    truth, counts = judged(), dict(judged().losses.select("stage", "pairs").iter_rows())
    assert tuple(counts) == STAGES
    assert sum(counts.values()) == truth.true_pairs == GOOD + 3
    assert counts["linked"] == truth.after.recall.count
    assert truth.lost.count == counts["blocking"] + counts["large_block"]
    assert truth.lost.out_of == truth.true_pairs


def test_a_true_pair_that_no_rule_makes_still_has_the_weight_that_it_would_have() -> None:
    weighed, known = matched().weighed, files().known
    place = known.place_of(weighed.left, weighed.right, weighed.sizes[1])
    ends = ends_of(known, weighed, place)
    lost = np.flatnonzero(ends.stage == STAGES.index("blocking"))
    assert len(lost) > 1
    _, bits = weighed.weigh(known.left[lost], known.right[lost])
    assert ends.bits[lost] == pytest.approx(bits)
    losses = judged().losses
    row = losses.row(STAGES.index("blocking"), named=True)
    assert row["would_link"] == (bits >= weighed.threshold).sum()
    assert 0 < row["would_link"] < row["pairs"]


def test_weighing_a_pair_again_gives_what_it_weighed() -> None:
    weighed = matched().weighed
    pattern, bits = weighed.weigh(weighed.left, weighed.right)
    assert (pattern == weighed.pattern).all()
    assert bits == pytest.approx(weighed.bits)


def test_pairs_in_blocks_that_are_too_large_are_apart_from_those_that_no_rule_makes() -> None:
    given = files()
    rules = [["surname"], ["first_name", "postcode"]]
    lost = []
    for largest in (2, 2_000):
        asked = plan(blocking=rules, largest_block=largest)
        truth = match_quality(match(given.left, given.right, asked).weighed, given.known).truth
        assert truth is not None
        lost.append(stages(truth))
    few, many = lost
    # What no rule makes is the same whatever is left out.
    blocked = [{left for left, stage in each.items() if stage == "blocking"} for each in lost]
    assert blocked[0] == blocked[1] >= {GOOD}
    assert "large_block" not in many.values()
    assert list(few.values()).count("large_block") > 50


def test_a_pair_too_little_ahead_of_its_second_best_is_lost_by_the_gap() -> None:
    given = files()
    asked = plan(gap=20.0)
    truth = match_quality(match(given.left, given.right, asked).weighed, given.known).truth
    assert truth is not None
    assert stages(truth)[GOOD + 2] == "gap"


def test_true_pairs_none_of_which_is_there_leave_nothing_to_divide_by() -> None:
    nobody = np.zeros(0, dtype=np.int32)
    truth = match_quality(matched().weighed, Known(nobody, nobody)).truth
    assert truth is not None
    assert truth.after.recall.value is None
    assert truth.after.precision.count == 0
    assert truth.after.f[0] == 0
    assert truth.missed.pairs.height == 0
