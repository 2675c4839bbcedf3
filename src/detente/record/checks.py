"""Checks of a record as a whole: sourced, spans sane, links resolve, nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from itertools import combinations
from typing import Any

from detente.core.days import Span, parse_moment
from detente.core.errors import InvalidRecord, OverlappingLayers
from detente.record.asof import AsOf, moment_of
from detente.record.compile import exempted, joined, list_goods
from detente.record.entries import Denial, Entry, Instrument, Measure, Source, Status
from detente.record.files import SHIPPED, Record
from detente.record.law_checks import beyond_the_authority, points_that_do_not_add_up

_ID_FIELDS = (
    "source", "entry", "measure", "cause", "sources", "denies", "first_since", "outcome_cause", "republishes",
    "breach_of",
)  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """Something wrong in a record, and where."""

    rule: str
    what: str
    where: str
    entry: str


def check_record(record: Record) -> list[Problem]:
    """All problems of a record; an empty list is a clean bill."""
    problems: list[Problem] = []
    for rule in (_links, _ids, _sourced, _spans, _denials, _law, _lists, _twice):
        problems.extend(rule(record))
    return problems


def require_sound(record: Record) -> None:
    """Refuse a record whose duties would be counted twice or whose lists are missing.

    Raises:
        OverlappingLayers, InvalidRecord: the first such problem, with file and line.
    """
    if record.folder.is_relative_to(SHIPPED):
        return  # the tests hold the shipped records to this; nobody edits them, and `status` must be quick
    for rule, error in ((_twice, OverlappingLayers), (_order, OverlappingLayers), (_lists, InvalidRecord)):
        for problem in rule(record):
            raise error(
                problem.what,
                where=problem.where,
                why="the same goods would be charged twice, or cannot be told",
                instead="correct the entry; `detente check` lists all problems",
            )


def references(part: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every id that an entry mentions, with the path of the field."""
    for item in fields(part):
        value = getattr(part, item.name)
        here = (*path, item.name)
        if isinstance(value, tuple):
            for number, element in enumerate(value):
                if is_dataclass(element):
                    yield from references(element, (*here, number))
                elif item.name in _ID_FIELDS and isinstance(element, str):
                    yield (*here, number), element
        elif is_dataclass(value):
            yield from references(value, here)
        elif item.name in _ID_FIELDS and isinstance(value, str):
            yield here, value


def _links(record: Record) -> Iterator[Problem]:
    for entry in record.entries.values():
        for path, target in references(entry):
            if record.get(target) is None:
                where = record.where(entry.id, *path)
                yield Problem("links resolve", f"{target} is not in the record", where, entry.id)
    named = [line.source for line in record.settings.trade]
    named += [preference.entry for preference in record.settings.preferences]
    for target in named:
        if record.get(target) is None:
            where = f"{record.folder.name}/dispute.yaml"
            yield Problem("links resolve", f"{target} is not in the record", where, target)


def _ids(record: Record) -> Iterator[Problem]:
    """An id that stood once belongs to what it named; aliases lead to an entry, or say that it is gone."""
    where = f"{record.folder.name}/aliases.yaml"
    for old, now in record.aliases.items():
        if old in record.entries:
            words = f"{old} is an old id of {now}" if now else f"{old} was given up"
            yield Problem("ids are never reused", words, record.where(old, "id"), old)
        if now is not None and now not in record.entries:
            yield Problem("links resolve", f"alias {old} leads to {now}, which is no entry", where, old)


def _sourced(record: Record) -> Iterator[Problem]:
    for entry in record.entries.values():
        if isinstance(entry, Source):
            continue
        if not entry.sources:
            yield Problem("sourced", "no source", record.where(entry.id), entry.id)


def _spans(record: Record) -> Iterator[Problem]:
    for entry in record.entries.values():
        dated = isinstance(entry, Entry) and entry.date and entry.end_date
        if dated and parse_moment(entry.end_date).at < parse_moment(entry.date).at:
            where = record.where(entry.id, "end_date")
            yield Problem("spans sane", "end_date is before date", where, entry.id)
        if isinstance(entry, Measure):
            yield from _states(record, entry)


def _order(record: Record) -> Iterator[Problem]:
    for measure in record.of(Measure):
        for problem in _states(record, measure):
            if "sources" not in problem.what and "since when it is known" not in problem.what:
                yield problem


