"""Matching: which pairs are made, how they are weighed, and which are linked."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage import decide, weights
from linkage.blocking import blocks_of, candidates
from linkage.compare import compared, dictionaries_of, digits_of, patterns
from linkage.dictionary import dictionary_of
from linkage.match_plan import MatchPlan
from linkage.matcher import match
from simulator import randomness

TOWNS = ("CT1 1AA", "CT1 1AB", "CT2 7ZZ")


def plan(**changes: object) -> MatchPlan:
    """Names, date of birth and postcode, on two rules."""
    given = {
        "blocking": [["surname", "born"], ["first_name", "postcode"]],
        "comparisons": [
            {"column": "first_name", "kind": "name", "levels": ["exact", "jaro_winkler>=0.9"]},
            {"column": "surname", "kind": "name", "levels": ["exact", "jaro_winkler>=0.9"]},
            {"column": "born", "kind": "date", "levels": ["exact", "two_parts_of_date"]},
            {"column": "postcode", "kind": "postcode", "levels": ["exact", "district"]},
        ],
        "deterministic": [["first_name", "surname", "born"]],
        "random_pairs": 20_000,
    }
    return MatchPlan.model_validate(given | changes)


def town(people: int, seed: int = 1) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A file, and the same people written again with slips, in the same order."""
    ids = np.arange(people)
    first = np.array([f"Name{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}" for i in range(300)])
    last = np.array([f"{chr(65 + i % 26)}urn{chr(97 + i // 26 % 26)}ey" for i in range(400)])
    days = randomness.whole(seed, "born", ids, 25_000)
    left = pl.DataFrame(
        {
            "first_name": first[randomness.whole(seed, "first", ids, 300)],
            "surname": last[randomness.whole(seed, "last", ids, 400)],
            "born": np.datetime_as_string(np.datetime64("1940-01-01") + days),
            "postcode": np.array([f"CT{i // 40 + 1} {i % 9}AB" for i in range(600)])[
                randomness.whole(seed, "home", ids, 600)
            ],
        }
    )
    moved = randomness.happens(seed, "moves", ids, 0.10)
    slip = randomness.happens(seed, "slip", ids, 0.10)
    right = left.with_columns(
        postcode=pl.when(pl.Series(moved)).then(pl.lit("ME9 9ZZ")).otherwise("postcode"),
        surname=pl.when(pl.Series(slip)).then(pl.col("surname") + "s").otherwise("surname"),
    )
    return left, right


KEYS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", None]), st.sampled_from(["x", "y", None])),
    max_size=12,
)


@given(left=KEYS, right=KEYS, at_once=st.integers(1, 9), itself=st.booleans())
def test_each_pair_that_agrees_on_a_rule_is_made_once_whatever_is_in_memory(
    left: list[tuple[str | None, str | None]],
    right: list[tuple[str | None, str | None]],
    at_once: int,
    itself: bool,
) -> None:
    right = [] if itself else right
    frames = [pl.DataFrame(rows, schema={"one": pl.String, "two": pl.String}, orient="row")
              for rows in (left, right)]  # fmt: skip
    dictionaries = {c: dictionary_of(frames[0][c], frames[1][c]) for c in ("one", "two")}
    rules = (("one",), ("two",), ("one", "two"))
    blocks = blocks_of(rules, dictionaries, 100, itself=itself)
    found: dict[tuple[int, int], int] = {}
    for part in candidates(blocks, itself=itself, at_once=at_once):
        for a, b, rule in zip(*(each.tolist() for each in part), strict=True):
            assert (a, b) not in found
            found[a, b] = rule
    everybody = combinations(range(len(left)), 2) if itself else product(
        range(len(left)), range(len(right))
    )  # fmt: skip
    other = left if itself else right
    expected = {}
    for a, b in everybody:
        one = left[a][0] is not None and left[a][0] == other[b][0]
        two = left[a][1] is not None and left[a][1] == other[b][1]
        if one or two:
            expected[a, b] = one * 1 + two * 2 + (one and two) * 4
    assert found == expected


