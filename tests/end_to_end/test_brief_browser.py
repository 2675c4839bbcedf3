"""The page of a real brief in a browser: phone and desk, light, dark and print, script off."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.brief import sample
from tests.support.page import Page, check_numbers

from detente.brief.page import render

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def briefs() -> dict[str, dict[str, Any]]:
    """Briefs on a day in the truce, and on a day past what the record knows."""
    from detente.analysis.briefing import briefing
    from detente.record.asof import AsOf
    from detente.record.files import load_record

    record = load_record("us-china")
    days = (date(2025, 6, 5), date(2026, 11, 22))
    return {day.isoformat(): json.loads(json.dumps(briefing(record, AsOf(day)))) for day in days}


@pytest.fixture(scope="session")
def pages(briefs: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of the briefs, and of a made-up one with both branches."""
    folder = tmp_path_factory.mktemp("brief")
    found = {}
    for name, brief in {**briefs, "made-up": sample("unknown")}.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(render(brief), encoding="utf-8")
    return found


@pytest.fixture(params=["2025-06-05", "2026-11-22", "made-up"])
def url(request: pytest.FixtureRequest, pages: dict[str, Path]) -> str:
    return pages[request.param].as_uri()


def test_numbers_of_the_real_brief_are_in_its_json(briefs: dict[str, dict[str, Any]]) -> None:
    for brief in briefs.values():
        html = render(brief)
        page = Page(html)
        check_numbers(brief, page)
        assert len(html.encode()) < 1_500_000
        for word in ("NaN", "undefined", "USA_on_CHN"):
            assert not re.search(rf"(?<![\w-]){word}(?![\w-])", page.text), word
        assert not [words for words in page.words if words.strip() == "None"]


def test_reads_without_script_and_asks_for_nothing(browser: Any, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(url)
    assert asked == [url]
    assert said == []
    assert page.locator("h1").count() == 1
    first = page.locator("main h2").all_inner_texts()[:4]
    assert [re.sub(r" since.*", "", words) for words in first] == [
        "Bottom line",
        "Changed",
        "Duties in force",
        "Clocks",
    ]
    context.close()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_never_scrolls_sideways(browser: Any, url: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(url)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_chart_type_is_legible_on_a_phone(browser: Any, url: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(url)
    sizes = page.evaluate(
        """[...document.querySelectorAll('svg.chart text')].filter(t => t.getClientRects().length)
        .map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"""
    )
    assert sizes
    assert min(sizes) >= 10.9
    page.close()


def test_no_label_leaves_the_page(browser: Any, url: str) -> None:
    for width in (360, 1280):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(url)
        out = page.evaluate(
            """w => [...document.querySelectorAll('svg.chart text')].filter(t => {
            const r = t.getBoundingClientRect(); return r.width && (r.left < 0 || r.right > w) })
            .map(t => t.textContent)""",
            width,
        )
        assert out == []
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_the_paper(browser: Any, url: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(url)
    pairs = page.evaluate(
        """() => { const of = (s) => { const e = document.querySelector(s); if (!e) return null;
        let b = e;
        while (b && getComputedStyle(b).backgroundColor === 'rgba(0, 0, 0, 0)') b = b.parentElement;
        const c = getComputedStyle(e);
        const ink = e instanceof SVGElement ? c.fill : c.color;
        return [s, ink, getComputedStyle(b || document.body).backgroundColor] };
        return ['body', '.meta', 'main a', '.none', '.stale', '.unknown', '.p1-ink', '.p2-ink', '.tag',
        'caption', '.when', '.party-1 h3', '.party-2 h3', 'svg .tick', 'svg .p1-text', 'svg .p2-text'].map(of)
        .filter(x => x) }"""
    )
    assert len(pairs) > 10
    for name, ink, paper in pairs:
        assert _contrast(ink, paper) >= 4.5, (name, ink, paper, scheme)
    context.close()


def _contrast(first: str, second: str) -> float:
    def light(colour: str) -> float:
        parts = [int(float(x)) / 255 for x in re.findall(r"[\d.]+", colour)[:3]]
        red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "scheme"), [("made-up", "light"), ("made-up", "dark"), ("2025-06-05", "light")]
)
def test_the_accessibility_checker_finds_nothing_serious(
    browser: Any, pages: dict[str, Path], name: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(pages[name].as_uri())
    found = axe.Axe().run(page).response["violations"]
    assert [
        (v["id"], v["nodes"][0]["html"][:160]) for v in found if v["impact"] in ("serious", "critical")
    ] == []
    context.close()


def test_prints_with_addresses_of_sources(browser: Any, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    page.goto(pages["2025-06-05"].as_uri())
    page.emulate_media(media="print")
    after = page.evaluate("getComputedStyle(document.querySelector('a.url'), '::after').content")
    assert "http" in after or "attr(href)" in after
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.close()
