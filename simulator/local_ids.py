"""Local ids: an agency's own number for a person or an account, fresh in each agency.

Where records have a site (a hospital, a team), each site numbers its own people; a register
numbers its entries. Ids are keyed words over stable ids: they say nothing about the person, no two
agencies' meet, and no other agency changes them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.services import SERVICES, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LOCAL: Mapping[str, tuple[Service, ...]] = MappingProxyType(
    {
        "local_id": tuple(name for name, kind in SERVICES.items() if kind.of != "home"),
        "supplier_account": ("energy_accounts",),
    }
)
"""Local numbers, and the services whose records can carry them."""

_WIDTH = 20  # digits of the largest 64-bit word


def numbered(
    service: Service,
    origin: NDArray[np.uint64],
    person_id: NDArray[np.uint64],
    site: NDArray[np.int64],
) -> NDArray[np.uint64]:
    """Gives the stable id of what an agency numbers, uint64, shape (records,).

    Args:
        service: What the records are of.
        origin: Stable id of what each record is about.
        person_id: Stable id of its person.
        site: Number of the site, int64; -1 for none.
    """
    if SERVICES[service].keeps == "register":
        return origin
    return randomness.combine("client of a site", person_id, site + 1)


def numbered_again(
    service: Service,
    numbered_first: NDArray[np.uint64],
    ids: NDArray[np.uint64],
    second: NDArray[np.bool_],
) -> NDArray[np.uint64]:
    """Gives what an agency numbers as it stands after errors of records, uint64.

    A second identity has a second number. A record written again has a new one on a register, and
    the person's own among events.

    Args:
        service: What the records are of.
        numbered_first: What is numbered before errors (see `numbered`).
        ids: Stable id of each record, which copies and second identities have of their own.
        second: Whether each stands under a second identity.
    """
    if SERVICES[service].keeps == "register":
        return ids
    return np.where(
        second, randomness.combine("second identity", numbered_first, 0), numbered_first
    )


def written(seed: int, agency: str, field: str, of: NDArray[np.uint64]) -> pl.Series:
    """Writes an agency's numbers: 20 digits, String, one to one for each agency and field."""
    words = randomness.words(seed, f"{field} of {agency}", of)
    return pl.Series(words).cast(pl.String).str.zfill(_WIDTH)