def test_pairs_and_largest_blocks_are_counted_before_any_is_made_and_too_large_ones_left_out() -> (
    None
):
    smiths = pl.Series(["Smith"] * 2_000 + ["Rare"] * 3)
    dictionaries = {"surname": dictionary_of(smiths, smiths)}
    kept = blocks_of([["surname"]], dictionaries, 5_000, itself=False)[0]
    assert (kept.pairs, kept.largest, kept.left_out) == (4_000_009, 4_000_000, 0)
    out = blocks_of([["surname"]], dictionaries, 1_000, itself=False)[0]
    assert (out.pairs, out.largest, out.left_out) == (9, 4_000_000, 4_000_000)
    assert sum(len(part.left) for part in candidates([out], itself=False)) == 9


def test_a_block_of_100_000_equal_surnames_exhausts_neither_memory_nor_time() -> None:
    many = pl.DataFrame({"surname": ["Smith"] * 100_000, "born": ["1970-01-01"] * 100_000})
    found = match(
        many,
        many,
        MatchPlan.model_validate(
            {
                "blocking": [["surname"], ["surname", "born"]],
                "comparisons": [{"column": "born", "kind": "date", "levels": ["exact"]}],
                "deterministic": [["surname", "born"]],
                "random_pairs": 1_000,
            }
        ),
    )
    assert found.pairs.height == 0
    assert found.blocks["left_out"].to_list() == [10**10, 10**10]


def test_patterns_are_the_levels_of_each_comparison_and_come_apart_again() -> None:
    left, right = town(400)
    right = right.with_columns(pl.when(pl.arange(pl.len()) % 7 > 0).then("born").alias("born"))
    asked = plan()
    comparisons = compared(asked, dictionaries_of(left, right, asked))
    a = np.arange(400, dtype=np.int32)
    b = np.roll(a, 1)
    for positions in (a, b):
        found = patterns(comparisons, a, positions, itself=False)
        digits = digits_of(comparisons, found.astype(np.int64))
        for number, each in enumerate(comparisons):
            assert (digits[:, number] == each.digits(a, positions, itself=False)).all()
    names = np.array(comparisons[2].names)[digits_of(comparisons, patterns(
        comparisons, a, a, itself=False).astype(np.int64))[:, 2]]  # fmt: skip
    assert (names == np.where(a % 7 == 0, "missing", "exact")).all()


def test_people_are_linked_to_themselves_and_m_and_u_are_near_what_was_put_in() -> None:
    left, right = town(20_000)
    found = match(left, right, plan())
    links = found.pairs.filter(pl.col("decision") == "link")
    right_ones = int((links["left"] == links["right"]).sum())
    assert right_ones / links.height > 0.999
    assert right_ones / 20_000 > 0.97
    levels = found.levels
    m = dict(levels.filter(pl.col("comparison") == "postcode").select("level", "m").iter_rows())
    assert m["exact"] == pytest.approx(0.90, abs=0.02)
    u = dict(levels.filter(pl.col("comparison") == "surname").select("level", "u").iter_rows())
    # Of 400 names one in 400 agrees, but for the tenth that is written with a slip.
    assert u["exact"] == pytest.approx(0.9 / 400, rel=0.25)
    assert found.summary["prior"] == pytest.approx(1 / 20_000, rel=0.2)
    assert links["left"].is_unique().all()
    assert links["right"].is_unique().all()
    assert found.patterns["pairs"].sum() == found.summary["pairs"]


def test_shuffled_files_give_the_same_links() -> None:
    left, right = town(3_000)
    plain = match(left, right, plan())
    turn, other = (randomness.order(2, name, np.arange(3_000)) for name in ("left", "right"))
    mixed = match(left[turn], right[other], plan())

    def links(frame: pl.DataFrame, a: np.ndarray, b: np.ndarray) -> set[tuple[int, int]]:
        kept = frame.filter(pl.col("decision") == "link")
        return set(zip(a[kept["left"].to_numpy()].tolist(), b[kept["right"].to_numpy()].tolist(),
                       strict=True))  # fmt: skip

    every = np.arange(3_000)
    same = links(plain.pairs, every, every) & links(mixed.pairs, turn, other)
    # u is learnt from other random pairs, which moves a pair at the threshold now and then.
    assert len(same) >= 0.995 * len(links(plain.pairs, every, every))


