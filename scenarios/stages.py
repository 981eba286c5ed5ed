"""Stages: each part of a run is made once for the same inputs.

A stage is a pure function. What it makes is kept under a key: the function's name and the keys of
its arguments. A changed option, or the end of a range, therefore reruns a proposal from the first
stage that reads what has changed, and nothing has to say which that is.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
_COUNTING = Lock()


@dataclass(frozen=True)
class Made(Generic[T]):
    """Something that a stage made.

    Attributes:
        value: What was made.
        key: What it was made from, as a digest: equal keys, equal values.
    """

    value: T = field(repr=False)
    key: str


@dataclass
class Stages:
    """Keeps what stages made, and how long they took.

    Attributes:
        base: Where to look first: what the proposal as proposed made.
        seconds: Time spent in each stage, by its name.
    """

    base: Stages | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    _kept: dict[str, Made[Any]] = field(default_factory=dict, repr=False)

    def make(self, function: Callable[..., T], *arguments: Any) -> Made[T]:  # noqa: ANN401
        """Calls a function, unless it was called with the same arguments before.

        Args:
            function: A pure function.
            *arguments: Its arguments: values that stages made, specs, plain values, arrays, or
                tuples and tables of these.

        Returns:
            What the function returns, with its key.
        """
        name = f"{function.__module__}.{function.__qualname__}"
        key = _digest([name, *(_key_of(argument) for argument in arguments)])
        kept = self._find(key)
        if kept is None:
            started = time.perf_counter()
            kept = Made(function(*(_value_of(argument) for argument in arguments)), key)
            spent = time.perf_counter() - started
            stage = function.__name__.strip("_")
            with _COUNTING:
                self.seconds[stage] = self.seconds.get(stage, 0.0) + spent
            self._kept[key] = kept
        return kept

    def _find(self, key: str) -> Made[Any] | None:
        found = self._kept.get(key)
        if found is None and self.base is not None:
            return self.base._find(key)  # noqa: SLF001 - the same class
        return found

    def branch(self) -> Stages:
        """Returns stages that begin with what these have made, and keep their own apart."""
        return Stages(base=self, seconds=self.seconds)


def _digest(parts: Any) -> str:  # noqa: ANN401 - anything that JSON can write
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _key_of(argument: Any) -> Any:  # noqa: ANN401 - any argument of a stage
    if isinstance(argument, Made):
        return ["made", argument.key]
    if isinstance(argument, BaseModel):
        return ["spec", type(argument).__name__, argument.model_dump(mode="json")]
    if isinstance(argument, np.ndarray):
        return ["array", str(argument.dtype), hashlib.sha256(argument.tobytes()).hexdigest()]
    if isinstance(argument, dict):
        return ["table", [[name, _key_of(value)] for name, value in argument.items()]]
    if isinstance(argument, list | tuple):
        return ["list", [_key_of(value) for value in argument]]
    if argument is None or isinstance(argument, str | int | float | bool):
        return ["plain", argument]
    raise TypeError(f"a stage cannot be keyed on a {type(argument).__name__}")


def _value_of(argument: Any) -> Any:  # noqa: ANN401 - any argument of a stage
    if isinstance(argument, Made):
        return argument.value
    if isinstance(argument, dict):
        return {name: _value_of(value) for name, value in argument.items()}
    if isinstance(argument, list | tuple):
        return type(argument)(_value_of(value) for value in argument)
    return argument


def values(made: Mapping[str, Made[T]]) -> dict[str, T]:
    """Returns what was made, by name, without keys."""
    return {name: one.value for name, one in made.items()}
