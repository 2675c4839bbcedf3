"""The record in other formats: nothing is lost in tables and JSON; a calendar that calendars understand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import polars as pl
import pytest
from tests.support.dispute import TRUCE, duty, write_dispute

from detente.cli.main import _run
from detente.record.deadlines import deadlines
from detente.record.export.calendar import calendar_text
from detente.record.export.plain import plain
from detente.record.export.tables import csv_bytes, parquet_bytes, tables
from detente.record.files import load_record, shipped_disputes, validate

THREAT = """\
schema: 1
id: threat-more-duties
kind: threat
title: More duties
date: 2025-06-01
by: {name: A. Person, side: USA}
says: More, unless; and "more", too
would_do: raise duties, by a lot; on everything
deadline: 2025-07
sources: [{source: source-gazette}]
"""

PLANNED = """\
schema: 1
id: talk-next-round
kind: talk
title: Ein Gespräch über Zölle in einer sehr langen Überschrift, die gefaltet werden muss – 谈判 谈判
date: 2025-08-01 09:30 Europe/Zurich
mode: in_person
track: official
level: minister
state: planned
participants: [{name: A. Person, side: USA}]
sources: [{source: source-gazette}]
"""


@pytest.fixture
def record(tmp_path):
    entries = {
        "measure-reciprocal": TRUCE,
        "threat-more-duties": THREAT,
        "talk-next-round": PLANNED,
        "measure-planned": duty(
            "planned",
            """
  - {status: in_force, rate_percent: 34, announced: 2025-04-04, effective: 2025-04-10, withdrawn: 2025-04-09}
  - {status: in_force, rate_percent: 84, announced: 2025-04-09, effective: 2025-11-10}""",
            extra="exemptions: [{hs: ['8517'], since: 2025-11-10, until: 2025-12-31, known: 2025-04-11}]\n",
        ),
    }
    return load_record(str(write_dispute(tmp_path / "d", entries)))


@pytest.mark.parametrize("name", shipped_disputes())
def test_an_entry_as_plain_data_is_the_same_entry(name):
    for entry in load_record(name).entries.values():
        shown = plain(entry)
        assert plain(validate(json.loads(json.dumps(shown)), {}, "x")) == shown


def test_tables_hold_every_entry_and_every_part(record):
    found = tables(record)
    assert found["entries"]["id"].to_list() == list(record.entries)
    states = found["measure_states"]
    truce = states.filter(pl.col("entry") == "measure-reciprocal")
    assert truce["rate_percent"].to_list() == [125, 10]
    assert truce["suspended_points"].to_list() == [None, 24]
    assert truce["on_expiry.status"].to_list() == [None, "in_force"]
    assert found["measure"]["scope.all_goods"].to_list() == [True, True]
    assert found["sources"].filter(pl.col("entry") == "talk-next-round")["source"].to_list() == [
        "source-gazette"
    ]
    (own,) = found["entries"].filter(pl.col("id") == "threat-more-duties")["own_fields"]
    assert json.loads(own)["would_do"] == "raise duties, by a lot; on everything"


@pytest.mark.parametrize("name", shipped_disputes())
def test_csv_and_parquet_read_back_as_the_same_tables(name, tmp_path):
    for title, table in tables(load_record(name)).items():
        (tmp_path / "t.parquet").write_bytes(parquet_bytes(table))
        assert pl.read_parquet(tmp_path / "t.parquet").equals(table), title
        (tmp_path / "t.csv").write_bytes(csv_bytes(table))
        back = pl.read_csv(tmp_path / "t.csv", infer_schema_length=0)
        assert (back.height, back.columns) == (table.height, table.columns), title


def calendar(record, since="2025-01-01", **options):
    text = calendar_text(record, deadlines(record, date.fromisoformat(since), **options))
    return text, icalendar.Calendar.from_ical(text)


def events(parsed):
    return {str(event["UID"]).partition("@")[0]: event for event in parsed.walk("VEVENT")}


def test_the_calendar_holds_what_falls_due(record):
    _, parsed = calendar(record)
    assert parsed.errors == []
    found = events(parsed)
    assert set(found) == {
        "measure-reciprocal.states.0.effective",
        "measure-reciprocal.states.1.effective",
        "measure-reciprocal.states.1.expires",
        "measure-planned.states.0.effective",
        "measure-planned.states.1.effective",
        "measure-planned.exemptions.0.until",
        "threat-more-duties.deadline",
        "talk-next-round.date",
    }
    expiry = found["measure-reciprocal.states.1.expires"]
    assert expiry["DTSTART"].dt == datetime(2025, 8, 12, 0, 1, tzinfo=ZoneInfo("America/New_York"))
    assert "then in force at 34 percent" in expiry["DESCRIPTION"]
    whole_day = found["measure-planned.states.1.effective"]
    assert (whole_day["DTSTART"].dt, whole_day["DTEND"].dt) == (date(2025, 11, 10), date(2025, 11, 11))
    month = found["threat-more-duties.deadline"]
    assert (month["DTSTART"].dt, month["DTEND"].dt) == (date(2025, 7, 1), date(2025, 8, 1))
    assert str(month["SUMMARY"]) == "Threat due: raise duties, by a lot; on everything"
    assert str(found["measure-planned.states.0.effective"]["STATUS"]) == "CANCELLED"
    assert str(whole_day["STATUS"]) == "CONFIRMED"


def test_lines_are_folded_and_end_as_the_standard_has_it(record):
    text, parsed = calendar(record)
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    title = record.get("talk-next-round").title
    assert str(events(parsed)["talk-next-round.date"]["SUMMARY"]) == f"Talk: {title}"


def test_the_zones_written_are_the_zones_of_the_world(record):
    _, parsed = calendar(record)
    moments = [e["DTSTART"].dt for e in parsed.walk("VEVENT") if isinstance(e["DTSTART"].dt, datetime)]
    assert moments
    zones = {str(zone["TZID"]): zone for zone in parsed.walk("VTIMEZONE")}
    assert set(zones) == {"America/New_York", "Europe/Zurich"}
    for name, zone in zones.items():
        onsets = sorted(
            (rule["DTSTART"].dt - rule["TZOFFSETFROM"].td, rule["TZOFFSETTO"].td)
            for rule in zone.subcomponents
        )
        for day in range(1, 1000, 7):
            instant = datetime.fromordinal(date(2024, 1, 1).toordinal() + day)
            offset = [after for start, after in onsets if start <= instant][-1]
            assert offset == instant.replace(tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset()


def test_a_newer_file_moves_an_event_and_does_not_double_it(record, tmp_path):
    before = set(events(calendar(record)[1]))
    path = record.folder / "threat-more-duties.yaml"
    path.write_text(THREAT.replace("deadline: 2025-07", "deadline: 2025-07-09 12:00 America/New_York"))
    again = load_record(str(record.folder))
    assert set(events(calendar(again)[1])) == before
    assert calendar(again)[0] == calendar(again)[0]


def test_only_what_was_known_and_still_lies_ahead(record):
    assert "measure-reciprocal.states.1.expires" not in events(calendar(record, known_by=date(2025, 5, 1))[1])
    late = set(events(calendar(record, since="2025-08-12")[1]))
    assert "measure-reciprocal.states.1.expires" in late
    assert "talk-next-round.date" not in late


@pytest.mark.parametrize("name", shipped_disputes())
def test_a_shipped_dispute_s_calendar_is_valid(name):
    record = load_record(name)
    text, parsed = calendar(record, since="2018-01-01")
    assert parsed.errors == []
    ids = [str(event["UID"]) for event in parsed.walk("VEVENT")]
    assert len(ids) == len(set(ids)) > 10
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


@pytest.mark.parametrize(
    ("form", "out", "files"),
    [("csv", "t", 33), ("parquet", "t", 33), ("csv", "t.csv", 1), ("json", "r.json", 1), ("ics", "d.ics", 1)],
)
def test_the_command_writes_whole_files(record, tmp_path, capsys, form, out, files):
    arguments = ["export", str(record.folder), "--format", form, "--out", str(tmp_path / out), "--json"]
    assert _run(arguments) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == "detente/export/1"
    written = [p for p in answer["data"]["files"] if (tmp_path / p).is_file()]
    assert len(written) >= min(files, 20)
    assert answer["provenance"]["record_hash"] == record.digest


def test_an_export_to_where_nothing_can_be_written_is_refused(record, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    arguments = [
        "export",
        str(record.folder),
        "--format",
        "csv",
        "--out",
        str(tmp_path / "file" / "t"),
        "--json",
    ]
    assert _run(arguments) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "cannot_write"
    assert _run(["export", str(record.folder), "--format", "csv", "--out", "t", "--since", "2025-01-01"]) == 2
