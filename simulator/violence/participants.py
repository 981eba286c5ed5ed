"""Participants: who is hurt, who is suspected, and who else deals with the police.

Away from home a victim is drawn among all people by age, sex, deprivation and a proneness of their
own; in the victim's own home, among those who live there on that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.events.contacts import MINUTES_PER_DAY, by_age

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.specs import WorldSpec
    from simulator.state import Layout
    from simulator.violence.specs import ViolenceSpec

BY_FIFTH = np.array([1.95, 1.25, 0.85, 0.60, 0.50])
"""Risk by deprivation fifth, most deprived first: 3.9 to 1 (night-time assaults, 2008-11: BMC
Public Health 2012;12:746)."""

# Risk by age, peak at 18 to 30, median 23 (EMJ 2003;20:434 and Chorley); beyond that assumed.
_BY_AGE = ((0, 0.02), (10, 0.25), (15, 1.1), (18, 2.4), (25, 1.7), (31, 1.0), (45, 0.6), (60, 0.2))
_SUSPECT_BY_AGE = ((0, 0.0), (10, 0.4), (15, 1.6), (18, 2.2), (30, 1.1), (45, 0.5), (60, 0.1))
_SUSPECT_MEN = 0.80  # assumed
_AT_HOME_BY_AGE = ((0, 0.10), (14, 1.0))
_MOST_AT_HOME = 40  # more than any household (17), who arrives after it, and their children
_MOST_TURNS = 12  # at drawing somebody who is there: nearly everybody is

# Share of women among victims of offences, and among people in other contacts; assumed.
_WOMEN_OF_OFFENCES = {"own_home": 0.70, "other_home": 0.50, "licensed": 0.30, "street": 0.32,
                      "other": 0.40}  # fmt: skip
_WOMEN_OF_CONTACTS = 0.36

CONTACT_ROLES = ("caller", "stopped", "detained", "suspect")
_CONTACT_SHARES = (0.45, 0.15, 0.15, 0.25)  # assumed
_SECOND_VICTIM = 0.10  # of assaults treated in A&E; assumed
_DAYS_PER_YEAR = 365.25


def shares_of_places(violence: ViolenceSpec) -> dict[str, float]:
    """Gives the shares of location types among assaults treated in A&E, both sexes together."""
    men, women = _of_men(violence), _of_women(violence)
    share = violence.women.value
    return {name: (1 - share) * men[name] + share * women[name] for name in men}


def women_by_place(violence: ViolenceSpec) -> dict[str, float]:
    """Gives the share of women among victims treated in A&E, by location type."""
    women, everybody = _of_women(violence), shares_of_places(violence)
    return {
        name: violence.women.value * women[name] / share if share else 0.0
        for name, share in everybody.items()
    }


def _of_men(violence: ViolenceSpec) -> dict[str, float]:
    listed = {
        "own_home": violence.own_home.value,
        "other_home": violence.other_home.value,
        "licensed": violence.licensed.value,
        "street": violence.street.value,
    }
    return {**listed, "other": max(0.0, 1.0 - sum(listed.values()))}


def _of_women(violence: ViolenceSpec) -> dict[str, float]:
    """Turns men's shares into women's by the odds at home; all else keeps its proportions."""
    men = _of_men(violence)
    home = men["own_home"]
    odds = violence.own_home_odds_women.value * home / (1 - home) if home < 1 else 1.0
    at_home = odds / (1 + odds) if home < 1 else 1.0
    rest = (1 - at_home) / (1 - home) if home < 1 else 0.0
    return {name: at_home if name == "own_home" else rest * share for name, share in men.items()}


@dataclass(frozen=True)
class Clients:
    """Everybody who may take part; arrays of shape (people,).

    Attributes:
        female: Whether a woman or girl, bool.
        at_home: Weight as a victim at home, float64.
        risk: Weight as a victim elsewhere, float64.
        suspicion: Weight as a suspect, float64.
        first: Home at the start, int64.
        last: Home at the end, int64.
        moved: Minute of the move, int64; -1 for those who stay.
        by_first: People in order of `first`, int64.
        by_last: Movers in order of `last`, int64.
        since: Minute from which each is there, int64.
        until: Minute until which each is there, int64.
    """

    female: NDArray[np.bool_] = field(repr=False)
    at_home: NDArray[np.float64] = field(repr=False)
    risk: NDArray[np.float64] = field(repr=False)
    suspicion: NDArray[np.float64] = field(repr=False)
    first: NDArray[np.int64] = field(repr=False)
    last: NDArray[np.int64] = field(repr=False)
    moved: NDArray[np.int64] = field(repr=False)
    by_first: NDArray[np.int64] = field(repr=False)
    by_last: NDArray[np.int64] = field(repr=False)
    since: NDArray[np.int64] = field(repr=False)
    until: NDArray[np.int64] = field(repr=False)

    def are_there(self, person: NDArray[np.int64], minute: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Says whether people are there at these minutes, arrays of one shape."""
        return (minute >= self.since[person]) & (minute <= self.until[person])

    @classmethod
    def of(
        cls,
        seed: int,
        spec: WorldSpec,
        violence: ViolenceSpec,
        people: pl.DataFrame,
        homes: pl.DataFrame,
        layout: Layout,
    ) -> Clients:
        """Weighs everybody."""
        ids = people["person_id"].to_numpy()
        born = people["date_of_birth"].to_numpy().astype("datetime64[D]")
        middle = np.datetime64(spec.start) + layout.middle_day(spec.days)
        age = np.maximum((middle - born).astype(np.int64) / _DAYS_PER_YEAR, 0.0)
        fifth = homes["deprivation_fifth"].to_numpy().astype(np.int64)[layout.home_first]
        proneness = np.ones(len(ids))
        if violence.repeat_variance.value > 0:
            shape = 1 / violence.repeat_variance.value
            proneness = randomness.gamma(seed, "proneness to be a victim", ids, shape)
        movers = np.flatnonzero(layout.moved_day >= 0)
        return cls(
            female=(people["sex"] == "F").to_numpy(),
            at_home=by_age(age, _AT_HOME_BY_AGE),
            risk=by_age(age, _BY_AGE) * BY_FIFTH[fifth - 1] * proneness,
            suspicion=by_age(age, _SUSPECT_BY_AGE) * BY_FIFTH[fifth - 1] * proneness,
            first=layout.home_first,
            last=layout.home_last,
            moved=np.where(layout.moved_day >= 0, layout.moved_day * MINUTES_PER_DAY, -1),
            by_first=np.argsort(layout.home_first, kind="stable"),
            by_last=movers[np.argsort(layout.home_last[movers], kind="stable")],
            since=layout.since,
            until=layout.until,
        )


