"""Attacks on feeds: police analysts, readers of places, acquaintances and teams. Reads the Truth.

What an informed attacker takes as true rates, and which point of its grid is best, is learnt on
another trial: the same town and people on other nights. The control lays what is known of those
other nights beside this feed, so that every claim is a wrong name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reidentify import risk_feed, risk_feed_grid
from reidentify.adversaries import event_beliefs, event_match, event_windows, location_reader
from reidentify.adversaries.event_pairs import compare
from reidentify.feed_specs import AcquaintanceSpec, OnwardTeamSpec
from reidentify.gazetteer import gazetteer_of
from reidentify.knowledge_addresses import draw_address_list
from reidentify.knowledge_events import draw_acquaintances, draw_caseload, police_knowledge
from reidentify.risk_feed import Attempt
from reidentify.risk_feed_targets import score_targets
from scenarios.handover import feed_of, write_down
from simulator.specs import OF_VIOLENCE
from simulator.violence.answers import record_incidents
from simulator.violence.incidents import with_trial
from simulator.world import groups_of_people

if TYPE_CHECKING:
    import polars as pl

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
    from scenarios.handover import Fed, Run, Written
    from scenarios.proposal import Proposal
    from scenarios.stages import Made
    from simulator.specs import AgencySpec
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec

LEARNT_ON = 21
"""The trial on which attackers learn, apart from those of which questions are judged."""

Known = tuple["EventKnowledge", "TargetTruth"]


@dataclass(frozen=True)
class _Nights:
    """One set of nights: this world's, or another trial's.

    Attributes:
        world: The world.
        fed: The feed made of it, and where its rows came from.
        scene: What the feed is about.
        known: What the attacker knows of it.
    """

    world: Made[World]
    fed: Made[Fed]
    scene: Made[FeedScene]
    known: Made[Known]


def police(run: Run, name: str, spec: PoliceAnalystSpec) -> list[RiskRow]:
    """Lays police records beside a feed, in three grades, fixed windows, and over a grid."""
    here, there = _nights(run, run.proposal, name, spec)
    places = _places(run)
    if run.is_end:
        return run.stages.make(_informed_rows, here.fed, here.scene, here.known, there.fed,
                               there.scene, there.known, places, spec, "").value  # fmt: skip
    rows = run.stages.make(_police_rows, here.fed, here.scene, here.known, there.fed, there.scene,
                           there.known, places, spec)  # fmt: skip
    found = list(rows.value)
    for overlap, survival in _grid(run.proposal, spec):
        variant = _recorded_otherwise(run.proposal, overlap, survival)
        one, other = _nights(run, variant, name, spec)
        label = f"overlap={overlap:g},survival={survival:g}"
        found += run.stages.make(_informed_rows, one.fed, one.scene, one.known, other.fed,
                                 other.scene, other.known, places, spec, label).value  # fmt: skip
    return found


def reader(run: Run, name: str, spec: LocationReaderSpec) -> list[RiskRow]:
    """Reads places that lead to few addresses, and looks up who lives there."""
    fed = run.feeds[spec.feed]
    scene = _scene_of(run, run.proposal, run.world, spec.feed, fed)
    places = _places(run)
    listed = run.stages.make(draw_address_list, run.world, spec.register_share.value, name)
    return run.stages.make(_reader_rows, fed, scene, listed, places, spec).value


def by_events(run: Run, name: str, spec: AcquaintanceSpec | OnwardTeamSpec) -> list[RiskRow]:
    """Looks for the rows of events that somebody knows of, in three grades."""
    here, there = (
        _Nights(
            world,
            fed,
            _scene_of(run, run.proposal, world, spec.feed, fed),
            run.stages.make(_events_known, world, spec, name),
        )
        for world, fed in _both(run, run.proposal, spec.feed)
    )
    places = _places(run)
    grades = ("informed",) if run.is_end else ("informed", "self-taught", "naive")
    return run.stages.make(_target_rows, here.fed, here.scene, here.known, there.fed, there.scene,
                           there.known, places, spec, grades).value  # fmt: skip


def kept(
    run: Run, name: str, spec: PoliceAnalystSpec | AcquaintanceSpec | OnwardTeamSpec
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Gives the events that an attacker knew, and the informed attacker's claims, marked."""
    if isinstance(spec, AcquaintanceSpec | OnwardTeamSpec):
        pairs = [
            _Nights(world, fed, _scene_of(run, run.proposal, world, spec.feed, fed),
                    run.stages.make(_events_known, world, spec, name))
            for world, fed in _both(run, run.proposal, spec.feed)
        ]  # fmt: skip
        here, there = pairs
        by_rows = False
    else:
        here, there = _nights(run, run.proposal, name, spec)
        by_rows = True
    places = _places(run)
    marked = run.stages.make(_marked, here.fed, here.scene, here.known, there.fed, there.scene,
                             there.known, places, spec, by_rows)  # fmt: skip
    return {"events": here.known.value[0].events}, {"claims": marked.value}


def _places(run: Run) -> Made[Gazetteer]:
    return run.stages.make(gazetteer_of, run.world)


def _both(
    run: Run, proposal: Proposal, feed: str
) -> tuple[tuple[Made[World], Made[Fed]], tuple[Made[World], Made[Fed]]]:
    """Returns this world with its feed, and the trial that attackers learn on with its own."""
    elsewhere = run.stages.make(with_trial, run.world, LEARNT_ON)
    here, there = (
        (world, feed_of(proposal, world, feed, run.stages)) for world in (run.world, elsewhere)
    )
    return here, there


