"""Blind pseudonyms between client and key server: what each sees, what neither can do alone."""

from __future__ import annotations

import copy
import pickle
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from statistical import assert_share

from linkage.keys import KeyRing, Purpose
from linkage.pseudonyms import oprf, p256
from linkage.pseudonyms.blind_parties import (
    MOST_IDS,
    Answer,
    Client,
    KeyServer,
    Request,
    TooManyIds,
)
from linkage.pseudonyms.p256 import BadElement

if TYPE_CHECKING:
    from linkage.pseudonyms.blind_parties import Session

RING = KeyRing.from_bytes(b"a master only for this test")
PURPOSE = Purpose("nhs_number", "key server", "2017")
KEY = RING.derive_blind(PURPOSE)
PROVEN = RING.derive_blind(PURPOSE, oprf.VOPRF)
IDS = pl.Series("nhs_number", [f"{9_000_000_000 + n}" for n in range(40)])
DAY, NEXT_DAY = date(2017, 3, 1), date(2017, 3, 2)
COUNCIL = Client("council", 1)


def asked(session: Session, account: str = "council", day: date = DAY) -> Request:
    return Request(account, day, session.elements)


def outputs(client: Client, server: KeyServer, purpose: str = "a") -> dict[str, bytes]:
    session = client.blind(IDS, purpose)
    answer, _ = server.evaluate(asked(session, client.account))
    return dict(client.finalize(session, answer).iter_rows())


def test_two_agencies_with_one_server_get_the_same_tokens_and_send_no_point_in_common() -> None:
    server, police = KeyServer(KEY), Client("police", 1)
    one, other = outputs(COUNCIL, server), outputs(police, server)
    assert one == other
    assert list(one) == IDS.sort().to_list()
    assert len(set(one.values())) == len(IDS)
    assert not set(COUNCIL.blind(IDS, "a").elements) & set(police.blind(IDS, "a").elements)


def test_the_server_sees_no_point_twice_in_two_runs_over_the_same_ids() -> None:
    sessions = [
        COUNCIL.blind(IDS, "a"),
        COUNCIL.blind(IDS, "b"),
        Client("council", 2).blind(IDS, "a"),
    ]
    seen = [one for session in sessions for one in session.elements]
    assert len(set(seen)) == len(seen) == 3 * len(IDS)
    # Not even an id's place in the row tells it: orders are drawn for each session.
    assert len({session.values for session in sessions}) == 3
    assert all(sorted(session.values) == IDS.sort().to_list() for session in sessions)


def test_the_points_that_the_server_sees_are_as_if_drawn() -> None:
    # Ids next to each other, one of them blinded over and over: the sign and each of the first
    # bits of x are set in half of the points, but for one sample in a million for each bit.
    many = pl.Series([f"{9_000_000_000 + n}" for n in range(150)])
    same = [Client(f"account {n}", 1).blind(many[:1], "a").elements[0] for n in range(150)]
    for seen in (list(COUNCIL.blind(many, "a").elements), same):
        for byte, bit in [(0, 0), *((1, bit) for bit in range(8)), (16, 3), (32, 0)]:
            set_in = sum(one[byte] >> bit & 1 for one in seen)
            assert_share(set_in, len(seen), 0.5)


def test_a_server_that_tries_every_id_with_its_key_finds_none_in_what_it_saw() -> None:
    session = COUNCIL.blind(IDS, "a")
    answer, _ = KeyServer(KEY).evaluate(asked(session))
    saw = {*session.elements, *answer.elements}
    plain = oprf.blind([one.encode() for one in IDS], [1] * len(IDS))
    keyed = oprf.evaluate(p256.decode_scalar(KEY.material), plain)
    assert not saw & {p256.encode(point) for point in (*plain, *keyed)}
    # With tokens in its hands it could: what its key gives for an id is the id's token.
    token_of = outputs(COUNCIL, KeyServer(KEY))
    assert KEY.outputs(list(token_of)) == list(token_of.values())


def test_what_the_server_is_sent_and_holds_shows_no_id_and_no_key() -> None:
    session = COUNCIL.blind(IDS, "a")
    request = asked(session)
    answer, server = KeyServer(KEY).evaluate(request)
    shown = repr((request, answer, session, server))
    assert not [one for one in IDS if one in shown]
    for secret in (KEY.material, p256.encode_scalar(session.blinds[0])):
        assert str(secret) not in shown
        assert secret.hex() not in shown
        assert str(int.from_bytes(secret, "big")) not in shown


@pytest.mark.parametrize("secret", [KEY, KeyServer(KEY), COUNCIL.blind(IDS[:1], "a")])
def test_keys_servers_and_sessions_are_never_copied(secret: object) -> None:
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a secret"):
            write(secret)


def test_a_client_finds_no_token_with_a_key_of_its_own() -> None:
    right = outputs(COUNCIL, KeyServer(KEY))
    own = outputs(
        COUNCIL, KeyServer(KeyRing.from_bytes(b"the client's own ring").derive_blind(PURPOSE))
    )
    assert not set(right.values()) & set(own.values())


def test_another_purpose_or_period_gives_other_tokens() -> None:
    tokens = [
        set(outputs(COUNCIL, KeyServer(RING.derive_blind(purpose))).values())
        for purpose in (
            PURPOSE,
            Purpose("nhs_number", "key server", "2018"),
            Purpose("upn", "x", ""),
        )
    ]
    assert len(set.union(*tokens)) == 3 * len(IDS)


