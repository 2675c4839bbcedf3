"""From the record to policy: which duty falls on which goods on a day, as rows in HS terms.

Ad valorem rates add up on customs value. Within a stacking group one layer is paid on a line, that of
the lowest priority number; a duty that yields to a group does not fall on that group's goods. Only
what is in force enters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from detente.core.errors import InvalidRecord
from detente.core.products import CodeIndex, Scope
from detente.policy import Instrument, Policy, PolicyRow
from detente.record.asof import AsOf, Assume, MeasureState, moment_of, require_known, state_of
from detente.record.entries import Exemption, GoodsScope, Measure
from detente.record.entries import Instrument as MeasureInstrument
from detente.record.files import Record
from detente.record.lists import GoodsByRate


@dataclass(frozen=True)
class GivesWay:
    """Goods on which a duty is not paid because another is.

    Attributes:
        to: the measure paid instead.
        goods: on which goods.
        content_share: the share of value that the other falls on; None is all of it.
        replaced: whether the other replaces it within one stacking group; else it yields to it.
    """

    to: Measure
    goods: Scope
    content_share: float | None
    replaced: bool


@dataclass(frozen=True)
class Layer:
    """A duty in force on a flow: its state and the goods it falls on.

    Attributes:
        standing: the measure's state on the day.
        goods: (scope, rate in percent) before stacking; more than one where the list carries the rates.
        gives_way: where another duty is paid instead.
        content_share: share of customs value that the duty falls on.
    """

    standing: MeasureState
    goods: tuple[tuple[Scope, float], ...]
    gives_way: tuple[GivesWay, ...] = ()
    content_share: float = 1.0

    @property
    def measure(self) -> Measure:
        """The entry."""
        return self.standing.measure

    @cached_property
    def pieces(self) -> tuple[tuple[Scope, float], ...]:
        """(scope, rate in percent of customs value) after stacking; rates of pieces that overlap add up.

        A piece below zero takes out the share of value on which another duty falls instead.
        """
        found = []
        for scope, rate in self.goods:
            left = scope.less(self._taken_out) if self._taken_out else scope
            found.append((left, rate * self.content_share))
            for other in self._content:
                part = left.both(other.goods)
                if not part.empty:
                    found.append((part, -rate * self.content_share * (other.content_share or 0.0)))
        return tuple(found)

    def rates(self, index: CodeIndex) -> np.ndarray:
        """Rate after stacking, percent of customs value [line]: the sum of the pieces, faster."""
        rates = np.zeros(len(index.codes))
        for scope, rate in self.goods:
            rates[index.mask(scope)] += rate * self.content_share
        for goods in self._taken_out:
            rates[index.mask(goods)] = 0.0
        left = np.ones(len(index.codes))
        for other in self._content:
            left[index.mask(other.goods)] -= other.content_share or 0.0
        return rates * np.maximum(left, 0.0)

    @property
    def _taken_out(self) -> list[Scope]:
        return [other.goods for other in self.gives_way if other.content_share is None]

    @property
    def _content(self) -> list[GivesWay]:
        return [other for other in self.gives_way if other.content_share is not None]


def applies_to(measure: Measure, origin: str) -> bool:
    """Whether the measure is aimed at this partner."""
    if measure.imposing == origin or origin in measure.except_targets:
        return False
    return origin in measure.targets or "ALL" in measure.targets


def duty_states(record: Record, importer: str, origin: str, asof: AsOf) -> list[MeasureState]:
    """States of every duty of an importer on an origin that enters the economy, in file order."""
    return [
        state_of(measure, asof, record.settings.checked_to)
        for measure in duty_measures(record)
        if measure.imposing == importer and applies_to(measure, origin)
    ]


def layers_on(record: Record, importer: str, origin: str, asof: AsOf) -> list[Layer]:
    """Duties in force on a flow, with stacking applied.

    Raises:
        UnknownState: a duty's time ran out with no successor on record and nothing is assumed.
    """
    states = duty_states(record, importer, origin, asof)
    require_known(states)
    return stack(record, [s for s in states if s.in_force], asof)


def stack(
    record: Record, states: list[MeasureState], asof: AsOf, content_share: float | None = None
) -> list[Layer]:
    """Goods of each duty after stacking groups and precedence.

    Args:
        states: the duties in force on one flow.
        content_share: share of value that is metal, in place of the shares on record.
    """
    goods = {s.measure.id: _goods(record, s, asof) for s in states}
    whole = {key: _union(pieces) for key, pieces in goods.items()}
    share = {
        s.measure.id: (content_share if content_share is not None else s.scope.content_share)
        for s in states
        if s.scope.content_share is not None
    }
    before = {s.measure.id: [o.measure for o in states if _replaces(o, s)] for s in states}
    # What a duty falls on once those before it in its group are paid.
    paid = {key: whole[key].less([whole[m.id] for m in measures]) for key, measures in before.items()}
    layers = []
    for state in states:
        key = state.measure.id
        instead = [o.measure for o in states if _yields(state, o)]
        gives_way = [GivesWay(m, whole[m.id], None, True) for m in before[key]]
        gives_way += [GivesWay(m, paid[m.id], share.get(m.id), False) for m in instead]
        layers.append(Layer(state, goods[key], tuple(gives_way), share.get(key, 1.0)))
    return layers


def _replaces(one: MeasureState, other: MeasureState) -> bool:
    """Whether the first duty is paid in place of the second on goods that both name."""
    first, second = one.measure.stacking, other.measure.stacking
    if not first.group or first.group != second.group or first.priority >= second.priority:
        return False
    # Each metal in a good pays on its own content.
    return not (one.scope.metal and other.scope.metal and one.scope.metal != other.scope.metal)


def _yields(one: MeasureState, other: MeasureState) -> bool:
    """Whether the first duty does not fall on the goods of the second."""
    return other is not one and other.measure.stacking.group in one.measure.stacking.yields_to


def compile_policy(
    record: Record, asof: AsOf, economies: Iterable[str], *, among: tuple[str, ...] | None = None
) -> Policy:
    """Every duty in force on a day, as policy rows.

    Args:
        economies: labels of the world; "ALL" expands to them.
        among: only flows between these economies, where given.

    Raises:
        UnknownState: see `layers_on`.
    """
    rows: list[PolicyRow] = []
    labels = tuple(economies)
    duties = duty_measures(record)
    for importer in sorted({m.imposing for m in duties} & set(labels)):
        states = [state_of(m, asof, record.settings.checked_to) for m in duties if m.imposing == importer]
        stacked: dict[tuple[str, ...], list[Layer]] = {}
        for origin in labels:
            if origin == importer or (among and not {importer, origin} <= set(among)):
                continue
            aimed = [s for s in states if applies_to(s.measure, origin)]
            require_known(aimed)
            in_force = [s for s in aimed if s.in_force]
            # Most origins face the same measures; these are stacked once.
            key = tuple(s.measure.id for s in in_force)
            if key not in stacked:
                stacked[key] = stack(record, in_force, asof)
            for layer in stacked[key]:
                rows.extend(_rows(layer, importer, origin))
    return Policy(tuple(rows))


def duty_measures(record: Record) -> list[Measure]:
    """Duties that enter the economy, in file order."""
    return [m for m in record.of(Measure) if m.instrument is MeasureInstrument.IMPORT_DUTY and m.in_economy]


def computable_duties(record: Record, importer: str) -> list[Measure]:
    """Duties of an importer whose rate on a line is on record, in file order.

    Those that a claim of preference lifts are among them, though no Policy holds them.
    """
    return [
        m
        for m in record.of(Measure)
        if m.instrument is MeasureInstrument.IMPORT_DUTY
        and m.imposing == importer
        and (m.in_economy or m.preference is not None)
    ]


def lifted_by_claim(measure: Measure, asof: AsOf) -> bool:
    """Whether goods that claim the measure's trade agreement are free of it on the day."""
    preference = measure.preference
    if preference is None:
        return False
    since = preference.since
    return since is None or moment_of(since, measure.imposing).at < asof.instant(measure.imposing)


