"""Ingest: the gate at which identifiers become tokens or codes; only they and counts come out.

Kent-style: the record's number and date of birth are compared with the hub's here, where both are
still in the clear, and not after. Where the hub holds the number with another date of birth the
record may be about somebody else, and no token is made: a missed match rather than a false one.
A value that has no code in its own shape (shaped.py) counts as no identifier.

Codes, which can be turned back, pass the same gate. Those that differ in every row cannot be
joined, so only the hub's are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.keys import Purpose
from linkage.normalise import comparable
from linkage.plan import LINKABLE, SHARED_HOLDER, WAREHOUSE
from linkage.pseudonyms import codes
from linkage.pseudonyms.books import book_of
from linkage.pseudonyms.codes import CodeBook
from linkage.pseudonyms.shaped import with_code
from linkage.pseudonyms.tokens import label, secret_of, tokens
from linkage.pseudonyms.transcryption import Recipient
from linkage.pseudonyms.vault import Vault
from simulator.schema import Dataset

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from linkage.keys import KeyRing
    from linkage.plan import Treatment
    from linkage.pseudonyms.tokens import Secret
    from simulator.schema import TokenLabel


@dataclass(frozen=True)
class IngestCounts:
    """What became of a dataset's records at ingest, by one identifier of the person or home.

    Every record has no usable identifier, or one refused because the hub's record differs, or a
    token: `records == no_identifier + verify_differs + tokens`.

    Attributes:
        field: The identifier counted: the first that is verified against the hub, else the first
            that becomes a token or a code; empty where none does.
        records: Records that came in.
        no_identifier: Records whose identifier is missing or malformed, out of `records`.
        not_in_hub: Records with a token that the hub cannot hold, because none of its records has
            this identifier, out of `records` and part of `tokens`; 0 for the hub itself, and where
            the hub does not record the field.
        verify_differs: Records refused a token because the hub holds their identifier with other
            values of the verified fields, out of `records`.
        tokens: Records that left with a token, out of `records`.
        statuses: Of records that a third party resolved: how many had each status code.
    """

    field: str
    records: int
    no_identifier: int
    not_in_hub: int
    verify_differs: int
    tokens: int
    statuses: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class _Checked:
    """A field's comparable values, and how they stand to the hub's; masks of shape (records,)."""

    values: pl.Series
    not_in_hub: NDArray[np.bool_]
    differs: NDArray[np.bool_]


def pseudonymise(
    dataset: Dataset,
    treatments: Mapping[str, Treatment],
    keys: KeyRing,
    recipients: tuple[str, ...],
    hub: Dataset | None,
    threads: int = 1,
    seed: int = 0,
    on: Collection[str] | None = None,
) -> tuple[Dataset, IngestCounts]:
    """Replace identifiers by tokens or codes, and drop those that have no treatment.

    A field that is treated to make tokens or codes leaves as a column of them under its own name.
    Any other identifier is dropped unless its treatment is `clear`; attributes and content stay
    unless theirs is `remove`. The hub gets one more column for each recipient, `FIELD@RECIPIENT`:
    under the recipient's own key where the scope is per-recipient, sealed for the recipient where
    it is transcrypted, and else the same again. Codes that differ in every row are made of the
    hub's records alone.

    Args:
        dataset: Records in the clear.
        treatments: Treatment by field; those of fields that the dataset has not are not used.
        keys: Ring from which each purpose's key is derived.
        recipients: Names of all recipients, for the hub's columns.
        hub: The hub's records in the clear, which `verify` compares with; None if `dataset` is the
            hub itself.
        threads: Threads to hash with; the result is the same for any number.
        seed: The run's seed, from which nonces of codes are drawn (of invented people).
        on: Fields on which the records are to be linked: of no other are tokens or codes made,
            since nobody reads them; None for all that are treated so.

    Returns:
        The dataset without identifiers in the clear, and counts of what became of its records.

    Raises:
        ValueError: If a recipient has the name of another holder of keys.
    """
    _require_names_of_recipients(recipients)
    frame, labels = dataset.frame, dict(dataset.labels)
    fit = [
        field
        for field in frame.columns
        if field in treatments and _is_made(treatments[field], is_hub=hub is None)
    ]
    made_of = fit if on is None else [field for field in fit if field in on]
    counted = _counted(fit, treatments)
    checks = {
        field: _check(dataset, field, treatments[field], hub)
        for field in dict.fromkeys([*made_of, *counted])
    }
    nonces = _Nonces(dataset, seed)
    columns: list[pl.Series] = []
    for field in frame.columns:
        if field in made_of:
            refused = checks[field].values.set(pl.Series(checks[field].differs), None)
            treatment, seen_by = treatments[field], recipients if hub is None else ()
            made = (
                _code_columns(refused, treatment, keys, seen_by, nonces)
                if treatment.makes_codes
                else _token_columns(refused, treatment, keys, seen_by, threads)
            )
            columns += [column for column, _ in made]
            labels |= {column.name: made_as for column, made_as in made}
        elif _stays(dataset, field, treatments):
            columns.append(frame[field])
    treated = Dataset(dataset.name, pl.DataFrame(columns), labels, dataset.provenance)
    return treated, _count(frame.height, {field: checks[field] for field in counted})


def _is_made(treatment: Treatment, *, is_hub: bool) -> bool:
    """Say whether a field leaves as tokens or codes: only the hub's need not be fit to join."""
    return treatment.joins or (treatment.makes_codes and is_hub)


