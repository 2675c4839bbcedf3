"""Writing to a record: one field and nothing else, ids that never change, many writers, killed writers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from tests.support.dispute import SOURCE, TALK, TRUCE, write_dispute

from detente.cli.main import _run
from detente.core.errors import CannotWrite, InvalidEntry, InvalidOption, StaleVersion
from detente.core.locks import exclusive
from detente.record.checks import check_record
from detente.record.commit import JOURNAL_NAME, commit, version_of, writing
from detente.record.files import load_record
from detente.record.folders import copy_dispute, new_dispute
from detente.record.identity import identity_problems
from detente.record.write import add_entry, edit_entry, new_document, rename_entry

COMMENTED = (
    TALK.replace("mode: phone", "# how: the ministry's own word\nmode: phone  # a call, not video")
    + "# the end of the file\n"
)


def dispute(tmp_path, **entries):
    named = {name.replace("_", "-"): text for name, text in entries.items()}
    return write_dispute(tmp_path / "d", {"measure-reciprocal": TRUCE, **named})


def test_an_edit_changes_one_field_and_keeps_every_comment(tmp_path):
    folder = dispute(tmp_path)
    path = folder / "talk-first-contact.yaml"
    path.write_text(COMMENTED)
    edit_entry(str(folder), "talk-first-contact", {"title": "A first call"})
    assert path.read_text() == COMMENTED.replace("First contact", "A first call")
    edit_entry(str(folder), "talk-first-contact", {"participants.0.name": "B. Person"})
    assert "{name: B. Person, side: USA}" in path.read_text()
    edit_entry(str(folder), "talk-first-contact", {"outcome": "'A second call is set: in May'"})
    assert load_record(str(folder)).get("talk-first-contact").outcome == "A second call is set: in May"
    edit_entry(str(folder), "talk-first-contact", {}, ("outcome",))
    edited = COMMENTED.replace("First contact", "A first call").replace("A. Person", "B. Person")
    assert path.read_text() == edited


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"mode": "telepathy"}, InvalidEntry),
        ({"date": "2018-13-01"}, InvalidEntry),
        ({"links": "[{entry: talk-nowhere, relation: part_of}]"}, InvalidEntry),
        ({"id": "talk-other-name"}, InvalidOption),
        ({"participants.7.name": "x"}, InvalidOption),
        ({"nothing.here": "x"}, InvalidOption),
        ({"a..b": "x"}, InvalidOption),
    ],
)
def test_an_edit_that_cannot_be_writes_nothing(tmp_path, changes, error):
    folder = dispute(tmp_path)
    before = {p: p.read_bytes() for p in folder.rglob("*.yaml")}
    with pytest.raises(error):
        edit_entry(str(folder), "talk-first-contact", changes)
    assert {p: p.read_bytes() for p in folder.rglob("*.yaml")} == before


def test_an_edit_of_an_old_version_is_refused(tmp_path):
    folder = dispute(tmp_path)
    seen = version_of((folder / "talk-first-contact.yaml").read_bytes())
    written = edit_entry(str(folder), "talk-first-contact", {"title": "Mine"}, version=seen)
    with pytest.raises(StaleVersion, match=written.version):
        edit_entry(str(folder), "talk-first-contact", {"title": "Theirs"}, version=seen)
    assert load_record(str(folder)).get("talk-first-contact").title == "Mine"
    edit_entry(str(folder), "talk-first-contact", {"title": "Theirs"}, version=written.version)


def test_an_old_id_stays_an_alias_and_is_never_used_again(tmp_path):
    claim = """\
