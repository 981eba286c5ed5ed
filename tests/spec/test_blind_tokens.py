"""Blind tokens in a proposal: they link like keyed hashes, and fall to whoever has the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from linkage.keys import KeyRing, Purpose
from linkage.plan import Treatment
from linkage.pseudonyms import blind_parties
from linkage.pseudonyms.tokens import label, leading_words, tokens
from reidentify.adversaries.keythief import ask_server
from reidentify.knowledge import NumberList
from reidentify.specs import KeyThiefSpec
from scenarios.attacking.thieves import key_tried
from scenarios.handover import Run, hand_over
from scenarios.loading import ProposalError, load, with_setting
from scenarios.recipe import attack_figures
from scenarios.stages import Stages
from tests.small_proposal import Write, edited, refused

if TYPE_CHECKING:
    from pathlib import Path

RING = KeyRing.from_bytes(b"a master only for this test")
KEY = RING.derive_blind(Purpose("nhs_number", "all", ""))
NUMBERS = pl.Series("nhs_number", ["9000000009", None, "9000000017", "9000000009"])
BLIND = ('scheme = "keyed-hash"', 'scheme = "blind"')
STOLEN = (
    'key = "none"\n',
    'key = "stolen"\nleak = "server"\n',
)
LEAK = ("[option.short]", '[leak.server]\nholder = "analysts"\n\n[option.short]')


def carried_out(path: Path, **changes: Any) -> Run:
    """The small proposal up to what it hands over, without a sweep of all numbers."""
    proposal = load(path)
    for setting, value in changes.items():
        proposal = with_setting(proposal, setting.replace("__", "."), value)
    return hand_over(proposal, 1, Stages(), 1, np.zeros(0, np.uint32))


@pytest.mark.parametrize("bits", [32, 40, 48, 53, 63, 64])
def test_a_token_is_the_leading_bits_of_what_rfc_9497_gives(bits: int) -> None:
    made = tokens(NUMBERS, Treatment(scheme="blind", bits=bits), KEY)
    digests = leading_words(KEY.outputs(NUMBERS.drop_nulls().to_list())) >> np.uint64(64 - bits)
    assert made.to_list() == [int(digests[0]), None, int(digests[1]), int(digests[2])]
    assert made.dtype == pl.UInt64
    assert made.name == "nhs_number"


def test_the_server_cannot_tell_what_two_lists_share(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[set[str]] = []
    evaluate = blind_parties.KeyServer.evaluate

    def watched(server: blind_parties.KeyServer, request: blind_parties.Request) -> Any:
        asked.append({str(element) for element in request.elements})
        return evaluate(server, request)

    monkeypatch.setattr(blind_parties.KeyServer, "evaluate", watched)
    blind = Treatment(scheme="blind")
    many = [f"90000000{number}" for number in range(10, 40)]
    lists = [pl.Series("nhs_number", [*many, last]) for last in ("9000000090", "9000000099")]
    first, second = (tokens(values, blind, KEY) for values in lists)
    assert second.head(30).equals(first.head(30))
    assert (len(asked[0]), len(asked[1])) == (31, 31)
    assert not asked[0] & asked[1]


def test_labels_of_blind_tokens_are_unlike_those_of_hashes() -> None:
    blind, keyed = Treatment(scheme="blind"), Treatment(scheme="keyed-hash")
    labels = [
        label("nhs_number", blind, KEY),
        label("nhs_number", keyed, RING.derive(Purpose("nhs_number", "all", ""))),
    ]
    assert [one.scheme for one in labels] == ["oprf-p256-sha256/64", "hmac-sha256/64"]
    assert labels[0].key_id != labels[1].key_id


def test_a_scheme_takes_only_its_own_kind_of_key() -> None:
    hashing = RING.derive(Purpose("nhs_number", "all", ""))
    for scheme, key in (("blind", hashing), ("blind", None), ("keyed-hash", KEY)):
        with pytest.raises(ValueError, match="blind that of a key server"):
            tokens(NUMBERS, Treatment(scheme=scheme), key)  # type: ignore[arg-type]


def test_blind_tokens_link_the_same_records_as_keyed_hashes(written: Write) -> None:
    path = written(edited())
    one = carried_out(path)
    other = carried_out(path, identity__nhs_number__scheme="blind")
    pairs = [run.links["a_and_e"].value.frame.select("left_id", "right_id") for run in (one, other)]
    assert pairs[0].height > 30
    assert pairs[0].equals(pairs[1])
    held = [set(run.releases["analysts"].value[0].people["token"]) for run in (one, other)]
    assert held[0] & held[1] == {None}


def test_who_has_the_key_of_the_server_names_its_list_and_who_has_none_nobody(
    written: Write,
) -> None:
    text = edited(BLIND, STOLEN, LEAK, ("list_share = 1.0", "list_share = 0.5"))
    run = carried_out(written(text))
    thief = run.proposal.attack["thief"]
    assert isinstance(thief, KeyThiefSpec)
    wrong = thief.model_copy(update={"key": "wrong", "leak": None})
    attacks = {"thief": thief, "wrong": wrong}
    changed = run.proposal.model_copy(update={"attack": attacks})
    run = hand_over(changed, 1, run.stages, 1, np.zeros(0, np.uint32))
    found = {(row.subject, row.measure): row for row in attack_figures(run, "as proposed")}
    rows = run.releases["analysts"].value[0].people.height
    # Half of the 300 people are on the list, and nearly all of them have a row and a right number.
    assert found["thief", "candidates_tried"].value == pytest.approx(150, abs=30)
    assert 0.35 * rows < found["thief", "people_named"].count < 0.65 * rows  # type: ignore[operator]
    assert found["thief", "control_wrong_names"].count == 0
    assert found["wrong", "people_named"].count == found["wrong", "claims"].count == 0
    assert "tries the numbers of its list" in found["thief", "claims"].method


@pytest.mark.parametrize(
    ("daily_limit", "days", "asked"), [(3, 1, 3), (3, 2, 6), (7, 2, 10), (None, 1, 10), (1, 3, 3)]
)
def test_an_account_at_the_server_gets_as_many_tokens_as_limit_and_days_allow(
    daily_limit: int | None, days: int, asked: int
) -> None:
    numbers = list(range(9_000_000_020, 9_000_000_010, -1))
    frame = pl.DataFrame({"target_id": range(10), "nhs_number": numbers})
    hits = ask_server(NumberList(frame), KEY, daily_limit, days, 1)
    assert hits.numbers.tolist() == sorted(numbers[:asked])
    right = leading_words(KEY.outputs([str(number) for number in hits.numbers]))
    assert hits.digests.tolist() == right.tolist()


def test_an_empty_list_asks_for_nothing() -> None:
    frame = pl.DataFrame(schema={"target_id": pl.UInt64, "nhs_number": pl.Int64})
    assert len(ask_server(NumberList(frame), KEY, 3, 2, 1).numbers) == 0


def test_what_an_account_finds_in_a_run_is_held_to_the_limit(written: Write) -> None:
    account = ('key = "none"\n', 'key = "account"\ndays = 4\n')
    path, named = written(edited((BLIND[0], f"{BLIND[1]}\ndaily_limit = 5"), account)), []
    for limit in (5, 10):
        run = carried_out(path, identity__nhs_number__daily_limit=limit)
        found = {row.measure: row for row in attack_figures(run, "as proposed")}
        assert found["candidates_tried"].value == 4 * limit
        assert found["control_wrong_names"].count == 0
        assert "an account at the key server, and asks on 4 days" in found["claims"].method
        named.append(found["people_named"].count)
    assert 15 <= named[0] <= 20 < named[1] <= 40


def test_against_keyed_hashes_an_account_is_of_no_use() -> None:
    spec = {"adversary": "key_thief", "recipient": "x", "key": "account", "list_share": 1}
    thief = KeyThiefSpec.model_validate(spec)
    assert key_tried(thief, Treatment(scheme="keyed-hash"), None) == ("", "")
    assert key_tried(thief, Treatment(scheme="blind"), None) == ("all", "")
    own = Treatment(scheme="blind", key_scope="per-recipient", period="2017")
    assert key_tried(thief, own, None) == ("x", "2017")


def test_more_than_5000_people_are_refused_when_the_proposal_is_read(written: Write) -> None:
    path = written(edited(BLIND, ("people = 300\n", "people = 5_001\n")))
    (message,) = refused(path)
    assert message == (
        "my.toml, line 11: world.people = 5001: must be at most 5,000 where "
        "identity.nhs_number.scheme is blind, which is a simulation in plain numbers; use fewer "
        "people, or keyed-hash"
    )
    with pytest.raises(ProposalError, match="at most 5,000"):
        with_setting(load(written(edited(BLIND))), "world.people", 6_000)


def test_too_many_ids_in_a_run_are_an_error_of_the_proposal(
    written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blind_parties, "MOST_IDS", 10)
    with pytest.raises(ProposalError, match=r"world\.people: blind pseudonyms: \d+ identifiers"):
        carried_out(written(edited(BLIND)))
