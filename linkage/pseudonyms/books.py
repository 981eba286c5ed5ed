"""Books: a key for codes in use, whichever way the codes are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from linkage.pseudonyms.codes import CodeBook, Domain
from linkage.pseudonyms.shaped import ShapeBook

if TYPE_CHECKING:
    from linkage.keys import KeyRing, Purpose
    from linkage.plan import Treatment

Book: TypeAlias = CodeBook | ShapeBook


def book_of(keys: KeyRing, purpose: Purpose, treatment: Treatment) -> Book:
    """Derive the book of one purpose, for a treatment that makes codes under a key.

    Raises:
        ValueError: If the treatment is `coded-shape`, and values of the field have no shape.
    """
    key, domain = keys.derive_coding(purpose), Domain(purpose.field, purpose.period)
    if treatment.scheme == "coded-shape":
        return ShapeBook(key, domain)
    return CodeBook(key, domain, treatment.scheme == "coded-per-row")
