"""Our lives: births, deaths, spells without a home, and ghosts, in units of docs/validity.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from validity_people import Figures, Run

_MONTH = 30  # days


def life_figures(run: Run) -> Figures:
    """Births and deaths per person-year; the homeless of the last night; people listed by error."""
    world, layout = run.world, run.world.layout
    born = (world.people["date_of_birth"] >= world.spec.start).sum()
    died = world.people["died_on"].count()
    there = np.flatnonzero(~layout.leaves)
    last = np.full(len(there), world.spec.days - 1)
    on_a_night = layout.is_homeless(there, last).sum()
    began = layout.homeless_from[there] < world.spec.days
    in_a_month = (began & (layout.homeless_until[there] > world.spec.days - _MONTH)).sum()
    listed = run.truth.owners("gp_register").join(
        world.people.filter(pl.Series(layout.leaves)), on="person_id", how="semi"
    )
    return {
        "births": (1_000 * born / run.person_years,),
        "deaths": (1_000 * died / run.person_years,),
        "rough-sleepers": (
            100_000 * float(on_a_night) / len(there),
            100_000 * float(in_a_month) / len(there),
        ),
        "list-inflation": (100.0 * listed.height / len(there),),
    }
