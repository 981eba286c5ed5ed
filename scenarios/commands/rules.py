"""Rules of `--fail-on`: what must not happen, for use in scripts.

`red-line` is crossed if a red line stops the proposal. `MEASURE OP NUMBER`, such as
`recall<0.95`, is crossed if any figure of that measure, for everybody and as proposed, satisfies
it. A measure that is given of each field, window or overlap and not of everybody is crossed if any
of those satisfies it. Where a measure stands in several parts of a result, the part is written
before it: `linkage.precision<0.99`. A rule that the run gives no figure for counts as crossed: what
was not looked at is not fine. `level OP WORD`, such as `level>=moderate`, is crossed by the level
of risk, which a run gives with `--level` alone.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reidentify.level_words import WORDS
from scenarios.commands.given import MEASURES, given_by
from scenarios.commands.terminal import BadInput
from scenarios.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scenarios.proposal import Proposal
    from scenarios.result import Figure, Result

RED_LINE = "red-line"
LEVEL = "level"
AS_PROPOSED = "as proposed"

# Parts in which a measure is given where it is given of nobody as a whole.
_PARTS = ("overlap=", "field=", "window=")

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LEVEL_RULE = re.compile(r"\s*level\s*(?P<op><=|>=|<|>)\s*(?P<word>[a-z -]*[a-z])\s*")
_RULE = re.compile(
    r"\s*((?P<section>[a-z]+)\.)?(?P<measure>[a-z][a-z0-9_]*)\s*(?P<op><=|>=|<|>)\s*"
    r"(?P<number>[-+]?\d+(\.\d*)?(e[-+]?\d+)?)\s*"
)


class RuleCrossed(Exception):  # noqa: N818 - says what is the case
    """A `--fail-on` rule was crossed; the message lists where."""


@dataclass(frozen=True)
class Rule:
    """One rule of `--fail-on`.

    Attributes:
        text: As it was typed.
        measure: The measure, `red-line` or `level`.
        section: The part of the result in which it is looked up.
        op: `<`, `<=`, `>` or `>=`; empty for `red-line`.
        number: What the measure is compared with; of a level its position, from 0.
    """

    text: str
    measure: str
    section: str = ""
    op: str = ""
    number: float = 0.0


def parse_rules(texts: Iterable[str], proposal: Proposal, *, with_level: bool) -> list[Rule]:
    """Reads the rules and checks, before anything is run, that they can be judged.

    Args:
        texts: The rules as typed.
        proposal: The proposal.
        with_level: Whether the run will find a level of risk.

    Raises:
        BadInput: If a rule cannot be read, or the proposal can give no such figure.
    """
    rules = [_parse(text, proposal) for text in texts]
    asking = [rule.text for rule in rules if rule.measure == LEVEL]
    if asking and not with_level:
        raise BadInput(
            f"--fail-on {asking[0]!r}: a run gives figures and no level of risk; add --level, "
            "which runs the panel at the real population"
        )
    return rules


def _parse_level(text: str) -> Rule | None:
    found = _LEVEL_RULE.fullmatch(text)
    if found is None:
        return None
    word = found["word"].replace("-", " ")
    if word not in WORDS:
        near = nearest(word, WORDS)
        ask = f" Did you mean `{near}`?" if near else ""
        raise BadInput(
            f"--fail-on {text!r}: {word} is not a level; levels: {', '.join(WORDS)}.{ask}"
        )
    return Rule(text, LEVEL, "", found["op"], float(WORDS.index(word)))


def _parse(text: str, proposal: Proposal) -> Rule:
    if text.strip() == RED_LINE:
        return Rule(text, RED_LINE)
    of_level = _parse_level(text)
    if of_level is not None:
        return of_level
    found = _RULE.fullmatch(text)
    if found is None:
        raise BadInput(
            f"--fail-on {text!r}: must be red-line, or a measure, one of < <= > >=, and a number, "
            f"in quotes: --fail-on 'recall<0.95', or --fail-on 'level>=moderate'{_meant(text)}"
        )
    section = _section(text, found["section"], found["measure"], given_by(proposal))
    return Rule(text, found["measure"], section, found["op"], float(found["number"]))


def _section(text: str, wanted: str | None, measure: str, given: set[str]) -> str:
    """Returns the section in which a measure is looked up; it must be one, and one that is run."""
    rows = [
        (giver, section)
        for giver, section, measures in MEASURES
        if measure in measures.split() and wanted in (None, section)
    ]
    if not rows:
        name = f"{wanted}.{measure}" if wanted else measure
        ask = _meant(measure) or f" Measures: {', '.join(_known())}"
        raise BadInput(f"--fail-on {text!r}: {name} is not a measure.{ask}")
    sections = {section: None for giver, section in rows if giver in given}
    if not sections:
        needed = " or ".join(dict.fromkeys(giver for giver, _ in rows))
        raise BadInput(f"--fail-on {text!r}: {measure} needs {needed}; there is none here")
    if len(sections) > 1:
        ways = " or ".join(f"{section}.{measure}" for section in sections)
        raise BadInput(f"--fail-on {text!r}: {measure} may be meant in two ways; write {ways}")
    return next(iter(sections))


def _known() -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in MEASURES for name in row[2].split()))


def _meant(text: str) -> str:
    words = re.match(r"\s*([A-Za-z0-9_-]*)", text)
    near = nearest(words[1] if words else text, [RED_LINE, *_known()])
    return f" Did you mean `{near}`?" if near else ""


def judge(rules: Iterable[Rule], result: Result) -> None:
    """Holds the rules against a result.

    Raises:
        RuleCrossed: If any rule is crossed, or the run gave no figure to judge it by.
    """
    crossed = [line for rule in rules for line in _crossings(rule, result)]
    if crossed:
        raise RuleCrossed("\n".join(crossed))


def _crossings(rule: Rule, result: Result) -> list[str]:
    if rule.measure == RED_LINE:
        return [
            f"--fail-on {RED_LINE}: {line.id} stops: {line.reason}"
            for line in result.red_lines
            if line.option == AS_PROPOSED and line.verdict == "stops"
        ]
    if rule.measure == LEVEL:
        return _level_crossings(rule, result)
    figures = result.select(option=AS_PROPOSED, section=rule.section, measure=rule.measure)
    judged = [figure for figure in _of_everybody(figures) if figure.value is not None]
    if not judged:
        return [f"--fail-on {rule.text!r}: this run gave no figure for {rule.measure}"]
    return [f"--fail-on {rule.text!r}: {_place(f)}" for f in judged if _is_crossed(rule, f)]


def _of_everybody(figures: Sequence[Figure]) -> list[Figure]:
    """Keeps figures of everybody; of a measure that has none, those of its parts."""
    whole = [f for f in figures if f.group == "all" or f.group.startswith("contacts=")]
    return whole or [f for f in figures if _is_a_part(f)]


def _is_a_part(figure: Figure) -> bool:
    """Says whether a figure is of a part of its measure, and not of a group of people."""
    if figure.section == "world":
        return True
    return figure.group.startswith(_PARTS) and ",quiet=" not in figure.group


def _level_crossings(rule: Rule, result: Result) -> list[str]:
    held = None if result.level is None else result.level.level
    if held is None or held.overall is None:
        return [f"--fail-on {rule.text!r}: this run could give no level of risk"]
    if _COMPARE[rule.op](WORDS.index(held.overall), rule.number):
        return [f"--fail-on {rule.text!r}: the level of risk is {held.overall}"]
    missing = [row.panel for row in held.not_assessed]
    if missing and rule.op in (">", ">="):
        places = ", ".join(dict.fromkeys(missing))
        return [
            (
                f"--fail-on {rule.text!r}: the level of risk is {held.overall}, but not assessed: "
                f"{places}; what was not looked at is not low"
            )
        ]
    return []


def _is_crossed(rule: Rule, figure: Figure) -> bool:
    return figure.value is not None and _COMPARE[rule.op](figure.value, rule.number)


def _place(figure: Figure) -> str:
    group = "" if figure.group == "all" else f", {figure.group}"
    return f"{figure.subject}{group}: {figure.measure} is {figure.value:.6g} (seed {figure.seed})"
