"""The split file as a value: who resolves identities, who holds content, and what is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, field_validator

from linkage.cascade_plan import Cascade, LinkagePlan
from simulator.settings import Spec, no_repeats

BirthReturned = Literal["date", "week", "month"]


class SplitFile(Spec):
    """Agencies send names to a third party and content to a databank, so that neither has both.

    In the style of SAIL: the third party returns a linking field (ALF; RALF for homes) with a
    status code, birth to the week, sex and small area; the databank enciphers it again, and once
    more for each recipient. Records are then linked by steps `on = "alf"` and `on = "ralf"`.
    """

    third_party: str = Field(
        description="Who resolves identities, and never sees content: a role of `governance`."
    )
    databank: str = Field(
        description="Who holds content, and never sees a name: a role of `governance`."
    )
    plan: LinkagePlan = Field(
        description="How people are resolved against the register: a plan in steps with status "
        "codes, such as `macral`, the path of a plan file, or a plan."
    )
    home_plan: LinkagePlan = Field(
        description="How addresses are resolved, such as `ralf`; likewise in steps."
    )
    accepted: Annotated[tuple[str, ...], AfterValidator(no_repeats)] = Field(
        default=("1", "4", "39"),
        min_length=1,
        description="Status codes of people with which a record is kept; with any other it stays "
        "without a linking field.",
    )
    birth: BirthReturned = Field(
        default="week", description="How exactly the third party returns a date of birth."
    )
    separate: StrictBool = Field(
        default=True,
        description="Whether names go to the third party alone. If not, the databank is given "
        "whole records and resolves them itself.",
    )
    second_encryption: StrictBool = Field(
        default=True, description="Whether the databank enciphers linking fields again (ALF_E)."
    )
    project_keys: StrictBool = Field(
        default=True,
        description="Whether each recipient sees linking fields under a key of its own (ALF_PE).",
    )

    @field_validator("plan", "home_plan")
    @classmethod
    def _hold_steps(cls, plan: LinkagePlan) -> LinkagePlan:
        if not isinstance(plan, Cascade):
            raise ValueError("must be a plan in steps, such as `macral`")  # noqa: TRY004
        loose = [step.name for step in plan.steps if step.unique not in ("left", "both")]
        if loose:
            raise ValueError(
                f"must single out one person or home for each record: unique is left or both, also "
                f"in {', '.join(loose)}"
            )
        return plan

    @field_validator("plan")
    @classmethod
    def _hold_status_codes(cls, plan: LinkagePlan) -> LinkagePlan:
        if not isinstance(plan, Cascade):
            return plan
        codes = [*(step.status for step in plan.steps), plan.status_of_rest]
        if None in codes:
            raise ValueError(
                "must have a status code in every step, and status_of_rest, as `macral` has"
            )
        return plan
