"""The README and the documents: their commands run, their links lead on, their words hold."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_readme_gives_two_commands_of_one_line_each() -> None:
    first, second = blocks(README, "sh")[:2]
    assert first.count("\n") == second.count("\n") == 1
    assert first.endswith("linkassay run kent\n")
    assert second.endswith("pytest\n")


def test_the_first_lines_say_what_one_learns_and_that_nobody_is_real() -> None:
    opening = README[:900]
    assert "You learn three things" in opening
    assert "Nobody in it is real" in opening


def commands() -> list[str]:
    found = [line for block in blocks(README, "sh")[2:] for line in block.splitlines()]
    return [line.removeprefix(".venv/bin/") for line in found if line.startswith(".venv/bin/link")]


def test_the_readme_shows_commands() -> None:
    assert len(commands()) >= 4


def one_by_one() -> list[str]:
    """Commands that need no more than the agencies' files and a key."""
    return [each for each in commands() if " run " not in each and "_hashed" not in each]


def test_two_files_that_the_readme_pseudonymises_link(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "scenarios.cli"]
    (tmp_path / "key").write_text("0123456789abcdef" * 4)
    (tmp_path / "key").chmod(0o600)
    hashed = [each for each in commands() if "_hashed" in each]
    assert [each.split()[1] for each in hashed] == ["pseudonymise", "pseudonymise", "link"]
    simulated = "linkassay simulate --people 300 --quiet --out linkassay-out/agencies"
    for command in (simulated, *hashed):
        parts = shlex.split(command.replace("linkassay-out/", f"{tmp_path}/"))
        done = subprocess.run(
            [*program, *parts[1:]], check=False, capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        assert "Warning" not in done.stderr
    care = pl.read_parquet(tmp_path / "care_hashed.parquet")
    assert not {"first_name", "surname", "date_of_birth", "sex", "postcode"} & set(care.columns)
    links = pl.read_parquet(tmp_path / "hashed_links.parquet")
    assert 0.8 * care.height < links.height <= care.height


@pytest.mark.parametrize("command", one_by_one())
def test_each_quick_command_of_the_readme_works(command: str, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "scenarios.cli"]
    if " link " in command or " pseudonymise " in command:  # needs what the README wrote before
        made = [
            *program,
            *shlex.split("simulate --people 300 --quiet --out"),
            str(tmp_path / "agencies"),
        ]
        subprocess.run(made, check=True, capture_output=True)
        command = command.replace("linkassay-out/agencies/", f"{tmp_path}/agencies/")
        (tmp_path / "key").write_text("0123456789abcdef" * 4)
        (tmp_path / "key").chmod(0o600)
        command = command.replace("linkassay-out/key", f"{tmp_path}/key")
    parts = [*program, *shlex.split(command)[1:]]
    if "--out" in parts:
        out = parts.index("--out") + 1
        parts[out] = str(tmp_path / "out") + Path(parts[out]).suffix
    done = subprocess.run(parts, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.long
@pytest.mark.parametrize("command", [c for c in commands() if " run " in c])
def test_each_run_of_the_readme_works(command: str, tmp_path: Path) -> None:
    parts = shlex.split(command)[1:]
    parts[parts.index("--out") + 1] = str(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "scenarios.cli", *parts], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for name in ("report.html", "result.json", "run.json", "tables", "figures"):
        assert (tmp_path / "out" / name).exists()


@pytest.mark.long
def test_the_python_of_the_readme_runs() -> None:
    said = []
    for code in blocks(README, "python"):
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    recall, index = said
    assert 0.5 < float(recall) < 1.0
    people, records = (int(number) for number in re.findall(r"\d+", index))
    assert 4_000 < people < records


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_keep_to_the_words(document: Path) -> None:
    text = document.read_text(encoding="utf-8").lower()
    assert "lever" not in re.findall(r"[a-z]+", text)
    assert "mitigation" not in text


def test_the_lock_pins_everything_that_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in project["optional-dependencies"].values():
        wanted += extra
    names = {re.split(r"[<>=]", want)[0].lower() for want in wanted}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower() for line in lock.splitlines()}
    assert names <= pinned
    assert "http" not in lock
