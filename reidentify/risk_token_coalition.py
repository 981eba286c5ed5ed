"""Risk of a split file: who together sees whom. Reads the Truth.

A piece of content is opened if it hangs together with a name. The name is right if the record that
it stands on is about the person whose content it is; a record that was resolved to somebody else
gives a wrong name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from linkage.intervals import Interval, wilson
from reidentify.adversaries.token_coalition import only_more
from reidentify.risk_rows import RowMaker

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from reidentify.adversaries.token_coalition import Opened
    from reidentify.risk_rows import RiskRow

_PAIR: Final = 2


class Counted(NamedTuple):
    """What a coalition opened, counted.

    Attributes:
        parties: Who acts together.
        right: Pieces of content opened under the right name.
        wrong: Under a wrong one.
        held: Pieces of others' content in its tables.
    """

    parties: tuple[str, ...]
    right: int
    wrong: int
    held: int


def count_opened(opened: Opened, owners: pl.DataFrame) -> Counted:
    """Counts what a coalition opened, rightly and wrongly.

    Args:
        opened: What it opened.
        owners: `dataset` (String), `id`, `person_id` (UInt64): whom each record, and each row of
            the release, is about; null for nobody's.
    """
    if opened.content.is_empty():
        return Counted(opened.parties, 0, 0, opened.held)
    about = opened.content.join(owners, on=["dataset", "id"], how="left")
    named = owners.rename({"dataset": "named", "id": "name", "person_id": "meant"})
    both = about.join(named, on=["named", "name"], how="left")
    right = int((both["person_id"] == both["meant"]).fill_null(value=False).sum())
    return Counted(opened.parties, right, both.height - right, opened.held)


def score_coalitions(
    counted: Iterable[Counted],
    by_attributes: tuple[int, int, int],
    pair: tuple[str, str],
    people: int,
    method: str,
) -> list[RiskRow]:
    """Scores every coalition by tokens alone, and one pair by attributes.

    Args:
        counted: What each coalition opened, smaller ones first.
        by_attributes: Of the pair that lays attributes beside rows: rows named rightly, wrongly,
            and all rows.
        pair: Which two parties these are.
        people: People at risk: rows of the release.
        method: What is tried.

    Returns:
        For each one alone, each two that hold content of others, and each larger coalition that
        opens more than its parts: `opened` and `opened_wrongly` out of that content. Then the pair
        by attributes. Then `coalition_size`, `found` and `wrong_per_1000` of the smallest that
        opens anything.
    """
    every = list(counted)
    more = only_more({each.parties: each.right + each.wrong for each in every})
    rows: list[RiskRow] = []
    for each in every:
        is_told = len(each.parties) == 1 or (len(each.parties) == _PAIR and each.held)
        if is_told or each.parties in more:
            rows += _rows(RowMaker(f"coalition={' + '.join(each.parties)}", method), each)
    right, wrong, out_of = by_attributes
    note = f"{method}; here by week of birth, sex and small area, where one row and one person fit"
    rows += _rows(
        RowMaker(f"coalition={' + '.join(pair)}, by attributes", note),
        Counted(pair, right, wrong, out_of),
    )
    opens = [each for each in every if each.right + each.wrong]
    least = min((len(each.parties) for each in opens), default=0)
    smallest = [each for each in opens if len(each.parties) == least]
    best = max(smallest, key=lambda each: each.right / each.held, default=_NOTHING)
    named = " or ".join(" + ".join(each.parties) for each in smallest)
    maker = RowMaker("all", f"{method}; smallest that opens anything: {named or 'none'}")
    found = wilson(best.right, best.held)
    note = f"of the content of others that {' + '.join(best.parties) or 'they'} hold"
    return [
        *rows,
        maker.number("coalition_size", least),
        maker.share("found", best.right, best.held, found, note),
        _wrong_names(maker, best),
        maker.number("people_at_risk", people),
    ]


def _wrong_names(maker: RowMaker, best: Counted) -> RiskRow:
    """Gives pieces of content opened under somebody else's name, per 1,000 that are held."""
    low, high = wilson(best.wrong, best.held)
    value = best.wrong * _THOUSAND / best.held if best.held else float("nan")
    reach = Interval(low * _THOUSAND, high * _THOUSAND)
    return maker.value("wrong_per_1000", value, "per 1,000", reach, "of content, not of people")


_THOUSAND: Final = 1_000.0
_NOTHING: Final = Counted((), 0, 0, 0)


def _rows(maker: RowMaker, counted: Counted) -> list[RiskRow]:
    """Writes what one coalition opens, and what of it under somebody else's name."""
    opened, wrong, held = counted.right + counted.wrong, counted.wrong, counted.held
    return [
        maker.share("opened", opened, held, wilson(opened, held)),
        maker.share("opened_wrongly", wrong, held, wilson(wrong, held)),
    ]
