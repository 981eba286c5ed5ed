"""The timeline: draws every service's events, exposures before outcomes, with planted effects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from simulator import effects as planted
from simulator import places, randomness
from simulator.birthdays import born_by
from simulator.events import deaths
from simulator.events.clients import clients_in_window
from simulator.events.contacts import (
    MINUTES_PER_DAY,
    Clients,
    Contacts,
    ServiceModel,
    costs,
    draw_contacts,
    draw_sequels,
    mean_contacts,
)
from simulator.events.dwellings import dwellings
from simulator.events.models import HOME_EVENTS, contacts_model
from simulator.schema import FIELDS
from simulator.services import SERVICES
from simulator.state import Positions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.events.dwellings import Dwellings
    from simulator.specs import AgencySpec, EffectSpec, WorldSpec
    from simulator.state import Layout

_OTHER_SITE = 0.06  # contacts at the next site of the kind rather than one's own: assumed


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
    clients = clients_in_window(seed, spec, people, homes, layout)
    exposing = {effect.exposure for effect in effects.values()}
    exposures: dict[str, Exposures] = {}
    drawn = {}
    for name, agency in agencies.items():
        kind = SERVICES[agency.service]
        columns: Mapping[str, NDArray[np.generic] | pl.Series]
        if kind.keeps != "events":
            continue
        if kind.of == "home":
            seen = dwellings(homes, layout.home_first, clients, layout.since == 0)
            contacts, columns = _of_homes(seed, spec, agency, seen)
            if name in exposing:
                exposures[name] = Exposures(contacts, columns, is_of_home=True)
            drawn[name] = _frame(seed, spec, people, homes, layout, contacts, None, columns)
            continue
        model = contacts_model(agency)
        label = agency.service if model.is_shared else name
        mean = mean_contacts(seed, model, clients, spec.days)
        if agency.service == deaths.SERVICE:
            contacts = deaths.contacts(clients, layout.died)
        else:
            contacts = draw_contacts(seed, label, model, clients, mean, spec.days)
        if model.sequels is not None:
            contacts = contacts + draw_sequels(seed, label, model, clients, contacts, spec.days)
        for effect_name, effect in effects.items():
            if effect.outcome == name:
                found = _exposed(spec, people, layout, effect, exposures[effect.exposure])
                contacts = _with_effect(
                    seed, spec, name, model, clients, mean, contacts, effect_name, effect, found
                )
        contacts = contacts.keep(layout.is_there(contacts.person, contacts.minute))
        content = model.content(seed, contacts, clients) if model.content else {}
        columns = _while_there(content, layout.until[contacts.person])
        if name in exposing:
            exposures[name] = Exposures(contacts, columns, is_of_home=False)
        drawn[name] = _frame(seed, spec, people, homes, layout, contacts, model, columns)
    return drawn


def _of_homes(
    seed: int, spec: WorldSpec, agency: AgencySpec, homes: Dwellings
) -> tuple[Contacts, Mapping[str, NDArray[np.generic]]]:
    """Draws events of homes; `person` of these contacts holds the home's position."""
    home, minute, event_id, columns = HOME_EVENTS[agency.service].draw(seed, homes, spec.days)
    return Contacts(event_id, home, minute, np.ones(len(home), dtype=bool)), columns


class Exposures(NamedTuple):
    """Contacts that may be exposures.

    Attributes:
        contacts: The contacts; of homes, `person` holds the home's position.
        columns: What else is known of each, by field.
        is_of_home: Whether they are of homes.
    """

    contacts: Contacts
    columns: Mapping[str, NDArray[np.generic] | pl.Series]
    is_of_home: bool


def _exposed(
    spec: WorldSpec, people: pl.DataFrame, layout: Layout, effect: EffectSpec, found: Exposures
) -> planted.Exposed:
    """Says when people are exposed to an effect."""
    contacts, columns, is_of_home = found
    counts = np.ones(len(contacts.minute), dtype=np.bool_)
    for field, values in effect.exposure_where.items():
        counts &= np.isin(np.asarray(columns[field]), values)
    contacts = contacts.keep(counts)
    if is_of_home:
        exposed = _exposed_by_home(spec, layout, contacts)
    else:
        first = planted.first_exposure(people.height, contacts.person, contacts.minute)
        exposed = planted.Exposed(((first, np.full(people.height, planted.NEVER)),))
    return exposed.of(born_by(people["date_of_birth"], spec.start, effect.age_from))


