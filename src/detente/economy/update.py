"""Bring named flows of a world to newer totals and everything else into balance with the least change.

Flows move to the X nearest in relative entropy to the old X0, sum X ln(X / X0) - X + X0, with

- each named total met: sum over its sectors of r_nij X_nij = V, r the customs ratio where V is a customs
  value and 1 where it is not;
- what each economy buys of each sector, before duty, held: sum_i X_nij;
- gross output of every sector held: sum_n X_nij.

The minimum is X0 times a factor for each importer and sector, each exporter and sector, and exp(r mu) on the
cells of a total (RAS with further totals; Bacharach 1970, Csiszar 1975); it is found by Newton's method on
the dual. Value added and deficits therefore stay; what a pair trades less, both trade more with others and at
home. Duty revenue moves with the flows, so input and final shares are then balanced as in the build of a
world, again by the least change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidWorld, LabelMismatch, UnknownName
from detente.core.yaml12 import read_yaml
from detente.economy.certificate import NotSolved
from detente.economy.identities import accounts
from detente.economy.models import INPUT_OUTPUT
from detente.economy.solve import solve
from detente.economy.sources.accounts import balanced_accounts, moved_shares
from detente.economy.world import World
from detente.economy.worlds import DEFAULT_WORLD, SHIPPED
from detente.policy import SectorPolicy, Weights

BASES = ("flow", "customs")
COMPOSITIONS = ("flows", "lines")
TOLERANCE = 1e-11
MOST_STEPS = 100


@dataclass(frozen=True)
class FlowTotal:
    """A total that some flows of one pair are to reach.

    Attributes:
        importer, exporter: economy labels.
        value_musd: USD million, before duty.
        sectors: labels; none for all goods.
        basis: `flow`, as the world's flows are valued, or `customs`, the customs ratio applied.
        composition: `flows`, as the world has it, beside what balancing does; or `lines`, each sector in
            proportion to the importer's customs lines (sectors without lines stay as they are).
        source: where the number stands.
    """

    importer: str
    exporter: str
    value_musd: float
    sectors: tuple[str, ...] = ()
    basis: str = "flow"
    composition: str = "flows"
    source: str = ""


def list_updates(world: str = DEFAULT_WORLD) -> tuple[str, ...]:
    """Names of the updates that ship with a world."""
    return tuple(sorted(path.stem for path in (SHIPPED / world / "updates").glob("*.yaml")))


def read_update(name: str | Path) -> tuple[str, tuple[FlowTotal, ...]]:
    """Name and totals of a shipped update, or of a file of one's own.

    Raises:
        UnknownName: neither a shipped update nor a file.
        InvalidWorld: a target without its parts.
    """
    path = SHIPPED / DEFAULT_WORLD / "updates" / f"{name}.yaml"
    if not path.exists():
        path = Path(name)
    if not path.is_file():
        raise UnknownName(
            f"no update {str(name)!r}",
            why="neither a shipped update nor a file",
            instead=f"one of {', '.join(list_updates())}, or --flow IMPORTER:EXPORTER=USD_MILLION",
        )
    document = read_yaml(path, shown=path.name)[0]
    rows = document.get("targets") if isinstance(document, dict) else None
    if not rows:
        raise InvalidWorld(f"{path.name} names no targets", where=path.name, why="an update has targets")
    totals = []
    for row in rows:
        missing = [key for key in ("importer", "exporter", "value_usd_million") if key not in row]
        if missing:
            raise InvalidWorld(f"a target without {', '.join(missing)}", where=path.name, why="it needs them")
        totals.append(
            FlowTotal(
                str(row["importer"]),
                str(row["exporter"]),
                float(row["value_usd_million"]),
                tuple(str(label) for label in row.get("sectors") or ()),
                str(row.get("basis", "flow")),
                str(row.get("composition", "flows")),
                str(row.get("source", "")),
            )
        )
    return str(document.get("update", path.stem)), tuple(totals)


def update_world(
    world: World,
    totals: Sequence[FlowTotal],
    *,
    weights: Weights | None = None,
    name: str | None = None,
) -> tuple[World, dict[str, Any]]:
    """A world whose named flows have the given totals, and what moved.

    Args:
        world: accounts that balance.
        totals: see `FlowTotal`; two of one pair may not name the same sector.
        weights: HS weights, for totals by `lines`.
        name: of the result.

    Returns:
        The world and a report: totals before and after, the largest moves of flows, change of GDP, deficit
        and duty revenue by economy, shares that moved by more than half.

    Raises:
        LabelMismatch: an unknown economy or sector, or a sector named twice.
        InvalidWorld: totals that are not positive, or that no flows with these zeros can reach.
    """
    books = accounts(world)
    cells = _constraints(world, totals, weights)
    flows, steps_taken, residual = _nearest(world, cells)
    shares = balanced_accounts(
        world.economies,
        world.sectors,
        flows,
        world.duty,
        books.value_added_share,
        books.input_share,
        books.final_share,
    )
    steps = [
        *world.provenance.get("steps", []),
        *(
            f"{t.importer} from {t.exporter}: {t.value_musd:g} USD million, {t.basis} basis; {t.source}"
            for t in totals
        ),
    ]
    done = replace(
        world,
        name=name or f"{world.name} updated",
        flows=flows,
        value_added_share=shares.value_added_share,
        input_share=shares.input_share,
        final_share=shares.final_share,
        provenance={**world.provenance, "steps": steps},
    )
    report = {
        "totals": [_total(world, done, total) for total in totals],
        "newton_steps": steps_taken,
        "residual": float(f"{residual:.2g}"),
        "largest_moves": _moves(world, flows),
        **_changes(world, done),
        "shares_moved_over_50_percent": moved_shares(world.economies, world.sectors, shares)[:20],
    }
    return replace(done, provenance={**done.provenance, "update": report}), report


def effect_of_update(
    before: World, after: World, *, us_points: float = 30.0, china_points: float = 10.0
) -> dict[str, Any]:
    """Real income of the US and China, percent, under duties of so many points on each other's goods.

    Before and after an update: does the answer turn on the newer totals?
    """
    result: dict[str, Any] = {"points": {"USA on CHN": us_points, "CHN on USA": china_points}}
    for key, world in (("before", before), ("after", after)):
        goods = [label for label in world.sectors if label not in world.services]
        policy = SectorPolicy.duties(
            world.economies,
            world.sectors,
            {
                ("USA", "CHN"): dict.fromkeys(goods, us_points / 100),
                ("CHN", "USA"): dict.fromkeys(goods, china_points / 100),
            },
        )
        outcome = solve(INPUT_OUTPUT, world, policy)
        if isinstance(outcome, NotSolved):
            result[key] = None
            continue
        values = outcome.values("real_income_percent")
        result[key] = {
            f"{label}_real_income_percent": round(float(values[world.economies.index(label)]), 4)
            for label in ("USA", "CHN")
        }
    return result


@dataclass(frozen=True)
class _Cells:
    """One total: the cells it adds up, their weights, and the value."""

    importer: int
    exporter: int
    sectors: np.ndarray
    weight: np.ndarray
    value: float


def _constraints(world: World, totals: Sequence[FlowTotal], weights: Weights | None) -> list[_Cells]:
    if not totals:
        raise InvalidWorld("no totals", why="nothing to update to", instead="IMPORTER:EXPORTER=USD_MILLION")
    seen: set[tuple[str, str, str]] = set()
    found: list[_Cells] = []
    for total in totals:
        n, i = (_place(world.economies, label, "economy") for label in (total.importer, total.exporter))
        if n == i:
            raise LabelMismatch(
                f"{total.importer} from itself",
                why="output and absorption at home are held",
                instead="two economies",
            )
        if total.basis not in BASES or total.composition not in COMPOSITIONS:
            raise InvalidWorld(
                f"basis {total.basis}, composition {total.composition}",
                why=f"basis is one of {', '.join(BASES)}, composition one of {', '.join(COMPOSITIONS)}",
            )
        if not (np.isfinite(total.value_musd) and total.value_musd > 0):
            raise InvalidWorld(
                f"{total.value_musd} USD million from {total.exporter} to {total.importer}",
                why="a total is a positive number",
                instead="an embargo is a policy, not an update",
            )
        labels = total.sectors or tuple(s for s in world.sectors if s not in world.services)
        places = np.array([_place(world.sectors, label, "sector") for label in labels])
        for label in labels:
            if (total.importer, total.exporter, label) in seen:
                raise LabelMismatch(
                    f"{label} of {total.importer} from {total.exporter} twice", why="one total each"
                )
            seen.add((total.importer, total.exporter, label))
        ratio = np.ones(len(places))
        if total.basis == "customs" and world.customs_ratio is not None:
            ratio = world.customs_ratio[n, i, places]
        flow = world.flows[n, i, places]
        if flow.sum() <= 0:
            raise InvalidWorld(
                f"{total.importer} buys none of this from {total.exporter}",
                why="a flow of zero stays zero when scaled",
                instead="sectors that are traded",
            )
        if total.composition == "flows":
            found.append(_Cells(n, i, places, ratio, total.value_musd))
        else:
            found += _by_lines(world, weights, total, places, ratio)
    return found


def _by_lines(
    world: World, weights: Weights | None, total: FlowTotal, places: np.ndarray, ratio: np.ndarray
) -> list[_Cells]:
    """One constraint for each sector with customs lines."""
    lines = None if weights is None else weights.lines.get(total.importer)
    if lines is None:
        raise InvalidWorld(
            f"no HS lines of {total.importer}",
            why="composition by lines needs them",
            instead="composition: flows",
        )
    n, i = world.economies.index(total.importer), world.economies.index(total.exporter)
    values = lines.values(total.exporter)
    by_sector = np.array([values[lines.sector == place].sum() for place in places])
    flow = world.flows[n, i, places]
    fixed = (by_sector > 0) & (flow > 0)
    left = total.value_musd - float((flow * ratio)[~fixed].sum())
    if left <= 0 or not fixed.any():
        raise InvalidWorld(
            f"{total.value_musd:g} is below the flows without lines", why="they stay as they are"
        )
    value = np.where(fixed, left * by_sector / by_sector[fixed].sum(), flow * ratio)
    traded = np.flatnonzero(flow > 0)
    return [_Cells(n, i, places[k : k + 1], ratio[k : k + 1], float(value[k])) for k in traded]


def _nearest(world: World, cells: Sequence[_Cells]) -> tuple[np.ndarray, int, float]:
    """The flows, the Newton steps taken and the largest relative residual.

    In every sector X_ni = X0_ni exp(a_n + b_i + r mu) with mu only on cells of a total. (a, b, mu) minimises
    the dual sum X - a rows - b columns - mu V, which is convex; its Hessian is a block for each sector,
    bordered by the totals.
    """
    flows = world.flows.astype(np.float64).copy()
    touched = np.unique(np.concatenate([cell.sectors for cell in cells]))
    start = np.ascontiguousarray(flows[:, :, touched].transpose(2, 0, 1))
    margins = np.concatenate([start.sum(axis=2), start.sum(axis=1)], axis=1)
    border = np.zeros((len(cells), *start.shape))
    for row, cell in enumerate(cells):
        border[row, np.searchsorted(touched, cell.sectors), cell.importer, cell.exporter] = cell.weight
    wanted = np.array([cell.value for cell in cells])
    scale = np.maximum(margins, 1e-9 * margins.max(axis=1, keepdims=True))
    sides, mu = np.zeros_like(margins), np.zeros(len(cells))
    part, gap, residual = start, np.zeros_like(margins), np.inf
    objective = np.inf
    for step in range(1, MOST_STEPS + 1):
        gap = np.concatenate([part.sum(axis=2), part.sum(axis=1)], axis=1) - margins
        off = np.tensordot(border, part, axes=3) - wanted
        residual = max(float(np.max(np.abs(gap) / scale)), float(np.max(np.abs(off) / wanted)))
        if residual < TOLERANCE:
            flows[:, :, touched] = part.transpose(1, 2, 0)
            return flows, step, residual
        move, slide = _newton(part, border, gap, off)
        for size in 0.5 ** np.arange(30):
            sides_now, mu_now = sides - size * move, mu - size * slide
            # Beyond these exponents the step is far too long whatever its value.
            exponent = np.clip(_exponent(border, sides_now, mu_now), -700.0, 50.0)
            part = start * np.exp(exponent)
            value = float(part.sum() - (sides_now * margins).sum() - mu_now @ wanted)
            if value <= objective + 1e-9 * abs(objective) or not np.isfinite(objective):
                sides, mu, objective = sides_now, mu_now, value
                break
        else:
            break
    k, n = np.unravel_index(int(np.argmax(np.abs(gap) / scale)), gap.shape)
    raise InvalidWorld(
        f"no flows meet these totals (a margin is off by {residual:.2g} of itself)",
        where=f"{world.economies[n % len(world.economies)]} {world.sectors[touched[k]]}",
        why="output and absorption of each sector are held, and the pair would trade more than they allow",
        instead="smaller changes",
    )


def _exponent(border: np.ndarray, sides: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """Log of the new flow over the old [sector, importer, exporter]."""
    n = border.shape[2]
    return sides[:, :n, None] + sides[:, None, n:] + np.tensordot(mu, border, axes=1)


def _newton(
    part: np.ndarray, border: np.ndarray, gap: np.ndarray, off: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Newton step of the dual: sectors one by one, the totals by their Schur complement."""
    sectors, n, _ = part.shape
    hessian = np.zeros((sectors, 2 * n, 2 * n))
    ends = np.arange(n)
    hessian[:, ends, ends], hessian[:, n + ends, n + ends] = part.sum(axis=2), part.sum(axis=1)
    hessian[:, :n, n:], hessian[:, n:, :n] = part, part.transpose(0, 2, 1)
    diagonal = np.arange(2 * n)
    # A constant can pass from rows to columns, and empty ones are free: neither changes a flow.
    hessian[:, diagonal, diagonal] *= 1 + 1e-12
    hessian[:, diagonal, diagonal] += np.where(hessian[:, diagonal, diagonal] > 0, 0.0, 1.0)
    weighted = border * part
    coupling = np.concatenate([weighted.sum(axis=3), weighted.sum(axis=2)], axis=2).transpose(1, 2, 0)
    solved = np.linalg.solve(hessian, np.concatenate([coupling, gap[:, :, None]], axis=2))
    own = np.diag((border * weighted).sum(axis=(1, 2, 3)))
    schur = own - np.einsum("jxc,jxd->cd", coupling, solved[:, :, :-1])
    slide = np.linalg.solve(schur, off - np.einsum("jxc,jx->c", coupling, solved[:, :, -1]))
    return solved[:, :, -1] - solved[:, :, :-1] @ slide, slide


