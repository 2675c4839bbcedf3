"""Priors of talks: counted by rule, nothing from the future, every judgement named and turned."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.support.dispute import TRUCE, duty, write_dispute

from detente.core.days import parse_moment
from detente.core.errors import DateBeforeRecord, InvalidEntry, InvalidOption
from detente.record.as_known import as_known
from detente.record.entries import Agreement, Threat
from detente.record.files import load_record
from detente.talks.evidence import COLUMNS, quantities, read_set_ends, set_ends
from detente.talks.happened import contacts, deals, episodes, new_duties, truces
from detente.talks.posteriors import Evidence, Lengths, Rate, Share
from detente.talks.priors import priors_for, priors_from, sensitivity

DAY = date(2025, 6, 5)


def test_a_share_is_start_plus_weighted_cases():
    evidence = Evidence("record", "", None, 4, {"a": 3.0, "b": 1.0}, 0.5)
    share = Share("x", "", {"a": 0.5 + 1.5, "b": 0.5 + 0.5}, {"a": 0.5, "b": 0.5}, (evidence,))
    assert share.mean("a") == pytest.approx(2 / 3)
    assert share.effective_n == pytest.approx(2)
    low, high = share.interval("a")
    drawn = [share.draw(np.random.default_rng(seed))["a"] for seed in range(4000)]
    assert np.mean([(low < x < high) for x in drawn]) == pytest.approx(0.8, abs=0.02)
    assert np.mean(drawn) == pytest.approx(2 / 3, abs=0.01)


def test_a_rate_gives_the_odds_of_an_event_that_its_draws_give():
    rate = Rate("x", "", 3.5, 700.0, {"events": 0.5, "days": 180}, ())
    drawn = np.array([rate.draw(np.random.default_rng(seed)) for seed in range(20000)])
    assert rate.within(90) == pytest.approx(np.mean(1 - np.exp(-90 * drawn)), abs=0.005)
    assert rate.per_day == pytest.approx(drawn.mean(), rel=0.02)
    low, high = rate.interval(90)
    assert low < rate.within(90) < high


def test_a_length_is_the_weighted_distribution_of_its_cases():
    cases = (
        Evidence("record", "", None, 2, {}, 1.0, values=(1.0, 9.0)),
        Evidence("others", "", DAY, 1, {}, 2.0, values=(5.0,)),
    )
    length = Lengths("x", "", cases)
    assert [length.quantile(q) for q in (0.25, 0.5, 0.76)] == [1.0, 5.0, 9.0]
    assert length.mean() == pytest.approx(5.0)
    with pytest.raises(ValueError, match="no case"):
        Lengths("x", "", ()).quantile(0.5)


def test_duties_between_the_two_are_counted_by_rule():
    record = load_record("us-china")
    found = {(str(e.day), e.side) for e in new_duties(record)}
    assert {
        ("2018-07-06", "USA"),
        ("2018-07-06", "CHN"),
        ("2019-05-10", "USA"),
        ("2019-06-01", "CHN"),
    } <= found
    assert ("2019-01-01", "USA") not in found  # called off on 1 December 2018
    assert not any(day.startswith("2020") for day, _ in found)  # halving is no rise
    assert all("232" not in e.entry or e.side == "CHN" for e in new_duties(record))
    assert [str(e.day) for e in episodes(new_duties(record)) if e.day.year == 2025] == [
        "2025-01-01", "2025-02-04", "2025-03-04", "2025-04-05",
    ]  # fmt: skip


def test_levels_nest_and_posts_are_no_contacts():
    record = load_record("us-china")
    days = {level: {e.day for e in contacts(record, level)} for level in ("leader", "minister", "deputy")}
    assert days["leader"] < days["minister"] < days["deputy"]
    assert date(2025, 6, 4) not in days["leader"]
    assert date(2025, 6, 5) in days["leader"]


def test_a_truce_without_an_end_holds_to_the_first_new_duty():
    record = load_record("us-china")
    ends = {s.entry: (s.start, s.end) for s in truces(record)}
    assert ends["agreement-phase-one"] == (date(2020, 2, 14), date(2024, 9, 27))
    assert ends["agreement-geneva-joint-statement"][1] == date(2025, 8, 12)
    assert "agreement-sunnylands-climate-statement" not in {e.entry for e in deals(record)}


@pytest.mark.parametrize("day", [date(2018, 12, 5), date(2019, 9, 2), date(2025, 5, 1), date(2025, 6, 5)])
def test_nothing_later_enters(day, tmp_path):
    """The same priors from the whole record and from one that ends on the day; no source from later."""
    record = load_record("us-china")
    now = priors_for(record, day)
    assert now.as_dict() == priors_from(as_known(record, day), day).as_dict()
    for item in [*now.shares.values(), *now.rates.values(), *now.lengths.values()]:
        for evidence in item.evidence:
            assert evidence.known is None or evidence.known <= day
            for case in evidence.cases:
                entry = record.get(case)
                assert entry is None or (entry.date or "") <= day.isoformat() or entry.kind == "measure"
    settled = {row.id for row in set_ends() if row.outcome_known and row.outcome_known <= day}
    assert set(now.share("truce_end").evidence[0].cases) <= settled


def test_bloomberg_counts_are_not_known_before_they_were_published():
    record = load_record("us-china")
    before = {e.id for e in priors_for(record, date(2026, 1, 25)).share("threat_carried_out").evidence}
    after = {e.id for e in priors_for(record, date(2026, 1, 26)).share("threat_carried_out").evidence}
    assert after - before == {"bloomberg-tariff-threats"}


def test_more_cases_narrow_the_interval():
    record = load_record("us-china")
    early, late = (priors_for(record, day).share("truce_end") for day in (date(2019, 6, 1), date(2026, 6, 1)))
    assert late.effective_n > early.effective_n
    width = [high - low for low, high in (p.interval("extended") for p in (early, late))]
    assert width[1] < width[0]


def test_weights_turn_what_they_weigh_and_nothing_else():
    record = load_record("us-china")
    plain = priors_for(record, DAY)
    turned = priors_for(record, DAY, weights={"drezner-threats": 0.0})
    assert turned.share("threat_carried_out").n == plain.share("threat_carried_out").n
    assert turned.share("threat_carried_out").mean("carried_out") > plain.share("threat_carried_out").mean(
        "carried_out"
    )
    assert turned.rate("deal").within(90) == plain.rate("deal").within(90)
    moves = sensitivity(as_known(record, DAY), DAY)
    assert [abs(m["move_points"]) for m in moves] == sorted(
        (abs(m["move_points"]) for m in moves), reverse=True
    )
    assert {m["turned"] for m in moves if m["quantity"] == "deal"} == {"start", "half_lives"}


@pytest.mark.parametrize(
    "weights", [{"nobody": 1.0}, {"drezner-threats": -1.0}, {"start": 0.0}, {"half_lives": 0.0}]
)
def test_bad_weights_are_refused(weights):
    with pytest.raises(InvalidOption):
        priors_for(load_record("us-china"), DAY, weights=weights)


def test_a_day_before_the_record_is_refused():
    with pytest.raises(DateBeforeRecord):
        priors_for(load_record("us-china"), date(2010, 1, 1))


def test_a_record_without_events_is_refused(tmp_path):
    folder = write_dispute(tmp_path / "d", {})
    (folder / "talk-first-contact.yaml").unlink()
    with pytest.raises(DateBeforeRecord, match="before the record begins"):
        priors_for(load_record(str(folder)), DAY)


def test_longer_memory_counts_more_of_what_is_old():
    record = load_record("us-china")
    short, long = (
        priors_for(record, DAY, weights={"half_lives": f}).rate("contact_leader") for f in (0.5, 2.0)
    )
    assert long.events > short.events
    assert long.n == short.n


def test_a_small_dispute_has_priors_from_others_alone(tmp_path):
    record = load_record(str(write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE})))
    priors = priors_for(record, date(2025, 5, 20))
    assert priors.rate("contact_leader").n == 0
    assert 0 < priors.rate("contact_leader").within(30) < 0.2
    other = load_record("china-australia")
    late = priors_for(other, date(2024, 3, 1))
    assert late.share("truce_end").n == 0
    assert any(e.id == "deadlines-other-truces" and e.n >= 1 for e in late.share("truce_end").evidence)


def test_a_rise_counts_from_its_own_side(tmp_path):
    step = "{{status: in_force, rate_percent: {}, effective: {}}}"
    steps = (
        f"[{step.format(5, '2025-03-01')}, {step.format(3, '2025-04-01')}, {step.format(9, '2025-05-01')}]"
    )
    entries = {"measure-x": duty("x", steps), "measure-y": duty("y", steps, targets="[ALL]")}
    record = load_record(str(write_dispute(tmp_path / "d", entries)))
    assert [(str(e.day), e.points) for e in new_duties(record)] == [("2025-03-01", 5), ("2025-05-01", 6)]


def test_every_own_row_is_borne_out_by_the_record():
    """Days coded by hand agree with the entries they name."""
    record = load_record("us-china")
    sides = frozenset(record.settings.parties)
    for row in set_ends():
        entries = [record.get(name) for name in row.entries]
        assert None not in entries, row.id
        if row.parties != sides or row.sources != "record":
            continue
        assert entries, row.id
        days = {text[:10] for entry in entries for text in _days(entry)}
        assert row.due.isoformat() in days, row.id
        assert row.set_known.isoformat() in days, row.id
        if row.kind == "threat":
            (threat,) = (e for e in entries if isinstance(e, Threat))
            assert parse_moment(threat.deadline or "").day == row.due
            assert (threat.outcome in ("executed", "executed_in_part")) == (row.outcome == "by_the_day")


def _days(value):
    """Every written day inside an entry."""
    if isinstance(value, str):
        return [value] if value[:4].isdigit() else []
    if isinstance(value, tuple):
        return [day for item in value for day in _days(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [day for name in value.__dataclass_fields__ for day in _days(getattr(value, name))]
    return []


def test_every_truce_with_an_end_has_its_row():
    record = load_record("us-china")
    coded = {name for row in set_ends() if row.kind == "truce" for name in row.entries}
    dated = {
        entry.id
        for entry in record.of(Agreement)
        if entry.end and entry.id in {spell.entry for spell in truces(record)}
    }
    assert dated - coded <= {"agreement-osaka-truce"}  # it was given no end


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "holiday"}, "no such kind"),
        ({"outcome": "by_the_day"}, "not one of a truce"),
        ({"outcome_known": ""}, "a day is missing"),
        ({"due": "2018-11-01"}, "run backwards"),
    ],
)
def test_bad_rows_are_refused_with_their_line(tmp_path, change, words):
    row = dict.fromkeys(COLUMNS, "") | {
        "id": "D1", "parties": "USA;CHN", "kind": "truce", "set_known": "2018-12-01", "due": "2019-03-01",
        "outcome": "extended", "outcome_known": "2019-02-24",
    } | change  # fmt: skip
    path = tmp_path / "deadlines.csv"
    path.write_text(",".join(COLUMNS) + "\n" + ",".join(row[c] for c in COLUMNS) + "\n")
    with pytest.raises(InvalidEntry, match=words) as caught:
        read_set_ends(path)
    assert caught.value.where == "deadlines.csv:2"
    path.write_text("id\nD1\n")
    with pytest.raises(InvalidEntry, match="no column"):
        read_set_ends(path)


def test_every_source_says_what_it_stands_for():
    for quantity in quantities():
        for source in quantity.get("sources", ()):
            assert source["stands_for"]
            assert 0 <= source["weight"] <= 1
            if "rule" not in source:
                assert source["url"].startswith("https://")
                counted = sum(source.get("counts", {}).values()) or len(source.get("days", ()))
                assert counted == source["n"] or source.get("left_out")
