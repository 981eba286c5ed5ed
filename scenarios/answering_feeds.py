"""Answers from feeds: what a feed adds to police records, judged by what truly happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from reidentify.feed_specs import FeedSpec
from reidentify.gazetteer import gazetteer_of
from scenarios.compare_feed import OTHER_YEARS, REDRAWN, answer_from_feed, venues_named
from scenarios.compare_feed import drawn_again as redrawn
from scenarios.questions.estimate import CannotAnswer, Window
from scenarios.questions.placing import Atlas, Intelligence
from scenarios.questions.specs import HotSpotsSpec
from scenarios.questions.venue_evidence import LICENSED
from simulator.violence.incidents import with_trial

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scenarios.accounts import Accountant
    from scenarios.handover import Fed, Run, Written
    from scenarios.questions.estimate import Estimate
    from scenarios.questions.specs import FeedQuestion, VenueEvidenceSpec
    from scenarios.result import Figure
    from scenarios.stages import Made
    from simulator.state import World

_POLICE = (
    "record_id",
    "from_time",
    "to_time",
    "injury",
    "easting",
    "northing",
    "location_type",
)
_PLACED = ("easting", "northing")


def feed_figures(run: Run, name: str, question: FeedQuestion, write: Accountant) -> list[Figure]:
    """Answers a question of a feed, and says what should have been found.

    Args:
        run: The run.
        name: Name of the question.
        question: The question.
        write: Writes the figures.
    """
    held, happened = intelligence(run, question), run.stages.make(_happened, run.world)
    again = {}
    if isinstance(question, HotSpotsSpec):
        again = {one: _drawn_again(run, question, one) for one in REDRAWN}
    found = run.stages.make(_answer, question, held, happened, run.world, again)
    return [write.estimate(name, estimate) for estimate in found.value]


def named_by(run: Run, question: VenueEvidenceSpec) -> NDArray[np.float64] | None:
    """Says which of the truly worst venues an answer names; None where there is no answer."""
    held, happened = intelligence(run, question), run.stages.make(_happened, run.world)
    try:
        return run.stages.make(venues_named_of, question, held, happened).value
    except CannotAnswer:
        return None


def venues_named_of(
    question: VenueEvidenceSpec,
    held: Intelligence,
    happened: tuple[pl.DataFrame, pl.DataFrame],
) -> NDArray[np.float64]:
    """Returns, for each truly worst venue, 1.0 if the answer names it."""
    return venues_named(question, held, *happened)["answered"]


def intelligence(run: Run, question: FeedQuestion) -> Made[Intelligence]:
    """Returns what an analyst of a run looks at for a question, keyed by content."""
    feed, police = run.feeds[question.feed], run.written[question.police]
    return run.stages.make_pinned(_intelligence, feed, police, run.world)


def drawn_again(run: Run, question: HotSpotsSpec) -> NDArray[np.float64]:
    """Returns the answer to hot spots with all events drawn again and again; see costs."""
    return _drawn_again(run, question, "answered").value


def _drawn_again(run: Run, question: HotSpotsSpec, name: str) -> Made[NDArray[np.float64]]:
    """Draws the events behind one answer again; what no feed enters is drawn once for all."""
    make = run.stages.make
    happened = make(_happened, run.world)
    if name == "answered":
        held = intelligence(run, question)
        return make(_again, name, question, held, happened, run.world)
    police = run.stages.make_pinned(_police, run.written[question.police])
    return make(_again_without, name, question, police, happened, run.world)


def _intelligence(fed: Fed, police: Written, world: World) -> Intelligence:
    feed, gazetteer = fed[0], gazetteer_of(world)
    texts = pl.Series("location_text", [], pl.String)
    if "location_text" in feed.rows.columns:
        texts = feed.rows["location_text"]
    resolved = gazetteer.resolve(texts).drop_nulls("easting")
    atlas = Atlas(
        streets=gazetteer.streets.select("street", "ward", *_PLACED, "addresses"),
        points=gazetteer.points.select("point", *_PLACED),
        venues=gazetteer.venues.filter(pl.col("kind") == LICENSED).select(
            "spot", "street", "point", "ward", "name", *_PLACED
        ),
        texts=resolved.select(pl.col("text").alias("location_text"), "spot", *_PLACED),
    )
    return Intelligence(feed.spec, feed.rows, _police(police), atlas)


def _police(police: Written) -> pl.DataFrame:
    return police[0].frame.select(_POLICE)


def _happened(world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns assaults treated in A&E of this world, and of other draws of the same town."""
    years = range(1, OTHER_YEARS + 1)
    others = [_treated(with_trial(world, trial, ("assault",))) for trial in years]
    return _treated(world), pl.concat(others)


def _treated(world: World) -> pl.DataFrame:
    """Returns the assaults of which some victim went to A&E, ordered by incident."""
    if world.violence is None:
        raise ValueError("answering_feeds: the world has no violence to be asked about")
    people = world.violence.people.filter(pl.col("role") == "victim", pl.col("attended"))
    incidents = world.violence.incidents.filter(pl.col("kind") == "assault")
    treated = incidents.join(people.select("incident_id").unique(), on="incident_id", how="semi")
    return treated.select("incident_id", "time", *_PLACED, "spot").sort("incident_id")


def _answer(
    question: FeedQuestion,
    held: Intelligence,
    happened: tuple[pl.DataFrame, pl.DataFrame],
    world: World,
    again: dict[str, NDArray[np.float64]],
) -> list[Estimate]:
    return answer_from_feed(question, held, *happened, _window(world), again)


def _again(
    name: str,
    question: HotSpotsSpec,
    held: Intelligence,
    happened: tuple[pl.DataFrame, pl.DataFrame],
    world: World,
) -> NDArray[np.float64]:
    return redrawn(name, question, held, happened[0], _window(world))


def _again_without(
    name: str,
    question: HotSpotsSpec,
    police: pl.DataFrame,
    happened: tuple[pl.DataFrame, pl.DataFrame],
    world: World,
) -> NDArray[np.float64]:
    """Does the same for an answer into which no feed enters."""
    nothing = FeedSpec(title="none", agency="none", places="none")
    none = pl.DataFrame()
    held = Intelligence(nothing, none, police, Atlas(none, none, none, none))
    return redrawn(name, question, held, happened[0], _window(world))


def _window(world: World) -> Window:
    return Window(world.spec.start, world.spec.days)
