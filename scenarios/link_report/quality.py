"""Quality of the links: judged by the truth where it was given, and as they expect it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.reasons import reasons_table
from scenarios.figures.words import SPACE
from scenarios.link_report.curves import curves_chart
from scenarios.link_report.words import STAGES, bits_words, share_words, small_safe
from scenarios.report.blocks import Block, Folded, Heading, Section, Table, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.against_truth import Accuracy, AgainstTruth
    from linkage.expectations import Expected
    from linkage.match_quality import MatchQuality
    from linkage.proportions import Proportion
    from linkage.reasons import Wrong
    from scenarios.figures import Chart
    from scenarios.link_report.reading import LinkReading
    from scenarios.report.blocks import Drawing

    Draw = Callable[[Chart | None], tuple[Drawing, ...]]

_REASONS: Final = 10


def against_truth(reading: LinkReading, draw: Draw) -> tuple[Section, ...]:
    """Judges the links by the pairs that were given as true; nothing without them."""
    truth = reading.quality.truth
    if truth is None:
        return ()
    blocks: list[Block] = [
        Text(
            "Counted against the true pairs that were given. It is as good as they are: a true "
            "pair that they lack counts as a false match here."
        ),
        _accuracies(truth),
        _losses(truth),
        *draw(curves_chart(reading, truth)),
        _at_precision(truth),
        Heading("Whether the probabilities are right"),
        Text(truth.calibration.words),
        Folded("Predicted probabilities beside the share that is true", (_bins(truth),)),
        *_reasons("Missed matches", truth.missed, truth.after.recall.rest),
        *_reasons("False matches", truth.false, truth.after.precision.rest),
        *_groups(truth),
    ]
    return (Section("quality", "How good the links are", tuple(blocks)),)


def without_truth(reading: LinkReading) -> Section:
    """Says what the links expect of themselves, and what to review to know."""
    quality = reading.quality
    expected = quality.expected
    rows = [
        ("Precision, of links", expected.precision),
        ("Recall, of matches among pairs compared", expected.recall_compared),
        ("Recall, of matches that the prior expects", expected.recall),
    ]
    alone = Table(
        "By the model's own probabilities, with the range that chance alone gives; not checked",
        ("Share", "Expected", "Out of, pairs"),
        tuple((name, _ranged(share), f"{share.out_of:,.0f}") for name, share in rows),
    )
    unlinkable = expected.unlinkable.filter(pl.col("threshold") == quality.threshold)
    weak = Table(
        "Records that hold too little to be linked to anybody, even to themselves",
        ("File", "Records", "Share"),
        tuple(
            (row["side"], f"{row['records']:,} of {row['out_of']:,}", share_words(row["share"]))
            for row in unlinkable.to_dicts()
        ),
    )
    blocks = (alone, weak, *_review(quality), *_balance(quality))
    return Section("expected", "What can be said without the truth", blocks)


def _accuracies(truth: AgainstTruth) -> Table:
    taken = [("The links", truth.after)]
    if truth.resolved is not None:
        taken.insert(0, ("Before each record is linked once", truth.before))
    return Table(
        "Quality with 95 % ranges, in which the pairs of one person are one trial",
        ("Pairs", "Precision: right, of pairs", "Recall: found, of true pairs", "F: both in one"),
        tuple(
            (name, _counted(each.precision), _counted(each.recall), _f(each))
            for name, each in taken
        ),
    )


def _losses(truth: AgainstTruth) -> Table:
    rows = truth.losses.filter(pl.col("pairs") > 0).to_dicts()
    return Table(
        f"Where the {truth.true_pairs:,} true pairs ended",
        ("Stage", "True pairs", "Share", "Of them weigh enough to be linked"),
        tuple(
            (
                STAGES[row["stage"]],
                small_safe(row["pairs"]),
                share_words(row["value"]),
                small_safe(row["would_link"]),
            )
            for row in rows
        ),
    )


def _at_precision(truth: AgainstTruth) -> Table:
    curves = truth.resolved or truth.unresolved
    return Table(
        "The most recall at a precision, if the threshold were chosen with the truth",
        ("Precision of at least", f"Recall, of {truth.true_pairs:,} true pairs", "Threshold, bits"),
        tuple(
            (
                share_words(row["at_least"]),
                _spread(row["recall"], row["recall_low"], row["recall_high"]),
                bits_words(row["threshold"]),
            )
            if row["pairs"]
            else (share_words(row["at_least"]), "not reached", "none")
            for row in curves.at_precision.to_dicts()
        ),
    )


def _bins(truth: AgainstTruth) -> Table:
    return Table(
        f"Pairs by predicted probability, {truth.calibration.pairs:,} in all",
        ("Predicted from", "to", "Pairs", "Mean predicted", "Share that is true"),
        tuple(
            (
                share_words(row["from"]),
                share_words(row["to"]),
                small_safe(row["pairs"]),
                share_words(row["predicted"]),
                _spread(row["share"], row["low"], row["high"]),
            )
            for row in truth.calibration.bins.to_dicts()
        ),
    )


def _reasons(name: str, wrong: Wrong, all_wrong: Proportion) -> tuple[Block, ...]:
    table = reasons_table(wrong).head(_REASONS)
    heading = Heading(f"{name}: {all_wrong.count:,} of {all_wrong.out_of:,}")
    if not table.height:
        return (heading, Text("None."))
    rows = tuple(
        (f"{STAGES.get(row['stage'], row['stage'])}; {row['reason']}", small_safe(row["pairs"]))
        for row in table.to_dicts()
    )
    caption = f"{name} by reason, the {len(rows)} most frequent"
    return (heading, Table(caption, ("Reason", "Pairs"), rows, wide=True))


def _groups(truth: AgainstTruth) -> tuple[Block, ...]:
    told = truth.by_group.filter(pl.col("value").is_not_null())
    if not told.height:
        return ()
    rows = tuple(
        (
            f"{row['by']} {row['group']} ({row['side']})",
            row["measure"],
            _spread(row["value"], row["low"], row["high"]),
            f"{row['out_of']:,}",
        )
        for row in told.to_dicts()
    )
    caption = "Shares by group, small counts left out"
    return (
        Heading("By group"),
        Table(caption, ("Group", "Measure", "Share", "Out of about"), rows),
    )


def _review(quality: MatchQuality) -> tuple[Block, ...]:
    review = quality.review
    rows = tuple(
        (
            f"{bits_words(row['from'])} to {bits_words(row['to'])}",
            "linked" if row["is_link"] else "not linked",
            small_safe(row["pairs"]),
            small_safe(row["review"]),
        )
        for row in review.strata.to_dicts()
    )
    asked = f"{int(review.strata['review'].sum()):,} of {int(review.strata['pairs'].sum()):,}"
    return (
        Text(
            f"To know precision and recall to within {share_words(review.margin)} either way, a "
            f"person should review {asked} pairs, drawn at random by match weight as below."
        ),
        Folded(
            "How many pairs to review, by match weight",
            (
                Table(
                    "A clerical review of least size (Neyman allocation)",
                    ("Match weight, bits", "Decision", "Pairs", "To review"),
                    rows,
                ),
            ),
        ),
    )


def _balance(quality: MatchQuality) -> tuple[Block, ...]:
    told = quality.balance.filter(pl.col("difference").is_not_null())
    if not told.height:
        return ()
    rows = tuple(
        (
            f"{row['by']} {row['group']} ({row['side']})",
            f"{row['difference']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f})",
        )
        for row in told.to_dicts()
    )
    caption = "Linked against unlinked records: standardised difference of the share of each group"
    note = Text("Beyond 0.1 either way is commonly called an imbalance (Austin 2009).")
    return (Table(caption, ("Group", "Difference"), rows), note)


def _counted(share: Proportion) -> str:
    if share.value is None:
        return "none"
    return f"{_ranged(share)}\n{share.count:,} of {share.out_of:,}".replace(
        " of ", f"{SPACE}of{SPACE}"
    )


def _f(accuracy: Accuracy) -> str:
    value, low, high = accuracy.f
    return "none" if value is None else _spread(value, low, high)


def _ranged(share: Proportion | Expected) -> str:
    if share.value is None or share.value != share.value:
        return "none"
    return _spread(share.value, share.low, share.high)


def _spread(value: float, low: float, high: float) -> str:
    spread = f"({share_words(low)} to {share_words(high)})".replace(" ", SPACE)
    return f"{share_words(value)}\n{spread}"
