"""What clocks, pledges, rulings, deniable words and third countries come to, each in a small played scene."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from detente.talks.counted import contact_after
from detente.talks.draws import QUIET, Draws
from detente.talks.effects import BROKEN_WORD, DISOWNED_HEALTH, sign
from detente.talks.game import Game, Partner, soft_clock
from detente.talks.legal import IllegalMove
from detente.talks.moves import Move, MoveKind
from detente.talks.partners import voices
from detente.talks.payoffs import flow
from detente.talks.protocol import APPEAL_DAYS, act, night, step
from detente.talks.rules import refusal
from detente.talks.run import meet, play
from detente.talks.sides.bargaining import at_the_deadline, reciprocal
from detente.talks.sides.named import negotiator
from detente.talks.sides.view import View
from detente.talks.state import Offer, Standing, TalksState
from detente.talks.story import ending, sentence, told
from detente.talks.synthetic import TRUCE, synthetic_game, without_clock

GAME = synthetic_game()
COST = GAME.hazards.audience_cost


def pass_days(game: Game, state: TalksState, days: int, draws: Draws = QUIET):
    """Quiet days on which nobody moves, with what happens in them."""
    events = []
    for _ in range(days):
        state, happened = step(game, state, (), draws)
        events += happened
    return state, events


def at(state: TalksState, channel: str) -> TalksState:
    """The state with a meeting on its day."""
    now = replace(state.channels[channel], meeting=state.day)
    return replace(state, channels={**state.channels, channel: now})


def view_of(game: Game, state: TalksState, side: str) -> View:
    return View(game, state, side, game.types[side][0], QUIET.sides[0])


# Clocks: the same day, three kinds, three ends.


def test_a_soft_day_passes_with_words_alone():
    game = without_clock(GAME)
    due = game.start.day + timedelta(days=10)
    state, _ = act(game, game.start, Move(MoveKind.SET_DAY, "AAA", soft_clock("AAA"), day=due), QUIET)
    assert view_of(game, state, "BBB").days_to_bargain == 10
    before = state
    state, events = pass_days(game, state, 10)
    assert state.levers == before.levers
    assert state.standing is Standing.NONE
    assert state.credibility["AAA"] == pytest.approx(before.credibility["AAA"] - COST)
    assert state.credibility["BBB"] == before.credibility["BBB"]
    assert state.channels["leaders"].health < before.channels["leaders"].health
    assert state.channels["ministers"].health == before.channels["ministers"].health
    assert [event.kind.value for event in events] == ["day_passed"]
    assert "no law hangs on it" in sentence(game, events[0])
    assert not state.clocks


def test_a_day_set_by_one_who_is_not_believed_does_not_press():
    game = without_clock(GAME)
    due = game.start.day + timedelta(days=5)
    state, _ = act(game, game.start, Move(MoveKind.SET_DAY, "AAA", soft_clock("AAA"), day=due), QUIET)
    doubted = replace(state, credibility={**state.credibility, "AAA": 0.2})
    assert view_of(game, doubted, "BBB").days_to_bargain is None
    pressed, calm = (at_the_deadline(view_of(game, one, "BBB")) for one in (state, doubted))
    assert pressed < calm
    with pytest.raises(IllegalMove, match="no law"):
        act(game, state, Move(MoveKind.EXTEND, "AAA", soft_clock("AAA"), days=9), QUIET)


def test_the_law_ends_a_hard_clock_by_itself_and_an_extendable_one_unless_extended():
    state, _ = act(GAME, GAME.start, Move(MoveKind.IMPOSE, "AAA", "AAA:surcharge", level=15.0), QUIET)
    state, _ = pass_days(GAME, state, 1)
    hard = next(key for key in state.clocks if GAME.clocks[key].kind == "hard")
    for kind in (MoveKind.EXTEND, MoveKind.PLEDGE):
        assert "nobody can extend" in refusal(GAME, state, Move(kind, "AAA", hard, days=30))
    # A hard end presses the side that loses its duty by it, and not the other.
    loose = replace(state, clocks={hard: state.clocks[hard]})
    assert view_of(GAME, loose, "AAA").days_to_bargain == 150
    assert view_of(GAME, loose, "BBB").days_to_bargain is None
    for side in GAME.sides:
        state, _ = act(GAME, state, Move(MoveKind.EXTEND, side, TRUCE, days=200), QUIET)
    state, events = pass_days(GAME, state, 150)
    assert state.levers["AAA:surcharge"].level == 0
    assert state.levers["AAA:duty"].level == 10
    assert {e.what for e in events if e.kind.value == "lapsed"} == {"AAA:surcharge"}


# Pledges.


def test_a_pledge_kept_costs_nothing_and_one_broken_costs_credit_channels_and_trust():
    pledge = Move(MoveKind.PLEDGE, "AAA", TRUCE, days=60)
    state, _ = act(GAME, GAME.start, pledge, QUIET)
    assert state.pledges == {"AAA": {TRUCE: 60}}
    assert "already" in refusal(GAME, state, pledge)
    kept, _ = act(GAME, state, Move(MoveKind.EXTEND, "AAA", TRUCE, days=60), QUIET)
    assert not kept.pledges["AAA"]
    broken, events = pass_days(GAME, state, 90)
    other, _ = pass_days(GAME, GAME.start, 90)
    assert broken.standing is other.standing is Standing.LAPSE
    assert other.credibility["AAA"] - broken.credibility["AAA"] == pytest.approx(BROKEN_WORD * COST)
    assert broken.channels["ministers"].health == pytest.approx(other.channels["ministers"].health / 2)
    assert broken.channels["envoys"].health == other.channels["envoys"].health
    assert broken.beliefs["BBB"]["firm"] > state.beliefs["BBB"]["firm"]
    assert any(e.kind.value == "pledge_broken" and "did not" in sentence(GAME, e) for e in events)


def test_who_has_pledged_lets_the_clock_run_out_less_often():
    ends = []
    for pledges in ({}, {side: {TRUCE: 90} for side in GAME.sides}):
        game = replace(
            GAME,
            start=replace(GAME.start, pledges=pledges),
            hazards=replace(GAME.hazards, lapse=0.5, threat=dict.fromkeys(GAME.sides, 0.0)),
        )
        sides = {side: negotiator("hardliner") for side in game.sides}
        ends.append(sum(play(game, sides, 1, run, 100).why is Standing.LAPSE for run in range(60)))
    assert ends[1] < ends[0] / 2


# Rulings.


def contested(**hazards: float) -> Game:
    """The game in which a court is asked about AAA's duty every other day."""
    lever = replace(GAME.levers["AAA:duty"], contested=True)
    return replace(
        GAME, levers={**GAME.levers, "AAA:duty": lever}, hazards=replace(GAME.hazards, ruling=0.5, **hazards)
    )


