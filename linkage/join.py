"""The join: the only place where tokens meet.

Two tokens, or two codes, may be compared only if they were made in the same way from the same field
under the same key; their labels say so. A join of unlike tokens would find no pair, or pairs by
chance, and look like a poor linkage: it is refused instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from linkage.first_agreement import Rung, first_agreements
from linkage.pairs import exact_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.linked import Links
    from simulator.schema import Dataset


class UnlikeTokens(ValueError):  # noqa: N818 - named for what it says
    """Two columns of tokens cannot be compared, or one of them is not there."""


def join_tokens(left: Dataset, right: Dataset, field: str, step: str) -> Links:
    """Link records whose tokens of one field are equal.

    A missing token joins nothing. A token held by several hub records links to each of them: the
    join cannot tell which is meant, and a duplicate in the hub is a source of false matches.

    Args:
        left: The hub, with a token column `field`.
        right: The agency's records, with a token column `field`.
        field: Field whose tokens are compared.
        step: Name of the link step.

    Returns:
        Links with the rule `exact token of FIELD`, ordered by `left_id`, then `right_id`.

    Raises:
        UnlikeTokens: If a dataset has no tokens or codes of the field, if its codes differ in every
            row, or if the labels differ in any part.
    """
    _require_like_tokens(left, right, field, step)
    pairs = _tokens(left, field, "left_id").join(_tokens(right, field, "right_id"), on="token")
    rule = pl.lit(f"exact token of {field}").alias("rule")
    return exact_links(step, left.name, right.name, pairs.with_columns(rule))


def while_living_there(links: Links, hub: Dataset, agency: Dataset) -> Links:
    """Keep the links of what happened at a home since its people live there.

    Args:
        links: Links of people and what happened at their home.
        hub: The hub, with `lived_since`: none for those who have lived there all the time.
        agency: The agency's records, with `event_time`.
    """
    since = hub.frame.select(pl.col("record_id").alias("left_id"), "lived_since")
    when = agency.frame.select(pl.col("record_id").alias("right_id"), "event_time")
    both = links.frame.join(since, on="left_id").join(when, on="right_id")
    lived = pl.col("lived_since").is_null() | (
        pl.col("lived_since") <= pl.col("event_time").dt.date()
    )
    frame = both.filter(lived).select(links.frame.columns).sort("left_id", "right_id")
    return replace(links, frame=frame)


def join_match_keys(
    left: Dataset, right: Dataset, keys: Sequence[str], step: str, *, one_to_one: bool = True
) -> Links:
    """Link records by the first match-key on which they agree and nobody else does.

    What a ladder does on the clear text (`cascade_plan.ladder`), on tokens alone. Source: ONS,
    "Beyond 2011: Matching Anonymous Data" (M9, 2013).

    Args:
        left: The hub, with a column of tokens a key (see `pseudonyms/recipes.py`).
        right: The agency's records, with the same columns under the same labels.
        keys: Names of the columns, in the order in which they are tried.
        step: Name of the link step.
        one_to_one: Whether a token must be unique in both files, and each record is linked at most
            once; otherwise it must be unique in the hub alone, for an agency that has several
            records of one person. What is unique is said in `first_agreement.py`.

    Returns:
        Links whose rule is the number and name of the key, such as `1: ons-1`, ordered by
        `left_id`, then `right_id`; each `right_id` at most once.

    Raises:
        UnlikeTokens: If a dataset lacks tokens of a key, or their labels differ in any part.
    """
    for key in keys:
        _require_like_tokens(left, right, key, step)
    rungs = (
        Rung(f"{number}: {key}", left.frame[key], right.frame[key])
        for number, key in enumerate(keys, start=1)
    )
    ids = (left.frame["record_id"], right.frame["record_id"])
    pairs = first_agreements(*ids, rungs, one_to_one=one_to_one)
    return exact_links(step, left.name, right.name, pairs)


def _tokens(dataset: Dataset, field: str, name: str) -> pl.DataFrame:
    """Give the tokens that are there, with their record's id under a new name."""
    columns = (pl.col("record_id").alias(name), pl.col(field).alias("token"))
    return dataset.frame.select(columns).drop_nulls("token")


def _require_like_tokens(left: Dataset, right: Dataset, field: str, step: str) -> None:
    """Raise UnlikeTokens unless both datasets hold tokens of the field under one label."""
    for dataset in (left, right):
        if field not in dataset.labels:
            held = ", ".join(dataset.labels) or "none"
            message = (
                f"link step {step}: dataset {dataset.name} has no tokens of {field} (it has: "
                f"{held}); give identity.{field} a scheme that makes tokens, or link on another "
                "field"
            )
            raise UnlikeTokens(message)
    if left.labels[field].scheme == "aes-siv-per-row":
        message = (
            f"link step {step}: codes of {field} differ in every row and join nothing; use coded, "
            "vault or a scheme that makes tokens"
        )
        raise UnlikeTokens(message)
    if left.labels[field] != right.labels[field]:
        message = (
            f"link step {step}: tokens of {field} in {left.name} and {right.name} are unlike and "
            f"cannot be compared. {left.name}: {left.labels[field]}. {right.name}: "
            f"{right.labels[field]}. Pseudonymise both with the same scheme, length, "
            "normalisation, key and period, then link again"
        )
        raise UnlikeTokens(message)
