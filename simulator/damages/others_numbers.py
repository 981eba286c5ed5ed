"""Others' numbers: official numbers of a household member, of anybody, or of the home next door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator.damages.addresses import next_door
from simulator.errors import ERRORS
from simulator.issuing import has_one, number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft


def of_mate(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a household member's number; the person's own where that one is too young or old."""
    name, people, person = ERRORS[error], draft.sources.people, draft.person[at]
    mate = draft.sources.mate[person]
    if draft.date is not None:
        mate = np.where(has_one(name, people, mate, draft.date[at]), mate, person)
    # Where the person's own is written, what stands there stays.
    theirs = number_of(name, draft.seed, people, mate)
    own = draft.columns[name].gather(at)
    return theirs.zip_with(pl.Series(mate != person), own)


def of_somebody(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes anybody's number, whether or not it is in use."""
    people = draft.sources.people
    somebody = draft.chosen(error, at, people.height)
    return number_of(ERRORS[error], draft.seed, people, somebody)


def of_neighbour(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the number of the home next door, on either side."""
    homes = draft.sources.homes
    return number_of(ERRORS[error], draft.seed, homes, next_door(draft, error, at))
