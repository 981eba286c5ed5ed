"""Consistency of feeds: what feeds, their questions and their attackers need of other parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.feed_specs import FeedAttackSpec, PoliceAnalystSpec
from scenarios.misfit import Misfit, unnamed
from scenarios.questions.specs import HotSpotsSpec, VenueEvidenceSpec
from simulator.specs import OF_VIOLENCE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reidentify.feed_specs import FeedSpec
    from scenarios.problems import Path
    from scenarios.proposal import Proposal
    from simulator.services import Service

_ASSAULTS, _CRIMES, _POLICE_CONTACTS = OF_VIOLENCE
_RECORDED_BY: dict[Service, str] = {
    _ASSAULTS: "must be an agency with service assaults: A&E records of assaults",
    _CRIMES: "must be an agency with service crimes: offences that police record",
}


def feed_misfits(proposal: Proposal, aside: Collection[Path]) -> Iterator[Misfit]:
    """Yields what does not fit between feeds and everything else.

    Args:
        proposal: The proposal.
        aside: Parts in whose place something else stands: what names them is not looked at.
    """
    for misfit in _misfits(proposal, aside):
        if ("agency", misfit.given) not in aside:
            yield misfit


def _misfits(proposal: Proposal, aside: Collection[Path]) -> Iterator[Misfit]:
    if not any(path[0] == "violence" for path in aside):
        yield from _violence(proposal)
    for name, feed in proposal.feed.items():
        yield from _feed(proposal, ("feed", name), feed)
    for name, question in proposal.question.items():
        path: Path = ("question", name)
        if isinstance(question, HotSpotsSpec | VenueEvidenceSpec):
            yield from unnamed((*path, "feed"), question.feed, "a feed", proposal.feed)
            yield from _of_service(proposal, (*path, "police"), question.police, _CRIMES)
    for name, attack in proposal.attack.items():
        if isinstance(attack, FeedAttackSpec):
            yield from _attack(proposal, ("attack", name), attack)
    yield from _comparisons(proposal)


def _violence(proposal: Proposal) -> Iterator[Misfit]:
    """Yields an agency that records violence where the world has none."""
    for name, agency in proposal.agency.items():
        if agency.service in OF_VIOLENCE and proposal.violence is None:
            rule = "records violence, of which this world has none: add a table [violence]"
            yield Misfit(("agency", name), name, rule)


def _of_service(proposal: Proposal, path: Path, given: str, service: Service) -> Iterator[Misfit]:
    agency = proposal.agency.get(given)
    if agency is None or agency.service != service:
        allowed = tuple(name for name, one in proposal.agency.items() if one.service == service)
        yield Misfit(path, given, _RECORDED_BY[service], allowed)


def _feed(proposal: Proposal, path: Path, feed: FeedSpec) -> Iterator[Misfit]:
    wrong = list(_of_service(proposal, (*path, "agency"), feed.agency, _ASSAULTS))
    yield from wrong
    if wrong:
        return
    recorded = proposal.agency[feed.agency].fields
    for setting, field, needed in (
        ("times", "assault_time", True),
        ("places", "location_text", feed.places != "none"),
        ("methods", "method", feed.methods != "none"),
        ("arrival", "arrival_time", feed.arrival),
        ("homes", "location_type", feed.homes != "as_recorded"),
        ("domestic", "domestic", feed.domestic != "included"),
    ):
        if needed and field not in recorded:
            rule = f"needs {field}, which {feed.agency} does not record"
            yield Misfit((*path, setting), getattr(feed, setting), rule)


def _attack(proposal: Proposal, path: Path, attack: FeedAttackSpec) -> Iterator[Misfit]:
    yield from unnamed((*path, "feed"), attack.feed, "a feed", proposal.feed)
    if not isinstance(attack, PoliceAnalystSpec):
        return
    police = tuple(
        name
        for name, agency in proposal.agency.items()
        if agency.service in (_CRIMES, _POLICE_CONTACTS)
    )
    for at, held in enumerate(attack.holds):
        if held not in police:
            rule = "must be an agency with service crimes or police_contacts"
            yield Misfit((*path, "holds", at), held, rule, police)


def _comparisons(proposal: Proposal) -> Iterator[Misfit]:
    for name, comparison in proposal.comparison.items():
        path: Path = ("comparison", name)
        pair = (
            *_of_service(proposal, (*path, "assaults"), comparison.assaults, _ASSAULTS),
            *_of_service(proposal, (*path, "police"), comparison.police, _CRIMES),
        )
        yield from pair
        if pair:
            continue
        for agency in (comparison.assaults, comparison.police):
            recorded = proposal.agency[agency].fields
            for row, key in enumerate(comparison.keys):
                for at, field in enumerate(key):
                    if field not in recorded:
                        rule = f"is not recorded by {agency}"
                        yield Misfit((*path, "keys", row, at), field, rule, recorded)
