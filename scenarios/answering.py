"""Answering: what each question finds, and what it should have found. Reads the Truth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from linkage.assemble import HOME_FIELDS
from scenarios import compare_truth
from scenarios.answering_feeds import feed_figures
from scenarios.questions.estimate import Seen, Window, see
from scenarios.questions.specs import AlertSpec, HotSpotsSpec, VenueEvidenceSpec

if TYPE_CHECKING:
    from scenarios.accounts import Accountant
    from scenarios.handover import Assembled, Released, Run, Treated
    from scenarios.questions.estimate import Estimate
    from scenarios.questions.specs import LinkedQuestion, QuestionSpec
    from scenarios.result import Figure
    from scenarios.stages import Made
    from simulator.schema import Dataset
    from simulator.state import World
    from simulator.truth import Truth


def answer_figures(
    run: Run, truth: Made[Truth], name: str, question: QuestionSpec, write: Accountant
) -> list[Figure]:
    """Answers one question, and says what it should have found.

    Args:
        run: The run.
        truth: The truth, for perfect links.
        name: Name of the question.
        question: The question.
        write: Writes the figures.

    Returns:
        Planted, realised and answered, and how they compare.
    """
    if isinstance(question, HotSpotsSpec | VenueEvidenceSpec):
        return feed_figures(run, name, question, write)
    make, proposal = run.stages.make, run.proposal
    right = make_right(run, truth)
    seen, ideal = seen_by(run, question), make_seen(run, right, question)
    planted = make(compare_truth.planted, question, run.world, proposal.agency, proposal.effect)
    realised = make(_answer, ideal, question, run.world)
    answered = make(_answer, seen, question, run.world)
    compared = compare_truth.compare(question, answered.value, realised.value)
    if isinstance(question, AlertSpec):
        source = _source(run, question)
        compared += make(_compare_alerts, question, source, right, run.world).value
    named = [("planted", e) for e in planted.value]
    named += [("realised", e) for e in realised.value if e.measure == "estimate"]
    named += [(_measure(e), e) for e in answered.value]
    return [write.estimate(name, e, measure) for measure, e in named] + [
        write.estimate(name, e) for e in compared
    ]


def make_right(run: Run, truth: Made[Truth]) -> Made[Assembled]:
    """Returns the same records assembled by perfect links.

    Nothing of it hangs on tokens or on what was written wrongly, so that options and ends that
    change these alone share it.
    """
    pin, proposal = run.stages.make_pinned, run.proposal
    feeding = {n: s for n, s in proposal.link.items() if s.feeds_answers}
    agencies = [step.agency for step in feeding.values()]
    datasets = {name: pin(_content_alone, run.treated[name]) for name in agencies}
    hub = pin(_content_alone, run.treated[proposal.hub])
    owners = pin(_owners_alone, truth, (proposal.hub, *agencies))
    return run.stages.make(compare_truth.perfect, hub, datasets, feeding, owners, run.seed)


def _content_alone(treated: Treated) -> Dataset:
    """Leaves out tokens, but those that say which people share a home."""
    dataset = treated[0]
    tokens = [name for name in dataset.labels if name not in HOME_FIELDS]
    labels = {name: label for name, label in dataset.labels.items() if name in HOME_FIELDS}
    return replace(dataset, frame=dataset.frame.drop(tokens), labels=labels)


def _owners_alone(truth: Truth, names: tuple[str, ...]) -> Truth:
    """Leaves out which cells were written wrongly."""
    records = {name: truth.records[name] for name in names}
    bare = {name: replace(one, errors=one.errors.clear()) for name, one in records.items()}
    return replace(truth, records=bare)


def seen_by(run: Run, question: LinkedQuestion) -> Made[Seen]:
    """Returns what a question looks at of its recipient's release, or of the linked data."""
    return make_seen(run, _source(run, question), question)


def _source(run: Run, question: LinkedQuestion) -> Made[Released] | Made[Assembled]:
    if question.recipient:
        return run.releases[question.recipient]
    if run.assembled is None:
        raise ValueError("answering: nothing is linked, so there is nothing to answer from")
    return run.assembled


def make_seen(
    run: Run, source: Made[Released] | Made[Assembled], question: LinkedQuestion
) -> Made[Seen]:
    """Returns what a question looks at, keyed by its content."""
    return run.stages.make_pinned(_see, source, question)


def _see(source: Assembled | Released, question: LinkedQuestion) -> Seen:
    return see(source[0], question)


def _measure(estimate: Estimate) -> str:
    return "answered" if estimate.measure == "estimate" else estimate.measure


def window_of(world: World) -> Window:
    """Returns the window that questions look at."""
    return Window(world.spec.start, world.spec.days)


def _answer(seen: Seen, question: LinkedQuestion, world: World) -> list[Estimate]:
    return compare_truth.answer(seen, question, window_of(world))


def _compare_alerts(
    question: AlertSpec, seen: Assembled | Released, right: Assembled, world: World
) -> list[Estimate]:
    return compare_truth.compare_alerts(
        question, seen[0], seen[1], right[0], right[1], window_of(world)
    )
