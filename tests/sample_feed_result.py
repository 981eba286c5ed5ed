"""Sample results of feeds and desks, made up by hand for tests of the report: no run gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.intervals import wilson
from scenarios.loading import load
from scenarios.result import AS_PROPOSED, Figure, OptionRun, Range, Result, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = 20_000
ISTV_OPTIONS = ("hour", "month", "ward", "table-only")
DESK_OPTIONS = ("limit-10", "two-party")

# Option -> assaults within reach of 400, worst venues named of 10, share found in quiet places.
_ISTV = {
    AS_PROPOSED: (120, 7, 0.30),
    "hour": (119, 7, 0.22),
    "month": (90, 6, 0.04),
    "ward": (118, 3, 0.15),
    "table-only": (88, None, 0.0),
}


def share(
    place: tuple[str, Section, str],
    measure: str,
    count: int,
    out_of: int,
    group: str = "all",
    method: str = "made up",
) -> Figure:
    low, high = wilson(count, out_of)
    return figure(place, measure, count / out_of, "share", (low, high), group).model_copy(
        update={"count": count, "out_of": out_of, "method": method}
    )


def figure(
    place: tuple[str, Section, str],
    measure: str,
    value: float | None,
    unit: str,
    chance: tuple[float, float] | None = None,
    group: str = "all",
) -> Figure:
    option, section, subject = place
    return Figure(
        option=option,
        seed=1,
        section=section,
        subject=subject,
        measure=measure,
        group=group,
        value=value,
        unit=unit,
        chance=None if chance is None else Range(low=chance[0], high=chance[1]),
        method="made up",
    )


def attacked(option: str, attack: str, group: str, found: float, people: int) -> Iterator[Figure]:
    """What an attacker does in one group: a fifth as many wrong names as people found."""
    place: tuple[str, Section, str] = (option, "attack", attack)
    right = round(found * people)
    wrong = right // 5
    yield figure(place, "claims", right + wrong, "count", None, group)
    yield share(place, "found", right, people, group, f"{attack}: holds police_crimes, made up")
    if right + wrong:
        yield share(place, "precision", right, right + wrong, group)
    ends = wilson(wrong, people)
    per = (1_000 * ends.low, 1_000 * ends.high)
    yield figure(place, "wrong_per_1000", 1_000 * wrong / people, "per 1,000", per, group)
    yield figure(place, "skill", float(right > 0), "flag", None, group)


def _istv(option: str) -> Iterator[Figure]:
    reached, named, quiet = _ISTV[option]
    spots: tuple[str, Section, str] = (option, "answer", "hot_spots")
    venues: tuple[str, Section, str] = (option, "answer", "venues")
    yield share(spots, "planted", 150, 400)
    yield share(spots, "police_only", 100, 400)
    yield share(spots, "realised", 130, 400)
    yield share(spots, "answered", reached, 400)
    gain = (reached - 100) / 400
    yield figure(spots, "benefit", gain, "share", (gain - 0.06, gain + 0.06))
    if named is None:
        yield figure(venues, "answered", None, "share")
    else:
        yield share(venues, "answered", named, 10)
        rows = figure(venues, "worst_venue_rows", 9.0, "count", (4.1, 17.1))
        yield rows.model_copy(update={"out_of": 120})
    for attack, factor in (("analyst_with_crimes", 1.0), ("acquaintance", 0.5)):
        yield from attacked(option, attack, "quiet=yes", factor * quiet, 500)
        yield from attacked(option, attack, "quiet=no", factor * quiet / 3, 600)
        yield from attacked(option, attack, "all", factor * quiet / 2, 1_100)
    window = "window=24 h, ward, means any"
    rising = {"ward": 0.20}.get(option, 0.02)
    yield from attacked(option, "analyst_with_crimes", window, rising, 1_100)
    for group in ("month=1", "month=1,quiet=yes", "month=1,quiet=no", "grade=naive", "sex=F"):
        yield from attacked(option, "analyst_with_crimes", group, 0.1, 200)
    analyst: tuple[str, Section, str] = (option, "attack", "analyst_with_crimes")
    for group, right, people in (
        ("quiet=yes", 150, 500),
        ("quiet=no", 66, 600),
        ("all", 216, 1100),
    ):
        method = "made up at length; best on a trial of 93 attackers: informed"
        yield share(analyst, "best_found", right, people, group, method)


def _compared() -> Iterator[Figure]:
    """What identifiers link, beside place and time, of 1,000 A&E records at two overlaps."""
    place: tuple[str, Section, str] = (AS_PROPOSED, "linkage", "identifiers")
    counts = {
        "realised_overlap": (140, 410),
        "predicted_by_errors": (130, 380),
        "linked_by_identifiers": (149, 380),
        "linked_rightly": (131, 377),
        "matched_by_place_and_time": (30, 90),
        "matched_rightly": (20, 75),
    }
    for overlap, at in (("0.14", 0), ("0.41", 1)):
        for measure, both in counts.items():
            method = f"{measure}, made up; keys in order: first_name + surname"
            yield share(place, measure, both[at], 1_000, f"overlap={overlap}", method)


def _istv_costs(option: str) -> Iterator[Figure]:
    reached, named, _ = _ISTV[option]
    lost = (reached - 120) / 400
    spots: tuple[str, Section, str] = (option, "cost", "hot_spots")
    yield figure(spots, "benefit_error", lost, "share", (lost - 0.02, lost + 0.02))
    if named is not None:
        venues: tuple[str, Section, str] = (option, "cost", "venues")
        moved = (named - 7) / 10
        ends = (0.0, 0.0) if not moved else (moved - 0.05, moved + 0.05)
        yield figure(venues, "benefit_error", moved, "share", ends)


def _desk(option: str) -> Iterator[Figure]:
    alerts: tuple[str, Section, str] = (option, "answer", "alerts")
    heard = 60 if option == "limit-10" else 80
    yield figure(alerts, "answered", 90, "count", (75, 105))
    yield share(alerts, "alert_recall", 80, 100)
    yield share(alerts, "delivered", heard, 90)
    yield share(alerts, "delivered_recall", heard, 100)
    opened = 0.0 if option == "two-party" else 0.995
    yield from attacked(option, "one_failure", "all", opened, 1_000)
    yield from attacked(option, "analyst_without_key", "all", 0.01, 1_000)
    code: tuple[str, Section, str] = (option, "attack", "analyst_without_key")
    yield share(code, "recovered", 30, 600, "field=postcode")
    yield share(code, "recovered", 4, 900, "field=surname")


def _result(name: str, options: tuple[str, ...], figures: list[Figure]) -> Result:
    proposal = load(name)
    told = [OptionRun(name=AS_PROPOSED, title="As proposed", changes={})]
    told += [
        OptionRun(name=o, title=proposal.option[o].title, changes=proposal.option[o].changes)
        for o in options
    ]
    return Result(
        linkassay="0.1.0",
        proposal=proposal.model_dump(mode="json"),
        people=PEOPLE,
        seeds=(1,),
        options=tuple(told),
        figures=tuple(figures),
        red_lines=(),
    )


def istv_result(options: tuple[str, ...] = ISTV_OPTIONS) -> Result:
    """Builds a result of the ISTV-style proposal, with options beside it."""
    figures = [f for option in (AS_PROPOSED, *options) for f in _istv(option)]
    figures += [*_compared(), *(f for option in options for f in _istv_costs(option))]
    return _result("istv", options, figures)


def desk_result() -> Result:
    """Builds a result of the Hertfordshire-style proposal, with options beside it."""
    figures = [f for option in (AS_PROPOSED, *DESK_OPTIONS) for f in _desk(option)]
    return _result("hertfordshire", DESK_OPTIONS, figures)
