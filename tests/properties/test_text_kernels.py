"""Text kernels equal rapidfuzz and slow references, for text of any length and alphabet."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from linkage import text_kernels
from linkage.dictionary import Dictionary, dictionary_of
from linkage.text_kernels import jaro_winkler, levenshtein, osa

# Few letters, so that many are common; combining characters, two-byte and four-byte ones; and
# lengths on both sides of the 64 symbols of a machine word.
letters = st.sampled_from(["AB", "ABCDEFGHIJ -'", "AÉß́̈ZŁ", "A日本😀B"])
texts = letters.flatmap(lambda alphabet: st.text(alphabet, max_size=12) | st.text(max_size=8))
long_texts = letters.flatmap(lambda alphabet: st.text(alphabet, min_size=55, max_size=140))
any_texts = texts | long_texts | st.integers(60, 67).map("AB".__mul__)
lists = st.lists(any_texts, min_size=1, max_size=12)


def all_pairs(values: list[str]) -> tuple[Dictionary, np.ndarray, np.ndarray]:
    """A dictionary of values, and every pair of their codes."""
    dictionary = dictionary_of(pl.Series(values, dtype=pl.String), pl.Series([], dtype=pl.String))
    codes = np.arange(len(dictionary.values), dtype=np.int32)
    return dictionary, np.repeat(codes, len(codes)), np.tile(codes, len(codes))


def slow_jaro_winkler(first: str, second: str) -> float:
    """The definition, without anything clever."""
    if first == second:
        return 1.0
    reach = max(max(len(first), len(second)) // 2 - 1, 0)
    taken: dict[int, str] = {}
    for j, symbol in enumerate(second):
        places = range(max(0, j - reach), min(len(first), j + reach + 1))
        free = [k for k in places if k not in taken and first[k] == symbol]
        if free:
            taken[free[0]] = symbol
    if not taken:
        return 0.0
    common = len(taken)
    out_of_order = sum(
        first[k] != symbol for k, symbol in zip(sorted(taken), taken.values(), strict=True)
    )
    jaro = (common / len(first) + common / len(second) + (common - out_of_order // 2) / common) / 3
    prefix = 0
    while prefix < min(4, len(first), len(second)) and first[prefix] == second[prefix]:
        prefix += 1
    return jaro + 0.1 * prefix * (1 - jaro) if jaro > 0.7 else jaro


def slow_osa(first: str, second: str, *, swaps: bool) -> int:
    """The whole table of the distance."""
    table = [[i + j for j in range(len(second) + 1)] for i in range(len(first) + 1)]
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            cost = first[i - 1] != second[j - 1]
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost)
            is_swap = first[i - 2 : i] == second[j - 2 : j][::-1]
            if swaps and min(i, j) > 1 and is_swap:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


# The first three are the worked examples printed everywhere, the next two of Winkler 1990; the last
# two by hand: 1 of 4 in common is (1/4 + 1/4 + 1) / 3, which is not above .7 and has no boost.
PUBLISHED = [
    ("MARTHA", "MARHTA", 0.9611),
    ("DIXON", "DICKSONX", 0.8133),
    ("DWAYNE", "DUANE", 0.84),
    ("JONES", "JOHNSON", 0.8324),
    ("ABROMS", "ABRAMS", 0.9222),
    ("ABCD", "AXYZ", 0.5),
    ("ABC", "XYZ", 0.0),
]


@pytest.mark.parametrize(("first", "second", "similarity"), PUBLISHED)
def test_jaro_winkler_gives_published_figures(first: str, second: str, similarity: float) -> None:
    dictionary, a, b = all_pairs([first, second])
    found = jaro_winkler(*dictionary.symbols, a, b)
    assert found[1] == pytest.approx(similarity, abs=5e-5)
    assert found[[0, 3]].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("first", "second", "edits", "edits_with_swaps"),
    [("KITTEN", "SITTING", 3, 3), ("CA", "ABC", 3, 3), ("SMITH", "SMIHT", 2, 1), ("", "ABC", 3, 3)],
)
def test_distances_of_known_pairs(
    first: str, second: str, edits: int, edits_with_swaps: int
) -> None:
    dictionary, a, b = all_pairs([first, second])
    assert levenshtein(*dictionary.symbols, a, b, 9).tolist() == [0, edits, edits, 0]
    found = osa(*dictionary.symbols, a, b, 9).tolist()
    assert found == [0, edits_with_swaps, edits_with_swaps, 0]


@given(lists)
def test_jaro_winkler_equals_rapidfuzz_and_the_definition(values: list[str]) -> None:
    dictionary, a, b = all_pairs(values)
    text = dictionary.values.to_list()
    found = jaro_winkler(*dictionary.symbols, a, b).tolist()
    pairs = [(text[i], text[j]) for i, j in zip(a, b, strict=True)]
    assert found == pytest.approx([JaroWinkler.similarity(x, y) for x, y in pairs], abs=1e-12)
    assert found == pytest.approx([slow_jaro_winkler(x, y) for x, y in pairs], abs=1e-12)


@given(lists, st.floats(0, 1))
def test_a_least_similarity_moves_only_what_is_below_it(values: list[str], least: float) -> None:
    dictionary, a, b = all_pairs(values)
    exact = jaro_winkler(*dictionary.symbols, a, b)
    found = jaro_winkler(*dictionary.symbols, a, b, least)
    assert np.array_equal(found[exact >= least], exact[exact >= least])
    assert (found[exact < least] < least).all()


@given(lists, st.sampled_from([0, 1, 2, 5, 1000]))
def test_distances_equal_rapidfuzz_up_to_the_most(values: list[str], most: int) -> None:
    dictionary, a, b = all_pairs(values)
    text = dictionary.values.to_list()
    pairs = [(text[i], text[j]) for i, j in zip(a, b, strict=True)]
    longest = max(map(len, text))
    for kernel, reference in ((levenshtein, Levenshtein), (osa, OSA)):
        found = kernel(*dictionary.symbols, a, b, most).tolist()
        limit = min(most, longest) + 1
        assert found == [min(reference.distance(x, y), limit) for x, y in pairs]


@given(st.lists(texts, min_size=1, max_size=5))
def test_distances_equal_the_whole_table(values: list[str]) -> None:
    dictionary, a, b = all_pairs(values)
    text = dictionary.values.to_list()
    for kernel, swaps in ((levenshtein, False), (osa, True)):
        found = kernel(*dictionary.symbols, a, b, 99).tolist()
        slow = [slow_osa(text[i], text[j], swaps=swaps) for i, j in zip(a, b, strict=True)]
        assert found == slow


def test_the_number_of_threads_and_chunks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [f"{'AB' * (i % 40)}{i * 7919 % 1000}" for i in range(120)]
    dictionary, a, b = all_pairs(values)
    whole = jaro_winkler(*dictionary.symbols, a, b), osa(*dictionary.symbols, a, b, 3)
    monkeypatch.setattr(text_kernels, "_CHUNK", 77)
    for threads in (1, 2, 3):
        assert np.array_equal(jaro_winkler(*dictionary.symbols, a, b, threads=threads), whole[0])
        assert np.array_equal(osa(*dictionary.symbols, a, b, 3, threads), whole[1])


def test_no_pairs_give_no_figures() -> None:
    dictionary, a, b = all_pairs([])
    assert jaro_winkler(*dictionary.symbols, a, b).tolist() == []
    assert osa(*dictionary.symbols, a, b, 1).tolist() == []


@pytest.mark.parametrize("codes", [[-1, 0], [0, 2]])
def test_codes_without_a_value_are_refused(codes: list[int]) -> None:
    dictionary, _, _ = all_pairs(["A", "B"])
    wrong = np.array(codes, dtype=np.int32)
    with pytest.raises(ValueError, match="those of 2 values run from 0"):
        jaro_winkler(*dictionary.symbols, wrong, wrong)


def test_unlike_lengths_and_negative_distances_are_refused() -> None:
    dictionary, a, b = all_pairs(["A", "B"])
    with pytest.raises(ValueError, match="pairs need as many of both"):
        jaro_winkler(*dictionary.symbols, a, b[:1])
    with pytest.raises(ValueError, match="must be 0 or more"):
        osa(*dictionary.symbols, a, b, -1)
