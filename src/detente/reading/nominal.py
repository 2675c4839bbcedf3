"""Acts told by a noun or a set phrase instead of a verb of their own.

"Announced the suspension of", "hit out at", "calls from Beijing for", "came to terms".

The noun names the act and the verb beside it how far it has come: what is announced or decided lies ahead, what
is agreed is agreed, and what took effect holds.
"""

from __future__ import annotations

import re

from detente.reading.clauses import Clause
from detente.reading.context import Context
from detente.reading.lexicon import COURT, DEAL, DUTIES, FIRMS, GOODS, HOME, MEASURE, TALK_CORE, word_set
from detente.reading.modality import settled
from detente.reading.passages import DISPUTE
from detente.reading.told import Event, head_of, is_official

_PAUSING = r"suspension|pause|postponement|deferral|freeze|moratorium|delay|reprieve|(?:extension|prolongation) of the (?:pause|truce|suspension)"
_IMPOSING = r"imposition|introduction|levying|doubling|tripling|reinstatement|reimposition|expansion|tightening|increase|rise|hike"
_REMOVING = r"removal|lifting|withdrawal|abolition|scrapping|repeal|revocation|reduction|cut|easing|relaxation|rollback"
_SIGNING = r"signing|signature|conclusion|sealing"
_OPENING = r"(?:[\w-]+ )?(?:resumption|opening|start|launch|restart) of"
_LEAD = r"(?:the|an?|its|their|his|another|this) (?:[\w-]+ ){0,2}?"
_STATED = word_set("announce unveil declare order confirm decide approve propose publish adopt")
_HAPPENS = word_set("take come go follow begin start mark enter")

_ASKED = r"(?:calls?|demands?|requests?|appeals?|pleas?|pressure)"
_ISSUED = re.compile(
    rf"\s*(?:(?:its|their|his|her|an?|the|fresh|new|repeated) ){{0,2}}(?:[\w-]+ )?{_ASKED} (?:for|that|to|on)\b"
)
_CALLS_FROM = re.compile(rf"\b{_ASKED} (?:from|by) (?:[\w’'-]+ ){{1,4}}?(?:for|that|to)\b", re.I)
_SOUGHT = re.compile(
    r"\s*(?:(?:an?|the|its|their|more|further|written|firm|clear|fresh|full|greater|better|early|from \w+) ){0,3}"
    r"(?:commitments?|assurances?|concessions?|guarantees?|relief|exemptions?|access|explanations?|clarifications?|"
    r"reductions?|removal|withdrawal|carve-?outs?)\b"
)
_CONDITION_OF = re.compile(
    r"\b(?:pre-?condition|prerequisite|condition) (?:for|of|to)\b|\bconditional on\b|\bcontingent (?:up)?on\b"
)
_AT = re.compile(r"\s*(?:back )?(?:out |aim |issue )(?:at|against|with)\b|\s*the (?:finger|blame)\b")


def nominal(clause: Clause, context: Context) -> Event | None:
    """What a noun or a set phrase tells, or None."""
    for rule in (
        _stepped,
        _precondition,
        _demand,
        _accusation,
        _threat,
        _talk,
        _agreement,
        _ruling,
        _protest,
        _backing,
    ):
        found = rule(clause)
        if found is not None:
            return found
    return None


def _named(words: str, *, subject: bool) -> Event | None:
    """The act that the noun at the head of some words names."""
    lead = rf"\W*(?:{_LEAD})?" if subject else rf"\s*(?:to )?(?:{_LEAD})"
    found = re.match(
        rf"{lead}(?:(?P<pause>{_PAUSING})|(?P<raise>{_IMPOSING})|(?P<end>{_REMOVING})) (?:for [\w ]{{3,20}} )?(?:of|in|on|to)\b",
        words,
        re.I,
    )
    if found is None:
        return None
    about = words[found.start("pause" if found["pause"] else "raise" if found["raise"] else "end") :]
    if re.match(
        r"(?:expansion|increase|rise|cut|reduction|hike|delay|freeze)", about, re.I
    ) and not DUTIES.search(about[:80]):
        return None
    if found["pause"] and (MEASURE.search(about[5:90]) or TALK_CORE.search(about[5:90])):
        return Event("suspension", lasting=True)
    return Event("measure", lasting=not found["end"]) if MEASURE.search(about[5:90]) else None


def _stepped(clause: Clause) -> Event | None:
    """ "Announced the suspension of", "the removal of the ban was approved", "agreed to a pause in"."""
    lemma, verb = clause.verb.lemma, clause.verb
    if verb.passive or lemma in _HAPPENS:
        found = _named(head_of(clause), subject=True)
        if found is None:
            return None
        if verb.passive and lemma in _STATED:
            return Event(found.act, found.lasting, modality="wished" if lemma == "propose" else "planned")
        if lemma in ("take", "come", "go", "enter") and re.match(
            r"\s*(?:effect|into (?:force|effect)|place)", clause.rest
        ):
            return found
        return None
    if not is_official(clause):
        return None
    if lemma == "agree" and re.match(r"\s*(?:to|on) (?:the|an?)\b", clause.rest):
        found = _named(re.sub(r"^\s*(?:to|on) ", " ", clause.rest), subject=False)
        return Event(found.act, found.lasting, modality="agreed") if found else None
    if lemma not in _STATED:
        return None
    found = _named(clause.rest, subject=False)
    if found is None:
        return None
    return Event(found.act, found.lasting, modality="wished" if lemma == "propose" else "planned")


