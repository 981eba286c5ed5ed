"""The report: what it must hold, what it must never say, and that its numbers are the result's."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

import scenarios.report
from scenarios.report import render
from scenarios.result import AS_PROPOSED, Figure, Range, Result
from tests.sample_result import sample_result

VOID = {"meta", "link", "img", "br", "hr", "input", "path", "rect", "line", "circle"}
NEVER_SAID = (
    "safe",
    "lawful",
    "unlawful",
    "legal to",
    "measured",
    "anonymised",
    "anonymous",
    "pass",
    "passed",
    "passes",
    "fail",
    "failed",
    "fails",
    "mitigation",
    "lever",
    "we recommend",
    "recommended option",
)


class Page(HTMLParser):
    """The elements of a page, each with its attributes and the elements that hold it."""

    def __init__(self, html: str) -> None:
        """Reads the page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str], tuple[str, ...]]] = []
        self.texts: list[tuple[str, tuple[str, ...]]] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes an element and what holds it."""
        held = {name: value or "" for name, value in attrs}
        self.elements.append((tag, held, tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leaves an element."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Notes a text and what holds it."""
        if data.strip() and "style" not in self._open:
            self.texts.append((data.strip(), tuple(self._open)))

    def all(self, tag: str) -> list[dict[str, str]]:
        """Attributes of every element of a kind."""
        return [attributes for name, attributes, _ in self.elements if name == tag]

    @property
    def text(self) -> str:
        """All that the page says."""
        return " ".join(text for text, _ in self.texts).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def html() -> str:
    return render(sample_result())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def unchanged() -> str:
    """Text of the sample's report without charts and digest."""
    with pytest.MonkeyPatch.context() as patch:
        return quick_text(sample_result(), patch)


def quick_text(result: Result, monkeypatch: pytest.MonkeyPatch) -> str:
    """Text of the report without its charts and without the digest of the result."""
    monkeypatch.setattr(scenarios.report, "charts", lambda _: ())
    return Page(render(result)).text.replace(result.digest, "")


def with_figure(result: Result, old: Figure, **changes: object) -> Result:
    """The result with one figure changed."""
    figures = tuple(f.model_copy(update=changes) if f is old else f for f in result.figures)
    return result.model_copy(update={"figures": figures})


