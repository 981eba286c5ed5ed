"""The catalogue of errors: complete, sourced, and each error apart from all others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.corruption import corrupt
from simulator.damages import DAMAGES
from simulator.errors import ERROR_TYPES, ERRORS, OF_RECORDS, fits
from simulator.schema import FIELDS
from simulator.settings import Share
from simulator.specs import AgencySpec
from tests.hand_draft import DAY, hand_draft

RECORDS = 3_000
# One error for each field, so that another error shows if it moves any of them.
EACH_FIELD = {
    "nhs_number_digit": 0.2,
    "first_name_typing": 0.2,
    "surname_phonetic": 0.2,
    "birth_date_day": 0.2,
    "sex_wrong": 0.2,
    "postcode_typing": 0.2,
    "uprn_of_neighbour": 0.2,
    "address_number_wrong": 0.2,
    "nino_character": 0.2,
    "upn_character": 0.2,
    "pnc_id_character": 0.2,
    "prison_number_character": 0.2,
    "mpan_character": 0.2,
    "local_id_character": 0.2,
    "supplier_account_character": 0.2,
}


def test_every_error_has_fields_words_a_rate_and_its_source() -> None:
    for error in ERROR_TYPES.values():
        assert set(error.fields) <= set(FIELDS)
        assert error.does
        assert 0 < error.rate.value <= 0.6
        assert error.rate.source
        assert error.rate.evidence in ("published", "assumed")
        assert (error.rate.evidence == "assumed") == error.rate.source.startswith("assumed")


def test_every_error_has_its_damage_or_is_of_records_or_addresses() -> None:
    assert set(DAMAGES) | set(OF_RECORDS) | {"address_stale", "surname_stale"} == set(ERROR_TYPES)
    assert list(DAMAGES) == [error for error in ERROR_TYPES if error in DAMAGES]


def test_an_error_fits_an_agency_that_records_all_its_fields() -> None:
    assert fits("names_swapped", ("surname", "first_name"))
    assert not fits("names_swapped", ("surname",))
    assert fits("record_duplicated", ())
    assert not fits("no_such_error", ("surname",))


def test_errors_of_people_are_refused_where_records_are_about_homes() -> None:
    with pytest.raises(ValueError, match="must not name person_omitted"):
        AgencySpec.model_validate(
            {
                "title": "Visits",
                "service": "fire_visits",
                "fields": ["uprn"],
                "errors": {"person_omitted": 0.1},
            }
        )


@pytest.mark.parametrize("error", list(DAMAGES))
def test_an_error_of_rate_0_or_another_error_changes_no_other_cell(error: str) -> None:
    draft = hand_draft(RECORDS)
    rates = {name: Share(value=rate) for name, rate in EACH_FIELD.items() if name != error}
    columns, log = corrupt(draft, rates)
    same, same_log = corrupt(draft, {**rates, error: Share(value=0.0)})
    assert all(column.equals(same[name], null_equal=True) for name, column in columns.items())
    assert same_log.frame.equals(log.frame)
    more, more_log = corrupt(draft, {**rates, error: Share(value=0.3)})
    touched = ERROR_TYPES[error].fields
    for name, column in columns.items():
        if name not in touched:
            assert column.equals(more[name], null_equal=True)
    others = [name for name in rates if ERRORS[name] not in touched]
    kept = [frame.frame.filter(frame.frame["error"].is_in(others)) for frame in (log, more_log)]
    assert kept[0].height > 0
    assert kept[0].equals(kept[1])


@pytest.mark.parametrize("error", list(DAMAGES))
def test_the_same_seed_writes_the_same_bytes_and_another_does_not(error: str) -> None:
    rates = {error: Share(value=0.3)}
    one, two = (corrupt(hand_draft(RECORDS), rates) for _ in range(2))
    other = corrupt(hand_draft(RECORDS, seed=2), rates)
    assert one[1].frame.equals(two[1].frame)
    assert all(column.equals(two[0][name], null_equal=True) for name, column in one[0].items())
    field = ERRORS[error]
    assert not one[0][field].equals(other[0][field], null_equal=True)


@pytest.mark.parametrize("error", list(DAMAGES))
@pytest.mark.parametrize("records", [0, 1, 2])
def test_an_agency_may_have_no_record_or_a_few_and_all_may_be_blank(
    error: str, records: int
) -> None:
    draft = hand_draft(RECORDS)
    few = replace(
        draft,
        record_id=draft.record_id[:records],
        person=draft.person[:records],
        home=draft.home[:records],
        multiplier=draft.multiplier[:records],
        columns={name: column.head(records) for name, column in draft.columns.items()},
        date=DAY.repeat(records),
        provider=np.zeros(records, dtype=np.int64),
    )
    columns, log = corrupt(few, {error: Share(value=1.0)})
    assert {name: column.dtype for name, column in columns.items()} == {
        name: column.dtype for name, column in draft.columns.items()
    }
    assert log.counts["cells"].item() == records
    nothing = {name: column.clear(records) for name, column in few.columns.items()}
    columns, log = corrupt(replace(few, columns=nothing), {error: Share(value=1.0)})
    assert all(column.null_count() == records for column in columns.values())
    assert log.frame.is_empty()
