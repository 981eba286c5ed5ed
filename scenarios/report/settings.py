"""Settings of attackers in words: shares and amounts with the digits that they were set to."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from scenarios.figures.words import quantity

if TYPE_CHECKING:
    from simulator.settings import Number


def share_with_ends(setting: Number) -> str:
    """Writes a share that was set, with the ends that it may lie between."""
    told = _share(setting.value)
    if not _has_ends(setting):
        return told
    return f"{told} (from {_share(setting.low or 0.0)} to {_share(setting.high or 0.0)})"


def amount_with_ends(setting: Number) -> str:
    """Writes an amount that was set, with the ends that it may lie between."""
    told = amount(setting.value)
    if not _has_ends(setting):
        return told
    return f"{told} (from {amount(setting.low or 0.0)} to {amount(setting.high or 0.0)})"


def times(gap: float) -> str:
    """Writes how many times better a row fits, for a lead in natural-log units, to two digits."""
    return f"{float(f'{exp(gap):.2g}'):,.10g}"


def amount(value: float) -> str:
    """Writes an amount that was set."""
    return f"{value:,.10g}"


def _has_ends(setting: Number) -> bool:
    return setting.low is not None and setting.high is not None and setting.low != setting.high


def _share(value: float) -> str:
    text = f"{value * 100:.10g}"
    return quantity(value, "share", len(text.partition(".")[2]))
