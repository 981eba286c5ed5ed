"""OpenPseudonymiser's digest: a salted SHA-256 of some fields, as its release 0.9.7 makes it.

    digest = HEX(SHA-256(UTF-8(blanks removed(value 1 & value 2 & ...) & trimmed salt)))

Values stand in ascending order of their fields' names, blanks are space, tab, carriage return and
line feed, and the hexadecimal digits are capitals. Source: OpenPseudonymiser 0.9.7, library and
unit tests (University of Nottingham). It is rehearsed here as it is, faults included.

What leaks: all of it to whoever has the salt, since the values can be listed and tried
(`hazards.py`), and `salt_file.py` shows how the salt is had. Equal values have equal digests, so
frequencies show to everybody. Values run together: `AB` and `C` have the digest of `A` and `BC`,
and records with nothing in any field share one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from linkage.normalise import on_distinct
from linkage.secret import Secret

TRIMMED: Final = "".join(map(chr, range(33)))
"""What is cut from both ends of a salt: the space and all control characters below it."""

_BLANKS: Final = "[ \t\r\n]"

# Forms of dates that are rounded: pattern of the whole value, format. Any other value stays.
_DATES: Final = (
    ("^[0-9]{8}$", "%Y%m%d"),
    ("^[0-9]{2}/[0-9]{2}/[0-9]{4}$", "%d/%m/%Y"),
    (r"^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$", "%d.%m.%Y"),
    ("^[0-9]{2}/[0-9]{2}/[0-9]{2}$", "%d/%m/%Y"),
    (r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$", "%d.%m.%Y"),
)
_TWO_DIGIT_YEAR: Final = r"^([0-9]{2}[/.][0-9]{2}[/.])([0-9]{2})$"
_FIRST_OF_1900: Final = "30"


@dataclass(frozen=True, eq=False)
class OpenPseudonymiser(Secret):
    """The scheme with its salt.

    Attributes:
        salt: Text that is hashed with every value; hidden from `repr`.
        rounded: Fields whose dates are rounded down to the first day of their year.
    """

    salt: str = field(repr=False)
    rounded: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a salt of which nothing is left when it is trimmed.

        Raises:
            ValueError: If so.
        """
        if not self.salt.strip(TRIMMED):
            message = (
                "the salt is empty, or blank; OpenPseudonymiser refuses such a salt, since anybody "
                "could make the same digests: give it text"
            )
            raise ValueError(message)

    def digests(self, frame: pl.DataFrame) -> pl.Series:
        """Make the digest of each row.

        An empty value counts as the original counts it: as nothing. A null, which the original's
        two releases treat in different ways, gives no digest. Any other character is hashed as it
        is: nothing is folded, and two ways to write one accent give two digests.

        Args:
            frame: String columns, named after the fields.

        Returns:
            String `digest`: 64 hexadecimal digits in capitals; null where a value is null.

        Raises:
            ValueError: If there is no column, one is not text, a field to be rounded has none, or
                the order of the names is not the same in the original's two releases.
        """
        self._require_text(frame)
        columns = [
            rounded_down(frame[name]) if name in self.rounded else frame[name]
            for name in in_order(frame.columns)
        ]
        joined = pl.select(pl.concat_str(columns).alias("digest")).to_series()
        return on_distinct(joined.str.replace_all(_BLANKS, ""), self._hashed)

    def _require_text(self, frame: pl.DataFrame) -> None:
        """Raise ValueError unless all columns are text, and those to be rounded are there."""
        others = [name for name, dtype in frame.schema.items() if dtype != pl.String]
        lacking = [name for name in self.rounded if name not in frame.columns]
        problems = [f"{name} is not text: write it as the original was given it" for name in others]
        problems += [f"{name} is to be rounded, and is no column" for name in lacking]
        if problems:
            raise ValueError("fields of a digest: " + "; ".join(problems))

    def _hashed(self, texts: pl.Series) -> pl.Series:
        """Hash distinct texts."""
        salt = self.salt.strip(TRIMMED)
        return pl.Series(
            [hashlib.sha256((text + salt).encode()).hexdigest().upper() for text in texts],
            dtype=pl.String,
        )


def in_order(fields: list[str]) -> list[str]:
    """Put names of fields in the order in which their values are joined.

    The .NET release takes no notice of case; the Java release puts capitals behind small letters.

    Raises:
        ValueError: If there are none, or these two orders differ.
    """
    order = sorted(fields, key=str.lower)
    if not order:
        raise ValueError("a digest needs at least one field")
    if order != sorted(fields, key=str.swapcase):
        message = (
            f"fields {', '.join(fields)}: OpenPseudonymiser's two releases put these names in "
            "different orders and make different digests; write all names in one case"
        )
        raise ValueError(message)
    return order


def rounded_down(values: pl.Series) -> pl.Series:
    """Round dates down to the first day of their year.

    Args:
        values: String: yyyymmdd, dd/mm/yyyy, dd.mm.yyyy, or with two digits for a year from 1930 to
            2029.

    Returns:
        String: yyyy0101; a value that is no such date as it was.
    """
    century = values.str.extract(_TWO_DIGIT_YEAR, 2) >= _FIRST_OF_1900
    front, year = (values.str.extract(_TWO_DIGIT_YEAR, group) for group in (1, 2))
    table = pl.DataFrame({"value": values, "front": front, "year": year, "old": century})
    written = pl.concat_str(
        "front", pl.when("old").then(pl.lit("19")).otherwise(pl.lit("20")), "year"
    )
    given, full = pl.col("value"), written.fill_null(pl.col("value"))
    found = [
        pl.when(given.str.contains(pattern)).then(full).str.to_date(form, strict=False)
        for pattern, form in _DATES
    ]
    rounded = pl.coalesce(found).dt.strftime("%Y0101")
    return table.select(pl.coalesce(rounded, given).alias(values.name)).to_series()
