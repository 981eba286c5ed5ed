"""The level of risk: one rule, so that two teams get the same level from the same proposal.

The rule is a value (`LevelRule`), kept as a data file by whoever calls; the function here only
reads it. Neither the workshop's report nor the literature gives a linkage a level: the rule is
ours, has a version, and is printed with every level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, StrictFloat, StrictInt

from simulator.settings import Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

LevelWord = Literal["very low", "low", "moderate", "high", "very high"]
WORDS: tuple[LevelWord, ...] = ("very low", "low", "moderate", "high", "very high")
"""Levels in ascending order."""

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
    least_group: StrictInt = Field(description="People that a group must have to be looked at.")
    least_group_source: str
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


class PanelRow(Spec):
    """What one attacker of the panel does to one group, over all seeds.

    Attributes:
        panel: Its place in the panel, such as I1.
        attack: Name of the attack in the proposal.
        setting: Inputs at their central values, or at the hard ends of their ranges.
        group: `all`, or a predeclared group.
        people: People at risk, or targets, on average over seeds.
        found: Share of them correctly named.
        found_high: Upper end of its 95 % interval.
        gain: Attribute gain over the control; null where none is learnt.
        gain_high: Upper end of its 95 % interval.
        wrong_per_1000: People wrongly named per 1,000 released; null where not counted.
        sure_claims: Claims of which the attacker is sure, on average over seeds.
        sure_correct: Of them, those that are right.
        failures: Independent failures that it needs: none, one, or two.
        row_level: Whether rows are released.
        input: The input that moves it most, by name; empty where none was looked at.
        yours: Whether the inputs that move it are the team's own.
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


class JudgedRow(Spec):
    """A row of the panel with its level; `sure` tells whether sure names set it."""

    row: PanelRow
    level: LevelWord | None
    sure: bool = False


class Level(Spec):
    """A level of risk, and what it rests on.

    Attributes:
        version: Version of the rule.
        overall: The level with unknown inputs at their hard ends; null where nothing was assessed.
        central: The level with all inputs at their central values.
        set_by: The row that sets `overall`.
        wrong_names: The level of wrong names, never netted off; null where none were counted.
        wrong_by: The row that sets it.
        rows: Every row with its level, in order of panel, attack, setting and group.
        illustrative: Whether an input that sets the level is not the team's own.
    """

    version: str
    overall: LevelWord | None
    central: LevelWord | None
    set_by: JudgedRow | None
    wrong_names: LevelWord | None
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
        rows: Every attacker, setting and group; groups smaller than the rule looks at are left
            out, but for `all`.
    """
    looked_at = [row for row in rows if row.group == "all" or row.people >= rule.least_group]
    ordered = sorted(looked_at, key=lambda row: (row.panel, row.attack, row.setting, row.group))
    judged = [judge(rule, row) for row in ordered]
    hard = _highest(judged, "hard")
    central = _highest(judged, "central")
    wrong = [row for row in ordered if row.wrong_per_1000 is not None and not row.not_assessed]
    worst = max(wrong, key=lambda row: row.wrong_per_1000 or 0.0, default=None)
    return Level(
        version=rule.version,
        overall=hard.level if hard else None,
        central=central.level if central else None,
        set_by=hard,
        wrong_names=None
        if worst is None
        else WORDS[rule.wrong_names.level(worst.wrong_per_1000 or 0.0)],
        wrong_by=worst,
        rows=tuple(judged),
        illustrative=hard is None or not hard.row.yours,
    )


def judge(rule: LevelRule, row: PanelRow) -> JudgedRow:
    """Gives one row its level; none where the attack could not be run."""
    if row.not_assessed:
        return JudgedRow(row=row, level=None)
    at = rule.cuts.level(max(row.found_high, row.gain_high or 0.0))
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


def _highest(judged: list[JudgedRow], setting: Setting) -> JudgedRow | None:
    """Returns the row with the highest level; of equals, the one that finds most."""
    of_setting = [one for one in judged if one.row.setting == setting and one.level is not None]
    return max(of_setting, key=_rank, default=None)


def _rank(judged: JudgedRow) -> tuple[int, float, str, str]:
    row = judged.row
    high = max(row.found_high, row.gain_high or 0.0)
    return (WORDS.index(judged.level or "very low"), high, row.panel, row.group)
