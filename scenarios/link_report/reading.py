"""A reading: what a linkage of supplied files found, with what a page asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from linkage.weights import probability

if TYPE_CHECKING:
    from linkage.explain import Explained
    from linkage.match_plan import MatchPlan
    from linkage.match_quality import MatchQuality
    from linkage.matched import Matched
    from scenarios.linking import Prepared


_NORMAL: Final = 1.96  # standard deviations on either side that hold 95 %


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
    """The model's own estimate of how many links are false, which nobody has checked.

    Attributes:
        false: The links' probabilities of being false, summed.
        low: Lower end of its 95 % range, if the model's probabilities hold.
        high: Upper end.
        links: Links that have a probability.
    """

    false: float
    low: float
    high: float
    links: int

    @property
    def precision(self) -> float:
        """The share of links that would be right."""
        return 1 - self.false / self.links


@dataclass(frozen=True)
class LinkReading:
    """What a linkage found.

    Attributes:
        prepared: The files and the plan.
        matched: What was found.
        quality: How good it is, as far as is known.
        summary: The summary that is written beside the links.
        explained: The pairs that are explained.
    """

    prepared: Prepared
    matched: Matched
    quality: MatchQuality
    summary: dict[str, Any]
    explained: tuple[ExplainedPair, ...]

    @property
    def plan(self) -> MatchPlan:
        """The plan."""
        return self.prepared.match_plan

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
    def own(self) -> Own | None:
        """How many links the model takes for false; none without a link that it weighed.

        Its range is that of a sum of independent draws, one a link (normal approximation).
        """
        weights = self.matched.pairs.filter(
            (pl.col("decision") == "link") & pl.col("match_weight").is_not_null()
        )["match_weight"].sort()  # one order of summation, whatever the order of links
        if not len(weights):
            return None
        false = probability(-weights.to_numpy())  # 1 - p loses its digits where p is near to 1
        total = float(false.sum())
        half = _NORMAL * float((false * (1 - false)).sum()) ** 0.5
        links = len(weights)
        return Own(total, max(total - half, 0.0), min(total + half, float(links)), links)

    @property
    def unweighed(self) -> int:
        """Links that have no match weight, as those of a rule that links without one."""
        pairs = self.matched.pairs
        return int(((pairs["decision"] == "link") & pairs["match_weight"].is_null()).sum())
