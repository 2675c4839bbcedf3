"""Agendas: what is on the table on a day, which packages can be signed, and errors with their place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from detente.core.errors import DetenteError, InvalidAgenda, InvalidRange
from detente.record.asof import AsOf
from detente.record.files import load_record
from detente.record.folders import copy_dispute
from detente.strategy.agenda import KEEP, Agenda
from detente.strategy.agenda_file import agenda_problems
from detente.strategy.levers_file import read_levers
from detente.strategy.on_the_table import agenda_of

ON = AsOf(date(2025, 5, 10))

TWO = """
issues:
  - id: us-duty
    title: US reciprocal duty
    options:
      - id: ten
        title: cut to 10
        needs: {china-duty: [ten]}
        steps:
          - {by: USA, does: cuts it, measure: DUTY, cut_to: 10, within_days: 4}
      - id: none
        title: ended
        steps:
          - {by: USA, does: ends it, measure: DUTY, end: true, within_days: 9}
  - id: china-duty
    title: Chinese duty on all goods
    options:
      - id: ten
        title: cut to 10
        steps:
          - {by: CHN, does: cuts it, measure: measure-china-duty-all-us-goods, cut_to: 10, within_days: 2}
""".replace("DUTY", "measure-us-ieepa-reciprocal-duty-china")


def read(tmp_path: Path, text: str, asof: AsOf = ON) -> Agenda:
    path = tmp_path / "agenda.yaml"
    path.write_text(text, encoding="utf-8")
    return agenda_of(load_record("us-china"), asof, str(path))


def test_packages_keep_links_and_red_lines(tmp_path: Path) -> None:
    free = read(tmp_path, TWO)
    found = {p.options for p in free.packages()}
    assert found == {(KEEP, KEEP), (KEEP, "ten"), ("ten", "ten"), ("none", KEEP), ("none", "ten")}
    lined = read(tmp_path, TWO + "red_lines:\n  - {side: USA, never: {us-duty: [none]}, because: said so}\n")
    assert {p.options for p in lined.packages()} == found - {("none", KEEP), ("none", "ten")}
    assert lined.forbidden(lined.package({"us-duty": "none"})) == ["USA never accepts us-duty none: said so"]
    assert "needs china-duty: ten" in lined.forbidden(lined.package({"us-duty": "ten"}))[0]
    assert all(not lined.forbidden(package) for package in lined.packages())


def test_steps_come_soonest_first_with_power_of_the_measure(tmp_path: Path) -> None:
    agenda = read(tmp_path, TWO)
    steps = agenda.steps(agenda.package({"us-duty": "ten", "china-duty": "ten"}))
    assert [(s.by, s.within_days) for _, s in steps] == [("CHN", 2), ("USA", 4)]
    assert [s.authority for _, s in steps] == [
        "authority-china-tariff-commission",
        "authority-us-ieepa-duties",
    ]


def test_options_that_change_nothing_on_the_day_are_off_the_table(tmp_path: Path) -> None:
    later = read(tmp_path, TWO, AsOf(date(2025, 6, 5)))
    assert [issue.id for issue in later.issues] == ["us-duty"]
    assert {(d.issue, d.option) for d in later.dropped} == {("us-duty", "ten"), ("china-duty", "ten")}
    assert "at 10 percent" in later.dropped[0].why
    assert later.dropped[0].holds
    # What a link asks for and is no longer on the table cannot be had.
    with pytest.raises(InvalidAgenda, match="us-duty: ten"):
        later.package({"us-duty": "ten"})
    with pytest.raises(InvalidAgenda, match="nothing to settle"):
        read(tmp_path, TWO, AsOf(date(2024, 6, 5)))


def test_a_rise_needs_a_power_of_the_day(tmp_path: Path) -> None:
    rise = TWO.replace("cut_to: 10, within_days: 4", "raise_to: 145, within_days: 4")
    assert "ten" in [o.id for o in read(tmp_path, rise).issues[0].options]
    with pytest.raises(InvalidAgenda, match="may not be used: The Supreme Court"):
        read(tmp_path, rise, AsOf(date(2026, 3, 2)))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (("needs: {china-duty: [ten]}", "needs: {china-duty: [nine]}"), InvalidAgenda, "no such option"),
        (("needs: {china-duty: [ten]}", "needs: {visas: [ten]}"), InvalidAgenda, "no such issue"),
        (("id: china-duty", "id: us-duty"), InvalidAgenda, "twice"),
        (("by: USA, does: cuts it", "by: JPN, does: cuts it"), InvalidAgenda, "not a party"),
        (("by: USA, does: cuts it", "by: CHN, does: cuts it"), InvalidAgenda, "measure of USA"),
        (("measure-china-duty-all-us-goods", "measure-nothing"), InvalidAgenda, "no such entry"),
        (("cut_to: 10, within_days: 4", "cut_to: low, within_days: 4"), InvalidAgenda, "not a rate"),
        (("within_days: 9", "within_days: -9"), InvalidAgenda, "not a number of days"),
        (("id: none", "id: keep"), InvalidAgenda, "by itself"),
        (("end: true, ", ""), InvalidAgenda, "says one thing"),
        (("needs: {china", "worth: {CHN: 3}\n        needs: {china"), InvalidRange, "no source"),
        (("title: ended", "colour: red"), InvalidAgenda, "no such key"),
    ],
)
def test_bad_agendas_name_file_and_line(
    tmp_path: Path, change: tuple[str, str], error: type[DetenteError], words: str
) -> None:
    assert change[0] in TWO
    with pytest.raises(error) as found:
        read(tmp_path, TWO.replace(*change, 1))
    assert words in found.value.text()
    assert int(found.value.where.rsplit(":", 1)[1]) > 1
    assert "agenda.yaml" in found.value.where


def test_contradictory_red_lines_and_an_empty_deal_space(tmp_path: Path) -> None:
    lines = """
