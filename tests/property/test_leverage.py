"""What must hold of leverage in any world: sides, sizes, elasticities, certificates."""

from dataclasses import replace

import numpy as np
import pytest
from tests.support.levers import armed, bench, duty, small_world, stated, withheld, write

from detente.economy.certificate import NotSolved
from detente.policy import SectorPolicy
from detente.strategy.armed import Cost
from detente.strategy.bench import Effect
from detente.strategy.cases import Case, cases
from detente.strategy.leverage import leverage

SIDES = ("E00", "E01")
CENTRAL = Case("central", "central", 1.0, "made-up")


@pytest.fixture(scope="module")
def world():
    found = small_world()
    return found


@pytest.fixture
def central(world):
    return replace(CENTRAL, elasticities=world.default_elasticities)


def solved(answer) -> Effect:
    assert isinstance(answer, Effect)
    return answer


@pytest.mark.parametrize("make", [duty, lambda *a: withheld(*a, "S01")])
def test_a_lever_of_no_size_costs_nothing(tmp_path, world, central, make):
    (one,) = write(tmp_path, make("a", "E00", "E01")).levers
    found = solved(bench(world).one(central, one, 0.0, 0.0))
    assert abs(found.target_percent) < 1e-8
    assert abs(found.holder_percent) < 1e-8
    assert found.diverted_share is None


def test_goods_that_are_all_replaced_cost_nothing(tmp_path, world, central):
    (one,) = write(tmp_path, withheld("a", "E00", "E01", "S01")).levers
    assert abs(solved(bench(world).one(central, one, 0.6, 1.0)).target_percent) < 1e-8


def test_more_withheld_hurts_more_and_less_so_where_it_can_be_replaced(tmp_path, world, central):
    """Where scarcity enriches nobody: rent that stays with buyers works like a tax on their imports."""
    (one,) = write(tmp_path, withheld("a", "E00", "E01", "S01", rent="dissipated")).levers
    stand = bench(world)
    costs = [solved(stand.one(central, one, size, 0.0)).target_percent for size in (0.2, 0.5, 0.8)]
    assert 0 < costs[0] < costs[1] < costs[2]
    easier = replace(central, fixed={"S01": 0.9})
    assert solved(stand.one(easier, one, 0.8, 0.0)).target_percent < costs[2]


def test_doubling_elasticities_moves_the_answers(tmp_path, world, central):
    file = write(tmp_path, duty("a", "E00", "E01"), withheld("b", "E01", "E00", "S00"))
    stand = bench(world)
    for one, size in zip(file.levers, (20.0, 0.5), strict=True):
        before = solved(stand.one(central, one, size, 0.0))
        after = solved(stand.one(replace(central, scale=2.0), one, size, 0.0))
        assert abs(after.target_percent / before.target_percent - 1) > 0.05


def test_a_small_lever_costs_what_the_margin_says(tmp_path, world, central):
    (one,) = write(tmp_path, duty("a", "E00", "E01")).levers
    stand = bench(world)
    first, tenth = (solved(stand.one(central, one, size, 0.0)) for size in (1.0, 0.1))
    assert first.target_percent == pytest.approx(10 * tenth.target_percent, rel=0.05)


def test_a_share_is_of_what_is_traded_today(tmp_path, world, central):
    """After a duty has cut a flow, the lever still withholds a share of what is left."""
    change = SectorPolicy.duties(world.economies, world.sectors, {("E01", "E00"): {"S00": 1.0}})
    (one,) = write(tmp_path, withheld("a", "E00", "E01", "S00", rent="dissipated")).levers
    found = solved(bench(world, base=change).one(central, one, 0.05, 0.0))
    assert found.target_percent > 1e-5


def test_every_number_comes_with_a_certificate_and_failures_have_none(tmp_path, world, central):
    (one,) = write(tmp_path, withheld("a", "E00", "E01", "S01")).levers
    stand = bench(world)
    assert solved(stand.one(central, one, 0.5, 0.0)).residual <= 1e-10
    hopeless = stand.one(replace(central, fixed={"S01": 0.01}), one, 0.99, 0.0)
    if isinstance(hopeless, NotSolved):
        assert not hasattr(hopeless, "target_percent")
    else:
        assert hopeless.residual <= 1e-10


def test_names_of_the_sides_do_not_matter(tmp_path, world):
    file = write(tmp_path, duty("a", "E00", "E01"), duty("b", "E01", "E00", 10))
    one = leverage(armed(file), bench(world), SIDES, years=(1.0,), brief=True)
    other = leverage(armed(file), bench(world), SIDES[::-1], years=(1.0,), brief=True)
    gaps = [c.gap(*SIDES) for c in one.comparisons[0][:3]]
    assert gaps == pytest.approx([c.gap(*SIDES) for c in other.comparisons[0][:3]])
    assert one.verdicts[0].side == other.verdicts[0].side


def test_the_answer_holds_only_where_it_holds_in_every_case(tmp_path, world):
    file = write(
        tmp_path, duty("a", "E00", "E01"), withheld("b", "E01", "E00", "S01"), stated("c", "E01", "E00", 1, 5)
    )
    found = leverage(armed(file), bench(world), SIDES, years=(1.0, 3.0), brief=True)
    gaps = np.array([c.gap(*SIDES) for listed in found.comparisons for c in listed])
    assert found.overall.holds == bool((gaps > 0).all() or (gaps < 0).all())
    if found.overall.holds:
        assert "upper hand" in found.overall.sentence
    else:
        assert found.overall.sentence.startswith("Not settled")
    assert found.solves > 0


def test_stated_costs_count_from_when_they_are_felt(tmp_path, world):
    file = write(tmp_path, duty("a", "E00", "E01"), stated("c", "E01", "E00", 4, 2))
    found = leverage(armed(file), bench(world), SIDES, years=(1.0, 3.0), brief=True)
    first, later = found.rows[1].full
    assert isinstance(first, Cost)
    assert isinstance(later, Cost)
    # Two weeks of notice and four of stocks.
    assert first.target_usd_million == pytest.approx(4000 * 46 / 52)
    assert first.holder_usd_million == pytest.approx(2000 * 50 / 52)
    assert later.target_usd_million == pytest.approx(4000)


def test_the_flip_of_a_size_is_where_the_two_levers_are_even(tmp_path, world):
    file = write(
        tmp_path,
        stated("a", "E00", "E01", 0.1, 0.0),
        withheld("b", "E01", "E00", "S01", 0.6, rent="dissipated"),
    )
    stand = bench(world)
    found = leverage(armed(file), stand, SIDES, years=(1.0,))
    rival, row = found.rows
    assert isinstance(row.full[0], Cost)
    assert row.full[0].hold > rival.full[0].hold > 0
    flip = next(one for one in found.flips["E01"] if one.assumption == "size")
    assert flip.value is not None
    assert flip.leads
    central = found.horizons[0][0]
    felt = row.armed.felt(central)

    def hold(size):
        effect = solved(stand.one(central, row.armed.lever, size, row.armed.replaced(central)))
        return felt[0] * effect.target_percent - felt[1] * effect.holder_percent

    assert hold(0.95 * flip.value) < rival.full[0].hold < hold(1.05 * flip.value)


def test_cases_span_elasticities_closures_and_sourced_ranges(world):
    listed = cases(world, "input-output", (1.0, 3.0), SIDES)
    assert len(listed) == 2
    factors = {case.factor for case in listed[0]}
    assert {
        "central",
        "trade elasticity",
        "closure",
        "substitution",
        "sourced ranges",
        "use of revenue",
    } <= factors
    assert len(cases(world, "armington", (1.0, 3.0), SIDES)) == 1
