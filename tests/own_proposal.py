"""A linkage that no catalogue knows: a refuge of its own, linked to A&E through a register."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich.console import Console

from scenarios.commands.summary import print_summary
from scenarios.loading import ProposalError, load
from scenarios.report import render
from scenarios.result import Result
from scenarios.runner import run
from scenarios.validate import validated

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.proposal import Proposal

OWN = """\
version = 1

[about]
name = "refuge"
title = "Refuge and A&E"
question = "Do contacts with the refuge change A&E attendances?"
handed_over = "A row for each person and each contact."
to_whom = "County analysts."

[world]
people = 600
real_population = 80_000
start = 2016-04-01
days = 365
move_rate = 0.1

[agency.register]
like = "gp_register"

[agency.a_and_e]
coverage = 0.95

[agency.refuge]
title = "Refuge"
service = "own"
fields = ["nhs_number", "surname", "date_of_birth", "postcode", "event_time", "cost_pence"]
errors = { nhs_number_missing = 0.05, surname_typing = 0.02, birth_date_year = 0.01 }
contact = { per_person_year = 1.0, deprivation_ratio = 2.0, cost_pounds = 45 }

[agency.fire_visits]

[effect.fewer]
exposure = "refuge"
outcome = "a_and_e"
ratio = 0.5

[identity.nhs_number]
scheme = "keyed-hash"
verify = ["date_of_birth"]

[identity.uprn]
scheme = "keyed-hash"

[link.refuge]
hub = "register"
agency = "refuge"
method = "token"
on = "nhs_number"

[link.a_and_e]
hub = "register"
agency = "a_and_e"
method = "token"
on = "nhs_number"

[link.visits]
hub = "register"
agency = "fire_visits"
method = "token"
unit = "home"
on = "uprn"

[link.refuge_clear_text]
hub = "register"
agency = "refuge"
method = "ladder"
keys = [
    ["nhs_number"],
    ["surname", "date_of_birth", "postcode"],
]

[recipient.county]
title = "County analysts"
events = ["refuge", "a_and_e"]

[question.ratio]
kind = "rate_ratio"
title = "Do contacts with the refuge change A&E attendances?"
recipient = "county"
exposure = "refuge"
outcome = "a_and_e"

[question.cost]
kind = "ranking"
title = "What do contacts cost per head, by practice?"
recipient = "county"
services = ["refuge", "a_and_e"]

[question.known]
kind = "count"
title = "How many people are known to both?"
recipient = "county"
services = ["refuge", "a_and_e"]

[question.soon]
kind = "alert"
title = "Who has two contacts within 90 days?"
recipient = "county"
services = ["refuge", "a_and_e"]
contacts = 2

[attack.friend]
adversary = "dated_events"
recipient = "county"
targets = 20
contacts = [1, 2]
services = ["refuge"]
date_error_days = 1
misremembered = 0.1
gap = 1.0
"""

Changes = dict[str, Any]
Edit = tuple[str, str]


def own_table(changes: Changes | None = None) -> dict[str, Any]:
    """The proposal as a table, with the value at each dotted name changed; null takes it away."""
    table = deepcopy(tomllib.loads(OWN))
    for setting, value in (changes or {}).items():
        *around, last = setting.split(".")
        at = table
        for name in around:
            at = at.setdefault(name, {})
        if value is None:
            del at[last]
        else:
            at[last] = value
    return table


def own(changes: Changes | None = None) -> Proposal:
    """The proposal with some values changed."""
    proposal, found = validated(own_table(changes))
    assert proposal is not None, [str(finding.as_problem()) for finding in found]
    assert not found
    return proposal


def rehearsed(proposal: Proposal, seeds: tuple[int, ...] = (1,)) -> Result:
    """Runs a proposal with all options, and makes all that a user would see of it."""
    result = run(proposal, seeds=seeds)
    assert Result.from_json(result.to_json()) == result
    assert proposal.about.title.replace("&", "&amp;") in render(result)
    summary = StringIO()
    print_summary(Console(file=summary, width=100), result)
    assert proposal.about.title in summary.getvalue()
    return result


def edited(*edits: Edit) -> str:
    """The proposal's text with pieces replaced, each found exactly once."""
    text = OWN
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} stands {text.count(old)} times in the proposal")
        text = text.replace(old, new)
    return text


def told(directory: Path, text: str) -> list[str]:
    """Loads a text and returns what is said against it, without the file's name."""
    path = directory / "my.toml"
    path.write_text(text, encoding="utf-8")
    try:
        load(path)
    except ProposalError as error:
        return [str(problem).removeprefix(f"{path}, ") for problem in error.problems]
    return []
