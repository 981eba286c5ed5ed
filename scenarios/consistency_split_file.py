"""Consistency of the split file: what it needs of other parts, and what it takes the place of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.cascade_plan import Cascade, names_of
from linkage.linking_names import LINKING_FIELDS, OF_HOMES, OF_PEOPLE
from reidentify.identity_specs import TokenCoalitionSpec
from reidentify.specs import KeyThiefSpec
from scenarios.misfit import Misfit, unnamed
from scenarios.problems import NOTHING
from simulator.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from linkage.plan import LinkStep
    from linkage.split_file_plan import SplitFile
    from scenarios.problems import Path
    from scenarios.proposal import Proposal

_AT: Path = ("split_file",)


def split_file_misfits(proposal: Proposal, aside: Collection[Path]) -> Iterator[Misfit]:
    """Yields what does not fit between the split file and everything else.

    Args:
        proposal: The proposal.
        aside: Parts in whose place something else stands: what names them is not looked at.
    """
    spec = proposal.split_file
    if any(path[0] == "split_file" for path in aside):
        return
    for name, step in proposal.link.items():
        if step.on is not None:
            yield from _step(proposal, ("link", name), step)
    yield from _attacks(proposal)
    if spec is None:
        return
    yield from _parties(proposal, spec)
    yield from _statuses(spec)
    yield from _register(proposal, spec)
    yield from _ages(proposal, spec)
    for field in proposal.identity:
        if ("identity", field) not in aside:
            rule = "is not used beside a split file, which leaves no identifier: take it out"
            yield Misfit(("identity", field), NOTHING, rule)


# How exactly a date of birth is returned -> how exactly it can be handed on. Weeks lie in no month.
_AGES: dict[str, tuple[str, ...]] = {
    "week": ("birth_week", "none"),
    "month": ("birth_month", "birth_year", "five_years", "none"),
}


def _ages(proposal: Proposal, spec: SplitFile) -> Iterator[Misfit]:
    """Yields ages that are handed on otherwise than the third party returns them."""
    allowed = _AGES.get(spec.birth)
    for name, release in proposal.recipient.items():
        if allowed is not None and release.age not in allowed:
            rule = f"cannot be had of a {spec.birth} of birth, which the third party returns"
            yield Misfit(("recipient", name, "age"), release.age, rule, allowed)


def _attacks(proposal: Proposal) -> Iterator[Misfit]:
    """Yields attackers of tokens where there is a split file, and of one where there is none."""
    for name, attack in proposal.attack.items():
        path: Path = ("attack", name, "adversary")
        if proposal.split_file is None and isinstance(attack, TokenCoalitionSpec):
            rule = "is by parties of a split file: add [split_file], or use another attacker"
            yield Misfit(path, attack.adversary, rule)
        if proposal.split_file is not None and isinstance(attack, KeyThiefSpec):
            rule = (
                "tries NHS numbers, of which a split file makes no tokens; use token_coalition, "
                "which tries the keys of linking fields"
            )
            yield Misfit(path, attack.adversary, rule)


def _step(proposal: Proposal, path: Path, step: LinkStep) -> Iterator[Misfit]:
    """Yields a step on what does not leave its agency, or on fields that nobody makes."""
    is_made = step.on in LINKING_FIELDS
    if is_made and proposal.split_file is None:
        rule = "is made by a split file: add [split_file], or link on an identifier"
        yield Misfit((*path, "on"), step.on, rule)
        return
    if not is_made:
        if proposal.split_file is not None:
            rule = "does not reach the databank of a split file"
            yield Misfit((*path, "on"), step.on, rule, LINKING_FIELDS)
        return
    agency = proposal.agency.get(step.agency)
    is_of_home = agency is not None and SERVICES[agency.service].of == "home"
    if step.on == OF_PEOPLE and (step.unit != "person" or is_of_home):
        rule = f"is of people: records of {step.agency} are about homes"
        yield Misfit((*path, "on"), step.on, rule, (OF_HOMES,))
    if step.on == OF_HOMES and step.unit != "home":
        yield Misfit((*path, "unit"), step.unit, 'must be "home": ralf is of homes')
    if step.on == OF_HOMES and agency is not None and not {"uprn", "address"} & {*agency.fields}:
        rule = f"needs an address or uprn, which {step.agency} does not record"
        yield Misfit((*path, "on"), step.on, rule)


def _parties(proposal: Proposal, spec: SplitFile) -> Iterator[Misfit]:
    """Yields parties that are no roles, or are the same."""
    roles = proposal.governance.roles
    for setting in ("third_party", "databank"):
        given = getattr(spec, setting)
        yield from unnamed((*_AT, setting), given, "a role of `governance`", tuple(roles))
    if spec.third_party == spec.databank:
        rule = "must not be the third party itself; for one party that has both, set separate"
        yield Misfit((*_AT, "databank"), spec.databank, rule)


def _statuses(spec: SplitFile) -> Iterator[Misfit]:
    """Yields accepted status codes that the plan never gives."""
    plan = spec.plan
    if isinstance(plan, Cascade):
        given = tuple(step.status for step in plan.steps if step.status)
        for at, code in enumerate(spec.accepted):
            if code not in given:
                yield Misfit((*_AT, "accepted", at), code, "is no status code of its plan", given)


def _register(proposal: Proposal, spec: SplitFile) -> Iterator[Misfit]:
    """Yields a register that is not there, or lacks what people and homes are resolved by."""
    hub = proposal.agency.get(proposal.hub)
    if hub is None:
        rule = "needs a register, as the hub of its link steps"
        yield Misfit(_AT, NOTHING, rule)
        return
    for setting, needed in (("plan", spec.plan), ("home_plan", spec.home_plan)):
        numbers = ("uprn",) if setting == "home_plan" else ()
        for name in dict.fromkeys((*names_of(needed), *numbers)):
            if name not in hub.fields:
                rule = f"needs {name}, which {proposal.hub} does not record"
                yield Misfit((*_AT, setting), name, rule, hub.fields)