@dataclass(frozen=True)
class _Nonces:
    """Draws nonces for codes that differ in every row of a dataset."""

    dataset: Dataset
    seed: int

    def of(self, column: str) -> list[bytes]:
        purpose = f"{self.dataset.name}/{column}"
        return codes.row_nonces(self.dataset.frame["record_id"], purpose, self.seed)


def _stays(dataset: Dataset, field: str, treatments: Mapping[str, Treatment]) -> bool:
    """Say whether a field without tokens of its own is kept."""
    if field in treatments:
        return treatments[field].scheme == "clear"
    return dataset.role(field) != "identifier"


def _check(dataset: Dataset, field: str, treatment: Treatment, hub: Dataset | None) -> _Checked:
    """Look a field's values up in the hub, and compare the fields to be verified.

    A record differs where the hub holds its value, but only in records of which each has some other
    value in a verified field that both hold.
    """
    values = comparable(dataset.frame, field)
    if treatment.scheme == "coded-shape":
        values = with_code(field, values)
    in_hub, agrees = np.zeros((2, len(values)), dtype=np.bool_)
    if hub is None or field not in hub.frame.columns:
        return _Checked(values, not_in_hub=in_hub, differs=in_hub)
    common = set(dataset.frame.columns) & set(hub.frame.columns)
    verified = [name for name in treatment.verify if name in common and name != field]
    if not verified:
        held = values.is_in(comparable(hub.frame, field).drop_nulls().unique().implode())
        has_value = values.is_not_null().to_numpy()
        is_new = has_value & ~held.fill_null(value=False).to_numpy()
        return _Checked(values, not_in_hub=is_new, differs=agrees)
    ours = _columns(values, dataset, verified).with_row_index("row")
    theirs = _columns(comparable(hub.frame, field), hub, verified)
    pairs = ours.join(theirs, on=field, suffix=" in hub")
    unlike = [
        (pl.col(name) != pl.col(f"{name} in hub")).fill_null(value=False) for name in verified
    ]
    judged = pairs.select("row", is_like=~pl.any_horizontal(pl.lit(value=False), *unlike))
    rows, is_like = judged["row"].to_numpy(), judged["is_like"].to_numpy()
    in_hub[rows] = True
    agrees[rows[is_like]] = True
    has_value = values.is_not_null().to_numpy()
    return _Checked(values, not_in_hub=has_value & ~in_hub, differs=in_hub & ~agrees)


def _columns(values: pl.Series, dataset: Dataset, verified: list[str]) -> pl.DataFrame:
    """Put the comparable form of the fields to be verified beside a field's values."""
    return pl.DataFrame([values, *(comparable(dataset.frame, name) for name in verified)])


