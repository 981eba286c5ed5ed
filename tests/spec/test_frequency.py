"""Codes matched without a key: what shows, what does not, and how sure the attacker may be."""

from __future__ import annotations

from datetime import date
from math import exp, lgamma, log, log1p
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from linkage.keys import KeyRing, Purpose
from linkage.pseudonyms.codes import CodeBook, Domain, row_nonces
from reidentify.adversaries import code_matching, code_turns, frequency
from reidentify.adversaries.code_matching import match
from reidentify.desk_specs import CodeFrequencySpec
from reidentify.knowledge import TargetTruth
from reidentify.knowledge_register import NameRegister
from reidentify.release import Release
from reidentify.risk_desk import score_frequency
from reidentify.specs import ReleaseSpec
from simulator.randomness import happens, uniform, whole

RING = KeyRing.from_bytes(b"a master only for this test")
AREAS, UNITS, A_UNIT, NAMES = 12, 20, 24, 1_500


def town(seed: int = 1) -> pl.DataFrame:
    """Households of one surname, mostly pairs, in postcodes of areas; surnames by rank."""
    people = AREAS * UNITS * A_UNIT
    person = np.arange(people)
    household = person // 2
    level = uniform(seed, "surname", household)
    surname = (NAMES**level).astype(int) - 1  # shares fall as one over the rank
    unit = person // A_UNIT
    return pl.DataFrame(
        {
            "person_id": person.astype(np.uint64) + 1,
            "surname": [f"NAME{n:05d}" for n in surname],
            "postcode": [f"ZX{n:05d}" for n in unit],
            "lsoa": (unit // UNITS).astype(np.uint32),
            "sex": np.where(person % 2, "M", "F"),
            "date_of_birth": [date(1950 + int(n), 1, 1) for n in whole(seed, "age", person, 40)],
        }
    )


def released(people: pl.DataFrame, scheme: str = "coded", **spec: Any) -> Release:
    coded = []
    for name in ("surname", "postcode"):
        key = RING.derive_coding(Purpose(name, "all", ""))
        book = CodeBook(key, Domain(name), per_row=scheme == "coded-per-row")
        nonces = row_nonces(people["person_id"], name, 1) if book.per_row else None
        coded.append(book.encode(people[name], nonces).alias(f"code_{name}"))
    rows = people.select(
        row_id=pl.col("person_id") + 1_000, sex="sex", lsoa="lsoa", date_of_birth="date_of_birth"
    ).hstack(coded)
    if spec.get("area") == "none":
        rows = rows.drop("lsoa")
    return Release("planners", ReleaseSpec(title="x", events=(), **spec), rows, {})


def register_of(people: pl.DataFrame, share: float) -> tuple[NameRegister, TargetTruth]:
    on_it = happens(1, "listed", people["person_id"].to_numpy(), share)
    listed = people.filter(pl.Series(on_it)).with_columns(target_id=pl.col("person_id") + 50_000)
    units = people.group_by("postcode").agg(pl.col("lsoa").first(), homes=pl.len()).sort("postcode")
    frame = listed.select("target_id", "surname", "postcode", "lsoa", "sex").sort("target_id")
    truth = TargetTruth(listed.select("target_id", "person_id"), people.height, people.height)
    return NameRegister(frame, units, share, date(1999, 1, 1)), truth


def spec_of(**changes: Any) -> CodeFrequencySpec:
    given_spec = {"adversary": "code_frequency", "recipient": "planners", "register_share": 0.6}
    return CodeFrequencySpec.model_validate(given_spec | changes)


TOWN = town()
REGISTER, LISTED = register_of(TOWN, 0.6)


def figures(release: Release, spec: CodeFrequencySpec | None = None) -> dict[tuple[str, str], Any]:
    guesses = frequency.attack(release, REGISTER, spec or spec_of())
    ids = release.people.select("row_id", person_id=pl.col("row_id") - 1_000)
    known = ids.join(TOWN, on="person_id").sort("row_id")
    values = {name: known.select("row_id", value=name) for name in ("surname", "postcode")}
    people = TOWN.select("person_id", "sex", age_band=pl.lit("18-39"), ethnic_group=pl.lit("White"))
    rows = score_frequency(release, guesses, values, LISTED, ids, people, "x")
    return {(row.measure, row.group): row for row in rows}


def test_equal_codes_give_postcodes_surnames_and_people_away() -> None:
    found = figures(released(TOWN))
    # 240 postcodes in areas of 20: a random guess is right once in 20 times.
    assert found["baseline", "field=postcode"].value == pytest.approx(1 / UNITS)
    assert found["recovered", "field=postcode"].value > 0.9
    assert found["recovered", "field=surname"].low > found["baseline", "field=surname"].value
    assert found["precision", "all"].value > 0.8
    assert found["skill", "all"].value == 1
    assert found["control_claims", "all"].out_of == 0
    assert found["targets", "all"].count == REGISTER.frame.height


def test_codes_that_differ_in_every_row_fall_to_the_baseline() -> None:
    found = figures(released(TOWN, "coded-per-row"))
    for name in ("postcode", "surname"):
        row, baseline = found["recovered", f"field={name}"], found["baseline", f"field={name}"]
        assert row.out_of == TOWN.height
        # 5,760 guesses: outside four standard errors of the baseline once in 15,000 runs.
        error = (baseline.value * (1 - baseline.value) / row.out_of) ** 0.5
        assert abs(row.value - baseline.value) < 4 * error
    assert found["claims", "all"].count == 0


def test_an_attacker_who_may_not_use_who_lives_together_finds_less() -> None:
    alone = figures(released(TOWN), spec_of(co_residence=False))
    together = figures(released(TOWN))
    for key in (("recovered", "field=postcode"), ("found", "all")):
        assert alone[key].value < together[key].value


def test_fields_that_are_not_attacked_are_left_alone() -> None:
    guesses = frequency.attack(released(TOWN), REGISTER, spec_of(fields=("postcode",)))
    assert not guesses.surname.height
    assert not len(guesses.claims)
    bare = released(TOWN)
    bare = Release("planners", bare.spec, bare.people.drop("code_surname", "code_postcode"), {})
    assert not frequency.attack(bare, REGISTER, spec_of()).postcode.height


def test_the_order_of_rows_changes_nothing() -> None:
    first = frequency.attack(released(TOWN), REGISTER, spec_of())
    turned = frequency.attack(released(TOWN.reverse()), REGISTER, spec_of())
    assert first.claims.frame.equals(turned.claims.frame)
    assert first.postcode.equals(turned.postcode)
    assert first.surname.equals(turned.surname)


def test_rows_of_people_too_young_to_be_listed_are_never_named() -> None:
    is_young = pl.col("person_id") % 10 == 0
    born = pl.when(is_young).then(pl.lit(date(2010, 1, 1))).otherwise("date_of_birth")
    young = TOWN.with_columns(date_of_birth=born)
    claims = frequency.attack(released(young), REGISTER, spec_of()).claims.frame
    assert claims.height > 100
    assert not ((claims["row_id"] - 1_000) % 10 == 0).any()


def test_what_the_attacker_calls_probable_mostly_is() -> None:
    guesses = frequency.attack(released(TOWN), REGISTER, spec_of())
    key = RING.derive_coding(Purpose("postcode", "all", ""))
    sure = guesses.postcode.filter(pl.col("probability") >= 0.9)
    right = CodeBook(key, Domain("postcode")).decode(sure["code"]) == sure["value"]
    assert sure.height > 100
    assert float(right.mean() or 0) > 0.85  # type: ignore[arg-type]


def test_the_method_names_the_attacker_and_what_it_holds() -> None:
    said = frequency.describe(spec_of())
    assert "no key" in said
    assert "60%" in said


# The matching itself, against an obvious way to do it.

tables = st.integers(0, 2**32 - 1)


def small(seed: int, items: int, cells: int, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    size = items * cells
    drawn = whole(seed, name, np.arange(size), 3) * happens(
        seed, f"some {name}", np.arange(size), 0.6
    )
    return drawn.reshape(items, cells).astype(np.float64)


@given(tables)
def test_probabilities_are_those_of_bayes_rule_written_out(seed: int) -> None:
    ours, theirs = small(seed, 4, 5, "ours"), small(seed, 3, 5, "theirs")
    if not ours.sum() or not theirs.sum():
        return
    share = theirs.sum() / ours.sum()
    spread = ours.sum(axis=0) * share + theirs.sum(axis=0)
    spread = np.maximum(spread, 1e-9) / spread.sum()
    rivals = np.array([1.0, 2.0, 3.0])
    found = code_matching._posterior(
        sparse.csr_matrix(ours), sparse.csr_matrix(theirs), spread, share, rivals
    )
    got = {(int(i), int(j)): p for i, j, p in zip(*found, strict=True)}
    stale = code_matching.STALE
    for i, code in enumerate(ours):
        weights = {}
        for j, value in enumerate(theirs):
            if not (code * value).any():
                continue  # nothing in common: not considered
            people, listed = code.sum(), value.sum()
            score = listed * log(share * stale * people) - lgamma(listed + 1) - log(rivals[j])
            for a, b, at in zip(code, value, spread, strict=True):
                score += b * log1p((1 - stale) * a / (stale * people * at))
            weights[j] = exp(score)
        total = 1 + sum(weights.values())
        for j, weight in weights.items():
            if weight / total > 1.001 * code_matching.LEAST:
                assert got[i, j] == pytest.approx(weight / total, rel=1e-6)


@given(tables, st.sampled_from([1, 7, 20_000_000]))
def test_cutting_the_product_changes_nothing(seed: int, at_once: int) -> None:
    ours = sparse.csr_matrix(small(seed, 9, 6, "ours"))
    theirs = sparse.csr_matrix(small(seed, 8, 6, "theirs"))
    block = np.zeros(6, np.int64)
    whole_match = match(ours, theirs, block)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_matching, "_AT_ONCE", at_once)
        cut = match(ours, theirs, block)
    assert np.array_equal(cut.value, whole_match.value)
    assert np.array_equal(cut.probability, whole_match.probability)


@given(tables)
def test_each_value_is_given_to_one_code_at_most(seed: int) -> None:
    found = match(
        sparse.csr_matrix(small(seed, 9, 6, "ours")),
        sparse.csr_matrix(small(seed, 8, 6, "theirs")),
        np.zeros(6, np.int64),
    )
    given_out = found.value[found.value >= 0]
    assert len(given_out) == len(set(given_out.tolist()))
    assert ((found.probability >= 0) & (found.probability <= 1)).all()


@given(st.lists(st.integers(-3, 40)), st.lists(st.integers(-3, 40)))
def test_cells_are_numbered_in_ascending_order_on_both_sides(
    ours: list[int], theirs: list[int]
) -> None:
    sides = code_turns._Two(np.array(ours, np.int64), np.array(theirs, np.int64))
    seen, numbered = code_turns._numbered(sides)
    assert seen.tolist() == sorted({*ours, *theirs})
    assert [seen[number] for number in numbered.coded] == ours
    assert [seen[number] for number in numbered.listed] == theirs
