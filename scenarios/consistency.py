"""Consistency: what does not fit between the parts of a proposal, each with its rule.

A part may be right by itself and still ask for what no other part gives: events that are not
linked, a field that nobody records. Whatever could not be carried out is refused here, before
anything is run. What merely comes to nothing (no events, no tokens, nobody exposed) is not refused:
it is a finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from linkage.linking_names import LINKING_FIELDS
from linkage.plan import HOLDERS_OF_LINK_KEYS
from linkage.pseudonyms.shaped import SHAPED
from reidentify.specs import DatedEventsSpec, KeyThiefSpec
from scenarios.consistency_columns import column_misfits, unrecorded
from scenarios.consistency_desks import desk_misfits
from scenarios.consistency_feeds import feed_misfits
from scenarios.consistency_keys import key_misfits
from scenarios.consistency_split_file import split_file_misfits
from scenarios.misfit import Misfit, unnamed
from scenarios.problems import NOTHING, written
from scenarios.questions.specs import (
    AlertSpec,
    CountSpec,
    HotSpotsSpec,
    RankingSpec,
    RateRatioSpec,
    VenueEvidenceSpec,
)
from simulator.effects import EffectCycle, drawing_order
from simulator.events import deaths
from simulator.events.housing import WORK_KINDS
from simulator.events.police_incidents import OFFENCE_GROUPS
from simulator.schema import FIELDS
from simulator.services import SERVICES
from simulator.specs import OF_HOMES, OF_VIOLENCE, REGISTER, REGISTERS, WITH_HOME_INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from linkage.plan import LinkStep
    from scenarios.problems import Path
    from scenarios.proposal import Proposal
    from simulator.specs import EffectSpec


VALUES = {"work_kind": WORK_KINDS, "offence_group": tuple(OFFENCE_GROUPS)}
"""Values of fields in words, where there are few."""


@dataclass(frozen=True)
class _Parts:
    """A proposal, and what follows from it for all checks.

    Attributes:
        proposal: The proposal.
        hub: The register to which records are linked; null while there is none.
        held: Fields that each agency's records still hold after ingest: those that it records, but
            for those that are removed.
        linked: Agencies whose records feed answers; null while some step cannot be read.
    """

    proposal: Proposal
    hub: str | None
    held: Mapping[str, Collection[str]] = field(repr=False)
    linked: tuple[str, ...] | None

    def events_of(self, recipient: str) -> tuple[str, ...]:
        """Returns the agencies whose events a recipient has; nobody's recipient has all linked."""
        if recipient in self.proposal.recipient:
            return self.proposal.recipient[recipient].events
        return self.linked or ()


def misfits(proposal: Proposal, aside: Collection[Path] = ()) -> list[Misfit]:
    """Lists everything that does not fit between parts.

    Args:
        proposal: The proposal, its parts right by themselves.
        aside: Parts, such as `("agency", "a_and_e")`, in whose place something else stands because
            they are wrong: nothing is said about them, nor about what depends on them.

    Returns:
        The misfits. Names that refer to nothing are reported as such and not looked at further.
    """
    parts = _Parts(proposal, _hub(proposal), _held(proposal), _linked(proposal, aside))
    found = [
        *_effects(parts),
        *_identity(parts),
        *_links(parts),
        *_recipients(parts),
        *_questions(parts),
        *_attacks(parts),
        *feed_misfits(proposal, aside),
        *desk_misfits(proposal, aside),
        *key_misfits(proposal, aside),
        *column_misfits(proposal, aside),
        *split_file_misfits(proposal, aside),
        *_governance(proposal),
    ]
    return [misfit for misfit in found if misfit.path[:2] not in aside]


def _hub(proposal: Proposal) -> str | None:
    registers = _with_service(proposal, REGISTER)
    return next((step.hub for step in proposal.link.values() if step.hub in registers), None)


