"""Registers: who or what stands on a service's list on the last day of the window.

A register has one record each of the people, homes or households that stand on it. Who does is a
fact of the world: two agencies that keep the same register list the same people, and what each
leaves out is its coverage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np
import polars as pl

from simulator import randomness
from simulator.events.contacts import Clients
from simulator.events.dwellings import Dwellings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_ADULT = 18

Listed = TypeVar("Listed", Clients, Dwellings)
"""People or homes as a service sees them; both have ids and positions."""

Listed_contra = TypeVar("Listed_contra", Clients, Dwellings, contravariant=True)


class Chances(Protocol[Listed_contra]):
    """Gives each one's chance of standing on the register; float64."""

    def __call__(self, seed: int, listed: Listed_contra, /) -> NDArray[np.float64]:
        """Returns the chances."""


class Entries(Protocol[Listed_contra]):
    """Gives what is written down of each one that stands on the register, by field."""

    def __call__(
        self, seed: int, listed: Listed_contra, /
    ) -> Mapping[str, NDArray[np.generic] | pl.Series]:
        """Returns the columns, each of the shape of those listed."""


@dataclass(frozen=True)
class RegisterModel(Generic[Listed]):
    """Who stands on a register: a row of its service's file.

    Attributes:
        chances: Chance of standing on it.
        content: What else is written down of each.
        partner_share: Of households with several adults, the share whose account is in the name of
            another than the reference person.
    """

    chances: Chances[Listed]
    content: Entries[Listed] | None = None
    partner_share: float = 0.0


@dataclass(frozen=True)
class Register:
    """A register on the last day.

    Attributes:
        ids: Stable id of each entry, that of the person or home, uint64, shape (entries,).
        person: Position of the person, int64; -1 where nobody is named.
        home: Position of the home, int64.
        content: The other columns, shape (entries, fields); without any, no column.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    person: NDArray[np.int64] = field(repr=False)
    home: NDArray[np.int64] = field(repr=False)
    content: pl.DataFrame = field(repr=False)

    def keep(self, which: NDArray[np.bool_]) -> Register:
        """Returns the entries for which `which` is true."""
        content = self.content.filter(which) if self.content.width else self.content
        return Register(self.ids[which], self.person[which], self.home[which], content)


def of_people(
    seed: int,
    service: str,
    model: RegisterModel[Clients],
    clients: Clients,
    home: NDArray[np.int64],
    listed: NDArray[np.bool_],
) -> Register:
    """Returns a register of people.

    Args:
        seed: The run's seed.
        service: Name of the service.
        model: Who stands on it.
        clients: Everybody, on the last day.
        home: Position of everybody's home on that day, int64, shape (people,).
        listed: Whether each may stand on it, bool, shape (people,).
    """
    at = _standing(seed, service, clients.ids, np.where(listed, model.chances(seed, clients), 0.0))
    return Register(clients.ids[at], at, home[at], _content(seed, model, clients.at(at)))


def of_homes(
    seed: int, service: str, model: RegisterModel[Dwellings], homes: Dwellings
) -> Register:
    """Returns a register of homes, which names nobody; establishments stand on none."""
    chances = np.where(homes.is_private, model.chances(seed, homes), 0.0)
    at = _standing(seed, service, homes.ids, chances)
    nobody = np.full(len(at), -1)
    return Register(homes.ids[at], nobody, at, _content(seed, model, homes.at(at)))


def of_households(
    seed: int,
    service: str,
    model: RegisterModel[Dwellings],
    homes: Dwellings,
    clients: Clients,
    mate: NDArray[np.int64],
    home: NDArray[np.int64],
    there: NDArray[np.bool_],
) -> Register:
    """Returns a register of homes, each in the name of an adult who lives there, if any does.

    Args:
        seed: The run's seed.
        service: Name of the service.
        model: Which homes stand on it, and in whose name.
        homes: All homes, on the last day.
        clients: Everybody, on the same day.
        mate: Position of another member of each person's household (see Lives.mate).
        home: Position of everybody's home on that day, int64, shape (people,).
        there: Whether each is there on that day, bool, shape (people,).
    """
    listed = of_homes(seed, service, model, homes)
    head = homes.head[listed.home]
    head = np.where(clients.age[np.maximum(head, 0)] >= _ADULT, head, -1)
    other = mate[np.maximum(head, 0)]
    able = (head >= 0) & (clients.age[other] >= _ADULT)
    able &= there[other] & (home[other] == listed.home) & (other != head)
    by_other = able & randomness.happens(
        seed, f"account of {service} in another name", listed.ids, model.partner_share
    )
    return Register(listed.ids, np.where(by_other, other, head), listed.home, listed.content)


def _standing(
    seed: int, service: str, ids: NDArray[np.uint64], chances: NDArray[np.float64]
) -> NDArray[np.int64]:
    return np.flatnonzero(randomness.happens(seed, f"on register {service}", ids, chances))


def _content(seed: int, model: RegisterModel[Listed], listed: Listed) -> pl.DataFrame:
    if model.content is None:
        return pl.DataFrame()
    return pl.DataFrame(dict(model.content(seed, listed)))
