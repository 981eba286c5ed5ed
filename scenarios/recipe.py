"""The recipe: one option of a proposal with one seed, from world to figures. Reads the Truth.

Every step goes through the stages, so that whatever does not change is made once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from linkage.assemble import assemble
from linkage.ingest import IngestCounts, pseudonymise
from linkage.keys import KeyRing, simulated_master
from linkage.linker import link
from linkage.quality import quality, true_pairs
from reidentify.adversaries.keythief import leading_bits, sweep_prefixes
from reidentify.release import Release, make_release, token_columns
from reidentify.specs import KeyThiefSpec
from scenarios import attacking, compare_truth
from scenarios.accounts import Accountant
from scenarios.questions.estimate import Seen, Window, see
from scenarios.questions.specs import AlertSpec
from simulator.extracts import extract
from simulator.lifecourse import residences
from simulator.settings import Share
from simulator.truth import RecordTruth, Truth
from simulator.world import World, groups_of_people, make_world

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from linkage.linked import LinkedData, Links, Provenance
    from linkage.plan import LinkStep, Treatment
    from linkage.quality import QualityRow
    from reidentify.specs import ReleaseSpec
    from scenarios.proposal import Proposal
    from scenarios.questions.estimate import Estimate
    from scenarios.questions.specs import QuestionSpec
    from scenarios.result import Figure
    from scenarios.stages import Made, Stages
    from simulator.schema import Dataset
    from simulator.specs import AgencySpec

Treated = tuple["Dataset", IngestCounts]
Assembled = tuple["LinkedData", "Provenance"]
Released = tuple[Release, "Provenance"]
Written = tuple["Dataset", RecordTruth]


@dataclass(frozen=True)
class Run:
    """A run on its way: what has been made of a proposal up to its releases.

    Attributes:
        proposal: The proposal, with an option's changes made.
        seed: The seed.
        threads: Threads for hashing and for attacks; no figure depends on it.
        stages: Where everything is made.
        world: The world.
        written: What each agency wrote down, and the truth about it.
        treated: What left ingest.
        links: Links of each step.
        assembled: Linked data, and where its rows came from.
        releases: What each recipient gets, and where its rows came from.
        swept: Leading bits of tokens that a sweep looks for, over all options at once.
    """

    proposal: Proposal
    seed: int
    threads: int
    stages: Stages = field(repr=False)
    world: Made[World]
    written: Mapping[str, Made[Written]]
    treated: Mapping[str, Made[Treated]]
    links: Mapping[str, Made[Links]]
    assembled: Made[Assembled]
    releases: Mapping[str, Made[Released]]
    swept: NDArray[np.uint32] = field(repr=False)

    def prefixes_to_sweep(self, release: Made[Released]) -> NDArray[np.uint32]:
        """Returns what is swept for in all options, or this release's own if that lacks some."""
        own = sweep_prefixes([release.value[0]])
        place = np.minimum(np.searchsorted(self.swept, own), max(len(self.swept) - 1, 0))
        has_all = len(self.swept) > 0 and bool((self.swept[place] == own).all())
        return self.swept if has_all else own


@dataclass(frozen=True)
class Recorded:
    """What a proposal's hub holds, before anybody else's records are linked to it.

    Attributes:
        world: The world.
        written: What the hub wrote down, and the truth about it.
        treated: What of it left ingest.
    """

    world: Made[World]
    written: Made[Written]
    treated: Made[Treated]


def record_hub(proposal: Proposal, seed: int, stages: Stages, threads: int) -> Recorded:
    """Takes a proposal from its world to the hub's records after ingest."""
    services = {name: _service_only(agency) for name, agency in proposal.agency.items()}
    world = stages.make(make_world, proposal.world, services, proposal.effect, seed)
    written = stages.make(extract, world, proposal.hub, proposal.agency[proposal.hub])
    return Recorded(world, written, _treated(proposal, written, None, seed, stages, threads))


