"""Attackers of codes and of their desk in words: who they are, what they hold, what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reidentify.desk_specs import (
    CoalitionSpec,
    CodeFrequencySpec,
    CustodyFailureSpec,
    DeskAttackSpec,
    ValidDecoderSpec,
)
from scenarios.figures.measures import counted
from scenarios.figures.words import listed, lower_first, plain
from scenarios.report.settings import amount_with_ends, share_with_ends

if TYPE_CHECKING:
    from reidentify.desk_specs import DeskSpec
    from scenarios.figures import Reading

_FIELDS = {"surname": "surnames", "postcode": "postcodes", "nhs_number": "NHS numbers"}
CUSTODY = {
    "vendor": "the vendor of the platform can decode alone",
    "two-party": "nobody can decode without a second party",
    "supplying-agency": "each supplying agency can decode alone",
    "trusted-third-party": "a trusted third party, who holds no rows, can decode alone",
    "databank": "the databank, which holds the rows too, can decode alone",
    "recipient": "the recipient of the rows can decode alone",
    "oracle": "nobody holds the key; a device decodes so many a day for the vendor",
}
"""Who can decode, by the custody of the keys."""


def holds(reading: Reading, spec: DeskAttackSpec) -> str:
    """Says what an attacker of codes holds before it starts."""
    match spec:
        case CodeFrequencySpec():
            return (
                f"the coded rows handed to {reading.recipient_title(spec.recipient)}; no key; "
                f"a list of names and addresses of {share_with_ends(spec.register_share)} of people"
            )
        case ValidDecoderSpec():
            practices = counted(spec.practice_lists, "practices")
            return (
                f"an account at {_desk(reading, spec.desk)} in the role {plain(spec.role)}, with "
                f"the list of {practices}; a second person agrees in "
                f"{share_with_ends(spec.accomplice)} of cases"
            )
        case CustodyFailureSpec():
            return f"one key, one vault or one administrator of {_desk(reading, spec.desk)}"
        case CoalitionSpec():
            return "what its members hold: rows, lists, keys, or shares of a key"


def does(spec: DeskAttackSpec) -> str:
    """Says what an attacker of codes does, in a sentence or two."""
    match spec:
        case CodeFrequencySpec():
            fields = listed([_FIELDS[name] for name in spec.fields])
            together = " and by which names live together" if spec.co_residence else ""
            return (
                f"Matches codes of {fields} to the list by how often they occur{together}, and "
                f"names a person where at least {share_with_ends(spec.confidence)} probable."
            )
        case ValidDecoderSpec():
            return (
                f"Asks for {spec.targets:,} people outside its list, in turn; then asks in bulk, "
                f"{amount_with_ends(spec.requests_a_day)} a day, until the account is closed "
                f"{amount_with_ends(spec.response_days)} days after the alarm."
            )
        case CustodyFailureSpec():
            return "Decodes all that the failed part opens, by really trying."
        case CoalitionSpec():
            return (
                "Tries every group of parties in order of size, until one opens at least "
                f"{share_with_ends(spec.opened)} of people."
            )


def in_short(reading: Reading, spec: DeskAttackSpec) -> str:
    """Names an attacker of codes in one line, for the list of those that were tried."""
    match spec:
        case CodeFrequencySpec():
            return (
                f"an analyst without a key, who matches codes handed to "
                f"{reading.recipient_title(spec.recipient)} to a list of names by how often they "
                "occur"
            )
        case ValidDecoderSpec():
            desk = _desk(reading, spec.desk)
            return f"somebody who may decode at {desk}, and asks for people outside their own list"
        case CustodyFailureSpec():
            desk = _desk(reading, spec.desk)
            return f"whoever gets hold of one key, vault or administrator of {desk}"
        case CoalitionSpec():
            return "parties that put together what they hold"


def rules(desk: DeskSpec) -> tuple[tuple[str, str], ...]:
    """Lists the rules of a decode desk, each with what it is set to."""
    evidence = desk.evidence or (
        "none given: role check, limits and audit are shown, and not counted in the level of risk"
    )
    return (
        ("Who can decode", CUSTODY[desk.custody]),
        ("Roles that may ask", listed([plain(role) for role in desk.roles])),
        ("Reasons accepted", listed(desk.reasons)),
        ("Own list only", "yes" if desk.relationship else "no: anybody with a role, about anybody"),
        (
            "Outside the own list",
            "only with a second person" if desk.outside_needs_two else "no second person is needed",
        ),
        ("Limit", f"{desk.daily_limit:,} codes a day for each account"),
        (
            "Alarm",
            f"{desk.alarm_outside:,} refused or outside requests in seven days, or "  # noqa: ISC004
            f"{desk.alarm_daily:,} requests in a day, of one account",
        ),
        ("Audit", "every request is written to a chain of digests, whose head another party keeps"),
        ("Evidence that these are in use", evidence),
    )


def _desk(reading: Reading, name: str) -> str:
    found = reading.proposal.desk.get(name)
    return name if found is None else lower_first(found.title)
