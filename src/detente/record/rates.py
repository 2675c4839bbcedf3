"""The duties on one line of goods on a day: each that is paid, and each that is not, with the reason.

Every rate is ad valorem on customs value and rates add up (docs/stacking.md). The rules are those of
`compile.stack`; here they are told line by line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from detente.core.products import CodeIndex, Scope
from detente.record.asof import AsOf, Assume, MeasureState, Standing, state_of
from detente.record.compile import (
    Layer,
    applies_to,
    computable_duties,
    exemptions_on,
    goods_of,
    lifted_by_claim,
    stack,
)
from detente.record.entries import Exemption, Instrument, Measure, Status
from detente.record.files import Record


@dataclass(frozen=True)
class Duty:
    """A duty that is paid on a line.

    Attributes:
        measure: the entry.
        rate_percent: of the whole customs value, content shares and yielding applied.
        entries: the measure and what brought its present state about.
        why: the rule in words.
        estimated: whether the rate rests on a mean share of metal content.
    """

    measure: Measure
    rate_percent: float
    entries: tuple[str, ...]
    why: str
    estimated: bool = False


class Rule(StrEnum):
    """Why a duty is not paid on a line."""

    EXEMPT = "exempt"
    PREFERENCE = "preference"
    YIELDS = "yields"
    REPLACED = "replaced"
    EXCEPTED_ORIGIN = "excepted_origin"
    NOT_IN_FORCE = "not_in_force"
    ZERO = "zero"
    OTHER_GOODS = "other_goods"
    NOT_COVERED = "not_covered"
    """It may be due, and the record cannot say how much."""


@dataclass(frozen=True)
class NotApplied:
    """A duty that is not paid on a line, or whose rate the record does not hold."""

    measure: Measure
    entries: tuple[str, ...]
    rule: Rule
    why: str


@dataclass(frozen=True)
class Stack:
    """All duties of the record on lines that pay the same.

    Attributes:
        codes: the lines.
        duties: paid, in the order of the record.
        not_applied: not paid, with reasons.
        unknown: states that the record does not know; the stack is then without their duties.
    """

    codes: tuple[str, ...]
    duties: tuple[Duty, ...]
    not_applied: tuple[NotApplied, ...]
    unknown: tuple[MeasureState, ...]

    @property
    def added_percent(self) -> float:
        """Sum of the duties, percent of customs value."""
        return round(sum(duty.rate_percent for duty in self.duties), 6)


def duties_of(record: Record, importer: str) -> list[Measure]:
    """Every import duty of an importer on record, computable or not."""
    return [
        m for m in record.of(Measure) if m.instrument is Instrument.IMPORT_DUTY and m.imposing == importer
    ]


def finest_codes(record: Record, importer: str) -> tuple[str, ...]:
    """Codes of ten digits that the importer's lists and exemptions tell apart."""
    found: set[str] = set()
    for measure in duties_of(record, importer):
        for scope in (measure.scope, *measure.exemptions, *(s.scope for s in measure.states if s.scope)):
            found.update(code for code in goods_of(record, scope, measure.id) if len(code) == 10)
    return tuple(sorted(found))


