"""Records: who is left out, written twice, split into two identities, or merged with another.

These change which records there are. They are drawn before any cell goes wrong, from the ids of
what records are about, so that records which are not hit keep their own ids and all that follows
from them. A record stays about the person that it was about: a merged one about its own, of whom
most of its details are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.error_log import Log, cells_of
from simulator.errors import OF_RECORDS, ROW
from simulator.proneness import MOST_LIKELY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.draft import Draft
    from simulator.settings import Share

_TWO_COPIES = 0.1  # of records written again, written again twice: assumed
_SECOND_SHARE = 0.5  # of the records of somebody with two identities, under the second: assumed

# What a merged record may hold of the other person: one of these groups of fields, assumed.
_OF_THE_OTHER = (("nhs_number",), ("first_name",), ("date_of_birth", "sex"))

_FIND_A_PERSON = ("nhs_number", "nino", "upn", "pnc_id", "prison_number")
"""Official numbers by which two identities would have been found to be one."""


@dataclass(frozen=True)
class Subjects:
    """What one agency's records are about, before errors.

    Attributes:
        seed: The run's seed.
        agency: Name of the agency.
        ids: Stable id of what each record is about, uint64, shape (n,).
        person: Position of the person, int64; -1 for a home alone.
        person_id: Stable id of the person, uint64; meaningless for a home alone.
        multiplier: Multiplier of every rate, float64.
        mate: Position of another member of each person's household, int64, shape (people,).
        one_each: Whether it is a register, which holds one record a person.
    """

    seed: int
    agency: str
    ids: NDArray[np.uint64] = field(repr=False)
    person: NDArray[np.int64] = field(repr=False)
    person_id: NDArray[np.uint64] = field(repr=False)
    multiplier: NDArray[np.float64] = field(repr=False)
    mate: NDArray[np.int64] = field(repr=False)
    one_each: bool = False


@dataclass(frozen=True)
class Arranged:
    """The records that there are.

    Attributes:
        at: Position of what each record is about, int64, shape (records,).
        ids: Stable id of each record, uint64; that of what it is about, but for copies.
        copy: Whether it is another record of the same.
        second: Whether it stands under the person's second identity.
        other: Position of the person with whom it is merged, int64; -1 for none.
        log: The counts.
    """

    at: NDArray[np.int64] = field(repr=False)
    ids: NDArray[np.uint64] = field(repr=False)
    copy: NDArray[np.bool_] = field(repr=False)
    second: NDArray[np.bool_] = field(repr=False)
    other: NDArray[np.int64] = field(repr=False)
    log: Log = field(default_factory=Log)


def arrange(about: Subjects, rates: Mapping[str, Share]) -> Arranged | None:
    """Draws which records there are.

    Args:
        about: What records would rightly be about, one each.
        rates: Rate of each error.

    Returns:
        The records, in no order; None if no error of records can happen.
    """
    if not any(error in rates and rates[error].value > 0 for error in OF_RECORDS):
        return None
    every = np.arange(len(about.ids))
    named = np.flatnonzero(about.person >= 0)
    omitted, log = _drawn(about, "person_omitted", rates, about.person_id, named)
    kept = np.setdiff1d(every, omitted, assume_unique=True)
    merged, more = _drawn(about, "record_merged", rates, about.ids, kept[about.person[kept] >= 0])
    log += more
    other = np.full(len(every), -1, dtype=np.int64)
    other[merged] = _donors(about, merged)
    if about.one_each:
        # The other person's record went into this one.
        gone = np.isin(about.person[kept], other[merged]) & (other[kept] < 0)
        kept = kept[~gone]
    named = kept[about.person[kept] >= 0]
    split, more = _drawn(about, "record_split", rates, about.person_id, named)
    log += more
    at, ids, second = kept, about.ids[kept], np.zeros(len(kept), dtype=np.bool_)
    if about.one_each:
        at = np.concatenate([at, split])
        ids = np.concatenate([ids, randomness.combine("second identity", about.ids[split], 0)])
        second = np.concatenate([second, np.ones(len(split), dtype=np.bool_)])
    else:
        label = f"{about.agency}: record_split"
        under = randomness.happens(about.seed, label, ids, _SECOND_SHARE, draw=1)
        second = np.isin(at, split) & under
    again, more = _drawn(about, "record_duplicated", rates, about.ids, at[~second])
    log += more
    label = f"{about.agency}: record_duplicated"
    twice = randomness.happens(about.seed, label, about.ids[again], _TWO_COPIES, draw=1)
    copies = np.concatenate([again, again[twice]])
    number = np.concatenate([np.zeros(len(again)), np.ones(int(twice.sum()))]).astype(np.int64)
    written_again = randomness.combine("copy of record", about.ids[copies], number)
    none = np.zeros(len(copies), dtype=np.bool_)
    return Arranged(
        at=np.concatenate([at, copies]),
        ids=np.concatenate([ids, written_again]),
        copy=np.concatenate([np.zeros(len(at), dtype=np.bool_), ~none]),
        second=np.concatenate([second, none]),
        other=other[np.concatenate([at, copies])],
        log=log,
    )


def _drawn(
    about: Subjects,
    error: str,
    rates: Mapping[str, Share],
    ids: NDArray[np.uint64],
    among: NDArray[np.int64],
) -> tuple[NDArray[np.int64], Log]:
    """Returns which of some subjects an error hits, and the counts."""
    rate = rates.get(error)
    if rate is None or rate.value == 0.0:
        return among[:0], Log()
    chance = np.minimum(rate.value * about.multiplier[among], MOST_LIKELY)
    hit = randomness.happens(about.seed, f"{about.agency}: {error}", ids[among], chance)
    found = int(hit.sum())
    return among[hit], Log(tallies=((error, len(among), float(chance.sum()), found, found),))


def _donors(about: Subjects, merged: NDArray[np.int64]) -> NDArray[np.int64]:
    """Returns whose details went in: a household member's, or those of anybody for who has none."""
    person = about.person[merged]
    mate = about.mate[person]
    label = f"{about.agency}: record_merged"
    step = 1 + randomness.whole(about.seed, label, about.ids[merged], len(about.mate) - 1, draw=1)
    return np.where(mate != person, mate, (person + step) % len(about.mate))


