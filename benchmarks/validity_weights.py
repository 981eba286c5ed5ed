"""m and u as matching learns them without the truth, beside those that the truth gives.

Two NHS systems, as in CRATE's study: a record of each person in A&E and one in admissions, matched
by the shipped plan `people-tight`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from validity_people import Figures, Run, share
from validity_records import first_record

from linkage.matcher import match
from scenarios.plan_files import load_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = {
    "w-forename": "first_name",
    "w-surname": "surname",
    "w-dob": "date_of_birth",
    "w-sex": "sex",
    "w-postcode": "postcode",
}


def weight_figures(run: Run) -> Figures:
    """By column, in per cent of exact agreement: m by the truth, m learnt and u learnt."""
    one, two = (
        first_record(run, agency).sort("record_id").with_columns(pl.col("date_of_birth").cast(str))
        for agency in ("a_and_e", "admissions")
    )
    levels = match(one, two, load_plan("people-tight")).levels.filter(level="exact")
    learnt = {column: (m, u) for column, _, m, u, _ in levels.iter_rows()}
    both = one.join(two, on="person_id", suffix="_2")

    def rows() -> Iterator[tuple[str, tuple[float, ...]]]:
        for row, column in _ROWS.items():
            m, u = learnt[column]
            known = both.drop_nulls([column, f"{column}_2"])
            yield row, (share(known[column] == known[f"{column}_2"]), 100 * m, 100 * u)

    return dict(rows())
