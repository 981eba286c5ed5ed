"""The level of risk: one rule, so that two teams get the same level from the same proposal.

The rule is a value (`LevelRule`), kept as a data file by whoever calls; the function here only
reads it. Neither the workshop's report nor the literature gives a linkage a level: the rule is
ours, has a version, and is printed with every level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, StrictFloat, StrictInt

from reidentify.level_words import WORDS, LevelWord
from simulator.settings import Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

Setting = Literal["central", "hard"]


class Cuts(Spec):
    """Upper bounds of the levels but the last, and where they come from."""

    very_low: StrictFloat | None = Field(default=None, description="None: nothing is so low.")
    low: StrictFloat
    moderate: StrictFloat
    high: StrictFloat
    includes_bound: bool = Field(description="Whether a value at a bound has the lower level.")
    source: str = Field(min_length=1)

    def level(self, value: float) -> int:
        """Returns the position in WORDS of a value."""
        for at, bound in enumerate((self.very_low, self.low, self.moderate, self.high)):
            if bound is not None and (value <= bound if self.includes_bound else value < bound):
                return at
        return len(WORDS) - 1


class SureNames(Spec):
    """When names that an attacker is sure of make a level at least so high."""

    share: StrictFloat = Field(description="Of people at risk, at least.")
    people: StrictInt = Field(description="And so many people at least.")
    precision: StrictFloat = Field(description="Share of sure claims that are right, at least.")
    confidence: StrictFloat = Field(description="Stated confidence from which a claim is sure.")
    floor: LevelWord
    source: str = Field(min_length=1)


class LevelRule(Spec):
    """The rule, as data; see `level`."""

    version: str
    seeds: StrictInt = Field(description="Seeds over which the panel is run.")
    cuts: Cuts = Field(description="On the larger of share found and attribute gain, upper bound.")
    sure_names: SureNames
    wrong_names: Cuts = Field(description="On people wrongly named per 1,000 released.")
    groups: tuple[str, ...] = Field(
        description="Groups declared beforehand: a kind (`sex`), or one group (`home=yes`)."
    )
    least_group: StrictInt = Field(description="People that a group must have to be looked at.")
    least_group_source: str
    panels: dict[str, tuple[str, ...]] = Field(
        description="By first letter: the places of a panel that must all be filled."
    )
    row_floor: LevelWord = Field(description="Where rows are released, never below this.")
    row_floor_source: str
    independent_failures: StrictInt = Field(
        description="Independent failures from which a row counts one level lower."
    )
    independent_floor: LevelWord = Field(description="But never below this.")
    failures_source: str
    unknowns_source: str
    safeguards_source: str
    gaps_source: str
    overall_source: str

    def looks_at(self, row: PanelRow) -> bool:
        """Tells whether a row counts: everybody, or a declared group that is large enough."""
        if row.group == "all":
            return True
        declared = row.group in self.groups or row.group.partition("=")[0] in self.groups
        return declared and row.people >= self.least_group


class PanelRow(Spec):
    """What one attacker of the panel does to one group, over all seeds.

    Attributes:
        panel: Its place in the panel, such as I1.
        attack: Name of the attack in the proposal.
        setting: Inputs at their central values, or at the hard ends of their ranges.
        group: `all`, or a predeclared group.
        people: People at risk, or targets, on average over the seeds that have any.
        found: Share of them correctly named.
        found_high: Upper end of its 95 % interval.
        gain: Attribute gain over the control; null where none is learnt.
        gain_high: Upper end of its 95 % interval.
        wrong_per_1000: People wrongly named per 1,000 released; null where not counted.
        sure_claims: Claims of which the attacker is sure, on average over the same seeds.
        sure_correct: Of them, those that are right.
        failures: Independent failures that it needs: none, one, or two.
        row_level: Whether rows are released.
        input: The input that moves it most, by name; empty where none was looked at.
        yours: Whether the inputs that set it are the team's own.
        not_assessed: Why it could not be run; empty where it was.
    """

    panel: str
    attack: str
    setting: Setting
    group: str = "all"
    people: float = 0.0
    found: float = 0.0
    found_high: float = 0.0
    gain: float | None = None
    gain_high: float | None = None
    wrong_per_1000: float | None = None
    sure_claims: float = 0.0
    sure_correct: float = 0.0
    failures: StrictInt = 0
    row_level: bool = True
    input: str = ""
    yours: bool = False
    not_assessed: str = ""

    @property
    def reach(self) -> float:
        """Upper bound of what the cuts are laid on: share found, or attribute gain if larger."""
        return max(self.found_high, self.gain_high or 0.0)


class JudgedRow(Spec):
    """A row of the panel with its level; `sure` tells whether sure names set it."""

    row: PanelRow
    level: LevelWord | None
    sure: bool = False


class Level(Spec):
    """A level of risk, and what it rests on.

    Attributes:
        version: Version of the rule.
        overall: The highest level of any row; null where nothing was assessed.
        central: The highest level with all inputs at their central values.
        set_by: The row that sets `overall`.
        wrong_names: The level of wrong names, never netted off; null where none were counted.
        wrong_names_central: The same with all inputs at their central values.
        wrong_by: The row that sets `wrong_names`.
        rows: Every row that counts, judged, in order of panel, attack, setting and group.
        illustrative: Whether an input that sets the level is not the team's own.
    """

    version: str
    overall: LevelWord | None
    central: LevelWord | None
    set_by: JudgedRow | None
    wrong_names: LevelWord | None
    wrong_names_central: LevelWord | None
    wrong_by: PanelRow | None
    rows: tuple[JudgedRow, ...]
    illustrative: bool

    @property
    def if_it_fails(self) -> tuple[JudgedRow, ...]:
        """Rows that need a failure first: a key, an account, two parties."""
        return tuple(judged for judged in self.rows if judged.row.failures)

    @property
    def not_assessed(self) -> tuple[PanelRow, ...]:
        """Attackers of the panel that could not be run."""
        return tuple(judged.row for judged in self.rows if judged.row.not_assessed)


def level(rule: LevelRule, rows: Sequence[PanelRow]) -> Level:
    """Gives the level of risk of a panel: the highest of its rows, without averaging.

    Nobody's willingness to attack is weighed in, and wrong names stand beside, not within. The
    order of the rows, and the names of attacks, make no difference to the words.

    Args:
        rule: The rule.
        rows: Every attacker, setting and group; groups that the rule does not look at are left out.
    """
    counting = sorted((row for row in rows if rule.looks_at(row)), key=_place)
    judged = [judge(rule, row) for row in counting]
    central = [one for one in judged if one.row.setting == "central"]
    top, middle = _highest(judged), _highest(central)
    worst = _most_wrong([one.row for one in judged])
    worst_central = _most_wrong([one.row for one in central])
    return Level(
        version=rule.version,
        overall=None if top is None else top.level,
        central=None if middle is None else middle.level,
        set_by=top,
        wrong_names=_wrong_word(rule, worst),
        wrong_names_central=_wrong_word(rule, worst_central),
        wrong_by=worst,
        rows=tuple(judged),
        illustrative=top is None or not top.row.yours,
    )


def judge(rule: LevelRule, row: PanelRow) -> JudgedRow:
    """Gives one row its level; none where the attack could not be run."""
    if row.not_assessed:
        return JudgedRow(row=row, level=None)
    at = rule.cuts.level(row.reach)
    sure = _has_sure_names(rule.sure_names, row)
    lifted = max(at, WORDS.index(rule.sure_names.floor)) if sure else at
    if row.row_level:
        lifted = max(lifted, WORDS.index(rule.row_floor))
    if row.failures >= rule.independent_failures:
        lifted = min(lifted, max(lifted - 1, WORDS.index(rule.independent_floor)))
    return JudgedRow(row=row, level=WORDS[lifted], sure=sure and lifted > at)


def _has_sure_names(rule: SureNames, row: PanelRow) -> bool:
    needed = max(rule.share * row.people, rule.people)
    right = row.sure_correct / row.sure_claims if row.sure_claims else 0.0
    return row.sure_claims >= needed and row.people > 0 and right >= rule.precision


def _place(row: PanelRow) -> tuple[str, ...]:
    """Returns where a row stands in order; its content last, so that no order of rows is left."""
    return (row.panel, row.attack, row.setting, row.group, row.model_dump_json())


def _highest(judged: Sequence[JudgedRow]) -> JudgedRow | None:
    """Returns the row with the highest level; of equals, the one that finds most."""
    assessed = [one for one in judged if one.level is not None]
    return max(assessed, key=_rank, default=None)


def _rank(judged: JudgedRow) -> tuple[int, float, bool, bool]:
    row = judged.row
    at = WORDS.index(judged.level or "very low")
    return (at, row.reach, row.setting == "hard", row.group == "all")


def _most_wrong(rows: Sequence[PanelRow]) -> PanelRow | None:
    counted = [row for row in rows if row.wrong_per_1000 is not None and not row.not_assessed]
    return max(counted, key=lambda row: row.wrong_per_1000 or 0.0, default=None)


def _wrong_word(rule: LevelRule, row: PanelRow | None) -> LevelWord | None:
    return None if row is None else WORDS[rule.wrong_names.level(row.wrong_per_1000 or 0.0)]
