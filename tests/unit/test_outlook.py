"""What is read from runs: shares that sum to one, paths, contacts, fans, and what they turn on."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from detente.core.errors import InvalidOption
from detente.talks.game import LEVELS
from detente.talks.happened import CONTROLS
from detente.talks.odds import in_words
from detente.talks.outlook import PATHS, Outlook, Question, swept_runs
from detente.talks.outlook_events import EVENTS
from detente.talks.outlook_mix import at_record_rates, mix_of
from detente.talks.outlook_runs import (
    OUTCOMES,
    SCHEMA,
    STANDING,
    Runs,
    decided,
    outcome_shares,
    report_days,
    values_on,
)
from detente.talks.outlook_sweep import Here, Processes
from detente.talks.outlook_turns import acts, assumptions, effects
from detente.talks.sides.conduct import keeps_in_touch, presses
from detente.talks.sides.named import negotiator
from detente.talks.state import STATUS_QUO, Pending, Standing, levels_of
from detente.talks.synthetic import synthetic_game, without_clock

MIX = ("tit-for-tat", "hardliner", "deadline")


class Labels:
    """States whose policies are their labels, with a duty told from them."""

    def __init__(self):
        self.found = {}

    def key_of(self, levels, on):
        key = ";".join(f"{name}={level:g}" for name, level in sorted(levels.items())) or STATUS_QUO
        self.found[key] = SimpleNamespace(
            duty_points={"AAA": levels.get("AAA:duty", 10.0), "BBB": levels.get("BBB:duty", 10.0)}
        )
        return key


def question(**changes):
    game = changes.pop("game", synthetic_game())
    given = {"mix": dict.fromkeys(game.sides, MIX), "seed": 3, "runs": 60, "days": 150}
    return Question(game, **{**given, **changes})


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    asked = question()
    swept = swept_runs(asked, Here(), tmp_path_factory.mktemp("runs"))
    return Outlook(asked, swept, Labels(), {"AAA": 2.0, "BBB": 5.0})


def test_outcomes_by_date_are_shares_of_runs_that_sum_to_one(found):
    rows = found.outcomes_by_date()
    assert rows[0]["none"] == 1
    assert rows[-1]["date"] == "2025-10-11"
    for row in rows:
        assert sum(row[name] for name in OUTCOMES) == pytest.approx(1, abs=1e-12)
        assert all(row[name] * 60 == pytest.approx(round(row[name] * 60)) for name in OUTCOMES)
    assert max(row["none"] for row in rows[-3:]) < 1


def test_the_share_at_a_date_is_that_of_the_transcripts(found):
    plays = [found.question.work.play(run) for run in range(60)]
    day = found.question.first_day + timedelta(days=91)
    row = next(r for r in found.outcomes_by_date() if r["date"] == day.isoformat())
    last = [[word for since, word in decided(p.standings) if since <= day][-1] for p in plays]
    assert row["extension"] == last.count(Standing.EXTENSION) / 60
    assert row["lapse"] == sum(p.standing_on(day) == "lapse" for p in plays) / 60


def test_a_deal_that_is_extended_stays_a_deal_and_one_that_lapses_does_not():
    day = date(2025, 1, 1)
    told = [Standing.NONE, Standing.PARTIAL_DEAL, Standing.EXTENSION, Standing.LAPSE, Standing.EXTENSION]
    kept = [word for _, word in decided([(day, word) for word in told])]
    assert kept == [Standing.NONE, Standing.PARTIAL_DEAL, Standing.LAPSE, Standing.EXTENSION]


def test_the_first_contact_is_the_transcripts_first_official_one(found):
    contact = found.next_contact()
    official = {k for k, c in found.question.game.channels.items() if c.track == "official"}
    firsts = []
    for run in range(60):
        held = [day for day, channel in found.question.work.play(run).contacts() if channel in official]
        firsts.append(min(held) if held else None)
    assert contact["none_share"] == pytest.approx(firsts.count(None) / 60)
    assert sum(contact["level"].values()) + contact["none_share"] == pytest.approx(1)
    by = date.fromisoformat(contact["by"])
    assert sum(f is not None and f <= by for f in firsts) >= 30
    assert sum(f is not None and f < by for f in firsts) < 30


def test_an_event_by_a_date_is_one_of_the_transcripts(found):
    """Counted again from whole plays: contacts by level, signatures, lapses, rises of duties and controls."""
    game, first = found.question.game, found.question.first_day
    plays = [found.question.work.play(run) for run in range(60)]

    def share(came_about, until):
        return sum(came_about(play, first + timedelta(days=until)) for play in plays) / 60

    def met(least):
        keys = {
            k
            for k, c in game.channels.items()
            if c.track == "official" and LEVELS.index(c.level) >= LEVELS.index(least)
        }
        return lambda play, last: any(k in keys and day <= last for day, k in play.contacts())

    def stood(*words):
        return lambda play, last: any(since <= last and word in words for since, word in play.standings)

    def rose(wanted):
        def seen(play, last):
            labels = [levels_of(label) for day, label in play.policies if day <= last]
            start = {name: lever.level for name, lever in game.start.levers.items()}
            return any(
                wanted(game.levers[name]) and {**start, **new}[name] > {**start, **old}[name]
                for old, new in pairwise(labels)
                for name in start
            )

        return seen

    signed = (Standing.DEAL, Standing.PARTIAL_DEAL, Standing.EXTENSION)
    by_hand = {
        "leader": met("leader"),
        "minister": met("minister"),
        "deputy": met("deputy"),
        "signed": stood(*signed),
        "lapse": stood(Standing.LAPSE),
        "new_duty": rose(lambda lever: lever.on_trade),
        "new_control": rose(lambda lever: lever.instrument in CONTROLS),
    }
    rows = found.events_by_date()
    assert rows[0] == {"date": first.isoformat(), **dict.fromkeys(EVENTS, 0.0)}
    for offset, row in zip(found.days, rows, strict=True):
        for name, seen in by_hand.items():
            assert row[name] == pytest.approx(share(seen, offset)), (name, row["date"])
        assert max(row["signed"], row["lapse"], row["new_duty"]) <= row["change"]
        assert row["leader"] <= row["minister"] <= row["deputy"]
    last = rows[-1]
    assert min(last[name] for name in ("minister", "signed", "lapse", "new_duty")) > 0


def test_the_four_paths_share_out_every_run_at_both_days(found):
    tree = found.tree(None)
    assert tree["first_date"] == "2025-08-12"
    assert sum(path["share"] for path in tree["paths"]) == pytest.approx(1)
    assert sum(branch["share"] for branch in tree["branches"]) == pytest.approx(1)
    for branch in tree["branches"]:
        assert sum(leaf["share"] for leaf in branch["leads_to"]) == pytest.approx(1)
    assert {path["path"] for path in tree["paths"]} == set(PATHS)


@pytest.mark.parametrize(
    ("standing", "label", "path"),
    [
        ("none", STATUS_QUO, "holds"),
        ("extension", STATUS_QUO, "holds"),
        ("lapse", "AAA:duty=34;BBB:duty=34", "lapse"),
        ("escalation", "AAA:surcharge=15", "lapse"),
        ("escalation", "AAA:chips=1", "decoupling"),
        ("partial_deal", "BBB:metals=0.25", "deal"),
        ("extension", "BBB:metals=0.6", "holds"),
    ],
)
def test_a_path_is_told_by_what_is_signed_and_what_is_raised(found, standing, label, path):
    assert found._path_of(standing, label) == path


def test_a_duty_decided_before_the_first_day_is_no_rise_of_a_path(found):
    game = found.question.game
    step = Pending("AAA", "AAA:surcharge", 15.0, game.start.day + timedelta(days=9))
    decided = replace(game, start=replace(game.start, pending=(step,)))
    other = Outlook(replace(found.question, game=decided), found.swept, Labels(), {"AAA": 0.0, "BBB": 0.0})
    assert found._path_of("none", "AAA:surcharge=15") == "lapse"
    assert other._path_of("none", "AAA:surcharge=15") == "holds"


def test_a_fan_holds_values_of_runs_and_widens_from_a_point(found):
    fan = found.fans(None)[0]
    assert (fan["quantity"], fan["of"]) == ("duty_percent", "AAA_on_BBB")
    first, last = fan["by_date"][0], fan["by_date"][-1]
    assert first["p5"] == first["p95"] == 12.0
    assert last["p5"] <= last["p25"] <= last["p50"] <= last["p75"] <= last["p95"]
    seen = {2.0 + state.duty_points["AAA"] for state in found.states.found.values()}
    assert {last[f"p{q}"] for q in (5, 25, 50, 75, 95)} <= seen


def test_runs_are_the_same_in_chunks_of_any_size_and_in_other_processes(tmp_path):
    work = question().work
    whole = work(range(12))
    assert whole.schema == SCHEMA
    parts = [work(range(start, start + 4)) for start in (0, 4, 8)]
    assert whole.equals(parts[0].vstack(parts[1]).vstack(parts[2]))
    pool = Processes(2)
    try:
        other = swept_runs(question(runs=12), pool, tmp_path)
    finally:
        pool.close()
    assert other.rows.equals(whole)


def test_another_seed_or_game_is_another_question(tmp_path):
    folders = {
        question().folder(tmp_path),
        question(seed=4).folder(tmp_path),
        question(days=151).folder(tmp_path),
        question(game=without_clock(synthetic_game())).folder(tmp_path),
    }
    assert len(folders) == 4
    assert question(runs=61).folder(tmp_path) == question().folder(tmp_path)


def test_one_thing_changed_moves_the_odds_it_should():
    work = question().work
    base = work(range(60))
    lapses = next(v for v in assumptions(work) if v.key == "hazard lapse x2")
    moved = effects(base, lapses.work(range(60)), 60, 91)
    assert sum(cell["change"] for cell in moved.values()) == pytest.approx(0, abs=1e-12)
    assert moved["lapse"]["change"] > 0
    assert moved["lapse"]["error"] > 0
    same = effects(base, base, 60, 91)
    assert all(cell == {"change": 0.0, "error": 0.0} for cell in same.values())


def test_acts_are_moves_of_the_first_day_and_change_its_state():
    work = question().work
    found = list(acts(work))
    assert {v.about for v in found} == {"act"}
    raised = next(v for v in found if v.key.startswith("AAA impose"))
    assert raised.work.game.start != work.game.start
    assert raised.work.game.start.day == work.game.start.day


def test_values_on_a_day_are_the_last_before_its_end():
    runs = Runs(synthetic_game(), {}, 0, 10)
    assert runs.days == 10
    import polars as pl

    rows = pl.DataFrame(
        [
            (0, 0, STANDING, "none"),
            (0, 5, STANDING, "lapse"),
            (1, 0, STANDING, "none"),
            (1, 3, STANDING, "deal"),
        ],
        schema=SCHEMA,
        orient="row",
    )
    got = values_on(rows, STANDING, 2, [0, 3, 4, 5, 9]).tolist()
    assert got == [["none", "none", "none", "lapse", "lapse"], ["none", "deal", "deal", "deal", "deal"]]
    shares = outcome_shares(np.array([["lapse", "breakdown"], ["partial_deal", "none"]]))
    assert shares[0]["lapse"] == shares[0]["deal"] == 0.5
    assert shares[1]["none"] == 1


def test_days_reported_hold_the_ends_the_thirtieth_and_the_clocks():
    days = report_days(date(2025, 6, 5), 180, [date(2025, 8, 12), date(2027, 1, 1)])
    assert {0, 30, 68, 180} <= set(days)
    assert max(days) == 180
    assert report_days(date(2025, 6, 5), 1) == [0, 1]
    assert len(report_days(date(2025, 6, 5), 3650)) < 40


@pytest.mark.parametrize("share", np.linspace(0, 1, 41).tolist())
def test_odds_are_shown_to_five_points_and_never_certain_where_runs_differ(share):
    words = in_words(share)
    if 0 < share < 1:
        assert words not in ("0%", "100%")
        if words[0].isdigit():
            assert int(words[:-1]) % 5 == 0
            assert abs(int(words[:-1]) / 100 - share) <= 0.0251


@pytest.mark.parametrize("changes", [{"runs": 0}, {"days": 0}, {"days": -3}, {"seed": -1}])
def test_questions_that_cannot_be_are_refused(changes):
    with pytest.raises(InvalidOption):
        replace(question(), **changes)


def test_over_the_mix_each_side_threatens_and_asks_at_its_own_rate():
    game = synthetic_game()
    mix = {"AAA": ("hardliner", "deadline", "conceder", "conceder"), "BBB": ("tit-for-tat", "conceder")}
    raised = at_record_rates(game, mix)
    named = {side: [negotiator(name) for name in names] for side, names in mix.items()}
    for side, kinds in named.items():
        threat = [raised.hazards.threat[side] * (kind.press is presses) for kind in kinds]
        asks = [raised.hazards.contact[side] * (kind.contact is keeps_in_touch) for kind in kinds]
        if any(threat):
            assert np.mean(threat) == pytest.approx(game.hazards.threat[side])
        assert np.mean(asks) == pytest.approx(game.hazards.contact[side])
    assert raised.hazards.threat["BBB"] == game.hazards.threat["BBB"]
    assert replace(raised, hazards=game.hazards) == game
    own = mix_of(game)
    assert own["AAA"].count(game.negotiators["AAA"]) in (5, 6)
