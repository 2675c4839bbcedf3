"""What a path of talks leaves in force, as policy: from a label of levers to duties and limits by sector.

A play names what is in force by the levers that differ from the first day's (`state.policy_label`). Here a
label and a day become a Policy, as a change from the world's base day:

    duties on a lever         the measures it stands for, at its level; a new one is on all goods
    controls on a lever       of goods that the world has as a sector of their own (rare earths, AI chips): a
                              quantity limit that shuts out a stated share; of other goods: the trade
                              cost that the dispute states for further decoupling
    every other measure       as the law known on the first day has it on the day, what runs out then run out

What a lever holds stays at its level past its own expiry: clocks on levers are the play's to run, and a lapse
there is a change of level. Distinct policies are told apart by what they come to in the world's sectors, so
labels that differ in what no economy sees (a visa, a listing) are one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from detente.core.days import parse_day
from detente.core.products import Scope
from detente.policy import ALL, Instrument, Policy, PolicyRow, SectorPolicy, Unit, Weights
from detente.record.asof import AsOf, Assume, MeasureState, moment_of, state_of
from detente.record.compile import compile_policy
from detente.record.entries import Instrument as MeasureInstrument
from detente.record.entries import Measure, State, Status
from detente.record.files import Record
from detente.talks.game import Lever

SHUT_OUT = 0.5
"""Share of the goods named that a control in full keeps from being traded. Licences are granted in part, and
no count of them is public: an assumption, varied in the outlook's list of what it depends on."""

LISTED_DUTY = "listed_duty"
"""Instrument of a lever whose measure carries rates by line: its level is the part of them in force."""

CONTROLS = (
    MeasureInstrument.EXPORT_CONTROL,
    MeasureInstrument.USE_CONTROL,
    MeasureInstrument.IMPORT_BAN,
)
"""Instruments that limit goods; listings of firms, port fees, visas and screening move no flow here."""


@dataclass(frozen=True)
class PolicyState:
    """A policy that paths come to.

    Attributes:
        key: what it is told apart by: a hash of its sectors.
        policy: on the world's sectors, as a change from the base day.
        duty_points: importer -> trade-weighted duty on the other side's goods, points over the base day.
    """

    key: str
    policy: SectorPolicy
    duty_points: Mapping[str, float]


