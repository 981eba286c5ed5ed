"""Properties of proposals of one's own: what is loaded is carried out, whatever it asks for."""

from __future__ import annotations

import warnings
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.result import Result
from scenarios.runner import run
from scenarios.validate import validated
from tests.own_proposal import own, own_table

FEW = {"world.people": 200, "world.days": 120}

RELEASES = st.fixed_dictionaries(
    {
        "events": st.sampled_from([["refuge", "a_and_e"], ["a_and_e", "refuge", "fire_visits"]]),
        "dates": st.sampled_from(["minute", "day", "week", "month"]),
        "age": st.sampled_from(["birth_date", "birth_month", "birth_year", "five_years", "none"]),
        "area": st.sampled_from(["lsoa", "msoa", "none"]),
        **{
            name: st.booleans()
            for name in ("sex", "deprivation", "practice", "places", "costs", "tokens")
        },
    }
)


@given(RELEASES, st.integers(1, 5))
@settings(max_examples=12, deadline=None)
def test_any_release_is_made_attacked_and_asked(release: dict[str, Any], seed: int) -> None:
    group = "deprivation_fifth" if release["deprivation"] else "practice"
    inside = not release["costs"] or not release[group.partition("_")[0]]
    changes = {"question.cost.group": group, "question.cost.recipient": "" if inside else "county"}
    result = run(
        own({**FEW, **changes, "recipient.county": {"title": "C", **release}}), seeds=[seed]
    )
    for question in ("ratio", "cost", "known", "soon"):
        answered = result.one(subject=question, measure="answered", group="all")
        assert "no answer" not in answered.method
    shares = [f for f in result.figures if f.unit == "share" and f.measure != "residual_risk"]
    assert shares
    assert all(0 <= share.value <= 1 for share in shares if share.value is not None)


FIELDS = ["nhs_number", "surname", "date_of_birth", "postcode", "sex", "event_time", "cost_pence"]
SHARES = st.sampled_from([0, 0.01, 0.5, 1, {"value": 0.5, "low": 0, "high": 1}])

# Any setting, with values that stretch it; some cannot be carried out and are refused.
SETTINGS: dict[str, st.SearchStrategy[Any]] = {
    "agency.refuge.coverage": SHARES,
    "agency.register.coverage": SHARES,
    "agency.refuge.fields": st.lists(st.sampled_from(FIELDS), unique=True),
    "agency.refuge.errors": st.dictionaries(
        st.sampled_from(["nhs_number_missing", "birth_date_missing", "postcode_typing"]), SHARES
    ),
    "agency.refuge.contact.per_person_year": st.sampled_from([0, 0.01, 20]),
    "agency.refuge.contact.cost_pounds": st.sampled_from([0, 1_000_000]),
    "agency.refuge.contact.age_from": st.sampled_from([0, 18, 120]),
    "agency.refuge.service": st.sampled_from(["own", "a_and_e", "fire_visits", "gp_register"]),
    "agency.a_and_e": st.sampled_from([{"like": "fire_visits"}, {"like": "community"}]),
    "world.days": st.sampled_from([60, 3660]),
    "world.start": st.sampled_from(["1900-01-01", "2100-12-31"]),
    "world.move_rate": st.sampled_from([0, 1]),
    "world.frailty_variance": st.sampled_from([0, 10]),
    "world.contact_variance": st.sampled_from([0, 10]),
    "world.people_per_practice": st.sampled_from([100, 5_000_000]),
    "effect.fewer.ratio": st.sampled_from([0.01, 1, 100]),
    "effect.fewer.outcome": st.sampled_from(["a_and_e", "refuge", "fire_visits", "register"]),
    "effect.fewer.exposure": st.sampled_from(["a_and_e", "refuge", "fire_visits", "register"]),
    "effect.fewer.only_at_home": st.booleans(),
    "identity.nhs_number.scheme": st.sampled_from(
        ["keyed-hash", "plain-hash", "salted-hash", "open-pseudonymiser", "clear", "remove"]
    ),
    "identity.nhs_number.bits": st.sampled_from([32, 40]),
    "identity.nhs_number.key_scope": st.sampled_from(["per-recipient", "transcrypted"]),
    "identity.nhs_number.verify": st.lists(st.sampled_from(FIELDS), unique=True),
    "identity.date_of_birth": st.sampled_from([{"scheme": "remove"}, {"scheme": "keyed-hash"}]),
    "identity.event_time": st.just({"scheme": "remove"}),
    "identity.postcode": st.sampled_from([{"scheme": "keyed-hash"}, {"scheme": "clear"}]),
    "link.refuge.on": st.sampled_from(["nhs_number", "postcode", "uprn"]),
    "link.refuge.unit": st.sampled_from(["person", "home"]),
    "link.visits": st.just(None),
    "recipient.county.events": st.lists(
        st.sampled_from(["refuge", "a_and_e", "fire_visits", "register"]), unique=True
    ),
    "question.ratio.exposure": st.sampled_from(["a_and_e", "refuge", "fire_visits"]),
    "question.ratio.outcome": st.sampled_from(["a_and_e", "refuge", "fire_visits"]),
    "question.ratio.only_at_home": st.booleans(),
    "question.ratio.follow_up_days": st.sampled_from([7, 3660]),
    "question.cost.group": st.sampled_from(["lsoa", "msoa", "deprivation_fifth"]),
    "question.soon.services": st.sampled_from([["refuge"], ["fire_visits"], []]),
    "question.soon.contacts": st.sampled_from([2, 1000]),
    "attack.friend.targets": st.sampled_from([20, 1_000_000]),
    "attack.friend.contacts": st.sampled_from([[1], [20], [3, 1]]),
    "attack.friend.knows": st.sampled_from([[], ["age"], ["area", "sex"]]),
    "attack.friend.date_error_days": st.sampled_from([0, 3660]),
    "attack.friend.misremembered": SHARES,
    "attack.friend.gap": st.sampled_from([0, 1e6]),
    "governance.recall_floor": st.just({"value": 0.9, "source": "us"}),
}


@st.composite
def stretched(draw: st.DrawFn) -> dict[str, Any]:
    """Draws a few settings with a value for each; whole tables are replaced first."""
    chosen = draw(st.lists(st.sampled_from(sorted(SETTINGS)), min_size=1, max_size=4, unique=True))
    return {name: draw(SETTINGS[name]) for name in chosen}


@given(stretched(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_loaded_is_carried_out_and_the_rest_is_refused_with_reasons(
    changes: dict[str, Any], as_option: bool
) -> None:
    table = own_table(FEW)
    if as_option:
        table["option"] = {"stretched": {"title": "S", "changes": changes}}
    else:
        table = own_table(FEW | changes)
    proposal, found = validated(table)
    if proposal is None or found:
        assert found
        assert all(finding.rule for finding in found)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = run(proposal)
    assert Result.from_json(result.to_json()) == result
