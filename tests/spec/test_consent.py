"""Consent: who keeps their records out, and that they are in no file at all."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.agencies import CATALOGUE
from simulator.consent import opted_out
from simulator.extracts import extract
from simulator.services import SERVICES
from simulator.specs import ConsentSpec
from simulator.violence.incidents import with_violence
from simulator.world import make_world
from tests.kent_like import STILL
from tests.small_town import recording_spec, violence_spec, world_spec
from tests.statistical import assert_share

if TYPE_CHECKING:
    from simulator.state import World

PEOPLE = 12_000


@cache
def world() -> World:
    """A borough with every agency of the catalogue, and violence."""
    return with_violence(
        make_world(world_spec(PEOPLE, life=STILL), CATALOGUE, {}, 1), violence_spec()
    )


def consent(share: float, **changes: Any) -> ConsentSpec:
    return ConsentSpec.model_validate({"opt_out": share, **changes})


@pytest.mark.parametrize("name", ["gp_register", "a_and_e", "fire_visits", "police_crimes"])
def test_where_nobody_opts_out_no_byte_changes(name: str) -> None:
    given = (world(), name, CATALOGUE[name], recording_spec())
    without, nobody = extract(*given), extract(*given, consent(0.0, deprived_ratio=3.0))
    assert without[0].frame.equals(nobody[0].frame)
    assert without[1].errors.equals(nobody[1].errors)


@pytest.mark.parametrize("share", [0.05, 0.30])
def test_as_many_opt_out_as_asked_for_whoever_they_are(share: float) -> None:
    for changes in ({}, {"deprived_ratio": 3.0}, {"frequent_user_ratio": 0.5}):
        out = opted_out(world(), consent(share, **changes))
        assert_share(int(out.sum()), PEOPLE, share, fault=0.3)


def test_who_opts_out_is_in_no_agencys_file_and_everybody_else_is_where_they_were() -> None:
    asked = consent(0.30, deprived_ratio=2.0)
    gone = world().people["person_id"].filter(opted_out(world(), asked))
    for name, agency in CATALOGUE.items():
        if SERVICES[agency.service].of == "home":
            continue
        whole, truth = extract(world(), name, agency, recording_spec())
        kept, kept_truth = extract(world(), name, agency, recording_spec(), asked)
        stays = ~truth.owners["person_id"].is_in(gone.implode()).fill_null(value=False)
        # Too few sleep rough in a town of this size to count on any of them opting out, and in
        # one where nothing happens nobody dies.
        assert 0 < kept.frame.height < whole.frame.height or name in {"rough_sleepers", "deaths"}
        assert kept.frame.equals(whole.frame.filter(stays))
        assert kept_truth.owners.equals(truth.owners.filter(stays))
        ids = kept.frame["record_id"].implode()
        assert kept_truth.errors.equals(truth.errors.filter(truth.errors["record_id"].is_in(ids)))


def test_records_of_homes_alone_stay() -> None:
    name = "fire_visits"
    whole, _ = extract(world(), name, CATALOGUE[name])
    kept, _ = extract(world(), name, CATALOGUE[name], None, consent(0.30))
    assert kept.frame.equals(whole.frame)


def odds(out: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    return float(out.mean() / (1 - out.mean()))


def test_the_most_deprived_opt_out_by_the_odds_asked_for() -> None:
    fifth = world().homes["deprivation_fifth"].to_numpy()[world().layout.home_first]
    out = opted_out(world(), consent(0.30, deprived_ratio=4.0))
    most, least = out[fifth == 1], out[fifth == 5]
    spread = np.sqrt(sum(1 / (len(g) * g.mean() * (1 - g.mean())) for g in (most, least)))
    # Five standard errors of the log of an odds ratio: one false alarm in 1.7 million.
    assert abs(np.log(odds(most) / odds(least) / 4.0)) < 5 * spread < np.log(2)


def test_with_even_odds_use_of_services_and_deprivation_say_nothing() -> None:
    fifth = world().homes["deprivation_fifth"].to_numpy()[world().layout.home_first]
    out = opted_out(world(), consent(0.30))
    for number in (1, 5):
        of_fifth = out[fifth == number]
        assert_share(int(of_fifth.sum()), len(of_fifth), 0.30, fault=0.3)


def test_frequent_users_opt_out_more_where_so_asked() -> None:
    counts = np.full(PEOPLE, 0.5)
    for positions in world().positions.values():
        person = positions.person[positions.person >= 0]
        counts += np.bincount(person, minlength=PEOPLE)
    often, seldom = counts > 2 * counts.mean(), counts < counts.mean() / 2
    more = opted_out(world(), consent(0.30, frequent_user_ratio=2.0))
    less = opted_out(world(), consent(0.30, frequent_user_ratio=0.5))
    assert more[often].mean() > more[seldom].mean() + 0.1
    assert less[often].mean() < less[seldom].mean() - 0.1


def test_more_who_opt_out_are_the_same_and_some_more() -> None:
    few, many = (opted_out(world(), consent(share)) for share in (0.05, 0.30))
    assert (few <= many).all()
