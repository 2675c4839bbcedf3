"""What is said, as an act of its own: denial, accusation, demand, threat, precondition, red line, position, claim, assessment.

A frame of speech gives the speaker and the words. Who speaks decides first: an expert judges, a side states.
What a side says is read in this order: denial, red line, precondition, threat, accusation, demand, position,
claim. The modality follows from the act.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.reading.attribution import Frame
from detente.reading.clauses import Parsed
from detente.reading.context import Context
from detente.reading.lexicon import (
    ACCUSE,
    CLAIM,
    COURT,
    DEAL,
    DENY,
    FORWARD,
    GOODS,
    MEASURE,
    SAY,
    TALK_CORE,
    THINK,
    word_set,
)
from detente.reading.passages import DISPUTE


@dataclass(frozen=True)
class Statement:
    """What a frame of speech amounts to."""

    act: str
    modality: str
    unsure: tuple[str, ...] = ()


_TOPIC = re.compile(
    (
        rf"{DISPUTE.pattern}|{MEASURE.pattern}|{TALK_CORE.pattern}|{DEAL.pattern}|\b(?:decoupl\w+"
        rf"|supply chains?|market access|trade|economy|growth|GDP|Beijing|Washington|Brussels"
        rf"|fentanyl|chips?|market|rivals?|side|partners?)\b"
    ),
    re.I,
)
_UNTRUE = re.compile(
    r"\b(?:has never|have never|had never|(?:have|has|had|did) not (?:consult\w*|negotiat\w*|promis\w*|agree\w*|ask\w*|offer\w*|call\w*|tell|told|said|say|broken|break|violat\w*|receiv\w*|ma[dk]e|held|hold|dump\w*)|(?:do|does) not dump|no plans|groundless|baseless|unfounded|untrue|false|fake news|not true|no (?:factual "
    r")?basis|no truth|fabricat\w+|misleading|nonsense|pure fiction|not (?:been )?(?:any|in) "
    r"(?:talks|negotiations|contact|consultations)"
    r"|no (?:such )?(?:talks?|negotiations?|consultations?|call|contact|conversation|meeting"
    r"|agreement|deal|promise|commitment|discussions?)s? (?:is|are|was|were|has|have|had|on"
    r"|between|with|took|taking|under)"
    r"|(?:knows?|knew) of no|not aware of|never (?:agreed|promised|took place|happened|made"
    r"|said|held|gave|offered|discussed)|did not (?:take place|happen|agree|promise|discuss"
    r"|ask|call)|there (?:is|was|were|are|had been|have been) no (?:talks?|negotiations?|call"
    r"|deal|agreement|such|consultations?|contact|discussions?|plan))\b",
    re.I,
)
_RED_LINE = re.compile(
    r"\b(?:(?:will|would|shall) not sacrifice|(?:remain|are|is|stay)s? (?:fully )?protected|protected by law|closed as a subject|like a wall|off limits|untouchable|red lines?|non-?negotiable|not negotiable|not (?:up )?for (?:negotiation|sale"
    r"|discussion)|(?:not|never|nor (?:is|are)) (?:be )?(?:on|off) the table|off the table"
    r"|not on the (?:negotiating )?table|(?:will|would) never (?:accept|give|compromise|trade|allow"
    r"|surrender|yield|bargain|agree|open|concede|be)|no (?:compromises?|concessions?) on"
    r"|cannot be (?:traded|bargained|compromised|negotiated)"
    r"|(?:will|would) not (?:trade away|compromise on|bargain|give up|sacrifice|be a "
    r"bargaining chip|be traded|accept any)|bargaining chips?|never be (?:traded|up for|part "
    r"of)|under no circumstances|cannot accept|are not for sale|is not for sale|sacrosanct)\b",
    re.I,
)
_BEFORE_TALK = re.compile(
    r"\b(?:only if|conditions for|cannot be signed|(?:no|not (?:\w+ ){0,3}?|refus\w+ (?:to )?|rul(?:ed|es|ing) out) ?(?:\w+ "
    r"){0,3}?(?:talks?|negotiat\w+|deal|agreement|meeting|call|signature|sign|summit"
    r"|dialogue)\b[^.]{0,60}\b(?:until|unless|before|without|as long as|while)"
    r"|(?:talks?|negotiat\w+|deal|agreement|meeting|sign|dialogue|summit|come to the table"
    r"|call)\b[^.]{0,50}\b(?:only (?:if|when|after|once)|must (?:first|be preceded)|(?:hinge"
    r"|depend|rest)s? on|conditional on|as a condition|would require)"
    r"|(?:only (?:if|when|after|once)|until|unless|before|once|as long as"
    r"|first)\b[^.]{0,80}\b(?:talks?|negotiat\w+|deal|agreement|dialogue|table|summit|sign)"
    r"|pre-?conditions?|prerequisites?|(?:on|with) (?:the )?condition|condition for (?:talks"
    r"|any|a)|must (?:first|come first)|needs? to (?:\w+ ){0,6}first|have to (?:\w+ "
    r"){0,6}first|first step)\b",
    re.I,
)
_THREAT = re.compile(
    r"\b(?:(?:will|would|shall|['’]ll|going to|prepared to|ready to|forced to|have to|has to"
    r"|reserves? the right to|right to|obliged to|not hesitate to|able to|vow\w* to|pledg\w+ "
    r"to|threaten\w* (?:to|with)|could|may|might) (?:\w+ly )?(?:retaliate|respond|hit back"
    r"|strike back|fight (?:back|to the end)|counter|answer|react|take (?:\w+ "
    r"){0,4}?(?:countermeasures|measures|action|steps)|impose|raise|double|slap|levy|pay"
    r"|restrict|cut off|cut|suspend|ban|block|halt|stop|punish|face|walk away|pull out|target"
    r"|put|hit|close|withdraw|add|introduce|lose|bring|tax|defend|act|match|reinstate"
    r"|escalate|end|scrap|terminate|blacklist|limit|charge)"
    r"|countermeasures|retaliat\w+|consequences|(?:all|every|any|necessary|resolute|firm"
    r"|forceful) (?:necessary |\w+ )?(?:measures|options?|means)|all options|pay (?:a|the) "
    r"(?:heavy |high )?price|face (?:\w+ ){0,3}?(?:tariffs?|dut|lev|sanction|ban|surcharge)"
    r"|in kind|fight to the end|won['’]t hesitate|will not stand (?:by|idly)|not sit (?:by"
    r"|idly))\b",
    re.I,
)
_WRONG = re.compile(
    (
        r"\b(?:unwarranted|unreasonable|arbitrary|harassment|interference|violat\w+|breach\w*|reneg\w+|bull(?:y|ies|ying)|coerc\w+|blackmail\w*|unfair\w*"
        r"|illegal\w*|unlawful\w*|unjustif\w+|discriminat\w+|protectionis[mt]|hypocri\w+"
        r"|hegemon\w+|provocat\w+|unilateral(?:ism| bullying)|broke\w* (?:its|the|their|a) \w+"
        r"|rip\w* (?:us )?off|ripping|cheat\w*|steal\w*|stole\w*|theft|dump(?:s|ed|ing)\b(?! "
        r"(?:dut|probe|invest))|manipulat\w+|abus\w+|wrongful\w*|mistaken|erroneous|wrong "
        r"(?:practice|move|step)|undermin\w+|sabotag\w+|bad faith|double standards|weaponi[sz]\w+"
        r"|flood\w* (?:our|the)|distort\w*|economic (?:war|retaliation|coercion|blackmail)"
        r"|retaliation|smear\w*|slow-(?:walk|roll)\w*|drag\w* its feet|withh[oe]ld\w*|fail\w* to "
        r"(?:honou?r|keep|live|meet|deliver)|not (?:kept|honou?red|lived up|complied|met its)"
        r"|runs? (?:against|counter)|contrary to|contravene\w*|pretext|political(?:ly)? motivated"
        r"|responsible for|to blame|fault|attack on|against (?:WTO|world trade|the) rules"
        r"|stifl\w+|suppress\w*|contain\w* (?:China|our|its))\b"
    ),
    re.I,
)
_DEMAND = re.compile(
    r"\b(?:(?:must|should|needs? to|has to|have to|ought to) (?:immediately |at once |first |now |also )?(?:withdraw|lift|remove|stop|end|cease|respect|correct|drop|cancel|scrap|open|cut|reduce|lower|restore|return"
    r"|honou?r|abide|comply|act|make|take|come|show|provide|change|remedy|revoke|refrain|abandon|buy|do more|deliver|listen|roll back|repeal|be (?:lifted|removed|withdrawn|scrapped|opened))"
    r"|(?:we|it|he|she|they|I|side) (?:also |again |strongly )?(?:urge|call on|call upon|call for|demand|ask|request|insist on)s?|calls? (?:on|upon|for)|wants? (?:the |\w+ ){1,4}to\b)",
    re.I,
)
_POSITION = re.compile(
    (
        r"\b(?:disappoint\w+|regret\w*|pleased|dismay\w*|no reason|respond to demands|neither side want\w+|unsustainable|ready|readiness|willing(?:ness)?|open to|prepared to|committed to|commitment|door "
        r"(?:is|remains|stays)|door\b.{0,20}\bopen|support\w*|oppos\w+|welcom\w+|stands? (?:by"
        r"|firm|ready|with)|position|stance|firmly|principle\w*|hop(?:e|es|ed|ing)|wants?|wish\w*"
        r"|seeks?|aim\w*|look\w* forward|prefer\w*|in (?:no|any) (?:hurry|rush)|no (?:choice"
        r"|intention|plan|plans|interest|desire|need|rush)|not (?:seek|want|afraid|intend"
        r"|interested|change|accept|negotiate|bow|yield|back down|budge|rush|be (?:bullied"
        r"|pressured|rushed))|will not|won['’]t|refus\w+|reject\w*|rul\w+ out|under (?:pressure"
        r"|duress)|mutual respect|equal (?:footing|terms)|win-win|dialogue|remain\w* (?:committed"
        r"|open|unchanged|firm)|patien\w+|favou?rs?|against|goal|priority|interests?|safeguard"
        r"|defend|cooperat\w+|consider(?:s|ing)?|review|believes? in|negotiated solution"
        r"|insist\w*)\b"
    ),
    re.I,
)
_FACT = re.compile(
    (
        r"\b(?:progress|talks?|negotiat\w+|agreed|agreement|deal|call(?:ed)?|reached out|asked"
        r"|wants?|offered|promised|assured|accepted|conced\w+|gave|made|has|have|had|is|are|was"
        r"|were|will|would|did|do)\b"
    ),
    re.I,
)
_GOOD_NEWS = re.compile(
    (
        r"\b(?:progress|going well|active|constructive|very good|productive|positive|smooth\w*"
        r"|close to|near(?:ing)?|almost done|on track|breakthrough|candid|in-depth|consensus"
        r"|details|wants to|agreed|assured|promised|asked|called|reached out|offered|accepted"
        r"|eager|desperate)\b"
    ),
    re.I,
)
_ASSERTING = word_set(
    "say state tell write post announce declare add note report signal confirm describe thank"
)
_OTHERS_DEEDS = re.compile(
    r"\b(?:(?:will|would|has|have|had) (?:\w+ly )?(?:buy|bought|invest\w*|open\w*|agree\w*|accept\w*|promis\w*|commit\w*|pay|paid|cut|drop\w*|lift\w*|stop\w*|met|meet|spoken|raise[ds]?|ask\w*|request\w*|beg\w*|offer\w*|be supplied|supply|reduce|increase|purchase|spend|contribute)|wants? to|was done|is done|is willing|are willing|off the table|stopped|met|called)\b",
    re.I,
)
_NEWS_ONLY = word_set("report publish")


def side_like(frame: Frame) -> bool:
    """Whether a side speaks, in its own name or under its label."""
    return frame.kind in ("official", "expert")


def statement_of(frame: Frame, parsed: Parsed, context: Context, *, told: str | None) -> Statement | None:
    """What a frame amounts to.

    Args:
        told: the act that the content tells outright (a measure, a talk), if any.
    """
    words = parsed.text[frame.content[0] : frame.content[1]]
    whole = parsed.sentence.text
    lemma = frame.lemma
    if frame.kind == "media":
        return None
    if [a.name for a in frame.speakers] in (["I"], ["People"], ["people"]) and not side_like(frame):
        return None
    if frame.kind == "expert":
        if lemma not in SAY | THINK | {"according", "label"}:
            return None
        return _judged(words, lemma, whole)
    if any(COURT.search(f"{a.name} {a.role}") for a in frame.speakers):
        return None
    side = frame.kind == "official"
    if context.trade < 2 and not (_TOPIC.search(whole) or GOODS.search(whole)):
        return None
    if side and lemma in ("expect", "forecast", "predict", "anticipate", "project", "estimate") and not told:
        return _judged(words, lemma, whole)
    if side and lemma in ("express", "voice", "convey", "lodge"):
        if told == "measure":
            return None
        if re.search(
            r"\b(?:concern|protest|dissatisfaction|opposition|displeasure|objection|complaint|regret)s?\b",
            words[:70],
        ):
            return Statement("accusation", "done")
        return (
            Statement("position", "opinion")
            if re.search(r"\b(?:hope|willing|readiness|confidence|interest|support)\w*\b", words[:70])
            else None
        )
    if side and _must_of_other(frame, parsed):
        return Statement("demand", "wished")
    by_verb = _by_verb(frame, words, whole, side)
    if by_verb is not None:
        return by_verb
    if frame.kind == "home" and (
        lemma in _PRESSING or re.search(r"\b(?:should|must|ought|needs? to|has to)\b", words)
    ):
        return Statement("domestic_pressure", "wished")
    if frame.kind in ("home", "firm", "unknown"):
        return _judged(words, lemma, whole) if frame.kind == "unknown" and lemma in _JUDGING else None
    return _stated(words, lemma, whole, told)


def _must_of_other(frame: Frame, parsed: Parsed) -> bool:
    """Whether the words say what the other side should or must do."""
    speaker = frame.speakers[0].country if frame.speakers else ""
    for clause in parsed.clauses:
        if frame.covers(clause.verb.at) and clause.verb.modal in ("should", "must") and clause.actors:
            doer = clause.actors[0]
            if doer.country and speaker and doer.country != speaker and not clause.verb.passive:
                return True
    return False


_PRESSING = word_set("urge demand ask call want press push appeal implore insist")
_JUDGING = word_set(
    "expect forecast predict estimate project reckon anticipate foresee think believe argue calculate"
)
_RELEVANT_MIN = 12


def _judged(words: str, lemma: str, whole: str) -> Statement | None:
    if len(words.strip()) < _RELEVANT_MIN or not (_TOPIC.search(whole) or lemma in _JUDGING):
        return None
    if lemma in _JUDGING and re.match(r"\s*(?:to \w+|(?:\w+ ){0,2}details)\b", words):
        return None
    forward = FORWARD.search(words) or lemma in (
        "expect",
        "forecast",
        "predict",
        "project",
        "anticipate",
        "foresee",
        "warn",
        "caution",
        "fear",
    )
    unsure = (
        ("drop",)
        if re.search(
            r"\bdrop (?:\w+[ ,-]+){0,5}(?:tariffs?|duties|curbs|sanctions)\b(?! (?:to|from|by)\b)", words
        )
        else ()
    )
    return Statement("assessment", "forecast" if forward else "opinion", unsure)


def _by_verb(frame: Frame, words: str, whole: str, side: bool) -> Statement | None:
    """Acts that the verb of saying names by itself."""
    lemma, verb = frame.lemma, frame.clause.verb if frame.clause else None
    if verb is None:
        return None
    negated = verb.negated
    if lemma in DENY and not negated:
        if lemma == "dismiss" and re.match(
            r"\s*(?:the |a )?(?:minister|official|chief|staff|case|complaint|appeal)", words
        ):
            return None
        return (
            Statement("denial", "done")
            if side or (lemma == "deny" and frame.speakers[0].kind != "unknown")
            else None
        )
    if lemma == "reject" and not negated and side:
        if re.search(
            (
                r"\b(?:claims?|accusations?|reports?|allegations?|charges?|suggestions?"
                r"|assertions?|criticisms?|account|notion|idea that|version|characteri[sz]ation"
                r"|findings?)\b"
            ),
            words[:70],
        ):
            return Statement("denial", "done")
        return Statement("position", "opinion")
    if lemma in ACCUSE and not negated:
        if lemma == "charge" and not re.search(r"\bthat\b|\bwith\b", words[:30]):
            return None
        if lemma in ("protest",) and not side:
            return None
        return Statement("accusation", "done") if side else None
    if lemma == "threaten" and not negated:
        return Statement("threat", "conditional" if _IF.search(whole) else "threatened") if side else None
    if (
        lemma
        in (
            "urge",
            "demand",
            "request",
            "press",
            "push",
            "ask",
            "call",
            "appeal",
            "implore",
            "exhort",
            "insist",
            "want",
            "require",
            "invite",
            "pressure",
        )
        and side
    ):
        return _asked(lemma, words, whole, verb.passive)
    if lemma in ("refuse", "decline") and side:
        if re.search(r"\b(?:to comment|comment|to say|to be named|to give)\b", words[:40]):
            return None
        if re.search(r"\b(?:until|unless|before)\b", words) and TALK_CORE.search(words):
            return Statement("precondition", "conditional")
        return Statement("position", "opinion")
    if lemma in ("oppose", "welcome", "support", "resist", "regret", "applaud") and side:
        return Statement("position", "opinion")
    return None


_IF = re.compile(
    r"\b(?:if|unless|should (?:the|it|they|talks|[A-Z])\b|without a deal|in the event|until)\b", re.I
)


def _asked(lemma: str, words: str, whole: str, passive: bool) -> Statement | None:
    if lemma == "call":
        if re.match(r"\s*(?:on|upon|for)\b", words):
            return Statement("demand", "wished")
        if re.match(r"\s*(?:off|back|in|up|a|an|him|her|them)\b", words):
            return None
        if _WRONG.search(words):
            return Statement("accusation", "done")
        if (
            re.match(
                r"\s*(?:it|this|that|the (?:move|step|decision|deal|news|ruling|call|talks|agreement))\b",
                words,
            )
            and "“" not in words
            and '"' not in words
        ):
            return Statement("position", "opinion")
        return (
            Statement("accusation", "done")
            if _WRONG.search(words)
            or (
                re.search(r"[“\"]", words)
                and re.search(
                    r"\b(?:move|step|decision|action|tariffs?|dut|plan|practice|curbs?|ban|measure)",
                    words,
                    re.I,
                )
            )
            else None
        )
    if lemma in (
        "ask",
        "want",
        "press",
        "push",
        "request",
        "pressure",
        "invite",
        "appeal",
        "require",
        "insist",
    ):
        if re.search(
            r"\b(?:request for comment|the WTO|World Trade Organi[sz]ation|reporters|its (?:firms|companies|airlines)|carriers|airlines)\b",
            words[:60],
        ):
            return None
        if lemma == "ask" and re.match(r"\s*(?:about|whether|if|by|when|why|how|what)\b", words):
            return None
        if lemma == "insist":
            return (
                Statement("demand", "wished")
                if re.search(
                    (
                        r"\b(?:must|should|that (?:\w+ ){1,4}(?:withdraw|lift|remove|stop|open"
                        r"|honou?r|drop|cut|respect))\b"
                    ),
                    words,
                )
                else None
            )
        if (
            re.match(
                r"\s*(?:[A-Z][\w.’'-]+ |the |for |to |a |an |new |more |formal |urgent |United |States ){0,6}(?:talks|meeting|call|consultations|negotiations|summit|round)\b",
                words,
            )
            and "end" not in words[:20]
        ):
            return None
        if lemma == "want":
            return (
                Statement("demand", "wished")
                if re.match(r"\s*(?:the |an? )?(?:[A-Z][\w.’'-]+ ?){1,4}(?:side |government )?to\b", words)
                else None
            )
        if lemma in ("press", "push") and not re.match(r"\s*(?:hard )?(?:on |for |the |[A-Z])", words):
            return None
        if lemma == "request" and TALK_CORE.search(words[:40]):
            return Statement("demand", "wished")
        return Statement("demand", "wished") if _TOPIC.search(whole) else None
    if lemma == "demand" or lemma in ("urge", "implore", "exhort"):
        return Statement("demand", "wished")
    return None


def _stated(words: str, lemma: str, whole: str, told: str | None) -> Statement | None:
    """What a side states, by its content."""
    if not (_TOPIC.search(whole) or GOODS.search(whole)) or len(words.strip()) < _RELEVANT_MIN:
        return None
    if re.search(r"\brequest for comment\b", whole):
        return None
    conditional = bool(_IF.search(words))
    if _UNTRUE.search(words):
        return Statement("denial", "done")
    if _RED_LINE.search(words):
        return Statement("red_line", "opinion")
    if (
        _BEFORE_TALK.search(words)
        and not told
        and (TALK_CORE.search(words) or DEAL.search(words) or "condition" in words)
    ):
        return Statement("precondition", "conditional")
    threatening = _THREAT.search(words)
    if re.search(
        r"\b(?:not|no plans?|never|rule[sd]? out|without)\b[^.,;]{0,30}\b(?:retaliat|countermeasure|respond|hit back|escalat)",
        words,
    ):
        return Statement("position", "opinion")
    if (
        threatening
        and (
            lemma in ("warn", "threaten", "vow", "caution")
            or conditional
            or re.search(
                (
                    r"countermeasure|retaliat|respond|consequence|hit back|fight|in kind|reserves? "
                    r"the right|necessary (?:\w+ )?(?:measures|means|steps)|all options|hesitate"
                    r"|resolute|heavy price"
                ),
                words,
                re.I,
            )
        )
        and (told != "measure" or conditional or lemma in ("warn", "threaten", "vow"))
    ):
        return Statement("threat", "conditional" if conditional else "threatened")
    if lemma == "warn" and not told:
        return (
            Statement("threat", "conditional" if conditional else "threatened")
            if threatening
            else Statement("claim", "done")
            if _WRONG.search(words)
            else None
        )
    if _WRONG.search(words) and not told:
        return Statement("accusation", "done")
    if told:
        return None
    if _DEMAND.search(words):
        return Statement("demand", "wished")
    if _GOOD_NEWS.search(words) and not re.search(
        r"\b(?:hop(?:e|es|ed)|ready|willing|open to|wants? to (?:see|work|continue))\b", words
    ):
        return Statement("claim", "done")
    if _POSITION.search(words):
        return Statement("position", "opinion")
    if _FACT.search(words) and (lemma in CLAIM or (lemma in _ASSERTING and _OTHERS_DEEDS.search(words))):
        return Statement("claim", "done")
    return None
