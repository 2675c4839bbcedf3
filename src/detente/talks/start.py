"""The first state of a play, read from a record on a day: nothing that became public later enters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from detente.core.days import parse_day, parse_moment
from detente.core.errors import InvalidDate
from detente.record.as_known import as_known
from detente.record.asof import AsOf, Assume
from detente.record.entries import Agreement, Claim, Denial, Talk, Threat
from detente.record.files import Record
from detente.strategy.agenda import Agenda
from detente.talks.counted import broken_off_share, contact_after, ruling_shares, voided, voids
from detente.talks.game import Channel, Game, Hazards, Lever
from detente.talks.happened import new_duties
from detente.talks.levers import Held, last_length, read_levers, with_length
from detente.talks.posteriors import Rate
from detente.talks.priors import Priors, priors_from
from detente.talks.protocol import APPEAL_DAYS
from detente.talks.rules import TEXT_LEVELS
from detente.talks.settings import Talks, read_talks
from detente.talks.start_words import accused_on, conditions_on, credibility_of, soft_days_on, threats_on
from detente.talks.state import (
    STATUS_QUO,
    WATCHES,
    ChannelState,
    LeverState,
    Standing,
    TalksState,
)
from detente.talks.table import AtTheTable, Weigher, Worths, packages_of

CLAIM_WINDOW_DAYS = 730
SEASON_DAYS = 90
PEOPLE_DAYS = 400
"""Who spoke on a channel longer ago is not named: offices change hands."""
ANSWER_DAYS = 14
LEAST_APPEAL_DAYS = 30
"""An appeal that should be over by the usual length is over in so many days. Assumed."""


def require_day(record: Record, day: date) -> None:
    """Refuse a day that the record does not reach.

    Raises:
        InvalidDate: it lies after the last check.
    """
    last = parse_day(record.settings.checked_to)
    if day > last:
        raise InvalidDate(
            f"{day}",
            where="--from",
            why=f"the record of {record.settings.name} ends before: it was checked to {last}",
            instead=f"{last} or an earlier day, or a record of your own that reaches further",
        )


def game_on(
    record: Record,
    day: date,
    agenda: Agenda,
    worths: Worths,
    *,
    known_by: date | None = None,
    assume: Assume | None = None,
    talks: Talks | None = None,
    negotiators: Mapping[str, str] | None = None,
    composes: bool = False,
) -> Game:
    """The game at the end of a day.

    Args:
        record: the whole record; it is cut to the day here.
        agenda: what can be settled, of the same day.
        worths: what packages and levers are worth.
        known_by: last day of knowledge, if earlier.
        assume: what to make of a clock that ran out with no successor on record.
        talks: settings; read from the dispute where not given.
        negotiators: side -> name, over the settings.
        composes: whether packages that are not kept can be put together; such a game holds its worths.

    Raises:
        InvalidDate: the record ends before the day.
        UnknownState: a clock lies in the past.
        InvalidTalks, InvalidAgenda: settings or agenda that cannot be.
    """
    require_day(record, day)
    known = min(day, known_by or day)
    view = as_known(record, known)
    settings = talks if talks is not None else read_talks(record, view=view)
    asof = AsOf(day, known, assume)
    named = {
        step.measure for issue in agenda.issues for o in issue.options for step in o.steps if step.measure
    }
    named |= set(settings.controls) | {lever for lever, _ in settings.threats.values()}
    named |= {move.split()[1] for moves in settings.forecasts.values() for _, move in moves if " " in move}
    held = read_levers(view, asof, named)
    priors = priors_from(view, known)
    channels = {c.id: replace(c, people=_people(view, c, day)) for c in settings.channels}
    length = _extension(view, asof, held, settings)
    held = replace(held, clocks={key: with_length(c, length or 90) for key, c in held.clocks.items()})
    packages = packages_of(agenda, worths, held.levers, held.states, settings, length)
    partners = {partner.id: partner for partner in settings.partners}
    pledged = _pledges(view, held)
    weigher = Weigher(settings, held.levers, held.states)
    conditions, unmapped = conditions_on(view, day, settings)
    types = settings.types
    sides = view.settings.parties
    state = TalksState(
        day=day,
        levers=held.states,
        policy=STATUS_QUO,
        clocks=soft_days_on(view, day, settings, held) | held.clock_states,
        channels={key: _channel_state(view, channel, day) for key, channel in channels.items()},
        offers={},
        beliefs={s: {t.name: t.prior for t in types[_other(sides, s)]} for s in sides},
        threats=threats_on(view, day, settings, held),
        pending=held.pending,
        claims=(),
        conditions=frozenset(conditions),
        together={},
        accused=accused_on(view, day),
        raised={},
        agreed="",
        rounds=_rounds(view, day),
        signed=(),
        settled=frozenset(),
        standing=Standing.NONE,
        since=day,
        broken_off_by="",
        credibility={s: credibility_of(view, s) for s in sides},
        appeals=_appeals(view, day, held),
        struck={},
        pledges=pledged,
        partners=dict.fromkeys(partners, WATCHES),
        pressure=dict.fromkeys(sides, 0.0),
        market=0.0,
    )
    first, second = sides
    return Game(
        dispute=view.settings.name,
        sides=(first, second),
        start=state,
        known_by=known,
        levers=held.levers,
        clocks=held.clocks,
        channels=channels,
        conditions=conditions,
        packages=packages,
        issues=tuple(issue.id for issue in agenda.issues),
        types=types,
        hazards=hazards_of(view, priors, settings, held),
        cost=_costs(worths, held, settings, sides),
        partners=partners,
        outside=worths.growth(),
        market_moves=settings.market_moves,
        market_weight=settings.market_weight,
        titles=_titles(agenda),
        does=_does(agenda),
        red_lines=_red_lines(view, agenda),
        off_table={f"{gone.issue}={gone.option}": gone.why for gone in agenda.dropped},
        composer=AtTheTable(agenda, worths, weigher, length) if composes else None,
        negotiators={**settings.negotiators, **(negotiators or {})},
        sources=settings.sources,
        left_out=tuple(unmapped),
    )


def _titles(agenda: Agenda) -> dict[str, str]:
    found = {issue.id: issue.title for issue in agenda.issues}
    options = [(issue, option) for issue in agenda.issues for option in issue.options]
    return found | {f"{issue.id}={option.id}": option.title for issue, option in options}


def _does(agenda: Agenda) -> dict[str, tuple[tuple[str, str], ...]]:
    return {
        f"{issue.id}={option.id}": tuple((step.by, step.does) for step in option.steps)
        for issue in agenda.issues
        for option in issue.options
    }


def _red_lines(view: Record, agenda: Agenda) -> dict[str, tuple[tuple[str, str], ...]]:
    """Why a side never signs an option: the reason given, else the title of the entry behind it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in agenda.red_lines:
        entry = view.get(line.entry) if line.entry else None
        why = line.because or (entry.title if entry is not None else line.entry)
        for issue, options in line.never.items():
            for option in options:
                found.setdefault(f"{issue}={option}", []).append((line.side, why))
    return {key: tuple(lines) for key, lines in found.items()}


