"""Corruption: recording errors applied to the cells of a draft.

Flags are drawn first, one chance per record and error; the damage is then done to flagged cells
only, so that cost follows errors and not records. Errors are applied in the order of the catalogue
(`simulator.errors`); each cell that was hit is logged, with whether that changed it, and the hits
expected and found are counted.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from simulator import randomness
from simulator.damages import DAMAGES
from simulator.error_log import Log, cells_of
from simulator.errors import ERROR_TYPES
from simulator.proneness import MOST_LIKELY, WHO

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.draft import Draft
    from simulator.errors import ErrorType, Unit, Who
    from simulator.settings import Share


def corrupt(draft: Draft, rates: Mapping[str, Share]) -> tuple[dict[str, pl.Series], Log]:
    """Applies recording errors to the cells of a draft.

    A missing value stays missing: an error that would overwrite it leaves it alone.

    Args:
        draft: The records as they would rightly be written.
        rates: Rate of each error per record; errors of records and the address are left out.

    Returns:
        The columns as written, and the log.
    """
    columns = dict(draft.columns)
    log = Log()
    known: dict[tuple[Who, str], NDArray[np.float64]] = {}
    for error, damage in DAMAGES.items():
        rate = rates.get(error)
        if rate is None or rate.value == 0.0:
            continue
        kind = ERROR_TYPES[error]
        now = replace(draft, columns=columns)
        chance = _chance(now, kind, rate.value, known)
        at = np.flatnonzero(_happens(now, error, kind.unit, chance))
        there = _are_there([columns[name] for name in kind.fields])
        if there is not None:
            chance, at = np.where(there, chance, 0.0), at[there[at]]
        expected = float(chance.sum())
        wrong = damage(now, error, at)
        hits = np.zeros(len(at), dtype=np.bool_)
        for name, written in zip(
            kind.fields, wrong if isinstance(wrong, tuple) else (wrong,), strict=True
        ):
            changed = columns[name].gather(at).ne_missing(written).to_numpy()
            hits |= changed
            log += Log((cells_of(draft.record_id[at], error, name, changed),))
            if changed.any():
                # scatter works in place: the draft keeps its column.
                columns[name] = (
                    columns[name].clone().scatter(at[changed], written.filter(pl.Series(changed)))
                )
        cells = len(draft.record_id) if there is None else int(there.sum())
        log += Log(tallies=((error, cells, expected, len(at), int(hits.sum())),))
    return columns, log


def _are_there(columns: list[pl.Series]) -> NDArray[np.bool_] | None:
    """Says which records miss none of these values; None if no record misses any."""
    masks = [column.is_not_null().to_numpy() for column in columns if column.null_count()]
    return reduce(np.logical_and, masks) if masks else None


def _chance(
    draft: Draft,
    kind: ErrorType,
    rate: float,
    known: dict[tuple[Who, str], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Returns the chance of each record; what "who" says is found once for all errors."""
    likelier: NDArray[np.float64] | float = 1.0
    if kind.who != "all":
        key = (kind.who, kind.fields[0])
        if key not in known:
            known[key] = WHO[kind.who](draft, kind.fields[0])
        likelier = known[key]
    if not kind.is_a_slip:
        return np.broadcast_to(rate * likelier, len(draft.record_id))
    chance = np.minimum(rate * draft.multiplier * likelier, MOST_LIKELY)
    return chance if kind.unit == "record" else np.where(draft.person >= 0, chance, 0.0)


def _happens(
    draft: Draft, error: str, unit: Unit, chance: NDArray[np.float64]
) -> NDArray[np.bool_]:
    here = f"{draft.agency}: {error}"
    if unit == "person":
        return randomness.happens(draft.seed, error, draft.person_id, chance)
    if unit == "client":
        return randomness.happens(draft.seed, here, draft.person_id, chance)
    if unit == "system":
        return randomness.happens(draft.seed, here, draft.system, chance)
    return randomness.happens(draft.seed, here, draft.record_id, chance)