def _exposed_by_home(spec: WorldSpec, layout: Layout, visits: Contacts) -> planted.Exposed:
    """Says from when until when each person lives in a home that was visited while they did."""
    length = spec.days * MINUTES_PER_DAY
    ends = np.minimum(layout.until, length)
    moved = np.where(layout.moved_day >= 0, layout.moved_day * MINUTES_PER_DAY, ends)
    visits_by_home = np.sort(visits.person * length + visits.minute)
    first = _first_visit(visits_by_home, length, layout.home_first, layout.since, moved)
    last = _first_visit(visits_by_home, length, layout.home_last, moved, ends)
    stays = np.where(layout.moved_day >= 0, moved, planted.NEVER)
    return planted.Exposed(((first, stays), (last, np.full(len(last), planted.NEVER))))


def _first_visit(
    visits: NDArray[np.int64],
    length: int,
    home: NDArray[np.int64],
    since: NDArray[np.int64],
    until: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Returns the minute of the first visit to each person's home from one minute to another.

    Args:
        visits: Position of the home times `length`, plus the minute, in order; int64.
        length: Minutes of the window.
        home: Position of each person's home, int64, shape (people,).
        since: Minute from which the person lives there, same shape.
        until: Minute until which, no later than the end of the window.

    Returns:
        int64 array, shape (people,); NEVER where there is none.
    """
    found = np.append(visits, planted.NEVER)[np.searchsorted(visits, home * length + since)]
    return np.where(found < home * length + until, found - home * length, planted.NEVER)


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
    exposed: planted.Exposed,
) -> Contacts:
    concerned = exposed.at(contacts.person, contacts.minute)
    if effect.only_at_home:
        concerned &= contacts.at_home
    if effect.ratio.value <= 1.0:
        return contacts.keep(planted.survivors(seed, name, effect, contacts.event_id, concerned))
    kind_share = model.home_share if effect.only_at_home else 1.0
    if model.sequels is not None:
        # Contacts are added at the rate of all, those that follow from others too.
        chance, further = model.sequels(seed, clients)
        mean = mean * (1.0 + chance * further)
    more = planted.added_rate(effect, mean * kind_share, exposed)
    added = draw_contacts(seed, agency, model, clients, more, spec.days, kind=f"added by {name}")
    added = added.keep(exposed.at(added.person, added.minute))
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
    columns: Mapping[str, NDArray[np.generic] | pl.Series],
) -> tuple[pl.DataFrame, Positions]:
    """Builds the frame of events; without a model they are events of homes."""
    minute = contacts.minute
    if model is None:
        person, home = np.full(len(minute), -1), contacts.person
        place, cost = np.zeros(len(minute), np.uint32), np.zeros(len(minute), np.int64)
    else:
        person = contacts.person
        home = layout.home_on(person, minute // MINUTES_PER_DAY)
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
    frame = frame.with_columns(
        pl.when("known").then("person_id").alias("person_id"),
        **{field: _column(spec, field, values) for field, values in columns.items()},
    ).drop("known")
    return frame, Positions(person, home)


def _while_there(
    columns: Mapping[str, NDArray[np.generic] | pl.Series], until: NDArray[np.int64]
) -> Mapping[str, NDArray[np.generic] | pl.Series]:
    """Ends spells when the person dies or leaves; what would come after that does not happen."""
    found = dict(columns)
    if "end_time" in found:
        found["end_time"] = np.minimum(np.asarray(found["end_time"]), until)
    if "treatment_time" in found:
        minute = np.asarray(found["treatment_time"])
        found["treatment_time"] = np.where(minute <= until, minute, planted.NEVER)
    return found


def _column(spec: WorldSpec, field: str, values: NDArray[np.generic] | pl.Series) -> pl.Series:
    """Returns a further column in its type; minutes become times, and none past the window."""
    dtype = FIELDS[field].dtype
    if dtype != pl.Datetime("us"):
        return pl.Series(values).cast(dtype)
    minute = np.asarray(values, dtype=np.int64)
    known = minute < spec.days * MINUTES_PER_DAY
    start = np.datetime64(spec.start).astype("datetime64[m]")
    times = np.where(known, start + np.where(known, minute, 0), np.datetime64("NaT"))
    return pl.Series(times.astype("datetime64[us]")).cast(dtype)


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
    planted effects: what we put in. Registers and visits to homes cost nothing, nor do
    contacts that follow from others.

    Returns:
        float64 array in pounds, shape (people,).
    """
    clients = clients_in_window(seed, spec, people, homes, layout)
    total = np.zeros(people.height)
    for agency in agencies:
        kind = SERVICES[agency.service]
        if kind.keeps == "events" and kind.of == "person":
            model = contacts_model(agency)
            total += mean_contacts(seed, model, clients, spec.days) * model.mean_cost
    return total * layout.share_there(spec.days)
