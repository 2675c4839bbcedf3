"""One act put together: what a clause tells, or what a frame of speech says, with its sides, day, amounts and condition."""

from __future__ import annotations

import re
from dataclasses import replace

from detente.reading.actors import Actor
from detente.reading.amounts import Amount, find_amounts
from detente.reading.attribution import SPEECH, Frame
from detente.reading.clauses import Clause, Parsed
from detente.reading.context import Context, countries_in
from detente.reading.dates import DateMention
from detente.reading.measures import CUT, REPEAL
from detente.reading.modality import condition_in, modality_of
from detente.reading.scheme import HOLDS, Act
from detente.reading.statements import Statement
from detente.reading.told import Event, doers
from detente.reading.when import day_of, day_said, words_from


def told_act(parsed: Parsed, clause: Clause, event: Event, over: list[Frame], context: Context) -> Act | None:
    """The act that a clause tells, or None where it tells none after all."""
    extent = _extent(parsed, clause)
    condition = condition_in(parsed, *_condition_reach(parsed, clause))
    if re.match(r"\s*(?:no|neither|nothing)\b(?! longer)", clause.rest):
        return None
    if _UNREAL.match(parsed.sentence.text) and "," in parsed.text[clause.verb.end : parsed.sentence.end]:
        return None  # "Had the tariffs taken effect, prices would have risen"
    if (condition and condition[0] <= clause.verb.at < condition[1]) or _NOT_TOLD.search(clause.front):
        return None
    if event.act != "talk" and _awaited(parsed, clause):
        return None
    by = doers(clause)
    inner = over[-1] if over else None
    if inner is not None and not by and event.act == "measure" and inner.kind == "official":
        by = inner.speakers[:1]
    date = day_of(parsed, clause, extent, context)
    modality = _told_modality(clause, event, context, date, condition is not None, inner)
    if event.act == "measure" and clause.verb.progressive and modality == "in_force":
        modality = "planned"  # "is raising": decided, and on its way
    if modality == "" or (clause.verb.negated and event.act != "ruling"):
        return None
    guessed = event.act == "measure" and modality == "forecast"
    if guessed and inner and inner.kind == "official" and not _others_doing(by, inner) and _harms(clause):
        modality = "threatened"
    if modality == "forecast" and not over and event.act in ("measure", "suspension", "agreement", "talk"):
        return None  # the paper's own guess
    if event.act in ("measure", "suspension") and (
        modality == "threatened" or (modality == "conditional" and by and _harms(clause))
    ):
        event = replace(event, act="threat")
    if inner is not None and inner.kind == "official" and inner.lemma != "label":
        if event.act == "agreement" and clause.verb.lemma == "be":
            return None
        if event.act == "talk" and modality == "wished" and _others_doing(by, inner):
            return None
        if event.act in ("measure", "company_move") and _others_doing(by, inner):
            return None
        if (
            event.act == "talk"
            and modality == "done"
            and inner.clause is not None
            and inner.speakers[0].kind != "pair"
        ):
            return None
    if not by and event.act in ("company_move", "domestic_pressure"):
        by = head_words(clause)
    with_, on = _others(event.act, clause, by, context)
    act = Act(
        event.act,
        modality,
        extent,
        by=_unique(by),
        with_=with_,
        on=on,
        date=date,
        condition=condition,
        unsure=list(event.unsure),
        topic=clause.verb.lemma,
    )
    if act.act == "talk" and len(act.by) >= 2:
        act.by, act.with_ = act.by[:1], _unique(act.by[1:] + act.with_)
    act.attribution = _chain(over)
    act.amounts = _amounts_of(parsed, extent, event.act)
    act.evidence = [(parsed.sentence.start, parsed.sentence.end)]
    if re.search(r"\b(?:reportedly|allegedly|apparently|rumou?red|unconfirmed)\b", parsed.sentence.text):
        act.unsure.append("reported, not confirmed")
    return act


def head_words(clause: Clause) -> list[Actor]:
    """A firm or group that no list knows, by the words of the subject."""
    assert clause.parsed is not None
    words = re.sub(r"^.*?[,:]\s+(?=\S)", "", clause.front.strip()) or clause.front.strip()
    words = re.sub(
        r"^(?:On|In|At|Since|After|And|But|Meanwhile|Then|Now|Last|This)\b[^,]*?(?=\b(?:[A-Z]|the|its)\w*)",
        "",
        words,
    ).strip(" ,")
    if not 2 <= len(words) <= 60 or re.fullmatch(r"(?:it|he|she|they|who|which|that)", words, re.I):
        return []
    at = clause.parsed.text.find(words, clause.subject[0])
    return [Actor(at, at + len(words), words, "", "", "unknown")] if at >= 0 else []


