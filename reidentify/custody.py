"""Custody: who holds what of the way back from codes, and what they can open alone or together.

Nothing is argued here: what a party or a coalition can open is found by trying to decode with what
it holds. A key is cut into two shares by XOR, a vault's table into two tables that lead only
together from code to value; an oracle opens so many codes for its keeper and no more. All codes of
a field are made under one key. AES-SIV is authenticated: a key that opens none of the first codes
opens none at all, and the rest are not tried with it. FF1, of codes in their own shape, is not: any
key turns them into something, and whether it is the right one is told by its id, which the label of
the codes bears. Tables are tried with every code.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl

from linkage.pseudonyms.shaped import ShapeBook
from linkage.pseudonyms.vault import VaultTable
from simulator.randomness import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from linkage.keys import CodingKey
    from linkage.pseudonyms.books import Book
    from reidentify.desk_specs import Custody

VENDOR, APPROVER, TRUSTED_PARTY = "vendor", "approver", "trusted third party"
DATABANK, PLANNER = "databank", "planner"
HOLDERS_OF_ROWS = (PLANNER, DATABANK)
"""Parties who hold the coded rows: their recipient, and the databank where it takes part."""

_TRIED_FIRST = 64


@dataclass(frozen=True)
class Holdings:
    """What each party holds of the way back from one field's codes.

    Attributes:
        book: How codes are made, without its key; None for a vault.
        keys: Keys and shares of keys, by party.
        tables: Tables and halves of tables, by party: `code`, `value`, or `code`, `handle`, or
            `handle`, `value`.
        oracles: By party who may ask one: what it opens with, and how many codes it opens.
    """

    book: Book | None = field(repr=False)
    keys: Mapping[str, CodingKey] = field(repr=False)
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    oracles: Mapping[str, tuple[Book | VaultTable, int]] = field(default_factory=dict, repr=False)

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who holds something, or may ask."""
        return tuple(dict.fromkeys([*self.keys, *self.tables, *self.oracles]))


def hand_out(
    opener: Book | VaultTable,
    custody: Custody,
    agencies: Sequence[str],
    most_asked: int = 0,
) -> Holdings:
    """Gives the way back to whom a custody names.

    Args:
        opener: The code book with its key, or the vault's table.
        custody: Who holds it; two-party is the vendor and an approver.
        agencies: The supplying agencies.
        most_asked: For an oracle: how many codes it opens for the vendor.
    """
    if custody == "oracle":
        return Holdings(None, {}, {}, {VENDOR: (opener, most_asked)})
    holders = {
        "vendor": [VENDOR],
        "two-party": [VENDOR, APPROVER],
        "supplying-agency": list(agencies),
        "trusted-third-party": [TRUSTED_PARTY],
        "databank": [DATABANK],
        "recipient": [PLANNER],
    }[custody]
    if not isinstance(opener, VaultTable):
        keys = [opener.key] * len(holders)
        if custody == "two-party":
            keys = list(opener.key.split())
        return Holdings(opener, dict(zip(holders, keys, strict=True)), {})
    tables = [opener.frame] * len(holders)
    if custody == "two-party":
        tables = list(_cut(opener.frame))
    return Holdings(None, {}, dict(zip(holders, tables, strict=True)))


def _cut(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cuts a vault's table into two that meet in a handle of no meaning."""
    handle = pl.Series("handle", words(0, "handle of a vault", range(table.height)))
    numbered = table.with_columns(handle)
    return numbered.select("code", "handle"), numbered.select("handle", "value").sort("handle")


def numbers_opened(holdings: Holdings, rows: pl.DataFrame) -> dict[tuple[str, ...], pl.DataFrame]:
    """Tries every holder, and every two holders of whom neither opens anything alone.

    Args:
        holdings: Who holds what.
        rows: `row_id`, `code` (Binary, or String of codes in their own shape).

    Returns:
        By parties, in their order: `row_id`, `number` (String) of the rows that they open.
    """
    found: dict[tuple[str, ...], pl.DataFrame] = {}
    able: set[str] = set()
    for size in (1, 2):
        for parties in combinations(holdings.parties, size):
            if not able & set(parties):
                read = opened_by(holdings, parties, rows["code"])
                opened = rows.select("row_id", number=read).drop_nulls()
                found[parties] = opened
                if size == 1 and opened.height:
                    able.add(parties[0])
    return found


def opened_by(holdings: Holdings, parties: Sequence[str], codes: pl.Series) -> pl.Series:
    """Tries to open codes with what some parties hold together.

    Args:
        holdings: Who holds what.
        parties: Those who act together.
        codes: Binary, or String of codes in their own shape.

    Returns:
        String: the values that they get; null where they get none.
    """
    values = pl.Series(codes.name, [None] * len(codes), dtype=pl.String)
    first = codes.drop_nulls().head(_TRIED_FIRST)
    for opener in _openers(holdings, parties):
        if _may_open(opener, holdings.book, first):
            values = values.fill_null(opener.open(codes))
    for opener, most in (holdings.oracles[one] for one in parties if one in holdings.oracles):
        asked = codes.set(codes.is_not_null().cum_sum() > most, None)
        values = values.fill_null(opener.open(asked))
    return values


def _may_open(opener: Book | VaultTable, book: Book | None, first: pl.Series) -> bool:
    """Says whether it is worth while to try all codes: see the top of this file."""
    if isinstance(opener, ShapeBook):
        return book is not None and opener.key.key_id == book.key.key_id
    return isinstance(opener, VaultTable) or opener.open(first).null_count() < len(first)


def _openers(holdings: Holdings, parties: Sequence[str]) -> list[Book | VaultTable]:
    """Lists everything that some parties can try: each key, each sum of two, each table."""
    keys = [holdings.keys[party] for party in parties if party in holdings.keys]
    openers: list[Book | VaultTable] = []
    if holdings.book is not None:
        tried = [*keys, *(a.combine(b) for i, a in enumerate(keys) for b in keys[i + 1 :])]
        openers += [replace(holdings.book, key=key) for key in tried]
    tables = [holdings.tables[party] for party in parties if party in holdings.tables]
    openers += [VaultTable("", one) for one in tables if {"code", "value"} <= set(one.columns)]
    heads = [one for one in tables if "value" not in one.columns]
    tails = [one for one in tables if "code" not in one.columns]
    openers += [
        VaultTable("", head.join(tail, on="handle").select("code", "value"))
        for head in heads
        for tail in tails
    ]
    return openers
