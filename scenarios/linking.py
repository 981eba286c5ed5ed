"""Linking supplied files, the main path: read, plan, match, judge, write."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from linkage.aligned import align
from linkage.cascade_plan import Cascade
from linkage.column_pairs import pair_columns
from linkage.match_quality import match_quality
from linkage.suggest import suggest
from scenarios.json_text import json_text
from scenarios.linking_clusters import cluster_rows
from scenarios.linking_errors import errors_of
from scenarios.linking_files import read_supplied
from scenarios.linking_groups import read_groups
from scenarios.linking_labels import check_labels, with_tokens_exact
from scenarios.linking_truth import read_truth
from scenarios.named_columns import named_pairs, without_absent
from scenarios.plan_files import load_plan, shipped_plans
from scenarios.problems import PlanError, Problem, SuppliedError
from scenarios.tables import parquet
from scenarios.written_files import write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from linkage.aligned import Aligned
    from linkage.cascade_plan import LinkagePlan
    from linkage.clusters import Clusters
    from linkage.column_pairs import ColumnPair
    from linkage.match_plan import MatchPlan
    from linkage.match_quality import MatchQuality
    from linkage.matched import Matched
    from linkage.record_groups import RecordGroups
    from linkage.suggest import Suggestion
    from scenarios.linking_files import SuppliedFile
    from scenarios.linking_truth import TruePairs
    from scenarios.written_files import Places

PROVENANCE: Final = "supplied"


@dataclass(frozen=True)
class Prepared:
    """Files that were read, and how they are to be matched.

    Attributes:
        left: The left file.
        right: The right file; null for duplicates in one.
        truth: The true pairs, where they were given.
        labels: Pairs from which m is learnt, where they were given.
        plan: The plan; its columns are those of `columns`. With two files it has no clusters.
        columns: The columns that it names, as each file calls them.
        suggestion: What the plan rests on; null where it was given.
        dropped: Columns of a shipped plan that the files do not have.
        unused: What the given plan says that means nothing here, with the reason.
        groups: Groups of records that the linkage is judged by.
        aligned: Both files in the form in which they are matched.
        seconds: Seconds of each step so far.
    """

    left: SuppliedFile
    right: SuppliedFile | None
    truth: TruePairs | None
    labels: TruePairs | None
    plan: LinkagePlan
    columns: tuple[ColumnPair, ...]
    suggestion: Suggestion | None
    dropped: tuple[str, ...]
    unused: tuple[str, ...]
    groups: tuple[RecordGroups, ...]
    aligned: Aligned
    seconds: dict[str, float]

    @property
    def match_plan(self) -> MatchPlan:
        """The plan, where it weighs pairs; there is none where it is a cascade."""
        if isinstance(self.plan, Cascade):
            raise TypeError("a cascade weighs no pairs")
        return self.plan

    @property
    def cascade(self) -> Cascade:
        """The plan, where it is a cascade."""
        if not isinstance(self.plan, Cascade):
            raise TypeError("a plan that weighs pairs has no steps")
        return self.plan


def prepare(
    left: Path,
    right: Path | None,
    *,
    plan: str | None = None,
    id_column: str | None = None,
    truth: Path | None = None,
    labels: Path | None = None,
    by: Sequence[str] = (),
) -> Prepared:
    """Reads files, and finds or reads the plan.

    Args:
        left: CSV or Parquet.
        right: The same; null to find duplicates in the left file.
        plan: A shipped plan or a plan file; null to suggest one.
        id_column: The column of ids, or that of the left and of the right file with a comma
            between them; null to look for one, or to number rows.
        truth: A file of true pairs, or a directory of simulated truth; null if none is known.
        labels: A file of pairs known to match, from which m is learnt; null to learn it without.
        by: Columns of either file whose groups the linkage is judged by.

    Returns:
        All that matching needs.

    Raises:
        SuppliedError: If a file cannot be used; holds the problems of all of them.
        PlanError: If the plan cannot be used.
    """
    began = time.perf_counter()
    asked = load_plan(plan) if plan is not None else None
    if isinstance(asked, Cascade):
        _check_in_steps(str(plan), one_file=right is None, labelled=labels is not None)
    ours, theirs = _read_both(left, right, id_column)
    true_pairs = read_truth(truth, ours, theirs) if truth is not None else None
    labelled = read_truth(labels, ours, theirs) if labels is not None else None
    groups = read_groups(by, ours, theirs)
    read = time.perf_counter()
    their_frame = theirs.frame if theirs is not None else None
    pairs = with_tokens_exact(pair_columns(ours.frame, their_frame), ours, theirs)
    suggestion: Suggestion | None = None
    dropped: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    if asked is None:
        if not pairs:
            raise SuppliedError([_nothing_in_common(ours, theirs)])
        suggestion = suggest(ours.frame, their_frame, pairs)
        asked, columns = suggestion.plan, suggestion.columns
    else:
        given = asked
        if plan in shipped_plans():
            asked, dropped = without_absent(asked, pairs, (ours, theirs))
        asked, unused = _for_these(given, asked, one_file=theirs is None)
        columns = named_pairs(str(plan), asked, pairs, (ours, theirs))
    check_labels(pairs if suggestion is not None else columns, ours, theirs)
    aligned = align(ours.frame, their_frame, columns)
    _check_sources(str(plan), asked, aligned.left)
    seconds = {"read": read - began, "plan": time.perf_counter() - read}
    return Prepared(
        ours,
        theirs,
        true_pairs,
        labelled,
        asked,
        columns,
        suggestion,
        dropped,
        unused,
        groups,
        aligned,
        seconds,
    )


def _check_in_steps(file: str, *, one_file: bool, labelled: bool) -> None:
    """Refuses what a plan in steps cannot do."""
    rules = []
    if one_file:
        rules.append(
            "a plan in steps links two files, and finds no duplicates in one: give a second file, "
            "or a plan with blocking and comparisons"
        )
    if labelled:
        rules.append("a plan in steps learns nothing from --labels: leave them out")
    if rules:
        raise PlanError([Problem(file, None, "", None, rule) for rule in rules])


def _for_these(
    given: LinkagePlan, plan: LinkagePlan, *, one_file: bool
) -> tuple[LinkagePlan, tuple[str, ...]]:
    """Gives the plan as it is used, and what of it means nothing."""
    if isinstance(plan, Cascade) and isinstance(given, Cascade):
        left = {step.name for step in plan.steps}
        lost = [step.name for step in given.steps if step.name not in left]
        return plan, tuple(f'step "{name}": it needs what the files do not have' for name in lost)
    if isinstance(plan, Cascade):
        raise TypeError("a plan that weighs pairs has become a cascade")
    if not one_file and plan.clusters is not None:
        reason = "clusters: these are of one file, and two are given"
        return plan.model_copy(update={"clusters": None}), (reason,)
    if one_file and plan.one_to_one != "none":
        reason = f'one_to_one = "{plan.one_to_one}": within one file, clusters decide'
        return plan, (reason,)
    return plan, ()


def _check_sources(file: str, plan: LinkagePlan, records: pl.DataFrame) -> None:
    """Refuses sources declared free of duplicates of which no record is."""
    rules = None if isinstance(plan, Cascade) else plan.clusters
    if rules is None or not rules.source:
        return
    there = set(records[rules.source].unique())
    absent = [name for name in rules.free_of_duplicates if name not in there]
    if absent:
        rule = f"no record's {rules.source} is so; write it as the file does"
        setting = "clusters.free_of_duplicates"
        raise PlanError([Problem(file, None, setting, name, rule) for name in absent])


def match_prepared(
    prepared: Prepared, seed: int, progress: Callable[[str, float], None] | None = None
) -> Matched:
    """Matches files that were prepared; the only place where the engine is called.

    Raises:
        PlanError: If the plan is more than the engine can do.
    """
    from linkage.matcher import match

    aligned = prepared.aligned
    labels = prepared.labels.pairs if prepared.labels is not None else None
    try:
        return match(
            aligned.left,
            aligned.right,
            prepared.match_plan,
            seed=seed,
            labels=labels,
            progress=progress,
        )
    except ValueError as beyond:
        raise PlanError([Problem("plan", None, "", None, str(beyond))]) from beyond


def judge(prepared: Prepared, matched: Matched) -> MatchQuality:
    """Says how good the links are: by the truth where it was given, and without it in any case."""
    known = prepared.truth.known if prepared.truth is not None else None
    return match_quality(matched.weighed, known, prepared.groups, hide_small=True)


def links_of(prepared: Prepared, pairs: pl.DataFrame, decision: str = "link") -> pl.DataFrame:
    """Gives the links as they are written: ids, weight, probability and rule, and no other value.

    Args:
        prepared: The files.
        pairs: What was found: `Matched.pairs` or `Stepped.pairs`.
        decision: `link`, or `review` for the pairs that somebody should look at.

    Returns:
        `left_id`, `right_id`, `match_weight`, `match_probability`, `rule`, `status` where the plan
        has status codes, and `provenance`, in the order of the ids, the left ones first.
    """
    linked: pl.DataFrame = pairs.filter(pl.col("decision") == decision).sort("left", "right")
    right = prepared.left if prepared.right is None else prepared.right
    return linked.select(
        prepared.left.ids.gather(linked["left"]).alias("left_id"),
        right.ids.gather(linked["right"]).alias("right_id"),
        "match_weight",
        "match_probability",
        "rule",
        *(name for name in ("status",) if name in linked.columns),
        pl.lit(PROVENANCE).alias("provenance"),
    )


def tables_of(
    where: Places,
    prepared: Prepared,
    matched: Matched,
    quality: MatchQuality,
    clusters: Clusters | None,
) -> dict[Path, pl.DataFrame]:
    """Gives the tables that are written: ids, weights, rules and reasons, and no other value.

    Args:
        where: Where they go.
        prepared: The files.
        matched: What was found.
        quality: How good it is.
        clusters: Clusters of one file's records.
    """
    tables = {
        where.links: links_of(prepared, matched.pairs),
        where.review: links_of(prepared, matched.pairs, "review"),
    }
    if where.clusters is not None and clusters is not None:
        tables[where.clusters] = cluster_rows(prepared, clusters, PROVENANCE)
    if where.errors is not None and quality.truth is not None:
        tables[where.errors] = errors_of(quality.truth, prepared.left, prepared.right, PROVENANCE)
    return tables


def write_linkage(
    where: Places,
    tables: Mapping[Path, pl.DataFrame],
    summary: dict[str, Any],
    page: str,
    *,
    replace: bool,
) -> None:
    """Writes tables, summary and report: all of them or none.

    Args:
        where: Where they go.
        tables: Tables by place, from `tables_of`.
        summary: The summary.
        page: The report, as HTML.
        replace: Whether what is there may be replaced.

    Raises:
        OutputError: If something is there and `replace` is false, or nothing can be written.
    """
    is_csv = where.links.suffix.lower() == ".csv"
    written = {
        path: table.write_csv().encode() if is_csv else parquet(table, PROVENANCE)
        for path, table in tables.items()
    }
    written[where.summary] = (json_text(summary) + "\n").encode()
    written[where.report] = page.encode()
    write_all(written, replace=replace)


def _read_both(
    left: Path, right: Path | None, id_column: str | None
) -> tuple[SuppliedFile, SuppliedFile | None]:
    """Reads both files, so that what is wrong with either is said at once."""
    read: list[SuppliedFile] = []
    problems: list[Problem] = []
    paths = [left] if right is None else [left, right]
    first, comma, second = (id_column or "").partition(",")
    names = [first, second] if comma else [id_column, id_column]
    for path, name in zip(paths, names, strict=False):
        try:
            read.append(read_supplied(path, name))
        except SuppliedError as error:
            problems += error.problems
    if right is None and read and read[0].frame.height == 1:
        rule = "holds one row, and duplicates need two; give a second file to link it with"
        problems.append(Problem(str(left), None, "", None, rule))
    if problems:
        raise SuppliedError(problems)
    return read[0], read[1] if right is not None else None


def _nothing_in_common(left: SuppliedFile, right: SuppliedFile | None) -> Problem:
    if right is None:
        rule = "no column can be compared: each is empty, has one value, or numbers the records"
        return Problem(str(left.path), None, "", None, rule)
    rule = (
        f"no column says the same as one of {right.path}; columns here: "
        f"{', '.join(left.frame.columns)}; columns there: {', '.join(right.frame.columns)}; give "
        "those that do the same name, or name them in a plan (--plan)"
    )
    return Problem(str(left.path), None, "", None, rule)
