"""Fitting: small tables get the margins that are asked for, and say when they cannot."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.ages import age_tables
from simulator.ethnicity import ANYBODY, groups_of_region
from simulator.fitting import rake, tilt
from simulator.household_types import HOUSEHOLD_TYPES, households_of_region, sizes_of_types
from simulator.regions import EW_SIZES, REGIONS


def test_a_raked_table_has_the_rows_and_columns_asked_for_and_keeps_its_odds_ratio() -> None:
    seed = np.array([[2.0, 1.0], [1.0, 4.0]])
    table = rake(seed, np.array([30.0, 70.0]), np.array([60.0, 40.0]))
    assert table.sum(axis=1) == pytest.approx([30, 70])
    assert table.sum(axis=0) == pytest.approx([60, 40])
    odds = table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0])
    assert odds == pytest.approx(8.0, rel=1e-6)


def test_cells_that_are_empty_stay_empty() -> None:
    table = rake(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([1.0, 2.0]), np.array([1.5, 1.5]))
    assert table[0, 1] == 0.0
    assert table[0, 0] == pytest.approx(1.0)


def test_margins_that_no_table_can_have_are_refused() -> None:
    with pytest.raises(ValueError, match="no table with these cells"):
        rake(np.eye(2), np.array([1.0, 2.0]), np.array([2.0, 1.0]))
    with pytest.raises(ValueError, match="rows add up to 3, columns to 4"):
        rake(np.ones((2, 2)), np.array([1.0, 2.0]), np.array([2.0, 2.0]))


def test_tilted_weights_meet_the_totals_and_leave_what_is_impossible_at_nothing() -> None:
    prior = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    counts = np.tile(np.eye(3), (2, 1, 1))
    wanted = np.array([0.5, 0.9, 0.6])
    weights = tilt(prior, counts, np.array([1.0, 1.0]), wanted)
    assert weights.sum(axis=1) == pytest.approx([1, 1])
    assert weights.sum(axis=0) == pytest.approx(wanted, abs=1e-6)
    assert weights[0, 2] == 0.0


def test_types_of_households_have_the_census_of_england_and_wales() -> None:
    table = sizes_of_types()
    total = sum(t.share for t in HOUSEHOLD_TYPES)
    assert 100 * table.sum(axis=0) == pytest.approx(EW_SIZES, abs=0.02)
    shares = [100 * t.share / total for t in HOUSEHOLD_TYPES]
    assert 100 * table.sum(axis=1) == pytest.approx(shares, abs=0.001)


@pytest.mark.parametrize("region", REGIONS)
def test_households_and_groups_of_a_region_have_its_margins(region: str) -> None:
    found = REGIONS[region]  # type: ignore[index]
    table = households_of_region(region)  # type: ignore[arg-type]
    assert 100 * table.sum(axis=(0, 1)) == pytest.approx(found.household_sizes, abs=0.02)
    fifths = np.bincount(found.fifths, minlength=6)[1:] / len(found.fifths)
    assert table.sum(axis=(1, 2)) == pytest.approx(fifths, abs=1e-6)
    assert abs(sum(found.ethnic_shares) - 1) < 1e-12
    people, _ = groups_of_region(region)  # type: ignore[arg-type]
    weight = (table @ np.array([1, 2, 3, 4, 5, 6, 7, 8.96])).sum(axis=1)
    assert weight @ people / weight.sum() == pytest.approx(found.ethnic_shares, abs=1e-6)


def test_a_tenth_of_couples_are_of_two_groups_where_the_shares_are_those_of_the_country() -> None:
    _, heads = groups_of_region("welsh_county")
    of_two = ANYBODY * (1 - (heads**2).sum(axis=1))
    couples = np.array([t.couple for t in HOUSEHOLD_TYPES])
    weight = households_of_region("welsh_county")[:, couples].sum(axis=(1, 2))
    assert 0.08 < float(weight @ of_two / weight.sum()) < 0.12


def test_no_child_is_within_fifteen_years_of_the_head_in_the_fitted_table() -> None:
    adult, child = np.nonzero(age_tables().child)
    assert (adult - child).min() > 15
