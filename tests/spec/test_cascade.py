"""The cascade: hand-computed links of each step, and what is not linked and why."""

from __future__ import annotations

import polars as pl
import pytest

from linkage.cascade import link_in_steps
from linkage.cascade_plan import Cascade, CascadeStep, ColumnForm, Reached
from linkage.forms import FORMS, in_form
from linkage.known import Known
from linkage.match_plan import Comparison, MatchPlan
from linkage.step_quality import LINKED_ELSEWHERE, NOT_LINKED, step_quality
from scenarios.plan_files import load_plan

FIELDS = ("nhs_number", "first_name", "surname", "date_of_birth", "sex", "postcode")
Person = tuple[str | None, ...]

ANN, BEN, CAT = "9000000009", "9000000017", "9000000025"
REGISTER: list[Person] = [
    (ANN, "Robert", "Abel", "1948-07-05", "M", "CT1 2AB"),
    (BEN, "Martha", "Bell", "1950-01-02", "F", "CT1 2AB"),
    (CAT, "Margaret", "Cole", "1960-03-04", "F", "CT1 2AC"),
    (None, "Jane", "Dunn", "1970-05-06", "F", "CT1 2AD"),
    (None, "Joan", "Dunn", "1970-05-06", "F", "CT1 2AD"),
]


def file_of(people: list[Person], fields: tuple[str, ...] = FIELDS) -> pl.DataFrame:
    """Records as text."""
    return pl.DataFrame(people, schema=dict.fromkeys(fields, pl.String), orient="row")


def cascade(name: str) -> Cascade:
    """A shipped plan in steps."""
    plan = load_plan(name)
    assert isinstance(plan, Cascade)
    return plan


def links_of(
    plan: Cascade, left: pl.DataFrame, right: pl.DataFrame
) -> list[tuple[int, int, str, str | None]]:
    """Left, right, rule and status of each link."""
    pairs = link_in_steps(left, right, plan).pairs.filter(pl.col("decision") == "link")
    status = pl.col("status") if "status" in pairs.columns else pl.lit(None).alias("status")
    return pairs.select("left", "right", "rule", status).rows()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ((ANN, "Wrong", None, None, None, None), (0, "1")),
        (("9000 000 017", None, None, None, None, None), (1, "1")),
        (("9000000018", "MARTHA", "bell", "1950-01-02", "female", "ct12ab"), (1, "4")),
        ((None, "Martha", "Bell", "1950-01-02", "F", "CT1 2AB"), (1, "4")),
        ((None, "Bob", "Abel", "1948-07-05", "M", "CT1 2AB"), (0, "39")),
        ((None, "Marthe", "Bell", "1950-01-02", "F", "CT1 2AB"), (1, "39")),
        ((None, "Marget", "Cole", "1960-03-04", "F", "CT1 2AC"), (2, "39")),
        ((None, "Mohr", "Bell", "1950-01-02", "F", "CT1 2AB"), (1, "35")),
        ((None, "Quince", "Bell", "1950-01-02", "F", "CT1 2AB"), None),
        ((None, "Bell", "Martha", "1950-01-02", "F", "CT1 2AB"), None),
        ((None, "Martha", "Bell", "1950-01-02", "F", None), None),
        ((None, None, "Bell", "1950-01-02", "F", "CT1 2AB"), None),
        ((None, "Jane", "Dunn", "1970-05-06", "F", "CT1 2AD"), (3, "4")),
        ((None, "Jean", "Dunn", "1970-05-06", "F", "CT1 2AD"), None),
        ((None, None, None, None, None, None), None),
    ],
    ids=[
        "a valid number links whatever else is wrong",
        "a number is compared by its digits",
        "a number that fails its check digit counts as missing, and five fields link",
        "five fields link without a number",
        "a variant of the first name",
        "a first name one letter off",
        "a first name two letters off",
        "a first name that is half alike",
        "a first name that is not alike links nothing",
        "swapped names link nothing",
        "a missing postcode links nothing",
        "a missing first name links nothing",
        "a twin is told apart by the first name",
        "a record alike to both twins in the same way links to neither",
        "nothing known links nothing",
    ],
)
def test_macral_gives_each_record_its_status_code(
    record: Person, expected: tuple[int, str] | None
) -> None:
    found = link_in_steps(file_of(REGISTER), file_of([record]), cascade("macral"))
    links = found.pairs.select("left", "status").rows()
    assert links == ([] if expected is None else [expected])
    status = "99" if expected is None else expected[1]
    counts = dict(found.statuses.select("status", "records").rows())
    assert list(counts) == ["1", "4", "39", "35", "99"]
    assert counts[status] == 1
    assert sum(counts.values()) == 1