def _precondition(clause: Clause) -> Event | None:
    lemma, rest = clause.verb.lemma, clause.rest[:150]
    if lemma in ("tie", "link") and re.search(
        rf"(?:{TALK_CORE.pattern}|{DEAL.pattern}).{{0,60}}\bto\b", rest, re.I
    ):
        return Event("precondition", modality="conditional") if is_official(clause) else None
    states = lemma in ("make", "set", "lay", "attach", "put", "consider", "regard", "demand") and is_official(
        clause
    )
    if not (states or lemma == "be" or (lemma in ("set", "make") and clause.verb.passive)):
        return None
    found = _CONDITION_OF.search(rest)
    about = clause.front + rest
    if found and (
        TALK_CORE.search(about) or DEAL.search(about) or re.search(r"\b(?:sign|meet|negotiat)", about)
    ):
        return Event("precondition", modality="conditional")
    return None


_VOICED = word_set("reiterate repeat renew issue make reaffirm press deliver step stress")
_COMES = word_set("be come grow follow")
_DEMANDING = _VOICED | _COMES | word_set("seek want impress")


def _demand(clause: Clause) -> Event | None:
    lemma, rest = clause.verb.lemma, clause.rest
    if lemma not in _DEMANDING and not clause.verb.passive:
        return None
    sentence = clause.parsed.sentence.text if clause.parsed else ""
    if not (DISPUTE.search(sentence) or GOODS.search(sentence)):
        return None
    if lemma in ("seek", "want") and is_official(clause) and not clause.verb.negated and _SOUGHT.match(rest):
        return Event("demand", modality="wished")
    if lemma in _VOICED and is_official(clause) and _ISSUED.match(re.sub(r"^\s*up ", " ", rest)):
        return Event("demand", modality="wished")
    if lemma == "impress" and re.match(r"\s*(?:up)?on\b", rest) and is_official(clause):
        return Event("demand", modality="wished")
    if lemma in _COMES or clause.verb.passive:
        called = _CALLS_FROM.search(
            clause.front + sentence[len(clause.front) :] if not clause.front else sentence
        )
        if called and clause.parsed:
            at = clause.parsed.sentence.start
            who = [
                a
                for a in clause.parsed.actors
                if at + called.start() < a.start < at + called.end() and (a.official or a.kind == "country")
            ]
            clause.actors = who[:1]
            return Event("demand", modality="wished") if who else None
    return None


def _accusation(clause: Clause) -> Event | None:
    """ "Hit out at", "took aim at", "pointed the finger at"."""
    if not is_official(clause) or clause.verb.negated or clause.verb.modal:
        return None
    sentence = clause.parsed.sentence.text if clause.parsed else ""
    if not (DISPUTE.search(sentence) or any(a.country for a in clause.objects)):
        return None
    if clause.verb.lemma in ("hit", "lash", "take", "point", "lay", "put", "strike") and _AT.match(
        clause.rest
    ):
        return Event("accusation", modality="done")
    return None


def _threat(clause: Clause) -> Event | None:
    """ "Put Tokyo on notice", "raised the prospect of a ban"."""
    if not is_official(clause) or clause.verb.negated:
        return None
    notice = clause.verb.lemma in ("put", "place", "serve") and re.match(
        r"\s*(?:[\w.’'-]+ ){0,4}?(?:on )?notice\b", clause.rest
    )
    held_out = clause.verb.lemma in (
        "raise",
        "hold",
        "dangle",
        "brandish",
        "renew",
        "issue",
        "repeat",
    ) and re.match(
        r"\s*(?:out )?(?:the|a|his|its) (?:\w+ )?(?:prospect|threat|spectre|specter|possibility|warning) of\b",
        clause.rest,
    )
    if notice and clause.parsed and DISPUTE.search(clause.parsed.sentence.text):
        return Event("threat", modality="threatened")
    return Event("threat", modality="threatened") if held_out and MEASURE.search(clause.rest[:120]) else None


