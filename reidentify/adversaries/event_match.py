"""Event matching: police, acquaintances and teams lay what they know beside the rows of a feed.

Each candidate pair is weighed by how much likelier its agreement is if both are about one assault
than by coincidence, and coincidence is counted from the file at hand around that place and hour of
the week (see event_posterior and event_background). A claim needs a posterior probability, and a
lead over the second best (the eccentricity of Narayanan and Shmatikov 2008, IEEE S&P 111-125).
Nothing here looks at who a row is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from reidentify.adversaries.event_posterior import best_candidates
from reidentify.claims import Claims

if TYPE_CHECKING:
    from reidentify.adversaries.event_beliefs import Belief
    from reidentify.adversaries.event_pairs import Comparison


def attack(comparison: Comparison, belief: Belief, confidence: float, gap: float) -> Claims:
    """Claims the best candidate of each query, if it is probable enough and well ahead.

    Args:
        comparison: The feed beside what is known.
        belief: How records of one assault are thought to agree.
        confidence: Claim only at this posterior probability or more.
        gap: Claim only with this lead over the second best or more, in natural-log units.

    Returns:
        At most one claim a query; its confidence is the posterior probability. A tie is no claim
        unless `gap` is 0.
    """
    best = best_candidates(comparison, belief)
    claimed = (best.candidate >= 0) & (best.chance >= confidence) & (best.lead >= gap)
    asked = np.flatnonzero(claimed)
    rows, targets = comparison.row_and_target(asked, best.candidate[asked])
    # The total is summed in another order than one pair alone, so rounding may exceed 1.
    stated = np.minimum(best.chance[asked], 1.0)
    return Claims.of(pl.DataFrame({"row_id": rows, "target_id": targets, "confidence": stated}))


def describe(holds: str, grade: str, confidence: float, gap: float) -> str:
    """Says what the attacker holds and believes, for the method of a figure.

    Args:
        holds: What it holds, in words.
        grade: informed, self-taught or naive.
        confidence: See `attack`.
        gap: See `attack`.
    """
    return (
        f"event matching, {grade} attacker: holds {holds}; weighs time, arrival, place, means and "
        f"kind of place against coincidences counted from the file around that place and hour; "
        f"claims at a posterior probability of {confidence:g} or more and a lead of {gap:g} "
        "natural-log units"
    )
