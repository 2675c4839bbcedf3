"""What a government wants: one number of an outcome, in percent of its baseline real income.

An aim is a weighted sum of terms, each with the reason for its weight. A term's weight is what one unit of
it is worth to the government in percent of real income, so the aim itself reads in percent of real income.

    real_income        change of household real income, percent
    sector_income      the same with lobby weights on sectors (Ossa 2014), percent
    bilateral_balance  change of the goods balance with a partner, percent of baseline income
    revenue            change of duties and export taxes received, percent of baseline income
    employment         change of labour in named sectors, percent
    security           fall of the share of named suppliers in purchases of named sectors, points
    lead               rise of the own share in world sales of named sectors, points
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from detente.core.errors import InvalidGame, UnknownEconomy, UnknownSector
from detente.economy.models.base import Equilibrium
from detente.economy.outcome import Outcome
from detente.economy.world import World
from detente.strategy.patience import Patience, read_patience
from detente.strategy.sourced import line_of

KINDS = ("real_income", "sector_income", "bilateral_balance", "revenue", "employment", "security", "lead")

NEEDS_SECTORS = ("employment", "security", "lead")
NEEDS_PARTNERS = ("bilateral_balance", "security")


@dataclass(frozen=True)
class Term:
    """One thing that a government wants.

    Attributes:
        kind: one of `KINDS`.
        weight: percent of real income that one unit of it is worth.
        because: why.
        sectors: of employment, security and lead.
        partners: of the bilateral balance; the suppliers of security.
        sector_weights: lobby weights of sector income; sectors left out have weight one.
    """

    kind: str
    weight: float = 1.0
    because: str = ""
    sectors: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    sector_weights: Mapping[str, float] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Aim:
    """What one government maximises.

    Attributes:
        side: label of its economy.
        terms: what it wants.
        patience: what the next quarter is worth to it; None where nothing is said.
    """

    side: str
    terms: tuple[Term, ...]
    patience: Patience | None = None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        named = ("kind", "weight", "because")
        return {
            "side": self.side,
            "terms": [
                {key: getattr(term, key) for key in named}
                | {key: list(value) for key in ("sectors", "partners") if (value := getattr(term, key))}
                | ({"sector_weights": dict(term.sector_weights)} if term.sector_weights else {})
                for term in self.terms
            ],
            "patience": None if self.patience is None else self.patience.to_dict(),
        }


def real_income(side: str) -> Aim:
    """The aim of real income alone."""
    return Aim(side, (Term("real_income", because="the usual aim of a government in trade theory"),))


def has_sector_income(equilibrium: Equilibrium) -> bool:
    """Whether some income belongs to sectors: profits, or factors that cannot leave.

    With all factors mobile value added and labour are in one proportion everywhere.
    """
    if hasattr(equilibrium, "profits"):
        return bool(np.any(equilibrium.profits))  # pyright: ignore[reportAttributeAccessIssue]
    added = equilibrium.value_added / equilibrium.value_added.sum(axis=1, keepdims=True)
    return bool(np.abs(equilibrium.labour - added).max() > 1e-9)


def require_sense(aim: Aim, world: World, baseline: Equilibrium, *, short_run: bool) -> None:
    """Refuse an aim that the world or the model has no meaning for.

    Args:
        aim: to be checked.
        world: with the labels.
        baseline: its equilibrium.
        short_run: whether factors are specific to sectors in the model.

    Raises:
        UnknownEconomy, UnknownSector: a label that the world lacks.
        InvalidGame: no terms, all weights zero, a term without its sectors or partners, lobby weights where
            no income belongs to sectors.
    """
    where = f"aim of {aim.side}"
    known = set(world.economies)
    for label in (aim.side, *(p for term in aim.terms for p in term.partners)):
        if label not in known:
            raise UnknownEconomy(
                repr(label),
                where=where,
                why=f"not in world {world.name}",
                instead=f"one of {', '.join(world.economies)}",
            )
    for label in (s for term in aim.terms for s in (*term.sectors, *term.sector_weights)):
        if label not in world.sectors:
            raise UnknownSector(
                repr(label),
                where=where,
                why=f"not in world {world.name}",
                instead=f"one of {', '.join(world.sectors)}",
            )
    if not any(term.weight for term in aim.terms):
        raise InvalidGame("an aim without weight", where=where, why="every policy is as good as any other",
                          instead="at least one term with a weight that is not zero")  # fmt: skip
    for term in aim.terms:
        _require_term(term, where)
        if term.kind == "sector_income" and not (short_run or has_sector_income(baseline)):
            raise InvalidGame(
                "lobby weights on sectors",
                where=where,
                why="in this model labour moves between sectors and no income belongs to one",
                instead="the model krugman (profits) or specific-factors, or the aim employment",
            )


def _require_term(term: Term, where: str) -> None:
    if term.kind not in KINDS:
        raise InvalidGame(
            f"aim {term.kind!r}", where=where, why="no such aim", instead=f"one of {', '.join(KINDS)}"
        )
    if not np.isfinite(term.weight):
        raise InvalidGame(
            f"weight {term.weight} on {term.kind}", where=where, why="not a number", instead="for example 1"
        )
    lacking = [
        name
        for name, kinds, value in (
            ("sectors", NEEDS_SECTORS, term.sectors),
            ("partners", NEEDS_PARTNERS, term.partners),
        )
        if term.kind in kinds and not value
    ]
    if lacking:
        raise InvalidGame(
            f"{term.kind} without {' and '.join(lacking)}",
            where=where,
            why="it is about named ones",
            instead=f"{lacking[0]}: [...]",
        )
    weights = list(term.sector_weights.values())
    if term.kind == "sector_income" and (min(weights, default=1.0) < 0 or max(weights, default=1.0) <= 0):
        raise InvalidGame(
            "lobby weights below zero", where=where, why="a government gains from no sector's loss alone",
            instead="weights at or above zero, one where there is no lobby",
        )  # fmt: skip


def value(aim: Aim, outcome: Outcome) -> Any:
    """The aim at an outcome, percent of real income; a scalar that gradients can be taken of."""
    row = outcome.world.economies.index(aim.side)
    return sum(term.weight * _MEASURES[term.kind](term, outcome, row) for term in aim.terms)


def sector_weights(term: Term, world: World) -> np.ndarray:
    """Lobby weights in the order of the world's sectors [J]."""
    return np.array([float(term.sector_weights.get(label, 1.0)) for label in world.sectors])


