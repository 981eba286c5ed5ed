"""Mistyping: one slip after the first letter, of the four kinds in their shares."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.damages.keyboard import TYPING, mistype
from tests.kent_like import draft_of
from tests.statistical import assert_even, assert_share

TYPED = string.ascii_letters + string.digits + " '-"
LETTERS = st.text(st.sampled_from(TYPED), min_size=1, max_size=32)


@given(st.lists(LETTERS, min_size=1, max_size=30), st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_mistyping_is_one_slip_after_the_first_letter_within_the_limit(
    texts: list[str], seed: int
) -> None:
    found = mistype(
        draft_of(texts, seed), "surname_typing", np.arange(len(texts)), np.array(texts, dtype="U32")
    )
    for text, typed in zip(texts, found.tolist(), strict=True):
        assert typed[0] == text[0]
        assert len(typed) <= 32
        assert one_slip(text, typed), (text, typed)
        if len(text) in (1, 32):
            assert typed == text


def one_slip(text: str, typed: str) -> bool:
    """Whether a substitution, insertion, deletion or swap of neighbours leads to the typed text."""
    if text == typed:
        return True
    if len(text) == len(typed):
        at = [i for i in range(len(text)) if text[i] != typed[i]]
        swapped = len(at) == 2 and at[1] == at[0] + 1 and text[at[0]] == typed[at[1]]
        return len(at) == 1 or (swapped and text[at[1]] == typed[at[0]])
    longer, shorter = sorted((text, typed), key=len, reverse=True)
    cuts = (longer[:i] + longer[i + 1 :] for i in range(1, len(longer)))
    return len(longer) == len(shorter) + 1 and shorter in cuts


def test_slips_are_of_the_four_kinds_in_their_shares_and_anywhere_in_the_text() -> None:
    text = "Abcdefghij"  # no two neighbours equal, all letters on the keyboard
    draft = draft_of([text] * 40_000)
    found = mistype(draft, "surname_typing", np.arange(40_000), np.full(40_000, text)).tolist()
    substituted, inserted, deleted, swapped = TYPING
    same_length = [typed for typed in found if len(typed) == len(text)]
    at = [[i for i in range(10) if text[i] != typed[i]] for typed in same_length]
    differs = np.array([len(places) for places in at])
    counts = (
        (sum(len(typed) > len(text) for typed in found), inserted),
        (sum(len(typed) < len(text) for typed in found), deleted),
        (int((differs == 2).sum()), swapped),
        (int((differs == 1).sum()), substituted),
    )
    for count, share in counts:
        assert_share(count, len(found), share, fault=0.1)
    single = [places[0] for places in at if len(places) == 1]
    assert_even(np.bincount(single, minlength=10)[1:])


@pytest.mark.parametrize(("text", "keys"), [("AS", "AWEDXZ"), ("as", "awedxz"), ("A5", "46S")])
def test_a_substituted_letter_is_a_neighbouring_key_in_the_same_case(text: str, keys: str) -> None:
    found = mistype(
        draft_of([text] * 2_000), "surname_typing", np.arange(2_000), np.full(2_000, text)
    )
    # Two characters long: substituted, or a swap that would move the first letter and is not done.
    typed = {second for first, *rest in found.tolist() for second in rest if len(rest) == 1}
    assert typed == set(keys) | {text[1]}
