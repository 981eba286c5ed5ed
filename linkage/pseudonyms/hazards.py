"""Hazards: ways to make pseudonyms that give more away than they seem to.

Each is a scheme in use, or a part of one. They are rehearsed here because proposals use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from linkage.pseudonyms.collisions import collisions

if TYPE_CHECKING:
    from linkage.match_key_set import MatchKeySet
    from linkage.plan import Treatment

WORD_BITS: Final = 64
"""Bits of a whole token."""

LENGTHS: Final = (32, 40, 48, 53, 63, 64, 96)
"""Lengths of tokens, in bits: a double holds 53 exactly, and 63 are left if a sign is cut off."""


NUMBERS: Final = ("nhs_number", "nino", "upn", "uprn", "mpan", "pnc_id", "prison_number")
"""Fields that are numbers of one form, each of which can be tried; others are listed."""


class Hazard(NamedTuple):
    """A row of the catalogue.

    Attributes:
        name: What it is called here.
        scheme: What is done.
        reason: Why it is a hazard.
        source: Where that is from.
        shown_by: The file of this project that makes it, or shows what it costs.
    """

    name: str
    scheme: str
    reason: str
    source: str
    shown_by: str


# Reads as a table: name; scheme; why it is a hazard; source; where it is shown.
HAZARDS: Final = (
    Hazard(
        "plain-hash",
        "SHA-256 of an identifier, without a key",
        "anybody can hash all valid NHS numbers (about 272.7 million in the ranges of England, "
        "Wales and the Isle of Man) and look each token up",
        "count of valid check digits, 400-499 and 600-799; the sweep is timed in benchmarks/",
        "linkage/pseudonyms/tokens.py",
    ),
    Hazard(
        "field-hash",
        "each field hashed on its own, without a key or a salt",
        "names, dates of birth and postcodes are few, so anybody can list and hash them; and each "
        "field's frequencies show",
        "frequencies as for public-salt; that values can be listed is our reasoning",
        "linkage/pseudonyms/tokens.py",
    ),
    Hazard(
        "public-salt",
        "a field hashed on its own, with a salt that many hold",
        "a salt that many hold is a plain hash to each of them; to all others, frequencies of each "
        "field can be aligned with a public list",
        "Vidanage et al. 2020, IJPDS 5(1) 1345 (frequency alignment of hashed match-keys)",
        "linkage/pseudonyms/tokens.py",
    ),
    Hazard(
        "salt-file",
        "OpenPseudonymiser's salt in a file that is locked with a private key",
        "the key that opens it is in the published source, so whoever has the file has the salt, "
        "and then a public salt",
        "OpenPseudonymiser 0.9.7, library source",
        "linkage/pseudonyms/salt_file.py",
    ),
    Hazard(
        "short-token",
        "a hash cut to fewer than 64 bits, or kept where fewer are (a double, a spreadsheet)",
        "different people share a token by chance and are linked: 262 pairs are to be expected "
        "of 1.5 million people at 32 bits",
        "n(n - 1)/2 pairs of n values, each alike with chance 2^-b",
        "linkage/pseudonyms/collisions.py",
    ),
    Hazard(
        "frequency-in-clear",
        "each part of an identifier hashed on its own, with its frequency beside it",
        "the frequency is the value's place in a public list: no key is needed",
        "Cardinal et al. 2023 hand frequencies over; that they tell the value is our reasoning",
        "linkage/pseudonyms/crate.py",
    ),
    Hazard(
        "readable-code",
        "a statistical linkage key such as SLK-581 handed over as it is",
        "most letters of the names, the date of birth and the sex are in it, in the clear",
        "AIHW METEOR 686238",
        "linkage/pseudonyms/slk581.py",
    ),
)


def hazards_of(field: str, treatment: Treatment) -> list[Hazard]:
    """Give the hazards that a treatment of one field is.

    Args:
        field: The field.
        treatment: How it is treated.

    Returns:
        Rows of HAZARDS, in their order.
    """
    plain = "plain-hash" if field in NUMBERS else "field-hash"
    by_scheme = {
        "plain-hash": [plain],
        "salted-hash": ["public-salt"],
        "open-pseudonymiser": ["salt-file"],
    }
    names = by_scheme.get(treatment.scheme, [])
    if treatment.makes_tokens and treatment.bits < WORD_BITS:
        names = [*names, "short-token"]
    return _rows(names)


def hazards_of_match_keys(match_keys: MatchKeySet, *, with_frequencies: bool) -> list[Hazard]:
    """Give the hazards that a set of match-keys is.

    A set hashes its keys in any case, SLK-581 too, so none is a `readable-code`.

    Args:
        match_keys: The set.
        with_frequencies: Whether each hash leaves with its frequency beside it.

    Returns:
        Rows of HAZARDS, in their order.
    """
    names = ["short-token"] if match_keys.bits < WORD_BITS else []
    return _rows([*names, *(["frequency-in-clear"] if with_frequencies else [])])


def _rows(names: list[str]) -> list[Hazard]:
    return [hazard for hazard in HAZARDS if hazard.name in names]


def short_tokens(values: int) -> pl.DataFrame:
    """Give the collisions of tokens of each length.

    Args:
        values: Distinct values that have a token.

    Returns:
        `bits` (Int64), `expected_pairs`, `at_least_one` (Float64), a row a length of LENGTHS.
    """
    rows = [collisions(values, bits) for bits in LENGTHS]
    return pl.DataFrame(
        {
            "bits": [row.bits for row in rows],
            "expected_pairs": [row.expected_pairs for row in rows],
            "at_least_one": [row.at_least_one for row in rows],
        }
    )
