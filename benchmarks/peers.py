"""Splink, recordlinkage and linkassay on one linkage task, as a Markdown table of medians.

Run `python benchmarks/peers.py DIR [--times 3] [--nhs]` with linkassay[bench] installed; DIR holds
left, right and truth.parquet, as benchmarks/linkage_task.py writes them. Every engine runs in a
process of its own, all in turn, and the turns are repeated. Time is from Parquet in to scored
pairs out, without imports; compiled code of ours is warm, as one turn before the first is not
counted. Recordlinkage is the engine of a plan, so that its time holds what brings values to
comparable form and counts blocks. Splink and recordlinkage have one configuration each, set by hand
and never tuned; ours has the two shipped plans and the plan that it suggests. Precision and recall
are after pairs are taken best first, each record once, whatever the engine; recall at a precision
is the best over all thresholds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from linkage.curves import PRECISIONS, recall_at_precision
from linkage.decide import best_first, greedy
from linkage.known import Known

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from linkage.matched import Matched

THRESHOLDS: Final = (0.5, 0.95, 0.99)
TIGHT: Final = (
    ("surname", "dob"),
    ("first_name", "dob"),
    ("postcode", "first_name"),
    ("postcode", "surname"),
)
ENGINES: Final = ("splink", "recordlinkage", "people-tight", "people-wide", "suggested")
PACKAGES: Final = ("linkassay", "splink", "recordlinkage", "polars", "numpy")


class Scored(NamedTuple):
    """What an engine found.

    Attributes:
        left: Ids of left records, int64, shape (pairs,).
        right: Ids of right records.
        weight: What orders the pairs.
        probability: The stated probability of a match.
        compared: How many pairs were compared.
        comparing: Seconds in which they were made, compared and counted or weighed.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    weight: NDArray[np.float64]
    probability: NDArray[np.float64]
    compared: int
    comparing: float


