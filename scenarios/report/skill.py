"""Skill of an attack in words: better than its baseline, or not."""

from __future__ import annotations

SKILLED = "does better than its baseline, over its whole range of chance"
NO_SKILL = "none: no better than its baseline; its wrong names still count"


def skill_words(skill: bool | None) -> str:  # noqa: FBT001 - three answers: yes, no, not stated
    """Says whether an attack has skill; None where the run does not say."""
    if skill is None:
        return "not stated by the run"
    return SKILLED if skill else NO_SKILL