def _held(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    removed = {name for name, t in proposal.identity.items() if t.scheme == "remove"}
    return {
        name: tuple(each for each in agency.fields if each not in removed)
        for name, agency in proposal.agency.items()
    }


def _linked(proposal: Proposal, aside: Collection[Path]) -> tuple[str, ...] | None:
    steps = proposal.link.values()
    is_known = all(name in proposal.agency for step in steps for name in (step.hub, step.agency))
    if not is_known or any(path[0] == "link" for path in aside):
        return None
    return tuple(step.agency for step in steps if step.feeds_answers)


def _unknown_agency(parts: _Parts, path: Path, given: str) -> Iterator[Misfit]:
    yield from unnamed(path, given, "an agency", parts.proposal.agency)


def _unknown_recipient(parts: _Parts, path: Path, given: str) -> Iterator[Misfit]:
    yield from unnamed(path, given, "a recipient", parts.proposal.recipient)


def _unheld(parts: _Parts, path: Path, agency: str, needed: str) -> Iterator[Misfit]:
    """Yields a field that an agency's records do not hold once they have left ingest."""
    if needed not in parts.held[agency]:
        is_removed = needed in parts.proposal.agency[agency].fields
        why = "is removed by identity." + needed if is_removed else "is not recorded"
        yield Misfit(path, agency, f"needs {needed}, which {why}")


def _with_service(proposal: Proposal, *services: str) -> tuple[str, ...]:
    return tuple(name for name, one in proposal.agency.items() if one.service in services)


def _with_contacts(proposal: Proposal) -> tuple[str, ...]:
    """Returns the agencies that record contacts of people, which effects can change."""
    without = _with_service(proposal, *REGISTERS, *OF_HOMES, *OF_VIOLENCE)
    return tuple(name for name in proposal.agency if name not in without)


def _effects(parts: _Parts) -> Iterator[Misfit]:
    proposal = parts.proposal
    registers = _with_service(proposal, *REGISTERS)
    sound: dict[str, EffectSpec] = {}
    for name, effect in proposal.effect.items():
        found = list(_effect(parts, ("effect", name), effect, registers))
        yield from found
        if not found:
            try:
                drawing_order(tuple(proposal.agency), {**sound, name: effect})
                sound[name] = effect
            except EffectCycle:
                rule = f"would change its own exposure: {effect.exposure} is an outcome of it"
                yield Misfit(("effect", name, "outcome"), effect.outcome, rule)


def _effect(
    parts: _Parts, path: Path, effect: EffectSpec, registers: Collection[str]
) -> Iterator[Misfit]:
    proposal = parts.proposal
    yield from _unknown_agency(parts, (*path, "exposure"), effect.exposure)
    yield from _unknown_agency(parts, (*path, "outcome"), effect.outcome)
    unable = (*registers, *_with_service(proposal, *OF_VIOLENCE))
    if effect.exposure in unable:
        allowed = tuple(name for name in proposal.agency if name not in unable)
        what = "is a register" if effect.exposure in registers else "records violence"
        rule = f"{what} and has no contacts that could be an exposure"
        yield Misfit((*path, "exposure"), effect.exposure, rule, allowed)
    yield from _where(parts, path, effect.exposure, effect.exposure_where)
    contacts = _with_contacts(proposal)
    if effect.outcome == effect.exposure:
        yield Misfit((*path, "outcome"), effect.outcome, "must not be the exposure itself")
    elif effect.outcome in proposal.agency and effect.outcome not in contacts:
        rule = "has no contacts of people, which alone can change"
        yield Misfit((*path, "outcome"), effect.outcome, rule, contacts)
    elif effect.outcome in _with_service(proposal, deaths.SERVICE):
        rule = "is of deaths, which happen at the rates of world.life and by no effect"
        yield Misfit((*path, "outcome"), effect.outcome, rule)
    if effect.only_at_home:
        yield from _at_home(proposal, (*path, "only_at_home"), effect.outcome)


def _at_home(proposal: Proposal, path: Path, outcome: str) -> Iterator[Misfit]:
    able = _with_service(proposal, *WITH_HOME_INCIDENTS)
    if outcome in proposal.agency and outcome not in able:
        rule = f"{outcome} has no incidents that begin at home; these do: {', '.join(able) or '-'}"
        yield Misfit(path, given=True, rule=rule)


def _identity(parts: _Parts) -> Iterator[Misfit]:
    proposal = parts.proposal
    for name, treatment in proposal.identity.items():
        path = ("identity", name)
        if (treatment.makes_tokens or treatment.makes_codes) and not _identifies(name):
            allowed = tuple(filter(_identifies, FIELDS))
            what = "tokens" if treatment.makes_tokens else "codes"
            rule = f"{what} are made of identifiers only, and {name} is none: {', '.join(allowed)}"
            yield Misfit((*path, "scheme"), treatment.scheme, rule)
        elif treatment.scheme == "coded-shape" and name not in SHAPED:
            rule = f"codes in the same shape are made of {' and '.join(SHAPED)}: use coded"
            yield Misfit((*path, "scheme"), treatment.scheme, rule)
        recorded = proposal.agency[parts.hub].fields if parts.hub else treatment.verify
        for at, verified in enumerate(treatment.verify):
            if verified not in recorded:
                rule = f"is not recorded by {parts.hub}, so nothing can be compared with it"
                yield Misfit((*path, "verify", at), verified, rule, recorded)


def _identifies(name: str) -> bool:
    return FIELDS[name].role == "identifier"


def _links(parts: _Parts) -> Iterator[Misfit]:
    proposal = parts.proposal
    registers = _with_service(proposal, REGISTER)
    fed_by: dict[str, str] = {}
    for name, step in proposal.link.items():
        path = ("link", name)
        yield from _unknown_agency(parts, (*path, "hub"), step.hub)
        yield from _unknown_agency(parts, (*path, "agency"), step.agency)
        if step.hub in proposal.agency and step.hub not in registers:
            rule = "must be an agency with service gp_register: one record a person"
            yield Misfit((*path, "hub"), step.hub, rule, registers)
        elif parts.hub and step.hub in registers and step.hub != parts.hub:
            rule = "must be the same hub in every step"
            yield Misfit((*path, "hub"), step.hub, rule, (parts.hub,))
        yield from _step(parts, path, step)
        if step.feeds_answers:
            first = fed_by.setdefault(step.agency, name)
            if first != name:
                rule = f"has a step that feeds answers already, {first}: an agency can have one"
                yield Misfit((*path, "agency"), step.agency, rule)


def _step(parts: _Parts, path: Path, step: LinkStep) -> Iterator[Misfit]:
    proposal = parts.proposal
    agency = proposal.agency.get(step.agency)
    if agency and SERVICES[agency.service].of == "home" and step.unit != "home":
        rule = f'must be "home": records of {step.agency} are about homes'
        yield Misfit((*path, "unit"), step.unit, rule)
    if step.dated:
        yield from _dated(parts, path, step)
    if step.on is not None and step.on not in LINKING_FIELDS and proposal.split_file is None:
        yield from unrecorded(parts.proposal, (*path, "on"), step, step.on)
        treatment = proposal.identity.get(step.on)
        if treatment is None or not treatment.joins:
            rule = f"needs a treatment that makes tokens: set identity.{step.on}.scheme"
            yield Misfit((*path, "on"), step.on, rule)


def _dated(parts: _Parts, path: Path, step: LinkStep) -> Iterator[Misfit]:
    """Yields what a step lacks that links people with what happened while they lived there."""
    if step.unit != "home":
        yield Misfit((*path, "dated"), step.dated, "is for homes: people do not move out of a name")
    for agency, needed in ((step.hub, "lived_since"), (step.agency, "event_time")):
        spec = parts.proposal.agency.get(agency)
        if spec is not None and needed not in spec.fields:
            rule = f"needs {needed}, which {agency} does not record"
            yield Misfit((*path, "dated"), step.dated, rule)


def _recipients(parts: _Parts) -> Iterator[Misfit]:
    for name, release in parts.proposal.recipient.items():
        if name in HOLDERS_OF_LINK_KEYS:
            rule = "is the name of a holder of link keys (all, warehouse); choose another"
            yield Misfit(("recipient", name), NOTHING, rule)
        for at, agency in enumerate(release.events):
            path = ("recipient", name, "events", at)
            unlinked = list(_unlinked(parts, path, agency, ""))
            yield from unlinked
            if not unlinked and agency not in _with_service(parts.proposal, *REGISTERS):
                yield from _unheld(parts, path, agency, "event_time")
        if release.moves and parts.hub and "lived_since" not in parts.held[parts.hub]:
            rule = f"needs lived_since, which {parts.hub} does not record"
            yield Misfit(("recipient", name, "moves"), release.moves, rule)


def _unlinked(parts: _Parts, path: Path, agency: str, recipient: str) -> Iterator[Misfit]:
    """Yields an agency that is unknown, not linked, or not among a recipient's events."""
    unknown = list(_unknown_agency(parts, path, agency))
    if unknown:
        yield from unknown
    elif parts.linked is not None and agency not in parts.linked:
        yield Misfit(path, agency, "must be linked by a step that feeds answers", parts.linked)
    elif recipient in parts.proposal.recipient and agency not in parts.events_of(recipient):
        rule = f"must be among recipient.{recipient}.events"
        yield Misfit(path, agency, rule, parts.events_of(recipient))


def _questions(parts: _Parts) -> Iterator[Misfit]:
    for name, question in parts.proposal.question.items():
        path = ("question", name)
        if isinstance(question, HotSpotsSpec | VenueEvidenceSpec):
            continue
        if question.recipient:
            yield from _unknown_recipient(parts, (*path, "recipient"), question.recipient)
        if isinstance(question, RateRatioSpec):
            yield from _rate_ratio(parts, path, question)
        else:
            yield from _services(parts, path, question)
        if isinstance(question, RankingSpec):
            yield from _ranked(parts, path, question)


def _rate_ratio(parts: _Parts, path: Path, question: RateRatioSpec) -> Iterator[Misfit]:
    for part in ("exposure", "outcome"):
        agency = getattr(question, part)
        unlinked = list(_unlinked(parts, (*path, part), agency, question.recipient))
        yield from unlinked or _unheld(parts, (*path, part), agency, "event_time")
    if question.among:
        yield from _unlinked(parts, (*path, "among"), question.among, question.recipient)
    yield from _where(parts, path, question.exposure, question.exposure_where)
    release = parts.proposal.recipient.get(question.recipient)
    if question.age_from and release is not None and release.age == "none":
        rule = f"needs an age, which recipient.{question.recipient} is not given"
        yield Misfit((*path, "age_from"), question.age_from, rule)
    if question.exposure == question.outcome:
        yield Misfit((*path, "outcome"), question.outcome, "must not be the exposure itself")
    if question.only_at_home:
        unable = list(_at_home(parts.proposal, (*path, "only_at_home"), question.outcome))
        yield from unable
        if not unable and question.outcome in parts.proposal.agency:
            yield from _unheld(parts, (*path, "outcome"), question.outcome, "at_home")


def _where(
    parts: _Parts, path: Path, agency: str, where: Mapping[str, Collection[str]]
) -> Iterator[Misfit]:
    """Yields fields that an exposure's records do not hold, or that are no text."""
    spec = parts.proposal.agency.get(agency)
    for name, values in where.items() if spec is not None else ():
        place = (*path, "exposure_where", name)
        texts = tuple(f for f in parts.held[agency] if FIELDS[f].dtype == pl.String())
        if name not in texts or FIELDS[name].role != "content":
            allowed = tuple(each for each in texts if FIELDS[each].role == "content")
            yield Misfit(place, name, f"is no field in words of what {agency} records", allowed)
        known = VALUES.get(name, ())
        for at, value in enumerate(values):
            if known and value not in known:
                yield Misfit((*place, at), value, f"is no value of {name}", known)


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
    parts: _Parts, path: Path, question: RankingSpec | CountSpec | AlertSpec
) -> Iterator[Misfit]:
    for at, agency in enumerate(question.services):
        place = (*path, "services", at)
        unlinked = list(_unlinked(parts, place, agency, question.recipient))
        yield from unlinked
        for needed in _NEEDED[type(question)] if not unlinked else ():
            yield from _unheld(parts, place, agency, needed)


