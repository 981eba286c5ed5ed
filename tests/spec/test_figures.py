"""Charts: their colours, titles, alternatives and tables, and how numbers are put into words."""

from __future__ import annotations

import re
from math import isclose
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.intervals import wilson
from scenarios.figures import PALETTE, TEXT_COLOURS, Chart, Reading, charts, draw
from scenarios.figures.measures import noun_of
from scenarios.figures.words import (
    count_words,
    decimals_of,
    difference_words,
    group_words,
    one_in,
    quantity,
    told,
    value_words,
)
from scenarios.result import AS_PROPOSED, Figure, Range
from tests.sample_result import sample_result

SVG = "{http://www.w3.org/2000/svg}"
SHAPE_CONTRAST = 3.0
TEXT_CONTRAST = 4.5
STEMS = [
    "answer-visits",
    "cost-cost-per-head",
    "recall-by-step",
    "missed-by-group",
    "contacts-dated-contacts",
    "numbers-reversed",
    "options-compared",
    "frontier",
]


@pytest.fixture(scope="module")
def drawn() -> dict[str, Chart]:
    return {chart.stem: chart for chart in charts(sample_result())}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2, from #RRGGBB."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_on_white(colour: str) -> float:
    return 1.05 / (luminance(colour) + 0.05)


def share(count: int, out_of: int) -> Figure:
    low, high = wilson(count, out_of)
    return Figure(
        option=AS_PROPOSED, seed=1, section="linkage", subject="step", measure="recall",
        value=count / out_of, unit="share", count=count, out_of=out_of,
        chance=Range(low=float(low), high=float(high)),
    )  # fmt: skip


def test_black_on_white_has_the_contrast_that_the_standard_states() -> None:
    assert isclose(contrast_on_white("#000000"), 21.0)


@pytest.mark.parametrize("colour", PALETTE)
def test_every_colour_stands_out_from_white_as_a_shape(colour: str) -> None:
    assert contrast_on_white(colour) >= SHAPE_CONTRAST


@pytest.mark.parametrize("colour", TEXT_COLOURS)
def test_every_colour_of_text_stands_out_from_white_as_text(colour: str) -> None:
    assert colour in PALETTE
    assert contrast_on_white(colour) >= TEXT_CONTRAST


def test_all_charts_of_a_complete_result_are_drawn_in_the_order_of_the_report(
    drawn: dict[str, Chart],
) -> None:
    assert list(drawn) == STEMS


def test_an_answer_without_a_range_is_not_drawn(drawn: dict[str, Chart]) -> None:
    assert not {"answer-known-to-both", "answer-early-alert"} & set(drawn)


def test_the_same_result_gives_the_same_bytes() -> None:
    assert draw(charts(sample_result())) == draw(charts(sample_result()))


@pytest.mark.parametrize("stem", STEMS)
def test_the_title_of_a_chart_has_at_most_ten_words_and_a_number(
    drawn: dict[str, Chart], stem: str
) -> None:
    words = drawn[stem].title.replace("\u00a0", "").split()
    assert len(words) <= 10
    assert re.search(r"\d", drawn[stem].title)


@pytest.mark.parametrize("stem", STEMS)
def test_the_alternative_of_a_chart_is_one_sentence_with_numbers(
    drawn: dict[str, Chart], stem: str
) -> None:
    assert drawn[stem].alternative.endswith(".")
    assert re.search(r"\d", drawn[stem].alternative)


@pytest.mark.parametrize("stem", STEMS)
def test_the_table_of_a_chart_has_a_cell_for_every_column(
    drawn: dict[str, Chart], stem: str
) -> None:
    chart = drawn[stem]
    assert chart.rows
    assert {len(row) for row in chart.rows} == {len(chart.columns)}


@pytest.mark.parametrize("stem", STEMS)
def test_a_drawing_has_one_name_and_hides_the_rest(drawn: dict[str, Chart], stem: str) -> None:
    root = ET.fromstring(drawn[stem].svg)  # noqa: S314 - drawn by us
    named = {node.get("id"): node.text for node in root if node.tag != f"{SVG}g"}
    assert root.get("role") == "img"
    assert (root.get("aria-labelledby") or "").split() == list(named)
    assert list(named.values()) == [drawn[stem].title, drawn[stem].alternative]
    inner = [node for node in root if node.tag == f"{SVG}g"]
    assert [node.get("aria-hidden") for node in inner] == ["true"]
    assert not [n for g in inner for n in g.iter() if n is not g and n.get("aria-label")]


@pytest.mark.parametrize("stem", STEMS)
def test_the_text_of_a_chart_is_level_and_in_a_colour_of_text(
    drawn: dict[str, Chart], stem: str
) -> None:
    root = ET.fromstring(drawn[stem].svg)  # noqa: S314 - drawn by us
    texts = list(root.iter(f"{SVG}text"))
    assert "Everyone here is invented" in [text.text for text in texts]
    assert {text.get("fill") for text in texts} <= set(TEXT_COLOURS)
    turns = [re.search(r"rotate\(([^)]*)\)", text.get("transform") or "") for text in texts]
    assert not [turn for turn in turns if turn and float(turn[1])]


