"""People and households: who is drawn, and what stays the same in a larger world."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from nhs_number.constants import REGION_ENGLAND_WALES_IOM
from nhs_number.validate import is_valid

from simulator import names
from simulator.ages import _FAMILY_66, twin_chance
from simulator.ethnicity import HERITAGE_WEIGHTS
from simulator.household_types import HOUSEHOLD_TYPES, households_of_region
from simulator.households import CHILD, GROWN, PARTNER, draw_households
from simulator.identifiers import is_valid_nhs_number
from simulator.schema import ETHNIC_GROUPS
from simulator.world import ages_at, groups_of_people, make_world
from tests.kent_like import kent, recorded, world_spec
from tests.statistical import assert_mean, assert_share, assert_uncorrelated

if TYPE_CHECKING:
    from simulator.households import Households
    from simulator.specs import WorldSpec
    from simulator.state import World

PEOPLE = 60_000

# What a person is drawn with: the same in a world of any size.
OWN = (
    "person_id",
    "household_id",
    "home_first",
    "renamed_on",
    "arrived_on",
    "left_on",
    "died_on",
    "date_of_birth",
    "sex",
    "ethnic_group",
    "first_name",
    "surname",
    "former_surname",
    "nhs_number",
    "second_home",
)
# What depends on who else there is: movers take each other's homes or move in together, and what
# follows from the home.
OF_THE_WORLD = ("moved_on", "home_last", "lsoa", "msoa", "deprivation_fifth", "practice")


def small_practices(people: int) -> WorldSpec:
    """A world of this size with a practice for every 200 people."""
    return world_spec(people, people_per_practice=200)


def people_of(spec: WorldSpec, seed: int = 3) -> pl.DataFrame:
    """The people of a world without agencies."""
    return make_world(spec, {}, {}, seed).people


@pytest.fixture(scope="module")
def sizes() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The people of 1,000, and the same people in a world of 10,000; whole households alone."""
    small = people_of(small_practices(1_000)).head(1_000)
    # The last household of a world is cut short to its size: its head may lack a partner.
    whole = small.height - int((small["household_id"] == small["household_id"][-1]).sum())
    large = people_of(small_practices(10_000))
    return small.head(whole), large.head(whole)


