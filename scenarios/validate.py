"""Validation: a table of settings becomes a Proposal, with everything that is wrong at once."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from linkage.match_key_set import MatchKeySet
from linkage.plan import LinkStep, Treatment
from reidentify.feed_specs import FeedSpec
from reidentify.specs import LeakSpec, ReleaseSpec
from scenarios.link_plans import with_plans
from scenarios.problems import NOTHING, Finding, nearest
from scenarios.proposal import Proposal
from scenarios.questions.specs import CountSpec
from scenarios.rewording import findings
from scenarios.vocabulary import free_table
from simulator.errors import fits
from simulator.specs import RECORDABLE, REGISTER, WITH_HOME_INCIDENTS, AgencySpec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from scenarios.problems import Path
    from simulator.settings import Spec

# Tables that hold one table per name: agency, effect, identity, link, recipient, question, ...
NAMED = tuple(
    name
    for name, field in Proposal.model_fields.items()
    if free_table(field.annotation) is not None
)

ROUNDS = 2  # of stand-ins: for parts wrong by themselves, then for parts that do not fit others


def validated(table: Mapping[str, Any]) -> tuple[Proposal | None, list[Finding]]:
    """Makes a Proposal of a table of settings.

    Pydantic compares parts with each other only once every part is right by itself. So that a
    reader sees everything at once, stand-ins take the place of wrong parts for the comparison.

    Args:
        table: The settings, as read from a file.

    Returns:
        The proposal, or null if something is wrong; and what is wrong. Options are included: each
        is applied, and what it makes wrong is reported under its name.
    """
    proposal, found = _attempt(table)
    if proposal is not None:
        return proposal, option_findings(proposal)
    aside: set[Path] = set()
    latest = found
    for _ in range(ROUNDS):
        aside |= {finding.path[:2] for finding in latest}
        if any(path[0] in NAMED and len(path) == 1 for path in aside):
            return None, found
        rest, latest = _attempt(_with_stand_ins(table, aside), aside)
        if rest is not None:
            return None, found + option_findings(rest, aside)
        found += [finding for finding in latest if finding.between_parts]
    return None, found


def option_findings(proposal: Proposal, aside: Collection[Path] = ()) -> list[Finding]:
    """Applies every option and returns what each makes wrong.

    Args:
        proposal: A proposal that is right as proposed.
        aside: Parts that are wrong; options that change them are not tried.
    """
    found: list[Finding] = []
    # Of a part that has no names, such as the world, all has been replaced.
    replaced = {*aside, *((path[0],) for path in aside if path[0] not in NAMED)}
    for name, option in proposal.option.items():
        parts = [tuple(setting.split(".")) for setting in option.changes]
        if not any(part[:length] in replaced for part in parts for length in (1, 2)):
            found += changed(proposal, option.changes, name, aside)[1]
    return found


def changed(
    proposal: Proposal,
    changes: Mapping[str, Any],
    option: str = "",
    aside: Collection[Path] = (),
) -> tuple[Proposal | None, list[Finding]]:
    """Applies changes to a proposal, all together, and validates the whole again.

    Args:
        proposal: The proposal to change; it stays as it is.
        changes: New value of each setting, by dotted name.
        option: Name of the option that they belong to, for messages; empty if there is none.
        aside: Parts that are wrong already, in whose place something else stands.

    Returns:
        The changed proposal, or null if something is wrong; and what is wrong.
    """
    table: dict[str, Any] = {name: getattr(proposal, name) for name in Proposal.model_fields}
    found: list[Finding] = []
    for top in dict.fromkeys(setting.partition(".")[0] for setting in changes):
        if top in Proposal.model_fields and top != "option":
            table[top] = proposal.model_dump(include={top})[top]
    for setting, value in changes.items():
        found += _put(table, tuple(setting.split(".")), value)
    found += _validate_agencies(proposal, table, changes)
    result, more = (None, []) if found else _attempt(table, aside)
    more = _blame_new_names(proposal, changes, more)
    return result, [_under(option, changes, finding) for finding in found + more]


def _attempt(
    table: Mapping[str, Any], aside: Collection[Path] = ()
) -> tuple[Proposal | None, list[Finding]]:
    table, wrong = with_plans(table)
    plans = {_plan_of(finding.path) for finding in wrong}
    try:
        proposal = Proposal.model_validate(table, context={"aside": aside})
    except ValidationError as error:
        found = findings(error.errors(include_url=False), table)
        return None, [*(each for each in found if _plan_of(each.path) not in plans), *wrong]
    return (None if wrong else proposal), wrong


def _plan_of(path: Path) -> Path:
    """Returns where the plan stands in which a setting is: in a link step, or in a split file."""
    return path[: 2 if path[:1] == ("split_file",) else 3]


def _with_stand_ins(table: Mapping[str, Any], aside: set[Path]) -> dict[str, Any]:
    """Returns the table with stand-ins for the parts that are wrong."""
    rest = deepcopy(dict(table))
    for path in aside:
        top = str(path[0])
        if top in NAMED:
            stand_in = _stand_in(top, str(path[1]), table)
            if stand_in is None:
                rest[top].pop(path[1])
            else:
                rest[top][path[1]] = stand_in
        elif top in ("about", "world", "governance"):
            model: Any = Proposal.model_fields[top].annotation
            rest[top] = model.model_construct()  # no comparison between parts looks inside
        else:
            rest.pop(top, None)
    return rest | {"version": 1}


def _stand_in(top: str, name: str, table: Mapping[str, Any]) -> Spec | None:
    """Returns what takes the place of a wrong part, so that what names it is still compared.

    It has whatever others may ask of it, and is not checked itself. Nothing names an effect, an
    attack or an option, so these are left out instead.
    """
    if top == "agency":
        steps = [step for step in table.get("link", {}).values() if isinstance(step, dict)]
        is_hub = any(step.get("hub") == name for step in steps)
        service = REGISTER if is_hub else WITH_HOME_INCIDENTS[0]
        return AgencySpec.model_construct(title="-", service=service, fields=RECORDABLE)
    if top == "identity" and name in RECORDABLE:
        return Treatment(scheme="keyed-hash")
    if top == "recipient":
        return ReleaseSpec.model_construct(title="-", events=tuple(table["agency"]))
    others: dict[str, Spec] = {
        "match_keys": MatchKeySet.model_construct(family="own"),
        "link": LinkStep.model_construct(hub="", agency="", method="ladder"),
        "feed": FeedSpec.model_construct(title="-", agency=""),
        "leak": LeakSpec.model_construct(holder=""),
        "question": CountSpec.model_construct(kind="count", title="-", services=()),
    }
    return others.get(top)


def _put(table: dict[str, Any], path: tuple[str, ...], value: Any) -> Iterator[Finding]:  # noqa: ANN401
    """Sets one value, making tables on the way; yields what stands in the way."""
    if path[0] == "option" or path[0] not in Proposal.model_fields:
        rule = "is not a setting that an option can change"
        names = [name for name in Proposal.model_fields if name != "option"]
        meant = None if path[0] == "option" else nearest(path[0], names)
        yield Finding(path, NOTHING, rule, meant)
        return
    at = table
    for length, name in enumerate(path[:-1], start=1):
        if at.get(name) is None:
            at[name] = {}
        at = at[name]
        if not isinstance(at, dict):
            rule = f"is not a setting: {'.'.join(path[:length])} holds a value, not a table"
            yield Finding(path, NOTHING, rule)
            return
    at[path[-1]] = value


def _validate_agencies(
    proposal: Proposal, table: dict[str, Any], changes: Mapping[str, Any]
) -> list[Finding]:
    """Replaces each agency's settings by its spec.

    They are complete already; Proposal itself would mix the catalogue's values in once more. A
    field that is no longer recorded takes its errors with it, as in the catalogue.
    """
    found: list[Finding] = []
    if not isinstance(table["agency"], dict):
        return found
    for name, settings in table["agency"].items():
        if name not in proposal.agency:
            continue
        if f"agency.{name}.fields" in changes:
            settings["errors"] = _errors_left(name, settings, changes)
        try:
            table["agency"][name] = AgencySpec.model_validate(settings)
        except ValidationError as error:
            located = [
                {**each, "loc": ("agency", name, *each["loc"])}
                for each in error.errors(include_url=False)
            ]
            found += findings(located, {})  # type: ignore[arg-type]
    return found


def _errors_left(name: str, settings: dict[str, Any], changes: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Returns an agency's errors on the fields that it records, and those that are asked for."""
    fields, errors = settings["fields"], settings["errors"]
    if not isinstance(fields, list | tuple) or not isinstance(errors, dict):
        return errors
    asked = [
        change.split(".")[3:4] for change in changes if _touch(change, f"agency.{name}.errors")
    ]
    return {
        error: rate
        for error, rate in errors.items()
        if fits(error, tuple(fields)) or [error] in asked or [] in asked
    }


