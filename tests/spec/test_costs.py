"""Costs of options: nothing where nothing changes, a range where something does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_proposal import SMALL

from scenarios.loading import load
from scenarios.runner import run

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.result import Result

TEXT = (
    SMALL.replace("people = 300", "people = 3_000")
    .split("[attack.thief]")[0]
    .replace(
        'kind = "count"', 'kind = "alert"\nrecipient = "analysts"\ncontacts = 2\nwithin_days = 7'
    )
    + """
[option.months]
title = "Dates to the month"
recipient.analysts.dates = "month"

[option.short]
title = "Tokens of 32 bits"
identity.nhs_number.bits = 32

[option.poor]
title = "Many numbers missing"
agency.a_and_e.errors.nhs_number_missing = 0.4
"""
)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path: Path = tmp_path_factory.mktemp("costs") / "proposal.toml"
    path.write_text(TEXT, encoding="utf-8")
    return run(load(path))


def test_an_option_that_changes_nothing_seen_costs_exactly_nothing(result: Result) -> None:
    error = result.one(option="short", measure="benefit_error")
    assert error.value == 0.0
    assert error.chance is not None
    assert (error.chance.low, error.chance.high) == (0.0, 0.0)


def test_a_coarser_release_changes_the_answer_within_a_range(result: Result) -> None:
    error = result.one(option="months", measure="benefit_error")
    assert error.value is not None
    assert error.chance is not None
    assert error.chance.low is not None
    assert error.chance.high is not None
    assert error.value != 0
    assert error.chance.low < error.value < error.chance.high


def test_losing_links_costs_coverage_and_alerts(result: Result) -> None:
    coverage = result.one(option="poor", subject="a_and_e", measure="coverage").value
    lost = result.one(option="poor", measure="benefit_error").value
    assert coverage is not None
    assert coverage < -0.2
    assert lost is not None
    assert lost < 0


def test_the_proposal_as_proposed_has_no_costs(result: Result) -> None:
    assert not result.select(option="as proposed", section="cost")
