"""`linkassay list`: the shipped systems, their questions, and what each hands over to whom."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from scenarios.commands.terminal import out, print_wrapped

SHOWN = ("title", "question", "handed_over", "to_whom")


def list_systems(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """List the shipped systems.

    For each: its question, what is handed over, and to whom.
    """
    from scenarios.systems import about, systems

    rows = {name: about(name) for name in systems()}
    if as_json:
        listed = [{"name": name, **{key: row[key] for key in SHOWN}} for name, row in rows.items()]
        typer.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    console = out()
    for name, row in rows.items():
        console.print(f"{name}: {row['title']}", style="bold")
        for label, key in (("Asks", "question"), ("Hands over", "handed_over"), ("To", "to_whom")):
            print_wrapped(console, f"  {label}: {row[key]}")
        console.print()
    console.print("Run one with: linkassay run NAME")