def _real_income(term: Term, o: Outcome, row: int) -> Any:
    return o.values("real_income_percent")[row]


def _sector_income(term: Term, o: Outcome, row: int) -> Any:
    """100 ({sum_s L_s [Y'_s + d'_s T'] / sum_s L_s [Y_s + d_s T]} / P - 1), percent.

    Y is value added, d the sector's share of labour, T all other income of households (Ossa 2014).
    """
    weights = sector_weights(term, o.world)

    def weighted(state: Equilibrium) -> Any:
        added = state.value_added[row]
        rest = state.household_income[row] - added.sum()
        return (weights * (added + state.labour[row] * rest)).sum()

    prices = o.after.consumer_prices[row] / o.before.consumer_prices[row]
    return 100 * (weighted(o.after) / weighted(o.before) / prices - 1)


def _balance(term: Term, o: Outcome, row: int) -> Any:
    after, before = o.goods_flows(o.after), o.goods_flows(o.before)
    partners = [o.world.economies.index(label) for label in term.partners]
    change = sum(
        (after[other, row] - after[row, other]) - (before[other, row] - before[row, other])
        for other in partners
    )
    return 100 * change / o.before.household_income[row]


def _revenue(term: Term, o: Outcome, row: int) -> Any:
    return 100 * (o.after.revenue[row] - o.before.revenue[row]) / o.before.household_income[row]


def _employment(term: Term, o: Outcome, row: int) -> Any:
    places = _places(term, o)

    def labour(state: Equilibrium) -> Any:
        heads = getattr(state, "employment", None)
        return state.labour[row, places].sum() * (1.0 if heads is None else heads[row])

    return 100 * (labour(o.after) / labour(o.before) - 1)


