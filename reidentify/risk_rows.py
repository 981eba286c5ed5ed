"""Risk rows: the figures of an attack, each with its range and the attacker that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linkage.intervals import Interval


@dataclass(frozen=True)
class RiskRow:
    """One figure of an attack.

    Attributes:
        measure: What it is, such as `precision`.
        group: `all`, or such as `contacts=3`.
        value: The value; None where there is nothing to divide by.
        unit: `count`, `share`, `candidates`, `score`, `per 1,000` or `flag` (1 or 0).
        count: Numerator, or the count itself; None where there is none.
        out_of: Denominator; None where there is none.
        low: Lower end of the 95 % range of chance, in the unit of `value`; None if not estimated.
        high: Upper end.
        method: How it was got: the attacker, what it holds, and the rule of the figure.
    """

    measure: str
    group: str
    value: float | None
    unit: str
    count: int | None
    out_of: int | None
    low: float | None
    high: float | None
    method: str


@dataclass(frozen=True)
class RowMaker:
    """Makes the rows of one group, all with the attacker's method.

    Attributes:
        group: The group.
        method: The attacker and what it holds.
    """

    group: str
    method: str

    def number(
        self,
        measure: str,
        count: int,
        out_of: int | None = None,
        interval: Interval[float] | None = None,
        note: str = "",
    ) -> RiskRow:
        """Gives a count."""
        return self._row(measure, float(count), "count", (count, out_of), interval, note)

    def share(
        self, measure: str, count: int, out_of: int, interval: Interval[float], note: str = ""
    ) -> RiskRow:
        """Gives a share, with its numerator and denominator; None if that is 0."""
        value = count / out_of if out_of else None
        return self._row(measure, value, "share", (count, out_of), interval, note)

    def value(
        self,
        measure: str,
        value: float,
        unit: str,
        interval: Interval[float] | None = None,
        note: str = "",
    ) -> RiskRow:
        """Gives a value without numerator or denominator; None if it is not finite."""
        given = value if isfinite(value) else None
        return self._row(measure, given, unit, (None, None), interval, note)

    def skill(self, found: Interval[float], baseline: float) -> RiskRow:
        """Gives 1 if all of an interval is above the baseline, else 0."""
        note = "1 if the whole range of what it found is above the baseline"
        return self.value("skill", float(found.low > baseline), "flag", note=note)

    def _row(
        self,
        measure: str,
        value: float | None,
        unit: str,
        of: tuple[int | None, int | None],
        interval: Interval[float] | None,
        note: str,
    ) -> RiskRow:
        low, high = (None, None) if value is None or interval is None else interval
        method = f"{self.method}; {note}" if note else self.method
        return RiskRow(measure, self.group, value, unit, *of, low, high, method)
