"""The key thief: what a sweep gives away at each length of token, and what it keeps to itself."""

from __future__ import annotations

import hashlib
import hmac
import inspect

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.plan import Treatment
from linkage.pseudonyms.sha256 import key_state
from linkage.pseudonyms.sweep import SweepHits, sweep_block
from reidentify.adversaries import keythief
from reidentify.adversaries.keythief import attack, describe, number_handles, sweep_prefixes
from reidentify.knowledge import NumberList
from reidentify.release import Release
from reidentify.specs import KeyThiefSpec, LeakSpec, ReleaseSpec
from scenarios.attacking.thieves import key_tried, run_key
from simulator.identifiers import nhs_number
from simulator.schema import TokenLabel

SPEC = ReleaseSpec(title="x", events=())


def released(digests: list[int | None], bits: int = 64) -> Release:
    """A release whose rows 10, 20, ... hold tokens of so many bits."""
    tokens = [None if digest is None else digest >> (64 - bits) for digest in digests]
    label = TokenLabel(f"hmac-sha256/{bits}", "nhs_number", "nhs-number", "aaaaaaaa", "")
    people = pl.DataFrame(
        {"row_id": [10 * (i + 1) for i in range(len(tokens))], "token": tokens},
        schema={"row_id": pl.UInt64(), "token": pl.UInt64()},
    )
    return Release("x", SPEC, people, {}, label)


def hits(pairs: list[tuple[int, int]]) -> SweepHits:
    """Hits (number, digest) as a sweep gives them, by number."""
    ordered = sorted(pairs)
    return SweepHits(
        np.array([number for number, _ in ordered], dtype=np.int64),
        np.array([digest for _, digest in ordered], dtype=np.uint64),
    )


def listed(*numbers: int) -> NumberList:
    """A list on which target 1, 2, ... holds a number."""
    return NumberList(
        pl.DataFrame(
            {"target_id": range(1, len(numbers) + 1), "nhs_number": numbers},
            schema={"target_id": pl.UInt64(), "nhs_number": pl.Int64()},
        )
    )


def handle(number: int) -> int:
    return int(number_handles(np.array([number]))[0])


# Two numbers whose digests share 40 bits, one that shares 32 bits with them, and one apart.
A, B, C, D = 9_000_000_001, 9_000_000_002, 9_000_000_003, 9_000_000_004
DIGESTS = {
    A: 0x0123456789_AAAAAA,
    B: 0x0123456789_BBBBBB,
    C: 0x01234567FF_CCCCCC,
    D: 0xFFFFFFFFFF_DDDDDD,
}
SWEPT = hits(list(DIGESTS.items()))


@pytest.mark.parametrize(
    ("bits", "tokens", "candidates", "named"),
    [
        # Row 10 is A's, row 20 is B's, row 30 is D's; named: targets that fit each row.
        (64, 3, [A, B, D], {10: [1], 20: [2], 30: [3]}),
        (40, 2, [A, B, D], {10: [1, 2], 20: [1, 2], 30: [3]}),
        (32, 2, [A, B, C, D], {10: [1, 2], 20: [1, 2], 30: [3]}),
    ],
)
def test_shorter_tokens_fit_more_numbers(
    bits: int, tokens: int, candidates: list[int], named: dict[int, list[int]]
) -> None:
    found = attack(released([DIGESTS[A], DIGESTS[B], DIGESTS[D]], bits), SWEPT, listed(A, B, D))
    assert (found.tokens, found.bits) == (tokens, bits)
    assert sorted(found.candidates["handle"]) == sorted(handle(number) for number in candidates)
    # At 32 bits C fits too, though nobody on the list holds it, so A and B are one of three.
    share = {10: 1 / (len(candidates) - 1) if tokens == 2 else 1.0, 30: 1.0}
    share[20] = share[10]
    assert found.claims.frame.rows() == [
        (row, target, share[row]) for row, targets in named.items() for target in targets
    ]


def test_chance_hits_of_the_leading_bits_are_no_candidates_of_whole_tokens() -> None:
    found = attack(released([DIGESTS[A]]), hits([(C, DIGESTS[C]), (B, DIGESTS[B])]), listed(B, C))
    assert found.candidates.height == len(found.claims) == 0


