"""The catalogue of recording errors: what each does, to which fields, how often; reads as a table.

Errors stand in the order in which they are applied. A rate here is a default that an agency may
take; an error happens at an agency only if the agency names it. Rates are shares of records before
the multipliers of people, groups, providers and months; "who" says whom an error can hit, or hits
more than the shared multipliers say (see `simulator.proneness`).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from simulator.settings import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

Unit = Literal["record", "person", "client", "system"]
"""What the chance is drawn for: each record anew; the person, alike in all agencies; the person
anew in each agency; or the system of a site or practice, which treats all its records alike."""

Who = Literal[
    "all", "minorities", "other_scripts", "arrivals", "adults", "infants", "newborns", "twins",
    "spelt_many_ways",
]  # fmt: skip

ROW = "record_id"
"""The field of errors that change which records there are: every record has it."""

_CARDINAL = (
    "two NHS systems, same person by NHS number: Cardinal 2023, BMC Med Inform Decis Mak 23:85; "
    "half of the disagreement is put down to each side"
)
_ZZ99 = "ZZ99 3VZ: 0.201 % of 612,056 patients, Cardinal 2023, BMC Med Inform Decis Mak 23:85"
_OURS = "assumed: our choice"
_PSEUDOPEOPLE = "assumed: 1 % a cell, the default of pseudopeople 1.3.1"


@dataclass(frozen=True)
class ErrorType:
    """A kind of recording error, a row of the table below.

    Attributes:
        fields: The fields that it needs and touches, its main one first.
        does: What it does to them, in words.
        rate: Default rate, with its source.
        unit: What the chance is drawn for (see Unit).
        who: Whom it can hit, or hits more (see Who).
    """

    fields: tuple[str, ...]
    does: str
    rate: Share
    unit: Unit = "record"
    who: Who = "all"

    @property
    def is_a_slip(self) -> bool:
        """Whether the shared multipliers apply: what a system or a procedure does is no slip."""
        return self.unit != "system" and self.who != "newborns"


def _row(
    fields: str, does: str, rate: float, source: str = _OURS, unit: Unit = "record",
    who: Who = "all",
) -> ErrorType:  # fmt: skip
    evidence = "assumed" if source.startswith("assumed") else "published"
    share = Share.model_validate({"value": rate, "source": source, "evidence": evidence})
    return ErrorType(tuple(fields.split()), does, share, unit, who)


# Errors of records first: they decide which records there are. Then which home's address is
# written, then cells field by field: other values, then slips of the hand, then what systems do.
ERROR_TYPES: Mapping[str, ErrorType] = MappingProxyType(
    {
        "person_omitted": _row(ROW, "the person is not known to the agency", 0.02, unit="client"),
        "record_merged": _row(ROW, "holds some details of a household member or other", 0.0002),
        "record_split": _row(
            ROW, "two identities: the second has no official number, and a former surname", 0.003,
            unit="client",
        ),
        "record_duplicated": _row(ROW, "written again under another number, once or twice", 0.005),
        "address_stale": _row("postcode", "the address before the last move", 0.5),
        "surname_stale": _row("surname", "the surname before one changed in the window", 0.5),
        # NHS number. A wrong number keeps its first digit, 9: others could be a real person's.
        "nhs_number_missing": _row("nhs_number", "blank", 0.02),
        "nhs_number_not_yet": _row(
            "nhs_number", "blank in the first week of life", 0.6, who="newborns"
        ),
        "nhs_number_of_household_member": _row("nhs_number", "a household member's", 0.0005),
        "nhs_number_of_twin": _row("nhs_number", "the twin's", 0.01, who="twins"),
        "nhs_number_of_someone_else": _row("nhs_number", "anybody else's", 0.0015),
        "nhs_number_digit": _row("nhs_number", "one digit wrong", 0.001),
        "nhs_number_slip": _row("nhs_number", "a digit inserted, lost, or two swapped", 0.0005),
        "nhs_number_digits": _row("nhs_number", "each digit but the first wrong at 10 %", 0.0002),
        # Other official numbers. The characters that keep them apart from real ones stay.
        "nino_missing": _row("nino", "blank", 0.02),
        "nino_of_household_member": _row("nino", "a household member's", 0.0005),
        "nino_of_someone_else": _row("nino", "anybody else's", 0.0005),
        "nino_character": _row("nino", "a letter or digit after the first wrong", 0.001),
        "upn_missing": _row("upn", "blank", 0.01),
        "upn_of_household_member": _row("upn", "that of another child of the household", 0.0005),
        "upn_character": _row("upn", "a digit of school, year or serial wrong", 0.001),
        "pnc_id_missing": _row("pnc_id", "blank", 0.03),
        "pnc_id_of_someone_else": _row("pnc_id", "anybody else's, or as yet nobody's", 0.001),
        "pnc_id_character": _row("pnc_id", "a digit of the serial, or the letter, wrong", 0.001),
        "prison_number_missing": _row("prison_number", "blank", 0.005),
        "prison_number_of_someone_else": _row(
            "prison_number", "anybody else's, or as yet nobody's", 0.0005
        ),
        "prison_number_character": _row(
            "prison_number", "a letter or digit after the first wrong", 0.001
        ),
        # Agencies' own numbers.
        "local_id_missing": _row("local_id", "blank", 0.005),
        "local_id_character": _row("local_id", "one digit wrong", 0.0005),
        "supplier_account_missing": _row("supplier_account", "blank", 0.01),
        "supplier_account_character": _row("supplier_account", "one digit wrong", 0.001),
        # First name: other values.
        "first_name_missing": _row("first_name", "blank", 0.01, _PSEUDOPEOPLE),
        "first_name_baby": _row("first_name", "Baby, in the first week", 0.6, who="newborns"),
        "first_name_middle": _row("first_name", "the middle name", 0.02, unit="person"),
        "first_name_nickname": _row(
            "first_name", "nickname for formal name, or back", 0.04, unit="person", who="adults"
        ),
        "first_name_transliterated": _row(
            "first_name", "another spelling from another script", 0.08, unit="person",
            who="spelt_many_ways",
        ),
        # Surname: other values.
        "surname_missing": _row("surname", "blank", 0.01, _PSEUDOPEOPLE),
        "surname_of_mother": _row(
            "surname", "the mother's, in the first week", 0.6, who="newborns"
        ),
        "surname_transliterated": _row(
            "surname", "another spelling from another script", 0.08, unit="person",
            who="spelt_many_ways",
        ),
        "surname_parts_reordered": _row("surname", "its parts the other way round", 0.03),
        # Both names.
        "names_alias": _row("first_name surname", "one of up to three false names", 0.03),
        "names_swapped": _row(
            "first_name surname", "each in the other's place", 0.003, who="other_scripts"
        ),
        # Slips in names, and what systems make of them.
        "first_name_typing": _row("first_name", "a slip of the keys after the first", 0.0135),
        "first_name_first_letter": _row("first_name", "a slip of the first key", 0.0015),
        "first_name_initial": _row("first_name", "the initial only", 0.01),
        "first_name_phonetic": _row("first_name", "spelt as heard", 0.01, who="minorities"),
        "first_name_scanned": _row("first_name", "letters misread from paper", 0.002),
        "surname_typing": _row("surname", "a slip of the keys after the first", 0.0135),
        "surname_former": _row("surname", "the surname before it changed", 0.10),
        "surname_cut": _row("surname", "one part of a double-barrelled surname", 0.30),
        "surname_first_letter": _row("surname", "a slip of the first key", 0.0015),
        "surname_phonetic": _row("surname", "spelt as heard", 0.01, who="minorities"),
        "surname_scanned": _row("surname", "letters misread from paper", 0.002),
        "first_name_placeholder": _row("first_name", "UNKNOWN, BABY, N/A or XX", 0.002),
        "surname_placeholder": _row("surname", "UNKNOWN, N/A or XX", 0.002),
        "first_name_without_marks": _row(
            "first_name", "accents, apostrophes, hyphens and spaces lost", 0.3, unit="system"
        ),
        "surname_without_marks": _row(
            "surname", "accents, apostrophes, hyphens and spaces lost", 0.3, unit="system"
        ),
        "first_name_in_capitals": _row("first_name", "in capitals", 0.3, unit="system"),
        "surname_in_capitals": _row("surname", "in capitals", 0.3, unit="system"),
        # Date of birth.
        "birth_date_missing": _row("date_of_birth", "blank", 0.002),
        "birth_date_of_household_member": _row("date_of_birth", "a household member's", 0.0005),
        "birth_date_false": _row(
            "date_of_birth", "one to five years off, always the same", 0.01, unit="person"
        ),
        "birth_date_day": _row("date_of_birth", "another day", 0.00115, _CARDINAL),
        "birth_date_month": _row("date_of_birth", "another month", 0.00072, _CARDINAL),
        "birth_date_year": _row("date_of_birth", "another year", 0.00057, _CARDINAL),
        "birth_date_next": _row("date_of_birth", "day, month or year one off", 0.00076, _CARDINAL),
        "birth_date_swapped": _row(
            "date_of_birth", "day and month swapped", 0.000012, _CARDINAL
        ),
        "birth_date_decade": _row("date_of_birth", "ten years off", 0.0005),
        "birth_date_century": _row("date_of_birth", "a hundred years off", 0.0005),
        "birth_date_first_of_january": _row(
            "date_of_birth", "1 January, for want of a known day", 0.012,
            "assumed: 7 % of the 16.8 % born abroad (Census 2021)", unit="person", who="arrivals",
        ),
        "birth_date_placeholder": _row("date_of_birth", "1 January 1900", 0.001),
        "birth_date_to_the_first": _row(
            "date_of_birth", "coarsened to the 1st of the month", 0.02, unit="system"
        ),
        "birth_date_to_the_fifteenth": _row(
            "date_of_birth", "coarsened to the 15th of the month", 0.02, unit="system"
        ),
        # Sex.
        "sex_wrong": _row("sex", "the other", 0.001),
        "sex_unknown": _row("sex", "U, unknown", 0.003, who="infants"),
        # Address. A wrong postcode keeps its first letter, which is of no real area.
        "postcode_missing": _row("postcode", "blank", 0.02),
        "postcode_no_fixed_abode": _row(
            "postcode", "ZZ99 3VZ, no fixed abode", 0.002, _ZZ99, unit="person"
        ),
        "postcode_typing": _row("postcode", "a slip of the keys after the first", 0.015),
        "postcode_confused": _row("postcode", "O for 0, I for 1, or back", 0.02),
        "postcode_scanned": _row("postcode", "S for 5, B for 8, Z for 2, G for 6, or back", 0.002),
        "postcode_outward": _row("postcode", "the outward half only", 0.005),
        "postcode_without_space": _row("postcode", "without its space", 0.03),
        "postcode_placeholder": _row("postcode", "UNKNOWN, N/A or XX", 0.002),
        "uprn_missing": _row("uprn", "blank", 0.014),
        "uprn_of_neighbour": _row("uprn", "of the home next door", 0.01),
        "address_missing": _row("address", "blank", 0.01, _PSEUDOPEOPLE),
        "address_number_wrong": _row("address", "the house number of a home nearby", 0.01),
        "address_number_missing": _row("address", "no house number", 0.005),
        "address_flat_dropped": _row("address", "of a flat, the number of the house alone", 0.10),
        "address_typing": _row(
            "address", "a slip of the keys in the street, after its first letter", 0.03
        ),
        "address_abbreviated": _row("address", "Rd for Road and the like", 0.3, unit="system"),
        "address_in_capitals": _row("address", "in capitals", 0.3, unit="system"),
        "mpan_missing": _row("mpan", "blank", 0.02),
        "mpan_of_neighbour": _row("mpan", "of the home next door", 0.01),
        "mpan_character": _row("mpan", "one digit after the distributor's wrong", 0.001),
    }
)  # fmt: skip

ERRORS: Mapping[str, str] = MappingProxyType({n: e.fields[0] for n, e in ERROR_TYPES.items()})
"""The main field of each error; further ones are in ERROR_TYPES."""

OF_RECORDS = tuple(name for name, error in ERROR_TYPES.items() if error.fields == (ROW,))
"""Errors that change which records there are, and what a record is about."""


def fits(error: str, fields: tuple[str, ...]) -> bool:
    """Says whether an error can happen to records of these fields."""
    return error in ERROR_TYPES and set(ERROR_TYPES[error].fields) <= {ROW, *fields}
