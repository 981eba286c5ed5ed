"""A stand-in for the matching engine in tests: links records that agree on the first rule."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from linkage.match_plan import MatchPlan


def match(
    left: pl.DataFrame,
    right: pl.DataFrame | None,
    plan: MatchPlan,
    *,
    seed: int = 1,
    labels: pl.DataFrame | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Any:
    """Links what agrees on the whole columns of the first blocking rule, and checks the frames."""
    assert seed >= 0
    assert labels is None
    other = left if right is None else right
    for frame in (left, other):
        assert frame.schema["record"] == pl.UInt32
        assert frame["record"].to_list() == list(range(frame.height))
        named = {each.column for each in plan.comparisons}
        named |= {name.partition(":")[0] for rule in plan.blocking for name in rule}
        assert named <= set(frame.columns)
        assert all(frame.schema[name] == pl.String for name in named)
    rule = list(dict.fromkeys(name.partition(":")[0] for name in plan.blocking[0]))
    pairs = left.select("record", *rule).join(
        other.select(pl.col("record").alias("right"), *rule), on=rule
    )
    pairs = pairs.select(pl.col("record").alias("left"), "right")
    if right is None:
        pairs = pairs.filter(pl.col("left") < pl.col("right"))
    if progress is not None:
        progress("comparing", 0.5)
    return SimpleNamespace(
        pairs=pairs.with_columns(
            match_weight=pl.lit(12.5),
            match_probability=pl.lit(0.99),
            rule=pl.lit(", ".join(plan.blocking[0])),
            decision=pl.lit("link"),
        ),
        patterns=pl.DataFrame(
            {"a": ["exact"], "pairs": [1], "match_weight": [1.0], "match_probability": [0.9]}
        ),
        levels=pl.DataFrame(
            {
                "comparison": ["a"],
                "level": ["exact"],
                "m": [0.9],
                "u": [0.0],
                "weight": [float("inf")],
            }
        ),
        blocks=pl.DataFrame(
            {"rule": ["a"], "pairs": [1], "new_pairs": [1], "largest_block": [1], "left_out": [0]}
        ),
        summary={
            "pairs": pairs.height,
            "links": pairs.height,
            "prior": 0.1,
            "compare_seconds": 0.5,
        },
    )


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the stand-in where the engine is imported from."""
    engine = ModuleType("linkage.matcher")
    engine.match = match  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "linkage.matcher", engine)
