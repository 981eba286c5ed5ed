"""The report of a linkage: what it says, what it never shows, and pairs that are asked for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

import polars as pl
import pytest

from scenarios.asked_pairs import asked_pairs, explained_pairs
from scenarios.link_report import LinkReading, render
from scenarios.link_report.words import (
    bits_words,
    chance_words,
    few_words,
    level_words,
    rounded,
    rule_words,
    share_words,
    small_safe,
)
from scenarios.linking import judge, match_prepared, prepare
from scenarios.linking_summary import summary_of
from tests.people_files import other_file, people, write_files

if TYPE_CHECKING:
    from pathlib import Path
    from types import SimpleNamespace

    from tests.command_line import Linkassay

SENTINEL = "Zyxwvut"
PEOPLE = people(400).with_columns(
    surname=pl.when(pl.int_range(pl.len()) < 30).then(pl.lit(SENTINEL)).otherwise("surname")
)
OTHER = other_file(PEOPLE)
LARGEST = 400_000  # bytes


def reading_of(at: Path, *, one_file: bool = False, asked: tuple[str, ...] = ()) -> LinkReading:
    """What the command hands to the report, for two files with a truth, or for one without."""
    right = None if one_file else at / "right.parquet"
    truth = None if one_file else at / "truth.csv"
    prepared = prepare(at / "left.csv", right, truth=truth)
    matched = match_prepared(prepared, 1)
    pairs = explained_pairs(prepared, matched, asked_pairs(prepared, asked))
    quality = judge(prepared, matched)
    summary = summary_of(prepared, matched, quality, 1, {})
    return LinkReading(prepared, matched, quality, summary, pairs)


def text_of(page: str) -> str:
    """A page as it is read: without its style, its marks, and its tables as data."""
    bare = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(bare).replace("\u00a0", " ").split())


@pytest.fixture(name="files")
def _files(place: SimpleNamespace) -> Path:
    at: Path = place.path
    write_files(at, PEOPLE)
    return at


def test_a_report_is_written_beside_the_links_and_its_page_is_one_file_without_script(
    files: Path, linkassay: Linkassay
) -> None:
    code, _, err = linkassay("link", "left.csv", "right.parquet", "--out", "found/a.csv")
    assert code == 0, err
    assert "the report in found/a.report.html" in err
    page = (files / "found" / "a.report.html").read_text(encoding="utf-8")
    assert len(page.encode()) < LARGEST
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:text/csv)', page)
    assert not re.search(r"\son[a-z]+=", page)
    assert "Your files; figures only" in page
    assert "invented" not in page


@pytest.mark.parametrize("one_file", [False, True])
def test_no_value_of_a_file_and_no_id_stands_on_the_page(files: Path, *, one_file: bool) -> None:
    page = render(reading_of(files, one_file=one_file))
    assert SENTINEL not in page
    assert SENTINEL.upper() not in page
    words = set(re.findall(r"[\w'-]+", unescape(page)))
    for frame in (PEOPLE, OTHER):
        for name in frame.columns:
            values = set(frame[name].drop_nulls().unique()) - {"F", "M"}
            assert not values & words, name
            assert not {value.upper() for value in values} & words, name


def test_ids_of_pairs_that_were_asked_for_stand_on_the_page_and_no_other(files: Path) -> None:
    page = render(reading_of(files, asked=("p3:q3", "p3:q4")))
    assert set(re.findall(r"\b[pq]\d+\b", text_of(page))) == {"p3", "q3", "q4"}
    assert "Asked for: p3 and q4" in page


def test_the_page_says_how_many_links_are_right_with_range_and_denominator(files: Path) -> None:
    reading = reading_of(files)
    words = text_of(render(reading))
    assert reading.quality.truth is not None
    precision = reading.quality.truth.after.precision
    right = f"{precision.count:,} of"
    assert f"{right} {precision.out_of:,} links, by the true pairs that were given" in words
    assert f"{right} 400 true pairs" in words
    assert f"{share_words(precision.low)} to".replace("\u00a0", " ") in words
    assert "How good the links are" in words


def test_without_a_truth_the_estimate_is_called_the_models_own_and_not_checked(
    files: Path,
) -> None:
    again = PEOPLE.head(60).with_columns(pl.col("id").str.replace("p", "again"))
    pl.concat([PEOPLE, again]).write_csv(files / "left.csv")
    reading = reading_of(files, one_file=True)
    words = text_of(render(reading))
    assert "the model's own estimate, not checked" in words
    assert "How good the links are" not in words
    assert "Duplicates were looked for among 460 records." in words
    own = reading.own
    assert own is not None
    linked = reading.matched.pairs.filter(pl.col("decision") == "link")
    assert own.links == linked.height
    assert own.false == pytest.approx((1 - linked["match_probability"]).sum(), abs=1e-9)
    assert 0 <= own.low <= own.false <= own.high <= own.links


def test_the_page_is_the_same_bytes_every_time(files: Path) -> None:
    assert render(reading_of(files)) == render(reading_of(files))


def test_links_without_a_weight_are_told_and_break_nothing(files: Path) -> None:
    reading = reading_of(files, asked=("p3:q3",))
    nothing = pl.lit(None, pl.Float64)
    pairs = reading.matched.pairs.with_columns(
        match_weight=nothing, match_probability=nothing
    )  # as of rules that link without one
    matched = replace(reading.matched, pairs=pairs)
    explained = explained_pairs(reading.prepared, matched, ((3, 3),))
    words = text_of(render(replace(reading, matched=matched, explained=explained)))
    links = reading.count("links")
    assert f"{links:,} of {links:,} links have no weight" in words


def test_a_linkage_that_finds_nothing_has_a_report_too(files: Path, linkassay: Linkassay) -> None:
    rule = 'blocking = [["surname"]]\ndeterministic = [["surname"]]\n'
    levels = '[[comparisons]]\ncolumn = "surname"\nkind = "name"\nlevels = ["exact"]\n'
    (files / "plan.toml").write_text(rule + levels)
    (files / "one.csv").write_text("id,surname\n1,Aldous\n2,Bowen\n")
    (files / "two.csv").write_text("id,surname\n1,Carey\n2,Doyle\n")
    args = ("link", "one.csv", "two.csv", "--plan", "plan.toml", "--explain", "--out", "a.csv")
    code, out, err = linkassay(*args)
    assert code == 0, err
    assert "No pair came near to being linked" in out
    words = text_of((files / "a.report.html").read_text(encoding="utf-8"))
    assert "No rule brings any pair together" in words
    assert "No pair was compared, so there is no pattern." in words


def test_explain_shows_waterfalls_of_a_handful_as_plain_text_that_adds_up(
    files: Path, linkassay: Linkassay
) -> None:
    assert (files / "left.csv").exists()
    code, out, err = linkassay("link", "left.csv", "right.parquet", "--explain", "--out", "a.csv")
    assert code == 0, err
    assert "\x1b" not in out
    told = out[out.index("A typical link") :]
    assert "The weakest link: p" in told
    steps = re.findall(r"^  \S.*? +([+-]?\d+\.\d) +(-?\d+\.\d)  [+-]*$", told, flags=re.MULTILINE)
    assert len(steps) > 10
    before = 0.0
    for bits, total in steps:
        start = 0.0 if bits == total else before
        assert start + float(bits) == pytest.approx(float(total), abs=0.11)
        before = float(total)


def test_a_pair_that_was_asked_for_is_explained_alone(files: Path, linkassay: Linkassay) -> None:
    args = ("link", "left.csv", "right.parquet", "--pair", "p5:q5", "--pair", "p5:q6")
    code, out, err = linkassay(*args, "--out", "a.csv")
    assert code == 0, err
    assert "Asked for: p5:q5, linked" in out
    assert "Asked for: p5:q6, not linked" in out
    assert "No blocking rule brought it together" in out
    assert "A typical link" not in out
    assert (files / "a.report.html").exists()


def test_ids_may_hold_colons(files: Path) -> None:
    PEOPLE.with_columns(pl.col("id").str.replace("p", "a:")).write_csv(files / "left.csv")
    prepared = prepare(files / "left.csv", files / "right.parquet")
    (pair,) = asked_pairs(prepared, ["a:7:q8"])
    assert prepared.left.ids[pair[0]] == "a:7"
    assert prepared.right is not None
    assert prepared.right.ids[pair[1]] == "q8"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["right.parquet", "--pair", "p5"], "--pair = p5: names one record; give the id of a left"),
        (["right.parquet", "--pair", "p5:x1"], "right.parquet has no record of the id x1"),
        (["--pair", "p5:p5"], "both are one record"),
        (["right.parquet", "--pair", "x:y"], "left.csv has no record of the id x; right.parquet"),
    ],
)  # fmt: skip
def test_a_pair_that_is_not_there_is_refused_before_anything_is_matched(
    files: Path, linkassay: Linkassay, arguments: list[str], message: str
) -> None:
    code, out, err = linkassay("link", "left.csv", *arguments, "--out", "a.csv")
    assert code == 2
    assert message in err
    assert "Found:" not in out
    assert not (files / "a.csv").exists()


def test_the_report_is_never_written_over_without_being_asked(
    files: Path, linkassay: Linkassay
) -> None:
    (files / "a.report.html").write_text("mine")
    code, _, err = linkassay(
        "link", "left.csv", "right.parquet", "--pair", "p1:q1", "--out", "a.csv"
    )
    assert code == 2
    assert "a.report.html is there already" in err
    assert "--pair p1:q1" in err
    assert (files / "a.report.html").read_text() == "mine"


def test_small_counts_are_not_told_apart_and_others_are_rounded_to_five() -> None:
    assert [small_safe(count) for count in (0, 1, 7, 8, 12, 13, 1_234)] == [
        "0", "up to 7", "up to 7", "10", "10", "15", "1,235",
    ]  # fmt: skip
    assert [rounded(count) for count in (0, 1, 7, 8, 1_234)] == [0, 7, 7, 10, 1_235]


def test_every_chart_has_a_title_words_a_table_and_says_whose_figures_it_shows(
    files: Path,
) -> None:
    page = render(reading_of(files))
    charts = re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)
    assert len(charts) == 5 + len(reading_of(files).explained)
    assert page.count("Table of figure") == 2 * len(charts)
    for chart in charts:
        assert re.search(r"<title[^>]*>[^<]{10,}</title><desc[^>]*>[^<]{20,}</desc>", chart)
        assert "Your files; figures only" in chart
        assert "supplied" not in chart
    assert "provenance%22" in page
    assert "%22supplied%22" in page


def test_columns_may_be_named_as_columns_of_our_tables(files: Path, linkassay: Linkassay) -> None:
    names = {"surname": "pairs", "first_name": "level", "sex": "so_far", "postcode": "match_weight"}
    for side in ("one", "two"):
        PEOPLE.rename(names).write_csv(files / f"{side}.csv")
    comparison = '[[comparisons]]\ncolumn = "{}"\nkind = "name"\nlevels = ["exact"]\n'
    rules = 'blocking = [["pairs"]]\ndeterministic = [["pairs", "level"]]\n'
    plan = rules + "".join(comparison.format(name) for name in names.values())
    (files / "plan.toml").write_text(plan)
    code, _, err = linkassay("link", "one.csv", "two.csv", "--plan", "plan.toml", "--out", "a.csv")
    assert code == 0, err
    patterns = json.loads((files / "a.json").read_text())["patterns"]
    assert {row["level of pairs"] for row in patterns} == {"exact"}
    assert all(row["pairs"] > 0 for row in patterns)


def test_names_of_columns_are_shown_as_text_whatever_they_hold(
    files: Path, linkassay: Linkassay
) -> None:
    names = {"surname": "<script>x</script>", "first_name": 'f id="y" url(#z)', "sex": "s" * 90}
    for side in ("one", "two"):
        PEOPLE.rename(names).write_csv(files / f"{side}.csv")
    comparison = '[[comparisons]]\ncolumn = \'{}\'\nkind = "name"\nlevels = ["exact"]\n'
    rules = "blocking = [['<script>x</script>']]\ndeterministic = [[\"nhs_number\"]]\n"
    plan = rules + "".join(comparison.format(name) for name in names.values())
    (files / "plan.toml").write_text(plan)
    code, _, err = linkassay("link", "one.csv", "two.csv", "--plan", "plan.toml", "--out", "a.csv")
    assert code == 0, err
    page = (files / "a.report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<script>x</script>: exact" in unescape(page)


def test_small_counts_of_patterns_are_hidden_on_the_page(files: Path) -> None:
    reading = reading_of(files)
    page = text_of(render(reading))
    table = page[page.index("Patterns around the threshold") :]
    assert (reading.matched.patterns["pairs"] <= 7).any()
    assert "up to 7" in table


def test_numbers_are_written_as_a_reader_meets_them() -> None:
    assert [bits_words(each) for each in (4.248, -0.01, None, float("inf"))] == [
        "4.2", "0.0", "none", "infinite",
    ]  # fmt: skip
    assert [bits_words(each, signed=True) for each in (4.248, 0.0, -3.26)] == [
        "+4.2", "0.0", "\u22123.3",
    ]  # fmt: skip
    shares = (1.0, 0.9999999, 0.99996, 0.5, 0.000123, 1e-7, 1e-10, 0.0)
    assert [share_words(each).replace("\u00a0", " ") for each in shares] == [
        "100 %", "over 99.999 %", "99.996 %", "50.0 %", "0.0123 %", "0.000010 %",
        "under 0.000001 %", "0 %",
    ]  # fmt: skip
    assert chance_words(1e-9).replace("\u00a0", " ") == "under 0.001 %"
    assert [few_words(each) for each in (0, 0.001, 0.0345, 3.14, 12.6, 1234.5)] == [
        "0", "under 0.01", "0.035", "3.1", "13", "1,234",
    ]  # fmt: skip


def test_levels_and_rules_are_written_in_words() -> None:
    assert level_words("jaro_winkler>=0.92") == "Jaro-Winkler similarity, 0 to 1: 0.92 or more"
    assert level_words("osa<=1").endswith("swapped with the next: 1 at most")
    assert level_words("exact") == "the values are the same"
    assert level_words("swapped").startswith("each record has the other's values")
    assert level_words("missing") == "a value is missing on a side"
    assert rule_words(("surname:soundex", "sex")) == (
        "surname (the Soundex code of all its letters) and sex"
    )
