"""Our records and links, in the units of docs/validity.md."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import polars as pl
from validity_people import Figures, Run, percent, share

from linkage.cascade_plan import MatchKeys, ladder
from linkage.pairs import exact_links
from linkage.quality import true_pairs
from linkage.record_links import link_records

if TYPE_CHECKING:
    from linkage.linked import Links

HUB = "gp_register"
# HESID's steps as far as the fields allow: its second step also asks for the hospital's own number.
HESID: MatchKeys = (
    ("sex", "date_of_birth", "nhs_number"),
    ("sex", "date_of_birth", "postcode"),
)
# As in the Kent proposal.
LADDER: MatchKeys = (
    ("nhs_number", "date_of_birth"),
    ("nhs_number", "sex", "surname"),
    ("first_name", "surname", "date_of_birth"),
    ("first_name", "surname", "sex", "postcode"),
    ("sex", "date_of_birth", "postcode"),
)
# Match-keys that need no NHS number.
WITHOUT_NUMBER: MatchKeys = (
    ("first_name", "surname", "sex", "date_of_birth", "postcode"),
    ("first_name", "surname", "sex", "date_of_birth"),
    ("first_name", "surname", "sex", "postcode"),
    ("sex", "date_of_birth", "postcode"),
)

# At the published share of 0.1 % these hold ten false matches; fewer cannot tell it from none.
_ENOUGH_INFANTS = 10_000


def presence_figures(run: Run) -> Figures:
    """Section 5: NHS number present, and how much commoner it is not to be registered."""
    present = {
        "ed-nhs-number": "a_and_e",
        "inpatient-nhs-number": "admissions",
        "register-social-care": "social_care",
    }
    figures: Figures = {
        row: (share(run.datasets[agency].frame["nhs_number"].is_not_null()),)
        for row, agency in present.items()
    }
    registered = run.truth.owners(HUB)["person_id"]
    people = run.at_end.with_columns(lacking=~pl.col("person_id").is_in(registered.to_list()))
    contrasts = (
        pl.col("age").is_between(20, 30, closed="left"),
        pl.col("sex") == "M",
        pl.col("ethnic_group") != "White",
    )
    figures["fewer-registered"] = tuple(
        share(people.filter(group)["lacking"]) - share(people.filter(~group)["lacking"])
        for group in contrasts
    )
    return figures


def first_record(run: Run, agency: str) -> pl.DataFrame:
    """One record of each person: the one with the lowest record id."""
    owners = run.truth.owners(agency).select("record_id", "person_id")
    frame = run.datasets[agency].frame.join(owners, on="record_id", maintain_order="left")
    return frame.unique("person_id", keep="first", maintain_order=True)


def _two_records(run: Run, one: str, two: str) -> pl.DataFrame:
    """People in both agencies, with a record of each; the second's columns end in `_2`."""
    people = run.everybody.select("person_id", "age", right_sex="sex")
    both = first_record(run, one).join(first_record(run, two), on="person_id", suffix="_2")
    return both.join(people, on="person_id")


def _that_differ(both: pl.DataFrame, field: str) -> tuple[pl.DataFrame, float]:
    """Pairs whose values are both there and differ, and their share of pairs in per cent."""
    there = both.drop_nulls([field, f"{field}_2"])
    differs = there.filter(pl.col(field) != pl.col(f"{field}_2"))
    return differs, percent(differs.height, there.height)


