"""The weights that were learnt: m, u, bits, and what of them rests on little."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from linkage.soundness import FEW_MATCHES, doubts, drawn, expected_matches
from scenarios.figures.words import listed
from scenarios.link_report.charts import shares_chart, weights_chart
from scenarios.link_report.words import bits_words, small_safe
from scenarios.report.blocks import Block, Folded, Heading, Points, Section, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from linkage.soundness import Doubt
    from scenarios.figures import Chart
    from scenarios.link_report.reading import LinkReading
    from scenarios.report.blocks import Drawing

_ORDER: Final = ("not_at_rest", "too_few", "not_learnt", "order", "few", "unseen")


def weights(reading: LinkReading, draw: Callable[[Chart | None], tuple[Drawing, ...]]) -> Section:
    """Shows m, u and the bits of each level, and says what of them is doubtful."""
    matches = {
        (row["comparison"], row["level"]): row["matches"]
        for row in expected_matches(reading.matched).iter_rows(named=True)
    }
    labelled = reading.prepared.labels is not None
    found = doubts(reading.matched, labelled=labelled)
    told = [_said(kind, list(each), reading) for kind, each in groupby(
        sorted(found, key=lambda doubt: _ORDER.index(doubt.kind)), key=lambda doubt: doubt.kind
    )]  # fmt: skip
    blocks: list[Block] = [
        Text(_learnt(reading)),
        *draw(weights_chart(reading)),
        *draw(shares_chart(reading, matches)),
        Heading("What of the weights to doubt"),
    ]
    if told:
        blocks.append(Points(tuple(summary for summary, _ in told)))
        details = tuple(line for _, lines in told for line in lines)
        blocks += [Folded("Which levels these are", (Points(details),))] if details else []
    else:
        blocks.append(Text("Nothing was found that speaks against them."))
    return Section("weights", "What agreement is worth", tuple(blocks))


def _learnt(reading: LinkReading) -> str:
    learnt = (
        "m is learnt from pairs that were given as matches"
        if reading.prepared.labels is not None
        else "m is learnt from the compared pairs, by expectation-maximisation (EM), rule by rule"
    )
    return (
        f"u is learnt from {drawn(reading.matched):,} random pairs of records at most, and "
        f"{learnt}. What a level adds to the match weight is log2(m / u)."
    )


def _said(kind: str, found: Sequence[Doubt], reading: LinkReading) -> tuple[str, list[str]]:
    """Says one kind of doubt in a sentence, and which levels it is about."""
    levels = [f"{each.comparison}: {each.level}" for each in found]
    count = len(found)
    every = reading.matched.levels.height
    of = f"{count} of {every} levels"
    rules = len(reading.plan.blocking)
    if kind == "not_at_rest":
        return f"EM had not come to rest for {found[0].value:.0f} of {rules} rules.", []
    if kind == "too_few":
        return (
            f"Nothing was learnt from {found[0].value:.0f} of {rules} rules, which have too few "
            "pairs or fix all columns.",
            [],
        )
    if kind == "not_learnt":
        names = listed([each.comparison for each in found])
        return f"All rules fix {names}, so that its m is set and not learnt.", []
    if kind == "order":
        return (
            (
                f"{of} weigh more than the better level above them: by chance, because few pairs "
                "have them, or because the plan's order does not suit these files."
            ),
            [
                f"{level} weighs {bits_words(each.value)} bits more than the level above it"
                for level, each in zip(levels, found, strict=True)
            ],
        )
    if kind == "few":
        return (
            f"{of} have an m that rests on fewer than {FEW_MATCHES:.0f} expected matches.",
            [
                f"{level} rests on {small_safe(round(each.value))} expected matches"
                for level, each in zip(levels, found, strict=True)
            ],
        )
    return (
        (
            f"{of} were seen in no random pair: their u is at its floor, half a pair, "
            "and may be lower, so that agreement may be worth more."
        ),
        [f"{level} has a u at its floor" for level in levels],
    )
