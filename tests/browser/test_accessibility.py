"""Reports in a browser: no violation of WCAG 2.2 A and AA, no request, no sideways scrolling."""

from __future__ import annotations

import os
import shutil
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from scenarios import link_report
from scenarios.asked_pairs import asked_pairs, explained_pairs
from scenarios.link_report import LinkReading
from scenarios.linking import judge, match_prepared, prepare
from scenarios.linking_summary import summary_of
from scenarios.report import render
from tests.people_files import people, write_files
from tests.sample_result import sample_result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = [1280, 320]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of the system; without one the tests are skipped, or fail if one is required."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        reason = "no chromium on the path: install one to test the report in a browser"
        if os.environ.get("LINKASSAY_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{reason} (LINKASSAY_REQUIRE_BROWSER=1)")
        pytest.skip(reason)
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra `test`")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module", params=["run", "link", "duplicates"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run, of a linkage of two files with a truth, or of duplicates in one."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    kind: str = request.param
    made = render(sample_result()) if kind == "run" else linked(path.parent, kind)
    path.write_text(made, encoding="utf-8")
    return path


def linked(at: Path, kind: str) -> str:
    """The report of a linkage in which pairs are linked, for review and asked for."""
    everybody = people(300)
    write_files(at, everybody)
    two = kind == "link"
    if not two:
        again = everybody.head(40).with_columns(pl.col("id") + "-again")
        pl.concat([everybody, again]).write_csv(at / "left.csv")
    right, known = (at / "right.parquet", at / "truth.csv") if two else (None, None)
    prepared = prepare(at / "left.csv", right, truth=known)
    matched = match_prepared(prepared, 1)
    asked = asked_pairs(prepared, ["p1:q1", "p1:q2"] if two else ["p1:p1-again"])
    explained = explained_pairs(prepared, matched, asked)
    quality = judge(prepared, matched)
    summary = summary_of(prepared, matched, quality, 1, {})
    return link_report.render(LinkReading(prepared, matched, quality, summary, explained))


def violations(browser: Browser, report: Path, width: int, *, unfold: bool) -> list[str]:
    """Runs axe-core on the report and names every violation with where it is."""
    page = browser.new_page(viewport={"width": width, "height": 900}, bypass_csp=True)
    page.goto(report.as_uri())
    if unfold:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    page.close()
    assert found["passes"], "axe ran no rule"
    return [
        f"{rule['id']}: {node['target']}" for rule in found["violations"] for node in rule["nodes"]
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("unfold", [False, True], ids=["folded", "unfolded"])
def test_the_report_has_no_violation_of_wcag(
    browser: Browser, report: Path, width: int, *, unfold: bool
) -> None:
    assert violations(browser, report, width, unfold=unfold) == []


def test_a_page_with_a_fault_is_caught(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "faulty.html"
    path.write_text("<title>x</title><svg role=img width=9 height=9></svg>", encoding="utf-8")
    found = violations(browser, path, 1280, unfold=False)
    assert {line.partition(":")[0] for line in found} >= {"html-has-lang", "svg-img-alt"}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("unfold", [False, True], ids=["folded", "unfolded"])
def test_the_page_does_not_scroll_sideways(
    browser: Browser, report: Path, width: int, *, unfold: bool
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(report.as_uri())
    if unfold:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wide <= width


def test_the_page_asks_for_nothing_but_itself(browser: Browser, report: Path) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.route("http://**/*", lambda route: route.abort())
    page.route("https://**/*", lambda route: route.abort())
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    page.emulate_media(media="print", forced_colors="active")
    page.close()
    assert asked == [report.as_uri()]


def test_the_page_reads_the_same_without_scripts(browser: Browser, report: Path) -> None:
    texts = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(report.as_uri())
        texts.append(page.locator("main").inner_text())
        context.close()
    assert texts[0] == texts[1]
    assert "What" in texts[0]
