"""The page docs/validity.md: our figures are put into its rows, and its verdicts counted."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CELLS = 6  # of a row of the page
_COUNTED = (
    "near", "right order", "miss", "found", "not found", "undecided", "met", "not met",
    "too few to say",
)  # fmt: skip
_LATER = "later world"


def filled(page: str, found: Iterator[str]) -> str:
    """Puts each line into the column `ours` of the page; a reason after `Why:` stays."""
    for line in found:
        name, cell, reading = (part.strip() for part in line.strip("| ").split(" | "))
        row = re.search(rf"^\| {name} \|.* \| (?P<cell>[^|]*) \|$", page, flags=re.MULTILINE)
        if row is None:
            raise SystemExit(f"{name}: no such row")
        told = "" if reading == "not judged" else f"; {reading}"
        reason = row["cell"].partition(" Why:")[2]
        written = f"{cell}{told}." + (f" Why:{reason}" if reason else "")
        page = page[: row.start("cell")] + written + page[row.end("cell") :]
    return counted(page)


def counted(page: str) -> str:
    """Puts the counts of verdicts by class into the page's first table."""
    found: Counter[tuple[str, str]] = Counter()
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if len(cells) != _CELLS or not cells[0].startswith("`"):
            continue
        verdict_of = re.search(rf"; ({'|'.join(_COUNTED)})[.;]", cells[-1])
        later = cells[-1].startswith(_LATER)
        if verdict_of or later:
            kind = cells[3].partition(",")[0]
            found[kind, _LATER if later else str(verdict_of and verdict_of[1])] += 1
    for name in (*_COUNTED, _LATER):
        counts = " | ".join(str(found[kind, name]) for kind in ("calibrated-to", "held out"))
        page = re.sub(
            rf"^\| {name} \| \d+ \| \d+ \|$", f"| {name} | {counts} |", page, flags=re.MULTILINE
        )
    return page
