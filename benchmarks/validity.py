"""What we get for the published figures of docs/validity.md, a Markdown-ready line each.

Run `python benchmarks/validity.py --people 100000 --seeds 3` with linkassay installed. Each line is
`| id | ours | verdict |`: the mean over seeds, in brackets the lowest and highest of a seed, and
the verdict by the reading rule of that page. Figures that need a later world are not claimed
here. `--page docs/validity.md` writes the lines into that page instead.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from validity_ladder import ladder_figures
from validity_lives import life_figures
from validity_page import filled
from validity_people import Run, move_figures, name_figures, people_figures, place_figures
from validity_records import disagreement_figures, linkage_figures, presence_figures
from validity_use import uniqueness_figures, use_figures
from validity_weights import weight_figures

from linkage.intervals import Z_95
from scenarios.loading import load, with_setting
from simulator.world import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# How a row is read. share: ratio of ours to the published, by the complement above one half (per
# cent). rate: the ratio as it is. bands: largest gap in points. size: largest relative gap.
# direction: sign of a difference. ratio: whether a ratio is above one. below, above: a bound.
# equal: the same value. own: the bar that the row sets. derived: not judged.
Kind = Literal[
    "share",
    "rate",
    "bands",
    "size",
    "direction",
    "ratio",
    "below",
    "above",
    "equal",
    "own",
    "derived",
]
VERDICTS = ("near", "right order", "miss")
_RATIO = (1.2, 2.0)
_POINTS = (1.0, 3.0)
_RELATIVE = (0.10, 0.30)
_MOST_SHOWN = 6
E_AND_W_FROM_KENT = 0.80  # the bar of kent-age-bands: E&W's own largest gap from Kent, in points
_YES_OR_NO: dict[Kind, tuple[Callable[[float, float], bool], str, str]] = {
    "below": (lambda ours, bound: ours < bound, "met", "not met"),
    "above": (lambda ours, bound: ours > bound, "met", "not met"),
    "equal": (lambda ours, published: ours == published, "found", "not found"),
    "own": (lambda ours, published: abs(ours - published) < E_AND_W_FROM_KENT, "met", "not met"),
}


@dataclass(frozen=True)
class Row:
    """How one published figure is compared; its numbers are in the order of the measure's."""

    kind: Kind
    published: tuple[float, ...] = ()
    unit: str = "%"
    labels: tuple[str, ...] = ()
    bounds: int = 0  # how many of the numbers, from the first, are upper bounds


def _row(kind: Kind, *published: float, unit: str = "%", labels: str = "", bounds: int = 0) -> Row:
    return Row(kind, published, unit, tuple(labels.split(", ")) if labels else (), bounds)


FIFTHS = "fifth 1, fifth 2, fifth 3, fifth 4, fifth 5"
AGES = ", ".join([*(f"{age}-{age + 4}" for age in range(0, 85, 5)), "85+"])
KENT_AGES = (5.54, 6.04, 6.23, 5.61, 5.29, 5.75, 6.38, 6.32, 6.19, 6.42, 7.09, 6.96, 5.91, 5.17,
             5.57, 4.07, 2.79, 2.67)  # fmt: skip
E_AND_W_AGES = (5.42, 5.91, 6.03, 5.70, 6.04, 6.55, 6.96, 6.68, 6.30, 6.36, 6.92, 6.76, 5.80, 4.94,
                5.00, 3.64, 2.54, 2.44)  # fmt: skip
TOPS = (
    "boys 1, boys 10, boys 100, later boys 1, later boys 10, later boys 100, "
    "girls 1, girls 10, girls 100, later girls 1, later girls 10, later girls 100"
)

