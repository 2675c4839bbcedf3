"""Armington and Krugman by hand: equilibria, aims and slopes of many points at once, without JAX.

Equations and names are those of `economy.models.final_goods_system`. At a point x of log gross duties the
unknowns are logs of wages w and spending e; with money conditions

    F_w = sum_nj b_j X_nij - w_i LI_i (for one economy the numeraire)
    F_e = w_n LI_n + sum_mj (1 - b_j) X_mnj + D_n - sum_ij X_nij

a real aim L has the slope dL/dx = L_x - l' F_x, with l from the transposed Jacobian (2 N x 2 N).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.economy.models.final_goods import FinalGoods
from detente.economy.prepare import Prepared
from detente.strategy.aims import Aim, sector_weights
from detente.strategy.arena import Own, Slopes, differenced_many, implied_steps
from detente.strategy.choice import DUTY, Choice, put_all

LARGEST_UNKNOWNS = 200
"""Economies up to which dense Jacobians of every point are cheap."""

TOLERANCE = 1e-13
STEPS = 30
CHUNK = 400_000
"""Numbers in one array of a chunk of points: it stays in the cache."""


@dataclass
class State:
    """Points in equilibrium; pair arrays lie [B, sector, importer, exporter]."""

    flows: np.ndarray
    share: np.ndarray
    gross: np.ndarray
    wages: np.ndarray
    sold: np.ndarray
    revenue: np.ndarray
    log_price: np.ndarray
    jacobian: np.ndarray
    solved: np.ndarray


class FinalGoodsArena:
    """Trade in final goods, aims of real income or of sector income."""

    noise = 1e-10

    def __init__(self, prepared: Prepared, aims: Sequence[Aim]) -> None:
        self.prepared, self.aims = prepared, tuple(aims)
        world, p = prepared.world, prepared.parameters
        self.p = p
        self.base = np.log(p.base_gross)
        self.rows = [world.economies.index(aim.side) for aim in aims]
        self.weights = np.array([sector_weights(aim.terms[0], world) for aim in aims])
        self.redundant = int(np.flatnonzero(p.redundant)[0])
        self._start = prepared.start.reshape(2, -1)
        n, j = len(world.economies), len(world.sectors)
        self._most = max(1, CHUNK // (n * n * j))
        origin = self._solve(self.base[None])
        self._scale = np.array([self._aim(origin, at)[0][0] for at in range(len(aims))])

    @staticmethod
    def takes(prepared: Prepared, aims: Sequence[Aim]) -> bool:
        """Whether the model and the aims are of this kind, and the world small enough."""
        plain = all(
            len(aim.terms) == 1
            and aim.terms[0].kind in ("real_income", "sector_income")
            and aim.terms[0].weight == 1
            for aim in aims
        )
        few = 2 * len(prepared.world.economies) <= LARGEST_UNKNOWNS
        return plain and few and isinstance(prepared.model, FinalGoods)

    def values(self, rates: np.ndarray) -> np.ndarray:
        """Aims at many points; see `arena.Arena`."""
        found = []
        for at in range(0, len(rates), self._most):
            state = self._solve(rates[at : at + self._most, 0].transpose(0, 3, 1, 2))
            found.append(np.stack([self._percent(state, side) for side in range(len(self.aims))], axis=1))
        return np.concatenate(found)

    def slopes(self, rates: np.ndarray, sides: Sequence[int] | None = None) -> Slopes | None:
        """Aims and slopes at one point; see `arena.Arena`."""
        state = self._solve(rates[None, 0].transpose(0, 3, 1, 2))
        if not state.solved[0]:
            return None
        wanted = range(len(self.aims)) if sides is None else sides
        each = np.eye(len(self.aims))
        slopes = np.stack([_levers(self._slope(state, each[side])[0]) for side in wanted])
        return Slopes(np.array([self._percent(state, side)[0] for side in wanted]), slopes)

    def hessian(self, rates: np.ndarray, weights: np.ndarray, choice: Choice) -> np.ndarray | None:
        """By central differences of the slopes, many points at once; see `arena.Arena`."""

        def slopes(entries: np.ndarray) -> np.ndarray:
            found = []
            for at in range(0, len(entries), self._most):
                state = self._at(rates, [choice], entries[at : at + self._most])
                slope = np.where(state.solved[:, None, None, None], self._slope(state, weights), np.nan)
                found.extend(choice.gathered(_levers(one)) for one in slope)
            return np.array(found)

        entries = choice.take(rates)
        state = self._at(rates, [choice], entries[None])
        if not state.solved[0]:
            return None
        here = slopes(entries[None])
        sizes = self._steps(state, choice, here)[1][0]
        return differenced_many(slopes, choice, entries, here[0], sizes)

    def _at(self, rates: np.ndarray, choices: Sequence[Choice], entries: np.ndarray) -> State:
        """Equilibria at rates in force but for entries of some sides."""
        return self._solve(put_all(choices, rates, entries)[:, DUTY].transpose(0, 3, 1, 2))

    def at(self, rates: np.ndarray, choices: Sequence[Choice], entries: np.ndarray) -> np.ndarray:
        """Aims at many entries of some sides; see `arena.Arena`."""
        found = []
        for at in range(0, len(entries), self._most):
            state = self._at(rates, choices, entries[at : at + self._most])
            found.append(np.stack([self._percent(state, side) for side in range(len(self.aims))], axis=1))
        return np.concatenate(found)

    def own(
        self,
        rates: np.ndarray,
        sides: Sequence[int],
        choices: Sequence[Choice],
        entries: np.ndarray,
        near: Sequence[Any] | None = None,
    ) -> Own:
        """Aims of some sides at many of their entries and slopes in them; see `arena.Arena`."""
        found = Own.empty(len(entries), choices)
        for at in range(0, len(entries), self._most):
            state = self._at(rates, choices, entries[at : at + self._most])
            here = slice(at, at + len(state.solved))
            for place, (side, one) in enumerate(zip(sides, choices, strict=True)):
                found.values[here, place] = self._percent(state, side)
                slope = self._slope(state, np.eye(len(self.aims))[side])
                own = np.array([one.gathered(_levers(each)) for each in slope])
                found.slopes[place][here] = own
                found.steps[place][here], found.sizes[place][here] = self._steps(state, one, own)
        return found

    def _steps(self, state: State, choice: Choice, slopes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Steps and sizes of the rates of a side [B, K]; see `arena.implied_steps`."""
        row = choice.row
        income = self.prepared.baseline.household_income[row]
        flows, paid = state.flows[:, :, row], (state.flows * state.gross)[:, :, row]
        found = [
            implied_steps(choice, self.p.theta, income, _own_duties(own), share.T, spent.sum(axis=1), slope)
            for own, share, spent, slope in zip(flows, state.share[:, :, row], paid, slopes, strict=True)
        ]
        return np.array([step for step, _ in found]), np.array([size for _, size in found])

    def _solve(self, x: np.ndarray) -> State:
        """Equilibria at log gross duties [B, J, N, N], by Newton's method with the whole Jacobian."""
        p, count = self.p, len(x)
        n = x.shape[-1]
        theta, labour = p.theta[:, None, None], p.labour_share
        gross = np.exp(x)
        pull = p.supplier_share * np.exp(-theta * (x - self.base))
        w, e = (np.repeat(row[None], count, axis=0) for row in self._start)
        norm = np.full(count, np.inf)
        own = np.arange(n)
        with np.errstate(all="ignore"):
            step = 0
            while True:
                step += 1
                pulled = pull * np.exp(-theta * w[:, None, None, :])
                reach = pulled.sum(axis=3)
                share = pulled / reach[..., None]
                spending = p.spending * np.exp(e)
                flows = share * (p.spending_share.T * spending[:, None, :])[..., None] / gross
                sold, kept = flows.sum(axis=2), flows.sum(axis=3)
                payroll = np.einsum("j,bjn->bn", labour, sold)
                profits = np.einsum("j,bjn->bn", 1 - labour, sold)
                wages, imports = p.labour_income * np.exp(w), kept.sum(axis=1)
                first = payroll - wages
                first[:, self.redundant] = wages.sum(axis=1) - p.labour_income.sum()
                second = wages + profits + p.deficit - imports
                jacobian = np.zeros((count, 2 * n, 2 * n))
                crossed = np.matmul(flows.transpose(0, 1, 3, 2), share)
                for rows, part in ((slice(0, n), labour), (slice(n, 2 * n), 1 - labour)):
                    felt = part * p.theta
                    block = np.einsum("j,bjik->bik", felt, crossed)
                    block[:, own, own] -= np.einsum("j,bji->bi", felt, sold)
                    jacobian[:, rows, :n] = block
                    jacobian[:, rows, n:] = np.einsum("j,bjni->bin", part, flows)
                jacobian[:, own, own] -= wages
                jacobian[:, n + own, own] += wages
                jacobian[:, n:, :n] -= np.einsum("j,bjnk->bnk", p.theta, kept[..., None] * share - flows)
                jacobian[:, n + own, n + own] -= imports
                jacobian[:, self.redundant, :n] = wages
                jacobian[:, self.redundant, n:] = 0.0
                size = np.concatenate([wages, spending], axis=1)
                residual = np.concatenate([first, second], axis=1)
                norm = np.abs(residual / size).max(axis=1)
                if not (norm > TOLERANCE).any() or step == STEPS:
                    break
                move = np.full_like(residual, np.nan)
                fine = np.isfinite(jacobian).all(axis=(1, 2))
                move[fine] = np.linalg.solve(jacobian[fine], residual[fine][..., None])[..., 0]
                longest = np.abs(move).max(axis=1, keepdims=True)
                move = move * np.minimum(1.0, 2.0 / np.maximum(longest, 1e-300))
                if np.nanmax(longest, initial=0.0) < 1e-15:
                    break
                w, e = w - move[:, :n], e - move[:, n:]
            return State(
                flows, share, gross, wages, sold, spending - imports,
                -np.einsum("nj,bjn->bn", p.spending_share, np.log(reach) / p.theta[:, None]),
                jacobian, norm <= 100 * TOLERANCE,
            )  # fmt: skip

    def _aim(self, state: State, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weighted income over prices [B], labour by sector [B, J], and the mean weight of labour [B]."""
        row, weights = self.rows[side], self.weights[side]
        sold = state.sold[:, :, row]
        payroll = self.p.labour_share * sold
        labour = payroll / payroll.sum(axis=1, keepdims=True)
        mean = labour @ weights
        rest = state.revenue[:, row] + self.p.deficit[row]
        return (sold @ weights + mean * rest) / np.exp(state.log_price[:, row]), labour, mean

    def _percent(self, state: State, side: int) -> np.ndarray:
        level = 100 * (self._aim(state, side)[0] / self._scale[side] - 1)
        return np.where(state.solved, level, np.nan)

    def _slope(self, state: State, weights: np.ndarray) -> np.ndarray:
        """Slope of the weighted sum of aims [S] in log gross duties [B, J, N, N]."""
        p, n = self.p, state.flows.shape[-1]
        # What one more dollar of each flow is worth, through sales and through duties.
        worth, direct = np.zeros_like(state.flows), np.zeros_like(state.flows)
        dearer = np.zeros((len(state.flows), n))
        for side in np.flatnonzero(weights):
            row, lobby = self.rows[side], self.weights[side]
            level, _, mean = self._aim(state, int(side))
            size = 100 * weights[side] * level / self._scale[side]
            per_dollar = size / (level * np.exp(state.log_price[:, row]))
            payroll = (p.labour_share * state.sold[:, :, row]).sum(axis=1)
            rest = state.revenue[:, row] + p.deficit[row]
            of_sales = lobby + (rest / payroll)[:, None] * p.labour_share * (lobby - mean[:, None])
            worth[:, :, :, row] += (of_sales * per_dollar[:, None])[:, :, None]
            of_revenue = (mean * per_dollar)[:, None, None]
            worth[:, :, row, :] += of_revenue * (state.gross[:, :, row, :] - 1)
            bought = size[:, None, None] * p.spending_share[row][:, None] * state.share[:, :, row, :]
            direct[:, :, row, :] += of_revenue * (state.flows * state.gross)[:, :, row, :] - bought
            dearer += bought.sum(axis=1)
        moved = worth * state.flows
        of_wage = p.theta[:, None] * (
            np.matmul(moved.sum(axis=3)[:, :, None, :], state.share)[:, :, 0, :] - moved.sum(axis=2)
        )
        right = np.concatenate([of_wage.sum(axis=1) - dearer, moved.sum(axis=(1, 3))], axis=1)
        multiplier = np.linalg.solve(state.jacobian.transpose(0, 2, 1), right[..., None])[..., 0]
        on_wage, on_income = multiplier[:, :n].copy(), multiplier[:, n:]
        on_wage[:, self.redundant] = 0.0
        b = p.labour_share[:, None]
        by_seller = b * on_wage[:, None, :] + (1 - b) * on_income[:, None, :]
        moved = (worth - by_seller[:, :, None, :] + on_income[:, None, :, None]) * state.flows
        theta = p.theta[:, None, None]
        return direct + theta * state.share * moved.sum(axis=3, keepdims=True) - (1 + theta) * moved


def _own_duties(cells: np.ndarray) -> np.ndarray:
    """Numbers by own duty [J, partner] as numbers by own lever [lever, partner, J]."""
    return np.stack([cells.T, np.zeros_like(cells.T)])


def _levers(slope: np.ndarray) -> np.ndarray:
    """A slope in duties [J, N, N] as one in all levers [lever, N, N, J]: there are no export taxes here."""
    duty = slope.transpose(1, 2, 0)
    return np.stack([duty, np.zeros_like(duty)])
