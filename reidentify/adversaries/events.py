"""Dated events: somebody who knows a few contacts of a person looks for them in a release.

Every person of the release is scored for every target by a likelihood ratio: how much likelier is
what is known if the row is the target than if it is anybody? Attributes give m/u where they agree
and (1 - m)/(1 - u) where they do not (Fellegi and Sunter 1969, JASA 64: 1183-1210), with u the
share of the release that has the target's value. A known contact is one of the target's events, any
as likely, unless it is misremembered or not in the release (probability w); so for a row with n
events

    ratio = w + (1 - w) * mean over its n events of P(recalled day, service, place | event) / P0

where P0 is the chance that any event of the release has that service, place and day. A claim needs
a lead over the second best row (the eccentricity of Narayanan and Shmatikov 2008, IEEE S&P 111-125)
and a ratio above the number of rows. Nothing here looks at who a row is about.

The attacker is *informed*: it uses the true settings of recall error. What it believes besides
stands below, is our assumption, and is printed with every figure.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import ceil, exp
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import ndtr

from reidentify.adversaries.kernels import Found, search
from reidentify.adversaries.tables import make_tables
from reidentify.claims import Claims

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from reidentify.adversaries.tables import OrderedEvents, Tables
    from reidentify.knowledge import DatedKnowledge
    from reidentify.release import Release
    from reidentify.specs import DatedEventsSpec

PRESENT = 0.95
"""What the attacker believes: the chance that a target has a row in the release."""

ABSENT = 0.05
"""What the attacker believes: the share of contacts that were not linked to their person."""

AGREEMENT: Mapping[str, float] = MappingProxyType({"sex": 0.997, "age": 0.99, "area": 0.90})
"""What the attacker believes: m, how often a target's row agrees. Addresses may be out of date."""

REACH_DEVIATIONS = 4
"""Standard deviations beyond which a date is not remembered wrongly (6 in 100,000 are)."""

_CHUNK_TARGETS = 64


def attack(
    release: Release,
    ordered: OrderedEvents,
    knowledge: DatedKnowledge,
    spec: DatedEventsSpec,
    threads: int = 1,
) -> dict[int, Claims]:
    """Looks for every target, with each number of known contacts.

    Args:
        release: What was handed over.
        ordered: Its events of the known services, from tables.order_events.
        knowledge: Targets, and max(spec.contacts) contacts of each.
        spec: The attack.
        threads: Threads to use; the claims are the same for any number.

    Returns:
        Claims by number of contacts: at most one a target, for the best row, if its ratio exceeds
        the second best by `spec.gap` natural-log units (a tie is never claimed) and exceeds the
        number of rows. Confidence is the row's posterior probability among all rows and "not
        there", each row having the same prior.
    """
    doubt = _doubt(spec)
    tables = make_tables(release, ordered, knowledge, spec, AGREEMENT, doubt)
    found = _search(tables, spec, threads)
    # The kernel leaves out w, once for each contact that the release could have shown.
    unmatched = doubt ** tables.shown[:, list(spec.contacts)].astype(np.float64)
    rows = release.people.height
    claimed = (
        (found.first * exp(-spec.gap.value) >= found.second)
        & (found.first > found.second)
        & (found.first * unmatched > rows)
    )
    prior = PRESENT / max(rows, 1)
    posterior = prior * found.first * unmatched / (1 - PRESENT + prior * found.total * unmatched)
    # The total is summed in another order than the best row alone, so rounding may exceed 1.
    confidence = np.minimum(posterior, 1.0)
    return {
        contacts: _claims(release, knowledge, found.best[:, at], confidence[:, at], claimed[:, at])
        for at, contacts in enumerate(spec.contacts)
    }


def describe(spec: DatedEventsSpec) -> str:
    """Says what the attacker holds and believes, for the method of a figure."""
    knows = "".join(f", {known}" for known in spec.knows)
    agreement = "".join(f", {known} agrees in {AGREEMENT[known]:.1%}" for known in spec.knows)
    return (
        f"dated events, informed attacker: knows date, service and place of contacts with "
        f"{', '.join(spec.services)}{knows}; uses the true recall settings (dates off by "
        f"{spec.date_error_days.value:g} days, {spec.misremembered.value:.0%} misremembered); "
        f"believes that {PRESENT:.0%} of targets and {1 - ABSENT:.0%} of contacts are there"
        f"{agreement}; claims with a lead of {spec.gap.value:g} natural-log units"
    )


def _doubt(spec: DatedEventsSpec) -> float:
    """Gives w: the chance that a known contact is none of the target's events in the release."""
    return 1 - (1 - spec.misremembered.value) * (1 - ABSENT)


def chance_within(deviation: float) -> NDArray[np.float64]:
    """Tables the error of a remembered date: a normal error rounded to days, and cut off.

    Args:
        deviation: Standard deviation in days; 0 for dates remembered exactly.

    Returns:
        float64 (2 * reach + 2,), with reach the last error that is considered: entry i is the
        chance that the error is less than i - reach days; it runs from 0 to 1.
    """
    reach = ceil(REACH_DEVIATIONS * deviation)
    if reach == 0:
        return np.array([0.0, 1.0])
    within: NDArray[np.float64] = ndtr((np.arange(2 * reach + 2) - reach - 0.5) / deviation)
    within[0], within[-1] = 0.0, 1.0
    return within


def _search(tables: Tables, spec: DatedEventsSpec, threads: int) -> Found:
    """Runs the compiled search over fixed chunks of targets."""
    count = len(tables.shown)
    shape = (count, len(spec.contacts))
    found = Found(np.full(shape, -1), np.zeros(shape), np.zeros(shape), np.zeros(shape))
    within = chance_within(spec.date_error_days.value)
    tried = np.array(spec.contacts, dtype=np.int64)

    def search_chunk(start: int) -> None:
        rows = (start, min(start + _CHUNK_TARGETS, count))
        search(tables.targets, tables.people, tables.events, within, tried, rows, found)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(search_chunk, range(0, count, _CHUNK_TARGETS)))
    return found


def _claims(
    release: Release,
    knowledge: DatedKnowledge,
    best: NDArray[np.int64],
    confidence: NDArray[np.float64],
    claimed: NDArray[np.bool_],
) -> Claims:
    at = np.flatnonzero(claimed)
    return Claims.of(
        pl.DataFrame(
            {
                "row_id": release.people["row_id"][best[at]],
                "target_id": knowledge.targets["target_id"][at],
                "confidence": confidence[at],
            }
        )
    )