def disagreement_figures(run: Run) -> Figures:
    """Section 6: A&E against admissions, and admissions against the GP register for the young."""
    both = _two_records(run, "a_and_e", "admissions")
    men, women = both.filter(pl.col("right_sex") == "M"), both.filter(pl.col("right_sex") == "F")
    first, first_share = _that_differ(both, "first_name")
    last, _ = _that_differ(both, "surname")
    born, born_share = _that_differ(both, "date_of_birth")
    postcode, postcode_share = _that_differ(both, "postcode")
    sector = postcode["postcode"].str.head(-2) == postcode["postcode_2"].str.head(-2)
    near = postcode_share * share(sector) / 100
    young = _two_records(run, "admissions", HUB).filter(pl.col("age") < 25)
    wrong = (pl.col("sex") != pl.col("sex_2")).fill_null(value=True) | (
        pl.col("date_of_birth") != pl.col("date_of_birth_2")
    ).fill_null(value=True)
    moved = (pl.col("postcode") != pl.col("postcode_2")).fill_null(value=True)
    return {
        "forename-differs": (first_share,),
        "surname-differs-men": (_that_differ(men, "surname")[1],),
        "surname-differs-women": (_that_differ(women, "surname")[1],),
        "forename-first-two": (_same_start(first, "first_name"),),
        "surname-first-two": (_same_start(last, "surname"),),
        "dob-differs": (born_share,),
        "dob-parts": _parts(born),
        "dob-gap": (_gap(born),),
        "sex-differs": (_that_differ(both, "sex")[1],),
        "postcode-differs": (postcode_share, postcode_share - near, near),
        "hes-sex-dob": (share(young.select(wrong).to_series()),),
        "hes-postcode": (share(young.select(moved).to_series()),),
    }


def _same_start(pairs: pl.DataFrame, field: str) -> float:
    return share(pairs[field].str.head(2) == pairs[f"{field}_2"].str.head(2))


def _gap(pairs: pl.DataFrame) -> float:
    gap = (pairs["date_of_birth"] - pairs["date_of_birth_2"]).dt.total_days().abs()
    return float(gap.mean() or 0.0)


def _parts(pairs: pl.DataFrame) -> tuple[float, ...]:
    """One part differs; day, month, year of those; by one; day and month swapped (per cent)."""
    one, two = pl.col("date_of_birth").dt, pl.col("date_of_birth_2").dt
    parts = pairs.select(
        day=(one.day().cast(pl.Int64) - two.day()).abs(),
        month=(one.month().cast(pl.Int64) - two.month()).abs(),
        year=(one.year().cast(pl.Int64) - two.year()).abs(),
        swapped=(one.day() == two.month()) & (one.month() == two.day()),
    )
    kinds = ("day", "month", "year")
    single = parts.filter(sum(pl.col(kind) != 0 for kind in kinds) == 1)
    by_one = single.filter(pl.sum_horizontal(*kinds) == 1)
    return (
        percent(single.height, parts.height),
        *(share(single[kind] != 0) for kind in kinds),
        percent(by_one.height, parts.height),
        share(parts["swapped"]),
    )


def outcomes(run: Run, agency: str, links: Links) -> pl.DataFrame:
    """Each record of an agency: its person, and whether its link is there, missed or false."""
    pairs = true_pairs(run.truth, HUB, agency, "person").rename({"left_id": "right_hub"})
    found = links.frame.select("right_id", linked="left_id")
    records = run.truth.owners(agency).select("person_id", "date", right_id="record_id")
    frame = records.join(pairs, on="right_id", how="left", maintain_order="left").join(
        found, on="right_id", how="left", maintain_order="left"
    )
    right = (pl.col("linked") == pl.col("right_hub")).fill_null(value=False)
    people = run.everybody.select("person_id", "age", "sex", "ethnic_group", "deprivation_fifth")
    return frame.with_columns(
        missed=pl.col("right_hub").is_not_null() & ~right,
        false=pl.col("linked").is_not_null() & ~right,
    ).join(people, on="person_id", how="left", maintain_order="left")


def _missed(frame: pl.DataFrame) -> float:
    return share(frame.filter(pl.col("right_hub").is_not_null())["missed"])


def _false(frame: pl.DataFrame) -> float:
    return share(frame.filter(pl.col("linked").is_not_null())["false"])


def _contrast(frame: pl.DataFrame, group: pl.Expr, other: pl.Expr, missed: bool) -> float:  # noqa: FBT001
    """How many points more of the group is missed, or falsely linked, than of the other."""
    rate = _missed if missed else _false
    return rate(frame.filter(group)) - rate(frame.filter(other))


def _by_number(run: Run, agency: str) -> Links:
    """Records joined to the hub wherever the NHS number is the same, and nothing else asked."""
    left = run.datasets[HUB].frame.select("nhs_number", left_id="record_id").drop_nulls()
    right = run.datasets[agency].frame.select("nhs_number", right_id="record_id").drop_nulls()
    pairs = left.join(right, on="nhs_number").with_columns(rule=pl.lit("number"))
    return exact_links("number", HUB, agency, pairs)


