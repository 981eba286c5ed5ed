"""The panel: what its attackers did, pooled over seeds into rows that a level is read from.

A panel is fixed: where a proposal gives one of its attackers a place in it, the places that nobody
fills are listed as not assessed, so that leaving an attacker out lowers no level.
"""

from __future__ import annotations

import re
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from linkage.intervals import wilson
from reidentify.desk_specs import CoalitionSpec, CustodyFailureSpec
from reidentify.identity_specs import HouseholdSpec, TokenCoalitionSpec
from reidentify.level import PanelRow
from reidentify.specs import DatedEventsSpec, KeyThiefSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reidentify.level import LevelRule, Setting
    from scenarios.proposal import Proposal
    from scenarios.result import Figure

KNOWN_CONTACTS = 2
"""Of somebody who remembers dated contacts, so many are known in the panel."""

KNOWN_CO_RESIDENTS = 1
"""Of somebody who knows who lives with whom, so many co-residents are known in the panel."""

MOST_PARTIES = 3
"""Of a split file's parties, so many act together at most in the panel."""

_FOUND = ("found", "people_named")
_SURE = (("sure_claims", "sure_correct"), ("claims", "correct_claims"))
_FIXED = (f"contacts={KNOWN_CONTACTS}", f"co_residents={KNOWN_CO_RESIDENTS}")
_KNOWN = ("contacts=", "co_residents=")
_UPPER = 0.975
_PER = 1_000.0
_NOTHING_FOUND = "it gave no figure of people found: there was nothing that it could attack"
_NOBODY = "the proposal has no attacker for this place of the panel"


def panel_of(proposal: Proposal) -> dict[str, str]:
    """Returns the attacks that have a place in the panel: name -> place."""
    return {name: spec.panel for name, spec in proposal.attack.items() if spec.panel}


def as_fixed(proposal: Proposal) -> tuple[Proposal, dict[str, str]]:
    """Brings a proposal into the form in which its panel is run.

    Attackers are called by their place, tables are put in order, and whatever is not attacked is
    left out, so that two proposals that say the same in other words are run alike. A desk's rules
    count only with named evidence that they are in use.

    Returns:
        The proposal, and the proposal's own name of each of its attacks.
    """
    desks = {
        name: desk
        if desk.evidence.strip()
        else desk.model_copy(
            update={
                "relationship": False,
                "outside_needs_two": False,
                "daily_limit": 1_000_000,
                "alarm_daily": 1_000_000,
                "alarm_outside": 1_000_000,
            }
        )
        for name, desk in sorted(proposal.desk.items())
    }
    attacks, names = _by_place(proposal)
    tables = ("agency", "effect", "identity", "match_keys", "link", "recipient", "feed", "question")
    ordered = {table: dict(sorted(getattr(proposal, table).items())) for table in tables}
    left_out: dict[str, object] = {"option": {}, "comparison": {}, "published": {}}
    changed = {**ordered, **left_out, "attack": attacks, "desk": desks}
    return proposal.model_copy(update=changed), names


def _by_place(proposal: Proposal) -> tuple[dict[str, object], dict[str, str]]:
    """Calls each attack of the panel by its place, and sets what the panel fixes."""
    specs = {name: spec for name, spec in proposal.attack.items() if spec.panel}
    attacks: dict[str, object] = {}
    names: dict[str, str] = {}
    for name, spec in sorted(specs.items(), key=lambda one: (one[1].panel, _content(one[1]))):
        place = re.sub(r"[^A-Za-z0-9]", "-", spec.panel)
        number = sum(other.startswith(f"at-{place}-") for other in attacks) + 1
        if isinstance(spec, DatedEventsSpec):
            spec = spec.model_copy(update={"contacts": (KNOWN_CONTACTS,)})  # noqa: PLW2901
        if isinstance(spec, HouseholdSpec):
            fixed = {"co_residents": (KNOWN_CO_RESIDENTS,)}
            spec = spec.model_copy(update=fixed)  # noqa: PLW2901
        if isinstance(spec, TokenCoalitionSpec):
            spec = spec.model_copy(update={"most_parties": MOST_PARTIES})  # noqa: PLW2901
        attacks[f"at-{place}-{number}"] = spec
        names[f"at-{place}-{number}"] = name
    return attacks, names


def _content(spec: object) -> str:
    return str(spec.model_dump_json()) if hasattr(spec, "model_dump_json") else ""


def panel_rows(
    proposal: Proposal, rule: LevelRule, setting: Setting, runs: Sequence[Sequence[Figure]]
) -> list[PanelRow]:
    """Pools what each attacker of the panel does over seeds, for everybody and each group.

    Args:
        proposal: The proposal whose panel was run.
        rule: The rule, which says which places belong to a panel.
        setting: Whether inputs were central or hard.
        runs: The attacks' figures of each seed.

    Returns:
        A row for each attack and group that has a share found, with unlike denominators apart; one
        not-assessed row for each attack that gave none, and for each place that nobody fills.
    """
    rows: list[PanelRow] = []
    for attack, place in panel_of(proposal).items():
        held = [[figure for figure in run if figure.subject == attack] for run in runs]
        about = {
            "panel": place,
            "attack": attack,
            "setting": setting,
            "failures": _failures(proposal, attack, held),
            "row_level": _is_row_level(proposal, attack),
        }
        groups = _groups(held)
        rows += [_pooled(held, group).model_copy(update=about) for group in groups]
        if not groups:
            rows.append(_unassessed(place, attack, setting, _NOTHING_FOUND))
    missing = _unfilled(panel_of(proposal).values(), rule)
    return rows + [_unassessed(place, "", setting, _NOBODY) for place in missing]


