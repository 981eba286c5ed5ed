"""Rotation: what a new key in each period does to following people, and what re-keying restores.

Codes of one person under the keys of two periods have nothing in common, so records join within a
period and not across. A party that holds both keys can re-key: it opens codes under the old key and
codes them anew under another, and sees what it re-keys: identifiers, or tokens where these are what
was sealed (transcryption.py). Codes whose key it does not hold, or that was destroyed, stay as they
are. Bare tokens of a hash cannot be re-keyed: they are made anew from the identifiers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from linkage.pseudonyms.codes import CodeBook
    from linkage.pseudonyms.transcryption import Recipient


class KeyInUse(NamedTuple):
    """What a party can do that holds a key.

    Attributes:
        key_id: Id of the key.
        seal: Codes a column of values or tokens, the same for the same.
        open: Turns a column of codes back, or raises CannotDecode.
    """

    key_id: str
    seal: Callable[[pl.Series], pl.Series]
    open: Callable[[pl.Series], pl.Series]

    @classmethod
    def of_codes(cls, book: CodeBook) -> KeyInUse:
        """A key for codes of values."""
        return cls(book.key.key_id, book.encode, book.decode)

    @classmethod
    def of_tokens(cls, recipient: Recipient) -> KeyInUse:
        """A recipient's key for sealed tokens."""
        return cls(recipient.key.key_id, recipient.seal, recipient.open)


@dataclass(frozen=True)
class Followed:
    """How far people can be followed over periods, counted in pairs of one person's records.

    Attributes:
        pairs_within: Pairs of which both records are of one period.
        joined_within: Those that can be joined, out of `pairs_within`.
        pairs_across: Pairs of which the records are of two periods.
        joined_across: Those that can be joined, out of `pairs_across`.
        people: People with records in two periods or more.
        whole: Those whose records can all be joined, out of `people`.
    """

    pairs_within: int
    joined_within: int
    pairs_across: int
    joined_across: int
    people: int
    whole: int

    @property
    def share_within(self) -> float:
        """Share of pairs within a period that can be joined; not a number where there are none."""
        return self.joined_within / self.pairs_within if self.pairs_within else float("nan")

    @property
    def share_across(self) -> float:
        """Share of pairs across periods that can be joined; not a number where there are none."""
        return self.joined_across / self.pairs_across if self.pairs_across else float("nan")


def followed(records: pl.DataFrame) -> Followed:
    """Count which of people's records can be joined by their codes or tokens.

    Two records can be joined if their codes are equal and were made under one key.

    Args:
        records: `person` (who it is about, by whatever id), `period`, `key_id`, `code`; a record
            without a code joins nothing.

    Returns:
        The counts. Records of two people that share a code are no concern here.
    """
    coded = records.drop_nulls("code")
    joint = ["person", "key_id", "code"]
    pairs, joined = _pairs(records, ["person"]), _pairs(coded, joint)
    within = _pairs(records, ["person", "period"])
    joined_within = _pairs(coded, [*joint, "period"])
    each = records.group_by("person").agg(
        periods=pl.col("period").n_unique(),
        kinds=pl.struct("key_id", "code").n_unique(),
        lacking=pl.col("code").null_count(),
    )
    over_several = each.filter(pl.col("periods") > 1)
    whole = over_several.filter(pl.col("kinds") == 1, pl.col("lacking") == 0)
    return Followed(
        pairs_within=within,
        joined_within=joined_within,
        pairs_across=pairs - within,
        joined_across=joined - joined_within,
        people=over_several.height,
        whole=whole.height,
    )


def rekeyed(records: pl.DataFrame, held: Iterable[KeyInUse], new: KeyInUse) -> pl.DataFrame:
    """Re-key records: open what is coded under the keys that are held, and code it under another.

    Args:
        records: `key_id` (String), `code` (Binary), and any other columns.
        held: The keys that the re-keying party holds.
        new: The key to code with.

    Returns:
        The records in their order, with other codes and key ids where a key is held.

    Raises:
        CannotDecode: If a code is not opened by the key that it is said to be under.
        ValueError: If the new codes would differ in every row, and join nothing.
    """
    made = records
    for old in held:
        under = pl.col("key_id") == old.key_id
        opened = old.open(made.select(pl.when(under).then("code")).to_series())
        made = made.with_columns(
            code=pl.when(under).then(new.seal(opened)).otherwise("code"),
            key_id=pl.when(under).then(pl.lit(new.key_id)).otherwise("key_id"),
        )
    return made


def _pairs(records: pl.DataFrame, same: list[str]) -> int:
    """Count the pairs of records that agree on some columns."""
    sizes = records.group_by(same).len()["len"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())
