"""A draft of invented records in which every error of cells finds somebody to hit."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from simulator import randomness
from simulator.draft import Draft, Sources
from simulator.identifiers import nhs_number
from simulator.issuing import OFFICIAL, number_of
from simulator.local_ids import LOCAL, written

DAY = np.datetime64("2018-01-01")
FIRST_NAMES = ("Robert", "Kate", "Mohammed", "Ahmad", "Steven", "Zoe-Ann", "Catherine", "Dmitri")
SURNAMES = ("Clark", "Smith-Jones", "O'Brien", "Hussain", "Cruz Vega", "McDonald", "Thornley")

STREETS = ("Alderham Road", "Larkford Way", "Upper Birchcombe Crescent")


@cache
def hand_draft(records: int, agency: str = "agency", seed: int = 1) -> Draft:
    """One record a person; couples of a household, one in ten of them twins, one in 25 newborn."""
    row = np.arange(records)
    ids = randomness.combine("hand person", row, 0)
    house = row // 2
    days = 400 + randomness.whole(1, "hand age", ids, 30_000)
    days = np.where(house % 10 == 1, days[house * 2], days)
    days = np.where(row % 25 == 0, 3, days)
    people = pl.DataFrame(
        {
            "person_id": ids,
            "household_id": randomness.combine("hand household", house, 0),
            "date_of_birth": pl.Series(DAY - days).cast(pl.Date),
            "sex": np.where(randomness.happens(1, "hand sex", ids, 0.5), "F", "M"),
            "ethnic_group": np.where(row % 5 == 0, "Asian", "White"),
            "first_name": np.array(FIRST_NAMES)[row % len(FIRST_NAMES)],
            "surname": np.array(SURNAMES)[row % len(SURNAMES)],
            "former_surname": pl.Series(np.where(row % 3 == 0, "Marlow", "")).replace("", None),
            "nhs_number": nhs_number(row * 7),
        }
    )
    homes = pl.DataFrame(
        {
            "uprn": pl.Series(990_000_000_000 + row).cast(pl.UInt64),
            "address": [
                f"{'Flat 2, ' if i % 3 == 0 else ''}{1 + i % 40} {STREETS[i % len(STREETS)]}"
                for i in row.tolist()
            ],
            "postcode": [f"QO{1 + i % 9}{i % 10} {i % 10}BS" for i in row.tolist()],
        }
    )
    columns = {name: people[name] for name in ("first_name", "surname", "date_of_birth", "sex")}
    columns |= {
        "nhs_number": people["nhs_number"].cast(pl.String),
        "address": homes["address"],
        "postcode": homes["postcode"],
        "uprn": homes["uprn"].cast(pl.String),
    }
    for name, number in OFFICIAL.items():
        columns[name] = number_of(name, seed, people if number.of == "person" else homes, row)
    for name in LOCAL:
        columns[name] = written(seed, agency, name, ids)
    return Draft(
        agency=agency,
        seed=seed,
        record_id=randomness.words(seed, f"record of {agency}", ids),
        person=row,
        home=row,
        multiplier=0.2 + 1.6 * randomness.uniform(1, "hand multiplier", ids),
        columns=columns,
        sources=Sources(people, homes, row ^ 1, 2018),
        date=np.full(records, DAY),
        provider=row // 10,
    )
