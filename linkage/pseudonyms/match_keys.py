"""Ordered match-keys in the manner of the Office for National Statistics.

    token of key i = first 64 bits of HMAC-SHA256(key of i, part 1 | part 2 | ...)

Each record has one token a key, hashed before it arrives, from the strictest key to the loosest;
`join.join_match_keys` links on the first that agrees uniquely. Source of the way: ONS, "Beyond
2011: Matching Anonymous Data" (Methods and Policies M9, 2013). Its list of keys was not to be had:
the one below is assumed.

What leaks: as in `recipes.py`. Several keys of one record stand side by side, so that records which
agree on loose keys and not on strict ones show how they differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from linkage.pseudonyms.recipes import Recipe, match_key_tokens, recipe

if TYPE_CHECKING:
    from linkage.keys import KeyRing
    from simulator.schema import Dataset

_SOURCE: Final = "ours, in the manner of ONS Beyond 2011 M9"

# Reads as a table: name, ingredients. Each drops or shortens what another keeps.
_KEYS: Final = (
    ("ons-1", "first_name|surname|date_of_birth|sex|postcode"),
    ("ons-2", "first_name.initial|surname.initial|date_of_birth|sex|postcode.district"),
    ("ons-3", "first_name.first_two|surname.first_two|date_of_birth|sex|postcode.area"),
    ("ons-4", "first_name.initial|date_of_birth|sex|postcode"),
    ("ons-5", "surname.initial|date_of_birth|sex|postcode"),
    ("ons-6", "first_name|surname|date_of_birth.year|sex|postcode.area"),
    ("ons-7", "first_name|surname|sex|postcode"),
    ("ons-8", "first_name|surname|date_of_birth|sex"),
    ("ons-9", "first_name|surname|date_of_birth|postcode"),
)


@dataclass(frozen=True)
class MatchKeys:
    """An ordered list of match-keys.

    Attributes:
        recipes: From the strictest to the loosest.
    """

    recipes: tuple[Recipe, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the keys, in order."""
        return tuple(each.name for each in self.recipes)

    def tokens(
        self, dataset: Dataset, keys: KeyRing, holder: str, period: str = "", threads: int = 1
    ) -> Dataset:
        """Make each record's tokens, a column a key; see `recipes.match_key_tokens`."""
        return match_key_tokens(dataset, self.recipes, keys, holder, period, threads)


ONS_STYLE: Final = MatchKeys(
    tuple(recipe(name, parts, "assumed", _SOURCE) for name, parts in _KEYS)
)
"""Nine keys, in order."""
