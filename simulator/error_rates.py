"""Error rates: how often each error was to be expected in each agency, and how often it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from simulator.error_log import TALLY

if TYPE_CHECKING:
    from simulator.truth import Truth


def error_rates(truth: Truth) -> pl.DataFrame:
    """Tables expected and realised rates of recording errors.

    Args:
        truth: The truth about a run.

    Returns:
        Frame `agency`, `error`, `cells` (records that the error could hit: those whose field is not
        blank already), `expected` (hits, the sum of the records' chances), `flagged` (hits),
        `changed` (hits that changed what was written), and the last three out of `cells` as
        `expected_rate`, `realised_rate` and `changed_rate` (null where there are no cells); one row
        for each error of an agency, in the order of agencies by name and of application.
    """
    none = pl.DataFrame(schema={"agency": pl.String, **TALLY})
    tallies = [
        truth.records[name].tallies.select(pl.lit(name).alias("agency"), pl.all())
        for name in sorted(truth.records)
    ]
    cells = pl.when(pl.col("cells") > 0).then("cells")
    return pl.concat([none, *tallies]).with_columns(
        expected_rate=pl.col("expected") / cells,
        realised_rate=pl.col("flagged") / cells,
        changed_rate=pl.col("changed") / cells,
    )