_UNREAL = re.compile(
    r"\W*(?:Had|Were) (?:the|an?|its?|he|she|they|talks|[A-Z]\w+)\b[^,]*,[^.]*\b(?:would|could|might)\b"
)


def _awaited(parsed: Parsed, clause: Clause) -> bool:
    """Whether the clause is what another thing waits for: "no talks until the duty is lifted"."""
    lead = parsed.text[max(parsed.sentence.start, clause.subject[0] - 14) : clause.subject[0]] + " "
    waits = re.search(
        r"\b(until|once|only (?:after|when)|as soon as|unless|before|(?:as|so) long as|while)\s+(?:the |its |any )?$",
        lead,
        re.I,
    )
    if waits is None:
        return False
    if re.match(r"\s*(?:and|or)\b", clause.front):
        return False
    present = not clause.verb.modal and (
        clause.verb.form in ("s", "base")
        or re.match(r"(?:is|are|has|have)\b", parsed.text[clause.verb.start : clause.verb.end])
    )
    others = [c for c in parsed.clauses if c is not clause and c.verb.finite]
    loose = waits[1].lower() in ("before", "while") or waits[1].lower().endswith("long as")
    return (bool(present) and not loose) or any(
        c.verb.modal or c.verb.negated or c.verb.lemma in ("refuse", "decline") for c in others
    )


_NOT_TOLD = re.compile(
    r"\b(?:whether|suppose|imagine|if I)\b|^\W*(?:Had|Were) (?:the|a|an|its|it|he|she|they|talks|[A-Z])\b|^\W*(?:No|Neither|Nor|no|Any)\b|^\W*(?:The|This|That) (?:order|regulation|rule|notice|decision|decree|announcement|act|proclamation)\s*$",
    re.I,
)


def _harms(clause: Clause) -> bool:
    """Whether a measure weighs on the other side rather than easing what stands."""
    if clause.verb.lemma == "cut" and re.match(r"\s*off\b", clause.rest):
        return True
    return clause.verb.lemma not in REPEAL | CUT | {"suspend", "grant", "open"} or clause.verb.lemma in (
        "end",
        "withdraw",
        "revoke",
        "restore",
    )


def _others_doing(by: list[Actor], frame: Frame) -> bool:
    """Whether a side tells what the other does: that stays its claim."""
    speaker = frame.speakers[0].country if frame.speakers else ""
    doer = by[0].country if by else ""
    return bool(speaker and doer and speaker != doer)


def _chain(frames: list[Frame]) -> list[str]:
    """Names of those who pass a thing on, outermost first."""
    passing = [f for f in frames if f.speakers and (f.lemma in SPEECH or f.lemma in ("according", "label"))]
    names = [f.speakers[0].name for f in passing if f.speakers[0].name.lower() not in ("we", "i")]
    return list(dict.fromkeys(names))


def _told_modality(
    clause: Clause,
    event: Event,
    context: Context,
    date: DateMention | None,
    conditional: bool,
    inner: Frame | None,
) -> str:
    if event.act == "ruling" and event.modality == "planned":
        return "planned"
    plain = modality_of(clause, context, date, lasting=event.lasting, conditional=conditional)
    if event.modality and plain in HOLDS:
        return event.modality
    if plain == "opinion":
        return ""
    if plain == "threatened" and event.act in ("agreement", "talk"):
        return ""  # "stands ready to conclude a deal" is a position
    if event.act == "company_move" and plain == "threatened":
        return "wished"  # a firm that looks into a step has decided nothing
    return plain


def _condition_reach(parsed: Parsed, clause: Clause) -> tuple[int, int]:
    """A condition stands on a clause when it opens the sentence or follows in the same clause."""
    others = [c for c in parsed.clauses if c.verb.finite and c.verb.start > clause.verb.end]
    end = parsed.sentence.end
    for other in others:
        between = parsed.text[clause.verb.end : other.verb.start]
        if re.search(r"[;—]|, (?:and|but|while)\b", between):
            end = min(end, clause.verb.end + re.search(r"[;—]|, (?:and|but|while)\b", between).start())  # type: ignore[union-attr]
    return parsed.sentence.start, end