schema: 1
id: claim-they-called
kind: claim
title: They called
date: 2018-01-11
by: {name: A. Person, side: USA}
says: They called.
standing: [{since: 2018-01-11, status: open, cause: talk-first-contact}]  # the call
links: [{entry: talk-first-contact, relation: relates_to}]
sources: [{source: source-gazette}]
"""
    folder = dispute(tmp_path, claim_they_called=claim)
    rename_entry(str(folder), "talk-first-contact", "talk-first-phone-call")
    record = load_record(str(folder))
    assert record.get("talk-first-contact") is record.get("talk-first-phone-call")
    assert not (folder / "talk-first-contact.yaml").exists()
    renamed = claim.replace("talk-first-contact", "talk-first-phone-call")
    assert (folder / "claim-they-called.yaml").read_text() == renamed
    assert check_record(record) == []
    fields = (("id", "talk-first-contact"), ("title", "Another"), ("date", "2018-02-01"), ("mode", "phone"))
    rest = (("track", "official"), ("level", "staff"), ("participants", "[{name: B}]"))
    with pytest.raises(InvalidEntry, match="never reused"):
        add_entry(str(folder), new_document("talk", fields + rest))
    rename_entry(str(folder), "talk-first-contact", "talk-opening-call")
    record = load_record(str(folder))
    assert record.aliases == {
        "talk-first-contact": "talk-opening-call",
        "talk-first-phone-call": "talk-opening-call",
    }
    with pytest.raises(InvalidEntry, match="taken"):
        rename_entry(str(folder), "claim-they-called", "talk-opening-call")
    with pytest.raises(InvalidEntry, match="must start with"):
        rename_entry(str(folder), "claim-they-called", "talk-no-claim")


def test_the_check_finds_an_id_used_again_and_a_lost_alias(tmp_path):
    folder = dispute(tmp_path)
    (folder / "aliases.yaml").write_text(
        "talk-first-contact: measure-reciprocal\nclaim-gone:\nclaim-old: claim-lost\n"
    )
    problems = check_record(load_record(str(folder)))
    assert {(p.rule, p.entry) for p in problems} == {
        ("ids are never reused", "talk-first-contact"),
        ("links resolve", "claim-old"),
    }


def test_ids_are_held_against_an_earlier_state_of_the_record(tmp_path):
    folder = dispute(tmp_path)
    copied = copy_dispute(str(tmp_path / "later"), str(folder))
    earlier = load_record(str(folder))

    def found():
        return {(p.rule, p.entry) for p in identity_problems(load_record(str(copied)), earlier)}

    assert found() == set()
    # A correction of title and day keeps its source; a new thing under an old id shares nothing.
    edit_entry(str(copied), "talk-first-contact", {"title": "The first call", "date": "2018-01-11"})
    assert found() == set()
    (copied / "source-other.yaml").write_text(SOURCE.replace("source-gazette", "source-other"))
    edit_entry(str(copied), "talk-first-contact", {"sources": "[{source: source-other}]"})
    assert found() == {("ids are never reused", "talk-first-contact")}
    rename_entry(str(copied), "talk-first-contact", "talk-second-contact")
    assert found() == set()
    (copied / "measure-reciprocal.yaml").unlink()
    assert found() == {("ids stay", "measure-reciprocal")}
    (copied / "aliases.yaml").write_text("measure-reciprocal:\ntalk-first-contact: talk-second-contact\n")
    assert found() == set()
    with pytest.raises(InvalidEntry, match="never reused"):
        rename_entry(str(copied), "talk-second-contact", "talk-first-contact")


def test_a_change_of_several_files_that_was_cut_off_is_finished(tmp_path):
    folder = dispute(tmp_path)
    text = (folder / "talk-first-contact.yaml").read_text()
    change = {
        "talk-new-name.yaml": text.replace("talk-first-contact", "talk-new-name"),
        "aliases.yaml": "talk-first-contact: talk-new-name\n",
        "talk-first-contact.yaml": None,
    }
    (folder / JOURNAL_NAME).write_text(json.dumps(change))
    (folder / "aliases.yaml").write_text(change["aliases.yaml"])
    # Whoever reads sees the change whole, whoever writes next finishes it.
    assert load_record(str(folder)).get("talk-first-contact").id == "talk-new-name"
    with writing(folder):
        pass
    assert not (folder / JOURNAL_NAME).exists()
    assert not (folder / "talk-first-contact.yaml").exists()
    assert load_record(str(folder)).get("talk-first-contact").id == "talk-new-name"


def test_a_folder_that_somebody_else_writes_is_waited_for(tmp_path):
    folder = dispute(tmp_path)
    with (
        exclusive(folder),
        pytest.raises(CannotWrite, match="another process"),
        exclusive(folder, seconds=0.1),
    ):
        pass
    with exclusive(folder, seconds=0.1):
        pass


WRITER = """\
import sys
from detente.core.errors import StaleVersion
from detente.record.commit import version_of
from detente.record.files import load_record
from detente.record.write import add_entry, edit_entry, new_document
folder, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
for n in range(count):
    fields = {"id": f"talk-{name}-{n}", "title": f"Call {n} of {name}", "date": "2018-02-01", "mode": "phone",
              "track": "official", "level": "staff", "participants": "[{name: B, side: CHN}]",
              "sources": "[{source: source-gazette}]"}
    add_entry(folder, new_document("talk", tuple(fields.items())))
    while True:  # everybody adds one note to the same entry, on the version last seen
        file = load_record(folder).folder / "talk-first-contact.yaml"
        content = file.read_bytes()
        notes = content.decode().partition("notes: [")[2].count(name[0] + "-")
        entry = load_record(folder).get("talk-first-contact")
        try:
            edit_entry(folder, "talk-first-contact", {f"notes.{len(entry.notes)}": f"{name}-{n}"},
                       version=version_of(content))
            break
        except StaleVersion:
            continue
        except Exception as error:
            if "leads to nothing" in str(error):
                continue
            raise
    print(n, flush=True)
