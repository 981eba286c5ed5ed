"""The catalogue's ISTV-style world, smaller and made once for all tests that look at it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scenarios import load
from scenarios.handover import make_world_of
from scenarios.loading import with_setting
from scenarios.stages import Stages
from simulator.extracts import extract

if TYPE_CHECKING:
    from scenarios.proposal import Proposal
    from scenarios.stages import Made
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import RecordTruth
    from simulator.violence.specs import RecordingSpec

PEOPLE = 60_000
ASSAULTS, CRIMES = "a_and_e_assaults", "police_crimes"


@cache
def proposal(people: int = PEOPLE) -> Proposal:
    """The proposal at a size; all else as in the catalogue."""
    return with_setting(load("istv"), "world.people", people)


@cache
def made(people: int = PEOPLE) -> tuple[Stages, Made[World]]:
    """The world of the first seed, and the stages that made it."""
    stages = Stages()
    return stages, make_world_of(proposal(people), 1, stages)


def world(people: int = PEOPLE) -> World:
    """The world of the first seed."""
    return made(people)[1].value


def recording(**values: float) -> RecordingSpec:
    """Recording as in the catalogue, but for the central values of some settings."""
    held = proposal().recording
    assert held is not None
    update = {
        name: getattr(held, name).model_copy(update={"value": value})
        for name, value in values.items()
    }
    return held.model_copy(update=update)


@cache
def file(name: str, **values: float) -> tuple[Dataset, RecordTruth]:
    """One agency's records, and the truth about them."""
    return extract(world(), name, proposal().agency[name], recording(**values))
