"""A sample result, made up by hand for tests of the report: no run gave these numbers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.intervals import wilson
from scenarios.proposal import Proposal
from scenarios.result import AS_PROPOSED, Figure, Input, OptionRun, Range, RedLine, Result, Section
from tests.sample_proposal import PROPOSAL

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = 20_000

GROUPS = {
    "all": (1.0, 1.0),
    "sex=F": (0.51, 1.05),
    "sex=M": (0.49, 0.95),
    "age=0-17": (0.12, 1.3),
    "age=18-39": (0.2, 1.25),
    "age=40-64": (0.25, 0.95),
    "age=65-79": (0.22, 0.85),
    "age=80+": (0.21, 0.9),
    "ethnic_group=White": (0.82, 0.92),
    "ethnic_group=Asian": (0.08, 1.3),
    "ethnic_group=Black": (0.05, 1.45),
    "ethnic_group=Mixed": (0.03, 1.4),
    "ethnic_group=Other": (0.02, 1.9),
    "deprivation_fifth=1": (0.28, 1.2),
    "deprivation_fifth=2": (0.23, 1.05),
    "deprivation_fifth=3": (0.19, 0.95),
    "deprivation_fifth=4": (0.16, 0.9),
    "deprivation_fifth=5": (0.14, 0.8),
}


@dataclass(frozen=True)
class _Place:
    """Where a figure of the sample belongs: its option, section and subject."""

    option: str
    section: Section
    subject: str
    method: str = ""

    def share(self, measure: str, count: int, out_of: int, group: str = "all") -> Figure:
        low, high = wilson(count, out_of)
        return self.figure(
            measure, count / out_of, "share", (float(low), float(high)), group
        ).model_copy(update={"count": count, "out_of": out_of})

    def count(
        self, measure: str, count: int, group: str = "all", out_of: int | None = None
    ) -> Figure:
        return self.figure(measure, float(count), "count", None, group).model_copy(
            update={"count": count, "out_of": out_of}
        )

    def figure(
        self,
        measure: str,
        value: float | None,
        unit: str,
        chance: tuple[float, float] | None = None,
        group: str = "all",
    ) -> Figure:
        return Figure(
            option=self.option,
            seed=1,
            section=self.section,
            subject=self.subject,
            measure=measure,
            group=group,
            value=value,
            unit=unit,
            chance=None if chance is None else Range(low=chance[0], high=chance[1]),
            method=self.method,
        )


def _world_and_ingest(option: str) -> Iterator[Figure]:
    world = _Place(option, "world", "world")
    for measure, count in (
        ("people", PEOPLE),
        ("homes", 8_400),
        ("practices", 6),
        ("small_areas", 13),
    ):
        yield world.count(measure, count)
    for agency, records in (
        ("gp_register", 19_700),
        ("a_and_e", 15_812),
        ("social_care", 4_210),
        ("fire_visits", 611),
    ):
        yield _Place(option, "world", agency).count("records", records)
        place = _Place(option, "ingest", agency, "records as they reach the key holder")
        yield place.count("records", records)
        yield place.share("no_identifier", records // 50, records)
        yield place.share("birth_date_differs", records // 190, records)
        yield place.share("not_in_hub", records // 70, records)
        yield place.share("tokens", records - records // 20, records)


def _linkage(option: str) -> Iterator[Figure]:
    for step, pairs, missed, false in (
        ("a_and_e", 15_570, 0.035, 31),
        ("social_care", 4_130, 0.068, 6),
        ("fire_visits", 590, 0.041, 5),
        ("social_care_clear_text", 4_130, 0.011, 9),
    ):
        place = _Place(option, "linkage", step, "pairs by the sample's own arithmetic")
        for group, (part, factor) in GROUPS.items():
            true_pairs = round(pairs * part)
            lost = round(true_pairs * missed * factor)
            wrong = round(false * part)
            links = true_pairs - lost + wrong
            yield place.share("recall", true_pairs - lost, true_pairs, group)
            yield place.share("precision", links - wrong, links, group)
            yield place.count("missed_matches", lost, group, true_pairs)
            yield place.count("false_matches", wrong, group, links)


def _answers(option: str, blur: float) -> Iterator[Figure]:
    method = "events per person-year, stratified; intervals robust to homes"
    visits = _Place(option, "answer", "visits", method)
    yield visits.figure("planted", 1.0, "ratio")
    yield visits.figure("realised", 1.013, "ratio", (0.94, 1.091))
    answered = visits.figure("answered", 0.992 + blur, "ratio", (0.917 + blur, 1.073 + blur))
    yield answered.model_copy(update={"unknown": Range(low=0.85, high=1.10)})
    yield visits.figure("linkage_bias", -0.021 + blur, "ratio", (-0.05 + blur, 0.008 + blur))
    yield visits.figure("smallest_detectable_decrease", 0.894, "ratio")
    yield visits.figure("smallest_detectable_increase", 1.118, "ratio")
    for measure, count in (
        ("exposed_people", 1_240),
        ("exposed_events", 402),
        ("unexposed_people", 18_460),
        ("unexposed_events", 5_977),
    ):
        yield visits.count(measure, count)
    cost = _Place(option, "answer", "cost_per_head", "pounds per head, standardised by age and sex")
    for practice in range(6):
        real = 900.0 + 83.0 * practice
        found = real * (0.955 - 0.008 * practice)
        group = f"practice={practice}"
        yield cost.figure("planted", real - 6.0, "pounds", None, group)
        yield cost.figure("realised", real, "pounds", (real - 41, real + 41), group)
        yield cost.figure("answered", found, "pounds", (found - 39, found + 39), group)
    yield cost.figure("planted", 1_101.5, "pounds")
    yield cost.figure("realised", 1_107.5, "pounds", (1_090.2, 1_124.8))
    yield cost.figure("answered", 1_034.1, "pounds", (1_017.6, 1_050.6))
    yield cost.figure("rank_agreement", 0.83, "correlation", (0.31, 1.0))
    yield cost.share("top_fifth_in_common", 1, 1)
    yield cost.figure("mean_error", 0.066, "share", (0.052, 0.081))
    yield cost.figure("smallest_detectable_difference", 158.0, "pounds")
    known = _Place(option, "answer", "known_to_both", "people of the hub with both")
    yield known.count("realised", 2_604)
    yield known.count("answered", 2_391)
    alert = _Place(option, "answer", "early_alert", "three contacts within 90 days")
    yield alert.count("realised", 388)
    yield alert.count("answered", 351)
    yield alert.share("alert_recall", 347, 388)
    yield alert.share("alert_precision", 347, 351)
    yield alert.figure("lead_time", 31.0, "days", (27.0, 36.0))


def _thief(option: str, attack: str, method: str, right: int) -> Iterator[Figure]:
    place = _Place(option, "attack", attack, method)
    people, valid = 19_700, 19_280
    claims = right + (right // 60 if right else 0)
    yield place.count("tokens", 19_350)
    yield place.count("valid_number_tokens", valid)
    yield place.share("right_number_among_candidates", right, valid)
    yield place.share("only_candidate", right, valid)
    yield place.count("candidates", claims)
    yield place.count("false_candidates", 0)
    yield place.figure("candidates_per_token", claims / valid, "candidates")
    yield place.count("claims", claims)
    yield place.count("correct_claims", right, out_of=claims)
    yield place.count("wrong_names", claims - right, out_of=claims)
    yield place.share("people_named", right, people)
    yield place.share("baseline", 0, valid)
    yield place.count("control_wrong_names", 0)
    yield place.count("candidates_tried", 90_909_091)
    yield place.figure("skill", 1.0 if right else 0.0, "flag")


def _dated(option: str, reach: float) -> Iterator[Figure]:
    method = "dated contacts: holds sex, age, area and k dated contacts, dates off by about a day"
    place = _Place(option, "attack", "dated_contacts", method)
    for k, found, wrong in ((1, 0.21, 0.12), (2, 0.44, 0.1), (3, 0.58, 0.08), (4, 0.67, 0.07)):
        group = f"contacts={k}"
        correct, bad = round(1_000 * found * reach), round(1_000 * wrong)
        yield place.count("targets", 1_000, group)
        yield place.count("claims", correct + bad, group, 1_000)
        yield place.count("correct_claims", correct, group, correct + bad)
        yield place.count("wrong_names", bad, group, correct + bad)
        share = place.share("found", correct, 1_000, group)
        unknown = Range(low=0.3 * share.value, high=min(1.0, 1.2 * share.value))  # type: ignore[operator]
        yield share.model_copy(update={"unknown": unknown})
        yield place.share("precision", correct, correct + bad, group)
        yield place.share("baseline", 3, 1_000, group)
        yield place.count("control_claims", 60 + 10 * k, group, 1_000)
        yield place.figure("residual_risk", found * reach - 0.06, "share", (0.02, 0.6), group)
        yield place.figure("confidence_error", 0.11, "score", None, group)
        yield place.figure("candidates", 3.0, "candidates", (2.0, 4.0), group)
        yield place.figure("skill", 1.0 if reach > 0.2 else 0.0, "flag", None, group)


def _attacks(option: str) -> Iterator[Figure]:
    plain = option == "plain-hash"
    without = "key thief without a key: holds the release and a list of every NHS number and name"
    yield from _thief(option, "thief_without_key", without, 19_280 if plain else 0)
    holding = "key thief: holds the release, the analysts' key and a list of everybody"
    yield from _thief(option, "thief_with_key", holding, 19_280)
    yield from _dated(option, 0.08 if option == "months-and-wide-areas" else 1.0)


def _costs(option: str) -> Iterator[Figure]:
    method = "against the proposal as proposed, same seed"
    visits = _Place(option, "cost", "visits", method)
    coarse = option == "months-and-wide-areas"
    yield visits.figure("benefit_error", 0.03 if coarse else 0.0, "ratio", (-0.02, 0.08))
    yield visits.figure("interval_ratio", 1.21 if coarse else 1.0, "ratio")
    for step in ("a_and_e", "social_care"):
        place = _Place(option, "cost", step, method)
        yield place.figure("coverage", 0.0, "share", (-0.004, 0.004))


def _red_lines(option: str) -> Iterator[RedLine]:
    gateway = "No legal gateway is declared; a necessity is not declared either."
    yield RedLine(
        option=option,
        id="RL-1",
        line="No tangible benefit is named before sharing",
        verdict="stops",
        reason="The proposal names no benefit and no threshold for it.",
    )
    yield RedLine(
        option=option,
        id="RL-2",
        line="Open to legal challenge, or infringes human rights",
        verdict="declared",
        reason=gateway,
    )
    yield RedLine(
        option=option,
        id="RL-3",
        line="Poor or unreliable data",
        verdict="checked",
        reason="Lowest recall 93.2 % against a floor of 95 %, from our assumption.",
    )
    yield RedLine(
        option=option,
        id="RL-4",
        line="No clear limits on who has access, and why",
        verdict="declared",
        reason="Two roles, one purpose, a retention and an audit are declared.",
    )


def _inputs() -> Iterator[Input]:
    yield Input(
        setting="world.move_rate",
        value=0.11,
        low=0.079,
        high=0.13,
        evidence="published",
        source="Census 2021, TS019, https://www.example.org/not-fetched",
        rerun=True,
    )
    yield Input(
        setting="attack.dated_contacts.date_error_days",
        value=1.0,
        low=0.0,
        high=7.0,
        evidence="assumed",
        source="assumed",
        rerun=True,
    )
    yield Input(
        setting="agency.a_and_e.errors.nhs_number_missing",
        value=0.02,
        low=0.01,
        high=0.1,
        evidence="published",
        source="CUREd, Yorkshire 2011-17",
        rerun=False,
    )
    yield Input(
        setting="world.people_per_practice",
        value=6_250,
        low=None,
        high=None,
        evidence="yours",
        source="",
        rerun=False,
    )


def sample_result() -> Result:
    """Builds a complete result of a made-up proposal, with two options beside it."""
    proposal = Proposal.model_validate(tomllib.loads(PROPOSAL))
    options = [OptionRun(name=AS_PROPOSED, title="As proposed", changes={})]
    options += [
        OptionRun(name=name, title=option.title, changes=option.changes)
        for name, option in proposal.option.items()
    ]
    figures: list[Figure] = []
    for option in options:
        figures += [*_world_and_ingest(option.name), *_linkage(option.name)]
        figures += _answers(option.name, 0.03 if option.name.startswith("months") else 0.0)
        figures += _attacks(option.name)
        if option.name != AS_PROPOSED:
            figures += _costs(option.name)
    return Result(
        linkassay="0.1.0",
        proposal=proposal.model_dump(mode="json"),
        people=PEOPLE,
        seeds=(1,),
        options=tuple(options),
        figures=tuple(figures),
        red_lines=tuple(line for option in options for line in _red_lines(option.name)),
        inputs=tuple(_inputs()),
    )
