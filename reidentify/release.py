"""Releases: the rows that leave the safe setting for one recipient.

A release has row numbers of its own, unrelated to those of the linked data or of another
recipient's release, and its rows are in the order of those numbers, so that order tells nothing.
Which row came from which record is kept apart, in a Provenance.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from linkage.linked import Provenance
from reidentify.safeguards import coarsen_events, coarsen_people
from simulator.randomness import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.linked import LinkedData
    from reidentify.specs import ReleaseSpec
    from simulator.schema import TokenLabel

TOKENISED_FIELDS = ("nhs_number", "alf")
"""What people's tokens are made of: their number, or what a third party put in its place."""

CODE_PREFIX = "code_"
"""What a column of codes is named after, before its field."""


@dataclass(frozen=True)
class Release:
    """Rows handed to one recipient.

    Attributes:
        name: The recipient.
        spec: How rows were coarsened: published with them, and known to every attacker.
        people: One row a person of the hub, ordered by `row_id` (UInt64): the attributes that the
            spec hands over, `home` (UInt64, null where the hub has none) if homes are, `token` (of
            the type that its label has, null where none was made) if tokens are, and `code_FIELD`
            (Binary or String, null where none was made) for each field whose codes are.
        events: By agency: `row_id`, `person` (UInt64, a `row_id` of `people`) and the contents of
            the event that the spec hands over, ordered by `row_id`.
        label: Label of `token`; None where no tokens are handed over.
        code_labels: Label of each `code_FIELD`, by field.
    """

    name: str
    spec: ReleaseSpec
    people: pl.DataFrame = field(repr=False)
    events: Mapping[str, pl.DataFrame] = field(repr=False)
    label: TokenLabel | None = None
    code_labels: Mapping[str, TokenLabel] = field(default_factory=dict)


def make_release(
    linked: LinkedData, provenance: Provenance, name: str, spec: ReleaseSpec, seed: int
) -> tuple[Release, Provenance]:
    """Makes the rows that one recipient gets.

    Args:
        linked: People of the hub and their linked events.
        provenance: Where the linked rows came from.
        name: The recipient, as in the proposal.
        spec: What is handed over, and how exactly. Ethnic group is never handed over.
        seed: The run's seed.

    Returns:
        The release, and where its rows came from.

    Raises:
        ValueError: If the spec hands over events of an agency that was not linked, or codes of a
            field that was not coded.
    """
    missing = [agency for agency in spec.events if agency not in linked.events]
    if missing:
        message = (
            f"release for {name}: events of {', '.join(missing)} were asked for, but linked data "
            f"hold {', '.join(linked.events) or 'none'}: add a link step that feeds answers, or "
            f"leave them out of recipient.{name}.events"
        )
        raise ValueError(message)
    token, label = _token(linked, name, spec)
    row_ids = _fresh(linked.people["row_id"], name, "people", seed)
    people = pl.DataFrame([row_ids]).hstack(coarsen_people(linked.people, spec))
    if spec.homes:
        people = people.with_columns(_home(linked, name, seed))
    if token is not None:
        people = people.with_columns(token)
    codes = {field: _code_column(linked, name, field) for field in spec.codes}
    people = people.with_columns(
        linked.people[column].alias(f"{CODE_PREFIX}{field}") for field, column in codes.items()
    )
    events = {agency: _events(linked, name, agency, spec, seed) for agency in spec.events}
    origins = Provenance(
        hub=provenance.hub,
        people=_follow(provenance.people, name, "people", seed),
        events={
            agency: _follow(provenance.events[agency], name, agency, seed) for agency in spec.events
        },
    )
    labels = {field: linked.labels[column] for field, column in codes.items()}
    return Release(name, spec, people.sort("row_id"), events, label, labels), origins


def without_people(release: Release, row_ids: pl.Series) -> Release:
    """Gives the same release without some people and their events: what a control attacks.

    Args:
        release: The release.
        row_ids: UInt64, rows of `people` to leave out; numbers that are not there are ignored.
    """
    gone = row_ids.implode()
    return replace(
        release,
        people=release.people.filter(~pl.col("row_id").is_in(gone)),
        events={
            agency: events.filter(~pl.col("person").is_in(gone))
            for agency, events in release.events.items()
        },
    )


def _token(
    linked: LinkedData, name: str, spec: ReleaseSpec
) -> tuple[pl.Series | None, TokenLabel | None]:
    """Gives the recipient's own token column as `token`, else the shared one, else nothing."""
    if spec.tokens:
        for column in token_columns(name):
            if column in linked.labels and not linked.labels[column].is_code:
                return linked.people[column].alias("token"), linked.labels[column]
    return None, None


def _home(linked: LinkedData, name: str, seed: int) -> pl.Series:
    """Gives the recipient's own linking field of homes, else a number of this release alone."""
    column = f"ralf@{name}"
    if column in linked.labels:
        return linked.people[column].alias("home")
    return _fresh(linked.people["home"], name, "home", seed)


def _code_column(linked: LinkedData, name: str, field: str) -> str:
    """Names the column of the recipient's own codes of a field, else of the shared ones."""
    for column in (f"{field}@{name}", field):
        if column in linked.labels and linked.labels[column].is_code:
            return column
    message = (
        f"release for {name}: codes of {field} were asked for, but the hub holds none: give "
        f"identity.{field} a scheme that makes codes, or leave it out of recipient.{name}.codes"
    )
    raise ValueError(message)


def token_columns(name: str) -> tuple[str, ...]:
    """Names the hub's columns that a recipient's tokens are taken from, the first that is there."""
    return tuple(column for field in TOKENISED_FIELDS for column in (f"{field}@{name}", field))


def _fresh(ids: pl.Series, name: str, kind: str, seed: int) -> pl.Series:
    """Gives each id a number of this release alone, one to one; null stays null."""
    fresh = words(seed, f"release row/{name}/{kind}", ids.fill_null(0).to_numpy())
    numbers = pl.select(pl.when(ids.is_not_null()).then(pl.Series(fresh)).alias(ids.name))
    return numbers.to_series()


def _events(
    linked: LinkedData, name: str, agency: str, spec: ReleaseSpec, seed: int
) -> pl.DataFrame:
    events = linked.events[agency]
    renumbered = events.with_columns(
        _fresh(events["row_id"], name, agency, seed), _fresh(events["person"], name, "people", seed)
    )
    return coarsen_events(renumbered, spec).sort("row_id")


def _follow(origins: pl.DataFrame, name: str, kind: str, seed: int) -> pl.DataFrame:
    return origins.with_columns(_fresh(origins["row_id"], name, kind, seed)).sort("row_id")
