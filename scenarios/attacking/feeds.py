"""Attacks on feeds: police analysts, readers of places, acquaintances and teams. Reads the Truth.

What an informed attacker takes as true rates, and which point of its grid is best, is learnt on
another trial: the same town and people on other nights. The control lays what is known of those
other nights beside this feed, so that every claim is a wrong name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reidentify.feed_specs import PoliceAnalystSpec
from reidentify.gazetteer import gazetteer_of
from reidentify.knowledge_addresses import draw_address_list
from scenarios.attacking import feed_rows
from scenarios.handover import feed_of, make_world_of, write_down
from simulator.specs import OF_VIOLENCE
from simulator.violence.incidents import with_trial
from simulator.world import groups_of_people

if TYPE_CHECKING:
    import polars as pl

    from reidentify.adversaries.event_beliefs import Belief
    from reidentify.adversaries.event_pairs import Comparison
    from reidentify.adversaries.event_tables import KnownTable, RowTable
    from reidentify.feed_specs import AcquaintanceSpec, LocationReaderSpec, OnwardTeamSpec
    from reidentify.gazetteer import Gazetteer
    from reidentify.risk_feed import FeedScene
    from reidentify.risk_rows import RiskRow
    from scenarios.attacking.feed_rows import EventSpec, Known
    from scenarios.handover import Fed, Run
    from scenarios.proposal import Proposal
    from scenarios.stages import Made
    from simulator.state import World

LEARNT_ON = 21
"""The trial on which attackers learn, apart from those of which questions are judged."""


@dataclass(frozen=True)
class _Nights:
    """One set of nights: this world's, or another trial's.

    Attributes:
        rows: The rows of the feed, as numbers.
        scene: What the feed is about.
        known: What the attacker knows of it.
        events: The same, as numbers.
    """

    rows: Made[RowTable]
    scene: Made[FeedScene]
    known: Made[Known]
    events: Made[KnownTable]


def police(run: Run, name: str, spec: PoliceAnalystSpec) -> list[RiskRow]:
    """Lays police records beside a feed, in three grades, fixed windows, and over a grid."""
    here, there = _nights(run, run.proposal, name, spec), _learnt(run, run.proposal, name, spec)
    found = list(_informed(run, here, there, spec, ""))
    if run.is_end:
        return found
    laid = _laid(run, here, by_rows=True), _laid(run, there, by_rows=True)
    control, belief = _control(run, here, there), _belief(run, there, by_rows=True)
    found += run.stages.make(feed_rows.other_rows, laid[0], control, laid[1], belief, spec).value
    for overlap, survival in _grid(run.proposal, spec):
        variant = _recorded_otherwise(run.proposal, overlap, survival)
        one, other = _nights(run, variant, name, spec), _learnt(run, variant, name, spec)
        found += _informed(run, one, other, spec, f"overlap={overlap:g},survival={survival:g}")
    return found


def _informed(
    run: Run, here: _Nights, there: _Nights, spec: PoliceAnalystSpec, label: str
) -> list[RiskRow]:
    laid, control = _laid(run, here, by_rows=True), _control(run, here, there)
    belief = _belief(run, there, by_rows=True)
    return run.stages.make(feed_rows.informed_rows, laid, control, belief, spec, label).value


def reader(run: Run, name: str, spec: LocationReaderSpec) -> list[RiskRow]:
    """Reads places that lead to few addresses, and looks up who lives there."""
    fed = run.feeds[spec.feed]
    scene = _scene_of(run, run.proposal, run.world, spec.feed, fed)
    listed = run.stages.make(draw_address_list, run.world, spec.register_share.value, name)
    return run.stages.make(feed_rows.reader_rows, fed, scene, listed, _places(run), spec).value


def by_events(run: Run, name: str, spec: AcquaintanceSpec | OnwardTeamSpec) -> list[RiskRow]:
    """Looks for the rows of events that somebody knows of, in three grades."""
    here, there = _nights(run, run.proposal, name, spec), _learnt(run, run.proposal, name, spec)
    laid, belief = _laid(run, here, by_rows=False), _belief(run, there, by_rows=False)
    grades = ("informed",) if run.is_end else ("informed", "self-taught", "naive")
    parts = (run.stages.make(feed_rows.target_rows, laid, belief, spec, one) for one in grades)
    return [row for part in parts for row in part.value]


def kept(
    run: Run, name: str, spec: EventSpec
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Gives the events that an attacker knew, and the informed attacker's claims, marked."""
    by_rows = isinstance(spec, PoliceAnalystSpec)
    here, there = _nights(run, run.proposal, name, spec), _learnt(run, run.proposal, name, spec)
    laid, belief = _laid(run, here, by_rows=by_rows), _belief(run, there, by_rows=by_rows)
    marked = run.stages.make(feed_rows.marked, laid, belief, spec)
    return {"events": here.known.value[0].events}, {"claims": marked.value}