def test_a_ruling_that_is_stayed_changes_nothing_until_the_last_word():
    game = contested(stayed=1.0, upheld=1.0)
    state, events = night(game, game.start, replace(QUIET, ruling=0.1))
    assert [e.kind.value for e in events] == ["ruling_stayed"]
    assert state.levers == game.start.levers
    due = game.start.day + timedelta(days=APPEAL_DAYS)
    assert state.appeals == {"AAA:duty": due}
    state, events = pass_days(game, state, APPEAL_DAYS)
    assert state.levers["AAA:duty"].level == 0
    assert "ruling" in {e.kind.value for e in events}
    assert not state.appeals
    stands = contested(stayed=1.0, upheld=0.0)
    state, _ = night(stands, stands.start, replace(QUIET, ruling=0.1))
    state, events = pass_days(stands, state, APPEAL_DAYS)
    assert state.levers["AAA:duty"].level > 0
    assert "upheld" in {e.kind.value for e in events}


def test_what_a_court_strikes_down_for_good_may_be_replaced():
    seen = {}
    for replaced in (0.0, 1.0):
        game = contested(stayed=0.0, replaced=replaced)
        other = replace(game.levers["AAA:surcharge"], broad=True)
        game = replace(game, levers={**game.levers, "AAA:surcharge": other})
        # One ruling on the first day, none after.
        state, _ = night(game, game.start, replace(QUIET, ruling=0.1))
        quiet = replace(game, hazards=replace(game.hazards, ruling=0.0))
        sides = {side: negotiator("tit-for-tat") for side in game.sides}
        found = play(quiet, sides, 2, 0, 3, start=state)
        seen[replaced] = [m.move.what for m in found.events if m.move and m.move.kind is MoveKind.IMPOSE]
    assert seen[0.0] == []
    assert seen[1.0][0] == "AAA:surcharge"


