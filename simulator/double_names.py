"""Double names: surnames of two parts, inherited, or made by couples and for their children.

British families join two surnames with a hyphen: some bear such a name already, some couples join
theirs, and some who keep their own give both to their children; all three are commoner the later
people were born. Names of other heritages may have two parts with a space, at any age.

How many people of the population bear a double name has not been found published: the shares below
are assumed, but for that of couples born since 1980.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator import names, randomness
from simulator.households import PARTNER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.households import Households

HYPHEN, SPACE = range(len(names.JOINERS))
_BRITISH = names.HERITAGES.index("British")

ByYear = tuple[tuple[int, float], ...]

# Shares by year of birth, each from the year stated on; assumed unless noted.
# Of British people whose surname comes from no one in the household, those who bear two already.
_INHERITED: ByYear = ((1800, 0.002), (1960, 0.005), (1980, 0.012), (1995, 0.020))
# Of couples with one surname, those who made it of both; by the year of the reference person. Since
# 1980: 6.6 % of clients of the UK Deed Poll Office (and 11 % of people of 18-34: Opinium 2017).
_COUPLES: ByYear = ((1800, 0.005), (1940, 0.010), (1960, 0.030), (1980, 0.066))
# Of couples with a surname each, those whose children have both; by the same year.
_CHILDREN: ByYear = ((1800, 0.010), (1960, 0.040), (1980, 0.100))
# Of couples who made one surname of both, those in which both partners took it.
_BOTH_PARTNERS = 0.5

# Of people of other heritages whose surname comes from no one in the household, those with two
# parts, in the order of names.HERITAGES: a father's and a family's name, or two families'.
_TWO_PARTS = (0.0, 0.10, 0.06, 0.10)


@dataclass(frozen=True)
class Bearers:
    """People who bear the names, in order of household; arrays of shape (people,).

    Attributes:
        ids: Stable ids, uint64.
        homes: Their households.
        women: Whether each is a woman or a girl.
        heritage: Codes into names.HERITAGES, int64.
        year: Years of birth, int64.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    homes: Households = field(repr=False)
    women: NDArray[np.bool_] = field(repr=False)
    heritage: NDArray[np.int64] = field(repr=False)
    year: NDArray[np.int64] = field(repr=False)


def share_in(shares: ByYear, year: NDArray[np.int64]) -> NDArray[np.float64]:
    """Returns the share that holds for each year of birth, float64."""
    starts = np.array([start for start, _ in shares])
    at = np.maximum(np.searchsorted(starts, year, side="right") - 1, 0)
    return np.array([share for _, share in shares])[at]


def inherited(
    seed: int,
    ids: NDArray[np.uint64],
    heritage: NDArray[np.int64],
    year: NDArray[np.int64],
    surname: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Gives a second part to some of those whose surname is their own.

    Args:
        seed: The run's seed.
        ids: Stable ids, shape (n,).
        heritage: Codes into names.HERITAGES, shape (n,).
        year: Years of birth, shape (n,).
        surname: Codes of their surnames, each of one part, shape (n,).

    Returns:
        Codes of surnames, int64, shape (n,); most as they were.
    """
    british = heritage == _BRITISH
    share = np.where(british, share_in(_INHERITED, year), np.array(_TWO_PARTS)[heritage])
    at = np.flatnonzero(randomness.happens(seed, "surname of two parts", ids, share))
    second = names.draw_surnames(seed, ids[at], heritage[at], "second part of surname")
    found = surname.copy()
    for joiner, those in ((HYPHEN, british[at]), (SPACE, ~british[at])):
        here = at[those]
        found[here] = _joined(surname[here], second[those], joiner)
    return found


def of_families(
    seed: int,
    bearers: Bearers,
    surname: NDArray[np.int64],
    former: NDArray[np.int64],
    partner: NDArray[np.int64],
    child: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Joins the surnames of some British couples, for themselves or for their children alone.

    The name that was given up, or the partner's, comes first, the family's last. A surname that
    has two parts already stays.

    Args:
        seed: The run's seed.
        bearers: Everybody.
        surname: Codes of surnames, shape (people,).
        former: Codes of former surnames, -1 for none, shape (people,).
        partner: Positions of partners who have the reference person's surname.
        child: Positions of children who have it.

    Returns:
        Surnames and former surnames, int64, each of shape (people,).
    """
    surname, former = surname.copy(), former.copy()
    homes = bearers.homes
    of_children = surname[homes.heads]
    changer = np.where(bearers.women[partner], partner, partner - 1)
    able = _may_join(bearers, partner, surname[partner - 1], former[changer])
    couple = _chosen(seed, "couple joins surnames", bearers, partner[able] - 1, _COUPLES)
    partner, changer = partner[able][couple], changer[able][couple]
    other = 2 * partner - 1 - changer
    joined = _joined(former[changer], surname[partner - 1], HYPHEN)
    surname[changer] = of_children[homes.household[partner]] = joined
    both = randomness.happens(
        seed, "both partners take the joined surname", bearers.ids[partner - 1], _BOTH_PARTNERS
    )
    former[other[both]] = surname[other[both]]
    surname[other[both]] = joined[both]
    apart = np.flatnonzero(homes.role == PARTNER)
    apart = apart[_may_join(bearers, apart, surname[apart - 1], surname[apart])]
    chosen = _chosen(seed, "children have both surnames", bearers, apart - 1, _CHILDREN)
    apart = apart[chosen]
    of_children[homes.household[apart]] = _joined(surname[apart], surname[apart - 1], HYPHEN)
    surname[child] = of_children[homes.household[child]]
    return surname, former


def _may_join(
    bearers: Bearers,
    partner: NDArray[np.int64],
    one: NDArray[np.int64],
    two: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Says which couples are British and have two different surnames of one part each."""
    book = names.surname_book()
    british = bearers.heritage == _BRITISH
    single = ~book.is_joined(one) & ~book.is_joined(two)
    both = british[partner] & british[partner - 1]
    return np.asarray(both & single & (one != two) & (two >= 0))


def _chosen(
    seed: int, decision: str, bearers: Bearers, head: NDArray[np.int64], shares: ByYear
) -> NDArray[np.bool_]:
    return randomness.happens(
        seed, decision, bearers.ids[head], share_in(shares, bearers.year[head])
    )


def _joined(first: NDArray[np.int64], second: NDArray[np.int64], joiner: int) -> NDArray[np.int64]:
    """Joins surnames two by two; a name is not joined with itself."""
    return np.where(first == second, first, names.surname_book().join(first, second, joiner))