def _place(labels: Sequence[str], label: str, what: str) -> int:
    if label not in labels:
        raise LabelMismatch(
            f"no {what} {label!r}",
            why=f"the world has {', '.join(labels[:6])}, ...",
            instead="one of its labels",
        )
    return labels.index(label)


def _total(before: World, after: World, total: FlowTotal) -> dict[str, Any]:
    n, i = after.economies.index(total.importer), after.economies.index(total.exporter)
    labels = total.sectors or tuple(s for s in after.sectors if s not in after.services)
    places = [after.sectors.index(label) for label in labels]
    ratio = np.ones(len(places))
    if total.basis == "customs" and after.customs_ratio is not None:
        ratio = after.customs_ratio[n, i, places]
    return {
        "importer": total.importer,
        "exporter": total.exporter,
        "basis": total.basis,
        "before_musd": round(float(before.flows[n, i, places] @ ratio), 1),
        "after_musd": round(float(after.flows[n, i, places] @ ratio), 1),
        "wanted_musd": total.value_musd,
        "source": total.source,
    }


def _moves(world: World, flows: np.ndarray, count: int = 15) -> list[dict[str, Any]]:
    change = flows - world.flows
    order = np.argsort(-np.abs(change), axis=None)[:count]
    rows = []
    for n, i, j in zip(*np.unravel_index(order, change.shape), strict=True):
        old = world.flows[n, i, j]
        rows.append(
            {
                "importer": world.economies[n],
                "exporter": world.economies[i],
                "sector": world.sectors[j],
                "before_musd": round(float(old), 1),
                "after_musd": round(float(flows[n, i, j]), 1),
                "change_percent": round(float(100 * change[n, i, j] / old), 2) if old > 0 else None,
            }
        )
    return rows


def _changes(before: World, after: World) -> dict[str, Mapping[str, Any]]:
    """GDP, deficit and revenue by economy: the five that move most."""
    old, new = accounts(before), accounts(after)
    gdp = 100 * ((new.value_added + new.revenue) / (old.value_added + old.revenue) - 1)
    tables: dict[str, Mapping[str, Any]] = {}
    for key, change, digits in (
        ("gdp_change_percent", gdp, 5),
        ("value_added_change_percent", 100 * (new.value_added / old.value_added - 1), 9),
        ("deficit_change_musd", new.deficit - old.deficit, 3),
        ("revenue_change_musd", new.revenue - old.revenue, 1),
    ):
        order = np.argsort(-np.abs(change))[:5]
        tables[key] = {after.economies[n]: round(float(change[n]), digits) for n in order}
    return tables
