"""`linkassay schema`: the JSON Schema of a proposal file or of a result."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from scenarios.commands.terminal import BadInput
from scenarios.problems import nearest

KNOWN = ("proposal", "result")


def schema(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="proposal or result.", show_default=False)
    ],
) -> None:
    """Print the JSON Schema of a proposal or result."""
    if what not in KNOWN:
        near = nearest(what, KNOWN)
        ask = f" Did you mean `{near}`?" if near else ""
        raise BadInput(f"schema {what}: must be one of: {', '.join(KNOWN)}.{ask}")

    from scenarios.json_schema import proposal_schema, result_schema

    table = proposal_schema() if what == "proposal" else result_schema()
    typer.echo(json.dumps(table, indent=2, ensure_ascii=False))
