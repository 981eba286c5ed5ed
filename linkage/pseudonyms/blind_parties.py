"""Blind pseudonyms between two parties: a client that holds identifiers, a server that holds a key.

Neither can turn tokens back alone. The server is sent points that are as good as drawn at random,
in shuffled order: it learns how many they are, and trying every identifier tells it no more. The
client learns the tokens of the values for which it asked, and is counted and held to a limit: what
a dictionary costs without the key is so many requests at so many a day. Whoever has both the key
and tokens can try identifiers at will, as with any key.

A simulation in plain whole numbers, not constant-time, with blinds drawn from a run's seed: it must
not guard real data. A run is held to MOST_IDS, since an id takes milliseconds.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from linkage.pseudonyms import oprf, p256
from linkage.secret import Secret
from simulator.randomness import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from linkage.keys import BlindKey

MOST_IDS: Final = 10_000
"""Most identifiers that a client blinds at once, and that a server answers in its whole life."""

_WORDS_IN_A_BLIND: Final = 6
"""384 bits are reduced to a scalar of 256, so that it is even to within 2^-128."""


class TooManyIds(ValueError):  # noqa: N818 - named for what it says
    """More identifiers than a simulation in plain numbers takes on."""


@dataclass(frozen=True)
class Request:
    """What the server sees.

    Attributes:
        account: Who asks.
        day: On which day.
        elements: Blinded points, 33 bytes each.
    """

    account: str
    day: date
    elements: tuple[bytes, ...]


@dataclass(frozen=True)
class Answer:
    """What the client gets back.

    Attributes:
        elements: The first of the points that were sent, under the server's key.
        refused: How many of the last were not answered, because of the account's limit.
        proof: That the server used its key for all of them: 64 bytes in mode VOPRF, else empty.
    """

    elements: tuple[bytes, ...]
    refused: int
    proof: bytes


@dataclass(frozen=True, eq=False)
class Session(Secret):
    """What a client keeps between asking and being answered; it never leaves the client.

    Attributes:
        values: The identifiers, in the order in which they are sent.
        blinds: The scalar that hides each.
        elements: What is sent.
    """

    values: tuple[str, ...] = field(repr=False)
    blinds: tuple[int, ...] = field(repr=False)
    elements: tuple[bytes, ...]


@dataclass(frozen=True)
class Client:
    """The party with the identifiers: blinds them, and finishes what the server answers.

    Attributes:
        account: Its name at the server.
        seed: The run's seed, from which blinds are drawn (of invented people).
        public: The server's public key; then answers must prove that it was used (VOPRF).
    """

    account: str
    seed: int
    public: bytes | None = None

    def blind(self, values: pl.Series, purpose: str) -> Session:
        """Hide identifiers.

        Args:
            values: String, in comparable form; nulls and repeats are left out.
            purpose: Names this session. A name used again draws the same blinds, by which two
                sessions could be compared.

        Raises:
            TooManyIds: If there are more than MOST_IDS.
        """
        distinct = values.drop_nulls().unique().sort()
        if distinct.len() > MOST_IDS:
            raise TooManyIds(_too_many(distinct.len()))
        decision = f"blind/{self.account}/{purpose}"
        at = np.arange(distinct.len())
        order = np.argsort(words(self.seed, f"{decision}/order", at), kind="stable")
        draws = [words(self.seed, decision, at, draw) for draw in range(_WORDS_IN_A_BLIND)]
        packed = np.stack(draws, axis=1).astype(">u8").tobytes()
        size = 8 * _WORDS_IN_A_BLIND
        wide = [packed[start : start + size] for start in range(0, len(packed), size)]
        blinds = [int.from_bytes(one, "big") % (p256.ORDER - 1) + 1 for one in wide]
        sent = distinct.gather(order).to_list()
        points = oprf.blind([one.encode() for one in sent], blinds, self._mode)
        return Session(tuple(sent), tuple(blinds), tuple(p256.encode(one) for one in points))

    def finalize(self, session: Session, answer: Answer) -> pl.DataFrame:
        """Take the blinds off an answer.

        Returns:
            `value` (String), `output` (Binary, 32 bytes) of what was answered, ordered by `value`.

        Raises:
            BadElement: If an answer is no point, or answers are missing that were not refused.
            BadProof: If the server does not prove that it used its key.
        """
        done = len(answer.elements)
        if done + answer.refused != len(session.elements):
            raise p256.BadElement("an answer does not have as many elements as were sent")
        evaluated = [p256.decode(one) for one in answer.elements]
        if self.public is not None and done:
            sent = [p256.decode(one) for one in session.elements[:done]]
            proof = oprf.decode_proof(answer.proof)
            oprf.verify(p256.decode(self.public), sent, evaluated, proof)
        values = session.values[:done]
        inputs = [one.encode() for one in values]
        outputs = oprf.finalize(inputs, session.blinds[:done], evaluated)
        schema = {"value": pl.String, "output": pl.Binary}
        return pl.DataFrame({"value": values, "output": outputs}, schema=schema).sort("value")

    @property
    def _mode(self) -> oprf.Mode:
        return oprf.OPRF if self.public is None else oprf.VOPRF


@dataclass(frozen=True, eq=False)
class KeyServer(Secret):
    """The party with the key: multiplies what it is sent, counts, and refuses what is too much.

    Attributes:
        key: Its key.
        daily_limit: Most elements that it answers an account in a day; None: all.
        asked: Elements that it answered so far, by account and day.
    """

    key: BlindKey
    daily_limit: int | None = None
    asked: Mapping[tuple[str, date], int] = field(default_factory=dict)

    def evaluate(self, request: Request) -> tuple[Answer, KeyServer]:
        """Answer a request as far as the account's limit goes.

        Returns:
            The answer, and the server after it.

        Raises:
            BadElement: If an element that would be answered is no point: nothing is answered.
            TooManyIds: If it would have answered more than MOST_IDS in all.
        """
        account = (request.account, request.day)
        before = self.asked.get(account, 0)
        left = len(request.elements)
        if self.daily_limit is not None:
            left = min(left, max(self.daily_limit - before, 0))
        if sum(self.asked.values()) + left > MOST_IDS:
            raise TooManyIds(_too_many(sum(self.asked.values()) + left))
        made, proof = self.key.evaluate(request.elements[:left])
        answer = Answer(tuple(made), len(request.elements) - left, proof)
        after = dataclasses.replace(self, asked={**self.asked, account: before + left})
        return answer, after


def _too_many(given: int) -> str:
    return (
        f"blind pseudonyms: {given:,} identifiers in one run, and at most {MOST_IDS:,} are taken "
        "on, because this is a simulation in plain numbers (an id takes milliseconds); use fewer "
        "people, or scheme keyed-hash"
    )