def test_people_are_drawn_for_themselves_whatever_the_size_of_the_world(
    sizes: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    small, large = sizes
    assert set(OWN) | set(OF_THE_WORLD) == set(small.columns)
    assert small.select(OWN).equals(large.select(OWN))


def test_who_arrives_or_is_born_is_the_same_in_a_larger_world() -> None:
    small, large = (people_of(small_practices(people)) for people in (1_000, 10_000))
    newcomers = small.slice(1_000).select(OWN)
    assert newcomers.height > 50
    same = newcomers.join(large.select(OWN), on=OWN, how="semi", nulls_equal=True)
    # Those at the edge of the small world, whose household is cut short, may differ.
    assert same.height >= newcomers.height - 3


def test_only_movers_and_people_at_the_edge_differ_in_a_larger_world(
    sizes: tuple[pl.DataFrame, pl.DataFrame],
) -> None:
    small, large = sizes
    stays = small["moved_on"].is_null() & large["moved_on"].is_null()
    assert (small["moved_on"].is_null() != large["moved_on"].is_null()).mean() < 0.02
    for column in OF_THE_WORLD[:-1]:
        assert small[column].filter(stays).equals(large[column].filter(stays)), column
    # The comparison is not empty: movers do go elsewhere.
    assert (small["home_last"] != large["home_last"]).sum() > 50
    differs = stays & (small["practice"] != large["practice"])
    assert set(small["practice"].filter(differs)) <= {small["practice"].max()}


def test_nhs_numbers_are_unique_valid_and_from_the_block_that_is_not_issued() -> None:
    numbers = kent(PEOPLE).people["nhs_number"].to_numpy()
    assert np.unique(numbers).size == PEOPLE
    assert is_valid_nhs_number(numbers).all()
    assert numbers.min() >= 9_000_000_000
    assert numbers.max() <= 9_999_999_999
    assert_uncorrelated(numbers, np.arange(PEOPLE))


def test_an_outside_check_takes_numbers_for_well_formed_and_for_nobodys() -> None:
    for number in kent(PEOPLE).people["nhs_number"].cast(pl.String).to_list()[::300]:
        assert is_valid(number)
        assert not is_valid(number, for_region=REGION_ENGLAND_WALES_IOM)


def test_person_ids_are_unique_and_say_nothing_about_the_household() -> None:
    people = kent(PEOPLE).people
    assert people["person_id"].n_unique() == PEOPLE
    assert_uncorrelated(people["person_id"].to_numpy(), np.arange(PEOPLE))


def test_households_are_whole_and_of_the_size_that_their_type_allows() -> None:
    fifth = np.tile(np.arange(1, 6), 2_000)
    homes = draw_households(1, "shire_county", 20_000, fifth)
    sizes = np.bincount(homes.household)
    assert sizes.min() >= 1
    assert len(homes.household) == 20_000
    for code, household_type in enumerate(HOUSEHOLD_TYPES):
        of_type = sizes[:-1][homes.kind[: homes.count - 1] == code]
        allowed = {size for size, weight in enumerate(household_type.sizes, start=1) if weight}
        assert set(np.minimum(of_type, 8).tolist()) <= allowed


def test_types_and_sizes_of_households_follow_the_fitted_table_in_each_fifth() -> None:
    fifth = np.tile(np.arange(1, 6), 20_000)
    homes = draw_households(2, "shire_county", 200_000, fifth)
    sizes = np.minimum(np.bincount(homes.household), 8)[:-1]
    kind, fifth = homes.kind[: homes.count - 1], fifth[: homes.count - 1]
    private = kind < len(HOUSEHOLD_TYPES)
    for value in range(1, 6):
        shares = households_of_region("shire_county")[value - 1]
        here = private & (fifth == value)
        for code, share in enumerate(shares.sum(axis=1) / shares.sum()):
            assert_share(int((kind[here] == code).sum()), int(here.sum()), float(share))
        for size, share in enumerate(shares.sum(axis=0)[:4] / shares.sum(), start=1):
            assert_share(int((sizes[here] == size).sum()), int(here.sum()), float(share))


def test_ages_lie_between_0_and_104_and_nobody_is_born_later() -> None:
    world = kent(PEOPLE)
    ages = ages_at(world.people, world.spec, 0)
    assert ages.min() >= 0
    assert ages.max() <= 104.01  # a leap day


def households_of(world: World) -> Households:
    """The households of a world, drawn again."""
    lived_in = world.homes["deprivation_fifth"].to_numpy()[world.layout.home_first]
    heads = np.flatnonzero(world.people["household_id"].rle_id().diff().fill_null(1).to_numpy())
    return draw_households(world.seed, "shire_county", world.people.height, lived_in[heads])


def test_couples_are_adults_of_about_the_same_age() -> None:
    world = kent(PEOPLE)
    homes = households_of(world)
    ages = ages_at(world.people, world.spec, 0)
    partner = np.flatnonzero(homes.role == PARTNER)
    assert set(homes.ordinal[partner]) == {1}
    assert ages[partner].min() >= 17.99
    gap = ages[partner] - ages[partner - 1]
    # Away from the floor at 18 the gap is normal: -1 year on average, standard deviation 4.
    settled = (ages[partner - 1] > 45) & (homes.kind[homes.household[partner]] != _FAMILY_66)
    assert_mean(gap[settled], -1.0, fault=0.3)
    assert_mean((gap[settled] + 1.0) ** 2, 16.0, fault=2.0)


def test_a_head_of_household_is_an_adult() -> None:
    world = kent(PEOPLE)
    homes = households_of(world)
    assert ages_at(world.people, world.spec, 0)[homes.ordinal == 0].min() >= 17.99


def test_no_child_is_less_than_fifteen_years_younger_than_the_head() -> None:
    world = kent(PEOPLE)
    homes = households_of(world)
    ages = ages_at(world.people, world.spec, 0)
    head = ages[np.flatnonzero(homes.ordinal == 0)][homes.household]
    child = np.isin(homes.role, [CHILD, GROWN])
    assert child.sum() > 10_000
    assert (head - ages)[child].min() >= 14.98


def test_twins_are_as_common_as_planted() -> None:
    world = kent(PEOPLE)
    homes = households_of(world)
    child = homes.role == CHILD
    further = np.flatnonzero(child & np.roll(child, 1) & (homes.ordinal > 0))
    born = world.people["date_of_birth"].to_numpy()
    twins = int((born[further] == born[further - 1]).sum())
    # Two children of one mother drawn on the same day by chance are too few to matter.
    assert_share(twins, further.size, twin_chance())


def test_sex_and_ethnic_group_are_in_their_classes() -> None:
    people = kent(PEOPLE).people
    assert set(people["sex"]) == {"F", "M"}
    assert set(people["ethnic_group"]) == set(ETHNIC_GROUPS)
    assert (
        people.select(
            pl.exclude(
                "moved_on",
                "former_surname",
                "second_home",
                "renamed_on",
                "arrived_on",
                "left_on",
                "died_on",
            )
        )
        .null_count()
        .sum_horizontal()[0]
        == 0
    )


def test_a_former_surname_is_another_name_and_mostly_a_womans() -> None:
    changed = kent(PEOPLE).people.filter(pl.col("former_surname").is_not_null())
    assert (changed["former_surname"] != changed["surname"]).all()
    assert (changed["sex"] == "F").mean() > 0.95


def test_heads_of_household_share_a_surname_as_often_as_the_pools_imply() -> None:
    people = kent(PEOPLE).people.unique("household_id", maintain_order=True)
    mixture: dict[str, float] = {}
    for code, group in enumerate(ETHNIC_GROUPS):
        share = float((people["ethnic_group"] == group).mean())
        for heritage, weight in zip(names.HERITAGES, HERITAGE_WEIGHTS[code], strict=True):
            pool = names.surnames(heritage)
            for name, chance in zip(pool.names, pool.weights, strict=True):
                mixture[name] = mixture.get(name, 0.0) + share * weight * chance
    shares = np.array(list(mixture.values()))
    assert shares.sum() == pytest.approx(1.0)
    agree = float((shares**2).sum())
    counts = people["surname"].value_counts()["count"].to_numpy().astype(np.float64)
    n = people.height
    found = (counts * (counts - 1)).sum() / (n * (n - 1))
    # Standard error of the share of pairs that agree (Hoeffding's first projection); 5 of them.
    error = 2 * np.sqrt(((shares**3).sum() - agree**2) / n)
    assert abs(found - agree) < 5 * error
    assert 5 * error < 0.25 * agree


def test_everybody_lives_somewhere_on_every_day_and_never_in_two_homes() -> None:
    world, _, truth = recorded(20_000)
    lived = truth.residences.sort("person_id", "since", "until")
    assert lived["person_id"].n_unique() == world.people.height
    spans = lived.with_columns(
        days=(pl.col("until") - pl.col("since")).dt.total_days(),
        gap=(pl.col("since") - pl.col("until").shift(1).over("person_id")).dt.total_days(),
    )
    assert spans["days"].min() >= 0
    assert set(spans["gap"].drop_nulls()) == {0}
    total = spans.group_by("person_id").agg(
        pl.col("days").sum(), pl.col("since").min(), pl.col("until").max()
    )
    assert set(total["days"]) == {world.spec.days}
    assert set(total["since"]) == {world.spec.start}
    assert set(total["until"]) == {world.spec.start + timedelta(days=world.spec.days)}


def test_households_that_move_change_homes_among_themselves() -> None:
    people = kent(PEOPLE).people.unique("household_id", maintain_order=True)
    assert people["home_first"].n_unique() == people.height
    assert people["home_first"].sort().equals(people["home_last"].sort())
    stays = people.filter(pl.col("moved_on").is_null())
    assert stays["home_first"].equals(stays["home_last"])


def test_a_household_moves_together_inside_the_window() -> None:
    world = kent(PEOPLE)
    together = world.people.group_by("household_id").agg(
        pl.col("moved_on").n_unique(), pl.col("home_last").n_unique()
    )
    assert together["moved_on"].max() == 1
    assert together["home_last"].max() == 1
    moved = world.people["moved_on"].drop_nulls()
    assert moved.min() >= world.spec.start
    assert moved.max() < world.spec.end


def test_groups_are_those_of_the_people_with_every_value_present() -> None:
    world = kent(PEOPLE)
    groups = groups_of_people(world)
    assert groups["person_id"].is_sorted()
    assert set(groups["age_band"]) == {"0-17", "18-39", "40-64", "65-79", "80+"}
    assert set(groups["deprivation_fifth"]) == {"1", "2", "3", "4", "5"}
    one = world.people.row(123, named=True)
    found = groups.filter(pl.col("person_id") == one["person_id"]).row(0, named=True)
    age = (world.spec.start - one["date_of_birth"]).days / 365.25
    bands = ((80, "80+"), (65, "65-79"), (40, "40-64"), (18, "18-39"), (0, "0-17"))
    assert found["age_band"] == next(name for start, name in bands if age >= start)
    assert found["sex"] == one["sex"]


def test_another_seed_makes_other_people() -> None:
    one, two = kent(2_000, 1).people, kent(2_000, 2).people
    assert (one["nhs_number"] == two["nhs_number"]).sum() == 0
    assert (one["first_name"] == two["first_name"]).mean() < 0.1


def test_children_of_couples_of_two_groups_are_mixed_and_others_are_as_their_parents() -> None:
    world = kent(PEOPLE)
    people = world.people.with_columns(age=pl.Series(ages_at(world.people, world.spec, 0)))
    by_household = people.group_by("household_id", maintain_order=True).agg(
        pl.col("ethnic_group").gather([0, 1], null_on_oob=True).alias("first_two"),
        pl.col("ethnic_group").slice(2).alias("rest"),
        pl.col("age").slice(2).max().alias("oldest"),
        pl.col("age").get(1, null_on_oob=True).alias("second"),
    )
    couples = by_household.filter(
        pl.col("oldest") < 17, pl.col("second") > 22, pl.col("rest").list.len() > 0
    )
    of_two = pl.col("first_two").list.n_unique() > 1
    mixed = couples.filter(of_two).explode("rest")
    assert mixed.height > 100
    assert (mixed["rest"] == "Mixed").mean() > 0.85


def test_first_names_follow_the_heritage_of_the_household() -> None:
    world = kent(PEOPLE)
    listed = {
        name
        for sex in "FM"
        for decade in range(1920, 2020, 10)
        for name in names.first_names("South Asian", sex, decade).names
    }
    asian = world.people.filter(pl.col("ethnic_group") == "Asian").with_columns(
        named=pl.col("first_name").is_in(list(listed))
    )
    by_household = asian.group_by("household_id").agg(pl.len(), pl.col("named").mean())
    together = by_household.filter(pl.col("len") > 2)["named"]
    # All members are named from one list: nine tenths of households wholly from this one.
    assert together.len() > 200
    assert (together == 1).mean() > 0.8
