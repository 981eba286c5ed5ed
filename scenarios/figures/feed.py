"""Charts of a feed: who is found in it, and who wrongly named, quiet and busy hours apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.chart import Chart, to_svg
from scenarios.figures.rows import Row, Rows
from scenarios.figures.words import group_words, lower_first, plain, told, value_words

if TYPE_CHECKING:
    from scenarios.figures.reading import Reading
    from scenarios.result import Figure

APART = ("quiet=yes", "quiet=no", "all")
"""Groups that stand side by side: quiet and busy are never shown only together."""

SERIES = ("Correctly found, of those at risk", "Wrongly named, per person at risk")


def feed_attackers(reading: Reading) -> Chart | None:
    """Draws what each attacker of a feed finds and wrongly names; None without such attackers."""
    rows: list[Row] = []
    table: list[tuple[str, ...]] = []
    for attack in reading.feed_attacks:
        lines = [(group, found_and_wrong(reading, attack, group)) for group in APART]
        held = [(group, both) for group, both in lines if any(both)]
        if held:
            rows.append(Row(plain(attack)))
            rows += [Row(group_words(group), both) for group, both in held]
            table += [
                (plain(attack), group_words(group), *(_told(reading, one) for one in both))
                for group, both in held
            ]
    if not table:
        return None
    title = _finding(reading)
    words = "; ".join(f"{name}, {group}: found {found}, wrong {wrong}"
                      for name, group, found, wrong in table)  # fmt: skip
    stem = "feed-attackers"
    drawing = Rows(tuple(rows), axis="Share", unit="share", series=SERIES).draw()
    return Chart(
        stem=stem,
        title=title,
        alternative=f"{words}.",
        columns=("Attacker", "Where and when", *SERIES),
        rows=tuple(table),
        svg=to_svg(drawing, stem, title, f"{words}."),
        note="Thick line: range of chance. Dashed line: range over what we do not know. Of those "
        "who look for people, everybody also holds people who have no row.",
    )


def found_and_wrong(
    reading: Reading, attack: str, group: str, option: str = "as proposed"
) -> tuple[Figure | None, Figure | None]:
    """Returns the shares correctly found and wrongly named by an attacker, in one group."""
    found = reading.figure("attack", attack, "found", group, option)
    return found, reading.wrong_share(attack, group, option)


def _finding(reading: Reading) -> str:
    held = [
        figure
        for attack in reading.feed_attacks
        for group in APART
        if (figure := reading.figure("attack", attack, "found", group)) is not None
    ]
    if not held:
        return "What attackers of the feed find could not be estimated"
    worst = max(held, key=lambda figure: figure.value or 0.0)
    where = "" if worst.group == "all" else f", {lower_first(group_words(worst.group))}"
    return f"{plain(worst.subject)}{where}: {value_words(worst)} found"


def _told(reading: Reading, figure: Figure | None) -> str:
    return "none" if figure is None else told(figure, reading.noun(figure))