def stacks(
    record: Record,
    importer: str,
    exporter: str,
    asof: AsOf,
    codes: Sequence[str],
    *,
    content_share: float | None = None,
    claims: bool = False,
) -> list[Stack]:
    """Lines grouped by what they pay, in the order of their first code.

    Args:
        codes: lines that no list divides further.
        content_share: see `compile.stack`.
        claims: whether the goods qualify under a trade agreement and claim it.
    """
    if not codes:
        return []
    index = CodeIndex(tuple(codes))
    states = [state_of(m, asof, record.settings.checked_to) for m in duties_of(record, importer)]
    aimed = [s for s in states if applies_to(s.measure, exporter)]
    computable = {m.id for m in computable_duties(record, importer)}
    freed = [s for s in aimed if s.in_force and claims and lifted_by_claim(s.measure, asof)]
    in_force = [s for s in aimed if s.in_force and s.measure.id in computable and s not in freed]
    # A duty whose rate is not on record still takes the place of those that yield to it.
    beside = [s for s in aimed if s.in_force and s.measure.id not in computable and not s.measure.scope.words]
    stacked = stack(record, [*in_force, *beside], asof, content_share)
    layers = [layer for layer in stacked if layer.measure.id in computable]
    count = len(index.codes)
    rates = np.array([layer.rates(index) for layer in layers]).reshape(len(layers), count)
    unknown = [s for s in aimed if s.status == Standing.UNKNOWN and s.measure.id in computable]
    touched = np.array([index.mask(whole_goods(record, s)) for s in unknown]).reshape(len(unknown), count)
    groups: dict[tuple[float, ...], list[int]] = {}
    for line in range(count):
        key = (*np.round(rates[:, line], 9), *touched[:, line])
        groups.setdefault(key, []).append(line)
    others = [s for s in aimed if not s.in_force or s.measure.id not in computable]
    excepted = [s for s in states if s.in_force and exporter in s.measure.except_targets]
    found = []
    for lines in groups.values():
        first = index.codes[lines[0]]
        duties = tuple(
            _duty(layer, float(rate), first, content_share)
            for layer, rate in zip(layers, rates[:, lines[0]], strict=True)
            if abs(rate) > 1e-9
        )
        zero = [layer for layer, rate in zip(layers, rates[:, lines[0]], strict=True) if abs(rate) <= 1e-9]
        not_applied = [
            *(NotApplied(x.measure, _entries(x.standing), *_why_not(record, x, first, asof)) for x in zero),
            *_standing_aside(record, others, asof, index, lines),
            *_freed(record, freed, index, lines),
            *_excepted(record, excepted, index, lines, exporter),
        ]
        not_applied.sort(key=lambda n: list(Rule).index(n.rule))
        doubtful = tuple(s for n, s in enumerate(unknown) if touched[n, lines[0]])
        found.append(Stack(tuple(index.codes[n] for n in lines), duties, tuple(not_applied), doubtful))
    return found


def whole_goods(record: Record, standing: MeasureState) -> Scope:
    """All goods that a measure names, exempt or not; none where it has words only."""
    scope = standing.scope
    if scope.all_goods:
        return Scope.everything()
    return Scope(include=frozenset(goods_of(record, scope, standing.measure.id)))


def _entries(standing: MeasureState) -> tuple[str, ...]:
    cause = standing.state.cause if standing.state else None
    return tuple(e for e in (standing.measure.id, cause) if e)


def _duty(layer: Layer, rate: float, code: str, content_share: float | None) -> Duty:
    standing = layer.standing
    scope = standing.scope
    parts = [standing.measure.title]
    shares = []
    if scope.content_share is not None:
        share = scope.content_share if content_share is None else content_share
        shares.append(share)
        parts.append(f"on the {scope.metal or 'metal'} content, {share:g} of value")
    for other in layer.gives_way:
        if other.content_share is not None and _holds(other.goods, code):
            shares.append(other.content_share)
            parts.append(f"not on the {other.content_share:g} of value that pays {other.to.authority}")
    if shares and content_share is None:
        parts.append("the share is a mean over the list, not this good's")
    if standing.message:
        parts.append(standing.message)
    estimated = bool(shares) and content_share is None
    return Duty(standing.measure, round(rate, 6), _entries(standing), "; ".join(parts), estimated)


def _why_not(record: Record, layer: Layer, code: str, asof: AsOf) -> tuple[Rule, str]:
    """Why a duty in force is not paid on a line, by the first rule that says so."""
    measure = layer.measure
    if not any(scope.all_goods or _held(code, scope.include) for scope, _ in layer.goods):
        return Rule.OTHER_GOODS, "it falls on other goods"
    for exemption in exemptions_on(record, measure, asof):
        if _held(code, goods_of(record, exemption, measure.id)):
            return Rule.EXEMPT, exempt_words(exemption)
    for other in layer.gives_way:
        if other.content_share is None and _holds(other.goods, code):
            if other.replaced:
                return Rule.REPLACED, f"{other.to.authority} is paid in its place ({other.to.title})"
            words = f"it does not fall on goods of {other.to.authority} ({other.to.title})"
            return Rule.YIELDS, words
    return Rule.ZERO, "its rate on this line is zero"


