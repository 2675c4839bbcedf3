"""The page of a brief from made-up data: nothing invented, nothing loaded, nothing left blank."""

from __future__ import annotations

import math
import re

import pytest
from tests.support.brief import branch, sample
from tests.support.page import Page, check_numbers

from detente.brief import charts, choose, formats, maps
from detente.brief.figures import Figures
from detente.brief.page import render


@pytest.mark.parametrize("state", ["known", "unknown"])
def test_every_number_is_in_the_json(state: str) -> None:
    brief = sample(state)
    check_numbers(brief, Page(render(brief)))


@pytest.mark.parametrize("state", ["known", "unknown"])
def test_nothing_is_loaded_and_nothing_runs(state: str) -> None:
    html = render(sample(state))
    page = Page(html)
    for tag, attributes in page.tags:
        assert tag not in ("script", "link", "img", "iframe", "object", "embed"), tag
        for name in ("src", "href", "xlink:href"):
            target = attributes.get(name) or ""
            if tag != "a":
                assert not target or target.startswith("#"), (tag, target)
        assert not any(name.startswith("on") for name in attributes)
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


@pytest.mark.parametrize("state", ["known", "unknown"])
def test_no_machine_words_on_the_page(state: str) -> None:
    text = Page(render(sample(state))).text
    for word in ("NaN", "None", "undefined", "nan", "inf", "in_force", "USA_on_CHN", "{{", "}}"):
        assert not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text), word


def test_titles_are_escaped() -> None:
    html = render(sample(title="<script>alert(1)</script>"))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_unknown_state_shows_the_reason_and_both_branches() -> None:
    text = Page(render(sample("unknown"))).text
    assert "expiry 10 November 2026 passed" in text
    assert "If the duties whose time ran out have lapsed" in text
    assert "If the duties whose time ran out were extended" in text
    assert "54 if lapsed" in text
    assert "State now unknown" in text


def test_what_reaches_back_and_what_is_void_and_still_collected() -> None:
    text = Page(render(sample())).text
    assert "Exemptions, and steps that reach back" in text
    assert "Telephones and computers" in text
    assert "Void, still collected:" in text
    assert "suspend 暂停" in text


def test_an_unknown_total_says_why() -> None:
    assert "unknown (the ordinary duty on this code is not on record)" in Page(render(sample())).text


def test_what_did_not_solve_has_a_message_and_no_number() -> None:
    brief = sample()
    failed = {"solved": False, "message": "stopped after 200 iterations", "not_solved": []}
    brief["data"]["costs"]["known"] = branch(failed)
    page = Page(render(brief))
    assert "Not solved, so no number is shown: stopped after 200 iterations" in page.text
    assert not [p for p, _, _ in page.numbers if p.startswith("/data/costs/known/scenarios/0/")]


def test_all_scenarios_unsolved_still_draws() -> None:
    brief = sample()
    failed = {"solved": False, "message": "stopped", "not_solved": []}
    for scenario in brief["data"]["costs"]["known"]["scenarios"]:
        scenario["numbers"] = failed
    brief["provenance"]["certificate"] = None
    assert "not solved, no certificate" in Page(render(brief)).text


def test_empty_blocks_say_so() -> None:
    brief = sample()
    data = brief["data"]
    for key in ("law", "undecided", "rulings", "agreements", "talk"):
        data["changed"][key] = []
    data["state"] |= {"clocks": [], "controls": [], "claims": []}
    data |= {"law": [], "calendar": [], "say": [], "talks": [], "assessments": [], "truces": []}
    data["history"] = data["history"][-1:]
    text = Page(render(brief)).text
    assert "No ruling, stay or refund on record by this day." in text
    assert "there is nothing to draw" in text
    assert "Nothing due on record." in text


def test_past_the_last_check_is_said_first() -> None:
    brief = sample()
    brief["data"]["freshness"]["past_checked_days"] = 45
    text = Page(render(brief)).text
    assert text.index("Past the last check by 45 days.") < text.index("Bottom line")


def test_figures_have_names_and_ids_are_unique() -> None:
    page = Page(render(sample("unknown")))
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    assert len(ids) == len(set(ids))
    pictures = [a for tag, a in page.tags if tag == "svg" and a.get("aria-hidden") != "true"]
    assert len(pictures) >= 8
    for picture in pictures:
        assert picture["role"] == "img"
        assert all(name in ids for name in (picture["aria-labelledby"] or "").split())
    targets = {
        (a["href"] or "")[1:] for tag, a in page.tags if tag == "a" and (a["href"] or "").startswith("#")
    }
    assert targets <= set(ids)
    assert sum(tag == "h1" for tag, _ in page.tags) == 1
    tables = sum(tag == "table" for tag, _ in page.tags)
    assert sum(tag == "caption" for tag, _ in page.tags) == tables
    assert all(a.get("scope") for tag, a in page.tags if tag == "th")


def test_the_page_stays_small() -> None:
    assert len(render(sample()).encode()) < 400_000


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("change", -0.0885, "−0.09"),
        ("change", 0.0009, "0.00"),
        ("change", -0.001, "0.00"),
        ("change", 0.4871, "+0.49"),
        ("rate", 7.5, "7.5"),
        ("rate", 30.0, "30"),
        ("rate", 8.94, "8.94"),
        ("share", 0.9961, "99.6"),
        ("dollars", -177.6, "−$178"),
        ("dollars", 12.0, "+$12"),
        ("dollars", 0.2, "$0"),
        ("billions", 8669.3, "8.7"),
        ("year", 2022, "2022"),
        ("count", 1271, "1,271"),
        ("tiny", 3.3e-13, "3.3e−13"),
    ],
)
def test_numbers_read_well(kind: str, value: float, words: str) -> None:
    assert formats.FORMATS[kind](value) == words


