"""Clear text: fields that a step must be able to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.schema import Dataset


def require_clear_text(dataset: Dataset, fields: Iterable[str], needed_by: str, at: str) -> None:
    """Raise ValueError unless a dataset holds every field in the clear.

    Args:
        dataset: The records.
        fields: Names of fields.
        needed_by: What needs them, for the message, such as `link step a: a ladder`.
        at: Where they are named, for the message, such as `keys`.
    """
    held = set(dataset.frame.columns) - set(dataset.labels)
    lacking = [field for field in dict.fromkeys(fields) if field not in held]
    if lacking:
        message = (
            f"{needed_by} needs {', '.join(lacking)} in the clear, which dataset {dataset.name} "
            f"does not hold; record the field, or leave it out of {at}"
        )
        raise ValueError(message)
