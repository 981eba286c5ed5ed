"""Our links by a ladder of four steps, as HESID and CUREd take them, in units of docs/validity.md.

The steps are NHS number and date of birth; the provider's own number and date of birth; name, sex,
date of birth and postcode; sex, date of birth and postcode. A step is climbed where both datasets
record its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from validity_people import Figures, Run, share
from validity_records import HUB, outcomes

from linkage.cascade_plan import MatchKeys, ladder
from linkage.intervals import clustered_log_ratio
from linkage.record_links import link_records

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.schema import Dataset

# The provider's own number of a patient. No dataset of Kent records it, so that the second step
# waits for agencies that do: it is climbed as soon as hub and agency both have the field.
LOCAL_ID = "local_id"
FOUR_STEPS: MatchKeys = (
    ("nhs_number", "date_of_birth"),
    (LOCAL_ID, "date_of_birth"),
    ("first_name", "surname", "sex", "date_of_birth", "postcode"),
    ("sex", "date_of_birth", "postcode"),
)
_MINORITIES = ("Asian", "Black", "Mixed", "Other")
_ADULT = 18


def steps_between(hub: Dataset, agency: Dataset) -> MatchKeys:
    """The steps whose fields both record."""
    both = set(hub.frame.columns) & set(agency.frame.columns)
    return tuple(step for step in FOUR_STEPS if set(step) <= both)


def climbed(run: Run, agency: str) -> pl.DataFrame:
    """Each record of an agency, and whether its link to the hub is there, missed or false."""
    hub, records = run.datasets[HUB], run.datasets[agency]
    plan = ladder(steps_between(hub, records))
    return outcomes(run, agency, link_records(hub, records, plan, "four steps", 1))


def _rates(frame: pl.DataFrame) -> tuple[float, float]:
    """Missed out of records of registered people, and false out of links, in per cent."""
    missed = frame.filter(pl.col("right_hub").is_not_null())["missed"]
    return share(missed), share(frame.filter(pl.col("linked").is_not_null())["false"])


def _trials(frame: pl.DataFrame, group: pl.Expr) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether each record of registered people of a group is missed, and whose it is."""
    asked = frame.filter(group, pl.col("right_hub").is_not_null())
    person = asked["person_id"].rank("dense").cast(pl.Int64).to_numpy()
    return asked["missed"].to_numpy(), person


def _missed_ratios(frame: pl.DataFrame) -> tuple[float, ...]:
    """Logarithm and standard error of each ratio of missed shares, clustered by person."""
    contrasts = (
        (pl.col("ethnic_group").is_in(_MINORITIES), pl.col("ethnic_group") == "White"),
        (pl.col("deprivation_fifth") == 1, pl.col("deprivation_fifth") == 5),
    )
    found = [clustered_log_ratio(_trials(frame, a), _trials(frame, b)) for a, b in contrasts]
    return tuple(number for ratio in found for number in ratio)


def ladder_figures(run: Run) -> Figures:
    """Section 7, by four steps."""
    admissions, emergency = climbed(run, "admissions"), climbed(run, "a_and_e")
    parts = (admissions.filter(pl.col("age") < _ADULT), admissions)
    missed, false = zip(*map(_rates, parts), strict=True)
    return {
        "l-missed": missed,
        "l-false": false,
        "l-missed-ratios": _missed_ratios(admissions),
        "l-missed-ratios-ae": _missed_ratios(emergency),
    }
