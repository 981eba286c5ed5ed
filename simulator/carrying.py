"""Carrying: the official and local numbers that one agency's records carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import local_ids
from simulator.issuing import OFFICIAL, issued
from simulator.local_ids import LOCAL

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from simulator.specs import AgencySpec
    from simulator.state import World
    from simulator.subject import Subject

NUMBERS = (*OFFICIAL, *LOCAL)
"""Fields that are numbers, made only for records that carry them."""


def carried(
    world: World,
    name: str,
    agency: AgencySpec,
    field: str,
    subject: Subject,
    date: NDArray[np.datetime64],
) -> pl.Series:
    """Gives the numbers that records rightly carry.

    Args:
        world: The world.
        name: Name of the agency.
        agency: What it records.
        field: One of NUMBERS.
        subject: What the records are about.
        date: Date of each, datetime64[D].

    Returns:
        String, shape (records,); null where a record carries none.
    """
    if field in LOCAL:
        return local_ids.written(world.seed, name, field, _numbered(world, agency, subject))
    of_people = OFFICIAL[field].of == "person"
    frame, at = (world.people, subject.person) if of_people else (world.homes, subject.home)
    return issued(field, agency.service, world.seed, frame, at, date, subject.events)


def carried_again(
    world: World, name: str, agency: AgencySpec, subject: Subject, second: NDArray[np.bool_]
) -> dict[str, pl.Series]:
    """Gives the agency's own numbers as they stand after errors of records, by field.

    Args:
        world: The world.
        name: Name of the agency.
        agency: What it records.
        subject: What the records are about, copies and second identities among them.
        second: Whether each stands under a second identity.
    """
    fields = [field for field in agency.fields if field in LOCAL]
    if not fields:
        return {}
    first = _numbered(world, agency, subject)
    again = local_ids.numbered_again(agency.service, first, subject.ids, second)
    return {field: local_ids.written(world.seed, name, field, again) for field in fields}


def _numbered(world: World, agency: AgencySpec, subject: Subject) -> NDArray[np.uint64]:
    """Gives the stable id of what the agency numbers."""
    person_id = world.people["person_id"].gather(np.maximum(subject.person, 0)).to_numpy()
    return local_ids.numbered(agency.service, subject.origin, person_id, subject.provider)
