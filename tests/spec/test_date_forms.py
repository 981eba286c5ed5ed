"""Dates in British and ISO forms become ISO text; what is no date becomes missing."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.date_forms import date_share, iso_dates

FORMS = (
    "%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%Y", "%d %b %Y", "%d-%B-%Y",
    "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M",
)  # fmt: skip


@given(
    days=st.lists(st.dates(date(1850, 1, 1), date(2100, 12, 31)), min_size=1, max_size=20),
    form=st.sampled_from(FORMS),
)
def test_every_form_gives_the_date_that_was_written(days: list[date], form: str) -> None:
    written = pl.Series("born", [day.strftime(form) for day in days])
    assert iso_dates(written).to_list() == [day.isoformat() for day in days]


@pytest.mark.parametrize(
    "text",
    ["1948-13-05", "31/02/1948", "19481305", "05/07/48", "5th July 1948", "0007-01-01",
     "2948-07-05", "unknown", "12345678901", "1948-07", "--"],
)  # fmt: skip
def test_what_is_no_date_is_missing(text: str) -> None:
    assert iso_dates(pl.Series([text, "1948-07-05"])).to_list() == [None, "1948-07-05"]


def test_day_comes_before_month_and_may_have_one_digit() -> None:
    assert iso_dates(pl.Series(["5/7/1948", "1948-7-5"])).to_list() == ["1948-07-05"] * 2


def test_missing_stays_missing_and_the_share_is_out_of_what_is_there() -> None:
    values = pl.Series("dob", ["1948-07-05", None, "none", "1948-07-06"])
    assert iso_dates(values).null_count() == 2
    assert date_share(values) == pytest.approx(2 / 3)
    assert date_share(pl.Series("dob", [None, None], dtype=pl.String)) == 0
    assert iso_dates(pl.Series("dob", [], dtype=pl.String)).is_empty()
