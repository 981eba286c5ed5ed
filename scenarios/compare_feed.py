"""Comparison of a feed's answers with what truly happened: patrols and venues judged. Reads truth.

Planted is the same choice from other years of the same town, in which every assault is seen.
Realised is the same estimator with the true time and place of every assault treated in A&E.
Answered is what the proposal's feed gives, and police only is what the police would do without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.intervals import Z_95, wilson
from scenarios.questions import hot_spots, venue_evidence
from scenarios.questions.estimate import CannotAnswer, Estimate
from scenarios.questions.specs import HotSpotsSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scenarios.questions.estimate import Window
    from scenarios.questions.hot_spots import Sightings
    from scenarios.questions.placing import Intelligence
    from scenarios.questions.specs import FeedQuestion, VenueEvidenceSpec

OTHER_YEARS = 3
"""How many other draws of the town's incidents show where assaults truly tend to happen."""

REDRAWN = ("police_only", "realised", "answered")
"""Answers to hot spots that have a range by drawing all events again."""

_TOLD = {
    "planted": f"patrols as chosen from {OTHER_YEARS} other draws of the same town, all seen: "
    "the town's rhythm was put in by us",
    "police_only": "patrols as chosen from police events with injury alone",
    "realised": "patrols as chosen from police events with injury and every assault treated in "
    "A&E, at its true time and place",
    "answered": "patrols as chosen from police events with injury and the feed",
}


def answer_from_feed(
    question: FeedQuestion,
    held: Intelligence,
    assaults: pl.DataFrame,
    usual: pl.DataFrame,
    window: Window,
    again: Mapping[str, NDArray[np.float64]] | None = None,
) -> list[Estimate]:
    """Answers a question of a feed, and says what should have been found.

    Args:
        question: The question.
        held: The feed, police records and public places.
        assaults: Assaults truly treated in A&E: `incident_id`, `time`, `easting`, `northing`,
            `spot`.
        usual: The same of other draws of the town.
        window: The window.
        again: Of hot spots, what `drawn_again` gives for police_only, realised and answered; None
            to find it here.

    Returns:
        Estimates named planted, realised, answered, police_only, benefit and linkage_bias, as far
        as the question has them. An answer without a value says why.
    """
    try:
        if isinstance(question, HotSpotsSpec):
            redrawn = again or {
                name: drawn_again(name, question, held, assaults, window) for name in REDRAWN
            }
            return _hot_spots(question, held, assaults, usual, window, redrawn)
        return _venues(question, held, assaults, usual)
    except CannotAnswer as missing:
        return [Estimate("answered", float("nan"), "share", method=f"no answer: {missing}")]


def drawn_again(
    name: str, question: HotSpotsSpec, held: Intelligence, assaults: pl.DataFrame, window: Window
) -> NDArray[np.float64]:
    """Gives one answer to hot spots again and again, with all events drawn again.

    Two options share their draws, so the range of their difference comes from the differences.

    Args:
        name: Which answer, of REDRAWN.
        question: The question.
        held: As for `answer_from_feed`; only `answered` looks at its feed.
        assaults: As for `answer_from_feed`.
        window: The window.
    """
    seen = _seen(name, question, held, assaults, window)
    judged = _judged(question, assaults, window)
    return hot_spots.resampled(seen, judged, hot_spots.patrols_of(question))


def _seen(
    name: str, question: HotSpotsSpec, held: Intelligence, assaults: pl.DataFrame, window: Window
) -> Sightings:
    police = hot_spots.police_sightings(held, question, window)
    if name == "realised":
        early = assaults.filter(pl.col("time") < hot_spots.cut_of(window))
        return police.with_others(_exact(question, early))
    if name == "answered":
        return police.with_others(hot_spots.feed_sightings(held, question, window))
    return police


def _hot_spots(
    question: HotSpotsSpec,
    held: Intelligence,
    assaults: pl.DataFrame,
    usual: pl.DataFrame,
    window: Window,
    again: Mapping[str, NDArray[np.float64]],
) -> list[Estimate]:
    judged = _judged(question, assaults, window)
    seen = {"planted": _exact(question, usual)}
    seen |= {name: _seen(name, question, held, assaults, window) for name in REDRAWN}
    patrols = hot_spots.patrols_of(question)
    found = [
        _share(name, hot_spots.choose(one, patrols), judged, again.get(name))
        for name, one in seen.items()
    ]
    values = {one.measure: one.value for one in found}
    note = "same patrols' hours, same assaults; range by drawing all events again"
    pairs = (("benefit", "police_only"), ("linkage_bias", "realised"))
    return found + [
        Estimate(
            measure,
            values["answered"] - values[other],
            "share",
            *_around(values["answered"] - values[other], again["answered"] - again[other]),
            out_of=len(judged.cell),
            method=f"answered minus {other.replace('_', ' ')}: {note}",
        )
        for measure, other in pairs
    ]