def test_duplicates_are_found_within_one_file() -> None:
    left, right = town(2_000)
    both = pl.concat([left, right.head(500)])
    found = match(both, None, plan()).pairs.filter(pl.col("decision") == "link")
    assert (found["left"] < found["right"]).all()
    expected = {(i, 2_000 + i) for i in range(500)}
    linked = set(found.select("left", "right").iter_rows())
    assert len(linked & expected) > 480
    assert len(linked - expected) < 5


def test_m_is_taken_from_labels_where_they_are_given() -> None:
    left, right = town(2_000)
    labels = pl.DataFrame({"left": np.arange(1_000), "right": np.arange(1_000)})
    found = match(left, right, plan(), labels=labels).levels
    m = found.filter((pl.col("comparison") == "surname") & (pl.col("level") == "exact"))["m"][0]
    agree = (left["surname"].head(1_000) == right["surname"].head(1_000)).mean()
    assert m == pytest.approx(agree, abs=0.001)


def test_agreement_on_a_rare_value_counts_for_more() -> None:
    names = ["Common"] * 96 + ["Rare", "Rare", "Few", "Few"]
    frame = pl.DataFrame({"surname": names, "born": ["1970-01-01"] * 100})
    asked = MatchPlan.model_validate(
        {
            "blocking": [["surname"]],
            "comparisons": [
                {"column": "surname", "kind": "name", "levels": ["exact"], "term_frequency": True}
            ],
            "deterministic": [["surname", "born"]],
        }
    )
    each = compared(asked, dictionaries_of(frame, frame, asked))[0]
    u = np.array([1.0, 0.08, 0.92])
    codes = each.dictionary.left[[0, 96]]
    common, rare = weights.frequency_bits(each, u, codes)
    assert common == pytest.approx(np.log2(0.92 / 0.96))
    assert rare == pytest.approx(np.log2(0.92 / 0.02))


PAIRS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 30)),
    min_size=1, max_size=12, unique_by=(lambda row: row[:2]),
)  # fmt: skip


@given(rows=PAIRS)
def test_the_best_one_to_one_is_the_best_of_all_and_greedy_takes_the_best_first(
    rows: list[tuple[int, int, int]],
) -> None:
    left, right = (np.array([row[i] for row in rows], dtype=np.int32) for i in (0, 1))
    bits = np.array([float(row[2]) for row in rows])
    order = decide.best_first(left, right, bits)
    best = 0.0
    for size in range(1, min(5, len(rows)) + 1):
        for chosen in combinations(range(len(rows)), size):
            at = list(chosen)
            if len(set(left[at])) == size == len(set(right[at])):
                best = max(best, bits[at].sum())
    found = decide.optimal(left, right, bits, order)
    assert len(set(left[found])) == found.sum() == len(set(right[found]))
    assert bits[found].sum() >= bits[decide.greedy(left, right, order, itself=False)].sum()
    assert bits[found].sum() == best
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for pair in sorted(range(len(rows)), key=lambda i: (-bits[i], left[i], right[i])):
        stands = left[pair] not in taken_left and right[pair] not in taken_right
        assert decide.greedy(left, right, order, itself=False)[pair] == stands
        if stands:
            taken_left.add(int(left[pair]))
            taken_right.add(int(right[pair]))


def test_a_pair_leads_the_second_best_of_either_record() -> None:
    left, right = np.array([0, 0, 1, 2], np.int32), np.array([0, 1, 1, 2], np.int32)
    bits = np.array([9.0, 7.0, 4.0, 3.0])
    assert decide.lead(left, right, bits).tolist() == [2.0, -2.0, -3.0, np.inf]
