"""Keys over time: rotation and what it does to following people, re-keying, destruction."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.keys import KeyDestroyed, KeyRing, Purpose
from linkage.pseudonyms.codes import CannotDecode, CodeBook, Domain
from linkage.pseudonyms.transcryption import Recipient
from linkage.pseudonyms.vault import Vault
from linkage.rotation import Followed, KeyInUse, followed, rekeyed
from simulator.schema import TokenLabel

RING = KeyRing.from_bytes(b"a master only for this test")
YEARS = ("2015", "2016", "2017")
# Anna, number 1: twice in 2015, once in 2016 and in 2017. Ben, 2: in 2016 and 2017. Cai, 3: twice
# in 2017. Dee, 4: in 2015, and without a number in 2016.
NUMBERS = [
    ("Anna", "2015", "1"), ("Anna", "2015", "1"), ("Anna", "2016", "1"), ("Anna", "2017", "1"),
    ("Ben", "2016", "2"), ("Ben", "2017", "2"), ("Cai", "2017", "3"), ("Cai", "2017", "3"),
    ("Dee", "2015", "4"), ("Dee", "2016", None),
]  # fmt: skip


def book(period: str, ring: KeyRing = RING, *, per_row: bool = False) -> CodeBook:
    key = ring.derive_coding(Purpose("nhs_number", "databank", period))
    return CodeBook(key, Domain("nhs_number", period), per_row)


BOOKS = {year: book(year) for year in YEARS}
KEYS = {year: KeyInUse.of_codes(BOOKS[year]) for year in YEARS}


def coded(periods_share_a_key: bool = False) -> pl.DataFrame:
    """The records as they are kept: each coded under the key of its period, or of the first."""
    rows = []
    for person, period, number in NUMBERS:
        used = BOOKS["2015" if periods_share_a_key else period]
        code = used.encode(pl.Series([number], dtype=pl.String))[0]
        rows.append((person, period, used.key.key_id, code))
    names = {"person": pl.String, "period": pl.String, "key_id": pl.String, "code": pl.Binary}
    return pl.DataFrame(rows, schema=names, orient="row")


def test_without_rotation_people_are_followed_over_all_periods() -> None:
    # Within a year: Anna's pair in 2015, Cai's in 2017. Across: Anna's other 5 pairs, Ben's and
    # Dee's one each; Dee's second record has no number.
    assert followed(coded(periods_share_a_key=True)) == Followed(2, 2, 7, 6, people=3, whole=2)


def test_with_a_key_a_period_nobody_is_followed_across_and_all_are_within() -> None:
    found = followed(coded())
    assert found == Followed(2, 2, 7, 0, people=3, whole=0)
    assert (found.share_within, found.share_across) == (1.0, 0.0)


def test_re_keying_by_a_party_that_holds_all_keys_restores_what_was_lost() -> None:
    new = book("2018")
    found = rekeyed(coded(), KEYS.values(), KeyInUse.of_codes(new))
    assert followed(found) == followed(coded(periods_share_a_key=True))
    assert set(found["key_id"]) == {new.key.key_id}
    opened = new.decode(found["code"]).to_list()
    assert opened == [number for _, _, number in NUMBERS]


def test_re_keying_restores_only_the_periods_whose_keys_are_held() -> None:
    # To the key of 2017, with that of 2016: Anna's pair 2016-2017 and Ben's come back.
    found = rekeyed(coded(), [KEYS["2016"]], KEYS["2017"])
    assert followed(found) == Followed(2, 2, 7, 2, people=3, whole=1)
    untouched = pl.col("period") == "2015"
    assert found.filter(untouched).equals(coded().filter(untouched))


def test_re_keying_again_or_to_a_key_that_is_held_changes_nothing() -> None:
    once = rekeyed(coded(), KEYS.values(), KEYS["2016"])
    assert rekeyed(once, KEYS.values(), KEYS["2016"]).equals(once)
    assert followed(once) == followed(coded(periods_share_a_key=True))


def test_re_keying_says_so_if_a_code_is_not_under_the_key_that_it_names() -> None:
    wrong = coded().with_columns(key_id=pl.lit(BOOKS["2016"].key.key_id))
    with pytest.raises(CannotDecode, match="not all of them"):
        rekeyed(wrong, [KEYS["2016"]], KEYS["2017"])


def test_re_keying_to_codes_that_join_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="nonce"):
        rekeyed(coded(), KEYS.values(), KeyInUse.of_codes(book("2018", per_row=True)))


def test_sealed_tokens_are_re_keyed_without_their_numbers() -> None:
    made_as = TokenLabel("hmac-sha256/64", "nhs_number", "nhs-number", "aaaaaaaa", "")
    sealers = [Recipient.of(RING, "databank", made_as, year) for year in YEARS]
    tokens = pl.Series([7, 7, None], dtype=pl.UInt64)
    records = pl.DataFrame(
        {
            "person": ["Anna", "Anna", "Dee"],
            "period": YEARS,
            "key_id": [one.key.key_id for one in sealers],
            "code": [one.seal(tokens)[at] for at, one in enumerate(sealers)],
        },
        schema_overrides={"code": pl.Binary},
    )
    assert followed(records).joined_across == 0
    keys = [KeyInUse.of_tokens(one) for one in sealers]
    found = rekeyed(records, keys, keys[2])
    assert followed(found).joined_across == followed(found).pairs_across == 1
    assert sealers[2].open(found["code"]).to_list() == [7, 7, None]


def test_where_there_are_no_pairs_there_is_no_share() -> None:
    found = followed(coded().head(0))
    assert found == Followed(0, 0, 0, 0, 0, 0)
    assert math.isnan(found.share_within)
    assert math.isnan(found.share_across)


few = st.integers(1, 3)
codes = st.sampled_from([None, b"a", b"b"])


@given(st.lists(st.tuples(few, few, few, codes), max_size=12))
def test_following_people_equals_looking_at_every_pair(
    rows: list[tuple[int, int, int, bytes | None]],
) -> None:
    names = {"person": pl.Int64, "period": pl.Int64, "key_id": pl.Int64, "code": pl.Binary}
    found = followed(pl.DataFrame(rows, schema=names, orient="row"))
    count: Counter[str] = Counter()
    for one, other in combinations(rows, 2):
        if one[0] == other[0]:
            where = "within" if one[1] == other[1] else "across"
            count[f"pairs {where}"] += 1
            count[f"joined {where}"] += one[2:] == other[2:] and one[3] is not None
    people = [[row for row in rows if row[0] == person] for person in {row[0] for row in rows}]
    several = [own for own in people if len({row[1] for row in own}) > 1]
    whole = [own for own in several if len({row[2:] for row in own}) == 1 and own[0][3]]
    assert found == Followed(
        count["pairs within"],
        count["joined within"],
        count["pairs across"],
        count["joined across"],
        len(several),
        len(whole),
    )


GONE = Purpose("nhs_number", "databank", "2015")
LEFT = [
    Purpose("nhs_number", "databank", "2016"),
    Purpose("nhs_number", "council", "2015"),
    Purpose("postcode", "databank", "2015"),
]


def test_a_destroyed_key_is_refused_for_every_kind_of_use() -> None:
    ring = RING.destroy(GONE)
    for use in (ring.derive, ring.derive_coding, ring.derive_blind, lambda p: Vault.of(ring, p)):
        with pytest.raises(KeyDestroyed, match="period 2015 was destroyed"):
            use(GONE)


def test_every_other_key_stays_what_it_was() -> None:
    ring = RING.destroy(GONE)
    for purpose in LEFT:
        assert ring.derive(purpose).material == RING.derive(purpose).material
        assert ring.derive_coding(purpose).material == RING.derive_coding(purpose).material
        assert ring.derive_blind(purpose).material == RING.derive_blind(purpose).material
        assert Vault.of(ring, purpose).vault_id == Vault.of(RING, purpose).vault_id


def test_what_was_coded_under_a_destroyed_key_is_opened_by_no_key_that_is_left() -> None:
    records, ring = coded(), RING.destroy(GONE)
    old = records.filter(period="2015")["code"]
    domain = Domain("nhs_number", "2015")
    for purpose in LEFT:
        left = CodeBook(ring.derive_coding(purpose), domain)
        assert left.open(old).null_count() == len(old)
    # What was coded in other periods can still be opened, and joined after re-keying.
    held = [KeyInUse.of_codes(book(year, ring)) for year in ("2016", "2017")]
    new = KeyInUse.of_codes(book("2018", ring))
    assert followed(rekeyed(records, held, new)).joined_across == 2
    with pytest.raises(KeyDestroyed):
        book("2015", ring)


def test_destroying_is_done_to_a_ring_and_all_that_come_of_it() -> None:
    ring = RING.destroy(GONE).destroy(LEFT[0])
    for purpose in (GONE, LEFT[0]):
        with pytest.raises(KeyDestroyed):
            ring.derive(purpose)
    assert RING.derive(GONE).key_id  # whoever kept the old ring still has the key
    assert (ring.ring_id, len(ring.destroyed)) == (RING.ring_id, 2)
