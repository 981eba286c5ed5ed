"""Settings: the base of every spec, and numbers that say what they rest on.

A number in a proposal is never bare fact. It is a value with, where we do not know it exactly, the
two ends between which it may lie, and the kind of evidence behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    model_serializer,
    model_validator,
)

Evidence = Literal["yours", "published", "assumed"]
T = TypeVar("T", bound=Sequence[Any])


class Spec(BaseModel):
    """A frozen part of a proposal: unknown settings are refused, equal values are equal."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Number(Spec):
    """A number with its range and evidence.

    In a proposal file it may be written as a plain number, which means "yours, known exactly".

    Attributes:
        value: The central value.
        low: Lower end of what it may be; given together with `high`, or not at all.
        high: Upper end.
        source: Where it comes from, in words that a reader can follow up.
        evidence: `yours` (local and dated), `published` (in `source`), or `assumed`.
    """

    minimum: ClassVar[float] = float("-inf")
    maximum: ClassVar[float] = float("inf")
    rule: ClassVar[str] = "must be a number"

    value: StrictFloat = Field(description="The central value.")
    low: StrictFloat | None = Field(default=None, description="Lower end of what the value may be.")
    high: StrictFloat | None = Field(
        default=None, description="Upper end of what the value may be."
    )
    source: str = Field(default="", description="Where the number comes from.")
    evidence: Evidence = Field(default="yours", description="yours, published or assumed.")

    @model_validator(mode="before")
    @classmethod
    def _accept_a_plain_number(cls, given: Any) -> Any:  # noqa: ANN401 - anything may be in a file
        if isinstance(given, bool):
            raise ValueError(f"{cls.rule}, not true or false")  # noqa: TRY004 - as pydantic asks
        if isinstance(given, int | float):
            return {"value": given}
        if not isinstance(given, dict | Number):
            rule = f"{cls.rule}, or a table {{ value = ..., low = ..., high = ... }}"
            raise ValueError(rule)  # noqa: TRY004 - as pydantic asks
        return given

    @model_validator(mode="after")
    def _hold_the_rules(self) -> Self:
        for number in (self.value, self.low, self.high):
            if number is not None and not self.minimum <= number <= self.maximum:
                raise ValueError(self.rule)
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high must be given together")
        if (
            self.low is not None
            and self.high is not None
            and not (self.low <= self.value <= self.high)
        ):
            raise ValueError("value must lie between low and high")
        if self.evidence == "published" and not self.source:
            raise ValueError("published evidence needs a source")
        return self

    @model_serializer(mode="plain")
    def _as_table(self) -> dict[str, Any]:
        table: dict[str, Any] = {"value": self.value}
        if self.low is not None:
            table |= {"low": self.low, "high": self.high}
        return table | {"source": self.source, "evidence": self.evidence}

    @property
    def is_uncertain(self) -> bool:
        """Whether the number has a range wider than a point."""
        return self.low is not None and self.low != self.high


class Share(Number):
    """A share of something, from 0 to 1."""

    minimum: ClassVar[float] = 0.0
    maximum: ClassVar[float] = 1.0
    rule: ClassVar[str] = "must be a share between 0 and 1"


class Amount(Number):
    """A number that cannot be negative, such as a rate, a count of days, or a cost."""

    minimum: ClassVar[float] = 0.0
    rule: ClassVar[str] = "must be 0 or more"


class Ratio(Number):
    """A ratio between 0.01 and 100, such as a rate ratio; 1 means no effect."""

    minimum: ClassVar[float] = 0.01
    maximum: ClassVar[float] = 100.0
    rule: ClassVar[str] = "must be a ratio between 0.01 and 100 (1 means no effect)"


def at_most(limit: float) -> AfterValidator:
    """Makes a check that a number, and the upper end of its range, do not exceed a limit."""

    def check(number: Number) -> Number:
        if max(number.value, number.high or 0.0) > limit:
            raise ValueError(f"must be at most {limit:,}")
        return number

    return AfterValidator(check)


def no_repeats(given: T) -> T:
    """Returns a list as it was given.

    Raises:
        ValueError: If something stands in it twice.
    """
    repeated = [str(item) for item, times in Counter(given).items() if times > 1]
    if repeated:
        raise ValueError(f"must not name anything twice ({', '.join(repeated)})")
    return given


Names = Annotated[tuple[str, ...], AfterValidator(no_repeats)]
"""Names of other parts of a proposal, each once."""
