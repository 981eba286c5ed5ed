"""Linked records: from what agencies wrote, and what left ingest, to the links of each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.keys import KeyRing, simulated_master
from linkage.linker import link
from linkage.match_key_set import count_match_keys, make_match_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from linkage.linked import Links
    from linkage.match_key_set import MatchKeySet
    from linkage.plan import LinkStep
    from scenarios.handover import Treated, Written
    from scenarios.proposal import Proposal
    from scenarios.stages import Made, Stages
    from simulator.schema import Dataset


@dataclass(frozen=True)
class Records:
    """Everybody's records, by agency: as written down, and after ingest."""

    written: Mapping[str, Made[Written]]
    treated: Mapping[str, Made[Treated]]


def key_ring(seed: int) -> KeyRing:
    """Returns the ring from which all keys of a run of invented people are derived."""
    return KeyRing.from_bytes(simulated_master(seed, "agencies"))


def links_of(
    proposal: Proposal, name: str, records: Records, seed: int, stages: Stages, threads: int
) -> Made[Links]:
    """Carries out a link step.

    Args:
        proposal: The proposal.
        name: Name of the step.
        records: What it may look at: tokens as treated, match-keys of what was written, or that.
        seed: The seed.
        stages: Where everything is made.
        threads: Threads for hashing.

    Returns:
        Its links.
    """
    step = proposal.link[name]
    both = (step.hub, step.agency)
    if step.tokens is not None:
        written = (records.written[each] for each in both)
        made = [_match_keys(proposal, step.tokens, each, seed, stages, threads) for each in written]
        return stages.make_pinned(_link_match_keys, name, step, *made, seed)
    held = records.written if step.is_on_clear_text else records.treated
    hub, agency = (held[each] for each in both)
    return stages.make_pinned(_link, name, step, hub, agency, seed)


def counted_by_match_keys(
    proposal: Proposal,
    treated: Made[Treated],
    both: tuple[Made[Written], Made[Written]],
    name: str,
    seed: int,
    stages: Stages,
    threads: int,
) -> Made[Treated]:
    """Counts an agency's records by the match-keys that feed answers with them.

    Args:
        proposal: The proposal.
        treated: What of the agency's records left ingest, counted otherwise.
        both: What the agency wrote down, and what the hub did.
        name: Name of the set of match-keys.
        seed: The seed.
        stages: Where everything is made.
        threads: Threads for hashing.

    Returns:
        The same records with the counts of `count_match_keys`.
    """
    made = [_match_keys(proposal, name, each, seed, stages, threads) for each in both]
    return stages.make(_counted, treated, *made, name)


def _match_keys(
    proposal: Proposal, name: str, written: Made[Written], seed: int, stages: Stages, threads: int
) -> Made[Dataset]:
    """Makes a set's match-keys of what one agency, or the hub, wrote down."""
    return stages.make(_make_match_keys, written, proposal.match_keys[name], seed, threads)


def _make_match_keys(written: Written, match_keys: MatchKeySet, seed: int, threads: int) -> Dataset:
    return make_match_keys(written[0], match_keys, key_ring(seed), threads)


def _counted(treated: Treated, agency: Dataset, hub: Dataset, name: str) -> Treated:
    return treated[0], count_match_keys(agency, hub, name)


def _link_match_keys(name: str, step: LinkStep, hub: Dataset, agency: Dataset, seed: int) -> Links:
    return link(name, step, hub, agency, seed)


def _link(
    name: str, step: LinkStep, hub: Written | Treated, agency: Written | Treated, seed: int
) -> Links:
    return link(name, step, hub[0], agency[0], seed)
