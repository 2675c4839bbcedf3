"""The Inbox in a browser: drop, decide, undo; two editors at once; hostile pages; in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.reading import ARTICLE
from tests.support.server import running
from tests.support.web import own_settings

from detente.record.files import contents, load_record

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("inbox")


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    with running(own_settings(place, port=0, workers=0)) as found:
        yield found


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Any]:
    """Opens pages of separate people; none may say anything on its console that is not an answer's status."""
    contexts: list[Any] = []
    said: list[str] = []

    def opened(path: str) -> Any:
        context = browser.new_context(base_url=address, viewport={"width": 1300, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: None if "409" in m.text or "422" in m.text else said.append(m.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


def read(page: Any, text: str) -> None:
    """Paste a text and have it read."""
    page.fill("#pasted", text)
    page.fill("[name=published]", "2025-05-23")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".proposal", timeout=90_000)


def test_two_editors_decide_at_once_and_nothing_is_lost(open_page: Any, place: Path) -> None:
    before = contents(place / "mine")
    first = open_page("/inbox")
    first.wait_for_selector("html[data-ready=yes]")
    read(first, ARTICLE)
    assert first.locator("mark").count() > 0
    second = open_page(first.url)
    first.click(".proposal >> nth=0 >> [data-decide=accept]")
    first.wait_for_selector("text=Accepted:")
    second.click(".proposal >> nth=0 >> [data-decide=reject]")
    second.wait_for_selector("text=Conflict.")
    assert "accepted it already" in second.locator("#status").inner_text()
    assert len(load_record(str(place / "mine")).entries) > len([n for n in before if n.endswith(".yaml")]) - 2
    first.goto("/inbox")
    first.click("[data-undo]")
    first.wait_for_selector(".tag:has-text('undone')")
    assert contents(place / "mine") == before


def test_news_by_hand_becomes_an_entry(open_page: Any, place: Path) -> None:
    page = open_page("/inbox")
    page.fill("#h-title", "A thaw, says a minister")
    page.fill("#h-date", "2024-03-01")
    page.fill("#h-claim-says", 'He said: "it is <b>over</b>"')
    page.fill("#h-claim-by", "A. Minister")
    page.evaluate("document.getElementById('h-date').type = 'text'")
    page.fill("#h-date", "some day")
    page.click("#hand button.strong")
    page.wait_for_selector("#h-date[aria-invalid] + .problem")
    assert page.input_value("#h-claim-says") == 'He said: "it is <b>over</b>"'  # nothing is lost
    page.fill("#h-date", "2024-03-01")
    page.click("#hand button.strong")
    page.wait_for_url("**/record/mine/claim-a-thaw-says-a-minister")
    assert "it is <b>over</b>" in page.locator("main").inner_text()
    assert "claim-a-thaw-says-a-minister" in load_record(str(place / "mine")).entries


@pytest.mark.slow
def test_a_side_is_played_from_the_keyboard_alone(open_page: Any) -> None:
    page = open_page("/talks")
    page.wait_for_selector("html[data-ready=yes]")
    page.fill("#p-on", "2021-06-01")  # how a day is typed is the browser's own matter
    page.focus("#p-days")
    page.keyboard.press("Control+A")
    page.keyboard.type("300")
    page.focus("#begin button.strong")
    page.keyboard.press("Enter")
    page.wait_for_url("**/talks/*", timeout=90_000)
    page.focus("#line")
    page.keyboard.type("ask ministers")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-moves='1']")
    assert "ask ministers" in page.inner_text("#pending")
    page.focus("#k-claim summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.input_value("#line").startswith("claim")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-moves='2']")
    page.focus("[data-issue]")
    page.keyboard.press("ArrowDown")
    page.focus("#package button.strong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#weighed table")
    page.focus("[data-back]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-moves='1']")
    page.focus("[data-pass]")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-moves='2']")
    assert "asks for a contact of ministers" in page.inner_text("#status")
    page.reload()
    assert "asks for a contact of ministers" in page.inner_text("#play")


def test_a_page_with_scripts_is_only_words(open_page: Any, tmp_path: Path) -> None:
    hostile = tmp_path / "<img src=x onerror=alert(1)>.html"
    hostile.write_text(
        f"<html><body><script>alert(2)</script><p onclick=alert(3)>{ARTICLE}</p>"
        "<p>He said &lt;img src=x onerror=alert(4)&gt; and <svg onload=alert(5)></svg>.</p></body></html>",
        encoding="utf-8",
    )
    page = open_page("/inbox")
    page.wait_for_selector("html[data-ready=yes]")
    page.set_input_files("[name=files]", hostile)
    page.click("#upload button.strong")
    page.wait_for_url("**/inbox/*", timeout=90_000)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.locator("main img, main script, main svg").count() == 0


def test_works_without_any_network_but_the_server(open_page: Any, address: str) -> None:
    page = open_page("/inbox")
    page.context.route(
        "**/*", lambda route: route.continue_() if address in route.request.url else route.abort()
    )
    for path in ("/today", "/what-if", "/record", "/strategy", "/talks", "/inbox"):
        assert page.goto(path).status == 200


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/inbox", "/strategy", "/talks"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_accessibility_checker_finds_nothing_serious(open_page: Any, path: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = open_page(path)
    page.emulate_media(color_scheme=scheme)
    found = axe.Axe().run(page).response["violations"]
    assert [
        (v["id"], v["nodes"][0]["html"][:160]) for v in found if v["impact"] in ("serious", "critical")
    ] == []


def test_fits_a_phone(open_page: Any) -> None:
    page = open_page("/inbox")
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/inbox", "/strategy", "/talks"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
