"""Clusters: hand-made graphs, large ones, many files, and how good clusters are."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import polars as pl
import pytest

from linkage.cluster_quality import b_cubed, by_cluster, by_pair
from linkage.cluster_rules import ClusterRules, Conflict
from linkage.clusters import clusters_of
from linkage.many_files import match_many
from linkage.match_plan import MatchPlan
from linkage.matcher import match
from simulator.identifiers import nhs_number
from simulator.settings import Share

TRIANGLES = [(0, 1, 9.0), (0, 2, 9.0), (1, 2, 9.0), (3, 4, 9.0), (3, 5, 9.0), (4, 5, 9.0)]
BRIDGE = (2, 3, 1.0)


def pairs(*links: tuple[int, int, float]) -> pl.DataFrame:
    return pl.DataFrame(links, schema=["left", "right", "match_weight"], orient="row")


def blank(count: int) -> pl.DataFrame:
    return pl.DataFrame({"name": [""] * count})


def test_two_triangles_joined_by_a_weak_link_are_two_clusters_where_density_is_asked_for() -> None:
    found = clusters_of(pairs(*TRIANGLES, BRIDGE), blank(6), ClusterRules())
    assert found.metrics.row(0) == (0, 6, 7, pytest.approx(7 / 15), 1.0, 1)
    assert found.links.filter("is_bridge").select("left", "right").row(0) == (2, 3)
    dense = ClusterRules(least_density=Share(value=0.5))
    found = clusters_of(pairs(*TRIANGLES, BRIDGE), blank(6), dense)
    assert found.records["cluster"].to_list() == [0, 0, 0, 1, 1, 1]
    assert found.metrics.rows() == [(0, 3, 3, 1.0, 9.0, 0), (1, 3, 3, 1.0, 9.0, 0)]
    assert found.refused.row(0) == (2, 3, 1.0, "too few links between the groups")


def test_two_valid_and_different_nhs_numbers_are_two_people_and_a_wrong_one_says_nothing() -> None:
    one, other = nhs_number(np.array([1, 2])).tolist()
    spaced = f"{one}"[:3] + " " + f"{one}"[3:]
    records = pl.DataFrame({"nhs": [f"{one}", f"{other}", f"{one + 1}", None, spaced]})
    rule = Conflict(columns=("nhs",), forms=("nhs_number",))
    links = pairs((0, 1, 5.0), (0, 2, 4.0), (2, 3, 4.0), (3, 4, 4.0), (1, 3, 1.0))
    found = clusters_of(links, records, ClusterRules(conflicts=(rule,)))
    assert found.records["cluster"].to_list() == [0, 1, 0, 0, 0]
    assert found.refused.rows() == [(0, 1, 5.0, "nhs differs"), (1, 3, 1.0, "nhs differs")]
    as_written = clusters_of(links, records, ClusterRules(conflicts=(Conflict(columns=("nhs",)),)))
    assert as_written.records["cluster"].n_unique() > 2


def test_records_whose_sex_and_date_of_birth_both_differ_are_two_people() -> None:
    records = pl.DataFrame(
        {"sex": ["F", "F", "M", "M"], "born": ["1970-01-01", "1980-01-01", "1970-01-01", None]}
    )
    rules = ClusterRules(
        conflicts=(Conflict(columns=("sex", "born"), forms=("sex", "as_written")),)
    )
    links = pairs((0, 1, 9.0), (0, 2, 8.0), (0, 3, 7.0))
    found = clusters_of(links, records, rules)
    # 0 and 2 agree on the date, but 1, which is with 0 already, differs from 2 in both.
    assert found.records["cluster"].to_list() == [0, 0, 1, 0]
    assert found.refused.row(0) == (0, 2, 8.0, "sex and born differ")


def test_of_a_chain_of_sources_each_source_gives_one_record_a_cluster() -> None:
    records = pl.DataFrame({"source": ["gp", "hospital", "gp", "hospital"]})
    links = pairs((0, 1, 9.0), (1, 2, 8.0), (2, 3, 7.0))
    free = ClusterRules(source="source", free_of_duplicates=("gp", "hospital"))
    found = clusters_of(links, records, free)
    assert found.records["cluster"].to_list() == [0, 0, 1, 1]
    assert found.refused.row(0) == (1, 2, 8.0, "two records of one source")
    assert found.by_source.rows() == [(0, "gp", 1), (0, "hospital", 1), (1, "gp", 1),
                                      (1, "hospital", 1)]  # fmt: skip
    half = free.model_copy(update={"free_of_duplicates": ("gp",)})
    assert clusters_of(links, records, half).records["cluster"].to_list() == [0, 0, 1, 1]
    none = ClusterRules(source="source")
    assert clusters_of(links, records, none).by_source.rows() == [
        (0, "gp", 2), (0, "hospital", 2)
    ]  # fmt: skip


def test_density_counts_all_links_between_two_groups_those_not_yet_tried_too() -> None:
    two_of_three = ClusterRules(least_density=Share(value=0.6))
    chain = clusters_of(pairs((0, 1, 9.0), (1, 2, 8.0)), blank(3), two_of_three)
    assert chain.records["cluster"].to_list() == [0, 0, 1]
    triangle = clusters_of(pairs((0, 1, 9.0), (1, 2, 8.0), (0, 2, 1.0)), blank(3), two_of_three)
    assert triangle.records["cluster"].to_list() == [0, 0, 0]


def test_pairs_have_no_direction_and_the_better_of_two_counts() -> None:
    found = clusters_of(pairs((1, 0, 2.0), (0, 1, 5.0), (1, 1, 9.0)), blank(2), ClusterRules())
    assert found.links.rows() == [(0, 1, 5.0, 0, True)]
    none = clusters_of(pairs((0, 1, 2.0)).head(0), blank(2), ClusterRules())
    assert none.records["cluster"].to_list() == [0, 1]
    assert none.metrics.is_empty()
    assert clusters_of(pairs((0, 1, 2.0)).head(0), blank(0), ClusterRules()).records.is_empty()


def test_columns_that_are_not_there_and_ids_that_repeat_are_refused() -> None:
    rules = ClusterRules(source="site", conflicts=(Conflict(columns=("nhs",)),))
    with pytest.raises(ValueError, match="name site, nhs, which the records do not have"):
        clusters_of(pairs(BRIDGE), blank(6), rules)
    with pytest.raises(ValueError, match="no two the same"):
        clusters_of(pairs(BRIDGE), blank(6), ClusterRules(), ids=pl.Series([1, 1, 2, 3, 4, 5]))


@pytest.mark.parametrize("shape", ["chain", "star", "ladder"])
def test_a_cluster_of_100_000_records_exhausts_neither_memory_nor_time(shape: str) -> None:
    count = 100_000
    each = np.arange(count - 1)
    other = np.zeros(count - 1, dtype=np.int64) if shape == "star" else each
    links = pl.DataFrame({"left": other, "right": each + 1, "match_weight": 1.0})
    if shape == "ladder":
        second = pl.DataFrame({"left": each[:-1], "right": each[:-1] + 2, "match_weight": 0.5})
        links = pl.concat([links, second])
    records = pl.DataFrame({"nhs": ["1"] * count, "sex": ["F"] * count, "born": ["x"] * count})
    rules = ClusterRules(
        conflicts=(Conflict(columns=("nhs",)), Conflict(columns=("sex", "born"))),
        least_density=Share(value=1e-9),
    )
    clusters_of(links.head(10), records, rules)  # compiles
    tracemalloc.start()
    began = time.perf_counter()
    found = clusters_of(links, records, rules)
    seconds, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.metrics["size"].to_list() == [count]
    assert found.metrics["bridges"].to_list() == [0 if shape == "ladder" else count - 1]
    assert peak < 300e6
    assert seconds < 20


def test_100_000_records_equal_in_everything_exhaust_neither_memory_nor_time() -> None:
    equal = pl.DataFrame({"surname": ["Smith"] * 100_000, "born": ["1970-01-01"] * 100_000})
    plan = MatchPlan.model_validate(
        {
            "blocking": [["surname"], ["surname", "born"]],
            "comparisons": [{"column": "born", "kind": "date", "levels": ["exact"]}],
            "deterministic": [["surname", "born"]],
            "random_pairs": 1_000,
            "clusters": {"conflicts": [{"columns": ["surname"]}], "least_density": 0.5},
        }
    )
    assert plan.clusters is not None
    matched = match(equal, None, plan)
    found = clusters_of(matched.pairs, equal, plan.clusters)
    assert matched.blocks["left_out"].to_list() == [4_999_950_000] * 2
    assert found.records["cluster"].n_unique() == 100_000


def town_files() -> dict[str, pl.DataFrame]:
    """Three files of the same 300 people, the second with every tenth twice."""
    who = np.arange(300)
    whole = pl.DataFrame(
        {
            "name": [f"{chr(65 + i % 26)}a{chr(97 + i // 26)}o" for i in who],
            "born": np.datetime_as_string(np.datetime64("1950-01-01") + 37 * who),
            "postcode": [f"CT{i % 7 + 1} {i % 9}AB" for i in who],
        }
    )
    return {"gp": whole, "police": pl.concat([whole, whole[::10]]), "fire": whole.head(100)}


def many_plan(**clusters: object) -> MatchPlan:
    return MatchPlan.model_validate(
        {
            "blocking": [["name"], ["born"]],
            "comparisons": [
                {"column": "name", "kind": "name", "levels": ["exact"]},
                {"column": "born", "kind": "date", "levels": ["exact"]},
                {"column": "postcode", "kind": "postcode", "levels": ["exact"]},
            ],
            "deterministic": [["name", "born"]],
            "one_to_one": "none",
            "clusters": clusters or None,
        }
    )


def test_many_files_are_matched_in_one_pass_and_each_record_knows_its_file_and_row() -> None:
    files = town_files()
    found = match_many(files, many_plan())
    assert found.records.columns == ["name", "born", "postcode", "source", "row"]
    sizes = found.clusters.records.group_by("cluster").len()["len"].value_counts().sort("len")
    # Of 300: 100 also have a fire record; every tenth has one record more.
    assert sizes.rows() == [(2, 180), (3, 110), (4, 10)]
    names = found.records["name"].gather(found.clusters.records["record"])
    together = found.clusters.records.with_columns(name=names).group_by("cluster")
    assert together.agg(pl.col("name").n_unique())["name"].max() == 1
    again = match_many(files, many_plan(source="file", free_of_duplicates=["police"]))
    assert again.clusters.by_source.filter(source="police")["records"].max() == 1
    assert set(again.clusters.refused["reason"]) == {"two records of one source"}
    assert again.clusters.records["cluster"].n_unique() == 330


def test_files_that_do_not_fit_the_plan_are_refused_with_all_that_is_wrong() -> None:
    files = {"a": pl.DataFrame({"name": ["x"], "source": ["y"]})}
    with pytest.raises(ValueError, match="born is in none") as refused:
        match_many(files, many_plan(source="source", free_of_duplicates=["b"]))
    for part in ("postcode is in none", "source is made here", "names b, and the files are a"):
        assert part in str(refused.value)
    with pytest.raises(ValueError, match="at least one file"):
        match_many({}, many_plan())


def test_quality_of_clusters_by_hand() -> None:
    found, true = np.array([0, 0, 0, 1, 1, 2]), np.array([5, 5, 7, 7, 7, 9])
    pair = by_pair(found, true)
    assert (pair.right, pair.found, pair.true) == ((2, 2), 4, 4)
    whole = by_cluster(found, true)
    assert (whole.right, whole.found, whole.true) == ((1, 1), 3, 3)
    assert whole.precision == whole.recall == pytest.approx(1 / 3)
    cubed = b_cubed(found, true)
    assert cubed.precision == pytest.approx((2 / 3 * 2 + 1 / 3 + 1 + 1 + 1) / 6)
    assert cubed.recall == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6)
    assert pair.precision_range.low < 0.5 < pair.precision_range.high
    alone = by_pair(np.arange(4), np.arange(4))
    assert (alone.precision, alone.recall) == (None, None)
    with pytest.raises(ValueError, match="3 records were clustered and 4 are known"):
        by_pair(np.arange(3), np.arange(4))
