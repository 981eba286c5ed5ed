"""Sets of match-keys: one description makes hashed columns of any family; wrong ones say why."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from pydantic import ValidationError

from linkage.cascade_plan import Cascade, CascadeStep, ColumnForm
from linkage.hashed_plan import link_hashed, unseen_in_tokens
from linkage.join import UnlikeTokens, join_match_keys
from linkage.keys import KeyRing
from linkage.match_key_set import Family, MatchKeySet, count_match_keys, make_match_keys
from linkage.match_plan import Comparison, MatchPlan
from linkage.pseudonyms.crate import Crate
from linkage.pseudonyms.match_keys import ONS_STYLE
from linkage.pseudonyms.opprl import OPPRL
from linkage.pseudonyms.slk581 import Slk581
from scenarios.plan_files import load_plan
from simulator.schema import FIELDS, Dataset

RING = KeyRing.from_bytes(b"a master only for this test")
OTHER_RING = KeyRing.from_bytes(b"a master of somebody else's")
BORN = date(1948, 7, 5)
COLUMNS = ("record_id", "first_name", "surname", "sex", "date_of_birth", "postcode")
SCHEMA = {name: FIELDS[name].dtype for name in COLUMNS}

Row = tuple[int, str | None, str | None, str | None, date | None, str | None]
ANN: Row = (1, "Ann", "O'Neill", "F", BORN, "CT1 2AB")
BEN: Row = (2, "Ben", "Smith", "M", BORN, "CT1 2AB")
NOBODY: Row = (3, None, None, None, None, None)


def people(*rows: Row, name: str = "hub") -> Dataset:
    return Dataset(name, pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def own(*recipes: str, **settings: object) -> MatchKeySet:
    return MatchKeySet.model_validate({"family": "own", "recipes": recipes, **settings})


def of(family: Family, **settings: object) -> MatchKeySet:
    return MatchKeySet.model_validate({"family": family, **settings})


def test_each_family_makes_the_columns_of_its_own_scheme() -> None:
    given = people(ANN, BEN, NOBODY)
    for family, made in (
        ("ons-style", ONS_STYLE.tokens(given, RING, "all")),
        ("opprl", OPPRL.tokens(given, RING, "all")),
        ("crate-style", Crate().hashes(given, RING, "all").tokens),
        ("slk-581", Slk581().tokens(given, RING, "all")),
    ):
        spec = of(family)  # type: ignore[arg-type]
        found = make_match_keys(given, spec, RING)
        assert found.frame.equals(made.frame), family
        assert found.labels == made.labels
        assert spec.names == tuple(made.labels)
        assert set(spec.fields) <= set(COLUMNS)


def test_recipes_of_one_s_own_have_their_spelling_for_a_name_and_join_shipped_ones() -> None:
    spelled = str(OPPRL.recipes[1])
    mine = make_match_keys(people(ANN, BEN), own("surname|sex", spelled), RING)
    assert tuple(mine.labels) == ("surname|sex", spelled)
    shipped = make_match_keys(people(ANN, BEN), of("opprl"), RING)
    assert mine.labels[spelled] == shipped.labels["opprl-2"]
    assert mine.frame[spelled].equals(shipped.frame["opprl-2"])


@pytest.mark.parametrize("family", ["ons-style", "slk-581"])
def test_short_keys_are_the_leading_bits_of_long_ones_and_do_not_meet_them(family: Family) -> None:
    long, short = (
        make_match_keys(people(ANN, BEN), of(family, bits=bits), RING) for bits in (64, 32)
    )
    for name in long.labels:
        assert short.frame[name].equals(long.frame[name] // 2**32)
    with pytest.raises(UnlikeTokens, match="are unlike and cannot be compared"):
        join_match_keys(long, short, tuple(long.labels), "step")


def test_keys_of_another_period_or_under_another_master_are_refused() -> None:
    spec = of("opprl", period="2016")
    made = make_match_keys(people(ANN), spec, RING)
    for unlike in (
        make_match_keys(people(ANN, name="care"), spec, OTHER_RING),
        make_match_keys(people(ANN, name="care"), of("opprl", period="2017"), RING),
    ):
        with pytest.raises(UnlikeTokens, match="same scheme, length, normalisation, key and"):
            join_match_keys(made, unlike, spec.names, "step")


@pytest.mark.parametrize(
    ("settings", "where", "message"),
    [
        ({"family": "own"}, ("recipes",), "is needed by family `own`"),
        ({"family": "opprl", "recipes": ["surname"]}, ("recipes",), "has recipes of its own"),
        ({"family": "ons"}, ("family",), "should be 'slk-581', 'ons-style'"),
        ({"family": "own", "recipes": ["sex", "sex"]}, ("recipes",), "anything twice .sex."),
        ({"family": "own", "recipes": ["surnam"]}, ("recipes", 0), "Did you mean surname[?]"),
        ({"family": "own", "recipes": ["surname.intial"]}, ("recipes", 0), "mean initial[?]"),
        ({"family": "own", "recipes": ["surnam|postcode.secto"]}, ("recipes", 0),
         "mean surname[?]; a column of kind postcode has no part .secto..*mean sector[?]"),
        ({"family": "slk-581", "bits": 48}, ("bits",), "32, 40 or 64"),
    ],
)  # fmt: skip
def test_a_wrong_set_is_refused_where_it_is_wrong(
    settings: dict[str, object], where: tuple[str | int, ...], message: str
) -> None:
    with pytest.raises(ValidationError, match=message) as refused:
        MatchKeySet.model_validate(settings)
    assert [error["loc"] for error in refused.value.errors()] == [where]


def test_counts_are_of_records_with_any_key_and_of_those_that_the_hub_cannot_hold() -> None:
    spec = own("first_name|surname", "surname|date_of_birth")
    hub = make_match_keys(people(ANN, BEN), spec, RING)
    care = people(
        (8, "Anne", "O'Neill", None, BORN, None),  # the second key is held
        (9, "Ben", "Smith", None, None, None),  # the first key alone, which is held
        (10, "Cat", "Bell", None, None, None),  # the first key alone, which is not
        (11, "Dan", None, "M", BORN, "CT1 2AB"),  # no key
        name="care",
    )
    counts = count_match_keys(make_match_keys(care, spec, RING), hub, "mine")
    assert (counts.field, counts.records, counts.tokens) == ("match-keys mine", 4, 3)
    assert (counts.no_identifier, counts.not_in_hub, counts.verify_differs) == (1, 1, 0)


def exact(*columns: str) -> MatchPlan:
    return MatchPlan(
        blocking=(columns,),
        comparisons=tuple(Comparison(column=c, kind="exact", levels=("exact",)) for c in columns),
        deterministic=(columns,),
    )


def test_a_plan_sees_of_hashed_columns_which_are_the_same_and_nothing_more() -> None:
    assert not tuple(unseen_in_tokens(exact("surname/name")))
    for name in ("crate-parts", "ons-hashed-keys"):
        assert not tuple(unseen_in_tokens(load_plan(name)))
    by_sound = exact("surname/name").model_copy(update={"blocking": (("surname/name:soundex",),)})
    assert list(unseen_in_tokens(by_sound)) == [
        "no part soundex of hashed column surname/name can be seen; hash the part by itself"
    ]
    alike = Comparison(column="surname/name", kind="name", levels=("jaro_winkler>=0.9",))
    fuzzy = exact("surname/name").model_copy(update={"comparisons": (alike,)})
    assert list(unseen_in_tokens(fuzzy)) == [
        "surname/name is of kind name, and only kind exact can be seen of a hashed column"
    ]
    steps = Cascade(
        columns=(ColumnForm(column="number", kind="exact", form="nhs-number"),),
        steps=(CascadeStep(name="a", agree=("number:initial",)),),
    )
    assert len(list(unseen_in_tokens(steps))) == 2
    made = make_match_keys(people(ANN), of("crate-style"), RING)
    with pytest.raises(ValueError, match="link step s: no part soundex"):
        link_hashed(made, made, by_sound, "s", 1)


def test_a_plan_is_refused_columns_that_are_in_the_clear_or_under_unlike_keys() -> None:
    made, unlike = (
        make_match_keys(people(ANN), of("crate-style"), ring) for ring in (RING, OTHER_RING)
    )
    with pytest.raises(UnlikeTokens, match="are unlike and cannot be compared"):
        link_hashed(made, unlike, exact("surname/name"), "s", 1)
    with pytest.raises(UnlikeTokens, match="dataset hub has no tokens of surname "):
        link_hashed(people(ANN), people(ANN), exact("surname"), "s", 1)


def test_a_hashed_column_with_the_name_of_a_field_is_not_read_as_one() -> None:
    hub = people(*((n, "Ann", f"Bell{'abcdefgh'[n]}", "F", BORN, "CT1 2AB") for n in range(8)))
    spec = own("surname", "postcode", "date_of_birth")
    made = make_match_keys(hub, spec, RING)
    plan = Cascade(
        columns=tuple(ColumnForm(column=name, kind="exact") for name in spec.names),
        steps=(CascadeStep(name="all", agree=spec.names),),
    )
    found = link_hashed(made, made, plan, "s", 1).frame
    assert found.select("left_id", "right_id").rows() == [(n, n) for n in range(8)]
