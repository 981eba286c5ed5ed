"""Small counts of supplied files: those up to 7 are hidden, and the rest rounded to 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_HIDDEN: Final = 7
_NEAREST: Final = 5
_DIGITS: Final = 3  # of a share: finer ones would tell the counts


def rounded(count: pl.Expr) -> pl.Expr:
    """Rounds a count to the nearest 5; null where it is up to 7."""
    near = ((count + _NEAREST // 2) // _NEAREST) * _NEAREST
    return pl.when(count > MOST_HIDDEN).then(near)


def with_small_hidden(
    table: pl.DataFrame, count: str, out_of: str, shares: Sequence[str]
) -> pl.DataFrame:
    """Hides small counts of a table of shares.

    A share whose numerator, or the rest of its denominator, is up to 7 is hidden, since it would
    tell that number; others are given to three digits, and from rounded counts where they are
    `count` out of `out_of`.

    Args:
        table: A table with the counts and shares.
        count: Column of numerators.
        out_of: Column of denominators.
        shares: Columns of shares: the first is `count / out_of`, the others its range.

    Returns:
        The table with hidden numbers as null.
    """
    is_told = (pl.col(count) > MOST_HIDDEN) & (pl.col(out_of) - pl.col(count) > MOST_HIDDEN)
    share = (rounded(pl.col(count)) / rounded(pl.col(out_of))).round(_DIGITS)
    told = [share.alias(shares[0]), *(pl.col(name).round(_DIGITS) for name in shares[1:])]
    return table.with_columns(
        pl.when(is_told).then(rounded(pl.col(count))).alias(count),
        rounded(pl.col(out_of)).alias(out_of),
        *(pl.when(is_told).then(each) for each in told),
    )
