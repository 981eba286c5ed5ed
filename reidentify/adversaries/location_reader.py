"""Location reader: somebody reads the place of an assault and looks up who lives there.

A row is read if its place leads to fewer than a stated number of addresses: a house number typed
against the rule leads to one, a short street to a few. One adult living there is named at random;
the stated confidence is one over how many adults are listed there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from reidentify.claims import Claims
from simulator.randomness import combine, words

if TYPE_CHECKING:
    from reidentify.feed import Feed
    from reidentify.feed_specs import LocationReaderSpec
    from reidentify.gazetteer import Gazetteer
    from reidentify.knowledge_addresses import AddressList

_HOUSE = r"\b(\d+)[A-Za-z]?\s+[A-Za-z]"


def attack(
    feed: Feed, gazetteer: Gazetteer, listed: AddressList, spec: LocationReaderSpec
) -> Claims:
    """Names one adult for every row whose place leads to few enough addresses.

    Args:
        feed: The feed.
        gazetteer: Public names of places.
        listed: Who lives where.
        spec: The attack.

    Returns:
        At most one claim a row; none where nobody is listed.
    """
    there = residents(feed, gazetteer, listed, spec)
    if not there.height:
        return Claims.of(there.with_columns(pl.lit(1.0).alias("confidence")))
    pair = combine("row and resident", there["row_id"].to_numpy(), there["target_id"].to_numpy())
    keyed = there.with_columns(
        pl.Series("key", words(0, "which resident is named", pair)),
        (1 / pl.len().over("row_id")).alias("confidence"),
    )
    named = keyed.sort("row_id", "key").unique("row_id", keep="first", maintain_order=True)
    return Claims.of(named)


def describe(spec: LocationReaderSpec) -> str:
    """Says what the attacker holds and does, for the method of a figure."""
    return (
        f"location reader: holds a list of {spec.register_share.value:.0%} of adults with their "
        f"addresses; reads rows whose place leads to fewer than {spec.fewer_than} addresses, and "
        "names one adult listed there, at random"
    )


def residents(
    feed: Feed, gazetteer: Gazetteer, listed: AddressList, spec: LocationReaderSpec
) -> pl.DataFrame:
    """Lists everybody who may be named for each row that is read.

    Returns:
        `row_id`, `target_id` (UInt64), ordered by both.
    """
    places = _places(feed, gazetteer).filter(pl.col("addresses") < spec.fewer_than)
    with_number = places.drop_nulls("number").join(listed.frame, on=["street", "number"])
    without = places.filter(pl.col("number").is_null()).join(listed.frame, on="street")
    columns = ("row_id", "target_id")
    return pl.concat([with_number.select(columns), without.select(columns)]).sort(columns)


def few_addresses(feed: Feed, gazetteer: Gazetteer, fewer_than: int) -> int:
    """Counts rows whose place leads to fewer than a number of addresses, listed or not."""
    return _places(feed, gazetteer).filter(pl.col("addresses") < fewer_than).height


def _places(feed: Feed, gazetteer: Gazetteer) -> pl.DataFrame:
    """Gives the rows that lead to a street: `row_id`, `street`, `number`, `addresses`.

    A named venue or landmark is nobody's address. A map point or a ward never leads to fewer than
    eight addresses, and is not read.
    """
    number = pl.lit(None, pl.Int64).alias("number")
    match feed.spec.places:
        case "text":
            found = gazetteer.resolve(feed.rows["location_text"]).rename({"text": "location_text"})
            on_street = found.filter(pl.col("spot").is_null(), pl.col("street").is_not_null())
            key = "location_text"
            house = pl.col(key).str.extract(_HOUSE, 1).cast(pl.Int64, strict=False)
            places = on_street.select(key, "street", "addresses", house.alias("number"))
        case "street":
            places, key = gazetteer.streets.select("street", "addresses", number), "street"
        case _:
            return _NOTHING
    joined = feed.rows.select("row_id", key).join(places, on=key)
    addresses = pl.when(pl.col("number").is_not_null()).then(1).otherwise("addresses")
    return joined.select("row_id", "street", "number", addresses.alias("addresses"))


_NOTHING = pl.DataFrame(
    schema={
        "row_id": pl.UInt64(),
        "street": pl.UInt32(),
        "number": pl.Int64(),
        "addresses": pl.Int64(),
    }
)
