"""What came out: files, records, links, and how many of them are right as far as is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.figures.words import listed
from scenarios.link_report.histogram import histogram
from scenarios.link_report.words import SMALL_COUNTS, few_words, share_words
from scenarios.report.blocks import Block, Facts, Section, Text, Tile, Tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.against_truth import Accuracy
    from scenarios.figures import Chart
    from scenarios.link_report.reading import LinkReading, Own
    from scenarios.linking import Prepared
    from scenarios.report.blocks import Drawing

_WORDS = (
    (
        "Match weight",
        (
            "how much speaks for a match, in bits: at 0 it is as likely as not, and each bit "
            "doubles the odds. It is the sum of the prior, of what each column's level adds, and "
            "of what the rarity of values adds."
        ),
    ),
    ("Level of agreement", "how alike two values are, in steps; a pair gets the first that holds."),
    ("m", "the share of pairs of one person that have a level."),
    ("u", "the share of pairs of different people that have a level."),
    ("Pattern", "the levels of all columns of a pair together; such pairs are counted as one."),
    ("Prior", "the chance that two records taken at random are about one person."),
    ("Threshold", "the probability from which a pair is linked."),
    ("For review", "too probable to drop and not linked: a person should look."),
)


def facts(reading: LinkReading) -> Facts:
    """Says what was linked."""
    return facts_of(reading.prepared, reading.summary)


def facts_of(prepared: Prepared, summary: dict[str, Any]) -> Facts:
    """Says what was linked, of a linkage by any plan.

    Args:
        prepared: The files and the plan.
        summary: The summary that is written beside the links.
    """
    sides = ("File",) if prepared.right is None else ("Left file", "Right file")
    items = [
        (side, f"{about['file']}, {about['kind']}, {about['rows']:,} records, {_ids(about)}")
        for side, about in zip(sides, summary["files"], strict=True)
    ]
    was = "suggested from the columns" if prepared.suggestion else "given"
    items.append(("Plan", was))
    if prepared.labels is not None:
        known = (
            f"m is learnt from {prepared.labels.pairs.height:,} pairs that were given as matches"
        )
        items.append(("Labels", known))
    items.append(("Made with", f"linkassay {summary['linkassay']}, seed {summary['seed']}"))
    return Facts(tuple(items))


def words_box() -> Section:
    """Says what the words of the page mean."""
    return Section("words", "Words on this page", (Facts(_WORDS), Text(SMALL_COUNTS)), boxed=True)


def came_out(reading: LinkReading, draw: Callable[[Chart | None], tuple[Drawing, ...]]) -> Section:
    """Says in plain words what was found, with key figures and the histogram of weights."""
    blocks: list[Block] = [
        Text(_opening(reading)),
        Tiles(tuple(_tiles(reading))),
        *(Text(each) for each in _beside(reading)),
        *draw(histogram(reading)),
    ]
    return Section("came-out", "What came out", tuple(blocks))


def _opening(reading: LinkReading) -> str:
    compared, there = reading.count("pairs"), reading.pairs_there_are
    share = share_words(compared / there) if there else "none"
    records = [f"{each:,}" for each in reading.records]
    what = (
        f"Duplicates were looked for among {records[0]} records."
        if reading.is_one_file
        else f"A file of {records[0]} records was linked with one of {records[1]}."
    )
    links, review = reading.count("links"), reading.count("for_review")
    return (
        f"{what} Of the {there:,} pairs of records that there are, {compared:,} ({share}) were "
        f"compared. {links:,} {'is' if links == 1 else 'are'} linked, and {review:,} "
        f"{'is' if review == 1 else 'are'} for review by a person."
    )


def _tiles(reading: LinkReading) -> list[Tile]:
    pairs = reading.count("pairs")
    tiles = [
        Tile(f"{reading.count('links'):,}", "Links", f"exact count, of {pairs:,} compared pairs"),
        Tile(
            f"{reading.count('for_review'):,}", "Pairs for review",
            f"exact count, of {pairs:,} compared pairs",
        ),
        *_records_linked(reading),
    ]  # fmt: skip
    truth = reading.quality.truth
    return [*tiles, *(_own(reading) if truth is None else _judged(truth.after))]


def _records_linked(reading: LinkReading) -> list[Tile]:
    linked = reading.matched.pairs.filter(reading.matched.pairs["decision"] == "link")
    if reading.is_one_file:
        both = linked["left"].append(linked["right"])
        sides = [("Records with a duplicate", both.n_unique(), reading.records[0])]
    else:
        sides = [
            (f"Records linked, {side} file", linked[side].n_unique(), whole)
            for side, whole in zip(("left", "right"), reading.records, strict=True)
        ]
    return [
        Tile(share_words(part / whole), label, f"exact count, {part:,} of {whole:,} records")
        for label, part, whole in sides
    ]


def _judged(after: Accuracy) -> list[Tile]:
    found = (
        (after.precision, "Links that are right", "links"),
        (after.recall, "True pairs that are linked", "true pairs"),
    )
    return [
        Tile(
            "none" if share.value is None else share_words(share.value),
            label,
            f"{share_words(share.low)} to {share_words(share.high)} (chance); "
            f"{share.count:,} of {share.out_of:,} {of}, by the true pairs that were given",
        )
        for share, label, of in found
    ]


def _own(reading: LinkReading) -> list[Tile]:
    own = reading.own
    if own is None:
        return []
    return [
        Tile(
            share_words(own.precision),
            "Links that would be right",
            f"the model's own estimate, not checked: {_false(own)}",
        )
    ]


def _false(own: Own) -> str:
    low, high = few_words(own.low), few_words(own.high)
    return (
        f"{few_words(own.false)} of {own.links:,} links would be false ({low} to {high}, if its "
        "probabilities hold)"
    )


def _beside(reading: LinkReading) -> list[str]:
    said = []
    own = reading.own
    if reading.quality.truth is not None and own is not None:
        said.append(
            f"By the model's own estimate, {_false(own)}. That is not checked; the figures "
            "above are counted."
        )
    elif own is not None:
        said.append(
            "Nothing on this page was checked against pairs that are known. Give some with --truth "
            "to see how many links are right, and how many are missed."
        )
    if reading.unweighed:
        said.append(f"{reading.unweighed:,} of {reading.count('links'):,} links have no weight.")
    dropped = reading.prepared.dropped
    if dropped:
        said.append(f"The plan was used without {listed(dropped)}, which the files do not have.")
    return said


def _ids(about: dict[str, Any]) -> str:
    return f"ids in {about['id']}" if about["id"] else "rows numbered from 1"
