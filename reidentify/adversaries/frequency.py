"""Frequency: codes of names and postcodes are matched to names and postcodes without any key.

Equal values have equal codes, so how often a code occurs, in which small areas, and with which
others, shows through. Surnames are matched by the small areas in which they occur; postcodes,
within their area, by the surnames that live there; surnames again by postcodes; and so on, in turn
(co-residence). Each turn uses only what is probable enough already, and matches everything anew, so
that what was wrong may be put right. In wide areas, or without any, the commonest surnames are
matched by how often they occur, and the rest follows or does not: several thresholds are tried, and
that which ends with most probable matches is kept. Codes that differ in every row show nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from reidentify.adversaries.code_people import coded_side, listed_side
from reidentify.adversaries.code_turns import match_in_turn
from reidentify.claims import CLAIM_COLUMNS, Claims
from reidentify.release import CODE_PREFIX
from simulator.randomness import words

if TYPE_CHECKING:
    from reidentify.adversaries.code_matching import Matches
    from reidentify.adversaries.code_people import Side
    from reidentify.desk_specs import CodeFrequencySpec
    from reidentify.knowledge_register import NameRegister
    from reidentify.release import Release

ATTACKED: Final = ("surname", "postcode")
"""Fields whose codes are matched; that of a number occurs once, and tells nothing."""

CODES_A_VALUE: Final = 2
"""More codes than so many for each value mean that every row has a code of its own."""


@dataclass(frozen=True)
class Guesses:
    """What the attacker takes codes to stand for.

    Attributes:
        surname: `code` (Binary), `value` (String), `probability` (Float64, as the attacker
            reckons), ordered by `code`; empty where not attacked.
        postcode: Likewise.
        chances: By field: how likely a random value of those that fit is right, for each code:
            `code`, `chance`, ordered by `code`.
        claims: People named: a row whose surname and postcode are guessed, and who on the register
            has both and the sex.
    """

    surname: pl.DataFrame = field(repr=False)
    postcode: pl.DataFrame = field(repr=False)
    chances: dict[str, pl.DataFrame] = field(repr=False)
    claims: Claims = field(repr=False)


def attack(release: Release, register: NameRegister, spec: CodeFrequencySpec) -> Guesses:
    """Matches codes to values, and names people.

    Args:
        release: The coded rows.
        register: Names and addresses that the attacker holds.
        spec: The attack.
    """
    coded = coded_side(release, register, tuple(f for f in ATTACKED if f in spec.fields))
    listed = listed_side(release, register)
    shows = {
        "surname": len(coded.surnames) <= CODES_A_VALUE * len(listed.surnames),
        "postcode": len(coded.postcodes) <= CODES_A_VALUE * len(listed.postcodes),
    }
    found = match_in_turn(coded, listed, shows, together=spec.co_residence)
    chances = _chances(coded, listed)
    tables = {
        name: _table(coded.texts(name), listed.texts(name), found[name])
        if shows[name]
        else _at_random(coded, listed, name, chances[name])
        for name in ATTACKED
    }
    claims = _claims(release, register, tables, spec.confidence.value)
    return Guesses(tables["surname"], tables["postcode"], chances, claims)


def describe(spec: CodeFrequencySpec) -> str:
    """Says what the attacker holds and does, for the method of a figure."""
    company = "; uses which names live together" if spec.co_residence else ""
    return (
        f"code frequency: no key; holds a register of names and addresses of "
        f"{spec.register_share.value:.0%} of adults and an address file; matches codes of "
        f"{', '.join(spec.fields)} by how often and where they occur{company}; names a person if "
        f"at least {spec.confidence.value:.0%} probable, as it reckons"
    )


def _table(codes: pl.Series, values: pl.Series, found: Matches) -> pl.DataFrame:
    """Writes guesses as a table, without the codes that are not matched."""
    at = np.flatnonzero(found.value >= 0)
    return pl.DataFrame(
        {
            "code": codes.gather(at),
            "value": values.gather(found.value[at]),
            "probability": found.probability[at],
        }
    ).sort("code")


def _at_random(coded: Side, listed: Side, name: str, chances: pl.DataFrame) -> pl.DataFrame:
    """Guesses, for each code, a value of no meaning of those that fit: nothing shows."""
    codes, values = coded.texts(name), listed.texts(name)
    if name == "postcode":
        of_code, of_value, areas = coded.area_of_postcode, listed.area_of_postcode, listed.areas
    else:
        of_code, of_value, areas = np.zeros(len(codes), int), np.zeros(len(values), int), 1
    fitting = np.bincount(of_value, minlength=areas)
    fits = np.flatnonzero((of_code >= 0) & (fitting[of_code] > 0))
    area = of_code[fits]
    # The first eight bytes of a code are themselves without meaning.
    raw = codes.gather(fits).bin.slice(0, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big")
    turn = words(0, "a value for a code", raw.to_numpy()) % fitting[area].astype(np.uint64)
    start = np.cumsum(fitting) - fitting
    guess = np.argsort(of_value, kind="stable")[start[area] + turn.astype(np.int64)]
    guessed = pl.DataFrame({"code": codes.gather(fits), "value": values.gather(guess)})
    known = guessed.join(chances, on="code", how="left").rename({"chance": "probability"})
    return known.sort("code")


def _chances(coded: Side, listed: Side) -> dict[str, pl.DataFrame]:
    """Gives how likely a random value that fits is right: of all names, of an area's postcodes."""
    units = np.bincount(listed.area_of_postcode, minlength=listed.areas)[coded.area_of_postcode]
    of_area = np.where((coded.area_of_postcode >= 0) & (units > 0), 1 / np.maximum(units, 1), 0.0)
    of_all = np.full(len(coded.surnames), 1 / max(len(listed.surnames), 1))
    return {
        "postcode": pl.DataFrame({"code": coded.postcodes, "chance": of_area}).sort("code"),
        "surname": pl.DataFrame({"code": coded.surnames, "chance": of_all}).sort("code"),
    }


def _claims(
    release: Release,
    register: NameRegister,
    tables: dict[str, pl.DataFrame],
    confidence: float,
) -> Claims:
    """Names a person where few enough on the register have the guessed name, postcode and sex."""
    columns = {name: f"{CODE_PREFIX}{name}" for name in ATTACKED}
    if not set(columns.values()) <= set(release.people.columns):
        return Claims.of(pl.DataFrame(schema=dict(CLAIM_COLUMNS)))
    rows = release.people.filter(register.may_be_listed(release.people))
    for name, column in columns.items():
        guess = tables[name].rename({"code": column, "value": name, "probability": f"p_{name}"})
        rows = rows.join(guess, on=column, how="inner", maintain_order="left")
    on = [*ATTACKED, *(["sex"] if "sex" in release.people.columns else [])]
    alike = rows.with_columns(rows=pl.len().over(on))
    fits = alike.join(register.frame.select("target_id", *on), on=on, how="inner")
    pairs = fits.with_columns(
        confidence=pl.col("p_surname")
        * pl.col("p_postcode")
        / pl.max_horizontal(pl.len().over("row_id"), pl.col("rows"))
    )
    sure = pairs.filter(pl.col("confidence") >= confidence).sort("row_id", "target_id")
    return Claims.of(sure.unique("row_id", keep="first", maintain_order=True))
