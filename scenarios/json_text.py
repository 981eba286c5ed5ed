"""JSON text: values written with sorted keys and an indent, as `json.dumps` would, only faster.

The standard library writes indented text in Python, generator within generator; a result of many
options has some hundred thousand values.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii
from math import isfinite
from typing import Any

_INDENT = "  "
_CONSTANTS = {True: "true", False: "false"}


def json_text(value: Any) -> str:  # noqa: ANN401 - anything that JSON can write
    """Writes a value as JSON text: sorted keys, two-space indent, no NaN, no final newline.

    Args:
        value: Tables with text keys, lists, tuples, text, numbers, truth values and null.

    Raises:
        ValueError: If a number is not finite.
        TypeError: If JSON has no form for a value.
    """
    return _written(value, "\n")


def _written(value: Any, newline: str) -> str:  # noqa: ANN401 - anything that JSON can write
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if value is None:
        return "null"
    if isinstance(value, dict):
        return _table(value, newline)
    if isinstance(value, list | tuple):
        inside = newline + _INDENT
        items = f",{inside}".join([_written(item, inside) for item in value])
        return f"[{inside}{items}{newline}]" if value else "[]"
    return _number(value)


def _table(value: dict[str, Any], newline: str) -> str:
    inside = newline + _INDENT
    items = f",{inside}".join(
        [f"{encode_basestring_ascii(key)}: {_written(value[key], inside)}" for key in sorted(value)]
    )
    return f"{{{inside}{items}{newline}}}" if value else "{}"


def _number(value: Any) -> str:  # noqa: ANN401 - any number
    if isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, int):
        return int.__repr__(value)
    if not isinstance(value, float):
        raise TypeError(f"JSON has no form for a {type(value).__name__}")
    if not isfinite(value):
        raise ValueError("JSON has no form for a number that is not finite")
    return float.__repr__(value)
