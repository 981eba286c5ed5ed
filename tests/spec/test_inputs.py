"""Inputs: every number that a proposal rests on, and the ranges that reruns give."""

from __future__ import annotations

from scenarios.inputs import listed, uncertain, with_unknowns
from scenarios.loading import load
from scenarios.result import AS_PROPOSED, Figure, Range


def figure(measure: str, value: float | None) -> Figure:
    return Figure(
        option=AS_PROPOSED, seed=1, section="linkage", subject="s", measure=measure,
        value=value, unit="share",
    )  # fmt: skip


def test_every_published_input_has_a_source() -> None:
    inputs = listed(load("kent"))
    assert len(inputs) > 50
    assert all(one.source for one in inputs if one.evidence == "published")


def test_every_assumed_input_with_a_range_says_why() -> None:
    assert all(one.source for one in listed(load("kent")) if one.rerun)


def test_inputs_are_named_as_settings() -> None:
    names = {name for name, _ in uncertain(load("kent"))}
    assert "agency.a_and_e.errors.nhs_number_missing" in names
    assert not any(name.startswith("governance.") for name in names)


def test_a_figure_spans_what_it_took_over_all_reruns() -> None:
    central = [figure("a", 0.5), figure("b", 0.2), figure("c", None)]
    reruns = [[figure("a", 0.4), figure("b", 0.2)], [figure("a", 0.7), figure("b", None)]]
    found = with_unknowns(central, reruns)
    assert found[0].unknown == Range(low=0.4, high=0.7)
    assert found[1].unknown == Range(low=0.2, high=0.2)
    assert found[2].unknown is None
