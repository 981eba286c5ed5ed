"""JSON Schema of a proposal, plan or treatment as it is written in a file, and of a result.

Pydantic's own schema of Proposal describes the value after loading. A file may be shorter: a plain
number stands for a table, the catalogue fills in an agency, and an option lists dotted settings.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from linkage.cascade_plan import LinkagePlan
from scenarios.proposal import Proposal
from scenarios.result import Result
from scenarios.treatment import FileTreatment
from simulator.settings import Amount, Number, Ratio, Share

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NUMBERS: tuple[type[Number], ...] = (Share, Amount, Ratio)


def proposal_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a proposal file."""
    schema = Proposal.model_json_schema()
    parts = schema["$defs"]
    _put_numbers(parts)
    plan = parts["LinkStep"]["properties"]["plan"]
    plan["anyOf"] = [{"type": "string"}, *plan["anyOf"]]  # a name or a file
    agency = parts["AgencySpec"]
    agency["required"] = []  # the catalogue knows the rest
    agency["properties"]["like"] = {
        "type": "string",
        "description": "The agency of the catalogue to start from, if not the one of this name.",
    }
    option = parts["Option"]
    option["required"] = ["title"]
    option["additionalProperties"] = True
    return {"$schema": _DRAFT, **schema}


def plan_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a plan file: one that weighs pairs, or one in steps."""
    schema = TypeAdapter(LinkagePlan).json_schema()
    _put_numbers(schema["$defs"])
    title = "A plan: one that weighs pairs (MatchPlan), or one in steps (Cascade)."
    return {"$schema": _DRAFT, "title": title, **schema}


def treatment_schema() -> dict[str, Any]:
    """Returns the JSON Schema of the treatment of a file."""
    return {"$schema": _DRAFT, **FileTreatment.model_json_schema()}


def result_schema() -> dict[str, Any]:
    """Returns the JSON Schema of `result.json`."""
    schema = Result.model_json_schema(mode="serialization")
    return {"$schema": _DRAFT, **schema}


def _put_numbers(parts: dict[str, Any]) -> None:
    """Says of every kind of number that it may be written plainly."""
    for number in _NUMBERS:
        if number.__name__ in parts:
            parts[number.__name__] = _number_schema(number, parts[number.__name__])


def _number_schema(number: type[Number], table: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of a number: a plain one, or a table with range and evidence."""
    plain: dict[str, Any] = {"type": "number"}
    if number.minimum > float("-inf"):
        plain["minimum"] = number.minimum
    if number.maximum < float("inf"):
        plain["maximum"] = number.maximum
    return {"title": number.__name__, "description": number.rule, "anyOf": [plain, table]}
