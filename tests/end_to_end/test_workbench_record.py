"""Today and Record in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.server import running
from tests.support.web import quiet_page

from detente.web.settings import Settings

pytestmark = pytest.mark.browser

PAGES = [
    "/today?dispute=us-china&on=2025-06-05",
    "/record?dispute=us-china&q=rare+earth",
    "/record/us-china/agreement-geneva-joint-statement",
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(Settings(port=0)) as found:
        yield found


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    with quiet_page(browser, address, 1300) as opened:
        yield opened


def test_the_slider_moves_everything_through_time(page: Any) -> None:
    page.goto(PAGES[0])
    page.wait_for_selector("html[data-ready=yes]")
    before = page.locator("#part .lead").inner_text()
    assert "30 points" in before
    page.focus("#slider")
    page.click("#before")
    page.wait_for_selector("html[data-milliseconds]")
    assert page.input_value("#on") < "2025-06-05"
    assert page.locator("#part .lead").inner_text() != before
    assert page.input_value("#on") in page.url
    page.evaluate("delete document.documentElement.dataset.milliseconds")
    page.focus("#slider")
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector("html[data-milliseconds]")


def test_the_duty_on_any_good_and_a_clients_bill(page: Any) -> None:
    page.goto(PAGES[0])
    page.fill("#rate [name=hs]", "7326.90.8688")
    page.click("#rate button")
    page.wait_for_selector("#rate-answer .total")
    assert "97.9" in page.locator("#rate-answer .total").inner_text()
    page.click("#box button")
    page.wait_for_selector("#box-answer .total")
    assert "Total" in page.locator("#box-answer").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_accessibility_checker_finds_nothing_serious(page: Any, path: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = axe.Axe().run(page).response["violations"]
    assert [
        (v["id"], v["nodes"][0]["html"][:160]) for v in found if v["impact"] in ("serious", "critical")
    ] == []


@pytest.mark.parametrize("path", PAGES)
def test_fits_a_phone(page: Any, path: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_search_leads_to_an_entry_and_its_sources(page: Any) -> None:
    page.goto("/record?dispute=us-china")
    page.fill("[name=q]", "Geneva joint statement")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=Geneva**")
    page.click("table a >> nth=0")
    assert page.get_by_role("heading", name="Sources", exact=True).count() == 1
