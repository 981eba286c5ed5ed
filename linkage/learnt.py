"""What a match has learnt: enough to weigh other records' pairs in just the same way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linkage.compare import Compared


@dataclass(frozen=True)
class Learnt:
    """Weights, prior and frequencies of values.

    Attributes:
        levels: As in `Matched`: `comparison`, `level`, `m` and `u`, best level first.
        prior: Probability that a random pair matches; so what recordlinkage has learnt, whose
            prior is that of the pairs compared, is not to be used.
        frequencies: As in `Matched`; a value that is not there is taken to be of the rarest.
    """

    levels: pl.DataFrame = field(repr=False)
    prior: float
    frequencies: Mapping[str, pl.DataFrame] = field(repr=False)


def known_weights(comparisons: Sequence[Compared], learnt: Learnt) -> Weights:
    """Gives learnt weights by digit, as scoring takes them.

    Raises:
        ValueError: If they are not those of these comparisons' levels.
    """
    m, u = [], []
    for each in comparisons:
        rows = learnt.levels.filter(pl.col("comparison") == each.column)
        asked = list(reversed(each.names[1:]))
        if rows["level"].to_list() != asked:
            raise ValueError(
                f"the weights that were learnt have other levels of {each.column}: "
                f"{', '.join(rows['level']) or 'none'}; the plan has {', '.join(asked)}. "
                "Match with the plan from which they were learnt"
            )
        m.append(np.append(1.0, rows["m"].to_numpy()[::-1]))
        u.append(np.append(1.0, rows["u"].to_numpy()[::-1]))
    return Weights(tuple(m), tuple(u), learnt.prior)


def with_known_shares(comparisons: Sequence[Compared], learnt: Learnt) -> tuple[Compared, ...]:
    """Gives comparisons whose values are as frequent as was learnt, not as in their files.

    Raises:
        ValueError: If the frequencies of a comparison's values were not learnt.
    """
    found = []
    for each in comparisons:
        if not each.term_frequency:
            found.append(each)
            continue
        if each.column not in learnt.frequencies:
            raise ValueError(
                f"the frequencies of {each.column} were not learnt, and the plan counts them "
                "(term_frequency). Match with the plan from which the weights were learnt"
            )
        values = pl.DataFrame({"value": each.dictionary.values})
        known = values.join(
            learnt.frequencies[each.column], on="value", how="left", maintain_order="left"
        )
        found.append(replace(each, known_shares=known["share"].fill_null(0.0).to_numpy()))
    return tuple(found)


def frequencies_of(comparisons: Sequence[Compared]) -> dict[str, pl.DataFrame]:
    """Gives the share of each value of comparisons in which rare ones count for more."""
    return {
        each.column: pl.DataFrame({"value": each.dictionary.values, "share": each.shares})
        for each in comparisons
        if each.term_frequency
    }