def draw(
    seed: int, spec: WorldSpec, violence: ViolenceSpec, incidents: pl.DataFrame, clients: Clients
) -> pl.DataFrame:
    """Draws who takes part in each incident; see Violence.people.

    An incident in a home where nobody lives on that day has nobody, and is not among them.
    """
    del spec
    women = {"assault": women_by_place(violence), "offence": _WOMEN_OF_OFFENCES}
    parts = []
    for kind in ("assault", "offence"):
        of_kind = incidents.filter(pl.col("kind") == kind)
        share = of_kind["location_type"].replace_strict(women[kind], default=0.5).to_numpy()
        parts.append(_victims(seed, of_kind, clients, share.astype(np.float64), 0))
        if kind == "assault":
            ids = of_kind["incident_id"].to_numpy()
            second = randomness.happens(seed, "second victim", ids, _SECOND_VICTIM)
            again = of_kind.filter(pl.Series(second))
            parts.append(_victims(seed, again, clients, share.astype(np.float64)[second], 1))
        parts.append(_suspects(seed, of_kind, clients))
    parts.append(_contacts(seed, incidents.filter(pl.col("kind") == "contact"), clients))
    # Whoever is drawn twice as a victim of one incident is hurt in it once.
    found = pl.concat(parts).unique(
        ["incident_id", "person", "role"], keep="first", maintain_order=True
    )
    dropped = found.filter(pl.col("person") < 0)["incident_id"]
    return found.filter(
        pl.col("person") >= 0, ~pl.col("incident_id").is_in(dropped.unique().implode())
    )


def _frame(
    incidents: pl.DataFrame, person: NDArray[np.int64], role: str, ordinal: int
) -> pl.DataFrame:
    return incidents.select(
        "incident_id",
        person=pl.Series(person, dtype=pl.Int64),
        role=pl.lit(role),
        ordinal=pl.lit(ordinal, dtype=pl.Int64),
        attended=(pl.col("kind") == "assault") & (pl.lit(role) == "victim"),
    )


def _victims(
    seed: int,
    incidents: pl.DataFrame,
    clients: Clients,
    women: NDArray[np.float64],
    ordinal: int,
) -> pl.DataFrame:
    own_home = (incidents["location_type"] == "own_home").to_numpy()
    person = _anybody(seed, "victim", incidents, clients.risk, clients, women, ordinal)
    at = np.flatnonzero(own_home)
    person[at] = _residents(seed, incidents[at], clients, women[at], ordinal)
    return _frame(incidents, person, "victim", ordinal)


def _suspects(seed: int, incidents: pl.DataFrame, clients: Clients) -> pl.DataFrame:
    women = np.full(incidents.height, 1 - _SUSPECT_MEN)
    person = _anybody(seed, "suspect", incidents, clients.suspicion, clients, women, 0)
    return _frame(incidents, person, "suspect", 0)


