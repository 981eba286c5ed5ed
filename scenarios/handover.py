"""Handing over: takes a proposal from its world to what is disclosed: releases and feeds.

Every step goes through the stages, so that whatever does not change is made once. What is handed
over depends on no truth; it is carried along, apart, for those who score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from linkage.assemble import assemble
from linkage.ingest import IngestCounts, pseudonymise
from linkage.linking_names import OF_HOMES, OF_PEOPLE
from linkage.pseudonyms.blind_parties import TooManyIds
from linkage.pseudonyms.first_words import first_words
from linkage.pseudonyms.split_file import load, resolve
from reidentify.adversaries.keythief import leading_bits, sweep_prefixes
from reidentify.feed import Feed, FeedOrigins, make_feed
from reidentify.gazetteer import gazetteer_of
from reidentify.release import Release, make_release, token_columns
from reidentify.specs import KeyThiefSpec
from scenarios.linked_records import Records, counted_by_match_keys, key_ring, links_of
from scenarios.problems import Problem, ProposalError
from simulator.extracts import extract
from simulator.settings import Share
from simulator.specs import OF_VIOLENCE
from simulator.truth import RecordTruth
from simulator.violence.incidents import with_violence
from simulator.world import make_world

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from linkage.linked import LinkedData, Links, Provenance
    from linkage.linking_names import LinkingName
    from linkage.plan import Treatment
    from linkage.pseudonyms.split_parts import File3
    from linkage.split_file_plan import SplitFile
    from reidentify.feed_specs import FeedSpec
    from reidentify.gazetteer import Gazetteer
    from reidentify.specs import ReleaseSpec
    from scenarios.proposal import Proposal
    from scenarios.stages import Made, Stages
    from simulator.schema import Dataset
    from simulator.specs import AgencySpec, WorldSpec
    from simulator.state import World

Treated = tuple["Dataset", IngestCounts]
Assembled = tuple["LinkedData", "Provenance"]
Released = tuple[Release, "Provenance"]
Written = tuple["Dataset", RecordTruth]
Fed = tuple[Feed, FeedOrigins]


@dataclass(frozen=True)
class Run:
    """A run on its way: what has been made of a proposal up to its disclosures.

    Attributes:
        proposal: The proposal, with an option's changes made.
        seed: The seed.
        threads: Threads for hashing and for attacks; no figure depends on it.
        stages: Where everything is made.
        world: The world.
        written: What each agency wrote down, and the truth about it.
        treated: What left ingest; empty where nothing is linked to a hub.
        links: Links of each step that feeds answers.
        assembled: Linked data, and where its rows came from; None where nothing is linked to a hub.
        releases: What each recipient gets, and where its rows came from.
        feeds: What each feed hands over, and where its rows came from.
        swept: Leading bits of tokens that a sweep looks for, over all options at once.
        learnt_on: None, but where an input is at an end of its range: then the proposal as
            proposed, on which attackers learn, since they do not know better; and only what has a
            range over what we do not know is made.
    """

    proposal: Proposal
    seed: int
    threads: int
    stages: Stages = field(repr=False)
    world: Made[World]
    written: Mapping[str, Made[Written]]
    treated: Mapping[str, Made[Treated]]
    links: Mapping[str, Made[Links]]
    assembled: Made[Assembled] | None
    releases: Mapping[str, Made[Released]]
    feeds: Mapping[str, Made[Fed]]
    swept: NDArray[np.uint32] = field(repr=False)
    learnt_on: Proposal | None = None

    @property
    def is_end(self) -> bool:
        """Whether an input is at an end of its range."""
        return self.learnt_on is not None

    def prefixes_to_sweep(self, release: Release) -> NDArray[np.uint32]:
        """Returns what is swept for in all options, or this release's own if that lacks some."""
        own = sweep_prefixes([release])
        place = np.minimum(np.searchsorted(self.swept, own), max(len(self.swept) - 1, 0))
        has_all = len(self.swept) > 0 and bool((self.swept[place] == own).all())
        return self.swept if has_all else own

    def linked_by(self, name: str) -> Made[Links]:
        """Returns the links of any step, also of one that is only compared with."""
        if name in self.links:
            return self.links[name]
        records = Records(self.written, self.treated)
        return links_of(self.proposal, name, records, self.seed, self.stages, self.threads)


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


