"""Clusters: the compiled way is the slow, obvious way, and no rule is ever broken."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from linkage.cluster_rules import ClusterRules, Conflict
from linkage.clusters import Clusters, clusters_of
from simulator import randomness
from simulator.settings import Share
from tests.slow_clusters import Links, Person, conflict, is_connected, slow_clusters

PEOPLE = st.lists(
    st.builds(
        Person,
        source=st.sampled_from(["a", "b", "c"]),
        number=st.sampled_from([None, "1", "2"]),
        sex=st.sampled_from([None, "F", "M"]),
        born=st.sampled_from([None, "x", "y", "z"]),
    ),
    min_size=2, max_size=9,
)  # fmt: skip
FREE = st.sets(st.sampled_from(["a", "b"]))
LEAST = st.sampled_from([0.0, 0.3, 0.5, 0.6, 1.0])


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Person], Links]:
    """People, and some of the pairs of them as links, few weights so that many are equal."""
    people = draw(PEOPLE)
    pairs = list(combinations(range(len(people)), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20))
    return people, [(a, b, float(draw(st.integers(1, 4)))) for a, b in chosen]


def made(
    people: list[Person],
    links: Links,
    free: set[str],
    least: float,
    before: np.ndarray | None = None,
) -> Clusters:
    """The clusters as they are made, with every rule."""
    rules = ClusterRules(
        source="source",
        free_of_duplicates=tuple(sorted(free)),
        conflicts=(Conflict(columns=("number",)), Conflict(columns=("sex", "born"))),
        least_density=Share(value=least),
    )
    return clusters_of(pairs_of(links), records_of(people), rules, before=before)


def pairs_of(links: Links) -> pl.DataFrame:
    schema = {"left": pl.UInt32, "right": pl.UInt32, "match_weight": pl.Float64}
    return pl.DataFrame(links, schema=schema, orient="row")


def records_of(people: list[Person]) -> pl.DataFrame:
    return pl.DataFrame(people, schema=dict.fromkeys(Person._fields, pl.String), orient="row")


def groups(clusters: Clusters) -> set[frozenset[int]]:
    lists = clusters.records.group_by("cluster").agg("record")["record"].to_list()
    return {frozenset(each) for each in lists}


@given(graph=graphs(), free=FREE, least=LEAST)
def test_clusters_are_those_of_the_slow_obvious_way(
    graph: tuple[list[Person], Links], free: set[str], least: float
) -> None:
    people, links = graph
    assert groups(made(people, links, free, least)) == slow_clusters(links, people, free, least)


@given(graph=graphs(), free=FREE, least=LEAST)
def test_every_cluster_is_connected_by_kept_links_and_holds_no_conflict(
    graph: tuple[list[Person], Links], free: set[str], least: float
) -> None:
    people, links = graph
    found = made(people, links, free, least)
    kept = {frozenset(pair) for pair in found.links.select("left", "right").iter_rows()}
    refused = {frozenset(pair) for pair in found.refused.select("left", "right").iter_rows()}
    assert kept | refused == {frozenset(link[:2]) for link in links}
    assert not kept & refused
    for group in groups(found):
        assert is_connected(group, kept)
        for a, b in combinations(group, 2):
            assert not conflict(people[a], people[b])
            assert people[a].source != people[b].source or people[a].source not in free
    assert (found.metrics["density"] >= least - 1e-12).all()


@given(graph=graphs(), free=FREE, least=LEAST, seed=st.integers(0, 1_000))
def test_the_order_of_rows_changes_nothing_where_records_have_ids(
    graph: tuple[list[Person], Links], free: set[str], least: float, seed: int
) -> None:
    people, links = graph
    turn = randomness.order(seed, "rows", np.arange(len(people)))
    place = np.argsort(turn)
    moved = [(int(place[b]), int(place[a]), weight) for a, b, weight in reversed(links)]
    rules = ClusterRules(
        source="source", free_of_duplicates=tuple(sorted(free)),
        conflicts=(Conflict(columns=("number",)),), least_density=Share(value=least),
    )  # fmt: skip
    records = records_of(people)
    plain = clusters_of(pairs_of(links), records, rules)
    ids = pl.Series(turn)
    mixed = clusters_of(pairs_of(moved), records[turn], rules, ids=ids)
    back = mixed.records.with_columns(record=ids.cast(pl.UInt32)).sort("record")
    assert back.equals(plain.records)
    assert mixed.metrics.equals(plain.metrics)
    by_id = mixed.refused.with_columns(ids.gather(mixed.refused[side]).cast(pl.UInt32).alias(side)
                                       for side in ("left", "right"))  # fmt: skip
    assert by_id.equals(plain.refused)


@given(graph=graphs())
def test_without_rules_clusters_are_the_connected_components(
    graph: tuple[list[Person], Links],
) -> None:
    people, links = graph
    nothing = [Person("d", None, None, None)] * len(people)
    found = clusters_of(pairs_of(links), records_of(people), ClusterRules())
    assert groups(found) == slow_clusters(links, nothing, set(), 0.0)
    # The compiled way, which is taken where there is a rule, gives the same numbers.
    rules = ClusterRules(conflicts=(Conflict(columns=("number",)),))
    records = records_of(nothing)
    assert clusters_of(pairs_of(links), records, rules).records.equals(found.records)


@given(graph=graphs())
def test_a_bridge_is_a_link_whose_removal_splits_a_cluster(
    graph: tuple[list[Person], Links],
) -> None:
    people, links = graph
    nothing = [Person("d", None, None, None)] * len(people)
    found = clusters_of(pairs_of(links), records_of(people), ClusterRules())
    whole = len(slow_clusters(links, nothing, set(), 0.0))
    for left, right, is_bridge in found.links.select("left", "right", "is_bridge").iter_rows():
        rest = [link for link in links if {left, right} != set(link[:2])]
        assert is_bridge == (len(slow_clusters(rest, nothing, set(), 0.0)) > whole)
    assert found.metrics["bridges"].sum() == found.links["is_bridge"].sum()


@given(graph=graphs(), free=FREE, data=st.data())
def test_clusters_of_before_never_come_apart_and_keep_their_numbers(
    graph: tuple[list[Person], Links], free: set[str], data: st.DataObject
) -> None:
    people, links = graph
    height = data.draw(st.integers(0, len(people)))
    old = [link for link in links if link[1] < height]
    first = made(people[:height], old, free, 0.0)
    number = first.records["cluster"].cast(pl.Int64).to_numpy()
    before = np.concatenate([number, np.full(len(people) - height, -1)])
    found = made(people, links, free, 0.0, before)
    now = found.records["cluster"].to_numpy()[:height]
    assert len(np.unique(np.stack([number, now]), axis=1).T) == len(np.unique(number))
    assert all(new <= was for was, new in zip(number, now, strict=True))
    if not found.refused.height:
        assert groups(found) == groups(made(people, links, free, 0.0))
