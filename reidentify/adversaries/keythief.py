"""Key thief: somebody tries every NHS number of a block against the tokens of a release.

With the key (or a salt; or with plain hashes, and neither) all 90,909,091 valid numbers of the
block in which invented people live are hashed once, and every truncation of the tokens is read off
the same sweep. What comes back is who a row *may* be: a number whose token is equal. At 32 bits
some are by chance.

Whatever tokens are, the thief compares their leading 64 bits at most (`as_numbers`). Tokens that
are sealed for a recipient are opened first (`opened`); those that are not opened fit a number by
chance alone.

A sweep attacks only releases made in the same run: no command points one at tokens or releases that
are read from disk, and no number leaves this module. What scoring needs to know about a number is
given as an opaque handle.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from linkage.pseudonyms.blind_parties import MOST_IDS, Client, KeyServer, Request
from linkage.pseudonyms.codes import CannotDecode
from linkage.pseudonyms.first_words import first_words
from linkage.pseudonyms.sweep import SweepHits
from linkage.pseudonyms.tokens import leading_words
from reidentify.claims import Claims
from simulator.randomness import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from linkage.keys import BlindKey
    from linkage.plan import Treatment
    from linkage.pseudonyms.transcryption import Recipient
    from reidentify.knowledge import NumberList
    from reidentify.release import Release
    from reidentify.specs import KeyThiefSpec, LeakSpec
    from simulator.schema import TokenLabel

_WORD_BITS = 64
_FIRST_DAY = date(2000, 1, 1)  # on which a thief asks; no figure depends on it
_PREFIX_BITS = 32
_KINDS = {"key": "key", "salt-file": "salt, read from the salt file"}


@dataclass(frozen=True)
class ThiefFindings:
    """What the thief found.

    Attributes:
        tokens: How many different tokens the release holds.
        bits: Length of a token; 0 where the release holds none.
        candidates: Each token with each number that fits it: `token`, `handle` (UInt64), ordered by
            both. A handle stands for a number (see `number_handles`).
        claims: Rows whose candidate number the thief's list turns into a person; confidence is 1
            over the number of candidates of the row's token.
    """

    tokens: int
    bits: int
    candidates: pl.DataFrame = field(repr=False)
    claims: Claims = field(repr=False)


def token_bits(label: TokenLabel) -> int:
    """Reads how many bits of a token are compared off its label's scheme, as `hmac-sha256/40`.

    Of digests and of sealed tokens, which are longer, 64 are.
    """
    length = label.scheme.rpartition("/")[2]
    return min(int(length), _WORD_BITS) if length.isdecimal() else _WORD_BITS


def as_numbers(release: Release) -> Release:
    """Gives a release whose tokens are UInt64: what a thief compares of each.

    Rows and tokens alone are kept, whatever else was handed over.
    """
    read = [name for name in ("row_id", "token") if name in release.people.columns]
    people = release.people.select(read)
    if release.label is not None:
        people = people.with_columns(first_words(people["token"]))
    return replace(release, people=people, events={})


def opened(release: Release, recipient: Recipient) -> Release | None:
    """Opens a release's sealed tokens with a key for sealed tokens.

    Args:
        release: What was handed over, as it was.
        recipient: The key, and the label of the tokens that were sealed.

    Returns:
        The release with the tokens that were sealed and their label; None if the key opens none.
    """
    if release.label is None or not release.label.is_sealed:
        return None
    try:
        tokens = recipient.open(release.people["token"])
    except CannotDecode:
        return None
    return replace(release, people=release.people.with_columns(tokens), label=recipient.made_as)


def number_handles(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Gives opaque handles of NHS numbers, one to one, for comparing numbers without showing them.

    Handles hide numbers from a reader, not from a programmer, and are never written anywhere.
    """
    return words(0, "handle of an NHS number", numbers)


def sweep_prefixes(releases: Iterable[Release]) -> NDArray[np.uint32]:
    """Gives the leading 32 bits of the tokens of some releases under one key, for `sweep_block`.

    The sweep looks at leading bits alone, so one sweep serves every truncation of one key's tokens.

    Returns:
        uint32, different and ascending.
    """
    return leading_bits(
        (_tokens(as_numbers(release)), release.label)
        for release in releases
        if release.label is not None
    )


def leading_bits(columns: Iterable[tuple[pl.Series, TokenLabel]]) -> NDArray[np.uint32]:
    """Gives the leading 32 bits of tokens as numbers, as `sweep_prefixes` does of releases."""
    parts = [
        tokens.drop_nulls().to_numpy() >> np.uint64(token_bits(label) - _PREFIX_BITS)
        for tokens, label in columns
    ]
    return np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *parts]).astype(np.uint32))


