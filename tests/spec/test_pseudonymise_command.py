"""`linkassay pseudonymise`: what leaves a file, what is refused, and that no value is shown."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.keys import KeyRing, Purpose
from linkage.plan import SHARED_HOLDER, Treatment
from linkage.pseudonyms.hazards import HAZARDS, hazards_of
from linkage.pseudonyms.tokens import tokens
from scenarios.file_labels import digest_of, labels_of, provenance_of
from scenarios.key_file import KeyFileError, load_key_ring
from scenarios.treating import treat
from scenarios.treating_checks import fit, read_untreated
from scenarios.treatment import FileTreatment
from tests.people_files import people, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import SimpleNamespace

    from scenarios.problems import Finding, Problem
    from tests.command_line import Linkassay

KEY = "0123456789abcdef" * 4
PEOPLE = people(400)
TREATMENT = """
keep = ["ward"]
[identity.nhs_number]
scheme = "keyed-hash"
period = "2026"
[identity.postcode]
scheme = "coded"
[identity.date_of_birth]
scheme = "remove"
"""
AUTHORITY = """
controller = "The council"
purpose = "To plan visits"
approver = "A. Smith, information governance"
date = 2026-03-31
"""
PLAN = """
[[columns]]
column = "nhs_number"
kind = "exact"
[[steps]]
name = "token"
agree = ["nhs_number"]
"""


@pytest.fixture(name="at")
def _at(place: SimpleNamespace) -> Path:
    """A directory with two supplied files, a key, a treatment and an authority."""
    at: Path = place.path
    wards = pl.Series("ward", [f"w{row % 7}" for row in range(400)])
    write_files(at, PEOPLE.with_columns(wards))
    (at / "key").write_text(KEY + "\n")
    (at / "key").chmod(0o600)
    (at / "t.toml").write_text(TREATMENT)
    (at / "authority.toml").write_text(AUTHORITY)
    (at / "plan.toml").write_text(PLAN)
    return at


def ask(file: str = "left.csv", out: str = "out.parquet", **changed: str) -> list[str]:
    options = {"treatment": "t.toml", "key-file": "key", "authority": "authority.toml"} | changed
    named = [word for name, value in options.items() if value for word in (f"--{name}", value)]
    return ["pseudonymise", file, *named, "--out", out]


def test_tokens_take_the_place_of_numbers_and_identifiers_without_a_treatment_are_dropped(
    at: Path, linkassay: Linkassay
) -> None:
    code, out, err = linkassay(*ask())
    assert code == 0, err
    made = pl.read_parquet(at / "out.parquet")
    assert made.schema == {
        "sex": pl.String,
        "postcode": pl.Binary,
        "nhs_number": pl.UInt64,
        "ward": pl.String,
        "provenance": pl.String,
    }
    key = KeyRing.from_bytes(bytes.fromhex(KEY)).derive(
        Purpose("nhs_number", SHARED_HOLDER, "2026")
    )
    by_hand = tokens(PEOPLE["nhs_number"], Treatment(scheme="keyed-hash"), key)
    assert made["nhs_number"].to_list() == sorted(by_hand)
    assert set(made["provenance"]) == {"supplied"}
    assert "nhs_number, from column nhs_number: about 400 tokens, up to 7 without" in out
    assert "As in the file: sex, ward." in out


def test_the_metadata_says_how_tokens_were_made_and_who_answers_for_them(
    at: Path, linkassay: Linkassay
) -> None:
    assert linkassay(*ask())[0] == 0
    about = json.loads(pl.read_parquet_metadata(at / "out.parquet")["linkassay"])
    label = about["labels"]["nhs_number"]
    assert (label["scheme"], label["normalisation"]) == ("hmac-sha256/64", "nhs-number")
    assert (label["period"], len(label["key_id"])) == ("2026", 8)
    assert about["authority"]["approver"] == "A. Smith, information governance"
    assert about["authority"]["date"] == "2026-03-31"
    assert about["provenance"] == "supplied"
    assert about["hazards"] == []


def test_a_csv_has_the_same_tokens_as_text_and_its_labels_beside_it(
    at: Path, linkassay: Linkassay
) -> None:
    assert linkassay(*ask())[0] == 0
    code, _, err = linkassay(*ask(out="out.csv"))
    assert code == 0
    assert "keeps 15 digits" in err
    binary = pl.read_parquet(at / "out.parquet")
    text = pl.read_csv(at / "out.csv", infer_schema=False)
    assert text["nhs_number"].to_list() == binary["nhs_number"].cast(pl.String).to_list()
    assert text["postcode"].to_list() == binary["postcode"].bin.encode("hex").to_list()
    assert labels_of(at / "out.csv", "CSV") == labels_of(at / "out.parquet", "Parquet")
    beside = json.loads((at / "out.json").read_text())
    assert beside["sha256"] == digest_of(at / "out.csv")


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_neither_a_value_nor_the_key_is_written_or_shown(
    at: Path, linkassay: Linkassay, out: str
) -> None:
    code, shown, err = linkassay(*ask(out=out))
    assert code == 0
    everything = (shown + err).encode() + (at / out).read_bytes()
    everything += (at / "out.json").read_bytes() if out == "out.csv" else b""
    for row in (PEOPLE["nhs_number"], PEOPLE["surname"], PEOPLE["date_of_birth"]):
        assert not [value for value in row if value.encode() in everything]
    assert KEY.encode() not in everything
    assert bytes.fromhex(KEY) not in everything


def test_the_order_of_rows_does_not_tell_that_of_the_file(at: Path, linkassay: Linkassay) -> None:
    pl.read_csv(at / "left.csv").sort("surname").write_csv(at / "by_name.csv")
    assert linkassay(*ask(out="one.csv"))[0] == 0
    assert linkassay(*ask("by_name.csv", out="two.csv"))[0] == 0
    assert (at / "one.csv").read_bytes() == (at / "two.csv").read_bytes()


def test_a_date_has_one_token_however_it_is_written(at: Path, linkassay: Linkassay) -> None:
    (at / "t.toml").write_text('[identity.date_of_birth]\nscheme = "keyed-hash"\n')
    assert linkassay(*ask(out="one.parquet"))[0] == 0
    assert linkassay(*ask("right.parquet", out="two.parquet"))[0] == 0
    one, two = (pl.read_parquet(at / f"{name}.parquet") for name in ("one", "two"))
    assert one["date_of_birth"].dtype == pl.UInt64
    assert one["date_of_birth"].n_unique() == PEOPLE["date_of_birth"].n_unique()
    assert one["date_of_birth"].to_list() == two["date_of_birth"].to_list()


def test_ids_of_the_file_stay_only_where_that_is_said(at: Path, linkassay: Linkassay) -> None:
    own = 'id_column = "id"\nids = "own"\n'
    (at / "t.toml").write_text(own + TREATMENT)
    assert linkassay(*ask())[0] == 0
    kept = pl.read_parquet(at / "out.parquet")
    assert sorted(kept["id"]) == sorted(PEOPLE["id"])
    (at / "t.toml").write_text('ids = "numbered"\n' + TREATMENT)
    assert linkassay(*ask(), "--force")[0] == 0
    numbered = pl.read_parquet(at / "out.parquet")
    assert numbered["record_id"].to_list() == list(range(1, 401))
    assert "id" not in numbered.columns


def test_files_under_one_key_and_period_link_on_tokens_alone(
    at: Path, linkassay: Linkassay
) -> None:
    (at / "t.toml").write_text('ids = "numbered"\n' + TREATMENT.replace('keep = ["ward"]', ""))
    assert linkassay(*ask(out="one.parquet"))[0] == 0
    assert linkassay(*ask("right.parquet", out="two.csv"))[0] == 0
    code, out, err = linkassay(
        "link", "one.parquet", "two.csv", "--plan", "plan.toml", "--out", "links.parquet"
    )
    assert code == 0, err
    present = pl.read_parquet(at / "right.parquet")["NHS No"].drop_nulls()
    assert pl.read_parquet(at / "links.parquet").height == len(present)
    assert not [number for number in present if number in out + err]


@pytest.mark.parametrize("other", ["key", "period"])
def test_unlike_tokens_never_join(at: Path, linkassay: Linkassay, other: str) -> None:
    assert linkassay(*ask(out="one.parquet"))[0] == 0
    if other == "key":
        (at / "key").write_text("fedcba9876543210" * 4)
    text = TREATMENT.replace('keep = ["ward"]', "")
    (at / "t.toml").write_text(text.replace("2026", "2027") if other == "period" else text)
    assert linkassay(*ask("right.parquet", out="two.parquet"))[0] == 0
    for plan in ([], ["--plan", "plan.toml"]):
        code, _, err = linkassay("link", "one.parquet", "two.parquet", *plan)
        assert code == 2
        assert "column nhs_number: tokens that were not made alike never join" in err
    assert not (at / "links.parquet").exists()


def test_tokens_are_not_compared_with_numbers_in_the_clear(at: Path, linkassay: Linkassay) -> None:
    assert linkassay(*ask())[0] == 0
    for files in (["out.parquet", "right.parquet"], ["right.parquet", "out.parquet"]):
        code, _, err = linkassay("link", *files, "--plan", "plan.toml")
        assert code == 2
        assert "no tokens" in err
    assert not (at / "links.parquet").exists()


def test_codes_that_differ_in_every_row_are_not_linked(at: Path, linkassay: Linkassay) -> None:
    (at / "t.toml").write_text('[identity.nhs_number]\nscheme = "coded-per-row"\n')
    assert linkassay(*ask(out="one.parquet"))[0] == 0
    made = pl.read_parquet(at / "one.parquet")["nhs_number"]
    assert made.n_unique() == 400
    code, _, err = linkassay("link", "one.parquet", "one.parquet", "--plan", "plan.toml")
    assert code == 2
    assert "differ in every row" in err


def test_an_invented_file_needs_no_authority_and_stays_invented(
    at: Path, linkassay: Linkassay
) -> None:
    made = ("simulate", "--people", "300", "--agency", "gp_register", "--quiet", "--out")
    for kind in ("parquet", "csv"):
        assert linkassay(*made, kind, "--format", kind)[0] == 0
        (at / "t.toml").write_text('[identity.nhs_number]\nscheme = "keyed-hash"\n')
        file = f"{kind}/agencies/gp_register.{kind}"
        code, out, err = linkassay(*ask(file, f"{kind}.{kind}", authority=""))
        assert code == 0, err
        assert "everyone in it is invented" in out
        assert (
            provenance_of(at / f"{kind}.{kind}", "CSV" if kind == "csv" else "Parquet")
            == "invented"
        )


def test_a_file_that_is_pseudonymised_already_is_refused(at: Path, linkassay: Linkassay) -> None:
    for name in ("one.csv", "one.parquet"):
        assert linkassay(*ask(out=name))[0] == 0
        code, _, err = linkassay(*ask(name))
        assert code == 2
        assert "is pseudonymised already (" in err
    assert not (at / "out.parquet").exists()


def test_a_csv_that_was_changed_since_it_was_invented_is_supplied(
    at: Path, linkassay: Linkassay
) -> None:
    made = ("simulate", "--people", "300", "--agency", "gp_register", "--quiet", "--out", "a")
    assert linkassay(*made, "--format", "csv")[0] == 0
    file = at / "a" / "agencies" / "gp_register.csv"
    file.write_text(file.read_text() + file.read_text().splitlines()[1] + "\n")
    code, _, err = linkassay(*ask(str(file), authority=""))
    assert code == 2
    assert "give --authority FILE" in err


# Reads as a table: what is wrong, what is changed of the call, what is said.
WRONG_CALLS = {
    "no file": ({"file": "lefd.csv"}, "there is no such file. Did you mean `left.csv`?"),
    "no treatment": ({"treatment": "tt.toml"}, "there is no such file. Did you mean `t.toml`?"),
    "no key": ({"key-file": "kee"}, "there is no such key file; make one with"),
    "key not named": ({"key-file": ""}, "give --key-file FILE or set LINKASSAY_KEY_FILE"),
    "key from input": ({"key-file": "-"}, "not from standard input"),
    "no authority": ({"authority": ""}, "give --authority FILE"),
    "out is the file": ({"out": "left.csv"}, "one of the files to be read"),
    "out is the key": ({"out": "key.csv", "key-file": "key.csv"}, "one of the files to be read"),
    "ending": ({"out": "out.xlsx"}, "must end in .parquet or .csv"),
}


@pytest.mark.parametrize("wrong", WRONG_CALLS)
def test_a_wrong_call_is_refused_in_words(at: Path, linkassay: Linkassay, wrong: str) -> None:
    changed, said = WRONG_CALLS[wrong]
    (at / "key.csv").write_text(KEY)
    before = {path.name: path.read_bytes() for path in at.iterdir()}
    code, _, err = linkassay(*ask(**changed))  # type: ignore[arg-type]
    assert code == 2
    assert said in err
    assert {path.name: path.read_bytes() for path in at.iterdir()} == before


# Reads as a table: the treatment, and what is said of it.
WRONG_TREATMENTS = {
    "= 3": "t.toml, line 1: not valid TOML",
    " ": "t.toml: empty; a treatment needs at least one table",
    "[identity.nhs_numbr]\nscheme = 'clear'": "t.toml, line 1",
    "[identity.nhs_number]\nscheme = 'keyd-hash'": "Did you mean `keyed-hash`?",
    "[identity.nhs_number]\nscheme = 'clear'": "makes no token and no code",
    "[identity.nhs_number]\nscheme = 'keyed-hash'\nbit = 64": "Did you mean `bits`?",
    "[identity.nhs_number]\nscheme = 'keyed-hash'\nverify = ['sex']": "one file has no hub",
    "[identity.place]\nscheme = 'remove'": "must name fields of people or homes alone, not place",
    "ids = 'own'\n[identity.nhs_number]\nscheme = 'keyed-hash'": "needs `id_column`",
    "keep = ['wrd']\n[identity.nhs_number]\nscheme = 'coded'": "Did you mean `ward`?",
    "keep = ['ward', 'ward']\n[identity.nhs_number]\nscheme = 'coded'": "anything twice (ward)",
    "keep = ['surname']\n[identity.nhs_number]\nscheme = 'coded'": "an identifier; to leave it",
    "keep = ['ward']\ndrop = ['ward']\n[identity.nhs_number]\nscheme = 'coded'": "one thing",
    "[identity.uprn]\nscheme = 'coded'": "no column is recognised as uprn; name it in [columns]",
    "[identity.surname]\nscheme = 'coded-shape'": "has no shape of its own",
    "[identity.nhs_number]\nscheme = 'blind'": "must not guard real data",
    "[identity.nhs_number]\nscheme = 'plain-hash'": "give --hazard",
    "[identity.nhs_number]\nscheme = 'keyed-hash'\nbits = 32": "is a hazard, short-token",
}


@pytest.mark.parametrize("text", WRONG_TREATMENTS)
def test_a_wrong_treatment_is_refused_in_words(at: Path, linkassay: Linkassay, text: str) -> None:
    (at / "t.toml").write_text(text)
    code, out, err = linkassay(*ask())
    assert code == 2, out
    assert WRONG_TREATMENTS[text] in err
    assert not (at / "out.parquet").exists()


def test_everything_wrong_with_treatment_key_and_authority_is_said_at_once(
    at: Path, linkassay: Linkassay
) -> None:
    (at / "t.toml").write_text("[identity.nhs_number]\nscheme = 'none'\n")
    (at / "key").write_text("abc")
    ahead = date.today() + timedelta(days=2)  # noqa: DTZ011 - as the authority reads it
    (at / "authority.toml").write_text(
        f'controller = "x"\npurpose = " "\napprvr = "y"\ndate = {ahead.isoformat()}'
    )
    code, _, err = linkassay(*ask())
    assert code == 2
    for said in (
        "identity.nhs_number.scheme",
        "too short: must hold 32 hexadecimal digits",
        "approver: is required",
        "Did you mean `approver`?",
        "must not be blank",
        "must not lie in the future",
    ):
        assert said in err
    assert "abc" not in err


def test_hazards_columns_and_a_missing_key_and_authority_are_said_at_once_with_their_lines(
    at: Path, linkassay: Linkassay
) -> None:
    (at / "t.toml").write_text(
        'keep = ["wrd"]\n[identity.nhs_number]\nscheme = "plain-hash"\nbits = 40\n'
        '[identity.uprn]\nscheme = "coded-shape"\n'
    )
    code, _, err = linkassay(*ask(**{"key-file": "", "authority": ""}))
    assert code == 2
    for said in (
        "give --key-file FILE",
        "t.toml, line 3: identity.nhs_number.scheme: is a hazard, plain-hash",
        "t.toml, line 4: identity.nhs_number.bits: is a hazard, short-token",
        't.toml, line 6: identity.uprn.scheme = "coded-shape": has no shape of its own',
        "left.csv: nothing says that it is invented",
        "left.csv: has no column wrd",
        "left.csv: no column is recognised as uprn",
    ):
        assert said in err
    assert err.count("\n") >= 7
    assert not (at / "out.parquet").exists()


def test_problems_of_a_file_are_said_beside_those_of_its_treatment(
    at: Path, linkassay: Linkassay
) -> None:
    (at / "t.toml").write_text("[identity.nhs_number]\nscheme = 'none'\n")
    code, _, err = linkassay(*ask("lefd.csv"))
    assert code == 2
    assert "t.toml, line 2" in err
    assert "Did you mean `left.csv`?" in err


def test_a_wrong_authority_is_not_called_a_missing_one(at: Path, linkassay: Linkassay) -> None:
    (at / "authority.toml").write_text('controller = "x"\n')
    code, _, err = linkassay(*ask())
    assert code == 2
    assert "approver: is required" in err
    assert "nothing says that it is invented" not in err


def test_a_field_that_several_columns_may_be_is_not_guessed(at: Path, linkassay: Linkassay) -> None:
    twice = PEOPLE.with_columns(pl.col("nhs_number").alias("NHS No"), ward=pl.lit("a"))
    twice.write_csv(at / "left.csv")
    code, _, err = linkassay(*ask())
    assert code == 2
    assert "columns nhs_number, NHS No may all be nhs_number; name one in [columns]" in err
    (at / "t.toml").write_text(TREATMENT + '[columns]\nnhs_number = "NHS No"\n')
    assert linkassay(*ask())[0] == 0
    assert "NHS No" not in pl.read_parquet(at / "out.parquet").columns


# Reads as a table: the content of a file, and what is said of it.
WRONG_FILES = {
    b"": "empty",
    b"nhs_number,sex\n": "holds no rows",
    b"nhs_number,sex,sex\n1,F,F\n": "have the same name",
    "nhs_number,surname\n1,Zoë\n".encode("latin-1"): "not UTF-8 text",
    "nhs_number\n1\n".encode("utf-16"): "UTF-16 text",
    b"nhs_number,sex\n1\n": "line 2",
}


@pytest.mark.parametrize("content", WRONG_FILES)
def test_a_wrong_file_is_refused_in_words(at: Path, linkassay: Linkassay, content: bytes) -> None:
    (at / "wrong.csv").write_bytes(content)
    code, _, err = linkassay(*ask("wrong.csv"))
    assert code == 2
    assert WRONG_FILES[content] in err
    assert not (at / "out.parquet").exists()


def test_a_key_file_that_others_may_read_is_refused(at: Path, linkassay: Linkassay) -> None:
    for mode in (0o640, 0o604, 0o660):
        (at / "key").chmod(mode)
        code, _, err = linkassay(*ask())
        assert code == 2
        assert "chmod 600 key" in err
        assert KEY not in err


@pytest.mark.parametrize("text", ["", "pass phrase of many words", KEY[:31], KEY[:33], "ab" * 32])
def test_a_key_file_without_a_master_in_hexadecimal_is_refused_and_not_shown(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(KeyFileError) as refused:
        load_key_ring(path)
    assert "openssl rand -hex 32" in str(refused.value)
    assert not text or text not in str(refused.value)


def test_the_environment_may_name_the_key_file(
    at: Path, linkassay: Linkassay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKASSAY_KEY_FILE", "key")
    assert linkassay(*ask(**{"key-file": ""}))[0] == 0
    assert (at / "out.parquet").exists()


def test_an_output_that_exists_is_replaced_only_when_that_is_asked_for(
    at: Path, linkassay: Linkassay
) -> None:
    (at / "out.json").write_text("{}")
    code, _, err = linkassay(*ask(out="out.csv"))
    assert code == 2
    assert "out.json is there already" in err
    assert "--force" in err
    assert (at / "out.json").read_text() == "{}"
    assert not (at / "out.csv").exists()
    assert linkassay(*ask(out="out.csv"), "--force")[0] == 0


def test_a_hazard_that_was_asked_for_is_named_on_the_terminal_and_in_the_file(
    at: Path, linkassay: Linkassay
) -> None:
    text = "[identity.nhs_number]\nscheme = 'plain-hash'\nbits = 40\n"
    (at / "t.toml").write_text(text)
    code, _, err = linkassay(*ask(), "--hazard")
    assert code == 0
    about = json.loads(pl.read_parquet_metadata(at / "out.parquet")["linkassay"])
    assert [each["hazard"] for each in about["hazards"]] == ["plain-hash", "short-token"]
    for each in about["hazards"]:
        assert each["reason"] in err
        assert each["source"] in err


def test_hazards_of_a_treatment_are_those_of_the_catalogue() -> None:
    def names(**settings: object) -> list[str]:
        found = hazards_of("nhs_number", Treatment.model_validate(settings))
        return [each.name for each in found]

    assert names(scheme="keyed-hash") == []
    assert names(scheme="keyed-hash", bits=40) == ["short-token"]
    assert names(scheme="plain-hash", bits=32) == ["plain-hash", "short-token"]
    assert names(scheme="coded") == names(scheme="clear") == []
    assert {each.name for each in HAZARDS} >= {"plain-hash", "public-salt", "short-token"}


def test_a_kept_column_that_looks_like_a_name_is_warned_of(at: Path, linkassay: Linkassay) -> None:
    file = PEOPLE.with_columns(ward=pl.lit("a"), email=pl.col("id") + "@example.org")
    file.write_csv(at / "left.csv")
    (at / "t.toml").write_text(TREATMENT.replace('["ward"]', '["email"]'))
    code, _, err = linkassay(*ask())
    assert code == 0
    assert "column email stays, and looks as if it named a person" in err


@given(st.integers(1, 60), st.sampled_from(["keyed-hash", "coded", "vault", "coded-shape"]))
def test_equal_numbers_and_no_others_leave_equal(
    tmp_path_factory: pytest.TempPathFactory, count: int, scheme: str
) -> None:
    at = tmp_path_factory.mktemp("files") / "a.parquet"
    once = people(count)
    both = pl.concat([once, once]).with_columns(visit=pl.int_range(2 * count))
    pl.concat([both]).write_parquet(at, metadata={"provenance": "invented"})
    rules = FileTreatment.model_validate(
        {"identity": {"nhs_number": {"scheme": scheme}}, "keep": ["visit"]}
    )
    ring = KeyRing.from_bytes(bytes.fromhex(KEY))
    file = read_untreated(at)

    def placed(found: Iterable[Finding]) -> list[Problem]:
        return [each.as_problem() for each in found]

    fitted = fit(file, rules, placed, is_answered=False, with_hazards=False)
    table = treat(file, fitted, rules, ring, None).table
    joined = table.join(both, on="visit")
    assert joined["nhs_number"].n_unique() == joined["nhs_number_right"].n_unique() == count
    assert joined.select("nhs_number", "nhs_number_right").unique().height == count
