"""The ladder: deterministic match-keys on the clear text, tried in order.

What could be linked if identifiers were not hidden, for comparison; it never feeds an answer. The
first rungs are those of HESID (NHS Digital, "Methodology for creation of the HES Patient ID"); to
try exact keys in order and set aside what is linked is also the first stage of the Office for
National Statistics' "Beyond 2011: Matching Anonymous Data" (2013).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.normalise import comparable
from linkage.pairs import exact_links

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linkage.linked import Links
    from simulator.schema import Dataset

MatchKeys = tuple[tuple[str, ...], ...]

_MISSING: Final = -1
_LARGEST_CODE: Final = 2**62


def climb_ladder(left: Dataset, right: Dataset, keys: MatchKeys, step: str) -> Links:
    """Link records by the first match-key that singles out one hub record.

    A match-key is a list of fields. Its value links a record of the agency, if no earlier key did,
    to the hub's record with the same value, if exactly one hub record has it and no part is
    missing. A hub record may be linked to any number of the agency's.

    Args:
        left: The hub, in the clear.
        right: The agency's records, in the clear.
        keys: Match-keys in the order in which they are tried.
        step: Name of the link step.

    Returns:
        Links whose rule is the number and fields of the key, such as
        `1: nhs_number + date_of_birth`, ordered by `left_id`, then `right_id`; each `right_id` at
        most once.

    Raises:
        ValueError: If a field of a key is not in the clear in both datasets.
    """
    fields = list(dict.fromkeys(field for key in keys for field in key))
    _require_clear_text(left, right, fields, step)
    codes = {field: _codes(left, right, field) for field in fields}
    height = left.frame.height
    is_free = np.ones(right.frame.height, dtype=np.bool_)
    rungs = []
    for number, key in enumerate(keys, start=1):
        values = _combined([codes[field] for field in key])
        rung = _pairs(left, right, values[:height], values[height:], is_free)
        is_free[rung["row"].to_numpy()] = False
        rule = pl.lit(f"{number}: {' + '.join(key)}").alias("rule")
        rungs.append(rung.select("left_id", "right_id", rule))
    return exact_links(step, left.name, right.name, pl.concat(rungs))


def _codes(left: Dataset, right: Dataset, field: str) -> NDArray[np.int64]:
    """Number a field's distinct comparable values across both datasets, the hub's rows first.

    Which number a value gets has no meaning and moves no link; -1 is missing.
    """
    text = pl.concat([comparable(dataset.frame, field) for dataset in (left, right)])
    numbered = text.cast(pl.Categorical(pl.Categories.random())).to_physical()
    return numbered.cast(pl.Int64).fill_null(_MISSING).to_numpy()


def _combined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Number a key's values: the parts' codes as digits of one number, -1 if one is missing."""
    combined = parts[0]
    is_missing = combined == _MISSING
    for part in parts[1:]:
        base = int(part.max(initial=0)) + 1
        if (int(combined.max(initial=0)) + 1) * base > _LARGEST_CODE:
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
        combined = combined * base + part
        is_missing = is_missing | (part == _MISSING)
    return np.where(is_missing, _MISSING, combined)


def _pairs(
    left: Dataset,
    right: Dataset,
    left_values: NDArray[np.int64],
    right_values: NDArray[np.int64],
    is_free: NDArray[np.bool_],
) -> pl.DataFrame:
    """Pair free records with the one hub record of their value: `left_id`, `right_id`, `row`."""
    has_value = pl.col("value") != _MISSING
    hub = pl.DataFrame({"value": left_values, "left_id": left.frame["record_id"]})
    singles = hub.filter(has_value).filter(pl.col("value").is_unique())
    records = pl.DataFrame({"value": right_values, "right_id": right.frame["record_id"]})
    free = records.with_row_index("row").filter(has_value & pl.Series(is_free))
    return singles.join(free, on="value").select("left_id", "right_id", "row")


def _require_clear_text(left: Dataset, right: Dataset, fields: list[str], step: str) -> None:
    """Raise ValueError unless both datasets hold every field in the clear."""
    for dataset in (left, right):
        lacking = [f for f in fields if f not in dataset.frame.columns or f in dataset.labels]
        if lacking:
            message = (
                f"link step {step}: a ladder needs {', '.join(lacking)} in the clear, which "
                f"dataset {dataset.name} does not hold; record the field, or leave it out of `keys`"
            )
            raise ValueError(message)
