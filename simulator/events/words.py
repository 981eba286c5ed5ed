"""Words: what the fields of events can say that hold a code, by field."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from simulator.events import ambulance, cancer, nhs_111, police_incidents, screening
from simulator.events.housing import WORK_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "call_category": tuple(ambulance.CATEGORIES),
        "disposition": tuple(nhs_111.DISPOSITIONS),
        "screening_kind": tuple(screening.KINDS),
        "cancer_site": tuple(cancer.SITES),
        "referral_route": tuple(cancer.ROUTES),
        "offence_group": tuple(police_incidents.OFFENCE_GROUPS),
        "work_kind": WORK_KINDS,
    }
)
