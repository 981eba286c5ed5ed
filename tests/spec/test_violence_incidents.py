"""Incidents: how many, where and when, and whom they hurt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import polars as pl
import pytest

from simulator.household_types import MORE_THAN_8
from simulator.schema import LOCATION_TYPES, METHODS
from simulator.violence.incidents import KINDS, with_trial, with_violence
from simulator.violence.participants import _MOST_AT_HOME, BY_FIFTH, CONTACT_ROLES, women_by_place
from simulator.violence.rhythm import away
from tests.small_town import (
    DAYS,
    START,
    THOUSAND_YEARS,
    assert_poisson,
    incidents,
    other_nights,
    participants,
    peaceful,
    town,
    violence,
    violence_spec,
)
from tests.statistical import assert_even, assert_share, assert_uncorrelated

AWAY = ("licensed", "street", "other")
# Shares of kinds of place: of offences and contacts as assumed; of assaults by hand from Gray 2017
# (men) and the odds of women (.103 / .897 x 6.13 = odds of .704, a share of .4131).
OWN_HOME_WOMEN = 0.4131
OFFENCES = {"other_home": 0.06, "licensed": 0.09, "street": 0.33, "other": 0.22}
CONTACTS = {"other_home": 0.05, "licensed": 0.08, "street": 0.40, "other": 0.15}
ASSAULTS = {
    name: share * (0.713 + 0.287 * (1 - OWN_HOME_WOMEN) / (1 - 0.103))
    for name, share in {
        "other_home": 0.054,
        "licensed": 0.165,
        "street": 0.405,
        "other": 0.273,
    }.items()
}
PER_1000 = {"assault": 100.0 / 1.1, "offence": 300.0, "contact": 300.0}
SHARES = {"assault": ASSAULTS, "offence": OFFENCES, "contact": CONTACTS}


def time_in_homes() -> float:
    """Share of violence in people's own homes that falls on a home and day with somebody in it."""
    world = peaceful()
    layout, fifth = world.layout, world.homes["deprivation_fifth"].to_numpy()
    lived_in = np.zeros((world.homes.height, 2), dtype=np.int64)  # first and last day, exclusive
    lived_in[:, 0] = DAYS
    moved = np.where(layout.moved_day < 0, DAYS, layout.moved_day)
    until, since = np.zeros(len(lived_in), np.int64), np.full(len(lived_in), DAYS)
    np.maximum.at(until, layout.home_first, moved)
    np.minimum.at(since, layout.home_last[moved < DAYS], moved[moved < DAYS])
    days = np.where(since <= until, DAYS, until + DAYS - since)
    known = np.unique(np.concatenate([layout.home_first, layout.home_last]))
    weight = BY_FIFTH[fifth[known].astype(np.int64) - 1]
    return float((weight * days[known] / DAYS).sum() / weight.sum())


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_as_much_violence_away_from_home_as_asked_for(kind: str) -> None:
    found = incidents(town(), kind)["location_type"].value_counts()
    counts = dict(found.iter_rows())
    for place, share in SHARES[kind].items():
        expected = PER_1000[kind] * THOUSAND_YEARS * share
        assert_poisson(counts[place], expected, fault=0.65)


@pytest.mark.parametrize(("kind", "share"), [("offence", 0.30), ("contact", 0.32)])
def test_violence_at_home_is_as_much_as_asked_for_where_somebody_lives(
    kind: str, share: float
) -> None:
    held = time_in_homes()
    assert 0.8 < held < 1
    at_home = incidents(town(), kind).filter(pl.col("location_type") == "own_home").height
    assert_poisson(at_home, PER_1000[kind] * THOUSAND_YEARS * share * held)


def test_victims_in_a_and_e_are_as_many_as_asked_for_but_for_homes_left_empty() -> None:
    treated = participants(town(), "assault")
    assert treated["attended"].all()
    own_home = 1 - sum(ASSAULTS.values())
    held = 1 - own_home * (1 - time_in_homes())
    assert_poisson(treated.height, 100.0 * THOUSAND_YEARS * held)


def test_one_assault_in_ten_has_a_second_victim() -> None:
    treated = participants(town(), "assault")
    away = treated.filter(pl.col("location_type") != "own_home")
    first, second = ((away["ordinal"] == ordinal).sum() for ordinal in (0, 1))
    assert first + second == away.height
    assert_share(int(second), int(first), 0.10)


def test_nobody_is_hurt_twice_in_one_incident() -> None:
    treated = participants(town(), "assault")
    assert not treated.select("incident_id", "person").is_duplicated().any()


