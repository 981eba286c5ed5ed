"""Quality of the links, where a file says which pairs are true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.figures.words import SPACE
from scenarios.link_report.words import share_words
from scenarios.report.blocks import Section, Table, Text

if TYPE_CHECKING:
    from collections.abc import Sequence


def quality(rows: Sequence[dict[str, Any]] | None) -> tuple[Section, ...]:
    """Shows precision, recall and F of the links and at thresholds; nothing without a truth.

    Args:
        rows: From scenarios.linking_quality.quality; null where no truth was given.
    """
    if not rows:
        return ()
    true = rows[0]["true_pairs"]
    columns = (
        "Pairs taken", "Pairs", "Precision: right, of pairs taken",
        f"Recall: found, of {true:,} true pairs", "F: both in one",
    )  # fmt: skip
    table = Table(
        "Quality of the links, and of pairs taken at other thresholds, with 95 % ranges",
        columns,
        tuple(
            (
                _taken(row["at"]),
                f"{row['pairs']:,}",
                _ranged(row["precision"], f"{row['right']:,} of {row['pairs']:,}"),
                _ranged(row["recall"], f"{row['right']:,} of {true:,}"),
                _ranged(row["f"], ""),
            )
            for row in rows
        ),
    )
    said = Text(
        "Counted against the file of true pairs. It is as good as that file: a true pair that it "
        "lacks counts as a false match here."
    )
    return (Section("quality", "How good the links are", (said, table)),)


def _taken(at: str) -> str:
    return "The links" if at == "links" else at[:1].upper() + at[1:].replace(">=", "from")


def _ranged(share: dict[str, float | None], counts: str) -> str:
    value, low, high = share["value"], share["low"], share["high"]
    if value is None or low is None or high is None:
        return "none"
    spread = f"({share_words(low)} to {share_words(high)})".replace(" ", SPACE)
    return "\n".join(filter(None, (share_words(value), spread, counts.replace(" ", SPACE))))
