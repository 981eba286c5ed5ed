"""Rows of a feed attack: what is compared, learnt, claimed and scored. Reads the Truth.

Each function is a stage: a pure function of a feed, of what it is about, and of what is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reidentify import risk_feed, risk_feed_grid
from reidentify.adversaries import event_beliefs, event_match, event_windows, location_reader
from reidentify.adversaries.event_pairs import compare
from reidentify.adversaries.event_tables import tabulate_events, tabulate_rows
from reidentify.feed_specs import AcquaintanceSpec, OnwardTeamSpec, PoliceAnalystSpec
from reidentify.knowledge_events import draw_acquaintances, draw_caseload, police_knowledge
from reidentify.risk_feed import Attempt
from reidentify.risk_feed_targets import score_targets
from simulator.violence.answers import record_incidents

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from reidentify.adversaries.event_beliefs import Belief
    from reidentify.adversaries.event_pairs import Comparison
    from reidentify.adversaries.event_tables import KnownTable, RowTable
    from reidentify.claims import Claims
    from reidentify.feed_specs import LocationReaderSpec, PlacePrecision
    from reidentify.gazetteer import Gazetteer
    from reidentify.knowledge import TargetTruth
    from reidentify.knowledge_addresses import AddressList
    from reidentify.knowledge_events import EventKnowledge
    from reidentify.risk_feed import FeedScene
    from reidentify.risk_rows import RiskRow
    from scenarios.handover import Fed, Written
    from simulator.specs import AgencySpec
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec

Known = tuple["EventKnowledge", "TargetTruth"]
EventSpec = PoliceAnalystSpec | AcquaintanceSpec | OnwardTeamSpec
"""Attackers who lay known events beside the rows of a feed."""

Laid = tuple["Comparison", "FeedScene", Known, "NDArray[np.bool_]"]
"""Rows and known events of one set of nights: compared, what the rows and the events are about, and
which pairs are right."""


def scene(
    fed: Fed,
    world: World,
    people: pl.DataFrame,
    name: str,
    agencies: dict[str, AgencySpec],
    recording: RecordingSpec,
) -> FeedScene:
    """Gathers what a feed is really about."""
    about = {
        agency: record_incidents(world, agency, spec, recording)
        for agency, spec in agencies.items()
    }
    reported = next((frame for agency, frame in about.items() if agency != name), None)
    return risk_feed.make_scene(fed[1], about[name], people, world.spec.start, reported)


def police_known(held: dict[str, Written], world: World, name: str) -> Known:
    """Gives what police agencies hold, as known events."""
    return police_knowledge(held, name, world.seed, world.people.height)


def events_known(world: World, spec: AcquaintanceSpec | OnwardTeamSpec, name: str) -> Known:
    """Gives what an acquaintance, a news reader or a team knows."""
    if isinstance(spec, OnwardTeamSpec):
        return draw_caseload(world, spec, name)
    return draw_acquaintances(world, spec, name)


def rows_of(fed: Fed, places: Gazetteer) -> RowTable:
    """Turns the rows of a feed into numbers."""
    return tabulate_rows(fed[0], places)


def events_of(known: Known, places: Gazetteer, precision: PlacePrecision) -> KnownTable:
    """Turns known events into numbers, their places as exact as a feed's."""
    return tabulate_events(known[0], places, precision)


def compared(
    rows: RowTable,
    events: KnownTable,
    by_rows: bool,  # noqa: FBT001 - stages pass arguments by position
) -> Comparison:
    """Lays rows and known events beside each other."""
    return compare(rows, events, by_rows=by_rows)


def right(comparison: Comparison, known: Known, scene: FeedScene) -> NDArray[np.bool_]:
    """Says which pairs are right."""
    return risk_feed.right_pairs(comparison, known[1], scene.owners)


def learn(comparison: Comparison, right: NDArray[np.bool_]) -> Belief:
    """Learns the true rates on a trial, as an informed attacker knows them."""
    return event_beliefs.learn(comparison, right)


def informed_rows(
    here: Laid, control: Comparison, belief: Belief, spec: PoliceAnalystSpec, label: str
) -> list[RiskRow]:
    """Scores the informed police analyst: at one point of the grid, or as set without a label."""
    at = f", at {label}" if label else ""
    attempt = _claimed(here, control, belief, spec, "informed", at)
    scene = here[1]
    return risk_feed.score_as(scene, attempt, label) if label else risk_feed.score(scene, attempt)


def other_rows(
    here: Laid, control: Comparison, there: Laid, informed: Belief, spec: PoliceAnalystSpec
) -> list[RiskRow]:
    """Scores a police analyst as it teaches itself, naive, with windows, and the best of all."""
    mine: dict[str, Attempt] = {}
    theirs: dict[str, Attempt] = {}
    beliefs = {
        "informed": (informed, informed),
        "self-taught": tuple(event_beliefs.teach_itself(laid[0]) for laid in (here, there)),
        "naive": (event_beliefs.NAIVE, event_beliefs.NAIVE),
    }
    for grade, (now, then) in beliefs.items():
        mine[grade] = _claimed(here, control, now, spec, grade)
        theirs[grade] = _claimed(there, there[0], then, spec, grade)
    windows = _window_attempts(here, control, spec)
    everything = (
        {**theirs, **_named(_window_attempts(there, there[0], spec))},
        {**mine, **_named(windows)},
    )
    (comparison, scene, _, right), trial_scene = here, there[1]
    return [
        *risk_feed.score_as(scene, mine["self-taught"], "grade=self-taught"),
        *risk_feed.score_as(scene, mine["naive"], "grade=naive"),
        *risk_feed_grid.best_of_grid((trial_scene, everything[0]), (scene, everything[1])),
        *risk_feed_grid.score_windows(scene, comparison, right, windows),
    ]