def test_everybody_is_in_a_role_of_the_incidents_kind() -> None:
    held = violence(town())
    roles = held.people.join(held.incidents.select("incident_id", "kind"), on="incident_id")
    found = set(roles.select("kind", "role", "attended").unique().iter_rows())
    of_contacts = {("contact", role, False) for role in CONTACT_ROLES}
    of_others = {("assault", "victim", True), ("offence", "victim", False)}
    suspects = {(kind, "suspect", False) for kind in ("assault", "offence")}
    assert found == of_contacts | of_others | suspects
    each = roles.filter(pl.col("kind") != "contact").group_by("incident_id", "role").len()
    assert set(each.filter(pl.col("role") == "suspect")["len"]) == {1}
    assert held.incidents["incident_id"].is_in(held.people["incident_id"].implode()).all()


@pytest.mark.parametrize("place", AWAY)
def test_women_are_hurt_away_from_home_in_their_share(place: str) -> None:
    at = participants(town(), "assault").filter(pl.col("location_type") == place)
    # 0.287 x 0.5869 of women's assaults are away from home, and 0.713 x 0.897 of men's.
    women, men = 0.287 * (1 - OWN_HOME_WOMEN), 0.713 * (1 - 0.103)
    assert_share(int((at["sex"] == "F").sum()), at.height, women / (women + men), fault=0.8)


def test_most_people_hurt_at_home_are_women_and_most_elsewhere_are_men() -> None:
    by_place = women_by_place(violence_spec())
    assert by_place["own_home"] == pytest.approx(
        0.287 * OWN_HOME_WOMEN / (0.287 * OWN_HOME_WOMEN + 0.713 * 0.103), abs=0.001
    )
    at = participants(town(), "assault").filter(pl.col("location_type") == "own_home")
    # Some live alone, so that the share of those who live there moves it from what was asked for.
    assert (at["sex"] == "F").mean() == pytest.approx(by_place["own_home"], abs=0.08)


def test_shares_of_places_of_all_incidents_add_up_to_one_at_the_ends_of_the_settings() -> None:
    for own_home, women in product((0.0, 0.103, 0.4), (0.0, 0.287, 1.0)):
        spec = violence_spec(own_home=own_home, women=women)
        assert all(0 <= share <= 1 for share in women_by_place(spec).values())
        if women in (0.0, 1.0):
            sexes = {s for s in women_by_place(spec).values() if s != 0.0}
            assert sexes <= {women}


def test_a_victim_at_home_lives_there_on_that_day() -> None:
    world = town()
    layout = world.layout
    for kind, role in (("assault", "victim"), ("offence", "victim"), ("contact", "caller")):
        at = participants(world, kind, role).filter(pl.col("location_type") == "own_home")
        person = at["person"].to_numpy()
        day = (at["time"].dt.date() - START).dt.total_days().to_numpy()
        moved = layout.moved_day[person]
        home = np.where(
            (moved >= 0) & (day >= moved), layout.home_last[person], layout.home_first[person]
        )
        assert at.height > 100
        assert (at["home"].to_numpy() == home).all()
        assert ((moved >= 0) & (day >= moved)).any()
        assert ((moved >= 0) & (day < moved)).any()


def test_nobody_who_lives_in_a_private_home_is_too_far_down_its_list_to_be_hurt_there() -> None:
    largest = 8 + len(MORE_THAN_8) - 1
    # A household, who arrives in its place, and the children of a couple in it.
    assert 2 * largest + 4 <= _MOST_AT_HOME


def test_an_incident_is_where_its_home_or_its_place_is() -> None:
    world = town()
    held, homes = violence(world), world.homes.hstack(violence(world).town.homes)
    in_home = pl.col("location_type").str.ends_with("home")
    at_home, away = held.incidents.filter(in_home), held.incidents.filter(~in_home)
    shared = ("street", "ward", "point", "easting", "northing")
    assert at_home.select(shared).equals(homes[at_home["home"]].select(shared))
    assert at_home["home_id"].equals(homes["home_id"].gather(at_home["home"]))
    spots = held.town.spots[away["spot"].cast(pl.Int64)]
    assert away.select(shared).equals(spots.select(shared))
    assert away["location_type"].equals(spots["kind"], check_names=False)
    assert at_home["spot"].null_count() == at_home.height
    assert away["home_id"].null_count() == away.height
    assert set(away["home"]) == {-1}


def test_incidents_have_ids_of_their_own_and_times_of_the_window_to_the_minute() -> None:
    found = violence(town()).incidents
    assert found["incident_id"].is_unique().all()
    assert found["incident_id"].is_sorted()
    assert found["time"].dt.date().is_between(START, START + timedelta(days=DAYS - 1)).all()
    assert (found["time"].dt.truncate("1m") == found["time"]).all()
    assert set(found["location_type"]) <= set(LOCATION_TYPES)
    assert set(found["method"]) <= set(METHODS)
    assert (found["quiet"] == (found["nearby"] < 0.05)).all()


