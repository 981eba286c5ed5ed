"""The reference engine: the package recordlinkage (0.16), run by the same plan, for comparison.

Records are put into comparable form and blocks as for the engine of this program; recordlinkage
makes the pairs, compares them and learns by its ECM. Its comparisons agree or do not, so that a
comparison has one level; a missing value is disagreement, so that no pair is `missing`. Its prior
is the share of matches among the pairs that were compared, and not among all; deterministic rules
and random pairs mean nothing to it. The only file where pandas is used.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import polars as pl
import recordlinkage as rl

from linkage import compare
from linkage.blocking import blocks_of
from linkage.clock import Clock
from linkage.levels import parse_level
from linkage.scoring import Scored
from linkage.weighed import matched_of, weighed_of
from linkage.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from linkage.blocking import Blocks
    from linkage.compare import Compared
    from linkage.dictionary import Dictionary
    from linkage.learnt import Learnt
    from linkage.levels import Level
    from linkage.match_plan import MatchPlan
    from linkage.matched import Matched

MOST_PAIRS: Final = 20_000_000
"""Pairs beyond which a plan is refused: they need about 7 GB, at some 345 bytes a pair."""

_BYTES_A_PAIR: Final = 345
_MANY: Final = 1_000_000
_ROUNDS: Final = 100
_LEAST: Final = 1e-7  # no probability is taken to be lower, as in weights.py

# Measures that it can express, and how; it takes levels with any bound of these.
_EXPRESSED: Final[Mapping[str, Callable[[rl.Compare, str, Level], object]]] = MappingProxyType(
    {
        "exact": lambda to, name, _level: to.exact(name, name, label=name),
        "jaro_winkler": lambda to, name, level: to.string(
            name, name, method="jarowinkler", threshold=level.bound, label=name
        ),
        "within": lambda to, name, level: to.numeric(
            name, name, method="step", offset=level.bound, label=name
        ),
    }
)


def match_by_recordlinkage(
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    plan: MatchPlan,
    *,
    labels: pl.DataFrame | None = None,
    learnt: Learnt | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Matched:
    """Matches as `matcher.match` does, by recordlinkage.

    Args:
        left: A file: the plan's columns, as String.
        right: The other; None to find duplicates within the left one.
        plan: How to match.
        labels: Must not be given: its ECM learns without.
        learnt: Must not be given: it cannot take weights.
        progress: Told each step, and what share of it is done.

    Returns:
        The tables of any match.

    Raises:
        ValueError: If it cannot do what is asked: all of it, with what it can do.
    """
    _check(plan, labels, learnt)
    itself = right is None
    clock = Clock(progress)
    dictionaries = compare.dictionaries_of(left, right, plan)
    comparisons = compare.compared(plan, dictionaries)
    clock.lap("encode")
    blocks = blocks_of(plan.blocking, dictionaries, plan.largest_block, itself=itself)
    _check_pairs(sum(block.pairs for block in blocks))
    sides = [
        _frame(dictionaries, comparisons, [getattr(block, key) for block in blocks], side)
        for key, side in (("left_key", "left"), ("key", "right"))
    ]
    files = sides[:1] if itself else sides
    pairs = _index(len(blocks)).index(*files)
    clock.lap("block")
    agreement = _comparer(comparisons, len(pairs)).compute(pairs, *files).to_numpy().astype(np.int8)
    clock.lap("compare")
    found = _learn(agreement, comparisons)
    clock.lap("weigh")
    first, second = (pairs.get_level_values(side).to_numpy().astype(np.int32) for side in (0, 1))
    if itself:  # the lower position to the left, as in any match
        first, second = np.minimum(first, second), np.maximum(first, second)
    radices = 3 ** np.arange(len(comparisons))
    pattern = (agreement.astype(np.int64) + 1) @ radices
    rule = _first_rule(blocks, first, second)
    scored = Scored(
        first,
        second,
        pattern.astype(np.int32),
        rule,
        pl.DataFrame({"pattern": pattern}).group_by("pattern").len("pairs"),
        np.bincount(rule, minlength=len(blocks)).astype(np.int64),
    )
    sizes = (left.height, left.height if right is None else right.height)
    weighed = weighed_of(
        plan, dictionaries, comparisons, blocks, found, scored, sizes,
        itself=itself, least=-np.inf, missing_differs=True,
    )  # fmt: skip
    clock.lap("decide")
    return matched_of(weighed, scored.new_pairs, clock)


def _check(plan: MatchPlan, labels: pl.DataFrame | None, learnt: Learnt | None) -> None:
    """Refuses, all at once, what recordlinkage cannot express."""
    wrong = []
    for each in plan.comparisons:
        if len(each.levels) > 1:
            wrong.append(f"{each.column} has {len(each.levels)} levels, and it can do one")
        levels = [parse_level(level, each.kind) for level in each.levels]
        wrong += [
            f"{each.column} has the level {level}"
            for level in levels
            if level.measure not in _EXPRESSED
        ]
        if each.term_frequency:
            wrong.append(f"{each.column} has term_frequency, which it cannot count")
    if labels is not None:
        wrong.append("labels were given, and its ECM learns without")
    if learnt is not None:
        wrong.append("weights were given, and it learns its own")
    if wrong:
        raise ValueError(
            f"recordlinkage cannot do this: {'; '.join(wrong)}. It can do one level a comparison, "
            "any of exact, jaro_winkler>=... and within<=..., and no term_frequency. Change these, "
            'or set engine = "linkassay"'
        )


def _check_pairs(pairs: int) -> None:
    if not pairs:
        raise ValueError(
            "no two records agree on a blocking rule, and recordlinkage cannot learn from no pairs"
        )
    if pairs > MOST_PAIRS:
        raise ValueError(
            f"recordlinkage would hold {pairs:,} pairs at once, some "
            f"{pairs * _BYTES_A_PAIR / 1e9:.0f} GB; it is given {MOST_PAIRS:,} at most. Take "
            'tighter blocking rules or a smaller largest_block, or set engine = "linkassay"'
        )


def _frame(
    dictionaries: Mapping[str, Dictionary],
    comparisons: Sequence[Compared],
    keys: Sequence[NDArray[np.int32]],
    side: str,
) -> Any:  # noqa: ANN401 - a pandas frame
    """Gives a file as recordlinkage takes it: values in comparable form, and a key a rule."""
    columns: dict[str, Any] = {}
    for each in comparisons:
        codes = getattr(dictionaries[each.column], side)
        codes = codes if len(codes) == len(keys[0]) else dictionaries[each.column].left
        places = pl.Series(codes).cast(pl.Int64).replace(-1, None)
        values = each.dictionary.values.gather(places)  # noqa: PD011 - not of pandas
        if each.levels[0].measure == "within":
            columns[each.column] = values.cast(pl.Float64, strict=False).to_numpy()
        else:
            columns[each.column] = pd.Series(values.to_list(), dtype=object)
    for number, key in enumerate(keys):
        columns[f"{number}"] = np.where(key < 0, np.nan, key)
    return pd.DataFrame(columns)


def _index(rules: int) -> rl.Index:
    index = rl.Index()
    for number in range(rules):
        index.block(f"{number}")
    return index


def _comparer(comparisons: Sequence[Compared], pairs: int) -> rl.Compare:
    """Makes what compares; other processes are worth their start for many pairs alone."""
    comparer = rl.Compare(n_jobs=pl.thread_pool_size() if pairs > _MANY else 1)
    for each in comparisons:
        _EXPRESSED[each.levels[0].measure](comparer, each.column, each.levels[0])
    return comparer


def _learn(agreement: NDArray[np.int8], comparisons: Sequence[Compared]) -> Weights:
    """Learns by ECM; gives m and u by digit, where nothing is ever missing."""
    names = [each.column for each in comparisons]
    classifier = rl.ECMClassifier(binarize=None, max_iter=_ROUNDS)
    with np.errstate(divide="ignore", invalid="ignore"):
        classifier.fit(pd.DataFrame(agreement, columns=names))
    shares = [
        tuple(
            np.array([1.0, *(max(of[name].get(value, 0.0), _LEAST) for value in (0, 1))])
            for name in names
        )
        for of in (classifier.m_probs, classifier.u_probs)
    ]
    rounds = classifier.kernel._logging_class_log_prior.shape[0] - 1  # noqa: SLF001 - no other way
    prior = float(np.clip(classifier.p, _LEAST, 1 - _LEAST))
    return Weights(shares[0], shares[1], prior, (rounds,), (rounds < _ROUNDS,))


def _first_rule(
    blocks: Sequence[Blocks], left: NDArray[np.int32], right: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Gives the first rule that each pair agrees on."""
    agrees = [(block.left_key[left] == block.key[right]) & (block.key[right] >= 0)
              for block in blocks]  # fmt: skip
    return np.asarray(np.argmax(agrees, axis=0))