def exempt_words(exemption: Exemption) -> str:
    """An exemption in words."""
    how = "waived on application" if exemption.basis == "on_application" else "exempt"
    until = f" until {exemption.until[:10]}" if exemption.until else ""
    return f"{how} since {exemption.since[:10]}{until}" + (f": {exemption.why}" if exemption.why else "")


def _held(code: str, prefixes: frozenset[str]) -> bool:
    return any(code[:digits] in prefixes for digits in (2, 4, 6, 8, 10) if digits <= len(code))


def _holds(scope: Scope, code: str) -> bool:
    return bool(CodeIndex((code,)).mask(scope)[0])


def _standing_aside(
    record: Record, states: list[MeasureState], asof: AsOf, index: CodeIndex, lines: list[int]
) -> list[NotApplied]:
    """Duties that name these goods and are not in force, or whose rate is not on record."""
    found = []
    for standing in states:
        measure = standing.measure
        scope = whole_goods(record, standing)
        if not scope.empty and not index.mask(scope)[lines].any():
            continue
        if standing.in_force:
            found.append(NotApplied(measure, _entries(standing), Rule.NOT_COVERED, _not_covered(standing)))
        elif standing.status != Standing.UNKNOWN and not scope.empty:
            words = _status_words(standing)
            if words:
                found.append(NotApplied(measure, _entries(standing), Rule.NOT_IN_FORCE, words))
    return found


def _not_covered(standing: MeasureState) -> str:
    """A duty in force that no computation here can hold: words for goods, or a rate that is no percentage."""
    state, scope = standing.state, standing.scope
    rate = f"{standing.rate_percent:g} percent" if standing.rate_percent is not None else ""
    rate = rate or (state.specific_rate if state else "")
    goods = f" on {scope.words}" if scope.words else ""
    return f"{rate or 'a duty'}{goods}"


def _status_words(standing: MeasureState) -> str:
    """Why a measure does not bind on the day; empty where nothing of it was known."""
    state = standing.state
    if standing.status == Standing.NOT_YET:
        begins = next((s.effective[:10] for s in standing.pending if s.status is Status.IN_FORCE), None)
        return f"not yet in force: begins on {begins}" if begins else ""
    since = f" since {standing.since.day}" if standing.since else ""
    words = {
        Status.STRUCK_DOWN: f"void{since}: struck down",
        Status.EXPIRED: f"expired{since}",
        Status.REPLACED: f"replaced{since} by later measures",
        Status.SUSPENDED: f"suspended{since}",
        Status.STAYED: f"stayed{since} by a court",
        Status.REVOKED: f"revoked{since}",
        Status.CEASED: f"ended{since}",
        Status.WITHDRAWN: f"withdrawn{since}, never in force",
    }.get(Status(standing.status), f"{standing.status.replace('_', ' ')}, not in force")
    began = any(s.status is Status.IN_FORCE and not s.withdrawn for s in standing.measure.states)
    if not began and "never" not in words:
        words += ", never in force"
    if standing.expires:
        words += f", until {standing.expires.day}"
    note = state.note if state else ""
    return f"{words}: {note}" if note else words


def _freed(
    record: Record, states: list[MeasureState], index: CodeIndex, lines: list[int]
) -> list[NotApplied]:
    """Duties that a claim of preference lifts."""
    found = []
    for standing in states:
        preference = standing.measure.preference
        if preference is not None and index.mask(whole_goods(record, standing))[lines].any():
            words = f"goods that qualify under the {preference.agreement} and claim it are free of it"
            found.append(NotApplied(standing.measure, _entries(standing), Rule.PREFERENCE, words))
    return found


def _excepted(
    record: Record, states: list[MeasureState], index: CodeIndex, lines: list[int], exporter: str
) -> list[NotApplied]:
    """Duties on everyone that leave this origin out."""
    return [
        NotApplied(s.measure, _entries(s), Rule.EXCEPTED_ORIGIN, f"goods of {exporter} are excepted")
        for s in states
        if not (scope := whole_goods(record, s)).empty and index.mask(scope)[lines].any()
    ]


def branches(asof: AsOf) -> dict[str, AsOf]:
    """The two assumptions past an expiry without successor."""
    return {branch.value: replace(asof, assume=branch) for branch in Assume}
