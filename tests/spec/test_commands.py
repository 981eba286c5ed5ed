"""Commands that run nothing: list, check, explain, schema, the version and the help."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from typing import TYPE_CHECKING

import jsonschema
import pytest

from scenarios.commands.estimate import FIRST_STAGE, STAGES, first_stage, rerun
from scenarios.proposal import Option, Proposal
from scenarios.vocabulary import ROOT, free_table
from tests.sample_result import sample_result
from tests.small_proposal import SMALL

if TYPE_CHECKING:
    from types import SimpleNamespace

    from tests.command_line import Linkassay

HEAVY = ("polars", "numpy", "numba", "altair", "faker", "pandas", "scipy", "pydantic", "jinja2")


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scenarios.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_list_prints_each_system_with_its_question_and_what_is_handed_over(
    linkassay: Linkassay,
) -> None:
    code, out, _ = linkassay("list")
    assert code == 0
    assert "kent: Kent-style integrated dataset" in out
    assert "Asks: Do home safety visits" in out
    listed = json.loads(linkassay("list", "--json")[1])
    assert {"name", "title", "question", "handed_over", "to_whom"} == set(listed[0])


def test_check_prints_what_will_be_simulated_and_from_where_options_rerun(
    linkassay: Linkassay, place: SimpleNamespace
) -> None:
    code, out, _ = linkassay("check", "small.toml")
    assert code == 0
    assert "People: 300 simulated of 10,000" in out
    assert "Option short: Tokens of 32 bits; reruns from tokens" in out
    assert "Option months: Dates to the month; reruns from releases" in out
    assert "of memory" in out
    assert [path.name for path in place.path.iterdir()] == ["small.toml"]


def test_every_part_of_a_proposal_has_a_first_stage() -> None:
    assert set(FIRST_STAGE) == set(Proposal.model_fields) - {"option"}
    assert set(FIRST_STAGE.values()) <= set(STAGES)


def test_an_option_reruns_from_the_earliest_stage_that_it_changes() -> None:
    both = {"recipient.a.dates": "day", "agency.a_and_e.coverage": 0.5}
    assert first_stage(Option(title="-", changes=both)) == "records"
    assert "attacks" in rerun("releases")
    assert "attacks" not in rerun("answers")
    assert rerun("world") == tuple(STAGES)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("world.people", "Range: 200 to 5,000,000."),
        ("world.people", "Default: 100000."),
        ("identity.nhs_number.scheme", "one of: clear, remove, plain-hash, keyed-hash"),
        ("agency.a_and_e.errors.nhs_number_missing", "The catalogue gives a_and_e: 0.02"),
        ("attack.ANY.gap", "(For dated_events.)"),
        ("attack.ANY.adversary", "one of: key_thief, dated_events"),
        ("recipient.ANY", "recipient.ANY.dates: How exactly an event's time is given."),
        ("world", "world.move_rate: Share of people who move home in a year."),
    ],
)
def test_explain_says_meaning_allowed_values_default_and_range(
    linkassay: Linkassay, setting: str, said: str
) -> None:
    code, out, _ = linkassay("explain", setting)
    assert code == 0
    assert said in out


def test_every_setting_of_a_proposal_can_be_explained(linkassay: Linkassay) -> None:
    waiting, seen = [ROOT], 0
    while waiting:
        setting = waiting.pop()
        names = setting.names() or (["ANY"] if free_table(setting.annotation) else [])
        waiting += [child for name in names if (child := setting.child(name)) is not None]
        if len(setting.path) in (1, 2):
            code, out, _ = linkassay("explain", ".".join(setting.path))
            assert code == 0
            assert len(out.splitlines()) > 1
        seen += 1
    assert seen > 100


def test_the_schema_of_a_proposal_accepts_the_file_and_refuses_a_wrong_one(
    linkassay: Linkassay,
) -> None:
    schema = json.loads(linkassay("schema", "proposal")[1])
    table = json.loads(json.dumps(tomllib.loads(SMALL), default=str))
    jsonschema.validate(table, schema)
    table["world"]["people"] = 3
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(table, schema)


def test_the_schema_of_a_result_accepts_a_result(linkassay: Linkassay) -> None:
    schema = json.loads(linkassay("schema", "result")[1])
    jsonschema.validate(json.loads(sample_result().to_json()), schema)


def test_the_version_is_printed(linkassay: Linkassay) -> None:
    code, out, _ = linkassay("--version")
    assert code == 0
    assert out.startswith("linkassay ")


def test_help_names_every_command_in_half_a_second_without_heavy_modules() -> None:
    times = []
    for _ in range(3):
        began = time.perf_counter()
        done = in_a_process("--help")
        times.append(time.perf_counter() - began)
    assert done.returncode == 0
    for command in ("list", "check", "run", "explain", "schema"):
        assert f"\n  {command} " in done.stdout
    assert min(times) < 0.5
    code = (
        "import sys\nfrom scenarios.cli import main\nsys.argv = ['linkassay', '--help']\n"
        "try:\n    main()\nfinally:\n"
        f"    print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stderr.strip() == "[]"