"""


def writer(folder, name, count, cache):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), name, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "DETENTE_CACHE": str(cache)},
    )


@pytest.mark.slow
def test_writers_at_the_same_time_lose_nothing(tmp_path):
    folder = dispute(tmp_path)
    (folder / "talk-first-contact.yaml").write_text(TALK + "notes: []\n")
    names = ["ada", "bob", "cai"]
    running = [writer(folder, name, 8, tmp_path / "cache") for name in names]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    record = load_record(str(folder))
    made = {entry.id for entry in record.entries.values()}
    assert {f"talk-{name}-{n}" for name in names for n in range(8)} <= made
    notes = record.get("talk-first-contact").notes
    assert sorted(notes) == sorted(f"{name}-{n}" for name in names for n in range(8))
    for name in names:  # each writer's own notes in the order of its writing
        own = [note for note in notes if note.startswith(name)]
        assert own == [f"{name}-{n}" for n in range(8)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_writer_killed_at_any_moment_loses_nothing(tmp_path):
    folder = dispute(tmp_path)
    (folder / "talk-first-contact.yaml").write_text(TALK + "notes: []\n")
    done = 0
    for round_ in range(6):
        process = writer(folder, f"kim-{round_}", 1000, tmp_path / "cache")
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.013 * round_)
        process.send_signal(signal.SIGKILL)
        finished = 1 + len(process.stdout.read().split())
        process.stdout.close()
        process.stderr.close()
        process.wait()
        record = load_record(str(folder))
        assert check_record(record) == []
        own = [e.id for e in record.entries.values() if e.id.startswith(f"talk-kim-{round_}-")]
        # Every write that was reported is there; at most the one under way is there besides.
        assert finished <= len(own) <= finished + 1
        done += len(own)
    assert len(load_record(str(folder)).entries) == 3 + done
    add_entry(
        str(folder),
        new_document(
            "talk",
            (
                ("id", "talk-after-all"),
                ("title", "After all"),
                ("date", "2018-03-01"),
                ("mode", "phone"),
                ("track", "official"),
                ("level", "staff"),
                ("participants", "[{name: B}]"),
            ),
        ),
    )


KILLED_IN_COMMIT = """\
import os, sys
from pathlib import Path
from detente.record import commit
left = int(sys.argv[2])
whole = commit.write_together
def write_or_die(files):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    whole(files)
commit.write_together = write_or_die
from detente.record.write import rename_entry
rename_entry(sys.argv[1], "talk-first-contact", "talk-new-name")
"""


@pytest.mark.parametrize("step", range(5))
def test_a_rename_cut_off_at_any_step_is_all_or_nothing(tmp_path, step):
    folder = dispute(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", KILLED_IN_COMMIT, str(folder), str(step)], capture_output=True, check=False
    )
    assert done.returncode == (9 if step < 3 else 0)
    record = load_record(str(folder))
    assert check_record(record) == []
    assert record.get("talk-first-contact").id == ("talk-first-contact" if step == 0 else "talk-new-name")
    with writing(folder):
        pass
    names = {p.name for p in folder.rglob("talk-*.yaml")}
    assert names == {"talk-first-contact.yaml" if step == 0 else "talk-new-name.yaml"}
    assert check_record(load_record(str(folder))) == []


def test_a_dispute_from_nothing_is_whole_and_takes_entries(tmp_path):
    folder = new_dispute(str(tmp_path / "mine"), ("EUN", "CHN"), None, "2025-01-19", "2026-01-01")
    record = load_record(str(folder))
    assert record.settings.title == "The European Union and China"
    assert check_record(record) == []
    pairs = (("id", "source-gazette"), ("title", "The gazette"), ("form", "legal_text"), ("publisher", "G"))
    add_entry(
        str(folder), new_document("source", (*pairs, ("accessed", "2026-01-01"), ("origin", "gazette")))
    )
    assert "source-gazette" in load_record(str(folder)).entries
    with pytest.raises(CannotWrite, match="exists"):
        new_dispute(str(tmp_path / "mine"), ("EUN", "CHN"), None, "2025-01-19", None)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine"]


@pytest.mark.parametrize("parties", [("EUN", "EUN"), ("EUN", "XXX"), ("ALL", "CHN")])
def test_parties_are_two_known_sides(tmp_path, parties):
    with pytest.raises(InvalidOption):
        new_dispute(str(tmp_path / "mine"), parties, None, "2025-01-19", None)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_the_same_record_under_its_own_roof(tmp_path):
    source = dispute(tmp_path)
    copied = copy_dispute(str(tmp_path / "copy"), str(source))
    assert load_record(str(copied)).digest == load_record(str(source)).digest
    edit_entry(str(copied), "talk-first-contact", {"title": "Changed here"})
    assert load_record(str(source)).get("talk-first-contact").title == "First contact"


def test_commit_is_undone_where_the_disk_refuses(tmp_path, monkeypatch):
    folder = dispute(tmp_path)
    before = (folder / "talk-first-contact.yaml").read_text()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match="No space left"), writing(folder):
        commit(folder, {"talk-first-contact.yaml": "half"})
    assert (folder / "talk-first-contact.yaml").read_text() == before


def test_all_fields_left_out_are_named_at_once(tmp_path):
    folder = dispute(tmp_path)
    with pytest.raises(InvalidEntry) as caught:
        add_entry(str(folder), new_document("talk", (("id", "talk-x"), ("title", "A talk"), ("who", "me"))))
    for name in ("mode", "level", "track", "participants"):
        assert f"{name}: is missing" in f"{caught.value.what}: {caught.value.why}"
    assert "who: there is no such field" in caught.value.why


@pytest.mark.parametrize("title", ['He said "no": go', "back\\slash", "a # b", "[list", "yes"])
def test_a_title_is_kept_as_typed(tmp_path, title):
    folder = dispute(tmp_path)
    given = ["add", "source", "--to", str(folder), "--id", "source-x", "--title", title]
    fields = {"form": "wire", "publisher": "x", "accessed": "2026-01-01", "origin": "x"}
    assert _run([*given, *(part for pair in fields.items() for part in ("--set", "=".join(pair)))]) == 0
    source = load_record(str(folder)).entries["source-x"]
    assert source.title == title
    assert source.verification != "unverified"  # a source has no source of its own
