"""The cascade held against a slow, obvious version of itself, and against shuffled rows."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.cascade import link_in_steps
from linkage.cascade_plan import Cascade, CascadeStep, ColumnForm, Reached

COLUMNS = ("name", "born", "number")
Row = dict[str, str | None]

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["BOB", "ROBERT", "ROBBERT", "ANN", None]),
            "born": st.sampled_from(["1948-07-05", "1948-05-07", "1949-07-05", None]),
            "number": st.sampled_from(["9000000009", "9000000017", "9000000018", None]),
        }
    ),
    max_size=9,
)
LEVELS = {
    "name": ("exact", "nickname", "jaro_winkler>=0.9"),
    "born": ("exact", "day_month_swapped", "two_parts_of_date"),
}


def some_of(levels: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Some levels in any order."""
    return st.lists(st.sampled_from(levels), min_size=1, unique=True)


@st.composite
def plans(draw: st.DrawFn) -> Cascade:
    """Cascades of up to three steps."""
    steps = []
    once = draw(st.booleans())
    for number in range(draw(st.integers(1, 3))):
        agree = draw(
            st.lists(
                st.sampled_from(["name", "born", "number", "name:initial", "born:year"]),
                min_size=1, max_size=2, unique=True,
            )
        )  # fmt: skip
        fuzzy = draw(st.lists(st.sampled_from(["name", "born"]), max_size=2, unique=True))
        reach = tuple(
            Reached(
                column=name,
                levels=tuple(draw(some_of(LEVELS[name]))),
            )
            for name in fuzzy
        )
        steps.append(
            CascadeStep(
                name=f"step {number}",
                agree=tuple(agree),
                reach=reach,
                unique="both" if once else draw(st.sampled_from(["left", "right", "both", "no"])),
                of_several=draw(st.sampled_from(["none", "best"])) if reach else "none",
            )
        )
    columns = (
        ColumnForm(column="name", kind="name"),
        ColumnForm(column="born", kind="date"),
        ColumnForm(column="number", kind="exact", form="nhs-number"),
    )
    return Cascade(columns=columns, steps=tuple(steps), one_to_one=once)


def part_of(value: str | None, part: str) -> str | None:
    """A part of a value, in the plainest way."""
    if value is None or not part:
        return value
    return {"initial": value[0], "year": value[:4]}[part]


def reached(level: str, a: str, b: str) -> bool:
    """Whether two values reach a level, by what the few values of these tests allow."""
    if a == b or level == "exact":
        return a == b
    if level == "nickname":
        return {a, b} <= {"BOB", "ROBERT"}
    if level == "jaro_winkler>=0.9":
        return {a, b} == {"ROBERT", "ROBBERT"}
    (y, m, d), (z, n, e) = a.split("-"), b.split("-")
    if level == "day_month_swapped":
        return y == z and m == e and d == n
    return level == "two_parts_of_date" and (y == z) + (m == n) + (d == e) >= 2


def slow(left: list[Row], right: list[Row], plan: Cascade) -> list[tuple[int, int, str]]:
    """The cascade, pair by pair."""
    valid = {"9000000009", "9000000017"}
    sides = [
        [{**row, "number": row["number"] if row["number"] in valid else None} for row in side]
        for side in (left, right)
    ]
    open_left, open_right = set(range(len(left))), set(range(len(right)))
    links: list[tuple[int, int, str]] = []
    for step in plan.steps:
        found: dict[tuple[int, int], list[int]] = {}
        for i in open_left:
            for j in open_right:
                one, other = sides[0][i], sides[1][j]
                rank = rank_of(step, one, other)
                if rank is not None:
                    found[i, j] = rank if step.of_several == "best" else []
        chosen = [
            (i, j)
            for (i, j), rank in found.items()
            if (step.unique in ("right", "no") or beats(found, rank, 1, (i, j)))
            and (step.unique in ("left", "no") or beats(found, rank, 0, (i, j)))
        ]
        links += [(i, j, step.name) for i, j in chosen]
        open_right -= {j for _, j in chosen}
        if plan.one_to_one:
            open_left -= {i for i, _ in chosen}
    return sorted(links)


def rank_of(step: CascadeStep, one: Row, other: Row) -> list[int] | None:
    """How far down the levels a pair is in each column; null where it does not agree."""
    for name in step.agree:
        column, _, part = name.partition(":")
        a, b = part_of(one[column], part), part_of(other[column], part)
        if a is None or a != b:
            return None
    rank = []
    for each in step.reach:
        a, b = one[each.column], other[each.column]
        if a is None or b is None:
            return None
        place = next((n for n, level in enumerate(each.levels) if reached(level, a, b)), None)
        if place is None:
            return None
        rank.append(place)
    return rank


def beats(
    found: dict[tuple[int, int], list[int]], rank: list[int], side: int, pair: tuple[int, int]
) -> bool:
    """Whether a pair is better than every other of its record on one side."""
    rivals = [r for other, r in found.items() if other[side] == pair[side] and other != pair]
    return all(rank < rival for rival in rivals)


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def links(left: pl.DataFrame, right: pl.DataFrame, plan: Cascade) -> list[Any]:
    return link_in_steps(left, right, plan).pairs.select("left", "right", "rule").rows()


@settings(deadline=None, max_examples=300)
@given(ROWS, ROWS, plans())
def test_the_cascade_equals_its_slow_obvious_version(
    left: list[Row], right: list[Row], plan: Cascade
) -> None:
    assert links(frame(left), frame(right), plan) == slow(left, right, plan)


@settings(deadline=None)
@given(ROWS, ROWS, plans(), st.randoms(use_true_random=False))
def test_shuffling_rows_gives_the_same_links(
    left: list[Row], right: list[Row], plan: Cascade, order: Any
) -> None:
    places = [list(range(len(rows))) for rows in (left, right)]
    for each in places:
        order.shuffle(each)
    ours, theirs = [left[at] for at in places[0]], [right[at] for at in places[1]]
    again = links(frame(ours), frame(theirs), plan)
    back = sorted((places[0][i], places[1][j], rule) for i, j, rule in again)
    assert back == links(frame(left), frame(right), plan)


@settings(deadline=None)
@given(ROWS, ROWS, plans())
def test_no_record_is_linked_by_two_steps_and_counts_add_up(
    left: list[Row], right: list[Row], plan: Cascade
) -> None:
    found = link_in_steps(frame(left), frame(right), plan)
    steps = found.pairs.group_by("right").agg(pl.col("rule").n_unique())
    assert (steps["rule"] == 1).all()
    assert found.steps["linked"].sum() == found.pairs.height == found.summary["links"]
    assert (found.steps["pairs"] >= found.steps["linked"] + found.steps["not_unique"]).all()
    if plan.one_to_one:
        assert found.pairs["left"].is_unique().all()
