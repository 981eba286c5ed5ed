"""Contacts: dated events of people with a service, drawn from rates.

The number of a person's contacts is Poisson around rate x years x proneness. Each contact then gets
its minute, site, cost and whether it began at home, by its own id.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol

import numpy as np

from simulator import randomness

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

MINUTES_PER_DAY = 1_440
NEVER = np.iinfo(np.int64).max
"""The minute of what has not happened."""
_DAYS_PER_YEAR = 365.25
_SEQUEL_DAYS = 365


@dataclass(frozen=True)
class Clients:
    """People as a service sees them, in order of position.

    Attributes:
        ids: Stable person ids, uint64, shape (people,).
        age: Age in years at the middle of the window, float64.
        female: Whether a woman, bool.
        fifth: Deprivation fifth of the home at the start, 1 most deprived, int64.
        household_size: People in the home, int64.
        proneness: Multiplier of all rates, mean 1, float64; shared by services.
        homeless: Whether without a home on the last day, bool.
    """

    ids: NDArray[np.uint64] = field(repr=False)
    age: NDArray[np.float64] = field(repr=False)
    female: NDArray[np.bool_] = field(repr=False)
    fifth: NDArray[np.int64] = field(repr=False)
    household_size: NDArray[np.int64] = field(repr=False)
    proneness: NDArray[np.float64] = field(repr=False)
    homeless: NDArray[np.bool_] = field(repr=False)

    def at(self, which: NDArray[np.int64]) -> Clients:
        """Returns the people at these positions, in this order."""
        return Clients(**{f.name: getattr(self, f.name)[which] for f in fields(self)})


class Rates(Protocol):
    """Gives each client's contacts per year, before proneness; float64, shape (people,)."""

    def __call__(self, seed: int, clients: Clients, /) -> NDArray[np.float64]:
        """Returns the rates."""


class Content(Protocol):
    """Gives what else is written down of each contact, by field.

    A time is given as a minute of the window; one past its end is not known yet, and is left out.
    """

    def __call__(
        self, seed: int, contacts: Contacts, clients: Clients, /
    ) -> Mapping[str, NDArray[np.generic] | pl.Series]:
        """Returns the columns, each of shape (contacts,), from contacts and everybody."""


class Sequels(Protocol):
    """Gives the mean number of contacts that follow a person's first within a year, and a chance.

    Returns the chance that any follows, and their mean number if so; float64, shape (people,).
    """

    def __call__(
        self, seed: int, clients: Clients, /
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Returns chances and means."""


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
        content: What else is written down of each.
        is_prone: Whether people prone to use services have more contacts.
        is_once: Whether nobody has more than one, but for those that follow from it.
        is_shared: Whether agencies of this service see the same contacts: what happened to people,
            and not their use of one of several providers.
        sequels: Contacts that follow from the first, within a year.
    """

    rates: Rates
    hours: tuple[float, ...]
    site_kind: str
    mean_cost: float
    cost_spread: float
    home_share: float = 0.0
    content: Content | None = None
    is_prone: bool = True
    is_once: bool = False
    is_shared: bool = False
    sequels: Sequels | None = None


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
    """Returns each client's mean number of contacts in the window, float64, shape (people,).

    Of a service that sees people once it is minus the log of the chance of not being seen; sequels
    are not counted.
    """
    yearly = model.rates(seed, clients) * (clients.proneness if model.is_prone else 1.0)
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
    if model.is_once:
        counts = np.minimum(counts, 1)
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


def draw_sequels(
    seed: int, agency: str, model: ServiceModel, clients: Clients, first: Contacts, days: int
) -> Contacts:
    """Draws the contacts that follow from each first contact, within a year and the window.

    Args:
        seed: The run's seed.
        agency: Name of the agency; part of every event's id.
        model: How people use the service; its sequels are given.
        clients: The people.
        first: The first contacts, at most one a person.
        days: Length of the window.

    Returns:
        The contacts that follow, in order of the first and ordinal.
    """
    if model.sequels is None:
        return first.keep(np.zeros(len(first.person), dtype=np.bool_))
    chance, mean = (values[first.person] for values in model.sequels(seed, clients))
    follows = randomness.happens(seed, f"sequel with {agency}", first.event_id, chance)
    # One, and a Poisson number more: a mean of those that have any.
    more = randomness.poisson(seed, f"sequels with {agency}", first.event_id, mean - 1.0)
    counts = np.where(follows, 1 + more, 0)
    at = np.repeat(np.arange(len(counts)), counts)
    ordinal = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    event_id = randomness.combine(f"sequel {agency}", first.event_id[at], ordinal)
    later = randomness.uniform(seed, "delay of sequel", event_id) * _SEQUEL_DAYS * MINUTES_PER_DAY
    minute = first.minute[at] + 1 + later.astype(np.int64)
    found = Contacts(event_id, first.person[at], minute, np.zeros(len(at), dtype=np.bool_))
    return found.keep(minute < days * MINUTES_PER_DAY)


def costs(seed: int, model: ServiceModel, event_id: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Draws the cost of each contact in pence: log-normal around the model's mean cost."""
    spread = model.cost_spread
    drawn = np.exp(spread * randomness.normal(seed, "cost of contact", event_id) - spread**2 / 2)
    return np.asarray((drawn * model.mean_cost * 100).round(), dtype=np.int64)


def spell_ends(
    seed: int, what: str, contacts: Contacts, mean_days: float, most_days: float
) -> NDArray[np.int64]:
    """Draws when the spells that begin with contacts end, as minutes: exponential, but for a most.

    Args:
        seed: The run's seed.
        what: What the spell is, in words.
        contacts: The contacts with which the spells begin.
        mean_days: Mean length in days, before any is cut short.
        most_days: Longest spell in days.

    Returns:
        int64 array, shape (contacts,).
    """
    length = randomness.exponential(seed, f"length of {what}", contacts.event_id) * mean_days
    length = np.clip(length, 1.0, most_days)
    return np.asarray(contacts.minute + (length * MINUTES_PER_DAY).astype(np.int64))


# Hours of the day: round the clock with an evening peak, and office hours.
ROUND_THE_CLOCK = (2.4, 2.0, 1.7, 1.5, 1.4, 1.5, 1.9, 2.8, 4.2, 5.6, 6.2, 6.2, 5.9, 5.7, 5.5, 5.4,
                   5.4, 5.5, 5.6, 5.4, 5.0, 4.5, 3.8, 3.0)  # fmt: skip
OFFICE_HOURS = tuple([0.0] * 8 + [2.0, 5.0, 6.0, 6.0, 4.0, 5.0, 6.0, 5.0, 3.0] + [0.5] + [0.0] * 6)
