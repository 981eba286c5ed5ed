"""`linkassay schema`: the JSON Schema of a proposal, plan or treatment file, or of a result."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from scenarios.commands.terminal import BadInput
from scenarios.problems import nearest

KNOWN = ("proposal", "plan", "treatment", "result")


def schema(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT", help="proposal, plan, treatment or result.", show_default=False
        ),
    ],
) -> None:
    """Print the JSON Schema of a proposal, plan, treatment or result."""
    if what not in KNOWN:
        near = nearest(what, KNOWN)
        ask = f" Did you mean `{near}`?" if near else ""
        raise BadInput(f"schema {what}: must be one of: {', '.join(KNOWN)}.{ask}")

    from scenarios.json_schema import (
        plan_schema,
        proposal_schema,
        result_schema,
        treatment_schema,
    )

    schemas = {
        "proposal": proposal_schema,
        "plan": plan_schema,
        "treatment": treatment_schema,
        "result": result_schema,
    }
    typer.echo(json.dumps(schemas[what](), indent=2, ensure_ascii=False))
