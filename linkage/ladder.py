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

from linkage.clear_text import require_clear_text
from linkage.first_agreement import Rung, first_agreements
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
    for dataset in (left, right):
        require_clear_text(dataset, fields, f"link step {step}: a ladder", "`keys`")
    codes = {field: _codes(left, right, field) for field in fields}
    height = left.frame.height
    rungs = (
        Rung(f"{number}: {' + '.join(key)}", values.head(height), values.slice(height))
        for number, key in enumerate(keys, start=1)
        for values in [_values([codes[field] for field in key])]
    )
    ids = (left.frame["record_id"], right.frame["record_id"])
    pairs = first_agreements(*ids, rungs, one_to_one=False)
    return exact_links(step, left.name, right.name, pairs)


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


def _values(parts: list[NDArray[np.int64]]) -> pl.Series:
    """Give a key's values as numbers, null if a part is missing."""
    combined = pl.Series("value", _combined(parts))
    return pl.select(pl.when(combined != _MISSING).then(combined)).to_series()
