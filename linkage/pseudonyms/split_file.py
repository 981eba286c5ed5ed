"""The split file: three roles, of which each sees its own part of every record and no more.

    agency       splits a record    file 1: its number, who it is about    file 2: number, content
    third party  resolves file 1    file 3: number, ALF, status, RALF, week of birth, sex, area
    databank     joins 2 and 3 by the record's number, and enciphers ALF and RALF again

A role is a value, and is handed files of its own kind alone: the third party is never given file 2,
the databank never file 1 (unless the proposal says so). People are resolved against the register
step by step (MACRAL), addresses against the register's addresses; a record whose status is not
accepted keeps its content and has no linking field. Everybody of the register has one by their own
entry. Sources: Lyons et al. 2009, BMC Med Inform Decis Mak 9:3; Ford et al. 2009, BMC Health Serv
Res 9:157; SAIL's guides on ALF and RALF. Missing, empty and malformed values: as the plan's forms
say (`linkage/forms.py`); they agree with nothing.

What leaks: neither the third party nor the databank can name content alone; together they name all
of it, by the record's number (`reidentify/adversaries/token_coalition.py` tries who can).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.cascade import link_in_steps
from linkage.cascade_plan import Cascade, names_of
from linkage.ingest import IngestCounts
from linkage.linking_names import LINKING_FIELDS, OF_PEOPLE
from linkage.normalise import comparable
from linkage.pseudonyms.linking_fields import Cipher
from linkage.pseudonyms.split_parts import (
    RETURNED,
    File1,
    File2,
    File3,
    fields_of,
    has_addresses,
    is_of_people,
    split,
)
from simulator.schema import Dataset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.cascade_plan import LinkagePlan
    from linkage.keys import KeyRing
    from linkage.linking_names import LinkingName
    from linkage.split_file_plan import BirthReturned, SplitFile
    from simulator.schema import TokenLabel

_TRUNCATION: Final[Mapping[BirthReturned, str]] = {"date": "1d", "week": "1w", "month": "1mo"}
_HOME: Final = ("uprn", "address", "postcode")


@dataclass(frozen=True)
class ThirdParty:
    """Resolves who records are about, against a register of people and their addresses.

    Attributes:
        plan: The proposal's split file.
        register: File 1 of the register.
        alf: Cipher of people's fields.
        ralf: Cipher of homes' fields.
    """

    plan: SplitFile
    register: File1
    alf: Cipher
    ralf: Cipher

    @classmethod
    def of(cls, plan: SplitFile, register: File1, keys: KeyRing) -> ThirdParty:
        """Gives a third party its register and its own keys."""
        ciphers = (Cipher.of(keys, name, plan.third_party) for name in LINKING_FIELDS)
        return cls(plan, register, *ciphers)

    def enlist(self) -> File3:
        """Gives everybody of the register their fields, and what is returned of them."""
        frame = self.register.frame
        returned = frame.select(
            pl.col(name).dt.truncate(_TRUNCATION[self.plan.birth])
            if frame[name].dtype == pl.Date
            else pl.col(name)
            for name in RETURNED
            if name in frame.columns
        )
        return self._returned(self.register, frame["record_id"], returned.get_columns())

    def resolve(self, file: File1) -> File3:
        """Finds each record's person and home in the register.

        Args:
            file: An agency's file 1.

        Returns:
            Its file 3. A record has `alf` only with an accepted status.
        """
        if not is_of_people(file):
            return self._returned(file, None, [])
        person, status = self._people(file.frame)
        return self._returned(file, person, [status])

    def _returned(self, file: File1, person: pl.Series | None, besides: list[pl.Series]) -> File3:
        """Writes a file 3 under the third party's own fields."""
        numbers = {
            self.alf: person,
            self.ralf: self._home_numbers(file.frame) if has_addresses(file) else None,
        }
        made = {cipher: cipher.encipher(n) for cipher, n in numbers.items() if n is not None}
        fields = [column.alias(cipher.name) for cipher, column in made.items()]
        frame = pl.DataFrame([file.frame["record_id"], *fields, *besides])
        return File3(file.name, frame, {cipher.name: cipher.label for cipher in made})

    def _people(self, frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """Gives the register's number of each record's person, and its status."""
        nobody = pl.Series("person", [None] * frame.height, dtype=pl.UInt64)
        unknown = pl.Series("status", [None] * frame.height, dtype=pl.String)
        links = _linked(self.register.frame, frame, self.plan.plan)
        rows = links["right"]
        of_rest = self.plan.plan.status_of_rest if isinstance(self.plan.plan, Cascade) else None
        status = unknown.fill_null(of_rest).scatter(rows, links["status"])
        kept = links.filter(pl.col("status").is_in(self.plan.accepted))
        found = self.register.frame["record_id"].gather(kept["left"])
        return nobody.scatter(kept["right"], found), status

    def _home_numbers(self, frame: pl.DataFrame) -> pl.Series:
        """Gives the number of each record's home: that of its UPRN in the register."""
        none = pl.Series("home", [None] * frame.height, dtype=pl.UInt64)
        homes = self._homes()
        links = _linked(homes, frame, self.plan.home_plan)
        number = homes["uprn"].cast(pl.UInt64).gather(links["left"])
        return none.scatter(links["right"], number)

    def _homes(self) -> pl.DataFrame:
        """Lists the register's homes by number, each with the address that it most often has."""
        frame = self.register.frame
        held = [name for name in _HOME if name in frame.columns and name != "uprn"]
        every = frame.select(comparable(frame, "uprn"), *held).drop_nulls("uprn")
        counted = every.group_by("uprn", *held).len("records")
        best = counted.sort("records", "uprn", *held, descending=[True, *[False] * (len(held) + 1)])
        return best.unique("uprn", keep="first").sort("uprn")


@dataclass(frozen=True)
class Databank:
    """Holds content under linking fields that it enciphers again.

    Attributes:
        plan: The proposal's split file.
        keys: Ring from which its own keys, and those of projects, are derived.
    """

    plan: SplitFile
    keys: KeyRing = field(repr=False)

    def load(self, content: File2, resolved: File3) -> Dataset:
        """Joins content and linking fields by the record's number.

        Returns:
            A dataset without identifiers: content, what was returned, and the fields that are there
            as the databank holds them, with their labels.
        """
        frame = content.frame.join(
            resolved.frame.drop("status", strict=False),
            on="record_id",
            how="left",
            maintain_order="left",
        )
        if not self.plan.second_encryption:
            return Dataset(content.name, frame, resolved.labels, content.provenance)
        own = [Cipher.of(self.keys, name, self.plan.databank) for name in fields_of(resolved)]
        again = [step.encipher(frame[step.name]) for step in own]
        labels: dict[str, TokenLabel] = {step.name: step.label for step in own}
        return Dataset(content.name, frame.with_columns(again), labels, content.provenance)

    def for_projects(self, dataset: Dataset, recipients: tuple[str, ...]) -> Dataset:
        """Adds each recipient's own fields, `FIELD@RECIPIENT`, to what is held."""
        labels, columns = dict(dataset.labels), []
        for name in LINKING_FIELDS:
            if name not in dataset.labels:
                continue
            for recipient in recipients:
                step = self.project(name, recipient)
                held = dataset.frame[name]
                made = step.encipher(held) if self.plan.project_keys else held
                columns.append(made.alias(f"{name}@{recipient}"))
                labels[f"{name}@{recipient}"] = (
                    step.label if self.plan.project_keys else dataset.labels[name]
                )
        return Dataset(dataset.name, dataset.frame.hstack(columns), labels, dataset.provenance)

    def project(self, name: LinkingName, recipient: str) -> Cipher:
        """Gives the cipher of one recipient's fields, whose key the databank keeps."""
        return Cipher.of(self.keys, name, f"{self.plan.databank}/{recipient}")


def _linked(left: pl.DataFrame, right: pl.DataFrame, plan: LinkagePlan) -> pl.DataFrame:
    """Links two files step by step; columns that one of them lacks are missing in all records."""
    if not isinstance(plan, Cascade):
        raise ValueError("a split file is resolved in steps: give it a plan in steps")  # noqa: TRY004
    if not (left.height and right.height):
        return pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32, "status": pl.String})
    pairs = link_in_steps(_columns(left, plan), _columns(right, plan), plan).pairs
    return pairs.filter(pl.col("decision") == "link").sort("right", "left")


