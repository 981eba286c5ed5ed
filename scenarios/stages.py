"""Stages: each part of a run is made once for the same inputs.

A stage is a pure function. What it makes is kept under a key: the function's name and the keys of
its arguments. A changed option, or the end of a range, therefore reruns a proposal from the first
stage that reads what has changed, and nothing has to say which that is.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import polars as pl
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable

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
    _stage: dict[str, str] = field(default_factory=dict, repr=False)

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
            self._stage[key] = stage
        return kept

    def make_pinned(self, function: Callable[..., T], *arguments: Any) -> Made[T]:  # noqa: ANN401
        """Makes a value as `make` does, and keys it by its content instead of its making.

        Where a change makes no difference to what a stage gives, later stages are then not rerun.
        Hashing the content costs time, so this is for places where changes often come to nothing.

        Args:
            function: A pure function.
            *arguments: Its arguments, as for `make`.

        Returns:
            What the function returns, keyed by its content.
        """
        made = self.make(function, *arguments)
        return Made(made.value, self.make(_content_key, made).value)

    def _find(self, key: str) -> Made[Any] | None:
        found = self._kept.get(key)
        if found is None and self.base is not None:
            return self.base._find(key)  # noqa: SLF001 - the same class
        return found

    def forget_all_but(self, *stages: str) -> None:
        """Lets go of what was made, except by some stages; what is asked for again is made again.

        Args:
            *stages: Names of stages, as in `seconds`.
        """
        self._kept = {k: made for k, made in self._kept.items() if self._stage[k] in stages}

    def branch(self) -> Stages:
        """Returns stages that begin with what these have made, and keep their own apart."""
        return Stages(base=self, seconds=self.seconds)


def _content_key(value: Any) -> str:  # noqa: ANN401 - anything that a stage makes
    return _digest(["content", _content_of(value)])


def _content_of(value: Any) -> Any:  # noqa: ANN401 - anything that a stage makes
    """Describes a value by its content, for a digest."""
    if isinstance(value, pl.DataFrame):
        rows = value.hash_rows(seed=0).to_numpy().tobytes()
        columns = [[name, str(dtype)] for name, dtype in value.schema.items()]
        return ["frame", columns, hashlib.sha256(rows).hexdigest()]
    if is_dataclass(value) and not isinstance(value, type):
        parts = [[f.name, _content_of(getattr(value, f.name))] for f in fields(value)]
        return [type(value).__name__, parts]
    if isinstance(value, Mapping):
        return ["table", [[name, _content_of(part)] for name, part in value.items()]]
    if isinstance(value, tuple):
        return ["list", [_content_of(part) for part in value]]
    return _key_of(value)


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
