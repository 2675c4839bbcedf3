"""The whole duty on a good: the general rate, every duty of the record on top, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from detente.analysis.state import require_days
from detente.core.errors import MissingData, UnknownEconomy
from detente.core.places import NAMES, is_place, name_of
from detente.core.products import normalise_hs
from detente.record.asof import AsOf, state_of
from detente.record.entries import Instrument, Measure
from detente.record.files import Record
from detente.record.rates import Duty, Rule, Stack, branches, duties_of, finest_codes, stacks
from detente.schedules import COLUMN_TWO, COLUMN_TWO_SINCE, SCHEDULES, GeneralRate, Schedule, schedule_of
from detente.schedules.preferences import agreement_with
from detente.schedules.vat import vat_on

EU = "EUN"
EU_STANDS_FOR = "DEU"
"""Members of the European Union face the same duties; goods "of the EU" are asked for under one of them."""

NOT_ORIGINS = ("ALL", "ROW", "WTO")


def rate_of(
    record: Record,
    importer: str,
    exporter: str,
    code: str,
    asof: AsOf,
    *,
    content_share: float | None = None,
) -> dict[str, Any]:
    """The stack of duties on a code, or each distinct stack where the code is shorter than what decides.

    Args:
        code: HS digits, with or without dots.
        content_share: share of value that is metal, where a duty falls on metal content.

    Raises:
        UnknownEconomy: no such origin or importer.
        InvalidOption: no such code.
        DateBeforeRecord: see `require_day`.
        MissingData: no schedule of the importer, and no duty of its on record.
    """
    hs = normalise_hs(code)
    require_pair(record, importer, exporter)
    require_days(record, asof)
    schedule = schedule_of(importer)
    codes = (hs,) if schedule is None else schedule.lines(hs, finer=finest_codes(record, importer))
    found = _answers(record, schedule, importer, exporter, codes, asof, content_share)
    one = len(found) == 1
    data: dict[str, Any] = {
        "importer": importer,
        "exporter": exporter,
        "hs": hs,
        "on": asof.on.isoformat(),
        "state": found[0]["state"] if one else "depends_on_claim" if len(codes) == 1 else "depends_on_line",
        "lines": found[0]["lines"] if one else None,
        "total_percent": found[0]["total_percent"] if one else None,
        "not_applied": found[0]["not_applied"] if one else None,
        "not_covered": found[0]["not_covered"] if one else None,
        "branches": found[0]["branches"] if one else None,
        "stacks": found,
        "message": found[0]["message"] if one else _depends(hs, codes, found),
        "small_parcels": _small_parcels(record, importer, exporter, asof),
        "notes": _notes(record, importer, exporter, asof),
    }
    if importer == "CHN":
        data["vat"] = _vat(hs, asof.on, data["total_percent"])
    return data


def require_pair(record: Record, importer: str, exporter: str) -> None:
    """Refuse labels that are no origins, and importers of whom nothing is known.

    Raises:
        UnknownEconomy, MissingData.
    """
    for label, flag in ((importer, "--importer"), (exporter, "--exporter")):
        if not is_place(label) or label in NOT_ORIGINS:
            raise UnknownEconomy(
                f"no economy {label!r}",
                where=flag,
                why="economies are three-letter labels",
                instead=f"for example {', '.join(list(NAMES)[:6])}, EUN for the European Union",
            )
    if importer == exporter:
        raise UnknownEconomy(
            f"{importer} on both sides",
            where="--exporter",
            why="goods are not imported from oneself",
            instead="another exporter",
        )
    if schedule_of(importer) is None and not duties_of(record, importer):
        raise MissingData(
            f"no duties of {name_of(importer)}",
            where="--importer",
            why="neither a schedule nor an entry of the record holds any",
            instead=_flows(record, lambda label: label in SCHEDULES or bool(duties_of(record, label)))
            or "add one first: `detente add measure ...`",
        )


def require_schedule(record: Record, importer: str) -> Schedule:
    """The importer's schedule, with the trade and the general duty of each line.

    Raises:
        MissingData: none of its is here.
    """
    schedule = schedule_of(importer)
    if schedule is None:
        raise MissingData(
            f"no schedule of {importer}",
            where="--importer",
            why="it needs the trade and the general duties of each line",
            instead=_flows(record, lambda label: label in SCHEDULES)
            or f"a dispute with {' or '.join(SCHEDULES)}, whose schedules are here",
        )
    return schedule


def _flows(record: Record, usable: Callable[[str], bool]) -> str:
    """The flows between the parties whose importer is usable, as options in words."""
    first, second = record.settings.parties
    pairs = [(first, second), (second, first)]
    return " or ".join(f"--importer {i} --exporter {e}" for i, e in pairs if usable(i))


def _answers(
    record: Record,
    schedule: Schedule | None,
    importer: str,
    exporter: str,
    codes: tuple[str, ...],
    asof: AsOf,
    content_share: float | None,
) -> list[dict[str, Any]]:
    """One answer for each distinct stack, general duty included, in the order of first codes."""
    origin = EU_STANDS_FOR if exporter == EU else exporter
    agreement = agreement_with(importer, exporter, asof.on)
    both = agreement is not None and agreement.frees_goods
    found = []
    unclaimed: dict[str, Any] = {}
    for claims in (False, True) if both else (False,):
        groups: dict[Any, tuple[Stack, GeneralRate, list[str]]] = {}
        told = stacks(record, importer, origin, asof, codes, content_share=content_share, claims=claims)
        for stack in told:
            for code in stack.codes:
                general = _preferred(record, importer, exporter, code, asof.on) or general_rate(
                    schedule, importer, exporter, code, asof.on
                )
                if claims and agreement is not None:
                    general = GeneralRate(0.0, "", False, "free for goods that claim it", agreement.name)
                paid = (general.percent, [(duty.measure.id, duty.rate_percent) for duty in stack.duties])
                if claims and unclaimed[code] == paid:
                    continue
                unclaimed.setdefault(code, paid)
                unknown_why = general.percent is None and general.why
                key = (id(stack), general.name, general.percent, general.text, unknown_why)
                groups.setdefault(key, (stack, general, []))[2].append(code)
        for stack, general, members in groups.values():
            answer = _answer(record, importer, exporter, replace(stack, codes=tuple(members)), general, asof)
            answer["claims"] = agreement.name if claims and agreement is not None else None
            if stack.unknown and asof.assume is None:
                answer["branches"] = {
                    name: _answers(
                        record, schedule, importer, exporter, (members[0],), branch, content_share
                    )[-1 if claims else 0]["total_percent"]
                    for name, branch in branches(asof).items()
                }
            found.append(answer)
    return sorted(found, key=lambda answer: (answer["codes"][0], answer["claims"] or ""))


def general_rate(schedule: Schedule | None, importer: str, exporter: str, code: str, on: date) -> GeneralRate:
    """The rate before any duty of the dispute: the general one, or none where another column is due."""
    if schedule is None:
        return GeneralRate(None, "", False, f"the schedule of {name_of(importer)} is not here")
    if importer == "USA" and exporter in COLUMN_TWO and on >= COLUMN_TWO_SINCE.get(exporter, date.min):
        why = f"goods of {name_of(exporter)} pay column 2 of the schedule, which is not here"
        return GeneralRate(None, "", False, why)
    if importer == "CHN" and exporter in ("HKG", "MAC"):
        why = f"goods of {name_of(exporter)} that qualify under the closer partnership enter free"
        return GeneralRate(None, "", False, why)
    return schedule.general(code, on)


def _preferred(record: Record, importer: str, exporter: str, code: str, on: date) -> GeneralRate | None:
    """The rate under an agreement on record, which takes the place of the general one."""
    found = record.settings.preference(importer, exporter, code, on)
    if found is None:
        return None
    return GeneralRate(found.percent, "", False, f"since {found.since}", found.name, (found.entry,))


def _answer(
    record: Record, importer: str, exporter: str, stack: Stack, general: GeneralRate, asof: AsOf
) -> dict[str, Any]:
    lines = []
    if general.percent is not None:
        lines.append(
            {
                "authority": general.name,
                "rate_percent": general.percent,
                "entries": list(general.entries),
                "why": general.why,
                "estimated": general.estimated,
            }
        )
    lines += [
        {
            "authority": duty.measure.authority,
            "rate_percent": _beside_general(duty, general),
            "entries": list(duty.entries),
            "why": duty.why,
            "estimated": duty.estimated,
        }
        for duty in stack.duties
    ]
    not_covered = [] if general.percent is not None else [_uncovered("MFN", general.why)]
    not_covered += [
        _uncovered(n.measure.authority, n.why, n.entries)
        for n in stack.not_applied
        if n.rule is Rule.NOT_COVERED
    ]
    agreement = agreement_with(importer, exporter, asof.on)
    if agreement is not None and not agreement.frees_goods and general.percent != 0:
        why = (
            f"goods that qualify and claim the {agreement.name} pay less than the general rate or nothing;"
            " the special column is not here"
        )
        not_covered.append(_uncovered(agreement.name, why))
    if importer in ("USA", "CHN"):
        on_record = any(
            word in measure.authority.lower()
            for measure in duties_of(record, importer)
            for word in ("dumping", "countervailing")
        )
        why = "those on record are counted; other " if on_record else ""
        why += "orders go by product description and producer, not by HS code; any there are come on top"
        not_covered.append(_uncovered("anti-dumping and countervailing duties", why))
    due = [n for n in stack.not_applied if n.rule is Rule.NOT_COVERED and not n.measure.scope.words]
    known = general.percent is not None and not stack.unknown and not due
    return {
        "codes": list(stack.codes),
        "state": "unknown" if stack.unknown else "known" if known else "not_covered",
        "lines": lines,
        "total_percent": round(sum(line["rate_percent"] for line in lines), 4) if known else None,
        "covered_percent": round(sum(line["rate_percent"] for line in lines), 4),
        "not_applied": [
            {
                "authority": n.measure.authority,
                "title": n.measure.title,
                "entries": list(n.entries),
                "rule": n.rule.value,
                "why": n.why,
            }
            for n in stack.not_applied
            if n.rule is not Rule.NOT_COVERED
        ],
        "not_covered": not_covered,
        "branches": None,
        "message": "; ".join(f"{s.measure.title}: {s.message}" for s in stack.unknown),
    }


def _beside_general(duty: Duty, general: GeneralRate) -> float:
    """What a duty adds to the general one; the rest up to its rate where that holds the general duty."""
    if not duty.measure.general_inside or general.percent is None:
        return duty.rate_percent
    return round(max(duty.rate_percent - general.percent, 0.0), 6)


def _uncovered(authority: str, why: str, entries: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"authority": authority, "entries": list(entries), "why": why}


def _depends(hs: str, codes: tuple[str, ...], found: list[dict[str, Any]]) -> str:
    claims = next((answer["claims"] for answer in found if answer["claims"]), None)
    claim = f"goods that claim the {claims} and goods that do not pay different duties" if claims else ""
    if len(codes) == 1:
        return claim
    words = f"HS {hs} stands for {len(codes)} lines with {len(found)} different stacks of duties"
    return f"{words}; {claim}" if claim else words


def _small_parcels(record: Record, importer: str, exporter: str, asof: AsOf) -> list[dict[str, Any]]:
    """Where small parcels stand: rules on duty-free entry of low-value shipments that name this origin."""
    found = []
    for measure in record.of(Measure):
        if measure.instrument is not Instrument.DE_MINIMIS or measure.imposing != importer:
            continue
        if not ({exporter, "ALL"} & set(measure.targets)) or exporter in measure.except_targets:
            continue
        standing = state_of(measure, asof, record.settings.checked_to)
        if standing.state is None:
            continue
        state = standing.state
        rate = f"{standing.rate_percent:g} percent " if standing.rate_percent is not None else ""
        found.append(
            {
                "state": str(standing.status),
                "since": standing.since.text() if standing.since else None,
                "why": f"{measure.title}: {rate}{state.specific_rate}".rstrip(": ")
                + (f"; {state.note}" if state.note else ""),
                "entries": [e for e in (measure.id, state.cause) if e],
            }
        )
    return found


def _notes(record: Record, importer: str, exporter: str, asof: AsOf) -> list[str]:
    notes = []
    checked_to = record.settings.checked_to
    if asof.on.isoformat() > checked_to:
        notes.append(f"the record was checked to {checked_to}; what happened after is not on it")
    if exporter == EU:
        notes.append("all members of the European Union face the same duties")
    if (importer, exporter) == ("USA", "HKG"):
        notes.append("goods made in Hong Kong; goods of mainland origin shipped through it pay as Chinese")
    return notes


def _vat(hs: str, on: date, duty_percent: float | None) -> dict[str, Any]:
    tax = vat_on(hs, on)
    one = len(tax.possible_percent) == 1
    rate = tax.possible_percent[0] if one else None
    total = (
        round((1 + duty_percent / 100) * (100 + rate) - 100, 4)
        if duty_percent is not None and rate is not None
        else None
    )
    return {
        "rate_percent": rate,
        "possible_percent": list(tax.possible_percent),
        "since": tax.since.isoformat(),
        "with_duty_percent": total,
        "why": "value-added tax on customs value plus duty; home goods pay it too, so it is not in the total"
        + ("" if one else "; this heading holds goods at either rate"),
    }
