"""A small proposal file for tests of loading and of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.loading import ProposalError, load

Write = Callable[[str | bytes], Path]
"""Writes a proposal file; returns where."""

SMALL = """\
version = 1

[about]
name = "small"
title = "A small linkage"
question = "How many people are known to both?"
handed_over = "A row for each person."
to_whom = "Analysts."

[world]
people = 300
real_population = 10_000
start = 2016-04-01
days = 90
move_rate = 0.1

[agency.gp_register]
title = "GP register"

[agency.a_and_e]
title = "A&E departments"

[identity.nhs_number]
scheme = "keyed-hash"
bits = 64

[link.a_and_e]
hub = "gp_register"
agency = "a_and_e"
method = "token"
on = "nhs_number"

[recipient.analysts]
title = "Analysts"
events = ["a_and_e"]
dates = "day"

[question.both]
kind = "count"
title = "How many people of the register attended A&E?"
services = ["a_and_e"]

[attack.thief]
adversary = "key_thief"
recipient = "analysts"
key = "none"
list_share = 1.0

[option.short]
title = "Tokens of 32 bits"
identity.nhs_number.bits = 32

[option.months]
title = "Dates to the month"
recipient.analysts.dates = "month"
"""


def edited(*changes: tuple[str, str]) -> str:
    """Returns the small proposal with pieces of text replaced, each found exactly once."""
    text = SMALL
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in the small proposal")
        text = text.replace(old, new)
    return text


def line_of(text: str, piece: str) -> int:
    """Returns the line, from 1, on which a piece of text first stands."""
    return text[: text.index(piece)].count("\n") + 1


def refused(path: Path | str) -> list[str]:
    """Returns the messages of a refused proposal, with the file's directory left out."""
    with pytest.raises(ProposalError) as error:
        load(path)
    lines = str(error.value).splitlines()
    assert len(lines) == len(error.value.problems)
    return [line.replace(f"{Path(path).parent}/", "") for line in lines]
