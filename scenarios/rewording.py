"""Rewording: pydantic's errors in plain English, with the name that was probably meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scenarios.problems import NOTHING, Finding, nearest
from scenarios.vocabulary import ROOT, Setting, bounds, find, tags, without_tags
from simulator.agencies import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

    from scenarios.misfit import Misfit
    from scenarios.problems import Path

MOST_NAMES = 8  # longer lists of what is allowed are left out where one name is near
AGENCY_SETTING = 3  # parts of the name of an agency's setting: agency, its name, the setting


def findings(
    errors: Iterable[ErrorDetails], table: Mapping[str, Any], root: Setting = ROOT
) -> list[Finding]:
    """Rewords pydantic's errors in plain English.

    Args:
        errors: The errors of a ValidationError of the root's spec.
        table: What was read, for telling which agencies start from the catalogue.
        root: What was to be made of it: a proposal, or another spec.

    Returns:
        One finding for each error; errors that only repeat another are left out.
    """
    found: list[Finding] = []
    for error in errors:
        path = without_tags(error["loc"], root)
        if error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
            continue  # long enough, but for items that are wrong themselves
        if error["type"] == "proposal":
            found += _between_parts(error["ctx"]["misfits"])
        elif error["type"] == "missing" and _is_unknown_agency(path, table):
            found.append(_unknown_agency(str(path[1]), table))
        else:
            found.append(_reworded(error, path, root))
    return list({str(finding.as_problem()): finding for finding in found}.values())


def _between_parts(misfits: Iterable[Misfit]) -> list[Finding]:
    """Rewords what does not fit between parts."""
    return [
        Finding(
            misfit.path,
            misfit.given,
            f"{misfit.rule} ({', '.join(misfit.allowed)})" if misfit.allowed else misfit.rule,
            nearest(misfit.given, misfit.allowed),
            between_parts=True,
        )
        for misfit in misfits
    ]


def _is_unknown_agency(path: Path, table: Mapping[str, Any]) -> bool:
    if len(path) != AGENCY_SETTING or path[0] != "agency":
        return False
    given = table.get("agency", {}).get(path[1], {})
    return str(given.get("like", path[1])) not in CATALOGUE


def _unknown_agency(name: str, table: Mapping[str, Any]) -> Finding:
    given = table["agency"][name]
    if "like" in given:
        return _not_in_catalogue(("agency", name, "like"), given["like"])
    lacking = [part for part in ("title", "service", "fields") if part not in given]
    rule = (
        f"is not an agency of the catalogue ({', '.join(CATALOGUE)}), so it needs "
        f"{', '.join(lacking)}; or `like` with the name of one that is"
    )
    return Finding(("agency", name), NOTHING, rule, nearest(name, CATALOGUE))


def _not_in_catalogue(path: Path, given: Any) -> Finding:  # noqa: ANN401 - as read from a file
    rule = f"must be an agency of the catalogue: {', '.join(CATALOGUE)}"
    return Finding(path, given, rule, nearest(given, CATALOGUE))


def _reworded(error: ErrorDetails, path: Path, root: Setting) -> Finding:
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_setting(error, path, root)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _wrong_form(error, path, root)
    if kind == "missing":
        return Finding(path, NOTHING, _missing(path, root))
    if kind not in ("value_error", "literal_error"):
        return Finding(path, _shown(error["input"]), _rule(error, path, root))
    rule, allowed = _value_error(error)
    is_key = error["loc"][-1] == "[key]"
    given = path[-1] if is_key else _shown(error["input"])
    suggestion = nearest(given, allowed) if isinstance(given, str) else None
    if suggestion and len(allowed) > MOST_NAMES:
        rule = rule.partition(":")[0]
    return Finding(path, NOTHING if is_key else given, rule, suggestion)


def _shown(given: Any) -> Any:  # noqa: ANN401 - as read from a file
    """Returns a value that can be shown beside its setting: not a whole table of tables."""
    parts = given.values() if isinstance(given, dict) else ()
    is_whole = given is None or any(isinstance(part, dict | list | tuple) for part in parts)
    is_whole |= isinstance(given, list) and any(isinstance(part, dict) for part in given)
    return NOTHING if is_whole else given


def _unknown_setting(error: ErrorDetails, path: Path, root: Setting) -> Finding:
    if path[0] == "agency" and path[-1] == "like":
        return _not_in_catalogue(path, error["input"])
    table = _setting_around(path, root)
    allowed = table.names() if table else ()
    if path[0] == "agency" and len(path) == AGENCY_SETTING:
        allowed = (*allowed, "like")
    if (form := _form(error["loc"], path)) and table:
        own = [name for name in allowed if form in (_child(table, name).forms or (form,))]
        rule = f"is not a setting of {form}"
    else:
        own, rule = list(allowed), "is not a setting"
    suggestion = nearest(path[-1], own)
    if suggestion is None and own:
        rule += f"; settings here: {', '.join(own)}"
    return Finding(path, NOTHING, rule, suggestion)


def _form(location: tuple[int | str, ...], path: Path) -> str:
    """Returns the form, such as `key_thief`, that pydantic inserted in a location."""
    return next((str(part) for part in location if part not in (*path, "[key]")), "")


def _child(table: Setting, name: str) -> Setting:
    child = table.child(name)
    return child if child is not None else table


def _setting_around(path: Path, root: Setting) -> Setting | None:
    return find([part for part in path[:-1] if isinstance(part, str)], root)


def _wrong_form(error: ErrorDetails, path: Path, root: Setting) -> Finding:
    setting = find([str(part) for part in path], root)
    tag, allowed = tags(setting.annotation) if setting else ("", ())
    rule = f"must be one of: {', '.join(allowed)}"
    if error["type"] == "union_tag_not_found":
        return Finding((*path, tag), NOTHING, f"is required; {rule}")
    given = error["input"].get(tag) if isinstance(error["input"], dict) else NOTHING
    return Finding((*path, tag), given, rule, nearest(given, allowed))


def _missing(path: Path, root: Setting) -> str:
    setting = find([part for part in path if isinstance(part, str)], root)
    words = setting.fields[0].description if setting and setting.fields else None
    return f"is required ({words[0].lower()}{words[1:].rstrip('.')})" if words else "is required"


def _value_error(error: ErrorDetails) -> tuple[str, list[str]]:
    """Returns the rule of a spec's own check or of a list of values, and the names it allows."""
    if error["type"] == "literal_error":
        allowed = [word.strip("' ") for word in re.split(r",| or ", error["ctx"]["expected"])]
        lead = "must be one of: " if len(allowed) > 1 else "must be "
        return lead + ", ".join(allowed), allowed
    rule = error["msg"].removeprefix("Value error, ")
    _, colon, names = rule.partition(": ")
    return rule, names.split(", ") if colon else []