# The table: id in docs/validity.md, and the published numbers in the order of our measure.
ROWS: dict[str, Row] = {
    # 1. People and households
    "kent-household-size": _row("bands", 28.35, 34.70, 16.35, 13.88, 4.67, 1.40, 0.43, 0.22,
                                labels="1, 2, 3, 4, 5, 6, 7, 8+"),
    "ew-household-composition": _row("bands", 12.90, 17.29, 6.94,
                                     labels="alone 66+, alone under 66, lone parent"),
    "ew-age-bands": _row("bands", *E_AND_W_AGES, labels=AGES),
    "kent-age-bands": _row("own", *KENT_AGES, labels=AGES),
    "ew-women": _row("share", 51.04),
    "kent-ethnic-groups": _row("bands", 89.3, 4.3, 2.6, 2.4, 1.4,
                               labels="White, Asian, Black, Mixed, Other"),
    "mixed-under-16": _row("share", 48.0, 18.5, labels="mixed, all"),
    "twins": _row("rate", 14.6, unit="per 1,000"),
    "second-address": _row("share", 5.0),
    "kent-communal": _row("share", 1.69),
    # 2. Homes, areas and deprivation
    "kent-lsoas": _row("rate", 938, unit="LSOAs in 1.576 m people"),
    "oa-households": _row("size", 131.2, 29.3, unit="households", labels="mean, sd"),
    "area-people": _row("size", 354.2, 1_218, 2_338, 1_792, 5_703, 11_495, unit="people",
                        labels="LSOA sd, 5th, 95th, MSOA sd, 5th, 95th"),
    "postcode-homes": _row("rate", 15, 2_600, 8_600, unit="homes",
                           labels="unit, sector, district"),
    "uprn-assigned": _row("share", 98.6),
    "gp-practices": _row("rate", 240, unit="practices in 1.5 m people"),
    "size-by-deprivation": _row("bands", 34.7, 32.1, 30.1, 28.1, 25.3, labels=FIFTHS),
    "ethnic-by-deprivation": _row("bands", 34.0, 24.8, 16.3, 12.6, 12.4, labels=FIFTHS),
    "flats-by-deprivation": _row("bands", 30.8, 29.3, 21.7, 16.9, 12.1, labels=FIFTHS),
    "tenure-by-deprivation": _row("bands", 36.5, 22.4, 13.6, 8.4, 4.1, labels=FIFTHS),
    "kent-council-tax": _row("bands", 9.9, 18.4, 27.2, 20.3, 11.7, 6.9, 5.2, 0.5,
                             labels="A, B, C, D, E, F, G, H"),
    "age-by-deprivation": _row("bands", 21.1, 17.4, 16.1, 16.0, 16.3, 13.1, 16.2, 19.7, 21.0, 22.3,
                               labels="0-14 " + FIFTHS + ", 65+ " + FIFTHS),
    # 3. Moves
    "moved": _row("share", 11.0),
    "moved-20-24": _row("above", 33.3),
    "moved-late-60s": _row("share", 3.6),
    "moved-spread": _row("bands", 4.9, 6.5, 7.9, 10.2, 18.0, labels="5th, 25th, 50th, 75th, 95th"),
    "moved-by-deprivation": _row("bands", 8.58, 9.95, 10.14, 9.95, 9.16, labels=FIFTHS),
    "households-moved": _row("share", 7.9),
    "gp-lag": _row("share", 40.0),
    "births": _row("rate", 10.06, unit="per 1,000 person-years"),
    "deaths": _row("rate", 9.59, unit="per 1,000 person-years"),
    "rough-sleepers": _row("rate", 6.8, 12.3, unit="per 100,000", labels="night, month"),
    "list-inflation": _row("share", 4.0),
    # 4. Names and chance agreement
    "surname-head": _row("share", 5.7, 20.8, 39.5, labels="top 10, top 100, top 500"),
    "surname-tail": _row("rate", -0.92, -1.01, unit="slope",
                         labels="500-2,000, 2,000-5,000"),
    "surname-agree": _row("rate", 0.0008, 0.00087, unit="chance", labels="list, CRATE"),
    "forename-1996-2016": _row("share", 3.4, 25.1, 76.3, 2.0, 14.0, 54.7, 2.4, 20.6, 64.4, 1.6,
                               10.9, 46.3, labels=TOPS),
    "forename-2006-2020": _row("share", 2.4, 17.9, 63.9, 1.5, 12.4, 51.7, 1.7, 14.2, 53.1, 1.4,
                               9.4, 43.4, labels=TOPS),
    "forename-agree": _row("rate", 0.00774, 0.01865, unit="chance", labels="women, men"),
    "dob-agree": _row("rate", 0.0000903, unit="chance"),
    # 5. Identifiers present
    "ed-nhs-number": _row("share", 98.0),
    "inpatient-nhs-number": _row("share", 99.7),
    "register-social-care": _row("share", 95.2),
    "fewer-registered": _row("direction", unit="points", labels="20-29, men, minorities"),
    # 6. Disagreement between two records of a person
    "forename-differs": _row("share", 2.4),
    "surname-differs-men": _row("share", 2.2),
    "surname-differs-women": _row("share", 6.8),
    "forename-first-two": _row("share", 69.0),
    "surname-first-two": _row("share", 20.0),
    "dob-differs": _row("share", 0.49),
    "dob-parts": _row("share", 93.0, 47.1, 29.6, 23.4, 31.0, 0.48,
                      labels="one part, day, month, year, by one, swapped"),
    "dob-gap": _row("rate", 772, unit="days"),
    "sex-differs": _row("share", 0.33),
    "postcode-differs": _row("share", 31.0, 30.0, 1.0, labels="all, elsewhere, same sector"),
    "hes-sex-dob": _row("share", 0.11),
    "hes-postcode": _row("share", 53.0),
    # 7. Linkage results
    "hesid-missed": _row("share", 4.1),
    "hesid-false": _row("share", 0.2),
    "hesid-readmission": _row("rate", 3.8, unit="% too low"),
    "hesid-missed-2015": _row("share", 0.4),
    "hesid-infants": _row("share", 0.1),
    "hesid-missed-groups": _row("direction", unit="points",
                                labels="under 40, Asian Black and Other"),
    "hesid-missed-deprived": _row("direction", unit="points"),
    "hesid-false-groups": _row("direction", unit="points",
                               labels="men, under 40, Asian Black and Other"),
    "school-groups": _row("direction", unit="points", labels="minorities, most deprived"),
    "no-link": _row("below", 0.1, 0.1, labels="A&E, admissions"),
    "mps-steps": _row("share", 98.3, 1.1, labels="first step, none"),
    "nhs-number-join": _row("share", 98.94, 99.71, 98.94, 99.71,
                            labels="admissions precision, recall, A&E precision, recall"),
    "hashed-match-keys": _row("share", 1.0, 2.0, labels="false, missed", bounds=1),
    "register-hospital": _row("share", 99.3, 99.3, labels="A&E, admissions"),
    # 8. Use of services
    "ae-rate": _row("rate", 0.43, unit="a person-year"),
    "ae-adjusted": _row("rate", 1.69, unit="odds ratio"),
    "ae-by-deprivation": _row("rate", 556, 287, unit="per 1,000", labels="fifth 1, fifth 5"),
    "ae-return": _row("share", 8.7),
    "inpatient-rate": _row("rate", 0.31, unit="a person-year"),
    "inpatient-age": _row("equal", 65, unit="years (start of the band)"),
    "mental-health-rate": _row("share", 5.8),
    "mental-health-girls": _row("share", 22.8),
    "social-care-rate": _row("share", 1.9),
    "fire-visits": _row("rate", 10_000, unit="visits a year in 1.5 m people"),
    "fire-visit-effect": _row("equal", 1.0, unit="rate ratio, planted"),
    # 9. Uniqueness
    "unique-postcode": _row("share", 98.0),
    "four-points": _row("share", 95.0),
    "points-resolution": _row("rate", -0.1, unit="power"),
    # The ladder of four steps, beside figures of section 7
    "l-missed": _row("share", 4.1, 4.1, labels="under 18, all"),
    "l-false": _row("share", 0.2, 0.2, labels="under 18, all"),
    "l-missed-ratios": _row("ratio", unit="",
                            labels="minorities to White, most to least deprived"),
    "l-missed-ratios-ae": _row("ratio", unit="",
                               labels="minorities to White, most to least deprived"),
    # m and u, published by one study and learnt by ours
    **{
        name: _row("derived", labels="m by truth, m learnt, u learnt")
        for name in ("w-forename", "w-surname", "w-dob", "w-sex", "w-postcode")
    },
    # Derived expectations
    "d-uniform": _row("derived", 84.9),
    "d-postcode": _row("derived", 99.9, 98.0, labels="day, month"),
    "d-oa": _row("derived", 99.5, 86.0, labels="day, month"),
    "d-lsoa": _row("derived", 97.0, 44.0, labels="day, month"),
    "d-msoa": _row("derived", 88.0, 2.0, labels="day, month"),
    "d-week": _row("derived", 84.0),
    "d-collisions": _row("derived", 262, 1.0, 0.0, unit="pairs",
                         labels="32 bits, 40 bits, 64 bits"),
}  # fmt: skip


