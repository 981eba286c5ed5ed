"""`linkassay link`: links and summary of supplied files, and every bad input refused in words."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import polars as pl
import pytest

from scenarios.plan_files import load_plan
from tests.people_files import other_file, people, write_files

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

    from tests.command_line import Linkassay

PEOPLE = people(400)
OTHER = other_file(PEOPLE)
VALUE = "Zebedee"  # a value that may never be shown or written


@pytest.fixture(name="files")
def _files(place: SimpleNamespace) -> Path:
    """A directory with two files of people, the truth about them, and files that are wrong."""
    at: Path = place.path
    write_files(at, PEOPLE)
    return at


def test_two_files_are_linked_and_only_ids_weights_and_rules_are_written(
    files: Path, linkassay: Linkassay
) -> None:
    code, out, err = linkassay(
        "link", "left.csv", "right.parquet", "--truth", "truth.csv", "--out", "found/a.parquet"
    )
    assert code == 0, err
    assert "left.csv: CSV, 400 rows, ids in id; columns: first_name, surname" in out
    assert "right.parquet: Parquet, 400 rows, ids in Record ID" in out
    assert "date_of_birth is date_of_birth on the left and DOB on the right." in out
    links = pl.read_parquet(files / "found" / "a.parquet")
    assert links.columns == [
        "left_id", "right_id", "match_weight", "match_probability", "rule", "provenance",
    ]  # fmt: skip
    assert set(links["provenance"]) == {"supplied"}
    assert pl.read_parquet_metadata(files / "found" / "a.parquet")["provenance"] == "supplied"
    assert (links["left_id"].str.slice(1) == links["right_id"].str.slice(1)).mean() > 0.9
    summary = json.loads((files / "found" / "a.json").read_text())
    assert summary["provenance"] == "supplied"
    assert summary["plan_was"] == "suggested"
    assert {"counts", "levels", "patterns", "blocks", "quality", "timings"} <= set(summary)
    assert summary["levels"][0]["weight"] > 0
    links_judged = summary["quality"]["links"]
    recall = links_judged["recall"]
    assert recall["low"] < recall["value"] <= recall["high"]
    assert links_judged["precision"]["out_of"] == summary["counts"]["links"]
    assert sorted(path.name for path in (files / "found").iterdir()) == [
        "a.errors.parquet", "a.json", "a.parquet", "a.report.html", "a.review.parquet",
    ]  # fmt: skip
    review = pl.read_parquet(files / "found" / "a.review.parquet")
    assert review.schema == links.schema
    assert review.height == summary["counts"]["for_review"]
    assert review["match_probability"].is_between(0.5, 0.95).all()


def test_nothing_that_is_written_or_shown_holds_a_value(files: Path, linkassay: Linkassay) -> None:
    code, out, err = linkassay("link", "left.csv", "right.parquet", "--out", "a.csv")
    assert code == 0
    shown = out + err
    shown += "".join((files / name).read_text() for name in ("a.csv", "a.json", "a.report.html"))
    for name in ("surname", "first_name", "date_of_birth", "postcode", "nhs_number"):
        assert not [value for value in PEOPLE[name].unique() if f'"{value}"' in shown], name
        assert not [value for value in PEOPLE[name].unique().head(50) if f" {value} " in shown]


def test_links_are_the_same_whatever_the_order_of_rows(files: Path, linkassay: Linkassay) -> None:
    for number, seed in enumerate((1, 2)):
        PEOPLE.sample(fraction=1, shuffle=True, seed=seed).write_csv(files / "left.csv")
        OTHER.sample(fraction=1, shuffle=True, seed=seed + 5).write_parquet(files / "right.parquet")
        code, _, err = linkassay("link", "left.csv", "right.parquet", "--out", f"{number}.csv")
        assert code == 0, err
    assert (files / "0.csv").read_bytes() == (files / "1.csv").read_bytes()


def test_the_printed_plan_can_be_saved_and_given(files: Path, linkassay: Linkassay) -> None:
    out = linkassay("link", "left.csv", "right.parquet", "--out", "a.csv")[1]
    text = out[out.index("# A suggested plan") : out.index("Found:")]
    (files / "plan.toml").write_text(text)
    assert tomllib.loads(text)["one_to_one"] == "greedy"
    args = ("link", "left.csv", "right.parquet", "--plan", "plan.toml", "--out", "b.csv")
    code, out, err = linkassay(*args)
    assert code == 0, err
    one, other = (json.loads((files / f"{name}.json").read_text()) for name in "ab")
    assert one["plan"] == other["plan"]
    assert other["plan_was"] == "given"
    assert (files / "a.csv").read_bytes() == (files / "b.csv").read_bytes()


@pytest.mark.parametrize("name", ["people-tight", "people-wide"])
def test_a_shipped_plan_finds_its_columns_under_other_headings(
    linkassay: Linkassay, files: Path, name: str
) -> None:
    code, out, err = linkassay(
        "link", "left.csv", "right.parquet", "--plan", name, "--out", "a.csv"
    )
    assert code == 0, err
    assert "postcode is postcode on the left and Post Code on the right." in out
    summary = json.loads((files / "a.json").read_text())
    assert len(summary["plan"]["comparisons"]) == len(load_plan(name).comparisons)


def test_the_wide_plan_does_without_a_number_that_files_lack(
    linkassay: Linkassay, files: Path
) -> None:
    PEOPLE.drop("nhs_number").write_csv(files / "left.csv")
    args = ("link", "left.csv", "right.parquet", "--plan", "people-wide", "--out", "a.csv")
    code, out, err = linkassay(*args)
    assert code == 0, err
    assert "The plan is used without nhs_number, which the files do not have." in out


def test_duplicates_are_found_in_one_file(linkassay: Linkassay, files: Path) -> None:
    again = PEOPLE.head(20).with_columns(pl.col("id").str.replace("p", "again"))
    pl.concat([PEOPLE, again]).write_csv(files / "left.csv")
    truth = pl.DataFrame({"left_id": again["id"], "right_id": PEOPLE["id"].head(20)})
    truth.write_csv(files / "truth.csv")
    args = ("link", "left.csv", "--truth", "truth.csv", "--out", "a.csv")
    code, _, err = linkassay(*args)
    assert code == 0, err
    quality = json.loads((files / "a.json").read_text())["quality"]
    assert quality["true_pairs"] == 20
    assert quality["links"]["recall"]["value"] == 1
    assert quality["curves_one_to_one"] is None


def test_clusters_of_one_file_are_written_beside_the_links(
    linkassay: Linkassay, files: Path
) -> None:
    copies = [
        PEOPLE.head(20).with_columns(id="p" + PEOPLE["id"].head(20) + end) for end in ("x", "y")
    ]
    third = copies[1].with_columns(nhs_number=PEOPLE["nhs_number"].slice(100, 20))
    pl.concat([PEOPLE, copies[0], third]).write_csv(files / "left.csv")
    ids = PEOPLE["id"].head(20)
    truth = pl.DataFrame({"left_id": ids, "right_id": "p" + ids + "x"})
    truth.write_csv(files / "truth.csv")
    args = ("link", "left.csv", "--out", "a.csv", "--truth", "truth.csv")
    code, out, err = linkassay(*args)
    assert code == 0, err
    assert "clusters in a.clusters.csv, missed and false matches in a.errors.csv" in err
    assert "Clusters: 440 records are 400 clusters, so that 40 records are duplicates" in out
    assert "Sizes: 380 of 1, 20 of 3. Links refused: none." in out.replace("\n", " ")
    written = pl.read_csv(files / "a.clusters.csv")
    assert written.columns == ["cluster_id", "record_id", "provenance"]
    assert set(written["record_id"]) == set(pl.read_csv(files / "left.csv")["id"])
    for number in range(20):
        of = written.filter(pl.col("record_id").is_in([f"p{number}", f"pp{number}x"]))
        assert of["cluster_id"].n_unique() == 1
    plan = out[out.index("# A suggested plan") : out.index("Found:")] + "\n[clusters]\n"
    plan += '[[clusters.conflicts]]\ncolumns = ["nhs_number"]\nforms = ["nhs_number"]\n'
    (files / "plan.toml").write_text(plan)
    code, out, err = linkassay(*args, "--plan", "plan.toml", "--force")
    assert code == 0, err
    summary = json.loads((files / "a.json").read_text())["clusters"]
    assert summary["sizes"] == [{"size": 1, "clusters": 400}, {"size": 2, "clusters": 20}]
    assert summary["refused"] == [{"reason": "nhs_number differs", "links": 40}]
    whole = summary["quality"][1]
    assert (whole["of"], whole["found"], whole["true"]) == ("clusters", 420, 420)
    assert whole["recall"]["value"] == 1


def test_what_a_plan_says_for_nothing_is_said(linkassay: Linkassay, files: Path) -> None:
    out = linkassay("link", "left.csv", "right.parquet", "--out", "a.csv")[1]
    text = out[out.index("# A suggested plan") : out.index("Found:")]
    (files / "plan.toml").write_text(text + '\n[clusters]\nsource = "site"\n')
    args = ("--plan", "plan.toml", "--out", "b.csv")
    code, out, err = linkassay("link", "left.csv", "right.parquet", *args)
    assert code == 0, err
    assert "Not used of the plan: clusters: these are of one file, and two are given." in out
    with_sites = PEOPLE.with_columns(site=pl.lit("north"))
    with_sites.write_csv(files / "left.csv")
    code, out, err = linkassay("link", "left.csv", *args, "--force")
    assert code == 0, err
    assert 'Not used of the plan: one_to_one = "greedy": within one file, clusters decide' in out
    lists = '\n[clusters]\nsource = "site"\nfree_of_duplicates = ["nroth"]\n'
    (files / "plan.toml").write_text(text + lists)
    code, out, err = linkassay("link", "left.csv", *args, "--force")
    assert code == 2
    assert "clusters.free_of_duplicates = nroth: no record's site is so" in err


def test_clusters_that_are_there_are_not_replaced_unasked(
    linkassay: Linkassay, files: Path
) -> None:
    (files / "a.clusters.csv").write_text("mine")
    code, _, err = linkassay("link", "left.csv", "--out", "a.csv")
    assert code == 2
    assert "a.clusters.csv is there already" in err
    assert (files / "a.clusters.csv").read_text() == "mine"
    assert not (files / "a.csv").exists()


def test_ids_keep_their_type_and_rows_are_numbered_where_there_is_none(
    linkassay: Linkassay, files: Path
) -> None:
    numbered = PEOPLE.with_columns(pl.int_range(900, 1300).alias("id"))
    numbered.write_parquet(files / "left.parquet")
    OTHER.drop("Record ID").write_csv(files / "right.csv")
    code, out, err = linkassay("link", "left.parquet", "right.csv", "--out", "a.parquet")
    assert code == 0, err
    assert "rows numbered from 1" in out
    links = pl.read_parquet(files / "a.parquet")
    assert links.schema["left_id"] == pl.Int64
    assert links["left_id"].min() >= 900  # type: ignore[operator]
    assert links["right_id"].is_between(1, 400).all()


def test_ids_may_have_another_name_in_each_file(linkassay: Linkassay, files: Path) -> None:
    PEOPLE.rename({"id": "person"}).write_csv(files / "left.csv")
    args = ("link", "left.csv", "right.parquet", "--id", "person,Record ID", "--out", "a.csv")
    code, out, err = linkassay(*args)
    assert code == 0, err
    assert "ids in person" in out
    assert "ids in Record ID" in out


def test_numbers_in_one_file_and_text_in_the_other_are_compared_as_text(
    linkassay: Linkassay, files: Path
) -> None:
    as_float = OTHER.with_columns(pl.col("NHS No").cast(pl.Float64))
    as_float.write_parquet(files / "right.parquet")
    rule = 'blocking = [["nhs_number"]]\ndeterministic = [["nhs_number"]]\n'
    levels = '[[comparisons]]\ncolumn = "nhs_number"\nkind = "text"\nlevels = ["exact"]\n'
    (files / "plan.toml").write_text(rule + levels)
    args = ("link", "left.csv", "right.parquet", "--plan", "plan.toml", "--out", "a.csv")
    assert linkassay(*args)[0] == 0
    assert pl.read_csv(files / "a.csv").height == OTHER["NHS No"].count()


def test_dates_that_cannot_be_read_are_counted_and_missing(
    linkassay: Linkassay, files: Path
) -> None:
    wrong = OTHER.with_columns(
        pl.when(pl.int_range(pl.len()) < 7).then(pl.lit("31/02/1999")).otherwise("DOB").alias("DOB")
    )
    wrong.write_parquet(files / "right.parquet")
    out = linkassay("link", "left.csv", "right.parquet", "--out", "a.csv")[1]
    assert "date_of_birth: 0 values on the left and 7 on the right are no date" in out


def test_a_screen_says_how_good_the_links_are_before_and_after_and_why_pairs_were_missed(
    linkassay: Linkassay, files: Path
) -> None:
    # A true pair of two people who have nothing in common.
    with (files / "truth.csv").open("a") as opened:
        opened.write("p0,q1\n")
    args = ("link", "left.csv", "right.parquet", "--truth", "truth.csv", "--out", "a.csv")
    code, out, err = linkassay(*args)
    assert code == 0, err
    shown = out[out.index("precision (95 %)") : out.index("Seconds:")]
    for said in ("before one-to-one", "links", "lost by blocking", "The model is", "review"):
        assert said in shown
    assert "Missed: 1 of 401 true pairs; 1 of them lost by blocking (0 would weigh enough)" in shown
    assert "1 of 1: made by no blocking rule; first_name: differs" in shown
    assert "missed and false matches in a.errors.csv" in err
    errors = pl.read_csv(files / "a.errors.csv")
    assert errors.select("error", "left_id", "right_id", "stage").rows() == [
        ("missed", "p0", "q1", "blocking")
    ]
    assert errors["reason"].item().startswith("first_name: differs; surname: ")
    assert errors["provenance"].item() == "supplied"
    assert "Without the truth: by its own probabilities, precision 1." in shown
    assert shown.count("\n") < 25
    quality = json.loads((files / "a.json").read_text())["quality"]
    assert {"losses", "curves", "curves_one_to_one", "calibration", "missed", "false"} <= set(
        quality
    )
    assert len(quality["curves"]["curve"]) <= 200
    assert [row["at_least"] for row in quality["curves"]["at_precision"]] == [0.999, 0.9995, 0.9999]
    counted = sum(row["pairs"] for row in quality["losses"])
    assert counted == quality["true_pairs"] == 401


def test_what_needs_no_truth_is_said_without_it(linkassay: Linkassay, files: Path) -> None:
    code, out, err = linkassay("link", "left.csv", "right.parquet", "--out", "a.csv")
    assert code == 0, err
    assert "lost by blocking" not in out
    assert "Records that hold too little to be linked to anybody, left: 0 of 400" in out
    summary = json.loads((files / "a.json").read_text())
    assert "quality" not in summary
    assert summary["expected"]["precision"]["out_of"] == summary["counts"]["links"]
    assert sum(row["review"] for row in summary["review"]["strata"]) > 0


def test_links_are_judged_by_group_with_small_counts_hidden(
    linkassay: Linkassay, files: Path
) -> None:
    rare = pl.when(pl.int_range(pl.len()) < 5).then(pl.lit(VALUE)).otherwise(pl.lit("Town"))
    PEOPLE.with_columns(town=rare).write_csv(files / "left.csv")
    code, out, err = linkassay(
        "link", "left.csv", "right.parquet", "--truth", "truth.csv", "--by", "town",
        "--by", "Gender", "--out", "a.csv",
    )  # fmt: skip
    assert code == 0, err
    written = (files / "a.json").read_text()
    assert VALUE not in out + err + written
    summary = json.loads(written)
    rows = summary["quality"]["by_group"]
    assert {(row["by"], row["side"]) for row in rows} == {("town", "left"), ("Gender", "right")}
    assert "small groups together" in {row["group"] for row in rows}
    counts = [row[name] for row in rows for name in ("count", "out_of")]
    counts += [row[name] for row in summary["balance"] for name in ("linked", "unlinked")]
    assert all(count is None or (count > 5 and count % 5 == 0) for count in counts)


def test_simulated_files_are_judged_by_the_truth_that_was_written_apart(
    linkassay: Linkassay, files: Path
) -> None:
    made = linkassay(
        "simulate", "--out", "world", "--people", "3000", "--agency", "gp_register",
        "--agency", "social_care", "--quiet",
    )  # fmt: skip
    assert made[0] == 0, made[2]
    code, _, err = linkassay(
        "link", "world/agencies/gp_register.parquet", "world/agencies/social_care.parquet",
        "--truth", "world/truth", "--out", "a.csv",
    )  # fmt: skip
    assert code == 0, err
    quality = json.loads((files / "a.json").read_text())["quality"]
    assert quality["links"]["recall"]["value"] > 0.5
    assert quality["true_pairs"] > 20
    sides = {row["side"] for row in quality["missed"]["causes"]}
    assert not quality["missed"]["pairs"] or sides & {"left", "right"}
    code, _, err = linkassay("link", "left.csv", "right.parquet", "--truth", "world/truth")
    assert code == 2
    assert "left-owners.parquet: there is no such file" in err


BAD_CSV = {
    "twice.csv": "id,surname,surname\n1,a,b\n",
    "unnamed.csv": "id,,surname\n1,a,b\n",
    "headless.csv": f"1,{VALUE},1948-07-05\n2,{VALUE},1948-07-06\n",
    "norows.csv": "id,surname\n",
    "blank.csv": "id,surname,dob\n1,,\n2, ,\n",
    "ids.csv": f"id,surname\n1,{VALUE}\n1,{VALUE}\n2,b\n2,c\n",
    "noid.csv": f"id,surname\n1,{VALUE}\n,{VALUE}\n",
    "ragged.csv": f"id,surname\n1,{VALUE}\n2\n3,{VALUE},{VALUE}\n",
    "quote.csv": f'id,surname\n1,"{VALUE}\n2,b\n',
    "one.csv": f"id,surname\n1,{VALUE}\n",
    "other.csv": f"id,shoe_size\n1,{VALUE}1\n2,{VALUE}2\n3,x\n",
    "idonly.csv": "id\n1\n2\n",
    "empty.csv": "",
}

BAD = [
    (["twice.csv", "right.parquet"], "twice.csv, line 1: columns 2, 3 have the same name"),
    (["unnamed.csv", "right.parquet"], "unnamed.csv, line 1: column 2: a name is missing"),
    (["headless.csv", "right.parquet"], "a header is needed, and columns 1, 3 of it looks like"),
    (["norows.csv", "right.parquet"], "norows.csv: holds no rows"),
    (["blank.csv", "right.parquet"], "blank.csv: holds no value in any column besides the id"),
    (
        ["ids.csv", "right.parquet", "--id", "id"],
        "right.parquet: has no column id, which --id names",
    ),
    (["ids.csv", "--id", "id"], "the same id stands in rows 1, 2, 3, 4; every record needs"),
    (["noid.csv", "--id", "id"], "noid.csv: column id: an id is missing in row 2"),
    (["ragged.csv", "right.parquet"], "line 3: the header has 2 columns, and lines 3, 4 more or"),
    (["quote.csv", "right.parquet"], "look for a"),
    (["one.csv"], "one.csv: holds one row, and duplicates need two"),
    (["other.csv", "right.parquet"], "other.csv: no column says the same as one of right.parquet"),
    (["idonly.csv", "right.parquet"], "idonly.csv: holds nothing besides ids"),
    (["empty.csv", "right.parquet"], "empty.csv: empty; give a file with a header and rows"),
    (["latin.csv", "right.parquet"], "latin.csv, line 3: not UTF-8 text; save it as `CSV UTF-8`"),
    (["utf16.csv", "right.parquet"], "UTF-16 text, not UTF-8"),
    (["book.xlsx", "right.parquet"], "a spreadsheet; save it as `CSV UTF-8`"),
    (["binary.csv", "right.parquet"], "line 1: not text; give a CSV or Parquet file"),
    (["short.parquet", "right.parquet"], "a Parquet file that is cut short"),
    (["damaged.parquet", "right.parquet"], "a Parquet file that is damaged"),
    (["false.parquet", "right.parquet"], "its name says Parquet, its content does not"),
    (["nested.parquet", "right.parquet"], "column tags: holds lists or tables, which cannot be"),
    (["missing.csv", "right.parquet"], "missing.csv: there is no such file"),
    (["lefft.csv", "right.parquet"], "there is no such file. Did you mean `left.csv`?"),
    (["somewhere", "right.parquet"], "somewhere: a directory; give a CSV or Parquet file"),
    (["left.csv", "right.parquet", "--id", "idd"], "has no column idd, which --id names"),
    (["left.csv", "right.parquet", "--plan", "absent.toml"], "column shoe_size: left.csv has no"),
    (["left.csv", "right.parquet", "--plan", "level.toml"], "levels: level 'exat'"),
    (["left.csv", "right.parquet", "--plan", "people-tigt"], "Did you mean `people-tight`?"),
    (["left.csv", "right.parquet", "--truth", "left.csv"], "left.csv: column left_id: is required"),
    (["left.csv", "right.parquet", "--truth", "strange.csv"], "no pair is of records in these"),
    (["left.csv", "right.parquet", "--by", "surnam"], "Did you mean `surname`?"),
    (["left.csv", "right.parquet", "--by", "surname"], "different values; up to 50 groups"),
    (["left.csv", "right.parquet", "--out", "a.txt"], "must end in .parquet or .csv"),
    (["left.csv", "right.parquet", "--out", "somewhere.csv"], "somewhere.csv is a directory"),
    (["left.csv", "right.parquet", "--out", "left.csv", "--force"], "one of the files to be read"),
    (["left.csv", "right.parquet", "--out", "there.csv"], "--out there.csv --force"),
    (["left.csv", "right.parquet", "--out", "json.csv"], "json.json is there already"),
    (
        ["left.csv", "right.parquet", "--truth", "truth.csv", "--out", "listed.csv"],
        "listed.errors.csv is there already",
    ),
    (["left.csv", "right.parquet", "--out", "left.csv/a.csv"], "is a file, not a directory"),
    (["left.csv", "right.parquet", "--seed", "x"], "'x' is not a whole number. Try --seed 1"),
]


def fill(at: Path) -> None:
    """Writes files that are wrong, each in its own way."""
    for name, text in BAD_CSV.items():
        (at / name).write_text(text)
    (at / "latin.csv").write_bytes(f"id,surname\n1,a\n2,{VALUE}\u00e9\n".encode("latin-1"))
    (at / "utf16.csv").write_bytes("id,surname\n1,a\n".encode("utf-16"))
    (at / "book.xlsx").write_bytes(b"PK\x03\x04" + b"x" * 50)
    (at / "binary.csv").write_bytes(b"\x00\x01\x02\x03")
    content = (at / "right.parquet").read_bytes()
    (at / "short.parquet").write_bytes(content[:-20])
    (at / "damaged.parquet").write_bytes(content[:200] + b"\xff" * (len(content) - 204) + b"PAR1")
    (at / "false.parquet").write_text("id,surname\n1,a\n")
    pl.DataFrame({"id": [1, 2], "tags": [["a"], ["b"]]}).write_parquet(at / "nested.parquet")
    (at / "somewhere").mkdir()
    (at / "somewhere.csv").mkdir()
    plan = 'blocking = [["shoe_size"]]\ndeterministic = [["shoe_size"]]\n[[comparisons]]\n'
    plan += 'column = "surname"\nkind = "name"\nlevels = ["exact"]\n'
    (at / "absent.toml").write_text(plan)
    (at / "level.toml").write_text(plan.replace('"exact"', '"exat"').replace("shoe_size", "dob"))
    (at / "strange.csv").write_text("left_id,right_id\nx,y\n")
    (at / "there.csv").touch()
    (at / "json.json").touch()
    (at / "listed.errors.csv").touch()


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_input_exits_with_2_shows_no_value_and_writes_nothing(
    files: Path, linkassay: Linkassay, arguments: list[str], message: str
) -> None:
    fill(files)
    before = {path: path.stat().st_mtime_ns for path in files.rglob("*")}
    out_too = [] if "--out" in arguments else ["--out", "out.parquet"]
    code, out, err = linkassay("link", *arguments, *out_too)
    assert code == 2, out + err
    assert message in err
    assert VALUE not in out + err
    assert "Traceback" not in err
    assert {path: path.stat().st_mtime_ns for path in files.rglob("*")} == before


def test_problems_of_both_files_are_told_at_once(files: Path, linkassay: Linkassay) -> None:
    fill(files)
    err = linkassay("link", "missing.csv", "short.parquet")[2]
    assert "missing.csv: there is no such file" in err
    assert "short.parquet: a Parquet file that is cut short" in err


def test_links_and_summary_are_replaced_where_asked_to(files: Path, linkassay: Linkassay) -> None:
    args = ("link", "left.csv", "right.parquet", "--out", "a.csv")
    assert linkassay(*args)[0] == 0
    before = (files / "a.csv").read_bytes()
    (files / "a.csv").write_text("old")
    assert linkassay(*args)[0] == 2
    assert (files / "a.csv").read_text() == "old"
    assert linkassay(*args, "--force")[0] == 0
    assert (files / "a.csv").read_bytes() == before


def test_no_progress_is_shown_where_nobody_watches(files: Path, linkassay: Linkassay) -> None:
    assert (files / "left.csv").exists()
    err = linkassay("link", "left.csv", "right.parquet", "--out", "a.csv")[2]
    assert err == (
        "Written to a.csv; pairs for review in a.review.csv, the summary in a.json, the report "
        "in a.report.html.\n"
    )
