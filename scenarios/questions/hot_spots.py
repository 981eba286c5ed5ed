"""Hot spots: where and when a fixed number of patrol hours meets most assaults.

A patrol stays in one square of the map for one shift of six hours, at the same hours every week.
Squares and shifts are chosen by what happened in the first two thirds of the window, and judged by
the assaults of the last third, which no question sees (see scenarios/compare_feed.py).

Score of a square s in shift t, a choice of ours: n(s, t) + n(s) n(t) / n, the count there plus the
count that the square's and the shift's own totals would lead one to expect. It is smoothing with
equal weights: a square with many assaults is patrolled at the town's busy hours even if none of its
few fell there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, factorial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from scenarios.questions.placing import (
    SHIFT_HOURS,
    SHIFTS,
    available,
    may_lie,
    shift_shares,
)
from simulator.randomness import uniform, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scenarios.questions.estimate import Window
    from scenarios.questions.placing import Intelligence
    from scenarios.questions.specs import HotSpotsSpec

RESAMPLES = 100
"""How often events are drawn again, for the range of chance."""

METHOD = (
    "share of assaults treated in A&E in the last third of the window that fall in the squares and "
    "shifts chosen from the first two thirds; range by drawing all events again, "
    f"{RESAMPLES} times"
)
_POISSON = np.cumsum([exp(-1.0) / factorial(count) for count in range(20)])
_LEARNT = (2, 3)  # the first two of three parts of the window


@dataclass(frozen=True)
class Sightings:
    """Things that happened, each spread over the squares and shifts where it may have happened.

    Attributes:
        cell: Square x shift of each part, int64, shape (parts,); see `cells`.
        share: How much of its event a part is, float64, shape (parts,).
        event: Stable id of the event of each part, uint64, shape (parts,).
    """

    cell: NDArray[np.int64] = field(repr=False)
    share: NDArray[np.float64] = field(repr=False)
    event: NDArray[np.uint64] = field(repr=False)

    def with_others(self, other: Sightings) -> Sightings:
        """Returns these and others together; something in both counts twice, as nobody can tell."""
        return Sightings(
            np.concatenate([self.cell, other.cell]),
            np.concatenate([self.share, other.share]),
            np.concatenate([self.event, other.event]),
        )


def cut_of(window: Window) -> datetime:
    """Returns the moment that parts what is learnt from, from what is judged."""
    start = datetime(window.start.year, window.start.month, window.start.day)  # noqa: DTZ001
    return start + timedelta(days=window.days * _LEARNT[0] // _LEARNT[1])


def squares(
    easting: NDArray[np.int64], northing: NDArray[np.int64], metres: int
) -> NDArray[np.int64]:
    """Numbers the squares of a grid of that side in which places lie, int64; none is shared."""
    return np.asarray((easting // metres + 2**20) * 2**21 + northing // metres + 2**20)


def sightings_at(
    event: NDArray[np.uint64],
    places: tuple[NDArray[np.int64], NDArray[np.int64]],
    times: pl.Series,
    metres: int,
) -> Sightings:
    """Returns events at places and times that are known exactly."""
    shift = (times.dt.weekday().to_numpy().astype(np.int64) - 1) * (SHIFTS // 7)
    shift += times.dt.hour().to_numpy().astype(np.int64) // SHIFT_HOURS
    cell = squares(*places, metres) * SHIFTS + shift
    return Sightings(cell, np.ones(len(cell)), event)


def police_sightings(held: Intelligence, spec: HotSpotsSpec, window: Window) -> Sightings:
    """Returns the police's own events with injury before the cut, in the middle of from and to."""
    half = (pl.col("to_time") - pl.col("from_time")) / 2
    events = held.police.with_columns(time=pl.col("from_time") + half)
    events = events.filter("injury", pl.col("time") < cut_of(window)).drop_nulls(
        ["time", "easting", "northing"]
    )
    places = (_whole(events["easting"]), _whole(events["northing"]))
    event = events["record_id"].to_numpy()
    return sightings_at(event, places, events["time"], spec.cell_metres)


def feed_sightings(held: Intelligence, spec: HotSpotsSpec, window: Window) -> Sightings:
    """Returns the feed's rows that had arrived by the cut, spread over where they may lie."""
    rows = available(held.rows, held.spec, window.start, cut_of(window)).sort("row_id")
    shares = shift_shares(rows["assault_time"], held.spec.times)
    placed = may_lie(rows, held.spec, held.atlas)
    row = np.searchsorted(rows["row_id"].to_numpy(), placed["row_id"].to_numpy())
    square = squares(_whole(placed["easting"]), _whole(placed["northing"]), spec.cell_metres)
    square, part = _merged(square, row, placed["share"].to_numpy())
    at, shift = np.nonzero(shares[part.row])
    return Sightings(
        square[at] * SHIFTS + shift,
        part.share[at] * shares[part.row[at], shift],
        rows["row_id"].to_numpy()[part.row[at]],
    )