def _token_columns(
    values: pl.Series,
    treatment: Treatment,
    keys: KeyRing,
    recipients: tuple[str, ...],
    threads: int,
) -> list[tuple[pl.Series, TokenLabel]]:
    """Make a field's link tokens and each recipient's, with their labels, in that order."""
    field = values.name
    has_secret = treatment.is_keyed or treatment.is_salted
    key = _key(keys, field, treatment.link_holder if has_secret else SHARED_HOLDER, treatment)
    link = (tokens(values, treatment, key, threads), label(field, treatment, key))
    made = [link]
    for recipient in recipients:
        column, made_as = link
        if treatment.is_sealed:
            sealer = Recipient.of(keys, recipient, made_as, treatment.period)
            column, made_as = sealer.seal(column), sealer.label
        elif has_secret and treatment.key_scope == "per-recipient":
            key = _key(keys, field, recipient, treatment)
            column = tokens(values, treatment, key, threads)
            made_as = label(field, treatment, key)
        made.append((column.alias(f"{field}@{recipient}"), made_as))
    return made


def _code_columns(
    values: pl.Series,
    treatment: Treatment,
    keys: KeyRing,
    recipients: tuple[str, ...],
    nonces: _Nonces,
) -> list[tuple[pl.Series, TokenLabel]]:
    """Make a field's codes and each recipient's, with their labels, in that order."""
    field = values.name
    is_own = treatment.key_scope == "per-recipient"
    link = _coded(values, treatment, keys, treatment.link_holder, nonces, field)
    made = [link]
    for recipient in recipients:
        column, made_as = link
        name = f"{field}@{recipient}"
        if is_own:
            column, made_as = _coded(values, treatment, keys, recipient, nonces, name)
        made.append((column.alias(name), made_as))
    return made


def _coded(
    values: pl.Series,
    treatment: Treatment,
    keys: KeyRing,
    holder: str,
    nonces: _Nonces,
    column: str,
) -> tuple[pl.Series, TokenLabel]:
    """Code values under one holder's key, or with a vault of its own."""
    purpose = Purpose(values.name, holder, treatment.period)
    if treatment.scheme == "vault":
        vault = Vault.of(keys, purpose)
        return vault.encode(values), codes.label(values.name, treatment, vault.vault_id)
    book = book_of(keys, purpose, treatment)
    if isinstance(book, CodeBook) and book.per_row:
        made = book.encode(values, nonces.of(column))
    else:
        made = book.encode(values)
    return made, codes.label(values.name, treatment, book.key.key_id)


def _key(keys: KeyRing, field: str, holder: str, treatment: Treatment) -> Secret | None:
    """Derive what is hashed with for one purpose. Length is no part of the purpose."""
    return secret_of(keys, Purpose(field, holder, treatment.period), treatment)


def _counted(fields: list[str], treatments: Mapping[str, Treatment]) -> list[str]:
    """Give the field to count by: the first that is verified, else that joins, else any."""
    verified = [field for field in fields if treatments[field].verify]
    joins = [field for field in fields if field in LINKABLE and treatments[field].joins]
    return [*verified, *joins, *fields][:1]


def _count(records: int, checks: Mapping[str, _Checked]) -> IngestCounts:
    """Count by the one field that is given; without one no record has an identifier."""
    if not checks:
        return IngestCounts("", records, records, 0, 0, 0)
    field, checked = next(iter(checks.items()))
    identified = records - checked.values.null_count()
    differs = int(checked.differs.sum())
    return IngestCounts(
        field=field,
        records=records,
        no_identifier=records - identified,
        not_in_hub=int(checked.not_in_hub.sum()),
        verify_differs=differs,
        tokens=identified - differs,
    )


def _require_names_of_recipients(recipients: tuple[str, ...]) -> None:
    """Raise ValueError if a recipient would share the key of the link tokens by its name."""
    taken = sorted({SHARED_HOLDER, WAREHOUSE} & set(recipients))
    if taken:
        message = (
            f"recipient {', '.join(taken)}: the names {SHARED_HOLDER} and {WAREHOUSE} are taken by "
            "holders of link keys, so this recipient would hold one; give it another name"
        )
        raise ValueError(message)
