"""Consistency of questions: what each needs of records, links and recipients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.consistency_parts import (
    at_home,
    unheld,
    unknown_recipient,
    unlinked,
    where,
)
from scenarios.misfit import Misfit
from scenarios.problems import written
from scenarios.questions.specs import (
    AlertSpec,
    CountSpec,
    HotSpotsSpec,
    RankingSpec,
    RateRatioSpec,
    VenueEvidenceSpec,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenarios.consistency_parts import Parts
    from scenarios.problems import Path


def question_misfits(parts: Parts) -> Iterator[Misfit]:
    """Yields what does not fit between questions and everything else."""
    for name, question in parts.proposal.question.items():
        path = ("question", name)
        if isinstance(question, HotSpotsSpec | VenueEvidenceSpec):
            continue
        if question.recipient:
            yield from unknown_recipient(parts, (*path, "recipient"), question.recipient)
        if isinstance(question, RateRatioSpec):
            yield from _rate_ratio(parts, path, question)
        else:
            yield from _services(parts, path, question)
        if isinstance(question, RankingSpec):
            yield from _ranked(parts, path, question)


def _rate_ratio(parts: Parts, path: Path, question: RateRatioSpec) -> Iterator[Misfit]:
    for part in ("exposure", "outcome"):
        agency = getattr(question, part)
        missing = list(unlinked(parts, (*path, part), agency, question.recipient))
        yield from missing or unheld(parts, (*path, part), agency, "event_time")
    if question.among:
        yield from unlinked(parts, (*path, "among"), question.among, question.recipient)
    yield from where(parts, path, question.exposure, question.exposure_where)
    release = parts.proposal.recipient.get(question.recipient)
    if question.age_from and release is not None and release.age == "none":
        rule = f"needs an age, which recipient.{question.recipient} is not given"
        yield Misfit((*path, "age_from"), question.age_from, rule)
    if question.exposure == question.outcome:
        yield Misfit((*path, "outcome"), question.outcome, "must not be the exposure itself")
    if question.only_at_home:
        unable = list(at_home(parts.proposal, (*path, "only_at_home"), question.outcome))
        yield from unable
        if not unable and question.outcome in parts.proposal.agency:
            yield from unheld(parts, (*path, "outcome"), question.outcome, "at_home")


# What a question needs of each of its services' records.
_NEEDED = {RankingSpec: ("cost_pence",), AlertSpec: ("event_time",), CountSpec: ()}

# What is ranked -> the setting of a recipient that hands it over, and its value.
_GIVEN_BY: dict[str, tuple[str, str | bool]] = {
    "practice": ("practice", True),
    "lsoa": ("area", "lsoa"),
    "msoa": ("area", "msoa"),
    "deprivation_fifth": ("deprivation", True),
}


def _services(
    parts: Parts, path: Path, question: RankingSpec | CountSpec | AlertSpec
) -> Iterator[Misfit]:
    for at, agency in enumerate(question.services):
        place = (*path, "services", at)
        missing = list(unlinked(parts, place, agency, question.recipient))
        yield from missing
        for needed in _NEEDED[type(question)] if not missing else ():
            yield from unheld(parts, place, agency, needed)


def _ranked(parts: Parts, path: Path, question: RankingSpec) -> Iterator[Misfit]:
    """Yields a group that the hub does not hold, and what a recipient is not given."""
    group = question.group
    if parts.hub and group not in parts.held[parts.hub]:
        yield Misfit((*path, "group"), group, f"is not recorded by {parts.hub}, or is removed")
    release = parts.proposal.recipient.get(question.recipient)
    setting, needed = _GIVEN_BY[group]
    if release is not None and getattr(release, setting) != needed:
        setting_name = f"recipient.{question.recipient}.{setting}"
        rule = f"is not handed over: {setting_name} must be {written(needed)}"
        yield Misfit((*path, "group"), group, rule)
    if release is not None and not release.costs:
        rule = f"is not given costs: recipient.{question.recipient}.costs must be true"
        yield Misfit((*path, "recipient"), question.recipient, rule)
