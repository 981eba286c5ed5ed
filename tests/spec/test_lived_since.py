"""Since when people live at the address on record, and what is linked by it."""

from __future__ import annotations

from datetime import date, datetime, time

import polars as pl
import pytest

from linkage.join import while_living_there
from linkage.linked import LINK_COLUMNS, Links
from simulator.agencies import with_catalogue_defaults
from simulator.birthdays import born_by
from simulator.schema import FIELDS, Dataset
from simulator.specs import AgencySpec
from simulator.world import simulate
from tests.kent_like import world_spec

FIELDS_KEPT = ["uprn", "postcode", "lived_since", "date_of_birth"]


def test_a_register_tells_of_the_home_that_it_knows_since_when_people_live_there() -> None:
    given = {"like": "gp_register", "fields": FIELDS_KEPT, "errors": {"uprn_missing": 0.0}}
    spec = AgencySpec.model_validate(with_catalogue_defaults("register", given))
    spec = spec.model_copy(update={"errors": {"address_stale": spec.errors["address_stale"]}})
    moving = world_spec(4_000, move_rate=0.3)
    world, written, truth = simulate(moving, {"register": spec}, {}, seed=3)
    owners = truth.owners("register").select("record_id", "person_id")
    known = written["register"].frame.join(owners, on="record_id").join(
        world.people.select("person_id", "moved_on", "arrived_on", "home_first", "home_last",
                            birth="date_of_birth"),
        on="person_id",
    )  # fmt: skip
    homes = world.homes.select(pl.col("uprn").cast(pl.String), at="home_id")
    known = known.join(homes, on="uprn", how="left")
    knows_move = (pl.col("at") == pl.col("home_last")) & pl.col("moved_on").is_not_null()
    # Nothing is told of those who were born there: it would be their date of birth.
    expected = pl.when(knows_move).then("moved_on").otherwise("arrived_on")
    checked = known.with_columns(expected.alias("expected")).drop_nulls("at")
    assert checked.filter(knows_move).height > 500
    stale = checked.filter(pl.col("moved_on").is_not_null() & ~knows_move)
    assert stale.height > 50
    assert checked["lived_since"].equals(checked["expected"].alias("lived_since"))


def test_a_day_of_moving_in_that_is_out_of_date_is_logged_as_the_address_is() -> None:
    given = {"like": "gp_register", "fields": FIELDS_KEPT, "errors": {"address_stale": 1.0}}
    spec = AgencySpec.model_validate(with_catalogue_defaults("register", given))
    moving = world_spec(4_000, move_rate=0.3)
    _, _, truth = simulate(moving, {"register": spec}, {}, seed=3)
    cells = truth.records["register"].cells.filter(pl.col("error") == "address_stale")
    changed = cells.filter("changed").group_by("field").len()
    counts = dict(changed.rows())
    # Whoever moved has another day, or one where there was none; not all have another postcode.
    assert counts["lived_since"] >= counts["postcode"] > 100


def test_people_without_a_home_live_nowhere_since_no_day() -> None:
    given = {"like": "gp_register", "fields": FIELDS_KEPT, "errors": {}}
    spec = AgencySpec.model_validate(with_catalogue_defaults("register", given))
    hard = world_spec(20_000, life={"homelessness": 5})
    _, written, _ = simulate(hard, {"register": spec}, {}, seed=3)
    frame = written["register"].frame.filter(pl.col("postcode") == "ZZ99 3VZ")
    assert frame.height > 10
    assert frame["lived_since"].null_count() == frame.height


@pytest.mark.parametrize(
    ("born", "years", "old_enough"),
    [
        (date(1956, 4, 1), 60, True),
        (date(1956, 4, 2), 60, False),
        (date(1955, 4, 1), 61, True),
        (date(2030, 1, 1), 0, True),
        (None, 1, False),
    ],
)
def test_somebody_is_of_an_age_from_their_birthday_on(
    born: date | None, years: int, old_enough: bool
) -> None:
    dates = pl.Series([born], dtype=pl.Date)
    assert born_by(dates, date(2016, 4, 1), years).tolist() == [old_enough]


def test_who_was_born_on_29_february_is_older_on_1_march() -> None:
    dates = pl.Series([date(1956, 2, 29), date(1956, 2, 28)])
    assert born_by(dates, date(2017, 2, 28), 61).tolist() == [False, True]
    assert born_by(dates, date(2017, 3, 1), 61).tolist() == [True, True]


def test_what_happened_at_a_home_is_linked_to_those_who_lived_there_then() -> None:
    def dataset(name: str, **columns: list[object]) -> Dataset:
        schema = {column: FIELDS[column].dtype for column in columns}
        return Dataset(name, pl.DataFrame(columns, schema=schema))

    hub = dataset(
        "hub", record_id=[1, 2, 3], lived_since=[None, date(2016, 5, 1), date(2016, 5, 2)]
    )
    on = datetime.combine(date(2016, 5, 1), time(9))
    works = dataset("works", record_id=[9], event_time=[on])
    rows = [{"left_id": person, "right_id": 9, "rule": "x"} for person in (1, 2, 3)]
    links = Links("step", "hub", "works", pl.DataFrame(rows, schema=dict(LINK_COLUMNS)))
    kept = while_living_there(links, hub, works).frame
    assert kept["left_id"].to_list() == [1, 2]
    assert kept.schema == links.frame.schema
