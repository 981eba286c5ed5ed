"""What is handed over, and to whom: linked rows, feeds and codes, and who may decode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.dangers import dangers
from scenarios.figures.words import SPACE, listed, lower_first, plain
from scenarios.report.blocks import Block, Facts, Heading, Section, Table
from scenarios.report.desk_attackers import CUSTODY
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.plan import Treatment
    from reidentify.feed_specs import FeedSpec
    from scenarios.dangers import Danger
    from scenarios.figures import Reading
    from scenarios.proposal import Proposal

_DATES = {
    "minute": "to the minute",
    "day": "to the day",
    "week": "to the week",
    "month": "to the month",
}
_AGES = {
    "birth_date": "date of birth",
    "birth_week": "week of birth",
    "birth_month": "month of birth",
    "birth_year": "year of birth",
    "five_years": "age in five years",
    "none": "not given",
}
_AREAS = {
    "lsoa": "small area (LSOA, about 1,600 people)",
    "msoa": "wide area (MSOA, about 8,200 people)",
    "none": "not given",
}
_COLUMNS = ("Recipient", "Linked contacts", "Dates", "Age", "Area", "Pseudonym handed over")
_TIMES = {
    "minute": "to the minute",
    "hour": "to the hour",
    "shift": "to the shift of six hours",
    "day": "to the day",
    "month": "to the month",
}
_PLACES = {
    "text": "text as typed",
    "street": "street",
    "map_point": "nearest map point with at least 8 addresses",
    "ward": "ward (about 12,000 people)",
    "none": "not given",
}
_METHODS = {"exact": "each means", "group": "body or weapon", "none": "not given"}
_TEXTS = {
    "as_typed": "as typed",
    "scrubbed": "without house numbers and postcodes",
    "none": "not given",
}
_HOMES = {
    "as_recorded": "as recorded",
    "place_removed": "without their place",
    "left_out": "left out",
}


def handed_over(reading: Reading) -> Section:
    """Says what each recipient gets, and how identity is treated."""
    proposal = reading.proposal
    rows: tuple[tuple[str, ...], ...] = tuple(
        (
            release.title,
            "; ".join(reading.agency_title(name) for name in release.events),
            _DATES[release.dates],
            _AGES[release.age],
            _AREAS[release.area],
            "yes" if release.tokens else "no: a row number",
            listed([lower_first(_field(name)) for name in release.codes]) or "none",
        )
        for _, release in sorted(proposal.recipient.items())
    )
    columns: tuple[str, ...] = _COLUMNS
    releases = [release for _, release in sorted(proposal.recipient.items())]
    if any(release.moves or not release.homes for release in releases):
        # Before the codes, which stand last.
        homes = (("told" if release.homes else "not told",) for release in releases)
        moves = (("told" if release.moves else "not told",) for release in releases)
        every = zip(rows, homes, moves, strict=True)
        rows = tuple((*row[:-1], *home, *move, row[-1]) for row, home, move in every)
        columns = (*columns, "Who lives together", "Since when at the address")
    if any(release.codes for release in proposal.recipient.values()):
        columns = (*columns, "Codes handed over")
    else:
        rows = tuple(row[:-1] for row in rows)
    identity = tuple(
        (_field(field), _treatment(reading, treatment))
        for field, treatment in sorted(proposal.identity.items())
    )
    identity += tuple(_match_keys(proposal))
    blocks: list[Block] = [Table("What each recipient gets", columns, rows)] if rows else []
    blocks += [*feeds_handed_over(reading), *desks_handed_over(reading)]
    blocks += [Facts(identity)] if identity else []
    blocks += _hazards(reading)
    blocks += _split_file(reading)
    return Section("handed-over", "What is handed over, and to whom", tuple(blocks))


def _hazards(reading: Reading) -> list[Block]:
    """Lists what gives more away than it seems to, of the proposal and of its options."""
    options = {option.name: option.title for option in reading.result.options}
    rows = tuple(
        (
            "as proposed" if one.option == AS_PROPOSED else options[one.option],
            f"{_named(one)}: {one.hazard.scheme}",
            one.reason,
            one.hazard.source,
        )
        for one in dangers(reading.proposal, options)
    )
    if not rows:
        return []
    columns = ("Where", "What is done", "Why it is a hazard", "Source")
    return [Table("Pseudonyms that give more away than they seem to", columns, rows)]


def _split_file(reading: Reading) -> list[Block]:
    """Says who sees which part of a record, where names and content go apart."""
    plan = reading.proposal.split_file
    if plan is None:
        return []
    roles = reading.proposal.governance.roles
    third, bank = (roles.get(name, name) for name in (plan.third_party, plan.databank))
    again = "enciphers linking fields again" if plan.second_encryption else "keeps them as they are"
    project = (
        "each recipient has fields under a key of its own"
        if plan.project_keys
        else "all recipients have the databank's own fields"
    )
    who = f"to {third}, which never sees content" if plan.separate else f"to {bank} too"
    what = "content alone" if plan.separate else "whole records, which it resolves itself"
    returned = (
        f"linking fields of people (ALF) and homes (RALF), status code, {plan.birth} of birth, sex "
        f"and small area; kept with status {listed(list(plan.accepted))}"
    )
    facts = (
        ("File 1: who each record is about", who),
        ("File 2: what each record says", f"to {bank}: {what}"),
        (
            "File 3: what is returned",
            returned,
        ),
        ("Keys", f"{bank} {again}; {project}: pseudonymised"),
    )
    return [Heading("The split file: names and content go apart"), Facts(facts)]


def feeds_handed_over(reading: Reading) -> list[Block]:
    """Says what each feed hands over, and how exactly."""
    feeds = sorted(reading.proposal.feed.items())
    if not feeds:
        return []
    columns = ("What", *(feed.title for _, feed in feeds))
    told = [_told(reading, feed) for _, feed in feeds]
    rows = tuple((each[0][0], *(value for _, value in each)) for each in zip(*told, strict=True))
    return [Table("What each feed hands over, and to whom", columns, rows)]


def _told(reading: Reading, feed: FeedSpec) -> tuple[tuple[str, str], ...]:
    return (
        ("Records of", reading.agency_title(feed.agency)),
        ("Handed over as", "a table of counts" if feed.as_table else "rows"),
        ("Times", _TIMES[feed.times]),
        ("Place", _PLACES[feed.places]),
        ("Means", _METHODS[feed.methods]),
        ("Arrival in A&E", "given" if feed.arrival else "not given"),
        ("Free text", _TEXTS[feed.text]),
        ("Assaults in a home", _HOMES[feed.homes]),
        ("Domestic violence", "included" if feed.domestic == "included" else "left out"),
        ("Fewest rows alike", "no rule" if feed.minimum_cell == 1 else f"{feed.minimum_cell} rows"),
        ("Held back", f"{feed.delay_days:,} days" if feed.delay_days else "not at all"),
    )


def desks_handed_over(reading: Reading) -> list[Block]:
    """Says whose codes each desk can turn back, and who can decode alone."""
    desks = sorted(reading.proposal.desk.items())
    if not desks:
        return []
    rows = tuple(
        (
            desk.title,
            reading.proposal.recipient[desk.recipient].title,
            CUSTODY[desk.custody],
            "own list only" if desk.relationship else "anybody with a role, about anybody",
        )
        for _, desk in desks
    )
    columns = ("Decode desk", "Turns back the codes of", "Keys", "Whom one may ask about")
    return [Table("Who can turn codes back", columns, rows)]


def _named(danger: Danger) -> str:
    """Names what is a hazard."""
    is_field = danger.table == "identity"
    return _field(danger.name) if is_field else f"Match-keys {plain(danger.name)}"


def _field(field: str) -> str:
    return {"nhs_number": "NHS number", "uprn": "Address number (UPRN)"}.get(field, plain(field))


def _treatment(reading: Reading, treatment: Treatment) -> str:
    """Says what happens to an identifier, in the four words for how identifiable it stays."""
    if treatment.scheme == "clear":
        return "left as it is: identifiable"
    if treatment.scheme == "remove":
        return "removed"
    if treatment.makes_codes:
        return _coded(reading, treatment)
    size = f"a token of {treatment.bits}{SPACE}bits"
    checked = [lower_first(_field(name)) for name in treatment.verify]
    check = f"; no token where {' or '.join(checked)} differs from the hub's" if checked else ""
    without_key = {
        "plain-hash": f"reversibly coded: hashed without a key into {size}",
        "salted-hash": f"reversibly coded: hashed with a public salt into {size}",
        "open-pseudonymiser": "pseudonymised: OpenPseudonymiser's digest, whose salt sites share",
    }
    if treatment.scheme in without_key:
        return f"{without_key[treatment.scheme]}{check}"
    scope = {
        "shared": "one key for all recipients",
        "per-recipient": "a key for each recipient",
        "transcrypted": "sealed for each recipient under a key of its own",
    }
    holder = reading.proposal.governance.roles.get(treatment.key_holder, treatment.key_holder)
    held = f", held by {holder}" if holder else ""
    how = "blinded for a key server (a simulation)" if treatment.is_blind else "hashed with a key"
    keyed = f"pseudonymised: {how} into {size}"
    return f"{keyed}; {scope[treatment.key_scope]}{held}{check}"


def _match_keys(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """Says of each set of match-keys that records are linked on what leaves its agencies."""
    for name, made in sorted(proposal.match_keys.items()):
        steps = [step for step in proposal.link.values() if step.tokens == name]
        if not steps:
            continue
        number = len(made.names)
        keys = "one key" if number == 1 else f"{number} keys"
        holder = proposal.governance.roles.get(made.key_holder, made.key_holder)
        held = f", handed out by {holder}" if holder else ""
        is_fed = any(step.feeds_answers for step in steps)
        use = "for linking alone" if is_fed else "a comparison, which feeds no answer"
        how = f"{keys} of several fields ({made.family}), each hashed into {made.bits}{SPACE}bits"
        yield (
            f"Match-keys {plain(name)}",
            f"pseudonymised: {how} before records leave, under one key for all{held}; {use}",
        )


def _coded(reading: Reading, treatment: Treatment) -> str:
    """Says how an identifier is coded so that it can be turned back, and who holds the key."""
    how = {
        "coded": "equal values give equal codes, under a key",
        "coded-per-row": "coded anew in every row, under a key",
        "coded-shape": "in its own shape, equal values alike, under a key",
        "vault": "a random number for each value, kept in a table",
    }[treatment.scheme]
    holder = reading.proposal.governance.roles.get(treatment.key_holder, treatment.key_holder)
    return f"reversibly coded: {how}{f', held by {holder}' if holder else ''}"
