"""A set of match-keys: which keys of each record are hashed before it leaves, and under whose key.

Whoever writes records makes the match-keys at its own place; only `record_id` and hashed columns
meet. Everybody hashes one recipe in one period under one shared key, or nothing would join.
What each family leaks is said in its own file under `pseudonyms/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

import numpy as np
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from linkage.ingest import IngestCounts
from linkage.plan import SHARED_HOLDER
from linkage.pseudonyms.crate import RECIPES as CRATE_STYLE
from linkage.pseudonyms.match_keys import ONS_STYLE
from linkage.pseudonyms.opprl import OPPRL
from linkage.pseudonyms.recipes import Bits, Recipe, ingredients_of, match_key_tokens
from linkage.pseudonyms.slk581 import FIELDS as SLK_581_FIELDS
from linkage.pseudonyms.slk581 import NAME as SLK_581
from linkage.pseudonyms.slk581 import Slk581
from simulator.settings import Spec, no_repeats

if TYPE_CHECKING:
    from linkage.keys import KeyRing
    from simulator.schema import Dataset

Family = Literal["slk-581", "ons-style", "opprl", "crate-style", "own"]

_SHIPPED: Final[dict[Family, tuple[Recipe, ...]]] = {
    "ons-style": ONS_STYLE.recipes,
    "opprl": OPPRL.recipes,
    "crate-style": CRATE_STYLE,
}


def _readable(text: str) -> str:
    """Returns a recipe as it was written.

    Raises:
        ValueError: If it cannot be read.
    """
    ingredients_of(text)
    return text


class MatchKeySet(Spec):
    """Hashed keys of each record, in the order in which they are tried."""

    family: Family = Field(
        description=(
            "slk-581: one key of letters of the names, date of birth and sex; one slip in these "
            "and the record is lost. ons-style: nine keys from strict to loose (assumed, after ONS "
            "Beyond 2011); records that agree on loose keys and not on strict ones show how they "
            "differ. opprl: two keys, the second by sound; all names of one sound share it. "
            "crate-style: every part of a name, date of birth and postcode hashed by itself; leaks "
            "most, since each part can be aligned with a public list of names or places. own: "
            "those of `recipes`. Each tells how often its values occur, and all to whoever has the "
            "key, who can list names and dates and try them."
        )
    )
    recipes: Annotated[
        tuple[Annotated[str, AfterValidator(_readable)], ...], AfterValidator(no_repeats)
    ] = Field(
        default=(),
        validate_default=True,
        description=(
            "For `own`: match-keys from strict to loose, each written as "
            "`first_name.initial|surname.soundex|date_of_birth`. A record that lacks a part of a "
            "key has none. The fewer the parts, the more the frequencies of a key tell."
        ),
    )
    key_holder: str = Field(
        default="", description="Who hands the shared key out: a role of `governance`."
    )
    period: str = Field(default="", description="Period of the key, such as 2016; empty: for good.")
    bits: Bits = Field(
        default=64,
        description=(
            "Length of a hashed key, in bits. Short ones of different people may be equal by "
            "chance."
        ),
    )

    @field_validator("recipes")
    @classmethod
    def _hold_recipes_of_its_own(
        cls, recipes: tuple[str, ...], info: ValidationInfo
    ) -> tuple[str, ...]:
        family = info.data.get("family")
        if family == "own" and not recipes:
            raise ValueError("is needed by family `own`: recipes such as `first_name|surname`")
        if family not in ("own", None) and recipes:
            raise ValueError(f"is for family `own`; family `{family}` has recipes of its own")
        return recipes

    @property
    def made_of(self) -> tuple[Recipe, ...]:
        """The recipes, in order; none for SLK-581, whose code is no list of fields and parts.

        One of `own` has its own spelling for a name.
        """
        if self.family != "own":
            return _SHIPPED.get(self.family, ())
        return tuple(Recipe(text, ingredients_of(text), "assumed", "own") for text in self.recipes)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the hashed columns, in the order in which they are tried."""
        return tuple(each.name for each in self.made_of) or (SLK_581,)

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that a record is read for, each once."""
        used = [field for name in self.names for field in self.fields_of(name)]
        return tuple(dict.fromkeys(used))

    def fields_of(self, name: str) -> tuple[str, ...]:
        """Fields that one of the hashed columns is made of, each once."""
        used = [
            part.field for each in self.made_of if each.name == name for part in each.ingredients
        ]
        return tuple(dict.fromkeys(used)) or SLK_581_FIELDS


def make_match_keys(
    dataset: Dataset, match_keys: MatchKeySet, keys: KeyRing, threads: int = 1
) -> Dataset:
    """Makes a set's hashed columns of each record.

    Args:
        dataset: Records that hold the set's fields in the clear.
        match_keys: Which keys.
        keys: Ring from which the shared key of each recipe is derived.
        threads: Threads to hash with; the result is the same for any number.

    Returns:
        A dataset of `record_id` and one UInt64 column a key, null where a record has none, with
        their labels. Nothing else of the records is in it.

    Raises:
        ValueError: If the dataset lacks a field.
    """
    period, bits = match_keys.period, match_keys.bits
    if match_keys.family == "slk-581":
        return Slk581().tokens(dataset, keys, SHARED_HOLDER, period, threads, bits)
    recipes = match_keys.made_of
    return match_key_tokens(dataset, recipes, keys, SHARED_HOLDER, period, threads, bits)


def count_match_keys(agency: Dataset, hub: Dataset, name: str) -> IngestCounts:
    """Counts what became of an agency's records where match-keys are what they are linked on.

    Args:
        agency: The agency's hashed columns.
        hub: The hub's, of the same set.
        name: Name of the set, for the counts' field.

    Returns:
        The counts: `tokens` are records with at least one key, `no_identifier` those with none,
        and `not_in_hub` those with keys of which no hub record has any. None is refused.
    """
    columns = tuple(agency.labels)
    has_key, is_held = np.zeros((2, agency.frame.height), dtype=np.bool_)
    for column in columns:
        values = agency.frame[column]
        held = values.is_in(hub.frame[column].drop_nulls().unique().implode())
        has_key |= values.is_not_null().to_numpy()
        is_held |= held.fill_null(value=False).to_numpy()
    tokens = int(has_key.sum())
    return IngestCounts(
        field=f"match-keys {name}",
        records=agency.frame.height,
        no_identifier=agency.frame.height - tokens,
        not_in_hub=tokens - int(is_held.sum()),
        verify_differs=0,
        tokens=tokens,
    )
