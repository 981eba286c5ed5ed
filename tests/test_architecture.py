"""The boundaries of the design, each held by a test that reads the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("simulator", "linkage", "reidentify", "scenarios")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

# The only files that may name the Truth: those that make it, and those that score against it.
TRUTH_READERS = {
    "simulator/truth.py",
    "simulator/error_rates.py",
    "simulator/extracts.py",
    "simulator/world.py",
    "simulator/alone.py",  # carries the truth along, and reads none of it
    "linkage/quality.py",
    "linkage/known.py",  # holds pairs known to be true
    "linkage/against_truth.py",  # judges a match by them
    "linkage/losses.py",
    "linkage/reasons.py",
    "linkage/causes.py",
    "linkage/match_quality.py",
    "linkage/step_quality.py",  # judges a cascade by known pairs
    "reidentify/risk.py",
    "reidentify/risk_keythief.py",
    "reidentify/knowledge.py",  # makes TargetTruth for the scoring side
    "reidentify/knowledge_addresses.py",
    "reidentify/knowledge_events.py",
    "reidentify/knowledge_households.py",
    "reidentify/risk_feed.py",
    "reidentify/risk_feed_grid.py",
    "reidentify/risk_feed_targets.py",
    "scenarios/attacking/__init__.py",
    "scenarios/attacking/desks.py",
    "scenarios/attacking/feed_rows.py",
    "scenarios/attacking/feeds.py",
    "scenarios/attacking/households.py",
    "scenarios/attacking/linked.py",
    "scenarios/attacking/split_files.py",
    "scenarios/attacking/thieves.py",
    "scenarios/answering_feeds.py",
    "scenarios/compare_feed.py",
    "scenarios/compare_truth.py",
    "scenarios/answering.py",
    "scenarios/keeping.py",
    "scenarios/alerting.py",
    "reidentify/knowledge_register.py",
    "reidentify/risk_desk.py",
    "scenarios/comparing.py",
    "scenarios/handover.py",  # carries the truth along, and reads none of it
    "scenarios/recipe.py",
    "scenarios/runner.py",
}
TRUTH_NAMES = {"Truth", "RecordTruth", "TargetTruth"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """Returns every module that a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def names_used(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found |= {node.name, node.asname or node.name}
        elif isinstance(node, ast.Constant) and node.value in TRUTH_NAMES:
            found.add(node.value)
    return found


def test_there_is_code_to_check() -> None:
    assert len(FILES) > 50


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    package = PACKAGES.index(name_of(path).split("/")[0])
    above = {*PACKAGES[package + 1 :], "benchmarks", "tests"}
    assert not {module for module in imported(path) if module.split(".")[0] in above}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_marked_files_name_the_truth(path: Path) -> None:
    if name_of(path) not in TRUTH_READERS:
        assert not names_used(path) & TRUTH_NAMES
        assert not {m for m in imported(path) if m.startswith("simulator.truth")}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_linkers_adversaries_and_questions_import_no_file_that_reads_the_truth(path: Path) -> None:
    name = name_of(path)
    blind = name.startswith(("reidentify/adversaries/", "scenarios/questions/"))
    blind |= name.startswith("linkage/") and name not in TRUTH_READERS
    if blind:
        readers = {reader[:-3].replace("/", ".") for reader in TRUTH_READERS}
        runtime = {m for m in imported(path) if m in readers}
        assert runtime <= {r for r in readers if r.startswith("reidentify.knowledge")}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_chance_comes_from_one_file_only(path: Path) -> None:
    modules = imported(path)
    assert not {m for m in modules if m == "random" or m.startswith(("numpy.random", "secrets"))}
    attributes = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert not attributes & {"np.random", "numpy.random", "os.urandom"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_pandas_is_imported_by_the_reference_engine_alone(path: Path) -> None:
    if name_of(path) == "linkage/reference_engine.py":
        return
    assert not {m for m in imported(path) if m.split(".")[0] in {"pandas", "recordlinkage"}}


@pytest.mark.parametrize(
    "path", [p for p in FILES if not name_of(p).startswith("scenarios/")], ids=name_of
)
def test_only_scenarios_reads_writes_or_prints(path: Path) -> None:
    called = {
        node.func.id
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"open", "print", "input"}
    doing = {
        node.func.attr
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    reading = {"read_text", "write_text", "read_bytes", "write_bytes", "read_csv", "write_csv"}
    reading |= {"read_parquet", "write_parquet", "scan_parquet", "sink_parquet", "urlopen"}
    assert not doing & reading
    assert not {m for m in imported(path) if m.split(".")[0] in {"socket", "http", "urllib"}}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= 400


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_file_opens_with_its_noun(path: Path) -> None:
    docstring = ast.get_docstring(tree_of(path))
    assert docstring
    assert docstring.splitlines()[0].endswith((".", "?", ":"))


def test_key_material_lives_in_the_key_files_only() -> None:
    named = {
        name_of(path)
        for path in FILES
        if any(
            isinstance(node, ast.Attribute) and node.attr in {"material", "_master", "_shaping"}
            for node in ast.walk(tree_of(path))
        )
    }
    assert named <= {"linkage/keys.py", "linkage/pseudonyms/tokens.py"}
