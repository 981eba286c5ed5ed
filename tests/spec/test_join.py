"""The join: equal tokens link, missing ones never, and unlike ones are refused."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from linkage.ingest import pseudonymise
from linkage.join import UnlikeTokens, join_tokens
from linkage.keys import KeyRing
from linkage.linked import LINK_COLUMNS
from linkage.linker import link
from linkage.plan import LinkStep, Treatment
from simulator.schema import Dataset, TokenLabel

LABEL = TokenLabel("hmac-sha256/64", "nhs_number", "nhs-number", "0a1b2c3d", "2016")


def dataset(name: str, tokens: dict[int, int | None], label: TokenLabel = LABEL) -> Dataset:
    """Records with tokens of the NHS number, by record id."""
    frame = pl.DataFrame(
        {"record_id": list(tokens), "nhs_number": list(tokens.values())},
        schema={"record_id": pl.UInt64, "nhs_number": pl.UInt64},
    )
    return Dataset(name, frame, {"nhs_number": label})


def pairs(left: Dataset, right: Dataset) -> list[tuple[int, int]]:
    """The linked pairs, in order."""
    frame = join_tokens(left, right, "nhs_number", "step").frame
    return frame.select("left_id", "right_id").rows()


def test_records_with_equal_tokens_are_linked_in_order() -> None:
    left = dataset("hub", {3: 70, 1: 50, 2: 60})
    right = dataset("care", {9: 50, 8: 60, 7: 50, 6: 40})
    assert pairs(left, right) == [(1, 7), (1, 9), (2, 8)]


def test_a_token_that_several_hub_records_hold_links_to_each() -> None:
    assert pairs(dataset("hub", {1: 5, 2: 5}), dataset("care", {8: 5})) == [(1, 8), (2, 8)]


def test_missing_tokens_never_join() -> None:
    assert pairs(dataset("hub", {1: None, 2: 0}), dataset("care", {8: None, 9: 0})) == [(2, 9)]


def test_a_missing_identifier_never_becomes_a_token_that_joins() -> None:
    written = [None, "", " ", "0", "123", "9000000000", "not known"]
    frame = pl.DataFrame(
        {"record_id": range(len(written)), "nhs_number": written},
        schema={"record_id": pl.UInt64, "nhs_number": pl.String},
    )
    ring = KeyRing.from_bytes(b"a master only for this test")
    treatments = {"nhs_number": Treatment(scheme="keyed-hash")}
    hub, _ = pseudonymise(Dataset("hub", frame), treatments, ring, (), None)
    care, _ = pseudonymise(Dataset("care", frame), treatments, ring, (), Dataset("hub", frame))
    assert pairs(hub, care) == []


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("scheme", "hmac-sha256/32"),
        ("field", "uprn"),
        ("normalisation", "as-written"),
        ("key_id", "ffffffff"),
        ("period", "2017"),
    ],
)
def test_join_refuses_labels_that_differ_in_any_part(part: str, other: str) -> None:
    unlike = replace(LABEL, **{part: other})
    with pytest.raises(UnlikeTokens) as refusal:
        pairs(dataset("hub", {1: 5}), dataset("care", {8: 5}, unlike))
    message = str(refusal.value)
    assert str(LABEL) in message
    assert str(unlike) in message
    assert "Pseudonymise both with the same" in message


def test_join_refuses_a_dataset_without_tokens_and_says_what_it_has() -> None:
    bare = Dataset("care", pl.DataFrame({"record_id": [8]}, schema={"record_id": pl.UInt64}))
    for left, right in ((dataset("hub", {1: 5}), bare), (bare, dataset("hub", {1: 5}))):
        with pytest.raises(UnlikeTokens, match=r"care has no tokens of nhs_number .it has: none"):
            pairs(left, right)


def test_links_name_their_step_rule_and_datasets_and_state_no_probability() -> None:
    found = join_tokens(dataset("hub", {1: 5}), dataset("care", {8: 5}), "nhs_number", "a_and_e")
    assert (found.step, found.hub, found.agency) == ("a_and_e", "hub", "care")
    assert found.frame.rows() == [(1, 8, None, None, "exact token of nhs_number")]
    assert dict(found.frame.schema) == dict(LINK_COLUMNS)


def test_no_links_have_the_columns_of_links() -> None:
    found = join_tokens(dataset("hub", {}), dataset("care", {8: 5}), "nhs_number", "step")
    assert dict(found.frame.schema) == dict(LINK_COLUMNS)
    assert found.frame.height == 0


def test_a_token_step_links_what_left_ingest() -> None:
    hub, care = dataset("hub", {1: 5}), dataset("care", {8: 5})
    step = LinkStep(hub="hub", agency="care", method="token", on="nhs_number")
    assert link("step", step, hub, care).frame["right_id"].to_list() == [8]
