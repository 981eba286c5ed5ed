"""A recipe: parts of fields, put together as one text and hashed under a key of its own.

    token = first 64 (or 40, or 32) bits of HMAC-SHA256(key of the recipe, part 1 | part 2 | ...)

The parts are those of `linkage/parts.py`, of values in comparable form, which never hold the bar.
The key's purpose spells the recipe out, so tokens of unlike recipes have unrelated keys and never
join; their labels differ too. A record that lacks any part has no token and never joins. A value of
which comparable form leaves nothing is one that is missing: empty text, blanks, control characters,
a name in another script than Latin. Accents are folded, whichever way they are written; values of
any length are hashed whole.

What leaks: how often each value occurs, and so which records agree on it; and everything to whoever
has the key, since names, dates and postcodes can be listed and tried. A recipe of fewer parts has
fewer values: the coarser it is, the more its frequencies tell.

Sources: HMAC is RFC 2104; keys of purposes, `linkage/keys.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import polars as pl

from linkage.clear_text import require_clear_text
from linkage.keys import Purpose
from linkage.normalise import NORMALISATIONS, comparable, normalisation, on_distinct
from linkage.parts import did_you_mean, part_named
from linkage.plan import Treatment
from linkage.pseudonyms.tokens import label, tokens
from simulator.schema import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linkage.keys import KeyRing
    from linkage.parts import Kind

Evidence = Literal["published", "assumed"]
Bits = Literal[32, 40, 64]

BAR: Final = "|"
"""What stands between the parts of a text."""

# Name of a rule of normalisation -> kind of column whose parts its values have; any other: exact.
_KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {"name": "name", "iso-date": "date", "postcode": "postcode", "address": "text"}
)
_CUT_AT_SEPARATORS: Final = ("first_part", "last_part")


@dataclass(frozen=True)
class Ingredient:
    """A field, or a part of it.

    Attributes:
        field: A field of the vocabulary that has a comparable form of its own.
        part: Name of a part that its values have; empty for the whole value.
    """

    field: str
    part: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be had from values in comparable form.

        Raises:
            ValueError: If the field has no comparable form, or its values no such part.
        """
        if self.field not in NORMALISATIONS:
            message = (
                f"field {self.field!r} has no comparable form; a recipe is made of "
                f"{', '.join(NORMALISATIONS)}{did_you_mean(self.field, NORMALISATIONS)}"
            )
            raise ValueError(message)
        if self.part in _CUT_AT_SEPARATORS:
            message = (
                f"part {self.part!r} of {self.field}: comparable names have no separators left to "
                "cut them at; use the whole name, or its beginning"
            )
            raise ValueError(message)
        if self.part:
            part_named(self.part, _KINDS.get(normalisation(self.field).name, "exact"))

    def __str__(self) -> str:
        """Write it as `surname.soundex`."""
        return f"{self.field}.{self.part}" if self.part else self.field

    def of(self, dataset: Dataset) -> pl.Series:
        """Give each record's part as text; null where it has none."""
        values = comparable(dataset.frame, self.field)
        if not self.part:
            return values
        part = part_named(self.part)
        return on_distinct(values, lambda distinct: part.of(distinct).cast(pl.String))


@dataclass(frozen=True)
class Recipe:
    """A match-key: what is put together, in order.

    Attributes:
        name: Its name, which its column has.
        ingredients: At least one; none twice.
        evidence: Whether the recipe is published, or assumed by us.
        source: Where it is published, or why it is assumed.
    """

    name: str
    ingredients: tuple[Ingredient, ...]
    evidence: Evidence
    source: str

    def __post_init__(self) -> None:
        """Refuse a recipe of nothing, and one that names an ingredient twice.

        Raises:
            ValueError: If so.
        """
        try:
            _require_distinct(self.ingredients)
        except ValueError as problem:
            raise ValueError(f"recipe {self.name}: {problem}") from None

    def __str__(self) -> str:
        """Write it as `first_name.initial|surname`."""
        return BAR.join(map(str, self.ingredients))


class Text(NamedTuple):
    """A column of texts to hash.

    Attributes:
        name: Name of the column.
        recipe: What its texts are made of, spelled out.
        rules: Names of the rules that made the values comparable.
        values: String; null where a record has none.
    """

    name: str
    recipe: str
    rules: str
    values: pl.Series


