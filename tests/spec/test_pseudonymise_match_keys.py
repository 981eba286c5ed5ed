"""Match-keys in `linkassay pseudonymise`: what is written, what links, what is refused."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import polars as pl
import pytest

from linkage.keys import KeyRing
from linkage.match_key_set import MatchKeySet, make_match_keys
from linkage.pseudonyms.crate import RECIPES
from linkage.pseudonyms.hazards import hazards_of_match_keys
from linkage.pseudonyms.match_keys import ONS_STYLE
from scenarios.file_labels import frequency_of, labels_of
from simulator.schema import Dataset
from tests.people_files import people, write_files

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

    from tests.command_line import Linkassay

KEY = "0123456789abcdef" * 4
PEOPLE = people(400)
OWN_IDS = 'ids = "own"\nid_column = "{ids}"\n'
CLEAN = '[identity.date_of_birth]\nscheme = "remove"\n[identity.sex]\nscheme = "remove"\n'
ONS = '[match_keys.ons]\nfamily = "ons-style"\nperiod = "2026"\n'
CRATE = '[match_keys.parts]\nfamily = "crate-style"\n'
SLK = '[match_keys.slk]\nfamily = "slk-581"\n'
OWN = '[match_keys.ours]\nfamily = "own"\nrecipes = ["surname|date_of_birth", "postcode"]\n'


@pytest.fixture(name="at")
def _at(place: SimpleNamespace) -> Path:
    """A directory with two files of the same people, a key, and who answers for them."""
    at: Path = place.path
    write_files(at, PEOPLE)
    (at / "key").write_text(KEY)
    (at / "key").chmod(0o600)
    answers = 'controller = "c"\npurpose = "p"\napprover = "a"\ndate = 2026-03-31\n'
    (at / "authority.toml").write_text(answers)
    return at


def treated(
    at: Path, linkassay: Linkassay, text: str, file: str, out: str, *more: str
) -> tuple[int, str, str]:
    (at / "t.toml").write_text(text.replace("{ids}", "id" if "left" in file else "Record ID"))
    call = ["pseudonymise", file, "--treatment", "t.toml", "--key-file", "key", "--out", out]
    return linkassay(*call, "--authority", "authority.toml", *more)


@pytest.mark.parametrize("table", [ONS, CRATE, SLK, OWN])
def test_hashed_columns_are_those_of_a_proposal_and_no_identifier_is_left(
    at: Path, linkassay: Linkassay, table: str
) -> None:
    code, out, err = treated(at, linkassay, OWN_IDS + CLEAN + table, "left.csv", "out.parquet")
    assert code == 0, err
    made = pl.read_parquet(at / "out.parquet").sort("id")
    settings = {
        ONS: {"family": "ons-style", "period": "2026"},
        CRATE: {"family": "crate-style"},
        SLK: {"family": "slk-581"},
        OWN: {"family": "own", "recipes": ("surname|date_of_birth", "postcode")},
    }[table]
    spec = MatchKeySet.model_validate(settings)
    frame = PEOPLE.drop("id").with_columns(
        pl.col("date_of_birth").str.to_date(), record_id=pl.int_range(400, dtype=pl.UInt64)
    )
    ring = KeyRing.from_bytes(bytes.fromhex(KEY))
    by_hand = make_match_keys(Dataset("people", frame, {}, "invented"), spec, ring)
    expected = by_hand.frame.with_columns(PEOPLE["id"]).sort("id").select(spec.names)
    assert made.select(spec.names).equals(expected)
    assert set(made.columns) == {"id", "provenance", *spec.names}
    assert labels_of(at / "out.parquet", "Parquet") == by_hand.labels
    assert "about 400 match-keys, up to 7 without a usable value" in out


def test_match_keys_stand_beside_tokens_and_name_who_holds_their_key(
    at: Path, linkassay: Linkassay
) -> None:
    desk = '[identity.nhs_number]\nscheme = "keyed-hash"\nkey_holder = "desk"\n'
    text = CLEAN + desk + SLK + 'key_holder = "centre"\n'
    assert treated(at, linkassay, text, "left.csv", "out.parquet")[0] == 0
    about = json.loads(pl.read_parquet_metadata(at / "out.parquet")["linkassay"])
    assert set(about["labels"]) == {"nhs_number", "slk-581"}
    assert about["key_holders"] == {"nhs_number": "desk", "slk-581": "centre"}
    assert about["hazards"] == []


@pytest.mark.parametrize(
    ("table", "plan", "least"), [(ONS, "ons-hashed-keys", 400), (CRATE, "crate-parts", 390)]
)
def test_files_under_one_key_link_on_hashed_columns_by_a_shipped_plan(
    at: Path, linkassay: Linkassay, table: str, plan: str, least: int
) -> None:
    text = OWN_IDS + CLEAN + table
    assert treated(at, linkassay, text, "left.csv", "one.parquet")[0] == 0
    assert treated(at, linkassay, text, "right.parquet", "two.csv")[0] == 0
    code, _, err = linkassay(
        "link", "one.parquet", "two.csv", "--id", "id,Record ID", "--plan", plan,
        "--out", "links.parquet",
    )  # fmt: skip
    assert code == 0, err
    links = pl.read_parquet(at / "links.parquet")
    assert links.height >= least
    same = links["left_id"].str.slice(1) == links["right_id"].str.slice(1)
    assert same.all()


# Reads as a table: what differs, the right file's treatment.
UNLIKE = {
    "key": ONS,
    "period": ONS.replace("2026", "2027"),
    "bits": ONS + "bits = 40\n",
    "clear text": None,
}


@pytest.mark.parametrize("other", UNLIKE)
def test_unlike_match_keys_never_join(at: Path, linkassay: Linkassay, other: str) -> None:
    assert treated(at, linkassay, CLEAN + ONS, "left.csv", "one.parquet")[0] == 0
    if other == "key":
        (at / "key").write_text("fedcba9876543210" * 4)
    text = UNLIKE[other]
    if text is None:
        clear = {name: pl.col("id") for name in ONS_STYLE.names}
        PEOPLE.select(**clear).write_parquet(at / "two.parquet")
    else:
        asked = treated(at, linkassay, CLEAN + text, "right.parquet", "two.parquet", "--hazard")
        assert asked[0] == 0, asked
    for plan in ([], ["--plan", "ons-hashed-keys"]):
        code, _, err = linkassay("link", "one.parquet", "two.parquet", *plan)
        assert code == 2
        if plan or text is not None:
            assert "column ons-1: tokens that were not made alike never join" in err
    assert not (at / "links.parquet").exists()


def test_frequencies_are_written_only_where_asked_for_and_as_a_hazard(
    at: Path, linkassay: Linkassay
) -> None:
    # Surnames A, A, B and none: 2 of 3, 2 of 3, 1 of 3, rounded to three figures.
    few = PEOPLE.head(4).with_columns(surname=pl.Series(["Archer", "Archer", "Baker", None]))
    few.write_csv(at / "left.csv")
    assert treated(at, linkassay, CLEAN + CRATE, "left.csv", "one.parquet")[0] == 0
    assert not [c for c in pl.read_parquet(at / "one.parquet").columns if "frequency" in c]
    asked = CLEAN + CRATE + "frequencies = true\n"
    code, _, err = treated(at, linkassay, asked, "left.csv", "two.parquet")
    assert code == 2
    assert "t.toml, line 7: match_keys.parts.frequencies: is a hazard, frequency-in-clear" in err
    assert not (at / "two.parquet").exists()
    code, out, err = treated(at, linkassay, asked, "left.csv", "two.parquet", "--hazard")
    assert code == 0
    assert "Warning: match_keys.parts: frequency-in-clear" in err
    assert "As in the file: nothing." in out
    made = pl.read_parquet(at / "two.parquet")
    assert sorted(made[frequency_of("surname/name")].drop_nulls()) == [0.333, 0.667, 0.667]
    assert made[frequency_of("surname/name")].null_count() == 1
    assert {frequency_of(each.name) for each in RECIPES} < set(made.columns)
    about = json.loads(pl.read_parquet_metadata(at / "two.parquet")["linkassay"])
    assert [(each["table"], each["hazard"]) for each in about["hazards"]] == [
        ("match_keys.parts", "frequency-in-clear")
    ]


def test_a_suggested_plan_compares_hashes_and_not_their_frequencies(
    at: Path, linkassay: Linkassay
) -> None:
    text = CLEAN + CRATE + "frequencies = true\n"
    for file, out in (("left.csv", "one.parquet"), ("right.parquet", "two.parquet")):
        assert treated(at, linkassay, text, file, out, "--hazard")[0] == 0
    code, out, err = linkassay("link", "one.parquet", "two.parquet", "--out", "links.parquet")
    assert code == 0, err
    plan = out.partition("# A suggested plan")[2]
    assert "surname/name" in plan
    assert "frequency" not in plan.replace("term_frequency", "")


def test_what_match_keys_are_made_of_and_stays_as_it_is_is_warned_of(
    at: Path, linkassay: Linkassay
) -> None:
    _, out, err = treated(at, linkassay, SLK, "right.parquet", "out.parquet", "--quiet")
    assert not out
    assert "Warning: column DOB stays as it is beside match-keys that are made of it" in err
    assert "Warning: column Gender stays" in err
    assert "surname" not in err
    _, _, err = treated(at, linkassay, CLEAN + SLK, "right.parquet", "out.parquet", "--force")
    assert "Warning" not in err


def test_a_match_key_may_have_the_name_of_a_field_that_is_dropped(
    at: Path, linkassay: Linkassay
) -> None:
    own = '[match_keys.a]\nfamily = "own"\nrecipes = ["sex", "date_of_birth"]\n'
    code, _, err = treated(at, linkassay, CLEAN + own, "left.csv", "out.parquet")
    assert code == 0, err
    made = pl.read_parquet(at / "out.parquet")
    assert made.schema["sex"] == made.schema["date_of_birth"] == pl.UInt64
    assert made["sex"].n_unique() == 2
    assert "Warning" not in err


def test_a_treatment_from_a_pipe_is_refused_for_its_hazard_though_it_has_no_lines(
    at: Path, linkassay: Linkassay
) -> None:
    read, write = os.pipe()
    os.write(write, (CLEAN + SLK + "bits = 32\n").encode())
    os.close(write)
    call = ["pseudonymise", "left.csv", "--treatment", f"/dev/fd/{read}", "--key-file", "key"]
    code, _, err = linkassay(*call, "--authority", "authority.toml", "--out", "out.parquet")
    os.close(read)
    assert code == 2
    assert "match_keys.slk.bits: is a hazard, short-token" in err
    assert not (at / "out.parquet").exists()


def test_hazards_of_a_set_are_its_length_and_frequencies_and_never_a_readable_code() -> None:
    def names(*, with_frequencies: bool = False, **settings: object) -> list[str]:
        spec = MatchKeySet.model_validate(settings)
        found = hazards_of_match_keys(spec, with_frequencies=with_frequencies)
        return [each.name for each in found]

    assert names(family="slk-581") == names(family="crate-style") == []
    assert names(family="slk-581", bits=32) == ["short-token"]
    assert names(family="crate-style", bits=40, with_frequencies=True) == [
        "short-token",
        "frequency-in-clear",
    ]


# Reads as a table: the treatment, and what is said of it.
WRONG = {
    "keep = []": "t.toml: identity: makes no token and no code",
    "[match_keys.a]\nfamily = 'slk581'": "Did you mean `slk-581`?",
    "[match_keys.a]\nperiod = '2026'": "line 1: match_keys.a.family: is required",
    "[match_keys.a]\nfamily = 'own'": "is needed by family `own`",
    "[match_keys.a]\nfamily = 'own'\nrecipes = ['surnam']": "has no comparable form",
    "[match_keys.a]\nfamily = 'opprl'\nfrequences = true": "Did you mean `frequencies`?",
    "[match_keys.a]\nfamily = 'opprl'\nfrequencies = true": "opprl hands none over",
    "[match_keys.a]\nfamily = 'opprl'\nfrequencies = 1": "must be true or false",
    "[match_keys.a]\nfamily = 'opprl'\nbits = 32": "line 3: match_keys.a.bits: is a hazard",
    "[match_keys.a]\nfamily = 'slk-581'\n[match_keys.b]\nfamily = 'slk-581'": "twice (slk-581)",
    "[identity.surname]\nscheme = 'keyed-hash'\n[match_keys.a]\nfamily = 'own'\n"
    "recipes = ['surname']": "would write a column twice (surname)",
    "[match_keys.a]\nfamily = 'own'\nrecipes = ['sex']": "would be written twice: sex",
    "[match_keys.a]\nfamily = 'own'\nrecipes = ['uprn']": "no column is recognised as uprn",
    "match_keys = 3": "line 1: match_keys = 3: must be",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_set_is_refused_in_words(at: Path, linkassay: Linkassay, text: str) -> None:
    code, out, err = treated(at, linkassay, text, "left.csv", "out.parquet")
    assert code == 2, out
    assert WRONG[text] in err
    assert not (at / "out.parquet").exists()
