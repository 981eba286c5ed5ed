"""Truth: which person and which home each record is about, and what was recorded wrongly.

Truth is a value of its own. It is never a column of a Dataset or of a Release, and only the modules
that score (see the boundary tests) may name it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from simulator.error_log import CELLS, TALLY

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class RecordTruth:
    """The truth about one dataset.

    Attributes:
        owners: Frame `record_id` (UInt64), `person_id` (UInt64, null for records about a home
            alone), `home_id` (UInt64, where the person lived at the time, or the home) and `date`
            (Date, the day that the record is about), one row a record, ordered by `record_id`.
        errors: Frame `record_id` (UInt64), `error` (String, name in the error catalogue), one row
            for each error that made a cell other than it should be, ordered by `record_id`, then
            `error`.
        cells: Frame `record_id`, `error`, `field` (String) and `changed` (Boolean), one row for
            each cell that an error of the catalogue hit, whether or not it then changed; ordered by
            the first three. Errors that change which records there are have `record_id` as field,
            and a merged record keeps as owner the person of whom most of it is.
        tallies: Frame `error`, `cells` (Int64, records that it could hit), `expected` (Float64,
            sum of their chances), `flagged` and `changed` (Int64), one row an error that the
            agency makes, in the order of application.
    """

    owners: pl.DataFrame = field(repr=False)
    errors: pl.DataFrame = field(repr=False)
    cells: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CELLS), repr=False)
    tallies: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TALLY), repr=False)


@dataclass(frozen=True)
class Truth:
    """The truth about a run.

    Attributes:
        records: Truth about each dataset, by its name.
        people: Frame `person_id` (UInt64), `sex`, `age_band`, `ethnic_group` (String) and
            `deprivation_fifth` (String), one row a person, ordered by `person_id`: the groups for
            whom figures are reported.
        residences: Frame `person_id`, `home_id` (UInt64), `since` and `until` (Date; the person
            lived there from `since` up to the day before `until`), ordered by both ids.
    """

    records: Mapping[str, RecordTruth]
    people: pl.DataFrame = field(repr=False)
    residences: pl.DataFrame = field(repr=False)

    def owners(self, dataset: str) -> pl.DataFrame:
        """Returns the owners of a dataset's records (see RecordTruth)."""
        return self.records[dataset].owners