def _other(sides: tuple[str, ...], side: str) -> str:
    return next(one for one in sides if one != side)


def _extension(view: Record, asof: AsOf, held: Held, settings: Talks) -> int:
    """Days of a usual extension; 0 where no clock can be extended.

    Of the clock that holds most: what an agreement has promised from its end on, else as long as it last ran.
    """
    open_ = [key for key in held.clock_states if held.clocks[key].kind == "extendable"]
    if not open_:
        return 0
    main = max(open_, key=lambda key: (len(held.clocks[key].entries), key))
    ends = set(held.clock_states[main].expires.values())
    for agreement in view.of(Agreement):
        if agreement.end and parse_moment(agreement.start).day in ends:
            return (parse_moment(agreement.end).day - parse_moment(agreement.start).day).days
    return settings.extension_days or last_length(view, asof, held.clocks[main])


def _pledges(view: Record, held: Held) -> dict[str, dict[str, int]]:
    """Side -> clock -> days: an agreement of both on record that begins where a clock ends is their word."""
    found: dict[str, dict[str, int]] = {}
    for agreement in view.of(Agreement):
        if not agreement.end:
            continue
        start, end = parse_moment(agreement.start).day, parse_moment(agreement.end).day
        for key, clock in held.clock_states.items():
            for side, expires in clock.expires.items():
                if held.clocks[key].kind == "extendable" and expires == start and side in agreement.parties:
                    found.setdefault(side, {})[key] = (end - start).days
    return found


