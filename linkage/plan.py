"""How to treat identifiers and how to link, as values."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt, ValidationInfo, field_validator

from linkage.cascade_plan import LinkagePlan
from linkage.linking_names import LINKING_FIELDS
from simulator.settings import Spec, no_repeats
from simulator.specs import FieldName

SHARED_HOLDER: Final = "all"
"""Holder of a key under which everybody's tokens are made."""

WAREHOUSE: Final = "warehouse"
"""Holder of the key of the link tokens where each recipient has tokens under a key of its own."""

HOLDERS_OF_LINK_KEYS = (SHARED_HOLDER, WAREHOUSE)
"""Names under which keys of link tokens are derived, which no recipient may have (ingest.py)."""

LINKABLE = ("nhs_number", "uprn", "postcode", "nino", "upn", *LINKING_FIELDS)
"""What may be joined, few records sharing a value: tokens of fields, and linking fields."""

Scheme = Literal[
    "clear",
    "remove",
    "plain-hash",
    "keyed-hash",
    "salted-hash",
    "open-pseudonymiser",
    "blind",
    "coded",
    "coded-per-row",
    "coded-shape",
    "vault",
]


_WORD: Final = 64
_NUMBERED: Final = ("plain-hash", "salted-hash", "keyed-hash", "blind")
"""Schemes whose tokens are numbers below 2^bits."""


class Treatment(Spec):
    """What is done to one field before records leave the agency that wrote them."""

    scheme: Scheme = Field(
        description=(
            "clear: left as it is; remove: dropped; keyed-hash: HMAC-SHA256, truncated; "
            "plain-hash: SHA-256 with no key, which anybody can reverse by trying all numbers; "
            "salted-hash: SHA-256 of the value and one public salt, which is no better; "
            "open-pseudonymiser: the digest of that software, whose salt each site has in a file; "
            "blind: RFC 9497 between an agency, which has no key, and a key server, which sees "
            "neither numbers nor tokens; a simulation for small worlds; "
            "coded: AES-SIV, the same code for the same value, turned back with the key; "
            "coded-per-row: AES-SIV with a nonce, another code in every row; coded-shape: FF1, an "
            "NHS number as another one, a postcode as another of its shape, turned back with the "
            "key; vault: a random number for each value, turned back from a table."
        )
    )
    bits: Literal[32, 40, 48, 53, 63, 64] = Field(
        default=64,
        description=(
            "Length of a token, in bits: 64 fill a word; 63 are left where a sign is cut off, 53 "
            "in a double or a spreadsheet; 48, 40 and 32 save room. Fewer bits, more collisions."
        ),
    )
    key_scope: Literal["shared", "per-recipient", "transcrypted"] = Field(
        default="shared",
        description=(
            "shared: all recipients see tokens under one key; per-recipient: each sees its own, "
            "made of the clear text; transcrypted: each is given the link tokens sealed under a "
            "key of its own, without clear text."
        ),
    )
    key_holder: str = Field(default="", description="Who holds the key: a role of `governance`.")
    daily_limit: StrictInt | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="For `blind`: most numbers a day that the key server answers one account.",
    )
    period: str = Field(default="", description="Period of the key, such as 2016; empty: for good.")
    verify: Annotated[tuple[FieldName, ...], AfterValidator(no_repeats)] = Field(
        default=(),
        description=(
            "Fields that ingest compares with the hub's record of the same number before it makes "
            "a token; where they differ, no token is made."
        ),
    )

    @field_validator("bits")
    @classmethod
    def _hold_bits_for_tokens(cls, bits: int, info: ValidationInfo) -> int:
        scheme = info.data.get("scheme", "keyed-hash")
        if scheme == "open-pseudonymiser" and bits != _WORD:
            raise ValueError("is for other schemes: open-pseudonymiser keeps all 256; leave it out")
        return bits

    @field_validator("daily_limit")
    @classmethod
    def _hold_a_limit_for_a_server(cls, limit: int | None, info: ValidationInfo) -> int | None:
        scheme = info.data.get("scheme", "blind")
        if limit is not None and scheme != "blind":
            raise ValueError(f"is for scheme blind, whose key server counts; {scheme} asks none")
        return limit

    @field_validator("key_scope")
    @classmethod
    def _hold_tokens_to_seal(cls, key_scope: str, info: ValidationInfo) -> str:
        scheme = info.data.get("scheme", "keyed-hash")
        if key_scope == "transcrypted" and scheme not in _NUMBERED:
            rule = f"is for schemes whose tokens are numbers, not {scheme}: {', '.join(_NUMBERED)}"
            raise ValueError(rule)
        return key_scope

    @property
    def makes_tokens(self) -> bool:
        """Whether the field leaves as a token."""
        return self.scheme in (*_NUMBERED, "open-pseudonymiser")

    @property
    def makes_codes(self) -> bool:
        """Whether the field leaves as a code that can be turned back."""
        return self.scheme in ("coded", "coded-per-row", "coded-shape", "vault")

    @property
    def joins(self) -> bool:
        """Whether equal values leave equal, so that records can be linked on them."""
        return self.makes_tokens or self.scheme in ("coded", "coded-shape", "vault")

    @property
    def is_keyed(self) -> bool:
        """Whether a key for tokens is needed."""
        return self.scheme in ("keyed-hash", "blind")

    @property
    def is_salted(self) -> bool:
        """Whether a salt stands in place of a key."""
        return self.scheme in ("salted-hash", "open-pseudonymiser")

    @property
    def is_sealed(self) -> bool:
        """Whether each recipient is given link tokens sealed for it."""
        return self.key_scope == "transcrypted"

    @property
    def link_holder(self) -> str:
        """Holder of the key under which tokens and codes are linked."""
        return SHARED_HOLDER if self.key_scope == "shared" else WAREHOUSE

    @property
    def is_blind(self) -> bool:
        """Whether tokens are made between two parties, in a simulation for small worlds."""
        return self.scheme == "blind"


