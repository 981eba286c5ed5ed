"""Link steps on hashed match-keys: they feed answers or are compared with, and say how."""

from __future__ import annotations

import json
import tomllib
from functools import cache

import jsonschema
import numpy as np
import polars as pl
import pytest

from linkage.keys import KeyRing
from linkage.match_key_set import make_match_keys
from linkage.plan import LinkStep
from scenarios.handover import Run, hand_over
from scenarios.json_schema import proposal_schema
from scenarios.loading import apply_option, load
from scenarios.recipe import figures
from scenarios.report.handing import _match_keys
from scenarios.result import AS_PROPOSED, Figure
from scenarios.stages import Stages
from scenarios.validate import validated
from tests.small_proposal import SMALL

RING = KeyRing.from_bytes(b"any master: only what is missing is looked at")

STEPS = """
[match_keys.ons]
family = "ons-style"

[match_keys.crate]
family = "crate-style"

[link.keyed]
hub = "gp_register"
agency = "a_and_e"
method = "match-keys"
tokens = "ons"
feeds = false

[link.weighed]
hub = "gp_register"
agency = "a_and_e"
method = "plan"
plan = "crate-parts"
tokens = "crate"
feeds = false
"""
NO_ATTACKS = SMALL[: SMALL.index("[attack.thief]")] + STEPS
BY = {
    step: f'[option.{step}]\ntitle = "Fed by {step}"\nlink.a_and_e.feeds = false\n'
    f"link.{step}.feeds = true\n"
    for step in ("keyed", "weighed")
}
TEXT = NO_ATTACKS.replace("people = 300", "people = 3_000") + "".join(BY.values())


@cache
def ran(option: str = "") -> tuple[Run, list[Figure]]:
    """The small proposal with 3,000 people, as proposed or with an option."""
    proposal, found = validated(tomllib.loads(TEXT))
    assert proposal is not None, found
    proposal = apply_option(proposal, option) if option else proposal
    run = hand_over(proposal, 1, Stages(), 1, np.zeros(0, np.uint32))
    return run, figures(run, AS_PROPOSED)


def value(found: list[Figure], section: str, subject: str, measure: str) -> float:
    """The one figure of that name for everybody."""
    values = [
        figure.value
        for figure in found
        if (figure.section, figure.subject, figure.measure, figure.group)
        == (section, subject, measure, "all")
    ]
    assert len(values) == 1
    assert values[0] is not None
    return values[0]


def test_a_step_that_is_only_compared_with_changes_no_answer() -> None:
    run, found = ran()
    plain = validated(tomllib.loads(TEXT[: TEXT.index("[match_keys.ons]")]))[0]
    assert plain is not None
    alone = figures(hand_over(plain, 1, Stages(), 1, np.zeros(0, np.uint32)), AS_PROPOSED)
    kept = [one for one in found if one.subject not in ("keyed", "weighed")]
    assert kept == alone
    assert set(run.links) == {"a_and_e"}


def test_hashed_keys_and_weighed_parts_find_at_least_what_exact_tokens_find() -> None:
    _, found = ran()
    by_token = value(found, "linkage", "a_and_e", "recall")
    assert by_token < 0.97
    for step in ("keyed", "weighed"):
        assert value(found, "linkage", step, "recall") >= by_token
        assert value(found, "linkage", step, "precision") > 0.99


@pytest.mark.parametrize("step", ["keyed", "weighed"])
def test_a_step_on_hashed_columns_feeds_answers_with_the_content_of_its_records(step: str) -> None:
    run, found = ran(step)
    assert set(run.links) == {step}
    assert run.assembled is not None
    linked, provenance = run.assembled.value
    events = linked.events["a_and_e"]
    links = run.links[step].value.frame
    assert events.height == links.height == provenance.events["a_and_e"].height > 0
    written = run.written["a_and_e"].value[0].frame
    came_from = provenance.events["a_and_e"].join(written, on="record_id")
    both = events.select("row_id", "event_time", "cost_pence").join(came_from, on="row_id")
    assert both.height == events.height
    assert both.select(
        (pl.col("event_time") == pl.col("event_time_right")).all()
        & (pl.col("cost_pence") == pl.col("cost_pence_right")).all()
    ).item()
    assert value(found, "answer", "both", "answered") > 0


def test_hashed_columns_are_in_nothing_that_is_handed_over() -> None:
    run, _ = ran("keyed")
    assert run.assembled is not None
    linked = run.assembled.value[0]
    release = run.releases["analysts"].value[0]
    frames = [linked.people, *linked.events.values(), release.people, *release.events.values()]
    names = {name for frame in frames for name in frame.columns}
    assert not [name for name in names if name.startswith("ons-")]
    assert not {"first_name", "surname", "postcode"} & names


def test_records_of_an_agency_that_is_fed_by_match_keys_are_counted_by_these() -> None:
    run, found = ran("keyed")
    written = run.written["a_and_e"].value[0]
    spec = run.proposal.match_keys["ons"]
    made = make_match_keys(written, spec, RING).frame.drop("record_id")
    has_key = made.select(pl.any_horizontal(pl.all().is_not_null())).to_series().sum()
    records = written.frame.height
    assert value(found, "ingest", "a_and_e", "tokens") == pytest.approx(has_key / records)
    without = value(found, "ingest", "a_and_e", "no_identifier")
    assert without == pytest.approx(1 - has_key / records)
    assert value(found, "ingest", "a_and_e", "birth_date_differs") == 0
    said = {figure.method for figure in found if figure.section == "ingest" and figure.method}
    assert "records by what became of their match-keys ons" in said


