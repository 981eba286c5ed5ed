"""Properties of loading: options are edits, and no text can do more than be refused."""

from __future__ import annotations

import tempfile
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.loading import ProposalError, apply_option, load, with_setting
from scenarios.systems import system_text
from scenarios.toml_lines import toml_lines
from scenarios.validate import validated
from tests.small_proposal import SMALL, edited, line_of

if TYPE_CHECKING:
    from scenarios.proposal import Proposal

KENT = tomllib.loads(system_text("kent"))

# A setting of the small proposal: the line that holds it, its dotted name, and values it may take.
SETTINGS = {
    "people = 300": ("world.people", st.integers(200, 5_000_000)),
    "days = 90": ("world.days", st.integers(60, 3660)),
    "move_rate = 0.1": ("world.move_rate", st.floats(0, 1)),
    "bits = 64": ("identity.nhs_number.bits", st.sampled_from([32, 40, 48, 53, 63, 64])),
    'scheme = "keyed-hash"': ("identity.nhs_number.scheme", st.just("plain-hash")),
    'dates = "day"': ("recipient.analysts.dates", st.sampled_from(["minute", "week", "month"])),
    "list_share = 1.0": ("attack.thief.list_share", st.floats(0, 1)),
    'key = "none"': ("attack.thief.key", st.just("wrong")),
    'title = "A&E departments"': ("agency.a_and_e.title", st.just("Emergency care")),
}


def toml(value: object) -> str:
    """Writes a value in TOML."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def loaded(text: str) -> Proposal:
    """Loads a proposal from text, through a file."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "my.toml"
        path.write_text(text)
        return load(path)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, tuple[str, Any]]:
    """Draws some lines of the small proposal with a setting and a new value for each."""
    lines = draw(st.lists(st.sampled_from(sorted(SETTINGS)), min_size=1, unique=True))
    return {line: (SETTINGS[line][0], draw(SETTINGS[line][1])) for line in lines}


@given(changes())
@settings(max_examples=60, deadline=None)
def test_applying_an_option_equals_editing_the_file(changed: dict[str, tuple[str, Any]]) -> None:
    option = "\n[option.new]\ntitle = 'New'\n" + "".join(
        f"{setting} = {toml(value)}\n" for setting, value in changed.values()
    )
    edits = [(line, f"{line.split(' = ')[0]} = {toml(v)}") for line, (_, v) in changed.items()]
    by_option = apply_option(loaded(SMALL + option), "new")
    by_hand = loaded(edited(*edits) + option)
    assert by_option == by_hand


@given(changes())
@settings(max_examples=30, deadline=None)
def test_settings_changed_one_by_one_equal_an_option_that_changes_all(
    changed: dict[str, tuple[str, Any]],
) -> None:
    proposal = loaded(SMALL)
    one_by_one = proposal
    for setting, value in changed.values():
        one_by_one = with_setting(one_by_one, setting, value)
    option = "\n[option.new]\ntitle = 'New'\n" + "".join(
        f"{setting} = {toml(value)}\n" for setting, value in changed.values()
    )
    together = apply_option(loaded(SMALL + option), "new")
    assert together.model_copy(update={"option": proposal.option}) == one_by_one


def paths(table: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Lists every place in a table."""
    found = [path] if path else []
    if isinstance(table, dict):
        found += [place for key, value in table.items() for place in paths(value, (*path, key))]
    return found


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    st.sampled_from(
        ["kind", "gp_register", "clear", "remove", "key_thief", "ladder", "rate_ratio"]
    ),
)


@given(st.lists(st.tuples(st.sampled_from(paths(KENT)), VALUES, st.booleans()), max_size=4))
@settings(max_examples=150, deadline=None)
def test_a_proposal_damaged_anywhere_is_loaded_or_refused_but_never_breaks_the_loader(
    damage: list[tuple[tuple[Any, ...], Any, bool]],
) -> None:
    table = deepcopy(KENT)
    for path, value, removed in damage:
        at: Any = table
        for key in path[:-1]:
            at = at.get(key) if isinstance(at, dict) else None
        if isinstance(at, dict) and removed:
            at.pop(path[-1], None)
        elif isinstance(at, dict):
            at[path[-1]] = value
    proposal, found = validated(table)
    assert proposal is not None or found
    messages = [str(finding.as_problem("my.toml")) for finding in found]
    assert all(message.startswith("my.toml: ") and "\n" not in message for message in messages)
    assert not any("Input should" in message or "pydantic" in message for message in messages)


@given(st.text(alphabet="ab[]{}=.\"'#\n\\ ,1", max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_refused_with_problems_and_never_breaks_the_loader(text: str) -> None:
    with pytest.raises(ProposalError) as error:  # so short a text cannot be a proposal
        loaded(text)
    assert error.value.problems


KEYS = st.text(alphabet="ab.\"' #=[]é", min_size=1, max_size=4)
LEAVES = st.one_of(
    st.integers(),
    st.booleans(),
    st.text(alphabet="ab=[]{}#\"'\n,\\", max_size=8),
    st.lists(st.text(alphabet='a]=,#"', max_size=4), max_size=3),
)


def quoted(text: str) -> str:
    """Writes text as a TOML basic string."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
    return '"' + "".join(escapes.get(letter, letter) for letter in text) + '"'


def literal(value: object) -> str:
    """Writes a leaf in TOML; text with line ends over several lines."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[\n" + "".join(f"  {literal(item)}, # ] = [\n" for item in value) + "]"
    if isinstance(value, str) and "\n" in value and "\\" not in value and '"' not in value:
        return f'"""{value}"""' if not value.startswith("\n") else f'"""\n{value}"""'
    return quoted(value) if isinstance(value, str) else str(value)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, LEAVES, max_size=4), max_size=4))
@settings(max_examples=150, deadline=None)
def test_each_key_stands_on_the_line_on_which_it_was_written(
    tables: dict[str, dict[str, Any]],
) -> None:
    text, expected = "", {}
    for name, table in tables.items():
        expected[(name,)] = text.count("\n") + 1
        text += f"[{quoted(name)}] # x = 1\n"
        for key, value in table.items():
            expected[(name, key)] = text.count("\n") + 1
            text += f"{quoted(key)} = {literal(value)}\n"
    lines = toml_lines(text).lines
    assert {path: line for path, line in lines.items() if isinstance(path[-1], str)} == expected


def test_the_small_proposal_is_indexed_as_its_text_says() -> None:
    lines = toml_lines(SMALL).lines
    assert lines["option", "short", "identity", "nhs_number", "bits"] == line_of(
        SMALL, "identity.nhs_number.bits"
    )