Method = Literal["token", "match-keys", "ladder", "plan"]


class LinkStep(Spec):
    """One named step: how records of one agency are linked to the hub's.

    `token` joins equal tokens of one field, `match-keys` the first of several hashed keys that
    singles a hub record out. `ladder` tries match-keys in the clear, in order, and `plan` carries
    out a plan: on the clear text, or on the hashed columns of `tokens`. What works on the clear
    text is a comparison with what could be had if identifiers were not hidden, and never feeds an
    answer.
    """

    hub: str = Field(description="Agency whose records the others are linked to.")
    agency: str = Field(description="Agency whose records are linked.")
    method: Method = Field(description="How pairs are found.")
    unit: Literal["person", "home"] = Field(
        default="person", description="Whether a right pair is one person, or one home."
    )
    on: str | None = Field(
        default=None,
        validate_default=True,
        description=(
            "For `token`: the field; with a split file, `alf` for people and `ralf` for homes."
        ),
    )
    dated: StrictBool = Field(
        default=False,
        description="For homes: whether only those are linked who lived there when it happened, by "
        "the day since when the hub's people live at their address.",
    )
    keys: tuple[Annotated[tuple[FieldName, ...], Field(min_length=1)], ...] = Field(
        default=(),
        validate_default=True,
        description="For `ladder`: match-keys, each a list of fields, tried in order.",
    )
    plan: LinkagePlan | None = Field(
        default=None,
        validate_default=True,
        description=(
            "For `plan`: a shipped plan such as `macral`, the path of a plan file, or a plan."
        ),
    )
    tokens: str | None = Field(
        default=None,
        validate_default=True,
        min_length=1,
        description=(
            "For `match-keys`, and for a `plan` on hashed columns: name of a table of "
            "`match_keys`, which hub and agency make before their records leave them."
        ),
    )
    several_records: StrictBool | None = Field(
        default=None,
        description=(
            "For `match-keys`: whether the agency may have several records of one person, as of "
            "contacts. If not, a key must be unique in both files, and each hub record is linked "
            "once. Left out: it may."
        ),
    )
    feeds: StrictBool | None = Field(
        default=None,
        description=(
            "Whether its links feed answers; false: it is only compared with. Left out: it does, "
            "unless it works on the clear text. One step of an agency feeds answers."
        ),
    )

    @field_validator("agency")
    @classmethod
    def _hold_two_agencies(cls, agency: str, info: ValidationInfo) -> str:
        if agency == info.data.get("hub"):
            raise ValueError("must not be the hub itself")
        return agency

    @field_validator("on")
    @classmethod
    def _hold_a_field_for_tokens(cls, on: str | None, info: ValidationInfo) -> str | None:
        _hold_for_its_method("token", info, on is not None, f"one of: {', '.join(LINKABLE)}")
        if on is not None and on not in LINKABLE:
            raise ValueError(f"must be an identifier that few records share: {', '.join(LINKABLE)}")
        return on

    @field_validator("keys")
    @classmethod
    def _hold_keys_for_a_ladder(
        cls, keys: tuple[tuple[str, ...], ...], info: ValidationInfo
    ) -> tuple[tuple[str, ...], ...]:
        _hold_for_its_method("ladder", info, bool(keys), "lists of fields, tried in order")
        return keys

    @field_validator("plan")
    @classmethod
    def _hold_a_plan(cls, plan: LinkagePlan | None, info: ValidationInfo) -> LinkagePlan | None:
        _hold_for_its_method("plan", info, plan is not None, "a name, a file or a plan")
        return plan

    @field_validator("tokens")
    @classmethod
    def _hold_hashed_columns(cls, tokens: str | None, info: ValidationInfo) -> str | None:
        if tokens is None or info.data.get("method") != "plan":
            what = "name of a table of match_keys"
            _hold_for_its_method("match-keys", info, tokens is not None, what)
        return tokens

    @field_validator("several_records")
    @classmethod
    def _hold_records_for_match_keys(
        cls,
        several: bool | None,  # noqa: FBT001 - as pydantic calls it
        info: ValidationInfo,
    ) -> bool | None:
        if several is not None:
            _hold_for_its_method("match-keys", info, is_given=True, what="")
        return several

    @field_validator("feeds")
    @classmethod
    def _hold_clear_text_back(
        cls,
        feeds: bool | None,  # noqa: FBT001 - as pydantic calls it
        info: ValidationInfo,
    ) -> bool | None:
        method, tokens = info.data.get("method"), info.data.get("tokens")
        if feeds and (method == "ladder" or (method == "plan" and tokens is None)):
            raise ValueError("must be false or left out: steps on the clear text are comparisons")
        return feeds

    @property
    def is_on_clear_text(self) -> bool:
        """Whether it reads what records are before their identifiers are hidden."""
        return self.on is None and self.tokens is None

    @property
    def feeds_answers(self) -> bool:
        """Whether its links are used to assemble the linked data."""
        return self.feeds is not False and not self.is_on_clear_text


_OWN_SETTING: Final = {"token": "on", "match-keys": "tokens", "ladder": "keys", "plan": "plan"}


def _hold_for_its_method(own: Method, info: ValidationInfo, is_given: bool, what: str) -> None:  # noqa: FBT001
    """Raises ValueError unless a setting is given for the method that has it, and for no other."""
    method = info.data.get("method")
    if method is None:  # it is wrong itself
        return
    if method != own and is_given:
        rule = f"method `{method}` has `{_OWN_SETTING[method]}`"
        raise ValueError(f"is for method `{own}`; {rule}")
    if method == own and not is_given:
        raise ValueError(f"is needed by method `{own}`{',' if own == 'token' else ':'} {what}")
