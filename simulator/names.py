"""Names: weighted pools, with Faker's lists as the head and an invented tail.

Names are held as codes into a book of all pools' names and become text once; two surnames that are
joined (see double_names.py) have one code. Surnames keep the true shares of Faker's 500 commonest
British surnames (39.5 % of bearers) and give the other 60.5 % to a generated tail, so that two
people share a surname about as often as they should. First names are drawn by sex and decade of
birth from Zipf-Mandelbrot weights whose concentration falls over the century.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

# Heritage of names, in the order of their codes.
HERITAGES = ("British", "South Asian", "African", "Other")

# What stands between the parts of a joined surname, in the order of their codes.
JOINERS = ("-", " ")

# Faker locales of each heritage, in order: (first names, surnames).
_LOCALES = {
    "British": (("en_GB", "en_IE", "en_NZ", "en_US"), ("en_GB",)),
    "South Asian": (("en_IN",), ("en_IN", "en_PK")),
    "African": (("yo_NG", "tw_GH"), ("yo_NG", "tw_GH")),
    "Other": (("tr_TR", "en_KE"), ("en_KE", "en_NZ")),
}

# Bearers on the 1998 electoral roll of Great Britain (Tucker 2004, Nomina 27), in thousands.
_SOUTH_ASIAN_HEAD = {
    "Patel": 88.1, "Begum": 43.6, "Khan": 43.5, "Singh": 40.1, "Hussain": 35.8, "Ali": 34.6,
    "Kaur": 33.9, "Ahmed": 29.4, "Shah": 23.2, "Akhtar": 16.9, "Bibi": 16.3, "Miah": 14.2,
    "Mistry": 11.4, "Rahman": 9.9, "Iqbal": 9.0, "Mohammed": 8.6, "Mahmood": 8.5, "Malik": 8.3,
    "Sharma": 7.4, "Uddin": 6.7,
}  # fmt: skip

# Slope of log share on log rank beyond the 500 commonest surnames: -0.92 to rank 2,000, then -1.05
# (8,432 UK surnames with shares, package sdglinkage 0.1.0, give -0.92 and -1.01).
_TAIL_SLOPES = ((2_000, 0.92), (10**9, 1.05))

# Zipf-Mandelbrot of first names by decade of birth: (decade, exponent and offset for F, for M).
# 1990 and 2010 are set to the top 1, 10 and 100 names of 1996 and 2016 (ONS baby names: boys 3.4,
# 25.1, 76.3 and 2.0, 14.0, 54.7 %; girls 2.4, 20.6, 64.4 and 1.6, 10.9, 46.3 %), over the 86 % of
# Kent whose names are British. Earlier ones are assumed: of the 1940s to 1960s it is told from
# memory that ten names held 30-35 % of births and a hundred 85-90 %; 1970 lies between.
_FIRST_NAME_SHAPES = (
    (1920, (2.41, 30.9), (2.35, 29.8)),
    (1970, (1.85, 22.2), (2.15, 27.5)),
    (1990, (1.93, 32.7), (2.50, 37.5)),
    (2010, (0.96, 11.2), (1.13, 13.8)),
)
_MOST_FIRST_NAMES = 800

_DECADES = range(1920, 2020, 10)

_ONSETS = (  # noqa: SIM905 - shorter to read than a list
    "B Br Bl C Ch Cl Cr D Dr F Fl Fr G Gl Gr H Har K Kn L Lan M Mar N Nor P Pr R Ren S Sh St Str "
    "T Th Thr Tr W Wh Wy"
).split()
_MIDDLES = "a e i o u ai ea oo ou ay".split()  # noqa: SIM905
_CODAS = "b ck d g l ll m n nd ng r rd rk rt s st t tch th ve x".split()  # noqa: SIM905
_ENDINGS = "ton ley ham worth by wood son field ford well ".split(" ")  # noqa: SIM905

# Letters that are no ASCII letter with an accent, and how they are written without them.
_LETTERS = str.maketrans({"ı": "i", "ɔ": "o", "ε": "e", "ɛ": "e", "’": "'"})  # noqa: RUF001


@dataclass(frozen=True)
class Pool:
    """Names with weights.

    Attributes:
        names: Distinct names, most frequent first.
        weights: Shares, float64, same length, adding up to 1.
    """

    names: tuple[str, ...] = field(repr=False)
    weights: NDArray[np.float64] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuses a pool whose parts do not fit.

        Raises:
            ValueError: If names and weights differ in length or names repeat.
        """
        if len(self.names) != len(self.weights) or len(set(self.names)) != len(self.names):
            raise ValueError("a pool needs one weight for each of its distinct names")


