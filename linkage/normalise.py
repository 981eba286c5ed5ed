"""Comparable form: a field's values, written one way whoever wrote them.

Records are compared, and tokens are made, in comparable form only. A value that cannot be what
its field says (an NHS number with a wrong check digit, say) has none: it becomes missing. So a
missing or malformed identifier never becomes a token, and never joins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import polars as pl

from simulator.identifiers import is_valid_nhs_number
from simulator.official_numbers import is_valid_mpan, is_valid_pnc_id, is_valid_upn
from simulator.streets import SHORT_ENDINGS

Function = Callable[[pl.Series], pl.Series]


class Normalisation(NamedTuple):
    """A rule and its name.

    Attributes:
        name: Name of the rule; part of a token's label, because tokens of values that were made
            comparable in different ways must not meet.
        function: Gives the comparable form of a column, as String; null where there is none.
    """

    name: str
    function: Function


def nhs_number(values: pl.Series) -> pl.Series:
    """Give ten digits without blanks or hyphens; null unless the check digit is right."""
    digits = values.str.replace_all(r"[\s-]", "")
    digits = _keep(digits, digits.str.contains("^[0-9]{10}$"))
    is_valid = is_valid_nhs_number(digits.cast(pl.Int64).fill_null(-1).to_numpy())
    return _keep(digits, pl.Series(is_valid))


def date(values: pl.Series) -> pl.Series:
    """Give a date as ISO 8601 text, such as `1948-07-05`."""
    return values.cast(pl.Date).cast(pl.String)


def postcode(values: pl.Series) -> pl.Series:
    """Give letters and digits alone, in capitals: `ct1 2ab` is `CT12AB`."""
    return on_distinct(
        values, lambda each: each.str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    )


def address(values: pl.Series) -> pl.Series:
    """Give letters and digits in capitals: `Flat 3, 12 Alder Road` is `FLAT312ALDERRD`."""
    short = {word.upper(): ending.upper() for word, ending in SHORT_ENDINGS.items()}
    lines = values.str.to_uppercase().str.strip_chars(" .,")
    ending = lines.str.extract(r"(\w+)$").replace(short).fill_null("")
    return (lines.str.replace(r"\w+$", "") + ending).str.replace_all("[^A-Z0-9]", "")


def uprn(values: pl.Series) -> pl.Series:
    """Give a property number's 1 to 12 digits without leading zeros; null for anything else."""
    digits = values.str.strip_chars().str.strip_chars_start("0")
    return _keep(digits, digits.str.contains("^[0-9]{1,12}$"))


def nino(values: pl.Series) -> pl.Series:
    """Give two letters and six digits in capitals; the last letter, which adds nothing, is cut.

    Null for anything else. Whether a prefix is in use is not asked: invented ones are not.
    """
    given = _in_capitals(values)
    return _keep(given.str.slice(0, 8), given.str.contains("^[A-Z]{2}[0-9]{6}[A-D]?$"))


def upn(values: pl.Series) -> pl.Series:
    """Give 13 characters in capitals; null unless the check letter is right."""
    given = _in_capitals(values)
    return _keep(given, is_valid_upn(given))


def pnc_id(values: pl.Series) -> pl.Series:
    """Give the id in full, as `2095/9000001Q`; null for short forms and a wrong check letter."""
    given = _in_capitals(values).str.replace("^([0-9]{4})([0-9]{7}[A-Z])$", "${1}/${2}")
    return _keep(given, is_valid_pnc_id(given))


def prison_number(values: pl.Series) -> pl.Series:
    """Give a letter, four digits and two letters, in capitals; null for anything else."""
    given = _in_capitals(values)
    return _keep(given, given.str.contains("^[A-Z][0-9]{4}[A-Z]{2}$"))


def mpan(values: pl.Series) -> pl.Series:
    """Give the 13 digits of the core; null unless the check digit is right."""
    given = _in_capitals(values)
    return _keep(given, is_valid_mpan(given))


def name(values: pl.Series) -> pl.Series:
    """Give a name's letters A to Z in capitals, accents folded: `Zoë O'Neill` is `ZOEONEILL`."""
    return on_distinct(
        values,
        lambda each: each.str.normalize("NFKD").str.to_uppercase().str.replace_all("[^A-Z]", ""),
    )


def sex(values: pl.Series) -> pl.Series:
    """Give F or M, from the first letter; null for any other."""
    first = values.str.strip_chars().str.slice(0, 1).str.to_uppercase()
    return _keep(first, first.is_in(["F", "M"]))


def as_written(values: pl.Series) -> pl.Series:
    """Give the value as text, without blanks around it."""
    return values.cast(pl.String).str.strip_chars()


# Reads as a table: field, name of its rule, rule. Any other field is compared as written.
NORMALISATIONS: Final[Mapping[str, Normalisation]] = MappingProxyType(
    {
        "nhs_number": Normalisation("nhs-number", nhs_number),
        "first_name": Normalisation("name", name),
        "surname": Normalisation("name", name),
        "date_of_birth": Normalisation("iso-date", date),
        "sex": Normalisation("sex", sex),
        "address": Normalisation("address", address),
        "postcode": Normalisation("postcode", postcode),
        "uprn": Normalisation("uprn", uprn),
        "nino": Normalisation("nino", nino),
        "upn": Normalisation("upn", upn),
        "pnc_id": Normalisation("pnc-id", pnc_id),
        "prison_number": Normalisation("prison-number", prison_number),
        "mpan": Normalisation("mpan", mpan),
    }
)

AS_WRITTEN: Final = Normalisation("as-written", as_written)


def normalisation(field: str) -> Normalisation:
    """Return the rule that gives a field its comparable form."""
    return NORMALISATIONS.get(field, AS_WRITTEN)


def comparable(frame: pl.DataFrame, field: str) -> pl.Series:
    """Give the comparable form of a field.

    Args:
        frame: Records that hold the field in the clear.
        field: A field of the vocabulary.

    Returns:
        String, as long as the frame, named after the field: never empty text; null where the value
        is missing or malformed.
    """
    values = normalisation(field).function(frame[field])
    return _keep(values, values != "").alias(field)


def _in_capitals(values: pl.Series) -> pl.Series:
    """Give text in capitals without blanks and hyphens."""
    return values.str.replace_all(r"[\s-]", "").str.to_uppercase()


def _keep(values: pl.Series, where: pl.Series) -> pl.Series:
    """Give the values where a condition is true, else null (also where it is null)."""
    chosen = pl.when(where.alias("where")).then(values.alias("values"))
    return pl.select(chosen.alias("values")).to_series()


def on_distinct(values: pl.Series, rule: Function) -> pl.Series:
    """Apply a costly rule to each distinct value once: names and postcodes repeat."""
    distinct = values.drop_nulls().unique()
    return values.replace_strict(distinct, rule(distinct), default=None, return_dtype=pl.String)
