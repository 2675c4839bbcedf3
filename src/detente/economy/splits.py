"""Shipped splits: sourced shares of rare earths, AI chips, electric cars and batteries, applied to a world.

A split file states for each part its world sales, who makes and who buys them, and which customs lines hold
its goods. Shares of flows follow in this order:

1. Where an importer has HS lines (US imports of 2024, China's imports from the US of 2017), the share is that
   of the part's lines in the parent's lines from the same exporter.
2. Elsewhere w_ni = b_n c_i, at most `MOST`: b_n is how intensely n buys (its stated share of world sales over
   its share of the parent's absorption; those not named share the rest), and c_i makes i's sales equal its
   stated share of world sales, less what step 1 placed already.

Duties of the parts follow the lines' own rates where there are any: US duties calculated on Chinese goods in
2024, US most-favoured-nation rates on others, China's rates on US goods; the parent's revenue on every flow
stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidOption, InvalidWorld, LabelMismatch, UnknownName
from detente.core.yaml12 import read_yaml
from detente.economy.sources.labels import EU_MEMBERS
from detente.economy.split import Part, holds, split_sector, split_weights
from detente.economy.world import World
from detente.economy.worlds import (
    DEFAULT_WORLD,
    SHIPPED,
    load_china_rates,
    load_mfn_usa,
    load_us_lines_china,
    world_folder,
)
from detente.policy import LineSet, Weights

LEVELS = ("low", "central", "high")
MOST = 0.95
"""Largest share of a flow that step 2 gives to a part."""

REMAINDERS = ("us_imports", "parent", "none")
GROUPS = {"EU": EU_MEMBERS}


@dataclass(frozen=True)
class PartRule:
    """One part of a split file; see the files for what each field rests on.

    Attributes:
        label, parent, name: labels and plain name.
        hs: codes of its goods.
        world_sales: USD million of the flows.
        makers, buyers: economy (or EU) -> share of world sales; they may leave a remainder.
        remainder: how the makers' remainder is spread over economies not named: by `us_imports` of the
            codes, by the `parent`'s output, or `none`.
        users, inputs: see `Part`.
        elasticity: level -> value; empty for Cobb-Douglas.
        theta: level -> trade elasticity of the part in every set; empty for the parent's.
    """

    label: str
    parent: str
    name: str
    hs: tuple[str, ...]
    world_sales: float
    makers: Mapping[str, float]
    buyers: Mapping[str, float]
    remainder: str
    users: Mapping[str, float]
    inputs: Mapping[str, float]
    elasticity: Mapping[str, float]
    theta: Mapping[str, float]


@dataclass(frozen=True)
class SplitRule:
    """A split file.

    Attributes:
        name, title: as the file says.
        parts: in the order in which they are split off.
        document: the whole file, sources and assumptions included.
    """

    name: str
    title: str
    parts: tuple[PartRule, ...]
    document: Mapping[str, Any] = field(default_factory=dict)


def list_splits(world: str = DEFAULT_WORLD) -> tuple[str, ...]:
    """Names of the splits that ship with a world."""
    return tuple(sorted(path.stem for path in (SHIPPED / world / "splits").glob("*.yaml")))


def read_split(name: str | Path) -> SplitRule:
    """A shipped split, or a file of one's own.

    Raises:
        UnknownName: neither a shipped split nor a file.
        InvalidWorld: a field is missing or cannot be.
    """
    path = SHIPPED / DEFAULT_WORLD / "splits" / f"{name}.yaml"
    if not path.exists():
        path = Path(name)
    if not path.is_file():
        raise UnknownName(
            f"no split {str(name)!r}",
            why="neither a shipped split nor a file",
            instead=f"one of {', '.join(list_splits())}",
        )
    document = read_yaml(path, shown=path.name)[0]
    if not isinstance(document, dict) or not document.get("parts"):
        raise InvalidWorld(f"{path.name} names no parts", where=path.name, why="a split has parts")
    parts = tuple(_rule(row, path.name) for row in document["parts"])
    return SplitRule(document.get("split", path.stem), document.get("title", ""), parts, document)


def apply_split(
    world: World,
    weights: Weights,
    rule: SplitRule | str,
    *,
    elasticity: str | float = "central",
    theta: str | float = "central",
    rates_from: str | Path | None = None,
) -> tuple[World, Weights, list[dict[str, Any]]]:
    """A world with the parts of a split file, its HS weights, and a report.

    Args:
        world, weights: what to split.
        rule: a split, or the name of a shipped one.
        elasticity: of substitution for other inputs: `low`, `central` or `high` of the file's range, or one
            number for every critical part.
        theta: between origins of the part: a level likewise, a number, or `parent`, the parent's own.
        rates_from: the world whose line tables give relative duties; None for the shipped one.

    Returns:
        The world, the weights, and per part: sales stated and reached, the largest makers, flows at the
        limit, the elasticity used and its range.

    Raises:
        LabelMismatch: a parent, maker or buyer that the world does not have.
        InvalidWorld, InvalidOption: shares or an elasticity that cannot be.
    """
    chosen = read_split(rule) if isinstance(rule, str) else rule
    report: list[dict[str, Any]] = []
    for part in chosen.parts:
        world, weights, row = _apply(world, weights, part, elasticity, theta, rates_from)
        report.append(row)
    provenance = dict(world.provenance)
    provenance["splits"] = [
        *provenance.get("splits", []),
        {"split": chosen.name, "title": chosen.title, "parts": report, "file": dict(chosen.document)},
    ]
    return _renamed(world, chosen.name, provenance), weights, report


def _renamed(world: World, split: str, provenance: dict[str, Any]) -> World:
    from dataclasses import replace

    base = world.name.replace(" split", "")
    return replace(world, name=f"{base}+{split}", provenance=provenance)


def _apply(
    world: World,
    weights: Weights,
    rule: PartRule,
    level: str | float,
    origins: str | float,
    rates_from: str | Path | None,
) -> tuple[World, Weights, dict[str, Any]]:
    if rule.parent not in world.sectors:
        raise LabelMismatch(
            f"parent {rule.parent} of {rule.label}",
            why=f"the world has {', '.join(world.sectors)}",
            instead="a split of one of its sectors",
        )
    s = world.sectors.index(rule.parent)
    flows = world.flows[:, :, s]
    known = _line_shares(world, weights, s, rule.hs)
    targets = _targets(world, weights, s, rule)
    share, limited = _fill(flows, known, targets, _buyers(world, s, rule))
    heavy, light = _duty_weights(world, weights, s, rule.hs, rates_from)
    elasticity = _chosen(rule.elasticity, level, "elasticity")
    theta = None if origins == "parent" else _chosen(rule.theta, origins, "theta")
    users = {user: value for user, value in rule.users.items() if user in {*world.sectors, "final", "others"}}
    part = Part(
        share=share,
        duty_weight=heavy,
        users=users,
        inputs={key: value for key, value in rule.inputs.items() if key in world.sectors},
        theta=theta,
        elasticity=elasticity,
        hs=rule.hs,
    )
    parts = {rule.parent: Part(duty_weight=light), rule.label: part}
    done = split_sector(world, rule.parent, parts)
    sold = done.flows[:, :, done.sectors.index(rule.label)].sum(axis=0)
    row = {
        "part": rule.label,
        "parent": rule.parent,
        "name": rule.name,
        "world_sales_stated_musd": rule.world_sales,
        "world_sales_musd": round(float(sold.sum()), 1),
        "share_of_parent_percent": round(float(100 * sold.sum() / flows.sum()), 3),
        "makers_percent": {
            world.economies[i]: round(float(100 * sold[i] / sold.sum()), 2) for i in np.argsort(-sold)[:8]
        },
        "flows_from_customs_lines": int(np.isfinite(known).sum()),
        "flows_at_the_limit": limited,
        "elasticity": elasticity,
        "elasticity_range": dict(rule.elasticity),
        "theta": theta,
        "theta_range": dict(rule.theta),
        "users_not_in_the_world": sorted(set(rule.users) - set(users)),
    }
    return done, split_weights(weights, rule.parent, parts, done.sectors), row


def _line_shares(world: World, weights: Weights, s: int, hs: tuple[str, ...]) -> np.ndarray:
    """Shares that customs lines give [importer, exporter]; NaN where there are none."""
    share = np.full((len(world.economies), len(world.economies)), np.nan)
    if not hs:
        return share
    for importer, lines in weights.lines.items():
        inside = lines.sector == s
        mine = inside & holds(lines.codes, hs)
        n = world.economies.index(importer)
        for i, exporter in enumerate(world.economies):
            values = _own_lines(lines, exporter)
            if i != n and values is not None and values[inside].sum() > 0:
                share[n, i] = values[mine].sum() / values[inside].sum()
    return share


def _own_lines(lines: LineSet, exporter: str) -> np.ndarray | None:
    """Lines of the exporter, or of the EU for a member; not those of all partners together."""
    label = exporter if exporter in lines.value_musd else lines.proxy.get(exporter, "")
    return lines.value_musd[label] if label in lines.value_musd and label != "ALL" else None


def _targets(world: World, weights: Weights, s: int, rule: PartRule) -> np.ndarray:
    """Sales of the part by maker, USD million [exporter]."""
    output = world.flows[:, :, s].sum(axis=0)
    share = _by_economy(world, rule.makers, output, f"makers of {rule.label}")
    rest = 1.0 - share.sum()
    if rest > 1e-12 and rule.remainder != "none":
        basis = output.copy()
        if rule.remainder == "us_imports" and "USA" in weights.lines:
            lines = weights.lines["USA"]
            mine = holds(lines.codes, rule.hs)
            found = [lines.value_musd.get(label) for label in world.economies]
            basis = np.array([0.0 if values is None else float(values[mine].sum()) for values in found])
            inside = np.array(
                [output[i] if label in EU_MEMBERS else 0.0 for i, label in enumerate(world.economies)]
            )
            if "EU" in lines.value_musd and inside.sum() > 0:
                members = lines.value_musd["EU"][mine].sum() * inside / inside.sum()
                basis = np.where(inside > 0, members, basis)
        basis = np.where(share > 0, 0.0, basis)
        if basis.sum() > 0:
            share = share + rest * basis / basis.sum()
    return share * rule.world_sales


def _by_economy(world: World, stated: Mapping[str, float], size: np.ndarray, what: str) -> np.ndarray:
    """Shares by economy; a group's share is spread over its members by size [N]."""
    share = np.zeros(len(world.economies))
    for label, value in stated.items():
        members = [m for m in GROUPS.get(label, (label,)) if m in world.economies]
        if not members:
            raise LabelMismatch(
                f"{label} among the {what}", why="the world does not have it", instead="ROW, say"
            )
        places = [world.economies.index(member) for member in members]
        total = size[places].sum()
        share[places] += value * (size[places] / total if total > 0 else 1 / len(places))
    if not (np.isfinite(share).all() and share.min() >= 0 and share.sum() <= 1 + 1e-9):
        raise InvalidWorld(
            f"{what} add up to {share.sum():.4f}",
            why="they are shares of world sales",
            instead="fractions that add up to at most one",
        )
    return share


