"""The report of a linkage in steps: one HTML page beside the links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.figures.words import listed
from scenarios.link_report.came_out import facts_of
from scenarios.link_report.words import SMALL_COUNTS, share_words, small_safe
from scenarios.report.blocks import Block, Facts, Heading, Points, Section, Table, Text, Tile, Tiles
from scenarios.report.page import Page, render_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.cascade_plan import CascadeStep
    from linkage.proportions import Proportion
    from linkage.step_quality import StepQuality, StepTruth
    from linkage.stepped import Stepped
    from scenarios.linking import Prepared

_UNIQUE = {
    "left": "a right record is linked only if it finds one left record",
    "right": "a left record is linked only if it finds one right record",
    "both": "both records must find one another and no other",
    "no": "all pairs that are found are linked",
}


def render_steps(
    prepared: Prepared, stepped: Stepped, quality: StepQuality, summary: dict[str, Any]
) -> str:
    """Writes the report of a linkage in steps as one HTML page, the same bytes every time.

    It shows counts, names of columns and steps, and no value of a file.

    Args:
        prepared: The files and the plan, a cascade.
        stepped: What was found.
        quality: How good it is, as far as is known.
        summary: The summary that is written beside the links.
    """
    names = " and ".join(each["file"] for each in summary["files"])
    sections = [_came_out(prepared, stepped, quality, summary), _steps(prepared, summary)]
    if summary["statuses"]:
        sections.append(_statuses(summary["statuses"]))
    if quality.truth is not None:
        sections.append(_against_truth(quality.truth))
    return render_page(
        Page(
            title=f"Links of {names}: how they were found",
            kind="A linkage of two files, in steps",
            heading="What was linked, and why",
            banner="Your files; figures only",
            more="No value of a record is shown.",
            facts=facts_of(prepared, summary),
            sections=tuple(sections),
            closing="Names of files and of columns stand on this page as they were given.",
            provenance=summary["provenance"],
        )
    )


def _came_out(
    prepared: Prepared, stepped: Stepped, quality: StepQuality, summary: dict[str, Any]
) -> Section:
    counts = summary["counts"]
    links = stepped.pairs.filter(stepped.pairs["decision"] == "link")
    tiles = [
        Tile(f"{counts['links']:,}", "Links", f"exact count, of {counts['pairs']:,} pairs tried"),
        *(
            Tile(
                share_words(links[side].n_unique() / counts[f"{side}_records"]),
                f"Records linked, {side} file",
                f"exact count, {links[side].n_unique():,} of {counts[f'{side}_records']:,} records",
            )
            for side in ("left", "right")
        ),
    ]
    if quality.truth is not None:
        found = quality.truth.links
        tiles += [
            Tile(_value(share), label, _ranged(share, of))
            for share, label, of in (
                (found.precision, "Links that are right", "links"),
                (found.recall, "True pairs that are linked", "true pairs"),
            )
        ]
    blocks: list[Block] = [
        Text(
            f"A file of {counts['left_records']:,} records was linked with one of "
            f"{counts['right_records']:,}, in {len(summary['steps'])} steps, each on the right "
            "records that no earlier step linked."
        ),
        Tiles(tuple(tiles)),
        *(Text(each) for each in _beside(prepared, quality)),
        Text(SMALL_COUNTS),
    ]
    return Section("came-out", "What came out", tuple(blocks))


def _beside(prepared: Prepared, quality: StepQuality) -> Iterator[str]:
    if quality.truth is None:
        yield (
            "Nothing on this page was checked against pairs that are known. Give some with --truth "
            "to see how many links are right, and how many are missed."
        )
    if prepared.dropped:
        absent = listed(prepared.dropped)
        yield f"The plan was used without {absent}, which the files do not have."
    if prepared.unused:
        yield f"Not used of the plan: {listed(prepared.unused)}."


def _steps(prepared: Prepared, summary: dict[str, Any]) -> Section:
    plan = prepared.cascade
    again = (
        "A record that is linked is set aside, on both sides."
        if plan.one_to_one
        else "A right record that is linked is set aside; a left one may be linked to many."
    )
    did = Table(
        "What each step did",
        ("Step", "Pairs tried", "Linked", "Not linked: several found", "Left out: too common"),
        tuple(
            (
                row["rule"],
                *(small_safe(row[name]) for name in ("pairs", "linked", "not_unique", "left_out")),
            )
            for row in summary["steps"]
        ),
    )
    forms = tuple(
        f"{each.column}: a value that breaks the rule {each.form} counts as missing"
        for each in plan.columns
        if each.form
    )
    blocks: tuple[Block, ...] = (
        Text(again),
        Facts(tuple((step.name, "; ".join(_asked(step))) for step in plan.steps)),
        *((Heading("Values that count"), Points(forms)) if forms else ()),
        did,
    )
    return Section("steps", "The steps", blocks)


def _asked(step: CascadeStep) -> Iterator[str]:
    """Says what a step asks for, and what that rests on."""
    if step.status is not None:
        yield f"status {step.status}"
    if step.match is not None:
        columns = ", ".join(each.column for each in step.match.comparisons)
        yield f"pairs weighed by {columns}, linked from {share_words(step.match.threshold.value)}"
    else:
        yield f"the same: {', '.join(step.agree)}"
    for each in step.reach:
        yield f"{each.column} alike: {' or '.join(each.levels)}{_rests(each.evidence, each.source)}"
    yield _UNIQUE[step.unique]
    if step.of_several == "best":
        yield "the best of several, if none is as good"
    if rests := _rests(step.evidence, step.source):
        yield rests.strip(" ()")


def _rests(evidence: str, source: str) -> str:
    if evidence == "yours" and not source:
        return ""
    return f" ({evidence}: {source})" if source else f" ({evidence})"


def _statuses(rows: list[dict[str, Any]]) -> Section:
    table = Table(
        f"The {rows[0]['out_of']:,} right records by status code",
        ("Status", "Records", "Share"),
        tuple(
            (
                row["status"],
                small_safe(row["records"]),
                share_words(row["records"] / max(row["out_of"], 1)),
            )
            for row in rows
        ),
    )
    return Section("statuses", "Status codes", (table,))


def _against_truth(truth: StepTruth) -> Section:
    links = truth.links
    every = ("All links", _of(links.precision, "links"), _of(links.recall, "true pairs"))
    each_step = [
        (name, _about(each.precision), _about(each.recall)) for name, each in truth.by_step
    ]
    by_step = Table(
        "By step, with 95 % ranges; recall is out of all true pairs",
        ("Step", "Precision: right, of links", "Recall: found, of true pairs"),
        (every, *each_step),
    )
    reasons = truth.errors.group_by("error", "reason").len("pairs").sort("error", "reason")
    wrong = Table(
        "Missed and false matches; of a false one, the step that linked it",
        ("Error", "Reason", "Pairs"),
        tuple(
            (row["error"], row["reason"], small_safe(row["pairs"])) for row in reasons.to_dicts()
        ),
    )
    return Section("truth", "Held against the true pairs that were given", (by_step, wrong))


def _of(share: Proportion, of: str) -> str:
    return f"{_value(share)}\n{_ranged(share, of)}"


def _about(share: Proportion) -> str:
    """Writes a share of a step, whose counts may be small."""
    counts = f"{small_safe(share.count)} of {small_safe(share.out_of)}"
    spread = f"{share_words(share.low)} to {share_words(share.high)} (chance)"
    return f"{_value(share)}\n{spread}; {counts}"


def _value(share: Proportion) -> str:
    return "none" if share.value is None else share_words(share.value)


def _ranged(share: Proportion, of: str) -> str:
    return (
        f"{share_words(share.low)} to {share_words(share.high)} (chance); {share.count:,} of "
        f"{share.out_of:,} {of}"
    )