red_lines:
  - {side: USA, never: {us-duty: [none, ten]}, because: one}
  - {side: CHN, never: {us-duty: [keep]}, because: two}
"""
    with pytest.raises(InvalidAgenda, match="contradictory red lines on us-duty") as found:
        read(tmp_path, TWO + lines)
    assert "USA at" in found.value.why
    assert "CHN at" in found.value.why
    link = "red_lines:\n  - {side: CHN, never: {us-duty: [keep, none], china-duty: [ten]}, because: two}\n"
    with pytest.raises(InvalidAgenda, match="no package can be signed"):
        read(tmp_path, TWO + link)


def test_a_dispute_without_an_agenda_says_how_to_write_one(tmp_path: Path) -> None:
    folder = copy_dispute(str(tmp_path / "mine"), "china-australia")
    (folder / "agenda.yaml").unlink()
    with pytest.raises(InvalidAgenda, match="has no agenda") as found:
        agenda_of(load_record(str(folder)), AsOf(date(2021, 6, 1)))
    assert "agenda.yaml" in found.value.instead


def test_check_finds_what_is_wrong_with_an_agenda(tmp_path: Path) -> None:
    assert agenda_problems(load_record("us-china")) == []
    folder = copy_dispute(str(tmp_path / "mine"), "us-china")
    path = folder / "agenda.yaml"
    path.write_text(path.read_text("utf-8").replace("cut_to: 7.5", "cut_to: low"), encoding="utf-8")
    (problem,) = agenda_problems(load_record(str(folder)))
    assert "not a rate" in problem.what
    assert problem.where.startswith("mine/agenda.yaml:")


@pytest.mark.parametrize("day", ["2018-12-01", "2025-05-10", "2025-06-05", "2025-10-29", "2026-10-01"])
def test_the_shipped_agenda_has_packages_on_its_days(day: str) -> None:
    agenda = agenda_of(load_record("us-china"), AsOf(date.fromisoformat(day)))
    assert len(agenda.allowed) > 1
    record = load_record("us-china")
    for issue in agenda.issues:
        named = [*issue.entries, *(entry for option in issue.options for entry in option.entries)]
        assert named
        assert all(record.get(entry) for entry in named)


VISAS = """
issues:
  - id: visas
    title: Visas
    options:
      - id: open
        title: given
        steps: [{by: USA, does: gives visas, within_days: 30, instrument: other, authority: an act}]
        since: 2025-01-01
        worth:
          CHN: {cost_of: LEVER}
"""


def test_a_worth_may_be_what_a_lever_costs_the_side(tmp_path: Path) -> None:
    levers = {one.id: one for one in read_levers(load_record("us-china").folder).levers}
    agenda = read(tmp_path, VISAS.replace("LEVER", "us-visas"))
    assert agenda.issues[0].options[1].worth["CHN"] == levers["us-visas"].cost_to_target
    agenda = read(tmp_path, VISAS.replace("LEVER", "cn-gallium-germanium"))
    assert agenda.issues[0].options[1].worth["CHN"] == levers["cn-gallium-germanium"].cost_to_holder


@pytest.mark.parametrize(
    ("lever", "word"), [("us-vises", "no such lever"), ("cn-soybeans", "out of the economy")]
)
def test_a_worth_of_a_lever_without_that_cost_is_refused(tmp_path: Path, lever: str, word: str) -> None:
    with pytest.raises(InvalidAgenda, match=lever) as caught:
        read(tmp_path, VISAS.replace("LEVER", lever))
    assert caught.value.where.endswith("agenda.yaml:11")
    assert word in str(caught.value.why)
