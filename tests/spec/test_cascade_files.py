"""Plans in steps as files, in the link command and in proposals; every bad one refused in words."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from typing import TYPE_CHECKING

import jsonschema
import polars as pl
import pytest

from linkage.cascade_plan import Cascade, kinds_of, ladder, names_of
from linkage.linker import link
from linkage.plan import LinkStep
from linkage.pseudonyms.crate import RECIPES as CRATE_STYLE
from linkage.pseudonyms.match_keys import ONS_STYLE
from linkage.record_links import link_records
from scenarios.loading import ProposalError, apply_option, load
from scenarios.plan_files import load_plan, shipped_plans
from scenarios.plan_text import plan_toml
from scenarios.problems import PlanError
from simulator import simulate
from simulator.schema import FIELDS
from tests.own_proposal import OWN
from tests.people_files import people, write_files

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

    from simulator.schema import Dataset
    from tests.command_line import Linkassay
    from tests.small_proposal import Write

PLAN = """\
status_of_rest = "99"

[[columns]]
column = "surname"
kind = "name"

[[columns]]
column = "born"
kind = "date"

[[columns]]
column = "number"
kind = "exact"
form = "nhs-number"

[[steps]]
name = "number"
status = "1"
agree = ["number"]
unique = "left"

[[steps]]
name = "alike"
agree = ["born:year"]
reach = [
    { column = "surname", levels = ["exact", "jaro_winkler>=0.9"] },
]
of_several = "best"

[[steps]]
name = "rest"

[steps.match]
blocking = [["surname", "born"]]
deterministic = [["surname", "born"]]
threshold = 0.9

