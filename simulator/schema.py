"""Datasets: frames whose columns carry a role and, where they hold tokens, a label.

The field vocabulary below is the only one: an agency, a treatment, a link step and a release all
name fields from it. A frame is checked against it when a Dataset is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal["id", "identifier", "attribute", "content", "token"]
Provenance = Literal["invented", "supplied"]


@dataclass(frozen=True)
class Field:
    """A field of the vocabulary.

    Attributes:
        dtype: The polars type of its column.
        role: `id` (opaque, names a row), `identifier` (names a person or a home), `attribute`
            (describes a person; several together may single one out) or `content`.
        meaning: What it holds, in a few words, with its unit.
    """

    dtype: pl.DataType
    role: Role
    meaning: str


# The vocabulary, read as a table: name, type, role, meaning.
FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "record_id": Field(pl.UInt64(), "id", "opaque number of the record, fresh in each dataset"),
        "nhs_number": Field(
            pl.String(), "identifier", "NHS number as written, ten digits if right"
        ),
        "first_name": Field(pl.String(), "identifier", "first name as written"),
        "surname": Field(pl.String(), "identifier", "surname as written"),
        "address": Field(
            pl.String(), "identifier", "first line of the address as written: number and street"
        ),
        "postcode": Field(pl.String(), "identifier", "postcode as written"),
        "uprn": Field(pl.String(), "identifier", "unique property reference number, as written"),
        # Official numbers (issuing.py says who has one), and agencies' own.
        "nino": Field(pl.String(), "identifier", "National Insurance number as written; from 16"),
        "upn": Field(pl.String(), "identifier", "unique pupil number as written; from 5 to 18"),
        "pnc_id": Field(
            pl.String(),
            "identifier",
            "id of an offender or suspect on the Police National Computer",
        ),
        "prison_number": Field(
            pl.String(), "identifier", "number of a prisoner in NOMIS, as written"
        ),
        "mpan": Field(
            pl.String(), "identifier", "number of the home's electricity supply, 13 digits"
        ),
        "local_id": Field(
            pl.String(), "identifier", "number of the person at the agency, or at a site of it"
        ),
        "supplier_account": Field(
            pl.String(), "identifier", "number of the account at the supplier"
        ),
        "date_of_birth": Field(pl.Date(), "attribute", "date of birth as written"),
        "sex": Field(pl.String(), "attribute", "sex as written: F or M, or U for unknown"),
        "ethnic_group": Field(pl.String(), "attribute", "ethnic group in five classes"),
        "lsoa": Field(pl.UInt32(), "attribute", "small area (about 1,700 people) of the address"),
        "msoa": Field(pl.UInt32(), "attribute", "middle area (about 8,200 people) of the address"),
        "deprivation_fifth": Field(pl.UInt8(), "attribute", "1 most deprived to 5 least"),
        "practice": Field(pl.UInt32(), "attribute", "general practice where registered"),
        "registered_on": Field(
            pl.Date(), "attribute", "when registered here, or born; none if before the window"
        ),
        "lived_since": Field(
            pl.Date(),
            "attribute",
            "since when at the address; none if since birth or before the window",
        ),
        "event_time": Field(pl.Datetime("us"), "content", "when it happened, to the minute"),
        "place": Field(pl.UInt32(), "content", "where care was given: number of the site"),
        "at_home": Field(pl.Boolean(), "content", "whether the incident began at home"),
        "cost_pence": Field(pl.Int64(), "content", "cost of the contact, in pence"),
        # Of an assault, as an A&E reception writes it down (NHS Data Dictionary, ISTV).
        "arrival_time": Field(pl.Datetime("us"), "content", "arrival in A&E, to the minute"),
        "assault_time": Field(
            pl.Datetime("us"), "content", "assault as told; midnight where the time is unknown"
        ),
        "method": Field(pl.String(), "content", "means of the assault (our code list)"),
        "method_text": Field(pl.String(), "content", "means of the assault, free text"),
        "location_type": Field(pl.String(), "content", "kind of place (our code list)"),
        "location_text": Field(pl.String(), "content", "place of the assault, free text"),
        "domestic": Field(pl.Boolean(), "content", "whether recorded as domestic violence"),
        # Of an offence or another contact, as police write it down.
        "from_time": Field(pl.Datetime("us"), "content", "earliest time that it may have happened"),
        "to_time": Field(pl.Datetime("us"), "content", "latest time that it may have happened"),
        "reported_time": Field(pl.Datetime("us"), "content", "when it was reported"),
        "weapon": Field(pl.String(), "content", "weapon, in the code list of `method`"),
        "injury": Field(pl.Boolean(), "content", "whether the offence is with injury"),
        "contact_kind": Field(pl.String(), "content", "crime, call, stop, custody or suspect"),
        "easting": Field(pl.Int32(), "content", "place, metres on the invented plain"),
        "northing": Field(pl.Int32(), "content", "place, metres on the invented plain"),
        # Of events and entries of other services (services.py says of which).
        "end_time": Field(pl.Datetime("us"), "content", "end of a spell; none while it goes on"),
        "blood_tests": Field(pl.Boolean(), "content", "whether common blood tests were ordered"),
        "call_category": Field(pl.String(), "content", "urgency of a 999 call, C1 first to C5"),
        "disposition": Field(pl.String(), "content", "what a caller was told to do (our codes)"),
        "screening_kind": Field(pl.String(), "content", "breast, bowel or cervical"),
        "recalled": Field(pl.Boolean(), "content", "whether called back after screening"),
        "cancer_site": Field(pl.String(), "content", "organ where the cancer began (our codes)"),
        "cancer_stage": Field(pl.UInt8(), "content", "stage at diagnosis, 1 to 4"),
        "referral_route": Field(pl.String(), "content", "how the person came to be diagnosed"),
        "referral_time": Field(pl.Datetime("us"), "content", "referral that led to diagnosis"),
        "treatment_time": Field(pl.Datetime("us"), "content", "first treatment; none if later"),
        "offence_group": Field(pl.String(), "content", "violence, theft, damage or other"),
        "previous_offences": Field(pl.UInt16(), "content", "proven offences before this record"),
        "sentence": Field(pl.String(), "content", "why supervised: community, suspended, licence"),
        "free_school_meals": Field(pl.Boolean(), "content", "whether eligible for free meals"),
        "absence_percent": Field(pl.UInt8(), "content", "school sessions missed, per cent"),
        "childrens_plan": Field(pl.String(), "content", "need, protection or looked_after"),
        "needs": Field(pl.UInt8(), "content", "problems of a family, of six kinds counted"),
        "children": Field(pl.UInt8(), "content", "children under 18 in the home"),
        "council_tax_class": Field(
            pl.String(), "content", "standard, single_adult, exempt, empty or second_home"
        ),
        "council_tax_band": Field(pl.String(), "content", "value of the home, A lowest to H"),
        "dwelling_type": Field(pl.String(), "content", "detached, semi-detached, terrace or flat"),
        "work_kind": Field(pl.String(), "content", "improvement made to a home (our codes)"),
        "energy_rating": Field(pl.String(), "content", "energy rating of the home, A best to G"),
        "tariff": Field(pl.String(), "content", "standard, fixed or prepayment"),
        "energy_kwh": Field(pl.Int32(), "content", "gas and electricity used, kWh a year"),
        "often_lonely": Field(pl.Boolean(), "content", "whether often lonely, as answered"),
        "health": Field(pl.String(), "content", "health as answered: very_good, good, fair, poor"),
        "widowed": Field(pl.Boolean(), "content", "whether widowed"),
        "household_size": Field(pl.UInt16(), "content", "people in the home"),
    }
)

METHODS = ("fist", "foot", "other_body_part", "blunt_object", "sharp_object", "firearm")
"""Means of an assault. The standard's own code list is not public: this one is ours, after the
categories of Inj Prev 2006;12:395."""

METHOD_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "fist": "body",
        "foot": "body",
        "other_body_part": "body",
        "blunt_object": "weapon",
        "sharp_object": "weapon",
        "firearm": "weapon",
    }
)
"""The group of each of METHODS, where only groups are handed over."""

LOCATION_TYPES = ("own_home", "other_home", "licensed", "street", "other")
"""Kinds of place. The standard's own code list is not public: this one is ours, after Gray 2017."""

