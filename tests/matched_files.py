"""Two small files in tests: people who are written well, and one for each way to lose a pair."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from linkage.known import Known
from linkage.match_plan import MatchPlan
from linkage.matcher import match
from simulator import randomness

if TYPE_CHECKING:
    from linkage.matched import Matched

COLUMNS = ("first_name", "surname", "date_of_birth", "postcode")
GOOD = 600  # people who are written alike in both files; they stand first, in one order

# Row by row: a right record of the person of the left record at the same place, from GOOD on.
LEFT_ODD = (
    ("Aaron", "Abbot", "1950-01-01", "CT1 1AA"),  # no rule makes the pair
    ("Beth", "Bright", "1951-02-02", "CT1 1AB"),  # too little is the same
    ("Carl", "Carver", "1952-03-03", "CT1 1AC"),  # a copy of it on the right is linked in its place
)
RIGHT_ODD = (
    ("Aron", "Abbott", "1950-01-10", "ZZ9 9ZZ"),
    ("Beth", "Wood", "1961-12-22", "CT1 1AB"),
    ("Karl", "Carver", "1952-03-03", "CT1 1AC"),
    ("Carl", "Carver", "1952-03-03", "CT1 1AC"),  # somebody else, who looks the same
)


class Files(NamedTuple):
    """Two files, the truth about them, and how they are matched."""

    left: pl.DataFrame
    right: pl.DataFrame
    known: Known
    plan: MatchPlan


def plan(**changes: object) -> MatchPlan:
    """Two rules on names, date of birth and postcode."""
    given = {
        "blocking": [["surname", "date_of_birth"], ["first_name", "postcode"]],
        "comparisons": [
            {"column": "first_name", "kind": "name", "levels": ["exact", "jaro_winkler>=0.85"]},
            {"column": "surname", "kind": "name", "levels": ["exact", "jaro_winkler>=0.9"]},
            {"column": "date_of_birth", "kind": "date", "levels": ["exact", "two_parts_of_date"]},
            {"column": "postcode", "kind": "postcode", "levels": ["exact", "district"]},
        ],
        "deterministic": [["first_name", "surname", "date_of_birth"]],
        "random_pairs": 20_000,
    }
    return MatchPlan.model_validate(given | changes)


def people(count: int) -> list[tuple[str, str, str, str]]:
    """People whose names and dates are mostly their own."""
    ids = np.arange(count)
    born = np.datetime64("1940-01-01") + randomness.whole(1, "born", ids, 20_000)
    first = randomness.whole(1, "first", ids, 40)
    last = randomness.whole(1, "last", ids, 90)
    home = randomness.whole(1, "home", ids, 200)
    return [
        (
            f"F{chr(97 + one % 26)}{'lmno'[one % 4]}{one}".strip("0123456789"),
            f"S{chr(97 + two % 26)}r{chr(97 + two // 4)}ow",
            str(day),
            f"ME{three % 9 + 1} {three // 9 % 9 + 1}{chr(65 + three % 8)}B",
        )
        for one, two, day, three in zip(first, last, born, home, strict=True)
    ]


@cache
def files(**changes: str) -> Files:
    """The files; `changes` are settings of the plan that are text."""
    good = people(GOOD)
    left = pl.DataFrame([*good, *LEFT_ODD], schema=COLUMNS, orient="row")
    # A tenth of the good ones move and a tenth change a letter: there is something to learn.
    ids = np.arange(GOOD)
    moved = randomness.happens(1, "moves", ids, 0.1)
    slip = randomness.happens(1, "slips", ids, 0.1)
    other = [
        (first, last + "s" * bool(s), born, "ME9 9ZZ" if m else home)
        for (first, last, born, home), m, s in zip(good, moved, slip, strict=True)
    ]
    right = pl.DataFrame([*other, *RIGHT_ODD], schema=COLUMNS, orient="row")
    pairs = np.arange(GOOD + len(LEFT_ODD), dtype=np.int32)
    return Files(left, right, Known(pairs, pairs), plan(**changes))


@cache
def matched(**changes: str) -> Matched:
    """The files, matched."""
    given = files(**changes)
    return match(given.left, given.right, given.plan)
