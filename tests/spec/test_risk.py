"""Risk: figures of attacks by hand, against their baseline and control."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from scipy import stats

from linkage.intervals import wilson
from linkage.linked import Provenance
from reidentify.adversaries import events
from reidentify.adversaries.keythief import ThiefFindings, number_handles
from reidentify.adversaries.tables import order_events
from reidentify.claims import Claims
from reidentify.knowledge import ATTRIBUTES, DatedKnowledge, TargetTruth, draw_dated_knowledge
from reidentify.release import Release, without_people
from reidentify.risk import mark_claims, row_owners, score_targets, target_rows
from reidentify.risk_keythief import row_numbers, score_thief
from reidentify.specs import ReleaseSpec
from simulator.identifiers import VALID_IN_BLOCK
from simulator.schema import Dataset, TokenLabel
from simulator.truth import RecordTruth, Truth
from tests.small_worlds import (
    START,
    Contact,
    Person,
    attack_spec,
    person_ids,
    release_spec,
    row_ids,
    small_release,
    small_world,
)

if TYPE_CHECKING:
    from reidentify.risk_rows import RiskRow
    from scenarios.result import Result


def made(rows: list[tuple[int, int, float]]) -> Claims:
    """Claims (row, target, confidence)."""
    names = ["row_id", "target_id", "confidence"]
    return Claims.of(pl.DataFrame(rows, schema=names, orient="row"))


def ids(**columns: list[int]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.UInt64()))


def by_measure(rows: list[RiskRow], group: str) -> dict[str, RiskRow]:
    """The rows of one group, by measure, each there once."""
    chosen = [row for row in rows if row.group == group]
    assert len({row.measure for row in chosen}) == len(chosen)
    return {row.measure: row for row in chosen}


# Rows 1 to 5 are about people 101 to 105, row 6 about somebody of whom nothing is known.
OWNERS = ids(row_id=[1, 2, 3, 4, 5, 6], person_id=[101, 102, 103, 104, 105, 109])
TARGETS = TargetTruth(
    ids(target_id=[11, 12, 13, 14], person_id=[101, 102, 103, 777]), qualifying=8, people=20
)


def test_a_claim_is_correct_if_row_and_target_are_the_same_person() -> None:
    claims = made(
        [(1, 11, 0.9), (1, 12, 0.5), (2, 12, 0.8), (6, 14, 0.7), (99, 11, 0.1), (3, 99, 0.1)]
    )
    marked = mark_claims(claims, TARGETS, OWNERS)
    assert marked.columns == ["row_id", "target_id", "confidence", "correct"]
    right = {(row, target) for row, target, _, correct in marked.rows() if correct}
    assert right == {(1, 11), (2, 12)}
    assert marked.height == 6


def test_owners_come_from_provenance_and_truth_together() -> None:
    provenance = Provenance("gp", ids(row_id=[7, 8, 9], record_id=[31, 32, 33]), {})
    owners = ids(record_id=[31, 32, 33], person_id=[101, 101, 102])
    truth = Truth({"gp": RecordTruth(owners, pl.DataFrame())}, pl.DataFrame(), pl.DataFrame())
    found = row_owners(provenance, truth)
    assert found.rows() == [(7, 101), (8, 101), (9, 102)]
    assert target_rows(TARGETS, found).to_list() == [7, 8, 9]
    assert target_rows(TARGETS, found[[2]]).to_list() == [9]


# --- Dated events. ---

PEOPLE = [
    Person("F", date(1980, 1, 1), 1),
    Person("F", date(1980, 1, 1), 1),
    Person("M", date(1980, 1, 1), 1),
    Person("M", date(1990, 1, 1), 2),
    Person("F", date(1990, 1, 1), 2),
    Person("F", date(1980, 1, 1), 1),
]
RELEASE = Release(
    "x",
    release_spec(),
    small_release(PEOPLE, []).people.with_columns(OWNERS["row_id"]),
    {},
)


def known(people: list[Person], knows: tuple[str, ...] = ("sex", "age", "area")) -> DatedKnowledge:
    """What is known of targets 11, 12, ..., besides contacts."""
    columns = [column for kind in knows for column in ATTRIBUTES[kind]]
    told = small_world(people, []).people.select(columns)
    targets = TARGETS.frame.select("target_id").head(len(people)).hstack(told)
    return DatedKnowledge(targets, pl.DataFrame())


# Targets 11 and 12 are told right; 13 is told as living elsewhere; nobody is like 14.
KNOWLEDGE = known([*PEOPLE[:2], Person("M", date(1980, 1, 1), 9), Person("M", date(1950, 1, 1), 1)])


def scored(
    claims: list[tuple[int, int, float]],
    control: list[tuple[int, int, float]],
    knowledge: DatedKnowledge = KNOWLEDGE,
) -> dict[str, RiskRow]:
    rows = score_targets(
        RELEASE,
        knowledge.targets,
        {2: made(claims)},
        {2: made(control)},
        TARGETS,
        OWNERS,
        "somebody",
        "contacts",
    )
    return by_measure(rows, "contacts=2")


def test_figures_of_dated_events_by_hand() -> None:
    figures = scored([(1, 11, 0.9), (3, 12, 0.6), (4, 14, 0.8)], [(4, 14, 0.8)])
    values = {measure: (row.value, row.count, row.out_of) for measure, row in figures.items()}
    # 11 and 12 have three compatible rows, their own among them; 13 and 14 have none.
    assert values == {
        "targets": (4, 4, None),
        "claims": (3, 3, None),
        "correct_claims": (1, 1, 3),
        "wrong_names": (2, 2, 3),
        "found": (1 / 4, 1, 4),
        "precision": (1 / 3, 1, 3),
        "baseline": (pytest.approx((1 / 3 + 1 / 3) / 4), None, None),
        "control_claims": (1, 1, 4),
        "residual_risk": (0, None, None),
        "confidence_error": (pytest.approx((0.01 + 0.36 + 0.64) / 3), None, None),
        "candidates": (1.5, None, None),
        "skill": (0, None, None),
    }
    assert (figures["found"].low, figures["found"].high) == wilson(1, 4)
    low, high = wilson(1, 3)
    assert (figures["precision"].low, figures["precision"].high) == pytest.approx((low, high))
    wrong = figures["wrong_names"]
    assert (wrong.low, wrong.high) == pytest.approx((3 * (1 - high), 3 * (1 - low)))


def test_every_figure_names_the_attacker_and_who_is_left_out(kent: Result) -> None:
    for row in scored([(1, 11, 0.9)], []).values():
        assert row.method.startswith("somebody")
    figures = kent.select(section="attack", subject="dated_contacts", option="as proposed")
    assert len(figures) > 40
    for figure in figures:
        assert figure.method.startswith("dated events, informed attacker: ")
        assert re.search(r"targets drawn from the [\d,]+ of [\d,]+ people", figure.method)
        assert "with at least 4 contacts" in figure.method


def test_without_claims_there_is_no_precision_and_no_confidence() -> None:
    figures = scored([], [])
    assert figures["precision"].value is figures["confidence_error"].value is None
    assert figures["precision"].low is figures["precision"].high is None
    assert figures["found"].value == figures["residual_risk"].value == figures["skill"].value == 0


def test_a_control_that_always_claims_leaves_residual_risk_undefined() -> None:
    figures = scored([(1, 11, 0.9)], [(4, target, 0.8) for target in (11, 12, 13, 14)])
    residual = figures["residual_risk"]
    assert (residual.value, residual.low, residual.high) == (None, None, None)


def test_an_attacker_who_knows_no_attributes_may_guess_among_all_rows() -> None:
    figures = scored([], [], known(PEOPLE[:4], ()))
    # Three of four targets have a row among six.
    assert figures["baseline"].value == pytest.approx(3 / 4 / 6)
    assert figures["candidates"].value == 6


def test_several_claims_on_one_row_are_one_cluster() -> None:
    one = scored([(1, 11, 0.9), (1, 12, 0.9), (1, 13, 0.9), (2, 14, 0.9)], [])
    apart = scored([(1, 11, 0.9), (3, 12, 0.9), (4, 13, 0.9), (2, 14, 0.9)], [])
    assert one["precision"].value == apart["precision"].value == 1 / 4

    def width(row: RiskRow) -> float:
        assert row.low is not None
        assert row.high is not None
        return row.high - row.low

    assert width(one["precision"]) > width(apart["precision"])


def test_the_whole_attack_beats_its_baseline_and_its_control_names_nobody_rightly() -> None:
    people = [Person("FM"[i % 2], date(1980, 1, 1), 1) for i in range(100)]
    contacts = [Contact(i, START + timedelta(days=7 * i + j)) for i in range(100) for j in range(3)]
    spec = attack_spec(targets=50)
    knowledge, targets = draw_dated_knowledge(small_world(people, contacts), spec, "x")
    owners = pl.DataFrame([row_ids(100), person_ids(100)])
    release = small_release(people, contacts)
    absent = without_people(release, target_rows(targets, owners))
    control = events.attack(absent, order_events(absent, spec.services), knowledge, spec)
    claims = events.attack(release, order_events(release, spec.services), knowledge, spec)
    rows = score_targets(
        release, knowledge.targets, claims, control, targets, owners, "x", "contacts"
    )
    for contacts_known in spec.contacts:
        figures = by_measure(rows, f"contacts={contacts_known}")
        assert figures["found"].value == figures["precision"].value == 1
        assert figures["baseline"].value == pytest.approx(1 / 50)
        assert figures["candidates"].value == 50
        assert figures["skill"].value == 1
        assert not mark_claims(control[contacts_known], targets, owners)["correct"].any()
    assert [row.group for row in rows[:: len(rows) // 3]] == [
        "contacts=1",
        "contacts=2",
        "contacts=3",
    ]


def test_an_attack_that_guesses_has_no_skill() -> None:
    # 11 is found by a claim on one of its three compatible rows: no better than a guess.
    assert scored([(1, 11, 0.3)], [])["skill"].value == 0


# --- The key thief. ---

LABEL = TokenLabel("hmac-sha256/40", "nhs_number", "nhs-number", "aaaaaaaa", "")
NUMBERS = [9_000_000_009, 9_000_000_017, 9_000_000_025, 9_000_000_033]


def thief_release(tokens: list[int | None]) -> Release:
    people = pl.DataFrame(
        {"row_id": range(1, len(tokens) + 1), "token": tokens},
        schema={"row_id": pl.UInt64(), "token": pl.UInt64()},
    )
    return Release("x", ReleaseSpec(title="x", events=()), people, {}, LABEL)


# Rows 1 and 2 have tokens of their own, rows 3 and 4 the same, row 5 one made of a number that is
# outside the block, and row 6 none.
THIEF_RELEASE = thief_release([71, 72, 73, 73, 75, None])
MADE_OF = ids(row_id=[1, 2, 3, 4, 6], handle=[901, 902, 903, 903, 906])
LIST = TargetTruth(ids(target_id=[11, 12, 13, 15], person_id=[101, 102, 103, 888]), 20, 20)
FOUND = ThiefFindings(
    tokens=4,
    bits=40,
    candidates=ids(token=[71, 72, 72, 73, 75], handle=[901, 902, 955, 956, 957]),
    claims=made([(1, 11, 1.0), (2, 12, 0.5), (2, 15, 0.5), (3, 13, 1.0), (4, 13, 1.0)]),
)


def thief_figures(control: ThiefFindings | None) -> dict[str, RiskRow]:
    rows = score_thief(THIEF_RELEASE, FOUND, control, LIST, OWNERS, MADE_OF, "a thief")
    assert all(row.method.startswith("a thief") for row in rows)
    return by_measure(rows, "all")


def test_figures_of_the_key_thief_by_hand() -> None:
    wrong_key = ThiefFindings(4, 40, FOUND.candidates.clear(), made([(5, 11, 1.0), (5, 12, 1.0)]))
    figures = thief_figures(wrong_key)
    values = {measure: (row.value, row.count, row.out_of) for measure, row in figures.items()}
    # Tokens 71, 72 and 73 were made of valid numbers; 71 and 72 have theirs among the candidates,
    # 71 alone as the only one. Rows 1, 2 and 3 are named rightly, out of 6; (2, 15) and (4, 13)
    # are wrong names. Three rows' owners are on the list of four.
    assert values == {
        "candidates_tried": (90_909_091, None, None),
        "tokens": (4, 4, None),
        "valid_number_tokens": (3, 3, 4),
        "right_number_among_candidates": (2 / 3, 2, 3),
        "only_candidate": (1 / 3, 1, 3),
        "candidates": (5, 5, None),
        "false_candidates": (3, 3, 5),
        "candidates_per_token": (5 / 4, None, None),
        "claims": (5, 5, None),
        "correct_claims": (3, 3, 5),
        "wrong_names": (2, 2, 5),
        "precision": (3 / 5, 3, 5),
        "people_named": (1 / 2, 3, 6),
        "baseline": (3 / 6 / 4, None, None),
        "control_wrong_names": (2, 2, 2),
        "skill": (1, None, None),
    }
    assert wilson(3, 6).low > 3 / 6 / 4
    assert (figures["people_named"].low, figures["people_named"].high) == wilson(3, 6)


def test_a_control_that_was_not_run_has_no_figure() -> None:
    assert "control_wrong_names" not in thief_figures(None)


@pytest.mark.parametrize("bits", [32, 40, 48, 53, 63, 64])
def test_false_candidates_are_stated_with_the_range_expected_by_chance(bits: int) -> None:
    count = 1_000
    release = thief_release(list(range(count)))
    findings = ThiefFindings(count, bits, FOUND.candidates.clear(), made([]))
    rows = score_thief(release, findings, None, LIST, OWNERS, MADE_OF.clear(), "x")
    row = by_measure(rows, "all")["false_candidates"]
    mean = count * VALID_IN_BLOCK / 2**bits
    assert (row.low, row.high) == stats.poisson.interval(0.95, mean)
    assert f"{mean:.4g} are expected of 1,000 tokens" in row.method


def test_a_number_that_made_a_token_is_not_expected_to_fit_another() -> None:
    # Two numbers made the tokens that they fit, so 90,909,089 others may fit the four by chance.
    method = thief_figures(None)["false_candidates"].method
    assert f"4 tokens x {VALID_IN_BLOCK - 2:,} other numbers / 2^40" in method


def test_a_release_without_tokens_has_counts_of_nought_and_no_shares() -> None:
    bare = Release("x", ReleaseSpec(title="x", events=()), ids(row_id=[1, 2]), {})
    none = ThiefFindings(0, 0, FOUND.candidates.clear(), made([]))
    figures = by_measure(score_thief(bare, none, none, LIST, OWNERS, MADE_OF, "x"), "all")
    for measure in ("tokens", "valid_number_tokens", "candidates", "false_candidates", "claims"):
        assert figures[measure].value == 0
    for measure in ("right_number_among_candidates", "only_candidate", "candidates_per_token"):
        assert figures[measure].value is None
    assert (figures["people_named"].value, figures["skill"].value) == (0, 0)


def test_the_number_of_a_row_is_the_one_that_its_record_holds_by_handle() -> None:
    hub = Dataset(
        "gp",
        pl.DataFrame(
            {
                "record_id": [31, 32, 33, 34],
                "nhs_number": ["900 000 0009", None, "9000000008", "9000000017"],
            },
            schema_overrides={"record_id": pl.UInt64()},
        ),
    )
    provenance = Provenance("gp", ids(row_id=[7, 8, 9], record_id=[31, 32, 33]), {})
    # Record 32 has no number, 33 a wrong check digit, and 34 is not in the release.
    wanted = int(number_handles(np.array(NUMBERS[:1]))[0])
    assert row_numbers(provenance, hub).rows() == [(7, wanted)]
