"""Feeds and known events made by hand, for tests of attacks on feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
from hand_town import hand_town

from reidentify.adversaries.event_pairs import Comparison, compare
from reidentify.adversaries.event_tables import tabulate_events, tabulate_rows
from reidentify.feed import Feed
from reidentify.feed_specs import FeedSpec
from reidentify.gazetteer import Gazetteer, make_gazetteer
from reidentify.knowledge_events import EventKnowledge

NOON = datetime(2015, 1, 10, 12)


def hand_gazetteer() -> Gazetteer:
    return make_gazetteer(hand_town())


def feed_of(rows: list[dict[str, Any]], **settings: Any) -> Feed:
    """Makes a feed of rows with a place in words, noon and fist where nothing is said."""
    spec = FeedSpec(title="Partnership", agency="a_and_e", **settings)
    given = [
        {
            "row_id": number,
            "month": 0,
            "assault_time": NOON,
            "method": "fist",
            "location_type": "licensed",
            "location_text": "The Red Lion",
            **row,
        }
        for number, row in enumerate(rows)
    ]
    return Feed("partnership", spec, pl.DataFrame(given, schema_overrides=_ROWS).sort("row_id"))


_ROWS = {
    "row_id": pl.UInt64(),
    "month": pl.Int32(),
    "assault_time": pl.Datetime("us"),
    "arrival_time": pl.Datetime("us"),
    "location_text": pl.String(),
    "method": pl.String(),
}


def knowledge_of(events: list[dict[str, Any]]) -> EventKnowledge:
    """Makes known crimes with injury at the Red Lion at noon where nothing is said."""
    given = [
        {
            "target_id": 1_000 + number,
            "event": 1_000 + number,
            "from_time": NOON,
            "to_time": event.get("from_time", NOON),
            "easting": 1_010,
            "northing": 1_000,
            "method": "fist",
            "injury": True,
            "location_type": "licensed",
            "contact_kind": "crime",
            **event,
        }
        for number, event in enumerate(events)
    ]
    return EventKnowledge.of(pl.DataFrame(given, infer_schema_length=None))


def lay(
    feed: Feed, gazetteer: Gazetteer, knowledge: EventKnowledge, *, by_rows: bool = True
) -> Comparison:
    """Lays rows of a feed and known events beside each other."""
    known = tabulate_events(knowledge, gazetteer, feed.spec.places)
    return compare(tabulate_rows(feed, gazetteer), known, by_rows=by_rows)
