"""The record's semantics on small disputes: states over time, lapses, knowledge, stacking."""

from datetime import date

import pytest
from tests.support.dispute import TRUCE, duty, write_dispute

from detente.core.errors import (
    DuplicateKey,
    InvalidEntry,
    InvalidRecord,
    MalformedFile,
    OverlappingLayers,
    UnknownDispute,
    UnknownState,
)
from detente.core.products import Cover
from detente.record.asof import AsOf, Assume, state_of
from detente.record.checks import check_record, require_sound
from detente.record.compile import compile_policy, layers_on
from detente.record.files import load_record


def record_of(tmp_path, entries, lists=None, **settings):
    return load_record(str(write_dispute(tmp_path / "d", entries, lists, **settings)))


def truce(tmp_path):
    record = record_of(tmp_path, {"measure-reciprocal": TRUCE})
    return record, record.get("measure-reciprocal")


@pytest.mark.parametrize(
    ("day", "status", "rate"),
    [
        ("2025-04-09", "not_yet", None),
        ("2025-04-10", "in_force", 125),
        ("2025-05-13", "in_force", 125),
        ("2025-05-14", "in_force", 10),
        ("2025-08-11", "in_force", 10),
        ("2025-08-12", "unknown", None),
    ],
)
def test_the_day_before_of_and_after_each_change(tmp_path, day, status, rate):
    record, measure = truce(tmp_path)
    standing = state_of(measure, AsOf(date.fromisoformat(day)), record.settings.checked_to)
    assert (standing.status, standing.rate_percent) == (status, rate)


def test_a_lapse_returns_what_was_suspended_and_not_what_was_removed(tmp_path):
    _, measure = truce(tmp_path)
    lapsed = state_of(measure, AsOf(date(2025, 9, 1), assume=Assume.LAPSED))
    extended = state_of(measure, AsOf(date(2025, 9, 1), assume=Assume.EXTENDED))
    assert (lapsed.status, lapsed.rate_percent) == ("in_force", 34)
    assert (extended.status, extended.rate_percent) == ("in_force", 10)


def test_past_an_expiry_the_words_say_what_the_record_knows(tmp_path):
    record, measure = truce(tmp_path)
    standing = state_of(measure, AsOf(date(2025, 9, 1)), record.settings.checked_to)
    assert standing.message == "expiry 2025-08-12 passed, no successor recorded; record knows to 2026-01-31"
    with pytest.raises(UnknownState) as caught:
        compile_policy(record, AsOf(date(2025, 9, 1)), ["USA", "CHN"])
    assert "--assume" in caught.value.instead


def test_what_was_known_then(tmp_path):
    _, measure = truce(tmp_path)
    asof = AsOf(date(2025, 5, 20), known_by=date(2025, 5, 11))
    assert state_of(measure, asof).rate_percent == 125


def test_a_withdrawn_state_never_holds(tmp_path):
    text = duty(
        "planned",
        """
  - {status: in_force, rate_percent: 34, announced: 2025-04-04, effective: 2025-04-10, withdrawn: 2025-04-09}
  - {status: in_force, rate_percent: 84, announced: 2025-04-09, effective: 2025-04-11}""",
    )
    measure = record_of(tmp_path, {"measure-planned": text}).get("measure-planned")
    assert state_of(measure, AsOf(date(2025, 4, 10))).status == "not_yet"
    # Before it was withdrawn, the plan was what people knew.
    assert state_of(measure, AsOf(date(2025, 4, 10), known_by=date(2025, 4, 8))).rate_percent == 34


def test_a_backdated_exemption_counts_from_its_own_day_once_known(tmp_path):
    text = duty(
        "wide",
        "[{status: in_force, rate_percent: 10, announced: 2025-04-02, effective: 2025-04-05}]",
        extra='exemptions: [{hs: ["8517"], since: 2025-04-05, known: 2025-04-11}]\n',
    )
    record = record_of(tmp_path, {"measure-wide": text})

    def covered(known_by):
        (layer,) = layers_on(record, "USA", "CHN", AsOf(date(2025, 4, 6), known_by))
        return layer.pieces[0][0].cover("8517130000")

    assert covered(date(2025, 4, 10)) is Cover.YES
    assert covered(None) is Cover.NO


