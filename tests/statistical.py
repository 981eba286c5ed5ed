"""Statistical assertions that state how often they would raise a false alarm.

Each assertion takes the chance of failing although all is well (`false_alarm`), and the smallest
fault that it must be able to notice. It fails in two cases, with different messages: the sample
disagrees with what is expected, or the sample is too small to decide, so that a faulty simulator
would pass as easily as a right one. An assertion that cannot fail is thereby refused.

Draws are keyed, so a test that passes passes always: the false-alarm rate is that of the day on
which the draws change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

RARE = 1e-6
THREE_STANDARD_ERRORS = 0.0027  # two-sided, normal


def assert_share(
    observed: int,
    trials: int,
    expected: float,
    false_alarm: float = RARE,
    fault: float = 0.5,
) -> None:
    """Asserts that successes in independent trials fit an expected share (exact binomial).

    Args:
        observed: Number of successes.
        trials: Number of independent trials. Records of one person are not independent.
        expected: The share expected, 0 to 1. At 0 and 1 a single exception fails.
        false_alarm: Chance of failing although the share is as expected, at most.
        fault: Relative error that must be noticed, out of the share or of its complement,
            whichever is smaller.

    Raises:
        AssertionError: If the share does not fit, or the sample is too small to decide.
    """
    assert trials > 0, "too small to decide: no trials"
    if expected in (0.0, 1.0):
        assert observed == expected * trials, (
            f"{observed:,} of {trials:,}, expected {'all' if expected else 'none'}"
        )
        return
    low, high = stats.binom.ppf([false_alarm / 2, 1 - false_alarm / 2], trials, expected)
    slack = fault * min(expected, 1.0 - expected)
    assert trials * (expected - slack) < low, _too_small(trials, f"a share of {expected:.4g}")
    assert high < trials * (expected + slack), _too_small(trials, f"a share of {expected:.4g}")
    assert low <= observed <= high, (
        f"{observed:,} of {trials:,} = {observed / trials:.5g}, expected {expected:.5g}: between "
        f"{low:,.0f} and {high:,.0f}, but for one sample in {1 / false_alarm:,.0f}"
    )


def assert_count(
    observed: int, chances: ArrayLike, false_alarm: float = RARE, fault: float = 0.5
) -> None:
    """Asserts that a count of independent events fits each one's own chance (normal range).

    Args:
        observed: How many happened.
        chances: Chance of each, shape (n,).
        false_alarm: Chance of failing although all is well, about.
        fault: Relative error of the count that must be noticed.

    Raises:
        AssertionError: If the count does not fit, or the sample is too small to decide.
    """
    each = np.asarray(chances, dtype=np.float64)
    _assert_near(
        float(observed),
        float(each.sum()),
        float(np.sqrt((each * (1 - each)).sum())),
        fault * float(each.sum()),
        false_alarm,
        f"a count over {each.size:,}",
    )


def assert_mean(
    values: ArrayLike, expected: float, fault: float | None = None, false_alarm: float = RARE
) -> None:
    """Asserts that the mean of independent values fits an expected one (normal range).

    Args:
        values: The values, shape (n,).
        expected: Their expected mean.
        fault: Error, in the unit of the values, that must be noticed; a fifth of the expected
            mean unless given, or of the standard deviation where 0 is expected.
        false_alarm: Chance of failing although the mean is as expected, about.

    Raises:
        AssertionError: If the mean does not fit, or the sample is too small to decide.
    """
    sample = np.asarray(values, dtype=np.float64)
    spread = float(sample.std(ddof=1)) if sample.size > 1 else np.inf
    notice = fault if fault is not None else 0.2 * (abs(expected) or spread)
    error = spread / np.sqrt(max(sample.size, 1))
    what = f"a mean of {sample.size:,} values"
    _assert_near(float(sample.mean()), expected, float(error), notice, false_alarm, what)


def assert_uncorrelated(
    first: ArrayLike, second: ArrayLike, false_alarm: float = RARE, fault: float = 0.1
) -> None:
    """Asserts that two columns have no linear correlation (Fisher's z).

    Args:
        first: Values, shape (n,).
        second: Values, shape (n,).
        false_alarm: Chance of failing although there is none, about.
        fault: Correlation that must be noticed.

    Raises:
        AssertionError: If they are correlated, or the sample is too small to decide.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    found = float(np.arctanh(np.corrcoef(one, two)[0, 1]))
    error = 1 / np.sqrt(max(one.size - 3, 1))
    _assert_near(found, 0.0, float(error), fault, false_alarm, f"a correlation over {one.size:,}")


def assert_even(counts: ArrayLike, false_alarm: float = RARE) -> None:
    """Asserts that counts in equally likely cells are even (chi-square).

    Args:
        counts: Count in each cell, shape (cells,).
        false_alarm: Chance of failing although the cells are equally likely, about.

    Raises:
        AssertionError: If they are uneven, or fewer than 20 are expected in a cell.
    """
    cells = np.asarray(counts, dtype=np.float64)
    assert cells.mean() >= 20, _too_small(int(cells.sum()), f"{cells.size} cells")
    chance = float(stats.chisquare(cells).pvalue)
    assert chance >= false_alarm, (
        f"counts as uneven as these come once in {1 / max(chance, 1e-300):.3g} samples"
    )


def _assert_near(
    found: float, expected: float, error: float, notice: float, false_alarm: float, what: str
) -> None:
    """Asserts that a figure lies within the range of chance around what is expected."""
    reach = float(stats.norm.isf(false_alarm / 2)) * error
    assert reach < notice, (
        f"too small to decide: {what} has a range of +-{reach:.4g} by chance alone, which hides "
        f"the error of {notice:.4g} that must be noticed"
    )
    assert abs(found - expected) <= reach, (
        f"{what} is {found:.6g}, expected {expected:.6g} +- {reach:.4g}, but for one sample in "
        f"{1 / false_alarm:,.0f}"
    )


def _too_small(trials: int, what: str) -> str:
    return (
        f"too small to decide: {trials:,} trials cannot tell {what} from the fault that must be "
        "noticed; take more, or state a larger fault"
    )
