"""Expectations: what a match says of itself, and records that can be linked to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from linkage.decide import LINKED
from linkage.expectations import Expectations, expectations
from linkage.matcher import match
from linkage.resolution import resolve
from linkage.weights import probability, weight_of
from tests.matched_files import files, matched, plan

if TYPE_CHECKING:
    from linkage.weighed import Weighed


def expected(weighed: Weighed, *thresholds: float) -> Expectations:
    """What a match expects."""
    return expectations(weighed, resolve(weighed), np.array(thresholds))


def test_precision_is_the_mean_probability_of_links() -> None:
    weighed = matched().weighed
    chance = probability(weighed.bits[weighed.fate == LINKED])
    found = expected(weighed, 0.0).precision
    assert found.value == pytest.approx(chance.mean())
    assert (found.count, found.out_of) == (pytest.approx(chance.sum()), len(chance))
    spread = np.sqrt((chance * (1 - chance)).sum()) / len(chance)
    assert found.value - found.low == pytest.approx(1.959964 * spread, rel=1e-4)


def test_recall_is_out_of_matches_expected_among_pairs_that_can_all_be_right() -> None:
    weighed = matched().weighed
    standing = resolve(weighed).standing
    assert standing is not None
    # Each record stands once at most.
    for side in (weighed.left, weighed.right):
        assert len(set(side[standing])) == len(standing)
    linked = probability(weighed.bits[weighed.fate == LINKED]).sum()
    found = expected(weighed, 0.0)
    assert found.recall_compared.out_of == pytest.approx(probability(weighed.bits[standing]).sum())
    assert found.recall_compared.value == pytest.approx(linked / found.recall_compared.out_of)
    every = weighed.weights.prior * weighed.sizes[0] * weighed.sizes[1]
    assert found.recall.out_of == pytest.approx(every)


def test_where_records_are_linked_as_often_as_they_may_all_pairs_compared_are_counted() -> None:
    weighed = matched(one_to_one="none").weighed
    assert resolve(weighed).standing is None
    rows = matched(one_to_one="none").patterns
    every = (rows["pairs"] * rows["match_probability"]).sum()
    assert expected(weighed, 0.0).recall_compared.out_of == pytest.approx(every, rel=1e-3)


def test_a_record_weighs_most_against_itself_what_weighing_it_with_itself_gives() -> None:
    given = files()
    half = given.left.with_columns(
        pl.when(pl.int_range(pl.len()) % 3 == 0).then(None).otherwise(name).alias(name)
        for name in ("surname", "postcode")
    )
    rare = plan()
    rare = rare.model_copy(
        update={
            "comparisons": tuple(
                each.model_copy(update={"term_frequency": each.column == "surname"})
                for each in rare.comparisons
            )
        }
    )
    both = match(half, half, rare).weighed
    everybody = np.arange(half.height, dtype=np.int32)
    own = both.own_bits("left")
    assert own == pytest.approx(both.weigh(everybody, everybody)[1])
    assert both.own_bits("right") == pytest.approx(own)
    assert len(set(own.round(6))) > 10  # rare surnames weigh more, missing ones nothing


def test_unlinkable_records_are_those_below_the_threshold_even_with_themselves() -> None:
    given = files()
    empty = [None] * 30
    bare = pl.DataFrame(dict.fromkeys(given.left.columns, empty), schema=given.left.schema)
    weighed = match(pl.concat([given.left, bare]), given.right, given.plan).weighed
    table = expected(weighed, 0.0, weight_of(0.95), 100.0).unlinkable
    assert table.filter(pl.col("side") == "left")["records"].to_list() == [30, 30, 633]
    assert table.filter(pl.col("side") == "right")["records"].to_list() == [0, 0, 604]
    assert table["out_of"].to_list() == [633] * 3 + [604] * 3
    assert table["share"][0] == pytest.approx(30 / 633)


def test_without_links_nothing_is_expected_of_them() -> None:
    weighed = match(files().left, files().right.head(0), files().plan).weighed
    found = expected(weighed, 0.0)
    assert np.isnan(found.precision.value)
    assert (found.precision.low, found.precision.high) == (0, 1)
