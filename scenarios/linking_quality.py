"""Quality of a linkage as JSON can write it: shares with counts and ranges, and no value of a file.

Names of groups that somebody asked for are the exception; small ones are not named.
"""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from linkage.reasons import causes_table, reasons_table
from scenarios.tables import rows_of

if TYPE_CHECKING:
    from linkage.against_truth import Accuracy, AgainstTruth, Curves
    from linkage.calibration import Calibration, Side
    from linkage.expectations import Expected
    from linkage.match_quality import MatchQuality
    from linkage.proportions import Proportion
    from linkage.reasons import Wrong

MOST_REASONS: Final = 50
"""Reasons that are written, the most frequent first."""


def quality_tables(quality: MatchQuality) -> dict[str, Any]:
    """Gives the quality of a linkage as tables.

    Args:
        quality: The quality.

    Returns:
        `expected` (what the match expects of itself), `review` (pairs to look at), `balance`
        (linked against unlinked records by group) and, where the truth is known, `quality`.
    """
    expected = quality.expected
    tables: dict[str, Any] = {
        "expected": {
            "precision": _expected(expected.precision),
            "recall_compared": _expected(expected.recall_compared),
            "recall": _expected(expected.recall),
            "unlinkable": rows_of(expected.unlinkable),
        },
        "review": {
            "margin": quality.review.margin,
            "precision_margin": quality.review.precision,
            "recall_margin": quality.review.recall,
            "strata": rows_of(quality.review.strata),
        },
        "balance": rows_of(quality.balance),
    }
    if quality.truth is not None:
        tables["quality"] = _against_truth(quality.truth)
    return tables


def _against_truth(truth: AgainstTruth) -> dict[str, Any]:
    return {
        "true_pairs": truth.true_pairs,
        "before_one_to_one": accuracy_table(truth.before),
        "links": accuracy_table(truth.after),
        "lost_by_blocking": asdict(truth.lost),
        "losses": rows_of(truth.losses),
        "curves_from": truth.least if isfinite(truth.least) else None,
        "curves": _curves(truth.unresolved),
        "curves_one_to_one": _curves(truth.resolved) if truth.resolved is not None else None,
        "calibration": _calibration(truth.calibration),
        "by_group": rows_of(truth.by_group),
        "missed": _wrong(truth.missed),
        "false": _wrong(truth.false),
    }


def accuracy_table(accuracy: Accuracy) -> dict[str, Any]:
    """Gives how good some links are as a table."""
    value, low, high = accuracy.f
    return {
        "precision": asdict(accuracy.precision),
        "recall": asdict(accuracy.recall),
        "false_matches": _number(accuracy.precision.rest),
        "missed_matches": _number(accuracy.recall.rest),
        "f": {"value": value, "low": low, "high": high},
    }


def _number(share: Proportion) -> dict[str, Any]:
    """Gives a number of pairs with its range, out of as many as there are."""
    low, high = share.low * share.out_of, share.high * share.out_of
    return {"count": share.count, "out_of": share.out_of, "low": low, "high": high}


def _curves(curves: Curves) -> dict[str, Any]:
    return {"curve": rows_of(curves.curve), "at_precision": rows_of(curves.at_precision)}


def _calibration(calibration: Calibration) -> dict[str, Any]:
    return {
        "bins": rows_of(calibration.bins),
        "error": calibration.error,
        "pairs": calibration.pairs,
        "above_half": _side(calibration.above),
        "below_half": _side(calibration.below),
        "words": calibration.words,
    }


def _side(side: Side) -> dict[str, Any]:
    predicted = side.predicted if isfinite(side.predicted) else None
    return {"predicted": predicted, "true": asdict(side.true), "word": side.word}


def _wrong(wrong: Wrong) -> dict[str, Any]:
    return {
        "pairs": wrong.pairs.height,
        "reasons": rows_of(reasons_table(wrong).head(MOST_REASONS)),
        "causes": rows_of(causes_table(wrong).head(MOST_REASONS)),
    }


def _expected(share: Expected) -> dict[str, Any]:
    value = share.value if isfinite(share.value) else None
    return asdict(share) | {"value": value}
