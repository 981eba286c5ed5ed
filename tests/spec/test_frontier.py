"""The frontier: risk beside benefit, option by option, and safeguards that cost nothing seen."""

from __future__ import annotations

import pytest

from reidentify.feed_specs import FeedSpec
from scenarios.figures import Reading
from scenarios.figures.frontier import frontier, runs
from scenarios.figures.trade import benefit, benefit_question, points
from scenarios.figures.worst import Worst, worst_attacker
from scenarios.report.blocks import Drawing, Points, Text
from scenarios.report.frontier import frontier as told_frontier
from scenarios.report.inversions import inversions_told, is_coarser
from tests.sample_feed_result import ISTV_OPTIONS, desk_result, istv_result
from tests.sample_result import sample_result


def words_of(reading: Reading) -> str:
    chart = frontier(reading)
    assert chart is not None
    blocks = told_frontier(reading, lambda stem: (Drawing(1, chart),) if stem == "frontier" else ())
    texts = [block.text for block in blocks if isinstance(block, Text)]
    points_told = [item for block in blocks if isinstance(block, Points) for item in block.items]
    return "\n".join(texts + points_told)


def test_the_worst_attacker_is_sought_among_quiet_and_busy_and_never_the_two_together() -> None:
    assert worst_attacker(Reading(istv_result())) == Worst("analyst_with_crimes", "quiet=yes")


def test_groups_of_fewer_than_a_hundred_people_set_no_worst_attacker() -> None:
    result = istv_result()
    small = [
        f.model_copy(update={"out_of": 99}) if f.group == "quiet=yes" and f.out_of else f
        for f in result.figures
    ]
    reading = Reading(result.model_copy(update={"figures": tuple(small)}))
    assert worst_attacker(reading) == Worst("analyst_with_crimes", "quiet=no")


def test_every_option_that_has_both_is_on_the_frontier_with_found_and_wrong_apart() -> None:
    held = points(Reading(istv_result()))
    assert [point.number for point in held] == [0, 1, 2, 3, 4]
    first = held[0]
    assert first.wrong is not None
    assert (first.found.value, first.wrong.value) == pytest.approx((0.30, 0.06))
    assert first.benefit.value == pytest.approx(0.30)


def test_the_benefit_of_an_alert_through_a_desk_is_what_reaches_the_practice() -> None:
    reading = Reading(desk_result())
    assert benefit_question(reading) == "alerts"
    found = benefit(reading, "alerts", "limit-10")
    assert found is not None
    assert found.value == pytest.approx(0.60)


def test_a_ratio_is_no_amount_of_benefit_so_its_change_stands_there() -> None:
    reading = Reading(sample_result())
    assert benefit_question(reading) == "visits"
    proposed = benefit(reading, "visits", "as proposed")
    changed = benefit(reading, "visits", "months-and-wide-areas")
    assert proposed is not None
    assert changed is not None
    assert (proposed.value, changed.value) == (0.0, 0.03)


def test_a_run_without_options_draws_no_frontier() -> None:
    assert frontier(Reading(istv_result(()))) is None


def test_the_picture_names_its_attacker_and_gives_every_number_in_its_table() -> None:
    chart = frontier(Reading(istv_result()))
    assert chart is not None
    assert "analyst with crimes, quiet places and hours" in chart.note
    assert len(chart.rows) == 1 + len(ISTV_OPTIONS)
    assert all("people at risk" in row[3] for row in chart.rows)
    assert chart.title == "Table only: 0\u00a0% found, as proposed 30\u00a0%"


def test_numbers_of_a_shared_label_are_drawn_together() -> None:
    assert runs([0, 1, 2, 5, 7, 8]) == "0\u20132, 5, 7\u20138"


def test_a_safeguard_whose_range_holds_no_loss_is_named_with_the_bound() -> None:
    said = words_of(Reading(istv_result()))
    assert "Hour: assaults within reach" in said
    assert "no loss found, smaller than 3\u00a0points" in said
    assert "Read it against what the feed adds as proposed" in said


def test_a_safeguard_with_a_loss_in_any_answer_is_not_named() -> None:
    said = words_of(Reading(istv_result()))
    assert "Month:" not in said  # loses patrols
    assert "Ward:" not in said  # loses venues


def test_an_option_that_no_longer_answers_is_not_free() -> None:
    said = words_of(Reading(istv_result()))
    assert "Table only no longer answers: of the 10 worst venues, those named." in said
    assert "Table only: assaults" not in said


@pytest.mark.parametrize(
    ("finer", "coarser", "expected"),
    [
        ({}, {"times": "hour"}, True),
        ({"times": "hour"}, {"times": "day", "places": "ward"}, True),
        ({"times": "hour"}, {"places": "ward"}, False),  # neither is coarser in everything
        ({}, {"times": "hour", "homes": "left_out"}, False),  # other rows
        ({}, {}, False),
    ],
)
def test_one_feed_is_coarser_if_nothing_in_it_is_finer(
    finer: dict[str, str], coarser: dict[str, str], expected: bool
) -> None:
    given = {"title": "CSP", "agency": "a_and_e"}
    pair = (FeedSpec.model_validate(given | one) for one in (finer, coarser))
    assert is_coarser(*pair) is expected


def test_an_attacker_who_finds_more_in_coarser_rows_is_listed() -> None:
    # 22 of 1,100 in the finer rows, 220 of 1,100 with the ward: 14.1 standard errors apart.
    said = inversions_told(Reading(istv_result()), "analyst_with_crimes")
    assert any(
        "20.0\u00a0% with option ward" in one and "14.1 standard errors" in one for one in said
    )


def test_no_inversion_is_said_in_so_many_words() -> None:
    said = inversions_told(Reading(istv_result(("hour", "month"))), "analyst_with_crimes")
    (only,) = said
    assert only.startswith("In 3 pairs of options")
    assert "no attacker finds more people in the coarser rows" in only


def test_an_answer_whose_change_has_no_range_is_not_assessed() -> None:
    assert "Not assessed, since some answer's change has no range" in words_of(
        Reading(desk_result())
    )


def test_a_free_safeguard_says_whom_it_hinders_and_what_becomes_of_wrong_names() -> None:
    said = words_of(Reading(istv_result()))
    assert "Largest fall: found by analyst with crimes, quiet places and hours" in said
    assert "wrongly named by the same" in said


def test_what_lowers_no_attackers_share_is_no_safeguard() -> None:
    result = istv_result(("hour",))
    as_before = {f.key[2:]: f for f in result.figures if f.option == "as proposed"}
    figures = [
        as_before[f.key[2:]].model_copy(update={"option": f.option}) if f.section == "attack" else f
        for f in result.figures
    ]
    said = words_of(Reading(result.model_copy(update={"figures": tuple(figures)})))
    assert "Change no answer detectably, and lower no attacker's share: Hour." in said
