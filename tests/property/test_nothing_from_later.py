"""Nothing dated or known after the day stood on reaches an outlook, on many days and both shipped disputes.

The record is cut a second time here, by other means than `record.as_known`: entries and their dated parts
that became public later are deleted, and what was found out later is taken back, as if the files had been
written on the day. Whatever an outlook is made from must be the same from the whole record and from what is
left.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.analysis import talks
from detente.analysis.outlook import Asked, outlook_of
from detente.core.fingerprint import fingerprint
from detente.record.as_known import as_known
from detente.record.asof import AsOf, Assume
from detente.record.entries import Agreement, Measure, Talk, Term
from detente.record.files import Record, load_record
from detente.strategy.agenda_file import agenda_path, read_agenda
from detente.strategy.on_the_table import agenda_on
from detente.talks.forecasters import BUILT_IN
from detente.talks.happened import contacts, deals, new_controls, new_duties, threats, truces
from detente.talks.outlook_beside import beside_base_rates
from detente.talks.outlook_events import EVENTS
from detente.talks.priors import priors_for
from detente.talks.questions import KINDS, Question
from detente.talks.settings import read_talks
from detente.talks.start import game_on
from detente.talks.worths import GivenWorths

DISPUTES = {
    "us-china": (date(2018, 4, 5), date(2026, 10, 7)),
    "china-australia": (date(2018, 2, 1), date(2024, 12, 30)),
}
PUBLIC = ("known", "announced", "in_law", "effective", "since", "to", "date", "start")
"""Fields that say when a part of an entry became public: the first that is filled counts."""
FOUND_OUT = {"outcome": "open", "outcome_cause": None, "outcome_date": None, "resolution": "open"}
"""What an entry without a later day of its own says only in hindsight."""


@cache
def whole(name: str) -> Record:
    return load_record(name)


def public(part: object) -> str:
    texts = (getattr(part, name, None) for name in PUBLIC)
    return next((text[:10] for text in texts if isinstance(text, str) and text[:4].isdigit()), "")


def deleted(record: Record, day: date) -> Record:
    """The record with everything of a later day deleted, with a day's grace for zones."""
    last = (day + timedelta(days=1)).isoformat()

    def cut(value):
        if isinstance(value, tuple):
            return tuple(cut(one) for one in value if not (is_dataclass(one) and public(one) > last))
        if is_dataclass(value) and not isinstance(value, type):
            changes = {f.name: cut(getattr(value, f.name)) for f in fields(value) if f.init}
            if isinstance(value, Term) and ((value.state_since or value.due or "")[:10] > last):
                changes |= {"state": "promised", "state_since": None}
            return replace(value, **{k: v for k, v in changes.items() if v is not getattr(value, k)})
        return value

    def later(name: str | None) -> bool:
        return name is not None and public(record.entries[record.get(name).id]) > last

    kept = {}
    for name, entry in record.entries.items():
        if entry.kind == "source":
            kept[name] = entry
            continue
        if (
            not isinstance(entry, Measure)
            and entry.kind not in ("authority", "position")
            and public(entry) > last
        ):
            continue
        left = cut(entry)
        if any(
            getattr(entry, many, ()) and not getattr(left, many) for many in ("states", "usable", "stances")
        ):
            continue
        when = getattr(entry, "outcome_date", None) or getattr(entry, "until", None)
        cause = getattr(entry, "outcome_cause", None)
        if when[:10] > last if when else later(cause):
            own = {f.name for f in fields(left)}
            left = replace(left, **{k: v for k, v in FOUND_OUT.items() if k in own})
        elif later(cause):
            left = replace(left, outcome_cause=None)
        if isinstance(left, Agreement) and left.end_known and left.end_known[:10] > last:
            left = replace(left, end=left.scheduled_end, end_known=None, outcome="")
        if isinstance(left, Talk) and left.state in ("held", "called_off") and (left.date or "")[:10] > last:
            left = replace(left, state="planned", readouts=(), outcome="", length_minutes=None)
        kept[name] = left
    aliases = {old: new for old, new in record.aliases.items() if new in kept}
    checked = min(record.settings.checked_to, day.isoformat())
    return replace(
        record, entries=kept, aliases=aliases, settings=replace(record.settings, checked_to=checked)
    )