ETHNIC_GROUPS = ("White", "Asian", "Black", "Mixed", "Other")


CODE_SCHEMES: Final[Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "aes-siv": pl.Binary(),
        "aes-siv-per-row": pl.Binary(),
        "ff1": pl.String(),
        "vault": pl.Binary(),
    }
)
"""Scheme of codes that can be turned back -> type of their columns."""

TOKEN_TYPES: Final[Mapping[str, pl.DataType]] = MappingProxyType(
    {"open-pseudonymiser": pl.String(), "sealed": pl.Binary()}
)
"""Scheme of tokens -> type of their columns, before the slash and the length; others are UInt64."""


@dataclass(frozen=True)
class TokenLabel:
    """What a token is made of; tokens may meet only where their labels are equal.

    Attributes:
        scheme: Scheme and length in bits, such as `hmac-sha256/64`; `sealed` for tokens sealed for
            a recipient; for codes that can be turned back, one of CODE_SCHEMES.
        field: The field that was tokenised.
        normalisation: Name of the rule that gave it its comparable form.
        key_id: Id of the key (never the key), or `none`.
        period: The period for which the key is used; empty if it never changes.
    """

    scheme: str
    field: str
    normalisation: str
    key_id: str
    period: str

    @property
    def is_code(self) -> bool:
        """Whether it labels codes, which can be turned back, and not tokens."""
        return self.scheme in CODE_SCHEMES

    @property
    def is_sealed(self) -> bool:
        """Whether it labels tokens that are sealed for a recipient."""
        return self.scheme == "sealed"

    @property
    def dtype(self) -> pl.DataType:
        """The polars type of its column."""
        types = {**CODE_SCHEMES, **TOKEN_TYPES}
        return types.get(self.scheme.partition("/")[0], pl.UInt64())

    def __str__(self) -> str:
        """Writes the label on one line for messages."""
        period = self.period or "any"
        return (
            f"{self.scheme} of {self.field} ({self.normalisation}), key {self.key_id}, "
            f"period {period}"
        )


