"""Problems of a proposal, told all at once: where, what, rule, suggestion."""

from __future__ import annotations

import pytest

from simulator.agencies import CATALOGUE
from tests.small_proposal import Write, edited, refused

# What is put into the small proposal, in place of what, and the exact message.
BAD = [
    (
        "people = 300",
        "people = 100",
        "line 11: world.people = 100: must be between 200 and 5,000,000",
    ),
    (
        "people = 300",
        'people = "many"',
        'line 11: world.people = "many": must be a whole number',
    ),
    (
        "people = 300",
        "peple = 300",
        "line 11: world.peple: is not a setting. Did you mean `people`?",
    ),
    (
        "move_rate = 0.1",
        "move_rate = 1.5",
        "line 15: world.move_rate = 1.5: must be a share between 0 and 1",
    ),
    (
        "move_rate = 0.1",
        "move_rate = true",
        "line 15: world.move_rate = true: must be a share between 0 and 1, not true or false",
    ),
    (
        "move_rate = 0.1",
        "move_rate = nan",
        "line 15: world.move_rate = nan: must be a finite number",
    ),
    (
        "move_rate = 0.1",
        "move_rate = { value = 0.3, low = 0.1, high = 0.2 }",
        (
            "line 15: world.move_rate = { value = 0.3, low = 0.1, high = 0.2 }: "
            "value must lie between low and high"
        ),
    ),
    (
        "start = 2016-04-01\n",
        "",
        "line 10: world.start: is required (first day of the window in which events happen)",
    ),
    (
        "start = 2016-04-01",
        'start = "soon"',
        'line 13: world.start = "soon": must be a date, such as 2016-04-01 (no quotes)',
    ),
    (
        'dates = "day"',
        'dates = "dya"',
        (
            'line 36: recipient.analysts.dates = "dya": must be one of: minute, day, week, month. '
            "Did you mean `day`?"
        ),
    ),
    (
        "bits = 64",
        "bits = 33",
        "line 25: identity.nhs_number.bits = 33: must be one of: 32, 40, 48, 53, 63, 64",
    ),
    (
        'name = "small"',
        'name = "My proposal"',
        (
            'line 4: about.name = "My proposal": must start with a small letter and hold only '
            "small letters, digits, - and _"
        ),
    ),
    (
        'title = "Analysts"',
        'title = ""',
        'line 34: recipient.analysts.title = "": must not be empty',
    ),
    (
        'events = ["a_and_e"]',
        'events = [\n  "a_and_e",  # "x" = 1\n  "a_nd_e",\n]',
        (
            'line 37: recipient.analysts.events = "a_nd_e": must be an agency of this proposal '
            "(gp_register, a_and_e). Did you mean `a_and_e`?"
        ),
    ),
    (
        'recipient = "analysts"',
        'recipient = "analists"',
        (
            'line 45: attack.thief.recipient = "analists": must be a recipient of this proposal '
            "(analysts). Did you mean `analysts`?"
        ),
    ),
    (
        'kind = "count"',
        'kind = "cuont"',
        (
            'line 39: question.both.kind = "cuont": must be one of: rate_ratio, ranking, count, '
            "alert, hot_spots, venue_evidence. Did you mean `count`?"
        ),
    ),
    (
        'kind = "count"\n',
        "",
        (
            "line 38: question.both.kind: is required; must be one of: rate_ratio, ranking, "
            "count, alert, hot_spots, venue_evidence"
        ),
    ),
    (
        "list_share = 1.0",
        "list_share = 1.0\ngap = 2",
        (
            "line 48: attack.thief.gap: is not a setting of key_thief; settings here: adversary, "
            "panel, recipient, key, days, leak, second_leak, list_share"
        ),
    ),
    (
        "[identity.nhs_number]",
        "[identity.nhs_numbre]",
        (
            "line 23: identity.nhs_numbre: must be a field of the vocabulary. "
            "Did you mean `nhs_number`?"
        ),
    ),
    (
        'title = "A&E departments"',
        "errors = { nhs_number_mising = 0.1 }",
        (
            "line 21: agency.a_and_e.errors.nhs_number_mising: must be a recording error of the "
            "catalogue. Did you mean `nhs_number_missing`?"
        ),
    ),
    (
        'title = "A&E departments"',
        'like = "a_and_f"',
        (
            'line 21: agency.a_and_e.like = "a_and_f": must be an agency of the catalogue: '
            f"{', '.join(CATALOGUE)}. Did you mean `a_and_e`?"
        ),
    ),
    (
        "identity.nhs_number.bits = 32",
        "identity.nhs_number.bit = 32",
        "line 51: option.short.identity.nhs_number.bit: is not a setting. Did you mean `bits`?",
    ),
    (
        "identity.nhs_number.bits = 32",
        '"identity.nhs_number.bits" = 31',
        (
            "line 51: option.short.identity.nhs_number.bits = 31: must be one of: 32, 40, 48, 53, "
            "63, 64"
        ),
    ),
    (
        "recipient.analysts.dates",
        "recipient.analists.dates",
        (
            "line 55: option.months.recipient.analists.dates: is not in this proposal's recipient "
            "tables: analysts. Did you mean `analysts`?"
        ),
    ),
    (
        'title = "A&E departments"',
        'title = "A&E"\n[agency.a_and_e.contact]',
        (
            "line 22: agency.a_and_e.contact: headers go two levels deep; under [agency.a_and_e] "
            "write contact = { ... }"
        ),
    ),
    (
        "[recipient.analysts]",
        '[recipient."the.analysts"]',
        (
            "line 33: recipient.the.analysts: names must start with a letter and hold only "
            "letters, digits, - and _"
        ),
    ),
    ("version = 1", "version = 2", "line 1: version = 2: must be 1"),
    (
        "days = 90",
        "days = = 90",
        "line 14: not valid TOML at column 8: Invalid value",
    ),
    ('to_whom = "Analysts."', 'to_whom = "Analysts.', "line 8: not valid TOML at column 21: "),
    ("days = 90", "days = 90\ndays = 91", "line 15: not valid TOML at column 10: "),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=[f"{b[1]!r}" for b in BAD])