class States:
    """Policies of labels and days, each made once.

    Args:
        record: as known on the first day (`record.as_known`).
        first_day: the day from which paths run.
        levers: by id.
        start: lever -> level on the first day.
        weights: HS weights of the world.
        parts: sectors of the world that hold controlled goods alone -> their HS codes.
        shut_out: share of such goods that a control in full keeps out.
    """

    def __init__(
        self,
        record: Record,
        first_day: date,
        levers: Mapping[str, Lever],
        start: Mapping[str, float],
        weights: Weights,
        parts: Mapping[str, tuple[str, ...]] | None = None,
        shut_out: float = SHUT_OUT,
    ) -> None:
        self.record, self.first_day, self.weights = record, first_day, weights
        self.parts = dict(parts or {})
        self.levers, self.start, self.shut_out = levers, start, shut_out
        self._by_label: dict[tuple[date, str], str] = {}
        self._shares: dict[tuple[tuple[str, str], Scope], float] = {}
        self.found: dict[str, PolicyState] = {}

    def key_of(self, levels: Mapping[str, float], on: date) -> str:
        """Key of the policy under levels that differ from the start, on a day.

        Args:
            levels: lever -> level, where it is not that of the first day.
            on: the day; only the stretch of law it lies in matters.
        """
        stretch = max(day for day in self.turns if day <= on)
        label = ";".join(f"{name}={level:.12g}" for name, level in sorted(levels.items()))
        if (stretch, label) not in self._by_label:
            policy = self.policy(levels, stretch)
            sectors = policy.on(self.weights)
            key = content_key(sectors)
            self._by_label[stretch, label] = key
            if key not in self.found:
                self.found[key] = PolicyState(key, sectors, self._points(policy))
        return self._by_label[stretch, label]

    @cached_property
    def turns(self) -> tuple[date, ...]:
        """Days from the first on which the law known then changes by itself, levers apart."""
        held = {name for lever in self.levers.values() for name in lever.measures}
        days = {self.first_day}
        for measure in self.record.of(Measure):
            if measure.instrument is not MeasureInstrument.IMPORT_DUTY:
                continue
            # A step at 00:01 holds at the end of its day; what runs out at 00:01 is over by then.
            texts = [text for state in measure.states for text in (state.effective, state.expires)]
            if measure.id in held:
                texts = [state.effective for state in self._decided(measure)]
            texts += [text for goods in measure.exemptions for text in (goods.since, goods.until)]
            days |= {moment_of(text, measure.imposing).day for text in texts if text}
        return tuple(sorted(day for day in days if day >= self.first_day))

    def policy(self, levels: Mapping[str, float], on: date) -> Policy:
        """The policy under levels on a day, as a change from the base day, in HS terms."""
        economies, among = self.weights.economies, self._economies
        then = self._record_under(levels)
        asof = AsOf(on, assume=Assume.LAPSED)
        parts = {
            measure: level
            for name, level in levels.items()
            if self.levers[name].instrument == LISTED_DUTY and 0 < level < 1
            for measure in self.levers[name].measures
        }
        now = Policy(
            tuple(
                replace(row, value=row.value * parts[row.entries[0]]) if row.entries[0] in parts else row
                for row in compile_policy(then, asof, economies, among=among).rows
            )
        )
        duties = now - self._base
        extra = [row for name, level in levels.items() for row in self._rows(self.levers[name], level)]
        return duties + Policy(tuple(_tightest(extra)))

    @cached_property
    def _base(self) -> Policy:
        """Duties of the reference day, which the world's own stand for."""
        economies, base = self.weights.economies, AsOf(self.reference_day)
        return compile_policy(self.record, base, economies, among=self._economies)

    @property
    def reference_day(self) -> date:
        """Day whose duties the world stands for: its base day; before that the first day itself.

        What became law between an earlier first day and the base day was not known then, so it cannot be
        taken out of the world's duties: they stand in for those of the first day.
        """
        return min(parse_day(self.record.settings.base_day), self.first_day)

    @cached_property
    def _economies(self) -> tuple[str, ...]:
        settings = self.record.settings
        return tuple(e for e in (*settings.parties, *settings.territories) if e in self.weights.economies)

    def _record_under(self, levels: Mapping[str, float]) -> Record:
        """The record with every duty that a lever holds pinned at its level."""
        entries = dict(self.record.entries)
        for lever in self.levers.values():
            if lever.instrument not in (MeasureInstrument.IMPORT_DUTY, LISTED_DUTY):
                continue
            level = levels.get(lever.id)
            for name in lever.measures:
                measure = self.record.get(name)
                if isinstance(measure, Measure):
                    listed = lever.instrument == LISTED_DUTY
                    entries[measure.id] = self._pinned(measure, level, listed)
        return replace(self.record, entries=entries)

    def _pinned(self, measure: Measure, level: float | None, listed: bool) -> Measure:
        """The measure held from the first day on as it stands there, or at a level."""
        standing = state_of(measure, AsOf(self.first_day, assume=Assume.EXTENDED))
        since = self.first_day.isoformat()
        if level is None:
            if standing.state is None:
                return measure
            held = replace(standing.state, expires=None, on_expiry=None)
            before = measure.states[: standing.number]
            # What is decided comes on its day; its own end, too, is a clock of the play's.
            after = [replace(state, expires=None, on_expiry=None) for state in self._decided(measure)]
            return replace(measure, states=(*before, held, *after))
        scope = standing.state.scope if standing.state is not None else None
        state = State(
            status=Status.IN_FORCE if level > 0 else Status.SUSPENDED,
            scope=scope,
            rate_percent=None if level <= 0 else _rate_of_list(standing) if listed else level,
            effective=since,
        )
        return replace(measure, states=(*measure.states[: (standing.number or 0) + 1], state))

    def _decided(self, measure: Measure) -> list[State]:
        """Steps of a measure that are law and bite later; past an end of what is in force a clock rules."""
        standing = state_of(measure, AsOf(self.first_day, assume=Assume.EXTENDED))
        return [] if standing.expires is not None else list(standing.pending)

    def _rows(self, lever: Lever, level: float) -> list[PolicyRow]:
        """Rows of a changed lever that no measure on duties carries: a new duty, or a control."""
        other = next(p for p in self.record.settings.parties if p != lever.side)
        if lever.instrument == MeasureInstrument.IMPORT_DUTY:
            known = any(isinstance(self.record.get(name), Measure) for name in lever.measures)
            points = level - self.start.get(lever.id, 0.0)
            if known or not points:
                return []
            return [
                PolicyRow(Instrument.IMPORT_DUTY, lever.side, lever.side, other, Scope.everything(), points)
            ]
        tightened = level - self.start.get(lever.id, 0.0)
        if lever.instrument not in CONTROLS or tightened <= 0:
            return []
        named = [m for name in lever.measures if isinstance(m := self.record.get(name), Measure)]
        buyer = ALL if any("ALL" in measure.targets for measure in named) else other
        flow = (
            (lever.side, other) if lever.instrument == MeasureInstrument.IMPORT_BAN else (buyer, lever.side)
        )
        codes = self._goods(lever, other, named)
        tightened = min(1.0, tightened)
        rows = []
        for sector, goods in self.parts.items():
            if any(_overlap(code, good) for code in codes for good in goods):
                left = 1 - self.shut_out * tightened
                rows.append(
                    PolicyRow(
                        Instrument.QUANTITY_LIMIT, lever.side, *flow, Scope.everything(), left, Unit.SHARE,
                        sector_share={sector: 1.0},
                    )
                )  # fmt: skip
        held = {good for goods in self.parts.values() for good in goods}
        rest = frozenset(code for code in codes if not any(_overlap(code, good) for good in held))
        cost = self.record.settings.further_decoupling.get("cost_percent")
        if rest and cost:
            flow = (other, lever.side) if ALL in flow else flow
            rows.append(
                PolicyRow(
                    Instrument.NON_TARIFF_COST, lever.side, *flow, Scope(include=rest), cost * tightened
                )
            )
        return rows

    def _goods(self, lever: Lever, other: str, named: list[Measure]) -> set[str]:
        """HS codes that a control is on: its measures' own, else those the dispute counts as controlled."""
        codes = {code for measure in named for code in measure.scope.hs}
        if not codes:
            for flow in self.record.settings.further_decoupling.get("flows", ()):
                if (flow["importer"], flow["exporter"]) == (other, lever.side):
                    codes |= {str(code) for code in flow["hs"]}
        return codes

    def _points(self, policy: Policy) -> dict[str, float]:
        first, second = self.record.settings.parties
        flows = {(first, second): 0.0, (second, first): 0.0}
        for row in policy.rows:
            flow = (row.importer, row.exporter)
            if row.instrument is Instrument.IMPORT_DUTY and flow in flows:
                flows[flow] += row.value * self._share_of(flow, row.scope)
        return {importer: points for (importer, _), points in flows.items()}

    def _share_of(self, flow: tuple[str, str], scope: Scope) -> float:
        """Share of a flow's value that goods make up, by the lines of the averages."""
        if (flow, scope) not in self._shares:
            lines = self.weights.between(*flow)
            value = lines.values(flow[1])
            self._shares[flow, scope] = float(value[lines.index.mask(scope)].sum() / value.sum())
        return self._shares[flow, scope]