@dataclass(frozen=True)
class _Parts:
    row: NDArray[np.int64]
    share: NDArray[np.float64]


def _merged(
    square: NDArray[np.int64], row: NDArray[np.int64], share: NDArray[np.float64]
) -> tuple[NDArray[np.int64], _Parts]:
    """Adds up the shares of one row in one square, in order of row and square."""
    frame = pl.DataFrame({"row": row, "square": square, "share": share})
    summed = frame.group_by("row", "square").agg(pl.col("share").sum()).sort("row", "square")
    parts = _Parts(_whole(summed["row"]), summed["share"].to_numpy().astype(np.float64))
    return _whole(summed["square"]), parts


@dataclass(frozen=True)
class Board:
    """Squares and shifts where something was seen, laid out so that patrols are chosen fast.

    Attributes:
        cell: Number of each square x shift, int64, shape (squares x 28,).
        place: Position in `cell` of each part of the sightings, int64, shape (parts,).
        rank: Order in which equal scores are taken, by a keyed draw; int64, as `cell`.
    """

    cell: NDArray[np.int64] = field(repr=False)
    place: NDArray[np.int64] = field(repr=False)
    rank: NDArray[np.int64] = field(repr=False)


def board_of(seen: Sightings) -> Board:
    """Lays out the squares and shifts of sightings."""
    names, code = np.unique(seen.cell // SHIFTS, return_inverse=True)
    cell = (names[:, None] * SHIFTS + np.arange(SHIFTS)).ravel()
    rank = np.empty(len(cell), np.int64)
    tie = words(0, "order of equal hot spots", cell) if len(cell) else np.zeros(0, np.uint64)
    rank[np.argsort(tie, kind="stable")] = np.arange(len(cell))
    return Board(cell, code * SHIFTS + seen.cell % SHIFTS, rank)


def choose(
    seen: Sightings,
    patrols: int,
    weight: NDArray[np.float64] | None = None,
    board: Board | None = None,
) -> NDArray[np.int64]:
    """Chooses squares and shifts to patrol.

    Args:
        seen: What is known to have happened.
        patrols: How many shifts a week there are to give out.
        weight: How often each part counts, float64, shape (parts,); None for once.
        board: The layout of `seen`, if it is at hand.

    Returns:
        Numbers of square x shift, at most `patrols`, of the highest scores above 0, ascending.
        Equal scores are ordered by a keyed draw.
    """
    board = board or board_of(seen)
    counted = seen.share if weight is None else seen.share * weight
    total = float(counted.sum())
    if total <= 0:
        return np.zeros(0, np.int64)
    table = np.bincount(board.place, counted, len(board.cell)).reshape(-1, SHIFTS)
    score = table + np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    rounded = np.round(score.ravel(), 9)
    able = np.flatnonzero(rounded > 0)
    if len(able) > patrols:
        least = -np.partition(-rounded[able], patrols - 1)[patrols - 1]
        able = able[rounded[able] >= least]
        able = able[np.lexsort((board.rank[able], -rounded[able]))][:patrols]
    return np.sort(board.cell[able])


def patrols_of(spec: HotSpotsSpec) -> int:
    """Returns how many shifts a week can be patrolled."""
    return spec.patrol_hours // SHIFT_HOURS


def reached(chosen: NDArray[np.int64], judged: Sightings, weight: NDArray[np.float64]) -> float:
    """Returns the share of judged events that fall in the squares and shifts chosen; NaN if none.

    Args:
        chosen: Numbers of square x shift, int64, ascending.
        judged: What happened, exactly.
        weight: How often each of those events counts.
    """
    total = float(weight.sum())
    inside = np.isin(judged.cell, chosen)
    return float(weight[inside].sum()) / total if total else float("nan")


def resampled(seen: Sightings, judged: Sightings, patrols: int) -> NDArray[np.float64]:
    """Gives the share within reach again and again, with all events drawn again.

    Every event counts a Poisson number of times with mean 1, drawn by its own id (the Poisson
    bootstrap), so that two answers from the same events share their draws.

    Returns:
        float64, shape (RESAMPLES,).
    """
    events, part = np.unique(seen.event, return_inverse=True)
    board = board_of(seen)
    values = np.empty(RESAMPLES)
    for draw in range(RESAMPLES):
        chosen = choose(seen, patrols, _times_counted(events, draw)[part], board)
        values[draw] = reached(chosen, judged, _times_counted(judged.event, draw))
    return values


def _times_counted(events: NDArray[np.uint64], draw: int) -> NDArray[np.float64]:
    """Draws how often each event counts: a Poisson number with mean 1, by inversion."""
    level = uniform(0, "events drawn again", events, draw)
    return np.searchsorted(_POISSON, level).astype(np.float64)


def _whole(column: pl.Series) -> NDArray[np.int64]:
    return column.to_numpy().astype(np.int64)
