"""The recipe: one option of a proposal with one seed, scored. Reads the Truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linkage.quality import quality, true_pairs
from scenarios.accounts import Accountant
from scenarios.alerting import alert_figures
from scenarios.answering import answer_figures
from scenarios.attacking import attack
from scenarios.comparing import compare_figures
from scenarios.picturing import picture
from scenarios.questions.specs import AlertSpec
from scenarios.result import AS_PROPOSED
from simulator.lifecourse import residences
from simulator.truth import Truth
from simulator.world import groups_of_people

if TYPE_CHECKING:
    import polars as pl

    from linkage.linked import Links
    from linkage.plan import LinkStep
    from linkage.quality import QualityRow
    from scenarios.handover import Run, Written
    from scenarios.keeping import Kept
    from scenarios.result import Figure
    from scenarios.stages import Made
    from simulator.state import World


def figures(run: Run, option: str) -> list[Figure]:
    """Scores a run: how it linked, what it answered, who could be found.

    Args:
        run: The run.
        option: Name of the option, for its figures.

    Returns:
        Its figures, in the order of the proposal.
    """
    write = Accountant(option, run.seed)
    lives = run.stages.make(_lives, run.world)
    truth = _all_truth(run)
    found = _world_figures(run, write)
    if option == AS_PROPOSED and not run.is_end:
        found += picture(run, write)
    for agency, treated in run.treated.items():
        found += write.ingest(agency, treated.value[1])
    for name, step in run.proposal.link.items():
        # Only the truth about two datasets, so that a change in a third reruns nothing.
        both = {agency: run.written[agency] for agency in (step.hub, step.agency)}
        about = run.stages.make(_truth, lives, both)
        rows = run.stages.make(_quality, run.linked_by(name), about, step)
        found += [write.quality(name, row, _how(step)) for row in rows.value]
    for name, comparison in run.proposal.comparison.items() if not run.is_end else ():
        found += compare_figures(run, name, comparison, write)
    for name, question in run.proposal.question.items():
        found += answer_figures(run, truth, name, question, write)
        if isinstance(question, AlertSpec):
            found += alert_figures(run, truth, name, question, write)
    return found + _attacked(run, truth, write)


def attack_figures(run: Run, option: str) -> list[Figure]:
    """Scores a run's attacks alone: who could be found."""
    return _attacked(run, _all_truth(run), Accountant(option, run.seed))


def keep(run: Run, option: str, kept: Kept) -> None:
    """Keeps the frames of a run that are asked for."""
    if kept.kinds:
        kept.take(run, option, _all_truth(run))


def _attacked(run: Run, truth: Made[Truth], write: Accountant) -> list[Figure]:
    return [
        write.risk(name, row) for name in run.proposal.attack for row in attack(run, name, truth)
    ]


def _all_truth(run: Run) -> Made[Truth]:
    return run.stages.make(_truth, run.stages.make(_lives, run.world), dict(run.written))


def _lives(world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Returns people's groups, and where they lived (see Truth)."""
    return groups_of_people(world), residences(world.people, world.spec)


def _truth(lives: tuple[pl.DataFrame, pl.DataFrame], written: dict[str, Written]) -> Truth:
    records = {name: record_truth for name, (_, record_truth) in written.items()}
    return Truth(records, people=lives[0], residences=lives[1])


def _world_figures(run: Run, write: Accountant) -> list[Figure]:
    world = run.world.value
    counts = {
        "people": world.spec.people,
        "homes": world.homes.height,
        "practices": world.people["practice"].n_unique(),
        "small_areas": world.homes["lsoa"].n_unique(),
    }
    found = [write.count("world", "world", measure, value) for measure, value in counts.items()]
    for agency, (dataset, record_truth) in ((n, w.value) for n, w in run.written.items()):
        found.append(write.count("world", agency, "records", dataset.frame.height))
        errors = record_truth.errors["record_id"].n_unique()
        found.append(
            write.count("world", agency, "records_with_an_error", errors, dataset.frame.height)
        )
    return found


def _how(step: LinkStep) -> str:
    """Says how a step links, in words."""
    compared = "" if step.feeds_answers else "; a comparison, feeds no answer"
    if step.method == "token":
        return f"exact token of {step.on}; a right pair is one {step.unit}{compared}"
    if step.method == "match-keys":
        alone = "in both files" if step.several_records is False else "in the hub"
        how = f"hashed match-keys {step.tokens}, by the first that is unique {alone}"
        return f"{how}; a right pair is one {step.unit}{compared}"
    if step.tokens is not None:
        how = f"a plan on hashed match-keys {step.tokens}, which sees only which are the same"
        return f"{how}; a right pair is one {step.unit}{compared}"
    if step.method == "plan":
        return f"a plan on clear text{compared}"
    return f"match-keys on clear text, {len(step.keys)} in order{compared}"


def _quality(links: Links, truth: Truth, step: LinkStep) -> list[QualityRow]:
    pairs = true_pairs(truth, step.hub, step.agency, step.unit)
    return quality(links, pairs, truth, step.unit)
