"""Settings changed by an option or one at a time: what changes, and what is refused."""

from __future__ import annotations

import pytest

from scenarios.loading import ProposalError, apply_option, load, with_setting
from simulator.specs import WorldSpec
from tests.small_proposal import SMALL, Write, edited


def test_applying_an_option_leaves_the_proposal_as_it_was(written: Write) -> None:
    proposal = load(written(SMALL))
    assert apply_option(proposal, "short").identity["nhs_number"].bits == 32
    assert proposal.identity["nhs_number"].bits == 64


def test_an_unknown_option_is_refused_with_a_suggestion(written: Write) -> None:
    with pytest.raises(ProposalError, match=r"options: short, months\. Did you mean `months`"):
        apply_option(load(written(SMALL)), "month")


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("world.peple", 3, "world.peple: is not a setting. Did you mean `people`?"),
        ("worl.people", 3, ("worl.people: is not a setting that an option can change. "
                           "Did you mean `world`?")),
        ("option.short", 3, "option.short: is not a setting that an option can change"),
        ("world.people", 3, "world.people = 3: must be between 200 and 5,000,000"),
        ("world.people.x", 3, ("world.people.x: is not a setting: world.people holds a value, "
                              "not a table")),
        ("agency.a_and_e.errors.sex_wrong", 3, ("agency.a_and_e.errors.sex_wrong = 3: must be a "
                                               "share between 0 and 1")),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_changed_is_refused_without_a_line(
    written: Write, setting: str, value: object, message: str
) -> None:
    with pytest.raises(ProposalError) as error:
        with_setting(load(written(SMALL)), setting, value)
    assert str(error.value) == message


def test_part_of_a_number_can_be_changed_alone(written: Write) -> None:
    text = edited(("move_rate = 0.1", ('move_rate = { value = 0.1, low = 0.1, high = 0.3, '
                                      'evidence = "assumed" }')))  # fmt: skip
    changed = with_setting(load(written(text)), "world.move_rate.value", 0.3)
    rate = changed.world.move_rate
    assert (rate.value, rate.low, rate.high, rate.evidence) == (0.3, 0.1, 0.3, "assumed")


def test_an_agency_that_records_few_fields_survives_a_change_elsewhere(written: Write) -> None:
    text = edited(('title = "A&E departments"', 'fields = ["nhs_number", "event_time"]'))
    proposal = load(written(text))
    changed = with_setting(proposal, "world.people", 400)
    assert changed.agency == proposal.agency
    assert changed.world == proposal.world.model_copy(update={"people": 400})


def test_a_changed_proposal_equals_one_validated_afresh(written: Write) -> None:
    changed = with_setting(load(written(SMALL)), "world.days", 100)
    assert isinstance(changed.world, WorldSpec)
    assert changed == load(written(edited(("days = 90", "days = 100"))))
