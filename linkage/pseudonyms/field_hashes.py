"""Hashes of each field on its own, without a key: plain, or with one salt that many hold.

    token of a field = first 64 bits of SHA-256(UTF-8(value & salt))

A hazard by name (`hazards.py`: `field-hash` without a salt, `public-salt` with one). Values are in
comparable form, and one of which that leaves nothing is missing: empty text, blanks, control
characters in a name, a name in another script than Latin. It has no token and joins nothing.
Accents are folded in names, whichever way they are written; values of any length are hashed whole.
The salt is appended, as OpenPseudonymiser appends its own.

What leaks: everything to whoever has the salt, which is anybody where there is none: names, dates
and postcodes can be listed and tried, a field at a time. To all others, how often each value of
each field occurs, which can be aligned with a public list; and that a first name is somebody
else's surname, since all fields share the hash. Sources: FIPS 180-4; Vidanage et al. 2020, IJPDS
5(1) 1345, align frequencies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from linkage.clear_text import require_clear_text
from linkage.normalise import NORMALISATIONS, comparable
from linkage.plan import Treatment
from linkage.pseudonyms.tokens import label, tokens
from simulator.schema import Dataset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.schema import TokenLabel

_PLAIN: Final = Treatment(scheme="plain-hash", bits=64)
_ID_DIGITS: Final = 8


@dataclass(frozen=True)
class FieldHashes:
    """The scheme.

    Attributes:
        salt: Text that is hashed with every value of every field; no secret. Empty: plain hashes.
    """

    salt: str = ""

    def tokens(self, dataset: Dataset, fields: Sequence[str], threads: int = 1) -> Dataset:
        """Hash each field of each record on its own.

        Args:
            dataset: Records that hold the fields in the clear.
            fields: At least one, none twice; each has a comparable form (`linkage/normalise.py`).
            threads: Threads to hash with; the result is the same for any number.

        Returns:
            A dataset of `record_id` and a UInt64 column of tokens a field under its own name, null
            where its value is missing, with their labels. Nothing else of the records is in it.

        Raises:
            ValueError: If there is no field, one is named twice, has no comparable form, or is not
                held in the clear.
        """
        _require_fields(fields)
        require_clear_text(dataset, fields, "a hash of each field", "the fields")
        columns = [dataset.frame["record_id"]]
        for field in fields:
            values = comparable(dataset.frame, field)
            columns.append(tokens(values + self.salt, _PLAIN, None, threads).alias(field))
        labels = {field: self._label(field) for field in fields}
        return Dataset(dataset.name, pl.DataFrame(columns), labels, dataset.provenance)

    def _label(self, field: str) -> TokenLabel:
        """Say how a field is hashed: those with unlike salts are never compared.

        The salt's id stands in place of a key's. It lets a guess at the salt be tried, as any token
        of a known value does.
        """
        made_as = label(field, _PLAIN, None)
        if not self.salt:
            return made_as
        salt_id = hashlib.sha256(self.salt.encode()).hexdigest()[:_ID_DIGITS]
        return replace(made_as, scheme=f"salted-{made_as.scheme}", key_id=salt_id)


def _require_fields(fields: Sequence[str]) -> None:
    """Raise ValueError unless there are fields, each named once and with a comparable form."""
    problems = [] if fields else ["none was given; name at least one"]
    problems += [
        f"{field} is named {count} times; name it once"
        for field in dict.fromkeys(fields)
        if (count := list(fields).count(field)) > 1
    ]
    problems += [
        f"{field} has no comparable form; use {', '.join(NORMALISATIONS)}"
        for field in dict.fromkeys(fields)
        if field not in NORMALISATIONS
    ]
    if problems:
        raise ValueError("fields to hash: " + "; ".join(problems))
