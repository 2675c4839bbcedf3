"""What happened, replayed as moves of the protocol: the states agree with the record, day by day."""

from __future__ import annotations

from datetime import date

import pytest

from detente.record.as_known import as_known
from detente.record.asof import AsOf, Assume, state_of
from detente.record.files import Record, load_record
from detente.strategy.agenda_file import agenda_path, read_agenda
from detente.strategy.on_the_table import agenda_on
from detente.talks.draws import QUIET
from detente.talks.game import Game
from detente.talks.moves import Move, MoveKind
from detente.talks.protocol import step
from detente.talks.start import game_on
from detente.talks.state import Standing, TalksState
from detente.talks.worths import GivenWorths

US_RECIPROCAL = "measure-us-ieepa-reciprocal-duty-china"
US_FENTANYL = "measure-us-ieepa-fentanyl-duty-china"
CHINA_ALL = "measure-china-duty-all-us-goods"
LIST_THREE = "measure-us-section-301-china-list-3"
COST = {"USA": {"USA": 0.002, "CHN": 0.003}, "CHN": {"USA": 0.001, "CHN": 0.003}}


def game_from(record: Record, day: date) -> Game:
    """The game of a day with worths given by hand: no economy is solved."""
    asof = AsOf(day, day)
    agenda = agenda_on(record, asof, read_agenda(agenda_path(record), record))
    return game_on(record, day, agenda, GivenWorths(agenda, COST))


def run_to(game: Game, state: TalksState, day: date, moves: dict[date, list[Move]]) -> TalksState:
    """The state at the start of a day, moves made on theirs."""
    while state.day < day:
        state, _ = step(game, state, moves.get(state.day, []), QUIET)
    return state


def on_record(record: Record, measure: str, day: date) -> float:
    """The rate at the end of a day, all that is known today counted."""
    standing = state_of(record.get(measure), AsOf(day))
    return (standing.rate_percent or 0.0) if standing.in_force else 0.0


@pytest.fixture(scope="module")
def record() -> Record:
    """The shipped record."""
    return load_record("us-china")


def test_geneva_to_stockholm_to_busan(record: Record) -> None:
    game = game_from(record, date(2025, 5, 14))
    clock = "2025-08-12"
    history = {
        date(2025, 8, 11): [Move(MoveKind.EXTEND, side, clock, days=90) for side in ("USA", "CHN")],
        date(2025, 11, 9): [
            *(Move(MoveKind.EXTEND, side, clock, days=365) for side in ("USA", "CHN")),
            Move(MoveKind.REMOVE, "USA", US_FENTANYL, level=10.0),
        ],
    }
    state = game.start
    for day in (date(2025, 6, 30), date(2025, 8, 13), date(2025, 11, 9), date(2025, 11, 12)):
        state = run_to(game, state, day, history)
        for lever in (US_RECIPROCAL, US_FENTANYL, CHINA_ALL):
            assert state.levers[lever].level == on_record(record, lever, day), (lever, day)
    for lever in (US_RECIPROCAL, CHINA_ALL):
        standing = state_of(record.get(lever), AsOf(date(2025, 11, 12)))
        assert state.levers[lever].after_lapse == standing.lapse_rate_percent == 34
        assert standing.expires is not None
        assert state.clocks[clock].expires[game.levers[lever].side] == standing.expires.day
    assert state.levers[US_FENTANYL].removed == 10
    assert state.clocks[clock].extensions == 2
    assert state.standing is Standing.EXTENSION


def test_a_truce_that_is_law_and_begins_in_days_is_what_talks_go_on_from(record: Record) -> None:
    """On 13 May 2025 Geneva is law and bites a day later; Busan is words on 31 October, law on 5 November."""
    eve, day = (game_from(record, date(2025, 5, d)) for d in (13, 14))
    for lever in (US_RECIPROCAL, CHINA_ALL):
        assert eve.start.levers[lever] == day.start.levers[lever]
        assert (eve.start.levers[lever].level, eve.start.levers[lever].after_lapse) == (10, 34)
    assert eve.start.clocks == day.start.clocks
    assert on_record(record, US_RECIPROCAL, date(2025, 5, 13)) == 125
    assert game_from(record, date(2025, 4, 20)).start.levers[US_RECIPROCAL].level == 125
    words, law = (
        game_from(record, date(2025, *d)).start.levers[US_FENTANYL].level for d in ((10, 31), (11, 5))
    )
    assert (words, law) == (20, 10)