def _states(record: Record, measure: Measure) -> Iterator[Problem]:
    party = measure.imposing
    live = [(n, s) for n, s in enumerate(measure.states) if not s.withdrawn]
    moments = [moment_of(s.effective, party).at for _, s in live]
    for (number, _), before, after in zip(live[1:], moments, moments[1:], strict=False):
        if after < before:
            where = record.where(measure.id, "states", number)
            yield Problem("spans sane", "states are not in the order of time", where, measure.id)
    seen: dict[tuple[Any, Any], int] = {}
    for number, state in live:
        known = state.known or state.announced or state.in_law or state.effective
        key = (moment_of(state.effective, party).at, moment_of(known, party).at)
        if key in seen:
            where = record.where(measure.id, "states", number)
            words = f"states {seen[key]} and {number} begin and became known at the same moment"
            yield Problem("nothing counted twice", words, where, measure.id)
        seen[key] = number
        backdated = state.in_law is not None and state.effective[:10] < state.in_law[:10]
        if state.status is Status.IN_FORCE and backdated and not state.known and not state.note:
            where = record.where(measure.id, "states", number)
            words = "effective before it was law: say since when it is known, or why in note"
            yield Problem("spans sane", words, where, measure.id)


def _denials(record: Record) -> Iterator[Problem]:
    for entry in record.of(Denial):
        for target in entry.denies:
            denied = record.get(target)
            if denied is not None and denied.kind not in ("claim", "assessment", "threat"):
                where = record.where(entry.id, "denies")
                yield Problem("links resolve", f"{target} is a {denied.kind}, not a claim", where, entry.id)


def _law(record: Record) -> Iterator[Problem]:
    for rule, findings in (
        ("points add up", points_that_do_not_add_up(record)),
        ("within its authority", beyond_the_authority(record)),
    ):
        for measure, number, words in findings:
            yield Problem(rule, words, record.where(measure.id, "states", number), measure.id)


def _lists(record: Record) -> Iterator[Problem]:
    last_day = AsOf(date.max.replace(year=9000))
    for measure in record.of(Measure):
        try:
            if measure.scope.list_file and not list_goods(record, measure.scope, measure.id):
                raise InvalidRecord(f"no rows of {measure.scope.list_file} match where_list")
            exempted(record, measure, last_day)
        except InvalidRecord as error:
            where = error.where or record.where(measure.id, "scope")
            yield Problem("lists exist", error.what, where, measure.id)


def _twice(record: Record) -> Iterator[Problem]:
    """Two duties of one layer on overlapping goods and origins at one time, outside a stacking group."""
    duties = [m for m in record.of(Measure) if m.instrument is Instrument.IMPORT_DUTY and m.in_economy]
    for one, other in combinations(duties, 2):
        if (one.imposing, one.layer) != (other.imposing, other.layer):
            continue
        if one.stacking.group and one.stacking.group == other.stacking.group:
            continue
        if _meet(one, other) and _same_goods(record, one, other) and _same_time(one, other):
            words = f"{one.id} and {other.id} are both layer {one.layer!r} on the same goods at one time"
            yield Problem("nothing counted twice", words, record.where(other.id, "layer"), other.id)


def _meet(one: Measure, other: Measure) -> bool:
    targets, others = set(one.targets), set(other.targets)
    if "ALL" in targets and "ALL" in others:
        return True
    if "ALL" in targets:
        return bool(others - set(one.except_targets))
    if "ALL" in others:
        return bool(targets - set(other.except_targets))
    return bool(targets & others)


def _same_goods(record: Record, one: Measure, other: Measure) -> bool:
    if one.scope.all_goods or other.scope.all_goods:
        return True
    return any(
        a.startswith(b) or b.startswith(a) for a, b in _near(_codes(record, one), _codes(record, other))
    )


def _near(ones: set[str], others: set[str]) -> Iterator[tuple[str, str]]:
    by_chapter: dict[str, list[str]] = {}
    for code in others:
        by_chapter.setdefault(code[:4], []).append(code)
        by_chapter.setdefault(code[:2], []).append(code)
    for code in ones:
        for candidate in by_chapter.get(code[:4], []) if len(code) >= 4 else by_chapter.get(code, []):
            yield code, candidate
        for candidate in by_chapter.get(code[:2], []):
            if len(candidate) == 2:
                yield code, candidate


def _codes(record: Record, measure: Measure) -> set[str]:
    if measure.scope.list_file:
        try:
            return set(joined(list_goods(record, measure.scope, measure.id)))
        except InvalidRecord:
            return set()
    return set(measure.scope.hs)


def _same_time(one: Measure, other: Measure) -> bool:
    return any(a.overlaps(b) for a in _in_force(one) for b in _in_force(other))


def _in_force(measure: Measure) -> list[Span]:
    live = [s for s in measure.states if not s.withdrawn]
    spans = []
    for state, after in zip(live, [*live[1:], None], strict=True):
        if state.status is not Status.IN_FORCE:
            continue
        ends = [moment_of(text, measure.imposing).at for text in (state.expires,) if text]
        if after is not None:
            ends.append(moment_of(after.effective, measure.imposing).at)
        spans.append(Span(moment_of(state.effective, measure.imposing).at, min(ends) if ends else None))
    return spans