def test_a_record_stays_with_the_first_step_that_links_it() -> None:
    record = (ANN, "Martha", "Bell", "1950-01-02", "F", "CT1 2AB")
    assert links_of(cascade("macral"), file_of(REGISTER), file_of([record])) == [
        (0, 0, "NHS number", "1")
    ]


def test_a_left_record_may_be_linked_to_many_unless_the_plan_is_one_to_one() -> None:
    plan = Cascade(
        columns=(ColumnForm(column="a", kind="exact"), ColumnForm(column="b", kind="exact")),
        steps=(CascadeStep(name="first", agree=("a",)), CascadeStep(name="second", agree=("b",))),
    )
    left = file_of([("x", "y"), ("q", "z")], ("a", "b"))
    right = file_of([("x", None), (None, "y"), (None, "z")], ("a", "b"))
    many = [(0, 0, "first", None), (0, 1, "second", None), (1, 2, "second", None)]
    assert links_of(plan, left, right) == many
    once = plan.model_copy(update={"one_to_one": True})
    assert links_of(once, left, right) == [many[0], many[2]]


@pytest.mark.parametrize(
    ("unique", "expected"),
    [
        ("left", [(0, 0), (0, 1), (3, 4)]),
        ("right", [(1, 2), (2, 2), (3, 4)]),
        ("both", [(3, 4)]),
        ("no", [(0, 0), (0, 1), (1, 2), (2, 2), (3, 4)]),
    ],
)
def test_each_side_is_singled_out_where_a_step_asks_for_it(
    unique: str, expected: list[tuple[int, int]]
) -> None:
    left = file_of([("one",), ("two",), ("two",), ("three",), (None,)], ("a",))
    right = file_of([("one",), ("one",), ("two",), (None,), ("three",)], ("a",))
    plan = Cascade(
        columns=(ColumnForm(column="a", kind="exact"),),
        steps=(CascadeStep(name="a", agree=("a",), unique=unique),),  # type: ignore[arg-type]
    )
    found = link_in_steps(left, right, plan)
    assert found.pairs.select("left", "right").rows() == expected
    row = found.steps.row(0, named=True)
    assert (row["pairs"], row["linked"], row["not_unique"]) == (5, len(expected), 5 - len(expected))


@pytest.mark.parametrize(("of_several", "expected"), [("none", []), ("best", [(1, 0)])])
def test_the_best_of_several_is_linked_only_where_the_plan_says_so(
    of_several: str, expected: list[tuple[int, int]]
) -> None:
    left = file_of([("Robert", "1"), ("Bob", "1"), ("Robbert", "2"), ("Robbert", "2")], ("n", "k"))
    plan = Cascade(
        columns=(ColumnForm(column="n", kind="name"), ColumnForm(column="k", kind="exact")),
        steps=(
            CascadeStep(
                name="k",
                agree=("k",),
                reach=(Reached(column="n", levels=("exact", "nickname", "jaro_winkler>=0.9")),),
                unique="left",
                of_several=of_several,  # type: ignore[arg-type]
            ),
        ),
    )
    right = file_of([("Bob", "1"), ("Robert", "2")], ("n", "k"))
    assert link_in_steps(left, right, plan).pairs.select("left", "right").rows() == expected


