"""Properties of feeds: what is coarser is a function of what is finer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import polars as pl
from hand_feed import hand_gazetteer
from hypothesis import given, settings
from hypothesis import strategies as st

from reidentify.feed import Feed, make_feed
from reidentify.feed_specs import FeedSpec
from simulator.schema import LOCATION_TYPES, METHODS, Dataset
from simulator.settings import Share
from simulator.specs import WorldSpec

WINDOW = WorldSpec(
    people=200, real_population=200, start=date(2015, 1, 1), days=90, move_rate=Share(value=0.1)
)
GAZETTEER = hand_gazetteer()
TEXTS = ("The Red Lion", "Crown, Mare St", "Crown, Long Rd", "12 Mare St", "pub", None, "Long Raod")

records = st.lists(
    st.fixed_dictionaries(
        {
            "assault_time": st.integers(0, 80 * 1_440).map(
                lambda m: datetime(2015, 1, 1) + timedelta(minutes=m)
            ),
            "method": st.sampled_from(METHODS),
            "location_type": st.sampled_from(LOCATION_TYPES),
            "location_text": st.sampled_from(TEXTS),
            "domestic": st.booleans(),
        }
    ),
    min_size=1,
    max_size=20,
)


def handed(rows: list[dict[str, Any]], **settings_: Any) -> Feed:
    numbered = [{"record_id": number, **row} for number, row in enumerate(rows)]
    types = {"location_text": pl.String, "record_id": pl.UInt64}
    frame = pl.DataFrame(numbered, schema_overrides=types).with_columns(
        (pl.col("assault_time") + pl.duration(minutes=90)).alias("arrival_time"),
        pl.lit(None, pl.String).alias("method_text"),
    )
    frame = frame.with_columns(pl.col("assault_time", "arrival_time").cast(pl.Datetime("us")))
    spec = FeedSpec(title="P", agency="a", **settings_)
    return make_feed(Dataset("a", frame), GAZETTEER, "p", spec, WINDOW, 1)[0]


LADDERS = {
    "times": ("minute", "hour", "shift", "day", "month"),
    "places": ("street", "ward", "none"),
    "methods": ("exact", "group", "none"),
    "arrival": (True, False),
    "text": ("as_typed", "scrubbed", "none"),
    "homes": ("as_recorded", "place_removed", "left_out"),
    "domestic": ("included", "left_out"),
    "delay_days": (0, 30, 60),
    "minimum_cell": (1, 2, 3),
}
STEPS = [
    (name, finer, coarser)
    for name, ladder in LADDERS.items()
    for finer, coarser in pairwise(ladder)
]


@settings(deadline=None, max_examples=60)
@given(step=st.sampled_from(STEPS), rows=records)
def test_each_coarser_feed_is_a_function_of_the_finer_one(
    step: tuple[str, Any, Any], rows: list[dict[str, Any]]
) -> None:
    """Rows that look alike in the finer feed, and are both there, look alike in the coarser one."""
    setting, finer, coarser = step
    texts = {"text": "none"} if setting != "text" else {}
    fine, coarse = (
        handed(rows, **{**texts, setting: value}).rows.drop("month") for value in (finer, coarser)
    )
    assert set(coarse["row_id"]) <= set(fine["row_id"])
    assert set(coarse.columns) <= {*fine.columns, "ward"}
    seen = [c for c in fine.columns if c != "row_id"]
    shown = [c for c in coarse.columns if c != "row_id"]
    joined = fine.join(coarse, on="row_id", suffix="_coarse")
    later = [c if c not in seen else f"{c}_coarse" for c in shown]
    alike = joined.group_by(seen).agg(pl.struct(later).n_unique().alias("kinds"))
    if shown:
        assert alike["kinds"].to_list() == [1] * alike.height


@settings(deadline=None, max_examples=10)
@given(rows=records, least=st.integers(2, 4))
def test_whatever_is_left_is_shared_by_enough_rows(rows: list[dict[str, Any]], least: int) -> None:
    feed = handed(rows, times="day", places="ward", methods="group", minimum_cell=least)
    counts = feed.rows.group_by("assault_time", "ward", "method").len()["len"]
    assert all(count >= least for count in counts)


@settings(deadline=None, max_examples=10)
@given(rows=records)
def test_a_table_holds_as_many_assaults_as_rows(rows: list[dict[str, Any]]) -> None:
    feed = handed(rows, times="month", places="ward", as_table=True)
    assert feed.cells is not None
    assert int(feed.cells["assaults"].sum()) == feed.rows.height == len(rows)


@settings(deadline=None, max_examples=10)
@given(rows=records, shift=st.integers(0, 20))
def test_the_order_of_records_plays_no_part(rows: list[dict[str, Any]], shift: int) -> None:
    numbered = [{**row, "record_id": number} for number, row in enumerate(rows)]
    turned = numbered[shift % len(rows) :] + numbered[: shift % len(rows)]
    assert handed(numbered).rows.equals(handed(turned).rows)