def _appeals(view: Record, day: date, held: Held) -> dict[str, date]:
    """Levers that a court has struck down while another stayed the ruling -> day of the last word."""
    found: dict[str, date] = {}
    for ruling, stayed in voids(view):
        due = parse_moment(ruling.date or "").day + timedelta(days=APPEAL_DAYS)
        for measure in sorted(voided(ruling)):
            lever = held.levers.get(measure)
            if stayed and lever is not None and lever.contested and held.states[lever.id].level > 0:
                found[lever.id] = max(due, day + timedelta(days=LEAST_APPEAL_DAYS))
    return found


def _talks_of(view: Record, channel: Channel) -> list[Talk]:
    """Contacts held on a channel, oldest first."""
    return sorted(
        (
            talk
            for talk in view.of(Talk)
            if talk.state == "held"
            and talk.level.value == channel.level
            and (talk.track == channel.track or (channel.track == "back" and talk.track == "business"))
            and talk.mode in ("in_person", "phone", "video")
        ),
        key=lambda talk: (talk.date or "", talk.id),
    )


def _people(view: Record, channel: Channel, day: date) -> dict[str, str]:
    """Who spoke most often for each side; of those alike the one who did so last."""
    seen: dict[str, Counter[str]] = {}
    for talk in reversed(_talks_of(view, channel)):
        if (day - parse_moment(talk.date or "").day).days > PEOPLE_DAYS:
            break
        for person in talk.participants:
            if person.side in view.settings.parties:
                seen.setdefault(person.side, Counter())[person.name] += 1
    return {side: names.most_common(1)[0][0] for side, names in seen.items()}


def _channel_state(view: Record, channel: Channel, day: date) -> ChannelState:
    """Health from use: each contact on record brings part of the way to full, and time halves it."""
    level, last = 0.0, None
    for talk in _talks_of(view, channel):
        held = parse_moment(talk.date or "").day
        if held > day:
            continue
        if last is not None:
            level *= 0.5 ** ((held - last).days / channel.half_life_days)
        level += channel.gain * (1 - level)
        last = held
    planned = [
        parse_moment(talk.date or "").day
        for talk in view.of(Talk)
        if talk.state == "planned" and talk.level.value == channel.level and talk.track == channel.track
        and talk.date_precision in ("day", "minute")
    ]  # fmt: skip
    return ChannelState(level, last, meeting=min((d for d in planned if d > day), default=None))


def _rounds(view: Record, day: date) -> int:
    """Rounds of ministers and deputies since the last agreement, each at most a season after the other."""
    days = sorted(
        (
            parse_moment(talk.date or "").day
            for talk in view.of(Talk)
            if talk.state == "held" and talk.track == "official" and talk.mode in ("in_person", "video")
            and talk.level.value in TEXT_LEVELS
        ),
        reverse=True,
    )  # fmt: skip
    signed = max((parse_moment(a.date or a.start).day for a in view.of(Agreement)), default=None)
    count, last = 0, day
    for met in days:
        if met > day or (signed is not None and met <= signed):
            if met > day:
                continue
            break
        if (last - met).days > SEASON_DAYS:
            break
        count, last = count + 1, met
    return count