def test_levels_of_an_earlier_column_count_for_more_than_those_of_a_later_one() -> None:
    left = file_of([("Anna", "x"), ("Ann", "y")], ("n", "m"))
    fields = ("n", "m")
    first = Reached(column="n", levels=("exact", "initial"))
    second = Reached(column="m", levels=("exact", "levenshtein<=1"))

    def best(*reach: Reached) -> list[tuple[int, int]]:
        columns = (
            ColumnForm(column="n", kind="name"),
            ColumnForm(column="m", kind="text"),
            ColumnForm(column="k", kind="exact"),
        )
        step = CascadeStep(name="k", agree=("k",), reach=reach, unique="left", of_several="best")
        key = pl.lit("same").alias("k")
        both = (left.with_columns(key), file_of([("Anna", "y")], fields).with_columns(key))
        found = link_in_steps(*both, Cascade(columns=columns, steps=(step,)))
        return found.pairs.select("left", "right").rows()

    assert best(first, second) == [(0, 0)]
    assert best(second, first) == [(1, 0)]


def test_a_common_value_is_left_out_where_pairs_are_compared_and_counted() -> None:
    left = file_of([("k", f"n{number}") for number in range(3)], ("a", "n"))
    columns = (ColumnForm(column="a", kind="exact"), ColumnForm(column="n", kind="text"))
    compare = CascadeStep(name="s", agree=("a",), reach=(Reached(column="n", levels=("exact",)),))
    plan = Cascade(columns=columns, largest_block=2, steps=(compare,))
    found = link_in_steps(left, left, plan)
    assert found.pairs.height == 0
    assert found.steps.select("pairs", "left_out").rows() == [(0, 9)]
    wider = plan.model_copy(update={"largest_block": 3})
    assert link_in_steps(left, left, wider).pairs["left"].to_list() == [0, 1, 2]


def test_a_step_with_a_plan_weighs_what_is_left_and_gives_weights() -> None:
    count = 400
    rows: list[Person] = [
        (f"{each:05}" if each % 2 else None, f"N{each * 7919 % 4000}", f"S{each * 37 % 997}")
        for each in range(count)
    ]
    left = file_of(rows, ("id", "n", "s"))
    weigh = MatchPlan(
        blocking=(("n",), ("s",)),
        deterministic=(("n", "s"),),
        comparisons=(
            Comparison(column="n", kind="text", levels=("exact",)),
            Comparison(column="s", kind="text", levels=("exact",)),
        ),
        random_pairs=20_000,
    )
    plan = Cascade(
        columns=(ColumnForm(column="id", kind="exact"),),
        one_to_one=True,
        steps=(CascadeStep(name="id", agree=("id",)), CascadeStep(name="rest", match=weigh)),
    )
    found = link_in_steps(left, left, plan)
    links = found.pairs.filter(pl.col("decision") == "link")
    by_id, rest = (links.filter(pl.col("rule") == name) for name in ("id", "rest"))
    assert by_id.height == count // 2
    assert by_id["match_weight"].null_count() == by_id["match_probability"].null_count() == 200
    assert rest.height > 150
    assert (rest["left"] == rest["right"]).all()
    assert (rest["left"] % 2 == 0).all()
    assert rest["match_probability"].min() >= 0.95  # type: ignore[operator]
    assert found.levels["comparison"].to_list()[0] == "rest: n"
    assert found.summary["links"] == links.height


def test_a_step_with_a_plan_finds_nothing_where_nothing_is_left() -> None:
    plan = load_plan("people-tight")
    assert isinstance(plan, MatchPlan)
    columns = tuple(ColumnForm(column=name, kind="exact") for name in FIELDS)
    steps = (
        CascadeStep(name="number", agree=("nhs_number",)),
        CascadeStep(name="rest", match=plan),
    )
    all_linked = file_of([REGISTER[0]])
    found = link_in_steps(
        all_linked, all_linked, Cascade(columns=columns, steps=steps, one_to_one=True)
    )
    assert found.steps["linked"].to_list() == [1, 0]


