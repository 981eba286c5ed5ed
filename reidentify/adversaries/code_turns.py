"""Turns: surnames and postcodes are matched by each other, over and over.

What is probable enough becomes a cell for the next turn: the people of a matched postcode, or of a
matched surname in an area, each by sex. Nothing is carried over but those cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from reidentify.adversaries.code_matching import Matches, counts, match

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reidentify.adversaries.code_people import Side

SCHEDULES: Final = (
    (0.5, 0.5, 0.5, 0.5),
    (0.2, 0.2, 0.2, 0.3, 0.3, 0.3, 0.5, 0.5),
    (0.3, 0.3, 0.3, 0.3, 0.4, 0.4, 0.5, 0.5),
)
"""How probable a match must be to be used, turn by turn: what is tried, set without the truth."""

WIDE: Final = 300
"""Where an area has more postcodes, people are compared only by what is matched already."""

COMMONEST: Final = 300
"""In wide areas the first surnames are matched among so many of the commonest."""

_SEXES: Final = 3
_SURE: Final = 0.5


class _Two(NamedTuple):
    """A column of the coded side, and of the list."""

    coded: NDArray[np.int64]
    listed: NDArray[np.int64]


def match_in_turn(
    coded: Side, listed: Side, shows: Mapping[str, bool], *, together: bool
) -> dict[str, Matches]:
    """Matches codes of surnames and of postcodes.

    Args:
        coded: The coded rows.
        listed: The list.
        shows: By field, whether equal values have equal codes.
        together: Whether the attacker uses which names live together.

    Returns:
        By field, what codes stand for.
    """
    is_wide = len(listed.postcodes) > WIDE * listed.areas
    if not together or not all(shows.values()) or not len(coded.surnames):
        return {
            "surname": _by_area(coded, listed, is_wide=is_wide, shows=shows["surname"]),
            "postcode": _by_name(coded, listed, None, is_wide=False)
            if shows["postcode"] and not is_wide
            else _none(coded.postcodes),
        }
    first = _by_area(coded, listed, is_wide=is_wide, shows=True)
    tried = [
        _turns(coded, listed, first, schedule, is_wide=is_wide)
        for schedule in (SCHEDULES if is_wide else SCHEDULES[:1])
    ]
    return max(tried, key=lambda found: int((found["postcode"].sure(_SURE) >= 0).sum()))


def _turns(
    coded: Side, listed: Side, surname: Matches, schedule: tuple[float, ...], *, is_wide: bool
) -> dict[str, Matches]:
    postcode = _none(coded.postcodes)
    for least in schedule:
        postcode = _by_name(coded, listed, surname.sure(least), is_wide=is_wide)
        surname = _by_postcode(coded, listed, postcode.sure(least), is_wide=is_wide)
    return {"surname": surname, "postcode": postcode}


def _none(codes: object) -> Matches:
    size = len(codes)  # type: ignore[arg-type]
    return Matches(np.full(size, -1), np.zeros(size))


def _by_area(coded: Side, listed: Side, *, is_wide: bool, shows: bool) -> Matches:
    """Matches surnames by the areas in which they occur."""
    if not shows or not len(coded.surnames) or not len(listed.surnames):
        return _none(coded.surnames)
    names = _Two(coded.surname, listed.surname)
    if is_wide:
        names = _Two(*(_commonest(side.surname, len(side.surnames)) for side in (coded, listed)))
    cells = _Two(*(side.area * _SEXES + side.sex for side in (coded, listed)))
    one_block = np.zeros(listed.areas * _SEXES, np.int64)
    return _matched(names, cells, (len(coded.surnames), len(listed.surnames)), one_block)


def _by_name(
    coded: Side, listed: Side, surname: NDArray[np.int64] | None, *, is_wide: bool
) -> Matches:
    """Matches postcodes within their area by the surnames that live there; None: by size alone."""
    other = len(listed.surnames)
    names = _named(coded, listed, surname, other)
    cells = _Two(
        *(
            (side.area * (other + 1) + name) * _SEXES + side.sex
            for side, name in zip((coded, listed), names, strict=True)
        )
    )
    used = _Two(
        *(
            np.where((name == other) & is_wide, -1, side.postcode)
            for side, name in zip((coded, listed), names, strict=True)
        )
    )
    seen, numbered = _numbered(cells)
    area = seen // (_SEXES * (other + 1))
    return _matched(used, numbered, (len(coded.postcodes), len(listed.postcodes)), area)


def _numbered(cells: _Two) -> tuple[NDArray[np.int64], _Two]:
    """Gives the cells that there are on either side, ascending, and each person's place there."""
    both = np.concatenate(cells)
    # Polars puts numbers in order several times as fast.
    order = pl.Series(both).arg_sort().to_numpy()
    ordered = both[order]
    is_new = np.ones(len(both), dtype=np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    number = np.empty(len(both), np.int64)
    number[order] = np.cumsum(is_new) - 1
    ours = len(cells.coded)
    return ordered[is_new], _Two(number[:ours], number[ours:])


def _named(coded: Side, listed: Side, surname: NDArray[np.int64] | None, other: int) -> _Two:
    """Gives each person's matched surname on both sides; `other` where it is not matched."""
    if surname is None:
        return _Two(np.full(len(coded.surname), other), np.full(len(listed.surname), other))
    is_matched = np.zeros(other + 1, dtype=np.bool_)
    is_matched[surname[surname >= 0]] = True
    theirs = np.where(is_matched[listed.surname], listed.surname, other)
    ours = np.where(coded.surname >= 0, surname[coded.surname], -1)
    return _Two(np.where(ours >= 0, ours, other), theirs)


def _by_postcode(
    coded: Side, listed: Side, postcode: NDArray[np.int64], *, is_wide: bool
) -> Matches:
    """Matches surnames by the matched postcodes in which they occur, and the rest by areas."""
    units = len(listed.postcodes)
    is_matched = np.zeros(units + 1, dtype=np.bool_)
    is_matched[postcode[postcode >= 0]] = True
    ours = np.where(coded.postcode >= 0, postcode[coded.postcode], -1)
    theirs = np.where(is_matched[listed.postcode], listed.postcode, -1)
    placed = _Two(ours, theirs)
    cells, used = [], []
    for side, place in zip((coded, listed), placed, strict=True):
        has_area = side.area >= 0
        cell = np.where(place >= 0, place, np.where(has_area, units + side.area, -1))
        cells.append(np.where(cell >= 0, cell * _SEXES + side.sex, -1))
        used.append(np.where((place < 0) & is_wide, -1, side.surname))
    one_block = np.zeros((units + listed.areas) * _SEXES, np.int64)
    sizes = (len(coded.surnames), len(listed.surnames))
    return _matched(_Two(*used), _Two(*cells), sizes, one_block)


def _matched(items: _Two, cells: _Two, sizes: tuple[int, int], block: NDArray[np.int64]) -> Matches:
    tables = [
        counts(np.where(cell >= 0, item, -1), cell, size, len(block))
        for item, cell, size in zip(items, cells, sizes, strict=True)
    ]
    return match(tables[0], tables[1], block)


def _commonest(items: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Leaves out the items that are not among the COMMONEST."""
    often = np.bincount(items[items >= 0], minlength=count)
    least = np.sort(often)[::-1][min(COMMONEST, count) - 1]
    return np.where((items >= 0) & (often[items] >= max(least, 1)), items, -1)