def made_from(record: Record, day: date, written) -> dict[str, object]:
    """What an outlook of a day is made from, worths by hand: hashed, by name."""
    view = as_known(record, day)
    asof = AsOf(day, day, Assume.EXTENDED)
    agenda = agenda_on(record, asof, written)
    costs = {side: dict.fromkeys(record.settings.parties, 0.002) for side in record.settings.parties}
    game = game_on(
        record, day, agenda, GivenWorths(agenda, costs), assume=Assume.EXTENDED,
        talks=read_talks(whole(record.settings.name), view=view),
    )  # fmt: skip
    events = [f(view) for f in (new_duties, new_controls, deals, truces, threats)]
    events += [contacts(view, level) for level in ("leader", "minister", "deputy")]
    ahead = [
        {"date": (day + timedelta(days=d)).isoformat(), **dict.fromkeys(EVENTS, 0.5)} for d in (0, 30, 90)
    ]
    return {
        "record": view.digest,
        "game": fingerprint(game),
        "priors": priors_for(record, day).as_dict(),
        "events": fingerprint(events),
        "base rates": beside_base_rates(view, day, 180, ahead),
        "forecasters": {
            f"{name} {kind}": one(record, Question(kind, day, day + timedelta(days=KINDS[kind].days)))
            for name, one in BUILT_IN.items()
            for kind in KINDS
        },
    }


def same_on(name: str, day: date) -> None:
    record = whole(name)
    written = read_agenda(agenda_path(record), record)
    ours, left = made_from(record, day, written), made_from(deleted(record, day), day, written)
    for what, value in ours.items():
        assert left[what] == value, (name, day, what)


GRID = [
    (name, first + timedelta(days=step))
    for name, (first, last) in DISPUTES.items()
    for step in range(0, (last - first).days, 97)
]


@pytest.mark.parametrize(("name", "day"), GRID)
def test_what_was_known_on_a_day_is_what_is_left_of_the_record(name, day):
    record = whole(name)
    assert as_known(deleted(record, day), day).digest == as_known(record, day).digest


@pytest.mark.slow
@pytest.mark.parametrize(("name", "day"), GRID[::2])
def test_an_outlook_is_made_from_nothing_of_a_later_day(name, day):
    same_on(name, day)


@given(st.integers(0, 10**6))
@settings(max_examples=4, deadline=None)
def test_nor_on_a_day_that_nobody_chose(number):
    name = list(DISPUTES)[number % 2]
    first, last = DISPUTES[name]
    same_on(name, first + timedelta(days=number % ((last - first).days + 1)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("us-china", date(2019, 5, 6)),
        ("us-china", date(2025, 5, 13)),
        ("china-australia", date(2020, 12, 1)),
    ],
)
def test_the_whole_outlook_is_the_same(name, day, monkeypatch):
    """The dispute's own settings and agenda are read from its folder, which names entries of all years."""
    record = whole(name)
    monkeypatch.setattr(talks, "read_talks", lambda _, file, view: read_talks(record, file, view))
    monkeypatch.setattr(talks, "read_agenda", lambda file, _: read_agenda(file, record))
    asked = Asked(day, days=92, runs=6, workers=1, economy="none", varied_runs=2, fresh=True)
    assert outlook_of(deleted(record, day), asked) == outlook_of(record, asked)


def test_what_is_left_is_less():
    """The deletion deletes: without it the comparison would say nothing."""
    record, day = whole("us-china"), date(2025, 6, 5)
    left = deleted(record, day)
    events = [[e for e in one.entries.values() if e.kind != "source"] for one in (left, record)]
    assert len(events[0]) < 0.7 * len(events[1])
    reciprocal = "measure-us-ieepa-reciprocal-duty-china"
    assert len(left.entries[reciprocal].states) < len(record.entries[reciprocal].states)
    assert left.entries["threat-us-list-three-january"].outcome == "postponed"


def test_a_setting_whose_reason_is_of_a_later_day_does_not_count_yet():
    record = whole("us-china")
    before, after = (
        read_talks(record, view=as_known(record, day)) for day in (date(2018, 6, 1), date(2019, 1, 1))
    )
    assert before.negotiators == {"USA": "conceder", "CHN": "conceder"}
    assert after.negotiators == {"USA": "deadline", "CHN": "tit-for-tat"}
    assert (
        [t.name for t in before.types["CHN"]] == [t.name for t in after.types["CHN"]] == ["dealmaker", "hawk"]
    )
    known = read_talks(record, view=as_known(record, date(2025, 6, 5)))
    assert [t.name for t in known.types["CHN"]] == ["pragmatist", "unbending"]
    latest = read_talks(record, view=as_known(record, date(2026, 6, 5)))
    assert latest == read_talks(record)
    assert latest.hazards["replaced"].value > known.hazards["replaced"].value
    assert len(before.constituencies) < len(known.constituencies)
