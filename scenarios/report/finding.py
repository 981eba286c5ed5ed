"""What it would find: each question's answer, beside what was put in and what was there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.figures.words import (
    count_words,
    range_words,
    shows_unknown,
    told,
    value_words,
    wider,
)
from scenarios.questions.specs import (
    AlertSpec,
    CountSpec,
    HotSpotsSpec,
    RankingSpec,
    RateRatioSpec,
    VenueEvidenceSpec,
)
from scenarios.report.blocks import Block, Folded, Heading, Points, Section, Table, Text
from scenarios.report.costs import in_points

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.figures import Reading
    from scenarios.report.blocks import Drawing
    from scenarios.result import Figure

_COLUMNS = ("What", "Value", "Range", "Out of", "How it was got")


def finding(reading: Reading, drawing: Callable[[str], tuple[Drawing, ...]]) -> Section:
    """Says what each question would be answered, and what it could have detected."""
    blocks: list[Block] = [
        Text(
            "In brackets stands the wider of two ranges: chance, at 95 %, or what we do not know. "
            "A number without brackets has none; its table says why."
        )
    ]
    for question in reading.questions:
        spec = reading.proposal.question[question]
        figures = [f for f in reading.of("answer", question) if f.group == "all"]
        blocks.append(Heading(spec.title))
        said = (_answered_from(reading, question), *_words(reading, question), _how(figures))
        blocks.append(Points(said))
        stem = question.replace("_", "-")
        blocks += [*drawing(f"answer-{stem}"), *drawing(f"cost-{stem}")]
        blocks.append(_every_figure(reading, spec.title, figures))
    published = _published(reading)
    elsewhere = Heading("Published elsewhere, and no figure of this run")
    blocks += [elsewhere, Points(published)] if published else []
    return Section("finding", "What it would find", tuple(blocks))


def _every_figure(reading: Reading, title: str, figures: list[Figure]) -> Folded:
    """Lists the figures of an answer: value, wider range, denominator and method."""
    rows = tuple(_row(reading, figure) for figure in figures)
    return Folded("Every figure of this answer", (Table(title, _COLUMNS, rows),))


def _row(reading: Reading, figure: Figure) -> tuple[str, ...]:
    name = reading.named(figure)
    cells = (
        value_words(figure),
        _ranged(figure),
        count_words(figure, reading.noun(figure)),
        figure.method,
    )
    return (name[:1].upper() + name[1:], *cells)


def _ranged(figure: Figure) -> str:
    """Writes the wider range, and says where it is not one of chance."""
    spread = range_words(figure, wider(figure))
    if not spread:
        if figure.measure == "planted":
            return "none: a setting"
        if figure.unit in ("count", "flag"):
            return "none: an exact count"
        return "none of chance; reruns did not move it" if figure.unknown else "none given"
    return f"{spread}\n(what we do not know)" if shows_unknown(figure) else spread


def _how(figures: list[Figure]) -> str:
    """Says how an answer was got, in the words of its figures."""
    answered = [figure for figure in figures if figure.measure == "answered"]
    methods = dict.fromkeys(figure.method for figure in answered or figures if figure.method)
    return f"How: {'; '.join(methods)}." if methods else "How: the run does not say."


def _answered_from(reading: Reading, question: str) -> str:
    spec = reading.proposal.question[question]
    if isinstance(spec, HotSpotsSpec | VenueEvidenceSpec):
        feed, police = reading.proposal.feed[spec.feed].title, reading.agency_title(spec.police)
        return f"Answered from the rows handed to {feed}, beside the records of {police}."
    recipient = spec.recipient
    if not recipient:
        return "Answered where the data are linked, before anything is handed over."
    title = reading.proposal.recipient[recipient].title
    return f"Answered from the rows handed to {title}."


def _words(reading: Reading, question: str) -> list[str]:
    spec = reading.proposal.question[question]

    def get(measure: str) -> Figure | None:
        return reading.figure("answer", question, measure)

    if isinstance(spec, RateRatioSpec):
        return _rate_ratio(get)
    if isinstance(spec, RankingSpec):
        return _ranking(reading, get)
    if isinstance(spec, HotSpotsSpec | VenueEvidenceSpec):
        return _from_feed(get, spec, _noun(reading, question))
    return _count(get, spec) if isinstance(spec, CountSpec) else _alert(get, spec)


def _noun(reading: Reading, question: str) -> str:
    answered = reading.figure("answer", question, "answered")
    return "" if answered is None else reading.noun(answered)


def _from_feed(
    get: Callable[[str], Figure | None],
    spec: HotSpotsSpec | VenueEvidenceSpec,
    noun: str,
) -> list[str]:
    """Says what police know alone, what the feed adds, and what could be had at best."""
    counted = (
        f"Counted: of the {spec.top} venues with truly most assaults, those among as many ranked "
        "worst."
        if isinstance(spec, VenueEvidenceSpec)
        else "Counted: of the assaults treated in A&E in the last third of the time, those within "
        f"reach of {spec.patrol_hours:,} patrol hours a week, placed by the first two thirds."
    )
    sentences = (
        ("police_only", "With police records alone: {}."),
        ("answered", "With the feed beside them: {}."),
        ("realised", "With the true time and place of every assault beside them: {}."),
        ("planted", "Placed by other draws of the same town, all seen: {}."),
    )
    said = [text.format(told(figure, noun)) for name, text in sentences if (figure := get(name))]
    rows = get("worst_venue_rows")
    if rows is not None:
        bare = told(rows.model_copy(update={"out_of": None}))
        whole = "" if rows.out_of is None else f", of {rows.out_of:,} about any venue"
        said.append(f"Rows of the feed about the venue that is ranked worst: {bare}{whole}.")
    return [counted, *said, *_gain(get("benefit"), noun)]


def _gain(benefit: Figure | None, noun: str) -> list[str]:
    """Says what a feed adds, or how large a gain may go unseen."""
    if benefit is None:
        return []
    gain = in_points(benefit)
    said = f"The feed adds {told(gain, noun)}."
    if wider(gain) is None:
        return [said]
    return [f"{said} Its range {'holds' if _holds(gain, 0.0) else 'does not hold'} no gain at all."]


def _published(reading: Reading) -> tuple[str, ...]:
    """Tells what is published elsewhere, which is no figure of this run."""
    return tuple(
        f"{one.finding} ({one.source})." for _, one in sorted(reading.proposal.published.items())
    )


def _rate_ratio(get: Callable[[str], Figure | None]) -> list[str]:
    said = []
    planted, realised, answered = get("planted"), get("realised"), get("answered")
    if planted is not None:
        said.append(f"Put in by us: a ratio of {told(planted)}. It is a setting, not a finding.")
    if answered is not None:
        said.append(f"The linked data answer {told(answered)}. {_reads_as(answered, planted)}")
    said += _compared(get)
    if realised is not None:
        said.append(f"With perfect links, the same estimator answers {told(realised)}.")
    bias = get("linkage_bias")
    if bias is not None:
        said.append(
            f"Linkage and what is coarsened in the rows moved the answer by {told(bias)}, on the "
            f"same people."
        )
    fall, rise = get("smallest_detectable_decrease"), get("smallest_detectable_increase")
    if fall is not None and rise is not None:
        how = f" ({rise.method})" if rise.method else ""
        said.append(
            f"The smallest effect that it could have detected is a fall to {told(fall)} or a rise "
            f"to {told(rise)}{how}; a smaller one may well go unseen."
        )
    return said


def _compared(get: Callable[[str], Figure | None]) -> list[str]:
    """Says how many contacts of how many people a ratio of rates compares."""
    groups = ("exposed", "unexposed")
    figures = [get(f"{group}_{what}") for group in groups for what in ("events", "people")]
    numbers = [value_words(figure) for figure in figures if figure is not None]
    if len(numbers) < len(figures):
        return []
    return [
        "It compares {} contacts of {} people exposed with {} contacts of {} people before, or "
        "without, an exposure.".format(*numbers)
    ]


def _reads_as(answered: Figure, planted: Figure | None) -> str:
    """Says whether the wider range holds no difference, and what was put in."""
    if wider(answered) is None:
        return "It has no range, so nothing is said about what chance could do to it."
    said, joined = "Its range does not hold 1: it reads as an effect", "though"
    if _holds(answered, 1.0):
        said, joined = "Its range holds 1: it cannot tell an effect from none", "and"
    if planted is not None and planted.value == 1.0:
        return f"{said}, {joined} none was put in."
    return f"{said}.{_put_in(answered, planted)}"


def _put_in(answered: Figure, planted: Figure | None) -> str:
    if planted is None or planted.value is None:
        return ""
    held = "holds" if _holds(answered, planted.value) else "does not hold"
    return f" It {held} what was put in."


def _holds(figure: Figure, value: float) -> bool:
    held = wider(figure)
    if held is None:
        return figure.value == value
    low = float("-inf") if held.low is None else held.low
    high = float("inf") if held.high is None else held.high
    return low <= value <= high


def _ranking(reading: Reading, get: Callable[[str], Figure | None]) -> list[str]:
    error = get("mean_error")
    many = "groups" if error is None else reading.noun(error)
    detected = get("smallest_detectable_difference")
    how = f" ({detected.method})" if detected is not None and detected.method else ""
    order = f"How far the order of {many} agrees with that under perfect links"
    sentences = (
        ("mean_error", "Mean difference of the answer from perfect links: {}."),
        ("answered", "Over everybody, the linked data answer {}."),
        ("realised", "Over everybody, perfect links would answer {}."),
        ("planted", "Over everybody, what was put in by us comes to {}. It is a setting."),
        ("rank_agreement", f"{order}: rank correlation {{}}. 1 is the same order."),
        (
            "top_fifth_in_common",
            f"In common with the fifth of {many} that cost most under perfect links: {{}}.",
        ),
        (
            "smallest_detectable_difference",
            f"The smallest difference that it could have detected is {{}}{how}.",
        ),
    )
    return [
        text.format(told(figure, reading.noun(figure)))
        for name, text in sentences
        if (figure := get(name))
    ]


def _count(get: Callable[[str], Figure | None], spec: CountSpec) -> list[str]:
    services = f"all {len(spec.services)} services"
    sentences = (
        ("answered", f"Known to {services}, the linked data count {{}}."),
        ("realised", "Perfect links would count {}."),
    )
    return [text.format(_people(figure)) for name, text in sentences if (figure := get(name))]


def _people(figure: Figure) -> str:
    """Writes a figure; a count of people says that it is one, as `39 of 2,802 people` does."""
    is_bare = figure.unit == "count" and figure.out_of is None
    return f"{told(figure)} people" if is_bare else told(figure)


def _alert(get: Callable[[str], Figure | None], spec: AlertSpec) -> list[str]:
    rule = f"{spec.contacts} contacts within {spec.within_days} days"
    sentences = (
        ("answered", f"At {rule}, the linked data raise an alert for {{}}."),
        ("realised", "Perfect links would raise one for {}."),
        ("alert_recall", "Of the people who should raise one, the linked data find {}."),
        ("alert_precision", "Of the alerts raised, {} are right."),
        ("delivered", "For the person's own practice, the desk decodes {}."),
        (
            "delivered_recall",
            "Of the people who should raise one, their practice hears of {}.",
        ),
        ("lead_time", "The median time gained is {}."),
    )
    return [text.format(_people(figure)) for name, text in sentences if (figure := get(name))]