def _talk(clause: Clause) -> Event | None:
    """ "Got under way", "is pencilled in", "took stock of"."""
    lemma, head = clause.verb.lemma, head_of(clause)[-110:]
    sides = len({a.country for a in clause.actors if a.country}) >= 2 or any(
        a.kind == "pair" for a in clause.actors
    )
    if TALK_CORE.search(head):
        if lemma == "get" and re.match(r"\s*(?:under ?way|going|started)\b", clause.rest):
            return Event("talk", lasting=True)
        if lemma in ("pencil", "slate", "earmark") and clause.verb.passive:
            return Event("talk", modality="planned")
    if (
        lemma in ("lead", "head")
        and is_official(clause)
        and re.search(
            r"\b(?:delegation|team|mission)\b.{0,60}\b(?:talks|negotiations|consultations|round|meetings?)\b",
            clause.rest[:140],
        )
    ):
        return Event("talk")
    if (
        sides
        and lemma in ("take", "review")
        and re.match(
            r"\s*(?:stock of )?(?:the |their )?(?:progress|state|status|trade|ongoing|talks|negotiations|issues|discussions)\b",
            clause.rest,
        )
    ):
        return Event("talk")
    opened = re.match(
        rf"\s*(?:the )?{_OPENING} (?:\w+ ){{0,3}}?(?:talks|negotiations|consultations)\b", clause.rest
    )
    if opened and lemma in ("announce", "confirm", "agree") and (is_official(clause) or sides):
        return Event("talk", modality="agreed" if lemma == "agree" else "planned")
    return None


def _agreement(clause: Clause) -> Event | None:
    """ "Came to terms", "hammered out a deal", "the signing of the pact took place", "the May 12 deal to lower"."""
    if settled(clause) and clause.parsed and MEASURE.search(clause.rest[:60]):
        named = [
            a for a in clause.parsed.actors if a.end <= clause.verb.start and a.kind in ("country", "pair")
        ]
        clause.actors = list({a.country or a.name: a for a in named}.values())[:2]
        return Event("agreement", modality="agreed")
    lemma, head = clause.verb.lemma, head_of(clause)[-110:]
    sides = len({a.country for a in clause.actors if a.country}) >= 2 or any(
        a.kind == "pair" for a in clause.actors
    )
    if (
        lemma == "come"
        and sides
        and re.match(r"\s*to (?:terms|an? (?:\w+ )?(?:agreement|understanding|deal))\b", clause.rest)
    ):
        return Event("agreement", modality="agreed")
    if lemma == "wrap" and (sides or clause.verb.passive) and re.match(r"\s*up\b", clause.rest):
        return (
            Event("agreement", modality="agreed")
            if DEAL.search(head if clause.verb.passive else clause.rest[:60])
            else None
        )
    if lemma in ("hammer", "thrash", "work", "iron") and re.match(r"\s*out\b", clause.rest):
        words = head if clause.verb.passive else clause.rest[:80]
        return (
            Event("agreement", modality="agreed")
            if DEAL.search(words) and not clause.verb.progressive
            else None
        )
    if (
        lemma == "take"
        and re.match(r"\s*place\b", clause.rest)
        and re.search(rf"\b(?:{_SIGNING}) of\b", head)
        and DEAL.search(head)
    ):
        return Event("agreement")
    return None


def _ruling(clause: Clause) -> Event | None:
    """ "The panel came down on the side of"."""
    court = COURT.search(head_of(clause)[-80:]) or any(
        COURT.search(f"{a.name} {a.role}") for a in clause.actors[:1]
    )
    sided = re.match(r"\s*(?:down )?(?:(?:on|firmly on) the side|in favou?r|down against)\b", clause.rest)
    if court and sided and clause.verb.lemma in ("come", "find", "decide") and not clause.verb.modal:
        return Event("ruling")
    return None


def _backing(clause: Clause) -> Event | None:
    """A government behind, or against, another's step: "Germany backs the plan"."""
    if not is_official(clause) or clause.verb.modal or clause.verb.passive:
        return None
    behind = clause.verb.lemma in ("back", "favour", "favor", "endorse", "support") or (
        clause.verb.lemma == "throw" and "behind" in clause.rest[:40]
    )
    behind = behind or (
        clause.verb.lemma == "be"
        and re.match(r"\s*(?:\w+ly )?(?:against|opposed to|in favou?r of)\b", clause.rest)
    )
    step = re.search(
        r"\b(?:plans?|proposals?|answer|response|approach|stance|line|move|step|push|tariffs|duties|sanctions|ban|curbs|deal|agreement|countermeasures)\b",
        clause.rest[:70],
    )
    sentence = clause.parsed.sentence.text if clause.parsed else ""
    return Event("position", modality="opinion") if behind and step and DISPUTE.search(sentence) else None


def _protest(clause: Clause) -> Event | None:
    """ "Took to the streets", "downed tools"."""
    head = head_of(clause)[-90:]
    if (
        not (HOME.search(head) or FIRMS.search(head) or re.search(r"\b\w+makers\b", head))
        or clause.verb.modal
        or clause.verb.negated
    ):
        return None
    presses = clause.verb.lemma == "want" and re.match(
        r"\s*(?:[A-Z][\w-]+ ){1,3}to\b|\s*the government to\b", clause.rest
    )
    if presses and not is_official(clause):
        return Event("domestic_pressure", modality="wished")
    marched = clause.verb.lemma == "take" and re.match(r"\s*to the streets?\b", clause.rest)
    sentence = clause.parsed.sentence.text if clause.parsed else ""
    if marched and (DISPUTE.search(sentence) or DEAL.search(sentence)):
        return Event("domestic_pressure", modality="done")
    return None
