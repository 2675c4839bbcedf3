"""What if, from a day on record: changes on top of what is in force then, and what they do against it.

The policy put through the economy is compile(D) - compile(base day), as in a brief, plus the changes; every
measure is against the world's base day, and `against_day` is against the day asked with nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.analysis import costs
from detente.analysis.baseline import DEFAULT_WORLD, kept_world, kept_world_hash, weights_for, weights_of
from detente.analysis.change_rows import FIELDS, Change, rows_of
from detente.analysis.duties import direction_key
from detente.analysis.scenarios import Scenario, scenarios
from detente.analysis.sensitivity import economies_of
from detente.analysis.state import require_days
from detente.analysis.what_if import flag_of
from detente.core.errors import DetenteError, InvalidOption, UnsolvableShock
from detente.core.places import name_of
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.outcome import CELL, ECONOMY, MEASURES, PAIR, Outcome
from detente.economy.prepare import Kept, Prepared, prepare
from detente.economy.solve import solve_prepared
from detente.economy.world import World
from detente.policy import Instrument, Policy, SectorPolicy, Weights
from detente.record.asof import AsOf
from detente.record.change import dispute_economies
from detente.record.files import Record

TOP_FLOWS = 16
"""Flows named in an answer: those of the largest changes in value."""

BASE = Scenario("base", "The base day", "Nothing but the duties of the world's base day.", Policy(), None)


@dataclass(frozen=True)
class Question:
    """What is asked, apart from the changes.

    Attributes:
        record: the dispute; None for the world's base day.
        asof: the day; None only without a record.
        start: what the changes are put on: a key of `scenarios`, such as today, lapse, base, peak, everyone.
        world_name, model, closure, revenue_use, elasticities, theta_scale: see `economy.solve`.
        show: economies whose sectors and flows are shown; the parties by default.
    """

    record: Record | None = None
    asof: AsOf | None = None
    start: str = "today"
    world_name: str = DEFAULT_WORLD
    model: str = costs.MODEL
    closure: str = "fixed_to_world_income"
    revenue_use: str = "rebated"
    elasticities: str | None = None
    theta_scale: float = 1.0
    show: tuple[str, ...] = ()

    @property
    def parties(self) -> tuple[str, str]:
        """The two sides shown."""
        return self.record.settings.parties if self.record else ("USA", "CHN")

    def prepared(self) -> Prepared:
        """The world under these assumptions, prepared once.

        Raises:
            UnsolvableShock: it has no certified baseline under them.
        """
        ready = prepare(
            self.model,
            kept_world(self.world_name),
            closure=self.closure,
            revenue_use=self.revenue_use,
            elasticities=self.elasticities,
            theta_scale=self.theta_scale,
        )
        if isinstance(ready, NotSolved):
            raise UnsolvableShock(
                "the baseline", where="closure", why=ready.message, instead="another closure"
            )
        return ready


def what_if_on_day(question: Question, changes: Sequence[Change] = ()) -> dict[str, Any]:
    """The answer to changes on top of a day, with its envelope (`detente/what-if/1`, as `detente what-if`).

    Returns:
        data has every measure by economy against the base day, the measures by sector and pair of the
        economies shown; `against_day` the same against the day with nothing changed; `duties` by direction
        before and after; `flows` of the largest changes; `start` what the changes were put on.

    Raises:
        UnsolvableShock: no certified equilibrium was found; there are no numbers then.
        UnknownState: a duty's time has run out and nothing is assumed.
        DateBeforeRecord, InvalidOption, InvalidPolicy, UnknownEconomy, UnknownSector, UnknownName: bad input.
    """
    with _placed():
        return _what_if(question, changes)


def _what_if(question: Question, changes: Sequence[Change]) -> dict[str, Any]:
    world = kept_world(question.world_name)
    shown = economies_of(question.show or question.parties, "show", world)
    start, policy, day_policy = _policies(question, changes)
    prepared = question.prepared()
    outcome = _solved(prepared, policy)
    day = _day_outcome(prepared, day_policy)
    data = outcome.to_dict(pairs=False)
    data["start"] = {"key": start.key, "name": start.name, "legal": start.legal}
    data["duties"] = _duties(world, policy, day_policy, question.parties)
    for label, cells in _cells(outcome, shown, _plain).items():
        data["economies"][label] |= cells
    data["pairs"] = _pairs(outcome, shown, _plain)
    data["against_day"] = None
    if day is not None:

        def change(name: str, values: np.ndarray) -> np.ndarray:
            return _against(name, values, day.values(name))

        economies = _economies(outcome, change)
        for label, cells in _cells(outcome, shown, change).items():
            economies[label] |= cells
        data["against_day"] = {"economies": economies, "pairs": _pairs(outcome, shown, change)}
    data["flows"] = _flows(outcome, day)
    data["names"] = {label: name_of(label) for label in world.economies}
    return envelope(
        "what-if", _query(question, changes, shown), data, provenance=_provenance(question, outcome)
    )


def range_on_day(
    question: Question, changes: Sequence[Change] = (), progress: costs.Progress = lambda _: None
) -> dict[str, Any]:
    """The range of the answer over elasticities, closures, uses of revenue and models, with its envelope.

    Returns:
        data.economies has for every economy the central, lowest and highest change of real income against
        the day, percent, whether its sign holds, and for the parties what moves it most.

    Raises:
        As `what_if_on_day`.
    """
    with _placed():
        return _range(question, changes, progress)


def _range(question: Question, changes: Sequence[Change], progress: costs.Progress) -> dict[str, Any]:
    world = kept_world(question.world_name)
    _, policy, day_policy = _policies(question, changes)
    chosen = [*costs.variants(world), *costs.other_models(world, (policy, day_policy))]

    def solved(asked: SectorPolicy) -> list[Outcome | NotSolved]:
        return costs.run(world, {"asked": asked}, chosen, progress).outcomes["asked"]

    # Scenarios side by side share their day, and a slider moves on the same one.
    day = _RANGES.get(world, (day_policy.digest, *chosen), lambda: solved(day_policy))
    changed = day if policy.digest == day_policy.digest else solved(policy)
    result = costs.Run(world, chosen, {"changed": changed, "day": day})
    incomes = costs.against(result.real_income("changed"), result.real_income("day"))
    parties = {label: world.economies.index(label) for label in question.parties}
    data = {
        "reference": "the day asked, with nothing changed" if question.record else "the world's base day",
        "economies": {
            label: {
                "real_income_against_day_percent": costs.spread(incomes[:, n]),
                "sign_holds": bool(np.all(incomes[:, n] > 0) or np.all(incomes[:, n] < 0)),
            }
            for n, label in enumerate(world.economies)
        },
        "drivers": {label: costs.largest_driver(result, incomes[:, n]) for label, n in parties.items()},
        "who_is_hurt_more": costs.hurt_more(result, incomes, question.parties),
        "variants": [
            {
                **variant.as_dict(),
                "real_income_against_day_percent": {
                    label: _number(incomes[row, n]) for label, n in parties.items()
                },
            }
            for row, variant in enumerate(chosen)
        ],
    }
    largest = [
        max(outcome.certificate.residuals.values(), default=0.0)
        for outcomes in result.outcomes.values()
        for outcome in outcomes
        if isinstance(outcome, Outcome)
    ]
    certificate = {
        "certified": len(largest),
        "of": 2 * len(chosen),
        "largest_residual": max(largest, default=None),
    }
    return envelope(
        "what-if-range",
        _query(question, changes, list(question.parties)),
        data,
        provenance={
            "record_hash": question.record.digest if question.record else None,
            "world_hash": kept_world_hash(question.world_name),
            "model": ", ".join(dict.fromkeys(v.model for v in chosen)),
            "certificate": certificate,
        },
    )


@contextmanager
def _placed() -> Iterator[None]:
    """The field of a question that an error of the economy is about; the economy knows no questions."""
    try:
        yield
    except DetenteError as error:
        error.where = error.where or flag_of(error, {"changes": ("",)}).removeprefix("--").replace("-", "_")
        raise


def starts(question: Question) -> list[Scenario]:
    """What changes can be put on, on the day asked.

    Raises:
        UnknownState, DateBeforeRecord: see `what_if_on_day`.
    """
    if question.record is None or question.asof is None:
        return [BASE]
    require_days(question.record, question.asof)
    record, asof, world_name = question.record, question.asof, question.world_name
    return _STARTS.get(
        record, (asof, world_name), lambda: scenarios(record, asof, kept_world(world_name).economies)
    )


_STARTS, _WEIGHTS, _SECTORS, _DAYS, _RANGES = Kept(128), Kept(16), Kept(256), Kept(64), Kept(8)


def _weights(question: Question) -> Weights:
    record, world_name = question.record, question.world_name
    if record is None:
        return weights_of(world_name)
    return _WEIGHTS.get(record, (world_name,), lambda: weights_for(record, world_name))


def _on_sectors(question: Question, start: Scenario) -> SectorPolicy:
    """The policy of a start on the world's sectors, kept."""
    key = (question.asof, question.world_name, start.key)
    return _SECTORS.get(question.record, key, lambda: start.policy.on(_weights(question)))