def _buyers(world: World, s: int, rule: PartRule) -> np.ndarray:
    """How intensely each importer buys the part, relative to the parent [N]."""
    absorbed = (world.flows[:, :, s] * (1 + world.duty[:, :, s])).sum(axis=1)
    whole = absorbed / absorbed.sum()
    stated = _by_economy(world, rule.buyers, absorbed, f"buyers of {rule.label}")
    named = stated > 0
    rest = (1 - stated.sum()) / max(whole[~named].sum(), 1e-12)
    return np.where(named, stated / np.where(whole > 0, whole, 1.0), max(rest, 0.0))


def _fill(
    flows: np.ndarray, known: np.ndarray, targets: np.ndarray, buyers: np.ndarray
) -> tuple[np.ndarray, int]:
    """Shares [importer, exporter] that reach each maker's target, and how many are at the limit."""
    given = np.isfinite(known)
    share = np.where(given, known, 0.0)
    missing = targets - (flows * share).sum(axis=0)
    free = np.where(given, 0.0, flows)
    low, high = np.zeros(len(targets)), np.full(len(targets), 1e6)
    for _ in range(200):  # c_i rises the sales of i until they meet the target
        middle = (low + high) / 2
        sold = (free * np.minimum(buyers[:, None] * middle[None, :], MOST)).sum(axis=0)
        low, high = np.where(sold < missing, middle, low), np.where(sold < missing, high, middle)
    filled = np.minimum(buyers[:, None] * high[None, :], MOST)
    filled = np.where((missing > 0)[None, :], filled, 0.0)
    share = np.where(given, share, filled)
    return share, int(((share >= MOST) & (flows > 0) & ~given).sum())


