"""A part that is wrong by itself is refused on loading, with line, value and rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenarios.loading import ProposalError, with_setting
from scenarios.proposal import Proposal
from scenarios.vocabulary import find
from tests.own_proposal import Edit, edited, own, told
from tests.small_proposal import line_of

if TYPE_CHECKING:
    from pathlib import Path

REFUGE = 'fields = ["nhs_number", "surname", "date_of_birth", "postcode", "event_time", "cost_'
HUB = 'like = "gp_register"'
COUNTY = 'events = ["refuge", "a_and_e"]'

# What is put in place of what; then where each message points to, and what it says.
WRONG: dict[str, tuple[list[Edit], list[tuple[str, str]]]] = {
    "a register that records events": (
        [(HUB, f'{HUB}\nfields = ["nhs_number", "event_time"]')],
        [
            (
                'fields = ["nhs_number", "event_time"]',
                (
                    'agency.register.fields = ["nhs_number", "event_time"]: must not name '
                    "event_time: a register holds no events"
                ),
            )
        ],
    ),
    "visits to homes that name people": (
        [("[agency.fire_visits]", '[agency.fire_visits]\nfields = ["uprn", "sex"]')],
        [
            (
                'fields = ["uprn", "sex"]',
                (
                    'agency.fire_visits.fields = ["uprn", "sex"]: must not name sex: a visit is to '
                    "a home and names nobody"
                ),
            )
        ],
    ),
    "visits to homes that have moved": (
        [("[agency.fire_visits]", "[agency.fire_visits]\nerrors = { address_stale = 0.1 }")],
        [
            (
                "errors = { address_stale",
                (
                    "agency.fire_visits.errors: address_stale is for records of people: a home "
                    "does not move"
                ),
            )
        ],
    ),
    "a field named twice": (
        [(REFUGE, REFUGE.replace('"surname"', '"nhs_number"'))],
        [
            (
                'fields = ["nhs_number", "nhs_number"',
                (
                    'agency.refuge.fields = ["nhs_number", "nhs_number", "date_of_birth", '
                    '"postcode",...: must not name anything twice (nhs_number)'
                ),
            )
        ],
    ),
    "the number of a record": (
        [('"surname", "date_of_birth", "postcode"]', '"record_id"]')],
        [
            (
                '"record_id"]',
                (
                    'link.refuge_clear_text.keys = "record_id": must not be record_id, which every '
                    "record has and nobody can change"
                ),
            )
        ],
    ),
    "errors on what is not recorded": (
        [(REFUGE, REFUGE.replace('"surname", ', "")), ('["surname", "date_', '["date_')],
        [
            (
                "errors = {",
                (
                    "agency.refuge.errors = { nhs_number_missing = 0.05, surname_typing = 0.02, "
                    "birth...: errors on fields that are not recorded: surname_typing"
                ),
            )
        ],
    ),
    "an agency of its own without contacts": (
        [("contact = {", "# contact = {")],
        [
            (
                "[agency.refuge]",
                "agency.refuge: contact must be given for service `own`, and only for it",
            )
        ],
    ),
    "more contacts than there can be": (
        [("per_person_year = 1.0", "per_person_year = 1000")],
        [("per_person_year", "agency.refuge.contact.per_person_year = 1000: must be at most 100")],
    ),
    "a number in quotes": (
        [("people = 600", 'people = "600"'), ("ratio = 0.5", 'ratio = { value = "0.5" }')],
        [
            ("people =", 'world.people = "600": must be a whole number'),
            ("ratio = {", 'effect.fewer.ratio.value = "0.5": must be a number'),
        ],
    ),
    "a fraction of a person": (
        [("people = 600", "people = 600.0")],
        [("people =", "world.people = 600.0: must be a whole number")],
    ),
    "yes and no": (
        [(COUNTY, f'{COUNTY}\nsex = "yes"\ntokens = 1')],
        [
            ('sex = "yes"', 'recipient.county.sex = "yes": must be true or false'),
            ("tokens = 1", "recipient.county.tokens = 1: must be true or false"),
        ],
    ),
    "a year for a date": (
        [("start = 2016-04-01", "start = 2016")],
        [("start =", "world.start = 2016: must be a date, such as 2016-04-01 (no quotes)")],
    ),
    "a date long ago": (
        [("start = 2016-04-01", "start = 1066-10-14")],
        [("start =", "world.start = 1066-10-14: must lie in the years 1900 to 2100")],
    ),
    "a question of nobody": (
        [('services = ["refuge", "a_and_e"]\ncontacts', "services = []\ncontacts")],
        [("services = []", "question.soon.services = []: must hold at least 1")],
    ),
    "contacts that are not any": (
        [("contacts = [1, 2]", "contacts = [0, 2]")],
        [("contacts = [0", "attack.friend.contacts = 0: must be 1 or more")],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_a_part_cannot_be_is_named_with_line_value_and_rule(tmp_path: Path, case: str) -> None:
    edits, messages = WRONG[case]
    text = edited(*edits)
    expected = [f"line {line_of(text, at)}: {message}" for at, message in messages]
    assert told(tmp_path, text) == expected


@pytest.mark.parametrize("value", ["300", 300.0, True, None, "", [300]])
def test_no_value_of_another_kind_is_taken_for_a_number(value: object) -> None:
    with pytest.raises(ProposalError, match="must be a whole number"):
        with_setting(own(), "world.people", value)


@pytest.mark.parametrize("table", [name for name in Proposal.model_fields if name != "version"])
def test_every_table_of_a_proposal_says_what_it_is_for(table: str) -> None:
    setting = find([table])
    assert setting is not None
    description = setting.fields[0].description
    assert description is not None
    assert description.endswith(".")