def _nights(
    run: Run, proposal: Proposal, name: str, spec: PoliceAnalystSpec
) -> tuple[_Nights, _Nights]:
    """Makes what a police analyst has of this world, and of the trial."""
    made = []
    for world, fed in _both(run, proposal, spec.feed):
        held = {one: write_down(proposal, world, one, run.stages) for one in spec.holds}
        known = run.stages.make(_police_known, held, world, name)
        made.append(_Nights(world, fed, _scene_of(run, proposal, world, spec.feed, fed), known))
    return made[0], made[1]


def _grid(proposal: Proposal, spec: PoliceAnalystSpec) -> list[tuple[float, float]]:
    """Lists overlap and survival at every point of the declared grid."""
    if proposal.recording is None or not (spec.overlaps or spec.survivals):
        return []
    overlaps = [one.value for one in spec.overlaps] or [proposal.recording.overlap.value]
    survivals = [one.value for one in spec.survivals] or [proposal.recording.survival.value]
    return [(overlap, survival) for overlap in overlaps for survival in survivals]


def _recorded_otherwise(proposal: Proposal, overlap: float, survival: float) -> Proposal:
    recording = proposal.recording
    if recording is None:
        return proposal
    values = {"overlap": overlap, "survival": survival}
    changed = {
        name: getattr(recording, name).model_copy(update={"value": value})
        for name, value in values.items()
    }
    return proposal.model_copy(update={"recording": recording.model_copy(update=changed)})


def _scene_of(
    run: Run, proposal: Proposal, world: Made[World], feed: str, fed: Made[Fed]
) -> Made[FeedScene]:
    agency = proposal.feed[feed].agency
    crimes = {n: a for n, a in proposal.agency.items() if a.service == OF_VIOLENCE[1]}
    both = {agency: proposal.agency[agency], **crimes}
    people = run.stages.make(groups_of_people, run.world)
    return run.stages.make(_scene, fed, world, people, agency, both, proposal.recording)


def _scene(
    fed: Fed,
    world: World,
    people: pl.DataFrame,
    name: str,
    agencies: dict[str, AgencySpec],
    recording: RecordingSpec,
) -> FeedScene:
    about = {
        agency: record_incidents(world, agency, spec, recording)
        for agency, spec in agencies.items()
    }
    reported = next((frame for agency, frame in about.items() if agency != name), None)
    return risk_feed.make_scene(fed[1], about[name], people, world.spec.start, reported)


def _police_known(held: dict[str, Written], world: World, name: str) -> Known:
    return police_knowledge(held, name, world.seed, world.people.height)


def _events_known(world: World, spec: AcquaintanceSpec | OnwardTeamSpec, name: str) -> Known:
    if isinstance(spec, OnwardTeamSpec):
        return draw_caseload(world, spec, name)
    return draw_acquaintances(world, spec, name)


def _learn(
    fed: Fed, scene: FeedScene, known: Known, places: Gazetteer, *, by_rows: bool
) -> tuple[Comparison, Belief]:
    """Learns the true rates on a trial, as an informed attacker knows them."""
    comparison = compare(fed[0], places, known[0], by_rows=by_rows)
    right = risk_feed.right_pairs(comparison, known[1], scene.owners)
    return comparison, event_beliefs.learn(comparison, right)


def _police_rows(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    trial_fed: Fed,
    trial_scene: FeedScene,
    trial_known: Known,
    places: Gazetteer,
    spec: PoliceAnalystSpec,
) -> list[RiskRow]:
    comparison = compare(fed[0], places, known[0])
    right = risk_feed.right_pairs(comparison, known[1], scene.owners)
    trial, informed = _learn(trial_fed, trial_scene, trial_known, places, by_rows=True)
    trial_right = risk_feed.right_pairs(trial, trial_known[1], trial_scene.owners)
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


def _informed_rows(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    trial_fed: Fed,
    trial_scene: FeedScene,
    trial_known: Known,
    places: Gazetteer,
    spec: PoliceAnalystSpec,
    label: str,
) -> list[RiskRow]:
    """Scores the informed attacker alone: at one point of the grid, or as set without a label."""
    comparison = compare(fed[0], places, known[0])
    right = risk_feed.right_pairs(comparison, known[1], scene.owners)
    _, belief = _learn(trial_fed, trial_scene, trial_known, places, by_rows=True)
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


def _reader_rows(
    fed: Fed,
    scene: FeedScene,
    listed: tuple[AddressList, TargetTruth],
    places: Gazetteer,
    spec: LocationReaderSpec,
) -> list[RiskRow]:
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


def _target_rows(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    trial_fed: Fed,
    trial_scene: FeedScene,
    trial_known: Known,
    places: Gazetteer,
    spec: AcquaintanceSpec | OnwardTeamSpec,
    grades: tuple[str, ...],
) -> list[RiskRow]:
    comparison = compare(fed[0], places, known[0], by_rows=False)
    right = risk_feed.right_pairs(comparison, known[1], scene.owners)
    _, informed = _learn(trial_fed, trial_scene, trial_known, places, by_rows=False)
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


def _marked(
    fed: Fed,
    scene: FeedScene,
    known: Known,
    trial_fed: Fed,
    trial_scene: FeedScene,
    trial_known: Known,
    places: Gazetteer,
    spec: PoliceAnalystSpec | AcquaintanceSpec | OnwardTeamSpec,
    by_rows: bool,  # noqa: FBT001 - stages pass arguments by position
) -> pl.DataFrame:
    comparison = compare(fed[0], places, known[0], by_rows=by_rows)
    _, belief = _learn(trial_fed, trial_scene, trial_known, places, by_rows=by_rows)
    claims = event_match.attack(comparison, belief, spec.confidence.value, spec.gap.value)
    marked = risk_feed.mark(claims, known[1], scene.owners)
    return marked.drop("person_id", "meant")
