"""Dictionaries: every distinct value once, and each record's code leads back to its value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage import dictionary as module
from linkage.dictionary import Dictionary, dictionary_of, symbols_of

ROOT = Path(__file__).parents[2]
columns = st.lists(
    st.none() | st.text(max_size=3) | st.sampled_from(["A", "BÉ", "日本"]), max_size=30
)


def text(values: list[str | None]) -> pl.Series:
    return pl.Series("any name", values, dtype=pl.String)


def written(dictionary: Dictionary, codes: np.ndarray) -> list[str | None]:
    """The values of codes, one by one."""
    return [None if code == -1 else dictionary.values[int(code)] for code in codes]


def test_codes_are_positions_in_order_of_first_appearance() -> None:
    dictionary = dictionary_of(text(["B", None, "A", "B"]), text(["C", "A", None]))
    assert dictionary.values.to_list() == ["B", "A", "C"]
    assert dictionary.left.tolist() == [0, -1, 1, 0]
    assert dictionary.right.tolist() == [2, 1, -1]
    assert dictionary.counts.tolist() == [2, 2, 1]
    assert dictionary.left.dtype == dictionary.right.dtype == np.int32
    assert dictionary.counts.dtype == np.int64


@given(columns, columns)
def test_codes_lead_back_to_the_values(left: list[str | None], right: list[str | None]) -> None:
    dictionary = dictionary_of(text(left), text(right))
    present = [value for value in left + right if value is not None]
    assert dictionary.values.to_list() == list(dict.fromkeys(present))
    assert written(dictionary, dictionary.left) == left
    assert written(dictionary, dictionary.right) == right
    assert dictionary.counts.tolist() == [present.count(value) for value in dictionary.values]


@given(columns)
def test_symbols_tell_the_same_characters_apart(values: list[str | None]) -> None:
    dictionary = dictionary_of(text(values), text([]))
    buffer, offsets = dictionary.symbols
    characters = "".join(dictionary.values.to_list())
    assert np.diff(offsets).tolist() == [len(value) for value in dictionary.values]
    assert len(buffer) == len(characters)
    assert len(set(zip(buffer.tolist(), characters, strict=True))) == len(set(characters))
    assert len(set(buffer.tolist())) == len(set(characters))


def test_ascii_keeps_its_bytes_and_a_large_alphabet_needs_more() -> None:
    assert symbols_of(text(["AB", "", "C"])).buffer.tobytes() == b"ABC"
    assert symbols_of(text(["É", "É日"])).buffer.dtype == np.uint8
    assert symbols_of(text(["".join(map(chr, range(300)))])).buffer.dtype == np.uint32


def test_unlike_values_of_one_hash_are_still_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = pl.Series.hash
    tried = []

    def weak(self: pl.Series, seed: int = 0) -> pl.Series:
        tried.append(seed)
        return honest(self, seed) if seed else honest(self.str.slice(0, 1), seed)

    monkeypatch.setattr(pl.Series, "hash", weak)
    assert dictionary_of(text(["AB", "AC", None]), text(["AC"])).left.tolist() == [0, 1, -1]
    assert tried == [0, 1]
    monkeypatch.setattr(module, "_SEEDS", 1)
    with pytest.raises(RuntimeError, match="one number to unlike values"):
        dictionary_of(text(["AB", "AC"]), text([]))


def test_the_number_of_threads_changes_no_code() -> None:
    script = (
        "import hashlib, numpy as np, polars as pl\n"
        "from linkage.dictionary import dictionary_of\n"
        "values = pl.Series((np.arange(200_000) * 7919 % 90_001).astype('U'))\n"
        "made = dictionary_of(values, values.reverse())\n"
        "print(hashlib.sha256(made.left.tobytes() + made.right.tobytes()).hexdigest())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "3")
    }
    assert len(printed) == 1
