"""Loading tells everything that is wrong with a proposal at once: where, what, rule, suggestion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.loading import ProposalError, apply_option, load, with_setting
from scenarios.systems import about, systems
from scenarios.toml_lines import toml_lines
from simulator.specs import WorldSpec
from tests.small_proposal import SMALL, edited, line_of

Write = Callable[[str | bytes], Path]


@pytest.fixture(name="written")
def _written(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "my.toml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def refused(path: Path | str) -> list[str]:
    """Returns the messages of a refused proposal, with the file's directory left out."""
    with pytest.raises(ProposalError) as error:
        load(path)
    lines = str(error.value).splitlines()
    assert len(lines) == len(error.value.problems)
    return [line.replace(f"{Path(path).parent}/", "") for line in lines]


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
        "line 25: identity.nhs_number.bits = 33: must be one of: 32, 40, 64",
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
            "panel, recipient, key, stolen_from, list_share"
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
            "gp_register, a_and_e, admissions, mental_health, community, social_care, fire_visits, "
            "a_and_e_assaults, police_crimes, police_contacts. Did you mean `a_and_e`?"
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
        "line 51: option.short.identity.nhs_number.bits = 31: must be one of: 32, 40, 64",
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
        ("bits = 64", "bits = 63"),
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


FILES = [
    (b"", "empty; a proposal needs at least version, about, world, agency, link and question"),
    (
        b"  \n\n",
        "empty; a proposal needs at least version, about, world, agency, link and question",
    ),
    (
        "name = 1\nx = '\u00e9'".encode("latin-1"),
        "line 2: not UTF-8 text; save it as UTF-8, the usual choice of a text editor",
    ),
    (
        SMALL.encode("utf-16"),
        "line 1: not UTF-8 text; save it as UTF-8, the usual choice of a text editor",
    ),
    (b"x" * 4_000_001, "larger than 4 MB, so it cannot be a proposal"),
    (b"a = " + b"[" * 5_000, "nested too deeply to be a proposal"),
]


@pytest.mark.parametrize(("content", "message"), FILES, ids=[m[:20] for _, m in FILES])
def test_a_file_that_cannot_be_a_proposal_is_refused_plainly(
    written: Write, content: bytes, message: str
) -> None:
    (told,) = refused(written(content))
    assert told in (f"my.toml, {message}", f"my.toml: {message}")


def test_a_missing_file_suggests_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "proposal.toml").write_text(SMALL)
    (told,) = refused(tmp_path / "propsal.toml")
    expected = "propsal.toml: there is no such file. Did you mean `proposal.toml`?"
    assert told == expected


