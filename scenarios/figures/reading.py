"""Reading: a Result looked up by what a figure is about, its seeds drawn together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from linkage.intervals import wilson
from reidentify.desk_specs import (
    CoalitionSpec,
    CodeFrequencySpec,
    CustodyFailureSpec,
    DeskAttackSpec,
)
from reidentify.feed_specs import (
    AcquaintanceSpec,
    FeedAttackSpec,
    LocationReaderSpec,
    OnwardTeamSpec,
    PoliceAnalystSpec,
)
from reidentify.identity_specs import HouseholdSpec, IdentityAttackSpec, TokenCoalitionSpec
from reidentify.specs import AttackSpec, DatedEventsSpec, KeyThiefSpec
from scenarios.figures.measures import measure_words, noun_of
from scenarios.figures.words import plain
from scenarios.proposal import Proposal
from scenarios.questions.specs import HotSpotsSpec, RankingSpec, VenueEvidenceSpec
from scenarios.result import AS_PROPOSED, Figure, Range, RedLine, Result, Section

LEAST_PAIRS = 100
"""A group is named as the worst only from this many true pairs on."""

_RANKED = {
    "practice": "practices",
    "lsoa": "small areas",
    "msoa": "wide areas",
    "deprivation_fifth": "fifths by deprivation",
}

# Of attackers who look for people in a feed: what is counted of those with a row, or without.
_OF_EVENTS = {"found": "people looked for with a row", "control_claims": "people without a row"}

_ON_TOKENS = {
    "token": "tokens",
    "match-keys": "hashed match-keys",
    "plan": "a plan on hashed match-keys",
}
_Place = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Reading:
    """What a report asks of a result.

    Where several seeds were run, a figure is that of the first seed that has it, and its range of
    chance is widened to hold the values of all the others.

    Attributes:
        result: The result that is read.
    """

    result: Result

    @cached_property
    def proposal(self) -> Proposal:
        """The proposal that was run."""
        return Proposal.model_validate(self.result.proposal)

    @cached_property
    def figures(self) -> dict[_Place, Figure]:
        """Every figure, by (option, section, subject, measure, group), in order of appearance."""
        gathered: dict[_Place, list[Figure]] = {}
        for figure in self.result.figures:
            place = (figure.option, figure.section, figure.subject, figure.measure, figure.group)
            gathered.setdefault(place, []).append(figure)
        return {place: _over_seeds(figures) for place, figures in gathered.items()}

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options, `as proposed` first."""
        return tuple(option.name for option in self.result.options)

    @property
    def changed_options(self) -> tuple[str, ...]:
        """Names of the options other than `as proposed`."""
        return tuple(name for name in self.options if name != AS_PROPOSED)

    def figure(
        self,
        section: Section,
        subject: str,
        measure: str,
        group: str = "all",
        option: str = AS_PROPOSED,
    ) -> Figure | None:
        """Returns the figure at a place, or None where it has none or no estimate."""
        found = self.figures.get((option, section, subject, measure, group))
        return None if found is None or found.value is None else found

    def of(self, section: Section, subject: str, option: str = AS_PROPOSED) -> list[Figure]:
        """Returns all figures of one subject, in order of appearance."""
        return list(self._by_subject.get((option, section, subject), ()))

    @cached_property
    def _by_subject(self) -> dict[tuple[str, str, str], list[Figure]]:
        held: dict[tuple[str, str, str], list[Figure]] = {}
        for figure in self.figures.values():
            held.setdefault((figure.option, figure.section, figure.subject), []).append(figure)
        return held

    def noun(self, figure: Figure) -> str:
        """Returns what a figure's denominator counts, in the words of its question or attack."""
        noun = noun_of(figure)
        attack = self.proposal.attack.get(figure.subject)
        if figure.section == "attack" and noun == "people looked for":
            return _people_of(attack, figure.measure)
        question = self.proposal.question.get(figure.subject)
        if noun in ("people", "") and figure.unit == "share" and figure.section == "answer":
            if isinstance(question, HotSpotsSpec):
                return "assaults"
            if isinstance(question, VenueEvidenceSpec):
                return "worst venues"
        if noun == "groups" and isinstance(question, RankingSpec):
            return _RANKED[question.group]
        return noun

    def named(self, figure: Figure) -> str:
        """Writes the measure of a figure in words, in those of a feed where the answer is one."""
        question = self.proposal.question.get(figure.subject)
        attack = self.proposal.attack.get(figure.subject)
        section: str = figure.section
        if section == "answer" and isinstance(question, HotSpotsSpec | VenueEvidenceSpec):
            section = "feed"
        if section == "attack" and isinstance(attack, PoliceAnalystSpec | LocationReaderSpec):
            section = "attack on rows"
        if section == "attack" and isinstance(attack, AcquaintanceSpec | OnwardTeamSpec):
            section = "attack on people"
        if section == "attack" and isinstance(attack, IdentityAttackSpec):
            kind = "household" if isinstance(attack, HouseholdSpec) else "coalition"
            section = f"attack by {kind}"
        return measure_words(figure.measure, section)

    def red_lines(self, option: str = AS_PROPOSED) -> list[RedLine]:
        """Returns a line for each red line: of several seeds one that stops, or the first.

        Seeds that say the same are told once; where they differ, the reason says so.
        """
        held: dict[str, list[RedLine]] = {}
        for line in self.result.red_lines:
            if line.option == option:
                held.setdefault(line.id, []).append(line)
        return [_one_of(lines) for lines in held.values()]

    def groups(self, section: Section, subject: str, measure: str) -> list[Figure]:
        """Returns a measure of the proposal as proposed for each group, without `all`."""
        return [
            figure
            for figure in self.of(section, subject)
            if figure.measure == measure and figure.group != "all" and figure.value is not None
        ]

    def subjects(self, section: Section) -> tuple[str, ...]:
        """Returns what a section is about, in the order in which the run came to it.

        A result that was written and read again has its proposal's tables in another order, so
        that a report follows the order of the figures.
        """
        held = (figure for figure in self.figures.values() if figure.option == AS_PROPOSED)
        return tuple(dict.fromkeys(figure.subject for figure in held if figure.section == section))

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """Questions that were answered, in the order of the run."""
        return tuple(s for s in self.subjects("answer") if s in self.proposal.question)

    @cached_property
    def attacks(self) -> tuple[str, ...]:
        """Attacks that were run, in the order of the run."""
        return tuple(s for s in self.subjects("attack") if s in self.proposal.attack)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """Link steps with a recall, in the order of the run."""
        steps = (step for step in self.subjects("linkage") if step in self.proposal.link)
        return tuple(step for step in steps if self.figure("linkage", step, "recall"))

    @cached_property
    def worst_step(self) -> str | None:
        """The step that finds the least share of true pairs, among those that feed answers."""
        feeding = [s for s in self.steps if self.proposal.link[s].feeds_answers]
        return min(feeding or self.steps, key=self._recall, default=None)

    def _recall(self, step: str) -> float:
        found = self.figure("linkage", step, "recall")
        return 1.0 if found is None or found.value is None else found.value

    def missed(self, step: str, group: str = "all", option: str = AS_PROPOSED) -> Figure | None:
        """Returns the share of true pairs that a step missed: what its recall leaves over."""
        recall = self.figure("linkage", step, "recall", group, option)
        return None if recall is None else complement(recall)

    def worst_group(self, step: str) -> Figure | None:
        """Returns the missed share of the group that a step serves worst, if worse than everybody.

        Groups of fewer than `LEAST_PAIRS` true pairs are set aside, unless all are so small.
        """
        overall = self.missed(step)
        missed = [complement(recall) for recall in self.groups("linkage", step, "recall")]
        large = [figure for figure in missed if (figure.out_of or 0) >= LEAST_PAIRS]
        worst = max(large or missed, key=lambda figure: figure.value or 0.0, default=None)
        if worst is None or overall is None or (worst.value or 0.0) <= (overall.value or 0.0):
            return None
        return worst

    def contacts(self, attack: str) -> list[str]:
        """Returns the groups `contacts=k` of an attack, in order of k."""
        groups = {f.group for f in self.of("attack", attack) if f.group.startswith("contacts=")}
        return sorted(groups, key=lambda group: int(group.partition("=")[2]))

    def wrongly_named(self, attack: str, group: str, option: str = AS_PROPOSED) -> Figure | None:
        """Returns the wrong names as a share of the targets, with both ranges."""
        return self._share_of_targets("wrong_names", attack, group, option)

    def control(self, attack: str, group: str, option: str = AS_PROPOSED) -> Figure | None:
        """Returns the control's claims as a share of the targets, with both ranges."""
        return self._share_of_targets("control_claims", attack, group, option)

    def _share_of_targets(
        self, measure: str, attack: str, group: str, option: str
    ) -> Figure | None:
        """Divides a count by the targets: a Wilson interval for chance, its reruns for the rest."""
        names = self.figure("attack", attack, measure, group, option)
        targets = self.figure("attack", attack, "targets", group, option)
        if names is None or targets is None or not targets.value:
            return None
        count, out_of = round(names.value or 0), round(targets.value)
        low, high = wilson(count, out_of)
        chance = Range(low=float(low), high=float(high))
        share = {"value": count / out_of, "unit": "share", "count": count, "out_of": out_of}
        unknown = _divided(names.unknown, out_of)
        return names.model_copy(update={**share, "chance": chance, "unknown": unknown})

    def has_skill(self, attack: str, group: str = "all", option: str = AS_PROPOSED) -> bool | None:
        """Tells whether an attack beats its baseline; None where the run cannot say."""
        if self.has_nobody(attack):
            return None
        flag = self.figure("attack", attack, "skill", group, option)
        return None if flag is None else flag.value == 1

    def has_nobody(self, attack: str) -> bool:
        """Tells whether there was nobody whom an attack could look for."""
        looked_for = self.figure("attack", attack, "targets")
        return looked_for is not None and looked_for.value == 0

    @cached_property
    def thieves(self) -> tuple[str, ...]:
        """Attacks by a key thief that were run."""
        return tuple(
            name for name in self.attacks if isinstance(self.proposal.attack[name], KeyThiefSpec)
        )

    @cached_property
    def rememberers(self) -> tuple[str, ...]:
        """Attacks from known dated contacts that were run."""
        return tuple(
            name
            for name in self.attacks
            if isinstance(self.proposal.attack[name], DatedEventsSpec) and self.contacts(name)
        )

    @cached_property
    def feed_attacks(self) -> tuple[str, ...]:
        """Attacks on a feed that were run."""
        return tuple(
            name for name in self.attacks if isinstance(self.proposal.attack[name], FeedAttackSpec)
        )

    @cached_property
    def desk_attacks(self) -> tuple[str, ...]:
        """Attacks on codes or on their desk that were run."""
        return tuple(
            name for name in self.attacks if isinstance(self.proposal.attack[name], DeskAttackSpec)
        )

    @cached_property
    def identity_attacks(self) -> tuple[str, ...]:
        """Attacks on households or on linking fields that were run."""
        return tuple(
            name
            for name in self.attacks
            if isinstance(self.proposal.attack[name], IdentityAttackSpec)
        )

    def groups_of(self, attack: str, kind: str) -> list[str]:
        """Returns the groups of an attack that begin with `kind=`, in order of appearance.

        Their parts in quiet and in busy places and hours, such as `month=1,quiet=yes`, are not
        among them.
        """
        begins = f"{kind}="
        held = (f.group for f in self.of("attack", attack) if f.group.startswith(begins))
        return [group for group in dict.fromkeys(held) if ",quiet=" not in group]

    def wrong_share(
        self, attack: str, group: str = "all", option: str = AS_PROPOSED
    ) -> Figure | None:
        """Returns people wrongly named per 1,000 as a share, to stand beside a share found."""
        wrong = self.figure("attack", attack, "wrong_per_1000", group, option)
        if wrong is None or wrong.value is None:
            return None
        ranges = {name: _divided(getattr(wrong, name), 1_000) for name in ("chance", "unknown")}
        share = {"value": wrong.value / 1_000, "unit": "share", **ranges}
        return wrong.model_copy(update=share)

    def step_title(self, step: str) -> str:
        """Returns a link step in words."""
        spec = self.proposal.link[step]
        title = self.agency_title(spec.agency)
        alike = [
            name
            for name, other in self.proposal.link.items()
            if (other.agency, other.method) == (spec.agency, spec.method)
        ]
        seen = "clear text" if spec.is_on_clear_text else _ON_TOKENS[spec.method]
        title += "" if spec.feeds_answers else f" ({seen}, to compare)"
        return title if len(alike) == 1 else f"{title}, {plain(step).lower()}"

    def recipient_title(self, recipient: str) -> str:
        """Returns a recipient in words."""
        return found.title if (found := self.proposal.recipient.get(recipient)) else recipient

    def agency_title(self, agency: str) -> str:
        """Returns an agency in a few words: its title up to a colon."""
        spec = self.proposal.agency.get(agency)
        return plain(agency) if spec is None else spec.title.partition(":")[0]