def test_a_number_that_nobody_on_the_list_holds_names_nobody() -> None:
    found = attack(released([DIGESTS[A], DIGESTS[D]]), SWEPT, listed(B, D))
    assert found.candidates.height == 2
    assert found.claims.frame.select("row_id", "target_id").rows() == [(20, 2)]


def test_two_rows_of_one_number_are_both_named() -> None:
    found = attack(released([DIGESTS[D], None, DIGESTS[D]]), SWEPT, listed(D))
    assert found.tokens == found.candidates.height == 1
    assert found.claims.frame.rows() == [(10, 1, 1.0), (30, 1, 1.0)]


def test_a_release_without_tokens_gives_nothing_away() -> None:
    bare = Release("x", SPEC, pl.DataFrame({"row_id": [1]}, schema={"row_id": pl.UInt64()}), {})
    found = attack(bare, SWEPT, listed(A))
    assert (found.tokens, found.bits, found.candidates.height, len(found.claims)) == (0, 0, 0, 0)
    assert sweep_prefixes([bare]).tolist() == []
    assert sweep_prefixes([]).dtype == np.uint32


def test_prefixes_are_the_same_for_every_truncation() -> None:
    digests = [*DIGESTS.values(), None]
    wanted = [0x01234567, 0xFFFFFFFF]
    for bits in (32, 40, 48, 53, 63, 64):
        assert sweep_prefixes([released(digests, bits)]).tolist() == wanted
    together = sweep_prefixes([released(digests, 64), released([5 << 32], 40)])
    assert together.tolist() == [5, *wanted]
    assert together.dtype == np.uint32


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(0, 2**64 - 1)),
        max_size=12,
        unique_by=lambda x: x[0],
    ),
    st.sampled_from([32, 40, 48, 53, 63, 64]),
    st.data(),
)
def test_the_attack_equals_trying_every_pair(
    swept: list[tuple[int, int]], bits: int, data: st.DataObject
) -> None:
    known = [digest for _, digest in swept] or [0]
    near = st.sampled_from(known).map(lambda digest: digest ^ 1)
    digests = data.draw(st.lists(st.none() | st.sampled_from(known) | near, max_size=8))
    holders = data.draw(st.lists(st.integers(1, 30), unique=True, max_size=10))
    found = attack(released(digests, bits), hits(swept), listed(*holders))
    tokens = {digest >> (64 - bits) for digest in digests if digest is not None}
    fits = {(token, n) for token in tokens for n, digest in swept if digest >> (64 - bits) == token}
    assert set(found.candidates.rows()) == {(token, handle(number)) for token, number in fits}
    claims = [
        (10 * (row + 1), holders.index(number) + 1, 1 / sum(t == token for t, _ in fits))
        for row, digest in enumerate(digests)
        for token, number in sorted(fits)
        if digest is not None and digest >> (64 - bits) == token and number in holders
    ]
    assert found.claims.frame.rows() == sorted(claims)


