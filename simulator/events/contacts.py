"""Contacts: dated events of people with a service, drawn from rates.

The number of a person's contacts is Poisson around rate x years x proneness. Each contact then gets
its minute, site, cost and whether it began at home, by its own id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from simulator import randomness

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTES_PER_DAY = 1_440
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Clients:
    """People as a service sees them, in order of position.

    Attributes:
        ids: Stable person ids, uint64, shape (people,).
        age: Age in years at the middle of the window, float64.
        female: Whether a woman, bool.
        fifth: Deprivation fifth of the home at the start, 1 most deprived, int64.
        proneness: Multiplier of all rates, mean 1, float64; shared by services.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    age: NDArray[np.float64] = field(repr=False)
    female: NDArray[np.bool_] = field(repr=False)
    fifth: NDArray[np.int64] = field(repr=False)
    proneness: NDArray[np.float64] = field(repr=False)


class Rates(Protocol):
    """Gives each client's contacts per year, before proneness; float64, shape (people,)."""

    def __call__(self, seed: int, clients: Clients, /) -> NDArray[np.float64]:
        """Returns the rates."""


@dataclass(frozen=True)
class ServiceModel:
    """How people use a service: a row of its file.

    Attributes:
        rates: Contacts per person and year.
        hours: Weights of the 24 hours of the day.
        site_kind: Kind of the site of care (places.SITE_KINDS).
        mean_cost: Mean cost of a contact, in pounds.
        cost_spread: Standard deviation of the natural log of cost.
        home_share: Share of contacts that begin with an incident at home.
    """

    rates: Rates
    hours: tuple[float, ...]
    site_kind: str
    mean_cost: float
    cost_spread: float
    home_share: float = 0.0


@dataclass(frozen=True)
class Contacts:
    """Drawn contacts.

    Attributes:
        event_id: uint64, shape (contacts,).
        person: Position of the person, int64.
        minute: Minute of the window, from 0, int64.
        at_home: Whether it began at home, bool.
    """

    event_id: NDArray[np.uint64] = field(repr=False)
    person: NDArray[np.int64] = field(repr=False)
    minute: NDArray[np.int64] = field(repr=False)
    at_home: NDArray[np.bool_] = field(repr=False)

    def keep(self, which: NDArray[np.bool_]) -> Contacts:
        """Returns the contacts for which `which` is true."""
        return Contacts(
            self.event_id[which], self.person[which], self.minute[which], self.at_home[which]
        )

    def __add__(self, other: Contacts) -> Contacts:
        """Returns these contacts, then the others."""
        return Contacts(
            np.concatenate([self.event_id, other.event_id]),
            np.concatenate([self.person, other.person]),
            np.concatenate([self.minute, other.minute]),
            np.concatenate([self.at_home, other.at_home]),
        )


def by_age(age: NDArray[np.float64], table: tuple[tuple[int, float], ...]) -> NDArray[np.float64]:
    """Looks ages up in a table of (from age, value)."""
    starts, values = zip(*table, strict=True)
    return np.asarray(np.array(values)[np.searchsorted(starts, age, side="right") - 1])


def users_only(
    seed: int, service: str, clients: Clients, share: NDArray[np.float64], per_user: float
) -> NDArray[np.float64]:
    """Gives a rate to the share of people who use a service at all, and 0 to the others."""
    users = randomness.happens(seed, f"uses {service}", clients.ids, np.minimum(share, 1.0))
    return np.where(users, per_user, 0.0)


def mean_contacts(
    seed: int, model: ServiceModel, clients: Clients, days: int
) -> NDArray[np.float64]:
    """Returns each client's mean number of contacts in the window, float64, shape (people,)."""
    yearly = model.rates(seed, clients) * clients.proneness
    return np.minimum(yearly * days / _DAYS_PER_YEAR, 500.0)


def draw_contacts(
    seed: int,
    agency: str,
    model: ServiceModel,
    clients: Clients,
    mean: NDArray[np.float64],
    days: int,
    kind: str = "",
) -> Contacts:
    """Draws the contacts of everybody with one service.

    Args:
        seed: The run's seed.
        agency: Name of the agency; part of every event's id.
        model: How people use the service.
        clients: The people.
        mean: Mean number of contacts of each, shape (people,).
        days: Length of the window.
        kind: Tells apart further contacts of the same agency, such as those an effect adds.

    Returns:
        The contacts, in order of person and ordinal.
    """
    label = f"{agency} {kind}".strip()
    counts = randomness.poisson(seed, f"contacts with {label}", clients.ids, mean)
    person = np.repeat(np.arange(len(counts)), counts)
    ordinal = np.arange(len(person)) - np.repeat(np.cumsum(counts) - counts, counts)
    event_id = randomness.combine(f"contact {label}", clients.ids[person], ordinal)
    day = randomness.whole(seed, "day of contact", event_id, days)
    hour = randomness.choose(seed, "hour of contact", event_id, model.hours)
    minute = randomness.whole(seed, "minute of contact", event_id, 60)
    return Contacts(
        event_id,
        person,
        day * MINUTES_PER_DAY + hour * 60 + minute,
        randomness.happens(seed, "began at home", event_id, model.home_share),
    )


def costs(seed: int, model: ServiceModel, event_id: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Draws the cost of each contact in pence: log-normal around the model's mean cost."""
    spread = model.cost_spread
    drawn = np.exp(spread * randomness.normal(seed, "cost of contact", event_id) - spread**2 / 2)
    return np.asarray((drawn * model.mean_cost * 100).round(), dtype=np.int64)


# Hours of the day: round the clock with an evening peak, and office hours.
ROUND_THE_CLOCK = (2.4, 2.0, 1.7, 1.5, 1.4, 1.5, 1.9, 2.8, 4.2, 5.6, 6.2, 6.2, 5.9, 5.7, 5.5, 5.4,
                   5.4, 5.5, 5.6, 5.4, 5.0, 4.5, 3.8, 3.0)  # fmt: skip
OFFICE_HOURS = tuple([0.0] * 8 + [2.0, 5.0, 6.0, 6.0, 4.0, 5.0, 6.0, 5.0, 3.0] + [0.5] + [0.0] * 6)