STATE = "[{status: in_force, rate_percent: %d, announced: 2025-02-01, effective: 2025-02-04}]"


def rates(record, code, day=date(2025, 3, 1)):
    found = {}
    for layer in layers_on(record, "USA", "CHN", AsOf(day)):
        rate = sum(rate for scope, rate in layer.pieces if scope.cover(code) is Cover.YES)
        if rate:
            found[layer.measure.layer] = rate
    return found


def test_a_duty_that_yields_does_not_fall_on_the_group_s_goods(tmp_path):
    record = record_of(
        tmp_path,
        {
            "measure-steel": duty(
                "steel", STATE % 50, scope='{hs: ["7326"]}', extra="stacking: {group: section_232}\n"
            ),
            "measure-wide": duty("wide", STATE % 10, extra="stacking: {yields_to: [section_232]}\n"),
            "measure-drugs": duty("drugs", STATE % 20),
        },
    )
    assert rates(record, "7326908688") == {"steel": 50, "drugs": 20}
    assert rates(record, "9503000073") == {"wide": 10, "drugs": 20}


def test_in_a_group_the_lowest_priority_number_is_paid(tmp_path):
    lists = {"review.csv": "hs,rate_percent\n85414010,50\n87038000,100\n"}
    record = record_of(
        tmp_path,
        {
            "measure-list": duty(
                "list", STATE % 25, scope='{hs: ["85", "87"]}', extra="stacking: {group: s301, priority: 2}\n"
            ),
            "measure-review": duty(
                "review",
                "[{status: in_force, announced: 2025-02-01, effective: 2025-02-04}]",
                scope="{list_file: review.csv}",
                extra="stacking: {group: s301, priority: 1}\n",
            ),
        },
        lists,
    )
    assert rates(record, "8541401000") == {"review": 50}
    assert rates(record, "8703800000") == {"review": 100}
    assert rates(record, "8504000000") == {"list": 25}


def test_a_duty_on_part_of_the_value_leaves_the_rest_to_the_other(tmp_path):
    record = record_of(
        tmp_path,
        {
            "measure-metal": duty(
                "metal",
                STATE % 50,
                scope='{hs: ["9403"], content: metal_content, content_share: 0.4}',
                extra="stacking: {group: section_232}\n",
            ),
            "measure-wide": duty("wide", STATE % 10, extra="stacking: {yields_to: [section_232]}\n"),
        },
    )
    assert rates(record, "9403200000") == pytest.approx({"metal": 20, "wide": 6})


def test_each_metal_pays_on_its_own_content_and_the_rest_of_the_value_once(tmp_path):
    def metal(name, priority, share, hs):
        scope = f'{{hs: ["{hs}"], content: metal_content, content_share: {share}, metal: {name}}}'
        return duty(
            name, STATE % 50, scope=scope, extra=f"stacking: {{group: section_232, priority: {priority}}}\n"
        )

    record = record_of(
        tmp_path,
        {
            "measure-car": duty(
                "car",
                STATE % 25,
                scope='{hs: ["8708"]}',
                extra="stacking: {group: section_232, priority: 1}\n",
            ),
            "measure-steel": metal("steel", 2, 0.4, "94"),
            "measure-tin": metal("tin", 3, 0.2, "9403"),
            "measure-wide": duty("wide", STATE % 10, extra="stacking: {yields_to: [section_232]}\n"),
            "measure-floor": duty(
                "floor",
                "[{status: in_force, announced: 2025-02-01, effective: 2025-02-04}]",
                scope="{list_file: floor.csv}",
                extra="stacking: {yields_to: [section_232]}\n",
            ),
        },
        {"floor.csv": "hs,rate_percent\n940310,5\n87,5\n"},
    )
    assert rates(record, "9403100000") == pytest.approx({"steel": 20, "tin": 10, "wide": 4, "floor": 2})
    assert rates(record, "9401000000") == pytest.approx({"steel": 20, "wide": 6})
    assert rates(record, "8708000000") == pytest.approx({"car": 25})