def _people_of(attack: AttackSpec | None, measure: str) -> str:
    """Returns which people an attack is counted out of."""
    if isinstance(attack, PoliceAnalystSpec | LocationReaderSpec):
        return "rows" if measure == "control_claims" else "people at risk"
    if isinstance(attack, TokenCoalitionSpec):
        return "people" if measure == "found" else "pieces of content"
    if isinstance(attack, CodeFrequencySpec | CustodyFailureSpec | CoalitionSpec):
        return "people in the rows"
    if isinstance(attack, AcquaintanceSpec | OnwardTeamSpec):
        return _OF_EVENTS.get(measure, "people looked for")
    return "people looked for"


def by_chance(figure: Figure) -> Figure:
    """Returns a figure with its range of chance alone, to set beside one that was not rerun."""
    return figure.model_copy(update={"unknown": None})


def complement(figure: Figure) -> Figure:
    """Returns what a share leaves over, with its ranges turned round."""
    value = None if figure.value is None else 1 - figure.value
    left = None if figure.count is None or figure.out_of is None else figure.out_of - figure.count
    ranges = {name: _turned(getattr(figure, name)) for name in ("chance", "unknown")}
    return figure.model_copy(update={"value": value, "count": left, **ranges})


def _one_of(lines: list[RedLine]) -> RedLine:
    """Returns the first of several seeds' lines that stops, or the first; says if they differ."""
    stops = [line for line in lines if line.verdict == "stops"]
    line = (stops or lines)[0]
    if len({other.reason for other in lines}) == 1:
        return line
    seeds = f"Seed {line.seed}"
    if 0 < len(stops) < len(lines):
        seeds = f"With {len(stops)} of {len(lines)} seeds, such as {line.seed}"
    return line.model_copy(update={"reason": f"{seeds}: {line.reason}"})


def _divided(held: Range | None, by: int) -> Range | None:
    """Returns a range of counts as one of shares; the number of targets is a setting."""
    if held is None:
        return None
    low = None if held.low is None else held.low / by
    return Range(low=low, high=None if held.high is None else held.high / by)


def _turned(held: Range | None) -> Range | None:
    if held is None:
        return None
    low = None if held.high is None else 1 - held.high
    return Range(low=low, high=None if held.low is None else 1 - held.low)


def _over_seeds(figures: list[Figure]) -> Figure:
    """Returns the first seed's figure, its range of chance widened to hold the other seeds'."""
    first = next((figure for figure in figures if figure.value is not None), figures[0])
    values = [figure.value for figure in figures if figure.value is not None]
    if len(set(values)) <= 1:
        return first
    held = first.chance or Range(low=min(values), high=max(values))
    low = None if held.low is None else min(held.low, *values)
    high = None if held.high is None else max(held.high, *values)
    return first.model_copy(update={"chance": Range(low=low, high=high)})
