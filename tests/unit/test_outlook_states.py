"""Labels of plays as policy: the same duties that the record's law gives, and controls as limits."""

from datetime import date
from functools import cache

import numpy as np
import pytest

from detente.analysis.baseline import trade_of, weights_for
from detente.policy import Instrument, SectorPolicy
from detente.record.as_known import as_known
from detente.record.asof import AsOf, Assume
from detente.record.change import change_from_base, lapsed_asof
from detente.record.files import load_record
from detente.talks.game import Lever
from detente.talks.outlook_states import LISTED_DUTY, States, content_key

DAY = date(2025, 6, 5)
US, CN = "measure-us-ieepa-reciprocal-duty-china", "measure-china-duty-all-us-goods"
LISTED = "measure-us-section-301-china-list-3"
LEVERS = {
    lever.id: lever
    for lever in (
        Lever(US, "USA", "import_duty", "", measures=(US,)),
        Lever(CN, "CHN", "import_duty", "", measures=(CN,)),
        Lever(LISTED, "USA", LISTED_DUTY, "", measures=(LISTED,)),
        Lever("new-duty", "USA", "import_duty", ""),
        Lever("new-control", "CHN", "export_control", ""),
        Lever("listing", "CHN", "entity_restriction", ""),
    )
}
START = {US: 10.0, CN: 10.0, LISTED: 1.0, "new-duty": 0.0, "new-control": 0.0, "listing": 0.0}


@cache
def states():
    record = as_known(load_record("us-china"), DAY)
    weights = weights_for(record)
    return States(record, DAY, LEVERS, START, weights, {"C24": ("2846",)}), record, weights


def duty(levels, on=DAY):
    made, _, weights = states()
    return made.policy(levels, on).on(weights).duty_change


def test_the_first_days_policy_is_the_days_law():
    _, record, weights = states()
    law = change_from_base(record, AsOf(DAY), weights.economies).on(weights)
    assert duty({}) == pytest.approx(law.duty_change, abs=1e-12)


def test_a_lapse_by_levels_is_the_lapse_by_law_where_nothing_else_runs_out():
    _, record, weights = states()
    lapsed = lapsed_asof(record, AsOf(DAY))
    law = change_from_base(record, lapsed, weights.economies).on(weights)
    assert duty({US: 34.0, CN: 34.0}, lapsed.on) == pytest.approx(law.duty_change, abs=1e-12)


def test_a_truce_held_past_its_day_stays_at_its_level():
    assert duty({}, date(2025, 8, 13)) == pytest.approx(duty({}, date(2025, 8, 11)), abs=1e-12)


def test_a_duty_taken_off_and_a_new_one_change_what_they_should():
    made, _, weights = states()
    usa, chn = (weights.economies.index(label) for label in ("USA", "CHN"))
    goods = list(weights.goods)
    more = (duty({"new-duty": 15.0}) - duty({}))[usa, chn]
    assert more[goods] == pytest.approx(np.full(len(goods), 0.15))
    off = (duty({US: 0.0}) - duty({}))[usa, chn]
    assert off[goods].min() >= -0.1 - 1e-12
    assert off[goods].max() <= 0
    half, none = ((duty({LISTED: level}) - duty({}))[usa, chn] for level in (0.5, 0.0))
    assert half == pytest.approx(none / 2, abs=1e-12)
    assert none.min() < -0.1
    key = made.key_of({US: 0.0}, DAY)
    start = made.found[made.key_of({}, DAY)]
    assert made.found[key].duty_points["USA"] < start.duty_points["USA"]
    assert made.found[key].duty_points["CHN"] == pytest.approx(start.duty_points["CHN"])


def test_points_are_those_of_status():
    made, record, _ = states()
    points = made.found[made.key_of({}, DAY)].duty_points
    lines = trade_of(record, "USA", "CHN").lines
    rates = made.policy({}, DAY).rate_by_line(lines, "CHN")
    value = lines.values("CHN")
    assert points["USA"] == pytest.approx(float((rates * value).sum() / value.sum()), abs=1e-9)


def test_a_control_limits_the_sector_of_its_goods_and_listings_move_nothing():
    made, _, _ = states()
    (rule,) = made.found[made.key_of({"new-control": 0.5}, DAY)].policy.quantities
    assert (rule.instrument, rule.exporter, rule.importer) == (Instrument.QUANTITY_LIMIT, "CHN", "USA")
    assert dict(rule.coverage) == {"C24": 1.0}
    assert rule.value == pytest.approx(0.75)
    assert made.key_of({"listing": 1.0}, DAY) == made.key_of({}, DAY)
    assert made.key_of({"new-control": 1.0}, DAY) != made.key_of({"new-control": 0.5}, DAY)


def test_keys_tell_policies_apart_and_nothing_else():
    one = SectorPolicy.duties(("A", "B"), ("S",), {("A", "B"): 0.1})
    same = SectorPolicy.duties(("A", "B"), ("S",), {("A", "B"): 0.1 + 1e-12, ("B", "A"): -0.0})
    other = SectorPolicy.duties(("A", "B"), ("S",), {("B", "A"): 0.1})
    assert content_key(one) == content_key(same) != content_key(other)


def test_what_is_decided_before_the_first_day_comes_on_its_day_and_does_not_run_out_by_itself():
    """Stood on the eve of Geneva's first day: its law until then, the truce after, past its end too."""
    eve = date(2025, 5, 13)
    record = as_known(load_record("us-china"), eve)
    weights = weights_for(record)
    own = {US: LEVERS[US], CN: LEVERS[CN]}
    made = States(record, eve, own, {US: 10.0, CN: 10.0}, weights)

    def law(on, assume=None):
        return change_from_base(record, AsOf(on, eve, assume), weights.economies).on(weights).duty_change

    def ours(on, levels=None):
        stretch = max(day for day in made.turns if day <= on)
        return made.policy(levels or {}, stretch).on(weights).duty_change

    assert ours(eve) == pytest.approx(law(eve), abs=1e-12)
    assert ours(date(2025, 5, 14)) == pytest.approx(law(date(2025, 5, 14)), abs=1e-12)
    assert ours(date(2025, 8, 11)) == pytest.approx(law(date(2025, 8, 11)), abs=1e-12)
    assert ours(date(2025, 8, 13)) == pytest.approx(law(date(2025, 8, 11)), abs=1e-12)
    lapsed = ours(date(2025, 8, 13), {US: 34.0, CN: 34.0})
    assert lapsed == pytest.approx(law(date(2025, 8, 13), Assume.LAPSED), abs=1e-12)
    assert np.abs(ours(eve) - ours(date(2025, 5, 14))).max() > 0.9