def _rows(layer: Layer, importer: str, origin: str) -> list[PolicyRow]:
    since = layer.standing.since
    return [
        PolicyRow(
            instrument=Instrument.IMPORT_DUTY,
            controller=importer,
            importer=importer,
            exporter=origin,
            scope=scope,
            value=rate,
            since=since.text() if since else "",
            entries=(layer.measure.id,),
        )
        for scope, rate in layer.pieces
        if rate != 0
    ]


def _union(pieces: tuple[tuple[Scope, float], ...]) -> Scope:
    """One scope for all pieces of a measure: same exemptions, includes joined."""
    first = pieces[0][0]
    if len(pieces) == 1:
        return first
    return replace(first, include=frozenset().union(*(scope.include for scope, _ in pieces)))


def _goods(record: Record, state: MeasureState, asof: AsOf) -> tuple[tuple[Scope, float], ...]:
    measure = state.measure
    exempt = frozenset(exempted(record, measure, asof))
    scope = state.scope
    if scope.list_file is None:
        goods = Scope(scope.all_goods, frozenset(scope.hs), exempt)
        return ((goods, state.rate_percent or 0.0),)
    listed = list_goods(record, scope, measure.id)
    if not listed:
        raise InvalidRecord(
            f"{measure.id}: no rows of {scope.list_file} match",
            where=record.where(measure.id, "scope"),
            why="a measure needs goods",
            instead="check where_list",
        )
    if state.rate_percent is not None:
        return ((Scope(False, joined(listed), exempt), state.rate_percent),)
    return tuple((Scope(False, codes, exempt), rate or 0.0) for rate, codes in listed)


