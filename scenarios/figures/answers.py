"""Charts of answers: what was put in, what perfect links give, and what the linked data answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from scenarios.figures.chart import DARK_BLUE, DARK_GREY, Chart, Layers, to_svg, whole
from scenarios.figures.rows import Row, Rows
from scenarios.figures.words import (
    group_words,
    lower_first,
    range_words,
    told,
    unknown_words,
    value_words,
    wider,
)
from scenarios.questions.specs import RankingSpec, RateRatioSpec

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure

_STAGES = ("planted", "realised", "police_only", "answered")
_AXES = {"ratio": "Ratio of rates (1 means no difference)", "count": "People", "share": "Share"}
_SIDE = 380


def answer(reading: Reading, question: str) -> Chart | None:
    """Draws planted, realised and answered with their ranges; None where the answer has none."""
    stages = _stages(reading, question)
    last = stages.get("answered")
    if last is None or wider(last) is None:
        return None
    low = reading.figure("answer", question, "smallest_detectable_decrease")
    high = reading.figure("answer", question, "smallest_detectable_increase")
    band = (low.value, high.value) if low and high and low.value and high.value else None
    alone = stages.get("police_only")
    title = f"The linked data answer {value_words(last)}"
    against = stages.get("planted") or stages.get("realised")
    if alone is not None:
        title = f"With the feed {value_words(last)}, from police records alone {value_words(alone)}"
    elif against is not None:
        name = "put in by us" if against.measure == "planted" else "with perfect links"
        title += f"; {name}: {value_words(against)}"
    each = "; ".join(
        f"{reading.named(figure)} {told(figure, reading.noun(figure))}"
        for figure in stages.values()
    )
    alternative = f"{reading.proposal.question[question].title} {each[:1].upper()}{each[1:]}."
    ratio = isinstance(reading.proposal.question[question], RateRatioSpec)
    drawing = Rows(
        rows=tuple(Row(_sentence(reading.named(f)), (f,)) for f in stages.values()),
        axis=_AXES.get(last.unit, last.unit),
        unit=last.unit,
        from_zero=not ratio,
        marks=((1.0, "no difference"),) if ratio else (),
        band=band,
    ).draw()
    stem = f"answer-{_stem(question)}"
    note = "Thick line: range of chance. Dashed line: range over what we do not know."
    shade = " Shaded: differences that may well go unseen." if band else ""
    return Chart(
        stem=stem,
        title=title,
        alternative=alternative,
        columns=("Answer", "Value", "Range of chance", "Range over what we do not know"),
        rows=tuple(
            (
                _sentence(reading.named(figure)),
                value_words(figure),
                range_words(figure, figure.chance) or "none",
                unknown_words(figure),
            )
            for figure in stages.values()
        ),
        svg=to_svg(drawing, stem, title, alternative),
        note=note + shade,
    )


def ranking(reading: Reading, question: str) -> Chart | None:
    """Draws each group's answer against what perfect links give; None without groups."""
    spec = reading.proposal.question[question]
    answered = reading.groups("answer", question, "answered")
    pairs = [
        (figure, realised)
        for figure in answered
        if (realised := reading.figure("answer", question, "realised", figure.group)) is not None
    ]
    if not pairs or not isinstance(spec, RankingSpec):
        return None
    error = reading.figure("answer", question, "mean_error")
    off = max(pairs, key=lambda pair: abs(_gap(pair)))
    kind = spec.group.replace("_", " ")
    widest = lower_first(group_words(off[0].group))
    title = f"Widest of {len(pairs)}: {widest} answers {_against(off)}"
    if error is not None:
        title = f"Cost per head is {value_words(error)} off on average"
    mean = "" if error is None else f" The mean difference is {told(error, reading.noun(error))}."
    alternative = (
        f"Cost per head by {kind}, over {len(pairs)}, answered against perfect links.{mean} "
        f"The widest is {widest}: answered {told(off[0])}, with perfect "
        f"links {told(off[1])}."
    )
    stem = f"cost-{_stem(question)}"
    return Chart(
        stem=stem,
        title=title,
        alternative=alternative,
        columns=(kind.capitalize(), "Answered", "Range", "With perfect links", "Put in by us"),
        rows=tuple(_ranking_row(reading, question, *pair) for pair in pairs),
        svg=to_svg(_scatter(pairs, off, kind), stem, title, alternative),
        note="On the dashed line, linkage changes nothing. Upright lines are the answers' ranges.",
    )


def _scatter(pairs: list[tuple[Figure, Figure]], off: tuple[Figure, Figure], kind: str) -> Layers:
    points = [
        {
            "x": realised.value,
            "y": found.value,
            "low": found.value if found.chance is None else found.chance.low,
            "high": found.value if found.chance is None else found.chance.high,
        }
        for found, realised in pairs
    ]
    ends = [v for point in points for v in point.values() if v is not None]
    lowest, highest = min(ends), max(ends)
    scale = alt.Scale(domain=[lowest, highest], nice=True, zero=False)
    pounds = "'£' + format(datum.value, ',')"
    looks: dict[str, Any] = {"labelExpr": pounds, "tickCount": 5, "titlePadding": 10}
    beside: dict[str, Any] = {
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleBaseline": "bottom",
    }
    x = alt.X("x:Q", scale=scale, axis=alt.Axis(title=f"With perfect links, by {kind}", **looks))
    above = alt.Axis(title="Answered", titleX=-50, titleY=-12, **{**looks, **beside})
    y = alt.Y("y:Q", scale=scale, axis=above)
    line = alt.Chart(whole([{"x": lowest, "y": lowest}, {"x": highest, "y": highest}]))
    equal = line.mark_line(color=DARK_GREY, strokeDash=[6, 4], strokeWidth=1.5)
    base = alt.Chart(whole(points))
    spread = base.mark_rule(color=DARK_BLUE, strokeWidth=1.5)
    dots = base.mark_point(filled=True, size=70, color=DARK_BLUE, opacity=1.0, stroke="white")
    named = [{"x": off[1].value, "y": off[0].value, "text": group_words(off[0].group)}]
    name = alt.Chart(whole(named)).mark_text(align="left", dx=9, dy=12, color=DARK_GREY)
    return alt.layer(
        equal.encode(x=x, y=y),
        spread.encode(x=x, y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q")),
        dots.encode(x=x, y=y),
        name.encode(x=x, y=y, text=alt.Text("text:N")),
    ).properties(
        width=_SIDE,
        height=_SIDE * 3 // 4,
        padding={"left": 6, "right": 8, "top": 6, "bottom": 4},
    )


def _ranking_row(
    reading: Reading, question: str, found: Figure, realised: Figure
) -> tuple[str, ...]:
    planted = reading.figure("answer", question, "planted", found.group)
    return (
        group_words(found.group),
        value_words(found),
        range_words(found, wider(found)),
        value_words(realised),
        "" if planted is None else value_words(planted),
    )


def _stages(reading: Reading, question: str) -> dict[str, Figure]:
    found = {name: reading.figure("answer", question, name) for name in _STAGES}
    return {name: figure for name, figure in found.items() if figure is not None}


def _gap(pair: tuple[Figure, Figure]) -> float:
    found, realised = pair
    return (found.value or 0.0) - (realised.value or 0.0)


def _against(pair: tuple[Figure, Figure]) -> str:
    return f"{value_words(pair[0])}, not {value_words(pair[1])}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stem(name: str) -> str:
    return name.replace("_", "-")
