"""The treatment of a file: what is made of its identifiers, and which columns stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import polars as pl
from pydantic import Field, StrictBool, ValidationInfo, field_validator

from linkage.match_key_set import MatchKeySet
from linkage.plan import Treatment
from scenarios.problems import NOTHING, Finding, ProblemsError
from scenarios.spec_files import load_spec
from scenarios.toml_files import Shipped
from simulator.schema import FIELDS
from simulator.settings import Names, Spec
from simulator.specs import FieldName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TREATABLE: Final = tuple(
    name
    for name, field in FIELDS.items()
    if field.role in ("identifier", "attribute") and field.dtype in (pl.String, pl.Date)
)
"""Fields that a column of a file may hold: those of people and homes that are text or dates."""

KEPT: Final = ("clear", "remove")
"""Schemes that make no token and no code."""


class TreatmentError(ProblemsError):
    """A treatment cannot be used, or does not fit the file."""


class FileMatchKeys(MatchKeySet):
    """Hashed keys of each record of a file: a set as in a proposal, with frequencies if asked."""

    frequencies: StrictBool = Field(
        default=False,
        description="For `crate-style`: whether beside each hash stands how often it occurs in the "
        "file, as a share of its column. A hazard: it is the value's place in a public list.",
    )

    @field_validator("frequencies")
    @classmethod
    def _hold_frequencies_of_parts(cls, given: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        family = info.data.get("family", "crate-style")
        if given and family != "crate-style":
            raise ValueError(f"is for family crate-style; {family} hands none over: leave it out")
        return given


class FileTreatment(Spec):
    """What is done to a file of records.

    `identity` and `match_keys` are the tables of the same names of a proposal; one of them makes
    something.
    """

    identity: dict[FieldName, Treatment] = Field(
        default={}, description="What is done to each field, by field."
    )
    match_keys: dict[str, FileMatchKeys] = Field(
        default={},
        description="Hashed match-keys that are written beside tokens, or instead: sets by name.",
    )
    columns: dict[FieldName, Annotated[str, Field(min_length=1)]] = Field(
        default={},
        description="Which column of the file each field is; left out: found by name and content.",
    )
    id_column: str = Field(default="", description="Column of ids of the file; empty for none.")
    ids: Literal["none", "own", "numbered"] = Field(
        default="none",
        description="Ids that are written. none; own: those of `id_column`, which lead back to the "
        "file; numbered: 1, 2, 3 in the order of what is written, which is not that of the file.",
    )
    keep: Names = Field(
        default=(), description="Other columns that stay as they are; any not named are dropped."
    )
    drop: Names = Field(
        default=(), description="Columns that are dropped, whatever they look like."
    )

    @field_validator("identity", "columns")
    @classmethod
    def _hold_fields_of_people(cls, given: dict[str, Any]) -> dict[str, Any]:
        unfit = [name for name in given if name not in TREATABLE]
        if unfit:
            raise ValueError(
                f"must name fields of people or homes alone, not {', '.join(unfit)}, whose columns "
                f"stay if `keep` names them: {', '.join(TREATABLE)}"
            )
        return given

    @field_validator("match_keys")
    @classmethod
    def _hold_columns_once(
        cls, given: dict[str, FileMatchKeys], info: ValidationInfo
    ) -> dict[str, FileMatchKeys]:
        names = [name for each in given.values() for name in each.names]
        identity: dict[str, Treatment] = info.data.get("identity", {})
        names += [field for field, each in identity.items() if each.scheme not in KEPT]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"would write a column twice ({', '.join(twice)}): leave out one of the sets, or "
                "of the tokens, or write them to files of their own"
            )
        return given

    @property
    def made(self) -> tuple[str, ...]:
        """Fields that become tokens or codes, in order."""
        return tuple(field for field, each in self.identity.items() if each.scheme not in KEPT)

    @property
    def hashed(self) -> tuple[str, ...]:
        """Fields that match-keys are made of, each once."""
        sets = self.match_keys.values()
        return tuple(dict.fromkeys(name for each in sets for name in each.fields))

    @property
    def read(self) -> tuple[str, ...]:
        """Fields that the file must have, since something is made of them; each once."""
        return tuple(dict.fromkeys([*self.made, *self.hashed]))


TREATMENT: Final = Shipped(
    "treatment",
    "treatment",
    tuple,
    TreatmentError,
    needs="a treatment needs at least one table [identity.FIELD] with a scheme, or "
    "[match_keys.NAME] with a family",
)


def load_treatment(path: Path) -> FileTreatment:
    """Reads a treatment.

    Raises:
        TreatmentError: If it cannot be read or is wrong; holds every problem, with its line.
    """
    return load_spec(path, TREATMENT, FileTreatment, treatment_misfits)


def treatment_misfits(table: dict[str, Any]) -> Iterator[Finding]:
    """Yields what does not fit together in a treatment that may be wrong in other ways too."""
    identity = table.get("identity")
    tables = identity if isinstance(identity, dict) else {}
    treated = {field: each for field, each in tables.items() if isinstance(each, dict)}
    for field, each in treated.items():
        yield from _only_in_a_proposal(field, each)
    schemes = [each.get("scheme") for each in treated.values()]
    is_read = isinstance(table.get("identity", {}), dict)
    if is_read and not table.get("match_keys") and all(scheme in KEPT for scheme in schemes):
        rule = "makes no token and no code: give a field another scheme than clear or remove, or "
        yield Finding(("identity",), NOTHING, f"{rule}add a table [match_keys.NAME]")
    if table.get("ids") == "own" and not table.get("id_column"):
        yield Finding(("ids",), "own", "needs `id_column`: the column of the file's own ids")
    yield from _named_twice(table)


def _only_in_a_proposal(field: str, treatment: dict[str, Any]) -> Iterator[Finding]:
    """Yields settings that need what one file alone does not have."""
    reasons = {
        "verify": "compares with a hub's records, and one file has no hub; leave it out, or "
        "rehearse it in a proposal",
        "daily_limit": "is what a key server or a desk counts, and a file has neither; leave it "
        "out, or rehearse it in a proposal",
    }
    for setting, reason in reasons.items():
        if treatment.get(setting):
            yield Finding(("identity", field, setting), NOTHING, reason)
    if treatment.get("key_scope", "shared") != "shared":
        rule = "a file has no recipients to tell apart; leave it out, and take a key file for each"
        yield Finding(("identity", field, "key_scope"), treatment["key_scope"], rule)


def _named_twice(table: dict[str, Any]) -> Iterator[Finding]:
    """Yields columns that are named for two things."""
    columns = table.get("columns")
    of_fields = columns if isinstance(columns, dict) else {}
    seen: dict[str, str] = {}
    places: list[tuple[tuple[str | int, ...], Any]] = [(("id_column",), table.get("id_column"))]
    places += [(("columns", field), name) for field, name in of_fields.items()]
    for setting in ("keep", "drop"):
        listed = table.get(setting)
        for place, name in enumerate(listed if isinstance(listed, list) else ()):
            places.append(((setting, place), name))
    for path, name in places:
        if not isinstance(name, str) or not name:
            continue
        setting = ".".join(str(part) for part in path if isinstance(part, str))
        first = seen.setdefault(name, setting)
        if first != setting:
            yield Finding(path, name, f"is named by `{first}` too; a column is one thing")
