"""Done, in force, agreed, planned, conditional, threatened, forecast, wished or opinion: what the verb group says.

The order of the questions is the rule. What governs the verb ("agreed to", "threatened to") speaks first,
then a condition, then the auxiliaries, then the tense; a day still to come turns a past or present into a plan.
Nothing that lies ahead may come out as done or in force.
"""

from __future__ import annotations

import re

from detente.reading.clauses import Clause, Parsed
from detente.reading.context import Context
from detente.reading.dates import DateMention
from detente.reading.lexicon import CLAIM, COMMIT, CONSIDER, DEAL, GOODS, HOPE, MEASURE, MEET, TALK, word_set

_PLAN = word_set(
    "plan intend aim prepare decide schedule mean slate set promise pledge vow ready poise "
    "arrange order move announce try start begin"
)
_FOR_THE_SAKE = word_set(
    "tax lift suspend shelve pause postpone impose cut raise lower drop remove scrap use offer call write send issue "
    "sign invoke waive exempt freeze introduce delay buy accept"
)
"""Verbs after which "to" tells a purpose, not what was done: "shelved the tax to restart the talks"."""
_COME_ABOUT = MEET | word_set(
    "manage begin start continue proceed cease come serve use help resume rush hasten"
)
"""Verbs after which "to" tells what came about; after any other it is still to come."""
_AIM = {"plan": "planned", "intend": "planned", "vow": "planned", "pledge": "planned", "promise": "planned", "aim": "planned", "prepare": "planned",
        "propose": "wished", "want": "wished", "hope": "wished", "wish": "wished", "seek": "wished", "request": "wished", "invite": "wished", "offer": "wished",
        "favour": "wished", "favor": "wished", "threaten": "threatened", "consider": "threatened", "weigh": "threatened", "mull": "threatened",
        "contemplate": "threatened", "expect": "forecast"}  # fmt: skip
