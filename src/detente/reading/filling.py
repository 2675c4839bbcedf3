"""The fields of an act that no rule found: who, when, how much, how far it has come, from the words of its own clause.

A clause whose verb tells such an act is composed as the rules would compose it. Its modality is scored
(`MODALITIES_SCORED` in the table of weights): what the rules make of the verb is one cue among others, and where the
sentence shows anything that lies ahead, `done` and `in_force` must be the clear winners. A field that the words do not
settle stays empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from detente.reading.actors import Actor
from detente.reading.attribution import SPEAKING, Frame
from detente.reading.clauses import Clause, Parsed
from detente.reading.compose import head_words, said_act, told_act
from detente.reading.context import Context
from detente.reading.cues import classes_of
from detente.reading.dates import find_dates
from detente.reading.lexicon import FORWARD, IMPOSE, SUSPEND
from detente.reading.modality import ahead, condition_in, modality_of
from detente.reading.scheme import HOLDS, MODALITIES, NOT_YET, Act
from detente.reading.statements import Statement
from detente.reading.told import Event
from detente.reading.when import day_of

SAID = {
    "claim": "done",
    "denial": "done",
    "accusation": "done",
    "demand": "wished",
    "precondition": "conditional",
    "red_line": "opinion",
    "position": "opinion",
    "threat": "threatened",
    "assessment": "opinion",
}
"""Acts of speech and the modality that the scheme gives them."""
UNSURE = "told without words that the rules know"
SCORED = {modality: f"m.{modality}" for modality in MODALITIES}
"""How the modalities of events are named in the table of weights."""
HOLDS_FROM = 0.8
"""Where a sentence looks ahead, the share of the chance that `done` and `in_force` must have between them."""
_TELLING = {
    "talk": {"meet", "talk_word"},
    "measure": {"impose", "bar", "ease", "legal_step", "plan"},
    "suspension": {"pause"},
    "agreement": {"agree"},
    "ruling": {"rule_verb"},
    "market_move": {"move_verb"},
    "company_move": {"firm_verb"},
    "domestic_pressure": {"home_verb", "demand", "accuse"},
}
"""Acts told by a verb, and the classes of verbs that tell them."""
_LASTING = frozenset(["measure", "suspension"])
_VOICES = {
    "assessment": ("expert", "unknown", "firm", "official"),
    "domestic_pressure": ("home", "firm", "unknown"),
}
_AHEAD = re.compile(
    r"\b(?:will|would|shall|should|may|might|could|can|must|if|unless|until|once|'ll|plan(?:s|ned|ning)?|propos\w+|due|draft|bill|seek\w*"
    r"|next|tomorrow|want\w*|hope\w*|ask\w*|offer\w*|call\w* (?:for|on)|expect\w*|intend\w*|promis\w+|pledg\w+|threat\w+|recommend\w*|suggest\w*|urg(?:e|es|ed|ing)|demand\w*|request\w*|invit\w+|agreed to|ready to|consider\w*|weigh\w*"
    r"|potential(?:ly)?|possib\w+|likely|likelihood|prospects?|risks? (?:of|that)|(?:work|mov|push|look|aim)(?:s|ed|e|es|ing)? (?:towards?|for|at|to)|run(?:s)? out|expires?)\b"
    r"|\b(?:is|are|was|were) to \w+|n[’']t yet|[’']ll\b",
    re.I,
)
_PAST = re.compile(
    r"\b(?:was|were|has|have|had|been|did|\w{3,}ed|rose|fell|cut|put|set|hit|met|won|lost|shut|began|took|came|went)\b",
    re.I,
)

_NO_DOER = re.compile(
    r"\b(?:economy|economies|growth|tone|relations|negotiations|talks|analysts?|economists?|experts?|investors?|markets?)\W*$",
    re.I,
)
"""Subjects that take no step of policy."""
_UNDER_WAY = re.compile(
    r"\bin (?:\w+ )?(?:talks|negotiations|contact)\b|\bunder ?way\b|\bongoing\b|\bcontinu(?:e|es|ing)\b|\bstill (?:talking|negotiating)\b",
    re.I,
)


def filled(
    act: str,
    parsed: Parsed,
    voices: Sequence[list[Frame]],
    cues: set[str],
    context: Context,
    table: Mapping[str, Mapping[str, float]],
) -> Act | None:
    """An act of a kind that the cues show, put together from its sentence; None where its clause says it is not so.

    Args:
        voices: frames of speech, nearest first: in the sentence, running on into it, of the sentence before.
        cues: of the sentence.
        table: weights.
    """
    if act in SAID:
        return _said(act, parsed, voices, context)
    return _told(act, parsed, voices[0] or voices[1], cues, context, table)


def clause_for(act: str, parsed: Parsed) -> Clause | None:
    """The clause whose verb tells such an act, else the first with a finite verb."""
    finite = [c for c in parsed.clauses if c.verb.finite]
    fitting = [c for c in parsed.clauses if classes_of(c.verb.lemma) & _TELLING.get(act, set())]
    return (fitting or finite or [None])[0]


def modality_cues(
    act: str, parsed: Parsed, clause: Clause | None, cues: set[str], context: Context
) -> set[str]:
    """What a sentence shows of the modality of an event: its own cues, and what the rules make of the verb."""
    span = (parsed.sentence.start, parsed.sentence.end)
    shown = {cue for cue in cues if not cue.startswith(("text", "rule=", "carried=", "many", "some"))} | {
        f"m act={act}"
    }
    days = find_dates(context.text, *span, context.published, context.year)
    if any(ahead(day, context) for day in days):
        shown |= {"m day ahead", f"m day ahead {act}"}
    conditional = condition_in(parsed, *span) is not None
    if conditional:
        shown |= {"m condition", f"m condition {act}"}
    if _AHEAD.search(parsed.sentence.text):
        shown.add("m ahead")
    if clause is None:
        return shown | {"m no clause"}
    by_rule = modality_of(clause, context, None, lasting=act in _LASTING, conditional=conditional) or "none"
    verb = clause.verb
    form = f"{verb.form} {verb.modal}{' perfect' * verb.perfect}{' progressive' * verb.progressive}{' to' * verb.infinitive}"
    return shown | {f"m rule={by_rule}", f"m rule={by_rule} {act}", f"m form={form}", f"m verb={verb.lemma}"}


def modality_scored(act: str, shown: set[str], words: str, table: Mapping[str, Mapping[str, float]]) -> str:
    """The likeliest modality; where the words look ahead, one that holds only if it is so beyond doubt."""
    scores = {name: table["(bias)"].get(name, -9.0) for name in SCORED.values()}
    for cue in shown:
        for name, weight in table.get(cue, {}).items():
            if name in scores:
                scores[name] += weight
    chances = {modality: 1 / (1 + math.exp(-scores[name])) for modality, name in SCORED.items()}
    best = max(chances, key=lambda m: chances[m])
    if best not in HOLDS:
        return best
    by_rule = any(f"m rule={modality}" in shown for modality in NOT_YET)
    looks_ahead = _AHEAD.search(words) or {"m condition", "m day ahead"} & shown
    if by_rule or (looks_ahead and sum(chances[m] for m in HOLDS) < HOLDS_FROM * sum(chances.values())):
        return max((m for m in chances if m not in HOLDS), key=lambda m: chances[m])
    return best


def _ahead_by_rule(act: str, parsed: Parsed, context: Context) -> str:
    """The modality by the rules where no clause that tells such an act holds; "" where one does.

    Where no clause tells it, the sentence's own clauses are asked, those of speech aside; without any, its words.
    """
    span = (parsed.sentence.start, parsed.sentence.end)
    conditional = condition_in(parsed, *span) is not None
    own = [c for c in parsed.clauses if c.verb.lemma not in SPEAKING]
    telling = [
        c
        for c in parsed.clauses
        if classes_of(c.verb.lemma) & _TELLING.get(act, set())
        or (act in _LASTING and c.verb.infinitive and c.verb.lemma in IMPOSE | SUSPEND)
    ]
    read = []
    for clause in telling or own:
        day = day_of(
            parsed, clause, (min(clause.subject[0], clause.verb.start), clause.complement[1]), context
        )
        read.append(modality_of(clause, context, day, lasting=act in _LASTING, conditional=conditional))
    if read and not HOLDS & set(read):
        return next((m for m in read if m in NOT_YET), "planned")
    words = parsed.sentence.text
    return "planned" if not own and (_AHEAD.search(words) or not _PAST.search(words)) else ""


def _said(act: str, parsed: Parsed, voices: Sequence[list[Frame]], context: Context) -> Act:
    span = (parsed.sentence.start, parsed.sentence.end)
    words = parsed.sentence.text
    modality = SAID[act]
    if act == "assessment" and FORWARD.search(words):
        modality = "forecast"
    frame = _speaking(act, voices[0])
    if frame is not None:
        made = said_act(parsed, frame, Statement(act, modality, (UNSURE,)), [], context)
        made.evidence = [span]
    else:
        running = Frame(_named(parsed) or _before(act, voices[1:]), "label", (span[0], span[0]), span, None)
        made = said_act(parsed, running, Statement(act, modality, (UNSURE,)), [], context)
    if act == "threat" and condition_in(parsed, *span):
        made.modality = "conditional"
    if act in ("position", "red_line", "denial"):
        made.amounts = []
    return made


def _speaking(act: str, frames: list[Frame]) -> Frame | None:
    """The frame of a sentence whose speaker says it: of the kind that such an act wants, else the first."""
    wanted = _VOICES.get(act, ("official", "home", "firm", "unknown"))
    speaking = [f for f in frames if f.speakers]
    return next((f for kind in wanted for f in speaking if f.kind == kind), speaking[0] if speaking else None)


def _before(act: str, voices: Sequence[list[Frame]]) -> list[Actor]:
    """Who was speaking when a sentence without a saying of its own comes: the last voice of the kind wanted."""
    wanted = ("expert",) if act == "assessment" else _VOICES.get(act, ("official", "home", "firm", "unknown"))
    for frames in voices:
        for frame in reversed(frames):
            if frame.kind in wanted and frame.speakers:
                return frame.speakers[:1]
    return []


def _named(parsed: Parsed) -> list[Actor]:
    """Whoever is the subject of the first clause that names one, or of a verb of saying in words that no list knows."""
    for clause in parsed.clauses:
        if clause.verb.finite and clause.verb.lemma in SPEAKING and not clause.actors:
            return head_words(clause)
        named = [a for a in clause.actors if a.kind not in ("pronoun", "place", "media")]
        if named and clause.verb.finite:
            return named[:1]
    return []


def _told(
    act: str,
    parsed: Parsed,
    frames: list[Frame],
    cues: set[str],
    context: Context,
    table: Mapping[str, Mapping[str, float]],
) -> Act | None:
    clause = clause_for(act, parsed)
    span = (parsed.sentence.start, parsed.sentence.end)
    shown = modality_cues(act, parsed, clause, cues, context)
    modality = modality_scored(act, shown, parsed.sentence.text, table)
    made = None
    if clause is not None:
        subject = [a for a in parsed.actors if clause.subject[0] <= a.start < clause.subject[1]]
        if act == "company_move" and any(a.official for a in subject):
            return None  # "the president's tone has shifted"
        if act == "measure" and not clause.verb.passive and _NO_DOER.search(clause.front):
            return None  # "the economy has faced its own challenges"
        if act == "agreement" and re.search(r"\b(?:neither|nor)\b", parsed.sentence.text, re.I):
            return None
        over = [f for f in frames if f.covers(clause.verb.at)]
        made = told_act(parsed, clause, Event(act, lasting=act in _LASTING, unsure=(UNSURE,)), over, context)
        if made is None:
            return None
    if made is None:
        made = Act(act, modality, span, by=list(clause.actors[:1]) if clause else [], unsure=[UNSURE])
        made.condition = condition_in(parsed, *span) if modality == "conditional" else None
    if act == "talk" and modality == "done" and _UNDER_WAY.search(parsed.sentence.text):
        modality = "in_force"
    if modality in HOLDS:
        modality = _ahead_by_rule(act, parsed, context) or modality
    made.act, made.modality, made.evidence = act, modality, [span]
    return made