def figures_of(people: int, seed: int) -> dict[str, tuple[float, ...]]:
    """Simulates Kent once and computes every figure."""
    kent = with_setting(load("kent"), "world.people", people)
    run = Run(*simulate(kent.world, kent.agency, kent.effect, seed))
    planted = {"fire-visit-effect": (kent.effect["home_visits"].ratio.value,)}
    parts = (
        people_figures, place_figures, move_figures, life_figures, name_figures, presence_figures,
        disagreement_figures, linkage_figures, ladder_figures, weight_figures, use_figures,
        uniqueness_figures,
    )  # fmt: skip
    return planted | {row: ours for part in parts for row, ours in part(run).items()}


def verdict(name: str, seeds: Sequence[tuple[float, ...]]) -> str:
    """Reads a row by the rule of docs/validity.md: the worst of its numbers decides."""
    row = ROWS[name]
    each = list(zip(*seeds, strict=True))
    means = [math.fsum(values) / len(values) for values in each]
    if row.kind == "derived":
        return "not judged"
    if any(map(math.isnan, means)):
        return "too few to say"
    if row.kind == "direction":
        return _directions(each)
    if row.kind == "ratio":
        return _above_one(pooled(each))
    pairs = list(zip(means, row.published, strict=True))
    if row.kind in _YES_OR_NO:
        holds, yes, no = _YES_OR_NO[row.kind]
        return yes if all(holds(ours, published) for ours, published in pairs) else no
    grades = [2 * (ours >= bound) for ours, bound in pairs[: row.bounds]]
    grades += [_grade(row.kind, ours, published) for ours, published in pairs[row.bounds :]]
    return VERDICTS[max(grades)]


