"""The agenda of a day: which options of a file change something then, by the record."""

from __future__ import annotations

from detente.core.days import parse_day
from detente.record.asof import AsOf, Standing, state_of
from detente.record.authorities import powers_on
from detente.record.entries import Measure, Status, Usable
from detente.record.files import Record
from detente.strategy.agenda import Agenda, Dropped, Issue, Option, Step, War, require_settleable
from detente.strategy.agenda_file import AgendaFile, agenda_path, read_agenda

BINDS = (Status.IN_FORCE.value, Standing.UNKNOWN.value)
"""How a measure stands that can be ended, cut, suspended or eased: in force, or past its end unseen."""


def agenda_of(record: Record, asof: AsOf, file: str | None = None) -> Agenda:
    """What can be settled on a day.

    An option is on the table where each of its steps changes something: a duty that is higher than the
    rate it is cut to, a control that is in force, a commitment that is not. What raises a duty needs an
    authority that may be used on the day.

    Args:
        record: the dispute.
        asof: the day, and what was known.
        file: an agenda instead of the dispute's own.

    Raises:
        InvalidAgenda, InvalidRange, MalformedFile: the file; nothing to settle; contradictory red lines.
    """
    written = read_agenda(agenda_path(record, file), record)
    agenda = agenda_on(record, asof, written)
    require_settleable(agenda)
    return agenda


def agenda_on(record: Record, asof: AsOf, written: AgendaFile) -> Agenda:
    """The agenda of a day from a file already read; it may be empty."""
    dropped: list[Dropped] = []
    issues = []
    for issue in written.issues:
        left = [issue.options[0]]
        for option in issue.options[1:]:
            gone = _why_not(record, asof, issue, option)
            if gone is not None:
                dropped.append(gone)
            else:
                left.append(option)
        if len(left) > 1:
            issues.append(Issue(issue.id, issue.title, tuple(left), issue.entries, issue.where))
    return Agenda(
        dispute=record.settings.name,
        asof=asof,
        sides=record.settings.parties,
        issues=tuple(issues),
        red_lines=written.red_lines,
        war=_war(asof, written),
        dropped=tuple(dropped),
        file=written.file,
    )


def _war(asof: AsOf, written: AgendaFile) -> War | None:
    known = [war for war in written.wars if parse_day(war.since) <= asof.on]
    return max(known, key=lambda war: war.since) if known else None


def _why_not(record: Record, asof: AsOf, issue: Issue, option: Option) -> Dropped | None:
    """Why an option is not on the table on the day; None where it is."""
    day = asof.on.isoformat()
    if option.since and day < option.since:
        return Dropped(issue.id, option.id, f"not before {option.since}")
    if option.until and day >= option.until:
        return Dropped(issue.id, option.id, f"settled or gone since {option.until}", holds=True)
    powerless = [why for step in option.steps if (why := _no_power(record, asof, step))]
    if powerless:
        return Dropped(issue.id, option.id, powerless[0])
    moot = [_moot(record, asof, step) for step in option.steps]
    if any(moot):
        return Dropped(issue.id, option.id, next(why for why in moot if why), holds=all(moot))
    return None


def _moot(record: Record, asof: AsOf, step: Step) -> str:
    """Why a step changes nothing on the day; empty where it does."""
    measure = record.get(step.measure) if step.measure else None
    if step.measure and measure is None and step.change not in ("begin", "raise_to"):
        # A record cut to the day does not hold it at all.
        return f"{step.measure} is {Standing.NOT_YET.replace('_', ' ')}"
    if not isinstance(measure, Measure):
        return ""
    state = state_of(measure, asof, record.settings.checked_to)
    if step.change == "begin":
        agreed = state.status in (Status.IN_FORCE, Status.AGREED)
        return f"{step.measure} is {state.status} already" if agreed else ""
    rate = state.rate_percent if state.in_force else 0.0
    at = "" if rate is None else f"{step.measure} is at {rate:g} percent"
    if step.change == "raise_to":
        return at if rate is not None and rate >= (step.rate_percent or 0.0) else ""
    if state.status not in BINDS:
        return f"{step.measure} is {str(state.status).replace('_', ' ')}"
    if step.change == "cut_to" and rate is not None and rate <= (step.rate_percent or 0.0):
        return at
    return ""


def _no_power(record: Record, asof: AsOf, step: Step) -> str:
    """Why the authority of a rise may not be used on the day; empty where it may, or is only in words."""
    if step.change != "raise_to":
        return ""
    for power in powers_on(record, asof, step.by):
        if power.authority.id == step.authority:
            if power.usable is Usable.NO:
                return (
                    f"{step.authority} may not be used: {power.stretch.why if power.stretch else 'not yet'}"
                )
            cap = power.authority.cap_percent
            if cap is not None and (step.rate_percent or 0.0) > cap:
                return f"{step.authority} reaches {cap:g} percent"
    return ""
