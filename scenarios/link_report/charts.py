"""Charts of a linkage: blocking rules, m and u, match weights, and the waterfall of a pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.weights import weight_of
from scenarios.figures.chart import Chart, to_svg
from scenarios.figures.words import SPACE
from scenarios.link_report.bars import DOWN, SUM, UP, Bar, BarRow, bars
from scenarios.link_report.words import (
    bits_words,
    chance_words,
    level_words,
    share_words,
    small_safe,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.explain import Step
    from scenarios.figures.chart import Layers
    from scenarios.link_report.reading import ExplainedPair, LinkReading

_PERCENT = 100.0


def blocking_chart(reading: LinkReading) -> Chart:
    """Draws the pairs of each blocking rule, and how many of them no earlier rule has."""
    rows = list(reading.matched.blocks.iter_rows(named=True))
    total = sum(row["new_pairs"] for row in rows)
    most = max(rows, key=lambda row: row["new_pairs"])
    title = (
        f"{most['rule']} brings {most['new_pairs']:,} of {total:,} compared pairs, the most"
        if total
        else "No rule brings any pair together"
    )
    told = "; ".join(
        f"{row['rule']} {row['pairs']:,} pairs, {row['new_pairs']:,} of them new" for row in rows
    )
    running, table = 0, []
    for row in rows:
        running += row["new_pairs"]
        counts = (row["pairs"], row["new_pairs"], running, row["largest_block"], row["left_out"])
        table.append((row["rule"], *(f"{count:,}" for count in counts)))
    drawn = [
        BarRow(
            row["rule"],
            (
                Bar(0.0, row["pairs"], f"{row['pairs']:,}", UP),
                Bar(0.0, row["new_pairs"], f"{row['new_pairs']:,} new", DOWN),
            ),
        )
        for row in rows
    ]
    drawing = bars(drawn, "Pairs of records", series=("pairs", "new: no rule above has them"))
    return _chart(
        reading, "blocking", title, f"Pairs by blocking rule: {told}.", drawing,
        columns=("Rule", "Pairs", "New pairs", "All so far", "Pairs of its largest block",
                 "Pairs left out in blocks too large"),
        rows=table,
        note="A pair that agrees on several rules is new to the first of them, and compared once.",
    )  # fmt: skip


def shares_chart(reading: LinkReading, matches: dict[tuple[str, str], float]) -> Chart:
    """Draws m and u of each level.

    Args:
        reading: What was found.
        matches: Expected matches by comparison and level.
    """
    drawn: list[BarRow] = []
    table, told, before = [], [], ""
    for name, level, m, u in _levels(reading):
        if name != before:
            drawn.append(BarRow(name))
            before = name
        shares = (share_words(m), share_words(u))
        told.append(f"{name} {level} m {shares[0]}, u {shares[1]}")
        bar = Bar(0.0, _PERCENT * m, f"m {shares[0]}", UP)
        drawn.append(BarRow(level, (bar, Bar(0.0, _PERCENT * u, f"u {shares[1]}", DOWN))))
        held = small_safe(round(matches.get((name, level), 0.0)))
        table.append((f"{name}: {level}", level_words(level), *shares, held))
    best = max(_levels(reading), key=lambda row: row[2] - row[3])
    title = (
        f"{best[0]} {best[1]} parts best: {share_words(best[2])} of matches, "
        f"{share_words(best[3])} of others"
    )
    drawing = bars(
        drawn, "Of pairs with both values", after=f"{SPACE}%", domain=(0.0, _PERCENT),
        series=("m: of matches", "u: of pairs of different people"),
    )  # fmt: skip
    alternative = f"Shares of pairs by level of agreement: {'; '.join(told)}."
    return _chart(
        reading, "m-and-u", title, alternative, drawing,
        columns=("Level", "It holds where", "m", "u", "Expected matches with it"),
        rows=table,
        note="Shares are of pairs that have both values, so those of a column add up to all.",
    )  # fmt: skip


def weights_chart(reading: LinkReading) -> Chart:
    """Draws what each level adds to the match weight."""
    drawn: list[BarRow] = []
    table, told = [], []
    before = ""
    rows = list(reading.matched.levels.iter_rows(named=True))
    for row in rows:
        name, level, weight = row["comparison"], row["level"], row["weight"]
        if name != before:
            drawn.append(BarRow(name))
            before = name
        words = bits_words(weight, signed=True)
        drawn.append(BarRow(level, (Bar(0.0, weight, words, UP if weight >= 0 else DOWN),)))
        told.append(f"{name} {level} {words}")
        table.append((f"{name}: {level}", level_words(level), words))
    most, least = (pick(rows, key=lambda row: row["weight"]) for pick in (max, min))
    title = (
        f"Most for a match: {most['comparison']} {most['level']}, "
        f"{bits_words(most['weight'], signed=True)} bits; most against: {least['comparison']} "
        f"{least['level']}, {bits_words(least['weight'], signed=True)}"
    )
    drawing = bars(
        drawn, "Match weight, bits", series=("speaks for a match", "speaks against a match")
    )
    return _chart(
        reading, "match-weights", title, f"Bits by level of agreement: {'; '.join(told)}.", drawing,
        columns=("Level", "It holds where", "Bits"),
        rows=table,
        note="A missing value adds nothing. One bit doubles the odds of a match, or halves them.",
    )  # fmt: skip


def waterfall_chart(reading: LinkReading, pair: ExplainedPair, number: int) -> Chart:
    """Draws how the match weight of a pair adds up."""
    explained = pair.explained
    steps = explained.steps
    drawn, table = [], []
    for step in steps:
        words = bits_words(step.bits, signed=True)
        start = step.total - step.bits
        drawn.append(
            BarRow(
                step_words(step), (Bar(start, step.total, words, UP if step.bits >= 0 else DOWN),)
            )
        )
        table.append((step_words(step), words, bits_words(step.total)))
    weight = bits_words(explained.weight)
    drawn.append(BarRow("match weight", (Bar(0.0, explained.weight, f"= {weight}", SUM),)))
    title = f"A match weight of {weight} bits, probability {chance_words(explained.probability)}"
    told = "; ".join(f"{step_words(step)} {bits_words(step.bits, signed=True)}" for step in steps)
    at = weight_of(reading.plan.threshold.value)
    finite = abs(at) < float("inf")
    drawing = bars(
        drawn, "Match weight, bits",
        marks=((at, f"threshold {bits_words(at)}"),) if finite else (),
    )  # fmt: skip
    return _chart(
        reading, f"pair-{number}", title, f"From top to bottom: {told}; in all {weight} bits.",
        drawing,
        columns=("Step", "Bits", "Sum so far"),
        rows=table,
        note="Each bar begins where the one above ends.",
    )  # fmt: skip


def step_words(step: Step) -> str:
    """Writes what a step of a waterfall is: `surname: exact`."""
    if step.kind == "prior":
        return "before comparing (prior)"
    if step.kind == "rarity":
        return f"{step.column}: how rare the value is"
    return f"{step.column}: {step.level}"


def _levels(reading: LinkReading) -> list[tuple[str, str, float, float]]:
    return reading.matched.levels.select("comparison", "level", "m", "u").rows()


def _chart(
    reading: LinkReading,
    stem: str,
    title: str,
    alternative: str,
    drawing: Layers,
    *,
    columns: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    note: str,
) -> Chart:
    svg = to_svg(drawing, stem, title, alternative, reading.notice)
    return Chart(stem, title, alternative, columns, tuple(rows), svg, note)