def splink(place: Path, *, nhs: bool, threads: int) -> Scored:
    """Splink with levels as fine as ours, u by random pairs and EM on two rules, capped."""
    import logging

    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    database = DuckDBAPI()
    database._con.execute(f"set threads={threads}")  # noqa: SLF001 - there is no other way
    files = [pl.read_parquet(place / f"{side}.parquet") for side in ("left", "right")]
    tables = [
        database.register(each.to_arrow(), table_name=name)
        for each, name in zip(files, "ab", strict=True)
    ]
    compared = [
        comparisons.JaroWinklerAtThresholds("first_name", [0.92, 0.8]),
        comparisons.JaroWinklerAtThresholds("surname", [0.92, 0.8]),
        comparisons.CustomComparison(
            output_column_name="dob",
            comparison_levels=[
                levels.NullLevel("dob"),
                levels.ExactMatchLevel("dob"),
                levels.DamerauLevenshteinLevel("dob", 1),
                levels.LevenshteinLevel("dob", 2),
                levels.ElseLevel(),
            ],
        ),
        comparisons.ExactMatch("sex"),
        comparisons.CustomComparison(
            output_column_name="postcode",
            comparison_levels=[
                levels.NullLevel("postcode"),
                levels.ExactMatchLevel("postcode"),
                levels.LevenshteinLevel("postcode", 1),
                levels.CustomLevel("substr(postcode_l,1,3)=substr(postcode_r,1,3)", "area"),
                levels.ElseLevel(),
            ],
        ),
    ]
    rules = [block_on(*rule) for rule in TIGHT]
    known: list[Any] = [block_on("first_name", "surname", "dob")]
    if nhs:
        compared.append(comparisons.ExactMatch("nhs_number"))
        rules.insert(0, block_on("nhs_number"))
        known.append("l.nhs_number = r.nhs_number")
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        comparisons=compared,
        blocking_rules_to_generate_predictions=rules,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    linker = Linker(tables, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(known, recall=0.85)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (block_on("first_name", "surname"), block_on("dob")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=5e6)
    began = time.perf_counter()
    found = linker.inference.predict(threshold_match_probability=None)
    frame = pl.from_arrow(found.as_pyarrow_table())
    comparing = time.perf_counter() - began
    assert isinstance(frame, pl.DataFrame)
    sources = [name for name in frame.columns if name.startswith("source_dataset")]
    is_turned = bool(sources) and frame[sources[0]][0] == "b"
    left, right = ("id_r", "id_l") if is_turned else ("id_l", "id_r")
    return _scored(frame, (left, right), frame.height, comparing)


def recordlinkage(place: Path, *, nhs: bool) -> Scored:
    """Recordlinkage with binary agreement, Jaro-Winkler from 0.88 for names, and ECM."""
    from linkage.match_plan import Comparison, MatchPlan
    from linkage.matcher import match
    from simulator.settings import Share

    number = (("nhs_number",),) if nhs else ()
    names = [
        Comparison(column=name, kind="name", levels=("jaro_winkler>=0.88",))
        for name in ("first_name", "surname")
    ]
    whole = [
        Comparison(column=name, kind="exact", levels=("exact",))
        for name in ("dob", "sex", "postcode", *(("nhs_number",) if nhs else ()))
    ]
    plan = MatchPlan(
        engine="recordlinkage",
        blocking=(*TIGHT, *number),
        comparisons=(*names, *whole),
        deterministic=TIGHT,
        threshold=Share(value=THRESHOLDS[0]),
        review_from=Share(value=THRESHOLDS[0]),
        one_to_one="none",
        largest_block=10_000_000,
    )
    files = [pl.read_parquet(place / f"{side}.parquet") for side in ("left", "right")]
    left, right = (each.select(pl.exclude("id").cast(pl.String)) for each in files)
    return _matched(match(left, right, plan), files[0]["id"], files[1]["id"])


def ours(place: Path, *, plan: str, nhs: bool) -> Scored:
    """Linkassay by a shipped plan or by the plan that it suggests."""
    from linkage.aligned import align
    from linkage.column_pairs import pair_columns
    from linkage.matcher import match
    from linkage.suggest import suggest
    from scenarios.linking_files import SuppliedFile
    from scenarios.named_columns import named_pairs, without_absent
    from scenarios.plan_files import load_plan

    files = []
    for side in ("left", "right"):
        frame = pl.read_parquet(place / f"{side}.parquet")
        text = frame.drop("id", *(() if nhs else ("nhs_number",))).cast(pl.String)
        files.append(SuppliedFile(place / side, "Parquet", text, frame["id"], "id"))
    left, right = files
    pairs = pair_columns(left.frame, right.frame)
    if plan == "suggested":
        suggestion = suggest(left.frame, right.frame, pairs)
        chosen, columns = suggestion.plan, suggestion.columns
    else:
        chosen, _ = without_absent(load_plan(plan), pairs, (left, right))
        columns = named_pairs(plan, chosen, pairs, (left, right))
    aligned = align(left.frame, right.frame, columns)
    return _matched(match(aligned.left, aligned.right, chosen), left.ids, right.ids)


def _matched(found: Matched, left: pl.Series, right: pl.Series) -> Scored:
    """Gives what a match of ours found, by the ids of the records."""
    named = found.pairs.with_columns(
        left.gather(found.pairs["left"]).alias("left"),
        right.gather(found.pairs["right"]).alias("right"),
    )
    compared, comparing = (found.summary[name] for name in ("pairs", "seconds_compare"))
    return _scored(named, ("left", "right"), int(compared), comparing)


def measure(engine: str, place: Path, *, nhs: bool, threads: int) -> dict[str, Any]:
    """Runs an engine once in this process, and judges what it found."""
    _import_of(engine)
    began = time.perf_counter()
    if engine == "splink":
        scored = splink(place, nhs=nhs, threads=threads)
    elif engine == "recordlinkage":
        scored = recordlinkage(place, nhs=nhs)
    else:
        scored = ours(place, plan=engine, nhs=nhs)
    seconds = time.perf_counter() - began
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    truth = pl.read_parquet(place / "truth.parquet")
    return {
        "seconds": seconds,
        "megabytes": kilobytes * 1024 / 1e6,
        "pairs a second": scored.compared / scored.comparing,
        **_judged(scored, truth),
    }


def _import_of(engine: str) -> None:
    if engine == "splink":
        __import__(engine)
    elif engine == "recordlinkage":
        import linkage.reference_engine
    else:
        import linkage.matcher  # noqa: F401
        import scenarios.plan_files  # noqa: F401


def _scored(frame: pl.DataFrame, sides: tuple[str, str], compared: int, comparing: float) -> Scored:
    names = (*sides, "match_weight", "match_probability")
    return Scored(*(frame[name].to_numpy() for name in names), compared, comparing)


def _judged(scored: Scored, truth: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Gives precision and recall at thresholds, and recall at precisions, each record once.

    Pairs are taken best first once: those that stand at a threshold are, of those that stand among
    all, the ones above it.
    """
    ids = [pl.Series(side).cast(pl.Int32).to_numpy() for side in (scored.left, scored.right)]
    order = best_first(ids[0], ids[1], scored.weight)
    stand = order[greedy(ids[0], ids[1], order, itself=False)[order]]
    known = Known(*(truth[name].cast(pl.Int32).to_numpy() for name in ("left_id", "right_id")))
    rights = int(max(ids[1].max(initial=0), known.right.max(initial=0))) + 1
    is_true = known.place_of(ids[0][stand], ids[1][stand], rights) >= 0
    at = {}
    for least in THRESHOLDS:
        above = is_true[scored.probability[stand] >= least]
        at[str(least)] = (float(above.sum() / max(len(above), 1)), float(above.sum() / len(known)))
    best = recall_at_precision(scored.weight[stand], is_true, len(known))
    recall_at = {str(row["at_least"]): row["recall"] for row in best.to_dicts()}
    return {"at": at, "recall_at": recall_at}


def _in_a_process(engine: str, asked: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, str(asked.place), "--one", engine]
    command += ["--threads", str(asked.threads), *(["--nhs"] if asked.nhs else [])]
    pools = dict.fromkeys(("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS"), str(asked.threads))
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **pools}
    )
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _table(runs: dict[str, list[dict[str, Any]]]) -> None:
    """Prints medians, the range of seconds, and ratios to Splink or whatever came first."""
    first = median(run["seconds"] for run in next(iter(runs.values())))
    heads = ["engine", "seconds (range)", f"times {next(iter(runs))}", "peak MB"]
    heads += ["million pairs a second", *(f"precision / recall at {p}" for p in THRESHOLDS)]
    heads += [f"recall at precision {p}" for p in PRECISIONS]
    print(f"\n| {' | '.join(heads)} |")
    print("|---" * len(heads) + "|")
    for engine, each in runs.items():
        seconds = [run["seconds"] for run in each]
        middle = median(seconds)
        peak = median(run["megabytes"] for run in each)
        text = f"| {engine} | {middle:.2f} ({min(seconds):.2f}-{max(seconds):.2f}) "
        pace = median(run["pairs a second"] for run in each) / 1e6
        text += f"| {first / middle:.1f} | {peak:,.0f} | {pace:.2f} |"
        for precision, recall in each[0]["at"].values():
            text += f" {precision:.5f} / {recall:.4f} |"
        text += "".join(f" {recall:.4f} |" for recall in each[0]["recall_at"].values())
        print(text)


def _machine() -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return f"{platform.platform()}, {cores} cores, load {load:.1f} at the start; {versions}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--nhs", action="store_true", help="use the NHS number too")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default: all, in turn")
    parser.add_argument("--one", choices=ENGINES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        done = measure(given.one, given.place, nhs=given.nhs, threads=given.threads)
        print(json.dumps(done))
    else:
        print(_machine())
        chosen = given.engine or list(ENGINES)
        for warming in set(chosen) - {"splink", "recordlinkage"}:
            _in_a_process(warming, given)
        measured: dict[str, list[dict[str, Any]]] = {engine: [] for engine in chosen}
        for turn in range(given.times):
            for engine in chosen:
                measured[engine].append(_in_a_process(engine, given))
                print(f"turn {turn + 1}: {engine} {measured[engine][-1]['seconds']:.2f} s")
        _table(measured)
