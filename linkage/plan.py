"""How to treat identifiers and how to link, as values."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from simulator.settings import Spec
from simulator.specs import FieldName

Scheme = Literal["clear", "remove", "plain-hash", "keyed-hash"]


class Treatment(Spec):
    """What is done to one field before records leave the agency that wrote them."""

    scheme: Scheme = Field(
        description=(
            "clear: left as it is; remove: dropped; keyed-hash: HMAC-SHA256, truncated; "
            "plain-hash: SHA-256 with no key, which anybody can reverse by trying all numbers."
        )
    )
    bits: Literal[32, 40, 64] = Field(default=64, description="Length of a token, in bits.")
    key_scope: Literal["shared", "per-recipient"] = Field(
        default="shared",
        description="Whether all recipients see tokens under one key, or each under its own.",
    )
    key_holder: str = Field(default="", description="Who holds the key: a role of `governance`.")
    period: str = Field(default="", description="Period of the key, such as 2016; empty: for good.")
    verify: tuple[FieldName, ...] = Field(
        default=(),
        description=(
            "Fields that ingest compares with the hub's record of the same number before it makes "
            "a token; where they differ, no token is made."
        ),
    )

    @property
    def makes_tokens(self) -> bool:
        """Whether the field leaves as a token."""
        return self.scheme in ("plain-hash", "keyed-hash")

    @property
    def is_keyed(self) -> bool:
        """Whether a key is needed."""
        return self.scheme == "keyed-hash"


class LinkStep(Spec):
    """One named step: how records of one agency are linked to the hub's.

    `token` joins equal tokens of one field. `ladder` tries match-keys in order on the clear text, a
    comparison with what could be had if identifiers were not hidden; it never feeds an answer.
    """

    hub: str = Field(description="Agency whose records the others are linked to.")
    agency: str = Field(description="Agency whose records are linked.")
    method: Literal["token", "ladder"] = Field(description="How pairs are found.")
    unit: Literal["person", "home"] = Field(
        default="person", description="Whether a right pair is one person, or one home."
    )
    on: FieldName | None = Field(default=None, description="For `token`: the field.")
    keys: tuple[tuple[FieldName, ...], ...] = Field(
        default=(), description="For `ladder`: match-keys, each a list of fields, tried in order."
    )

    @model_validator(mode="after")
    def _hold_what_the_method_needs(self) -> Self:
        if self.method == "token" and (self.on is None or self.keys):
            raise ValueError("method `token` needs `on`, and no `keys`")
        if self.method == "ladder" and (not self.keys or self.on is not None):
            raise ValueError("method `ladder` needs `keys`, and no `on`")
        if self.hub == self.agency:
            raise ValueError("hub and agency must differ")
        return self

    @property
    def feeds_answers(self) -> bool:
        """Whether its links are used to assemble the linked data."""
        return self.method == "token"
