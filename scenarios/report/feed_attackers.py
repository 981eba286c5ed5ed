"""Attackers of a feed in words: who they are, what they hold, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.feed_specs import (
    AcquaintanceSpec,
    FeedAttackSpec,
    LocationReaderSpec,
    OnwardTeamSpec,
    PoliceAnalystSpec,
)
from scenarios.figures.words import listed
from scenarios.report.settings import amount, amount_with_ends, share_with_ends, times

if TYPE_CHECKING:
    from scenarios.figures import Reading


def holds(reading: Reading, spec: FeedAttackSpec) -> str:
    """Says what an attacker of a feed holds before it starts."""
    rows = f"the rows handed to {_recipient(reading, spec)}"
    match spec:
        case PoliceAnalystSpec():
            return f"{rows}; every record, with its name, of {_records(reading, spec)}"
        case LocationReaderSpec():
            share = share_with_ends(spec.register_share)
            return f"{rows}; a list of the addresses of {share} of people"
        case AcquaintanceSpec():
            error = amount_with_ends(spec.time_error_hours)
            known = (
                f"its time to about {error} hours (standard deviation), its place in "
                f"{share_with_ends(spec.place_known)} of cases and the means in "
                f"{share_with_ends(spec.method_known)}"
            )
            return f"{rows}; one assault on a person whom it names, from {_source(spec)}: {known}"
        case OnwardTeamSpec():
            return (
                f"{rows}, passed on to it; {spec.caseload:,} clients by name, who tell it of "
                f"{share_with_ends(spec.told)} of their assaults: the time to about "
                f"{amount_with_ends(spec.time_error_hours)} hours (standard deviation), the place "
                f"in {share_with_ends(spec.place_known)} of cases"
            )


def does(spec: FeedAttackSpec) -> str:
    """Says what an attacker of a feed does, in a sentence or two."""
    match spec:
        case PoliceAnalystSpec():
            return (
                "Compares each row with every police record that time allows, by time, place, "
                "means, kind of place and injury; agreement counts for less where much else "
                f"happens around that hour and place. {_rule(spec)}"
            )
        case LocationReaderSpec():
            return (
                f"Reads rows whose place resolves to fewer than {spec.fewer_than:,} addresses, and "
                "names an adult who lives there, with a confidence of one over their number."
            )
        case AcquaintanceSpec():
            absent = spec.targets - round(spec.targets * spec.attended.value)
            return (
                f"Looks for up to {spec.targets:,} people, one by one, up to {absent:,} of whom "
                "never went to A&E, so that every claim about them is a wrong name. "
                f"{_rule(spec)}"
            )
        case OnwardTeamSpec():
            return (
                "Looks for the row of each assault that a client told of; clients who did not go "
                f"to A&E have none, and every claim about them is a wrong name. {_rule(spec)}"
            )


def in_short(reading: Reading, spec: FeedAttackSpec) -> str:
    """Names an attacker of a feed in one line, for the list of those that were tried."""
    rows = f"the rows handed to {_recipient(reading, spec)}"
    match spec:
        case PoliceAnalystSpec():
            return f"an analyst who compares {rows} with {_records(reading, spec)}"
        case LocationReaderSpec():
            return f"somebody who reads places in {rows} and looks up who lives there"
        case AcquaintanceSpec():
            how = _source(spec)
            return f"somebody who knows of one assault from {how}, and looks for it in {rows}"
        case OnwardTeamSpec():
            return f"a team to which {rows} are passed on, and which looks for its own clients"


def _rule(spec: PoliceAnalystSpec | AcquaintanceSpec | OnwardTeamSpec) -> str:
    """Says when a claim is made."""
    return (
        f"It makes a claim only where the best fit is at least {share_with_ends(spec.confidence)} "
        f"probable and fits about {times(spec.gap.value)} times better than the next (a lead of "
        f"{amount(spec.gap.value)} in natural-log units)."
    )


def _source(spec: AcquaintanceSpec) -> str:
    return "a news story" if spec.source == "news" else "having been told or having seen it"


def _records(reading: Reading, spec: PoliceAnalystSpec) -> str:
    """Names the agencies whose records it holds, by their whole titles."""
    titles = []
    for name in spec.holds:
        agency = reading.proposal.agency.get(name)
        titles.append(name if agency is None else agency.title)
    return listed(titles)


def _recipient(reading: Reading, spec: FeedAttackSpec) -> str:
    found = reading.proposal.feed.get(spec.feed)
    return spec.feed if found is None else found.title