def _blame_new_names(
    proposal: Proposal, changes: Mapping[str, Any], found: list[Finding]
) -> list[Finding]:
    """Says of a name that is new and incomplete that it was probably mistyped."""
    blamed: dict[Path, Finding] = {}
    for setting in changes:
        top, *names = setting.split(".")
        existing = getattr(proposal, top, None) if top in NAMED else None
        if isinstance(existing, dict) and names and names[0] not in existing:
            near = nearest(names[0], existing)
            if near and any(finding.path[:2] == (top, names[0]) for finding in found):
                rule = f"is not in this proposal's {top} tables: {', '.join(existing)}"
                blamed[(top, names[0])] = Finding((top, *names), NOTHING, rule, near)
    rest = [finding for finding in found if finding.path[:2] not in blamed]
    return [*blamed.values(), *rest]


def _under(option: str, changes: Mapping[str, Any], finding: Finding) -> Finding:
    """Places what is wrong under the option that made it so."""
    if not option:
        return finding
    touched = [s for s in changes if _touch(s, finding.setting)]
    if touched and not finding.between_parts:
        path: Path = ("option", option, *finding.path)
        return Finding(path, finding.given, finding.rule, finding.suggestion)
    wrong = finding.as_problem()
    setting = next(iter(touched or changes))
    rule = f"would make another part wrong: {wrong}"
    return Finding(("option", option, *setting.split(".")), changes[setting], rule)


def _touch(one: str, other: str) -> bool:
    """Whether one dotted name is the other, or lies inside it."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