def _claimed(
    laid: Laid,
    control: Comparison,
    belief: Belief,
    spec: PoliceAnalystSpec,
    grade: str,
    at: str = "",
) -> Attempt:
    """Makes the claims of a grade, on what is at hand and on the control."""
    comparison, _, known, right = laid
    settings = (spec.confidence.value, spec.gap.value)
    return Attempt(
        event_match.attack(comparison, belief, *settings),
        event_match.attack(control, belief, *settings),
        known[1],
        risk_feed.random_chances(comparison, right),
        event_match.describe(_records(spec) + at, grade, *settings),
    )


def _records(spec: PoliceAnalystSpec) -> str:
    """Says what a police analyst holds."""
    return f"records of {', '.join(spec.holds)}"


def _window_attempts(
    laid: Laid, control: Comparison, spec: PoliceAnalystSpec
) -> dict[event_windows.Window, Attempt]:
    comparison, _, known, right = laid
    absent = event_windows.attack_windows(control)
    chances = risk_feed.random_chances(comparison, right)
    return {
        window: Attempt(
            claims,
            absent[window],
            known[1],
            chances,
            event_windows.describe(_records(spec), window),
        )
        for window, claims in event_windows.attack_windows(comparison).items()
    }


def _named(attempts: dict[event_windows.Window, Attempt]) -> dict[str, Attempt]:
    return {f"window {window}": attempt for window, attempt in attempts.items()}


def reader_rows(
    fed: Fed,
    scene: FeedScene,
    listed: tuple[AddressList, TargetTruth],
    places: Gazetteer,
    spec: LocationReaderSpec,
) -> list[RiskRow]:
    """Scores a reader of places."""
    claims = location_reader.attack(fed[0], places, listed[0], spec)
    named = location_reader.residents(fed[0], places, listed[0], spec)
    chances = _chance_of_one(named, listed[1], scene.owners)
    # The control: the same names given to the next row that is read, who lives elsewhere.
    absent = replace(claims, frame=_shifted(claims.frame))
    attempt = Attempt(claims, absent, listed[1], chances, location_reader.describe(spec))
    return risk_feed.score(scene, attempt)


def _shifted(claims: pl.DataFrame) -> pl.DataFrame:
    """Gives each row the name that was claimed for the one before."""
    return claims.with_columns(target_id=claims["target_id"].shift(1, fill_value=0))


def _chance_of_one(named: pl.DataFrame, targets: TargetTruth, owners: pl.DataFrame) -> pl.DataFrame:
    """Gives how likely a random resident of each row that is read is the person it is about."""
    marked = risk_feed.mark_pairs(named, targets, owners)
    return marked.group_by("row_id").agg(chance=marked["correct"].mean()).sort("row_id")


def target_rows(
    here: Laid, informed: Belief, spec: AcquaintanceSpec | OnwardTeamSpec, grade: str
) -> list[RiskRow]:
    """Scores somebody who looks for the rows of known events, in one grade."""
    comparison, scene, known, right = here
    settings = (spec.confidence.value, spec.gap.value)
    belief = {
        "informed": lambda: informed,
        "self-taught": lambda: event_beliefs.teach_itself(comparison),
        "naive": lambda: event_beliefs.NAIVE,
    }[grade]()
    claims: Claims = event_match.attack(comparison, belief, *settings)
    method = event_match.describe(_held(spec), grade, *settings)
    chances = risk_feed.random_chances(comparison, right)
    attempt = Attempt(claims, claims, known[1], chances, method)
    return score_targets(scene, attempt, "all" if grade == "informed" else f"grade={grade}")


def _held(spec: AcquaintanceSpec | OnwardTeamSpec) -> str:
    """Says what somebody who knows of events holds."""
    place = f"the place of {spec.place_known.value:.0%} of them"
    error = f"times off by {spec.time_error_hours.value:g} hours"
    if isinstance(spec, OnwardTeamSpec):
        return f"assaults of which {spec.caseload:,} clients tell it ({error}; {place})"
    who = "from the news" if spec.source == "news" else "from life"
    return f"one assault of each of {spec.targets:,} targets, known {who} ({error}; {place})"


def marked(here: Laid, belief: Belief, spec: EventSpec) -> pl.DataFrame:
    """Gives the informed attacker's claims, with which of them are right."""
    comparison, scene, known, _ = here
    claims = event_match.attack(comparison, belief, spec.confidence.value, spec.gap.value)
    return risk_feed.mark(claims, known[1], scene.owners).drop("person_id", "meant")