@pytest.mark.parametrize("stem", STEMS)
def test_the_marks_of_a_chart_are_drawn_in_colours_of_the_palette(
    drawn: dict[str, Chart], stem: str
) -> None:
    root = ET.fromstring(drawn[stem].svg)  # noqa: S314 - drawn by us
    used = {
        node.get("fill")
        for node in root.iter(f"{SVG}path")
        if "translate" in (node.get("transform") or "") and node.get("fill")
    }
    assert used
    assert used - {"none", "transparent"} <= set(PALETTE)


def test_the_rows_of_recall_are_the_link_steps(drawn: dict[str, Chart]) -> None:
    rows = drawn["recall-by-step"].rows
    assert [row[0] for row in rows] == [
        "A&E departments",
        "Adult social care",
        "Fire and rescue service",
        "Adult social care (clear text, to compare)",
    ]
    assert rows[1][1:] == ("93.2\u00a0%", "92.4 to 93.9\u00a0%", "3,849 of 4,130 true pairs")


def test_the_rows_of_the_missed_are_everybody_and_every_group(drawn: dict[str, Chart]) -> None:
    names = [row[0] for row in drawn["missed-by-group"].rows]
    assert len(names) == len(set(names)) == 18
    assert names[:3] == ["Everybody", "Female", "Male"]


def test_the_worst_group_is_of_the_worst_step_and_not_too_small_to_tell() -> None:
    reading = Reading(sample_result())
    assert reading.worst_step == "social_care"
    worst = reading.worst_group("social_care")
    other = reading.missed("social_care", "ethnic_group=Other")
    assert worst is not None
    assert worst.group == "ethnic_group=Black"
    assert other is not None
    assert (other.value or 0) > (worst.value or 0)
    assert (other.out_of or 0) < 100


def test_no_group_is_named_where_none_is_missed_more_than_everybody() -> None:
    result = sample_result()
    few = tuple(
        f.model_copy(update={"out_of": 99, "count": 90})
        if f.measure == "recall" and f.group not in ("all", "deprivation_fifth=5")
        else f
        for f in result.figures
    )
    reading = Reading(result.model_copy(update={"figures": few}))
    assert reading.worst_group("social_care") is None


def test_a_range_without_width_is_none() -> None:
    figure = share(5, 10).model_copy(update={"chance": None, "unknown": Range(low=0.5, high=0.5)})
    assert told(figure).replace("\u00a0", " ") == "50.0 %, 5 of 10 true pairs"


def test_a_count_is_told_with_its_denominator_and_range() -> None:
    figure = share(165, 4_926).model_copy(
        update={"value": 165.0, "unit": "count", "chance": Range(low=136.6, high=199.02)}
    )
    assert told(figure) == "165 of 4,926 true pairs (137 to 199)"


def test_a_step_on_clear_text_is_never_the_worst_while_others_feed_answers() -> None:
    result = sample_result()
    low = {"value": 0.1, "count": 413}
    changed = tuple(
        f.model_copy(update=low)
        if f.subject.endswith("clear_text") and f.measure == "recall" and f.group == "all"
        else f
        for f in result.figures
    )
    assert Reading(result.model_copy(update={"figures": changed})).worst_step == "social_care"


def test_several_seeds_widen_the_range_of_chance_of_the_first() -> None:
    first = share(960, 1_000)
    second = first.model_copy(update={"seed": 2, "value": 0.90})
    sample = sample_result()
    result = sample.model_copy(update={"figures": (first, second), "seeds": (1, 2)})
    found = Reading(result).figure("linkage", "step", "recall")
    assert found is not None
    assert found.value == 0.96
    assert found.chance == Range(low=0.90, high=first.chance.high if first.chance else None)


def test_a_share_is_told_with_range_and_denominator() -> None:
    words = told(share(84_201, 87_600)).replace("\u00a0", " ")
    assert words == "96.12 % (95.99 to 96.25 %), 84,201 of 87,600 true pairs"


def test_the_wider_range_is_told_and_sets_the_digits() -> None:
    figure = share(84_201, 87_600).model_copy(update={"unknown": Range(low=0.85, high=0.99)})
    assert told(figure).replace("\u00a0", " ") == "96 % (85 to 99 %), 84,201 of 87,600 true pairs"


def test_not_quite_all_is_never_told_as_all() -> None:
    assert quantity(0.9999, "share", 1).replace("\u00a0", " ") == "99.99 %"
    assert quantity(0.0001, "share", 1).replace("\u00a0", " ") == "0.01 %"
    assert quantity(1.0, "share", 1).replace("\u00a0", " ") == "100 %"
    assert quantity(0.0, "share", 1).replace("\u00a0", " ") == "0 %"