def recipe(name: str, ingredients: str, evidence: Evidence, source: str) -> Recipe:
    """Read a recipe that is written as `first_name.initial|surname`.

    Raises:
        ValueError: If it is empty, an ingredient is named twice, or one cannot be had.
    """
    try:
        return Recipe(name, ingredients_of(ingredients), evidence, source)
    except ValueError as problem:
        raise ValueError(f"recipe {name}: {problem}") from None


def ingredients_of(text: str) -> tuple[Ingredient, ...]:
    """Read the ingredients of a recipe that is written as `first_name.initial|surname`.

    Raises:
        ValueError: If it is empty, an ingredient is named twice, or some cannot be had; says all.
    """
    found: list[Ingredient] = []
    problems: list[str] = []
    for each in text.split(BAR):
        try:
            found.append(Ingredient(*each.split(".", 1)))
        except ValueError as problem:
            problems.append(str(problem))
    if problems:
        raise ValueError("; ".join(dict.fromkeys(problems)))
    _require_distinct(found)
    written = BAR.join(map(str, found))
    if written != text:
        raise ValueError(f"{text!r} was given; write it as {written!r}")
    return tuple(found)


def _require_distinct(ingredients: Sequence[Ingredient]) -> None:
    """Raise ValueError if there is no ingredient, or one twice."""
    if not ingredients or len(set(ingredients)) != len(ingredients):
        written = BAR.join(map(str, ingredients))
        raise ValueError(f"{written!r} has no ingredient, or one twice; name each once")


def match_key_tokens(
    dataset: Dataset,
    recipes: Sequence[Recipe],
    keys: KeyRing,
    holder: str,
    period: str = "",
    threads: int = 1,
    bits: Bits = 64,
) -> Dataset:
    """Make the tokens of each recipe for each record.

    Args:
        dataset: Records that hold the recipes' fields in the clear.
        recipes: In order; of distinct names.
        keys: Ring from which each recipe's key is derived.
        holder: Who holds the keys.
        period: Period of the keys; empty for good.
        threads: Threads to hash with; the result is the same for any number.
        bits: Length of a token; that of another length has another label.

    Returns:
        A dataset of `record_id` and one UInt64 column of tokens a recipe, null where a part is
        missing, with their labels. Nothing else of the records is in it.

    Raises:
        ValueError: If the dataset lacks a field, or two recipes have one name.
    """
    used = dict.fromkeys(part for each in recipes for part in each.ingredients)
    require_clear_text(dataset, (part.field for part in used), "a match-key", "the recipe")
    columns = {part: part.of(dataset) for part in used}
    texts = [_text(each, columns) for each in recipes]
    return hashed(dataset, texts, keys, holder, period, threads, bits)


def hashed(
    dataset: Dataset,
    texts: Sequence[Text],
    keys: KeyRing,
    holder: str,
    period: str = "",
    threads: int = 1,
    bits: Bits = 64,
) -> Dataset:
    """Hash each column of texts under a key of its own.

    Args:
        dataset: Records that the texts are of, row by row.
        texts: In order; of distinct names.
        keys: As in `match_key_tokens`; so are the rest.
        holder: Who holds the keys.
        period: Period of the keys.
        threads: Threads to hash with.
        bits: Length of a token.

    Returns:
        As `match_key_tokens` does.

    Raises:
        ValueError: If two columns have one name.
    """
    names = [text.name for text in texts]
    if len({*names, "record_id"}) != len(names) + 1:
        raise ValueError(f"match-keys {', '.join(names)}: each needs a name of its own")
    columns, labels = [dataset.frame["record_id"]], {}
    treatment = Treatment(scheme="keyed-hash", bits=bits, period=period)
    for text in texts:
        key = keys.derive(Purpose(f"match-key/{text.recipe}", holder, period))
        columns.append(tokens(text.values, treatment, key, threads).alias(text.name))
        made_as = label(text.recipe, treatment, key)
        labels[text.name] = replace(made_as, normalisation=text.rules)
    return Dataset(dataset.name, pl.DataFrame(columns), labels, dataset.provenance)


def _text(made_of: Recipe, columns: Mapping[Ingredient, pl.Series]) -> Text:
    """Put a recipe's parts together, row by row; null where one is missing."""
    parts = [columns[part].alias(str(part)) for part in made_of.ingredients]
    rules = BAR.join(normalisation(part.field).name for part in made_of.ingredients)
    joined = pl.select(pl.concat_str(parts, separator=BAR).alias(made_of.name)).to_series()
    return Text(made_of.name, str(made_of), rules, joined)
