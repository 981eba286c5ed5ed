"""Charts of attacks: found and wrongly named by known contacts, and numbers reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from reidentify.specs import KeyThiefSpec
from scenarios.figures.chart import (
    DARK_BLUE,
    DARK_GREY,
    DARK_PINK,
    TURQUOISE,
    Chart,
    Layers,
    to_svg,
    whole,
)
from scenarios.figures.rows import Row, Rows
from scenarios.figures.words import contacts_words, plain, told, value_words
from scenarios.result import AS_PROPOSED

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure

_CURVES = {
    "correctly found": (DARK_BLUE, "circle", [1, 0]),
    "wrongly named": (DARK_PINK, "square", [8, 3]),
    "control: not there": (TURQUOISE, "diamond", [3, 3]),
    "baseline: at random": (DARK_GREY, "triangle-up", [1, 3]),
}
_WIDTH, _HEIGHT, _LINE = 400, 300, 21
_PERCENT = 100.0
_KEYS = {"none": "no key", "wrong": "wrong key", "stolen": "stolen key", "account": "account"}
_REVERSED = {
    "only_candidate": "Right number is the only candidate",
    "right_number_among_candidates": "Right number is among the candidates",
}


def by_contacts(reading: Reading, attack: str) -> Chart | None:
    """Draws found and wrongly named people against the number of known contacts."""
    groups = reading.contacts(attack)
    curves = {name: [_point(reading, attack, name, g) for g in groups] for name in _CURVES}
    found, wrong = curves["correctly found"], curves["wrongly named"]
    if not groups or found[-1] is None or wrong[-1] is None:
        return None
    title = (
        f"{contacts_words(groups[-1])}: {value_words(found[-1])} found, "
        f"{value_words(wrong[-1])} wrongly named"
    )
    alternative = "Of the people looked for, " + "; ".join(
        f"from {contacts_words(group)} {_either(found[i])} are found and "
        f"{_either(wrong[i])} wrongly named"
        for i, group in enumerate(groups)
    )
    stem = f"contacts-{attack.replace('_', '-')}"
    return Chart(
        stem=stem,
        title=title,
        alternative=f"{alternative}.",
        columns=("Known contacts", *(name[:1].upper() + name[1:] for name in _CURVES)),
        rows=tuple(
            (group.partition("=")[2], *(_either(curve[i]) for curve in curves.values()))
            for i, group in enumerate(groups)
        ),
        svg=to_svg(_curves(groups, curves), stem, title, f"{alternative}."),
        note="Shares are of the people looked for. Upright lines are ranges: thick for chance, "
        "dashed for what we do not know. The control counts "
        "names given to people who are not in the release: all are wrong.",
    )


def reversed_by_option(reading: Reading) -> Chart | None:
    """Draws the share of tokens turned back into NHS numbers, by key thief.

    An option has a line where it differs from the proposal as proposed; the table has them all.
    """
    rows: list[Row] = []
    table: list[tuple[str, ...]] = []
    for thief in reading.thieves:
        rows.append(Row(plain(thief)))
        proposed = _values(_both(reading, thief, AS_PROPOSED))
        for option in reading.options:
            figures = _both(reading, thief, option)
            if not any(figures):
                continue
            table.append((plain(thief), plain(option), *(_either(figure) for figure in figures)))
            if option == AS_PROPOSED or _values(figures) != proposed:
                rows.append(Row(plain(option), figures))
    worst = _worst_thief(reading)
    if worst is None:
        return None
    title = _reversal(reading, worst)
    alternative = (
        "Share of tokens made from a valid number for which the right number is among the "
        "candidates, as proposed: "
        + "; ".join(
            f"{plain(thief)} {_either(_reversed(reading, thief))}" for thief in reading.thieves
        )
        + "."
    )
    drawing = Rows(
        rows=tuple(rows),
        axis="Share of tokens made from a valid NHS number",
        unit="share",
        series=tuple(_REVERSED.values()),
    ).draw()
    stem = "numbers-reversed"
    return Chart(
        stem=stem,
        title=title,
        alternative=alternative,
        columns=("Attacker", "Option", *_REVERSED.values()),
        rows=tuple(table),
        svg=to_svg(drawing, stem, title, alternative),
        note="Each thief tries every number of the block that the invented people's numbers are "
        "in; of blind tokens, only those of its list. An option without a line is as proposed.",
    )


def _both(reading: Reading, thief: str, option: str) -> tuple[Figure | None, ...]:
    return tuple(reading.figure("attack", thief, name, "all", option) for name in _REVERSED)


def _values(figures: tuple[Figure | None, ...]) -> list[float | None]:
    return [None if figure is None else figure.value for figure in figures]


def _reversal(reading: Reading, worst: Figure) -> str:
    """Says what the worst thief reverses, and beside it what a thief without a key does."""
    title = f"{_key(reading, worst.subject).capitalize()}: {value_words(worst)} of tokens reversed"
    for thief in reading.thieves:
        share = _reversed(reading, thief)
        if _key(reading, thief) == _KEYS["none"] != _key(reading, worst.subject) and share:
            return f"{title}; {_KEYS['none']}: {value_words(share)}"
    return title


def _key(reading: Reading, thief: str) -> str:
    spec = reading.proposal.attack[thief]
    return _KEYS[spec.key] if isinstance(spec, KeyThiefSpec) else plain(thief)


def _reversed(reading: Reading, thief: str) -> Figure | None:
    return reading.figure("attack", thief, "right_number_among_candidates")


def _worst_thief(reading: Reading) -> Figure | None:
    shares = [share for thief in reading.thieves if (share := _reversed(reading, thief))]
    return max(shares, key=lambda figure: figure.value or 0.0, default=None)


def _point(reading: Reading, attack: str, curve: str, group: str) -> Figure | None:
    if curve == "correctly found":
        return reading.figure("attack", attack, "found", group, AS_PROPOSED)
    if curve == "wrongly named":
        return reading.wrongly_named(attack, group)
    if curve.startswith("control"):
        return reading.control(attack, group)
    return reading.figure("attack", attack, "baseline", group, AS_PROPOSED)


def _curves(groups: list[str], curves: dict[str, list[Figure | None]]) -> Layers:
    """Draws one line a curve, each named at its end, in labels kept apart from one another."""
    drawn = [_ends(f) for figures in curves.values() for f in figures if f is not None]
    top = max(max(ends.values()) for ends in drawn)
    scale = alt.Scale(domain=[0, max(top, 1.0)], nice=False)
    percent = "format(datum.value, ',') + '\u00a0%'"
    y_axis = alt.Axis(
        title="Share of the people looked for",
        labelExpr=percent,
        tickCount=5,
        titleAngle=0,
        titleAlign="left",
        titleAnchor="end",
        titleBaseline="bottom",
        titleX=-44,
        titleY=-12,
    )
    x_axis = alt.Axis(
        title="Dated contacts that the attacker knows",
        values=list(range(len(groups))),
        labelExpr=f"{[group.partition('=')[2] for group in groups]}[datum.value]",
        grid=False,
        titlePadding=10,
    )
    x = alt.X("x:Q", scale=alt.Scale(domain=[-0.15, len(groups) - 0.85]), axis=x_axis)
    layers = []
    for name, figures in curves.items():
        colour, shape, dash = _CURVES[name]
        rows = [
            {"x": i, "y": _PERCENT * (f.value or 0.0), **_ends(f)}
            for i, f in enumerate(figures)
            if f is not None
        ]
        if not rows:
            continue
        base = alt.Chart(whole(rows))
        y = alt.Y("y:Q", scale=scale, axis=y_axis)
        line = base.mark_line(color=colour, strokeDash=dash, strokeWidth=2.5)
        dots = base.mark_point(filled=True, shape=shape, size=90, color=colour, opacity=1.0)
        rule = base.mark_rule(color=colour, strokeWidth=3)
        thin = base.mark_rule(color=colour, strokeWidth=1.5, strokeDash=[4, 3])
        low, high = alt.Y("low:Q", scale=scale, axis=y_axis), alt.Y2("high:Q")
        least, most = alt.Y("least:Q", scale=scale, axis=y_axis), alt.Y2("most:Q")
        layers += [
            line.encode(x=x, y=y),
            thin.encode(x=x, y=least, y2=most),
            rule.encode(x=x, y=low, y2=high),
            dots.encode(x=x, y=y),
        ]
    layers += _end_labels(curves, max(top, 1.0))
    room = {"left": 6, "right": 8, "top": 6, "bottom": 4}
    return alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, padding=room)


def _end_labels(curves: dict[str, list[Figure | None]], top: float) -> list[alt.Chart]:
    """Names each curve beside its last point, pushed down where names would overlap."""
    ends = sorted(
        (_HEIGHT * (1 - _PERCENT * (figures[-1].value or 0.0) / top), name, figures[-1])
        for name, figures in curves.items()
        if figures and figures[-1] is not None
    )
    heights: list[float] = []
    for height, _, _ in ends:
        heights.append(max(height, heights[-1] + _LINE) if heights else height)
    excess = max(0.0, heights[-1] - _HEIGHT) if heights else 0.0
    heights = [height - excess for height in heights]
    for i in range(len(heights) - 2, -1, -1):
        heights[i] = min(heights[i], heights[i + 1] - _LINE)
    labels = []
    for height, (_, name, figure) in zip(heights, ends, strict=True):
        colour, shape, _ = _CURVES[name]
        at = {"y": alt.value(height), "x": alt.value(_WIDTH + 14)}
        text = whole([{"text": f"{name}, {value_words(figure)}"}])
        mark = alt.Chart(text).mark_point(
            filled=True, shape=shape, size=90, color=colour, opacity=1.0
        )
        words = alt.Chart(text).mark_text(align="left", baseline="middle", dx=10)
        labels += [mark.encode(**at), words.encode(text=alt.Text("text:N"), **at)]
    return labels


def _ends(figure: Figure) -> dict[str, float]:
    """Returns the ends of both ranges for drawing; a missing or open end stops at the value."""
    value = figure.value or 0.0
    ends = {"low": value, "high": value, "least": value, "most": value}
    for held, (low, high) in (
        (figure.chance, ("low", "high")),
        (figure.unknown, ("least", "most")),
    ):
        if held is not None:
            ends[low] = value if held.low is None else held.low
            ends[high] = value if held.high is None else held.high
    return {name: _PERCENT * end for name, end in ends.items()}


def _either(figure: Figure | None) -> str:
    return "not run" if figure is None else told(figure)
