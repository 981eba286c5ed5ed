"""Proposals with a split file: what does not fit is told with line and rule; what fits runs."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from tests.own_proposal import told
from tests.small_proposal import line_of

if TYPE_CHECKING:
    from pathlib import Path


NAME = "housing_health_wales"
TEXT = (files("scenarios") / "catalogue" / f"{NAME}.toml").read_text(encoding="utf-8")
ADMISSIONS = 'agency = "emergency_admissions"\nmethod = "token"\n'
WORKS = 'agency = "housing_works"\nmethod = "token"\nunit = "home"\n'

# What is put in place of what; then where the message points to, and what it says.
MISFITS: dict[str, tuple[tuple[str, str], str, str]] = {
    "a third party that nobody is": (
        ('third_party = "third_party"', 'third_party = "third_prty"'),
        'third_party = "third_prty"',
        'split_file.third_party = "third_prty": must be a role of `governance` of this proposal',
    ),
    "a databank that is the third party": (
        ('databank = "databank"\nplan', 'databank = "third_party"\nplan'),
        'databank = "third_party"',
        'split_file.databank = "third_party": must not be the third party itself',
    ),
    "a status that the plan never gives": (
        ('plan = "macral"', 'plan = "macral"\naccepted = ["1", "5"]'),
        'accepted = ["1", "5"]',
        'split_file.accepted = "5": is no status code of its plan (1, 4, 39, 35)',
    ),
    "a plan that weighs": (
        ('plan = "macral"', 'plan = "people-tight"'),
        'plan = "people-tight"',
        "must be a plan in steps, such as `macral`",
    ),
    "a plan without status codes": (
        ('\nplan = "macral"', '\nplan = "kent-exact"'),
        '\nplan = "kent-exact"',
        "must have a status code in every step, and status_of_rest, as `macral` has",
    ),
    "a plan that is not there": (
        ('\nplan = "macral"', '\nplan = "macrall"'),
        '\nplan = "macrall"',
        "Did you mean `macral`?",
    ),
    "an age that is not what the third party returns": (
        ('age = "birth_week"', 'age = "birth_month"'),
        'age = "birth_month"',
        'recipient.researchers.age = "birth_month": cannot be had of a week of birth',
    ),
    "a coalition of the parties of a file that is not split": (
        (TEXT[TEXT.index("[split_file]") : TEXT.index("[link.emergency_admissions]")], ""),
        'adversary = "token_coalition"',
        "is by parties of a split file: add [split_file], or use another attacker",
    ),
    "a kind of work that nobody does": (
        ('work_kind = ["heating"]', 'work_kind = ["heatng"]'),
        'work_kind = ["heatng"]',
        "is no value of work_kind",
    ),
    "a question of a field without words": (
        ('exposure_where = { work_kind = ["heating"] }', 'exposure_where = { event_time = ["x"] }'),
        "exposure_where = { event_time",
        "is no field in words of what housing_works records (work_kind)",
    ),
    "moves that the register does not record": (
        (', "registered_on", "lived_since"]', ', "registered_on"]'),
        "moves = true",
        "recipient.researchers.moves = true: needs lived_since, which gp_register does not record",
    ),
    "a step on an identifier": (
        (f'{ADMISSIONS}on = "alf"', f'{ADMISSIONS}on = "nhs_number"'),
        'on = "nhs_number"',
        'link.emergency_admissions.on = "nhs_number": does not reach the databank of a split file',
    ),
    "a home's records by a person's field": (
        (f'{WORKS}on = "ralf"', f'{WORKS}on = "alf"'),
        'on = "alf"\ndated = true',
        'link.housing_works.on = "alf": is of people: records of housing_works are about homes',
    ),
    "a treatment beside it": (
        ("[split_file]", '[identity.uprn]\nscheme = "remove"\n\n[split_file]'),
        "[identity.uprn]",
        "identity.uprn: is not used beside a split file, which leaves no identifier: take it out",
    ),
    "a register without what people are resolved by": (
        ('fields = ["nhs_number", "first_name", "surname", "date_of_birth", "sex", "address"',
         'fields = ["nhs_number", "first_name", "date_of_birth", "sex", "address"'),
        '\nplan = "macral"',
        "needs surname, which gp_register does not record",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISFITS)
def test_what_does_not_fit_a_split_file_is_told_with_its_line(tmp_path: Path, case: str) -> None:
    (old, new), at, message = MISFITS[case]
    assert TEXT.count(old) == 1, TEXT.count(old)
    text = TEXT.replace(old, new)
    said = told(tmp_path, text)
    matching = [line for line in said if message in line]
    assert len(matching) == 1, said
    assert not any("MatchPlan" in line or "Cascade" in line for line in said)
    assert matching[0].startswith(f"line {line_of(text, at.strip())}: ")


@pytest.mark.parametrize("setting", ["plan", "home_plan"])
def test_a_plan_that_does_not_single_out_one_person_or_home_is_refused(
    tmp_path: Path, setting: str
) -> None:
    """Of several that fit, any might be taken."""
    shipped = {"plan": "macral", "home_plan": "ralf"}[setting]
    plan = (files("scenarios") / "plans" / f"{shipped}.toml").read_text(encoding="utf-8")
    (tmp_path / "loose.toml").write_text(plan.replace('unique = "left"', 'unique = "no"', 1))
    text = TEXT.replace(f'\n{setting} = "{shipped}"', f'\n{setting} = "loose.toml"')
    (said,) = told(tmp_path, text)
    assert f"split_file.{setting}" in said
    assert "must single out one person or home for each record" in said


def test_linking_fields_need_a_split_file(tmp_path: Path) -> None:
    start = TEXT.index("[split_file]")
    text = TEXT[:start] + TEXT[TEXT.index("[link.emergency_admissions]") :]
    said = [line for line in told(tmp_path, text) if "is made by a split file" in line]
    assert len(said) == 4