def hazards_of(view: Record, priors: Priors, settings: Talks, held: Held) -> Hazards:
    """Rates from the priors of the day, shared out between the sides as on record; the rest from settings."""
    sides = view.settings.parties
    given = settings.hazards
    threats = _shares(sides, [t.by.side or "" for t in view.of(Threat)])
    contact = priors.rate("contact_deputy")
    lapse = priors.share("truce_end").mean("lapsed")
    carried = priors.share("threat_carried_out").mean("carried_out")
    threat_rate = _per_day(priors.rate("new_threat"))
    control_rate = _per_day(priors.rate("new_control"))
    stayed, fell = ruling_shares(view)
    contested = any(lever.contested for lever in held.levers.values())

    def over(name: str, usual: float) -> float:
        return given[name].value if name in given else usual

    return Hazards(
        ruling=over("ruling", _per_day(priors.rate("ruling_against"))) if contested else 0.0,
        incident=given["incident"].value,
        # Either side letting its part run out is a lapse: each lets it with half the chance, nearly.
        lapse=over("lapse", 1 - (1 - lapse) ** 0.5),
        threat={s: over("threat", threat_rate) * threats[s] for s in sides},
        control={s: over("control", control_rate) / 2 for s in sides},
        carried_out=dict.fromkeys(sides, over("carried_out", carried)),
        matched={s: over("matched", _matched(view, s)) for s in sides},
        claim={s: over("claim", _claim_rate(view, s, priors.on)) for s in sides},
        contact=dict.fromkeys(sides, over("contact", _per_day(contact)) / 2),
        contact_levels=_levels(priors),
        stayed=over("stayed", stayed),
        upheld=over("upheld", fell),
        replaced=given["replaced"].value,
        contact_after=contact_after(view, priors.on),
        denied=given["denied"].value,
        audience_cost=given["audience_cost"].value,
        broken_off=over("broken_off", broken_off_share(view, priors.on)),
    )


def _levels(priors: Priors) -> dict[str, float]:
    """Share of contacts by level, as the rates of each level and above have it."""
    every, minister, leader = (
        _per_day(priors.rate(f"contact_{level}")) for level in ("deputy", "minister", "leader")
    )
    every, minister = max(every, minister, leader), max(minister, leader)
    return {
        "leader": leader / every,
        "minister": (minister - leader) / every,
        "deputy": (every - minister) / every,
    }


def _per_day(rate: Rate) -> float:
    return rate.events / rate.days


def _shares(sides: tuple[str, ...], of: list[str]) -> dict[str, float]:
    """Each side's part of some acts, with half a case each assumed."""
    counts = {side: of.count(side) + 0.5 for side in sides}
    total = sum(counts.values())
    return {side: count / total for side, count in counts.items()}


def _matched(view: Record, side: str) -> float:
    """Share of the other side's new duties answered within two weeks, half a case each way assumed."""
    events = new_duties(view)
    days = {event.day for event in events if event.side == side}
    theirs = sorted({event.day for event in events if event.side != side and event.side})
    met = sum(any(0 <= (day - one).days <= ANSWER_DAYS for day in days) for one in theirs)
    return (met + 0.5) / (len(theirs) + 1)


def _claim_rate(view: Record, side: str, on: date) -> float:
    """Claims of a side a day over the last two years of the record."""
    since = on - timedelta(days=CLAIM_WINDOW_DAYS)
    said = [
        claim
        for claim in (*view.of(Claim), *view.of(Denial))
        if claim.by.side == side and parse_moment(claim.date or "").day >= since
    ]
    return (len(said) + 0.5) / CLAIM_WINDOW_DAYS


def _costs(
    worths: Worths, held: Held, settings: Talks, sides: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Side, and partner -> lever -> percent of real income a year that one unit of the lever costs it.

    A duty's comes from the economy, by its first step up; a control's from the settings, nothing where they
    say nothing.
    """
    costs: dict[str, dict[str, float]] = {side: {} for side in sides}
    rises = []
    for lever in held.levers.values():
        given = settings.controls.get(lever.id)
        if given is not None:
            for side, cost in given.items():
                costs[side][lever.id] = cost
        elif lever.is_duty:
            rises.append((lever, _reference(lever, held.states[lever.id])))
    if rises:
        names = tuple(partner.id for partner in settings.partners)
        gains = worths.levers(rises)
        if names:
            gains = np.hstack([gains, worths.abroad(rises, names)])
            costs |= {name: {} for name in names}
        for (lever, level), row in zip(rises, gains, strict=True):
            for who, gain in zip((*sides, *names), row, strict=True):
                costs[who][lever.id] = -float(gain) / (level - held.states[lever.id].level)
    return costs


def _reference(lever: Lever, state: LeverState) -> float:
    """The level by which a duty's cost a point is measured: after a lapse, else its first step up."""
    if state.suspended > 0:
        return state.level + state.suspended
    return lever.steps[0] if lever.steps else state.level + 10.0