def test_hes_id_counts_no_value_that_is_invalid() -> None:
    same = "9999999999"
    old, no_address = "1894-12-31", "ZZ99 3VZ"
    people: list[Person] = [
        (same, None, None, "1950-01-01", "M", None),
        (ANN, None, None, old, "F", None),
        (None, None, None, "1950-01-03", "F", no_address),
        (None, None, None, "1950-01-04", "F", "CT1 2AB"),
    ]
    file = file_of(people).with_columns(pl.lit(None, dtype=pl.String).alias("local_id"))
    assert links_of(cascade("hes-id"), file, file) == [
        (3, 3, "3: sex, date of birth, postcode", None)
    ]


@pytest.mark.parametrize(
    ("form", "given", "expected"),
    [
        ("hes-nhs-number", ["999 999 9999", "9000000009", "9000000008", None],
         [None, "9000000009", None, None]),
        ("hes-date-of-birth", ["1894-12-31", "1895-01-01", "1948-02-30", None],
         [None, "1895-01-01", None, None]),
        ("hes-postcode", ["ct1 2ab", "ZZ99 3VZ", "CT1", "ZE1 0AA", None],
         ["CT12AB", None, None, "ZE10AA", None]),
        ("iso-date", ["1948-07-05", "5 July", None], ["1948-07-05", None, None]),
        ("name", ["O'Dell", "-", None], ["ODELL", None, None]),
        ("", ["", "a", None], [None, "a", None]),
    ],
)  # fmt: skip
def test_a_value_that_breaks_its_form_is_missing(
    form: str, given: list[str | None], expected: list[str | None]
) -> None:
    assert in_form(pl.Series(given, dtype=pl.String), form).to_list() == expected


@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_columns_without_values(form: str) -> None:
    for values in ([], [None, None]):
        assert in_form(pl.Series(values, dtype=pl.String), form).to_list() == values


def test_mps_accepts_a_birth_date_of_which_two_parts_agree_and_no_other() -> None:
    def linked(born: str) -> list[tuple[int, int, str, str | None]]:
        found = file_of([(ANN, "Q", "Z", born, "F", None)])
        return links_of(without_trace, file_of(REGISTER), found)

    plan = cascade("mps")
    without_trace = plan.model_copy(update={"steps": plan.steps[:2]})
    for born in ("1948-07-05", "1948-05-07", "1949-07-05", "1948-07-06", "1948-08-05"):
        assert linked(born) == [(0, 0, "cross-check", None)], born
    for born in ("1949-08-05", "1951-05-07"):
        assert linked(born) == [], born


def test_quality_is_told_by_step_and_every_error_has_its_reason() -> None:
    right = file_of(
        [
            (ANN, None, None, None, None, None),
            (BEN, "Margaret", "Cole", "1960-03-04", "F", "CT1 2AC"),
            (None, "Joan", "Dunn", "1970-05-06", "F", "CT1 2AD"),
            (None, None, "Dunn", "1970-05-06", "F", "CT1 2AD"),
        ]
    )
    stepped = link_in_steps(file_of(REGISTER), right, cascade("macral"))
    known = pl.DataFrame({"left": [0, 2, 4, 3], "right": [0, 1, 2, 3]}, schema_overrides={
        "left": pl.Int32, "right": pl.Int32})  # fmt: skip
    truth = step_quality(stepped, Known(known["left"].to_numpy(), known["right"].to_numpy())).truth
    assert truth is not None
    assert (truth.links.precision.count, truth.links.precision.out_of) == (2, 3)
    assert (truth.links.recall.count, truth.links.recall.out_of) == (2, 4)
    by_step = {name: (a.precision.count, a.precision.out_of) for name, a in truth.by_step}
    assert by_step["NHS number"] == (1, 2)
    assert by_step["five fields"] == (1, 1)
    assert truth.errors.select("error", "left", "right", "reason").rows() == [
        ("missed", 2, 1, LINKED_ELSEWHERE),
        ("missed", 3, 3, NOT_LINKED),
        ("false", 1, 1, "NHS number"),
    ]