# Deniable words.


def test_a_deniable_offer_may_be_worsened_and_disowned_at_the_price_of_the_channel_alone():
    generous, stingy = "half", "licences"
    assert GAME.packages[generous].worth["BBB"] > GAME.packages[stingy].worth["BBB"]
    formal = at(GAME.start, "ministers")
    for key in (generous, stingy):
        formal, _ = act(GAME, formal, Move(MoveKind.OFFER, "AAA", key), QUIET)
    assert formal.credibility["AAA"] == pytest.approx(GAME.start.credibility["AAA"] - COST)
    state = GAME.start
    for key in (generous, stingy):
        state, _ = act(GAME, state, Move(MoveKind.EMISSARY, "AAA", "envoys", key), QUIET)
    health = state.channels["envoys"].health
    state, events = act(GAME, state, Move(MoveKind.DISOWN, "AAA", "envoys"), QUIET)
    assert state.credibility == GAME.start.credibility
    assert not state.offers
    assert state.channels["envoys"].health == pytest.approx(health * DISOWNED_HEALTH)
    assert "nobody spoke for it" in sentence(GAME, events[0])
    assert "no offer" in refusal(GAME, state, Move(MoveKind.DISOWN, "AAA", "envoys"))
    assert "can be denied" in refusal(GAME, formal, Move(MoveKind.DISOWN, "AAA", "ministers"))


def test_nobody_signs_a_deniable_word_and_it_moves_the_other_half_as_far():
    word = Offer("half", GAME.start.day, "envoys")
    formal = replace(word, channel="ministers")
    shown = {}
    for offer in (word, formal):
        state = replace(at(GAME.start, "ministers"), offers={"AAA": offer}, rounds=3)
        after, events = act(GAME, state, Move(MoveKind.ACCEPT, "BBB"), QUIET)
        assert (after.standing is Standing.PARTIAL_DEAL) is (offer is formal)
        assert events[-1].kind.value == ("signed" if offer is formal else "agreed_in_principle")
        shown[offer.channel] = reciprocal(view_of(GAME, state, "BBB"))
    assert shown["envoys"] > shown["ministers"]


# Third countries.

ABROAD = (
    Partner("CCC", rerouted=0.1),
    Partner("DDD", frozenset({"duty of AAA=suspend to 5"}), {"AAA": 0.05}, voice=0.1),
)


def test_partners_divert_and_support_when_duties_rise_and_retaliate_against_a_clause():
    game = synthetic_game(partners=ABROAD)
    lapsed, events = pass_days(game, game.start, 90)
    assert lapsed.standing is Standing.LAPSE
    assert lapsed.partners == {"CCC": "diverts", "DDD": "supports"}
    assert voices(game, lapsed) == pytest.approx(0.1)
    said = [sentence(game, e) for e in events if e.kind.value == "partner"]
    assert any("goods go through it" in one for one in said)
    assert any("speaks for a deal" in one for one in said)
    # What goes through CCC avoids a tenth of what AAA's duty costs BBB; BBB's own duty costs it the same.
    plain = replace(lapsed, partners={"CCC": "watches", "DDD": "watches"})
    by_theirs = game.cost["BBB"]["AAA:duty"] * 24
    assert flow(game, "BBB", lapsed) - flow(game, "BBB", plain) == pytest.approx(0.1 * by_theirs)
    state = replace(at(game.start, "ministers"), offers={"BBB": Offer("half", game.start.day, "ministers")})
    signed, events = act(game, replace(state, rounds=3), Move(MoveKind.ACCEPT, "AAA"), QUIET)
    assert signed.partners == {"CCC": "opposes", "DDD": "retaliates"}
    again, _ = pass_days(game, signed, 30)
    assert again.partners["DDD"] == "retaliates"
    assert again.pressure["AAA"] == pytest.approx(signed.pressure["AAA"] + 30 * _daily(game, again), rel=1e-6)