def test_days_read_well() -> None:
    assert formats.day("2025-06-05") == "5 June 2025"
    assert formats.day("2025-06") == "June 2025"
    assert formats.moment("2025-08-12 00:01 America/New_York") == "12 August 2025, 00:01 New York"
    assert formats.day(None) == "no day on record"
    assert formats.prose("USA on CHN by 2025-08-12, -3 points") == (
        "United States on China by 12 August 2025, −3 points"
    )
    assert formats.prose("HS 8541-42 and a 90-day truce") == "HS 8541-42 and a 90-day truce"


def test_a_missing_number_is_unknown_with_a_reason() -> None:
    brief = sample()
    brief["data"]["method"]["flow_year"] = None
    words = Figures(brief).number("/data/method/flow_year", "year", "no year on record")
    assert "unknown" in words
    assert "no year on record" in words


def test_claims_that_share_their_answers_share_a_row() -> None:
    claims = sample()["data"]["state"]["claims"]
    twin = claims[0] | {"id": "claim-twin"}
    reply = claims[1] | {"id": "claim-reply", "answers": ["claim-broke"], "chain": []}
    found = choose.pairs([claims[0], twin, reply, claims[1]])
    assert [[c["id"] for c in row["claims"]] for row in found["pairs"]] == [["claim-broke"], ["claim-twin"]]
    assert [a["id"] for a in found["pairs"][0]["against"]] == ["denial-broke", "claim-reply"]
    assert [c["id"] for c in found["alone"]] == ["claim-progress"]
    assert len(choose.pairs([claims[0], twin])["pairs"]) == 1


def test_a_chain_keeps_its_order() -> None:
    chain = sample()["data"]["state"]["claims"][1]["chain"]
    assert choose.chain_words(chain) == "A paper reports: an official said to a banker (phone)"


def test_what_is_announced_is_not_law() -> None:
    found = choose.changes(sample()["data"]["changed"], ["USA", "CHN"])
    assert [[m["id"] for m in group] for group in found["law"]] == [["measure-in_force"]]
    assert [m["id"] for m in found["announced"]] == ["measure-announced"]


def test_measures_between_the_two_come_before_those_on_third_countries() -> None:
    changed = sample()["data"]["changed"]
    here = changed["law"][0] | {"targets": ["CHN"], "all_goods": False}
    moves = [
        here | {"id": "measure-a", "targets": ["MEX"]},
        here | {"id": "measure-b", "targets": ["ALL"]},
        here | {"id": "measure-c"},
    ]
    found = choose.changes(changed | {"law": moves}, ["USA", "CHN"])["law"]
    assert [[m["id"] for m in group] for group in found] == [["measure-b", "measure-c"], ["measure-a"]]


def test_no_outline_crosses_the_map() -> None:
    for _, path in maps.outlines():
        steps = [tuple(map(int, s.split())) for s in re.findall(r"-?\d+ -?\d+", path.replace("M", " "))]
        assert steps
        for ring in path.split("z")[:-1]:
            for step in re.findall(r"(-?\d+) -?\d+", ring.split("l")[1]):
                assert abs(int(step)) < maps.WIDTH / 3


def test_shades_say_loss_and_gain() -> None:
    assert maps.shade(-0.05, 0.02) == "loss3"
    assert maps.shade(0.001, 0.02) == "gain1"
    assert maps.shade(None, 0.02) == "none"


@pytest.mark.parametrize("noise", [0.0, -3e-9, 4e-10])
def test_an_unchanged_world_is_neither_green_nor_violet(noise) -> None:
    income = {"central": noise, "low": noise, "high": noise}
    rows = [
        {"economy": e, "name": e, "real_income_percent": income, "sign_holds": False} for e in ("DEU", "JPN")
    ]
    drawn = str(maps.gains_map(rows, maps.unit(rows), "none", ["USA", "CHN"]))
    assert "still" in drawn
    assert not re.search("gain|loss|unsure", drawn.split("<desc")[1].split("</desc>")[1])
    assert maps.legend(maps.unit(rows), rows) == [("still", "no change")]
    moved = [*rows, {**rows[0], "economy": "MEX", "real_income_percent": {"central": 2e-4}}]
    assert len(maps.legend(0.001, moved)) == 7


def test_map_is_equal_earth_at_the_corners() -> None:
    x, y = maps.equal_earth(180, 0)
    assert math.isclose(x, 2.7066, abs_tol=1e-3)
    assert math.isclose(y, 0, abs_tol=1e-12)
    assert math.isclose(maps.equal_earth(0, 90)[1], 1.3173, abs_tol=1e-3)


def test_the_duty_chart_stops_where_the_state_is_unknown() -> None:
    data = sample("unknown")["data"]
    picture = charts.duty_chart(data, narrow=True)
    assert picture is not None
    assert "unknown" in picture


def test_what_both_would_sign_or_why_nothing_is_shown() -> None:
    text = Page(render(sample("known"))).text
    assert "What both would sign" in text
    assert "ends the duty over fentanyl" in text
    assert "30 June 2025" in text
    assert "3 packages excluded" in text
    text = Page(render(sample("unknown"))).text
    assert "Not shown: what is in force on the day is unknown" in text
