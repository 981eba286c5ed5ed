"""A linkage task of any size: two files of invented people, and the truth about them apart.

Run `python benchmarks/linkage_task.py --people 100000 --out DIR [--seed 1]` with linkassay
installed. Written are DIR/left.parquet and right.parquet (id, first_name, surname, dob, sex,
postcode, nhs_number) and truth.parquet (left_id, right_id). Each file holds 80 % of the people,
drawn apart. Households share a home and mostly a surname, and some hold twins. Records of the right
file carry errors at the rates of ERRORS, drawn apart from each other.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from simulator.identifiers import nhs_number
from simulator.names import first_names, surnames
from simulator.randomness import choose, gamma, happens, order, sample, uniform, whole, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

KEPT: Final = 0.8  # share of people that each file holds
HOUSEHOLDS: Final = (0.29, 0.35, 0.16, 0.13, 0.05, 0.02)  # of one, two, ... people
SAME_SURNAME: Final = 0.8
DOUBLE: Final = 0.1  # share of homes with a double name
TWINS: Final = 0.006
HOMES_A_POSTCODE: Final = 15
LETTERS: Final = "abdefghjlnpqrstuwxyz"
TODAY: Final = 19_723  # 1 January 2024, in days since 1970

# Reads as a table: error of a right record, share of records that have it; our choice.
ERRORS: Final = {
    "first_name mistyped": 0.035,
    "first_name initial": 0.010,
    "first_name missing": 0.008,
    "surname mistyped": 0.035,
    "surname changed": 0.020,
    "dob swapped": 0.020,
    "dob year": 0.015,
    "postcode moved": 0.080,
    "postcode mistyped": 0.010,
    "postcode missing": 0.015,
    "sex wrong": 0.004,
    "nhs_number missing": 0.100,
    "nhs_number another's": 0.003,
}


def people(count: int, seed: int) -> pl.DataFrame:
    """Invents people: a row each, every column text."""
    home = _homes(count, seed)
    who = np.arange(count)
    homes = np.arange(home[-1] + 1)
    pool = surnames("British")
    names = pl.Series(pool.names).str.to_lowercase()
    of_home = names.gather(choose(seed, "surname", homes, pool.weights))
    second = names.gather(choose(seed, "second", homes, pool.weights))
    is_double = pl.Series(happens(seed, "double", homes, DOUBLE))
    of_home = (of_home + "-" + second).zip_with(is_double, of_home)
    own = names.gather(choose(seed, "own surname", who, pool.weights))
    shares = pl.Series(happens(seed, "shares surname", who, SAME_SURNAME))
    sex = whole(seed, "sex", who, 2)
    age = np.minimum(gamma(seed, "age", who, 3.2) * 13.5, 104) * 365.25
    born = TODAY - age.astype(np.int64)
    twin = np.flatnonzero((home[1:] == home[:-1]) & happens(seed, "twin", who[1:], TWINS)) + 1
    born[twin] = born[twin - 1]
    return pl.DataFrame(
        {
            "first_name": _first_names(seed, who, sex, born),
            "surname": of_home.gather(home).zip_with(shares, own),
            "dob": pl.Series(born.astype(np.int32)).cast(pl.Date).cast(pl.String),
            "sex": pl.Series(["m", "f"]).gather(sex),
            "postcode": _postcodes(_postcode_of(homes, seed)).gather(home),
            "nhs_number": pl.Series(nhs_number(words_below(seed, count))).cast(pl.String),
        }
    )


def words_below(seed: int, count: int) -> NDArray[np.int64]:
    """Distinct ranks of NHS numbers in random order, from the first ninth of the block up."""
    return order(seed, "numbers", np.arange(count)) * 9 + 1_000


def with_errors(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Puts the errors of ERRORS into a file."""
    rows = np.arange(frame.height)
    column = {name: frame[name] for name in frame.columns}
    pool = surnames("British")
    names = pl.Series(pool.names).str.to_lowercase()
    homes = frame.height // 3 + 1
    for error, share in ERRORS.items():
        name, what = error.split(" ")
        at = np.flatnonzero(happens(seed, error, rows, share))
        given = column[name].gather(at)
        if what == "mistyped":
            new = _mistyped(given, seed, error)
        elif what == "initial":
            new = given.str.slice(0, 1)
        elif what == "changed":
            new = names.gather(choose(seed, "new surname", at, pool.weights))
        elif what == "swapped":
            swapped = given.str.replace(r"-(\d\d)-(\d\d)$", "-$2-$1")
            new = swapped.zip_with(given.str.slice(8, 2).cast(pl.Int32) <= 12, given)
        elif what == "year":
            years = pl.Series([-10, -1, 1, 10]).gather(whole(seed, "years", at, 4))
            new = (given.str.slice(0, 4).cast(pl.Int64) + years).cast(pl.String)
            new = new + given.str.slice(4)
        elif what == "moved":
            new = _postcodes(_postcode_of(whole(seed, "new home", at, homes), seed))
        elif what == "wrong":
            new = given.replace({"m": "f", "f": "m"})
        elif what == "another's":
            new = given.gather(order(seed, "numbers mixed", at))
        else:
            new = pl.Series([None] * len(at), dtype=pl.String)
        column[name] = column[name].scatter(at, new)
    return pl.DataFrame(column)