def _daily(game: Game, state: TalksState) -> float:
    return max(0.0, -flow(game, "AAA", state)) / 365


def test_a_partner_opposes_when_duties_come_down_and_its_voice_counts_at_home():
    game = synthetic_game(partners=(Partner("CCC", voice=0.5),))
    state, _ = act(game, game.start, Move(MoveKind.REMOVE, "AAA", "AAA:duty", level=0.0), QUIET)
    assert state.partners == {"CCC": "opposes"}
    ready = replace(
        at(state, "ministers"), offers={"BBB": Offer("licences", state.day, "ministers")}, rounds=3
    )
    draws = replace(QUIET, votes=(0.6, 0.6))
    _, events = act(game, ready, Move(MoveKind.ACCEPT, "AAA"), draws)
    assert events[-1].kind.value == "not_ratified"
    _, events = act(game, replace(ready, partners={"CCC": "watches"}), Move(MoveKind.ACCEPT, "AAA"), draws)
    assert events[1].kind.value == "signed"


# Parts that together settle the agenda, and a meeting that is called off under way.


def test_parts_that_together_settle_the_agenda_are_a_whole_deal_and_leaders_sign_it():
    game = replace(GAME, issues=("a", "b", "c"))
    state = replace(at(game.start, "ministers"), rounds=3, signed=("licences",), settled=frozenset({"x"}))
    for channel, outcome in (("ministers", "agreed_in_principle"), ("leaders", "signed")):
        ready = replace(at(replace(state, channels=game.start.channels), channel))
        ready = replace(ready, offers={"BBB": Offer("half", state.day, channel)})
        after, events = act(game, ready, Move(MoveKind.ACCEPT, "AAA"), QUIET)
        assert events[-1].kind.value == outcome
    assert after.standing is Standing.DEAL


class _CallsOff:
    name = "calls off"

    def moves(self, view: View) -> list[Move]:
        return []

    def at_the_table(self, view: View) -> Move | None:
        return Move(MoveKind.CALL_OFF, view.side, "ministers")


def test_a_meeting_that_one_side_calls_off_under_way_is_over():
    state = at(GAME.start, "ministers")
    sides = {"AAA": _CallsOff(), "BBB": negotiator("tit-for-tat")}
    types = {side: GAME.types[side][0] for side in GAME.sides}
    events = []
    after = meet(GAME, sides, types, state, QUIET, events)
    assert [e.kind.value for e in events] == ["move", "not_met"]
    assert after.channels["ministers"].meeting is None


# Bursts of contacts, from a record.


def test_contacts_come_in_bursts_as_the_record_has_them_and_average_one():
    from detente.record.as_known import as_known
    from detente.record.files import load_record

    record = load_record("us-china")
    day = date(2025, 5, 14)
    factors = contact_after(as_known(record, day), day)
    assert [most for most, _ in factors] == sorted(most for most, _ in factors)
    soon, late = factors[0][1], factors[-1][1]
    assert soon > 1 > late > 0
    assert contact_after(as_known(record, date(2018, 2, 1)), date(2018, 2, 1)) == ()


def test_every_play_says_why_it_ended():
    sides = {"AAA": negotiator("deadline"), "BBB": negotiator("hardliner")}
    game = synthetic_game(partners=ABROAD)
    for run in range(20):
        transcript = play(game, sides, 5, run, 200)
        assert ending(game, transcript)
        assert all(words for _, words in told(game, transcript))
        assert transcript.why is transcript.final.standing


def test_time_agreed_in_principle_is_given_once():
    state = replace(GAME.start, agreed="extend 90")
    signed = sign(GAME, state, GAME.packages["extend 90"])
    assert signed.standing is Standing.EXTENSION
    assert not signed.agreed
    for side in GAME.sides:
        state, _ = act(GAME, state, Move(MoveKind.EXTEND, side, TRUCE, days=90), QUIET)
    assert state.standing is Standing.EXTENSION
    assert not state.agreed
    assert sign(GAME, replace(GAME.start, agreed="licences"), GAME.packages["extend 90"]).agreed == "licences"