@pytest.mark.parametrize(
    ("value", "words"), [(0.025, "1 in 40"), (0.000433, "1 in 2,300"), (0.5, ""), (0.0, "")]
)
def test_small_shares_are_told_as_one_in(value: float, words: str) -> None:
    assert one_in(value).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("age=0-17", "Aged 0 to 17"),
        ("age=80+", "Aged 80 and over"),
        ("deprivation_fifth=1", "Deprivation fifth 1, most deprived"),
        ("ethnic_group=Mixed", "Ethnic group Mixed"),
        ("practice=12", "Practice 12"),
    ],
)
def test_groups_are_told_in_words(group: str, words: str) -> None:
    assert group_words(group) == words


def test_differences_of_shares_are_told_in_points() -> None:
    words = difference_words(share(500, 1_000), share(469, 1_000)).replace("\u00a0", " ")
    assert words == "+3 points"


@given(low=st.floats(0.0, 0.9), width=st.floats(0.0005, 0.1))
def test_the_last_digit_is_neither_lost_in_the_range_nor_finer_than_it(
    low: float, width: float
) -> None:
    figure = share(1, 2).model_copy(
        update={"value": low + width / 2, "chance": Range(low=low, high=low + width)}
    )
    last_place = 10.0 ** -decimals_of(figure)
    percent = 100 * width
    assert last_place > percent / 40 * (1 - 1e-6) or decimals_of(figure) == 0
    assert last_place <= percent / 4 * (1 + 1e-6) or decimals_of(figure) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"section": "answer", "measure": "rank_agreement"}, "over 4 groups"),
        ({"section": "answer", "measure": "answered", "out_of": 1}, "over 1 person"),
        ({"section": "attack", "measure": "precision", "count": 3}, "3 of 4 claims"),
        ({"section": "linkage", "measure": "precision", "count": 3}, "3 of 4 links"),
        ({"section": "answer", "measure": "alert_recall"}, "over 4 people who should raise one"),
        ({"section": "answer", "measure": "alert_precision", "count": 3}, "3 of 4 alerts"),
        ({"section": "ingest", "measure": "tokens", "count": 3}, "3 of 4 records"),
    ],
)
def test_a_denominator_says_what_it_counts(changes: dict[str, object], words: str) -> None:
    assert count_words(share(1, 4).model_copy(update={"count": None, **changes})) == words


def test_every_denominator_of_a_result_says_what_it_counts() -> None:
    out_of = [figure for figure in sample_result().figures if figure.out_of is not None]
    assert out_of
    assert [figure.measure for figure in out_of if not noun_of(figure)] == []


def test_a_ranking_is_counted_in_what_it_ranks() -> None:
    reading = Reading(sample_result())
    error = share(1, 6).model_copy(
        update={"section": "answer", "subject": "cost_per_head", "measure": "mean_error"}
    )
    assert reading.noun(error) == "practices"


@given(value=st.floats(0.1, 5.0), width=st.floats(0.0, 4.0))
def test_a_ratio_has_two_decimals_at_least(value: float, width: float) -> None:
    figure = share(1, 2).model_copy(
        update={
            "value": value,
            "unit": "ratio",
            "chance": Range(low=value - width / 2, high=value + width / 2),
        }
    )
    assert decimals_of(figure) >= 2
    smallest = figure.model_copy(update={"measure": "smallest_detectable_decrease"})
    assert decimals_of(smallest) == 2


def test_not_quite_the_same_order_is_never_told_as_the_same() -> None:
    assert quantity(0.9996, "correlation", 2) == "0.9996"
    assert quantity(1.0, "correlation", 2) == "1.00"


def test_wrong_names_as_a_share_keep_what_reruns_moved() -> None:
    result = sample_result()
    moved = tuple(
        f.model_copy(update={"unknown": Range(low=20.0, high=150.0)})
        if (f.option, f.measure, f.group) == (AS_PROPOSED, "wrong_names", "contacts=4")
        else f
        for f in result.figures
    )
    reading = Reading(result.model_copy(update={"figures": moved}))
    found = reading.wrongly_named("dated_contacts", "contacts=4")
    assert found is not None
    assert found.unknown == Range(low=0.02, high=0.15)


def test_an_option_has_a_line_only_where_it_differs(drawn: dict[str, Chart]) -> None:
    reversal = drawn["numbers-reversed"]
    assert reversal.title.replace("\u00a0", " ") == (
        "Stolen key: 100 % of tokens reversed; no key: 0 %"
    )
    assert reversal.svg.count(">Plain hash<") == 1
    assert len(reversal.rows) == 6
    assert drawn["options-compared"].svg.count(">Plain hash<") == 1


def test_a_figure_that_could_not_be_estimated_says_so() -> None:
    assert value_words(share(1, 2).model_copy(update={"value": None})) == "could not be estimated"