def task(count: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Makes left, right and the true pairs."""
    whole_frame = people(count, seed)
    size = int(count * KEPT)
    who = np.arange(count)
    ours, theirs = (sample(seed, f"in {side}", who, size) for side in ("left", "right"))
    left = whole_frame[ours]
    right = with_errors(whole_frame[theirs], seed)
    both = pl.DataFrame({"who": ours, "left_id": np.arange(size)}).join(
        pl.DataFrame({"who": theirs, "right_id": np.arange(size)}), on="who"
    )
    ids = pl.Series("id", np.arange(size))
    return (
        left.insert_column(0, ids),
        right.insert_column(0, ids),
        both.select("left_id", "right_id").sort("left_id"),
    )


def _homes(count: int, seed: int) -> NDArray[np.int64]:
    """Numbers each person's home, people of one home beside each other."""
    sizes = choose(seed, "household", np.arange(count), HOUSEHOLDS) + 1
    return np.repeat(np.arange(count), sizes)[:count]


def _first_names(
    seed: int, who: NDArray[np.int64], sex: NDArray[np.int64], born: NDArray[np.int64]
) -> pl.Series:
    """Draws first names of the decade of birth."""
    decade = (1970 + born / 365.25).astype(np.int64) // 10 * 10
    drawn = pl.Series([None] * len(who), dtype=pl.String)
    for ten in np.unique(decade):
        for place, letter in enumerate("MF"):
            at = np.flatnonzero((decade == ten) & (sex == place))
            pool = first_names("British", letter, int(ten))
            names = pl.Series(pool.names).str.to_lowercase()
            drawn = drawn.scatter(at, names.gather(choose(seed, "first", who[at], pool.weights)))
    return drawn


def _postcode_of(homes: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Numbers the postcode of each home; homes beside each other share one."""
    return words(seed, "postcode", homes // HOMES_A_POSTCODE).astype(np.int64) % (107 * 4_000)


def _postcodes(numbers: NDArray[np.int64]) -> pl.Series:
    areas = [f"{a}{i}" for a, k in (("zq", 40), ("xq", 67)) for i in range(1, k + 1)]
    letters = pl.Series(list(LETTERS))
    sector = pl.Series(numbers // 400 % 10).cast(pl.String)
    inward = sector + letters.gather(numbers // 20 % 20) + letters.gather(numbers % 20)
    return pl.Series(areas).gather(numbers // 4_000) + inward


def _mistyped(given: pl.Series, seed: int, error: str) -> pl.Series:
    """Swaps, drops, adds or changes a letter of each value."""
    rows = np.arange(len(given))
    place = uniform(seed, f"{error} place", rows)
    kind = whole(seed, f"{error} kind", rows, 4)
    letter = whole(seed, f"{error} letter", rows, 26)
    return pl.Series(
        [
            text and _one_slip(text, int(at * max(len(text) - 1, 1)), slip, chr(97 + sign))
            for text, at, slip, sign in zip(given, place, kind, letter, strict=True)
        ],
        dtype=pl.String,
    )


def _one_slip(text: str, at: int, kind: int, letter: str) -> str:
    before, here, after = text[:at], text[at : at + 1], text[at + 1 :]
    return (
        before + after[:1] + here + after[1:],
        (before + after) or text,
        before + letter + here + after,
        before + letter + after,
    )[kind]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path())
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, made in zip(("left", "right", "truth"), task(asked.people, asked.seed), strict=True):
        made.write_parquet(asked.out / f"{name}.parquet")
        print(f"{name}: {made.height:,} rows")