def _treated(
    proposal: Proposal,
    written: Made[Written],
    hub: Made[Written] | None,
    seed: int,
    stages: Stages,
    threads: int,
) -> Made[Treated]:
    recipients = tuple(proposal.recipient)
    return stages.make(_treat, written, hub, proposal.identity, recipients, seed, threads)


def thief_prefixes(
    proposal: Proposal, seed: int, stages: Stages, threads: int
) -> NDArray[np.uint32]:
    """Returns the leading bits of all tokens that a proposal's thieves attack."""
    attacks = [spec for spec in proposal.attack.values() if isinstance(spec, KeyThiefSpec)]
    if not attacks:
        return np.zeros(0, np.uint32)
    dataset = record_hub(proposal, seed, stages, threads).treated.value[0]
    tokens = [
        (dataset.frame[column], dataset.labels[column])
        for name in {spec.recipient: None for spec in attacks}
        for column in token_columns(name)
        if column in dataset.labels
    ]
    return leading_bits(tokens)


def hand_over(
    proposal: Proposal,
    seed: int,
    stages: Stages,
    threads: int,
    swept: NDArray[np.uint32],
) -> Run:
    """Takes a proposal from its world to its releases.

    Args:
        proposal: The proposal, with an option's changes made.
        seed: The seed.
        stages: Where everything is made.
        threads: Threads for hashing.
        swept: Leading bits of tokens that sweeps look for.

    Returns:
        The run.
    """
    make, hub = stages.make, proposal.hub
    recorded = record_hub(proposal, seed, stages, threads)
    world = recorded.world
    written = {n: make(extract, world, n, a) for n, a in proposal.agency.items()}
    treated = {
        name: _treated(proposal, one, None if name == hub else written[hub], seed, stages, threads)
        for name, one in written.items()
    }
    links = {
        name: stages.make_pinned(
            _link,
            name,
            step,
            # Tokens are joined as treated, match-keys as written: the other is not looked at.
            *((treated if step.feeds_answers else written)[n] for n in (hub, step.agency)),
        )
        for name, step in proposal.link.items()
    }
    feeding = {s.agency: links[n] for n, s in proposal.link.items() if s.feeds_answers}
    datasets = {agency: treated[agency] for agency in feeding}
    assembled = make(_assemble, treated[hub], datasets, feeding, seed)
    releases = {
        name: make(_release, assembled, name, spec, seed)
        for name, spec in proposal.recipient.items()
    }
    return Run(
        proposal, seed, threads, stages, world, written, treated, links, assembled, releases, swept
    )


def _service_only(agency: AgencySpec) -> AgencySpec:
    """Returns what the world reads of an agency, so that its errors do not remake the world."""
    return agency.model_copy(
        update={"title": "-", "fields": (), "errors": {}, "coverage": Share(value=1.0)}
    )


def _treat(
    written: Written,
    hub: Written | None,
    identity: dict[str, Treatment],
    recipients: tuple[str, ...],
    seed: int,
    threads: int,
) -> Treated:
    keys = KeyRing.from_bytes(simulated_master(seed, "agencies"))
    return pseudonymise(written[0], identity, keys, recipients, hub[0] if hub else None, threads)


def _link(name: str, step: LinkStep, hub: Written | Treated, agency: Written | Treated) -> Links:
    return link(name, step, hub[0], agency[0])


def _assemble(
    hub: Treated, datasets: dict[str, Treated], links: dict[str, Links], seed: int
) -> Assembled:
    return assemble(hub[0], {name: one[0] for name, one in datasets.items()}, links, seed)


def _release(assembled: Assembled, name: str, spec: ReleaseSpec, seed: int) -> Released:
    return make_release(assembled[0], assembled[1], name, spec, seed)