def _policies(question: Question, changes: Sequence[Change]) -> tuple[Scenario, SectorPolicy, SectorPolicy]:
    """What is started from, the policy with the changes, and the policy of the day, against the base day."""
    world, record, asof = kept_world(question.world_name), question.record, question.asof
    apart = dispute_economies(record) if record else ()
    table = Policy(tuple(rows_of(changes, world, apart)))
    if record is None or asof is None:
        if question.start not in ("today", "base"):
            _no_start(question.start, [BASE])
        return BASE, table.on(_weights(question)), SectorPolicy.none(world.economies, world.sectors)
    found = {s.key: s for s in starts(question)}
    if question.start not in found:
        _no_start(question.start, list(found.values()))
    start = found[question.start]
    if any(row.instrument is Instrument.EXEMPTION_SHARE for row in table.rows):
        # Exemptions cut the duties of the table they stand in, so here it has to be one table.
        policy = (start.policy + table).on(_weights(question))
    else:
        policy = _on_sectors(question, start) + table.on(_weights(question))
    return start, policy, _on_sectors(question, found["today"])


def _no_start(key: str, found: list[Scenario]) -> None:
    raise InvalidOption(
        f"start {key!r}",
        where="start",
        why="there is no such start on that day",
        instead=f"one of {', '.join(s.key for s in found)}",
    )