def _ranked(parts: _Parts, path: Path, question: RankingSpec) -> Iterator[Misfit]:
    """Yields a group that the hub does not hold, and what a recipient is not given."""
    group = question.group
    if parts.hub and group not in parts.held[parts.hub]:
        yield Misfit((*path, "group"), group, f"is not recorded by {parts.hub}, or is removed")
    release = parts.proposal.recipient.get(question.recipient)
    setting, needed = _GIVEN_BY[group]
    if release is not None and getattr(release, setting) != needed:
        where = f"recipient.{question.recipient}.{setting}"
        rule = f"is not handed over: {where} must be {written(needed)}"
        yield Misfit((*path, "group"), group, rule)
    if release is not None and not release.costs:
        rule = f"is not given costs: recipient.{question.recipient}.costs must be true"
        yield Misfit((*path, "recipient"), question.recipient, rule)


def _attacks(parts: _Parts) -> Iterator[Misfit]:
    hub = parts.proposal.agency[parts.hub] if parts.hub else None
    for name, attack in parts.proposal.attack.items():
        path = ("attack", name)
        if not isinstance(attack, DatedEventsSpec | KeyThiefSpec):
            continue
        yield from _unknown_recipient(parts, (*path, "recipient"), attack.recipient)
        if isinstance(attack, DatedEventsSpec):
            yield from _dated_events(parts, path, attack)
            continue
        for setting, leak in (("leak", attack.leak), ("second_leak", attack.second_leak)):
            if leak is not None:
                yield from unnamed((*path, setting), leak, "a leak", parts.proposal.leak)
        if hub is not None and "nhs_number" not in hub.fields:
            rule = f"tries NHS numbers, which {parts.hub} does not record"
            yield Misfit((*path, "adversary"), attack.adversary, rule)


def _dated_events(parts: _Parts, path: Path, attack: DatedEventsSpec) -> Iterator[Misfit]:
    contacts = _with_contacts(parts.proposal)
    for at, agency in enumerate(attack.services):
        place = (*path, "services", at)
        unlinked = list(_unlinked(parts, place, agency, attack.recipient))
        yield from unlinked
        if not unlinked and agency not in contacts:
            yield Misfit(place, agency, "has no contacts of people that could be known", contacts)


def _governance(proposal: Proposal) -> Iterator[Misfit]:
    asked = proposal.governance.benefit_question
    if asked and asked not in proposal.question:
        rule = "must be a question of this proposal"
        yield Misfit(("governance", "benefit_question"), asked, rule, tuple(proposal.question))
