"""The plan in words: what was compared, how, and when a pair is linked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.compare import ELSE, MISSING_LEVEL, SWAPPED
from linkage.weights import weight_of
from scenarios.figures.words import SPACE, quantity
from scenarios.link_report.words import bits_words, level_words, rule_words, small_safe
from scenarios.report.blocks import Block, Facts, Folded, Heading, Points, Section, Table, Text

if TYPE_CHECKING:
    from linkage.column_pairs import ColumnPair
    from linkage.match_plan import Comparison, MatchPlan
    from scenarios.link_report.reading import LinkReading

_ONCE = {
    "none": "A record may be linked more than once.",
    "greedy": "Each record is linked at most once: pairs are taken from the highest weight down.",
    "optimal": "Each record is linked at most once, so that the sum of weights is the highest.",
}
_KINDS = {
    "name": "as a name",
    "date": "as a date",
    "postcode": "as a postcode",
    "text": "as text",
    "exact": "as it stands",
    "number": "as a number",
}


def plan(reading: LinkReading) -> Section:
    """Says in words how pairs were found, compared and decided on."""
    asked = reading.plan
    blocks: list[Block] = [
        Text("Two records are compared if they agree on all columns of one of these rules:"),
        Points(tuple(rule_words(rule) for rule in asked.blocking)),
        Text(
            "Then these columns are compared. The levels of agreement stand best first, and the "
            "first that holds counts. A value that is missing says nothing either way."
        ),
        Facts(tuple(_compared(each) for each in asked.comparisons)),
        Folded("What these levels mean", (_meanings(asked),)),
        Heading("When a pair is linked"),
        Points(tuple(_decision(reading))),
        Folded("How the columns of the files were read", (_columns(reading),)),
    ]
    suggestion = reading.prepared.suggestion
    if suggestion is not None and suggestion.left_out:
        said = tuple(f"{name}: {reason}" for name, reason in suggestion.left_out)
        blocks.append(Folded("Columns that are not compared", (Points(said),)))
    return Section("plan", "How records were compared", tuple(blocks))


def _compared(each: Comparison) -> tuple[str, str]:
    first, *rest = each.levels
    swapped = [f"{SWAPPED} with {each.swapped_with}"] if each.swapped_with else []
    levels = ", ".join([first, *swapped, *rest])
    rare = "; agreement on a rare value counts for more" if each.term_frequency else ""
    return each.column, f"{_KINDS[each.kind]}: {levels}{rare}"


def _meanings(asked: MatchPlan) -> Table:
    levels = dict.fromkeys(level for each in asked.comparisons for level in each.levels)
    swapped = [SWAPPED] if any(each.swapped_with for each in asked.comparisons) else []
    names = (*levels, *swapped, ELSE, MISSING_LEVEL)
    rows = tuple((level, level_words(level)) for level in names)
    return Table("Levels of agreement", ("Level", "It holds where"), rows)


def _decision(reading: LinkReading) -> list[str]:
    asked = reading.plan
    threshold, review = asked.threshold.value, asked.review_from.value
    said = [
        (
            f"From a probability of {_setting(threshold)}, which is a match weight of "
            f"{bits_words(weight_of(threshold))} bits, it may be linked."
        ),
        (
            f"From {_setting(review)} ({bits_words(weight_of(review))} bits), a pair that "
            "is not linked is for review."
        ),
    ]
    if asked.gap.value > 0:
        said.append(
            f"It must lead the next best pair of either record by {bits_words(asked.gap.value)} "
            "bits."
        )
    once = "none" if reading.is_one_file else asked.one_to_one
    return [*said, _ONCE[once]]


def _setting(share: float) -> str:
    return f"{100 * share:.10g}{SPACE}%"


def _columns(reading: LinkReading) -> Table:
    is_one = reading.is_one_file
    unread = reading.prepared.aligned.unread
    heads = ("Missing",) if is_one else ("Left", "Right", "Missing, left", "Missing, right")
    rows = []
    for column in reading.prepared.columns:
        missing = [_missing(column, side) for side in range(len(reading.records))]
        names = () if is_one else (column.left, column.right)
        no_date = sum(unread.get(column.name, (0, 0)))
        rows.append((column.name, *names, *missing, small_safe(no_date)))
    columns = ("Column", *heads, "Values that are no known date")
    return Table(
        "Columns that the plan names; shares are of a file's records", columns, tuple(rows)
    )


def _missing(column: ColumnPair, side: int) -> str:
    return quantity(column.missing[side], "share", 0)
