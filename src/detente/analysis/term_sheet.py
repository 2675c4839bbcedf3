"""The package both sides of a dispute would sign on a day, as a term sheet: `detente bargain --dispute`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from detente.analysis.bargains import Progress, Question, Sheet, bargained, outside_policies, prepared_for
from detente.analysis.costs import variants
from detente.analysis.state import known_on
from detente.core.errors import InvalidAgenda, UnsolvableShock
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.solve import solve_prepared
from detente.economy.worlds import world_hash
from detente.record.asof import AsOf
from detente.record.authorities import Power, powers_on
from detente.record.files import Record
from detente.strategy.agenda import Agenda, Issue, Package
from detente.strategy.packages import excluded_by
from detente.strategy.payoffs import Worth

CHECKED = 8
"""Packages whose equilibria are solved again one by one, from fresh factors."""

AGREE = 1e-6
"""Largest gap, percent, between a value solved side by side and by itself."""


def term_sheet(
    record: Record, asof: AsOf, question: Question, progress: Progress = lambda words: None
) -> dict[str, Any]:
    """The answer of `detente bargain --dispute`, with its envelope; see `bargained` for errors."""
    return answered(bargained(record, asof, question, progress), question, progress)


def answered(sheet: Sheet, question: Question, progress: Progress = lambda words: None) -> dict[str, Any]:
    """The answer from a bargain, with its envelope.

    Raises:
        InvalidAgenda: the offer names no issue or option of the day.
    """
    began = time.perf_counter()
    record, asof = sheet.payoffs.record, sheet.agenda.asof
    data = sheet_data(sheet, question, progress)
    data["certificate"]["seconds"] = sheet.seconds + time.perf_counter() - began
    query = {
        "dispute": record.settings.name,
        "on": asof.on.isoformat(),
        "known_by": asof.known_by.isoformat() if asof.known_by else None,
        "assume": asof.assume.value if asof.assume else None,
        **{key: getattr(question, key) for key in question.__dataclass_fields__},
        "red_lines": dict(question.red_lines or {}),
        "offer": dict(question.offer) if question.offer else None,
    }
    provenance = {
        "record_hash": record.digest,
        "world_hash": world_hash(question.world),
        "model": sheet.payoffs.prepared.model.name,
        "certificate": data["certificate"],
        "entries": data.pop("entries"),
    }
    return envelope("term-sheet", query, data, provenance=provenance)


def sheet_data(sheet: Sheet, question: Question, progress: Progress) -> dict[str, Any]:
    """The answer itself."""
    agenda, bargain = sheet.agenda, sheet.bargain
    best = bargain.package
    prepared = sheet.payoffs.prepared
    frontier = [
        {"package": agenda.chosen(sheet.table.package(int(row))), **_by_side(agenda, sheet.table.values[row])}
        for row in bargain.frontier
    ]
    late = {} if sheet.in_time else {"method": "the packages valued in time were counted", "certified": False}
    data: dict[str, Any] = {
        "dispute": agenda.dispute,
        "on": agenda.asof.on.isoformat(),
        "rule": bargain.rule,
        "outside": sheet.used,
        "outside_options": {name: _by_side(agenda, values) for name, values in sheet.outside.items()},
        "world": prepared.world.name,
        "model": prepared.model.name,
        "closure": prepared.closure.value,
        "elasticities": prepared.elasticities,
        "theta_scale": prepared.theta_scale,
        "revenue_use": prepared.revenue_use.value,
        "aims": [aim.to_dict() for aim in sheet.payoffs.aims],
        "packages": agenda.count,
        "packages_that_can_be_signed": len(sheet.table.values),
        "issues": [_issue(sheet, issue) for issue in agenda.issues],
        "dropped": [{"issue": d.issue, "option": d.option, "why": d.why} for d in agenda.dropped],
        "red_lines": excluded_by(agenda),
        "frontier": frontier,
        "agreement": None,
        "answer": _words_without(sheet),
        "certificate": {**bargain.to_dict(), **sheet.payoffs.about(), "in_time": sheet.in_time, **late},
    }
    entries = {entry for issue in agenda.issues for entry in issue.entries}
    entries |= {line["entry"] for line in data["red_lines"] if line["entry"]}
    if best is not None:
        progress("term sheet: each step by itself")
        data["agreement"] = agreement(sheet, best, question, progress)
        data["answer"] = _words_with(sheet, best)
        gap = solved_again(sheet)
        data["certificate"]["solved_again"] = {"packages": min(CHECKED, len(sheet.table.values)),
                                               "largest_gap_percent": gap}  # fmt: skip
        data["certificate"]["certified"] = bargain.certified and gap <= AGREE and sheet.in_time
        entries |= {e for _, option in agenda.options_of(best) for e in option.entries}
        entries |= {step.measure for _, step in agenda.steps(best) if step.measure}
    if question.continuous:
        data["continuous"] = with_free_duties(sheet, question, progress)
    if question.offer:
        data["offer"] = judged(sheet, _offered(agenda, question.offer))
    if question.durability:
        from detente.analysis.durability import durability_of

        progress("term sheet: what each side could gain by breaking it")
        data["durability"] = durability_of(sheet, best)
    data["certificate"].update(sheet.payoffs.about())
    data["entries"] = sorted(_known(sheet, entries))
    return data


def agreement(sheet: Sheet, package: Package, question: Question, progress: Progress) -> dict[str, Any]:
    """The term sheet of a package: who does what, by which power, by when, worth what to each side."""
    agenda, payoffs = sheet.agenda, sheet.payoffs
    powers = {power.authority.id: power for power in powers_on(payoffs.record, agenda.asof)}
    economy = _in_the_deal(sheet, package)
    terms = []
    for at, (issue, option) in enumerate(agenda.options_of(package)):
        worth = {
            side: payoffs.own(option, side) + Worth(number, number, number)
            for side, number in zip(agenda.sides, map(float, economy[at]), strict=True)
        }
        terms.append(
            {
                "issue": issue.id,
                "title": issue.title,
                "option": option.id,
                "option_title": option.title,
                "steps": [
                    {
                        "by": step.by,
                        "does": step.does,
                        "instrument": step.instrument,
                        "authority": _power(step.authority, powers),
                        "within_days": step.within_days,
                        "by_day": (agenda.asof.on + timedelta(days=step.within_days)).isoformat(),
                        "measure": step.measure or None,
                        "change": step.change or None,
                        "rate_percent": step.rate_percent,
                    }
                    for step in sorted(option.steps, key=lambda step: step.within_days)
                ],
                "worth_in_the_deal": {side: one.to_dict() for side, one in worth.items()},
                "from_the_economy": option.economic,
                "ranges": {side: one.to_dict() for side, one in option.worth.items()},
                "needs": {k: list(v) for k, v in option.needs.items()},
                "entries": _known(sheet, (*issue.entries, *option.entries)),
            }
        )
    values = payoffs.worth(package)
    outside = dict(zip(agenda.sides, map(float, sheet.outside[sheet.used]), strict=True))
    gains = {side: values[side] + Worth(-out, -out, -out) for side, out in outside.items()}
    found: dict[str, Any] = {
        "package": agenda.chosen(package),
        "signed_on": agenda.asof.on.isoformat(),
        "terms": terms,
        "sides": {
            side: {
                "aim_percent": values[side].central,
                "outside_option_percent": outside[side],
                "gain": gains[side].to_dict(),
                "most_it_could_gain_percent": sheet.bargain.ideals[side],
            }
            for side in agenda.sides
        },
    }
    if question.ranges:
        found["spread"] = spread(sheet, package, question, progress)
    return found


def _in_the_deal(sheet: Sheet, package: Package) -> np.ndarray:
    """What each side would lose in the economy were one issue of the deal kept as it is [issue, side]."""
    agenda = sheet.agenda
    chosen = agenda.chosen(package)
    without = [agenda.package({k: v for k, v in chosen.items() if k != name}) for name in chosen]
    values = sheet.payoffs.economy([package, *without])
    return values[0] - values[1:]


def spread(sheet: Sheet, package: Package, question: Question, progress: Progress) -> dict[str, Any]:
    """Gains of a package over the outside option under every other set of assumptions.

    Returns:
        by side low and high over variants and sourced ranges; how many variants all gain in.
    """
    agenda, payoffs = sheet.agenda, sheet.payoffs
    policies = [payoffs.policy(package), outside_policies(payoffs)[sheet.used]]
    rows = []
    for variant in variants(payoffs.prepared.world):
        progress(f"term sheet: {variant.label}")
        try:
            deal, outside = payoffs.under(prepared_for(question, variant)).of_sectors(policies)
        except UnsolvableShock:
            continue
        rows.append((variant, deal - outside))
    own = payoffs.beside(package)
    table = np.array([gains for _, gains in rows])
    signed = table + [own[side].central for side in agenda.sides] > 0
    return {
        "variants": len(rows),
        "all_gain_in": int(signed.all(axis=1).sum()),
        "gain": {
            side: {
                "low_percent": float(table[:, k].min() + own[side].low),
                "high_percent": float(table[:, k].max() + own[side].high),
            }
            for k, side in enumerate(agenda.sides)
        },
        "not_gaining": [
            {
                "variant": variant.label,
                "sides": [s for s, ok in zip(agenda.sides, good, strict=True) if not ok],
            }
            for (variant, _), good in zip(rows, signed, strict=True)
            if not good.all()
        ],
    }


def with_free_duties(sheet: Sheet, question: Question, progress: Progress) -> dict[str, Any]:
    """The deal of the same rule with some duties at any rate; `agreement` is None where there is none."""
    from detente.strategy.mixed_deals import mixed_deal, slider, terms_of

    progress("term sheet: duties at any rate")
    outside = sheet.outside[sheet.used]
    found = mixed_deal(sheet.payoffs, sheet.table, question.continuous, question.rule, outside)
    if found is None:
        return {"issues": list(question.continuous), "agreement": None, "certified": False}
    sliders = [slider(sheet.payoffs, name) for name in question.continuous]
    return {
        "issues": list(question.continuous),
        "agreement": {"package": sheet.agenda.chosen(found.package), "duties": terms_of(found, sliders)},
        **found.to_dict(),
    }


def _offered(agenda: Agenda, offer: Mapping[str, str]) -> Package:
    try:
        return agenda.package(offer)
    except InvalidAgenda as error:
        error.where = "--offer"
        raise


def judged(sheet: Sheet, offer: Package) -> dict[str, Any]:
    """An offer: its worth to each side, whether it can be signed, and what would be better for both."""
    agenda, values = sheet.agenda, sheet.table.values
    worth = sheet.payoffs.worth(offer)
    mine = np.array([worth[side].central for side in agenda.sides])
    outside = sheet.outside[sheet.used]
    better = (values - mine).min(axis=1)
    best = int(better.argmax())
    return {
        "package": agenda.chosen(offer),
        "forbidden": agenda.forbidden(offer),
        "worth": {side: one.to_dict() for side, one in worth.items()},
        "gain_percent": dict(zip(agenda.sides, map(float, mine - outside), strict=True)),
        "common_gain_left_percent": max(0.0, float(better[best])),
        "better_for_both": agenda.chosen(sheet.table.package(best)) if better[best] > 0 else None,
    }


def solved_again(sheet: Sheet) -> float:
    """Largest gap, percent, between values of the table and equilibria solved one by one.

    For the deal and for packages drawn at random (seed 1).
    """
    from detente.strategy.aims import value

    payoffs, table = sheet.payoffs, sheet.table
    draw = np.random.default_rng(1)
    rows = {
        sheet.bargain.row,
        *draw.choice(len(table.values), min(CHECKED, len(table.values)), replace=False),
    }
    worst = 0.0
    for row in rows:
        package = table.package(int(row))
        outcome = solve_prepared(payoffs.prepared, payoffs.policy(package))
        if isinstance(outcome, NotSolved):
            return np.inf
        own = payoffs.beside(package)
        fresh = [
            float(value(aim, outcome)) + own[side].central
            for aim, side in zip(payoffs.aims, sheet.agenda.sides, strict=True)
        ]
        worst = max(worst, float(np.abs(np.array(fresh) - table.values[int(row)]).max()))
    return worst


def _power(name: str, powers: Mapping[str, Power]) -> dict[str, Any]:
    power = powers.get(name)
    if power is None:
        return {"id": None, "title": name or "executive act", "usable": None, "litigation_risk": None}
    stretch = power.stretch
    return {
        "id": name,
        "title": power.authority.title,
        "statute": power.authority.statute,
        "usable": power.usable.value,
        "litigation_risk": stretch.litigation_risk.value if stretch else None,
    }


def _by_side(agenda: Agenda, values: np.ndarray) -> dict[str, Any]:
    return {"worth_percent": dict(zip(agenda.sides, map(float, values), strict=True))}


def _known(sheet: Sheet, names: Iterable[str]) -> list[str]:
    """Those entries that were known on the day asked about: an agenda may name later ones."""
    record, asof = sheet.payoffs.record, sheet.agenda.asof
    entries = {name: record.get(name) for name in names}
    return [name for name, entry in entries.items() if entry is not None and known_on(entry, asof)]


def _issue(sheet: Sheet, issue: Issue) -> dict[str, Any]:
    return {
        "id": issue.id,
        "title": issue.title,
        "options": [{"id": option.id, "title": option.title} for option in issue.options],
        "entries": _known(sheet, issue.entries),
    }


def _words_with(sheet: Sheet, package: Package) -> str:
    count, of = len(sheet.agenda.options_of(package)), len(sheet.agenda.issues)
    gains = "; ".join(f"{side} {gain:+.3f}%" for side, gain in sheet.bargain.gains.items())
    words = f"Both would sign a package on {count} of {of} issues by the {sheet.bargain.rule} rule"
    return f"{words}: {gains} of their aims over the outside option {sheet.used}."


def _words_without(sheet: Sheet) -> str:
    if not sheet.in_time:
        valued = len(sheet.table.values)
        return f"Not decided in time: none of {valued} packages valued beats {sheet.used} for both."
    return (
        f"No package beats the outside option {sheet.used} for both: each of the "
        f"{len(sheet.table.values)} that can be signed leaves one side no better off."
    )
