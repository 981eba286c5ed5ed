"""The timeline: draws every service's events, exposures before outcomes, with planted effects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import effects as planted
from simulator import places, randomness
from simulator.events import (
    a_and_e,
    admissions,
    community,
    fire_visits,
    mental_health,
    own,
    social_care,
)
from simulator.events.contacts import (
    MINUTES_PER_DAY,
    Clients,
    Contacts,
    ServiceModel,
    costs,
    draw_contacts,
    mean_contacts,
)
from simulator.specs import OF_HOMES, OF_VIOLENCE, REGISTER
from simulator.state import Positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.specs import AgencySpec, EffectSpec, WorldSpec
    from simulator.state import Layout

# The services that people use, and how: one row a file of this folder.
MODELS: Mapping[str, ServiceModel] = {
    "a_and_e": a_and_e.MODEL,
    "admissions": admissions.MODEL,
    "mental_health": mental_health.MODEL,
    "community": community.MODEL,
    "social_care": social_care.MODEL,
}

_OTHER_SITE = 0.06  # contacts at the next site of the kind rather than one's own: assumed
_OLDER = 65
_DAYS_PER_YEAR = 365.25


def draw_events(
    seed: int,
    spec: WorldSpec,
    people: pl.DataFrame,
    homes: pl.DataFrame,
    layout: Layout,
    agencies: Mapping[str, AgencySpec],
    effects: Mapping[str, EffectSpec],
) -> dict[str, tuple[pl.DataFrame, Positions]]:
    """Draws the events that each agency sees.

    Args:
        seed: The run's seed.
        spec: The world's spec.
        people: The world's people.
        homes: The world's homes.
        layout: Positions of people and homes.
        agencies: The agencies, exposures before outcomes.
        effects: The effects to plant, by name.

    Returns:
        By agency, except registers: the frame of events (see World) and their positions.
    """
    clients = _clients(seed, spec, people, homes, layout)
    exposed: dict[str, NDArray[np.int64]] = {}
    drawn = {}
    for name, agency in agencies.items():
        if agency.service == REGISTER or agency.service in OF_VIOLENCE:
            continue
        if agency.service == OF_HOMES:
            contacts = _visits(seed, spec, homes, layout, clients)
            model = None
            exposed[name] = _exposed_by_home(spec, layout, contacts)
        else:
            model = own.model(agency.contact) if agency.contact else MODELS[agency.service]
            mean = mean_contacts(seed, model, clients, spec.days)
            contacts = draw_contacts(seed, name, model, clients, mean, spec.days)
            for effect_name, effect in effects.items():
                if effect.outcome == name:
                    contacts = _with_effect(
                        seed, spec, name, model, clients, mean, contacts,
                        effect_name, effect, exposed[effect.exposure],
                    )  # fmt: skip
            people_count = len(clients.ids)
            exposed[name] = planted.first_exposure(people_count, contacts.person, contacts.minute)
        drawn[name] = _frame(seed, spec, people, homes, layout, contacts, model)
    return drawn


def _clients(
    seed: int, spec: WorldSpec, people: pl.DataFrame, homes: pl.DataFrame, layout: Layout
) -> Clients:
    ids = people["person_id"].to_numpy()
    born = people["date_of_birth"].to_numpy().astype("datetime64[D]")
    middle = np.datetime64(spec.start) + spec.days // 2
    proneness = np.ones(len(ids))
    if spec.contact_variance.value > 0:
        shape = 1 / spec.contact_variance.value
        proneness = randomness.gamma(seed, "proneness to contacts", ids, shape)
    return Clients(
        ids=ids,
        age=(middle - born).astype(np.int64) / _DAYS_PER_YEAR,
        female=(people["sex"] == "F").to_numpy(),
        fifth=homes["deprivation_fifth"].to_numpy().astype(np.int64)[layout.home_first],
        proneness=proneness,
    )


def _visits(
    seed: int, spec: WorldSpec, homes: pl.DataFrame, layout: Layout, clients: Clients
) -> Contacts:
    """Draws fire visits; `person` of these contacts holds the home's position."""
    older = np.zeros(homes.height, dtype=bool)
    older[layout.home_first[clients.age >= _OLDER]] = True
    home, minute, event_id = fire_visits.draw_visits(
        seed,
        homes["home_id"].to_numpy(),
        older,
        homes["deprivation_fifth"].to_numpy().astype(np.int64),
        spec.days,
    )
    return Contacts(event_id, home, minute, np.ones(len(home), dtype=bool))