def _solved(prepared: Prepared, policy: SectorPolicy) -> Outcome:
    outcome = solve_prepared(prepared, policy)
    if isinstance(outcome, NotSolved):
        raise UnsolvableShock(
            f"no certified equilibrium: {outcome.reason.value.replace('_', ' ')}",
            where="changes",
            why=outcome.message,
            instead="a smaller shock, another closure, or a larger theta_scale",
        )
    return outcome


def _day_outcome(prepared: Prepared, policy: SectorPolicy) -> Outcome | None:
    """The day with nothing changed, solved once under each set of assumptions; None where unsolved."""

    def solved() -> Outcome | None:
        found = solve_prepared(prepared, policy)
        return found if isinstance(found, Outcome) else None

    return _DAYS.get(prepared, (policy.digest,), solved)


Restate = Callable[[str, np.ndarray], np.ndarray]


def _plain(_: str, values: np.ndarray) -> np.ndarray:
    return values


def _against(name: str, values: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """A measure restated against a reference: percent changes compound, everything else subtracts."""
    return costs.against(values, reference) if name.endswith("_percent") else values - reference


def _moving(name: str) -> bool:
    """Whether a measure says what changed; levels before do not."""
    return "_before_" not in name


def _economies(outcome: Outcome, change: Restate) -> dict[str, dict[str, Any]]:
    labels = outcome.world.economies
    found: dict[str, dict[str, Any]] = {label: {} for label in labels}
    for name, (dims, _) in MEASURES.items():
        if dims == ECONOMY and _moving(name) and not name.startswith("welfare"):
            for label, value in zip(labels, change(name, outcome.values(name)).tolist(), strict=True):
                found[label][name] = _number(value)
    return found


def _cells(outcome: Outcome, shown: list[str], change: Restate) -> dict[str, dict[str, Any]]:
    world = outcome.world
    found: dict[str, dict[str, Any]] = {label: {} for label in shown}
    for name, (dims, _) in MEASURES.items():
        if dims == CELL:
            values = change(name, outcome.values(name))
            for label in shown:
                row = values[world.economies.index(label)].tolist()
                found[label][name] = {s: _number(v) for s, v in zip(world.sectors, row, strict=True)}
    return found


def _pairs(outcome: Outcome, shown: list[str], change: Restate) -> list[dict[str, Any]]:
    place = outcome.world.economies.index
    values = {n: change(n, outcome.values(n)) for n, (dims, _) in MEASURES.items() if dims == PAIR}
    if change is not _plain:
        values = {name: value for name, value in values.items() if _moving(name)}
    return [
        {
            "importer": importer,
            "exporter": exporter,
            **{name: _number(value[place(importer), place(exporter)]) for name, value in values.items()},
        }
        for importer in shown
        for exporter in shown
        if importer != exporter
    ]


def _flows(outcome: Outcome, day: Outcome | None) -> list[dict[str, Any]]:
    """Flows of goods between economies whose value changes most against the day (else the base day)."""
    before = outcome.goods_flows(outcome.before) if day is None else day.goods_flows(day.after)
    after = outcome.goods_flows(outcome.after)
    change = after - before
    labels = outcome.world.economies
    order = np.argsort(-np.abs(change), axis=None, kind="stable")[:TOP_FLOWS]
    found = []
    for n, i in zip(*np.unravel_index(order, change.shape), strict=True):
        if change[n, i] == 0:
            break
        found.append(
            {
                "importer": labels[n],
                "exporter": labels[i],
                "before_usd_million": float(before[n, i]),
                "after_usd_million": float(after[n, i]),
                "change_usd_million": float(change[n, i]),
            }
        )
    return found


def _duties(
    world: World, policy: SectorPolicy, day: SectorPolicy, parties: tuple[str, str]
) -> dict[str, dict[str, Any]]:
    """Duty by sector and, over the world's flows of goods, on average: on the day and with the changes."""
    found = {}
    goods = ~np.isin(world.sectors, world.services)
    for importer, exporter in (parties, parties[::-1]):
        n, i = world.economies.index(importer), world.economies.index(exporter)
        flow = np.where(goods, world.flows[n, i], 0.0)
        rates = {
            "day": 100 * np.maximum(world.duty[n, i] + day.duty_change[n, i], 0.0),
            "changed": 100 * np.maximum(world.duty[n, i] + policy.duty_change[n, i], 0.0),
        }
        total = float(flow.sum())
        found[direction_key(importer, exporter)] = {
            "day_percent": float((rates["day"] * flow).sum() / total) if total else None,
            "changed_percent": float((rates["changed"] * flow).sum() / total) if total else None,
            "sectors": {
                sector: {"day_percent": float(a), "changed_percent": float(b)}
                for sector, a, b, is_good in zip(
                    world.sectors, rates["day"], rates["changed"], goods, strict=True
                )
                if is_good
            },
        }
    return found


def _query(question: Question, changes: Sequence[Change], shown: list[str]) -> dict[str, Any]:
    asof = question.asof
    return {
        "dispute": question.record.settings.name if question.record else None,
        "on": asof.on.isoformat() if asof else None,
        "known_by": asof.known_by.isoformat() if asof and asof.known_by else None,
        "assume": asof.assume.value if asof and asof.assume else None,
        "start": question.start,
        "changes": [{key: change[key] for key in FIELDS if key in change} for change in changes],
        "world": question.world_name,
        "model": question.model,
        "closure": question.closure,
        "revenue_use": question.revenue_use,
        "elasticities": question.elasticities or kept_world(question.world_name).default_elasticities,
        "theta_scale": question.theta_scale,
        "show": shown,
    }


def _provenance(question: Question, outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {
        "world_hash": kept_world_hash(question.world_name),
        "model": outcome.model,
        "certificate": outcome.certificate.to_dict(),
    }
    if question.record is not None:
        start = next(s for s in starts(question) if s.key == question.start)
        entries = {entry for row in start.policy.rows for entry in row.entries}
        found |= {"record_hash": question.record.digest, "entries": sorted(entries)}
    return found


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