def _grade(kind: Kind, ours: float, published: float) -> int:
    """0 for near, 1 for right order, 2 for a miss."""
    if kind == "bands":
        far, cuts = abs(ours - published), _POINTS
    elif kind == "size":
        far, cuts = abs(ours / published - 1), _RELATIVE
    else:
        if kind == "share" and published > 50:
            ours, published = 100 - ours, 100 - published
        if ours == published:
            return 0
        both = ours * published > 0
        far, cuts = max(ours / published, published / ours) if both else math.inf, _RATIO
    return sum(far > cut for cut in cuts)


def _directions(each: list[tuple[float, ...]]) -> str:
    """Reads differences that should be above 0, by their range over seeds."""
    if all(min(values) > 0 for values in each):
        return "found"
    if any(max(values) <= 0 for values in each):
        return "not found"
    return "undecided"


def pooled(each: list[tuple[float, ...]]) -> list[tuple[float, float, float]]:
    """Ratios over all seeds, with their 95 % intervals.

    Each seed gives the logarithm of a ratio and its standard error, clustered by person; seeds are
    worlds of their own, so that the errors of their mean add up in squares.
    """
    found = []
    for logs, errors in zip(each[::2], each[1::2], strict=True):
        mean = math.fsum(logs) / len(logs)
        reach = Z_95 * math.sqrt(math.fsum(error**2 for error in errors)) / len(errors)
        found.append((math.exp(mean), math.exp(mean - reach), math.exp(mean + reach)))
    return found


