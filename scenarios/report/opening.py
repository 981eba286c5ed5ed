"""The opening: what is handed over to whom, what a report cannot show, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.headlines import headlines, leading
from scenarios.figures.words import (
    SPACE,
    count_words,
    listed,
    lower_first,
    one_in,
    plain,
    range_words,
    shows_unknown,
    unknown_words,
    value_words,
    wider,
)
from scenarios.report.attackers import in_short
from scenarios.report.blocks import (
    Block,
    Facts,
    Folded,
    Points,
    Section,
    Table,
    Text,
    Tile,
    Tiles,
)
from scenarios.report.red_lines import stopping

if TYPE_CHECKING:
    from linkage.plan import Treatment
    from scenarios.figures import Reading
    from scenarios.figures.headlines import Headline
    from scenarios.result import Figure, Input

_DATES = {
    "minute": "to the minute",
    "day": "to the day",
    "week": "to the week",
    "month": "to the month",
}
_AGES = {
    "birth_date": "date of birth",
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
_EVIDENCE = ("yours", "published", "assumed")


def facts(reading: Reading) -> Facts:
    """Says what is asked, what is handed over, and to whom."""
    about = reading.proposal.about
    items = [
        ("Question", about.question),
        ("Handed over", about.handed_over),
        ("To whom", about.to_whom),
        ("Described in", about.source),
    ]
    return Facts(tuple((term, words) for term, words in items if words))


def handed_over(reading: Reading) -> Section:
    """Says what each recipient gets, and how identity is treated."""
    proposal = reading.proposal
    rows = tuple(
        (
            release.title,
            "; ".join(reading.agency_title(name) for name in release.events),
            _DATES[release.dates],
            _AGES[release.age],
            _AREAS[release.area],
            "yes" if release.tokens else "no: a row number",
        )
        for _, release in sorted(proposal.recipient.items())
    )
    columns = ("Recipient", "Linked contacts", "Dates", "Age", "Area", "Pseudonym handed over")
    identity = tuple(
        (_field(field), _treatment(reading, treatment))
        for field, treatment in sorted(proposal.identity.items())
    )
    blocks: list[Block] = [Table("What each recipient gets", columns, rows)] if rows else []
    blocks += [Facts(identity)] if identity else []
    return Section("handed-over", "What is handed over, and to whom", tuple(blocks))


def limits_box(reading: Reading) -> Section:
    """Says what the report can and cannot show, naming the attackers that were tried."""
    tried = [in_short(reading, attack) for attack in reading.attacks]
    left = [
        in_short(reading, attack)
        for attack in sorted(reading.proposal.attack)
        if attack not in reading.attacks
    ]
    who = Points(tuple(tried)) if tried else Text("none: no attack was run.")
    missing = (Text("Listed, but not assessed: it was not run."), Points(tuple(left)))
    cannot = (
        "what attackers who are not listed above would do;",
        "how bad the harm would be;",
        "whether anyone would try;",
        "whether your data are like ours.",
    )
    return Section(
        "can-and-cannot",
        "What this can and cannot show",
        (
            Text("It shows what these attackers would do to this invented population:"),
            who,
            *(missing if left else ()),
            Text("It cannot show:"),
            Points(cannot),
        ),
        boxed=True,
    )


def rests_on_box(reading: Reading) -> Section:
    """Says what the figures rest on, and how far they move with what we do not know."""
    inputs = reading.result.inputs
    counts = {kind: sum(held.evidence == kind for held in inputs) for kind in _EVIDENCE}
    ranged = [held for held in inputs if held.low is not None and held.low != held.high]
    rerun = [held for held in inputs if held.rerun]
    blocks: list[Block] = [
        Text(
            f"{len(inputs):,} numbers go in: {counts['yours']:,} yours, "
            f"{counts['published']:,} published, {counts['assumed']:,} assumed. {len(ranged):,} "
            f"have a range, of which {len(rerun):,} were rerun at both ends.{_fixed(inputs)}"
        )
    ]
    if rerun:
        names = Points(tuple(held.setting for held in rerun))
        blocks.append(Folded(f"The inputs that were rerun: {len(rerun):,}", (names,)))
    moved = tuple(
        (headline.label, value_words(figure), _chance(figure), unknown_words(figure))
        for headline in headlines(reading)
        if (figure := headline.as_proposed) is not None and figure.unknown is not None
    )
    if moved:
        columns = ("Key figure", "Value", "Range of chance", "Range over what we do not know")
        blocks.append(Table("How far the key figures moved in those reruns", columns, moved))
        blocks.append(
            Text(
                "One input was changed at a time: two that are off at once may move a figure "
                "further. The result holds how far each figure moved, not which input moved it."
            )
        )
    else:
        blocks.append(Text("How far the key figures move with these inputs was not rerun."))
    table = Table(
        "Every input",
        ("Setting", "Value", "Range", "Evidence", "Source", "Rerun at both ends"),
        tuple(_input_row(held) for held in inputs),
    )
    blocks += [Folded("Every input, with its source", (table,))] if inputs else []
    return Section("rests-on", "What this rests on", tuple(blocks), boxed=True)


def _fixed(inputs: tuple[Input, ...]) -> str:
    """Says what the ranges leave out: inputs that were held at one value."""
    held = sum(not one.rerun for one in inputs)
    if not held:
        return ""
    return f" The other {held:,} were held at one value: no range below shows what they would move."


def in_short_section(reading: Reading) -> Section:
    """Shows the key figures, each with the wider of its ranges and its denominator."""
    tiles = tuple(
        Tile(value_words(figure), headline.label, _details(reading, headline, figure))
        for headline in leading(reading)
        if (figure := headline.as_proposed) is not None
    )
    stops = [line.id for line in stopping(reading)]
    blocks: list[Block] = [
        Text("Each figure with the wider of its two ranges, and what it is out of."),
        Tiles(tiles),
    ]
    if stops:
        lines = f"red line{'s' if len(stops) > 1 else ''} {listed(stops)}"
        blocks.insert(0, Text(f"Stopped by {lines}: see the red lines below.", strong=True))
    return Section("in-short", "In short, as proposed", tuple(blocks))


def _details(reading: Reading, headline: Headline, figure: Figure) -> str:
    held = wider(figure)
    spread = range_words(figure, held) or ("exact count" if figure.unit == "count" else "no range")
    kind = f" ({'what we do not know' if shows_unknown(figure) else 'chance'})" if held else ""
    share = one_in(figure.value) if figure.count is not None else ""
    counts = count_words(figure, reading.noun(figure)) or headline.rests(figure.option)
    return "; ".join(part for part in (f"{spread}{kind}", counts, share) if part)


def _chance(figure: Figure) -> str:
    return range_words(figure, figure.chance) or "none"


def _input_row(held: Input) -> tuple[str, ...]:
    ranged = held.low is not None and held.high is not None
    spread = f"{held.low:,.6g} to {held.high:,.6g}" if ranged else "none given"
    source = held.source or "none given"
    rerun = "yes" if held.rerun else "no"
    return (held.setting, f"{held.value:,.6g}", spread, held.evidence, source, rerun)


def _field(field: str) -> str:
    return {"nhs_number": "NHS number", "uprn": "Address number (UPRN)"}.get(field, plain(field))


def _treatment(reading: Reading, treatment: Treatment) -> str:
    """Says what happens to an identifier, in the four words for how identifiable it stays."""
    if treatment.scheme == "clear":
        return "left as it is: identifiable"
    if treatment.scheme == "remove":
        return "removed"
    size = f"a token of {treatment.bits}{SPACE}bits"
    checked = [lower_first(_field(name)) for name in treatment.verify]
    check = f"; no token where {' or '.join(checked)} differs from the hub's" if checked else ""
    if treatment.scheme == "plain-hash":
        return f"reversibly coded: hashed without a key into {size}{check}"
    scope = {"shared": "one key for all recipients", "per-recipient": "a key for each recipient"}
    holder = reading.proposal.governance.roles.get(treatment.key_holder, treatment.key_holder)
    held = f", held by {holder}" if holder else ""
    keyed = f"pseudonymised: hashed with a key into {size}"
    return f"{keyed}; {scope[treatment.key_scope]}{held}{check}"