def test_a_real_sweep_with_the_key_names_everybody_and_with_another_key_nobody() -> None:
    # 300 numbers spread over the first 2 million bodies; a wrong key fits one of 300 whole tokens
    # by chance once in 10^13 sweeps.
    key, other = key_state(b"k" * 32), key_state(b"w" * 32)
    numbers = nhs_number(np.arange(300, dtype=np.int64) * 6_000)
    digests = [
        int.from_bytes(hmac.digest(b"k" * 32, str(number).encode(), hashlib.sha256)[:8], "big")
        for number in numbers
    ]
    bodies = (900_000_000, 902_000_000)
    for bits in (32, 40, 48, 53, 63, 64):
        release = released(list(digests), bits)
        right = sweep_block(sweep_prefixes([release]), key, 2, bodies=bodies)
        found = attack(release, right, listed(*numbers.tolist()))
        frame = found.claims.frame
        named = frame.filter(pl.col("target_id") == pl.col("row_id") // 10)
        assert named.height == 300
    wrong = sweep_block(sweep_prefixes([release]), other, 2, bodies=bodies)
    assert len(attack(release, wrong, listed(*numbers.tolist())).claims) == 0


def stolen(holder: str = "county", **periods: str) -> tuple[KeyThiefSpec, LeakSpec]:
    spec = {"adversary": "key_thief", "recipient": "county", "key": "stolen", "leak": "lost"}
    spec = KeyThiefSpec.model_validate(spec | {"list_share": 1})
    return spec, LeakSpec(holder=holder, **periods)


@pytest.mark.parametrize(
    ("holder", "periods", "named"),
    [
        ("county", {}, 100),
        ("county", {"since": "2017"}, 100),
        ("county", {"since": "2016", "until": "2017"}, 100),
        ("county", {"since": "2018"}, 0),
        ("county", {"until": "2016"}, 0),
        ("warehouse", {}, 0),
    ],
)
def test_a_leaked_key_opens_the_tokens_of_its_holder_and_periods_alone(
    holder: str, periods: dict[str, str], named: int
) -> None:
    # Tokens of the county and of 2017; a wrong key fits one by chance once in 10^13 sweeps.
    treatment = Treatment(scheme="keyed-hash", key_scope="per-recipient", period="2017")
    made_with = run_key(1, "county", "2017").material
    numbers = nhs_number(np.arange(100, dtype=np.int64) * 600)
    digests = [
        int.from_bytes(hmac.digest(made_with, str(number).encode(), hashlib.sha256)[:8], "big")
        for number in numbers
    ]
    release = released(list(digests))
    spec, leak = stolen(holder, **periods)
    key = run_key(1, *key_tried(spec, treatment, leak)).state
    swept = sweep_block(sweep_prefixes([release]), key, 1, bodies=(900_000_000, 900_100_000))
    assert len(attack(release, swept, listed(*numbers.tolist())).claims) == named


def test_where_all_share_a_key_any_leak_is_of_that_one() -> None:
    spec, leak = stolen("warehouse", until="2015")
    shared = Treatment(scheme="keyed-hash", period="2017")
    assert key_tried(spec, shared, leak) == ("all", "2015")
    assert key_tried(spec, shared.model_copy(update={"period": "2014"}), leak) == ("all", "2014")
    assert key_tried(spec, Treatment(scheme="plain-hash"), leak) == ("", "")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"key": "stolen"}, "is needed by key `stolen`"),
        ({"key": "wrong", "leak": "lost"}, "is for key `stolen`"),
        ({"key": "none", "leak": "lost"}, "is for key `stolen`"),
        ({"key": "account", "leak": "lost"}, "is for key `stolen`"),
    ],
)
def test_a_leak_belongs_to_a_stolen_key(settings: dict[str, str], message: str) -> None:
    thief = {"adversary": "key_thief", "recipient": "x", "list_share": 1}
    with pytest.raises(ValueError, match=message):
        KeyThiefSpec.model_validate(thief | settings)


def test_a_leak_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="must not be before"):
        LeakSpec(holder="x", since="2017", until="2016")


def test_the_method_says_of_which_periods_a_key_is_known() -> None:
    spec, leak = stolen(since="2016", until="2017")
    assert "the key of county since 2016 until 2017;" in describe(spec, [leak])


def test_handles_are_one_to_one_and_are_not_the_numbers() -> None:
    numbers = nhs_number(np.arange(10_000, dtype=np.int64))
    handles = number_handles(numbers)
    assert len(np.unique(handles)) == len(numbers)
    assert not set(handles.tolist()) & set(numbers.tolist())


def test_findings_hold_no_number_and_print_none() -> None:
    found = attack(released([DIGESTS[A], DIGESTS[D]]), SWEPT, listed(A, D))
    assert repr(found) == "ThiefFindings(tokens=2, bits=64)"
    numbers = set(found.claims.frame.drop("confidence").to_numpy().ravel().tolist())
    numbers |= set(found.candidates["handle"])
    assert not numbers & {A, B, C, D}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("none", "no key"),
        ("wrong", "the wrong one"),
        ("stolen", "the key of commissioners"),
        ("account", "no key server to ask"),
    ],
)
def test_the_method_names_the_attacker_and_what_it_holds(key: str, words: str) -> None:
    spec = KeyThiefSpec.model_validate(
        {"adversary": "key_thief", "recipient": "x", "key": key, "list_share": 0.25}
        | ({"leak": "lost"} if key == "stolen" else {})
    )
    text = describe(spec, [LeakSpec(holder="commissioners")] if key == "stolen" else [])
    assert words in text
    assert "0.25 of people" in text


def test_the_documentation_says_that_no_command_sweeps_tokens_from_disk() -> None:
    text = " ".join((inspect.getdoc(keythief) or "").split())
    assert "no command points one at tokens or releases that are read from disk" in text
