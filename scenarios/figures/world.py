"""Charts of the invented world: ages, households, and where people live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from scenarios.figures.chart import DARK_BLUE, DARK_PINK, Chart, to_svg, whole
from scenarios.figures.words import SPACE, group_words, quantity, value_words

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure

_COLOURS = {"F": DARK_PINK, "M": DARK_BLUE}
_NAMES = {"F": "Women and girls", "M": "Men and boys"}
_BAND_HEIGHT, _HALF_WIDTH, _MAP_WIDTH, _ROW_HEIGHT = 24, 250, 360, 28


def world_charts(reading: Reading) -> list[Chart | None]:
    """Draws the invented world; None for what the result has no figures of."""
    return [_age_pyramid(reading), _household_sizes(reading), _map(reading)]


def _parts(figure: Figure) -> dict[str, str]:
    """Reads a group such as `age=0-9,sex=F`."""
    return dict(part.split("=", 1) for part in figure.group.split(","))


def _age_pyramid(reading: Reading) -> Chart | None:
    figures = reading.groups("world", "world", "people_by_age_and_sex")
    if not figures:
        return None
    ages = list(dict.fromkeys(_parts(figure)["age"] for figure in figures))
    largest = max(figures, key=lambda figure: figure.count or 0)
    title = f"The largest group: {_who(largest)}, {value_words(largest)} of people"
    told = "; ".join(f"{_who(figure)} {value_words(figure)}" for figure in figures)
    alternative = f"Share of people by age and sex: {told}."
    halves = [_half(figures, sex, ages) for sex in ("F", "M")]
    drawing = alt.hconcat(*halves, spacing=6)
    stem = "ages"
    table = tuple(
        (age, *(value_words(f) for f in figures if _parts(f)["age"] == age)) for age in ages
    )
    return Chart(
        stem=stem, title=title, alternative=alternative,
        columns=("Age", *_NAMES.values()), rows=table,
        svg=to_svg(drawing, stem, title, alternative),
        note="Bars are shares of all people, on one scale.",
    )  # fmt: skip


def _who(figure: Figure) -> str:
    parts = _parts(figure)
    return f"{_NAMES[parts['sex']].lower()} aged {parts['age']}"


def _half(figures: list[Figure], sex: str, ages: list[str]) -> alt.Chart:
    """Draws the bars of one sex, women's to the left of the ages and men's to the right."""
    left = sex == "F"
    most = max(100 * (figure.value or 0.0) for figure in figures)
    rows = [
        {"age": _parts(figure)["age"], "share": 100 * (figure.value or 0.0)}
        for figure in figures
        if _parts(figure)["sex"] == sex
    ]
    bars = alt.Axis(title=_NAMES[sex], labelExpr=f"datum.label + '{SPACE}%'", tickCount=4)
    scale = alt.Scale(domain=[0, most], nice=True, reverse=left)
    names = None if left else alt.Axis(title=None, ticks=False, domain=False, labelPadding=8)
    drawing: alt.Chart = (
        alt.Chart(whole(rows))
        .mark_bar(color=_COLOURS[sex])
        .encode(
            x=alt.X("share:Q", axis=bars, scale=scale),
            y=alt.Y("age:N", axis=names, sort=ages[::-1]),
        )
        .properties(width=_HALF_WIDTH, height=_BAND_HEIGHT * len(ages))
    )
    return drawing


def _household_sizes(reading: Reading) -> Chart | None:
    figures = reading.groups("world", "world", "households_by_size")
    if not figures:
        return None
    largest = max(figures, key=lambda figure: figure.count or 0)
    words = group_words(largest.group).lower()
    title = f"{value_words(largest)} of households are {words}, the most"
    told = "; ".join(
        f"{group_words(figure.group).lower()} {value_words(figure)}" for figure in figures
    )
    alternative = f"Households by how many people live in them: {told}."
    rows = [
        {"size": _parts(figure)["size"], "share": 100 * (figure.value or 0.0)} for figure in figures
    ]
    base = alt.Chart(whole(rows)).encode(
        x=alt.X("size:N", title="People in the household", axis=alt.Axis(labelAngle=0)),
        y=alt.Y(
            "share:Q",
            axis=alt.Axis(title="Of households", labelExpr=f"datum.label + '{SPACE}%'"),
        ),
    )
    drawing = base.mark_bar(color=DARK_BLUE).properties(width=_MAP_WIDTH, height=8 * _ROW_HEIGHT)
    stem = "households"
    return Chart(
        stem=stem, title=title, alternative=alternative,
        columns=("Household", "Of households"),
        rows=tuple((group_words(figure.group), value_words(figure)) for figure in figures),
        svg=to_svg(drawing, stem, title, alternative),
    )  # fmt: skip


def _map(reading: Reading) -> Chart | None:
    figures = reading.groups("world", "world", "people_by_square")
    if not figures:
        return None
    held = max(figures, key=lambda figure: figure.count or 0)
    title = f"People live in {len(figures)} squares; {value_words(held)} of them in the fullest"
    alternative = (
        f"A map of where people live, as shares of people by square: {len(figures)} squares have "
        f"people, the fullest {value_words(held)}, the median {_median(figures)}."
    )
    rows = [
        {**{axis: int(at) for axis, at in _parts(figure).items()}, "share": figure.value or 0.0}
        for figure in figures
    ]
    size = 1 + max(max(row["east"], row["north"]) for row in rows)
    stem = "map"
    return Chart(
        stem=stem, title=title, alternative=alternative,
        columns=("Square", "Of people"),
        rows=tuple((group_words(figure.group), value_words(figure)) for figure in figures),
        svg=to_svg(_squares(rows, int(size)), stem, title, alternative),
        note="North is up. The darker a square, the more people live in it.",
    )  # fmt: skip


def _median(figures: list[Figure]) -> str:
    values = sorted(figure.value or 0.0 for figure in figures)
    return quantity(values[len(values) // 2], "share", 2)


def _squares(rows: list[dict[str, float]], size: int) -> alt.Chart:
    nothing = alt.Axis(title=None, labels=False, ticks=False, domain=False)
    places = alt.Scale(domain=list(range(size)))
    drawing: alt.Chart = (
        alt.Chart(whole(rows))
        .mark_rect()
        .encode(
            x=alt.X("east:O", axis=nothing, scale=places),
            y=alt.Y("north:O", axis=nothing, scale=places, sort="descending"),
            color=alt.Color("share:Q", scale=alt.Scale(range=["#DCE6F0", DARK_BLUE]), legend=None),
        )
        .properties(width=_MAP_WIDTH, height=_MAP_WIDTH)
    )
    return drawing