def _share(
    name: str, chosen: NDArray[np.int64], judged: Sightings, again: NDArray[np.float64] | None
) -> Estimate:
    everything = len(judged.cell)
    value = hot_spots.reached(chosen, judged, np.ones(everything))
    count = round(value * everything) if everything else 0
    ends = wilson(count, everything) if again is None else _around(value, again)
    method = f"{_TOLD[name]}: {hot_spots.METHOD}"
    return Estimate(
        name, value, "share", max(0.0, ends[0]), ends[1], count=count, out_of=everything,
        method=method,
    )  # fmt: skip


def _around(value: float, again: NDArray[np.float64]) -> tuple[float, float]:
    drawn = again[np.isfinite(again)]
    reach = Z_95 * float(np.std(drawn, ddof=1)) if len(drawn) > 1 else float("nan")
    return value - reach, value + reach


def _exact(question: HotSpotsSpec, assaults: pl.DataFrame) -> Sightings:
    places = tuple(assaults[name].to_numpy().astype(np.int64) for name in ("easting", "northing"))
    return hot_spots.sightings_at(
        assaults["incident_id"].to_numpy(),
        (places[0], places[1]),
        assaults["time"],
        question.cell_metres,
    )


def _judged(question: HotSpotsSpec, assaults: pl.DataFrame, window: Window) -> Sightings:
    late = assaults.filter(pl.col("time") >= hot_spots.cut_of(window))
    return _exact(question, late)


def venues_named(
    question: VenueEvidenceSpec, held: Intelligence, assaults: pl.DataFrame, usual: pl.DataFrame
) -> dict[str, NDArray[np.float64]]:
    """Says which of the truly worst venues each answer names.

    Args:
        question: The question.
        held: As for `answer_from_feed`.
        assaults: As for `answer_from_feed`.
        usual: As for `answer_from_feed`.

    Returns:
        By answer (police_only, realised, answered), 1.0 for each truly worst venue that it names
        and 0.0 for the others, in order of how bad they truly are.

    Raises:
        CannotAnswer: If the feed does not say what kind of place a row is about, or no place.
    """
    venues = held.atlas.venues
    true_now = _at_venues(assaults, venues)
    truly = venue_evidence.worst(true_now + _at_venues(usual, venues), venues, question.top)
    police = venue_evidence.police_counts(held)
    counts = {
        "police_only": police,
        "realised": police + true_now,
        "answered": police + venue_evidence.feed_counts(held),
    }
    return {
        name: np.isin(truly, venue_evidence.worst(one, venues, len(truly))).astype(np.float64)
        for name, one in counts.items()
    }


def mean_range(values: NDArray[np.float64]) -> tuple[float, float]:
    """Returns the 95 % range of a mean over venues; NaN at both ends for fewer than two."""
    if len(values) < 2:  # noqa: PLR2004 - one value has no spread
        return float("nan"), float("nan")
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5
    return float(values.mean()) - Z_95 * error, float(values.mean()) + Z_95 * error


def _venues(
    question: VenueEvidenceSpec, held: Intelligence, assaults: pl.DataFrame, usual: pl.DataFrame
) -> list[Estimate]:
    named = venues_named(question, held, assaults, usual)
    judged = f"truly worst: over this draw and {OTHER_YEARS} others of the same town"
    found = [_found(name, int(one.sum()), len(one), judged) for name, one in named.items()]
    for measure, other in (("benefit", "police_only"), ("linkage_bias", "realised")):
        gain = named["answered"] - named[other]
        low, high = mean_range(gain)
        method = f"answered minus {other.replace('_', ' ')}; {judged}; range over venues"
        gained = float(gain.mean()) if len(gain) else float("nan")
        found.append(Estimate(measure, gained, "share", low, high, out_of=len(gain), method=method))
    return [*found, *_worst_venue(held)]


def _found(name: str, count: int, out_of: int, judged: str) -> Estimate:
    low, high = wilson(count, out_of)
    value = count / out_of if out_of else float("nan")
    method = f"{name.replace('_', ' ')}: {venue_evidence.METHOD}; {judged}"
    return Estimate(name, value, "share", low, high, count=count, out_of=out_of, method=method)


def _worst_venue(held: Intelligence) -> list[Estimate]:
    """Says how many rows of the feed, and police events, there are about the venue ranked worst."""
    police, fed = venue_evidence.police_counts(held), venue_evidence.feed_counts(held)
    ranked = venue_evidence.worst(police + fed, held.atlas.venues, 1)
    if not len(ranked):
        return []
    at = int(ranked[0])
    name = held.atlas.venues["name"][at]
    rows = []
    for measure, counts, what in (
        ("worst_venue_rows", fed, "rows of the feed"),
        ("worst_venue_police_events", police, "police events with injury"),
    ):
        value, total = float(counts[at]), round(float(counts.sum()))
        low, high = venue_evidence.poisson_interval(value)
        method = f"{what} at the venue ranked worst, {name}; exact Poisson interval"
        rows.append(Estimate(measure, value, "count", low, high, out_of=total, method=method))
    return rows


def _at_venues(assaults: pl.DataFrame, venues: pl.DataFrame) -> NDArray[np.float64]:
    counts = assaults.drop_nulls("spot").group_by("spot").len().sort("spot")
    joined = venues.select("spot").join(counts, on="spot", how="left", maintain_order="left")
    return joined["len"].fill_null(0).to_numpy().astype(np.float64)
