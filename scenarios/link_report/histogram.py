"""The histogram of match weights: where links, pairs for review and all others lie."""

from __future__ import annotations

from math import ceil, floor, isfinite
from typing import TYPE_CHECKING, Final

import altair as alt
import polars as pl

from linkage.instructive import could_be_linked
from linkage.weights import weight_of
from scenarios.figures.chart import DARK_BLUE, DARK_GREY, DARK_PINK, Chart, to_svg, whole
from scenarios.link_report.words import HIDDEN, bits_words, rounded, small_safe

if TYPE_CHECKING:
    from scenarios.link_report.reading import LinkReading

_PANELS: Final = (
    ("link", "Linked", DARK_BLUE),
    ("review", "For review", DARK_PINK),
    ("none", "Neither", DARK_GREY),
)
_MOST_BINS: Final = 40
_LIGHTEST: Final = -20.0  # bits; lighter pairs would only push the others together
_WIDTH, _HEIGHT = 420, 90


def histogram(reading: LinkReading) -> Chart | None:
    """Draws match weights by decision, with the threshold; None where no pair has one."""
    counts, step = _binned(reading)
    if not counts.height:
        return None
    held = {key: counts.filter(pl.col("decision") == key) for key, _, _ in _PANELS}
    title = _title(reading, held, step)
    rows = _table(counts, step)
    told = "; ".join(
        f"{name.lower()} {_span(held[key], step)}" for key, name, _ in _PANELS if held[key].height
    )
    alternative = f"Match weights of pairs, in bits: {told}."
    stem = "weights-of-pairs"
    left_out = reading.count("pairs") - int(counts["pairs"].sum())
    note = f"Each panel has a scale of its own. A bar is {step} bit{'s' if step > 1 else ''} wide. "
    note += "Dashed lines: the threshold and, below it, where review begins. "
    note += f"Bars of up to {HIDDEN} pairs are drawn as {HIDDEN}."
    if left_out > 0:
        note += (
            f" Pairs lighter than the first bar are left out, {left_out:,} of "
            f"{reading.count('pairs'):,} compared ones."
        )
    drawing = _draw(held, _ends(reading), (min(counts["bin"]), max(counts["bin"]) + step), step)
    return Chart(
        stem=stem, title=title, alternative=alternative,
        columns=("Match weight, bits", *(name for _, name, _ in _PANELS)),
        rows=rows, svg=to_svg(drawing, stem, title, alternative, reading.notice), note=note,
    )  # fmt: skip


def _ends(reading: LinkReading) -> tuple[float, float]:
    """Returns the weights from which a pair is linked, and is for review."""
    plan = reading.plan
    return weight_of(plan.threshold.value), weight_of(plan.review_from.value)


def _binned(reading: LinkReading) -> tuple[pl.DataFrame, int]:
    """Counts pairs by decision and whole bits: `decision`, `bin` (its lower end), `pairs`."""
    lightest = min(_LIGHTEST, *_ends(reading))
    every = could_be_linked(reading.matched).select("match_weight", "decision")
    finite = every.filter(pl.col("match_weight").is_finite() & (pl.col("match_weight") >= lightest))
    if not finite.height:
        return pl.DataFrame(schema={"decision": pl.String, "bin": pl.Int64, "pairs": pl.UInt32}), 1
    low, high = (float(end) for end in finite.select(
        pl.col("match_weight").min().alias("low"), pl.col("match_weight").max().alias("high")
    ).row(0))  # fmt: skip
    step = max(ceil((high - low) / _MOST_BINS), 1)
    place = (pl.col("match_weight") / step).floor().cast(pl.Int64) * step
    counts = finite.group_by("decision", place.alias("bin")).len("pairs").sort("bin", "decision")
    return counts, step


def _title(reading: LinkReading, held: dict[str, pl.DataFrame], step: int) -> str:
    at = bits_words(weight_of(reading.plan.threshold.value))
    if not held["link"].height:
        return f"No pair is linked; the threshold is {at} bits"
    low = bits_words(float(min(held["link"]["bin"])))
    high = bits_words(float(max(held["link"]["bin"]) + step))
    return f"Links weigh from about {low} to {high} bits; the threshold is {at}"


def _span(counts: pl.DataFrame, step: int) -> str:
    low, high = (float(end) for end in (min(counts["bin"]), max(counts["bin"]) + step))
    peak = counts.sort("pairs", "bin", descending=[True, False])["bin"][0]
    return (
        f"{bits_words(low)} to {bits_words(high)}, most from {bits_words(float(peak))} to "
        f"{bits_words(float(peak + step))}"
    )


def _table(counts: pl.DataFrame, step: int) -> tuple[tuple[str, ...], ...]:
    found = {(row[0], row[1]): row[2] for row in counts.iter_rows()}
    return tuple(
        (
            f"{bits_words(float(low))} to {bits_words(float(low + step))}",
            *(small_safe(found.get((key, low), 0)) for key, _, _ in _PANELS),
        )
        for low in sorted(set(counts["bin"]), reverse=True)
    )


def _draw(
    held: dict[str, pl.DataFrame], ends: tuple[float, float], domain: tuple[int, int], step: int
) -> alt.VConcatChart:
    lines = [at for at in ends if isfinite(at)]
    low = min([domain[0], *(floor(at) for at in lines)])
    high = max([domain[1], *(ceil(at) for at in lines)])
    panels = []
    shown = [panel for panel in _PANELS if held[panel[0]].height]
    for key, name, colour in shown:
        is_last = key == shown[-1][0]
        axis = alt.Axis(
            title="Match weight, bits" if is_last else None,
            labels=is_last,
            labelExpr="replace(format(datum.value, ','), '-', '\u2212')",
            tickCount=8,
        )
        x = alt.Scale(domain=[low, high], nice=False)
        rows = [
            {"from": bin_, "to": bin_ + step, "pairs": rounded(pairs)}
            for bin_, pairs in held[key].select("bin", "pairs").iter_rows()
        ]
        bars = alt.Chart(whole(rows)).mark_rect(color=colour, stroke="white", strokeWidth=0.5)
        y = alt.Axis(title=None, tickCount=3, tickMinStep=1, format=",d")
        shape = bars.encode(
            x=alt.X("from:Q", axis=axis, scale=x),
            x2=alt.X2("to:Q"),
            y=alt.Y("pairs:Q", axis=y, scale=alt.Scale(zero=True, nice=True)),
            y2=alt.Y2(datum=0),
        )
        rules = alt.Chart(whole([{"at": at} for at in lines])).mark_rule(
            color=DARK_GREY, strokeDash=[6, 4], strokeWidth=1.5
        )
        layers = [shape, rules.encode(x=alt.X("at:Q", scale=x))]
        title = alt.TitleParams(
            f"{name}, pairs", anchor="start", fontSize=16, fontWeight="normal", color=DARK_GREY
        )
        panels.append(alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, title=title))
    return alt.vconcat(*panels, spacing=10)
