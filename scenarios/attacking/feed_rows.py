"""Rows of a feed attack: what is compared, learnt, claimed and scored. Reads the Truth.

Each function is a stage: a pure function of a feed, of what it is about, and of what is known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reidentify import risk_feed, risk_feed_grid
from reidentify.adversaries import event_beliefs, event_match, event_windows, location_reader
from reidentify.adversaries.event_pairs import compare
from reidentify.feed_specs import AcquaintanceSpec, OnwardTeamSpec
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
    from reidentify.claims import Claims
    from reidentify.feed_specs import LocationReaderSpec, PoliceAnalystSpec
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


def learn(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    places: Gazetteer,
    by_rows: bool,  # noqa: FBT001 - stages pass arguments by position
) -> Belief:
    """Learns the true rates on a trial, as an informed attacker knows them."""
    comparison = compare(fed[0], places, known[0], by_rows=by_rows)
    return event_beliefs.learn(comparison, _right(comparison, known, scene))


def _right(comparison: Comparison, known: Known, scene: FeedScene) -> NDArray[np.bool_]:
    return risk_feed.right_pairs(comparison, known[1], scene.owners)


def police_rows(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    trial_fed: Fed,
    trial_scene: FeedScene,
    trial_known: Known,
    informed: Belief,
    places: Gazetteer,
    spec: PoliceAnalystSpec,
) -> list[RiskRow]:
    """Scores a police analyst: three grades, fixed windows, and the best of all of them."""
    comparison = compare(fed[0], places, known[0])
    right = _right(comparison, known, scene)
    trial = compare(trial_fed[0], places, trial_known[0])
    trial_right = _right(trial, trial_known, trial_scene)
    control = compare(fed[0], places, trial_known[0])
    chances = risk_feed.random_chances(comparison, right)
    trial_chances = risk_feed.random_chances(trial, trial_right)
    holds = f"records of {', '.join(spec.holds)}"
    settings = (spec.confidence.value, spec.gap.value)
    beliefs = {
        "informed": informed,
        "self-taught": event_beliefs.teach_itself(comparison),
        "naive": event_beliefs.NAIVE,
    }
    mine: dict[str, Attempt] = {}
    theirs: dict[str, Attempt] = {}
    for grade, belief in beliefs.items():
        method = event_match.describe(holds, grade, *settings)
        claims = event_match.attack(comparison, belief, *settings)
        absent = event_match.attack(control, belief, *settings)
        mine[grade] = Attempt(claims, absent, known[1], chances, method)
        learnt = event_beliefs.teach_itself(trial) if grade == "self-taught" else belief
        tried = event_match.attack(trial, learnt, *settings)
        theirs[grade] = Attempt(tried, tried, trial_known[1], trial_chances, method)
    windows = _window_attempts(comparison, control, known[1], chances, holds)
    on_trial = _window_attempts(trial, trial, trial_known[1], trial_chances, holds)
    everything = ({**theirs, **_named(on_trial)}, {**mine, **_named(windows)})
    return [
        *risk_feed.score(scene, mine["informed"]),
        *risk_feed.score_as(scene, mine["self-taught"], "grade=self-taught"),
        *risk_feed.score_as(scene, mine["naive"], "grade=naive"),
        *risk_feed_grid.best_of_grid((trial_scene, everything[0]), (scene, everything[1])),
        *risk_feed_grid.score_windows(scene, comparison, right, windows),
    ]


def _window_attempts(
    comparison: Comparison,
    control: Comparison,
    targets: TargetTruth,
    chances: pl.DataFrame,
    holds: str,
) -> dict[event_windows.Window, Attempt]:
    absent = event_windows.attack_windows(control)
    return {
        window: Attempt(
            claims, absent[window], targets, chances, event_windows.describe(holds, window)
        )
        for window, claims in event_windows.attack_windows(comparison).items()
    }


def _named(attempts: dict[event_windows.Window, Attempt]) -> dict[str, Attempt]:
    return {f"window {window}": attempt for window, attempt in attempts.items()}


def informed_rows(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    trial_known: Known,
    belief: Belief,
    places: Gazetteer,
    spec: PoliceAnalystSpec,
    label: str,
) -> list[RiskRow]:
    """Scores the informed attacker alone: at one point of the grid, or as set without a label."""
    comparison = compare(fed[0], places, known[0])
    right = _right(comparison, known, scene)
    control = compare(fed[0], places, trial_known[0])
    settings = (spec.confidence.value, spec.gap.value)
    holds = f"records of {', '.join(spec.holds)}{', at ' if label else ''}{label}"
    attempt = Attempt(
        event_match.attack(comparison, belief, *settings),
        event_match.attack(control, belief, *settings),
        known[1],
        risk_feed.random_chances(comparison, right),
        event_match.describe(holds, "informed", *settings),
    )
    return risk_feed.score_as(scene, attempt, label) if label else risk_feed.score(scene, attempt)


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
    fed: Fed,
    scene: FeedScene,
    known: Known,
    informed: Belief,
    places: Gazetteer,
    spec: AcquaintanceSpec | OnwardTeamSpec,
    grades: tuple[str, ...],
) -> list[RiskRow]:
    """Scores somebody who looks for the rows of known events, in each grade."""
    comparison = compare(fed[0], places, known[0], by_rows=False)
    right = _right(comparison, known, scene)
    chances = risk_feed.random_chances(comparison, right)
    settings = (spec.confidence.value, spec.gap.value)
    rows: list[RiskRow] = []
    for grade in grades:
        belief = {
            "informed": lambda: informed,
            "self-taught": lambda: event_beliefs.teach_itself(comparison),
            "naive": lambda: event_beliefs.NAIVE,
        }[grade]()
        label = "all" if grade == "informed" else f"grade={grade}"
        claims: Claims = event_match.attack(comparison, belief, *settings)
        method = event_match.describe(_held(spec), grade, *settings)
        attempt = Attempt(claims, claims, known[1], chances, method)
        rows += score_targets(scene, attempt, label)
    return rows


def _held(spec: AcquaintanceSpec | OnwardTeamSpec) -> str:
    """Says what somebody who knows of events holds."""
    place = f"the place of {spec.place_known.value:.0%} of them"
    error = f"times off by {spec.time_error_hours.value:g} hours"
    if isinstance(spec, OnwardTeamSpec):
        return f"assaults of which {spec.caseload:,} clients tell it ({error}; {place})"
    who = "from the news" if spec.source == "news" else "from life"
    return f"one assault of each of {spec.targets:,} targets, known {who} ({error}; {place})"


def marked(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    belief: Belief,
    places: Gazetteer,
    spec: PoliceAnalystSpec | AcquaintanceSpec | OnwardTeamSpec,
    by_rows: bool,  # noqa: FBT001 - stages pass arguments by position
) -> pl.DataFrame:
    """Gives the informed attacker's claims, with which of them are right."""
    comparison = compare(fed[0], places, known[0], by_rows=by_rows)
    claims = event_match.attack(comparison, belief, spec.confidence.value, spec.gap.value)
    return risk_feed.mark(claims, known[1], scene.owners).drop("person_id", "meant")
