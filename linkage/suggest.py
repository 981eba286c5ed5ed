"""A suggested plan: how two files could be matched, judged by their columns alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.aligned import align
from linkage.levels import levels_of
from linkage.match_plan import MOST_PATTERNS, Comparison, MatchPlan
from linkage.roles import ROLES
from linkage.rule_choice import choose_rules
from linkage.true_pairs import share_agreeing
from simulator.settings import Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.column_pairs import ColumnPair

_SPARED_FIRST: Final = (
    "any_part",
    "same_year",
    "area",
    "osa<=2",
    "parts",
    "initial",
    "nickname",
    "district",
    "jaro_winkler>=0.88",
    "two_parts_of_date",
    "jaro_winkler>=0.8",
)
_REPEATED: Final = 0.02  # share of a file's records beyond which it holds people more than once
_DETERMINISTIC: Final = ("first_name", "surname", "date_of_birth")
_KEYS: Final = ("nhs_number", "national_id")
_LARGEST_BLOCK: Final = int(MatchPlan.model_fields["largest_block"].default)


@dataclass(frozen=True)
class Suggestion:
    """A plan, and what it rests on.

    Attributes:
        plan: The plan; its columns are those of the left file.
        columns: The columns that are compared, as they are paired.
        left_out: Columns that are paired but not compared, with the reason.
        pairs: Estimated pairs of each blocking rule.
        reached: Assumed share of true pairs that agree on at least one rule.
    """

    plan: MatchPlan
    columns: tuple[ColumnPair, ...]
    left_out: tuple[tuple[str, str], ...]
    pairs: tuple[int, ...]
    reached: float


def suggest(
    left: pl.DataFrame, right: pl.DataFrame | None, pairs: Sequence[ColumnPair]
) -> Suggestion:
    """Suggest a plan.

    Args:
        left: Records, every column String, null where a value is missing.
        right: The other file; null to find duplicates in one.
        pairs: Its paired columns, from `pair_columns`; at least one.

    Returns:
        The plan and what it rests on. It depends on the files alone: no chance, no truth.
    """
    left_out = _left_out(pairs)
    columns = tuple(each for each in pairs if each.name not in left_out)
    if not columns:
        columns, left_out = tuple(pairs), {}
    aligned = align(left, right, columns)
    ours = _comparable(aligned.left, columns)
    theirs = None if aligned.right is None else _comparable(aligned.right, columns)
    choice = choose_rules(ours, theirs, columns, _LARGEST_BLOCK)
    deterministic = _deterministic(columns, choice.rules)
    found = round(share_agreeing(deterministic, columns), 2)
    repeated = right is None or any(_repeats(each, columns) for each in (ours, theirs))
    plan = MatchPlan(
        blocking=choice.rules,
        comparisons=_few_enough(tuple(_comparison(each, columns) for each in columns)),
        deterministic=deterministic,
        deterministic_recall=Share(
            value=min(max(found, 0.05), 0.99),
            evidence="assumed",
            source="from the errors that are usual in such columns; our choice",
        ),
        one_to_one="none" if repeated else "greedy",
    )
    return Suggestion(plan, columns, tuple(left_out.items()), choice.pairs, choice.reached)


def _left_out(pairs: Sequence[ColumnPair]) -> dict[str, str]:
    """Say which paired columns add nothing to others, or say nothing of a person."""
    roles = {each.role for each in pairs}
    people = roles - {"other", "region"}
    out = {}
    for each in pairs:
        if each.role == "region" and roles & {"postcode", "town"}:
            out[each.name] = "postcode or town tell it already"
        elif each.role == "other" and len(people) >= len(_DETERMINISTIC):
            out[each.name] = "it is not known what it says about a person"
        elif each.role == "full_name" and {"first_name", "surname"} <= roles:
            out[each.name] = "first name and surname tell it already"
    return out


def _comparison(column: ColumnPair, columns: Sequence[ColumnPair]) -> Comparison:
    role = ROLES[column.role]
    swapped = (each.name for each in columns if each.role == _SWAPPED.get(column.role))
    own = role.levels if role.levels and column.kind == role.kind else ()
    levels = own or (_EDITED if column.kind == "text" and role.kind != "text" else ())
    return Comparison(
        column=column.name,
        kind=column.kind,
        levels=levels or levels_of(column.kind),
        swapped_with=next(swapped, ""),
        term_frequency=role.term_frequency,
    )


_EDITED: Final = ("exact", "osa<=1", "osa<=2")
_SWAPPED: Final = {"first_name": "surname", "address": "address_2"}


def _few_enough(comparisons: tuple[Comparison, ...]) -> tuple[Comparison, ...]:
    """Cut the least telling levels, and then comparisons, until patterns of agreement are few."""
    kept = comparisons
    for level in _SPARED_FIRST:
        if prod(each.outcomes for each in kept) <= MOST_PATTERNS:
            break
        kept = tuple(
            each.model_copy(update={"levels": tuple(one for one in each.levels if one != level)})
            if len(each.levels) > 1
            else each
            for each in kept
        )
    while prod(each.outcomes for each in kept) > MOST_PATTERNS:
        kept = kept[:-1]
    there = [each.column for each in kept]
    return tuple(
        each if each.swapped_with in there else each.model_copy(update={"swapped_with": ""})
        for each in kept
    )


def _deterministic(
    columns: Sequence[ColumnPair], rules: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """Give the rules whose pairs are taken for matches when their share is estimated."""
    by_role = {each.role: each.name for each in columns}
    found = []
    if set(_DETERMINISTIC) <= set(by_role):
        found.append(tuple(by_role[role] for role in _DETERMINISTIC))
    found += [(each.name,) for each in columns if each.role in _KEYS]
    if found:
        return tuple(found)
    whole = tuple(dict.fromkeys(n.partition(":")[0] for rule in rules for n in rule))
    return (whole[:3],)


def _repeats(frame: pl.DataFrame | None, columns: Sequence[ColumnPair]) -> bool:
    """Whether a file seems to hold people more than once: many records have all in common."""
    telling = [each.name for each in columns if not ROLES[each.role].of_home and _tells(each)]
    if frame is None or len(telling) < len(_DETERMINISTIC) - 1:
        return False
    whole = frame.select(telling).drop_nulls()
    return whole.height > 0 and 1 - whole.n_unique() / whole.height > _REPEATED


def _tells(column: ColumnPair) -> bool:
    return column.role not in ("sex", "other", "middle_name") and max(column.missing) < 1 / 2


def _comparable(frame: pl.DataFrame, columns: Sequence[ColumnPair]) -> pl.DataFrame:
    """Give the values in capitals, postcodes without blanks; good enough to count with."""
    return frame.with_columns(
        pl.col(each.name).str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
        if each.kind == "postcode"
        else pl.col(each.name).str.to_uppercase()
        for each in columns
    )
