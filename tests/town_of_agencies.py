"""A world of which every agency of the catalogue writes down its part, made once for all tests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.agencies import CATALOGUE
from simulator.events.clients import clients_on
from simulator.events.dwellings import Dwellings, dwellings
from simulator.registering import register
from simulator.services import SERVICES, Service
from simulator.world import make_world
from tests.kent_like import world_spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.events import registers
    from simulator.events.contacts import Clients
    from simulator.state import World

PEOPLE = 60_000
YEARS = 730 / 365.25
PEACEFUL = {n: a for n, a in CATALOGUE.items() if SERVICES[a.service].keeps != "violence"}
"""Agencies of the catalogue that need no violence in the world."""


@cache
def town() -> World:
    """A Kent-like world of 60,000 people with all of them."""
    return make_world(world_spec(PEOPLE), PEACEFUL, {}, seed=1)


@cache
def in_the_middle() -> Clients:
    """Everybody as services with events see them."""
    world = town()
    home = world.layout.home_first
    return clients_on(world.seed, world.spec, world.people, world.homes, home, world.spec.days // 2)


@cache
def at_the_end() -> Clients:
    """Everybody as registers see them."""
    world = town()
    home = world.layout.home_last
    return clients_on(world.seed, world.spec, world.people, world.homes, home, world.spec.days - 1)


@cache
def homes_at_the_end() -> Dwellings:
    """All homes as registers see them."""
    return dwellings(town().homes, town().layout.home_last, at_the_end())


@cache
def listed(service: Service) -> registers.Register:
    """The register that a service keeps of this world."""
    return register(town(), service)


def counts(agency: str) -> NDArray[np.int64]:
    """Number of events of everybody with an agency."""
    return np.bincount(town().positions[agency].person, minlength=PEOPLE)


def listing(service: Service, among: int) -> NDArray[np.bool_]:
    """Says which of all people, or of all homes, stand on a register."""
    entries = listed(service)
    at = entries.person if SERVICES[service].of == "person" else entries.home
    stands = np.zeros(among, dtype=np.bool_)
    stands[at] = True
    return stands
