"""A world of which every agency of the catalogue writes down its part, made once for all tests."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.agencies import CATALOGUE
from simulator.events.clients import clients_at_end, clients_in_window
from simulator.events.dwellings import Dwellings, dwellings
from simulator.registering import register
from simulator.services import SERVICES, Service
from simulator.world import make_world
from tests.kent_like import STILL, world_spec

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
    """A still Kent-like world of 60,000 people with all of them."""
    return make_world(world_spec(PEOPLE, life=STILL), PEACEFUL, {}, seed=1)


@cache
def in_the_middle() -> Clients:
    """Everybody as services with events see them."""
    world = town()
    return clients_in_window(world.seed, world.spec, world.people, world.homes, world.layout)


@cache
def at_the_end() -> Clients:
    """Everybody as registers see them."""
    world = town()
    return clients_at_end(world.seed, world.spec, world.people, world.homes, world.layout)


@cache
def homes_at_the_end() -> Dwellings:
    """All homes as registers see them."""
    layout = town().layout
    return dwellings(town().homes, layout.home_last, at_the_end(), ~layout.leaves)


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
