"""Metaphone against the examples that descriptions of it print."""

from __future__ import annotations

import polars as pl
import pytest

from linkage.metaphone import metaphone


def code(name: str | None) -> str | None:
    return metaphone(pl.Series([name], dtype=pl.String)).item()


# Examples of L. Philips' rules as passed on with M. Kuhn's program (1995): name, code by the rules.
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AEBERSOLD", "EBRSLT"),
        ("GNAGY", "NJ"),
        ("KNUTH", "N0"),
        ("PNIEWSKI", "NSK"),
        ("WRIGHT", "RT"),
        ("XIAOPENG", "XPNK"),
        ("WHALEN", "WLN"),
        ("DUMB", "TM"),
        ("MCCOMB", "MKKM"),
    ],
)
def test_the_examples_of_the_rules_are_met(name: str, expected: str) -> None:
    # In XIAOPENG the first X becomes S, and S before IA becomes X.
    assert code(name) == expected


# M. Kuhn, comp.databases.informix, 29 November 1995: pairs that Soundex tells apart.
@pytest.mark.parametrize(("one", "other"), [("FALLIS", "VALLIS"), ("KLINE", "CLINE")])
def test_names_that_are_said_to_sound_alike_have_one_code(one: str, other: str) -> None:
    assert code(one) == code(other)


def test_the_library_differs_from_the_rules_in_sch_and_sci() -> None:
    assert code("SCHOOL") == "SXL"  # by the rules SKL
    assert code("SCI") == "SS"  # by the rules S


@pytest.mark.parametrize("name", [None, "GH"])
def test_a_name_without_a_sound_has_no_code(name: str | None) -> None:
    assert code(name) is None
