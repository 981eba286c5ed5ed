"""People whose codes are attacked, and people of a list, as numbered columns of one form.

Only adults are on the list, so rows of people who were too young are left out where age is given.
The area is the most exact one that rows and the address file both give: the small area, the middle
area, or at least the deprivation fifth of the address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from reidentify.release import CODE_PREFIX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reidentify.knowledge_register import NameRegister
    from reidentify.release import Release

AREAS: Final = ("lsoa", "msoa", "deprivation_fifth")
"""Areas that may be given, the most exact first."""

SEXES: Final = ("F", "M")


@dataclass(frozen=True)
class Side:
    """One side: people with the numbers of their surname, postcode, area and sex.

    Attributes:
        surnames: Distinct surnames or their codes, ascending.
        postcodes: Likewise; of a list, all postcodes that there are.
        surname: int64 (people,), position in `surnames`; -1 where there is none.
        postcode: Likewise in `postcodes`.
        area: int64 (people,), below `areas`; -1 where there is none.
        sex: int64 (people,), 0 for F, 1 for M, 2 for neither, or where the rows do not give it.
        area_of_postcode: int64 (postcodes,): where it lies, or where most rows with it say; -1
            where none does.
        areas: How many areas there are.
    """

    surnames: pl.Series = field(repr=False)
    postcodes: pl.Series = field(repr=False)
    surname: NDArray[np.int64] = field(repr=False)
    postcode: NDArray[np.int64] = field(repr=False)
    area: NDArray[np.int64] = field(repr=False)
    sex: NDArray[np.int64] = field(repr=False)
    area_of_postcode: NDArray[np.int64] = field(repr=False)
    areas: int

    def texts(self, name: str) -> pl.Series:
        """Gives `surnames` or `postcodes`, by the name of the field."""
        return self.surnames if name == "surname" else self.postcodes


def coded_side(release: Release, register: NameRegister, fields: tuple[str, ...]) -> Side:
    """Numbers the coded rows; a field that is not attacked, or not handed over, has no codes."""
    rows = release.people
    coded = {
        name: rows[column].alias(name)
        if name in fields and (column := f"{CODE_PREFIX}{name}") in rows.columns
        else pl.Series(name, [None] * rows.height, dtype=pl.Binary)
        for name in ("surname", "postcode")
    }
    area, areas = _area_of(rows, release, register)
    sex = _sex(rows, release)
    people = pl.DataFrame([coded["surname"], coded["postcode"], area, sex])
    places = people.drop_nulls(["postcode", "area"]).group_by("postcode")
    where = places.agg(pl.col("area").mode().min())
    names = coded["surname"].drop_nulls().unique().sort()
    units = pl.DataFrame({"postcode": coded["postcode"].drop_nulls().unique().sort()})
    units = units.join(where, on="postcode", how="left", maintain_order="left")
    adults = people.filter(register.may_be_listed(rows))
    return _side(adults, names, units, len(areas))


def listed_side(release: Release, register: NameRegister) -> Side:
    """Numbers the people of a list, and all postcodes of the address file."""
    area, areas = _area_of(register.postcodes, release, register)
    units = register.postcodes.select("postcode", area)
    people = register.frame.join(units, on="postcode", how="left", maintain_order="left")
    sexed = people.with_columns(_sex(people, release))
    return _side(sexed, people["surname"].drop_nulls().unique().sort(), units, len(areas))


def _side(people: pl.DataFrame, names: pl.Series, units: pl.DataFrame, areas: int) -> Side:
    return Side(
        names,
        units["postcode"],
        _numbered(people["surname"], names),
        _numbered(people["postcode"], units["postcode"]),
        people["area"].fill_null(-1).to_numpy(),
        people["sex"].to_numpy(),
        units["area"].fill_null(-1).to_numpy(),
        areas,
    )


def _area_of(
    frame: pl.DataFrame, release: Release, register: NameRegister
) -> tuple[pl.Series, pl.Series]:
    """Gives each row's number of its area (Int64, null where it has none), and all areas."""
    both = set(release.people.columns) & set(register.postcodes.columns)
    column = next((name for name in AREAS if name in both), None)
    if column is None:
        return pl.Series("area", np.zeros(frame.height, np.int64)), pl.Series([0])
    areas = register.postcodes[column].drop_nulls().unique().sort()
    numbers = pl.Series("area", _numbered(frame[column], areas))
    return pl.select(pl.when(numbers >= 0).then(numbers).alias("area")).to_series(), areas


def _sex(frame: pl.DataFrame, release: Release) -> pl.Series:
    if "sex" not in release.people.columns:
        return pl.Series("sex", np.full(frame.height, len(SEXES), np.int64))
    number = dict(zip(SEXES, range(len(SEXES)), strict=True))
    return frame["sex"].replace_strict(number, default=len(SEXES), return_dtype=pl.Int64)


def _numbered(values: pl.Series, distinct: pl.Series) -> NDArray[np.int64]:
    """Gives each value's position among distinct ones; -1 where it is not there."""
    known = pl.DataFrame({"value": distinct}).with_row_index("at")
    found = pl.DataFrame({"value": values}).join(
        known, on="value", how="left", maintain_order="left"
    )
    return found["at"].cast(pl.Int64).fill_null(-1).to_numpy()