def _plain(name: str) -> str:
    """Returns a name in ASCII letters, as most agencies' systems hold it."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return decomposed.encode("ascii", "ignore").decode()


def _listed(locales: Iterable[str], *attributes: str) -> dict[str, None]:
    """Returns distinct names of Faker's lists, in order of first appearance."""
    found: dict[str, None] = {}
    for locale in locales:
        provider = import_module(f"faker.providers.person.{locale}").Provider
        for attribute in attributes:
            for name in getattr(provider, attribute, ()):
                found.setdefault(_plain(name))
    return found


def _zipf(count: int, exponent: float, offset: float) -> NDArray[np.float64]:
    weights = (np.arange(1, count + 1) + offset) ** -exponent
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _invented_surnames(avoid: dict[str, None]) -> list[str]:
    """Returns distinct invented surnames, such as Brandley, in a fixed scrambled order."""
    stems = [a + b + c for a in _ONSETS for b in _MIDDLES for c in _CODAS]
    every = np.array([stem + ending for stem in stems for ending in _ENDINGS])
    shuffled = every[randomness.order(0, "invented surnames", np.arange(len(every)))]
    return list(dict.fromkeys(name for name in shuffled.tolist() if name not in avoid))


@cache
def _british_surnames() -> Pool:
    provider = import_module("faker.providers.person.en_GB").Provider
    head = {_plain(name): share / 100 for name, share in provider.last_names.items()}
    names = sorted(head, key=lambda name: (-head[name], name))
    shares = [head[name] for name in names]
    tail = _invented_surnames(dict.fromkeys(head))
    left, rank, share = 1.0 - sum(shares), len(names), shares[-1]
    for name in tail:
        rank += 1
        slope = next(slope for limit, slope in _TAIL_SLOPES if rank <= limit)
        share *= ((rank - 1) / rank) ** slope
        names.append(name)
        shares.append(min(share, left))
        left -= share
        if left <= 0:
            break
    weights = np.array(shares)
    return Pool(tuple(names), weights / weights.sum())


@cache
def surnames(heritage: str) -> Pool:
    """Returns the pool of surnames of a heritage (see HERITAGES)."""
    if heritage == "British":
        return _british_surnames()
    listed = list(_listed(_LOCALES[heritage][1], "last_names"))
    if heritage != "South Asian":
        return Pool(tuple(listed), _zipf(len(listed), 0.7, 2.0))
    rest = [name for name in listed if name not in _SOUTH_ASIAN_HEAD]
    # The named twenty hold 490 thousand of the 2.4 million in the group; the rest share what is
    # left.
    head = np.array(list(_SOUTH_ASIAN_HEAD.values())) / 2_400
    weights = np.concatenate([head, (1 - head.sum()) * _zipf(len(rest), 0.7, 2.0)])
    return Pool((*_SOUTH_ASIAN_HEAD, *rest), weights)


@cache
def first_names(heritage: str, sex: str, decade: int) -> Pool:
    """Returns the pool of first names of a heritage, sex (F or M) and decade of birth.

    Names come into fashion and go out of it: each has a decade of its own, and its rank falls with
    the distance from it, so that a first name says something about age.
    """
    attribute = "first_names_female" if sex == "F" else "first_names_male"
    locales = _LOCALES[heritage][0]
    listed = list(_listed(locales, attribute, "unisex_first_names"))
    _, women, men = max(shape for shape in _FIRST_NAME_SHAPES if shape[0] <= decade)
    exponent, offset = women if sex == "F" else men
    ids = np.arange(len(listed))
    peak = 1900 + 130 * randomness.uniform(0, f"fashion {heritage} {sex}", ids)
    renown = randomness.exponential(0, f"renown {heritage} {sex}", ids)
    distance = np.abs(decade + 5 - peak) / 25.0
    # Names at the front of the lists are the well-known ones: position counts a little.
    liking = renown - distance - 6.0 * ids / len(listed)
    ranked = np.argsort(-liking, kind="stable")[:_MOST_FIRST_NAMES]
    return Pool(tuple(listed[i] for i in ranked), _zipf(len(ranked), exponent, offset))


