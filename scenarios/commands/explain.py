"""`linkassay explain`: one setting in words: meaning, what is allowed, default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenarios.commands.terminal import BadInput, out, print_wrapped

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from scenarios.vocabulary import Setting


def explain(
    setting: Annotated[
        str,
        typer.Argument(
            metavar="SETTING",
            help="Dotted name, such as world.people or attack.NAME.gap, with any NAME.",
            show_default=False,
        ),
    ],
) -> None:
    """Explain a setting of a proposal.

    Says what it means, what is allowed, its range and its default.
    """
    from scenarios.vocabulary import find

    path = [part for part in setting.strip().split(".") if part]
    found = find(path)
    if found is None:
        raise BadInput(_unknown(path))
    console = out()
    for line in paragraph(found):
        print_wrapped(console, line)


def paragraph(setting: Setting) -> list[str]:
    """Returns what there is to say about a setting, a sentence or two a line."""
    from scenarios.vocabulary import free_table, in_words, models
    from simulator.settings import Number

    name = ".".join(setting.path) or "A proposal"
    lines = [name, *_meaning(setting)]
    inner = models(setting.annotation)
    is_table = bool(inner) and not issubclass(inner[0], Number)
    if free_table(setting.annotation) is not None:
        lines.append("  A table: a name for each entry, chosen by you unless listed below.")
    elif not is_table:
        lines += _allowed(setting, in_words(setting.annotation))
    if is_table or free_table(setting.annotation) is not None:
        lines += [f"    {_child_name(setting, child)}" for child in _children(setting)]
    return lines


def _meaning(setting: Setting) -> list[str]:
    """Returns the descriptions of a setting; one a form where forms differ."""
    from scenarios.vocabulary import free_table, models
    from simulator.errors import ERROR_TYPES
    from simulator.schema import FIELDS

    lines: dict[str, list[str]] = {}
    for place, field in enumerate(setting.fields):
        form = setting.forms[place] if setting.forms else ""
        lines.setdefault(field.description or "", []).append(form)
    said = [
        f"  {words}{f' (For {_listed(forms)}.)' if any(forms) else ''}"
        for words, forms in lines.items()
        if words
    ]
    if not said:
        inside = free_table(setting.annotation)
        docs = [
            (model.__doc__ or "") for model in models(inside[1] if inside else setting.annotation)
        ]
        lead = "For each name: " if inside else ""
        said = [f"  {lead}{doc.strip().splitlines()[0]}" for doc in docs if doc.strip()]
    if not said and setting.forms:
        said = ["  Which form this is; the form decides which other settings there are."]
    last = setting.path[-1] if setting.path else ""
    if setting.path[-2:-1] == ("errors",) and last in ERROR_TYPES:
        error = ERROR_TYPES[last]
        fields = f"field{'s' if len(error.fields) > 1 else ''} {', '.join(error.fields)}"
        said = [f"  Share of records in which this goes wrong; touches the {fields}: {error.does}."]
    elif setting.path[:1] == ("identity",) and last in FIELDS:
        said.append(f"  The field holds: {FIELDS[last].meaning}.")
    return said


def _allowed(setting: Setting, words: str) -> list[str]:
    """Returns type, range and default of a setting."""
    from scenarios.vocabulary import bounds, find, tags

    around = find(setting.path[:-1])
    tag, forms = tags(around.annotation) if around else ("", ())
    if tag and setting.path[-1] == tag:
        words = f"one of: {', '.join(forms)}"
    lines = [f"  Allowed: {words}."]
    if setting.fields:
        low, high = bounds(setting.fields[0])
        if low is not None or high is not None:
            ends = f"{low:,} or more" if high is None else f"{low or 0:,} to {high:,}"
            lines.append(f"  Range: {ends}.")
    from_catalogue = _catalogue_value(setting.path)
    if setting.fields and not from_catalogue:
        lines.append(f"  Default: {_default(setting.fields[0])}.")
    return lines + from_catalogue


def _default(field: FieldInfo) -> str:
    from scenarios.problems import written

    if field.is_required():
        return "none; it must be given"
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if hasattr(value, "model_dump"):
        value = {key: part for key, part in value.model_dump().items() if part != ""}
    return "not set" if value in (None, "", (), {}) else written(value)


def _catalogue_value(path: tuple[str, ...]) -> list[str]:
    """Returns what the catalogue gives an agency of that name, with its source."""
    from simulator.agencies import CATALOGUE

    agency = CATALOGUE.get(path[1]) if len(path) > 2 and path[0] == "agency" else None  # noqa: PLR2004
    value: Any = agency
    for part in path[2:]:
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    if agency is None or value is None:
        return []
    if hasattr(value, "evidence"):
        ends = f", from {value.low} to {value.high}" if value.low is not None else ""
        source = f": {value.source}" if value.source else ""
        return [f"  The catalogue gives {path[1]}: {value.value}{ends} ({value.evidence}{source})."]
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return [f"  The catalogue gives {path[1]}: {shown}."]


def _children(setting: Setting) -> tuple[str, ...]:
    from scenarios.vocabulary import free_table

    return setting.names() or (("NAME",) if free_table(setting.annotation) is not None else ())


def _child_name(setting: Setting, child: str) -> str:
    found = setting.child(child)
    words = " Or: ".join(line.strip() for line in _meaning(found)) if found else ""
    return f"{'.'.join((*setting.path, child))}: {words}".rstrip(": ")


def _listed(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"  # noqa: PLR2004


def _unknown(path: list[str]) -> str:
    """Says which part of a name is unknown, and what was probably meant."""
    from scenarios.problems import nearest
    from scenarios.vocabulary import ROOT, find

    length = next(n for n in range(1, len(path) + 1) if find(path[:n]) is None)
    known, wrong = path[: length - 1], path[length - 1]
    around = find(known) or ROOT
    place = ".".join(known) or "a proposal"
    near = nearest(wrong, around.names())
    message = f"{'.'.join(path)} is not a setting: {place} has no {wrong}."
    if near:
        return f"{message} Did you mean `{'.'.join([*known, near, *path[length:]])}`?"
    inside = ", ".join(around.names())
    return f"{message} {f'It has: {inside}.' if inside else 'It holds a value, not a table.'}"
