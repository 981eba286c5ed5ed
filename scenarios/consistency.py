"""Consistency: what does not fit between the parts of a proposal, each with its rule.

A part may be right by itself and still ask for what no other part gives: events that are not
linked, a field that nobody records. Whatever could not be carried out is refused here, before
anything is run. What merely comes to nothing (no events, no tokens, nobody exposed) is not refused:
it is a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.linking_names import LINKING_FIELDS
from linkage.plan import HOLDERS_OF_LINK_KEYS
from linkage.pseudonyms.shaped import SHAPED
from reidentify.identity_specs import IdentityAttackSpec
from reidentify.specs import DatedEventsSpec, KeyThiefSpec
from scenarios.consistency_columns import column_misfits, unrecorded
from scenarios.consistency_desks import desk_misfits
from scenarios.consistency_feeds import feed_misfits
from scenarios.consistency_keys import key_misfits
from scenarios.consistency_parts import (
    Parts,
    at_home,
    unheld,
    unknown_agency,
    unknown_recipient,
    unlinked,
    where,
    with_contacts,
    with_service,
)
from scenarios.consistency_questions import question_misfits
from scenarios.consistency_split_file import split_file_misfits
from scenarios.misfit import Misfit, unnamed
from scenarios.problems import NOTHING
from simulator.effects import EffectCycle, drawing_order
from simulator.events import deaths
from simulator.schema import FIELDS
from simulator.services import SERVICES
from simulator.specs import OF_VIOLENCE, REGISTER, REGISTERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from linkage.plan import LinkStep
    from scenarios.problems import Path
    from scenarios.proposal import Proposal
    from simulator.specs import EffectSpec


def misfits(proposal: Proposal, aside: Collection[Path] = ()) -> list[Misfit]:
    """Lists everything that does not fit between parts.

    Args:
        proposal: The proposal, its parts right by themselves.
        aside: Parts, such as `("agency", "a_and_e")`, in whose place something else stands because
            they are wrong: nothing is said about them, nor about what depends on them.

    Returns:
        The misfits. Names that refer to nothing are reported as such and not looked at further.
    """
    parts = Parts.of(proposal, aside)
    found = [
        *_effects(parts),
        *_identity(parts),
        *_links(parts),
        *_recipients(parts),
        *question_misfits(parts),
        *_attacks(parts),
        *feed_misfits(proposal, aside),
        *desk_misfits(proposal, aside),
        *key_misfits(proposal, aside),
        *column_misfits(proposal, aside),
        *split_file_misfits(proposal, aside),
        *_governance(proposal),
    ]
    return [misfit for misfit in found if misfit.path[:2] not in aside]


def _effects(parts: Parts) -> Iterator[Misfit]:
    proposal = parts.proposal
    registers = with_service(proposal, *REGISTERS)
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
    parts: Parts, path: Path, effect: EffectSpec, registers: Collection[str]
) -> Iterator[Misfit]:
    proposal = parts.proposal
    yield from unknown_agency(parts, (*path, "exposure"), effect.exposure)
    yield from unknown_agency(parts, (*path, "outcome"), effect.outcome)
    unable = (*registers, *with_service(proposal, *OF_VIOLENCE))
    if effect.exposure in unable:
        allowed = tuple(name for name in proposal.agency if name not in unable)
        what = "is a register" if effect.exposure in registers else "records violence"
        rule = f"{what} and has no contacts that could be an exposure"
        yield Misfit((*path, "exposure"), effect.exposure, rule, allowed)
    yield from where(parts, path, effect.exposure, effect.exposure_where)
    contacts = with_contacts(proposal)
    if effect.outcome == effect.exposure:
        yield Misfit((*path, "outcome"), effect.outcome, "must not be the exposure itself")
    elif effect.outcome in proposal.agency and effect.outcome not in contacts:
        rule = "has no contacts of people, which alone can change"
        yield Misfit((*path, "outcome"), effect.outcome, rule, contacts)
    elif effect.outcome in with_service(proposal, deaths.SERVICE):
        rule = "is of deaths, which happen at the rates of world.life and by no effect"
        yield Misfit((*path, "outcome"), effect.outcome, rule)
    if effect.only_at_home:
        yield from at_home(proposal, (*path, "only_at_home"), effect.outcome)


def _identity(parts: Parts) -> Iterator[Misfit]:
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


def _links(parts: Parts) -> Iterator[Misfit]:
    proposal = parts.proposal
    registers = with_service(proposal, REGISTER)
    fed_by: dict[str, str] = {}
    for name, step in proposal.link.items():
        path = ("link", name)
        yield from unknown_agency(parts, (*path, "hub"), step.hub)
        yield from unknown_agency(parts, (*path, "agency"), step.agency)
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


def _step(parts: Parts, path: Path, step: LinkStep) -> Iterator[Misfit]:
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


def _dated(parts: Parts, path: Path, step: LinkStep) -> Iterator[Misfit]:
    """Yields what a step lacks that links people with what happened while they lived there."""
    if step.unit != "home":
        yield Misfit((*path, "dated"), step.dated, "is for homes: people do not move out of a name")
    for agency, needed in ((step.hub, "lived_since"), (step.agency, "event_time")):
        spec = parts.proposal.agency.get(agency)
        if spec is not None and needed not in spec.fields:
            rule = f"needs {needed}, which {agency} does not record"
            yield Misfit((*path, "dated"), step.dated, rule)


def _recipients(parts: Parts) -> Iterator[Misfit]:
    for name, release in parts.proposal.recipient.items():
        if name in HOLDERS_OF_LINK_KEYS:
            rule = "is the name of a holder of link keys (all, warehouse); choose another"
            yield Misfit(("recipient", name), NOTHING, rule)
        for at, agency in enumerate(release.events):
            path = ("recipient", name, "events", at)
            missing = list(unlinked(parts, path, agency, ""))
            yield from missing
            if not missing and agency not in with_service(parts.proposal, *REGISTERS):
                yield from unheld(parts, path, agency, "event_time")
        if release.moves and parts.hub and "lived_since" not in parts.held[parts.hub]:
            rule = f"needs lived_since, which {parts.hub} does not record"
            yield Misfit(("recipient", name, "moves"), release.moves, rule)


def _attacks(parts: Parts) -> Iterator[Misfit]:
    hub = parts.proposal.agency[parts.hub] if parts.hub else None
    for name, attack in parts.proposal.attack.items():
        path = ("attack", name)
        if not isinstance(attack, DatedEventsSpec | KeyThiefSpec | IdentityAttackSpec):
            continue
        yield from unknown_recipient(parts, (*path, "recipient"), attack.recipient)
        if isinstance(attack, IdentityAttackSpec):
            continue
        if isinstance(attack, DatedEventsSpec):
            yield from _dated_events(parts, path, attack)
            continue
        for setting, leak in (("leak", attack.leak), ("second_leak", attack.second_leak)):
            if leak is not None:
                yield from unnamed((*path, setting), leak, "a leak", parts.proposal.leak)
        if hub is not None and "nhs_number" not in hub.fields:
            rule = f"tries NHS numbers, which {parts.hub} does not record"
            yield Misfit((*path, "adversary"), attack.adversary, rule)


def _dated_events(parts: Parts, path: Path, attack: DatedEventsSpec) -> Iterator[Misfit]:
    contacts = with_contacts(parts.proposal)
    for at, agency in enumerate(attack.services):
        place = (*path, "services", at)
        missing = list(unlinked(parts, place, agency, attack.recipient))
        yield from missing
        if not missing and agency not in contacts:
            yield Misfit(place, agency, "has no contacts of people that could be known", contacts)


def _governance(proposal: Proposal) -> Iterator[Misfit]:
    asked = proposal.governance.benefit_question
    if asked and asked not in proposal.question:
        rule = "must be a question of this proposal"
        yield Misfit(("governance", "benefit_question"), asked, rule, tuple(proposal.question))
