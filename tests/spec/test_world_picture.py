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


def test_errors_are_out_of_all_records_of_their_agency(result: Result) -> None:
    records = {
        figure.subject: figure.value
        for figure in result.select(section="world", measure="records", option=AS_PROPOSED)
    }
    figures = of(result, "records_by_error")
    assert {figure.subject for figure in figures} <= set(records)
    assert all(figure.out_of == records[figure.subject] for figure in figures)
    assert all(0 < (figure.value or 0.0) < 1 for figure in figures)


def test_the_world_is_described_once_and_as_proposed(result: Result) -> None:
    assert {figure.option for figure in of(result, "people_by_square")} == {AS_PROPOSED}


def test_the_report_draws_the_world_with_its_words(result: Result) -> None:
    drawn = {chart.stem: chart for chart in charts(result)}
    assert {"ages", "households", "map"} <= set(drawn)
    page = render(result)
    assert "By surname, " in page
    assert "What each agency wrote down wrongly" in page
    assert len(drawn["ages"].rows) == 10