def test_base_day_gives_exactly_no_change(tmp_path):
    record, _ = truce(tmp_path)
    base = AsOf(date(2025, 1, 19))
    both = compile_policy(record, base, ["USA", "CHN"])
    assert (both - both).rows == ()
    later = compile_policy(record, AsOf(date(2025, 5, 20)), ["USA", "CHN"])
    assert [row.value for row in (later - both).rows] == [10]


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("change", "line", "field"),
    [
        (("rate_percent: 10", "rate_percent: ten"), "13", "rate_percent"),
        (("scope: {all_goods: true}", "scope: {}"), "11", "scope"),
        (("instrument: import_duty", "instrument: magic"), "8", "instrument"),
        (("effective: 2025-02-04", "effective: 4 Feb"), "13", "effective"),
        (("layer: wide", "layer: wide\ncolour: red"), "11", "colour"),
    ],
)
def test_an_invalid_entry_names_file_line_and_field(tmp_path, change, line, field):
    text = duty("wide", "\n  - {status: in_force, rate_percent: 10, effective: 2025-02-04}")
    with pytest.raises(InvalidEntry) as caught:
        record_of(tmp_path, {"measure-wide": text.replace(*change)})
    assert caught.value.where == f"d/measure-wide.yaml:{line}"
    assert field in caught.value.what


def test_a_missing_date_is_named(tmp_path):
    with pytest.raises(InvalidEntry, match=r"needs a date|date"):
        record_of(
            tmp_path,
            {
                "ruling-x": "schema: 1\nid: ruling-x\nkind: ruling\ntitle: Some ruling\ncourt: C\ncase: X\n"
                "holds: y\n"
                "sources: [{source: source-gazette}]\n"
            },
        )


def test_unknown_kind_id_and_file_name(tmp_path):
    with pytest.raises(InvalidEntry, match="kind"):
        record_of(tmp_path, {"rumour-x": "schema: 1\nid: rumour-x\nkind: rumour\ntitle: abc\n"})
    (tmp_path / "d" / "rumour-x.yaml").unlink()
    with pytest.raises(InvalidEntry, match="holds"):
        record_of(tmp_path, {"measure-other": TRUCE})


def test_duplicate_keys_and_lists_without_codes(tmp_path):
    with pytest.raises(DuplicateKey):
        record_of(tmp_path, {"measure-reciprocal": TRUCE + "layer: again\n"})
    with pytest.raises(MalformedFile) as caught:
        record_of(tmp_path, {"measure-reciprocal": TRUCE}, {"bad.csv": "hs\n8517.13\n"})
    assert caught.value.where == "d/lists/bad.csv:2"


def test_one_layer_twice_on_the_same_goods_is_refused(tmp_path):
    record = record_of(
        tmp_path,
        {
            "measure-one": duty("one", STATE % 10, layer="same"),
            "measure-two": duty("two", STATE % 10, layer="same", scope='{hs: ["85"]}'),
        },
    )
    with pytest.raises(OverlappingLayers):
        require_sound(record)
    assert any(p.rule == "nothing counted twice" for p in check_record(record))


def test_links_sources_and_lists_are_checked(tmp_path):
    text = duty("wide", STATE % 10).replace("source-gazette", "source-nowhere")
    record = record_of(tmp_path, {"measure-wide": text})
    assert {p.rule for p in check_record(record)} == {"links resolve"}
    listed = duty("listed", STATE % 10, scope="{list_file: none.csv}")
    unlisted = record_of(tmp_path, {"measure-listed": listed})
    with pytest.raises(InvalidRecord, match="no list"):
        require_sound(unlisted)


def test_an_unknown_dispute_lists_the_shipped_ones():
    with pytest.raises(UnknownDispute, match="atlantis") as caught:
        load_record("atlantis")
    assert "us-china" in caught.value.instead
