"""The level of risk: what it is, which row sets it, the panel behind it, and the rule itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import group_words, listed, lower_first, plain, quantity
from scenarios.report.blocks import Block, Facts, Folded, Points, Section, Table, Text
from scenarios.report.level_rule import rule_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reidentify.level import JudgedRow, Level, PanelRow
    from scenarios.figures import Reading
    from scenarios.result import LevelReport, Mover

_ILLUSTRATIVE = (
    "ILLUSTRATIVE: the inputs that set this level are not all the team's own, dated and local."
)
_APART = ("all", "quiet=yes", "quiet=no")
_COLUMNS = (
    "Attacker",
    "Group",
    "Found, inputs hard",
    "Level, inputs hard",
    "Found, inputs central",
    "Level, inputs central",
    "Wrongly named per 1,000, hard; central",
)
_FAILURES = {1: "one failure: counted in full", 2: "two independent parties: one level lower"}


def level_section(reading: Reading) -> tuple[Section, ...]:
    """Says which level of risk was found, and on what; nothing where none was asked for."""
    report = reading.result.level
    if report is None:
        return ()
    held = report.level
    blocks: list[Block] = [
        Text(level_words(held), strong=True),
        Facts(_facts(report)),
        Table("The panel: everybody, quiet and busy apart, and the worst group", _COLUMNS,
              _panel(held, worst_only=True)),
        Text(
            "A share found stands with the upper end of its range of chance over seeds, on which "
            "the level is read. It is out of people at risk, or of targets, as the attacker's own "
            "section says."
        ),
        *_failing(held),
        *_gaps(held),
        Folded("Every group of the panel", (Table("The panel", _COLUMNS, _panel(held)),)),
        *_hard_ends(report),
        Folded(f"The rule: {held.version}", (Facts(rule_facts(report.rule)),)),
    ]  # fmt: skip
    return (Section("level", "Level of risk", tuple(blocks)),)


def level_words(held: Level) -> str:
    """Writes a level in a line: `ILLUSTRATIVE: high (central: moderate); wrong names: high`."""
    if held.overall is None:
        said = "not assessed: no attacker of the panel could be run"
    else:
        said = f"{held.overall} (central: {held.central or 'not assessed'})"
    if held.not_assessed:
        places = listed(tuple(dict.fromkeys(row.panel for row in held.not_assessed)))
        said += f", not assessed: {places}"
    wrong: str = "not counted" if held.wrong_names is None else held.wrong_names
    if held.wrong_names_central not in (None, held.wrong_names):
        wrong += f" (central: {held.wrong_names_central})"
    head = "ILLUSTRATIVE: " if held.illustrative else ""
    return f"{head}{said}; wrong names: {wrong}"


def moving_words(mover: Mover, report: LevelReport) -> tuple[str, ...]:
    """Writes an input that moves the level: its range, how far, and where the level changes."""
    if mover.changes_at is None:
        change = "none within its range"
    else:
        change = f"{mover.changes_at:,.3g}: {mover.changes_to}, from {report.sensitivity_level}"
    return (
        mover.setting,
        f"{mover.value:,.6g} ({mover.low:,.6g} to {mover.high:,.6g})",
        mover.evidence,
        f"{mover.hard:,.6g}",
        quantity(mover.moves, "points", 1),
        quantity(mover.moves_any, "points", 1),
        change,
    )


def _facts(report: LevelReport) -> tuple[tuple[str, str], ...]:
    held = report.level
    seeds = f"{len(report.seeds)} seed{'' if len(report.seeds) == 1 else 's'}"
    facts = [("Rule", f"{held.version}: ours, printed below; nobody else's threshold")]
    if held.set_by is not None:
        facts.append(("Set by", _setter(held.set_by)))
    if held.illustrative:
        facts.append(("Heading", _ILLUSTRATIVE))
    if held.wrong_by is not None:
        row = held.wrong_by
        per = quantity(row.wrong_per_1000 or 0.0, "per 1,000", 1)
        said = f"{held.wrong_names}: {per} people wrongly named, by {_who(row)}, {_where(row)}"
        facts.append(("Wrong names", f"{said}; stands beside the level and is never netted off"))
    facts.append(("Run at", f"{report.people:,} people, the real population, {seeds}"))
    facts.append(("Not in it", "whether anybody would try, and how bad the harm would be"))
    return tuple(facts)


def _setter(judged: JudgedRow) -> str:
    row = judged.row
    moved = f"the input that moves it most: {row.input}" if row.input else "no input moves it"
    why = "; names of which it is sure set it" if judged.sure else ""
    failure = f"; {_FAILURES[min(row.failures, 2)]}" if row.failures else ""
    return f"{_who(row)}, {_where(row)}, {_found(row)}; {moved}{why}{failure}"


def _who(row: PanelRow) -> str:
    return f"{plain(row.attack)} ({row.panel})" if row.attack else row.panel


def _where(row: PanelRow) -> str:
    return f"{lower_first(group_words(row.group))}, inputs {row.setting}"


def _found(row: PanelRow) -> str:
    """Writes what a level is read off: the share found and its upper end, and a gain if larger."""
    found = quantity(row.found, "share", 1)
    said = f"{found} found (up to {quantity(row.found_high, 'share', 1)})"
    if row.gain_high is not None and row.gain_high > row.found_high:
        said += f"; attribute gain up to {quantity(row.gain_high, 'share', 1)}"
    return said


def _panel(held: Level, *, worst_only: bool = False) -> tuple[tuple[str, ...], ...]:
    """Lists each attacker and group with hard and central inputs side by side."""
    by_place: dict[tuple[str, str, str], dict[str, JudgedRow]] = {}
    for judged in held.rows:
        row = judged.row
        if not row.not_assessed:
            by_place.setdefault((row.panel, row.attack, row.group), {})[row.setting] = judged
    if worst_only:
        kept = _worst_groups(by_place.values())
        by_place = {place: both for place, both in by_place.items() if place in kept}
    ordered = sorted(by_place.items(), key=lambda one: (*one[0][:2], _group_order(one[0][2])))
    return tuple(_panel_row(both) for _, both in ordered)


def _worst_groups(rows: Iterable[dict[str, JudgedRow]]) -> set[tuple[str, str, str]]:
    """Picks everybody, quiet and busy, and of each attacker the group of which most is found."""
    kept: set[tuple[str, str, str]] = set()
    worst: dict[tuple[str, str], tuple[float, str]] = {}
    for both in rows:
        for judged in both.values():
            row = judged.row
            if row.group in _APART:
                kept.add((row.panel, row.attack, row.group))
            else:
                place = (row.panel, row.attack)
                worst[place] = max(worst.get(place, (-1.0, "")), (row.reach, row.group))
    return kept | {(*place, group) for place, (_, group) in worst.items()}


def _group_order(group: str) -> tuple[int, str]:
    return (_APART.index(group) if group in _APART else len(_APART), group)


def _panel_row(both: dict[str, JudgedRow]) -> tuple[str, ...]:
    row = next(iter(both.values())).row
    cells = [_who(row), f"{group_words(row.group)}\n{row.people:,.0f} people"]
    for setting in ("hard", "central"):
        judged = both.get(setting)
        cells.append("none" if judged is None else _found(judged.row).replace("; ", "\n"))
        cells.append("none" if judged is None else _level_cell(judged))
    wrong = [both[s].row.wrong_per_1000 if s in both else None for s in ("hard", "central")]
    cells.append("; ".join("none" if one is None else f"{one:,.1f}" for one in wrong))
    return tuple(cells)


def _level_cell(judged: JudgedRow) -> str:
    said = f"{judged.level}"
    if judged.sure:
        said += "\nset by sure names"
    return said + (f"\n{_FAILURES[min(judged.row.failures, 2)]}" if judged.row.failures else "")


def _failing(held: Level) -> list[Block]:
    rows = tuple(
        (
            _who(judged.row),
            _FAILURES[min(judged.row.failures, 2)],
            f"inputs {judged.row.setting}",
            _found(judged.row),
            f"{judged.level}",
        )
        for judged in held.if_it_fails
        if judged.row.group == "all" and not judged.row.not_assessed
    )
    columns = ("Attacker", "What must fail", "Inputs", "People opened", "Level, if it fails")
    return [Table("If it fails", columns, rows)] if rows else []


def _gaps(held: Level) -> list[Block]:
    said = dict.fromkeys(f"{_who(row)}: {row.not_assessed}." for row in held.not_assessed)
    if not said:
        return []
    return [Text("Not assessed, and so not low:", strong=True), Points(tuple(said))]


def _hard_ends(report: LevelReport) -> list[Block]:
    if not report.hard_ends:
        return []
    ends = tuple((setting, f"{value:,.6g}") for setting, value in sorted(report.hard_ends.items()))
    said = (
        "Each uncertain input that is not the team's own, at the end at which most is found; which "
        f"end that is was tried one input at a time, among {report.sensitivity_people:,} people "
        "with one seed. An input that moves nothing there keeps its central value."
    )
    table = Table("Inputs, hard", ("Setting", "Value"), ends)
    return [Folded(f"The hard inputs: {len(ends):,}", (Text(said), table))]