def _unassessed(place: str, attack: str, setting: Setting, reason: str) -> PanelRow:
    return PanelRow(panel=place, attack=attack, setting=setting, not_assessed=reason)


def _unfilled(places: Iterable[str], rule: LevelRule) -> list[str]:
    """Lists the places of a panel that nobody fills, of panels of which any place is filled."""
    filled = set(places)
    return [
        place
        for panel in rule.panels.values()
        if filled & set(panel)
        for place in panel
        if place not in filled
    ]


def _groups(held: list[list[Figure]]) -> list[str]:
    """Lists the groups that have a share found, out of somebody; several parts at once are none."""
    found = dict.fromkeys(
        figure.group
        for figures in held
        for figure in figures
        if figure.measure in _FOUND and figure.out_of and "," not in figure.group
    )
    return [group for group in found if not group.startswith(_KNOWN) or group in _FIXED]


def _pooled(held: list[list[Figure]], group: str) -> PanelRow:
    """Adds up one attacker and group over the seeds that have any of the group."""
    found = [_first(figures, _FOUND, group) for figures in held]
    pairs = [(f.count or 0, f.out_of) for f in found if f is not None and f.out_of]
    count, people = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    gained = _values(held, "attribute_gain", group)
    wrong = [per for figures in held if (per := _wrong_per_1000(figures, group)) is not None]
    sure, right = _sure(held, group)
    gain = float(np.mean(gained)) if gained else None
    return PanelRow(
        panel="",
        attack="",
        setting="central",
        group="all" if group in _FIXED else group,
        people=people / len(pairs),
        found=count / people,
        found_high=_upper(count, people, [pair[0] / pair[1] for pair in pairs]),
        gain=gain,
        gain_high=None if gain is None else _gain_upper(held, gained, group),
        wrong_per_1000=float(np.mean(wrong)) if wrong else None,
        sure_claims=sure / len(pairs),
        sure_correct=right / len(pairs),
    )


def _first(figures: list[Figure], measures: tuple[str, ...], group: str) -> Figure | None:
    """Returns the figure of a group that the first of some measures has."""
    for measure in measures:
        for figure in figures:
            if (figure.measure, figure.group) == (measure, group) and figure.value is not None:
                return figure
    return None


def _values(held: list[list[Figure]], measure: str, group: str) -> list[float]:
    found = [_first(figures, (measure,), group) for figures in held]
    return [figure.value for figure in found if figure is not None and figure.value is not None]


def _sure(held: list[list[Figure]], group: str) -> tuple[float, float]:
    """Counts claims that are sure, and those right; all claims where no confidence is stated."""
    for made, right in _SURE:
        claims = _values(held, made, group)
        if claims:
            counts = [_first(figures, (right,), group) for figures in held]
            return sum(claims), float(sum(f.count or 0 for f in counts if f is not None))
    return 0.0, 0.0


def _wrong_per_1000(figures: list[Figure], group: str) -> float | None:
    """Returns people wrongly named per 1,000; wrong names where people were not counted apart."""
    stated = _first(figures, ("wrong_per_1000",), group)
    if stated is not None:
        return stated.value
    wrong, found = (_first(figures, measures, group) for measures in (("wrong_names",), _FOUND))
    if wrong is None or found is None or not found.out_of:
        return None
    return (wrong.value or 0.0) * _PER / found.out_of


def _upper(count: int, people: int, shares: list[float]) -> float:
    """Returns the upper end of a pooled share: Wilson's, or that of the spread over seeds."""
    high = float(wilson(count, people).high)
    return min(1.0, max(high, count / people + _half_width(shares)))


def _gain_upper(held: list[list[Figure]], gained: list[float], group: str) -> float:
    """Returns the upper end of a mean gain: over seeds, or a seed's own range narrowed by them."""
    figures = [_first(one, ("attribute_gain",), group) for one in held]
    reach = [
        figure.chance.high - figure.value
        for figure in figures
        if figure is not None and figure.value is not None
        if figure.chance is not None and figure.chance.high is not None
    ]
    own = float(np.mean(reach)) / sqrt(len(reach)) if reach else 0.0
    return min(1.0, float(np.mean(gained)) + max(own, _half_width(gained)))


def _half_width(values: list[float]) -> float:
    """Returns half the width of the 95 % interval of a mean over seeds (Student's t)."""
    if len(values) < 2:  # noqa: PLR2004 - one seed shows no spread
        return 0.0
    error = float(np.std(values, ddof=1)) / sqrt(len(values))
    return float(stdtrit(len(values) - 1, _UPPER)) * error


def _failures(proposal: Proposal, attack: str, held: list[list[Figure]]) -> int:
    """Counts the independent failures that an attack needs before it starts.

    A coalition needs as many as its smallest has parties; where none opens enough, or one party is
    enough, it is counted in full.
    """
    spec = proposal.attack[attack]
    if isinstance(spec, CoalitionSpec | TokenCoalitionSpec):
        sizes = _values(held, "coalition_size", "all")
        return max(1, round(min(sizes))) if sizes else 1
    if isinstance(spec, KeyThiefSpec):
        return int(spec.key in ("stolen", "account"))
    return int(isinstance(spec, CustodyFailureSpec))


def _is_row_level(proposal: Proposal, attack: str) -> bool:
    """Tells whether rows are released: a feed may be a table only."""
    feed = getattr(proposal.attack[attack], "feed", "")
    return not (feed and proposal.feed[feed].as_table)