def _rate_of_list(standing: MeasureState) -> float | None:
    """The one rate of a listed duty in force; None where each line has its own."""
    if standing.rate_percent is not None:
        return standing.rate_percent
    known = [s.rate_percent for s in standing.measure.states if s.status == Status.IN_FORCE]
    after = standing.state.on_expiry if standing.state is not None else None
    return after.rate_percent if after is not None else known[-1] if known else None


def _tightest(rows: list[PolicyRow]) -> list[PolicyRow]:
    """Of several controls on the same goods of a flow only the tightest counts; duties all count."""
    kept: dict[tuple[object, ...], PolicyRow] = {}
    others = []
    for row in rows:
        if row.instrument is Instrument.IMPORT_DUTY:
            others.append(row)
            continue
        key = (row.instrument, row.importer, row.exporter, row.scope, tuple(row.sector_share or ()))
        least = row.instrument is Instrument.QUANTITY_LIMIT
        if key not in kept or (row.value < kept[key].value) == least:
            kept[key] = row
    return [*others, *kept.values()]


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def content_key(policy: SectorPolicy) -> str:
    """A hash of a policy in the world's sectors; policies equal to a millionth of a point have one."""
    seal = hashlib.sha256()
    for array in (policy.duty_change, policy.non_tariff_cost, policy.export_tax, policy.production_subsidy):
        where = np.flatnonzero(np.abs(array) > 5e-9)
        seal.update(where.tobytes() + array.reshape(-1)[where].round(8).tobytes() + b"|")
    seal.update(repr(policy.quantities).encode())
    return seal.hexdigest()[:24]
