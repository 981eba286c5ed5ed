"""Headlines: the key figures of a run, each of which can be looked up for every option."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

from scenarios.figures.words import (
    contacts_words,
    group_words,
    listed,
    lower_first,
    plain,
    value_words,
)
from scenarios.figures.worst import worst_attacker
from scenarios.questions.specs import (
    AlertSpec,
    CountSpec,
    HotSpotsSpec,
    RankingSpec,
    RateRatioSpec,
    VenueEvidenceSpec,
)
from scenarios.result import AS_PROPOSED, Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures.reading import Reading
    from scenarios.questions.specs import QuestionSpec
    from scenarios.result import Figure

Kind = Literal["answer", "linkage", "risk"]


@dataclass(frozen=True)
class Headline:
    """One key figure.

    Attributes:
        kind: What it is about: an answer, the linkage, or what an attacker does.
        label: The figure in a few words; names the attacker where there is one.
        at: Looks it up for an option; None where that option has none.
        rests: Says for an option what it rests on, where the figure has no denominator.
        leading: Whether it stands among the few that are compared option by option. Of the
            attackers of a feed, only the one that finds most as proposed does.
    """

    kind: Kind
    label: str
    at: Callable[[str], Figure | None]
    rests: Callable[[str], str] = field(default=lambda _: "")
    leading: bool = True

    @property
    def as_proposed(self) -> Figure | None:
        """The figure of the proposal as proposed."""
        return self.at(AS_PROPOSED)


def headlines(reading: Reading) -> tuple[Headline, ...]:
    """Returns the key figures that the proposal as proposed has: answers, linkage, then risk."""
    found = [*_answers(reading), *_linkage(reading), *_contacts(reading), *_thieves(reading)]
    found += [*_feeds(reading), *_desks(reading)]
    return tuple(headline for headline in found if headline.as_proposed is not None)


def other_attackers_move(reading: Reading, option: str) -> bool:
    """Tells whether an option changes a key figure that is not among the leading ones."""
    others = (headline for headline in headlines(reading) if not headline.leading)
    pairs = ((headline.as_proposed, headline.at(option)) for headline in others)
    return any(a is not None and b is not None and a.value != b.value for a, b in pairs)


def leading(reading: Reading) -> tuple[Headline, ...]:
    """Returns the key figures that are compared option by option."""
    return tuple(headline for headline in headlines(reading) if headline.leading)


def answer_measure(spec: QuestionSpec) -> str:
    """Returns the measure that stands for the whole answer to a question."""
    if isinstance(spec, RankingSpec):
        return "mean_error"
    if isinstance(spec, AlertSpec):
        return "delivered_recall" if spec.desk else "alert_recall"
    return "answered"


def answer_label(reading: Reading, spec: QuestionSpec) -> str:
    """Returns the answer to a question in a few words."""
    match spec:
        case RateRatioSpec():
            outcome, exposure = (reading.agency_title(a) for a in (spec.outcome, spec.exposure))
            label = f"Rate ratio: {outcome} after {exposure}"
        case RankingSpec():
            group = spec.group.replace("_", " ")
            label = f"Cost per head by {group}: mean difference from perfect links"
        case CountSpec():
            titles = [reading.agency_title(name) for name in spec.services]
            label = f"People known to {listed(titles)}"
        case HotSpotsSpec():
            label = f"Assaults within reach of {spec.patrol_hours:,} patrol hours a week"
        case VenueEvidenceSpec():
            label = f"Of the {spec.top} worst venues, those named"
        case AlertSpec():
            what = "that reach the practice" if spec.desk else "raised"
            label = f"Alerts {what}, of those that perfect links would raise"
    return label


def rests_on(reading: Reading, question: str, option: str = AS_PROPOSED) -> str:
    """Says how many contacts of how many people a ratio of rates compares; else nothing."""
    people, events = (
        reading.figure("answer", question, f"exposed_{what}", "all", option)
        for what in ("people", "events")
    )
    if people is None or events is None:
        return ""
    return f"{value_words(events)} contacts of {value_words(people)} people exposed"


def _answers(reading: Reading) -> list[Headline]:
    return [
        Headline(
            "answer",
            answer_label(reading, spec),
            partial(_at, reading, "answer", question, answer_measure(spec), "all"),
            partial(rests_on, reading, question),
        )
        for question in reading.questions
        for spec in (reading.proposal.question[question],)
    ]


def _linkage(reading: Reading) -> list[Headline]:
    step = reading.worst_step
    if step is None:
        return []
    label = f"True pairs missed: {reading.step_title(step)}"
    return [Headline("linkage", label, partial(reading.missed, step, "all"))]


def _contacts(reading: Reading) -> list[Headline]:
    """Returns found and wrongly named people, at the most contacts that each attacker knows."""
    found: list[Headline] = []
    for attack in reading.rememberers:
        group = reading.contacts(attack)[-1]
        several = f", {lower_first(plain(attack))}" if len(reading.rememberers) > 1 else ""
        known = f"{contacts_words(group)}{several}"
        at = partial(_at, reading, "attack", attack, "found", group)
        found.append(Headline("risk", f"Found from {known}", at))
        wrong = partial(reading.wrongly_named, attack, group)
        found.append(Headline("risk", f"Wrongly named from {known}", wrong))
    return found


def _thieves(reading: Reading) -> list[Headline]:
    return [
        Headline(
            "risk",
            f"People named by {lower_first(plain(thief))}",
            partial(_at, reading, "attack", thief, "people_named", "all"),
        )
        for thief in reading.thieves
    ]


def _feeds(reading: Reading) -> list[Headline]:
    """Returns found and wrongly named people of each attacker of a feed, quiet and busy apart."""
    found: list[Headline] = []
    worst = worst_attacker(reading)
    for attack in reading.feed_attacks:
        leads = worst is not None and worst.attack == attack
        name = lower_first(plain(attack))
        groups = [g for g in ("quiet=yes", "quiet=no") if _has(reading, attack, g)]
        for group in groups or ["all"]:
            where = f", {lower_first(group_words(group))}" if group != "all" else ""
            at = partial(_at, reading, "attack", attack, "found", group)
            wrong = partial(reading.wrong_share, attack, group)
            for what, looked_up in (("Found", at), ("Wrongly named", wrong)):
                label = f"{what} by {name}{where}"
                found.append(Headline("risk", label, looked_up, leading=leads))
    return found


def _has(reading: Reading, attack: str, group: str) -> bool:
    return reading.figure("attack", attack, "found", group) is not None


def _desks(reading: Reading) -> list[Headline]:
    found: list[Headline] = []
    for attack in reading.desk_attacks:
        name = lower_first(plain(attack))
        at = partial(_at, reading, "attack", attack, "found", "all")
        found.append(Headline("risk", f"Found by {name}", at))
        if not reading.has_nobody(attack):
            wrong = partial(reading.wrong_share, attack, "all")
            found.append(Headline("risk", f"Wrongly named by {name}", wrong))
    return found


def _at(
    reading: Reading, section: Section, subject: str, measure: str, group: str, option: str
) -> Figure | None:
    return reading.figure(section, subject, measure, group, option)