def test_each_problem_names_file_line_setting_value_rule_and_suggestion(
    written: Write, old: str, new: str, message: str
) -> None:
    messages = refused(written(edited((old, new))))
    found = [line for line in messages if line.startswith(f"my.toml, {message}")]
    assert found, "\n".join(messages)
    if not message.endswith(": "):
        assert found == [f"my.toml, {message}"]


def test_an_option_that_breaks_another_part_says_which(written: Write) -> None:
    text = edited(("identity.nhs_number.bits = 32", 'identity.nhs_number.scheme = "clear"'))
    assert refused(written(text)) == [
        (
            'my.toml, line 51: option.short.identity.nhs_number.scheme = "clear": would make '
            'another part wrong: link.a_and_e.on = "nhs_number": needs a treatment that makes '
            "tokens: set identity.nhs_number.scheme"
        )
    ]


def test_every_problem_is_told_at_once_in_the_order_of_the_file(written: Write) -> None:
    text = edited(
        ("people = 300", "people = 3"),
        ("bits = 64", "bits = 62"),
        ('recipient = "analysts"', 'recipient = "nobody"'),
        ("recipient.analysts.dates", "recipient.analysts.date"),
    )
    starts = [line.split(": ")[1].split(" =")[0] for line in refused(written(text))]
    assert starts == [
        "world.people",
        "identity.nhs_number.bits",
        "attack.thief.recipient",
        "option.months.recipient.analysts.date",
    ]


def test_wrong_options_are_told_beside_wrong_settings(written: Write) -> None:
    text = edited(
        ("people = 300", "people = 3"), ("recipient.analysts.dates", "recipient.analysts.date")
    )
    messages = refused(written(text))
    assert [m.split(": ")[1].split(" =")[0] for m in messages] == [
        "world.people",
        "option.months.recipient.analysts.date",
    ]


def test_a_wrong_agency_does_not_make_what_refers_to_it_wrong(written: Write) -> None:
    text = edited(('title = "A&E departments"', "coverage = 2"))
    assert refused(written(text)) == [
        "my.toml, line 21: agency.a_and_e.coverage = 2: must be a share between 0 and 1"
    ]


def test_a_wrong_world_does_not_make_options_that_change_it_wrong(written: Write) -> None:
    text = edited(
        ("people = 300", "people = 3"), ("identity.nhs_number.bits = 32", "world.days = 400")
    )
    messages = refused(written(text))
    assert [m.split(": ")[1].split(" =")[0] for m in messages] == ["world.people"]
