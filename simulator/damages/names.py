"""Names: other names of the person, false names, parts lost or swapped, marks lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.errors import ERRORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.draft import Draft

_ALIASES = (0.6, 0.3, 0.1)  # how often each of a person's false names is given: assumed
_NEARBY = 200  # middle and false first names are those of people of about the same age
_MARKS = r"[^A-Za-z]"


def initial(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the first letter alone."""
    return draft.columns[ERRORS[error]].gather(at).str.slice(0, 1)


def former_surname(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the surname before it changed; the present one where it did not."""
    former = draft.sources.people["former_surname"].gather(draft.person[at])
    written = draft.columns[ERRORS[error]].gather(at)
    return pl.select(pl.coalesce(former, written)).to_series()


def middle_name(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the middle name, the same for a person in every agency."""
    return _name_of_the_age(draft, at, draft.lasting(error, at, _NEARBY))


def _name_of_the_age(draft: Draft, at: NDArray[np.int64], step: NDArray[np.int64]) -> pl.Series:
    """Returns first names of people of the same sex and about the same age."""
    people = draft.sources.people
    women = (people["sex"] == "F").to_numpy()
    born = people["date_of_birth"].to_physical().to_numpy()
    order = np.lexsort((people["person_id"].to_numpy(), born, women))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    men = int(len(women) - women.sum())
    person = draft.person[at]
    start, size = np.where(women[person], men, 0), np.where(women[person], len(order) - men, men)
    donor = order[start + (rank[person] - start + 1 + step) % size]
    return people["first_name"].gather(donor)


def alias(draft: Draft, error: str, at: NDArray[np.int64]) -> tuple[pl.Series, pl.Series]:
    """Writes one of the person's three false names, the same three in every agency."""
    label = f"{draft.agency}: {error}: which"
    which = randomness.choose(draft.seed, label, draft.record_id[at], _ALIASES)
    ids = randomness.combine("alias", draft.person_id[at], which)
    people = draft.sources.people
    step = randomness.whole(draft.seed, "first name of alias", ids, _NEARBY)
    donor = randomness.whole(draft.seed, "surname of alias", ids, people.height)
    return _name_of_the_age(draft, at, step), people["surname"].gather(donor)


def swapped(draft: Draft, _error: str, at: NDArray[np.int64]) -> tuple[pl.Series, pl.Series]:
    """Writes first name and surname each in the other's place."""
    return draft.columns["surname"].gather(at), draft.columns["first_name"].gather(at)


def surname_of_mother(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the surname of the youngest woman in the household of an age to be the mother."""
    people = draft.sources.people
    of_household = (
        people.filter(
            (pl.col("sex") == "F")
            & (pl.col("date_of_birth") < pl.col("date_of_birth").max().dt.offset_by("-15y"))
        )
        .sort("household_id", "date_of_birth", "person_id")
        .group_by("household_id", maintain_order=True)
        .last()
        .select("household_id", mother="surname")
    )
    rows = pl.DataFrame({"household_id": people["household_id"].gather(draft.person[at])})
    found = rows.join(of_household, on="household_id", how="left", maintain_order="left")
    written = draft.columns["surname"].gather(at)
    return pl.select(pl.coalesce(found["mother"], written)).to_series()


def cut(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes one part of a surname of two parts; others stay."""
    text = draft.columns["surname"].gather(at)
    first, last = text.str.extract(r"^(.+?)[- ]"), text.str.extract(r"[- ]([^- ]+)$")
    kept = pl.Series(draft.chosen(error, at, 2) == 0)
    part = pl.when(kept).then(first).otherwise(last)
    return pl.select(pl.coalesce(part, text)).to_series()


def reordered(draft: Draft, _error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the last part of a surname first; surnames of one part stay."""
    text = draft.columns["surname"].gather(at)
    return text.str.replace(r"^(.+)([- ])([^- ]+)$", "${3}${2}${1}")


def without_marks(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes the letters A to Z alone."""
    text = draft.columns[ERRORS[error]].gather(at)
    return text.str.normalize("NFKD").str.replace_all(_MARKS, "")


def in_capitals(draft: Draft, error: str, at: NDArray[np.int64]) -> pl.Series:
    """Writes a name in capitals."""
    return draft.columns[ERRORS[error]].gather(at).str.to_uppercase()