def _duty_weights(
    world: World, weights: Weights, s: int, hs: tuple[str, ...], rates_from: str | Path | None
) -> tuple[np.ndarray, np.ndarray]:
    """Mean line duties of the part and of the rest [importer, exporter]; 1 and 1 where no lines give them."""
    shape = (len(world.economies), len(world.economies))
    heavy, light = np.ones(shape), np.ones(shape)
    if not hs:
        return heavy, light
    for importer, lines in weights.lines.items():
        inside = lines.sector == s
        mine = inside & holds(lines.codes, hs)
        n = world.economies.index(importer)
        for i, exporter in enumerate(world.economies):
            values = None if i == n else _own_lines(lines, exporter)
            rates = None if values is None else _rates(lines, exporter, rates_from)
            if values is None or rates is None:
                continue
            part, rest = values * mine, values * (inside & ~mine)
            if part.sum() > 0 and rest.sum() > 0:
                heavy[n, i], light[n, i] = (part @ rates) / part.sum(), (rest @ rates) / rest.sum()
    bare = (heavy == 0) & (light == 0)
    return np.where(bare, 1.0, heavy), np.where(bare, 1.0, light)


def _rates(lines: LineSet, exporter: str, rates_from: str | Path | None) -> np.ndarray | None:
    """Duty of each line as a fraction [line]; None where no table gives it."""
    folder = world_folder(rates_from or DEFAULT_WORLD)
    if lines.importer == "CHN" and exporter == "USA":
        table = "hs_china.npz"
    elif lines.importer == "USA":
        table = "hs_usa.npz" if exporter == "CHN" else "mfn_usa.npz"
    else:
        return None
    return _rates_in(table, lines.codes, folder, (folder / table).stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _rates_in(table: str, codes: tuple[str, ...], folder: Path, _: int) -> np.ndarray:
    """Kept by time of writing: parts of a split ask for the same lines, and exporters for one table."""
    if table == "hs_china.npz":
        of_china = load_china_rates(folder)
        return _joined(codes, of_china.codes, np.nan_to_num(of_china.columns["on_usa_2019"]))
    if table == "hs_usa.npz":
        paid = load_us_lines_china(folder)
        value = paid.columns["value_musd"]
        return _joined(codes, paid.codes, paid.columns["duty_musd"] / np.where(value > 0, value, 1.0))
    mfn = load_mfn_usa(folder)
    return _joined([code[:8] for code in codes], mfn.codes, np.nan_to_num(mfn.columns["rate"]))


def _joined(codes: Any, table: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values of a sorted table for each code; 0 where it has none."""
    wanted = np.asarray(codes)
    place = np.minimum(np.searchsorted(table, wanted), len(table) - 1)
    rates = np.where(table[place] == wanted, values[place], 0.0)
    rates.flags.writeable = False
    return rates


def _chosen(values: Mapping[str, float], level: str | float, what: str) -> float | None:
    """The value of a level, or the number given; None where the part has no range of its own."""
    if not values:
        return None
    if isinstance(level, str):
        if level not in LEVELS:
            raise InvalidOption(
                f"{what} {level!r}", why="no such level", instead=f"{', '.join(LEVELS)} or a number"
            )
        return float(values[level])
    if not (np.isfinite(level) and level >= 0):
        raise InvalidOption(f"{what} {level}", why="it is zero or more", instead="for example 0.2")
    return float(level)


def _range(row: Mapping[str, Any], key: str, shown: str) -> dict[str, float]:
    """Low, central and high of a field; empty where the file gives none."""
    given = row.get(key) or {}
    levels = [float(given[level]) for level in LEVELS if level in given]
    if given and (len(levels) < 3 or not 0 < levels[0] <= levels[1] <= levels[2]):
        raise InvalidWorld(
            f"{key} of {row['label']}",
            where=shown,
            why="low, central and high are positive and in this order",
            instead="{low: 0.05, central: 0.2, high: 0.9}",
        )
    return dict(zip(LEVELS, levels, strict=False))


def _rule(row: Mapping[str, Any], shown: str) -> PartRule:
    """A part of the file, checked."""
    missing = [key for key in ("label", "parent", "world_sales_usd_million") if key not in row]
    if missing:
        raise InvalidWorld(
            f"a part without {', '.join(missing)}", where=shown, why="a part needs them", instead="add them"
        )
    remainder = row.get("remainder", "parent")
    sales = float(row["world_sales_usd_million"])
    if remainder not in REMAINDERS or not (np.isfinite(sales) and sales > 0):
        raise InvalidWorld(
            f"part {row['label']}: remainder {remainder}, sales {sales}",
            where=shown,
            why=f"remainder is one of {', '.join(REMAINDERS)} and sales are positive",
        )
    return PartRule(
        str(row["label"]),
        str(row["parent"]),
        str(row.get("name", row["label"])),
        tuple(str(code) for code in row.get("hs") or ()),
        sales,
        {str(key): float(value) for key, value in (row.get("makers") or {}).items()},
        {str(key): float(value) for key, value in (row.get("buyers") or {}).items()},
        remainder,
        {str(key): float(value) for key, value in (row.get("users") or {}).items()},
        {str(key): float(value) for key, value in (row.get("inputs") or {}).items()},
        _range(row, "elasticity", shown),
        _range(row, "theta", shown),
    )