def _places(run: Run) -> Made[Gazetteer]:
    return run.stages.make(gazetteer_of, run.world)


def _compared(
    run: Run, rows: Made[RowTable], events: Made[KnownTable], *, by_rows: bool
) -> Made[Comparison]:
    return run.stages.make(feed_rows.compared, rows, events, by_rows)


def _control(run: Run, here: _Nights, there: _Nights) -> Made[Comparison]:
    """Lays what is known of other nights beside the rows at hand: no pair is right."""
    return _compared(run, here.rows, there.events, by_rows=True)


def _laid(run: Run, nights: _Nights, *, by_rows: bool) -> tuple[Made[Any], ...]:
    """Lays rows and known events of the same nights beside each other: see feed_rows.Laid."""
    comparison = _compared(run, nights.rows, nights.events, by_rows=by_rows)
    right = run.stages.make(feed_rows.right, comparison, nights.known, nights.scene)
    return comparison, nights.scene, nights.known, right


def _belief(run: Run, there: _Nights, *, by_rows: bool) -> Made[Belief]:
    """Returns the true rates, learnt on a trial."""
    comparison, _, _, right = _laid(run, there, by_rows=by_rows)
    return run.stages.make(feed_rows.learn, comparison, right)


def _nights(run: Run, proposal: Proposal, name: str, spec: EventSpec) -> _Nights:
    """Makes what there is of this world's own nights."""
    return _of(run, proposal, run.world, name, spec)


def _learnt(run: Run, proposal: Proposal, name: str, spec: EventSpec) -> _Nights:
    """Makes what attackers learn on: other nights, of the proposal as they know it."""
    as_known = run.learnt_on or proposal
    world = make_world_of(as_known, run.seed, run.stages)
    elsewhere = run.stages.make(with_trial, world, LEARNT_ON)
    return _of(run, as_known, elsewhere, name, spec)


def _of(run: Run, proposal: Proposal, world: Made[World], name: str, spec: EventSpec) -> _Nights:
    fed = feed_of(proposal, world, spec.feed, run.stages)
    if isinstance(spec, PoliceAnalystSpec):
        held = {one: write_down(proposal, world, one, run.stages) for one in spec.holds}
        known = run.stages.make(feed_rows.police_known, held, world, name)
    else:
        known = run.stages.make(feed_rows.events_known, world, spec, name)
    places, precision = run.stages.make(gazetteer_of, world), proposal.feed[spec.feed].places
    return _Nights(
        rows=run.stages.make(feed_rows.rows_of, fed, places),
        scene=_scene_of(run, proposal, world, spec.feed, fed),
        known=known,
        events=run.stages.make(feed_rows.events_of, known, places, precision),
    )


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
    people = run.stages.make(groups_of_people, world)
    return run.stages.make(feed_rows.scene, fed, world, people, agency, both, proposal.recording)
