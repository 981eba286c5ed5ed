"""Roles of columns: what a column says about a person, how it is named, and how it is compared.

How often a true pair disagrees is our assumption, the same for every file; it decides only which
blocking rules are suggested, and how many matches the deterministic rules are taken to find. What
agreement counts for is learnt from the files themselves.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.parts import Kind


class Role(NamedTuple):
    """What a column says about a person.

    Attributes:
        names: Names that such columns have, without separators, as `firstname`.
        kind: How it is compared.
        differs: Assumed share of true pairs that differ, where neither value is missing.
        still: Of those, the assumed shares of which parts still agree.
        term_frequency: Whether agreement on a rare value counts for more.
        of_home: Whether it changes when a person moves home.
        levels: Levels, where the usual ones of its kind do not do.
    """

    names: str
    kind: Kind
    differs: float
    still: tuple[tuple[float, tuple[str, ...]], ...] = ()
    term_frequency: bool = False
    of_home: bool = False
    levels: tuple[str, ...] = ()


_NAME: Final = ((0.4, ("soundex", "initial")), (0.25, ("initial",)))
_DATE: Final = ((0.4, ("year",)), (0.4, ("month_day",)))
_POSTCODE: Final = (
    (0.2, ("sector", "district", "area")),
    (0.2, ("district", "area")),
    (0.2, ("area",)),
)
_TEXT: Final = ((0.5, ("first_three",)),)
_EDITED: Final = ("exact", "osa<=1")

ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "first_name": Role(
            "firstname forename givenname christianname fname forenames firstnames givennames "
            "given first forename1 firstname1 name1 fnm",
            "name", 0.06, _NAME, term_frequency=True,
        ),
        "surname": Role(
            "surname lastname familyname sname lname last family secondname surnames lnm",
            "name", 0.07, _NAME, term_frequency=True,
        ),
        "middle_name": Role(
            "middlename middlenames middle secondforename forename2 otherforenames mname",
            "name", 0.2, _NAME,
        ),
        "full_name": Role(
            "name fullname personname patientname", "name", 0.12,
            ((0.4, ("first_part",)), (0.4, ("last_part",))), term_frequency=True,
        ),
        "date_of_birth": Role(
            "dateofbirth dob birthdate birthday bdate born datebirth birthdt dtofbirth",
            "date", 0.04, _DATE,
        ),
        "sex": Role("sex gender gendercode sexcode gndr", "exact", 0.01),
        "postcode": Role(
            "postcode postalcode zip zipcode pcode postcd", "postcode", 0.05, _POSTCODE,
            of_home=True,
        ),
        "nhs_number": Role(
            "nhsnumber nhsno nhsnum nhsid newnhsno", "text", 0.02, levels=_EDITED
        ),
        "national_id": Role(
            "nino nationalinsurancenumber nationalinsurance ninumber ssn socsecid "
            "socialsecuritynumber socialsecurity upn uniquepupilnumber passport passportnumber "
            "pncid prisonnumber chinumber hospitalnumber ssid",
            "text", 0.03, levels=_EDITED,
        ),
        "uprn": Role(
            "uprn propertyreference uniquepropertyreferencenumber", "exact", 0.05, of_home=True
        ),
        "house_number": Role(
            "streetnumber housenumber houseno streetno buildingnumber number paon", "text", 0.05,
            of_home=True, levels=("exact", "osa<=1"),
        ),
        "address": Role(
            "address address1 addressline1 addr addr1 street streetname road line1 fulladdress",
            "text", 0.08, _TEXT, term_frequency=True, of_home=True,
        ),
        "address_2": Role(
            "address2 addressline2 addr2 line2 locality", "text", 0.15, _TEXT,
            term_frequency=True, of_home=True,
        ),
        "town": Role(
            "town city suburb posttown village place addressline3 address3 municipality", "text",
            0.06, _TEXT, term_frequency=True, of_home=True,
        ),
        "region": Role(
            "state county region district province country", "exact", 0.03, of_home=True
        ),
        "email": Role(
            "email emailaddress mail", "text", 0.15, levels=("exact", "jaro_winkler>=0.92")
        ),
        "phone": Role(
            "phone telephone phonenumber telephonenumber mobile mobilenumber tel telno mobileno",
            "text", 0.2, levels=_EDITED,
        ),
        "a_name": Role("", "name", 0.07, _NAME, term_frequency=True),
        "other": Role("", "exact", 0.1),
    }
)  # fmt: skip
"""By name; `a_name` is a column of names, it is not known which, and `other` is any other."""

_ROW_NUMBERS: Final = (
    "id recordid recid recordnumber recno rowid rownumber row uid uniqueid index key leftid "
    "rightid idleft idright recordkey pseudoid"
)
RECORD_IDS: Final = frozenset(re.findall(r"\w+", _ROW_NUMBERS))
"""Names of columns that number records, and say nothing of the person."""

_WHOSE: Final = (
    "patient person client subject member pt cust customer child student pupil victim offender "
    "suspect home current primary main service user applicant claimant p c the of raw clean"
)
_BEFORE: Final = frozenset(re.findall(r"\w+", _WHOSE))
"""Words before a name that say whose it is, as in `patient_dob`."""

MOVED: Final = 0.08
"""Assumed share of true pairs whose records were made at different homes; our choice."""


def plain(column: str) -> str:
    """Give a column's name in small letters and digits alone: `Date of Birth` is `dateofbirth`."""
    return "".join(_words(column))


def role_by_name(column: str) -> str | None:
    """Tell a column's role from its name.

    Args:
        column: Its name, such as `Patient Forename`.

    Returns:
        A name of ROLES, or null if the name says none.
    """
    words = _words(column)
    while words:
        if found := _BY_NAME.get("".join(words)):
            return found
        if words[-1] in ("l", "r", "a", "b", "left", "right", "clean", "raw", "orig"):
            shorter = _BY_NAME.get("".join(words[:-1]))
            if shorter:
                return shorter
        if words[0] not in _BEFORE:
            return None
        words = words[1:]
    return None


def is_record_id(column: str) -> bool:
    """Tell whether a column's name says that it numbers records."""
    return plain(column) in RECORD_IDS


def _words(column: str) -> list[str]:
    apart = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", column)
    return re.findall(r"[a-z0-9]+", apart.lower())


_BY_NAME: Final = {
    name: role for role, described in ROLES.items() for name in described.names.split()
}
