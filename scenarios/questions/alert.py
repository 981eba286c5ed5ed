"""Alert: who reaches a number of contacts, over all services, within a span of days?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.intervals import wilson
from scenarios.questions.estimate import Estimate, minutes_since, positions, require

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.questions.estimate import View, Window
    from scenarios.questions.specs import AlertSpec

_MINUTES_PER_DAY = 1_440
NEVER = np.iinfo(np.int64).max
"""The minute of an alert that is never raised."""


def answer(view: View, spec: AlertSpec, window: Window) -> list[Estimate]:
    """Answers the question: how many people raise an alert, and how much linking adds.

    Args:
        view: People and events.
        spec: The question.
        window: The window.

    Returns:
        People who raise an alert over all services; people whom the best single service would
        have found alone; and the median number of days by which linking is earlier for those whom
        some single service also finds.

    Raises:
        CannotAnswer: If the view lacks what is needed.
    """
    joint = alert_minutes(view, spec, spec.services, window)
    alone = [alert_minutes(view, spec, (service,), window) for service in spec.services]
    people, raised = view.people.height, joint < NEVER
    found = int(raised.sum())
    best = max(int((minutes < NEVER).sum()) for minutes in alone)
    first_alone = np.min(np.stack(alone), axis=0)
    both = raised & (first_alone < NEVER)
    lead = (first_alone - joint)[both] / _MINUTES_PER_DAY
    low, high = wilson(found, people)
    method = f"{spec.contacts} contacts within {spec.within_days} days"
    return [
        Estimate(
            "estimate", found, "count", low * people, high * people,
            count=found, out_of=people, method=method,
        ),
        Estimate(
            "best_single_service", best, "count", count=best, out_of=people,
            method="the same alert without linking, by the service that finds most",
        ),
        Estimate(
            "lead_time",
            float(np.median(lead)) if lead.size else float("nan"),
            "days",
            out_of=int(both.sum()),
            method="median days by which linking is earlier, of people whom a service finds alone",
        ),
    ]  # fmt: skip


def raised(view: View, spec: AlertSpec, window: Window) -> pl.Series:
    """Returns the `row_id` of people who raise an alert, ascending."""
    minutes = alert_minutes(view, spec, spec.services, window)
    return view.people["row_id"].filter(pl.Series(minutes < NEVER))


def alert_minutes(
    view: View, spec: AlertSpec, services: tuple[str, ...], window: Window
) -> NDArray[np.int64]:
    """Returns the minute at which each person raises the alert; the largest int64 for never."""
    require(view, services, ("event_time",), ())
    person = np.concatenate([positions(view, service) for service in services])
    time = np.concatenate(
        [minutes_since(view.events[service]["event_time"], window.start) for service in services]
    )
    order = np.lexsort((time, person))
    person, time = person[order], time[order]
    last = np.arange(spec.contacts - 1, len(person))
    first = last - (spec.contacts - 1)
    close = time[last] - time[first] <= spec.within_days * _MINUTES_PER_DAY
    reached = last[(person[first] == person[last]) & close]
    minutes = np.full(view.people.height, NEVER)
    np.minimum.at(minutes, person[reached], time[reached])
    return minutes