def _columns(frame: pl.DataFrame, plan: Cascade) -> pl.DataFrame:
    """Gives a plan's columns as text."""
    nothing = pl.lit(None, pl.String)
    return frame.select(
        pl.col(name).cast(pl.String) if name in frame.columns else nothing.alias(name)
        for name in names_of(plan)
    )


def resolve(dataset: Dataset, register: Dataset | None, plan: SplitFile, keys: KeyRing) -> File3:
    """Takes one agency's records to the third party and back.

    Args:
        dataset: Records in the clear, as the agency holds them.
        register: The register's records, with which it supplies the third party; None if `dataset`
            is the register itself.
        plan: The split file.
        keys: Ring from which all parties' keys are derived, each by its own purpose.
    """
    third_party = ThirdParty.of(plan, split(register or dataset)[0], keys)
    return third_party.enlist() if register is None else third_party.resolve(split(dataset)[0])


def load(
    dataset: Dataset,
    resolved: File3,
    plan: SplitFile,
    keys: KeyRing,
    recipients: tuple[str, ...] | None,
    counted_by: LinkingName = OF_PEOPLE,
) -> tuple[Dataset, IngestCounts]:
    """Takes one agency's content to the databank.

    Args:
        dataset: Records in the clear, as the agency holds them.
        resolved: What the third party returned.
        plan: The split file.
        keys: As in `resolve`.
        recipients: Names of all recipients, for the register's columns; None for other agencies.
        counted_by: The linking field by which records are counted.

    Returns:
        What the databank holds, and counts of what became of the records.
    """
    databank = Databank(plan, keys)
    held = databank.load(split(dataset)[1], resolved)
    if recipients is not None:
        held = databank.for_projects(held, recipients)
    return held, _counts(resolved, counted_by)


def _counts(resolved: File3, name: LinkingName) -> IngestCounts:
    """Counts records that got a linking field, and those that did not, and status codes."""
    records = resolved.frame.height
    statuses = resolved.frame["status"] if "status" in resolved.frame.columns else pl.Series()
    counted = sorted(statuses.value_counts().rows()) if len(statuses) else []
    without = resolved.frame[name].null_count() if name in resolved.labels else records
    return IngestCounts(
        field=name,
        records=records,
        no_identifier=without,
        not_in_hub=0,
        verify_differs=0,
        tokens=records - without,
        statuses=tuple(counted),
    )
