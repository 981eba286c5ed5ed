"""Any errors at any rates: the log is the difference between what was right and what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.addresses import first_lines
from simulator.corruption import corrupt
from simulator.damages import DAMAGES
from simulator.errors import ERROR_TYPES, OF_RECORDS, ROW, fits
from simulator.extracts import extract
from simulator.issuing import has_one, number_of
from simulator.local_ids import written
from simulator.settings import Share
from simulator.specs import AgencySpec
from tests.hand_draft import hand_draft
from tests.kent_like import kent

if TYPE_CHECKING:
    from simulator.draft import Draft
    from simulator.state import World

FIELDS = (
    "nhs_number",
    "first_name",
    "surname",
    "date_of_birth",
    "sex",
    "address",
    "postcode",
    "uprn",
    "nino",
    "upn",
    "local_id",
)
FITTING = [error for error in ERROR_TYPES if fits(error, FIELDS)]
CHANCES = st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0])


def hold_log_against(right: pl.DataFrame, wrong: pl.DataFrame, cells: pl.DataFrame) -> None:
    """Asserts that cells that differ are logged, and those logged once as changed do differ."""
    assert right["record_id"].equals(wrong["record_id"])
    assert cells.equals(cells.sort("record_id", "error", "field"))
    assert cells.select("record_id", "error", "field").is_unique().all()
    for name in wrong.columns[1:]:
        assert right[name].dtype == wrong[name].dtype
        differs = right["record_id"].filter(right[name].ne_missing(wrong[name]))
        changed = cells.filter("changed", field=name)["record_id"]
        # Two errors of one cell may put it right again; one alone cannot.
        once = changed.filter(changed.is_unique())
        assert set(differs) <= set(changed)
        assert set(once) <= set(differs)
    for error, field in cells.select("error", "field").unique().rows():
        stale = error == "address_stale" and field in ("address", "postcode", "uprn")
        assert stale or field in ERROR_TYPES[error].fields or error in OF_RECORDS


def rightly(world: World, name: str, records: pl.DataFrame) -> pl.Series:
    """The official numbers that records rightly carry."""
    place = world.people.select("person_id").with_row_index("at")
    at = records.join(place, on="person_id", how="left", maintain_order="left")["at"].to_numpy()
    there = has_one(name, world.people, at, records["date"].to_numpy().astype("datetime64[D]"))
    everybody = number_of(name, world.seed, world.people, at)
    return everybody.zip_with(pl.Series(there), pl.Series([None], dtype=pl.String))


def as_frame(draft: Draft, columns: dict[str, pl.Series]) -> pl.DataFrame:
    frame = pl.DataFrame({"record_id": draft.record_id, **columns})
    return frame.sort("record_id")


@given(st.dictionaries(st.sampled_from(list(DAMAGES)), CHANCES), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_log_of_any_errors_is_the_difference_of_the_cells(
    rates: dict[str, float], seed: int
) -> None:
    draft = hand_draft(400, seed=seed)
    columns, log = corrupt(draft, {error: Share(value=rate) for error, rate in rates.items()})
    right, wrong = as_frame(draft, dict(draft.columns)), as_frame(draft, columns)
    hold_log_against(right, wrong, log.frame)
    counts = log.counts
    assert counts["error"].to_list() == [e for e in DAMAGES if rates.get(e)]
    assert ((counts["changed"] <= counts["flagged"]) & (counts["flagged"] <= counts["cells"])).all()
    assert counts["flagged"].sum() == log.frame.select("record_id", "error").unique().height


@given(st.dictionaries(st.sampled_from(FITTING), CHANCES, max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_log_of_any_extract_is_its_difference_from_what_is_so_of_its_owners(
    rates: dict[str, float],
) -> None:
    world = kent(2_000)
    spec = AgencySpec.model_validate(
        {"title": "Register", "service": "gp_register", "fields": FIELDS, "errors": rates}
    )
    dataset, truth = extract(world, "register", spec)
    homes = world.homes.select(
        "home_id",
        "postcode",
        pl.col("uprn").cast(pl.String),
        address=first_lines(world.seed, world.homes),
    )
    right = truth.owners.join(world.people, on="person_id", how="left", maintain_order="left").join(
        homes, on="home_id", how="left", maintain_order="left"
    )
    right = right.with_columns(
        pl.col("nhs_number").cast(pl.String),
        local_id=written(world.seed, "register", "local_id", right["person_id"].to_numpy()),
        **{name: rightly(world, name, right) for name in ("nino", "upn")},
    )
    hold_log_against(right, dataset.frame, truth.cells)
    assert set(truth.cells["record_id"]) <= set(dataset.frame["record_id"])
    rows = truth.cells.filter(field=ROW)
    assert set(rows["error"]) <= set(OF_RECORDS) - {"person_omitted"}
    changed = truth.cells.filter("changed").select("record_id", "error").unique()
    assert truth.errors.equals(changed.sort("record_id", "error"))
