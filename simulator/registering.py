"""Registering: the register that a service keeps of a world, on the last day of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.events import models, registers
from simulator.events.clients import clients_on
from simulator.events.contacts import NEVER
from simulator.events.dwellings import dwellings
from simulator.events.timeline import death_minutes
from simulator.services import SERVICES

if TYPE_CHECKING:
    from simulator.services import Service
    from simulator.state import World


def register(world: World, service: Service) -> registers.Register:
    """Returns who or what stands on a service's register.

    Args:
        world: The world.
        service: A service that keeps a register.

    Returns:
        The register. Where deaths end contacts, the dead stand on none of people; accounts of
        households stay in their name.
    """
    seed, home, of = world.seed, world.layout.home_last, SERVICES[service].of
    args = (seed, world.spec, world.people, world.homes)
    clients = clients_on(*args, home, world.spec.days - 1)
    if of == "person":
        listed = registers.of_people(seed, service, models.OF_PEOPLE[service], clients, home)
        middle = clients_on(*args, world.layout.home_first, world.spec.days // 2)
        died = death_minutes(seed, world.spec, middle)
        return listed if died is None else listed.keep(died[listed.person] == NEVER)
    homes = dwellings(world.homes, home, clients)
    if of == "home":
        return registers.of_homes(seed, service, models.OF_HOMES[service], homes)
    mate = world.layout.mate
    return registers.of_households(seed, service, models.OF_HOMES[service], homes, clients, mate)
