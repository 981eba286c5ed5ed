"""Settings: numbers in all the forms that a proposal may use, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator.settings import Amount, Number, Ratio, Share, Spec
from simulator.specs import AgencySpec, ContactSpec, EffectSpec, WorldSpec

FINITE = st.floats(-1e9, 1e9)


def message(kind: type[Spec], given: object) -> str:
    """What is said about a value that is refused."""
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(given)
    return str(caught.value)


@pytest.mark.parametrize("given", [0.25, {"value": 0.25}, Share(value=0.25)])
def test_a_share_may_be_a_plain_number_a_table_or_a_share(given: object) -> None:
    share = Share.model_validate(given)
    assert share.value == 0.25
    assert share.evidence == "yours"
    assert not share.is_uncertain


def test_a_whole_number_is_a_number() -> None:
    assert Amount.model_validate(3).value == 3.0


def test_a_range_goes_with_its_value() -> None:
    given = {"value": 0.2, "low": 0.1, "high": 0.3, "evidence": "assumed", "source": "us"}
    share = Share.model_validate(given)
    assert (share.low, share.high) == (0.1, 0.3)
    assert share.is_uncertain
    assert not Share(value=0.2, low=0.2, high=0.2).is_uncertain


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        (Share, 1.2, "must be a share between 0 and 1"),
        (Share, -0.1, "must be a share between 0 and 1"),
        (Share, {"value": 0.5, "low": 0.4, "high": 1.4}, "must be a share between 0 and 1"),
        (Share, True, "must be a share between 0 and 1, not true or false"),
        (Share, "a third", "or a table { value = ..., low = ..., high = ... }"),
        (Share, float("nan"), "must be a share between 0 and 1"),
        (Amount, -1, "must be 0 or more"),
        (Ratio, 0.0, "must be a ratio between 0.01 and 100 (1 means no effect)"),
        (Ratio, 101, "must be a ratio between 0.01 and 100 (1 means no effect)"),
        (Number, {"value": 1, "low": 0}, "low and high must be given together"),
        (Number, {"value": 5, "low": 0, "high": 4}, "value must lie between low and high"),
        (Number, {"value": 1, "evidence": "published"}, "published evidence needs a source"),
        (Number, {"value": 1, "evidence": "guessed"}, "'yours', 'published' or 'assumed'"),
        (Number, {"value": 1, "sauce": "x"}, "Extra inputs are not permitted"),
        (Number, {}, "Field required"),
    ],
)
def test_a_number_that_breaks_a_rule_is_refused_in_words(
    kind: type[Number], given: object, said: str
) -> None:
    assert said in message(kind, given)


@given(FINITE, FINITE, FINITE)
def test_a_number_is_accepted_exactly_if_it_lies_in_its_range(
    value: float, one: float, two: float
) -> None:
    low, high = min(one, two), max(one, two)
    given = {"value": value, "low": low, "high": high}
    if low <= value <= high:
        assert Number.model_validate(given).low == low
    else:
        assert "value must lie between" in message(Number, given)


@given(st.floats(0, 1), st.sampled_from(["yours", "assumed"]), st.text(max_size=9))
def test_a_number_written_out_and_read_again_is_the_same(
    value: float, evidence: str, source: str
) -> None:
    share = Share.model_validate({"value": value, "evidence": evidence, "source": source})
    assert Share.model_validate(share.model_dump()) == share
    assert Share.model_validate_json(share.model_dump_json()) == share


def test_a_spec_is_a_value() -> None:
    share = Share(value=0.5)
    assert share == Share(value=0.5)
    assert hash(share) == hash(Share(value=0.5))
    with pytest.raises(ValidationError, match="frozen"):
        share.value = 0.6  # type: ignore[misc]


def test_a_world_has_a_window_that_ends_after_its_days() -> None:
    spec = WorldSpec.model_validate(
        {"real_population": 1_000, "start": date(2016, 4, 1), "days": 730, "move_rate": 0.1}
    )
    assert spec.end == date(2018, 4, 1)
    said = message(WorldSpec, {"real_population": 1_000, "start": "x", "people": 3, "move_rate": 2})
    assert "greater than or equal to 200" in said
    assert "must be a share between 0 and 1" in said


def agency(**given: object) -> dict[str, object]:
    """Settings of an agency, but for some changes."""
    return {"title": "A", "service": "a_and_e", "fields": ["sex"]} | given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (agency(fields=["shoe_size"]), "must be a field of the vocabulary: absence_percent, "),
        (agency(errors={"sex_lost": 0.1}), "a recording error of the catalogue: person_omitted, "),
        (agency(errors={"surname_typing": 0.1}), "errors on fields that are not recorded: surname"),
        (agency(errors={"sex_wrong": 1.5}), "must be a share between 0 and 1"),
        (agency(service="own"), "contact must be given for service `own`, and only for it"),
        (agency(contact={"per_person_year": 1}), "contact must be given for service `own`"),
        (agency(service="police"), "Input should be 'gp_register', "),
        (agency(title=""), "at least 1 character"),
    ],
)
def test_an_agency_that_breaks_a_rule_is_refused_in_words(given: object, said: str) -> None:
    assert said in message(AgencySpec, given)


def test_a_contact_has_its_ages_in_order() -> None:
    assert ContactSpec.model_validate({"per_person_year": 1}).age_to == 120
    given = {"per_person_year": 1, "age_from": 50, "age_to": 40}
    assert "age_from must not be above age_to" in message(ContactSpec, given)


def test_an_effect_has_a_ratio() -> None:
    effect = EffectSpec.model_validate({"exposure": "a", "outcome": "b", "ratio": 0.5})
    assert effect.ratio.value == 0.5
    assert not effect.only_at_home
    assert "(1 means no effect)" in message(
        EffectSpec, {"exposure": "a", "outcome": "b", "ratio": -1}
    )