def make_world_of(proposal: Proposal, seed: int, stages: Stages) -> Made[World]:
    """Makes a proposal's world."""
    services = {name: _service_only(agency) for name, agency in proposal.agency.items()}
    world = stages.make(make_world, proposal.world, services, proposal.effect, seed)
    if proposal.violence is None:
        return world
    return stages.make(with_violence, world, proposal.violence)


def write_down(proposal: Proposal, world: Made[World], name: str, stages: Stages) -> Made[Written]:
    """Lets one agency write its records."""
    agency = proposal.agency[name]
    recording = proposal.recording if agency.service in OF_VIOLENCE else None
    if recording is None and proposal.consent is None:
        return stages.make(extract, world, name, agency)
    return stages.make(extract, world, name, agency, recording, proposal.consent)


def record_hub(proposal: Proposal, seed: int, stages: Stages, threads: int) -> Recorded:
    """Takes a proposal from its world to the hub's records after ingest."""
    world = make_world_of(proposal, seed, stages)
    written = write_down(proposal, world, proposal.hub, stages)
    treated = _treated(proposal, proposal.hub, {proposal.hub: written}, seed, stages, threads)
    return Recorded(world, written, treated)


def _treated(
    proposal: Proposal,
    name: str,
    written: Mapping[str, Made[Written]],
    seed: int,
    stages: Stages,
    threads: int,
) -> Made[Treated]:
    """Treats identifiers: of the hub's all, of an agency's those on which it is linked.

    With a split file a third party resolves who records are about, whatever they are linked on.
    Where match-keys feed an agency's answers, its records are counted by these.
    """
    steps = [step for step in proposal.link.values() if step.agency == name]
    on = None if name == proposal.hub else tuple(step.on for step in steps if step.on)
    hub = None if name == proposal.hub else written[proposal.hub]
    recipients = tuple(proposal.recipient)
    if proposal.split_file is not None:
        projects = recipients if hub is None else None
        resolved = resolved_by(proposal.split_file, written[name], hub, seed, stages)
        counted_by = OF_HOMES if on and OF_PEOPLE not in on else OF_PEOPLE
        treated = stages.make(
            _load, written[name], resolved, proposal.split_file, projects, counted_by, seed
        )
    else:
        identity = proposal.identity
        treated = stages.make(_treat, written[name], hub, identity, recipients, on, seed, threads)
    keyed = next((step.tokens for step in steps if step.feeds_answers and step.tokens), None)
    if keyed is None or hub is None:
        return treated
    both = (written[name], hub)
    return counted_by_match_keys(proposal, treated, both, keyed, seed, stages, threads)


def thief_prefixes(
    proposal: Proposal, seed: int, stages: Stages, threads: int
) -> NDArray[np.uint32]:
    """Returns the leading bits of all tokens that a proposal's thieves attack."""
    attacks = [spec for spec in proposal.attack.values() if isinstance(spec, KeyThiefSpec)]
    if not attacks:
        return np.zeros(0, np.uint32)
    dataset = record_hub(proposal, seed, stages, threads).treated.value[0]
    held = [
        column
        for name in {spec.recipient: None for spec in attacks}
        for column in token_columns(name)
        if column in dataset.labels and not dataset.labels[column].is_code
    ]
    return leading_bits(
        (first_words(dataset.frame[column]), dataset.labels[column])
        for column in dict.fromkeys(held)
    )