def test_a_directory_is_refused_and_lists_its_proposals(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(SMALL)
    (told,) = refused(tmp_path)
    assert told.endswith("a directory; give a proposal file; in it: mine.toml")


def test_an_unknown_system_lists_the_systems() -> None:
    assert refused("knet") == [
        f"knet: neither a system ({', '.join(systems())}) nor a file. Did you mean `kent`?"
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(written: Write) -> None:
    text = edited(("bits = 64", "bits = 63")).replace("\n", "\r\n")
    assert refused(written(b"\xef\xbb\xbf" + text.encode())) == [
        "my.toml, line 25: identity.nhs_number.bits = 63: must be one of: 32, 40, 64"
    ]


@pytest.mark.parametrize("name", systems())
def test_every_shipped_system_loads_and_says_what_it_is(name: str) -> None:
    assert load(name).about.name == name
    assert about(name)["question"].endswith("?")


def test_a_name_means_the_system_and_a_path_means_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kent").write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    assert load("kent").about.name == "kent"
    assert load("./kent").about.name == "small"
    assert load(Path("kent")).about.name == "small"


def test_applying_an_option_leaves_the_proposal_as_it_was(written: Write) -> None:
    proposal = load(written(SMALL))
    assert apply_option(proposal, "short").identity["nhs_number"].bits == 32
    assert proposal.identity["nhs_number"].bits == 64


def test_an_unknown_option_is_refused_with_a_suggestion(written: Write) -> None:
    with pytest.raises(ProposalError, match=r"options: short, months\. Did you mean `months`"):
        apply_option(load(written(SMALL)), "month")


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("world.peple", 3, "world.peple: is not a setting. Did you mean `people`?"),
        ("worl.people", 3, ("worl.people: is not a setting that an option can change. "
                           "Did you mean `world`?")),
        ("option.short", 3, "option.short: is not a setting that an option can change"),
        ("world.people", 3, "world.people = 3: must be between 200 and 5,000,000"),
        ("world.people.x", 3, ("world.people.x: is not a setting: world.people holds a value, "
                              "not a table")),
        ("agency.a_and_e.errors.sex_wrong", 3, ("agency.a_and_e.errors.sex_wrong = 3: must be a "
                                               "share between 0 and 1")),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_changed_is_refused_without_a_line(
    written: Write, setting: str, value: object, message: str
) -> None:
    with pytest.raises(ProposalError) as error:
        with_setting(load(written(SMALL)), setting, value)
    assert str(error.value) == message


def test_part_of_a_number_can_be_changed_alone(written: Write) -> None:
    text = edited(("move_rate = 0.1", ('move_rate = { value = 0.1, low = 0.1, high = 0.3, '
                                      'evidence = "assumed" }')))  # fmt: skip
    changed = with_setting(load(written(text)), "world.move_rate.value", 0.3)
    rate = changed.world.move_rate
    assert (rate.value, rate.low, rate.high, rate.evidence) == (0.3, 0.1, 0.3, "assumed")


def test_an_agency_that_records_few_fields_survives_a_change_elsewhere(written: Write) -> None:
    text = edited(('title = "A&E departments"', 'fields = ["nhs_number", "event_time"]'))
    proposal = load(written(text))
    changed = with_setting(proposal, "world.people", 400)
    assert changed.agency == proposal.agency
    assert changed.world == proposal.world.model_copy(update={"people": 400})


def test_a_changed_proposal_equals_one_validated_afresh(written: Write) -> None:
    changed = with_setting(load(written(SMALL)), "world.days", 100)
    assert isinstance(changed.world, WorldSpec)
    assert changed == load(written(edited(("days = 90", "days = 100"))))


LINES = '''\
# a = 1
a = "x = 1 # not a comment"  # b = 2
"b c".'d.e' = 1
[t]  # [u]
f = """
g = 1 \\""" still
"""
h = { i = 1, j = "}", k.l = [1, 2] }
m = [
  "n = 1",  # ]
  [ "]" ],

  { o = 1 },
]
p = \'\'\'
[q]\'\'\'
r = 2016-04-01 07:00:00
[t.s]
u = """"x"""""
v = 1
'''


def test_every_key_is_found_on_its_line_whatever_stands_in_strings_and_comments() -> None:
    lines = toml_lines(LINES).lines
    expected = {
        ("a",): "a = ",
        ("b c", "d.e"): '"b c"',
        ("t",): "[t]",
        ("t", "f"): "f = ",
        ("t", "h"): "h = ",
        ("t", "h", "i"): "h = ",
        ("t", "h", "k", "l", 1): "h = ",
        ("t", "m"): "m = [",
        ("t", "m", 0): '  "n',
        ("t", "m", 1, 0): '  [ "]',
        ("t", "m", 2, "o"): "  { o",
        ("t", "p"): "p = ",
        ("t", "r"): "r = ",
        ("t", "s"): "[t.s]",
        ("t", "s", "u"): "u = ",
        ("t", "s", "v"): "v = ",
    }
    own = LINES.replace("# a = 1", "# . . .")
    assert {path: lines[path] for path in expected} == {
        path: line_of(own, "\n" + piece) + 1 for path, piece in expected.items()
    }
    assert not {("b",), ("g",), ("q",), ("t", "g"), ("u",)} & set(lines)
