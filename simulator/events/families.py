"""Families: households on the registers of tax credits and of family support.

Tax credits: 1,202,000 families (HMRC, 2022-23), about 4 % of households. Family support: 400,000
families of the Troubled Families programme, about 1.7 % of households, with at least two of six
kinds of need. Gradients and the number of needs are assumed; only households with children count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator import randomness
from simulator.events.registers import RegisterModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events.dwellings import Dwellings

TAX_CREDITS, FAMILY_SUPPORT = 0.04, 0.017  # of households
# Households with children, to spread those shares over; weighed by the gradients.
_WITH_CHILDREN = 0.272
_TAX_CREDITS_BY_FIFTH = np.array([1.75, 1.25, 0.90, 0.65, 0.45])
_FAMILY_SUPPORT_BY_FIFTH = np.array([2.10, 1.20, 0.80, 0.55, 0.35])
_FEWEST_NEEDS, _MORE_NEEDS = 2, (0.50, 0.28, 0.14, 0.06, 0.02)


def _of_families(homes: Dwellings, share: NDArray[np.float64]) -> NDArray[np.float64]:
    chance = share[homes.fifth - 1] / _WITH_CHILDREN
    return np.where((homes.children > 0) & (homes.adults > 0), chance, 0.0)


def tax_credit_chances(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns the chance that a household has tax credits, by deprivation."""
    return _of_families(homes, TAX_CREDITS * _TAX_CREDITS_BY_FIFTH)


def support_chances(_seed: int, homes: Dwellings) -> NDArray[np.float64]:
    """Returns the chance that a household is on the programme, by deprivation."""
    return _of_families(homes, FAMILY_SUPPORT * _FAMILY_SUPPORT_BY_FIFTH)


def children(_seed: int, homes: Dwellings) -> dict[str, NDArray[np.int64]]:
    """Gives the number of children in each home."""
    return {"children": homes.children}


def needs(seed: int, homes: Dwellings) -> dict[str, NDArray[np.int64]]:
    """Gives each family's number of needs, and of children."""
    more = randomness.choose(seed, "needs of a family", homes.ids, _MORE_NEEDS)
    return {"needs": _FEWEST_NEEDS + more, "children": homes.children}


CREDITS = RegisterModel(tax_credit_chances, children, partner_share=0.30)
SUPPORT = RegisterModel(support_chances, needs, partner_share=0.30)
