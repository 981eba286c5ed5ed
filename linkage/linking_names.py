"""Names of linking fields: what a third party puts in the place of a person, and of a home."""

from __future__ import annotations

from typing import Final, Literal

LinkingName = Literal["alf", "ralf"]

OF_PEOPLE: Final[LinkingName] = "alf"
OF_HOMES: Final[LinkingName] = "ralf"
LINKING_FIELDS: Final[tuple[LinkingName, ...]] = (OF_PEOPLE, OF_HOMES)
