"""Lives: who comes and goes, is born and dies, moves, marries, loses a home; and what follows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from scenarios.picturing import _are_homeless
from simulator.agencies import CATALOGUE
from simulator.coverage import members
from simulator.draft import Sources
from simulator.events import deaths
from simulator.events.contacts import MINUTES_PER_DAY, NEVER, Contacts
from simulator.events.timeline import _exposed_by_home
from simulator.extracts import extract
from simulator.life import births
from simulator.life.homelessness import MEAN_DAYS, draw_spells
from simulator.life.lives import Lives
from simulator.life.step import Step
from simulator.life_spec import LifeSpec
from simulator.lifecourse import _to_empty_homes
from simulator.settings import Share
from simulator.specs import WorldSpec
from simulator.state import Layout
from simulator.world import ages_at, make_world
from tests.kent_like import STILL, kent, living, world_spec
from tests.statistical import assert_count, assert_share

if TYPE_CHECKING:
    from simulator.state import World

PEOPLE = 60_000
AS_ENGLAND_AND_WALES = "city"


@cache
def lived(people: int = 300_000, **life: float) -> World:
    """A world without agencies, shaped like England and Wales."""
    spec = world_spec(people, region=AS_ENGLAND_AND_WALES, life=life)
    return make_world(spec, {}, {}, seed=4)


def years_there(world: World) -> float:
    """Years that people are there in the window, all together."""
    return float(world.layout.share_there(world.spec.days).sum()) * world.spec.days / 365.25


def born(world: World) -> pl.DataFrame:
    """Those born in the window."""
    return world.people.filter(pl.col("date_of_birth") >= world.spec.start)


def test_as_many_are_born_and_die_as_in_england_and_wales() -> None:
    world = lived()
    for found, per_1000 in (
        (born(world).height, births.PER_1000),
        (world.people["died_on"].count(), deaths.PER_1000),
    ):
        # By chance alone 5 %; the make-up of a region of this size adds to it.
        assert found == pytest.approx(years_there(world) * per_1000 / 1000, rel=0.06)


def test_mothers_are_women_of_15_to_46_who_are_there_and_alive() -> None:
    world = lived()
    children = np.flatnonzero((world.people["date_of_birth"] >= world.spec.start).to_numpy())
    layout = world.layout
    # A single child's mate is the mother; twins stand next to each other.
    mother = layout.mate[children]
    single = mother < children[0]
    mother, since = mother[single], layout.since[children[single]]
    assert (world.people["sex"].gather(mother) == "F").all()
    age = ages_at(world.people, world.spec, 0)[mother]
    assert age.min() >= 14 - world.spec.days / 365.25
    assert age.max() < 46
    assert layout.is_there(mother, since).all()
    assert (layout.home_on(mother, since // MINUTES_PER_DAY)
            == layout.home_first[children[single]]).all()  # fmt: skip


def test_twins_are_born_as_often_as_published_and_share_a_birthday_and_a_home() -> None:
    world = lived()
    together = (
        born(world)
        .group_by("household_id", "date_of_birth")
        .agg(
            pl.len(),
            pl.col("home_first").n_unique(),
            pl.col("nhs_number").n_unique().alias("numbers"),
        )
    )
    assert_share(
        int((together["len"] == 2).sum()), together.height, births.MULTIPLE_BIRTHS, fault=0.8
    )
    assert together["home_first"].max() == 1
    assert (together["numbers"] == together["len"]).all()


def test_children_of_two_groups_are_mixed_and_most_have_the_name_of_the_household() -> None:
    world = lived()
    children = born(world)
    assert 0.5 < (children["ethnic_group"] == "White").mean() < 0.95
    heads = world.on_first_day.unique("household_id", keep="first").select(
        "household_id", head="surname"
    )
    named = children.join(heads, on="household_id", how="left")
    assert 0.85 < (named["surname"] == named["head"]).mean() < 0.99


def test_a_child_has_the_surname_that_a_parent_bears_on_the_day_of_birth() -> None:
    world = lived(couples=10.0, births=4.0)
    layout, people = world.layout, world.people
    child = np.flatnonzero((people["date_of_birth"] >= world.spec.start).to_numpy())
    mother = layout.mate[child]
    # Of mothers who stand first in the household, whose surname all their children have.
    first = (mother < child[0]) & (layout.household[mother] != layout.household[mother - 1])
    before = first & (layout.renamed_day[mother] > layout.since[child] // MINUTES_PER_DAY)
    assert before.sum() > 20
    borne = people["former_surname"].gather(mother[before])
    assert (people["surname"].gather(child[before]) == borne).all()


def test_twins_are_each_others_and_nobody_has_a_twin_alone() -> None:
    world = lived()
    twin = Sources(world.people, world.homes, world.layout.mate, 2018).twin
    at = np.flatnonzero(twin >= 0)
    born_here = (
        at >= np.flatnonzero((world.people["date_of_birth"] >= world.spec.start).to_numpy())[0]
    )
    assert born_here.sum() > 100
    assert (twin[twin[at]] == at).all()
    assert (world.layout.household[twin[at]] == world.layout.household[at]).all()


def test_no_birthday_is_that_of_many_babies_who_arrive() -> None:
    people = lived().people
    babies = people.filter(
        pl.col("arrived_on").is_not_null(),
        pl.col("date_of_birth") >= pl.lit(world_spec(1_000).start).dt.offset_by("-1y"),
    )
    assert babies.height > 100
    assert babies["date_of_birth"].value_counts()["count"].max() < 8


def test_children_born_in_the_window_are_no_movers() -> None:
    world = lived()
    children = (world.people["date_of_birth"] >= world.spec.start).to_numpy()
    moves = members(world, "movers")
    assert (moves[children] == (world.layout.moved_day[children] >= 0)).all()
    assert moves[world.people["arrived_on"].is_not_null().to_numpy()].all()


def test_spells_end_with_the_person_and_nobody_is_treated_after_death() -> None:
    names = {name: CATALOGUE[name] for name in ("prison", "reablement", "cancer_registry")}
    spec = world_spec(PEOPLE, life={"deaths": 10.0, "leaving": 1.0})
    world = make_world(spec, names, {}, seed=4)
    start = np.datetime64(spec.start).astype("datetime64[us]")
    cut = 0
    for name, field in (("prison", "end_time"), ("reablement", "end_time"),
                        ("cancer_registry", "treatment_time")):  # fmt: skip
        at = world.positions[name].person
        until = world.layout.until[at]
        minute = (world.events[name][field].to_numpy() - start).astype("timedelta64[m]")
        known = ~np.isnat(minute)
        assert (minute.astype(np.int64)[known] <= until[known]).all(), name
        if field == "end_time":
            assert known[until < NEVER].all()
            cut += int((minute.astype(np.int64) == until).sum())
    assert cut > 10


def test_who_finds_an_empty_home_has_nothing_to_do_with_the_day() -> None:
    count, empty = 10_000, 2_000
    ids, none = np.arange(count).astype(np.uint64), np.full(count, 0)
    days = np.arange(count) % 730
    lives = Lives.calm(none, none, none)
    step = Step.of(np.arange(count), days)
    moved = _to_empty_homes(1, ids, lives, (step,), 1 + np.arange(empty)).moved_day
    assert (moved >= 0).sum() == empty
    # Uniform days have a standard deviation of 211.
    assert abs(moved[moved >= 0].mean() - days.mean()) < 4.5 * 211 / np.sqrt(empty)


def test_an_exposure_begins_with_the_first_visit_and_ends_when_the_person_leaves_the_home() -> None:
    day = MINUTES_PER_DAY
    none = np.zeros(5, dtype=np.int64)
    # Visits to home 0 on days 5 and 50, to home 1 on days 10 and 60.
    lives = Lives.calm(np.array([0, 0, 1, 0, 1]), none, none, np.array([0, 7, 70, 0, 0]) * day)
    lives = lives.moving(np.array([3]), np.array([4]), np.array([1]))
    lives = lives.leaving(np.array([4]), np.array([9]))
    layout = Layout(**vars(lives), error_multiplier=np.ones(5))
    visits = Contacts(none[:4].astype(np.uint64), np.array([0, 0, 1, 1]),
                      np.array([50, 5, 60, 10]) * day, np.ones(4, dtype=np.bool_))  # fmt: skip
    # The fourth is visited on day 2 as well, two days before leaving for home 1.
    early = Contacts(none[:1].astype(np.uint64), np.array([0]), np.array([2 * day]), none[:1] == 0)
    found = _exposed_by_home(world_spec(1_000, days=100), layout, visits)
    at_first, at_last = found.spans
    assert np.minimum(at_first[0], at_last[0]).tolist() == [
        5 * day, 50 * day, NEVER, 10 * day, NEVER
    ]  # fmt: skip
    assert found.ever.tolist() == [True, True, False, True, False]
    both = _exposed_by_home(world_spec(1_000, days=100), layout, visits + early)
    minutes = np.array([1, 3, 5, 9, 11]) * day
    fourth = both.at(np.full(5, 3), minutes)
    assert fourth.tolist() == [False, True, False, False, True]
    nobody = both.of(np.zeros(5, dtype=np.bool_))
    assert not nobody.ever.any()


def test_households_that_leave_are_replaced_by_others_of_their_kind_on_the_same_day() -> None:
    world = lived(leaving_home=0, deaths=0, births=0, couples=0)
    gone = world.people.filter(pl.col("left_on").is_not_null())
    come = world.people.filter(pl.col("arrived_on").is_not_null())
    assert gone.height == come.height > 5_000
    key = ("home_last", "day")
    by_home = [
        frame.group_by("home_last", day=day).len().sort(key)
        for frame, day in ((gone, "left_on"), (come, "arrived_on"))
    ]
    assert by_home[0].equals(by_home[1])
    assert not set(gone["person_id"]) & set(come["person_id"])
    assert (gone["surname"].to_numpy() != come["surname"].to_numpy()).mean() > 0.9
    assert_share(gone["household_id"].n_unique(),
                 gone["household_id"].n_unique() + world.people.filter(
                     pl.col("moved_on").is_not_null())["household_id"].n_unique(),
                 world.spec.life.leaving.value, fault=0.1)  # fmt: skip


def test_half_of_a_hall_changes_each_autumn() -> None:
    world = lived(leaving=0, deaths=0, births=0, couples=0, homelessness=0)
    homes = world.homes.filter(pl.col("establishment") == "hall of residence")["home_id"]
    residents = world.people.filter(pl.col("home_last").is_in(homes.implode()))
    before = residents.filter(pl.col("arrived_on").is_null())
    assert before.height > 500
    # Two terms begin in the window: half go, then half of the rest.
    assert_share(before["left_on"].count(), before.height, 0.75, fault=0.3)
    assert residents["arrived_on"].count() == before["left_on"].count()
    assert set(before["left_on"].drop_nulls().dt.month()) == {9}


def test_nobody_is_in_two_homes_or_has_anything_happen_while_away() -> None:
    world, _, truth = living(PEOPLE)
    people = world.people
    gone = pl.coalesce("left_on", "died_on")
    assert people.filter(pl.col("moved_on") > gone).is_empty()
    assert people.filter(pl.col("renamed_on") > gone).is_empty()
    assert people.filter(pl.col("arrived_on") > gone).is_empty()
    spans = truth.residences.sort("person_id", "since", "until").with_columns(
        gap=(pl.col("since") - pl.col("until").shift(1).over("person_id")).dt.total_days()
    )
    assert (spans["until"] >= spans["since"]).all()
    assert set(spans["gap"].drop_nulls()) == {0}
    total = spans.group_by("person_id").agg(pl.col("since").min(), pl.col("until").max())
    dated = total.join(people, on="person_id")
    assert dated.height == people.height
    begun = pl.coalesce("arrived_on", pl.max_horizontal("date_of_birth", pl.lit(world.spec.start)))
    assert dated.filter(pl.col("since") != begun).is_empty()
    ended = pl.coalesce("left_on", pl.col("died_on") + pl.duration(days=1), pl.lit(world.spec.end))
    assert dated.filter(pl.col("until") != ended).is_empty()


def test_contacts_fall_in_the_time_that_people_are_there() -> None:
    world, _, _ = living(PEOPLE)
    layout = world.layout
    start = np.datetime64(world.spec.start).astype("datetime64[m]")
    for name, positions in world.positions.items():
        named = positions.person >= 0
        minute = (world.events[name]["event_time"].to_numpy() - start).astype("timedelta64[m]")
        there = layout.is_there(positions.person[named], minute.astype(np.int64)[named])
        assert there.all(), name


def test_people_have_as_many_contacts_in_a_year_that_they_are_there_as_in_a_still_world() -> None:
    still, moving = kent(PEOPLE), living(PEOPLE)[0]
    of_still = still.events["a_and_e"].height / years_there(still)
    # Young children and old people come more often: births and deaths change the mix a little.
    expected = years_there(moving) * of_still
    assert moving.events["a_and_e"].height == pytest.approx(expected, rel=0.04)


def test_a_still_life_has_households_that_move_and_nothing_else() -> None:
    world = make_world(world_spec(5_000, life=STILL), {}, {}, 1)
    assert world.people.height == 5_000
    for event in ("arrived_on", "left_on", "died_on", "renamed_on"):
        assert world.people[event].null_count() == 5_000
    assert world.people["moved_on"].count() > 500
    assert (world.layout.homeless_from == NEVER).all()


def test_couples_form_from_people_alone_and_one_moves_to_the_other() -> None:
    world = lived(leaving=0, leaving_home=0, deaths=0, births=0)
    people = world.people.with_row_index("at")
    size = people["household_id"].value_counts()
    alone = people.join(size.filter(pl.col("count") == 1), on="household_id")
    joined = alone.filter(pl.col("moved_on").is_not_null()).join(
        alone.filter(pl.col("moved_on").is_null()), left_on="home_last", right_on="home_first"
    )
    assert joined.height > 200
    assert (joined["sex"] != joined["sex_right"]).all()
    apart = (joined["date_of_birth"] - joined["date_of_birth_right"]).dt.total_days().abs() / 365.25
    assert apart.mean() < 3
    assert apart.max() < 15


def test_who_takes_another_surname_takes_the_partners_and_keeps_the_old_as_former() -> None:
    world = lived(leaving=0, leaving_home=0, deaths=0, births=0)
    renamed = np.flatnonzero(world.people["renamed_on"].is_not_null().to_numpy())
    assert len(renamed) > 300
    surname, former = world.people["surname"], world.people["former_surname"]
    assert former.gather(renamed).null_count() == 0
    partner = np.where(
        world.people["household_id"].gather(renamed)
        == world.people["household_id"].gather(renamed - 1), renamed - 1, renamed + 1,
    )  # fmt: skip
    beside = (surname.gather(renamed) == surname.gather(partner)) | (
        surname.gather(renamed) == surname.gather(np.minimum(renamed + 1, len(surname) - 1))
    )
    assert beside.all()
    layout, day = world.layout, world.layout.renamed_day[renamed]
    assert (layout.home_on(partner, day) == layout.home_on(renamed, day)).all()


def test_nobody_takes_the_surname_of_a_partner_who_is_gone() -> None:
    world = lived(deaths=10.0, couples=10.0)
    layout = world.layout
    renamed = np.flatnonzero(layout.renamed_day >= 0)
    first = layout.household[renamed] != layout.household[renamed - 1]
    partner, day = renamed + np.where(first, 1, -1), layout.renamed_day[renamed]
    assert layout.is_there(partner, day * MINUTES_PER_DAY).all()
    assert (layout.home_on(partner, day) == layout.home_on(renamed, day)).all()
    assert (world.people["sex"].gather(renamed) == "F").mean() > 0.97


def test_records_before_a_marriage_hold_the_surname_of_the_day_and_later_ones_lag() -> None:
    world, datasets, truth = living(PEOPLE)
    both = (
        datasets["gp_register"].frame.select("record_id", "surname")
        .join(truth.owners("gp_register"), on="record_id")
        .join(world.people.select("person_id", "former_surname", "renamed_on",
                                  now="surname"), on="person_id")
        .filter(pl.col("renamed_on").is_not_null())
    )  # fmt: skip
    late = truth.records["gp_register"].errors.filter(pl.col("error") == "surname_stale")
    behind = both.filter(pl.col("record_id").is_in(late["record_id"].implode()))
    assert behind.height > 20
    slips = truth.records["gp_register"].errors.filter(
        pl.col("error").str.starts_with("surname"), pl.col("error") != "surname_stale"
    )["record_id"]
    clean = both.filter(~pl.col("record_id").is_in(slips.implode()))
    is_late = clean["record_id"].is_in(late["record_id"].implode())
    assert (clean["surname"].filter(is_late) == clean["former_surname"].filter(is_late)).all()
    assert (clean["surname"].filter(~is_late) == clean["now"].filter(~is_late)).all()
    attended = (
        datasets["a_and_e"].frame.select("record_id", "surname")
        .join(truth.owners("a_and_e"), on="record_id")
        .join(world.people.select("person_id", "former_surname", "renamed_on"), on="person_id")
        .filter(pl.col("date") < pl.col("renamed_on"))
    )  # fmt: skip
    assert attended.height > 30
    assert (attended["surname"] == attended["former_surname"]).mean() > 0.9


def test_spells_without_a_home_last_and_begin_as_the_two_published_counts_imply() -> None:
    ids, share = np.arange(1_000_000).astype(np.uint64), 1e-3
    first, after = draw_spells(1, ids, np.full(len(ids), share), 730)
    for day in (0, 400, 729):
        on_a_night = int(((first <= day) & (after > day)).sum())
        assert_count(on_a_night, np.full(len(ids), share), fault=0.3)
    length = (after - first)[first < NEVER]
    # Those already under way at the start are longer than others: look at the rest.
    fresh = length[first[first < NEVER] >= 0]
    assert abs(fresh.mean() - MEAN_DAYS - 0.5) < 4 * MEAN_DAYS / np.sqrt(len(fresh))
    in_a_month = int(((first < 130) & (after > 100)).sum())
    assert_count(in_a_month, np.full(len(ids), share * 7072 / 3898), fault=0.3)


def test_who_has_no_home_has_the_postcode_of_no_fixed_abode_and_no_property_number() -> None:
    spec = world_spec(PEOPLE, life={"homelessness": 10.0})
    agency = CATALOGUE["gp_register"].model_copy(update={"errors": {}})
    world = make_world(spec, {"gp_register": agency}, {}, 1)
    dataset, truth = extract(world, "gp_register", agency)
    position = pl.DataFrame(
        {"person_id": world.people["person_id"], "at": np.arange(world.people.height)}
    )
    at = truth.owners.join(position, on="person_id", maintain_order="left")["at"].to_numpy()
    homeless = world.layout.is_homeless(at, np.full(len(at), world.spec.days - 1))
    assert homeless.sum() > 10
    no_abode = (dataset.frame["postcode"] == "ZZ99 3VZ").to_numpy()
    assert (no_abode == homeless).all()
    assert (dataset.frame["uprn"].is_null().to_numpy() == homeless).all()


def test_an_address_that_is_not_written_cannot_be_out_of_date() -> None:
    world = make_world(world_spec(PEOPLE, life={"homelessness": 10.0}, move_rate=0.4), {}, {}, 1)
    agency = CATALOGUE["gp_register"].model_copy(
        update={"errors": {"address_stale": Share(value=1.0)}}
    )
    dataset, truth = extract(world, "gp_register", agency)
    homeless = dataset.frame.filter(pl.col("postcode") == "ZZ99 3VZ")["record_id"]
    assert homeless.len() > 10
    assert truth.cells.height > 1_000
    assert not truth.cells["record_id"].is_in(homeless.implode()).any()


def test_without_a_home_are_those_who_are_there_meanwhile() -> None:
    day = MINUTES_PER_DAY
    none = np.zeros(4, dtype=np.int64)
    lives = Lives.calm(none, none, none, np.array([0, 0, 30, 0]) * day)
    lives = lives.leaving(np.array([1]), np.array([5]))
    spells = {"homeless_from": np.array([-5, 8, 8, NEVER]),
              "homeless_until": np.array([3, 20, 20, NEVER])}  # fmt: skip
    layout = Layout(**(vars(lives) | spells), error_multiplier=np.ones(4))
    world = replace(lived(), layout=layout)
    assert _are_homeless(world).tolist() == [True, False, False, False]


def test_a_level_of_two_has_twice_as_much_happen() -> None:
    once, twice = lived(), lived(births=2.0, deaths=2.0)
    for count in (lambda w: born(w).height, lambda w: w.people["died_on"].count()):
        assert count(twice) / years_there(twice) == pytest.approx(
            2 * count(once) / years_there(once), rel=0.12
        )


def test_a_world_of_other_lives_keeps_its_people() -> None:
    still = make_world(world_spec(5_000, life=STILL), {}, {}, 1).people
    moving = make_world(world_spec(5_000), {}, {}, 1).on_first_day
    same = ("person_id", "date_of_birth", "sex", "first_name", "nhs_number", "home_first")
    assert still.select(same).equals(moving.select(same))


def test_a_life_out_of_bounds_is_refused() -> None:
    for wrong in ({"births": -1}, {"leaving": 1.2}, {"deaths": 11}, {"weddings": 1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            LifeSpec.model_validate(wrong)
    assert isinstance(world_spec(1_000, life={"births": 0}), WorldSpec)


def test_positions_of_those_who_come_later_follow_on() -> None:
    home = np.array([5, 5, 7])
    first = Lives.calm(home, np.array([0, 0, 1]), np.array([1, 0, 2]))
    later = Lives.calm(np.array([9]), np.array([2]), np.array([3]), since=10 * MINUTES_PER_DAY)
    both = first.leaving(np.array([2]), np.array([4])).then(later)
    assert both.leaves.tolist() == [False, False, True, False]
    assert both.is_there(np.array([2, 2, 3, 3]), np.array([0, 9_000, 0, 20_000])).tolist() == [
        True, False, False, True,
    ]  # fmt: skip
    assert both.moving(np.array([0]), np.array([3]), np.array([8])).home_on(
        np.array([0, 0]), np.array([2, 3])
    ).tolist() == [5, 8]
