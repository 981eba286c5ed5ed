"""Hazards: ways to make pseudonyms that give more away than they seem to.

Each is a scheme in use, or a part of one. They are rehearsed here because proposals use them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from linkage.pseudonyms.collisions import collisions

if TYPE_CHECKING:
    from linkage.plan import Treatment

LENGTHS: Final = (32, 40, 48, 53, 63, 64, 96)
"""Lengths of tokens, in bits: a double holds 53 exactly, and 63 are left if a sign is cut off."""


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
        "public-salt",
        "each field hashed on its own, all with one salt that many hold",
        "a salt that many hold is a plain hash to each of them; to all others, frequencies of each "
        "field can be aligned with a public list",
        "Vidanage et al. 2020, IJPDS 5(1) 1345 (frequency alignment of hashed match-keys)",
        "linkage/pseudonyms/openpseudonymiser.py",
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
        "n(n - 1)/2 / 2^b; `short_tokens`",
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


# Reads as a table: scheme of a treatment, name of its hazard. Schemes that are none are left out.
_OF_SCHEME: Final = {
    "plain-hash": "plain-hash",
    "salted-hash": "public-salt",
    "open-pseudonymiser": "public-salt",
}
_WHOLE_TOKEN: Final = 64


def hazards_of(treatment: Treatment) -> tuple[Hazard, ...]:
    """Say which hazards of the catalogue a treatment has.

    Args:
        treatment: What is done to a field.

    Returns:
        The hazards, in the order of the catalogue; none for `clear` and `remove`, which make no
        pseudonym.
    """
    names = {_OF_SCHEME.get(treatment.scheme)}
    if treatment.makes_tokens and treatment.bits < _WHOLE_TOKEN:
        names.add("short-token")
    return tuple(each for each in HAZARDS if each.name in names)


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
