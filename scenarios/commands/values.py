"""Values of command-line options: each is checked, and refused in words that say what to type."""

from __future__ import annotations

import typer

from scenarios.problems import nearest

FEWEST_PEOPLE = 200
MOST_PEOPLE = 5_000_000
LARGEST_SEED = 2**63 - 1
KEPT = ("releases", "knowledge", "outcomes")


def people(text: str) -> int:
    """Reads a number of people: a whole number of 200 or more; `_` and `,` may group digits."""
    number = _whole(text, "--people", "10000")
    if not FEWEST_PEOPLE <= number <= MOST_PEOPLE:
        raise typer.BadParameter(
            f"{text} is outside {FEWEST_PEOPLE} to {MOST_PEOPLE:,}. Try --people 10000"
        )
    return number


def seed(text: str) -> int:
    """Reads a seed: a whole number of 0 or more."""
    number = _whole(text, "--seed", "1")
    if not 0 <= number <= LARGEST_SEED:
        raise typer.BadParameter(f"{text} is outside 0 to {LARGEST_SEED}. Try --seed 1")
    return number


def threads(text: str) -> int:
    """Reads a number of threads: a whole number of 1 or more."""
    number = _whole(text, "--threads", "2")
    if number < 1:
        raise typer.BadParameter(f"{text} is fewer than 1. Try --threads 2")
    return number


def kinds(text: str) -> str:
    """Reads kinds of frames to keep, with commas between them."""
    asked = [kind.strip() for kind in text.split(",")]
    strange = [kind for kind in asked if kind not in KEPT]
    if strange:
        near = nearest(strange[0], KEPT)
        ask = f" Did you mean `{near}`?" if near else ""
        message = f"{strange[0]!r} is not kept; choose of {', '.join(KEPT)}.{ask}"
        raise typer.BadParameter(message)
    return ",".join(asked)


def _whole(text: str, option: str, example: str) -> int:
    try:
        return int(text.replace(",", ""))
    except ValueError:
        message = f"{text!r} is not a whole number. Try {option} {example}"
        raise typer.BadParameter(message) from None