@dataclass(frozen=True)
class Book:
    """All names of several pools, each once, so that a name is a number until it is spelt.

    Attributes:
        names: Distinct names; a code is a position among them, or stands for two of them joined.
        codes: Codes of the names of each pool, in the pool's order, by the pool's label.
    """

    names: pl.Series = field(repr=False)
    codes: Mapping[tuple[object, ...], NDArray[np.int64]] = field(repr=False)

    def join(
        self, first: NDArray[np.int64], second: NDArray[np.int64], joiner: int
    ) -> NDArray[np.int64]:
        """Returns the codes of names joined two by two by one of JOINERS, int64, shape (n,)."""
        size = len(self.names)
        return size + (joiner * size + first) * size + second

    def is_joined(self, codes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Says which codes stand for two names joined, shape (n,)."""
        return np.asarray(codes >= len(self.names))

    def spell(self, codes: NDArray[np.int64]) -> pl.Series:
        """Returns the names of codes; null for codes below 0.

        Two names are put together once for all who bear them.
        """
        size, joined = len(self.names), self.is_joined(codes)
        distinct, which = np.unique(codes[joined] - size, return_inverse=True)
        pair, second = np.divmod(distinct, size)
        joiner, first = np.divmod(pair, size)
        between = pl.Series(JOINERS, dtype=pl.String).gather(joiner)
        texts = self.names.gather(first) + between + self.names.gather(second)
        at = codes.copy()
        at[joined] = size + which
        return pl.concat([self.names, texts]).gather(pl.Series(at).replace(-1, None))


def _book(pools: Mapping[tuple[object, ...], Pool]) -> Book:
    positions: dict[str, int] = {}
    codes = {
        label: np.array([positions.setdefault(name, len(positions)) for name in pool.names])
        for label, pool in pools.items()
    }
    return Book(pl.Series(list(positions), dtype=pl.String), MappingProxyType(codes))


@cache
def surname_book() -> Book:
    """Returns the book of all surnames, by (heritage,)."""
    return _book({(heritage,): surnames(heritage) for heritage in HERITAGES})


@cache
def first_name_book() -> Book:
    """Returns the book of all first names, by (heritage, sex, decade)."""
    return _book(
        {
            (heritage, sex, decade): first_names(heritage, sex, decade)
            for heritage in HERITAGES
            for sex in "FM"
            for decade in _DECADES
        }
    )


def draw_surnames(
    seed: int, ids: NDArray[np.uint64], heritage: NDArray[np.int64], decision: str
) -> NDArray[np.int64]:
    """Draws a surname per id.

    Args:
        seed: The run's seed.
        ids: Stable ids, shape (n,).
        heritage: Codes into HERITAGES, shape (n,).
        decision: What the name is for; ids may then have several.

    Returns:
        Codes into surname_book(), int64, shape (n,).
    """
    drawn = np.empty(len(ids), dtype=np.int64)
    for code, name in enumerate(HERITAGES):
        at = np.flatnonzero(heritage == code)
        chosen = randomness.choose(seed, decision, ids[at], surnames(name).weights)
        drawn[at] = surname_book().codes[name,][chosen]
    return drawn


def draw_first_names(
    seed: int,
    ids: NDArray[np.uint64],
    heritage: NDArray[np.int64],
    female: NDArray[np.bool_],
    birth_year: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Draws a first name per id, by heritage, sex and decade of birth.

    Returns:
        Codes into first_name_book(), int64, shape (n,).
    """
    drawn = np.empty(len(ids), dtype=np.int64)
    decade = np.clip(birth_year // 10 * 10, _DECADES[0], _DECADES[-1])
    cell = (heritage * 2 + female) * 10_000 + decade
    for value in np.unique(cell):
        at = np.flatnonzero(cell == value)
        who, when = divmod(int(value), 10_000)
        label = (HERITAGES[who // 2], "F" if who % 2 else "M", when)
        chosen = randomness.choose(seed, "first name", ids[at], first_names(*label).weights)
        drawn[at] = first_name_book().codes[label][chosen]
    return drawn