def weekend() -> pl.Expr:
    """Friday 18:00 to Monday 01:00."""
    day, hour = pl.col("time").dt.weekday(), pl.col("time").dt.hour()
    return ((day == 5) & (hour >= 18)) | day.is_in([6, 7]) | ((day == 1) & (hour < 1))


@pytest.mark.parametrize("asked", [0.3, 0.48])
def test_violence_away_from_home_falls_on_weekend_nights_in_the_share_asked_for(
    asked: float,
) -> None:
    world = (
        town() if asked == 0.48 else with_violence(peaceful(), violence_spec(weekend_nights=asked))
    )
    found = violence(world).incidents
    away = found.filter(pl.col("location_type").is_in(AWAY))
    assert_share(away.filter(weekend()).height, away.height, asked, fault=0.1)


def test_violence_at_home_has_no_weekend() -> None:
    at_home = incidents(town(), "offence").filter(pl.col("location_type") == "own_home")
    assert_even(at_home["time"].dt.weekday().value_counts(sort=True)["count"])


def test_nights_of_the_weekend_are_the_worst_hours_away_from_home_and_mornings_the_best() -> None:
    found = violence(town()).incidents.filter(pl.col("location_type").is_in(AWAY))
    hour = (found["time"].dt.weekday().cast(pl.Int64) - 1) * 24 + found["time"].dt.hour()
    counts = np.bincount(hour.to_numpy(), minlength=168)
    saturday_midnight = counts[5 * 24 + 22 : 6 * 24 + 2].sum()
    tuesday_midnight = counts[1 * 24 + 22 : 2 * 24 + 2].sum()
    tuesday_morning = counts[1 * 24 + 5 : 1 * 24 + 9].sum()
    assert saturday_midnight > 1.5 * tuesday_midnight > 3 * tuesday_morning


def test_sunday_night_is_as_quiet_for_its_day_as_any_but_friday_and_saturday() -> None:
    week = away(0.48).reshape(7, 24)
    friday, saturday, sunday = 4, 5, 6
    for day in (friday, saturday):
        assert week[day, 23] / week[saturday, 12] == pytest.approx(2 * 10.5 / 2.2)
    assert week[sunday, 23] / week[sunday, 12] == pytest.approx(10.5 / 2.2)
    assert week[sunday, 2] / week[sunday, 12] == pytest.approx(2 * 7 / 2.2)  # Saturday's night
    assert week[0, 23] / week[0, 12] == pytest.approx(10.5 / 2.2)


@pytest.mark.parametrize("woman", [True, False])
def test_where_all_are_of_one_sex_they_are_the_victims_and_the_suspects(woman: bool) -> None:
    world = peaceful(2_000)
    sex = pl.Series("sex", ["F" if woman else "M"]).new_from_index(0, world.people.height)
    alone = replace(world, people=world.people.with_columns(sex))
    held = violence(with_violence(alone, violence_spec()))
    assert set(held.people["role"]) == {"victim", "suspect", *CONTACT_ROLES}
    assert held.people["person"].is_between(0, world.people.height - 1).all()


def victims_away(**changes: float) -> pl.DataFrame:
    """Victims of offences away from home, with their age and deprivation fifth at the start."""
    world = town() if not changes else with_violence(peaceful(), violence_spec(**changes))
    found = participants(world, "offence").filter(pl.col("location_type").is_in(AWAY))
    fifth = world.homes["deprivation_fifth"].gather(world.layout.home_first)
    born = world.people["date_of_birth"].gather(found["person"])
    return found.with_columns(
        fifth=fifth.gather(found["person"]),
        age=(found["time"].dt.date() - born).dt.total_days() / 365.25,
    )


def test_the_most_deprived_fifth_is_hurt_about_four_times_as_often_as_the_least() -> None:
    world, found = peaceful(), victims_away()
    living = world.homes["deprivation_fifth"].gather(world.layout.home_first).value_counts()
    people, hurt = dict(living.iter_rows()), dict(found["fifth"].value_counts().iter_rows())
    rate = {fifth: hurt[fifth] / people[fifth] for fifth in people}
    assert rate[1] > rate[2] > rate[3] > rate[5]
    # Ages and sexes of the fifths differ too, so the ratio is not 3.9 to the last digit.
    assert 2.8 < rate[1] / rate[5] < 5.2