def test_figures_say_in_words_how_a_step_links() -> None:
    _, found = ran()
    said = {figure.subject: figure.method for figure in found if figure.section == "linkage"}
    assert said == {
        "a_and_e": "exact token of nhs_number; a right pair is one person",
        "keyed": "hashed match-keys ons, by the first that is unique in the hub; a right pair is "
        "one person; a comparison, feeds no answer",
        "weighed": "a plan on hashed match-keys crate, which sees only which are the same; a right "
        "pair is one person; a comparison, feeds no answer",
    }


def test_the_report_says_what_is_hashed_for_linking_and_whether_it_is_only_compared() -> None:
    proposal = ran("keyed")[0].proposal
    told = dict(_match_keys(proposal))
    assert list(told) == ["Match-keys Crate", "Match-keys Ons"]
    assert told["Match-keys Ons"].startswith("pseudonymised: 9 keys of several fields (ons-style)")
    assert told["Match-keys Ons"].endswith("for linking alone")
    assert told["Match-keys Crate"].endswith("a comparison, which feeds no answer")


def test_the_json_schema_knows_match_keys() -> None:
    table = json.loads(json.dumps(tomllib.loads(NO_ATTACKS), default=str))
    jsonschema.validate(table, proposal_schema())
    table["match_keys"]["ons"]["family"] = "ons"
    with pytest.raises(jsonschema.ValidationError, match="'ons' is not one of"):
        jsonschema.validate(table, proposal_schema())


def test_a_proposal_with_match_keys_survives_being_written() -> None:
    proposal = validated(tomllib.loads(TEXT))[0]
    assert proposal is not None
    again = type(proposal).model_validate(json.loads(proposal.model_dump_json()))
    assert again == proposal


# What is put in place of what, and what is said.
MISFITS = {
    ('tokens = "ons"', 'tokens = "onss"'): (
        'link.keyed.tokens = "onss": must be a set of match-keys of this proposal (ons, crate). '
        "Did you mean `ons`?"
    ),
    ('tokens = "ons"\n', ""): (
        "link.keyed.tokens: is needed by method `match-keys`: name of a table of match_keys"
    ),
    ("feeds = false\n\n[link.weighed]", "[link.weighed]"): (
        'link.keyed.agency = "a_and_e": has a step that feeds answers already, a_and_e: an agency '
        "can have one"
    ),
    ('tokens = "crate"\nfeeds = false', "feeds = true"): (
        "link.weighed.feeds = true: must be false or left out: steps on the clear text are "
        "comparisons"
    ),
    ('tokens = "crate"', 'tokens = "crate"\nseveral_records = true'): (
        "link.weighed.several_records = true: is for method `match-keys`; method `plan` has `plan`"
    ),
    ('plan = "crate-parts"', 'plan = "kent-exact"'): (
        'link.weighed.plan = "nhs_number": is no column of match_keys.crate'
    ),
    ('family = "ons-style"', 'family = "own"\nrecipes = ["surname|address"]'): (
        'link.keyed.tokens = "ons": is made of address, which is not recorded by a_and_e'
    ),
    ('family = "ons-style"', 'family = "own"\nrecipes = ["surname|adress"]'): (
        "match_keys.ons.recipes = \"surname|adress\": field 'adress' has no comparable form"
    ),
    ('on = "nhs_number"', 'on = "nhs_number"\ntokens = "ons"'): (
        'link.a_and_e.tokens = "ons": is for method `match-keys`; method `token` has `on`'
    ),
}


@pytest.mark.parametrize(("edit", "message"), MISFITS.items())
def test_what_does_not_fit_is_said_in_words(edit: tuple[str, str], message: str) -> None:
    assert NO_ATTACKS.count(edit[0]) == 1
    proposal, found = validated(tomllib.loads(NO_ATTACKS.replace(*edit)))
    assert proposal is None
    assert message in "\n".join(str(each.as_problem()) for each in found)


def test_a_set_that_is_wrong_itself_brings_no_other_complaint_of_steps_that_name_it() -> None:
    wrong = NO_ATTACKS.replace('family = "crate-style"', 'family = "crate"')
    _, found = validated(tomllib.loads(wrong))
    assert [each.path for each in found] == [("match_keys", "crate", "family")]


def test_kent_compares_hashed_match_keys_and_feeds_tokens() -> None:
    steps = {n: s for n, s in load("kent").link.items() if s.agency == "social_care"}
    assert {name: step.method for name, step in steps.items()} == {
        "social_care": "token",
        "social_care_clear_text": "ladder",
        "social_care_match_keys": "match-keys",
    }
    assert [name for name, step in steps.items() if step.feeds_answers] == ["social_care"]


def test_a_step_says_whether_it_feeds_and_what_it_reads() -> None:
    base = {"hub": "a", "agency": "b"}
    for settings, feeds, clear in (
        ({"method": "token", "on": "nhs_number"}, True, False),
        ({"method": "token", "on": "nhs_number", "feeds": False}, False, False),
        ({"method": "match-keys", "tokens": "x"}, True, False),
        ({"method": "ladder", "keys": [["surname"]]}, False, True),
        ({"method": "ladder", "keys": [["surname"]], "feeds": False}, False, True),
    ):
        step = LinkStep.model_validate({**base, **settings})
        assert (step.feeds_answers, step.is_on_clear_text) == (feeds, clear)
