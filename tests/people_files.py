"""Two small files of invented people in tests: the same people, headed and written differently."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator.identifiers import nhs_number
from simulator.randomness import uniform, whole

if TYPE_CHECKING:
    from pathlib import Path

FIRST = ("Ada", "Bert", "Cora", "Dan", "Edna", "Fred", "Gina", "Hal", "Ines", "Jack", "Kay", "Leo")
LAST = (
    "Archer", "Baker", "Carter", "Dyer", "Eden", "Fisher", "Glover", "Hooper", "Ingram", "Judd",
    "Kemp", "Lister", "Mason", "Nash", "Osborn", "Potter", "Quick", "Reeve", "Sadler", "Tanner",
)  # fmt: skip


def people(count: int, seed: int = 1) -> pl.DataFrame:
    """Invented people: id, names, date of birth, sex, postcode and NHS number, as text."""
    who = np.arange(count)

    def one_of(name: str, values: tuple[str, ...]) -> list[str]:
        return [values[place] for place in whole(seed, name, who, len(values))]

    born = whole(seed, "born", who, 30_000)
    place = whole(seed, "home", who, max(count // 3, 1))
    both = zip(one_of("l", LAST), one_of("m", LAST), strict=True)
    return pl.DataFrame(
        {
            "id": [f"p{each}" for each in who],
            "first_name": one_of("first", FIRST),
            "surname": [a + b.lower() for a, b in both],
            "date_of_birth": [(date(1930, 1, 1) + timedelta(int(d))).isoformat() for d in born],
            "sex": one_of("sex", ("F", "M")),
            "postcode": [_postcode(int(each)) for each in place],
            "nhs_number": [str(number) for number in nhs_number(who + 1000)],
        }
    )


def _postcode(home: int) -> str:
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return f"ZQ{home % 40 + 1} {home // 40 % 10}{letters[home // 400 % 20]}{letters[home % 20]}"


def other_file(frame: pl.DataFrame, seed: int = 1) -> pl.DataFrame:
    """The same people under other headings, dates as DD/MM/YYYY, a tenth of numbers missing."""
    lacks = pl.Series(uniform(seed, "lacks", np.arange(frame.height)) < 0.1)
    day = pl.col("date_of_birth").str.to_date().dt.strftime("%d/%m/%Y")
    return frame.select(
        pl.col("id").str.replace("p", "q").alias("Record ID"),
        pl.col("surname").str.to_uppercase().alias("Family Name"),
        pl.col("first_name").alias("Forename"),
        day.alias("DOB"),
        pl.col("sex").alias("Gender"),
        pl.col("postcode").str.replace(" ", "").str.to_lowercase().alias("Post Code"),
        frame["nhs_number"].set(lacks, None).alias("NHS No"),
    ).sort("Record ID", descending=True)


def write_files(at: Path, everybody: pl.DataFrame) -> None:
    """Writes people as left.csv, their other file as right.parquet, and the pairs as truth.csv."""
    everybody.write_csv(at / "left.csv")
    other_file(everybody).write_parquet(at / "right.parquet")
    ids = everybody["id"]
    truth = pl.DataFrame({"left_id": ids, "right_id": ids.str.replace("p", "q")})
    truth.write_csv(at / "truth.csv")
