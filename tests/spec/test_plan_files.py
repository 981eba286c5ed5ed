"""Plan files: every problem at once with its line, and a plan written is the plan read."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.cluster_rules import ClusterRules, Conflict
from linkage.levels import levels_of
from linkage.match_plan import Comparison, MatchPlan
from scenarios.plan_files import load_plan, shipped_plans
from scenarios.plan_text import plan_toml
from scenarios.problems import PlanError
from simulator.settings import Amount, Share

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line import Linkassay
    from tests.small_proposal import Write

PLAN = """\
blocking = [["surname", "dob"], ["surname:soundex", "dob:year"]]
deterministic = [["surname", "dob"]]
threshold = 0.9

[[comparisons]]
column = "surname"
kind = "name"
levels = ["exact", "jaro_winkler>=0.92"]
term_frequency = true

[[comparisons]]
column = "dob"
kind = "date"
levels = ["exact", "day_month_swapped"]
"""

# What is put in place of what, and what the message must say.
BAD = [
    ("threshold", "treshold", "line 3: treshold: is not a setting. Did you mean `threshold`?"),
    ("0.9\n", "1.5\n", "line 3: threshold = 1.5: must be a share between 0 and 1"),
    ("0.9\n", "inf\n", "line 3: threshold = inf: must be a finite number"),
    (
        "threshold = 0.9",
        "threshold = 0.4\nreview_from = 0.5",
        "line 4: review_from = 0.5: must not be above threshold, which is 0.4",
    ),
    ('kind = "name"', 'kind = "nmae"', 'line 7: comparisons.kind = "nmae": must be one of: name'),
    ('kind = "name"\n', "", "line 5: comparisons.kind: is required"),
    ('"exact", "jaro', '"exat", "jaro', "line 8: comparisons.levels: level 'exat'"),
    ("0.92", "1.92", "jaro_winkler needs >= and a number"),
    ('"day_month_swapped"', '"soundex"', "soundex does not fit a column of kind date"),
    ("dob:year", "dob:yaer", 'line 1: blocking = "dob:yaer": a column of kind date has no part'),
    ("surname:soundex", "surname:year", "a column of kind name has no part 'year'"),
    ('column = "dob"', 'column = "surname"', "is compared already; once is all"),
    ("= true", '= "yes"', "must be true or false"),
    ('[["surname", "dob"]]', "[]", "line 2: deterministic = []: must hold at least 1"),
    ('"jaro_winkler>=0.92"]', '"exact"]', "stands above already; each level once, best first"),
    (
        "term_frequency = true",
        'swapped_with = "dbo"',
        (
            'line 9: comparisons.swapped_with = "dbo": must be another column that is compared, '
            "one of: dob. Did you mean `dob`?"
        ),
    ),
    ("term_frequency = true", 'swapped_with = "dob"', "only with a column of its own kind"),
    (
        "threshold = 0.9",
        'threshold = 0.9\nengine = "recordlinkge"',
        "Did you mean `recordlinkage`?",
    ),
    (
        "[[comparisons]]",
        '[clusters]\nfree_of_duplicates = ["a"]\n\n[[comparisons]]',
        "line 5: clusters: free_of_duplicates needs source",
    ),
    (
        "[[comparisons]]",
        '[[clusters.conflicts]]\ncolumns = ["a", "b", "c"]\n\n[[comparisons]]',
        'line 6: clusters.conflicts.columns = ["a", "b", "c"]: must hold at most 2',
    ),
    (
        "[[comparisons]]",
        '[[clusters.conflicts]]\ncolumns = ["a"]\nforms = ["nhs_numbr"]\n[[comparisons]]',
        "Did you mean `nhs_number`?",
    ),
    ("blocking = ", "blocking = = ", "line 1: not valid TOML at column"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=[b[1].strip() or b[0] for b in BAD])
def test_a_wrong_plan_is_refused_with_line_rule_and_suggestion(
    written: Write, old: str, new: str, message: str
) -> None:
    with pytest.raises(PlanError) as refused:
        load_plan(written(PLAN.replace(old, new, 1)))
    assert message in str(refused.value)


def test_more_levels_than_a_byte_can_number_are_refused(written: Write) -> None:
    def with_levels(count: int) -> str:
        levels = json.dumps([f"within_days<={days}" for days in range(1, count + 1)])
        return PLAN.replace('["exact", "day_month_swapped"]', levels)

    assert len(load_plan(written(with_levels(126))).comparisons[1].levels) == 126
    with pytest.raises(PlanError, match=r"line 14: comparisons\.levels = .*must hold at most 126"):
        load_plan(written(with_levels(127)))


def test_all_problems_are_told_at_once_in_the_order_of_the_file(written: Write) -> None:
    text = PLAN.replace("threshold", "treshold").replace("0.92", "2").replace('"date"', '"dat"')
    with pytest.raises(PlanError) as refused:
        load_plan(written(text))
    lines = [problem.line for problem in refused.value.problems]
    assert lines == sorted(line for line in lines if line)
    assert {3, 8, 13} <= set(lines)


@pytest.mark.parametrize(
    ("given_name", "message"),
    [
        ("people-tigt", f"neither a shipped plan ({', '.join(shipped_plans())}) nor a file"),
        ("none.toml", "there is no such file"),
        (".", "a directory; give a plan file"),
        ("", f"give a shipped plan ({', '.join(shipped_plans())}) or a plan file"),
    ],
)
def test_a_plan_that_is_not_there_is_refused(given_name: str, message: str) -> None:
    with pytest.raises(PlanError) as refused:
        load_plan(given_name)
    assert message in str(refused.value)


@pytest.mark.parametrize("name", shipped_plans())
def test_a_shipped_plan_is_right_and_survives_being_written(name: str, written: Write) -> None:
    plan = load_plan(name)
    assert load_plan(written(plan_toml(plan))) == plan


def test_the_wide_plan_holds_the_tight_one() -> None:
    tight, wide = load_plan("people-tight"), load_plan("people-wide")
    assert isinstance(tight, MatchPlan)
    assert isinstance(wide, MatchPlan)
    assert {("surname", "date_of_birth"), ("postcode", "surname")} <= set(tight.blocking)
    assert set(tight.blocking) < set(wide.blocking)


names = st.text(min_size=1, max_size=12).filter(lambda text: ":" not in text)


@given(
    columns=st.lists(names, min_size=1, max_size=4, unique=True),
    kind=st.sampled_from(["name", "date", "postcode", "text", "exact", "number"]),
    threshold=st.floats(0.5, 1),
    gap=st.floats(0, 1e6),
    source=st.text(max_size=20),
)
def test_a_plan_written_is_the_plan_read(
    tmp_path_factory: pytest.TempPathFactory,
    columns: list[str],
    kind: str,
    threshold: float,
    gap: float,
    source: str,
) -> None:
    comparison = {"kind": kind, "levels": levels_of(kind)}  # type: ignore[arg-type]
    plan = MatchPlan(
        blocking=(tuple(columns),),
        deterministic=(tuple(columns),),
        comparisons=tuple(Comparison(column=each, **comparison) for each in columns),  # type: ignore[arg-type]
        threshold=Share(value=threshold, evidence="assumed", source=source),
        gap=Amount(value=gap),
        engine="recordlinkage" if gap > 1 else "linkassay",
        clusters=ClusterRules(
            source=columns[0],
            free_of_duplicates=tuple(columns[1:]),
            conflicts=(Conflict(columns=(columns[0],)), Conflict(columns=tuple(columns[:2]))),
            least_density=Share(value=threshold, evidence="assumed", source=source),
        )
        if len(columns) > 1
        else None,
    )
    path = tmp_path_factory.mktemp("plans") / "plan.toml"
    path.write_text(plan_toml(plan), encoding="utf-8")
    assert load_plan(path) == plan


def test_the_schema_accepts_a_plan_and_refuses_a_wrong_one(linkassay: Linkassay) -> None:
    schema = json.loads(linkassay("schema", "plan")[1])
    table = tomllib.loads(PLAN)
    jsonschema.validate(table, schema)
    table["threshold"] = 2
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(table, schema)


def test_a_plan_file_that_is_not_utf_8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(PLAN.encode() + "# \u00e9".encode("latin-1"))
    with pytest.raises(PlanError, match="line 15: not UTF-8 text"):
        load_plan(path)