def test_nobody_adds_to_time_that_is_there():
    far = view_of(GAME, GAME.start, "AAA")
    assert far.days_left > 28
    assert far.extension is None
    near, _ = pass_days(GAME, GAME.start, far.days_left - 14)
    assert view_of(GAME, near, "AAA").extension == GAME.packages["extend 90"]


def test_a_channel_gone_cold_takes_longer_and_a_word_through_a_spent_one_is_hardly_heard():
    from detente.talks.sides.conduct import COLD_DAYS, _day

    state = GAME.start
    ministers = GAME.channels["ministers"]
    ready, cold = (
        replace(
            state, channels={**state.channels, "ministers": replace(state.channels["ministers"], health=h)}
        )
        for h in (1.0, 0.0)
    )
    later = replace(GAME, start=replace(GAME.start, day=GAME.start.day - timedelta(days=1)))
    days = [_day(view_of(later, one, "AAA"), ministers) for one in (ready, cold)]
    assert days[1] - days[0] == timedelta(days=COLD_DAYS)
    asked = []
    for share in (1.0, 0.1):
        envoys = replace(state.channels["envoys"], health=share, last=state.day)
        told_so = replace(
            state,
            channels={**state.channels, "envoys": envoys},
            offers={"AAA": Offer("half", state.day, "envoys")},
        )
        asked.append(reciprocal(view_of(GAME, told_so, "BBB")))
    assert asked[0] < asked[1]


def test_claims_are_borne_out_contradicted_or_without_content_and_the_transcript_says_so():
    quiet = replace(GAME.start, channels={k: replace(c, last=None) for k, c in GAME.start.channels.items()})
    said, _ = act(GAME, quiet, Move(MoveKind.CLAIM, "AAA", "talks"), QUIET)
    assert said.claims[0].true is False
    after, events = pass_days(GAME, said, 16)
    assert [e.kind.value for e in events] == ["claim_contradicted"]
    assert "contradicted" in sentence(GAME, events[0])
    assert after.credibility["AAA"] == pytest.approx(quiet.credibility["AAA"] - COST)
    met, events = step(GAME, at(said, "ministers"), (), QUIET)
    assert [e.kind.value for e in events] == ["met", "claim_confirmed"]
    assert met.credibility == quiet.credibility
    empty, _ = act(GAME, quiet, Move(MoveKind.CLAIM, "AAA", "goodwill"), QUIET)
    assert empty.claims[0].standing == "without_content"
    after, events = pass_days(GAME, empty, 16)
    assert not events
    assert after.credibility == quiet.credibility


class _WalksOut:
    name = "walks out"

    def moves(self, view: View) -> list[Move]:
        return [] if view.state.broken_off_by else [Move(MoveKind.WALK_OUT, view.side)]

    def at_the_table(self, view: View) -> Move | None:
        return None


PAIRS = (("conceder", "conceder"), ("hardliner", "hardliner"), ("deadline", "tit-for-tat"))


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing.DEAL, "Signed"),
        (Standing.PARTIAL_DEAL, "Signed"),
        (Standing.EXTENSION, "The truce is extended"),
        (Standing.LAPSE, "The clock has run out"),
        (Standing.ESCALATION, "In force"),
        (Standing.BREAKDOWN, "breaks talks off"),
        (Standing.NONE, "official meeting"),
    ],
)
def test_the_ending_names_the_act_that_decided_it(standing, words):
    game = without_clock(GAME) if standing is Standing.NONE else GAME
    pairs = [tuple(map(negotiator, names)) for names in PAIRS]
    if standing is Standing.BREAKDOWN:
        pairs = [(_WalksOut(), negotiator("hardliner"))]
    days = 20 if standing is Standing.BREAKDOWN else 300
    plays = (
        play(game, dict(zip(game.sides, pair, strict=True)), 8, run, days)
        for pair in pairs
        for run in range(120)
    )
    found = next(one for one in plays if one.why is standing)
    assert words in ending(game, found)
