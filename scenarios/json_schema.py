"""JSON Schema of a proposal or a plan as it is written in a file, and of a result.

Pydantic's own schema of Proposal describes the value after loading. A file may be shorter: a plain
number stands for a table, the catalogue fills in an agency, and an option lists dotted settings.
"""

from __future__ import annotations

from typing import Any

from linkage.match_plan import MatchPlan
from scenarios.proposal import Proposal
from scenarios.result import Result
from simulator.settings import Amount, Number, Ratio, Share

_NUMBERS: tuple[type[Number], ...] = (Share, Amount, Ratio)


def proposal_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a proposal file."""
    schema = Proposal.model_json_schema()
    parts = schema["$defs"]
    for number in _NUMBERS:
        parts[number.__name__] = _number_schema(number, parts[number.__name__])
    agency = parts["AgencySpec"]
    agency["required"] = []  # the catalogue knows the rest
    agency["properties"]["like"] = {
        "type": "string",
        "description": "The agency of the catalogue to start from, if not the one of this name.",
    }
    option = parts["Option"]
    option["required"] = ["title"]
    option["additionalProperties"] = True
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def plan_schema() -> dict[str, Any]:
    """Returns the JSON Schema of a plan file."""
    schema = MatchPlan.model_json_schema()
    parts = schema["$defs"]
    for number in _NUMBERS:
        if number.__name__ in parts:
            parts[number.__name__] = _number_schema(number, parts[number.__name__])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def result_schema() -> dict[str, Any]:
    """Returns the JSON Schema of `result.json`."""
    schema = Result.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _number_schema(number: type[Number], table: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of a number: a plain one, or a table with range and evidence."""
    plain: dict[str, Any] = {"type": "number"}
    if number.minimum > float("-inf"):
        plain["minimum"] = number.minimum
    if number.maximum < float("inf"):
        plain["maximum"] = number.maximum
    return {"title": number.__name__, "description": number.rule, "anyOf": [plain, table]}
