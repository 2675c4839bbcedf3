"""The package both sides of a dispute would sign on a day, as a term sheet: `detente bargain --dispute`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from detente.analysis.baseline import weights_for
from detente.analysis.costs import Variant, variants
from detente.analysis.state import known_on
from detente.core.errors import InvalidOption, UnsolvableShock
from detente.core.results import envelope
from detente.economy.certificate import NotSolved
from detente.economy.models.registry import model_named
from detente.economy.prepare import Prepared, prepare
from detente.economy.solve import solve_prepared
from detente.economy.worlds import load_world, world_hash
from detente.record.asof import AsOf
from detente.record.authorities import Power, powers_on
from detente.record.files import Record
from detente.strategy.agenda import Agenda, Issue, Package
from detente.strategy.aims import Aim, read_aims, real_income
from detente.strategy.on_the_table import agenda_of
from detente.strategy.packages import Bargain, Table, excluded_by, settle
from detente.strategy.payoffs import Payoffs, Worth, lapse_policy, war_policy

Progress = Callable[[str], None]

AIMS = "aims.yaml"
"""What the parties want, in a dispute's folder; real income where there is none."""

REAL_INCOME = "real-income"

OUTSIDE = ("status-quo", "lapse", "war")

CHECKED = 8
"""Packages whose equilibria are solved again one by one, from fresh factors."""

AGREE = 1e-6
"""Largest gap, percent, between a value solved side by side and by itself."""


@dataclass(frozen=True)
class Question:
    """What a term sheet is asked of.

    Attributes:
        agenda: a file instead of the dispute's own; None for that.
        rule, outside: of the bargain.
        red_lines: side -> least change of its aim against the base day, percent.
        world, model, closure, revenue_use, elasticities, theta_scale: as `games.Setting`.
        aims: a file; None for the dispute's own, "real-income" for nothing else.
        ranges: whether the deal is put through the other assumptions too.
        durability: whether to ask what patience each side needs to keep it.
        offer: issue -> option of an offer to be judged; None for none.
        continuous: issues whose duty may stand at any rate, beside the options.
    """

    agenda: str | None = None
    rule: str = "egalitarian"
    outside: str = "status-quo"
    red_lines: Mapping[str, float] | None = None
    world: str = "icio2022"
    model: str = "input-output"
    closure: str = "fixed_to_world_income"
    revenue_use: str = "rebated"
    elasticities: str | None = None
    theta_scale: float = 1.0
    aims: str | None = None
    ranges: bool = True
    durability: bool = False
    offer: Mapping[str, str] | None = None
    continuous: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A bargain with what it was made from.

    Attributes:
        payoffs: worths, of the central assumptions.
        table: all packages that can be signed.
        bargain: the rule's choice.
        outside: name of an outside option -> worth to each side, percent [S].
        used: name of the one in use.
        seconds: what it took.
    """

    payoffs: Payoffs
    table: Table
    bargain: Bargain
    outside: dict[str, np.ndarray]
    used: str
    seconds: float

    @property
    def agenda(self) -> Agenda:
        """What is on the table."""
        return self.payoffs.agenda


def bargained(
    record: Record, asof: AsOf, question: Question, progress: Progress = lambda words: None
) -> Sheet:
    """The bargain over every package of the day.

    Raises:
        InvalidAgenda, InvalidRange, MalformedFile: the agenda.
        InvalidOption: rule, outside option, or an outside option that the day does not have.
        InvalidGame: red lines on outcomes that no package keeps.
        UnsolvableShock: a package without a certified equilibrium.
    """
    began = time.perf_counter()
    if question.outside not in OUTSIDE:
        raise InvalidOption(
            f"outside option {question.outside!r}",
            where="--outside",
            why="no such one",
            instead=f"one of {', '.join(OUTSIDE)}",
        )
    progress("agenda: options of the day")
    agenda = agenda_of(record, asof, question.agenda)
    payoffs = payoffs_of(record, agenda, question, progress)
    outside = outside_options(payoffs)
    if question.outside not in outside:
        raise InvalidOption(
            f"outside option {question.outside}",
            where="--outside",
            why="no clock runs on the day"
            if question.outside == "lapse"
            else "the agenda names no war known then",
            instead=f"one of {', '.join(outside)}",
        )
    table = Table(agenda, agenda.allowed, payoffs.of_all(agenda.allowed))
    lines = question.red_lines or {}
    for label in lines:
        if label not in agenda.sides:
            raise InvalidOption(f"red line of {label}", where="--red-line", why="not at the table",
                                instead=f"one of {', '.join(agenda.sides)}")  # fmt: skip
    floors = [lines.get(side, -np.inf) for side in agenda.sides] if lines else None
    bargain = settle(table, question.rule, outside[question.outside], floors)
    return Sheet(payoffs, table, bargain, outside, question.outside, time.perf_counter() - began)


def payoffs_of(record: Record, agenda: Agenda, question: Question, progress: Progress) -> Payoffs:
    """Worths of the agenda's packages in the world and model asked for."""
    prepared = _prepared(question)
    own = record.folder / AIMS
    path = own if question.aims is None else Path(question.aims)
    aims: Sequence[Aim] = (
        [real_income(side) for side in agenda.sides]
        if question.aims == REAL_INCOME or (question.aims is None and not own.is_file())
        else read_aims(path, agenda.sides)
    )
    return Payoffs(record, agenda, prepared, aims, weights_for(record, question.world), progress)


def _prepared(question: Question, variant: Variant | None = None) -> Prepared:
    prepared = prepare(
        model_named(question.model),
        load_world(question.world),
        closure=variant.closure if variant else question.closure,
        revenue_use=variant.revenue_use if variant else question.revenue_use,
        elasticities=variant.elasticities if variant else question.elasticities,
        theta_scale=variant.theta_scale if variant else question.theta_scale,
    )
    if isinstance(prepared, NotSolved):
        raise UnsolvableShock("the baseline", why=prepared.message, instead="another closure")
    return prepared


def outside_options(payoffs: Payoffs) -> dict[str, np.ndarray]:
    """What each side has without a deal: the status quo goes on, every clock lapses, or the war [S]."""
    agenda, economies = payoffs.agenda, payoffs.prepared.world.economies
    found = {"status-quo": payoffs.economy([agenda.status_quo])[0]}
    lapse = lapse_policy(payoffs.record, agenda.asof, economies)
    if lapse is not None:
        found["lapse"] = payoffs.of_policy(lapse)
    if agenda.war is not None:
        found["war"] = payoffs.of_policy(war_policy(payoffs.record, agenda.asof, agenda.war, economies))
    return found


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
        "certificate": {**bargain.to_dict(), **sheet.payoffs.about()},
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
        data["certificate"]["certified"] = bargain.certified and gap <= AGREE
        entries |= {e for _, option in agenda.options_of(best) for e in option.entries}
        entries |= {step.measure for _, step in agenda.steps(best) if step.measure}
    if question.continuous:
        data["continuous"] = with_free_duties(sheet, question, progress)
    if question.offer:
        data["offer"] = judged(sheet, agenda.package(question.offer))
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
    rows = []
    for variant in variants(payoffs.prepared.world):
        progress(f"term sheet: {variant.label}")
        try:
            other = replace(
                payoffs, prepared=_prepared(question, variant), _keys={}, _policies={}, _by_side={}
            )
            gains = other.economy([package])[0] - outside_options(other)[sheet.used]
        except UnsolvableShock:
            continue
        rows.append((variant, gains))
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
    return (
        f"No package beats the outside option {sheet.used} for both: each of the "
        f"{len(sheet.table.values)} that can be signed leaves one side no better off."
    )