def hand_over(
    proposal: Proposal,
    seed: int,
    stages: Stages,
    threads: int,
    swept: NDArray[np.uint32],
    *,
    learnt_on: Proposal | None = None,
) -> Run:
    """Takes a proposal from its world to what is disclosed.

    Args:
        proposal: The proposal, with an option's changes made.
        seed: The seed.
        stages: Where everything is made.
        threads: Threads for hashing.
        swept: Leading bits of tokens that sweeps look for.
        learnt_on: For an input at an end of its range: the proposal as proposed.

    Returns:
        The run.
    """
    world = make_world_of(proposal, seed, stages)
    written = {name: write_down(proposal, world, name, stages) for name in proposal.agency}
    treated, links, assembled = _link_to_hub(proposal, written, seed, stages, threads)
    releases = {
        name: stages.make(_release, assembled, name, spec, seed)
        for name, spec in proposal.recipient.items()
    }
    feeds = {name: feed_of(proposal, world, name, stages) for name in proposal.feed}
    return Run(
        proposal,
        seed,
        threads,
        stages,
        world,
        written,
        treated,
        links,
        assembled,
        releases,
        feeds,
        swept,
        learnt_on,
    )


def feed_of(proposal: Proposal, world: Made[World], name: str, stages: Stages) -> Made[Fed]:
    """Makes one feed of what its agency wrote down in a world."""
    spec = proposal.feed[name]
    written = write_down(proposal, world, spec.agency, stages)
    places = stages.make(gazetteer_of, world)
    return stages.make(_feed, written, places, proposal.world, name, spec, world.value.seed)


def _link_to_hub(
    proposal: Proposal,
    written: Mapping[str, Made[Written]],
    seed: int,
    stages: Stages,
    threads: int,
) -> tuple[dict[str, Made[Treated]], dict[str, Made[Links]], Made[Assembled] | None]:
    """Treats identifiers, links to the hub and assembles, where there is a hub."""
    hub = proposal.hub
    if not hub:
        return {}, {}, None
    treated = {name: _treated(proposal, name, written, seed, stages, threads) for name in written}
    feeding = {name: step for name, step in proposal.link.items() if step.feeds_answers}
    records = Records(written, treated)
    links = {n: links_of(proposal, n, records, seed, stages, threads) for n in feeding}
    by_agency = {step.agency: links[name] for name, step in feeding.items()}
    datasets = {agency: treated[agency] for agency in by_agency}
    return treated, links, stages.make(_assemble, treated[hub], datasets, by_agency, seed)


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
    on: tuple[str, ...] | None,
    seed: int,
    threads: int,
) -> Treated:
    keys = key_ring(seed)
    in_hub = hub[0] if hub else None
    try:
        return pseudonymise(written[0], identity, keys, recipients, in_hub, threads, seed, on)
    except TooManyIds as refusal:
        raise ProposalError([Problem("", None, "world.people", None, str(refusal))]) from refusal


def resolved_by(
    plan: SplitFile, written: Made[Written], hub: Made[Written] | None, seed: int, stages: Stages
) -> Made[File3]:
    """Returns what a split file's third party finds of an agency's records; None for the hub's."""
    return stages.make(_resolve, written, hub, plan, seed)


def _resolve(written: Written, hub: Written | None, plan: SplitFile, seed: int) -> File3:
    return resolve(written[0], hub[0] if hub else None, plan, key_ring(seed))


def _load(
    written: Written,
    resolved: File3,
    plan: SplitFile,
    recipients: tuple[str, ...] | None,
    counted_by: LinkingName,
    seed: int,
) -> Treated:
    return load(written[0], resolved, plan, key_ring(seed), recipients, counted_by)


def _assemble(
    hub: Treated, datasets: dict[str, Treated], links: dict[str, Links], seed: int
) -> Assembled:
    return assemble(hub[0], {name: one[0] for name, one in datasets.items()}, links, seed)


def _release(assembled: Assembled, name: str, spec: ReleaseSpec, seed: int) -> Released:
    return make_release(assembled[0], assembled[1], name, spec, seed)


def _feed(
    written: Written, places: Gazetteer, window: WorldSpec, name: str, spec: FeedSpec, seed: int
) -> Fed:
    return make_feed(written[0], places, name, spec, window, seed)