def _security(term: Term, o: Outcome, row: int) -> Any:
    places = _places(term, o)
    suppliers = np.array([o.world.economies.index(label) for label in term.partners])

    def dependence(state: Equilibrium) -> Any:
        bought = (state.flows[row] * (1 + state.duty[row]))[:, places]
        return bought[suppliers].sum() / bought.sum()

    return 100 * (dependence(o.before) - dependence(o.after))


def _lead(term: Term, o: Outcome, row: int) -> Any:
    places = _places(term, o)

    def share(state: Equilibrium) -> Any:
        return state.sales[row, places].sum() / state.sales[:, places].sum()

    return 100 * (share(o.after) - share(o.before))


def _places(term: Term, o: Outcome) -> np.ndarray:
    return np.array([o.world.sectors.index(label) for label in term.sectors])


_MEASURES = {
    "real_income": _real_income,
    "sector_income": _sector_income,
    "bilateral_balance": _balance,
    "revenue": _revenue,
    "employment": _employment,
    "security": _security,
    "lead": _lead,
}


def read_aims(path: Path, sides: Sequence[str]) -> tuple[Aim, ...]:
    """The aims of a file for these sides, in their order; a side that the file leaves out wants real income.

    The file has one key a side, under it a list of terms, or `terms` and `patience` (see `patience`):

        USA:
          - {aim: real_income, weight: 1, because: what households can buy}
          - {aim: employment, sectors: [C26], weight: 0.02, because: announced goal of reshoring}

    Raises:
        MalformedFile: not YAML.
        InvalidGame: a key or value that an aim does not have, or a weight without its reason.
        InvalidRange: a range of patience that cannot be.
    """
    from detente.core.yaml12 import read_yaml

    document, lines = read_yaml(path)
    if not isinstance(document, Mapping) or not document:
        raise InvalidGame("no aims", where=f"{path}:1", why="one key a side is needed",
                          instead="SIDE: [{aim: real_income, weight: 1, because: ...}]")  # fmt: skip
    found: dict[str, Aim] = {}
    for side, given in document.items():
        place: tuple[str | int, ...] = (side,)
        terms, patience = given, None
        if isinstance(given, Mapping) and set(given) <= {"terms", "patience"}:
            terms = given.get("terms")
            if "patience" in given:
                patience = read_patience(given["patience"], str(path), lines, (side, "patience"))
            place = (side, "terms")
        if terms is None and patience is not None:
            found[str(side)] = replace(real_income(str(side)), patience=patience)
            continue
        if not isinstance(terms, list):
            raise InvalidGame(f"aims of {side}", where=f"{path}:{line_of(lines, *place)}", why="not a list",
                              instead="a list of {aim, weight, because}, or terms and patience")  # fmt: skip
        read = tuple(_term(one, f"{path}:{line_of(lines, *place, at)}") for at, one in enumerate(terms))
        found[str(side)] = Aim(str(side), read, patience)
    return tuple(found.get(side, real_income(side)) for side in sides)


def _term(given: Any, where: str) -> Term:
    from pydantic import BaseModel, ConfigDict, Field, ValidationError

    class Given(BaseModel):
        """A term as written."""

        model_config = ConfigDict(extra="forbid", strict=False)

        aim: str
        weight: float = 1.0
        because: str = Field(min_length=1)
        sectors: tuple[str, ...] = ()
        partners: tuple[str, ...] = ()
        sector_weights: dict[str, float] = Field(default_factory=dict)

    try:
        read = Given.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the term"
        raise InvalidGame(
            f"{place}: {first['msg'].lower()}",
            where=where,
            why=f"{place} is not as a term has it",
            instead="{aim: NAME, weight: NUMBER, because: WORDS, sectors: [...], partners: [...]}",
        ) from None
    return Term(read.aim, read.weight, read.because, read.sectors, read.partners, read.sector_weights)