def _above_one(ratios: list[tuple[float, float, float]]) -> str:
    """Reads ratios that should be above 1, by their intervals."""
    if all(low > 1 for _, low, _ in ratios):
        return "found"
    if any(high <= 1 for _, _, high in ratios):
        return "not found"
    return "undecided"


def ours(name: str, seeds: Sequence[tuple[float, ...]]) -> str:
    """Writes our numbers: the mean over seeds, and the lowest and highest."""
    row = ROWS[name]
    each = list(zip(*seeds, strict=True))
    if row.kind in ("bands", "own"):
        return _bands(row, each)
    shown = [_ranged(values, row) for values in each]
    if row.kind == "ratio":
        shown = [f"{ratio:.2f} (95 % {low:.2f} to {high:.2f})" for ratio, low, high in pooled(each)]
    labels = row.labels or ("",) * len(shown)
    if len(shown) > _MOST_SHOWN:
        shown = [_written(math.fsum(values) / len(values)) for values in each]
    parts = [f"{label} {text}".strip() for label, text in zip(labels, shown, strict=True)]
    return f"{', '.join(parts)} {row.unit}".strip()


def _bands(row: Row, each: list[tuple[float, ...]]) -> str:
    """Writes bands as their means, and the largest gap with its range over seeds."""
    means = [math.fsum(values) / len(values) for values in each]
    gaps = [abs(a - b) for a, b in zip(means, row.published, strict=True)]
    at = max(range(len(gaps)), key=gaps.__getitem__)
    by_seed = [
        max(abs(a - b) for a, b in zip(values, row.published, strict=True))
        for values in zip(*each, strict=True)
    ]
    signed = means[at] - row.published[at]
    return (
        f"{', '.join(map(_two_places, means))} %; largest gap {signed:+.2f} points at "
        f"{row.labels[at]} ({min(by_seed):.2f} to {max(by_seed):.2f} by seed)"
    )


def _two_places(value: float) -> str:
    return "too few" if math.isnan(value) else f"{value:.2f}"


def _ranged(values: tuple[float, ...], row: Row) -> str:
    mean = math.fsum(values) / len(values)
    plus = "+" if row.kind == "direction" and mean > 0 else ""
    if min(values) == max(values) or math.isnan(mean):
        return f"{plus}{_written(mean)}"
    return f"{plus}{_written(mean)} ({_written(min(values))} to {_written(max(values))})"


def _written(value: float) -> str:
    """Three significant figures, thousands apart."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "too few"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 7)}f}"


def lines(people: int, seeds: int) -> Iterator[str]:
    """Yields a line for each id, in the order of the page."""
    found = [figures_of(people, seed) for seed in range(1, seeds + 1)]
    for name in ROWS:
        values = [figures[name] for figures in found]
        yield f"| `{name}` | {ours(name, values)} | {verdict(name, values)} |"


def main() -> None:
    """Prints a line for each figure, or writes them into a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--ids", action="store_true", help="list the ids and stop")
    parser.add_argument("--page", type=Path, help="write into this page instead of printing")
    given = parser.parse_args()
    if given.page:
        text = given.page.read_text(encoding="utf-8")
        given.page.write_text(filled(text, lines(given.people, given.seeds)), encoding="utf-8")
        return
    for line in ROWS if given.ids else lines(given.people, given.seeds):
        print(line)


if __name__ == "__main__":
    main()
