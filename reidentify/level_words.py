"""Words of the level of risk, apart from the rule so that a command can name them at once."""

from __future__ import annotations

from typing import Literal

LevelWord = Literal["very low", "low", "moderate", "high", "very high"]
WORDS: tuple[LevelWord, ...] = ("very low", "low", "moderate", "high", "very high")
"""Levels in ascending order."""