def _returns_within_30_days(frame: pl.DataFrame, identity: pl.Expr) -> float:
    """Share of admissions followed by another of the same identity within 30 days, per cent."""
    dated = frame.select(identity.alias("who"), "date").sort("who", "date")
    gap = (dated["date"].shift(-1) - dated["date"]).dt.total_days()
    again = (dated["who"].shift(-1) == dated["who"]) & (gap <= 30)
    return share(again.fill_null(value=False))


def _climbed(run: Run, agency: str, keys: MatchKeys) -> Links:
    """Links an agency's records to the hub's by match-keys in order."""
    return link_records(run.datasets[HUB], run.datasets[agency], ladder(keys), "ladder", 1)


def linkage_figures(run: Run) -> Figures:
    """Section 7."""
    climbed = {
        agency: outcomes(run, agency, _climbed(run, agency, LADDER))
        for agency in ("a_and_e", "admissions")
    }
    hesid = outcomes(run, "admissions", _climbed(run, "admissions", HESID))
    child = hesid.filter(pl.col("age") < 18)
    known = child.filter(pl.col("right_hub").is_not_null())
    perfect = _returns_within_30_days(known, pl.col("person_id"))
    linked = _returns_within_30_days(known, pl.coalesce("linked", "right_id"))
    first_day = pl.lit(run.world.spec.start)
    infants = hesid.filter(
        pl.col("age") + (pl.col("date") - first_day).dt.total_days() / 365.25 < 1
    )
    young, old = pl.col("age") < 40, pl.col("age") >= 40
    minority, white = (
        pl.col("ethnic_group").is_in(["Asian", "Black", "Other"]),
        pl.col("ethnic_group") == "White",
    )
    poor, rich = pl.col("deprivation_fifth") == 1, pl.col("deprivation_fifth") == 5
    number = {a: outcomes(run, a, _by_number(run, a)) for a in ("a_and_e", "admissions")}
    pupils = number["a_and_e"].filter(pl.col("age").is_between(5, 18, closed="left"))
    hashed = outcomes(run, "a_and_e", _climbed(run, "a_and_e", WITHOUT_NUMBER))
    step = _climbed(run, "admissions", (("nhs_number", "date_of_birth"),))
    registered = climbed["admissions"].filter(pl.col("right_hub").is_not_null())
    first_step = outcomes(run, "admissions", step).filter(pl.col("right_hub").is_not_null())
    unlinked = {
        agency: share(frame.filter(pl.col("right_hub").is_not_null())["linked"].is_null())
        for agency, frame in climbed.items()
    }
    return {
        "hesid-missed": (_missed(child),),
        "hesid-false": (_false(child),),
        "hesid-readmission": (100 * (1 - linked / perfect) if perfect else nan,),
        "hesid-missed-2015": (_missed(hesid),),
        "hesid-infants": (_false(infants) if infants.height > _ENOUGH_INFANTS else nan,),
        "hesid-missed-groups": (
            _contrast(hesid, young, old, missed=True),
            _contrast(hesid, minority, white, missed=True),
        ),
        "hesid-missed-deprived": (_contrast(hesid, poor, rich, missed=True),),
        "hesid-false-groups": (
            _contrast(hesid, pl.col("sex") == "M", pl.col("sex") == "F", missed=False),
            _contrast(hesid, young, old, missed=False),
            _contrast(hesid, minority, white, missed=False),
        ),
        "school-groups": (
            _contrast(pupils, pl.col("ethnic_group") != "White", white, missed=True),
            _contrast(pupils, poor, rich, missed=True),
        ),
        "no-link": (unlinked["a_and_e"], unlinked["admissions"]),
        "mps-steps": (
            share(first_step["linked"].is_not_null()),
            share(registered["linked"].is_null()),
        ),
        "nhs-number-join": (
            100 - _false(number["admissions"]),
            100 - _missed(number["admissions"]),
            100 - _false(number["a_and_e"]),
            100 - _missed(number["a_and_e"]),
        ),
        "hashed-match-keys": (_false(hashed), _missed(hashed)),
        "register-hospital": tuple(
            share(climbed[a]["linked"].is_not_null()) for a in ("a_and_e", "admissions")
        ),
    }
