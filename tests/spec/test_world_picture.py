"""The picture of the invented world: figures that add up, and charts made from them."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.figures import charts
from scenarios.loading import load
from scenarios.report import render
from scenarios.result import AS_PROPOSED, Figure, Result
from scenarios.runner import run


@pytest.fixture(scope="module", name="result")
def _result() -> Result:
    return run(load("hertfordshire"), people=3_000, options=["no-codes"], threads=1)


def of(result: Result, measure: str) -> list[Figure]:
    return result.select(section="world", measure=measure)


@pytest.mark.parametrize(
    "measure", ["people_by_age_and_sex", "households_by_size", "people_by_square"]
)
def test_parts_of_the_world_add_up_to_all_of_it(result: Result, measure: str) -> None:
    figures = of(result, measure)
    out_of = {figure.out_of for figure in figures}
    assert len(out_of) == 1
    assert sum(figure.count or 0 for figure in figures) == out_of.pop()
    assert sum(figure.value or 0.0 for figure in figures) == pytest.approx(1)


def test_the_commonest_surnames_hold_more_people_the_more_they_are(result: Result) -> None:
    shares = [figure.value or 0.0 for figure in of(result, "people_by_surname")]
    assert len(shares) == 3
    assert np.all(np.diff(shares) > 0)


def test_errors_come_as_often_as_expected(result: Result) -> None:
    """Each within 4.5 standard errors: a false alarm in 1 of 1,000 runs over some 70 errors."""
    realised, expected = of(result, "errors_realised"), of(result, "errors_expected")
    assert len(realised) == len(expected) > 20
    for came, hoped in zip(realised, expected, strict=True):
        assert (came.subject, came.group, came.out_of) == (hoped.subject, hoped.group, hoped.out_of)
        if came.out_of:
            mean = (hoped.value or 0.0) * came.out_of
            assert abs((came.count or 0) - mean) <= 4.5 * max(mean, 1.0) ** 0.5


def test_the_world_is_described_once_and_as_proposed(result: Result) -> None:
    assert {figure.option for figure in of(result, "people_by_square")} == {AS_PROPOSED}


def test_the_report_draws_the_world_with_its_words(result: Result) -> None:
    drawn = {chart.stem: chart for chart in charts(result)}
    assert {"ages", "households", "map"} <= set(drawn)
    page = render(result)
    assert "By surname, " in page
    assert "What each agency wrote down wrongly" in page
    assert len(drawn["ages"].rows) == 10