def rewrite(
    draft: Draft,
    copy: NDArray[np.bool_],
    second: NDArray[np.bool_],
    other: NDArray[np.int64],
    again: Mapping[str, pl.Series] = MappingProxyType({}),
) -> tuple[dict[str, pl.Series], Log]:
    """Writes second identities and merged records into a draft.

    Args:
        draft: The records as they would rightly be written.
        copy: Whether each is another record of the same, shape (records,).
        second: Whether each stands under a second identity.
        other: Position of the person with whom each is merged; -1 for none.
        again: The agency's own numbers of copies and second identities, by field; of all records.

    Returns:
        The columns as written, and the log: a row for the record itself, in field `record_id`, and
        one for each cell.
    """
    columns = dict(draft.columns)
    log = Log()
    for error, hit in (("record_duplicated", copy), ("record_split", second)):
        at = np.flatnonzero(hit)
        log += _of_rows(draft, error, at)
        for name, numbers in again.items():
            # What was not asked for stays unwritten.
            there = at[columns[name].gather(at).is_not_null().to_numpy()]
            if there.size:
                log += _put(draft, columns, error, name, there, numbers.gather(there))
    at = np.flatnonzero(second)
    for name in _FIND_A_PERSON:
        if name in columns and at.size:
            nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(at))
            log += _put(draft, columns, "record_split", name, at, nothing)
    if "surname" in columns and at.size:
        former = draft.sources.people["former_surname"].gather(draft.person[at])
        earlier = pl.select(pl.coalesce(former, columns["surname"].gather(at))).to_series()
        log += _put(draft, columns, "record_split", "surname", at, earlier)
    at = np.flatnonzero(other >= 0)
    log += _of_rows(draft, "record_merged", at)
    which = draft.chosen("record_merged", at, len(_OF_THE_OTHER))
    for number, fields in enumerate(_OF_THE_OTHER):
        for name in fields:
            here = at[which == number]
            if name in columns and here.size:
                theirs = draft.sources.people[name].gather(other[here]).cast(columns[name].dtype)
                log += _put(draft, columns, "record_merged", name, here, theirs)
    return columns, log


def _of_rows(draft: Draft, error: str, at: NDArray[np.int64]) -> Log:
    if not at.size:
        return Log()
    return Log((cells_of(draft.record_id[at], error, ROW, np.ones(len(at), dtype=np.bool_)),))


def _put(
    draft: Draft,
    columns: dict[str, pl.Series],
    error: str,
    name: str,
    at: NDArray[np.int64],
    written: pl.Series,
) -> Log:
    """Writes values into a column and returns the log of it."""
    changed = columns[name].gather(at).ne_missing(written).to_numpy()
    columns[name] = columns[name].clone().scatter(at, written)
    return Log((cells_of(draft.record_id[at], error, name, changed),))