def _exposed_by_home(spec: WorldSpec, layout: Layout, visits: Contacts) -> NDArray[np.int64]:
    """Returns the minute at which each person was living in a home that was visited."""
    homes = int(max(layout.home_first.max(), layout.home_last.max(), visits.person.max(initial=0)))
    by_home = planted.first_exposure(homes + 1, visits.person, visits.minute)
    moved = np.where(layout.moved_day >= 0, layout.moved_day, spec.days) * MINUTES_PER_DAY
    before, after = by_home[layout.home_first], by_home[layout.home_last]
    before = np.where(before < moved, before, planted.NEVER)
    after = np.where((layout.moved_day >= 0) & (after >= moved), after, planted.NEVER)
    return np.minimum(before, after)


def _with_effect(
    seed: int,
    spec: WorldSpec,
    agency: str,
    model: ServiceModel,
    clients: Clients,
    mean: NDArray[np.float64],
    contacts: Contacts,
    name: str,
    effect: EffectSpec,
    exposed: NDArray[np.int64],
) -> Contacts:
    concerned = contacts.minute > exposed[contacts.person]
    if effect.only_at_home:
        concerned &= contacts.at_home
    if effect.ratio.value <= 1.0:
        return contacts.keep(planted.survivors(seed, name, effect, contacts.event_id, concerned))
    kind_share = model.home_share if effect.only_at_home else 1.0
    more = planted.added_rate(effect, mean * kind_share, exposed)
    added = draw_contacts(seed, agency, model, clients, more, spec.days, kind=f"added by {name}")
    added = added.keep(added.minute > exposed[added.person])
    if effect.only_at_home:
        added = replace(added, at_home=np.ones_like(added.at_home))
    return contacts + added


def _frame(
    seed: int,
    spec: WorldSpec,
    people: pl.DataFrame,
    homes: pl.DataFrame,
    layout: Layout,
    contacts: Contacts,
    model: ServiceModel | None,
) -> tuple[pl.DataFrame, Positions]:
    """Builds the frame of events; without a model they are visits to homes."""
    minute = contacts.minute
    if model is None:
        person, home = np.full(len(minute), -1), contacts.person
        place, cost = np.zeros(len(minute), np.uint32), np.zeros(len(minute), np.int64)
    else:
        person = contacts.person
        moved = layout.moved_day[person]
        gone = (moved >= 0) & (minute >= moved * MINUTES_PER_DAY)
        home = np.where(gone, layout.home_last[person], layout.home_first[person])
        place = _sites(seed, spec, homes, home, contacts.event_id, model.site_kind)
        cost = costs(seed, model, contacts.event_id)
    start = np.datetime64(spec.start).astype("datetime64[m]")
    owner = people["person_id"].gather(np.maximum(person, 0))
    frame = pl.DataFrame(
        {
            "event_id": contacts.event_id,
            "person_id": owner,
            "known": person >= 0,
            "home_id": homes["home_id"].gather(home),
            "event_time": (start + minute).astype("datetime64[us]"),
            "place": place,
            "at_home": contacts.at_home,
            "cost_pence": cost,
        }
    )
    frame = frame.with_columns(person_id=pl.when("known").then("person_id")).drop("known")
    return frame, Positions(person, home)


def _sites(
    seed: int,
    spec: WorldSpec,
    homes: pl.DataFrame,
    home: NDArray[np.int64],
    event_id: NDArray[np.uint64],
    kind: str,
) -> NDArray[np.uint32]:
    """Returns the site of each contact: the one that serves the home, or now and then the next."""
    people = places.PEOPLE_PER_TEAM.get(kind, spec.people_per_hospital)
    msoa = homes["msoa"].to_numpy().astype(np.int64)
    own_site = places.site_of_msoa(msoa, people)
    nearest = own_site[home]
    elsewhere = randomness.happens(seed, "at another site", event_id, _OTHER_SITE)
    number = np.where(elsewhere, (nearest + 1) % (own_site.max() + 1), nearest)
    return places.site_number(kind, number)


def expected_costs(
    seed: int,
    spec: WorldSpec,
    people: pl.DataFrame,
    homes: pl.DataFrame,
    layout: Layout,
    agencies: Sequence[AgencySpec],
) -> NDArray[np.float64]:
    """Returns what each person's contacts with some agencies are expected to cost in the window.

    That is each person's own rate times the mean cost, before any event is drawn and without
    planted effects: what we put in. Registers and visits to homes cost nothing.

    Returns:
        float64 array in pounds, shape (people,).
    """
    clients = _clients(seed, spec, people, homes, layout)
    total = np.zeros(people.height)
    for agency in agencies:
        if agency.service not in (REGISTER, OF_HOMES, *OF_VIOLENCE):
            model = own.model(agency.contact) if agency.contact else MODELS[agency.service]
            total += mean_contacts(seed, model, clients, spec.days) * model.mean_cost
    return total
