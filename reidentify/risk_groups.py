"""Groups of people: what an attack finds, and whom it wrongly names, in each of them.

An attack that does little on the whole may do much to a few. The groups are declared beforehand:
sex, age, those under 18, ethnic group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.intervals import Interval, wilson
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from reidentify.risk_rows import RiskRow

_CHILD: Final = "0-17"
_THOUSAND: Final = 1_000.0


def rows_of_groups(
    named: pl.DataFrame, at_risk: pl.DataFrame, people: pl.DataFrame, method: str
) -> list[RiskRow]:
    """Counts what was found in each group.

    Args:
        named: `row_id`, `correct` (Boolean): rows that were named or opened, rightly or not. A row
            named rightly once is found; any other that was named is a wrong name.
        at_risk: `row_id`, `person_id`: whom the attack might find.
        people: Truth.people: `person_id`, `sex`, `age_band`, `ethnic_group`.
        method: The attacker and what it holds.

    Returns:
        `found`, out of the group's rows at risk, and `wrong_per_1000` of them, by group.
    """
    once = named.group_by("row_id").agg(pl.col("correct").any())
    known = at_risk.join(people, on="person_id", how="inner").join(once, on="row_id", how="left")
    child = pl.when(pl.col("age_band") == _CHILD).then(pl.lit("yes")).otherwise(pl.lit("no"))
    grouped = known.with_columns(age=pl.col("age_band"), under_18=child)
    made: list[RiskRow] = []
    for kind in ("sex", "under_18", "age", "ethnic_group"):
        counted = grouped.group_by(kind).agg(
            rows=pl.len(),
            right=pl.col("correct").sum().cast(pl.Int64),
            wrong=(~pl.col("correct")).sum().cast(pl.Int64),
        )
        for name, rows, right, wrong in counted.drop_nulls(kind).sort(kind).iter_rows():
            made += _rows(RowMaker(f"{kind}={name}", method), rows, right, wrong)
    return made


def _rows(maker: RowMaker, rows: int, right: int, wrong: int) -> list[RiskRow]:
    reach = wilson(wrong, rows)
    return [
        maker.share("found", right, rows, wilson(right, rows), "of the group"),
        maker.value(
            "wrong_per_1000",
            wrong * _THOUSAND / rows,
            "per 1,000",
            Interval(reach.low * _THOUSAND, reach.high * _THOUSAND),
            f"{wrong:,} rows of the group wrongly named, of {rows:,}",
        ),
    ]