def test_a_dictionary_costs_a_request_an_id_and_the_limit_stops_it() -> None:
    server, found, days = KeyServer(KEY, daily_limit=15), set(), [DAY, DAY, NEXT_DAY]
    for day, answered in zip(days, (15, 0, 15), strict=True):
        left = IDS.filter(~IDS.is_in(list(found)))
        session = COUNCIL.blind(left, f"try on {day}, {len(found)}")
        answer, server = server.evaluate(asked(session, day=day))
        assert (len(answer.elements), answer.refused) == (answered, len(left) - answered)
        found |= set(COUNCIL.finalize(session, answer)["value"])
    assert len(found) == 30
    assert server.asked == {("council", DAY): 15, ("council", NEXT_DAY): 15}


def test_each_account_has_a_limit_of_its_own() -> None:
    server = KeyServer(KEY, daily_limit=3)
    for account in ("council", "police"):
        answer, server = server.evaluate(asked(COUNCIL.blind(IDS, "a"), account))
        assert len(answer.elements) == 3


def test_a_server_is_not_changed_by_being_asked() -> None:
    server = KeyServer(KEY, daily_limit=50)
    request = asked(COUNCIL.blind(IDS, "a"))
    assert server.evaluate(request)[0] == server.evaluate(request)[0]
    assert not server.asked


def test_one_bad_point_refuses_all_and_says_nothing_of_it() -> None:
    elements = list(COUNCIL.blind(IDS[:3], "a").elements)
    for bad in (b"", bytes(33), elements[0][:-1], b"\x02" + b"\xff" * 32):
        with pytest.raises(BadElement) as refusal:
            KeyServer(KEY).evaluate(Request("council", DAY, (*elements, bad)))
        assert elements[0].hex() not in str(refusal.value)
    session = COUNCIL.blind(IDS[:3], "a")
    with pytest.raises(BadElement):
        COUNCIL.finalize(session, Answer((bytes(33), *elements[:2]), 0, b""))
    with pytest.raises(BadElement, match="as many"):
        COUNCIL.finalize(session, Answer(tuple(elements[:2]), 0, b""))


def test_a_client_with_a_public_key_takes_only_what_is_proven() -> None:
    client = Client("council", 1, PROVEN.public)
    assert len(outputs(client, KeyServer(PROVEN))) == len(IDS)
    session = client.blind(IDS[:3], "a")
    honest, _ = KeyServer(PROVEN).evaluate(asked(session))
    other = RING.derive_blind(Purpose("nhs_number", "another", ""), oprf.VOPRF)
    cheated, _ = KeyServer(other).evaluate(asked(session))
    for answer in (cheated, Answer(cheated.elements, 0, honest.proof)):
        with pytest.raises(oprf.BadProof):
            client.finalize(session, answer)
    with pytest.raises(BadElement, match="scalar"):
        client.finalize(session, Answer(honest.elements, 0, b""))


def test_a_proof_holds_for_the_part_that_is_answered() -> None:
    client = Client("council", 1, PROVEN.public)
    session = client.blind(IDS, "a")
    answer, server = KeyServer(PROVEN, daily_limit=7).evaluate(asked(session))
    assert client.finalize(session, answer).height == 7
    nothing, _ = server.evaluate(asked(session))
    assert (nothing.elements, nothing.refused, nothing.proof) == ((), len(IDS), b"")
    assert client.finalize(session, nothing).height == 0


def test_no_two_batches_share_the_random_scalar_of_a_proof() -> None:
    # With one random scalar for two challenges, response + challenge x key would be the same.
    secret = p256.decode_scalar(PROVEN.material)
    hidden = set()
    for count in (1, 2, 3):
        _, written = PROVEN.evaluate(COUNCIL.blind(IDS[:count], "a").elements)
        proof = oprf.decode_proof(written)
        hidden.add((proof.response + proof.challenge * secret) % p256.ORDER)
    assert len(hidden) == 3


def test_repeats_and_missing_ids_are_asked_for_once_and_not_at_all() -> None:
    session = COUNCIL.blind(pl.Series(["9", None, "9", "8"]), "a")
    assert sorted(session.values) == ["8", "9"]
    assert COUNCIL.blind(pl.Series([None], dtype=pl.String), "a").elements == ()


def test_more_than_10000_ids_are_refused_before_any_is_blinded() -> None:
    with pytest.raises(TooManyIds, match=r"10,001 identifiers .* simulation .* keyed-hash"):
        COUNCIL.blind(pl.Series(range(MOST_IDS + 1)).cast(pl.String), "a")
    request = asked(COUNCIL.blind(IDS, "a"), day=NEXT_DAY)
    nearly = KeyServer(KEY, asked={("council", DAY): MOST_IDS - 39})
    with pytest.raises(TooManyIds, match="10,001"):
        nearly.evaluate(request)


def test_every_module_of_blind_pseudonyms_says_that_it_is_a_simulation() -> None:
    from linkage.pseudonyms import blind_parties, hash_to_curve

    for module in (p256, hash_to_curve, oprf, blind_parties):
        assert "simulation" in str(module.__doc__)
        assert "constant-time" in str(module.__doc__) or "must not guard" in str(module.__doc__)
