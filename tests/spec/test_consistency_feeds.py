"""What does not fit between feeds, desks and the other parts is refused on loading."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from scenarios.loading import load
from scenarios.validate import validated


@cache
def table_of(name: str) -> dict[str, Any]:
    return load(name).model_dump(mode="json", exclude_defaults=True)


def said(name: str, path: str, value: object) -> list[str]:
    """Puts one value into a shipped proposal, without its options, and returns the problems."""
    table = deepcopy(table_of(name))
    table.pop("option", None)
    at = table
    *parts, last = path.split(".")
    for part in parts:
        at = at.setdefault(part, {})
    if value is None:
        at.pop(last)
    else:
        at[last] = value
    return [f"{'.'.join(map(str, f.path))}: {f.rule}" for f in validated(table)[1]]


MISFITS = [
    ("istv", "violence", None, "agency.police_crimes: records violence, of which this world has"),
    ("istv", "feed.partnership.agency", "police_crimes", "must be an agency with service assaults"),
    ("istv", "question.hot_spots.feed", "partners", "must be a feed of this proposal"),
    ("istv", "question.hot_spots.police", "police_contacts", "must be an agency with service crim"),
    ("istv", "attack.acquaintance.feed", "partners", "must be a feed of this proposal"),
    ("istv", "attack.analyst_with_crimes.holds", ["a_and_e_assaults"],
     "must be an agency with service crimes or police_contacts"),
    ("istv", "comparison.identifiers.police", "police_contacts", "must be an agency with service"),
    ("istv", "comparison.identifiers.keys", [["uprn"]], "is not recorded by a_and_e_assaults"),
    ("hertfordshire", "desk.decode.recipient", "nobody", "must be a recipient of this proposal"),
    ("hertfordshire", "question.alerts.desk", "nowhere", "must be a desk of this proposal"),
    ("hertfordshire", "question.alerts.recipient", "",
     "must be planners, whose codes desk.decode can turn back"),
    ("hertfordshire", "attack.valid_decoder.role", "porter", "must be one of desk.decode.roles"),
    ("hertfordshire", "attack.coalition.desk", "nowhere", "must be a desk of this proposal"),
    ("hertfordshire", "attack.analyst_without_key.recipient", "nobody",
     "must be a recipient of this proposal"),
    ("hertfordshire", "identity.surname.scheme", "remove",
     "needs a treatment that makes codes: set identity.surname.scheme"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "path", "value", "rule"), MISFITS)
def test_a_part_that_another_does_not_bear_out_is_refused(
    name: str, path: str, value: object, rule: str
) -> None:
    assert any(rule in problem for problem in said(name, path, value))


@pytest.mark.parametrize("name", ["istv", "hertfordshire"])
def test_a_shipped_proposal_fits(name: str) -> None:
    assert said(name, "about.title", "Another title") == []


def test_a_desk_with_nothing_to_decode_is_a_finding_and_not_refused() -> None:
    assert said("hertfordshire", "recipient.planners.codes", []) == []


def test_a_feed_that_is_wrong_is_told_once_and_what_names_it_is_not() -> None:
    problems = said("istv", "feed.partnership.times", "second")
    assert len(problems) == 1
    assert problems[0].startswith("feed.partnership.times")