def attack(release: Release, hits: SweepHits, numbers: NumberList) -> ThiefFindings:
    """Reads a sweep at the length of a release's tokens, and names rows from the thief's list.

    Args:
        release: What was handed over, with tokens `as_numbers`.
        hits: What a sweep with the thief's key found for (at least) this release's prefixes.
        numbers: The list that turns numbers into people.

    Returns:
        The findings; nothing at all where the release holds no tokens.
    """
    bits = 0 if release.label is None else token_bits(release.label)
    tokens = _tokens(release)
    fits = pl.DataFrame(
        {
            "token": hits.digests >> np.uint64(_WORD_BITS - bits if bits else 0),
            "nhs_number": hits.numbers,
            "handle": number_handles(hits.numbers),
        }
    ).join(tokens.to_frame(), on="token", how="semi")
    named = (
        fits.with_columns((1 / pl.len().over("token")).alias("confidence"))
        .join(numbers.frame, on="nhs_number", how="inner")
        .join(_rows(release), on="token", how="inner")
    )
    return ThiefFindings(
        tokens=tokens.len(),
        bits=bits,
        candidates=fits.select("token", "handle").sort("token", "handle"),
        claims=Claims.of(named),
    )


def hash_list(numbers: NumberList, key: BlindKey) -> SweepHits:
    """Makes blind tokens of the thief's own list, with a key server's key and no client.

    A curve in plain numbers is too slow for a sweep. Numbers off the list would name nobody.
    """
    tried = np.sort(numbers.frame["nhs_number"].to_numpy())
    return SweepHits(tried, leading_words(key.outputs([str(number) for number in tried])))


def ask_server(
    numbers: NumberList, key: BlindKey, daily_limit: int | None, days: int, seed: int
) -> SweepHits:
    """Asks a key server for tokens of the thief's list, as many a day as it answers an account.

    Args:
        numbers: The list, of which the first MOST_IDS are asked, in its order.
        key: The server's key, which the thief never sees.
        daily_limit: Most numbers that the server answers in a day; None: all.
        days: Days on which the thief asks.
        seed: The run's seed, from which blinds are drawn.

    Returns:
        The numbers that were answered, with their tokens.
    """
    client, server = Client("thief", seed), KeyServer(key, daily_limit)
    left = numbers.frame["nhs_number"].cast(pl.String).head(MOST_IDS)
    answered = [pl.DataFrame(schema={"value": pl.String, "output": pl.Binary})]
    for day in range(days if len(left) else 0):
        session = client.blind(left.head(daily_limit or len(left)), f"day {day}")
        on = _FIRST_DAY + timedelta(days=day)
        answer, server = server.evaluate(Request(client.account, on, session.elements))
        answered.append(client.finalize(session, answer))
        left = left.slice(len(answer.elements))
        if left.is_empty():
            break
    found = pl.concat(answered).sort("value")
    outputs = leading_words(found["output"].to_list())
    return SweepHits(found["value"].cast(pl.Int64).to_numpy(), outputs)


def describe(
    spec: KeyThiefSpec,
    leaks: Sequence[LeakSpec],
    treatment: Treatment | None = None,
    *,
    by_list: bool = False,
) -> str:
    """Says what the attacker holds, for the method of a figure.

    Args:
        spec: The attacker.
        leaks: Where stolen keys and salts come from.
        treatment: How NHS numbers are treated.
        by_list: Whether it tries only the numbers of its list, and not by a sweep.
    """
    what = (
        "the numbers of its list"
        if by_list
        else ("every valid number of the block in which the population lives")
    )
    if treatment is not None and treatment.scheme == "salted-hash":
        key = "the public salt, as everybody does"
    else:
        key = _held(spec, leaks, by_list=by_list)
    if treatment is not None and treatment.is_sealed:
        what += "; sealed tokens are opened with the recipient's key, or not at all"
    return (
        f"key thief: holds {key}; tries {what}; "
        f"holds a list of numbers and names of {spec.list_share.value:g} of people"
    )


def _held(spec: KeyThiefSpec, leaks: Sequence[LeakSpec], *, by_list: bool) -> str:
    """Says which keys and salts the attacker holds."""
    return {
        "none": "no key, and tries plain hashes",
        "wrong": "a key of its own, which is the wrong one",
        "account": f"an account at the key server, and asks on {spec.days:,} days"
        if by_list
        else "no key, and finds no key server to ask",
        "stolen": " and ".join(
            f"the {_KINDS[leak.kind]} of {leak.holder}{_periods(leak)}" for leak in leaks
        ),
    }[spec.key]


def _periods(leak: LeakSpec) -> str:
    """Says of which periods the key is known."""
    since = f" since {leak.since}" if leak.since else ""
    return since + (f" until {leak.until}" if leak.until else "")


def _rows(release: Release) -> pl.DataFrame:
    if "token" not in release.people.columns:
        return pl.DataFrame(schema={"row_id": pl.UInt64(), "token": pl.UInt64()})
    return release.people.select("row_id", "token").drop_nulls()


def _tokens(release: Release) -> pl.Series:
    return _rows(release)["token"].unique().sort()