@lru_cache(maxsize=512)
def joined(listed: GoodsByRate) -> frozenset[str]:
    """All codes of a list, whatever their rates."""
    return frozenset().union(*(codes for _, codes in listed))


def list_goods(record: Record, scope: GoodsScope | Exemption, entry_id: str) -> GoodsByRate:
    """Goods of a list file that the scope's filter keeps, by the list's own rates.

    Raises:
        InvalidRecord: there is no such file, or no such column.
    """
    name = scope.list_file or ""
    if name not in record.lists:
        raise InvalidRecord(
            f"no list {name!r}",
            where=record.where(entry_id),
            why="it is not in the dispute's lists folder",
            instead=f"one of {', '.join(sorted(record.lists)) or '(none)'}",
        )
    table = record.lists[name]
    try:
        return table.goods(scope.where_list)
    except KeyError as error:
        raise InvalidRecord(
            f"no column {error} in {name}",
            where=record.where(entry_id),
            why=f"it has {', '.join(table.columns)}",
            instead="one of its columns",
        ) from None


def goods_of(record: Record, scope: GoodsScope | Exemption, entry_id: str) -> frozenset[str]:
    """Codes that a scope or an exemption names; none where it holds all goods or has words only."""
    return joined(list_goods(record, scope, entry_id)) if scope.list_file else frozenset(scope.hs)


def exempted(record: Record, measure: Measure, asof: AsOf) -> set[str]:
    """HS prefixes taken out of a measure on the day."""
    codes: set[str] = set()
    for exemption in exemptions_on(record, measure, asof):
        codes.update(goods_of(record, exemption, measure.id))
    return codes


def exemptions_on(record: Record, measure: Measure, asof: AsOf) -> list[Exemption]:
    """Exemptions of a measure that hold on the day, as known."""
    party = measure.imposing
    instant = asof.instant(party)
    found = []
    for exemption in measure.exemptions:
        known = moment_of(exemption.known or exemption.since, party)
        if not asof.knows(known) or moment_of(exemption.since, party).at >= instant:
            continue
        if exemption.until and moment_of(exemption.until, party).at < instant:
            ran_out_unseen = exemption.until[:10] > record.settings.checked_to
            if not (ran_out_unseen and asof.assume is Assume.EXTENDED):
                continue
        found.append(exemption)
    return found
