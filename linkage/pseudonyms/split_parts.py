"""The three files of a split file: who records are about, what they say, what is returned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from linkage.linking_names import LINKING_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from linkage.linking_names import LinkingName
    from simulator.schema import Dataset, Provenance, TokenLabel

RETURNED: Final = (
    "date_of_birth", "sex", "lsoa", "msoa", "deprivation_fifth", "registered_on"
)  # fmt: skip
"""Of the register's attributes, what the third party returns; the areas follow from the address.
Days are returned as exactly as the date of birth: whoever is born in the window registers then."""

_PERSON: Final = ("nhs_number", "first_name", "surname", "date_of_birth")


@dataclass(frozen=True)
class File1:
    """Who each record of an agency is about, for the third party alone.

    Attributes:
        name: Name of the dataset.
        frame: `record_id` and the fields that say who, or which home.
    """

    name: str
    frame: pl.DataFrame = field(repr=False)


@dataclass(frozen=True)
class File2:
    """What each record says, for the databank alone.

    Attributes:
        name: Name of the dataset.
        frame: `record_id` and the fields that say what happened, or is known.
        provenance: That of the records.
    """

    name: str
    frame: pl.DataFrame = field(repr=False)
    provenance: Provenance = "invented"


@dataclass(frozen=True)
class File3:
    """What the third party returns to the databank: no names.

    Attributes:
        name: Name of the dataset.
        frame: `record_id`; `alf` and `status` (UInt64, String) of a file of people, `ralf` (UInt64)
            of one with addresses, fields null where nobody or no home was found; for the register
            itself also what is returned of its people.
        labels: How each linking field was made.
    """

    name: str
    frame: pl.DataFrame = field(repr=False)
    labels: Mapping[str, TokenLabel]


def split(dataset: Dataset) -> tuple[File1, File2]:
    """Splits an agency's records: who they are about, and what they say.

    The record's own number stands in both files and joins them. The date of birth and sex go with
    the names, and so does everything else that the third party returns.
    """
    frame = dataset.frame
    who = [name for name in frame.columns if dataset.role(name) == "identifier" or name in RETURNED]
    what = [name for name in frame.columns if name not in (*who, "record_id")]
    return (
        File1(dataset.name, frame.select("record_id", *who)),
        File2(dataset.name, frame.select("record_id", *what), dataset.provenance),
    )


def fields_of(file: File3) -> list[LinkingName]:
    """Lists the linking fields of a file 3."""
    return [name for name in LINKING_FIELDS if name in file.labels]


def is_of_people(file: File1) -> bool:
    """Says whether records are about people, and not about homes alone."""
    return any(name in file.frame.columns for name in _PERSON)


def has_addresses(file: File1) -> bool:
    """Says whether records hold what an address is resolved by."""
    return any(name in file.frame.columns for name in ("uprn", "address"))