class FrameError(ValueError):
    """A frame does not fit the field vocabulary."""


@dataclass(frozen=True)
class Dataset:
    """One agency's records.

    Attributes:
        name: Name of the dataset, such as `a_and_e`.
        frame: The records; column `record_id` is unique.
        labels: Label of each token column, by column name.
        provenance: `invented`, or `supplied` for somebody's own file.
    """

    name: str
    frame: pl.DataFrame = field(repr=False)
    labels: Mapping[str, TokenLabel] = field(default_factory=dict)
    provenance: Provenance = "invented"

    def __post_init__(self) -> None:
        """Checks every column against the vocabulary.

        Raises:
            FrameError: If a column is unknown, has the wrong type, or `record_id` is missing or
                repeated; every problem is listed.
        """
        problems = [*self._wrong_columns(), *self._wrong_record_ids()]
        if problems:
            raise FrameError(f"dataset {self.name}: " + "; ".join(problems))

    def _wrong_columns(self) -> list[str]:
        problems = []
        for name, dtype in self.frame.schema.items():
            expected = self._expected_type(name)
            if expected is None:
                problems.append(f"column {name} is not in the field vocabulary")
            elif dtype != expected:
                problems.append(f"column {name} has type {dtype}, expected {expected}")
        return problems

    def _expected_type(self, column: str) -> pl.DataType | None:
        if column in self.labels:
            return self.labels[column].dtype
        return FIELDS[column].dtype if column in FIELDS else None

    def _wrong_record_ids(self) -> list[str]:
        if "record_id" not in self.frame.columns:
            return ["column record_id is missing"]
        if self.frame["record_id"].n_unique() != self.frame.height:
            return ["record_id is not unique"]
        return []

    def role(self, column: str) -> Role:
        """Returns the role of a column: `token` if it carries a label, else its field's role."""
        return "token" if column in self.labels else FIELDS[column].role

    def with_frame(self, frame: pl.DataFrame) -> Dataset:
        """Returns the same dataset with another frame."""
        return replace(self, frame=frame)
