"""Edges of matching: hardly any records or values, too much of a plan, and that figures agree."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from linkage import blocking, decide
from linkage.blocking import MOST_RULES, blocks_of
from linkage.compare import compared, dictionaries_of, patterns, patterns_possible
from linkage.dictionary import dictionary_of
from linkage.match_plan import MatchPlan
from linkage.matcher import match
from simulator import randomness

COLUMNS = ("first_name", "surname", "born", "postcode")


def plan(**changes: object) -> MatchPlan:
    """Names, date of birth and postcode, with the usual measures, on two rules."""
    name = {"kind": "name", "levels": ["exact", "nickname", "jaro_winkler>=0.9", "initial"]}
    given = {
        "blocking": [["surname:soundex", "born:year"], ["first_name", "postcode:district"]],
        "comparisons": [
            {"column": "first_name", **name},
            {"column": "surname", **name},
            {"column": "born", "kind": "date", "levels": ["exact", "osa<=1", "same_year"]},
            {"column": "postcode", "kind": "postcode", "levels": ["exact", "sector", "area"]},
        ],
        "deterministic": [["first_name", "surname", "born"]],
        "random_pairs": 20_000,
    }
    return MatchPlan.model_validate(given | changes)


def people(count: int, seed: int = 1) -> pl.DataFrame:
    """Invented people; every row is another person."""
    ids = np.arange(count)
    first = pl.Series(["Zoë", "José", "Robert", "Bob", "Ann", "Siân", "Łukasz", "Mary-Ann"])
    last = pl.Series(["O'Neill", "Smith-Jones", "van Dyke", "Müller", "Ng", "Núñez", "Okafor"])
    days = np.datetime64("1940-01-01") + randomness.whole(seed, "born", ids, 25_000)
    return pl.DataFrame(
        {
            "first_name": first.gather(randomness.whole(seed, "first", ids, len(first))),
            "surname": last.gather(randomness.whole(seed, "last", ids, len(last))),
            "born": np.datetime_as_string(days),
            "postcode": [f"CT{i % 17 + 1} {i % 9}AB" for i in ids.tolist()],
        },
        schema_overrides={"postcode": pl.String},
    )


def links(left: pl.DataFrame, right: pl.DataFrame | None, asked: MatchPlan) -> set[tuple[int, int]]:
    """The pairs that are linked."""
    found = match(left, right, asked).pairs.filter(pl.col("decision") == "link")
    return set(found.select("left", "right").iter_rows())


@pytest.mark.parametrize("one_to_one", ["none", "greedy", "optimal"])
@pytest.mark.parametrize(("lefts", "rights"), [(0, 0), (0, 3), (3, 0), (0, None), (1, None)])
def test_files_without_a_pair_give_empty_tables(
    lefts: int, rights: int | None, one_to_one: str
) -> None:
    full = match(people(300), people(300), plan())
    right = None if rights is None else people(rights)
    empty = match(people(lefts), right, plan(one_to_one=one_to_one, gap=1.0))
    assert empty.pairs.schema == full.pairs.schema
    assert empty.patterns.schema == full.patterns.schema
    assert empty.pairs.height == empty.patterns.height == empty.summary["pairs"] == 0
    assert empty.levels.select("comparison", "level").equals(
        full.levels.select("comparison", "level")
    )
    assert empty.blocks.drop("rule").sum().row(0) == (0, 0, 0, 0)


def test_one_row_a_side_is_compared() -> None:
    found = match(people(1), people(1), plan())
    assert found.summary["pairs"] == 1
    assert found.patterns.select(COLUMNS).row(0) == ("exact",) * 4
    assert match(people(1), people(1, seed=2), plan()).pairs.height == 0


def test_a_column_that_one_file_lacks_weighs_nothing_and_the_others_link() -> None:
    left = people(2_000)
    right = left.with_columns(postcode=pl.lit(None, dtype=pl.String))
    found = match(left, right, plan())
    assert found.patterns["postcode"].unique().to_list() == ["missing"]
    weights = found.levels.filter(pl.col("comparison") == "postcode")["weight"]
    assert weights.to_list() == pytest.approx([0.0] * 4)
    linked = links(left, right, plan())
    assert len(linked & {(i, i) for i in range(2_000)}) > 1_950
    assert found.blocks["pairs"].to_list()[1] == 0


def test_names_in_any_script_are_linked_however_accents_are_written() -> None:
    left = people(1_000)
    apart = left.with_columns(pl.col("first_name", "surname").str.normalize("NFD"))
    assert not left["first_name"].equals(apart["first_name"])
    capitals = left.with_columns(pl.col("first_name", "surname").str.to_uppercase())
    assert links(left, apart, plan()) == links(left, capitals, plan()) == links(left, left, plan())
    other = left.with_columns(first_name=pl.lit("王 秀英"), surname=pl.lit("Иванова"))
    exact = match(left, apart, plan()).patterns.filter(pl.col("surname") == "exact")
    assert (
        exact["pairs"].sum()
        == match(left, left, plan()).patterns.filter(pl.col("surname") == "exact")["pairs"].sum()
    )
    found = match(other, other, plan(blocking=[["born"]]))
    assert found.patterns["surname"].unique().to_list() == ["exact"]
    assert found.summary["links"] > 0


def test_a_rule_on_a_part_that_no_value_has_finds_nothing() -> None:
    left = people(500).with_columns(surname=pl.lit("123"))
    found = match(left, left, plan())
    assert found.blocks["pairs"].to_list()[0] == 0
    alone = match(
        left, left, plan(blocking=[["surname:soundex"]], deterministic=[["surname:soundex"]])
    )
    assert alone.pairs.height == alone.summary["pairs"] == 0


def test_a_column_that_is_only_blocked_on_has_its_parts() -> None:
    asked = plan(
        blocking=[["postcode:sector"], ["postcode"]],
        comparisons=[{"column": "surname", "kind": "name", "levels": ["exact"]}],
        deterministic=[["surname", "postcode"]],
    )
    left = people(50).with_columns(postcode=pl.lit("ct1 2ab"))
    assert match(left, left, asked).blocks["pairs"].to_list() == [2_500, 2_500]


def test_a_missing_value_is_in_no_block_however_large_the_numbers_of_a_rule_become(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frame = pl.DataFrame({"x": [None, "a", "a"], "y": ["b", None, "b"], "z": ["c", "c", "c"]})
    dictionaries = {name: dictionary_of(frame[name], frame[name]) for name in frame.columns}
    for largest in (2**62, 0):
        monkeypatch.setattr(blocking, "_LARGEST_KEY", largest)
        for rule in (["x", "y", "z"], ["z", "x", "y"], ["x", "z"]):
            block = blocks_of([rule], dictionaries, 100, itself=False)[0]
            assert block.pairs == (4 if rule == ["x", "z"] else 1)
            assert block.key[2] >= 0
            assert block.key[0] == -1


def wide(rules: int) -> tuple[pl.DataFrame, MatchPlan]:
    """Records that agree on their last column alone, and a rule for each column."""
    names = [f"c{number}" for number in range(rules)]
    frame = pl.DataFrame({name: ["x", "y", "z"] for name in names}).with_columns(
        pl.Series(names[-1], ["same"] * 3)
    )
    return frame, MatchPlan.model_validate(
        {
            "blocking": [[name] for name in names],
            "comparisons": [{"column": names[0], "kind": "exact", "levels": ["exact"]}],
            "deterministic": [[names[0]]],
            "review_from": 0.0,
            "one_to_one": "none",
        }
    )


def test_as_many_rules_as_bits_are_told_apart_and_one_more_is_refused() -> None:
    frame, asked = wide(MOST_RULES)
    other = frame.with_columns(pl.exclude(f"c{MOST_RULES - 1}") + "'")
    found = match(frame, other, asked)
    assert found.blocks["new_pairs"].to_list() == [0] * (MOST_RULES - 1) + [9]
    assert found.pairs["rule"].unique().to_list() == [f"c{MOST_RULES - 1}"]
    both = match(frame, frame, asked)
    assert both.blocks["new_pairs"].to_list() == [3] + [0] * (MOST_RULES - 2) + [6]
    frame, asked = wide(MOST_RULES + 1)
    with pytest.raises(ValueError, match="up to 32 blocking rules, given 33"):
        match(frame, frame, asked)


@pytest.mark.parametrize("columns", [13, 32, 64])
def test_too_many_patterns_are_refused_however_many(columns: int) -> None:
    names = [f"c{number}" for number in range(columns)]
    frame = pl.DataFrame({name: ["x"] for name in names})
    asked = MatchPlan.model_validate(
        {
            "blocking": [names[:1]],
            "comparisons": [
                {"column": name, "kind": "name", "levels": ["exact", "soundex"]} for name in names
            ],
            "deterministic": [names[:1]],
        }
    )
    assert patterns_possible(compared(asked, dictionaries_of(frame, frame, asked))) == 4**columns
    with pytest.raises(ValueError, match="too many levels: take fewer comparisons or levels"):
        match(frame, frame, asked)


def slips(left: pl.DataFrame) -> pl.DataFrame:
    """The same people, a quarter of them with another postcode, surname or no date."""
    which = pl.Series(np.arange(left.height) % 12)
    return left.with_columns(
        postcode=pl.when(which == 0).then(pl.lit("ME9 9ZZ")).otherwise("postcode"),
        surname=pl.when(which == 1).then(pl.col("surname") + "s").otherwise("surname"),
        born=pl.when(which != 2).then("born"),
    )


def test_m_and_u_of_each_comparison_sum_to_one() -> None:
    left = people(3_000)
    for right in (slips(left), None):
        levels = match(left, right, plan()).levels
        sums = levels.group_by("comparison", maintain_order=True).agg(pl.col("m", "u").sum())
        assert sums["comparison"].to_list() == list(COLUMNS)
        assert sums["m"].to_list() == pytest.approx([1.0] * 4, abs=1e-6)
        assert sums["u"].to_list() == pytest.approx([1.0] * 4, abs=1e-6)
        assert levels["weight"].to_list() == np.log2(levels["m"] / levels["u"]).to_list()


def test_weights_are_the_log_odds_of_probabilities_and_decide() -> None:
    left = people(3_000)
    found = match(left, slips(left), plan())
    for table in (found.pairs, found.patterns):
        chance = 1 / (1 + 2.0 ** -table["match_weight"].to_numpy())
        assert table["match_probability"].to_numpy() == pytest.approx(chance, rel=1e-12)
    ends = found.pairs.group_by("decision").agg(pl.col("match_probability").min())
    least = dict(ends.iter_rows())
    assert least["link"] >= 0.95
    assert least["review"] >= 0.5
    assert found.summary["links"] + found.summary["for_review"] == found.pairs.height
    assert found.pairs.select("left", "right").is_duplicated().sum() == 0


def test_a_pair_weighs_what_its_pattern_does_and_that_is_the_sum_of_its_levels() -> None:
    left = people(3_000)
    right = slips(left)
    found = match(left, right, plan(review_from=0.0, threshold=0.9, one_to_one="none"))
    assert found.pairs.height == found.summary["pairs"] == found.patterns["pairs"].sum()
    comparisons = compared(plan(), dictionaries_of(left, right, plan()))
    a, b = (found.pairs[side].cast(pl.Int32).to_numpy() for side in ("left", "right"))
    words = {
        each.column: pl.Series(each.names).gather(each.digits(a, b, itself=False))
        for each in comparisons
    }
    pairs = found.pairs.with_columns(**words)
    counts = pairs.group_by(COLUMNS).agg(pl.len().cast(pl.Int64).alias("pairs"))
    rows = pairs.join(found.patterns, on=COLUMNS, suffix="_of_pattern", maintain_order="left")
    assert rows.height == pairs.height
    assert rows["match_weight"].equals(rows["match_weight_of_pattern"], check_names=False)
    assert counts.sort(COLUMNS).equals(found.patterns.select(*COLUMNS, "pairs").sort(COLUMNS))
    weights = {(c, level): w for c, level, _, _, w in found.levels.iter_rows()}
    prior = found.summary["prior"]
    for row in found.patterns.iter_rows(named=True):
        total = np.log2(prior / (1 - prior)) + sum(weights.get((c, row[c]), 0.0) for c in COLUMNS)
        assert row["match_weight"] == pytest.approx(total, abs=1e-9)


def test_a_level_before_exact_is_asked_too() -> None:
    left = pl.DataFrame({"surname": ["Martha", "Martha"]})
    right = pl.DataFrame({"surname": ["Marhta", "Martha"]})
    levels = ["jaro_winkler>=0.9", "exact"]
    asked = plan(
        blocking=[["surname"]],
        comparisons=[{"column": "surname", "kind": "name", "levels": levels}],
        deterministic=[["surname"]],
    )
    comparisons = compared(asked, dictionaries_of(left, right, asked))
    row = np.arange(2, dtype=np.int32)
    assert patterns(comparisons, row, row, itself=False).tolist() == [3, 3]


@pytest.mark.parametrize("itself", [False, True])
def test_names_the_other_way_round_are_a_level_of_their_own_after_the_first(itself: bool) -> None:
    left = pl.DataFrame(
        {
            "first_name": ["Lee", "Lee", "Lee", "Lee", "Jon"],
            "surname": ["James", "Lee", "James", None, "John"],
        }
    )
    right = pl.DataFrame(
        {
            "first_name": ["James", "Lee", "James", "James", "John"],
            "surname": ["Lee", "Lee", "Leigh", "Lee", "Jon"],
        }
    )
    name = {"kind": "name", "levels": ["exact", "jaro_winkler>=0.8"]}
    asked = plan(
        blocking=[["surname"]],
        comparisons=[
            {"column": "first_name", "swapped_with": "surname", **name},
            {"column": "surname", **name},
        ],
        deterministic=[["surname"]],
    )
    row = np.arange(5, dtype=np.int32)
    if itself:
        dictionaries = dictionaries_of(pl.concat([left, right]), None, asked)
        found = compared(asked, dictionaries)[0].digits(row, row + np.int32(5), itself=True)
    else:
        dictionaries = dictionaries_of(left, right, asked)
        found = compared(asked, dictionaries)[0].digits(row, row, itself=False)
    names = compared(asked, dictionaries)[0].names
    assert names == ("missing", "else", "jaro_winkler>=0.8", "swapped", "exact")
    # Lee Lee is the same first name; the surname of one is spelt otherwise, or missing; John and
    # Jon are alike, and swapped is more.
    assert [names[digit] for digit in found] == ["swapped", "exact", "else", "else", "swapped"]


def test_people_whose_names_were_swapped_are_linked() -> None:
    left = people(3_000)
    right = slips(left)
    swapped = pl.arange(pl.len()) % 20 == 0
    right = right.with_columns(
        pl.when(swapped).then("surname").otherwise("first_name").alias("first_name"),
        pl.when(swapped).then("first_name").otherwise("surname").alias("surname"),
    )
    blocking = [["born"], ["surname", "postcode"]]
    comparisons = [each.model_dump(exclude_defaults=True) for each in plan().comparisons]
    found = {}
    for name, other in (("without", ""), ("with", "surname")):
        first = comparisons[0] | {"swapped_with": other}
        asked = plan(blocking=blocking, comparisons=[first, *comparisons[1:]])
        links = match(left, right, asked).pairs.filter(decision="link")
        own = links.filter(pl.col("left") == pl.col("right"), pl.col("left") % 20 == 0)
        found[name] = own.height
    assert found["with"] > found["without"]


def test_pairs_that_are_asked_for_are_kept_however_improbable() -> None:
    left = people(3_000)
    right = slips(left)
    every = match(left, right, plan(review_from=0.0, one_to_one="none")).pairs
    assert every["match_weight"].min() < -15
    some = match(left, right, plan(review_from=0.0001, one_to_one="none")).pairs
    kept = every.filter(pl.col("match_probability") >= 0.0001)
    assert some.equals(kept)
    assert some["match_probability"].min() < 0.001
    assert match(left, right, plan(review_from=1.0, threshold=1.0)).pairs.height == 0


def test_a_pair_is_kept_for_its_rare_values() -> None:
    columns = ("one", "two", "three")
    frame = pl.DataFrame({name: ["common"] * 2_999 + ["rare"] for name in columns})
    asked = MatchPlan.model_validate(
        {
            "blocking": [columns],
            "comparisons": [
                {"column": name, "kind": "name", "levels": ["exact"], "term_frequency": True}
                for name in columns
            ],
            "deterministic": [columns],
        }
    )
    # By its pattern alone the pair weighs less than -20 bits: nearly all pairs have it.
    found = match(frame, frame, asked)
    assert found.patterns["match_weight"].to_list()[0] < -20
    assert found.pairs.select("left", "right", "decision").rows() == [(2_999, 2_999, "link")]


def test_a_second_best_below_review_still_counts_for_the_gap() -> None:
    left = people(3_000)
    # Everybody is there twice, once with another first name, year and postcode.
    other = left.with_columns(
        first_name=pl.lit("Xena"), born="1932" + pl.col("born").str.slice(4), postcode=pl.lit("M1")
    )
    right = pl.concat([left, other])
    given = {"one_to_one": "none", "blocking": [["surname", "born:month_day"], ["born"]]}
    weights = match(left, right, plan(**given, review_from=0.0)).pairs
    first = weights.filter(pl.col("left") == pl.col("right"))
    second = weights.filter(pl.col("left") + 3_000 == pl.col("right"))
    assert first.height == second.height == 3_000
    gaps = (first["match_weight"] - second["match_weight"]).to_numpy()
    assert second["match_probability"].max() < 0.5
    assert len(links(left, right, plan(**given, gap=gaps.min() - 5.0))) > 2_000
    assert not links(left, right, plan(**given, gap=gaps.max() + 0.1))


def test_within_a_file_a_record_competes_on_either_side() -> None:
    left, right = np.array([0, 1, 3], np.int32), np.array([1, 2, 4], np.int32)
    bits = np.array([9.0, 7.0, 5.0])
    assert decide.lead(left, right, bits).tolist() == [np.inf] * 3
    assert decide.lead(left, right, bits, itself=True).tolist() == [2.0, -2.0, np.inf]


THREADED = """
import sys
sys.path[:0] = [{tests!r}]
import test_matching_edges as edges
left = edges.people(4_000)
left = left.with_columns(surname=left["surname"] + left["born"].str.slice(8, 2))
asked = edges.plan(blocking=[["born:month"], ["postcode"]], one_to_one="optimal")
found = edges.match(left, edges.slips(left), asked)
assert found.summary["pairs"] > 1_000_000
for table in (found.pairs, found.patterns, found.levels, found.blocks):
    sys.stdout.write(table.write_csv())
sys.stdout.write(repr([v for k, v in found.summary.items() if not k.startswith("seconds")]))
"""


def test_the_number_of_threads_changes_no_byte() -> None:
    program = THREADED.format(tests=str(Path(__file__).parent))
    written = []
    for threads in ("1", "2"):
        sizes = {"POLARS_MAX_THREADS": threads, "NUMBA_NUM_THREADS": threads}
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | sizes,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        )
        written.append(done.stdout)
    assert len(written[0]) > 100_000
    assert written[0] == written[1]
