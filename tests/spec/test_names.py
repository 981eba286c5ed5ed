"""Names: pools are those of Faker and the stated tail, and draws follow their weights."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from faker.providers.person.en_GB import Provider

from simulator import names, randomness
from simulator.names import (
    HERITAGES,
    Book,
    Pool,
    first_name_book,
    first_names,
    surname_book,
    surnames,
)
from tests.statistical import assert_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

DECADES = range(1920, 2020, 10)
CHANGED = "Faker's British names have changed: check the pools, then write down the new hash"


def fingerprint(given: object) -> str:
    """A hash of a list of names as it is."""
    return hashlib.sha256(repr(given).encode()).hexdigest()


def test_fakers_british_surnames_are_those_that_the_head_was_made_from() -> None:
    # Faker 40.54.0: 500 surnames with their shares in per cent.
    assert fingerprint(tuple(Provider.last_names.items())) == (
        "b7e27be1662a32467d52862bc513e7f386e549a69b4a66596eaee069ef698e61"
    ), CHANGED
    assert sum(Provider.last_names.values()) == pytest.approx(39.51)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (
            Provider.first_names_female,
            "3da0f430b764edfcd9468135543b18a1278ea0701f044a2bcc672883a721625a",
        ),
        (
            Provider.first_names_male,
            "825966d26d58c3c3d23c5cc771a17b4aa11a700e1edff05b34d4b05313f12b42",
        ),
    ],
    ids=["women", "men"],
)
def test_fakers_british_first_names_are_those_that_the_pools_were_made_from(
    listed: tuple[str, ...], expected: str
) -> None:
    assert fingerprint(tuple(listed)) == expected, CHANGED


def spelt(book: Book, codes: NDArray[np.int64]) -> NDArray[np.object_]:
    """Names of codes as an array of text."""
    return book.spell(codes).to_numpy()


@pytest.mark.parametrize("heritage", HERITAGES)
def test_weights_are_shares_that_fall_with_rank_and_names_are_plain(heritage: str) -> None:
    pools = [surnames(heritage)]
    pools += [first_names(heritage, sex, decade) for sex in "FM" for decade in DECADES]
    for pool in pools:
        assert pool.weights.sum() == pytest.approx(1.0, abs=1e-12)
        assert pool.weights.min() > 0
        assert len(set(pool.names)) == len(pool.names)
        assert all(name.isascii() and name.strip() and len(name) <= 24 for name in pool.names)
    first = first_names(heritage, "F", 1950).weights
    assert np.all(np.diff(first) <= 0)


def test_the_head_keeps_fakers_shares_and_the_tail_holds_the_rest() -> None:
    pool = surnames("British")
    head = sum(Provider.last_names.values()) / 100
    assert pool.weights[:500].sum() == pytest.approx(head, rel=1e-9)
    assert dict(zip(pool.names, pool.weights, strict=True))["Smith"] == pytest.approx(
        Provider.last_names["Smith"] / 100
    )
    assert pool.weights[500:].sum() == pytest.approx(1 - head, rel=1e-9)
    assert not set(pool.names[500:]) & set(Provider.last_names)


def test_the_tail_falls_with_the_stated_slopes() -> None:
    weights = np.log(surnames("British").weights)
    for low, high, slope in ((501, 2_000, -0.92), (2_001, 20_000, -1.05)):
        found = (weights[high - 1] - weights[low - 1]) / (np.log(high) - np.log(low))
        assert found == pytest.approx(slope, abs=1e-6)


def test_two_people_share_a_surname_as_often_as_head_and_tail_imply() -> None:
    # The bounds follow from the head alone and from the commonest name that the tail can have; they
    # are not the published chance, which docs/validity.md holds out.
    pool = surnames("British")
    head = np.array(sorted(Provider.last_names.values())) / 100
    least = float((head**2).sum())
    most = least + (1 - head.sum()) * head[0]
    assert least < float((pool.weights**2).sum()) < most


def test_names_in_fashion_change_with_the_decade_and_concentration_falls() -> None:
    early, late = first_names("British", "F", 1930), first_names("British", "F", 2010)
    assert len(set(early.names[:20]) & set(late.names[:20])) < 10
    assert early.weights[:10].sum() > 1.5 * late.weights[:10].sum()


def test_a_letter_without_an_accent_of_its_own_is_not_lost() -> None:
    assert names._plain("Y\u0131lmaz") == "Yilmaz"
    assert names._plain("Akyeamfuɔ") == "Akyeamfuo"
    assert names._plain("Şükrü") == "Sukru"
    assert names._plain("D\u2019Alia") == "D'Alia"


def test_drawn_surnames_follow_the_weights_of_their_heritage() -> None:
    ids = randomness.combine("person", np.arange(40_000), 0)
    heritage = np.repeat(np.arange(4), 10_000)
    drawn = spelt(surname_book(), names.draw_surnames(3, ids, heritage, "surname"))
    for code, name in enumerate(HERITAGES):
        pool = surnames(name)
        among = drawn[heritage == code]
        assert set(among) <= set(pool.names)
        top = set(pool.names[:20])
        count = sum(surname in top for surname in among.tolist())
        assert_share(count, among.size, float(pool.weights[:20].sum()), fault=0.4)


def test_drawn_first_names_are_of_the_sex_and_decade() -> None:
    ids = randomness.combine("person", np.arange(8_000), 0)
    female = np.arange(8_000) % 2 == 0
    year = np.where(np.arange(8_000) < 4_000, 1935, 2005)
    codes = names.draw_first_names(3, ids, np.zeros(8_000, dtype=np.int64), female, year)
    drawn = spelt(first_name_book(), codes)
    for sex, is_female in (("F", True), ("M", False)):
        for born, decade in ((1935, 1930), (2005, 2000)):
            among = drawn[(female == is_female) & (year == born)]
            pool = first_names("British", sex, decade)
            assert set(among) <= set(pool.names)
            count = int(np.isin(among, pool.names[:10]).sum())
            assert_share(count, among.size, float(pool.weights[:10].sum()), fault=0.5)


def test_years_outside_the_table_take_its_first_or_last_decade() -> None:
    ids = np.arange(4, dtype=np.uint64)
    years = np.array([1890, 1925, 2015, 2024])
    codes = names.draw_first_names(1, ids, np.zeros(4, dtype=np.int64), np.ones(4, bool), years)
    drawn = spelt(first_name_book(), codes)
    assert all(name in first_names("British", "F", 1920).names for name in drawn[:2])
    assert all(name in first_names("British", "F", 2010).names for name in drawn[2:])


def test_a_pool_that_repeats_a_name_or_lacks_a_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="one weight for each of its distinct names"):
        Pool(("A", "A"), np.array([0.5, 0.5]))
    with pytest.raises(ValueError, match="one weight for each"):
        Pool(("A", "B"), np.array([1.0]))


def test_first_names_are_as_concentrated_as_those_of_1996_and_2016_births() -> None:
    # Names of the British pool, which 86 % of Kent have; ONS baby names, per cent of births.
    for sex, decade, published in (
        ("M", 1990, (3.4, 25.1, 76.3)),
        ("F", 1990, (2.4, 20.6, 64.4)),
        ("M", 2010, (2.0, 14.0, 54.7)),
        ("F", 2010, (1.6, 10.9, 46.3)),
    ):
        weights = first_names("British", sex, decade).weights
        found = [86 * float(weights[:top].sum()) for top in (1, 10, 100)]
        assert found == pytest.approx(published, rel=0.10)
