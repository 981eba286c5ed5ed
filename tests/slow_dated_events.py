"""The dated-events attack, slow and obvious: one target, one row and one day at a time."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf, log
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from reidentify.adversaries.events import ABSENT, AGREEMENT, PRESENT
from reidentify.knowledge import ATTRIBUTES
from reidentify.safeguards import coarsen_people

if TYPE_CHECKING:
    from reidentify.knowledge import DatedKnowledge
    from reidentify.release import Release
    from reidentify.specs import DatedEventsSpec


def error_chance(days: int, deviation: float) -> float:
    """Chance that a date is remembered so many days late; cut off at four deviations."""
    if deviation == 0:
        return float(days == 0)
    reach = int(np.ceil(4 * deviation))
    if abs(days) > reach:
        return 0.0
    normal = NormalDist(0, deviation)
    low = -inf if days == -reach else days - 0.5
    high = inf if days == reach else days + 0.5
    return normal.cdf(high) - normal.cdf(low)


def days_meant(time: date, precision: str) -> list[date]:
    """Days that a released time may mean."""
    if precision == "month":
        later = (time.replace(day=1) + timedelta(days=32)).replace(day=1)
        return [time + timedelta(days=i) for i in range((later - time).days)]
    return [time + timedelta(days=i) for i in range(7 if precision == "week" else 1)]


def slow_ratios(
    release: Release, knowledge: DatedKnowledge, spec: DatedEventsSpec, target: int, contacts: int
) -> list[float]:
    """Likelihood ratio of each row for the target at a position, with some of its contacts."""
    doubt = 1 - (1 - spec.misremembered.value) * (1 - ABSENT)
    events = [
        (service, event.get("place"), event["person"], event["event_time"].date())
        for service in spec.services
        if service in release.events
        for event in release.events[service].to_dicts()
    ]
    meant = {each: days_meant(each[3], release.spec.dates) for each in set(events)}
    every_day = [day for days in meant.values() for day in days]
    span = (max(every_day) - min(every_day)).days + 1 if events else 1
    coarse = coarsen_people(knowledge.targets[[target]], release.spec).to_dicts()
    wanted_of = coarse[0] if coarse else {}
    told = knowledge.contacts.filter(target_id=knowledge.targets["target_id"][target])
    ratios = []
    for row in release.people.to_dicts():
        ratio = 1.0
        for kind, m in AGREEMENT.items():
            columns = [c for c in ATTRIBUTES[kind] if c in wanted_of and c in row]
            values = [tuple(r[c] for c in columns) for r in release.people.to_dicts()]
            values = [value for value in values if None not in value]
            mine, wanted = tuple(row[c] for c in columns), tuple(wanted_of[c] for c in columns)
            if columns and None not in mine:
                u = values.count(wanted) / len(values)
                ratio *= m / u if mine == wanted else (1 - m) / (1 - u)
        own = [event for event in events if event[2] == row["row_id"]]
        for contact in told.filter(pl.col("ordinal") < contacts).to_dicts():
            if contact["service"] not in release.events:
                continue
            place = contact["place"] if release.spec.places else None
            share = sum(event[:2] == (contact["service"], place) for event in events)
            chance = sum(
                error_chance((contact["recalled"] - day).days, spec.date_error_days.value)
                / len(meant[event])
                for event in own
                if event[:2] == (contact["service"], place)
                for day in meant[event]
            )
            ratio *= doubt
            if chance > 0:
                background = share / len(events) / span
                ratio += ratio / doubt * (1 - doubt) * chance / len(own) / background
        ratios.append(ratio)
    return ratios


def slow_claim(
    release: Release, ratios: list[float], spec: DatedEventsSpec
) -> tuple[int, float] | None:
    """The row that is claimed, and the stated confidence."""
    if not ratios:
        return None
    ranked = sorted(ratios, reverse=True)
    lead = log(ranked[0] / ranked[1]) if len(ranked) > 1 else inf
    if lead <= 0 or lead < spec.gap.value or ranked[0] <= len(ratios):
        return None
    prior = PRESENT / len(ratios)
    confidence = prior * ranked[0] / (1 - PRESENT + prior * sum(ratios))
    return release.people["row_id"][ratios.index(ranked[0])], confidence


def is_too_close_to_call(ratios: list[float], spec: DatedEventsSpec) -> bool:
    """Whether rounding decides: ties and leads are equal to within floating point."""
    if len(ratios) < 1:
        return False
    ranked = sorted(ratios, reverse=True)
    lead = log(ranked[0] / ranked[1]) if len(ranked) > 1 else inf
    return min(abs(lead), abs(lead - spec.gap.value), abs(ranked[0] - len(ratios))) < 1e-9
