"""Registering: the register that a service keeps of a world, on the last day of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import randomness
from simulator.events import models, registers
from simulator.events.clients import clients_at_end
from simulator.events.dwellings import dwellings
from simulator.services import SERVICES

if TYPE_CHECKING:
    from simulator.services import Service
    from simulator.state import World


def register(world: World, service: Service, ghosts: float = 0.0) -> registers.Register:
    """Returns who or what stands on a service's register.

    Args:
        world: The world.
        service: A service that keeps a register.
        ghosts: Share of those who left or died in the window who still stand on a register of
            people. Who they are is the same for all agencies.

    Returns:
        The register; accounts of households are in the name of somebody who lives there.
    """
    seed, layout, of = world.seed, world.layout, SERVICES[service].of
    home, there = layout.home_last, ~layout.leaves
    clients = clients_at_end(seed, world.spec, world.people, world.homes, layout)
    if of == "person":
        forgotten = randomness.happens(seed, "left on registers", clients.ids, ghosts)
        model = models.OF_PEOPLE[service]
        return registers.of_people(seed, service, model, clients, home, there | forgotten)
    homes = dwellings(world.homes, home, clients, there)
    if of == "home":
        return registers.of_homes(seed, service, models.OF_HOMES[service], homes)
    return registers.of_households(
        seed, service, models.OF_HOMES[service], homes, clients, layout.mate, home, there
    )
