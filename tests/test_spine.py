"""The whole way, from a proposal to a result: what must hold of every run."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from small_proposal import SMALL

from scenarios import handover, runner
from scenarios.handover import hand_over
from scenarios.loading import load
from scenarios.result import AS_PROPOSED, Result
from scenarios.runner import run
from scenarios.stages import Stages
from simulator.extracts import extract
from simulator.identifiers import VALID_IN_BLOCK

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.handover import Run
    from scenarios.proposal import Proposal
    from simulator.schema import Dataset
    from simulator.truth import RecordTruth

NOTHING_SWEPT = np.zeros(0, np.uint32)

# The small proposal without its thief, who would sweep 90,909,091 numbers for every run.
QUICK = (
    SMALL.replace("people = 300", "people = 2_000").split("[attack.thief]")[0]
    + """
[attack.dated]
adversary = "dated_events"
recipient = "analysts"
targets = 50
contacts = [1, 2]
services = ["a_and_e"]
date_error_days = { value = 1.0, low = 0.0, high = 3.0, evidence = "assumed", source = "test" }
misremembered = 0.1
gap = 1.0

[option.months]
title = "Dates to the month"
recipient.analysts.dates = "month"
"""
)

ANOTHER_ATTACK = """
[attack.another]
adversary = "dated_events"
recipient = "analysts"
targets = 40
contacts = [1]
services = ["a_and_e"]
date_error_days = 2.0
misremembered = 0.0
gap = 0.5
"""


def loaded(tmp_path: Path, text: str) -> Proposal:
    path = tmp_path / "proposal.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def rows(result: Result) -> dict[tuple[str, int, str, str, str, str], str]:
    return {figure.key: figure.model_dump_json() for figure in result.figures}


def test_no_two_figures_have_the_same_key(kent: Result) -> None:
    assert len(rows(kent)) == len(kent.figures)


def test_a_result_survives_a_round_trip_through_json(kent: Result) -> None:
    assert Result.from_json(kent.to_json()) == kent


def test_the_same_run_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    proposal = loaded(tmp_path, QUICK)
    assert run(proposal).to_json() == run(proposal).to_json()


@pytest.mark.long
def test_the_bytes_do_not_depend_on_the_number_of_threads(tmp_path: Path) -> None:
    written = []
    for threads in ("1", "2"):
        out = tmp_path / threads
        command = [sys.executable, "-m", "scenarios.cli", "run", "kent", "--people", "3000"]
        command += ["--option", "bits-32", "--threads", threads, "--out", str(out), "--quiet"]
        subprocess.run(command, check=True, capture_output=True)
        written.append((out / "result.json").read_bytes())
    assert written[0] == written[1]


def test_another_seed_gives_other_figures(tmp_path: Path) -> None:
    proposal = loaded(tmp_path, QUICK)
    one, two = run(proposal, seeds=(1, 2)), run(proposal, seeds=(2,))
    assert one.select(seed=2) == list(two.figures)
    assert one.select(seed=1, measure="recall") != one.select(seed=2, measure="recall")


def test_adding_an_attack_changes_no_other_row(tmp_path: Path) -> None:
    before = rows(run(loaded(tmp_path, QUICK)))
    after = rows(run(loaded(tmp_path, QUICK + ANOTHER_ATTACK)))
    assert len(after) > len(before)
    assert {key: after[key] for key in before} == before


def test_adding_an_option_changes_no_other_row(tmp_path: Path) -> None:
    proposal = loaded(tmp_path, QUICK)
    before, after = rows(run(proposal, options=[])), rows(run(proposal))
    assert len(after) > len(before)
    assert {key: after[key] for key in before} == before


def test_a_stage_is_made_once_for_the_same_inputs(tmp_path: Path) -> None:
    proposal = loaded(tmp_path, QUICK)
    stages = Stages()
    first = hand_over(proposal, 1, stages, 1, NOTHING_SWEPT)
    again = hand_over(proposal, 1, stages.branch(), 1, NOTHING_SWEPT)
    assert again.world is first.world
    assert again.releases["analysts"] is first.releases["analysts"]


def test_an_option_reruns_from_the_first_changed_stage_only(tmp_path: Path) -> None:
    proposal = loaded(tmp_path, QUICK)
    stages = Stages()
    first = hand_over(proposal, 1, stages, 1, NOTHING_SWEPT)
    months = runner.apply_option(proposal, "months")
    second = hand_over(months, 1, stages.branch(), 1, NOTHING_SWEPT)
    assert second.links["a_and_e"].value is first.links["a_and_e"].value
    assert second.assembled is first.assembled
    assert second.releases["analysts"] is not first.releases["analysts"]


def carried_out(proposal: Proposal) -> Run:
    return hand_over(proposal, 1, Stages(), 1, NOTHING_SWEPT)


def frames_of(run: Run) -> list[pl.DataFrame]:
    """Everything that linkers and recipients see: links, linked data, releases."""
    linked, _ = run.assembled.value
    frames = [made.value.frame for made in run.links.values()]
    frames += [linked.people, *linked.events.values()]
    for made in run.releases.values():
        release = made.value[0]
        frames += [release.people, *release.events.values()]
    return frames


def test_permuting_the_truth_changes_no_link_release_or_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = loaded(tmp_path, QUICK)
    plain = carried_out(proposal)
    claims = claims_of(plain)

    def with_other_people(*arguments: object) -> tuple[Dataset, RecordTruth]:
        dataset, truth = extract(*arguments)  # type: ignore[arg-type]
        people = truth.owners["person_id"]
        shifted = pl.concat([people.tail(1), people.head(len(people) - 1)])
        owners = truth.owners.with_columns(person_id=shifted)
        return dataset, type(truth)(owners, truth.errors)

    monkeypatch.setattr(handover, "extract", with_other_people)
    permuted = carried_out(proposal)
    truths = [one.written["a_and_e"].value[1].owners for one in (plain, permuted)]
    assert not truths[0].equals(truths[1])
    for before, after in zip(frames_of(plain), frames_of(permuted), strict=True):
        assert before.equals(after)
    assert claims == claims_of(permuted)


def claims_of(run: Run) -> list[bytes]:
    from reidentify.adversaries import events
    from reidentify.adversaries.tables import order_events
    from reidentify.knowledge import draw_dated_knowledge

    spec = run.proposal.attack["dated"]
    knowledge, _ = draw_dated_knowledge(run.world.value, spec, "dated")
    release = run.releases["analysts"].value[0]
    claims = events.attack(release, order_events(release, spec.services), knowledge, spec)
    return [found.frame.write_csv().encode() for found in claims.values()]


def test_shuffling_any_dataset_gives_the_same_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = loaded(tmp_path, QUICK)
    plain = carried_out(proposal)

    def shuffled(*arguments: object) -> tuple[Dataset, RecordTruth]:
        dataset, truth = extract(*arguments)  # type: ignore[arg-type]
        return dataset.with_frame(dataset.frame.reverse()), truth

    monkeypatch.setattr(handover, "extract", shuffled)
    other = carried_out(proposal)
    assert (
        not other.written["a_and_e"].value[0].frame.equals(plain.written["a_and_e"].value[0].frame)
    )
    for step in proposal.link:
        assert plain.links[step].value.frame.height > 100
        assert plain.links[step].value.frame.equals(other.links[step].value.frame)


def test_no_dataset_or_release_carries_a_person_id(tmp_path: Path) -> None:
    done = carried_out(loaded(tmp_path, QUICK))
    people = set(done.world.value.people["person_id"].to_list())
    datasets = [made.value[0].frame for made in done.written.values()]
    for frame in [*frames_of(done), *datasets]:
        assert "person_id" not in frame.columns
        for column in frame.columns:
            if frame[column].dtype == pl.UInt64:
                assert not people & set(frame[column].drop_nulls().to_list())


def figure(kent: Result, option: str, subject: str, measure: str) -> float:
    value = kent.one(option=option, subject=subject, measure=measure, group="all").value
    assert value is not None
    return value


@pytest.mark.parametrize("option", [AS_PROPOSED, "bits-40", "bits-32", "plain-hash"])
def test_a_thief_with_the_key_has_every_right_number_among_the_candidates(
    kent: Result, option: str
) -> None:
    assert figure(kent, option, "thief_with_key", "right_number_among_candidates") == 1.0


def test_at_64_bits_the_right_number_is_the_only_candidate(kent: Result) -> None:
    assert figure(kent, AS_PROPOSED, "thief_with_key", "only_candidate") == 1.0
    assert figure(kent, AS_PROPOSED, "thief_with_key", "candidates_per_token") == 1.0


def test_plain_hashes_are_reversed_by_somebody_without_a_key(kent: Result) -> None:
    subject = "thief_without_key"
    assert figure(kent, "plain-hash", subject, "right_number_among_candidates") == 1.0
    assert figure(kent, AS_PROPOSED, subject, "right_number_among_candidates") == 0.0


@pytest.mark.parametrize("thief", ["thief_with_key", "thief_with_the_other_key"])
def test_digests_of_openpseudonymiser_are_reversed_with_the_one_salt_file_of_all_sites(
    kent: Result, thief: str
) -> None:
    option = "open-pseudonymiser"
    assert figure(kent, option, thief, "only_candidate") == 1.0
    assert figure(kent, option, "thief_without_key", "right_number_among_candidates") == 0.0
    method = kent.one(option=option, subject=thief, measure="tokens", group="all").method
    assert "the salt, read from the salt file of" in method
    assert "tries every valid number of the block" in method


def test_a_recipient_s_key_opens_its_sealed_tokens_to_link_tokens_and_to_no_number(
    kent: Result,
) -> None:
    option, thief = "transcrypted", "thief_with_key"
    tokens = figure(kent, option, thief, "tokens")
    assert tokens > 4_000
    assert figure(kent, option, thief, "tokens_opened") == tokens
    assert figure(kent, option, thief, "right_number_among_candidates") == 0.0
    assert figure(kent, option, thief, "people_named") == 0.0


@pytest.mark.parametrize("option", ["transcrypted", "transcrypted-both-keys"])
@pytest.mark.parametrize("thief", ["thief_without_key", "thief_with_the_other_key"])
def test_sealed_tokens_are_not_opened_without_their_own_recipient_s_key(
    kent: Result, option: str, thief: str
) -> None:
    assert figure(kent, option, thief, "tokens_opened") == 0
    assert figure(kent, option, thief, "right_number_among_candidates") == 0.0


def test_a_recipient_s_key_and_the_link_key_together_reverse_sealed_tokens(kent: Result) -> None:
    option, thief = "transcrypted-both-keys", "thief_with_key"
    assert figure(kent, option, thief, "only_candidate") == 1.0
    assert figure(kent, option, thief, "people_named") == figure(
        kent, AS_PROPOSED, thief, "people_named"
    )


@pytest.mark.parametrize("option", ["open-pseudonymiser", "transcrypted"])
def test_links_and_answers_are_the_same_whatever_tokens_are_made_of(
    kent: Result, option: str
) -> None:
    changed = [f for f in kent.select(option=option) if f.section not in ("attack", "cost")]
    proposed = kent.select(option=AS_PROPOSED)
    before = {(f.section, f.subject, f.measure, f.group): f.value for f in proposed}
    assert len(changed) > 100
    for one in changed:
        key = (one.section, one.subject, one.measure, one.group)
        assert one.value == before[key], key


@pytest.mark.parametrize(("option", "bits"), [(AS_PROPOSED, 64), ("bits-40", 40), ("bits-32", 32)])
@pytest.mark.parametrize("thief", ["thief_without_key", "thief_with_the_other_key"])
def test_a_wrong_key_finds_as_many_numbers_as_chance_does(
    kent: Result, option: str, bits: int, thief: str
) -> None:
    # Six standard errors of a Poisson count: a false alarm in less than one in 100 million.
    tokens = figure(kent, option, thief, "tokens")
    expected = tokens * VALID_IN_BLOCK / 2.0**bits
    found = figure(kent, option, thief, "false_candidates")
    assert abs(found - expected) <= 6 * max(expected, 1) ** 0.5
    if bits == 64:
        assert found == 0


def test_numbers_found_by_chance_name_few_people(kent: Result) -> None:
    # A false candidate is somebody's number with probability people / 90,909,091.
    wrong = figure(kent, "bits-32", "thief_without_key", "wrong_names")
    found = figure(kent, "bits-32", "thief_without_key", "false_candidates")
    assert found > 50
    assert wrong <= 2


def test_every_figure_names_its_method_or_is_a_plain_count(kent: Result) -> None:
    unexplained = [f.key for f in kent.figures if not f.method and f.unit != "count"]
    assert not unexplained


def test_every_attack_has_a_baseline_a_control_and_wrong_names(kent: Result) -> None:
    for name in kent.proposal["attack"]:
        measures = {f.measure for f in kent.select(option=AS_PROPOSED, subject=name)}
        assert {"baseline", "claims", "correct_claims", "wrong_names", "skill"} <= measures
        assert measures & {"control_claims", "control_wrong_names"}


def test_no_key_number_or_name_reaches_the_result(kent: Result) -> None:
    world = carried_out(load("kent").model_copy(update={"attack": {}})).world.value
    text = kent.to_json()
    identifiers = [*world.people["nhs_number"].head(2_000), *world.homes["uprn"].head(2_000)]
    identifiers += world.homes["postcode"].head(2_000).to_list()
    assert len(identifiers) == 6_000
    for identifier in identifiers:
        assert str(identifier) not in text
