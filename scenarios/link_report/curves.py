"""The chart of thresholds: precision and recall of the links if another threshold were taken."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final

import altair as alt
import polars as pl

from scenarios.figures.chart import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    Chart,
    Layers,
    to_svg,
    whole,
)
from scenarios.link_report.words import bits_words, share_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.against_truth import AgainstTruth
    from scenarios.link_report.reading import LinkReading

_SERIES: Final = (("precision", DARK_BLUE, (1, 0)), ("recall", DARK_PINK, (7, 4)))
_WIDTH, _HEIGHT = 420, 240
_ROWS: Final = 25
_LOWEST: Final = 0.9  # the scale begins here, or lower where a share is
_TAKEN: Final = 0.8  # least recall that is drawn, of the most there is


def curves_chart(reading: LinkReading, truth: AgainstTruth) -> Chart | None:
    """Draws precision and recall by threshold; None where no pair was weighed."""
    curve = (truth.resolved or truth.unresolved).curve.filter(
        pl.col("threshold").is_finite() & (pl.col("pairs") > 0)
    )
    if curve.height < len(_SERIES):
        return None
    # Beyond, the threshold is so high that nobody would take it, and it would squeeze the rest.
    curve = curve.unique("threshold").sort("threshold")
    curve = curve.filter(pl.col("recall") >= _TAKEN * pl.col("recall").max())
    best = curve.sort("f", descending=True, maintain_order=True).row(0, named=True)
    title = (
        f"Precision and recall together are best at {bits_words(best['threshold'])} bits: "
        f"{share_words(best['precision'])} and {share_words(best['recall'])}"
    )
    ends = ((curve[0], "lowest"), (curve[-1], "highest"))
    told = "; ".join(
        f"at the {name} threshold, {bits_words(row['threshold'][0])} bits, precision "
        f"{share_words(row['precision'][0])} and recall {share_words(row['recall'][0])}"
        for row, name in ends
    )
    each = curve.gather_every(max(1, -(-curve.height // _ROWS)))
    rows = tuple(
        (
            bits_words(row["threshold"]),
            *(
                f"{share_words(row[name])} ({share_words(row[f'{name}_low'])} to "
                f"{share_words(row[f'{name}_high'])})"
                for name, _, _ in _SERIES
            ),
        )
        for row in each.iter_rows(named=True)
    )
    at = reading.matched.weighed.threshold
    stem, alternative = "thresholds", f"Precision and recall by threshold: {told}."
    columns = ("Threshold, bits", "Precision, of links", f"Recall, of {truth.true_pairs:,} pairs")
    note = "Dashed upright line: the threshold of the plan. "
    if truth.resolved is not None:
        note += "At each threshold pairs are taken best first, each record once. "
    note += "Ranges take every pair as a trial of its own. The best threshold is known with the "
    note += "truth only."
    svg = to_svg(_draw(curve, at), stem, title, alternative, reading.notice)
    return Chart(stem, title, alternative, columns, rows, svg, note)


def _draw(curve: pl.DataFrame, at: float) -> Layers:
    least = min(_LOWEST, *(float(str(curve[name].min())) for name, _, _ in _SERIES))
    scale = alt.Scale(domain=[100 * least, 100], nice=True)
    layers: list[alt.Chart] = []
    for name, colour, dashes in _SERIES:
        values = zip(curve["threshold"], curve[name] * 100, strict=True)
        line = alt.Chart(whole([{"at": x, "share": y} for x, y in values]))
        layers.append(_line(line, colour, dashes, scale))
    layers += _names()
    if isfinite(at):
        rule = alt.Chart(whole([{"at": at}]))
        layers.append(
            rule.mark_rule(color=DARK_GREY, strokeDash=[6, 4], strokeWidth=1.5).encode(x="at:Q")
        )
    return alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT)


def _line(line: alt.Chart, colour: str, dashes: Sequence[int], scale: alt.Scale) -> alt.Chart:
    marks = line.mark_line(color=colour, strokeWidth=3, strokeDash=list(dashes))
    sign = "replace(format(datum.value, ','), '-', '\u2212')"
    drawing: alt.Chart = marks.encode(
        x=alt.X("at:Q", axis=alt.Axis(title="Threshold, match weight in bits", labelExpr=sign)),
        y=alt.Y(
            "share:Q",
            scale=scale,
            axis=alt.Axis(title=None, labelExpr="datum.label + ' %'", tickCount=5),
        ),
    )
    return drawing


def _names() -> list[alt.Chart]:
    """Names each line above the plot, beside a piece of it."""
    layers = []
    for place, (name, colour, dashes) in enumerate(_SERIES):
        y = alt.value(-14)
        left = 6 + 130 * place
        rows = alt.Chart(whole([{"text": name}]))
        piece = rows.mark_rule(color=colour, strokeWidth=3, strokeDash=list(dashes))
        words = rows.mark_text(align="left", baseline="middle", color=DARK_GREY)
        layers += [
            piece.encode(x=alt.value(left), x2=alt.value(left + 26), y=y),
            words.encode(x=alt.value(left + 34), y=y, text=alt.Text("text:N")),
        ]
    return layers