def test_people_of_18_to_30_are_hurt_most_and_half_of_victims_are_under_30() -> None:
    world, found = peaceful(), victims_away()
    born = world.people["date_of_birth"]
    middle = START + timedelta(days=DAYS // 2)
    ages = (pl.Series([middle]) - born).dt.total_days() / 365.25
    edges = [0, 10, 18, 31, 45, 60, 120]
    hurt = np.histogram(found["age"], edges)[0] / np.histogram(ages, edges)[0]
    assert hurt.argmax() == 2
    assert hurt[2] > hurt[3] > hurt[4] > hurt[5]
    assert hurt[0] < 0.1 * hurt[2]
    assert 22 < found["age"].median() < 36


def test_some_people_are_hurt_often_where_people_differ_in_proneness() -> None:
    even, uneven = victims_away(), victims_away(repeat_variance=2.0)
    assert even.height == uneven.height
    # The more differ, the fewer different people are hurt.
    assert uneven["person"].n_unique() < 0.85 * even["person"].n_unique()


def test_more_of_one_kind_of_violence_changes_nothing_of_the_others() -> None:
    calm = violence(with_violence(peaceful(), violence_spec(a_and_e_per_1000=10.0)))
    busy = violence(town())
    for kind in ("offence", "contact"):
        one, other = (v.incidents.filter(pl.col("kind") == kind) for v in (calm, busy))
        assert one.equals(other)
        who = one["incident_id"].implode()
        of_one, of_other = (v.people.filter(pl.col("incident_id").is_in(who)) for v in (calm, busy))
        assert of_one.equals(of_other)
    fewer = calm.incidents.filter(pl.col("kind") == "assault")
    assert fewer["incident_id"].is_in(busy.incidents["incident_id"].implode()).all()


def test_violence_changes_nothing_of_people_homes_and_moves() -> None:
    calm, hurt = peaceful(), town()
    assert hurt.people.equals(calm.people)
    assert hurt.homes.equals(calm.homes)
    assert (hurt.layout.moved_day == calm.layout.moved_day).all()


def test_violence_is_the_same_each_time_and_another_with_another_seed() -> None:
    again = violence(with_violence(peaceful(), violence_spec()))
    assert again.incidents.equals(violence(town()).incidents)
    assert again.people.equals(violence(town()).people)
    other = violence(with_violence(peaceful(seed=2), violence_spec()))
    assert not other.incidents["time"].equals(again.incidents["time"])


def test_trial_0_is_the_world_itself() -> None:
    held, same = violence(town()), violence(with_trial(town(), 0))
    assert same.incidents.equals(held.incidents)
    assert same.people.equals(held.people)


def test_other_nights_happen_to_the_same_people_in_the_same_town() -> None:
    here, there = town(), other_nights()
    assert there.people is here.people
    assert there.homes is here.homes
    assert violence(there).town is violence(here).town
    assert violence(there).trial == 1


def test_other_nights_have_as_much_violence_at_times_and_to_people_of_their_own() -> None:
    here, there = (violence(world).incidents for world in (town(), other_nights()))
    away = PER_1000["offence"] * THOUSAND_YEARS * sum(OFFENCES.values())
    of_offences = (pl.col("kind") == "offence") & (pl.col("location_type") != "own_home")
    assert_poisson(there.filter(of_offences).height, away)
    both = here.join(there, on="incident_id")  # the first at a place has the same id
    minutes = both.select(pl.col("time", "time_right").to_physical())
    assert_uncorrelated(minutes["time"], minutes["time_right"])
    people = here.select("incident_id", "location_type").filter(pl.col("location_type").is_in(AWAY))
    firsts = [
        violence(world).people.filter(pl.col("role") == "victim", pl.col("ordinal") == 0)
        for world in (town(), other_nights())
    ]
    pair = firsts[0].join(firsts[1], on="incident_id").join(people, on="incident_id", how="semi")
    assert_uncorrelated(pair["person"], pair["person_right"])


def test_other_nights_put_numbers_of_incidents_of_their_own_into_each_home() -> None:
    counts = [
        np.bincount(
            incidents(world, "offence").filter(pl.col("home") >= 0)["home"],
            minlength=world.homes.height,
        )
        for world in (town(), other_nights())
    ]
    fifth = peaceful().homes["deprivation_fifth"].to_numpy()
    for number in (1, 5):  # within a fifth, homes have the same rate
        lived_in = (fifth == number) & np.isin(np.arange(len(fifth)), peaceful().layout.home_first)
        assert_uncorrelated(counts[0][lived_in], counts[1][lived_in], fault=0.2)


def test_some_kinds_alone_are_drawn_as_they_are_among_all() -> None:
    alone = violence(with_trial(town(), 1, ("assault",)))
    among = violence(other_nights())
    assert alone.incidents.equals(among.incidents.filter(pl.col("kind") == "assault"))
    assert set(alone.incidents["kind"]) == {"assault"}


def test_a_world_without_violence_has_no_other_nights() -> None:
    with pytest.raises(ValueError, match="no violence"):
        with_trial(peaceful(), 1)
