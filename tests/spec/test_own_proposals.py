"""A proposal of somebody's own runs from day one, whatever its parts and options are."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import pytest

from scenarios.loading import load, with_setting
from scenarios.proposal import Proposal
from scenarios.result import AS_PROPOSED, Result
from scenarios.runner import run
from scenarios.systems import systems
from simulator.events.models import CONTACTS
from simulator.specs import WITH_HOME_INCIDENTS
from tests import small_proposal
from tests.own_proposal import Changes, own, rehearsed

if TYPE_CHECKING:
    from pathlib import Path

# The same four questions answered inside the hub.
INSIDE: Changes = {
    f"question.{name}.recipient": None for name in ("ratio", "cost", "known", "soon")
}


def value(result: Result, subject: str, measure: str, option: str = AS_PROPOSED) -> float | None:
    return result.one(option=option, subject=subject, measure=measure, group="all", seed=1).value


# Everything is simulated as for `planted`, but nobody is prone to all services at once.
NOBODY_PRONE: Changes = {"world.people": 8_000, "world.contact_variance": 0, "attack": {}}


@pytest.mark.parametrize("where", [{}, INSIDE], ids=["from a release", "inside the hub"])
def test_a_planted_effect_between_ones_own_agencies_is_found(where: Changes) -> None:
    result = run(own(NOBODY_PRONE | where), seeds=(1, 2))
    assert value(result, "ratio", "planted") == 0.5
    for measure in ("realised", "answered"):
        for figure in result.select(subject="ratio", measure=measure):
            assert figure.value is not None
            assert figure.chance is not None
            assert figure.chance.low is not None
            # Four standard errors: a false alarm in 16,000, for each of four figures.
            error = (log(figure.value) - log(figure.chance.low)) / 1.96
            assert abs(log(figure.value) - log(0.5)) < 4 * error
            assert error < 0.1


def test_people_prone_to_all_services_hide_an_effect_of_an_exposure_that_they_chose() -> None:
    # Nothing is wrong with the links here: those who come to one service come to others as well.
    result = run(own(NOBODY_PRONE | {"world.contact_variance": 1}))
    realised = result.one(subject="ratio", measure="realised", group="all")
    assert realised.chance is not None
    assert realised.chance.low is not None
    assert realised.chance.low > 0.5


@pytest.fixture(name="answers", scope="module", params=[{}, INSIDE], ids=["release", "hub"])
def _answers(request: pytest.FixtureRequest) -> Result:
    return rehearsed(own({"world.people": 2_000, **request.param}), seeds=(1, 2, 3))


def test_questions_of_all_four_kinds_are_answered(answers: Result) -> None:
    for question in ("ratio", "cost", "known", "soon"):
        for seed in (1, 2, 3):
            found = {
                figure.measure: figure.value
                for figure in answers.select(subject=question, group="all", seed=seed)
            }
            assert found["answered"] is not None
            assert found["realised"] is not None
            bias = found["linkage_bias"]
            assert bias == pytest.approx(found["answered"] - found["realised"])


def test_an_alert_has_recall_and_precision_against_perfect_links(answers: Result) -> None:
    for measure in ("alert_recall", "alert_precision"):
        figure = answers.one(subject="soon", measure=measure, seed=1)
        assert figure.out_of is not None
        assert figure.out_of > 100
        assert figure.value is not None
        assert 0.8 < figure.value <= 1
    assert value(answers, "soon", "alert_recall") != 1


def test_costs_of_ones_own_agency_are_those_that_it_states(answers: Result) -> None:
    # 1 contact a year at 45 pounds, more in deprived areas, and A&E's 0.43 at 160.
    planted = value(answers, "cost", "planted")
    assert planted is not None
    assert 45 + 0.3 * 160 < planted < 60 + 0.6 * 160


def test_an_agency_like_another_records_what_that_does() -> None:
    proposal = own()
    assert proposal.hub == "register"
    assert "ethnic_group" in proposal.agency["register"].fields
    assert proposal.agency["a_and_e"].coverage.value == 0.95
    assert proposal.agency["a_and_e"].errors == load("kent").agency["a_and_e"].errors


HUB_WITHOUT_AGE = ["nhs_number", "uprn", "surname", "postcode", "sex", "practice"]
OPTIONS: dict[str, Changes] = {
    "careless": {"agency.refuge.errors.nhs_number_missing": 0.9},
    "no-surnames": {
        "agency.refuge.fields": ["nhs_number", "event_time", "cost_pence"],
        "link.refuge_clear_text.keys": [["nhs_number"]],
    },
    "poor-hub": {
        "agency.register.fields": HUB_WITHOUT_AGE,
        "identity.nhs_number.verify": [],
        "link.refuge_clear_text.keys": [["surname", "postcode"]],
    },
    "nobody-seen": {"agency.refuge.coverage": 0},
    "nobody-registered": {"agency.register.coverage": 0},
    "no-tokens": {"recipient.county.tokens": False},
    "no-areas": {"recipient.county.area": "none"},
    "no-ages": {"recipient.county.age": "none"},
    "coarse": {"recipient.county.dates": "month", "recipient.county.places": False},
    "bare": {f"recipient.county.{name}": False for name in ("sex", "deprivation", "places")},
    "few": {"world.people": 200},
    "short": {"question.ratio.follow_up_days": 30},
    "for-months": {"question.soon.within_days": 365, "question.soon.contacts": 9},
    "inside": {"question.cost.recipient": "", "question.ratio.recipient": ""},
    "by-area": {"question.cost.group": "lsoa"},
    "sure-friend": {"attack.friend.misremembered": 0, "attack.friend.gap": 0},
    "stranger": {"attack.friend.knows": [], "attack.friend.contacts": [20]},
    "no-effect": {"effect.fewer.ratio": 1},
    "plain": {"identity.nhs_number.scheme": "plain-hash", "identity.nhs_number.bits": 32},
    "own-keys": {"identity.nhs_number.key_scope": "per-recipient"},
    "no-numbers": {"agency.refuge.errors.nhs_number_missing": 1, "world.frailty_variance": 0},
    "new-friend": {
        "attack.second": {
            "adversary": "dated_events", "recipient": "county", "services": ["a_and_e"],
            "targets": 30, "date_error_days": 3660, "misremembered": 1, "gap": 0,
        }
    },
}  # fmt: skip


@pytest.fixture(name="options", scope="module")
def _options() -> Result:
    tables = {name: {"title": name, "changes": changes} for name, changes in OPTIONS.items()}
    return rehearsed(own({"option": tables}))


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_may_change_any_part(options: Result, option: str) -> None:
    for question in ("ratio", "cost", "known", "soon"):
        assert options.select(option=option, subject=question, measure="answered")
    assert options.select(option=option, subject="friend", measure="skill")


def test_options_change_what_they_say(options: Result) -> None:
    assert options.one(option="few", subject="world", measure="people").value == 200
    assert options.one(option="nobody-seen", section="world", subject="refuge",
                       measure="records").value == 0  # fmt: skip
    assert value(options, "known", "answered", "nobody-seen") == 0
    assert value(options, "ratio", "answered", "nobody-seen") is None
    assert value(options, "known", "answered", "nobody-registered") == 0
    assert value(options, "cost", "answered", "nobody-registered") is None
    assert value(options, "refuge", "recall", "careless") < value(options, "refuge", "recall")  # type: ignore[operator]
    assert options.select(option="by-area", subject="cost", measure="answered")[1].group[:5] == (
        "lsoa="
    )
    assert options.select(option="new-friend", subject="second")


def test_a_field_that_is_dropped_by_an_option_takes_its_errors_with_it() -> None:
    dropped = with_setting(
        own({"link.refuge_clear_text": None}),
        "agency.refuge.fields",
        ["nhs_number", "event_time", "cost_pence"],
    )
    assert list(dropped.agency["refuge"].errors) == ["nhs_number_missing"]


# What is unusual, and a figure that it brings about: subject, measure, value.
EDGES: dict[str, tuple[Changes, tuple[str, str, float | None]]] = {
    "an agency without events": (
        {"agency.refuge.contact.per_person_year": 0},
        ("known", "answered", 0),
    ),
    "nobody is exposed": (
        {"agency.refuge.contact": {"per_person_year": 1, "age_from": 119, "age_to": 120}},
        ("ratio", "exposed_people", 0),
    ),
    "contacts cost nothing": (
        {"agency.refuge.contact.cost_pounds": 0, "question.cost.services": ["refuge"]},
        ("cost", "mean_error", None),
    ),
    "events of nobody are released": (
        {"recipient.bare": {"title": "Bare", "events": []}},
        ("friend", "targets", 20),
    ),
    "no attacks": ({"attack": None}, ("refuge", "false_matches", 0)),
    "no recipients": (
        INSIDE | {"attack": None, "recipient": None},
        ("refuge", "false_matches", 0),
    ),
    "200 people": ({"world.people": 200}, ("world", "people", 200)),
    "numbers are removed": (
        {
            "identity": {"nhs_number": {"scheme": "remove"}, "postcode": {"scheme": "keyed-hash"},
                         "uprn": {"scheme": "keyed-hash"}},
            "link.refuge.on": "postcode",
            "link.a_and_e.on": "postcode",
        },
        ("friend", "targets", 20),
    ),
    "everything is covered by nobody": (
        {f"agency.{name}.coverage": 0 for name in ("register", "a_and_e", "refuge", "fire_visits")},
        ("soon", "answered", 0),
    ),
    "what is not known is rerun": (
        {"agency.refuge.contact.per_person_year": {"value": 1, "low": 0, "high": 2},
         "attack.friend.date_error_days": {"value": 1, "low": 0, "high": 7}},
        ("friend", "targets", 20),
    ),
}  # fmt: skip


@pytest.mark.parametrize("edge", EDGES)
def test_what_comes_to_nothing_is_a_finding_and_no_error(edge: str) -> None:
    changes, (subject, measure, expected) = EDGES[edge]
    result = rehearsed(own(changes), seeds=(1, 2))
    found = result.select(subject=subject, measure=measure, seed=1)
    assert found[0].value == expected


def test_a_release_may_hold_little_more_than_that_something_happened() -> None:
    bare = dict.fromkeys(("sex", "deprivation", "practice", "places", "costs", "tokens"), False)
    bare |= {"title": "County", "events": ["refuge", "a_and_e"]}
    bare |= {"age": "none", "area": "none", "dates": "month"}
    result = rehearsed(own({"recipient.county": bare, "question.cost.recipient": ""}))
    everybody = result.one(section="world", subject="register", measure="records").value
    alike = result.select(subject="friend", measure="candidates")
    assert [figure.value for figure in alike] == [everybody, everybody]
    assert value(result, "ratio", "answered") is not None


def test_a_thief_finds_nothing_in_a_release_without_tokens_or_with_numbers_removed() -> None:
    thief = {"adversary": "key_thief", "recipient": "county", "key": "none", "list_share": 1}
    bare = {
        "title": "Numbers removed",
        "changes": {
            "identity.nhs_number.scheme": "remove",
            "identity.postcode.scheme": "keyed-hash",
            "link.refuge.on": "postcode",
            "link.a_and_e.on": "postcode",
        },
    }
    changes = {"recipient.county.tokens": False, "attack": {"thief": thief}, "option.bare": bare}
    result = rehearsed(own(changes | {"world.people": 300}))
    for option in (AS_PROPOSED, "bare"):
        for measure in ("tokens", "candidates", "claims", "wrong_names", "skill"):
            assert value(result, "thief", measure, option) == 0


@pytest.mark.parametrize("proposal", [own(), *map(load, systems())], ids=lambda p: p.about.name)
def test_a_proposal_is_the_same_after_a_round_trip_through_json(proposal: Proposal) -> None:
    assert Proposal.model_validate(proposal.model_dump(mode="json")) == proposal
    assert Proposal.model_validate_json(proposal.model_dump_json()) == proposal


def test_what_specs_say_of_services_is_what_the_simulator_does() -> None:
    at_home = tuple(name for name, model in CONTACTS.items() if model.home_share > 0)
    assert at_home == WITH_HOME_INCIDENTS


def test_records_are_linked_by_national_insurance_number(tmp_path: Path) -> None:
    fields = 'fields = ["nino", "sex", "date_of_birth"'
    text, _, _ = small_proposal.SMALL.partition("[attack.thief]")
    for old, new in (
        ("people = 300", "people = 3_000"),
        ('title = "GP register"', f'title = "Index"\n{fields}]'),
        (
            'title = "A&E departments"',
            f'title = "A&E"\n{fields}, "event_time"]\nerrors = {{nino_character = 0.1}}',
        ),
        ("[identity.nhs_number]", "[identity.nino]"),
        ('on = "nhs_number"', 'on = "nino"'),
    ):
        text = text.replace(old, new)
    path = tmp_path / "proposal.toml"
    path.write_text(text)
    result = rehearsed(load(path))
    recall, precision = (value(result, "a_and_e", m) for m in ("recall", "precision"))
    assert recall is not None
    # Those under 16 have no number; of the others' one in ten is wrong, but for its last letter.
    assert 0.6 < recall < 0.95
    assert precision == 1.0
