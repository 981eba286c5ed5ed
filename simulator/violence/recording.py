"""Recording: how A&E receptions and the police write an incident down.

In a share of A&E records (`survival`) time and place are written well: the time rounded as people
round it, the place by its name. In each of the others the time or the place, or both, are of little
use: unknown, off by hours; missing, vague, or another place's. Every cell that is wrong is logged,
and every address of a home: the standard wants no text there, so that even a right one is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.damages.keyboard import mistype
from simulator.draft import Draft, Sources
from simulator.schema import LOCATION_TYPES
from simulator.violence import typing_places
from simulator.violence.records import recorded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.services import Service
    from simulator.state import World
    from simulator.violence.specs import RecordingSpec

_ROUNDED_TO = (30, 15, 5, 1)  # minutes; how a told time is rounded
_ROUNDING = (0.45, 0.20, 0.20, 0.15)  # assumed
_OFF_HOURS = 4.0  # standard deviation of a time that is off; assumed
_TIME_OFF = 0.35  # of records written badly, besides those with the time unknown; assumed
_PLACE_VAGUE = 0.35  # likewise, besides those without a place or with another's; assumed
_TYPE_WRONG = 0.03  # kinds of place coded wrongly; assumed
_DETAIL = 0.30  # means with a word of detail; assumed
_LONGEST_LAG = 14 * 1_440  # minutes
_WEAPON_UNRECORDED = 0.15  # by police; assumed
_EXACT = 0.5  # offences whose time police know to the minute; assumed
_DETAILS = {
    "fist": "punched",
    "foot": "kicked",
    "other_body_part": "bitten",
    "blunt_object": "bottle",
    "sharp_object": "knife",
    "firearm": "shot",
}
_LONGEST_TYPED = 32  # characters; a slip is made in texts up to this length


@dataclass(frozen=True)
class Written:
    """What one service writes down about violence.

    Attributes:
        about: What each record is about (see records.recorded), in order of `event_id`.
        content: Content fields as written, in the same order.
        errors: `event_id` (UInt64), `error` (String): every cell that is wrong.
    """

    about: pl.DataFrame = field(repr=False)
    content: pl.DataFrame = field(repr=False)
    errors: pl.DataFrame = field(repr=False)


def write_down(world: World, service: Service, recording: RecordingSpec) -> Written:
    """Writes down what one service records of violence.

    Args:
        world: The world.
        service: assaults, crimes or police_contacts.
        recording: How badly.
    """
    about = recorded(world, service, recording)
    if service == "assaults":
        return _at_reception(world, about, recording)
    return _by_police(world, about, recording, with_weapon=service == "crimes")


def _at_reception(world: World, about: pl.DataFrame, recording: RecordingSpec) -> Written:
    ids, seed = about["event_id"].to_numpy(), world.seed
    time = about["time"].to_numpy().astype("datetime64[m]")
    lag = recording.lag_minutes.value * np.exp(
        recording.lag_spread.value * randomness.normal(seed, "lag to arrival", ids)
    )
    arrival = time + np.clip(lag.round(), 1, _LONGEST_LAG).astype(np.int64)
    flags = _flags(seed, ids, recording)
    told = _told_time(seed, ids, time, arrival, flags)
    text, misspelt, of_another = _told_place(world, about, flags, recording)
    wrong_type = randomness.happens(seed, "kind of place coded wrongly", ids, _TYPE_WRONG)
    other = randomness.whole(seed, "which other kind of place", ids, len(LOCATION_TYPES))
    types = np.where(
        wrong_type, np.array(LOCATION_TYPES)[other], about["location_type"].to_numpy()
    ).astype(str)
    detailed = randomness.happens(seed, "means with a detail", ids, _DETAIL)
    detail = about["method"].replace_strict(_DETAILS)
    flagged = randomness.happens(
        seed, "domestic is recorded", ids, recording.domestic_flagged.value
    )
    content = pl.DataFrame(
        {
            "arrival_time": arrival.astype("datetime64[us]"),
            "assault_time": told.astype("datetime64[us]"),
            "method": about["method"],
            "method_text": pl.select(pl.when(pl.Series(detailed)).then(detail)).to_series(),
            "location_type": types,
            "location_text": text,
            "domestic": about["domestic"] & pl.Series(flagged),
        }
    )
    in_home = (about["home"] >= 0).to_numpy()
    typed_home = in_home & text.is_not_null().to_numpy()
    missing_flag = (about["domestic"] & ~pl.Series(flagged)).to_numpy()
    wrong = {
        "assault_time_unknown": flags.unknown,
        "assault_time_off": flags.off,
        "location_missing": flags.missing & ~in_home,
        "location_vague": flags.vague & ~in_home,
        "location_of_another": of_another & ~in_home,
        "location_misspelt": misspelt,
        "home_address_typed": typed_home,
        "location_type_wrong": types != about["location_type"].to_numpy(),
        "domestic_unrecorded": missing_flag,
    }
    return Written(about, content, _log(ids, wrong))


@dataclass(frozen=True)
class _Flags:
    """What is wrong with time and place, bool arrays of shape (records,)."""

    unknown: NDArray[np.bool_]
    off: NDArray[np.bool_]
    missing: NDArray[np.bool_]
    another: NDArray[np.bool_]
    vague: NDArray[np.bool_]


def _flags(seed: int, ids: NDArray[np.uint64], recording: RecordingSpec) -> _Flags:
    """Draws which records are written badly, and in what: at least one thing in each of them."""
    badly = ~randomness.happens(seed, "time and place written well", ids, recording.survival.value)
    time = randomness.uniform(seed, "what is wrong with the time", ids)
    place = randomness.uniform(seed, "what is wrong with the place", ids)
    unknown = badly & (time < recording.time_unknown.value)
    off = badly & ~unknown & (time < recording.time_unknown.value + _TIME_OFF)
    first = recording.place_missing.value
    second = first + recording.place_wrong.value
    missing = badly & (place < first)
    another = badly & ~missing & (place < second)
    vague = badly & ~missing & ~another & (place < second + _PLACE_VAGUE)
    untouched = badly & ~(unknown | off | missing | another | vague)
    return _Flags(unknown, off, missing, another, vague | untouched)


def _told_time(
    seed: int,
    ids: NDArray[np.uint64],
    time: NDArray[np.datetime64],
    arrival: NDArray[np.datetime64],
    flags: _Flags,
) -> NDArray[np.datetime64]:
    """Gives the time as told: rounded, off by hours, or midnight; never after arrival."""
    shift = _OFF_HOURS * 60 * randomness.normal(seed, "time off by hours", ids)
    minute = time.astype(np.int64) + np.where(flags.off, shift.round().astype(np.int64), 0)
    step = np.array(_ROUNDED_TO)[randomness.choose(seed, "rounding of the time", ids, _ROUNDING)]
    rounded = (minute + step // 2) // step * step
    latest = arrival.astype(np.int64)
    told = np.where(rounded > latest, latest // step * step, rounded)
    midnight = time.astype("datetime64[D]").astype("datetime64[m]").astype(np.int64)
    return np.where(flags.unknown, midnight, told).astype("datetime64[m]")


def _told_place(
    world: World, about: pl.DataFrame, flags: _Flags, recording: RecordingSpec
) -> tuple[pl.Series, NDArray[np.bool_], NDArray[np.bool_]]:
    """Gives the place as typed, null where nothing is, and which texts are wrong.

    Two places may share a name: a text that is typed of another and fits this one is right.

    Returns:
        Texts; which have a slip of the keyboard; which are another place's.
    """
    ids, seed = about["event_id"].to_numpy(), world.seed
    typed = typing_places.typed(world, about, flags.another)
    right = typing_places.typed(world, about, np.zeros(len(ids), dtype=np.bool_))
    of_another = flags.another & (typed != right).to_numpy()
    vague = typing_places.vague(seed, ids)
    in_home = about["home"] >= 0
    address = randomness.happens(
        seed, "home address typed", ids, recording.home_address_typed.value
    )
    text = pl.select(
        pl.when(in_home & ~pl.Series(address))
        .then(None)
        .when(in_home)
        .then(typing_places.addresses(world, about))
        .when(pl.Series(flags.missing))
        .then(None)
        .when(pl.Series(flags.vague))
        .then(vague)
        .otherwise(typed)
        .alias("location_text")
    ).to_series()
    slips = randomness.happens(seed, "place misspelt", ids, recording.misspelt.value)
    able = (text.str.len_bytes() <= _LONGEST_TYPED).fill_null(value=False).to_numpy()
    at = np.flatnonzero(slips & able & ~flags.vague)
    none = np.zeros(len(ids), dtype=np.int64)
    draft = Draft(
        "reception", seed, ids, none, none, np.ones(len(ids)), {},
        Sources(world.people.head(0), world.homes.head(0), none, 0),
    )  # fmt: skip
    wrong = mistype(draft, "location_misspelt", at, text.gather(at).to_numpy().astype("U32"))
    changed = np.zeros(len(ids), dtype=np.bool_)
    changed[at] = wrong != text.gather(at).to_numpy().astype("U32")
    return text.scatter(at, pl.Series(wrong, dtype=pl.String)), changed, of_another


def _by_police(
    world: World, about: pl.DataFrame, recording: RecordingSpec, *, with_weapon: bool
) -> Written:
    ids, seed = about["event_id"].to_numpy(), world.seed
    time = about["time"].to_numpy().astype("datetime64[m]").astype(np.int64)
    mean = 2 * recording.police_span_hours.value * 60
    span = np.where(
        randomness.happens(seed, "police know the minute", ids, _EXACT),
        0.0,
        mean * randomness.exponential(seed, "span of from and to", ids),
    ).round()
    before = (span * randomness.uniform(seed, "where in the span", ids)).round().astype(np.int64)
    start = time - before
    end = start + span.astype(np.int64)
    delay = recording.report_lag_hours.value * 60
    reported = end + (delay * randomness.exponential(seed, "report", ids)).round().astype(np.int64)
    away = {
        axis: about[axis].to_numpy()
        + recording.police_place_metres.value * randomness.normal(seed, f"police: {axis}", ids)
        for axis in ("easting", "northing")
    }
    # The file of contacts has no weapon, so that none of it can go unrecorded.
    unrecorded = randomness.happens(seed, "weapon not recorded", ids, _WEAPON_UNRECORDED)
    lost = unrecorded & with_weapon
    content = pl.DataFrame(
        {
            "contact_kind": about["contact_kind"],
            "from_time": start.astype("datetime64[m]").astype("datetime64[us]"),
            "to_time": end.astype("datetime64[m]").astype("datetime64[us]"),
            "reported_time": reported.astype("datetime64[m]").astype("datetime64[us]"),
            "weapon": pl.select(pl.when(~pl.Series(lost)).then(about["method"])).to_series(),
            "injury": about["injury"],
            "location_type": about["location_type"],
            "easting": away["easting"].round().astype(np.int32),
            "northing": away["northing"].round().astype(np.int32),
        }
    )
    return Written(about, content, _log(ids, {"weapon_unrecorded": lost}))


def _log(ids: NDArray[np.uint64], wrong: dict[str, NDArray[np.bool_]]) -> pl.DataFrame:
    parts = [
        pl.DataFrame({"event_id": ids[flagged]}).with_columns(error=pl.lit(error))
        for error, flagged in wrong.items()
    ]
    return pl.concat(parts).sort("event_id", "error")