[[steps.match.comparisons]]
column = "surname"
kind = "name"
levels = ["exact"]
"""

# What is put in place of what, and what the message must say.
BAD = [
    ("status_of_rest", "status_of_rst",
     "line 1: status_of_rst: is not a setting. Did you mean `status_of_rest`?"),
    ('form = "nhs-number"', 'form = "nhs-nmber"',
     'line 14: columns.form = "nhs-nmber": must be one of'),
    ('kind = "date"', 'kind = "dat"', 'line 9: columns.kind = "dat": must be one of: name'),
    ('column = "born"', 'column = "surname"',
     'line 8: columns.column = "surname": is described already'),
    ('agree = ["number"]', 'agree = ["numbr"]',
     ('line 19: steps.agree = "numbr": is not described by [[columns]], which has: surname, born, '
     "number. Did you mean `number`?")),
    ("born:year", "born:yaer", "line 24: steps.agree"),
    ("born:year", "surname:year", "a column of kind name has no part 'year'"),
    ('column = "surname", levels', 'column = "surnam", levels', "Did you mean `surname`?"),
    ("jaro_winkler>=0.9", "jaro_winkler>=9", "line 26: steps.reach.levels: level"),
    ('"exact", "jaro', '"day_month_swapped", "jaro', "does not fit a column of kind name"),
    ('name = "alike"', 'name = "number"',
     'line 23: steps.name = "number": is the name of a step above'),
    ('unique = "left"', 'unique = "lefft"',
     'line 20: steps.unique = "lefft": must be one of: left, right, both, no'),
    ('status_of_rest = "99"', "one_to_one = true",
     'line 20: steps.unique = "left": must be "both" where one_to_one is true'),
    ('agree = ["number"]\n', "",
     "line 16: steps.agree = []: is needed by a step without `match`"),
    ('name = "rest"\n', 'name = "rest"\nagree = ["number"]\n',
     'steps.agree = ["number"]: is for a step without `match`'),
    ('unique = "left"', 'of_several = "best"',
     'line 20: steps.of_several = "best": needs `reach` or `match`'),
    ("threshold = 0.9", "treshold = 0.9",
     "line 36: steps.match.treshold: is not a setting. Did you mean `threshold`?"),
    ('levels = ["exact"]', 'levels = ["exat"]',
     "line 41: steps.match.comparisons.levels: level 'exat'"),
    ('status = "1"', 'evidence = "published"',
     "published evidence needs a source"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), BAD, ids=[b[1].strip() or b[0] for b in BAD])
def test_a_wrong_plan_in_steps_is_refused_with_line_rule_and_suggestion(
    written: Write, old: str, new: str, message: str
) -> None:
    with pytest.raises(PlanError) as refused:
        load_plan(written(PLAN.replace(old, new, 1)))
    assert message in str(refused.value)


def test_each_mistake_is_told_once_and_all_are_told_together(written: Write) -> None:
    text = PLAN.replace('agree = ["number"]', 'agree = ["numbr"]').replace('"99"', "99")
    text = text.replace('name = "alike"', 'name = "number"').replace("threshold", "treshold")
    with pytest.raises(PlanError) as refused:
        load_plan(written(text))
    assert [problem.line for problem in refused.value.problems] == [1, 19, 23, 36]


@pytest.mark.parametrize(
    ("old", "new"),
    [('name = "alike"', 'name = "number"'), ('status_of_rest = "99"', "one_to_one = true")],
)
def test_what_is_wrong_between_steps_is_told_once(written: Write, old: str, new: str) -> None:
    with pytest.raises(PlanError) as refused:
        load_plan(written(PLAN.replace(old, new)))
    assert len(refused.value.problems) == 1


def test_a_match_key_may_name_a_field_twice_and_means_it_once() -> None:
    assert ladder((("surname", "surname"),)).steps[0].agree == ("surname",)


def test_a_plan_in_steps_survives_being_written_and_the_schema_accepts_it(
    written: Write, linkassay: Linkassay
) -> None:
    plan = load_plan(written(PLAN))
    assert isinstance(plan, Cascade)
    assert load_plan(written(plan_toml(plan))) == plan
    schema = json.loads(linkassay("schema", "plan")[1])
    jsonschema.validate(tomllib.loads(PLAN), schema)
    for name in shipped_plans():
        jsonschema.validate(tomllib.loads(plan_toml(load_plan(name))), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(PLAN.replace('"left"', '"lefft"')), schema)


HASHED = {
    "crate-parts": {column.name for column in CRATE_STYLE},
    "ons-hashed-keys": set(ONS_STYLE.names),
}
"""Hashed columns of the shipped plans that are for them alone."""


def test_shipped_plans_name_fields_of_the_vocabulary_and_say_what_is_assumed() -> None:
    in_steps = {name: load_plan(name) for name in shipped_plans()}
    in_steps = {name: plan for name, plan in in_steps.items() if isinstance(plan, Cascade)}
    assert set(in_steps) == {
        "crate-parts", "hes-id", "justice-data-lab", "kent-exact", "macral", "mps", "ralf",
        "ons-hashed-keys", "ons-match-keys",
    }  # fmt: skip
    for name, plan in in_steps.items():
        assert isinstance(plan, Cascade)
        assert set(names_of(plan)) <= HASHED.get(name, set(FIELDS)), name
        assert set(kinds_of(plan)) == set(names_of(plan)), name
        for step in plan.steps:
            parts = (step, *step.reach)
            assert all(part.evidence != "yours" and part.source for part in parts), name


@pytest.fixture(name="files")
def _files(place: SimpleNamespace) -> Path:
    """Two files of people, and the truth about them."""
    at: Path = place.path
    write_files(at, people(300))
    return at


IN_STEPS = [
    name
    for name in shipped_plans()
    if not name.startswith(("people-", "ralf")) and name not in HASHED
]


@pytest.mark.parametrize("name", IN_STEPS)
def test_a_shipped_plan_in_steps_links_people_by_name_of_the_plan(
    linkassay: Linkassay, files: Path, name: str
) -> None:
    code, out, err = linkassay(
        "link", "left.csv", "right.parquet", "--plan", name, "--truth", "truth.csv",
        "--by", "sex", "--out", "a.csv",
    )  # fmt: skip
    assert code == 0, err
    links = pl.read_csv(files / "a.csv")
    assert ("status" in links.columns) == (name == "macral")
    assert (links["left_id"].str.slice(1) == links["right_id"].str.slice(1)).mean() > 0.99
    summary = json.loads((files / "a.json").read_text())
    assert summary["counts"]["links"] == links.height > 250
    assert sum(row["linked"] for row in summary["steps"]) == links.height
    truth = summary["quality"]
    assert truth["links"]["precision"]["out_of"] == links.height
    assert (
        sum(row["recall"]["count"] for row in truth["by_step"])
        == (truth["links"]["recall"]["count"])
    )
    assert truth["true_pairs"] == 300
    errors = pl.read_csv(files / "a.errors.csv")
    assert (
        errors.filter(pl.col("error") == "missed").height
        == (truth["links"]["missed_matches"]["count"])
    )
    assert {"a.report.html", "a.review.csv"} <= {path.name for path in files.iterdir()}
    assert "precision (95 %)" in out


def test_status_codes_are_written_and_counted_over_all_right_records(
    linkassay: Linkassay, files: Path
) -> None:
    args = ("link", "left.csv", "right.parquet", "--plan", "macral", "--out", "a.parquet")
    code, out, err = linkassay(*args)
    assert code == 0, err
    links = pl.read_parquet(files / "a.parquet")
    counts = {
        row["status"]: row["records"]
        for row in json.loads((files / "a.json").read_text())["statuses"]
    }
    assert counts["1"] == links.filter(pl.col("status") == "1").height
    assert sum(counts.values()) == 300
    assert links["match_weight"].null_count() == links.height
    assert "Status of the 300 right records: 1 " in out


def test_nothing_that_a_linkage_in_steps_writes_or_shows_holds_a_value(
    linkassay: Linkassay, files: Path
) -> None:
    args = ("link", "left.csv", "right.parquet", "--plan", "macral", "--truth", "truth.csv")
    code, out, err = linkassay(*args, "--out", "a.csv")
    assert code == 0, err
    names = ("a.csv", "a.json", "a.review.csv", "a.errors.csv", "a.report.html")
    shown = out + err + "".join((files / name).read_text() for name in names)
    everybody = people(300)
    for column in ("surname", "date_of_birth", "postcode", "nhs_number"):
        assert not [value for value in everybody[column].unique() if value in shown], column


def test_links_in_steps_are_the_same_whatever_the_order_of_rows(
    linkassay: Linkassay, files: Path
) -> None:
    everybody = people(300)
    for number in (1, 2):
        everybody.sample(fraction=1, shuffle=True, seed=number).write_csv(files / "left.csv")
        args = ("link", "left.csv", "right.parquet", "--plan", "mps", "--out", f"{number}.csv")
        code, _, err = linkassay(*args)
        assert code == 0, err
    assert (files / "1.csv").read_bytes() == (files / "2.csv").read_bytes()


def test_a_shipped_plan_is_used_without_the_steps_that_files_cannot_serve(
    linkassay: Linkassay, files: Path
) -> None:
    assert "local_id" not in pl.read_csv(files / "left.csv").columns
    args = ("link", "left.csv", "right.parquet", "--plan", "hes-id", "--out", "a.csv")
    code, out, err = linkassay(*args)
    assert code == 0, err
    assert "The plan is used without local_id, which the files do not have." in out
    assert 'Not used of the plan: step "2: sex, date of birth, postcode, local id"' in out


def test_a_number_of_one_kind_never_stands_for_one_of_another(
    linkassay: Linkassay, files: Path
) -> None:
    for name in ("left", "right"):
        pl.DataFrame({"id": ["a", "b"], "UPN": ["X1", "X2"], "sex": ["F", "M"]}).write_csv(
            files / f"{name}.csv"
        )
    args = ("link", "left.csv", "right.csv", "--plan", "justice-data-lab", "--out", "a.csv")
    code, _, err = linkassay(*args)
    assert code == 2
    assert "column pnc_id" in err
    assert "column prison_number" in err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["left.csv", "--plan", "macral"], "links two files, and finds no duplicates in one"),
        (["left.csv", "right.parquet", "--plan", "macral", "--labels", "truth.csv"],
         "learns nothing from --labels"),
        (["left.csv", "right.parquet", "--plan", "macral", "--explain"], "weighs no pairs"),
        (["left.csv", "right.parquet", "--plan", "macral", "--pair", "p1:q1"], "weighs no pairs"),
        (["left.csv", "right.parquet", "--plan", "macrall"], "Did you mean `macral`?"),
        (["left.csv", "right.parquet", "--plan", "own.toml"], "column number"),
    ],
)  # fmt: skip
def test_what_a_plan_in_steps_cannot_do_is_refused_in_words(
    linkassay: Linkassay, files: Path, more: list[str], message: str
) -> None:
    (files / "own.toml").write_text(PLAN)
    code, _, err = linkassay("link", *more, "--out", "a.csv")
    assert code == 2
    assert message in " ".join(err.split())
    assert not (files / "a.csv").exists()


# Plans in link steps of a proposal.
STEP = """
[link.traced]
hub = "register"
agency = "refuge"
method = "plan"
plan = "kent-exact"

