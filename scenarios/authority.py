"""Authority: who answers for what is done to a supplied file; copied into what is written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, field_validator

from scenarios.problems import Problem, ProblemsError
from scenarios.spec_files import load_spec
from scenarios.toml_files import Shipped
from simulator.settings import Spec

if TYPE_CHECKING:
    from pathlib import Path


class AuthorityError(ProblemsError):
    """An authority cannot be used, or is needed and was not given."""


def _named(words: str) -> Any:  # noqa: ANN401 - a pydantic field
    return Field(min_length=1, max_length=300, description=words)


class Authority(Spec):
    """Who decides about a file, what for, who approved it and when; declared, not verified."""

    controller: str = _named("Who decides about the records: the controller.")
    purpose: str = _named("What the result is for.")
    approver: str = _named("Who approved it: a name and a role.")
    date: dt.date = Field(description="Day of the approval, such as 2026-03-31.")

    @field_validator("controller", "purpose", "approver")
    @classmethod
    def _hold_words(cls, given: str) -> str:
        if not given.strip():
            raise ValueError("must not be blank")
        return given.strip()

    @field_validator("date", mode="before")
    @classmethod
    def _hold_a_day_that_has_come(cls, given: Any) -> Any:  # noqa: ANN401 - from a file
        if type(given) is not dt.date:
            raise ValueError("must be a date, such as 2026-03-31 (no quotes)")
        if given > dt.date.today():  # noqa: DTZ011 - the day where the approver is
            raise ValueError("must not lie in the future: nothing is approved yet")
        return given


AUTHORITY: Final = Shipped(
    "authority",
    "authority",
    tuple,
    AuthorityError,
    needs="an authority needs controller, purpose, approver and date",
)


def load_authority(path: Path) -> Authority:
    """Reads an authority.

    Raises:
        AuthorityError: If it cannot be read or is wrong; holds every problem, with its line.
    """
    return load_spec(path, AUTHORITY, Authority)


def no_authority(path: Path) -> AuthorityError:
    """Returns the error for a supplied file without an authority."""
    rule = (
        "nothing says that it is invented, so it is taken for records of real people: give "
        "--authority FILE, a TOML file with controller, purpose, approver and date"
    )
    return AuthorityError([Problem(str(path), None, "", None, rule)])
