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
    found = sorted(
        doubts(reading.matched, labelled=labelled), key=lambda doubt: _ORDER.index(doubt.kind)
    )
    kinds = groupby(found, key=lambda doubt: doubt.kind)
    told = tuple(_said(kind, list(each), reading) for kind, each in kinds)
    details = tuple(filter(None, map(_detail, found)))
    blocks: list[Block] = [
        Text(_learnt(reading)),
        *draw(weights_chart(reading)),
        *draw(shares_chart(reading, matches)),
        Heading("What of the weights to doubt"),
    ]
    blocks.append(Points(told) if told else Text("Nothing was found that speaks against them."))
    blocks += [Folded("Which levels these are", (Points(details),))] if details else []
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


def _said(kind: str, found: Sequence[Doubt], reading: LinkReading) -> str:
    """Says one kind of doubt in a sentence."""
    of = f"{len(found)} of {reading.matched.levels.height} levels"
    rules = f"{found[0].value:.0f} of {len(reading.plan.blocking)} rules"
    names = listed([each.comparison for each in found])
    return {
        "not_at_rest": f"EM had not come to rest for {rules}.",
        "too_few": f"Nothing was learnt from {rules}, having too few pairs or fixing all columns.",
        "not_learnt": f"All rules fix {names}, so that its m is set and not learnt.",
        "order": f"{of} weigh more than the better level above them: by chance, because few pairs "
        "have them, or because the plan's order does not suit these files.",
        "few": f"{of} have an m that rests on fewer than {FEW_MATCHES:.0f} expected matches.",
        "unseen": f"{of} were seen in no random pair: their u is at its floor, half a pair, and "
        "may be lower, so that agreement may be worth more.",
    }[kind]


def _detail(doubt: Doubt) -> str:
    """Says which level a doubt is about; empty for one that is about no level."""
    told = {
        "order": f"weighs {bits_words(doubt.value)} bits more than the level above it",
        "few": f"rests on {small_safe(round(doubt.value))} expected matches",
        "unseen": "has a u at its floor",
    }.get(doubt.kind)
    return f"{doubt.comparison}: {doubt.level} {told}" if told else ""