def figures(run: Run, option: str) -> list[Figure]:
    """Scores a run: how it linked, what it answered, who could be found.

    Args:
        run: The run.
        option: Name of the option, for its figures.

    Returns:
        Its figures, in the order of the proposal.
    """
    write = Accountant(option, run.seed)
    truth = run.stages.make(_truth, run.world, dict(run.written))
    found = _world_figures(run, write)
    for agency, treated in run.treated.items():
        found += write.ingest(agency, treated.value[1])
    for name, step in run.proposal.link.items():
        rows = run.stages.make(_quality, run.links[name], truth, step)
        found += [write.quality(name, row, _how(step)) for row in rows.value]
    for name, question in run.proposal.question.items():
        found += _answer_figures(run, truth, name, question, write)
    for name in run.proposal.attack:
        found += [write.risk(name, row) for row in attacking.attack(run, name, truth)]
    return found


def _truth(world: World, written: dict[str, Written]) -> Truth:
    return Truth(
        records={name: record_truth for name, (_, record_truth) in written.items()},
        people=groups_of_people(world),
        residences=residences(world.people, world.spec),
    )


def _world_figures(run: Run, write: Accountant) -> list[Figure]:
    world = run.world.value
    counts = {
        "people": world.people.height,
        "homes": world.homes.height,
        "practices": world.people["practice"].n_unique(),
        "small_areas": world.homes["lsoa"].n_unique(),
    }
    found = [write.count("world", "world", measure, value) for measure, value in counts.items()]
    for agency, (dataset, record_truth) in ((n, w.value) for n, w in run.written.items()):
        found.append(write.count("world", agency, "records", dataset.frame.height))
        errors = record_truth.errors["record_id"].n_unique()
        found.append(
            write.count("world", agency, "records_with_an_error", errors, dataset.frame.height)
        )
    return found


def _how(step: LinkStep) -> str:
    if step.method == "token":
        return f"exact token of {step.on}; a right pair is one {step.unit}"
    return f"match-keys on clear text, {len(step.keys)} in order; a comparison, feeds no answer"


def _quality(links: Links, truth: Truth, step: LinkStep) -> list[QualityRow]:
    pairs = true_pairs(truth, step.hub, step.agency, step.unit)
    return quality(links, pairs, truth, step.unit)


def _answer_figures(
    run: Run, truth: Made[Truth], name: str, question: QuestionSpec, write: Accountant
) -> list[Figure]:
    make, proposal = run.stages.make, run.proposal
    feeding = {n: s for n, s in proposal.link.items() if s.feeds_answers}
    datasets = {step.agency: run.treated[step.agency] for step in feeding.values()}
    right = make(_perfect, run.treated[proposal.hub], datasets, feeding, truth, run.seed)
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


def seen_by(run: Run, question: QuestionSpec) -> Made[Seen]:
    """Returns what a question looks at of its recipient's release, or of the linked data."""
    return make_seen(run, _source(run, question), question)


def _source(run: Run, question: QuestionSpec) -> Made[Released] | Made[Assembled]:
    return run.releases[question.recipient] if question.recipient else run.assembled


def make_seen(
    run: Run, source: Made[Released] | Made[Assembled], question: QuestionSpec
) -> Made[Seen]:
    """Returns what a question looks at, keyed by its content."""
    return run.stages.make_pinned(_see, source, question)


def _see(source: Assembled | Released, question: QuestionSpec) -> Seen:
    return see(source[0], question)


def _measure(estimate: Estimate) -> str:
    return "answered" if estimate.measure == "estimate" else estimate.measure


def _perfect(
    hub: Treated,
    datasets: dict[str, Treated],
    steps: dict[str, LinkStep],
    truth: Truth,
    seed: int,
) -> Assembled:
    bare = {name: one[0] for name, one in datasets.items()}
    return compare_truth.perfect(hub[0], bare, steps, truth, seed)


def window_of(world: World) -> Window:
    """Returns the window that questions look at."""
    return Window(world.spec.start, world.spec.days)


def _answer(seen: Seen, question: QuestionSpec, world: World) -> list[Estimate]:
    return compare_truth.answer(seen, question, window_of(world))


def _compare_alerts(
    question: AlertSpec, seen: Assembled | Released, right: Assembled, world: World
) -> list[Estimate]:
    return compare_truth.compare_alerts(
        question, seen[0], seen[1], right[0], right[1], window_of(world)
    )