def test_the_page_asks_for_nothing_from_outside_and_runs_nothing(html: str, page: Page) -> None:
    tags = {tag for tag, _, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    attributes = [held for _, held, _ in page.elements]
    assert not [name for held in attributes for name in held if name.startswith("on")]
    assert not [held for held in attributes if "src" in held or "srcset" in held]
    assert {held["href"][:1] for held in page.all("a")} <= {"#", "d"}
    assert all(held["href"].startswith(("#", "data:text/csv")) for held in page.all("a"))
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_is_in_british_english_with_landmarks_and_a_skip_link(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en-GB"
    assert [len(page.all(tag)) for tag in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    first_link = page.all("a")[0]
    assert first_link["href"] == "#main"


def test_the_first_words_are_that_everyone_is_invented(page: Page) -> None:
    said = [text for text, within in page.texts if "body" in within]
    assert said[:2] == ["Skip to the report", "Everyone here is invented."]


def test_headings_never_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_reference_lands(page: Page) -> None:
    ids = [held["id"] for _, held, _ in page.elements if "id" in held]
    assert len(ids) == len(set(ids))
    anchors = {held["href"][1:] for held in page.all("a") if held["href"].startswith("#")}
    named = {i for _, held, _ in page.elements for i in held.get("aria-labelledby", "").split()}
    assert anchors | named <= set(ids)


def test_every_figure_has_a_caption_an_alternative_and_a_table(html: str) -> None:
    figures = re.findall(r"<figure.*?</figure>", html, flags=re.DOTALL)
    assert len(figures) >= 7
    for figure in figures:
        inner = Page(figure)
        assert len(inner.all("figcaption")) == 1
        assert [svg["role"] for svg in inner.all("svg")] == ["img"]
        described = [text for text, within in inner.texts if within[-1] == "desc"]
        assert len(described) == 1
        assert re.search(r"\d", described[0])
        assert len(inner.all("table")) == 1
        assert "download" in inner.all("a")[0]


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page: Page) -> None:
    assert len(page.all("caption")) == len(page.all("table")) > 0
    assert {cell.get("scope") for cell in page.all("th")} == {"col", "row"}


def test_the_page_opens_with_what_it_cannot_show_and_what_it_rests_on(page: Page) -> None:
    headings = [text for text, within in page.texts if within[-1] == "h2" and "main" in within]
    assert headings == [
        "What this can and cannot show",
        "What this rests on",
        "What is handed over, and to whom",
        "In short, as proposed",
        "What it would find",
        "How well it linked, and for whom it linked worst",
        "Who could be found, and who wrongly named",
        "What each option costs and buys",
        "Red lines",
        "Method and limits",
    ]
    for words in ("how bad the harm would be", "whether anyone would try", "your data are like"):
        assert words in page.text


@pytest.mark.parametrize("words", NEVER_SAID)
def test_the_page_never_says(page: Page, words: str) -> None:
    assert not re.search(rf"\b{words}\b", page.text, flags=re.IGNORECASE)


def test_no_tick_or_cross_stands_for_a_verdict(page: Page) -> None:
    assert not set(page.text) & set("✓✔✗✘☑☒✅❌")


def test_text_of_a_proposal_cannot_become_markup(html: str) -> None:
    assert "&lt;of escaping&gt;" in html
    assert "<of escaping>" not in html


def test_the_same_result_gives_the_same_bytes(html: str) -> None:
    assert render(sample_result()) == html


def test_a_result_written_and_read_again_gives_the_same_report(html: str) -> None:
    assert render(Result.from_json(sample_result().to_json())) == html


def test_figures_are_numbered_in_the_order_of_the_page(page: Page) -> None:
    numbers = [text for text, _ in page.texts if re.fullmatch(r"Figure \d+\.", text)]
    assert numbers == [f"Figure {number}." for number in range(1, len(numbers) + 1)]
    assert len(numbers) >= 7


def test_headlines_show_range_and_denominator(page: Page) -> None:
    assert "93.2 %" in page.text
    assert "6.8 % (6.1 to 7.6 %), 281 of 4,130" in page.text
    assert "about 1 in 15" in page.text
    assert "67 % 20 to 80 % (what we do not know); 670 of 1,000" in page.text


def test_planted_values_are_labelled_as_put_in_by_us(page: Page) -> None:
    assert "Put in by us: a ratio of 1.00. It is a setting, not a finding." in page.text


def test_the_worst_group_is_named(page: Page) -> None:
    assert "serves one group worst: ethnic group Black, 10 % (6 to 15 %), 20 of 206" in page.text


def test_an_attack_without_skill_is_marked_and_its_wrong_names_still_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = sample_result()
    skill = next(
        f
        for f in result.figures
        if (f.option, f.subject, f.measure, f.group)
        == (AS_PROPOSED, "dated_contacts", "skill", "contacts=2")
    )
    text = quick_text(with_figure(result, skill, value=0.0), monkeypatch)
    assert "none: no better than its baseline; its wrong names still count" in text
    assert "(known contacts: 2)" in text
    assert "100 of 540" in text


def test_red_lines_say_stops_declared_or_checked(page: Page) -> None:
    for words in ("Stops.", "Declared by you, not verified.", "Checked in simulation."):
        assert words in page.text


def test_a_stopped_proposal_says_so_and_nothing_offsets_it(page: Page) -> None:
    assert "Stopped by red line RL-1: see the red lines below." in page.text
    assert "No option is recommended, and no benefit below offsets that." in page.text


def test_a_proposal_that_nothing_stops_is_still_not_recommended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = sample_result()
    lines = tuple(line.model_copy(update={"verdict": "declared"}) for line in result.red_lines)
    text = quick_text(result.model_copy(update={"red_lines": lines}), monkeypatch)
    assert "Stopped by" not in text
    assert "No option is recommended: weighing" in text


def test_a_loss_not_found_is_told_with_its_bound(page: Page) -> None:
    assert "no loss found, smaller than 0.08" in page.text
    assert "no loss found, smaller than 0.4 points" in page.text


def test_inputs_are_counted_by_their_evidence(page: Page) -> None:
    assert "4 numbers go in: 1 yours, 2 published, 1 assumed." in page.text
    assert "3 have a range, of which 2 were rerun at both ends." in page.text


def test_an_attack_that_was_not_run_is_not_assessed(monkeypatch: pytest.MonkeyPatch) -> None:
    result = sample_result()
    figures = tuple(f for f in result.figures if f.subject != "thief_with_key")
    text = quick_text(result.model_copy(update={"figures": figures}), monkeypatch)
    assert "Listed, but not assessed: it was not run." in text


def test_no_level_of_risk_is_given_unless_asked_for(page: Page) -> None:
    assert "This run gives no level of risk" in page.text
    assert not re.search(r"\b(very low|moderate|very high) risk\b", page.text, re.IGNORECASE)


def one_of_each_measure() -> list[Figure]:
    """One figure as proposed for each section, measure and kind of group."""
    chosen: dict[tuple[str, str, bool], Figure] = {}
    for figure in sample_result().figures:
        if figure.option == AS_PROPOSED:
            place = (figure.section, figure.measure, figure.group == "all")
            chosen.setdefault(place, figure)
    return list(chosen.values())


@pytest.mark.parametrize(
    "figure",
    one_of_each_measure(),
    ids=lambda figure: f"{figure.section}-{figure.measure}-{figure.group}",
)
def test_changing_one_figure_changes_the_text(
    figure: Figure, unchanged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = sample_result()
    old = next(held for held in result.figures if held.key == figure.key)
    value = 1.0 if figure.value == 0 else 0.5 * (figure.value or 0.0)
    count = None if figure.count is None else figure.count // 2 + 1
    changed = with_figure(result, old, value=value, count=count, chance=Range(low=0.0, high=1.0))
    assert quick_text(changed, monkeypatch) != unchanged


@pytest.mark.parametrize("section", ["answer", "attack", "cost"])
def test_changing_a_key_figure_of_an_option_changes_the_text(
    section: str, unchanged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = sample_result()
    measures = {"answer": "answered", "attack": "people_named", "cost": "benefit_error"}
    old = next(
        f
        for f in result.figures
        if (f.option, f.section, f.measure) == ("plain-hash", section, measures[section])
    )
    changed = with_figure(result, old, value=(old.value or 0.0) + 0.011)
    assert quick_text(changed, monkeypatch) != unchanged


def test_hazards_are_told_where_what_is_handed_over_is(page: Page) -> None:
    assert "Pseudonyms that give more away than they seem to" in page.text
    assert "SHA-256 of an identifier, without a key Anybody can hash all valid NHS" in page.text


def test_where_nothing_is_a_hazard_the_report_tells_of_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = sample_result()
    others = {
        "options": tuple(one for one in result.options if one.name != "plain-hash"),
        "figures": tuple(one for one in result.figures if one.option != "plain-hash"),
    }
    without = result.model_copy(update=others)
    assert "give more away" not in quick_text(without, monkeypatch)


def test_a_ranking_is_told_over_its_practices(page: Page) -> None:
    assert "rank correlation 0.83 (0.31 to 1.00). 1 is the same order." in page.text
    assert "How far the order of practices agrees with that under perfect links" in page.text


def with_costs(result: Result, value: float, chance: tuple[float, float]) -> Result:
    """The result with another change of the answer for the option of plain hashes."""
    old = next(
        f
        for f in result.figures
        if (f.option, f.measure, f.subject) == ("plain-hash", "benefit_error", "visits")
    )
    return with_figure(result, old, value=value, chance=Range(low=chance[0], high=chance[1]))


@pytest.mark.parametrize(
    ("value", "chance", "said"),
    [
        (0.1, (0.05, 0.15), "changes by 0.10 (0.05 to 0.15)"),
        (0.01, (-0.1249, 0.02), "no loss found, smaller than 0.13"),
        (-1e-13, (-8e-13, 6e-13), "no loss found: the same but for rounding"),
    ],
)
def test_a_change_of_the_answer_is_read_from_its_range(
    value: float, chance: tuple[float, float], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said in quick_text(with_costs(sample_result(), value, chance), monkeypatch)


def test_what_an_option_leaves_alone_is_exactly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    result = with_costs(sample_result(), 0.0, (0.0, 0.0))
    text = quick_text(result, monkeypatch)
    assert "All other answers and link steps (2 figures) all of them none exactly the same" in text


def test_an_option_without_an_effect_says_that_no_key_figure_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = sample_result()
    proposed = {f.key[2:]: f for f in result.figures if f.option == AS_PROPOSED}
    same = tuple(
        proposed[f.key[2:]].model_copy(update={"option": f.option})
        if f.option == "plain-hash" and f.section != "cost"
        else f
        for f in result.figures
    )
    assert "no key figure changes" not in quick_text(result, monkeypatch)
    assert "no key figure changes" in quick_text(
        result.model_copy(update={"figures": same}), monkeypatch
    )


def over_seeds(result: Result, **changes: object) -> Result:
    """The result with a second seed, whose red lines differ from the first's as told."""
    second = tuple(
        line.model_copy(update={"seed": 2, **(changes if line.id == "RL-3" else {})})
        for line in result.red_lines
    )
    return result.model_copy(update={"seeds": (1, 2), "red_lines": (*result.red_lines, *second)})


def test_seeds_that_say_the_same_of_a_red_line_are_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = quick_text(over_seeds(sample_result()), monkeypatch)
    assert text.count("Lowest recall 93.2 % against a floor of 95 %") == 1
    assert "Seed 1:" not in text


def test_a_red_line_that_one_seed_stops_is_told_as_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = over_seeds(sample_result(), verdict="stops", reason="Lowest recall 91 %.")
    text = quick_text(result, monkeypatch)
    assert "Stopped by red lines RL-1 and RL-3" in text
    assert "With 1 of 2 seeds, such as 2: Lowest recall 91 %." in text