[recipient.county]
"""


@pytest.fixture(name="proposal")
def _proposal() -> str:
    return OWN.replace("\n[recipient.county]\n", STEP, 1)


def test_a_link_step_has_the_plan_that_it_names(written: Write, proposal: str) -> None:
    step = load(written(proposal)).link["traced"]
    assert step.plan == load_plan("kent-exact")
    assert not step.feeds_answers


def test_a_plan_file_is_found_beside_its_proposal_and_an_option_may_change_it(
    tmp_path: Path, proposal: str
) -> None:
    (tmp_path / "mine.toml").write_text(plan_toml(load_plan("kent-exact")))
    option = '[option.other]\ntitle = "Other"\nlink.traced.plan = "mine.toml"\n'
    path = tmp_path / "proposal.toml"
    path.write_text(proposal + "\n" + option)
    assert apply_option(load(path), "other").link["traced"].plan == load_plan("kent-exact")
    path.write_text(proposal.replace('"kent-exact"', '"mine.toml"'))
    assert load(path).link["traced"].plan == load_plan("kent-exact")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ('"kent-exac"', "Did you mean `kent-exact`?"),
        ('"none.toml"', "link.traced.plan: "),
        ("3", "link.traced.plan = 3: must be the name of a shipped plan"),
        (('{ columns = [{ column = "surname", kind = "name" }], steps = [{ name = "a", agree = '
         '["surnme"] }] }'), "is not described by [[columns]], which has: surname"),
        ('"macral"', 'link.traced.plan = "first_name": is not recorded by refuge'),
    ],
)  # fmt: skip
def test_a_wrong_plan_of_a_link_step_is_refused_with_its_line(
    written: Write, proposal: str, given: str, message: str
) -> None:
    text = proposal.replace('"kent-exact"', given)
    with pytest.raises(ProposalError) as refused:
        load(written(text))
    line = text.splitlines().index(f"plan = {given}") + 1
    problems = [each for each in refused.value.problems if message in str(each)]
    assert problems
    assert problems[0].line == line


def test_a_plan_is_for_its_own_method_alone(written: Write, proposal: str) -> None:
    with pytest.raises(ProposalError) as refused:
        load(written(proposal.replace('plan = "kent-exact"\n', "")))
    assert "link.traced.plan: is needed by method `plan`" in str(refused.value)
    with pytest.raises(ProposalError) as refused:
        load(written(proposal.replace('method = "plan"', 'method = "ladder"')))
    assert "is for method `plan`; method `ladder` has `keys`" in str(refused.value)


@cache
def written_down() -> tuple[Dataset, Dataset]:
    """The records of a register and of a service with names and numbers."""
    datasets = simulate(people=1_500, agencies=["gp_register", "social_care"])[1]
    return datasets["gp_register"], datasets["social_care"]


def test_a_ladder_and_its_plan_give_the_same_links_and_a_step_carries_out_either() -> None:
    keys = (("nhs_number", "date_of_birth"), ("surname", "date_of_birth"))
    hub, agency = written_down()
    by_keys = link("s", LinkStep(hub="h", agency="a", method="ladder", keys=keys), hub, agency)
    step = LinkStep(hub="h", agency="a", method="plan", plan=ladder(keys))
    by_plan = link("s", step, hub, agency)
    assert by_keys.frame.height > 0
    assert by_keys.frame.equals(by_plan.frame)


@pytest.mark.parametrize("name", ["kent-exact", "macral", "mps", "people-tight"])
def test_links_by_a_plan_are_the_same_whatever_the_order_of_records(name: str) -> None:
    hub, agency = written_down()
    plan = load_plan(name)
    found = link_records(hub, agency, plan, "s", 1).frame
    again = [
        each.with_frame(each.frame.sample(fraction=1, shuffle=True, seed=7))
        for each in (hub, agency)
    ]
    assert found.height > 0
    assert found.equals(link_records(again[0], again[1], plan, "s", 1).frame)