def _extent(parsed: Parsed, clause: Clause) -> tuple[int, int]:
    """The words of an act: from the subject (or a governor's) to the complement's end."""
    start = clause.subject[0] if clause.subject[1] > clause.subject[0] else clause.verb.start
    start = min(start, clause.verb.start)
    end = clause.complement[1]
    for other in parsed.clauses:
        if other.governor is clause and other.verb.infinitive:
            end = max(end, other.complement[1])
    return max(parsed.sentence.start, start), min(end, parsed.sentence.end)


def _others(act: str, clause: Clause, by: list[Actor], context: Context) -> tuple[list[Actor], list[Actor]]:
    """The other side of a talk, and whom an act is aimed at."""
    labels = {a.country for a in by if a.country}
    objects = [a for a in clause.objects if a.kind != "place" and a.end - clause.verb.end < 160]
    if act == "talk":
        partners = [
            a
            for a in objects
            if a.kind in ("person", "institution", "country", "group", "pair")
            and (a.country not in labels or not a.country)
        ]
        return _unique(partners[:2]), []
    if act == "threat":
        act = "measure"
    if act == "agreement":
        more = [
            a
            for a in objects
            if a.kind in ("person", "institution", "country") and a.country and a.country not in labels
        ]
        by.extend(more[:1])
        return [], []
    if act in ("measure", "suspension"):
        head = (
            context.text[clause.subject[0] : clause.verb.start]
            if clause.verb.passive or not clause.actors
            else ""
        )
        aimed = countries_in(context.text, clause.verb.end, clause.complement[1])
        if head:
            aimed = countries_in(context.text, *clause.subject) + aimed
        if (
            not by
            and aimed
            and re.match(
                (
                    r"(?:’s|'s|) (?:additional |new |own )?(?:tariffs?|dut|lev|export|ban|curb"
                    r"|retaliat|countermeasure)"
                ),
                context.text[aimed[0].end : aimed[0].end + 40],
            )
            and not re.search(
                r"\b(?:on|against|to|from) (?:the )?$",
                context.text[max(0, aimed[0].start - 9) : aimed[0].start],
            )
        ):
            by.append(aimed[0])
            labels = {aimed[0].country}
        targets = [a for a in aimed if a.country not in labels and a.country != "WTO"]
        return [], _unique(targets[:1])
    if act in ("accusation", "demand", "precondition"):
        aimed = countries_in(context.text, clause.verb.end, clause.complement[1])
        return [], [a for a in aimed if a.country not in labels and a.country != "WTO"][:1]
    return [], []


def _unique(actors: list[Actor]) -> list[Actor]:
    kept: list[Actor] = []
    for actor in actors:
        if not any(
            k.name == actor.name
            or (k.country and k.country == actor.country and k.kind == actor.kind == "country")
            for k in kept
        ):
            kept.append(actor)
    return kept


_NO_AMOUNTS = frozenset(["talk"])


def _amounts_of(parsed: Parsed, extent: tuple[int, int], act: str) -> list[Amount]:
    found = find_amounts(parsed.text, *extent)
    if act == "talk":
        return [
            a for a in found if a.unit in ("minute", "hour") or (a.role == "duration" and a.unit == "day")
        ]
    return found


def said_act(parsed: Parsed, frame: Frame, statement: Statement, outer: list[Frame], context: Context) -> Act:
    """The act that a frame of speech amounts to."""
    by = frame.speakers[:1]
    label = by[0].country if by else ""
    named = [
        a for a in countries_in(context.text, *frame.content) if a.country != label and a.country != "WTO"
    ]
    direct = [
        a
        for a in parsed.actors
        if frame.content[0] <= a.start < frame.content[1]
        and a.country
        and a.country != label
        and a.kind in ("country", "person", "institution")
    ]
    on: list[Actor] = []
    if statement.act in ("denial", "accusation", "demand", "threat"):
        on = (direct or named)[:1]
        if not on and context.other_side(label):
            other = context.named(context.other_side(label), frame.at[0])
            on = [other] if other else []
    spoken_from = words_from(context.text, frame)
    condition = (
        condition_in(parsed, *frame.content)
        if statement.act in ("threat", "precondition", "demand", "position", "assessment", "claim")
        else None
    )
    return Act(
        statement.act,
        "conditional" if statement.act == "threat" and condition else statement.modality,
        (min(frame.at[0], frame.content[0]), max(frame.at[1], frame.content[1])),
        by=by,
        on=on,
        attribution=[n for n in _chain(outer) if not by or n != by[0].name],
        date=day_said(frame, parsed, spoken_from[0], context),
        amounts=find_amounts(context.text, *frame.content) if statement.act != "position" else [],
        condition=condition,
        evidence=[(parsed.sentence.start, parsed.sentence.end)],
        unsure=list(statement.unsure),
    )
