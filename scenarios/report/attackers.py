"""Attackers in words: who they are, what they hold, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.desk_specs import DeskAttackSpec
from reidentify.feed_specs import FeedAttackSpec
from reidentify.identity_specs import IdentityAttackSpec
from reidentify.specs import AttackSpec, DatedEventsSpec, KeyThiefSpec, LeakSpec
from scenarios.figures.words import SPACE, listed
from scenarios.report import desk_attackers, feed_attackers, identity_attackers
from scenarios.report.settings import amount, share_with_ends, times

if TYPE_CHECKING:
    from scenarios.figures import Reading

_KINDS = {"key": "key", "salt-file": "salt file"}
_KNOWN = {"sex": "sex", "age": "age", "area": "area"}


def holds(reading: Reading, attack: str) -> str:
    """Says what an attacker holds before it starts."""
    spec = reading.proposal.attack[attack]
    if isinstance(spec, FeedAttackSpec):
        return feed_attackers.holds(reading, spec)
    if isinstance(spec, DeskAttackSpec):
        return desk_attackers.holds(reading, spec)
    if isinstance(spec, IdentityAttackSpec):
        return identity_attackers.holds(reading, spec)
    release = f"the rows handed to {reading.recipient_title(spec.recipient)}"
    if isinstance(spec, DatedEventsSpec):
        return f"{release}; it {_memory(reading, spec)}"
    share = share_with_ends(spec.list_share)
    names = f"a list that turns the NHS numbers of {share} of people into names"
    return f"{release}; {_key(reading, spec)}; {names}"


def does(reading: Reading, attack: str) -> str:
    """Says what an attacker does, in a sentence."""
    spec = reading.proposal.attack[attack]
    if isinstance(spec, FeedAttackSpec):
        return feed_attackers.does(spec)
    if isinstance(spec, DeskAttackSpec):
        return desk_attackers.does(spec)
    if isinstance(spec, IdentityAttackSpec):
        return identity_attackers.does(spec)
    if isinstance(spec, KeyThiefSpec):
        tried = _tried(reading, spec, "every NHS number of the block")
        return (
            f"Each tries {tried} against the tokens, and names a row wherever a number that fits "
            "is on the list."
        )
    return (
        f"Looks for {spec.targets:,} people, one by one, all with at least {max(spec.contacts)} "
        f"such contacts: people with fewer are not among them. It makes a claim only where a row "
        f"fits about {times(spec.gap.value)} times better than the next (a lead of "
        f"{amount(spec.gap.value)} in natural-log units)."
    )


def in_short(reading: Reading, attack: str) -> str:
    """Names an attacker in one line, for the list of those that were tried."""
    spec: AttackSpec = reading.proposal.attack[attack]
    if isinstance(spec, FeedAttackSpec):
        return feed_attackers.in_short(reading, spec)
    if isinstance(spec, DeskAttackSpec):
        return desk_attackers.in_short(reading, spec)
    if isinstance(spec, IdentityAttackSpec):
        return identity_attackers.in_short(reading, spec)
    recipient = reading.recipient_title(spec.recipient)
    if isinstance(spec, KeyThiefSpec):
        return (
            f"somebody who tries {_tried(reading, spec, 'every NHS number')} against the tokens "
            f"handed to {recipient}, with {_key(reading, spec)}"
        )
    return (
        f"somebody who knows {_contacts(spec)} of a person, and looks for them in the rows handed "
        f"to {recipient}"
    )


def _tried(reading: Reading, spec: KeyThiefSpec, everything: str) -> str:
    """Says which numbers a thief tries: of blind tokens, with a key, only those of its list."""
    treatment = reading.proposal.identity.get("nhs_number")
    by_list = treatment is not None and treatment.is_blind and spec.key != "none"
    return "the NHS numbers of its list" if by_list else everything


def _key(reading: Reading, spec: KeyThiefSpec) -> str:
    treatment = reading.proposal.identity.get("nhs_number")
    if treatment is not None and treatment.scheme == "salted-hash":
        return "the public salt"
    if spec.key == "stolen":
        leaks = [reading.proposal.leak[name] for name in spec.leaks]
        return " and ".join(
            f"the stolen {_KINDS[leak.kind]} of {reading.recipient_title(leak.holder)}"
            f"{_periods(leak)}"
            for leak in leaks
        )
    return {
        "none": "no key",
        "wrong": "a key of its own, which is the wrong one",
        "account": f"an account at the key server, used on {spec.days:,} days",
    }[spec.key]


def _periods(leak: LeakSpec) -> str:
    since = f", known since the period {leak.since}" if leak.since else ""
    return since + (f", known until the period {leak.until}" if leak.until else "")


def _memory(reading: Reading, spec: DatedEventsSpec) -> str:
    services = [reading.agency_title(name) for name in spec.services]
    days = amount(spec.date_error_days.value)
    wrong = share_with_ends(spec.misremembered)
    known = listed([_KNOWN[name] for name in spec.knows])
    besides = f" a person's {known}, and" if known else ""
    unit = "day" if spec.date_error_days.value == 1 else "days"
    return (
        f"knows{besides} {_contacts(spec)} with {listed(services)}; remembers dates to about "
        f"{days}{SPACE}{unit} (standard deviation), and {wrong} of contacts wrongly"
    )


def _contacts(spec: DatedEventsSpec) -> str:
    least, most = min(spec.contacts), max(spec.contacts)
    number = f"{least}" if least == most else f"{least} to {most}"
    return f"{number} dated contact{'' if most == 1 else 's'}"
