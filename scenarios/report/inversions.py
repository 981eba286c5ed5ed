"""Inversions: attackers of a feed who find more people in coarser rows than in finer ones."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, get_args

from reidentify.feed_specs import FeedAttackSpec, FeedSpec, PlacePrecision, TimePrecision
from reidentify.risk_feed_grid import DEVIATIONS, inversions
from scenarios.figures.words import group_words, lower_first, plain, quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios.figures import Reading

_BEST = "best attacker of its grid"
_PARTS = ("", ",quiet=yes", ",quiet=no")
_METHODS = ("exact", "group", "none")
_TEXTS = ("as_typed", "scrubbed", "none")
# What else a feed may differ in: those who differ there are not compared.
_BESIDES = ("homes", "domestic", "minimum_cell", "delay_days", "as_table")


def inversions_told(reading: Reading, attack: str) -> list[str]:
    """Lists every inversion between two of the options run; says so where there is none."""
    spec = reading.proposal.attack[attack]
    if not isinstance(spec, FeedAttackSpec):
        return []
    feeds = _feeds(reading, spec.feed)
    pairs = [(a, b) for a, b in permutations(feeds, 2) if is_coarser(feeds[a], feeds[b])]
    said = [
        f"Inversion: {lower_first(group_words(one.label))} finds "
        f"{quantity(one.coarser, 'share', 1)} with option {lower_first(plain(coarser))}, and "
        f"{quantity(one.finer, 'share', 1)} in the finer rows of {lower_first(plain(finer))}: "
        f"{one.deviations:.1f} standard errors apart."
        for finer, coarser in pairs
        for one in inversions(_found(reading, attack, finer), _found(reading, attack, coarser))
    ]
    if pairs and not said:
        none = (
            f"In {len(pairs)} pairs of options, of which one hands over coarser rows, no attacker "
            f"finds more people in the coarser rows beyond {DEVIATIONS:g} standard errors."
        )
        return [none]
    return said


def is_coarser(finer: FeedSpec, coarser: FeedSpec) -> bool:
    """Tells whether one feed hands over coarser rows than another, and differs in nothing else."""
    if any(getattr(finer, name) != getattr(coarser, name) for name in _BESIDES):
        return False
    steps = [
        right - left for left, right in zip(_exactness(finer), _exactness(coarser), strict=True)
    ]
    return min(steps) >= 0 and max(steps) > 0


def _exactness(feed: FeedSpec) -> tuple[int, ...]:
    """Returns how coarse each part of a feed is, from 0, as positions in its list of values."""
    return (
        get_args(TimePrecision).index(feed.times),
        get_args(PlacePrecision).index(feed.places),
        _METHODS.index(feed.methods),
        0 if feed.arrival else 1,
        _TEXTS.index(feed.text),
    )


def _feeds(reading: Reading, feed: str) -> Mapping[str, FeedSpec]:
    """Returns the feed as each option hands it over, where an option changes nothing else."""
    prefix = f"feed.{feed}."
    feeds = {}
    for option in reading.result.options:
        if all(setting.startswith(prefix) for setting in option.changes):
            changes = {name.removeprefix(prefix): value for name, value in option.changes.items()}
            held = reading.proposal.feed[feed].model_dump() | changes
            feeds[option.name] = FeedSpec.model_validate(held)
    return feeds


def _found(reading: Reading, attack: str, option: str) -> dict[str, tuple[int, int]]:
    """Returns people correctly named and people at risk, by fixed window and of the best."""
    places = {
        group + part: ("found", group + part)
        for group in reading.groups_of(attack, "window")
        for part in _PARTS
    }
    bests = {"": "all", ",quiet=yes": "quiet=yes", ",quiet=no": "quiet=no"}
    places |= {_BEST + part: ("best_found", group) for part, group in bests.items()}
    held = {
        label: reading.figure("attack", attack, measure, group, option)
        for label, (measure, group) in places.items()
    }
    return {
        label: (figure.count, figure.out_of)
        for label, figure in held.items()
        if figure is not None and figure.count is not None and figure.out_of is not None
    }
