"""The spec of lives: how many are born, die, leave, or have no home for a while."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from simulator.settings import Amount, Share, Spec, at_most


def _as_published(of: str) -> Amount:
    return Amount(value=1.0, evidence="assumed", source=f"our choice: {of}")


class LifeSpec(Spec):
    """What happens to people in the window: rates over those of the tables in simulator/life.

    Attributes without a unit multiply a table of rates: 1 for the table, 0 for none.
    """

    births: Annotated[Amount, at_most(10)] = Field(
        default=_as_published("births by age of mother, England and Wales 2022"),
        description="Births, over those by age of the mother; 0 for none.",
    )
    deaths: Annotated[Amount, at_most(10)] = Field(
        default=_as_published("deaths by age, England and Wales 2022"),
        description="Deaths, over those by age, sex and deprivation; 0 for none.",
    )
    leaving: Share = Field(
        default=Share(value=0.30, evidence="assumed", source="our choice"),
        description="Of households that move, the share who leave; others arrive in their homes.",
    )
    leaving_home: Annotated[Amount, at_most(10)] = Field(
        default=_as_published("young adults, students and their terms"),
        description="Young adults who leave home, and students who come and go, over the tables.",
    )
    couples: Annotated[Amount, at_most(10)] = Field(
        default=_as_published("couples who form, marry and part"),
        description="Couples who form, marry and part, over the tables.",
    )
    homelessness: Annotated[Amount, at_most(10)] = Field(
        default=_as_published("people who sleep rough, England 2023"),
        description="Spells without a home, over the table.",
    )

    @classmethod
    def still(cls) -> Self:
        """Returns a life in which households move among themselves, and nothing else happens."""
        nothing = dict.fromkeys(cls.model_fields, 0.0)
        return cls.model_validate(nothing)
