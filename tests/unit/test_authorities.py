"""What a government may use on a day, and measures held to what their authority allows."""

from datetime import date

import pytest
from tests.support.dispute import duty, write_dispute

from detente.analysis.powers import authorities_on
from detente.core.errors import InvalidEntry
from detente.record.asof import AsOf
from detente.record.authorities import able, powers_on
from detente.record.checks import check_record
from detente.record.entries import Instrument, Usable
from detente.record.files import load_record

SUNSET = """\
schema: 1
id: authority-sunset
kind: authority
title: A short surcharge
party: USA
statute: Act of 1974
instruments: [import_duty]
names: [Section 122]
against: all_partners
scope: all goods
cap_percent: 15
notice_days: 0
duration_days: 150
usable:
  - {since: 2018-01-01, usable: 'yes', litigation_risk: medium, why: never used}
  - {since: 2026-05-07, usable: contested, litigation_risk: high, why: a court held it unlawful}
  - {since: 2026-07-24, known: 2026-02-20, usable: 'no', litigation_risk: high, why: used up}
sources: [{source: source-gazette}]
"""
SLOW = """\
schema: 1
id: authority-slow
kind: authority
title: A probe first
party: USA
statute: Act of 1975
instruments: [import_duty, port_fee]
names: [Section 301]
against: some_partners
scope: goods of one partner
notice_days: 30
typical_days: 134
usable: [{since: 2018-01-01, usable: 'yes', litigation_risk: low, why: in use}]
sources: [{source: source-gazette}]
"""


def surcharge(rate=10, expires="2026-07-24 00:01 America/New_York"):
    states = (
        f"[{{status: in_force, rate_percent: {rate}, effective: 2026-02-24 00:01 America/New_York,"
        f" expires: {expires}, on_expiry: {{status: expired}}}}]"
    )
    return duty("surcharge", states).replace("authority: surcharge", "authority: Section 122 (surcharge)")


def record_of(tmp_path, **measures):
    entries = {"authority-sunset": SUNSET, "authority-slow": SLOW}
    entries |= {f"measure-{name}": text for name, text in measures.items()}
    return load_record(str(write_dispute(tmp_path / "d", entries)))


def power(record, day, known_by=None, name="authority-sunset"):
    asof = AsOf(date.fromisoformat(day), date.fromisoformat(known_by) if known_by else None)
    return next(p for p in powers_on(record, asof) if p.authority.id == name)


@pytest.mark.parametrize(
    ("day", "known_by", "usable", "changes"),
    [
        ("2017-12-31", None, Usable.NO, 3),
        ("2018-01-01", None, Usable.YES, 2),
        ("2026-05-06", None, Usable.YES, 2),
        ("2026-05-07", None, Usable.CONTESTED, 1),
        ("2026-07-23", None, Usable.CONTESTED, 1),
        ("2026-07-24", None, Usable.NO, 0),
        ("2026-07-24", "2026-05-06", Usable.NO, 0),  # the sunset was known from the start
        ("2026-07-24", "2026-02-19", Usable.YES, 0),
        ("2026-03-01", "2026-03-01", Usable.YES, 1),
    ],
)
def test_usable_on_each_side_of_a_change(tmp_path, day, known_by, usable, changes):
    found = power(record_of(tmp_path), day, known_by)
    assert (found.usable, len(found.changes)) == (usable, changes)


def test_cap_and_instrument(tmp_path):
    found = power(record_of(tmp_path), "2026-03-01")
    assert found.allows(Instrument.IMPORT_DUTY, 15)
    assert not found.allows(Instrument.IMPORT_DUTY, 15.1)
    assert not found.allows(Instrument.PORT_FEE)
    assert found.latest_end(date(2026, 2, 24)) == date(2026, 7, 24)
    slow = power(record_of(tmp_path / "again"), "2026-03-01", name="authority-slow")
    assert slow.soonest(date(2026, 3, 12)) == date(2026, 7, 24)
    assert slow.latest_end(date(2026, 3, 12)) is None


def test_the_soonest_comes_first_and_uniform_ones_can_be_left_out(tmp_path):
    record, asof = record_of(tmp_path), AsOf(date(2026, 3, 1))
    assert [p.authority.id for p in able(record, "USA", Instrument.IMPORT_DUTY, asof)] == [
        "authority-sunset", "authority-slow",
    ]  # fmt: skip
    high = able(record, "USA", Instrument.IMPORT_DUTY, asof, rate_percent=60)
    one = able(record, "USA", Instrument.IMPORT_DUTY, asof, against_one=True)
    assert [p.authority.id for p in high] == [p.authority.id for p in one] == ["authority-slow"]
    assert able(record, "CHN", Instrument.IMPORT_DUTY, asof) == []


def test_measures_in_use_are_named(tmp_path):
    record = record_of(tmp_path, surcharge=surcharge())
    assert [u.measure.id for u in power(record, "2026-03-01").uses] == ["measure-surcharge"]
    assert power(record, "2026-02-23").uses == ()
    shown = authorities_on(record, AsOf(date(2026, 3, 1)), "USA")["authorities"]
    assert {p["id"]: [u["id"] for u in p["in_use"]] for p in shown}["authority-slow"] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (surcharge(), None),
        (surcharge(rate=15), None),
        (surcharge(rate=16), "16 percent is above the 15"),
        (surcharge(expires="2026-07-25 00:01 America/New_York"), "151 days are more than the 150"),
    ],
)
def test_a_measure_stays_within_its_authority(tmp_path, text, problem):
    found = [p.what for p in check_record(record_of(tmp_path, surcharge=text))]
    assert len(found) == (problem is not None)
    assert problem is None or found[0].startswith(problem)


CUT = """
  - {{status: in_force, rate_percent: 125, announced: 2025-04-09, effective: 2025-04-10}}
  - {{status: in_force, rate_percent: {rate}, announced: 2025-05-12, effective: 2025-05-14,
     suspended_points: {suspended}, removed_points: {removed}, expires: 2025-08-12,
     on_expiry: {{status: in_force, rate_percent: {returns}}}}}"""


@pytest.mark.parametrize(
    ("rate", "suspended", "removed", "returns", "problems"),
    [
        (10, 24, 91, 34, 0),
        (10, 24, 90, 34, 1),
        (10, 24, 91, 125, 1),  # what was removed does not snap back
        (34, 0.5, 90.5, 34.5, 0),
        (10, 25, 91, 34, 2),
    ],
)
def test_points_of_a_cut_add_up(tmp_path, rate, suspended, removed, returns, problems):
    text = duty("cut", CUT.format(rate=rate, suspended=suspended, removed=removed, returns=returns))
    record = record_of(tmp_path, cut=text)
    assert [p.rule for p in check_record(record)] == ["points add up"] * problems


def test_stretches_out_of_order_are_refused(tmp_path):
    with pytest.raises(InvalidEntry, match="usable") as caught:
        load_record(
            str(write_dispute(tmp_path / "d", {"authority-sunset": SUNSET.replace("2018-01", "2027-01")}))
        )
    assert caught.value.where
