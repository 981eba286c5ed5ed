"""Gazetteer: texts are resolved as people type them, and never to a doubtful place."""

from __future__ import annotations

import polars as pl
import pytest
from hand_feed import hand_gazetteer
from hypothesis import given, settings
from hypothesis import strategies as st

from reidentify.gazetteer import comparable_name

GAZETTEER = hand_gazetteer()


def place(text: str) -> tuple[int | None, int | None]:
    """Gives the spot and street that a text resolves to."""
    found = GAZETTEER.resolve(pl.Series([text]))
    return found["spot"][0], found["street"][0]


@pytest.mark.parametrize(
    "text",
    [
        "The Red Lion",
        "red lion",
        "RED LION PUB",
        "outside the Red Lion",
        "Red Lion pub, Mare St",
        "Red Loin",
        "Red Lio",
        "Redd Lion",
        "Red Liom",
        "The Red Lion, Marr St",
    ],
)
def test_a_venue_is_found_as_people_type_it(text: str) -> None:
    assert place(text) == (0, 0)


@pytest.mark.parametrize(
    "text", ["Mare Street", "mare st", "Mare St.", "12 Mare Street", "Mare Stret"]
)
def test_a_street_is_found_and_a_house_number_leads_no_further(text: str) -> None:
    assert place(text) == (None, 0)


@pytest.mark.parametrize("text", ["pub", "street", "town centre", "", "the", "Crown", "Red Xxon"])
def test_vague_shared_and_unlike_names_are_not_resolved(text: str) -> None:
    assert place(text) == (None, None)


def test_a_shared_name_is_resolved_where_its_street_is_with_it() -> None:
    assert place("Crown, Mare Street") == (1, 0)
    assert place("The Crown pub, Long Rd") == (2, 2)


def test_each_distinct_text_has_one_row_and_missing_ones_none() -> None:
    found = GAZETTEER.resolve(pl.Series(["b", None, "Mare St", "b"]))
    assert found["text"].to_list() == ["Mare St", "b"]
    assert GAZETTEER.resolve(pl.Series([None], dtype=pl.String)).height == 0


def test_positions_have_the_nearest_street_ward_and_point_and_a_spot_if_near() -> None:
    places = pl.DataFrame(
        {"easting": [1_012, 1_400, None, 3_100], "northing": [1_000, 990, 5, 1_000]}
    )
    assert GAZETTEER.locate(places).rows() == [
        (0, 0, 0, 0),
        (None, 1, 0, 0),
        (None, None, None, None),
        (None, 2, 1, 1),
    ]


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are swapped: slowly."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789 ,"
    edits = {one[:i] + one[i + 1 :] for i in range(len(one))}
    edits |= {one[:i] + c + one[i + 1 :] for i in range(len(one)) for c in letters}
    edits |= {one[:i] + c + one[i:] for i in range(len(one) + 1) for c in letters}
    edits |= {one[:i] + one[i + 1] + one[i] + one[i + 2 :] for i in range(len(one) - 1)}
    return other in edits | {one}


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(GAZETTEER.names["key"].to_list()), st.data())
def test_mending_a_slip_equals_trying_every_edit(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("aelo m"))
    typed = data.draw(
        st.sampled_from(
            [
                name[:at] + name[at + 1 :],
                name[:at] + letter + name[at + 1 :],
                name[:at] + letter + name[at:],
                name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
                name[:at] + letter + letter + name[at:],
            ]
        )
    )
    keys = GAZETTEER.names["key"].to_list()
    near = [number for number, key in enumerate(keys) if one_slip_apart(typed, key)]
    expected = near[0] if len(near) == 1 and len(typed) >= 5 else None
    assert GAZETTEER._with_slip(pl.Series([typed])).to_list() == [expected]


def test_names_are_compared_without_idle_words_and_with_endings_written_out() -> None:
    texts = pl.DataFrame({"text": ["The Queen's Arms", "St Ann St", "Rock & Roll Rd", "the pub"]})
    names = texts.select(comparable_name(pl.col("text")))["text"].to_list()
    assert names == ["queens arms", "st ann street", "rock and roll road", None]
