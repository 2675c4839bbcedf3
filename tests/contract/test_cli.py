"""The command line's contract: help at once, one JSON object, errors in one shape, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.support import levers
from tests.support.dispute import TRUCE, duty, write_dispute

from detente.cli.main import COMMANDS, OUTPUT_CUT, _run, run


def call(capsys, *arguments):
    """Exit status and the JSON object on stdout."""
    status = _run([*arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(capsys, command):
    assert _run([command, "--help"]) == 0
    words = capsys.readouterr().out
    assert "Usage: detente " + command in words
    assert len(words.splitlines()) > 5


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom detente.cli.main import _run\n_run(['--help'])\n"
        "heavy = {'numpy', 'scipy', 'polars', 'pydantic', 'altair', 'rich', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_status_does_not_load_the_solver():
    code = (
        "import sys\nfrom detente.cli.main import _run\n_run(['status', 'us-china', '--json'])\n"
        "heavy = {'scipy', 'polars', 'altair', 'xarray', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


ENVELOPE = {"schema", "detente", "query", "data", "provenance"}


@pytest.mark.parametrize(
    ("arguments", "schema"),
    [
        (("status", "us-china", "--on", "2025-05-20"), "detente/status/1"),
        (("changed", "us-china", "--since", "2025-06-03", "--on", "2025-06-05"), "detente/changed/1"),
        (("timeline", "us-china", "--since", "2025-06-01", "--on", "2025-06-05"), "detente/timeline/1"),
        (("diff", "us-china", "2025-05-13", "2025-05-14"), "detente/diff/1"),
        (("claims", "us-china", "--open", "--on", "2025-06-03"), "detente/claims/1"),
        (("commitments", "us-china", "--purchases"), "detente/commitments/1"),
        (("authorities", "us-china", "--on", "2026-03-01"), "detente/authorities/1"),
        (("first-since", "us-china", "level=leader"), "detente/first-since/1"),
        (
            ("analogues", "us-china", "--when", "level=deputy", "--then", "level=minister"),
            "detente/analogues/1",
        ),
        (("base-rates", "us-china", "--on", "2025-06-05"), "detente/base-rates/1"),
        (
            ("track-record", "us-china", "--from", "2025-05-01", "--to", "2025-06-01", "--questions"),
            "detente/track-record/1",
        ),
        (("markets", "us-china", "synthetic", "--events", "deals,duties"), "detente/markets/1"),
        (("owed", "us-china", "--on", "2025-05-20"), "detente/owed/1"),
        (("rate", "us-china", "--hs", "7326.90.8688", "--on", "2025-05-20"), "detente/rate/1"),
        (("average", "us-china", "--from", "2025-05-01", "--to", "2025-06-01"), "detente/average/1"),
        (("check", "us-china"), "detente/check/1"),
        (("what-if", "--duty", "USA:CHN=10"), "detente/what-if/1"),
        (
            ("horizon", "--duty", "USA:CHN=10", "--importer=USA", "--exporter=CHN", "--years=9"),
            "detente/horizon/1",
        ),
        (
            ("what-if", "--limit", "CHN:TWN:C26=0.2@USA/treasury", "--floor", "CHN:USA:A01_02=50bn"),
            "detente/what-if/1",
        ),
        (("bargain", "USA,CHN", "--dispute", "us-china", "--on", "2018-12-01"), "detente/term-sheet/1"),
        (("world", "list"), "detente/world-list/1"),
    ],
)
def test_every_answer_is_one_envelope(capsys, arguments, schema):
    status, answer = call(capsys, *arguments)
    assert status == 0
    assert set(answer) == ENVELOPE
    assert answer["schema"] == schema
    assert set(answer["provenance"]) == {"record_hash", "world_hash", "model", "certificate", "entries"}


def test_units_are_in_the_names(capsys):
    """A number whose name says percent, points or share is one; no bare `rate` or `tariff`."""
    _, answer = call(capsys, "status", "us-china", "--on", "2025-05-20")

    def names(part):
        if isinstance(part, dict):
            for key, value in part.items():
                if isinstance(value, float):
                    yield key
                yield from names(value)
        elif isinstance(part, list):
            for value in part:
                yield from names(value)

    loose = {
        name
        for name in names(answer["data"])
        if not name.endswith(("_percent", "_points", "_share", "_on_CHN", "_on_USA"))
    }
    assert not loose


BAD = [
    (
        ("analogues", "us-china", "--when", "level=leader", "--then", "level=leader", "--within", "9" * 12),
        "invalid_option",
    ),
    (("average", "us-china", "--from", ""), "invalid_option"),
    (("average", "us-china", "--known-by", "1999-01-01"), "date_before_record"),
    (("export", "us-china", "--format", "csv", "--out", "x", "--since", ""), "invalid_option"),
    (("read", ""), "invalid_option"),
    (("outlook", "us-china", "--workers", "99999999999"), "invalid_option"),
    (("outlook", "us-china", "--workers", "0"), "invalid_option"),
    (("optimal", "USA", "--aims", "/"), "malformed_file"),
    (("optimal", "USA", "--time-limit", "inf"), "invalid_option"),
    (("brief", "us-china", "--out="), "invalid_option"),
    (("world", "merge", "--out", ""), "invalid_option"),
    (("world", "fetch", "nothing-of-that-name"), "unknown_name"),
    (("horizon", "--duty", "USA:CHN=10", "--importer", ",", "--exporter", "CHN"), "unknown_economy"),
    (("horizon", "--duty", "USA:CHN=10", "--importer", "USA,JPN", "--exporter", "CHN"), "unknown_economy"),
    (("horizon", "--duty", "USA:CHN=10", "--importer", "CHN", "--exporter", "CHN"), "invalid_option"),
    (("exposure", ","), "unknown_economy"),
    (("markets", "us-china", "synthetic", "--seed", "-1"), "invalid_option"),
    (("talks", "simulate", "us-china", "--seed", "-1"), "invalid_option"),
    (("track-record", "us-china", "--questions", "--csv", "/dev/null"), "cannot_write"),
    (("status", "atlantis"), "unknown_dispute"),
    (("status", "us-china", "--on", "2025-13-01"), "invalid_date"),
    (("status", "us-china", "--on", "5 June 2025"), "invalid_date"),
    (("status", "us-china", "--on", "2017-06-01"), "date_before_record"),
    (("status", "us-china", "--assume", "magic"), "invalid_option"),
    (("changed", "us-china", "--since", "2025-06-05", "--on", "2025-06-01"), "invalid_option"),
    (("brief", "us-china", "--out", "brief.pdf"), "invalid_option"),
    (("brief", "us-china", "--on", "2017-01-01"), "date_before_record"),
    (("what-if", "--duty", "USA:XXX=10"), "unknown_economy"),
    (("what-if", "--duty", "USA:CHN:C99=10"), "unknown_sector"),
    (("what-if", "--duty", "USA:CHN"), "invalid_option"),
    (("what-if", "--duty", "USA:CHN=much"), "invalid_option"),
    (("what-if", "--duty", "USA:CHN=nan"), "invalid_policy"),
    (("what-if", "--duty", "USA:USA=10"), "invalid_policy"),
    (("what-if", "--duty", "USA:CHN=10", "--closure", "open"), "unknown_name"),
    (("what-if", "--duty", "USA:CHN=10", "--closure", "fixed_to_wage:XXX"), "unknown_name"),
    (("what-if", "--duty", "USA:CHN=10", "--model", "mine"), "unknown_name"),
    (("what-if", "--limit", "USA:CHN:C26=-1"), "invalid_policy"),
    (("what-if", "--limit", "USA:CHN:C26=0.5/nobody"), "invalid_option"),
    (("what-if", "--limit", "USA:CHN:C26=0.5@XXX"), "unknown_economy"),
    (("what-if", "--model", "krugman", "--limit", "USA:CHN=0.5"), "invalid_policy"),
    (("what-if", "--exempt", "USA:CHN=1.5"), "invalid_policy"),
    (("what-if", "--transit", "HKG=0.4"), "invalid_option"),
    (("horizon", "--duty", "USA:CHN=10", "--importer", "USA", "--exporter", "XXX"), "unknown_economy"),
    (("horizon", "--importer", "USA", "--exporter", "CHN", "--years", "3,1"), "invalid_option"),
    (("what-if", "--subsidy", "ALL:CHN:C26=100"), "invalid_policy"),
    (("what-if", "--duty", "USA:CHN=10", "--elasticities", "mine"), "unknown_name"),
    (("what-if", "--duty", "USA:CHN=10", "--theta-scale", "-1"), "invalid_option"),
    (("what-if", "--duty", "USA:CHN=10", "--world", "flat"), "unknown_name"),
    (("add", "claim", "--to", "us-china", "--id", "claim-x", "--title", "A claim"), "cannot_write"),
    (("add", "rumour", "--to", "us-china", "--id", "rumour-x", "--title", "A rumour"), "invalid_option"),
    (("nonsense",), "invalid_option"),
    (("status", "us-china", "--on", "9999-12-31"), "invalid_date"),
    (("status", "us-china", "--on", ""), "invalid_option"),
    (("status", "us-china", "--on", "2025-05-20", "--known-by", "2017-01-01"), "date_before_record"),
    (("timeline", "us-china", "--on", "2025-01-01", "--since", "2025-06-01"), "invalid_option"),
    (("brief", "us-china", "--on", "2025-06-05", "--since", "2025-07-01"), "invalid_option"),
    (("brief", "us-china", "--out", ""), "invalid_option"),
    (("replicate", "nosuch", "--data", "."), "unknown_name"),
    (("leverage", "us-china", "--years", "3,1"), "invalid_option"),
    (("leverage", "us-china", "--years", "soon"), "invalid_option"),
    (("leverage", "us-china", "--model", "mine"), "unknown_name"),
    (("leverage", "us-china", "--on", "2017-01-01"), "date_before_record"),
    (("optimal", "XXX"), "unknown_economy"),
    (("optimal", "USA", "--grain", "fine"), "invalid_option"),
    (("optimal", "USA", "--on", "2026-03-01"), "invalid_option"),
    (("optimal", "DEU", "--dispute", "us-china", "--on", "2026-03-01"), "invalid_game"),
    (("optimal", "USA", "--lobby-from", "no-such-file.csv"), "malformed_file"),
    (("optimal", "USA", "--sectors", "C99"), "unknown_sector"),
    (("optimal", "USA", "--time-limit", "-1"), "invalid_option"),
    (("nash", "USA"), "invalid_game"),
    (("nash", "USA,USA"), "invalid_game"),
    (("bargain", "USA,CHN", "--red-line", "CHN"), "invalid_option"),
    (("bargain", "USA,CHN", "--outside", "peace"), "invalid_option"),
    (("bargain", "USA,CHN", "--dispute", "us-china", "--outside", "peace"), "invalid_option"),
    (("bargain", "USA,CHN", "--dispute", "us-china", "--model", "mine"), "unknown_name"),
    (("bargain", "USA,CHN", "--dispute", "us-china", "--on", "2017-01-01"), "date_before_record"),
    (("bargain", "USA,CHN", "--dispute", "us-china", "--agenda", "none.yaml"), "invalid_agenda"),
    (("bargain", "USA,JPN", "--dispute", "us-china"), "invalid_game"),
    (("owed", "us-china", "--measure", "measure-none"), "invalid_option"),
    (("owed", "us-china", "--hs", "85x"), "invalid_option"),
    (("owed", "us-china", "--loaded", "yesterday"), "invalid_date"),
    (("owed", "us-china", "--from", "2026-03-01", "--on", "2026-02-01"), "invalid_option"),
    (("owed", "us-china", "--from", "2017-01-01"), "date_before_record"),
    (("owed", "us-china", "--importer", "USA", "--exporter", "USA"), "invalid_option"),
    (("diff", "us-china", "2025-05-14", "2025-05-13"), "invalid_option"),
    (("diff", "us-china", "2025-05-14", "soon"), "invalid_date"),
    (("claims", "us-china", "--side", "Atlantis"), "invalid_option"),
    (("commitments", "us-china", "--agreement", "agreement-none"), "invalid_option"),
    (("authorities", "us-china", "--party", "ALL"), "invalid_option"),
    (("authorities", "us-china", "--on", "2017-01-01"), "date_before_record"),
    (("first-since", "us-china", "weather=fine"), "invalid_option"),
    (("base-rates", "us-china", "--weight", "drezner-threats"), "invalid_option"),
    (("ex-post", "--shipped", "--data", "here"), "invalid_option"),
    (("markets", "us-china", "no-such-file.csv"), "missing_data"),
    (("markets", "us-china", "synthetic", "--events", "weather"), "invalid_option"),
    (("markets", "us-china", "synthetic", "--window", "soon"), "invalid_option"),
    (("markets", "us-china", "synthetic", "--window", "3,1"), "invalid_option"),
    (("markets", "us-china", "synthetic", "--market", "nobody"), "unknown_name"),
    (("markets", "us-china", "synthetic", "--odds", "odds.yaml"), "invalid_option"),
    (("ex-post", "--data", "no-such-folder"), "missing_data"),
    (("base-rates", "us-china", "--weight", "nobody=1"), "invalid_option"),
    (("base-rates", "us-china", "--on", "2010-01-01"), "date_before_record"),
    (("track-record", "us-china", "--from", "2026-01-01", "--to", "2025-01-01"), "invalid_date"),
    (("track-record", "us-china", "--to", "2010-01-01"), "date_before_record"),
    (("track-record", "us-china", "--from", "soon"), "invalid_date"),
    (("analogues", "us-china", "--when", "level=staff", "--then", "level=king"), "invalid_option"),
    (
        ("analogues", "us-china", "--when", "level=staff", "--then", "level=leader", "--within", "0"),
        "invalid_option",
    ),
]


@pytest.mark.parametrize(("arguments", "code"), BAD)
def test_bad_input_is_one_error_and_status_two(capsys, arguments, code):
    status, answer = call(capsys, *arguments)
    assert status == 2
    assert set(answer) == {"error"}
    assert set(answer["error"]) == {"code", "what", "where", "why", "instead"}
    assert answer["error"]["code"] == code
    assert answer["error"]["instead"]
    assert answer["error"]["where"]


@pytest.mark.slow
def test_leverage_is_one_envelope_and_every_number_has_a_unit(capsys, tmp_path):
    folder = write_dispute(tmp_path / "mine", {"measure-reciprocal": TRUCE})
    (folder / "levers.yaml").write_text(
        "levers:" + levers.duty("ours", "USA", "CHN") + levers.stated("theirs", "CHN", "USA", 2, 1)
    )
    arguments = ("leverage", str(folder), "--on", "2025-05-20", "--quick", "--years", "1")
    status, answer = call(capsys, *arguments)
    assert status == 0
    assert set(answer) == ENVELOPE
    assert answer["schema"] == "detente/leverage/1"
    assert answer["provenance"]["certificate"]["certified"]
    data = answer["data"]
    assert {"upper_hand", "horizons", "levers", "left_out", "solves", "reading"} <= set(data)
    assert data["upper_hand"]["sentence"]
    carried, stated = data["levers"]
    assert carried["in_full"][0]["yearly_rate"]["residual"] <= 1e-10
    assert stated["stated"]["cost_to_target"]["unit"] == "usd_billion"
    ours = carried["in_full"][0]
    assert {"cost_to_target_percent", "cost_to_holder_percent", "hold_points"} <= set(ours)


def test_missing_raw_data_says_what_to_get(capsys, monkeypatch):
    monkeypatch.delenv("DETENTE_DATA", raising=False)
    status, answer = call(capsys, "replicate", "caliendo-parro-2015")
    assert (status, answer["error"]["code"]) == (2, "missing_data")
    assert "docs/data.md" in answer["error"]["instead"]


def test_replicate_without_a_case_lists_them_and_runs_what_ships(capsys, monkeypatch):
    monkeypatch.delenv("DETENTE_DATA", raising=False)
    status, answer = call(capsys, "replicate")
    assert status == 0
    cases = {case["case"]: case for case in answer["data"]["cases"]}
    assert {"caliendo-parro-2015", "ignatenko-2025", "gegravity"} <= set(cases)
    assert all(case["citation"] and case["data"] for case in cases.values())
    status, answer = call(capsys, "replicate", "gegravity")
    assert status == 0
    cell = next(cell for cell in answer["data"]["cells"] if cell["id"] == "gegravity.CAN.gdp")
    assert {"published", "computed", "difference", "tolerance", "verdict"} <= set(cell)
    assert cell["verdict"] == "match"


def test_a_broken_dispute_writes_nothing(capsys, tmp_path):
    folder = write_dispute(tmp_path / "mine", {"measure-reciprocal": TRUCE + "layer: twice\n"})
    page = tmp_path / "brief.html"
    page.write_text("before")
    status, answer = call(capsys, "brief", str(folder), "--out", str(page))
    assert (status, answer["error"]["code"]) == (2, "duplicate_key")
    assert answer["error"]["where"].startswith("mine/measure-reciprocal.yaml:")
    assert page.read_text() == "before"
    assert not page.with_suffix(".json").exists()


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("loop.yaml", b"extra: &a [*a]\n", "malformed_file", 1),
        ("deep.yaml", b"a: " + b"[" * 3000 + b"]" * 3000, "malformed_file", 1),
        ("nul.yaml", b"schema: 1\nid: x\0\n", "malformed_file", 2),
        ("bytes.yaml", b"\xff\xfe\x00", "malformed_file", 1),
        ("empty.yaml", b"", "invalid_entry", 1),
        ("list.yaml", b"- 1\n", "invalid_entry", 1),
        ("lists/broken.csv", b"hs\n\xff\xfe", "malformed_file", 1),
        ("lists/rate.csv", b"hs,rate_percent\n8517,ten\n", "malformed_file", 2),
        ("lists/huge.csv", b"hs,rate_percent\n8517,25\n8518,-5\n", "malformed_file", 3),
        ("aliases.yaml", b"- a\n", "malformed_file", 1),
        ("dispute.yaml", b"name: 17\n", "malformed_file", 1),
    ],
)
def test_broken_files_are_named_with_their_line(capsys, tmp_path, name, content, code, line):
    folder = write_dispute(tmp_path / "mine", {"measure-reciprocal": TRUCE}, {"a.csv": "hs\n8517\n"})
    (folder / name).write_bytes(content)
    status, answer = call(capsys, "status", str(folder), "--on", "2025-05-20")
    assert (status, answer["error"]["code"]) == (2, code)
    assert answer["error"]["where"] == f"mine/{name}:{line}"


@pytest.mark.parametrize(
    "change",
    [
        ("imposing: USA", "imposing: ZZZ"),
        ("schema: 1", "schema: true"),
        ("rate_percent: 125", "rate_percent: -5"),
        ("effective: 2025-04-10 00:01 America/New_York", "effective: 2026-04-10"),
    ],
)
def test_unsound_duties_are_refused_by_status(capsys, tmp_path, change):
    folder = write_dispute(tmp_path / "mine", {"measure-reciprocal": TRUCE.replace(*change)})
    status, answer = call(capsys, "status", str(folder), "--on", "2025-05-20")
    assert status == 2
    assert answer["error"]["code"] in ("invalid_entry", "overlapping_layers")
    assert answer["error"]["where"].startswith("mine/measure-reciprocal.yaml:")


def test_one_duty_under_two_names_is_refused_by_status(capsys, tmp_path):
    state = "[{status: in_force, rate_percent: 10, announced: 2025-02-01, effective: 2025-02-04}]"
    entries = {f"measure-{n}": duty(n, state, layer="same") for n in ("one", "two")}
    folder = write_dispute(tmp_path / "mine", entries)
    status, answer = call(capsys, "status", str(folder), "--on", "2025-05-20")
    assert (status, answer["error"]["code"]) == (2, "overlapping_layers")


def test_an_entry_that_cites_nothing_real_is_not_added(capsys, tmp_path):
    folder = write_dispute(tmp_path / "mine", {"measure-reciprocal": TRUCE})
    arguments = ["add", "claim", "--to", str(folder), "--id", "claim-x-y", "--title", "A claim", "--date"]
    arguments += [
        "2025-06-06",
        "--source",
        "source-nope",
        "--set",
        "by={name: A, side: USA}",
        "--set",
        "says=x",
    ]
    status, answer = call(capsys, *arguments, "--set", "standing=[{since: 2025-06-06, status: open}]")
    assert (status, answer["error"]["code"]) == (2, "invalid_entry")
    assert not (folder / "claims").exists()


def test_overlapping_layers_write_no_brief(capsys, tmp_path):
    state = "[{status: in_force, rate_percent: 10, announced: 2025-02-01, effective: 2025-02-04}]"
    entries = {
        "measure-one": duty("one", state, layer="same"),
        "measure-two": duty("two", state, layer="same"),
    }
    folder = write_dispute(tmp_path / "mine", entries)
    status, answer = call(capsys, "brief", str(folder), "--out", str(tmp_path / "b.html"))
    assert (status, answer["error"]["code"]) == (2, "overlapping_layers")
    assert not (tmp_path / "b.html").exists()


def test_add_and_new_work_on_a_copy(capsys, tmp_path):
    source = write_dispute(tmp_path / "first", {"measure-reciprocal": TRUCE})
    status, _ = call(capsys, "new", str(tmp_path / "second"), "--from", str(source))
    assert status == 0
    arguments = [
        *("add", "claim", "--to", str(tmp_path / "second"), "--id", "claim-deal-is-near"),
        *("--title", "A deal: near", "--date", "2025-06-06", "--source", "source-gazette"),
        *("--set", "by={name: A. Minister, side: USA}", "--set", "says=A deal is near"),
        *("--set", "standing=[{since: 2025-06-06, status: open}]"),
    ]
    status, answer = call(capsys, *arguments)
    assert status == 0
    assert answer["data"]["file"].endswith("claims/2025/claim-deal-is-near.yaml")
    status, answer = call(capsys, *arguments)
    assert (status, answer["error"]["code"]) == (2, "invalid_entry")
    status, answer = call(capsys, "status", str(tmp_path / "second"), "--on", "2025-06-06")
    assert [claim["id"] for claim in answer["data"]["claims"]] == ["claim-deal-is-near"]
    status, answer = call(capsys, "new", str(tmp_path / "second"), "--from", str(source))
    assert (status, answer["error"]["code"]) == (2, "cannot_write")


def test_an_incomplete_entry_writes_nothing(capsys, tmp_path):
    folder = write_dispute(tmp_path / "mine", {"measure-reciprocal": TRUCE})
    before = sorted(p.name for p in folder.rglob("*"))
    status, answer = call(capsys, "add", "talk", "--to", str(folder), "--id", "talk-x", "--title", "A talk")
    assert (status, answer["error"]["code"]) == (2, "invalid_entry")
    assert sorted(p.name for p in folder.rglob("*")) == before


def test_our_own_bug_is_status_one(capsys, monkeypatch):
    import detente.record.files

    def broken(_):
        raise RuntimeError("boom")

    monkeypatch.setattr(detente.record.files, "load_record", broken)
    status, answer = call(capsys, "status", "us-china")
    assert (status, answer["error"]["code"]) == (1, "internal_error")


@pytest.mark.parametrize("arguments", [["--help"], ["timeline", "us-china"], ["status", "no-such", "--json"]])
def test_output_cut_by_its_reader_ends_without_a_word(arguments):
    code = "from detente.cli.main import run; run()"
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == OUTPUT_CUT


def test_days_after_the_last_are_refused_in_plain_words(capsys):
    status, answer = call(capsys, "changed", "us-china", "--since", "2030-01-01", "--on", "2025-06-05")
    assert (status, answer["error"]["where"]) == (2, "--since")
    assert "2025-06-05" in answer["error"]["instead"]


def test_a_server_that_cannot_start_keeps_its_exit_status(monkeypatch):
    import detente.record.files

    def leaving(_):
        sys.exit(3)

    monkeypatch.setattr(detente.record.files, "load_record", leaving)
    with pytest.raises(SystemExit) as left:
        run(["status", "us-china"])
    assert left.value.code == 3
