"""Accounts: turns what each stage counted or estimated into figures of a Result."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from scenarios.result import Figure, Range

if TYPE_CHECKING:
    from linkage.ingest import IngestCounts
    from linkage.quality import QualityRow
    from reidentify.risk_rows import RiskRow
    from scenarios.questions.estimate import Estimate
    from scenarios.result import Section


def number(value: float | None) -> float | None:
    """Returns the number, or null for NaN and infinities, which JSON does not have."""
    return float(value) if value is not None and isfinite(value) else None


def chance(low: float | None, high: float | None) -> Range | None:
    """Returns a range, or null where neither end is a number."""
    ends = Range(low=number(low), high=number(high))
    return None if ends.low is None and ends.high is None else ends


@dataclass(frozen=True)
class Accountant:
    """Writes figures of one option and one seed.

    Attributes:
        option: Name of the option.
        seed: The seed.
    """

    option: str
    seed: int

    def _write(
        self, section: Section, subject: str, measure: str, value: float | None, **rest: object
    ) -> Figure:
        return Figure.model_validate(
            {
                "option": self.option,
                "seed": self.seed,
                "section": section,
                "subject": subject,
                "measure": measure,
                "value": number(value),
                **rest,
            }
        )

    def count(
        self, section: Section, subject: str, measure: str, value: int, out_of: int | None = None
    ) -> Figure:
        """Writes a plain count."""
        return self._write(
            section, subject, measure, value, unit="count", count=value, out_of=out_of
        )

    def share(
        self,
        section: Section,
        subject: str,
        measure: str,
        count: int,
        out_of: int,
        **rest: object,
    ) -> Figure:
        """Writes a share, with its numerator and denominator; null if that is 0."""
        value = count / out_of if out_of else None
        return self._write(
            section, subject, measure, value, unit="share", count=count, out_of=out_of, **rest
        )

    def expected(
        self,
        section: Section,
        subject: str,
        measure: str,
        count: float,
        out_of: int,
        **rest: object,
    ) -> Figure:
        """Writes an expected share: of a count that need not be whole; null out of 0."""
        value = count / out_of if out_of else None
        return self._write(section, subject, measure, value, unit="share", out_of=out_of, **rest)

    def ingest(self, agency: str, counts: IngestCounts) -> list[Figure]:
        """Writes what became of an agency's records at ingest."""
        parts = {
            "no_identifier": counts.no_identifier,
            "birth_date_differs": counts.verify_differs,
            "not_in_hub": counts.not_in_hub,
            "tokens": counts.tokens,
        }
        method = f"records by what became of their {counts.field}"
        shares = [
            self.share("ingest", agency, measure, part, counts.records, method=method)
            for measure, part in parts.items()
        ]
        statuses = [
            self.share(
                "ingest",
                agency,
                "status",
                number,
                counts.records,
                group=f"status={code}",
                method="records by status code of the third party: how each was resolved",
            )
            for code, number in counts.statuses
        ]
        return [self.count("ingest", agency, "records", counts.records), *shares, *statuses]

    def quality(self, step: str, row: QualityRow, method: str) -> Figure:
        """Writes a figure of linkage quality."""
        return self._write(
            "linkage",
            step,
            row.measure,
            row.value,
            unit="share" if row.measure in ("recall", "precision") else "count",
            group=row.group,
            count=row.count,
            out_of=row.out_of,
            chance=chance(row.low, row.high),
            method=method,
        )

    def estimate(self, question: str, found: Estimate, measure: str = "") -> Figure:
        """Writes a figure of an answer, under another measure if one is given."""
        return self._found("answer", question, measure or found.measure, found)

    def risk(self, attack: str, row: RiskRow) -> Figure:
        """Writes a figure of an attack."""
        return self._found("attack", attack, row.measure, row)

    def _found(
        self, section: Section, subject: str, measure: str, row: Estimate | RiskRow
    ) -> Figure:
        return self._write(
            section,
            subject,
            measure,
            row.value,
            unit=row.unit,
            group=row.group,
            count=row.count,
            out_of=row.out_of,
            chance=chance(row.low, row.high),
            method=row.method,
        )

    def cost(
        self, subject: str, measure: str, value: float | None, unit: str, method: str
    ) -> Figure:
        """Writes what an option costs, against the proposal as proposed."""
        return self._write("cost", subject, measure, value, unit=unit, method=method)
