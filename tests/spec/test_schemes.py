"""Schemes of a treatment without a key of their own: salts, and tokens sealed for a recipient."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pytest
from small_proposal import Write, edited, line_of, refused

from linkage.assemble import assemble
from linkage.ingest import pseudonymise
from linkage.join import UnlikeTokens, join_tokens
from linkage.keys import KeyRing, Purpose
from linkage.plan import Treatment
from linkage.pseudonyms.first_words import first_words
from linkage.pseudonyms.openpseudonymiser import OpenPseudonymiser
from linkage.pseudonyms.sweep import LONGEST_SALT, sweep_block
from linkage.pseudonyms.tokens import label, tokens
from linkage.pseudonyms.transcryption import Recipient, transcrypt
from reidentify.adversaries.keythief import as_numbers, opened
from reidentify.release import make_release
from reidentify.specs import KeyThiefSpec, LeakSpec, ReleaseSpec
from scenarios.attacking.thieves import key_tried
from simulator.schema import FIELDS, Dataset

RING = KeyRing.from_bytes(b"a master only for this test")
ANN, BEN, CAT = "9000000009", "9000000017", "9000000025"
WAREHOUSE_SALT = RING.derive_salt(Purpose("nhs_number", "warehouse", ""))
SCHEMES = ("plain-hash", "salted-hash", "open-pseudonymiser", "keyed-hash")


def dataset(name: str, numbers: list[str | None], **columns: list[str]) -> Dataset:
    given = {"record_id": list(range(1, len(numbers) + 1)), "nhs_number": numbers, **columns}
    return Dataset(
        name, pl.DataFrame(given, schema={field: FIELDS[field].dtype for field in given})
    )


HUB = dataset("gp_register", [ANN, BEN, None, "9000000000"], uprn=["1", "1", "2", ""])
CARE = dataset("a_and_e", ["900 000 0017", CAT, BEN, None])


def treated(given: Dataset, scheme: str, hub: Dataset | None = None, **settings: str) -> Dataset:
    """Ingest as the hub, or against it, with two recipients."""
    treatment = Treatment.model_validate({"scheme": scheme, **settings})
    fields = {"nhs_number": treatment, "uprn": treatment}
    return pseudonymise(given, fields, RING, ("anna", "ben"), hub)[0]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_exact_scheme_links_equal_numbers_and_no_missing_ones(scheme: str) -> None:
    links = join_tokens(treated(HUB, scheme), treated(CARE, scheme, HUB), "nhs_number", "step")
    assert links.frame.select("left_id", "right_id").rows() == [(2, 1), (2, 3)]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("other", SCHEMES)
def test_tokens_of_two_schemes_are_never_compared(scheme: str, other: str) -> None:
    if scheme != other:
        with pytest.raises(UnlikeTokens, match="same scheme"):
            join_tokens(treated(HUB, scheme), treated(CARE, other, HUB), "nhs_number", "step")


def test_tokens_under_two_salts_are_never_compared_and_labels_tell_no_salt() -> None:
    treatment = Treatment(scheme="salted-hash")
    salts = [RING.derive_salt(Purpose("nhs_number", holder, "")) for holder in ("a", "b")]
    labels = [label("nhs_number", treatment, salt) for salt in salts]
    assert labels[0] != labels[1]
    assert salts[0].text not in f"{labels[0]} {salts[0]!r}"
    assert len(salts[0].text) == 32


def test_a_digest_is_that_of_the_scheme_itself_on_one_field() -> None:
    hub = treated(HUB, "open-pseudonymiser", key_scope="per-recipient")
    text = hashlib.sha256(f"{ANN}{WAREHOUSE_SALT.text}".encode()).hexdigest().upper()
    assert hub.frame["nhs_number"].to_list()[0] == text
    field = pl.DataFrame({"nhs_number": [ANN]})
    assert OpenPseudonymiser(WAREHOUSE_SALT.text).digests(field).to_list() == [text]
    assert str(hub.labels["nhs_number"]).startswith("open-pseudonymiser/256 of nhs_number")
    assert hub.frame["nhs_number@anna"].is_in(hub.frame["nhs_number"].implode()).sum() == 0


def test_homes_are_told_apart_by_the_leading_bits_of_their_digests() -> None:
    linked, _ = assemble(treated(HUB, "open-pseudonymiser"), {}, {}, seed=1)
    homes = linked.people["home"]
    assert (homes.dtype, homes.null_count(), homes.drop_nulls().n_unique()) == (pl.UInt64(), 1, 2)


def test_leading_words_are_the_first_eight_bytes_whatever_the_column_holds() -> None:
    digest = hashlib.sha256(b"x").digest()
    wanted = [int.from_bytes(digest[:8], "big"), None]
    for held, dtype in (
        ([digest, None], pl.Binary),
        ([digest.hex().upper(), None], pl.String),
        (wanted, pl.UInt64),
    ):
        assert first_words(pl.Series("t", held, dtype=dtype)).to_list() == wanted


@pytest.mark.parametrize("scheme", ["plain-hash", "salted-hash", "keyed-hash"])
def test_sealed_tokens_open_to_link_tokens_and_are_what_re_keying_gives(scheme: str) -> None:
    hub = treated(HUB, scheme, key_scope="transcrypted")
    link, made_as = hub.frame["nhs_number"], hub.labels["nhs_number"]
    anna, ben = (Recipient.of(RING, name, made_as) for name in ("anna", "ben"))
    assert anna.open(hub.frame["nhs_number@anna"]).to_list() == link.to_list()
    theirs = transcrypt(hub.frame["nhs_number@anna"], anna, ben)
    assert theirs.to_list() == hub.frame["nhs_number@ben"].to_list()
    assert hub.labels["nhs_number@anna"] == anna.label
    assert hub.labels["nhs_number@anna"] != hub.labels["nhs_number@ben"]


def test_a_key_opens_the_sealed_tokens_of_a_release_or_none_of_it() -> None:
    linked, origins = assemble(treated(HUB, "keyed-hash", key_scope="transcrypted"), {}, {}, seed=1)
    release, _ = make_release(linked, origins, "anna", ReleaseSpec(title="x", events=()), 1)
    anna, ben = (Recipient.of(RING, name, linked.labels["nhs_number"]) for name in ("anna", "ben"))
    found = opened(release, anna)
    assert found is not None
    assert found.label == linked.labels["nhs_number"]
    assert sorted(found.people["token"].drop_nulls()) == sorted(
        linked.people["nhs_number"].drop_nulls()
    )
    assert opened(release, ben) is None
    assert opened(found, anna) is None  # they are sealed no more
    assert as_numbers(as_numbers(release)).people.equals(as_numbers(release).people)


def test_a_release_of_sealed_tokens_holds_no_link_token() -> None:
    linked, origins = assemble(treated(HUB, "keyed-hash", key_scope="transcrypted"), {}, {}, seed=1)
    release, _ = make_release(linked, origins, "anna", ReleaseSpec(title="x", events=()), 1)
    assert release.people.schema["token"] == pl.Binary
    assert release.label == linked.labels["nhs_number@anna"]
    held = first_words(release.people["token"]).drop_nulls()
    assert len(held) == 2
    assert not held.is_in(linked.people["nhs_number"].implode()).any()


@pytest.mark.parametrize("salt", ["", "s", "sal", "32 hexadecimal digits, as are made", "x" * 45])
def test_a_sweep_with_a_salt_finds_the_numbers_that_were_hashed_with_it(salt: str) -> None:
    digests = [hashlib.sha256(f"{number}{salt}".encode()).digest() for number in (ANN, CAT)]
    prefixes = np.unique([int.from_bytes(digest[:4], "big") for digest in digests])
    hits = sweep_block(
        prefixes.astype(np.uint32), None, 2, bodies=(900_000_000, 900_001_000), salt=salt
    )
    assert hits.numbers.tolist() == [int(ANN), int(CAT)]
    assert hits.digests.tolist() == [int.from_bytes(digest[:8], "big") for digest in digests]


def test_a_salt_that_no_block_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="a salt of 46 bytes was given; at most 45 are swept"):
        sweep_block(np.zeros(1, np.uint32), None, 1, salt="x" * (LONGEST_SALT + 1))


@pytest.mark.parametrize(
    ("scheme", "key", "scope", "tried"),
    [
        ("salted-hash", "none", "shared", "all"),
        ("salted-hash", "none", "per-recipient", "anna"),
        ("salted-hash", "wrong", "transcrypted", "warehouse"),
        ("open-pseudonymiser", "none", "shared", ""),
        ("open-pseudonymiser", "wrong", "shared", "made up by a thief"),
        ("open-pseudonymiser", "stolen", "shared", "all"),
        ("open-pseudonymiser", "stolen", "per-recipient", "ben"),
        ("keyed-hash", "none", "transcrypted", ""),
    ],
)
def test_a_public_salt_is_everybody_s_and_one_in_a_file_that_of_whoever_has_it(
    scheme: str, key: str, scope: str, tried: str
) -> None:
    treatment = Treatment.model_validate({"scheme": scheme, "key_scope": scope})
    leak = LeakSpec(kind="salt-file", holder="ben") if key == "stolen" else None
    spec = KeyThiefSpec.model_validate(
        {"adversary": "key_thief", "recipient": "anna", "key": key, "list_share": 1}
        | ({"leak": "lost"} if leak else {})
    )
    assert key_tried(spec, treatment, leak) == (tried, "")


def test_tokens_need_a_secret_of_their_own_kind() -> None:
    key = RING.derive(Purpose("nhs_number", "all", ""))
    for scheme, secret in (("salted-hash", key), ("keyed-hash", WAREHOUSE_SALT)):
        treatment = Treatment.model_validate({"scheme": scheme})
        with pytest.raises(ValueError, match=f"{scheme}: key {secret.key_id} was given; .* a salt"):
            tokens(pl.Series([ANN]), treatment, secret)


STOLEN = 'key = "stolen"\nleak = "lost"'
LEAK = '[leak.lost]\nholder = "analysts"\n'
BAD = [
    (
        [('scheme = "keyed-hash"', 'scheme = "salted-hsah"')],
        'scheme = "salted-hsah"',
        'identity.nhs_number.scheme = "salted-hsah": must be one of',
    ),
    (
        [("bits = 64", "daily_limit = 5")],
        "daily_limit = 5",
        "identity.nhs_number.daily_limit = 5: is for scheme blind, whose key server counts",
    ),
    (
        [('scheme = "keyed-hash"\nbits = 64', 'scheme = "open-pseudonymiser"\nbits = 40')],
        "bits = 40",
        "identity.nhs_number.bits = 40: is for other schemes: open-pseudonymiser keeps all 256",
    ),
    (
        [
            ("bits = 64", 'scheme = "coded"\nkey_scope = "transcrypted"'),
            ('scheme = "keyed-hash"', ""),
        ],
        "key_scope",
        'identity.nhs_number.key_scope = "transcrypted": is for schemes whose tokens are numbers',
    ),
    (
        [('key = "none"', STOLEN), ("[option.short]", f'{LEAK}kind = "salt-file"\n[option.short]')],
        'kind = "salt-file"',
        'leak.lost.kind = "salt-file": is of a scheme that NHS numbers do not have here: use key',
    ),
    (
        [
            ('scheme = "keyed-hash"\nbits = 64', 'scheme = "open-pseudonymiser"'),
            ('key = "none"', STOLEN),
            ("[option.short]", f'{LEAK}kind = "key"\n[option.months]'),
            ('title = "Tokens of 32 bits"\nidentity.nhs_number.bits = 32\n\n[option.months]\n', ""),
        ],
        'kind = "key"',
        'leak.lost.kind = "key": must be salt-file: open-pseudonymiser',
    ),
    (
        [
            ('key = "none"', f'{STOLEN}\nsecond_leak = "link"'),
            ("[option.short]", f'{LEAK}[leak.link]\nholder = "warehouse"\n[option.short]'),
        ],
        "second_leak",
        'attack.thief.second_leak = "link": is for sealed tokens: set',
    ),
    (
        [
            ('key = "none"', f'{STOLEN}\nsecond_leak = "lnik"'),
            ("bits = 64", 'key_scope = "transcrypted"'),
            ("[option.short]", f"{LEAK}[option.short]"),
        ],
        "second_leak",
        'attack.thief.second_leak = "lnik": must be a leak of this proposal',
    ),
]


@pytest.mark.parametrize(("changes", "piece", "message"), BAD)
def test_what_does_not_go_together_is_refused_with_its_line(
    written: Write, changes: list[tuple[str, str]], piece: str, message: str
) -> None:
    text = edited(*changes)
    expected = f"my.toml, line {line_of(text, piece)}: {message}"
    messages = refused(written(text))
    assert any(line.startswith(expected) for line in messages), "\n".join(messages)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"key": "none", "second_leak": "b"}, "is for key `stolen`"),
        ({"key": "stolen", "leak": "a", "second_leak": "a"}, "another leak than `leak`"),
    ],
)
def test_a_second_leak_is_another_one_of_a_stolen_key(
    settings: dict[str, str], message: str
) -> None:
    thief = {"adversary": "key_thief", "recipient": "x", "list_share": 1}
    with pytest.raises(ValueError, match=message):
        KeyThiefSpec.model_validate(thief | settings)
