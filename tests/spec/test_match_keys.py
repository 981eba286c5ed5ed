"""Match-keys: recipes hashed under keys of their own, and linked by the first that is unique."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from linkage.join import UnlikeTokens, join_match_keys, join_tokens
from linkage.keys import KeyRing, Purpose
from linkage.pseudonyms.crate import RECIPES, Crate
from linkage.pseudonyms.match_keys import ONS_STYLE
from linkage.pseudonyms.opprl import OPPRL
from linkage.pseudonyms.recipes import Ingredient, Recipe, match_key_tokens, recipe
from linkage.pseudonyms.slk581 import Slk581
from simulator.schema import FIELDS, Dataset, TokenLabel

RING = KeyRing.from_bytes(b"a master only for this test")
BORN = date(1948, 7, 5)
SCHEMA = {
    name: FIELDS[name].dtype
    for name in ("record_id", "first_name", "surname", "sex", "date_of_birth", "postcode")
}

Row = tuple[int, str | None, str | None, str | None, date | None, str | None]

ANN: Row = (1, "Ann", "O'Neill", "F", BORN, "CT1 2AB")
BEN: Row = (2, "Ben", "Smith", "M", BORN, "CT1 2AB")


def people(*rows: Row, name: str = "hub") -> Dataset:
    return Dataset(name, pl.DataFrame(rows, schema=SCHEMA, orient="row"))


def token(text: str, spelled: str, holder: str = "all", period: str = "") -> int:
    """The first 64 bits of the text's HMAC under the recipe's key."""
    key = RING.derive(Purpose(f"match-key/{spelled}", holder, period))
    return int.from_bytes(hmac.digest(key.material, text.encode(), "sha256")[:8], "big")


def test_opprl_s_tokens_are_what_its_protocol_lists() -> None:
    made = OPPRL.tokens(people(ANN), RING, "all").frame.row(0, named=True)
    assert made == {
        "record_id": 1,
        "opprl-1": token("A|ONEILL|F|1948-07-05", "first_name.initial|surname|sex|date_of_birth"),
        "opprl-2": token(
            "500|14540|F|1948-07-05", "first_name.soundex|surname.soundex|sex|date_of_birth"
        ),
    }  # Soundex codes as numbers: A500 and O540, where O is 14


def test_opprl_s_second_token_is_one_for_names_of_one_sound() -> None:
    made = OPPRL.tokens(people(BEN, (3, "Bern", "Smyth", "m", BORN, None)), RING, "all").frame
    assert made["opprl-1"].n_unique() == 2
    other = OPPRL.tokens(people(BEN, (3, "Ban", "Smyth", "m", BORN, None)), RING, "all").frame
    assert other["opprl-2"].n_unique() == 1


def test_slk_581_s_token_is_the_hash_of_its_code() -> None:
    made = Slk581().tokens(people(BEN), RING, "all").frame
    assert made["slk-581"].to_list() == [token("MIHEN050719481", "slk-581")]


def test_keys_in_the_manner_of_the_ons_run_from_strict_to_loose_and_say_they_are_assumed() -> None:
    assert ONS_STYLE.names == tuple(f"ons-{number}" for number in range(1, 10))
    assert {each.evidence for each in ONS_STYLE.recipes} == {"assumed"}
    made = ONS_STYLE.tokens(people(ANN), RING, "all").frame.row(0, named=True)
    assert made["ons-2"] == token("A|O|1948-07-05|F|CT1", str(ONS_STYLE.recipes[1]))
    assert made["ons-6"] == token("ANN|ONEILL|1948|F|CT", str(ONS_STYLE.recipes[5]))


def test_only_record_ids_and_tokens_leave() -> None:
    made = ONS_STYLE.tokens(people(ANN, BEN), RING, "all")
    assert made.frame.columns == ["record_id", *ONS_STYLE.names]
    assert list(made.labels) == list(ONS_STYLE.names)
    assert set(made.frame.dtypes) == {pl.UInt64()}


def test_a_label_says_the_recipe_its_rules_and_its_key() -> None:
    made = OPPRL.tokens(people(ANN), RING, "anna", "2017")
    spelled = "first_name.initial|surname|sex|date_of_birth"
    key_id = RING.derive(Purpose(f"match-key/{spelled}", "anna", "2017")).key_id
    expected = TokenLabel("hmac-sha256/64", spelled, "name|name|sex|iso-date", key_id, "2017")
    assert made.labels["opprl-1"] == expected
    assert made.frame["opprl-1"].item() == token("A|ONEILL|F|1948-07-05", spelled, "anna", "2017")


@pytest.mark.parametrize("lost", ["first_name", "surname", "sex", "date_of_birth", "postcode"])
@pytest.mark.parametrize("written", [None, "", " -", "漢字", "\0"])
def test_a_key_with_a_missing_part_has_no_token(lost: str, written: str | None) -> None:
    if lost == "date_of_birth":
        written = None
    given = people(ANN, BEN)
    blank = pl.lit(written, dtype=given.frame.schema[lost]).alias(lost)
    made = ONS_STYLE.tokens(given.with_frame(given.frame.with_columns(blank)), RING, "all").frame
    for each in ONS_STYLE.recipes:
        has_lost = lost in {ingredient.field for ingredient in each.ingredients}
        assert made[each.name].null_count() == (2 if has_lost else 0)


def test_missing_tokens_never_join() -> None:
    nobody = (None, None, None, None, None)
    hub, care = people((1, *nobody)), people((9, *nobody), name="care")
    for scheme in (ONS_STYLE, OPPRL):
        made = [scheme.tokens(side, RING, "all") for side in (hub, care)]
        assert join_match_keys(*made, scheme.names, "step").frame.is_empty()


def test_texts_of_parts_that_run_together_differently_have_different_tokens() -> None:
    given = people((1, "AB", "C", "F", BORN, None), (2, "A", "BC", "F", BORN, None))
    whole = recipe("names", "first_name|surname", "assumed", "this test")
    assert match_key_tokens(given, [whole], RING, "all").frame["names"].n_unique() == 2


def test_tokens_of_another_recipe_holder_or_period_share_no_value_and_are_refused() -> None:
    given = people(ANN, BEN)
    one = recipe("key", "surname|sex", "assumed", "this test")
    other = recipe("key", "sex|surname", "assumed", "this test")
    made = match_key_tokens(given, [one], RING, "all")
    for unlike in (
        match_key_tokens(given, [other], RING, "all"),
        match_key_tokens(given, [one], RING, "anna"),
        match_key_tokens(given, [one], RING, "all", "2017"),
    ):
        assert not set(made.frame["key"]) & set(unlike.frame["key"])
        with pytest.raises(UnlikeTokens):
            join_match_keys(made, unlike, ["key"], "step")


@pytest.mark.parametrize(
    ("ingredients", "message"),
    [
        ("local_id", "field 'local_id' has no comparable form"),
        ("", "field '' has no comparable form"),
        ("surname.year", "a column of kind name has no part 'year'"),
        ("sex.initial", "a column of kind exact has no part 'initial'"),
        ("surname.last_part", "have no separators left"),
        ("surname|sex|surname", "has no ingredient, or one twice"),
        ("surname.", "write it as 'surname'"),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused(ingredients: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"recipe key: .*{message}"):
        recipe("key", ingredients, "assumed", "this test")


def test_a_recipe_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="recipe key: '' has no ingredient"):
        Recipe("key", (), "assumed", "this test")


def test_a_dataset_that_lacks_a_field_or_holds_it_as_a_token_is_refused() -> None:
    given = people(ANN)
    expected = "a match-key needs postcode in the clear, which dataset hub does not hold"
    with pytest.raises(ValueError, match=expected):
        ONS_STYLE.tokens(given.with_frame(given.frame.drop("postcode")), RING, "all")
    labels = {"postcode": TokenLabel("sha256/64", "postcode", "postcode", "none", "")}
    hidden = given.frame.with_columns(postcode=pl.lit(7, dtype=pl.UInt64))
    with pytest.raises(ValueError, match=expected):
        ONS_STYLE.tokens(replace(given, frame=hidden, labels=labels), RING, "all")


def test_two_keys_of_one_name_are_refused() -> None:
    one = recipe("key", "surname", "assumed", "this test")
    with pytest.raises(ValueError, match="each needs a name of its own"):
        match_key_tokens(people(ANN), [one, one], RING, "all")


def test_nobody_at_all_has_tokens_of_the_right_types() -> None:
    made = ONS_STYLE.tokens(people(), RING, "all")
    assert made.frame.schema == dict.fromkeys(["record_id", *ONS_STYLE.names], pl.UInt64())
    assert Crate().hashes(people(), RING, "all").frequencies.is_empty()
    assert Slk581().tokens(people(), RING, "all").frame.is_empty()


def test_the_first_key_that_agrees_uniquely_links() -> None:
    hub = people(ANN, BEN, (3, "Cat", "Bell", "F", BORN, "CT1 2AB"))
    care = people(
        (91, "ANN", "ONeill", "F", BORN, "ct12ab"),  # all agree
        (92, "Benjamin", "Smith", "M", BORN, "CT1 2AB"),  # the initial agrees, not the name
        (93, "Kate", "Bell", "F", BORN, "CT1 2AB"),  # only the surname's initial, address and sex
        (94, "Dan", "Zeal", "M", date(1999, 1, 1), "AB1 1AA"),
        name="care",
    )
    made = [ONS_STYLE.tokens(side, RING, "all") for side in (hub, care)]
    found = join_match_keys(*made, ONS_STYLE.names, "step")
    assert found.frame.select("left_id", "right_id", "rule").rows() == [
        (1, 91, "1: ons-1"),
        (2, 92, "2: ons-2"),
        (3, 93, "5: ons-5"),
    ]
    assert (found.step, found.hub, found.agency) == ("step", "hub", "care")


def test_two_records_of_one_person_link_only_where_that_is_asked_for() -> None:
    hub, care = people(ANN), people((8, *ANN[1:]), (9, *ANN[1:]), name="care")
    made = [OPPRL.tokens(side, RING, "all") for side in (hub, care)]
    assert join_match_keys(*made, OPPRL.names, "step").frame.is_empty()
    many = join_match_keys(*made, OPPRL.names, "step", one_to_one=False)
    assert many.frame.select("left_id", "right_id").rows() == [(1, 8), (1, 9)]


def test_a_hub_record_that_is_linked_is_linked_to_nobody_else_by_a_later_key() -> None:
    labels = OPPRL.tokens(people(ANN), RING, "all").labels
    schema = dict.fromkeys(["record_id", *OPPRL.names], pl.UInt64())
    hub, care = (
        Dataset(name, pl.DataFrame(rows, schema=schema, orient="row"), labels)
        for name, rows in (("hub", [(1, 5, 6)]), ("care", [(8, 5, None), (9, None, 6)]))
    )
    found = join_match_keys(hub, care, OPPRL.names, "step").frame
    assert found["right_id"].to_list() == [8]
    many = join_match_keys(hub, care, OPPRL.names, "step", one_to_one=False).frame
    assert many["right_id"].to_list() == [8, 9]


def test_a_key_that_one_side_lacks_is_named() -> None:
    made = OPPRL.tokens(people(ANN), RING, "all")
    with pytest.raises(UnlikeTokens, match="dataset hub has no tokens of ons-1"):
        join_match_keys(made, made, ["opprl-1", "ons-1"], "step")


def test_one_key_joins_as_any_token_does() -> None:
    made = [OPPRL.tokens(people(ANN, BEN, name=name), RING, "all") for name in ("hub", "care")]
    links = join_tokens(made[0], made[1], "opprl-1", "step")
    assert links.frame.select("left_id", "right_id").rows() == [(1, 1), (2, 2)]


def test_crate_hashes_every_part_under_a_key_of_its_own() -> None:
    made = Crate().hashes(people(ANN), RING, "all").tokens.frame.row(0, named=True)
    texts = {
        "first_name/name": ("ANN", "first_name"),
        "first_name/metaphone": ("AN", "first_name.metaphone"),
        "first_name/first_two": ("AN", "first_name.first_two"),
        "surname/name": ("ONEILL", "surname"),
        "surname/metaphone": ("ONL", "surname.metaphone"),
        "surname/first_two": ("ON", "surname.first_two"),
        "date_of_birth/whole": ("1948-07-05", "date_of_birth"),
        "date_of_birth/month_day": ("705", "date_of_birth.month_day"),
        "date_of_birth/year_day": ("1948|5", "date_of_birth.year|date_of_birth.day"),
        "date_of_birth/year_month": ("1948|7", "date_of_birth.year|date_of_birth.month"),
        "postcode/unit": ("CT12AB", "postcode"),
        "postcode/sector": ("CT12", "postcode.sector"),
    }
    expected = {name: token(text, spelled) for name, (text, spelled) in texts.items()}
    assert made == {"record_id": 1, **expected}


def test_crate_s_frequencies_are_shares_of_the_records_that_have_the_part() -> None:
    given = people(
        ANN, BEN, (3, "Bea", "Smith", "F", BORN, None), (4, None, "Smith", "F", None, None)
    )
    found = Crate(figures=2).hashes(given, RING, "all").frequencies
    assert found.columns == ["record_id", *(each.name for each in RECIPES)]
    assert found["surname/name"].to_list() == [0.25, 0.75, 0.75, 0.75]
    assert found["first_name/first_two"].to_list() == [0.33, 0.67, 0.67, None]
    assert found["postcode/unit"].to_list() == [1.0, 1.0, None, None]


def test_crate_rounds_to_one_figure_at_least() -> None:
    with pytest.raises(ValueError, match="figures: 0 was given"):
        Crate(figures=0)


def test_an_ingredient_is_written_as_it_is_read() -> None:
    for each in (*ONS_STYLE.recipes, *OPPRL.recipes, *RECIPES):
        assert recipe(each.name, str(each), each.evidence, each.source) == each
    assert str(Ingredient("surname", "soundex")) == "surname.soundex"
