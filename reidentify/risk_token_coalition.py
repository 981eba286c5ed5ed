"""Risk of a split file: who together sees whom. Reads the Truth.

A piece of content is opened if it hangs together with a name. The name is right if the record that
it stands on is about the person whose content it is; a record that was resolved to somebody else
gives a wrong name. A linking field opens all content of a person at once, so ranges of chance count
people, not pieces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from linkage.intervals import Interval, wilson
from reidentify.adversaries.token_coalition import only_more
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reidentify.adversaries.token_coalition import Opened
    from reidentify.risk_rows import RiskRow

_PAIR: Final = 2
_THOUSAND: Final = 1_000.0


class Counted(NamedTuple):
    """What a coalition opened, counted.

    Attributes:
        parties: Who acts together.
        right: Pieces of content opened under the right name.
        wrong: Under a wrong one.
        held: Pieces of others' content in its tables.
        people_right: People of whom a piece is opened under the right name.
        people_wrong: People of whom a piece is opened under a wrong one.
        people: People of whom it holds content.
    """

    parties: tuple[str, ...]
    right: int
    wrong: int
    held: int
    people_right: int
    people_wrong: int
    people: int


class ByAttributes(NamedTuple):
    """What two parties open by laying attributes beside rows, without tokens.

    Attributes:
        parties: The two.
        compared: What is compared, in words.
        right: Rows named rightly; each is one person's.
        wrong: Rows named wrongly.
        rows: All rows.
    """

    parties: tuple[str, str]
    compared: str
    right: int
    wrong: int
    rows: int


def count_opened(opened: Opened, owners: pl.DataFrame) -> Counted:
    """Counts what a coalition opened, rightly and wrongly.

    Args:
        opened: What it opened.
        owners: `dataset` (String), `id`, `person_id` (UInt64): whom each record, and each row of
            the release, is about; null for nobody's.
    """
    held = opened.held.join(owners, on=["dataset", "id"], how="left")
    people = held["person_id"].drop_nulls().n_unique()
    if opened.content.is_empty():
        return Counted(opened.parties, 0, 0, held.height, 0, 0, people)
    about = opened.content.join(owners, on=["dataset", "id"], how="left")
    named = owners.rename({"dataset": "named", "id": "name", "person_id": "meant"})
    both = about.join(named, on=["named", "name"], how="left")
    is_right = (pl.col("person_id") == pl.col("meant")).fill_null(value=False)
    right, wrong = both.filter(is_right), both.filter(~is_right)
    found, misnamed = (f["person_id"].drop_nulls().n_unique() for f in (right, wrong))
    pieces = (right.height, wrong.height, held.height)
    return Counted(opened.parties, *pieces, found, misnamed, people)


def score_coalitions(
    counted: Iterable[Counted], by_attributes: ByAttributes, method: str
) -> list[RiskRow]:
    """Scores every coalition by tokens alone, and one pair by attributes.

    Args:
        counted: What each coalition opened, smaller ones first.
        by_attributes: What one pair opens without tokens.
        method: What is tried.

    Returns:
        For each one alone, each two that hold content of others, and each larger coalition that
        opens more than its parts: `opened` and `opened_wrongly` out of that content. Then the pair
        by attributes, out of rows. Then `coalition_size`, `found` and `wrong_per_1000` of the
        smallest that opens anything, out of the people of whom it holds content; where none opens
        anything, of the one that holds content of most people.
    """
    every = list(counted)
    more = only_more({each.parties: each.right + each.wrong for each in every})
    rows: list[RiskRow] = []
    for each in every:
        is_told = len(each.parties) == 1 or (len(each.parties) == _PAIR and each.held)
        if is_told or each.parties in more:
            rows += _rows(RowMaker(f"coalition={' + '.join(each.parties)}", method), each)
    rows += _by_attributes(by_attributes, method)
    return [*rows, *_smallest(every, method)]


def _rows(maker: RowMaker, counted: Counted) -> list[RiskRow]:
    """Writes what one coalition opens, and what of it under somebody else's name."""
    held, people = counted.held, counted.people
    return [
        maker.share(measure, count, held, _of_people(count, held, people), _CLUSTERED)
        for measure, count in (
            ("opened", counted.right + counted.wrong),
            ("opened_wrongly", counted.wrong),
        )
    ]


_CLUSTERED: Final = "pieces of content; the range of chance is that of as many people"


def _of_people(count: int, held: int, people: int) -> Interval[float]:
    """Gives the range of a share of pieces as wide as that of the people whose they are."""
    return wilson(people * count / held if held else 0.0, people)


def _by_attributes(found: ByAttributes, method: str) -> list[RiskRow]:
    """Writes what a pair opens without tokens."""
    said = f"{method}; here by {found.compared}, where one row and one person fit"
    maker = RowMaker(f"coalition={' + '.join(found.parties)}, by attributes", said)
    opened = found.right + found.wrong
    return [
        maker.share("opened", opened, found.rows, wilson(opened, found.rows)),
        maker.share("opened_wrongly", found.wrong, found.rows, wilson(found.wrong, found.rows)),
    ]


def _smallest(every: list[Counted], method: str) -> list[RiskRow]:
    """Writes whom the smallest coalition that opens anything opens; of several the best."""
    opens = [each for each in every if each.right + each.wrong]
    least = min((len(each.parties) for each in opens), default=0)
    smallest = [each for each in opens if len(each.parties) == least]
    named = " or ".join(" + ".join(each.parties) for each in smallest)
    maker = RowMaker("all", f"{method}; smallest that opens anything: {named or 'none'}")
    best = max(smallest or every, key=lambda each: (each.people_right, each.people))
    people = best.people
    note = f"people of whom {' + '.join(best.parties)} hold content"
    low, high = wilson(best.people_wrong, people)
    wrong = best.people_wrong * _THOUSAND / people if people else float("nan")
    return [
        maker.number("coalition_size", least),
        maker.share("found", best.people_right, people, wilson(best.people_right, people), note),
        maker.value(
            "wrong_per_1000",
            wrong,
            "per 1,000",
            Interval(low * _THOUSAND, high * _THOUSAND),
            "people of whom content is opened under somebody else's name",
        ),
    ]
