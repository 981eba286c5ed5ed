"""SLK-581, Australia's statistical linkage key: parts of names, date of birth and sex, in clear.

    letters 2, 3, 5 of the family name | letters 2, 3 of the given name | DDMMYYYY | sex

14 characters. Letters are A to Z in capitals, all else is passed over; a letter that is not there
is 2, a name that is not there 999 or 99; sex is 1 male, 2 female, 3 other, 9 not stated. Source:
Australian Institute of Health and Welfare, METEOR 686238. The standard does not say what an accent
is; here it is folded first, and a name in another script is one that is not there.

What leaks: everything but the first letters of the names. The code is no pseudonym: it is part of
the identifiers, and is hashed here before it leaves. A hashed one leaks as in `recipes.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.clear_text import require_clear_text
from linkage.normalise import comparable
from linkage.pseudonyms.recipes import Text, hashed

if TYPE_CHECKING:
    from linkage.keys import KeyRing
    from linkage.pseudonyms.recipes import Bits
    from simulator.schema import Dataset

FIELDS: Final = ("surname", "first_name", "date_of_birth", "sex")

NAME: Final = "slk-581"

_FAMILY_LETTERS: Final = (2, 3, 5)
_GIVEN_LETTERS: Final = (2, 3)
_NO_LETTER: Final = "2"
_NO_NAME: Final = "9"
_SEXES: Final = {"M": "1", "F": "2", "X": "3", "I": "3", "O": "3"}
_NOT_STATED: Final = "9"


@dataclass(frozen=True)
class Slk581:
    """The scheme.

    Attributes:
        whole_only: Whether a code that lacks a name or the sex has no token, and so never joins; if
            not, all that lack the same agree on its 9s. The standard leaves this to who links.
    """

    whole_only: bool = True

    def codes(self, dataset: Dataset) -> pl.Series:
        """Write each record's code in the clear.

        Args:
            dataset: Records with the fields of FIELDS in the clear.

        Returns:
            String `slk-581`, 14 characters; null where there is no date of birth, for which the
            standard has no mark.

        Raises:
            ValueError: If the dataset lacks a field.
        """
        require_clear_text(dataset, FIELDS, "SLK-581", "the scheme")
        parts = pl.DataFrame(
            {
                "family": _letters(comparable(dataset.frame, "surname"), _FAMILY_LETTERS),
                "given": _letters(comparable(dataset.frame, "first_name"), _GIVEN_LETTERS),
                "born": dataset.frame["date_of_birth"].dt.strftime("%d%m%Y"),
                "sex": _sex(dataset.frame["sex"]),
            }
        )
        return parts.select(pl.concat_str("family", "given", "born", "sex").alias(NAME)).to_series()

    def tokens(
        self,
        dataset: Dataset,
        keys: KeyRing,
        holder: str,
        period: str = "",
        threads: int = 1,
        bits: Bits = 64,
    ) -> Dataset:
        """Hash each record's code; see `recipes.hashed`.

        Returns:
            A dataset of `record_id` and the column `slk-581` of tokens.

        Raises:
            ValueError: If the dataset lacks a field.
        """
        codes = self.codes(dataset)
        if self.whole_only:
            is_whole = ~codes.str.contains(f"^{_NO_NAME}|^...{_NO_NAME}|{_NOT_STATED}$")
            codes = pl.select(pl.when(is_whole).then(codes)).to_series()
        recipe = NAME if self.whole_only else f"{NAME}, parts missing"
        text = Text(NAME, recipe, NAME, codes)
        return hashed(dataset, [text], keys, holder, period, threads, bits)


def _letters(names: pl.Series, places: tuple[int, ...]) -> pl.Series:
    """Take letters of names in comparable form by their places, the first of which is 1."""
    filled = names + _NO_LETTER * max(places)
    taken = [filled.str.slice(place - 1, 1).alias(str(place)) for place in places]
    return pl.select(pl.concat_str(taken)).to_series().fill_null(_NO_NAME * len(places))


def _sex(values: pl.Series) -> pl.Series:
    """Give the code of each sex by its first letter."""
    first = values.str.strip_chars().str.slice(0, 1).str.to_uppercase()
    return first.replace_strict(_SEXES, default=_NOT_STATED, return_dtype=pl.String).fill_null(
        _NOT_STATED
    )
