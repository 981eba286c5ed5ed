"""Results: everything that a run found, as figures with ranges, denominators and methods.

A Result is made only by running; it holds no time, path or machine detail, so that the same
proposal, seed, version, platform and lock file give the same bytes.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import Field

from reidentify.level import Level, LevelRule
from reidentify.level_words import LevelWord
from scenarios.json_text import json_text
from simulator.settings import Spec

if TYPE_CHECKING:
    from collections.abc import Mapping

AS_PROPOSED = "as proposed"

Section = Literal["world", "ingest", "linkage", "answer", "attack", "cost"]


class Range(Spec):
    """Two ends of a range; `high` may be null where nothing bounds it from above."""

    low: float | None
    high: float | None


class Figure(Spec):
    """One number of a run.

    Attributes:
        option: Name of the option, or `as proposed`.
        seed: Seed of the run that it comes from.
        section: Part of the run: world, ingest, linkage, answer, attack or cost.
        subject: What it is about: a dataset, a link step, a question, an attack.
        measure: What is counted or estimated, such as `recall`.
        group: `all`, or the group that it is for, such as `sex=F` or `contacts=3`.
        value: The value; null where it could not be estimated.
        unit: `share`, `count`, `ratio`, `pounds`, `days`, `correlation`, `per 1,000`, `candidates`.
        count: Numerator, where there is one.
        out_of: Denominator, where there is one.
        chance: Range of chance, at 95 %.
        unknown: Range over what we do not know: the ends of the inputs. Null where not rerun.
        method: How it was got: estimator, attacker and what it holds.
    """

    option: str
    seed: int
    section: Section
    subject: str
    measure: str
    group: str = "all"
    value: float | None
    unit: str
    count: int | None = None
    out_of: int | None = None
    chance: Range | None = None
    unknown: Range | None = None
    method: str = ""

    @property
    def key(self) -> tuple[str, int, str, str, str, str]:
        """What tells this figure from all others of a result."""
        return (self.option, self.seed, self.section, self.subject, self.measure, self.group)


class RedLine(Spec):
    """What can be said about one of the workshop's four red lines.

    Attributes:
        option: Name of the option.
        seed: Seed of the run that it comes from.
        id: RL-1 to RL-4.
        line: The red line in words.
        verdict: `stops`, `declared` (by you, not verified) or `checked` (in simulation).
        reason: Why, in a sentence with figures and their source.
    """

    option: str
    seed: int = 1
    id: str
    line: str
    verdict: Literal["stops", "declared", "checked"]
    reason: str


class Input(Spec):
    """A number that the run rests on.

    Attributes:
        setting: Dotted name, such as `agency.a_and_e.errors.nhs_number_missing`.
        value: The central value.
        low: Lower end, if it has a range.
        high: Upper end.
        evidence: yours, published or assumed.
        source: Where it comes from.
        rerun: Whether the run was repeated at both of its ends.
    """

    setting: str
    value: float
    low: float | None
    high: float | None
    evidence: str
    source: str
    rerun: bool


class OptionRun(Spec):
    """One option of the run: its name, title and changed settings."""

    name: str
    title: str
    changes: dict[str, Any]


class Mover(Spec):
    """An uncertain input, and how far it moves what the level of risk rests on.

    Attributes:
        setting: Dotted name.
        value: The central value.
        low: Lower end.
        high: Upper end.
        hard: The end (or the central value) at which most people are found.
        evidence: yours, published or assumed.
        moves: How far the largest share found moves between the ends, 0 to 1.
        moves_any: How far the share found by any attacker moves, among everybody, 0 to 1.
        changes_at: The value at which the level changes; null if it does not within the range.
        changes_to: The level beyond it.
    """

    setting: str
    value: float
    low: float
    high: float
    hard: float
    evidence: str
    moves: float
    moves_any: float
    changes_at: float | None
    changes_to: str


class LevelReport(Spec):
    """The level of risk of a proposal as proposed, and what it rests on.

    Attributes:
        level: The level and its rows.
        rule: The rule.
        people: The real population, at which the panel was run.
        seeds: The seeds.
        sensitivity_people: Size of the world on which the hard ends were found, with one seed.
        sensitivity_level: The level there with all inputs at their central values.
        movers: The inputs that move the level most, first of all the one that does most.
        hard_ends: Each uncertain input that is not the team's own, with its hard value.
    """

    level: Level
    rule: LevelRule
    people: int
    seeds: tuple[int, ...]
    sensitivity_people: int
    sensitivity_level: LevelWord | None
    movers: tuple[Mover, ...]
    hard_ends: dict[str, float]


class Result(Spec):
    """Everything that a run found.

    Attributes:
        format: Version of this format.
        linkassay: Version of the software.
        provenance: `invented`: everyone in it is invented.
        proposal: The proposal, as a table (see `linkassay schema proposal`).
        people: How many people were simulated.
        seeds: The seeds that were run.
        options: The options that were run; `as proposed` first.
        figures: All figures.
        red_lines: What can be said about each red line, per option.
        inputs: Every number that the proposal rests on.
        level: The level of risk; null where it was not asked for.
    """

    format: Literal[1] = 1
    linkassay: str
    provenance: Literal["invented"] = "invented"
    proposal: dict[str, Any]
    people: int
    seeds: tuple[int, ...]
    options: tuple[OptionRun, ...]
    figures: tuple[Figure, ...]
    red_lines: tuple[RedLine, ...]
    inputs: tuple[Input, ...] = Field(default=())
    level: LevelReport | None = None

    def to_json(self) -> str:
        """Writes the result as JSON text: sorted keys, two-space indent, no NaN, final newline."""
        return self._text

    @cached_property
    def _text(self) -> str:
        return json_text(self.model_dump(mode="json")) + "\n"

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copies the result, without the text that was written of it before."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_text", None)
        return copied

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Reads a result from JSON text."""
        return cls.model_validate_json(text)

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON text, in hex."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def select(self, **wanted: str | int) -> list[Figure]:
        """Returns the figures whose attributes equal those given, in order.

        Example:
            `result.select(section="linkage", measure="recall", option="as proposed")`
        """
        return [
            figure
            for figure in self.figures
            if all(getattr(figure, name) == value for name, value in wanted.items())
        ]

    def one(self, **wanted: str | int) -> Figure:
        """Returns the only figure that fits.

        Raises:
            LookupError: If none or several fit.
        """
        found = self.select(**wanted)
        if len(found) != 1:
            raise LookupError(f"{len(found)} figures fit {wanted}")
        return found[0]