def _contacts(seed: int, incidents: pl.DataFrame, clients: Clients) -> pl.DataFrame:
    ids = incidents["incident_id"].to_numpy()
    women = np.full(len(ids), _WOMEN_OF_CONTACTS)
    person = _anybody(seed, "in contact", incidents, clients.risk, clients, women, 0)
    at = np.flatnonzero((incidents["location_type"] == "own_home").to_numpy())
    person[at] = _residents(seed, incidents[at], clients, women[at], 0)
    role = np.array(CONTACT_ROLES)[randomness.choose(seed, "kind of contact", ids, _CONTACT_SHARES)]
    return _frame(incidents, person, "caller", 0).with_columns(
        role=pl.Series(role, dtype=pl.String)
    )


def _anybody(
    seed: int,
    role: str,
    incidents: pl.DataFrame,
    weight: NDArray[np.float64],
    clients: Clients,
    women: NDArray[np.float64],
    draw: int,
) -> NDArray[np.int64]:
    """Draws a person for each incident: the sex first, then by weight within it.

    Whoever is not there at the time is drawn again. Where nobody of a sex may be the one, somebody
    of the other is; -1 where nobody is found.
    """
    ids, minute = incidents["incident_id"].to_numpy(), incidents["minute"].to_numpy()
    is_woman = randomness.happens(seed, f"sex of {role}", ids, women, draw=draw)
    person = np.full(len(ids), -1, dtype=np.int64)
    for sex in (False, True):
        of_sex = np.flatnonzero((clients.female == sex) & (weight > 0))
        of_sex = of_sex if len(of_sex) else np.arange(len(weight))
        cumulative = np.cumsum(weight[of_sex])
        at = np.flatnonzero(is_woman == sex)
        for turn in range(_MOST_TURNS):
            decision = f"who is {role}" if turn == 0 else f"who is {role}, turn {turn}"
            level = randomness.uniform(seed, decision, ids[at], draw=draw)
            place = np.searchsorted(cumulative, level * cumulative[-1], side="right")
            drawn = of_sex[np.minimum(place, len(of_sex) - 1)]
            there = clients.are_there(drawn, minute[at])
            person[at[there]] = drawn[there]
            at = at[~there]
            if not at.size:
                break
    return person


def _residents(
    seed: int,
    incidents: pl.DataFrame,
    clients: Clients,
    women: NDArray[np.float64],
    draw: int,
) -> NDArray[np.int64]:
    """Draws one of those who live in the home at that time; -1 where nobody does."""
    home, minute = incidents["home"].to_numpy(), incidents["minute"].to_numpy()
    first = _listed(clients.by_first, clients.first, home)
    last = _listed(clients.by_last, clients.last, home)
    who = np.concatenate([first, last], axis=1)
    moved = clients.moved[np.maximum(who, 0)]
    here = np.concatenate(
        [
            (moved[:, :_MOST_AT_HOME] < 0) | (minute[:, None] < moved[:, :_MOST_AT_HOME]),
            minute[:, None] >= moved[:, _MOST_AT_HOME:],
        ],
        axis=1,
    )
    here &= (who >= 0) & clients.are_there(np.maximum(who, 0), minute[:, None])
    sex = np.where(clients.female[np.maximum(who, 0)], women[:, None], 1 - women[:, None])
    weight = np.where(here, clients.at_home[np.maximum(who, 0)] * (0.05 + sex), 0.0)
    cumulative = np.cumsum(weight, axis=1)
    ids = incidents["incident_id"].to_numpy()
    level = randomness.uniform(seed, "who is hurt at home", ids, draw=draw)
    chosen = (cumulative <= (level * cumulative[:, -1])[:, None]).sum(axis=1)
    chosen = np.minimum(chosen, who.shape[1] - 1)
    person = who[np.arange(len(who)), chosen]
    return np.where(cumulative[:, -1] > 0, person, -1)


def _listed(
    order: NDArray[np.int64], home_of: NDArray[np.int64], home: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Lists people of each home, int64 (homes asked, _MOST_AT_HOME); -1 fills up."""
    homes = home_of[order]
    start = np.searchsorted(homes, home, side="left")
    end = np.searchsorted(homes, home, side="right")
    at = start[:, None] + np.arange(_MOST_AT_HOME)
    inside = at < end[:, None]
    if not len(order):
        return np.full(at.shape, -1)
    return np.where(inside, order[np.minimum(at, len(order) - 1)], -1)


ROLES: Mapping[str, str] = {
    "victim": "crime",
    "caller": "call",
    "stopped": "stop",
    "detained": "custody",
    "suspect": "suspect",
}
"""Role -> what police call the contact."""
