"""`linkassay check`: whether a proposal is right, and what running it would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.commands.terminal import out, print_wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.plan import LinkStep
    from scenarios.proposal import Proposal

MINUTE = 60.0


def check(
    proposal: Annotated[
        str,
        typer.Argument(
            metavar="NAME_OR_FILE", help="A system or a proposal file.", show_default=False
        ),
    ],
) -> None:
    """Check a proposal and say what would run.

    Every problem is printed at once, with its line. Nothing is run or written.
    """
    from scenarios.loading import load

    loaded = load(proposal)
    console = out()
    console.print(f"{proposal} is a valid proposal: {loaded.about.title}", style="bold")
    for line in overview(loaded):
        print_wrapped(console, line)


def overview(proposal: Proposal) -> Iterator[str]:
    """Yields what would be simulated, a line each."""
    from scenarios.dangers import hazard_lines

    world = proposal.world
    yield f"Question: {proposal.about.question}"
    yield (
        f"People: {world.people:,} simulated of {world.real_population:,} in the real system, "
        f"for {world.days:,} days from {world.start}"
    )
    yield f"Agencies: {', '.join(proposal.agency)}"
    for name, step in proposal.link.items():
        yield f"Link step {name}: {step.agency} to {step.hub} by {_how(step)} ({step.unit})"
    for name, release in proposal.recipient.items():
        yield (
            f"Recipient {name}: events of {', '.join(release.events) or 'no agency'}; "
            f"dates by {release.dates}, age by {release.age}, area by {release.area}"
        )
    for name, feed in proposal.feed.items():
        yield (
            f"Feed {name}: rows of {feed.agency}; times by {feed.times}, places by {feed.places}, "
            f"means {feed.methods}{'; as a table' if feed.as_table else ''}"
        )
    for name, desk in proposal.desk.items():
        yield (
            f"Desk {name}: codes of {desk.recipient}; custody {desk.custody}; roles "
            f"{', '.join(desk.roles)}; {desk.daily_limit:,} codes a day"
        )
    for name, question in proposal.question.items():
        yield f"Question {name}: {question.title}"
    for name, attack in proposal.attack.items():
        target = next(
            (
                getattr(attack, part)
                for part in ("recipient", "feed", "desk")
                if hasattr(attack, part)
            ),
            "",
        )
        panel = f" (panel {attack.panel})" if attack.panel else ""
        yield f"Attack {name}: {attack.adversary} on {target}{panel}"
    yield from _options(proposal)
    yield from hazard_lines(proposal, proposal.option)
    yield from _expected(proposal)


def _how(step: LinkStep) -> str:
    """Says how records are linked."""
    from linkage.cascade_plan import Cascade

    if step.method == "match-keys":
        return f"hashed match-keys {step.tokens}"
    if step.plan is None:
        return f"tokens of {step.on}" if step.on else f"{len(step.keys)} match-keys"
    hashed = f" on hashed match-keys {step.tokens}" if step.tokens else ""
    if isinstance(step.plan, Cascade):
        return f"a plan in steps{hashed} ({', '.join(each.name for each in step.plan.steps)})"
    weighed = ", ".join(each.column for each in step.plan.comparisons)
    return f"a plan{hashed} that weighs {weighed}"


def _options(proposal: Proposal) -> Iterator[str]:
    from scenarios.commands.estimate import first_stage

    yield "Option as proposed: runs every stage"
    for name, option in proposal.option.items():
        yield f"Option {name}: {option.title}; reruns from {first_stage(option)}"


def _expected(proposal: Proposal) -> Iterator[str]:
    from scenarios.commands.estimate import TIMED_ON, megabytes, seconds
    from scenarios.inputs import uncertain

    inputs = [setting for setting, _ in uncertain(proposal)]
    if inputs:
        yield f"Uncertain inputs, each rerun at the ends of its range: {', '.join(inputs)}"
    people = proposal.world.people
    time = seconds(proposal, people, 1, proposal.option.values())
    yield (
        f"Expected, very roughly (one seed; timed on {TIMED_ON}): {_in_words(time)}, "
        f"{megabytes(people) / 1000:.1f} GB of memory"
    )


def _in_words(seconds: float) -> str:
    if seconds < MINUTE:
        return "under a minute"
    minutes = round(seconds / MINUTE)
    return f"about {minutes} minute{'' if minutes == 1 else 's'}"
