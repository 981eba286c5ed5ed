"""A whole system under shaped codes: what is linked, and what is decoded, is as under AES-SIV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from linkage.pseudonyms.shaped import ShapeBook
from scenarios.handover import hand_over, thief_prefixes
from scenarios.loading import load, with_setting
from scenarios.recipe import figures
from scenarios.result import AS_PROPOSED
from scenarios.runner import without_grids
from scenarios.stages import Stages

if TYPE_CHECKING:
    import polars as pl


def values_under(scheme: str) -> dict[tuple[str, ...], float | None]:
    """Figures of Hertfordshire at 1,000 people and seed 1, with numbers and postcodes coded so.

    Without those of the analyst without a key, which depend on the order of codes where two are as
    probable.
    """
    proposal = with_setting(without_grids(load("hertfordshire")), "world.people", 1_000)
    for field in ("nhs_number", "postcode"):
        proposal = with_setting(proposal, f"identity.{field}.scheme", scheme)
    stages = Stages()
    handed = hand_over(proposal, 1, stages, 1, thief_prefixes(proposal, 1, stages, 1))
    found = figures(handed, AS_PROPOSED)
    return {
        (f.section, f.subject, f.measure, f.group): f.value
        for f in found
        if f.subject != "analyst_without_key"
    }


def test_hertfordshire_links_and_decodes_alike_with_shaped_codes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decoded: list[int] = []
    opened = ShapeBook.open

    def counted(book: ShapeBook, codes: pl.Series) -> pl.Series:
        values = opened(book, codes)
        decoded.append(len(values) - values.null_count())
        return values

    monkeypatch.setattr(ShapeBook, "open", counted)
    with_aes_siv = values_under("coded")
    assert not decoded
    assert len(with_aes_siv) > 200
    assert values_under("coded-shape") == pytest.approx(with_aes_siv, nan_ok=True)
    assert max(decoded) > 500
