"""Parts of a proposal with what follows from them, and rules that several checks share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from scenarios.misfit import Misfit, unnamed
from simulator.events.words import WORDS
from simulator.schema import FIELDS
from simulator.specs import OF_HOMES, OF_VIOLENCE, REGISTER, REGISTERS, WITH_HOME_INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from scenarios.problems import Path
    from scenarios.proposal import Proposal


@dataclass(frozen=True)
class Parts:
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

    @classmethod
    def of(cls, proposal: Proposal, aside: Collection[Path]) -> Parts:
        """Works out what follows from a proposal; see `consistency.misfits` for `aside`."""
        return cls(proposal, _hub(proposal), _held(proposal), _linked(proposal, aside))


def unknown_agency(parts: Parts, path: Path, given: str) -> Iterator[Misfit]:
    """Yields a name that is no agency."""
    yield from unnamed(path, given, "an agency", parts.proposal.agency)


def unknown_recipient(parts: Parts, path: Path, given: str) -> Iterator[Misfit]:
    """Yields a name that is no recipient."""
    yield from unnamed(path, given, "a recipient", parts.proposal.recipient)


def unheld(parts: Parts, path: Path, agency: str, needed: str) -> Iterator[Misfit]:
    """Yields a field that an agency's records do not hold once they have left ingest."""
    if needed not in parts.held[agency]:
        is_removed = needed in parts.proposal.agency[agency].fields
        why = "is removed by identity." + needed if is_removed else "is not recorded"
        yield Misfit(path, agency, f"needs {needed}, which {why}")


def with_service(proposal: Proposal, *services: str) -> tuple[str, ...]:
    """Returns the agencies that record some services."""
    return tuple(name for name, one in proposal.agency.items() if one.service in services)


def with_contacts(proposal: Proposal) -> tuple[str, ...]:
    """Returns the agencies that record contacts of people, which effects can change."""
    without = with_service(proposal, *REGISTERS, *OF_HOMES, *OF_VIOLENCE)
    return tuple(name for name in proposal.agency if name not in without)


def unlinked(parts: Parts, path: Path, agency: str, recipient: str) -> Iterator[Misfit]:
    """Yields an agency that is unknown, not linked, or not among a recipient's events."""
    unknown = list(unknown_agency(parts, path, agency))
    if unknown:
        yield from unknown
    elif parts.linked is not None and agency not in parts.linked:
        yield Misfit(path, agency, "must be linked by a step that feeds answers", parts.linked)
    elif recipient in parts.proposal.recipient and agency not in parts.events_of(recipient):
        rule = f"must be among recipient.{recipient}.events"
        yield Misfit(path, agency, rule, parts.events_of(recipient))


def at_home(proposal: Proposal, path: Path, outcome: str) -> Iterator[Misfit]:
    """Yields an outcome none of whose incidents begins at home."""
    able = with_service(proposal, *WITH_HOME_INCIDENTS)
    if outcome in proposal.agency and outcome not in able:
        rule = f"{outcome} has no incidents that begin at home; these do: {', '.join(able) or '-'}"
        yield Misfit(path, given=True, rule=rule)


def where(
    parts: Parts, path: Path, agency: str, where: Mapping[str, Collection[str]]
) -> Iterator[Misfit]:
    """Yields fields that an exposure's records do not hold, or that are no text."""
    spec = parts.proposal.agency.get(agency)
    for name, values in where.items() if spec is not None else ():
        place = (*path, "exposure_where", name)
        texts = tuple(f for f in parts.held[agency] if FIELDS[f].dtype == pl.String())
        if name not in texts or FIELDS[name].role != "content":
            allowed = tuple(each for each in texts if FIELDS[each].role == "content")
            yield Misfit(place, name, f"is no field in words of what {agency} records", allowed)
        known = WORDS.get(name, ())
        for at, value in enumerate(values):
            if known and value not in known:
                yield Misfit((*place, at), value, f"is no value of {name}", known)


def _hub(proposal: Proposal) -> str | None:
    registers = with_service(proposal, REGISTER)
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
