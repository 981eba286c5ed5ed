"""A reading: what a linkage of supplied files found, with what a page asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from linkage.explain import Explained
    from linkage.match_plan import MatchPlan
    from linkage.matched import Matched
    from scenarios.linking import Prepared


@dataclass(frozen=True)
class ExplainedPair:
    """A pair that is explained.

    Attributes:
        part: What it is an example of; empty for a pair that was asked for.
        left_id: Id of the left record; shown on the page only where it was asked for.
        right_id: Id of the right record; likewise.
        explained: The explanation.
    """

    part: str
    left_id: str
    right_id: str
    explained: Explained


class Own(NamedTuple):
    """The model's own estimate of a share of links, which nobody has checked.

    Attributes:
        share: The share.
        low: Lower end of its 95 % range, if the model's probabilities hold.
        high: Upper end.
        right: The sum of the links' probabilities.
        links: Links that have a probability.
    """

    share: float
    low: float
    high: float
    right: float
    links: int


@dataclass(frozen=True)
class LinkReading:
    """What a linkage found.

    Attributes:
        prepared: The files and the plan.
        matched: What was found.
        summary: The summary that is written beside the links.
        explained: The pairs that are explained.
    """

    prepared: Prepared
    matched: Matched
    summary: dict[str, Any]
    explained: tuple[ExplainedPair, ...]

    @property
    def plan(self) -> MatchPlan:
        """The plan."""
        return self.prepared.plan

    @property
    def is_one_file(self) -> bool:
        """Whether duplicates within one file were looked for."""
        return self.prepared.right is None

    @property
    def notice(self) -> str:
        """Whose figures these are."""
        return f"Your file{'' if self.is_one_file else 's'}; figures only"

    @property
    def records(self) -> tuple[int, ...]:
        """Records of each file."""
        files = (self.prepared.left, self.prepared.right)
        return tuple(each.frame.height for each in files if each is not None)

    @property
    def pairs_there_are(self) -> int:
        """All pairs of records that could be compared."""
        first, second = self.records[0], self.records[-1]
        return first * (first - 1) // 2 if self.is_one_file else first * second

    def count(self, name: str) -> int:
        """Returns a count of the match's summary, such as `links`."""
        return int(self.matched.summary[name])

    @property
    def prior(self) -> float:
        """The chance that two records taken at random are about one person."""
        return self.matched.summary["prior"]

    @cached_property
    def own_precision(self) -> Own | None:
        """The share of links that the model takes for right; none without a link that it weighed.

        Its range is that of a sum of independent draws, one a link.
        """
        chances = self.matched.pairs.filter(
            (pl.col("decision") == "link") & pl.col("match_probability").is_not_null()
        )["match_probability"].sort()  # one order of summation, whatever the order of links
        links = len(chances)
        if not links:
            return None
        right = float(chances.sum())
        half = 1.96 * float((chances * (1 - chances)).sum()) ** 0.5
        low, high = max(right - half, 0.0), min(right + half, float(links))
        return Own(right / links, low / links, high / links, right, links)

    @property
    def unweighed(self) -> int:
        """Links that have no match weight, as those of a rule that links without one."""
        pairs = self.matched.pairs
        return int(((pairs["decision"] == "link") & pairs["match_weight"].is_null()).sum())