"""Verbs whose object lies ahead, whatever their own tense, with what that makes of it."""
_TALK_OF = re.compile(
    r"\b(?:(?P<wished>in favou?r of|favou?r(?:s|ed|ing)?|call(?:s|ed|ing)? for|suggest(?:s|ed|ing)?|recommend(?:s|ed|ing)?|hopes? of|aims? of|plan(?:s|ned|ning)? (?:on|for))"
    r"|(?P<threatened>talk(?:s|ed|ing)? (?:of|about)|th(?:inks?|inking|ought) (?:of|about)|threats? of|close to|(?:verge|brink|point) of|rul(?:e[ds]?|ing) out|options? of|idea of)"
    r"|(?P<forecast>(?:prospect|possibility|chance|risk|likelihood|fear)s? of))(?: [\w.’'-]+){0,4} ?$"
)
_OBJECT = re.compile(f"(?:{MEASURE.pattern})|(?:{DEAL.pattern})|(?:{TALK.pattern})|(?:{GOODS.pattern})", re.I)
_DIRECT = word_set("order instruct tell direct authorise authorize empower set start launch begin open draft")
"""Verbs that put another to a task, or start work on one."""
_LEADS = word_set("be have seem appear stand refuse decline fail")
_LEADS_TO = re.compile(
    r"\s*(?:not |still |now )?(?:un)?(?:likely|able|ready|willing|due|set|bound|certain|sure|expected|under pressure|keen|eager|poised|about|free|slated|scheduled|prepared) to [a-z]+\b"
)
_STANDING = re.compile(r"\s*(?:now |already |still )?in (?:place|force|effect)\b")
_IN_VIEW = re.compile(
    r"\s*(?:now |still )?(?:in the works|on the cards|on the table|in prospect|in the offing|under (?:discussion|consideration|review)|within reach)\b"
)
_TO_COME_NOUN = re.compile(
    r"\b(?:deadline|threat|plan|proposal|offer|bid|call|demand|promise|pledge|vow|intention|attempt|effort|request|idea)s? (?:for [\w’' ]{1,40} )?to [a-z]+\b"
)
_SETS_ABOUT = word_set("start begin stop continue keep resume finish end cease try avoid delay risk mean")
"""Verbs that share their own modality with the gerund after them: "will start imposing"."""
_ORDER = word_set("order instruct tell direct authorise authorize")
_OWN_PEOPLE = re.compile(
    r"\b(?:ministers?|officials|ministry|ministries|cabinet|aides|staff|team|departments?|secretary|representative|negotiators?|government|lawmakers|commission)\b",
    re.I,
)
_HAS_OFFERED = re.compile(r"\s*(?:\w+ly )?[a-z]+(?:ed|en) [\w’' -]{0,40}?\bto [a-z]")
"""A perfect of a verb that no list has, with an infinitive: "has offered to hold"."""
_REPORTED = word_set("say report believe understand think know allege rumour")
"""Verbs after which "to have done" is what is said to have happened."""
_LETS = word_set("let make see have")
_FORECAST = word_set("expect forecast predict project anticipate foresee estimate tip")
_ASK = word_set(
    "urge ask press push request call appeal demand want propose recommend suggest invite seek "
    "offer petition lobby"
)
_CONDITION = re.compile(
    r"\b(?P<words>(?:(?:but |and )?only |even )?(?:if|unless|provided(?: that)?|providing|as "
    r"long as|so long as|on (?:the )?condition (?:that|of)|on condition|in the event (?:that"
    r"|of)"
    r"|in case|should (?=(?:the |a |an |any |talks|negotiations|[A-Z])[\w ’']{1,40}? (?:fail"
    r"|collapse|not|impose|refuse|proceed|go ahead|raise|breach|do|take|follow|persist"
    r"|continue|break|come|adopt|press|prevail|be|remain|retaliate|expire|end|win|lose|make))"
    r"|(?:but |and )?only (?:after|when|once)|(?:once|when) (?=(?:the |a )?[\w’' -]{1,30}? (?:keeps|lifts|removes|signs|agrees|stops|drops|withdraws|delivers|meets|ratifies|approves|ends)\b)|once (?=[^,.;]{1,60}?\b(?:is|are|has|have|flow|(?:remove|lift|sign|approve|agree|withdraw|drop|end|stop|resume)s?|ratif(?:y|ies))\b)"
    r"|absent|without (?=(?:a|an|any) (?:deal|agreement|accord|breakthrough|extension"
    r"|settlement))|pending|subject to (?=approval|confirmation|ratification|conditions)|contingent (?:up)?on|depend(?:s|ing|ent)? on|failing "
    r"(?:that|which))\b)",
    re.I,
)
_AHEAD_NOUN = re.compile(
    r"\b(?:(?:planned|proposed|threatened|possible|potential|looming|upcoming|draft|would-be|prospective|mooted)\b(?: [^,;]{0,40})?"
    r"|(?:(?:threats?|prospect|possibility|idea|chance|risk) of|(?:plans?|proposals?|calls?) (?:for|of))\b[^,;]{0,60})\s*$",
    re.I,
)
_PAPER = r"(?:bills?|draft(?:s| law| rule| regulation| order)?|proposals?|plans?|blueprints?|motions?|resolutions?|legislation|white paper)"
_PAPER_SUBJECT = re.compile(rf"\b{_PAPER}(?: [\w’'-]+){{0,3}}\W*$|\b{_PAPER}\W.*\b(?:which|that)\W*$", re.I)
_PAPER_OBJECT = re.compile(
    rf"\s*(?:an?|the|its|his|her|their|another|two|\w+[’']s)? ?(?:[\w-]+ ){{0,2}}?{_PAPER}\b", re.I
)
_PUTS_FORWARD = word_set(
    "introduce table file pass publish submit present unveil draft float circulate debate read adopt approve"
)
_UNREAL_PAST = re.compile(
    r"\b(?:time|wish(?:es|ed)?|rather|as if|as though|if only)(?: that)? [\w’' ]{0,40}$", re.I
)
_UNTRUE = re.compile(
    r"\b(?:rumou?rs?|reports?|claims?|talk|suggestions?|speculation|stories) that\b.*\b(?:was|were|is|are) (?:\w+ )?(?:false|wrong|untrue|unfounded|groundless|baseless|denied|dismissed|nonsense|fabricated|invented|incorrect)\b",
    re.I | re.S,
)
_UNDER_A_DEAL = re.compile(
    r"\b(?:[Uu]nder (?:the|a|this|that|its|their) (?:\w+ ){0,2}(?:deal|agreement|accord|framework|pact|terms|arrangement|understanding|truce)|[Aa]s part of (?:the|a) (?:\w+ ){0,2}(?:deal|agreement|accord|framework|package)|[Ii]n (?:return|exchange),?)\b"
)
_ON_PAPER = re.compile(
    r"\b(?:(?:[Uu]nder|[Ii]n|[Bb]y) (?:the|a|this|that|its|their|his) (?:\w+ ){0,2}?(?:proposals?|plan|draft|bill|blueprint|offer|scheme)|[Oo]nce (?:it is |they are )?(?:ratified|approved|signed|adopted|in force))\b"
)
_PAPER_SAYS = re.compile(
    r"\b(?:plan|proposal|idea|draft|offer)s?:|\b(?:bill|draft|proposal|plan|blueprint) (?:that|which)\b|\b(?:plan|idea|proposal|hope|offer|aim|wish|intention|demand) (?:is|was) (?:that|for)\b"
)
"""What stands in a plan or an unsigned text is not yet so, whatever its tense."""
_NOUN_TO = re.compile(
    r"\b(plans?|intentions?|decisions?|pledges?|promises?|vows?|commitments?|threats?|proposals?|calls?|demands?|offers?|bids?|efforts?|attempts?|requests?"
    r"|chances?|rights?|powers?|authority|readiness|willingness|refusal|failure|pressure|hopes?|deadline|time|option|ability|need|move) (?:\w+ly )?to (?:\w+ly )?$",
    re.I,
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DEAL_TO = re.compile(
    rf"\b(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH}|{_MONTH}|(?:last|this) (?:week|month|year|\w+day)[’']s|[A-Z][a-z]+day[’']s|"
    r"(?!The|An?|This|That|No|Any|Such)[A-Z][a-z]+) (?:[\w-]+ )?(?:agreement|deal|accord|truce|pact|understanding|ceasefire)"
    r" (?:to )?$"
)
"""A deal that stands: "a May 12 agreement to lower"; "no deal to lower" and "a deal to lower" may never have been."""
_LIKELY = re.compile(r"\b(?:likely|unlikely|expected|bound|certain|probably|set to|could|may|might)\b", re.I)
_TO_COME = re.compile(r"\b(?:due|set|ready|poised|about|scheduled|slated|going|on course|on track)\s*$", re.I)


def condition_in(parsed: Parsed, start: int, end: int) -> tuple[int, int] | None:
    """Span of the words of a condition in a stretch of a sentence: marker to clause's end."""
    for found in _CONDITION.finditer(parsed.text, start, end):
        before = parsed.text[max(start, found.start() - 12) : found.start()].lower()
        if found[0].lower() == "if" and re.search(
            r"\b(?:ask(?:ed)?|know|see|decide|as|whether|wonder(?:ed)?|say|said)\s*$", before
        ):
            continue
        if found[0].lower() == "pending" and re.search(
            r"\b(?:the|its|a|all|any|is|are|still|remains?)\s*$", before
        ):
            continue
        rest = parsed.text[found.end() : end]
        stop = re.search(
            (
                r"[;:—–”\"]|,(?=\s+(?:[\w’']+\s+){0,6}?(?:will|would|could|may|might|they[’']re"
                r"|it|he|she|the|[A-Z])\b)|\.(?:\s|$)|, (?:said|according)"
            ),
            rest,
        )
        stop_at = found.end() + (stop.start() if stop else len(rest))
        return found.start(), stop_at
    return None


def settled(clause: Clause) -> bool:
    """Whether an infinitive says what sides settled: "the May 12 agreement to lower"."""
    assert clause.parsed is not None
    if not clause.verb.infinitive:
        return False
    return bool(_DEAL_TO.search(clause.parsed.text[clause.parsed.sentence.start : clause.verb.start]))


def ahead(date: DateMention | None, context: Context) -> bool:
    """Whether a day lies after the article's own day, settled or not ("next week")."""
    if date is None:
        return False
    if context.published is None or date.resolved is None:
        told = (
            context.text[max(0, date.start - 4) : date.start].lower() == "the "
        )  # "the next year": of a story told
        return (
            date.forward and not told and re.match(r"next|later|the coming|in ", date.words, re.I) is not None
        )
    day = date.resolved
    return day > context.published.isoformat()[: len(day)]


def modality_of(
    clause: Clause, context: Context, date: DateMention | None, *, lasting: bool, conditional: bool
) -> str:
    """The modality of what a clause tells.

    Args:
        date: the act's day.
        lasting: whether, once done, it holds on (a duty, an agreement) or is over (a meeting).
        conditional: whether a condition stands on it.
    """
    verb = clause.verb
    unsaid = _unsaid(clause)
    if unsaid:
        return unsaid
    over = _letting(clause)
    if over is not None:
        return modality_of(over, context, date, lasting=lasting, conditional=conditional)
    if settled(clause):
        return "agreed"
    governed = _by_governor(clause, conditional)
    if governed == "planned" or (verb.modal == "will" and not governed):
        sentence = clause.parsed.sentence.text if clause.parsed else ""
        if _UNDER_A_DEAL.search(sentence) and not conditional:
            return "agreed"
    if governed:
        return governed
    if conditional and (verb.modal or verb.form in ("base", "s") or _present(clause)):
        return "conditional"
    if verb.modal in ("may", "could"):
        return "forecast"
    if verb.modal == "can":
        return "conditional" if conditional else "forecast"
    if verb.modal in ("must", "should"):
        return "wished"
    if verb.modal == "would":
        return "conditional" if conditional else "planned"
    if verb.modal == "will":
        return "forecast" if _LIKELY.search(_verb_words(clause)) else "planned"
    if re.match(r"be\b", _verb_words(clause), re.I) and not verb.infinitive:
        return "wished"  # "recommended that a duty be imposed"
    reported = clause.governor is not None and clause.governor.verb.lemma in _REPORTED
    if verb.infinitive and not (verb.perfect and reported):
        # "are to meet", "tariffs to take effect"; only "managed to", "began to" and the like say that it came about
        if clause.governor is None or clause.governor.verb.lemma not in _COME_ABOUT:
            return "conditional" if conditional else "planned"
        return modality_of(clause.governor, context, date, lasting=lasting, conditional=conditional)
    if verb.form == "ing" and clause.governor is not None and clause.governor.verb.lemma in _SETS_ABOUT:
        return modality_of(clause.governor, context, date, lasting=lasting, conditional=conditional)
    aim = _aim(clause)
    if aim:
        return aim
    if ahead(date, context) or (verb.form in ("s", "base") and not verb.perfect and _still_to_come(clause)):
        return "planned"
    if _AHEAD_NOUN.search(clause.front) or (_present(clause) and _on_paper(clause)):
        return "planned"
    if verb.progressive and not verb.passive:
        return "in_force"
    return "in_force" if lasting else "done"


def _letting(clause: Clause) -> Clause | None:
    """The clause that lets another's act be: "the bill would let the ministry impose"."""
    assert clause.parsed is not None
    if clause.verb.form != "base" or clause.verb.modal or clause.verb.infinitive:
        return None
    earlier = [c for c in clause.parsed.clauses if c.verb.end <= clause.verb.start]
    if not earlier or earlier[-1].verb.lemma not in _LETS or not earlier[-1].verb.modal:
        return None
    between = clause.parsed.text[earlier[-1].verb.end : clause.verb.start]
    return None if re.search(r"[,;:—]|\b(?:and|but|that|which|who)\b", between) else earlier[-1]


_EXPECTING = {"hope": "wished", "wish": "wished", "pray": "wished", "propose": "wished", "ask": "wished",
              "demand": "wished", "intend": "planned", "promise": "planned", "pledge": "planned", "expect": "forecast"}  # fmt: skip


def _unsaid(clause: Clause) -> str:
    """What a clause comes to that its sentence takes back or only hopes for; "" for none."""
    assert clause.parsed is not None
    before = clause.parsed.text[clause.parsed.sentence.start : clause.verb.start]
    if _UNTRUE.search(clause.parsed.sentence.text) and re.search(r"\bthat\b", before):
        return "opinion"
    if not clause.verb.modal and _UNREAL_PAST.search(before):
        return "wished"
    return _hoped(clause)


def _hoped(clause: Clause) -> str:
    """What a present under a verb of hoping or promising comes to: "they hope the ban is lifted"; "" for none."""
    assert clause.parsed is not None
    if not _present(clause) or clause.verb.modal or clause.verb.infinitive:
        return ""
    earlier = [c for c in clause.parsed.clauses if c.verb.end <= clause.verb.start]
    if not earlier or earlier[-1].verb.lemma not in _EXPECTING:
        return ""
    between = clause.parsed.text[earlier[-1].verb.end : clause.verb.start]
    if re.search(r"[,;:—]|\b(?:and|but|as|while|which|who|after)\b", between):
        return ""
    return _EXPECTING[earlier[-1].verb.lemma]


def _aim(clause: Clause) -> str:
    """What a clause comes to whose own verb, or the words before its gerund, look ahead; "" for others."""
    assert clause.parsed is not None
    verb = clause.verb
    if verb.lemma == "call" and re.match(r"\s*(?:for|on)\b", clause.rest):
        return "wished"
    if verb.lemma == "look" and re.match(r"\s*(?:at|into)\b", clause.rest):
        return "threatened"
    if verb.passive and verb.lemma in CONSIDER - {"examine", "study"}:
        return "threatened"
    if verb.lemma in _AIM and not (verb.passive and verb.lemma != "propose"):
        return _AIM[verb.lemma]
    if verb.lemma in _PUTS_FORWARD and _PAPER_OBJECT.match(clause.rest):
        return "planned"
    if verb.lemma == "agree" and re.match(r"\s*(?:in principle )?to [a-z]", clause.rest):
        return "agreed"
    if _tells_in_infinitive(clause) or (verb.lemma == "have" and _HAS_OFFERED.match(clause.rest)):
        return "planned"
    if verb.lemma in ("talk", "think", "insist") and re.match(r"\s*(?:of|about|on) \w+ing\b", clause.rest):
        return "wished"
    if _told_further_on(clause) or _IN_VIEW.match(clause.rest) or _TO_COME_NOUN.search(clause.front):
        return "planned"
    if verb.form == "ing" and not verb.finite:
        talk = _TALK_OF.search(clause.parsed.text[clause.parsed.sentence.start : verb.start])
        return talk.lastgroup or "" if talk else ""
    return ""


def _told_further_on(clause: Clause) -> bool:
    """Whether a verb that tells nothing itself leads to the one that does: "is likely to add", "failed to lift"."""
    assert clause.parsed is not None
    if clause.verb.lemma not in _LEADS or _STANDING.match(clause.rest):
        return False
    if _LEADS_TO.match(clause.rest):
        return True
    text, verb = clause.parsed.text, clause.verb
    for other in clause.parsed.clauses:
        if other.governor is not clause or other.verb.start < verb.end:
            continue
        between = text[verb.end : other.verb.at]
        if _OBJECT.search(between) or re.search(r"[,;:—]|\b(?:that|which|who)\b", between):
            return False
        return other.verb.infinitive or re.search(r"\b(?:of|at|about|on)\s*$", between) is not None
    return False


def _tells_in_infinitive(clause: Clause) -> bool:
    """Whether what is done stands in an infinitive further on: "ordered ministers to impose", "set a deadline to lift"."""
    assert clause.parsed is not None
    if clause.verb.lemma not in _DIRECT:
        return False
    if clause.verb.lemma in _ORDER and not clause.verb.passive and not _OWN_PEOPLE.search(clause.rest[:60]):
        return False  # an order to banks or airlines is the measure itself
    later = [c for c in clause.parsed.clauses if c.verb.infinitive and c.verb.start >= clause.verb.end]
    if not later:
        return False
    between = clause.parsed.text[clause.verb.end : later[0].verb.start]
    if re.search(r"[,;:—]|\d|\b(?:and|but|that|which|who|after|when)\b", between) or _OBJECT.search(between):
        return False
    return bool(between.strip())


def _present(clause: Clause) -> bool:
    return not clause.verb.perfect and (
        clause.verb.form in ("s", "base") or re.match(r"(?:is|are)\b", _verb_words(clause)) is not None
    )


def _on_paper(clause: Clause) -> bool:
    assert clause.parsed is not None
    before = clause.parsed.text[clause.parsed.sentence.start : clause.verb.start]
    return bool(_ON_PAPER.search(before) or _PAPER_SAYS.search(before) or _PAPER_SUBJECT.search(clause.front))


def _still_to_come(clause: Clause) -> bool:
    """Whether a clause in the present stands under a conjunction of time: "before the tariffs start"."""
    assert clause.parsed is not None
    lead = clause.parsed.text[max(clause.parsed.sentence.start, clause.subject[0] - 16) : clause.subject[0]]
    return re.search(r"\b(?:before|after|until|when|once|by the time|as soon as)\s*$", lead, re.I) is not None


def _verb_words(clause: Clause) -> str:
    assert clause.parsed is not None
    return clause.parsed.text[clause.verb.start : clause.verb.end]


def _by_governor(clause: Clause, conditional: bool) -> str:
    """What the governing verbs make of it; "" where they leave it as it is."""
    if not clause.verb.infinitive and clause.verb.form not in ("ing", "base"):
        return ""
    assert clause.parsed is not None
    noun = (
        _NOUN_TO.search(clause.parsed.text[clause.parsed.sentence.start : clause.verb.at])
        if clause.verb.infinitive
        else None
    )
    if noun:
        word = noun[1].lower()
        ahead = (
            "threatened"
            if word.startswith("threat")
            else "planned"
            if re.match(r"plan|intention|decision|pledge|promise|vow|commitment|move", word)
            else "wished"
        )
        return "conditional" if conditional and ahead != "wished" else ahead
    for governor in clause.chain:
        lemma = governor.verb.lemma
        if lemma in ("be", "seem", "appear", "stand") and clause.verb.infinitive:
            if re.match(
                r"\s*(?:in no \w+|un\w+|reluctant|loath|hesitant|slow|too early|premature|wrong)\b",
                governor.rest,
            ):
                return "opinion"
            if re.match(r"\s*(?:\w+ )?(?:ready|prepared|willing|tempted|inclined|minded)\b", governor.rest):
                return "conditional" if conditional else "threatened"
            if re.match(r"\s*(?:un)?likely\b", governor.rest):
                return "conditional" if conditional else "forecast"
            if re.match(r"\s*(?:un)?(?:able|free|allowed|keen|eager|happy|likely)\b", governor.rest):
                return "wished"
            return "conditional" if conditional else "planned"
        if lemma in ("threaten",):
            return "conditional" if conditional else "threatened"
        if lemma in ("agree", "commit", "undertake"):
            if governor.verb.modal in ("will", "would", "may", "could") or governor.verb.infinitive:
                return "conditional" if conditional else "wished"
            return "agreed"
        if lemma in CONSIDER or (lemma == "look" and re.match(r"\s*(?:at|into)\b", governor.rest)):
            return "threatened"
        if lemma in _FORECAST:
            return (
                "conditional"
                if conditional
                else ("planned" if governor.verb.passive and not conditional else "forecast")
            )
        if lemma in CLAIM:
            return "opinion"
        if lemma in _ASK or lemma in HOPE - {"look"}:
            return "wished"
        if lemma in COMMIT | _PLAN and lemma not in ("start", "begin", "try", "move", "order", "announce"):
            if lemma in ("set",) and not governor.verb.passive:
                continue
            return "conditional" if conditional else "planned"
        if lemma in ("refuse", "decline", "fail"):
            return "opinion"
        if lemma in ("warn", "caution"):
            return "conditional" if conditional else "threatened"
        if lemma in ("need", "help", "allow"):
            return "wished"
        if governor.verb.modal in ("will", "would") or governor.verb.infinitive:
            continue
    return ""