def test_threats_open_and_controls_decided_on_a_day_are_played(record: Record) -> None:
    """The threat of 10 October 2025 on a duty in use, the controls of the 9th on their day, until Busan."""
    game = game_from(record, date(2025, 10, 15))
    (threat,) = (t for t in game.start.threats if t.by == "USA")
    assert (game.levers[threat.lever].side, threat.due) == ("USA", date(2025, 11, 1))
    assert game.levers[threat.lever].on_trade
    assert threat.level > game.start.levers[threat.lever].level
    control = "measure-china-battery-controls-october"
    assert [p.day for p in game.start.pending if p.lever == control] == [date(2025, 11, 8)]
    assert game.start.levers[control].level == 0
    assert run_to(game, game.start, date(2025, 11, 9), {}).levers[control].level == 1
    after = game_from(record, date(2025, 11, 12))
    assert not [t for t in after.start.threats if t.by == "USA"]
    assert control not in {p.lever for p in after.start.pending}


def test_a_threat_without_a_day_is_no_duty_on_the_other_side(record: Record) -> None:
    """Of 21 April 2025: countermeasures against third countries that settle at China's expense, on no day."""
    open_ = record.get("threat-china-deals-at-its-expense")
    assert open_.outcome == "open"
    assert not open_.deadline
    assert not [t for t in game_from(record, date(2025, 5, 20)).start.threats if t.by == "CHN"]


def test_a_lapse_is_what_the_law_then_said(record: Record) -> None:
    game = game_from(record, date(2025, 6, 5))
    state = run_to(game, game.start, date(2025, 8, 12), {})
    law = as_known(record, date(2025, 6, 5))
    for lever in (US_RECIPROCAL, CHINA_ALL):
        # Two days on the clock has run out in both zones.
        lapsed = state_of(law.get(lever), AsOf(date(2025, 8, 13), assume=Assume.LAPSED))
        assert state.levers[lever].level == lapsed.rate_percent == 34
    assert state.levers[US_FENTANYL].level == 20
    assert state.standing is Standing.LAPSE


def test_buenos_aires_put_off_and_broken(record: Record) -> None:
    game = game_from(record, date(2018, 12, 2))
    assert game.start.levers[LIST_THREE].level == 10
    assert game.start.levers[LIST_THREE].after_lapse == 25
    history = {
        date(2019, 2, 24): [Move(MoveKind.EXTEND, "USA", "2019-03-01", days=180)],
        date(2019, 5, 9): [Move(MoveKind.IMPOSE, "USA", LIST_THREE, level=25.0)],
    }
    state = run_to(game, game.start, date(2019, 5, 9), history)
    assert state.levers[LIST_THREE].level == on_record(record, LIST_THREE, date(2019, 5, 9)) == 10
    state = run_to(game, state, date(2019, 5, 10), history)
    assert state.levers[LIST_THREE].level == on_record(record, LIST_THREE, date(2019, 5, 10)) == 25
    assert state.standing is Standing.ESCALATION
    assert run_to(game, game.start, date(2019, 3, 1), {}).levers[LIST_THREE].level == 25


def test_what_is_law_and_bites_later_is_not_a_new_rise(record: Record) -> None:
    game = game_from(record, date(2026, 2, 21))
    surcharge = "measure-us-section-122-surcharge"
    assert game.start.levers[surcharge].level == 0
    assert US_RECIPROCAL not in {k for k, now in game.start.levers.items() if now.level or now.suspended}
    state = run_to(game, game.start, date(2026, 2, 25), {})
    assert state.levers[surcharge].level == on_record(record, surcharge, date(2026, 2, 25)) == 10
    assert state.standing is Standing.NONE
    state = run_to(game, state, date(2026, 7, 25), {})
    assert state.levers[surcharge].level == on_record(record, surcharge, date(2026, 7, 25)) == 0
