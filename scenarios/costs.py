"""Costs of an option, against the proposal as proposed, on fixed axes with ranges of chance.

An option runs on the same people with the same draws, so the two answers share most of their
chance. The range of their difference is therefore found from the difference itself: both answers
are given again without one part of the homes at a time (grouped jackknife; Wolter 2007,
"Introduction to Variance Estimation", chapter 4). Of hot spots, which come from events and not from
people, both answers are given again with all events drawn again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import stdtrit

from linkage.intervals import Z_95
from scenarios import compare_truth
from scenarios.accounts import Accountant
from scenarios.answering import seen_by, window_of
from scenarios.answering_feeds import drawn_again, intelligence, named_by
from scenarios.compare_feed import mean_range
from scenarios.questions import ranking, rate_ratio
from scenarios.questions.estimate import CannotAnswer, Seen, homes_of
from scenarios.questions.specs import HotSpotsSpec, RankingSpec, RateRatioSpec, VenueEvidenceSpec
from scenarios.result import Range
from simulator.randomness import words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.handover import Run
    from scenarios.questions.estimate import Window
    from scenarios.questions.specs import FeedQuestion, LinkedQuestion
    from scenarios.result import Figure
    from simulator.state import World

PARTS = 20
"""Into how many parts homes are put at random for the jackknife."""

_ERROR = (
    "answered with the option minus as proposed; same people, same draws; range by jackknife over "
    f"{PARTS} parts of the homes"
)
_OF_EVENTS = (
    "answered with the option minus as proposed; same assaults, same draws; range by drawing all "
    "events again, or over the venues"
)
_WIDTH = "width of the 95 % interval over its width as proposed"
_DELIVERY = (
    "right alerts that reach the practice with the option minus as proposed; no range unless equal"
)
_COVERAGE = "share of true pairs found with the option minus as proposed; same people, same draws"
_UPPER_TAIL = 0.975


def option_costs(
    option: str, base: tuple[Run, list[Figure]], changed: tuple[Run, list[Figure]]
) -> list[Figure]:
    """Says what an option costs: error of each answer, precision of each answer, coverage.

    Args:
        option: Name of the option.
        base: The run of the proposal as proposed, and its figures.
        changed: The run of the option, and its figures.

    Returns:
        For each question `benefit_error` (answered with the option minus as proposed) and
        `interval_ratio` (width of its interval over the width as proposed), and for alerts through
        a desk `delivery_error` (right alerts that reach the practice); for each link step
        `coverage` (recall with the option minus as proposed).
    """
    run, figures = changed
    before = {figure.key[2:]: figure for figure in base[1]}
    write = Accountant(option, run.seed)
    costs = []
    for figure in figures:
        was = before.get(figure.key[2:])
        if was is None or was.value is None or figure.value is None or figure.group != "all":
            continue
        lost = figure.value - was.value
        if figure.section == "answer" and figure.measure == "answered":
            asked = run.proposal.question[figure.subject]
            how = _OF_EVENTS if isinstance(asked, HotSpotsSpec | VenueEvidenceSpec) else _ERROR
            error = write.cost(figure.subject, "benefit_error", lost, figure.unit, how)
            range_ = _range_of_error(base[0], run, figure.subject, lost)
            costs.append(error.model_copy(update={"chance": range_}))
            wider = _ratio(figure, was)
            costs.append(write.cost(figure.subject, "interval_ratio", wider, "ratio", _WIDTH))
        if figure.section == "answer" and figure.measure == "delivered_recall":
            fewer = write.cost(figure.subject, "delivery_error", lost, figure.unit, _DELIVERY)
            held = Range(low=0.0, high=0.0) if figure.count == was.count and not lost else None
            costs.append(fewer.model_copy(update={"chance": held}))
        if figure.section == "linkage" and figure.measure == "recall":
            costs.append(write.cost(figure.subject, "coverage", lost, "share", _COVERAGE))
    return costs


def _range_of_error(base: Run, changed: Run, name: str, lost: float) -> Range | None:
    """Returns the range of the difference of two answers; null where it cannot be found."""
    runs = (base, changed)
    asked = [run.proposal.question[name] for run in runs]
    of_feeds = [one for one in asked if isinstance(one, HotSpotsSpec | VenueEvidenceSpec)]
    if of_feeds:
        return _range_over_events(runs, of_feeds, lost) if len(of_feeds) == len(runs) else None
    questions = [one for one in asked if not isinstance(one, HotSpotsSpec | VenueEvidenceSpec)]
    views = [seen_by(*pair) for pair in zip(runs, questions, strict=True)]
    if views[0].key == views[1].key and questions[0] == questions[1]:
        return Range(low=0.0, high=0.0)
    one, other = (
        run.stages.make(_without_each_part, view, question, run.world).value
        for run, view, question in zip(runs, views, questions, strict=True)
    )
    differences = other - one
    if not np.isfinite(differences).all():
        return None
    spread = float(np.sum((differences - differences.mean()) ** 2)) * (PARTS - 1) / PARTS
    reach = float(stdtrit(PARTS - 1, _UPPER_TAIL)) * spread**0.5
    return Range(low=lost - reach, high=lost + reach)


def _range_over_events(
    runs: tuple[Run, Run], questions: list[FeedQuestion], lost: float
) -> Range | None:
    """Returns the range of the difference of two answers from feeds; null where there is none.

    Where a different town or a different window is looked at, the draws have nothing in common, and
    the range is that of two answers apart.
    """
    held = [intelligence(*pair) for pair in zip(runs, questions, strict=True)]
    same_world = runs[0].world.key == runs[1].world.key
    if held[0].key == held[1].key and questions[0] == questions[1] and same_world:
        return Range(low=0.0, high=0.0)
    pairs = list(zip(runs, questions, strict=True))
    again = [drawn_again(run, one) for run, one in pairs if isinstance(one, HotSpotsSpec)]
    if len(again) == len(runs):
        differences = again[1] - again[0]
        differences = differences[np.isfinite(differences)]
        if len(differences) < PARTS:
            return None
        reach = Z_95 * float(np.std(differences, ddof=1))
        return Range(low=lost - reach, high=lost + reach)
    named = [named_by(run, one) for run, one in pairs if isinstance(one, VenueEvidenceSpec)]
    held_named = [one for one in named if one is not None]
    if len(held_named) < len(runs) or len(held_named[0]) != len(held_named[1]):
        return None
    low, high = mean_range(held_named[1] - held_named[0])
    return Range(low=low, high=high) if np.isfinite([low, high]).all() else None


def _without_each_part(view: Seen, question: LinkedQuestion, world: World) -> NDArray[np.float64]:
    """Answers a question without each part of the homes in turn, float64, shape (PARTS,)."""
    homes = homes_of(view.people)
    part = (words(0, "part of the jackknife", homes) % np.uint64(PARTS)).astype(np.int64)
    window = window_of(world)
    try:
        match question:
            case RateRatioSpec():
                return rate_ratio.without_each_part(view, question, window, part, PARTS)
            case RankingSpec():
                return ranking.without_each_part(view, question, window, part, PARTS)
    except CannotAnswer:
        return np.full(PARTS, np.nan)
    return _answered_without(view, question, part, window)


def _answered_without(
    view: Seen, question: LinkedQuestion, part: NDArray[np.int64], window: Window
) -> NDArray[np.float64]:
    """Answers any question anew without each part of the people, float64, shape (PARTS,)."""
    ids = view.people["row_id"].to_numpy()
    part_of_event = {
        agency: part[np.searchsorted(ids, events["person"].to_numpy())]
        for agency, events in view.events.items()
    }
    answers = []
    for left_out in range(PARTS):
        rest = Seen(
            view.spec,
            view.people.filter(pl.Series(part != left_out)),
            {
                agency: events.filter(pl.Series(part_of_event[agency] != left_out))
                for agency, events in view.events.items()
            },
        )
        found = compare_truth.answer(rest, question, window)
        answers += [e.value for e in found if (e.measure, e.group) == ("estimate", "all")]
    return np.array(answers)


def _ratio(figure: Figure, was: Figure) -> float | None:
    widths = []
    for one in (figure, was):
        if one.chance is None or one.chance.low is None or one.chance.high is None:
            return None
        widths.append(one.chance.high - one.chance.low)
    return widths[0] / widths[1] if widths[1] else None
