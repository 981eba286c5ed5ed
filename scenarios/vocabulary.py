"""Settings of a proposal: what each dotted name means, read from the specs themselves.

Nothing is described twice: descriptions, ranges and defaults are those of the pydantic fields.
"""

from __future__ import annotations

import types
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from scenarios.proposal import Proposal
from simulator.errors import ERRORS
from simulator.settings import Number
from simulator.specs import RECORDABLE, ErrorName, FieldName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.fields import FieldInfo

NUMBER_FORM = '{ value = ..., low = ..., high = ..., evidence = "...", source = "..." }'
_PLAIN_WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date, such as 2016-04-01",
    str: "text in quotes",
}


@dataclass(frozen=True)
class Setting:
    """One place in a proposal.

    Attributes:
        path: Its name, in parts.
        annotation: The type that its value must have.
        fields: The pydantic fields that stand there; several where forms differ, as for attacks.
        forms: For each of `fields`, the form to which it belongs, such as `key_thief`; empty if
            there is only one form.
    """

    path: tuple[str, ...]
    annotation: Any
    fields: tuple[FieldInfo, ...] = ()
    forms: tuple[str, ...] = ()

    def child(self, name: str) -> Setting | None:
        """Returns the setting of that name inside this one, or null if there can be none."""
        path = (*self.path, name)
        if (free := free_table(self.annotation)) is not None:
            keys = known_keys(free[0])
            return Setting(path, free[1]) if not keys or name in keys else None
        found = [model for model in models(self.annotation) if name in model.model_fields]
        if not found:
            return None
        fields = tuple(model.model_fields[name] for model in found)
        tag = _tag_name(self.annotation)
        forms = tuple(_tag_of(model, tag) for model in found) if tag else ()
        return Setting(path, _annotation(fields[0]), fields, forms)

    def names(self) -> tuple[str, ...]:
        """Returns the names that may stand inside; none if any may, or if it is not a table."""
        if (free := free_table(self.annotation)) is not None:
            return known_keys(free[0])
        return tuple(
            dict.fromkeys(name for model in models(self.annotation) for name in model.model_fields)
        )


ROOT = Setting((), Proposal)


def find(path: Sequence[str], root: Setting = ROOT) -> Setting | None:
    """Returns the setting of that name inside a root, or null if there is none."""
    setting: Setting | None = root
    for name in path:
        setting = setting.child(name) if setting is not None else None
    return setting


def without_tags(location: Sequence[str | int], root: Setting = ROOT) -> tuple[str | int, ...]:
    """Returns an error location of pydantic as a path in the file.

    Pydantic inserts the tag of a form (such as `key_thief`) and marks bad keys with `[key]`.
    """
    path: list[str | int] = []
    at: Any = root.annotation
    for part in location:
        tag = _tag_name(at)
        if tag and any(_tag_of(model, tag) == part for model in models(at)):
            at = next(model for model in models(at) if _tag_of(model, tag) == part)
        elif part != "[key]":
            path.append(part)
            inner = Setting((), at).child(part) if isinstance(part, str) else None
            at = inner.annotation if inner else None
    return tuple(path)


def models(annotation: Any) -> tuple[type[BaseModel], ...]:  # noqa: ANN401 - a type expression
    """Returns the specs of which one must stand at a place; none if it holds no settings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    if get_origin(annotation) in (Annotated, tuple):
        return models(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(model for part in get_args(annotation) for model in models(part))
    return ()


def free_table(annotation: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - a type expression
    """Returns the types of keys and values of a table with free names, or null if it is none."""
    if get_origin(annotation) is dict:
        key, value = get_args(annotation)
        return key, value
    return None


def known_keys(key: Any) -> tuple[str, ...]:  # noqa: ANN401 - a type expression
    """Returns the names that a table's keys may have; none if they are free."""
    if key == ErrorName:
        return tuple(ERRORS)
    if key == FieldName:
        return RECORDABLE
    return ()


def tags(annotation: Any) -> tuple[str, tuple[str, ...]]:  # noqa: ANN401 - a type expression
    """Returns the setting that tells forms apart and its values; empty if there is one form."""
    tag = _tag_name(annotation)
    return tag, tuple(_tag_of(model, tag) for model in models(annotation)) if tag else ()


def bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """Returns the least and greatest value of a field, null where there is none."""
    low = next((m.ge for m in field.metadata if getattr(m, "ge", None) is not None), None)
    high = next((m.le for m in field.metadata if getattr(m, "le", None) is not None), None)
    return low, high


def in_words(annotation: Any) -> str:  # noqa: ANN401 - a type expression
    """Says in plain English what may stand at a place."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation == FieldName:
        return "a field: " + ", ".join(RECORDABLE)
    if origin is Annotated:
        return in_words(inner[0])
    if origin in (Union, types.UnionType):
        parts = [part for part in inner if part is not type(None)]
        return in_words(parts[0]) if len(parts) == 1 else "a table"
    if origin is Literal:
        return "one of: " + ", ".join(str(value) for value in inner)
    if origin is tuple:
        return f"a list, each item {in_words(inner[0])}"
    return _in_plain_words(annotation)


def _in_plain_words(annotation: Any) -> str:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, Number):
        return f"{annotation.rule.removeprefix('must be ')}; a plain number, or {NUMBER_FORM}"
    return _PLAIN_WORDS.get(annotation, "a table")


def _annotation(field: FieldInfo) -> Any:  # noqa: ANN401 - a type expression
    """Returns a field's type with what pydantic has taken out of it put back."""
    if field.discriminator:
        return Annotated[field.annotation, field]
    return field.annotation


def _tag_name(annotation: Any) -> str:  # noqa: ANN401 - a type expression
    if get_origin(annotation) is not Annotated:
        return ""
    found = [getattr(extra, "discriminator", None) for extra in get_args(annotation)[1:]]
    return next((name for name in found if isinstance(name, str)), "")


def _tag_of(model: type[BaseModel], tag: str) -> str:
    return str(get_args(model.model_fields[tag].annotation)[0])