def _rule(error: ErrorDetails, path: Path, root: Setting) -> str:
    """Says in plain English what pydantic's built-in checks ask for."""
    kind = error["type"]
    if kind in ("greater_than_equal", "less_than_equal"):
        return _range(error, path, root)
    if kind == "string_pattern_mismatch":
        return "must start with a small letter and hold only small letters, digits, - and _"
    if kind == "string_too_short":
        return "must not be empty"
    if kind == "string_too_long":
        return f"must have at most {error['ctx']['max_length']} characters"
    if kind in ("too_short", "too_long"):
        least, most = (error["ctx"].get(end) for end in ("min_length", "max_length"))
        return f"must hold at least {least}" if kind == "too_short" else f"must hold at most {most}"
    return next((rule for start, rule in _TYPE_RULES if kind.startswith(start)), _plain(error))


_TYPE_RULES = (
    ("int", "must be a whole number"),
    ("float", "must be a number"),
    ("finite", "must be a finite number"),
    ("bool", "must be true or false"),
    ("date", "must be a date, such as 2016-04-01 (no quotes)"),
    ("string", "must be text in quotes"),
    ("tuple", 'must be a list in square brackets, such as ["a", "b"]'),
    ("dict", "must be a table"),
    ("model", "must be a table"),
)


def _plain(error: ErrorDetails) -> str:
    return error["msg"].replace("Input should", "must")


def _range(error: ErrorDetails, path: Path, root: Setting) -> str:
    setting = find([part for part in path if isinstance(part, str)], root) or root
    low, high = bounds(setting.fields[0]) if setting.fields else (None, None)
    if low is not None and high is not None:
        return f"must be between {low:,} and {high:,}"
    ends = error["ctx"]
    return f"must be {ends['ge']:,} or more" if "ge" in ends else f"must be {ends['le']:,} or less"
