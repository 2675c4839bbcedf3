"""What the dispute does at home: markets move, firms shift, industry and voters press."""

from __future__ import annotations

import re

from detente.reading.clauses import Clause
from detente.reading.context import Context
from detente.reading.lexicon import DEAL, FIRM, FIRMS, GOODS, HOME, MARKET, MOVE, PRESSURE, word_set
from detente.reading.passages import DISPUTE
from detente.reading.told import Event, head_of, is_official

_DOMESTIC_OBJECT = re.compile(
    (
        r"\b(?:government|administration|ministry|minister|president|congress|parliament"
        r"|lawmakers|capital|leaders|officials|commission|white house|cabinet|support|relief"
        r"|compensation|aid|help|bailout|refunds?|subsid)"
    ),
    re.I,
)


def market_move(clause: Clause, context: Context) -> Event | None:
    """A price, index or currency that moved, where text nearby ties it to the dispute."""
    if clause.verb.passive or clause.verb.infinitive or clause.verb.negated:
        return None
    lemma, head = clause.verb.lemma, head_of(clause)[-70:]
    gave_up = lemma in ("give", "pare", "erase") and re.search(r"\b(?:gains|losses)\b", clause.rest[:60])
    if lemma in ("send", "push", "drag", "drive", "pull", "knock", "lift", "tip"):
        moved = re.match(
            r"\s*(?P<what>(?:[\w’'&.-]+ ){1,5}?)(?:up|down|lower|higher|tumbling|soaring|sliding|surging|to (?:an? |its |their )(?:[\w-]+ ){0,3}(?:high|low))\b",
            clause.rest,
        )
        tied = DISPUTE.search(head) or _NEWS.search(head)
        return (
            Event("market_move")
            if moved and tied and MARKET.search(moved["what"]) and not clause.verb.modal
            else None
        )
    stands = lemma == "be" and re.match(r"\s*(?:now )?(?:up|down)\b", clause.rest)
    if lemma not in MOVE and not gave_up and not stands:
        return None
    if _FLOWS.search(head) or clause.verb.modal:
        return None
    first = clause.actors[0].kind if clause.actors else ""
    priced = _PRICED.search(head) is not None
    if first in ("person", "institution", "pair") and not priced:
        return None
    measured = re.search(
        r"\d|weak\w*|strong\w*|lowest|highest|higher|lower|record|sharply|half a|a third|a quarter",
        clause.rest[:90],
    )
    named = re.search(r"(?:[A-Z][\w&’'.-]+ ?){1,4}$", head.strip()) and re.match(
        r"\s*(?:about |nearly |as much as )?\d[\d.]* ?(?:%|per ?cent)", clause.rest
    )
    if not (priced and (measured or MARKET.search(head))) and not (named and _nearby(clause, _INVESTORS)):
        return None
    if lemma == "end" and re.match(r"\s*(?:after|in|by|on)\b", clause.rest):
        return None
    if lemma in ("close", "open", "trade", "end", "finish", "hit", "settle") and not measured:
        return None
    sentence = clause.parsed.sentence.text if clause.parsed else ""
    rest = sentence.replace(head.strip(), " ", 1)
    tied = DISPUTE.search(rest) or DEAL.search(rest) or _NEWS.search(rest)
    aloof = re.search(r"\b(?:gold|ether|bitcoin|crypto\w*|silver|S&P|CSI|Fed)\b", head, re.I)
    near = not aloof and (_nearby(clause, DISPUTE, 220) or _nearby(clause, _NEWS, 220))
    if not tied and (_OTHER_CAUSE.search(rest) or not near):
        return None
    return Event("market_move")


_PRICED = re.compile(
    rf"{MARKET.pattern}|\b(?:premium|box rates?|rates? for|spot rate|Nifty|Topix|TSX|Ibovespa|IPC|STOXX|Stoxx|CAC|SMI|ringgit|beans|bookings)\b",
    re.I,
)
_FLOWS = re.compile(
    r"\b(?:tariffs?|dut(?:y|ies)|exports?|imports?|shipments|sales|orders|output|growth|surplus|deficit|inventories|volumes?|visits)\b",
    re.I,
)
_INVESTORS = re.compile(
    r"\b(?:rates?|freight|boxes|prices?|shares?|stocks?|investors|traders|markets?|index|shareholders)\b",
    re.I,
)
_NEWS = re.compile(
    r"\b(?:Beijing|Washington|Brussels|Delhi|truce|announcement|threat|ban|curbs?|pause|White House|ruling|letter|post|summit|ceasefire|surcharge|levy|war)\b"
)
_OTHER_CAUSE = re.compile(
    r"\b(?:safe-haven|weather|frost|drought|rain|rate (?:cut|rise|hike|decision)|central bank|Fed|earnings|profit|storm|exchange|wallet|harvest|budget|election|results|inflation|crop|strike|pipeline|OPEC|jobs report)\b",
    re.I,
)


def _nearby(clause: Clause, pattern: re.Pattern[str], reach: int = 500) -> bool:
    """Whether the words just before the sentence, or in it, hold a pattern."""
    assert clause.parsed is not None
    start = max(0, clause.parsed.sentence.start - reach)
    return pattern.search(clause.parsed.text[start : clause.parsed.sentence.end]) is not None


def company_move(clause: Clause, context: Context) -> Event | None:
    """A firm that shifts production, sourcing, prices, orders or staff because of the dispute."""
    lemma, head = clause.verb.lemma, head_of(clause)[-80:]
    if re.search(r"\b(?:shares?|stocks?|jobs|tomorrow)\s*$", head, re.I):
        return None
    if lemma in (
        "plan",
        "begin",
        "start",
        "seek",
        "look",
        "expect",
        "hope",
        "decide",
        "announce",
        "want",
    ) and re.match(r"\s*to \w", clause.rest):
        return None
    if re.match(r"\s*(?:at|into|to|on) \w+ing\b", clause.rest):
        return None  # the verb after it tells
    if lemma not in FIRM or is_official(clause) or clause.verb.negated:
        return None
    listed = any(a.kind == "company" or (a.kind == "group" and FIRMS.search(a.name)) for a in clause.actors)
    own = context.voice == "firm" and re.search(r"\b(?:[Ww]e|[Tt]he (?:company|group|firm))\b", head)
    named = (
        not clause.actors
        and re.search(r"(?:^|[ “])[A-Z][\w&’'.-]+(?: [A-Z][\w&’'.-]+)*\s*$", head) is not None
    )
    handed = clause.verb.passive and FIRMS.search(clause.rest[:90])
    if not (listed or own or named or handed or FIRMS.search(head)):
        return None
    if named and re.search(r"\b(?:It|He|She|They|We|This|That|I|The|In|On|But|And)\s*$", head):
        return None
    if clause.verb.passive:
        by = re.match(r"\s*(?:[\w-]+ ){0,6}?by (?:the |its |most |some )?(?P<who>.{3,60})", clause.rest)
        firm = by is not None and (
            FIRMS.search(by["who"]) or any(a.kind == "company" for a in clause.objects)
        )
        return Event("company_move") if firm and _BUSINESS.search(head) else None
    if lemma in ("announce", "warn", "plan", "hope") and not _BUSINESS.search(clause.rest[:80]):
        return None
    if (
        lemma == "pass"
        and re.match(r"\s*(?:[\w-]+ ){1,5}on to\b", clause.rest)
        and DISPUTE.search(clause.rest[:60])
    ):
        return Event("company_move")
    traded = lemma in _TRADING and GOODS.search(clause.rest[:80])
    if not traded and not _BUSINESS.search(clause.rest[:140]):
        return None
    if not (context.trade >= 2 or _nearby(clause, DISPUTE) or own):
        return None
    return Event("company_move", lasting=False)


_TRADING = word_set(
    "stockpile buy sell ship stop halt hoard source order hold cancel switch divert resume suspend pause cut"
)
_BUSINESS = re.compile(
    r"\b(?:production|suppl(?:y|ies|iers)|sourc\w+|prices?|orders?|shipments?|output|plants?|factor(?:y|ies)|invest\w*|lines?|jobs|workers|people|exports?|imports?|sales|stock\w*|inventor\w+"
    r"|deliver\w+|capacity|purchas\w+|assembly|operations|shifts?|smelter|cargo\w*|vessels?|ships|contracts?|parts|models?|costs?|customers|buyers|warehouse\w*|routes?|goods|bottles|staff|surcharges?"
    r"|sand|metal|steel|chips|beans|cars|trucks?|exemption|billion|million|sites?|mills?|sailings|short time|guidance|forecast|tonnes|magnets|materials?|components|machines|tooling|furnace|chips?|plans?|toys|closure|works|layoffs|redundanc(?:y|ies)|making|made)\b",
    re.I,
)


def domestic_pressure(clause: Clause, context: Context) -> Event | None:
    """Industry, unions, voters or a legislature that press their own government, or suffer."""
    if clause.verb.lemma not in PRESSURE:
        return None
    head = head_of(clause)[-90:]
    people = HOME.search(head[-35:]) and all(a.kind == "country" for a in clause.actors)
    if _official_only(clause) and not people:
        return None
    if clause.verb.modal in ("should", "must", "can", "may") or re.search(r"\bif\b", clause.front, re.I):
        return None
    if not any(
        a.kind in ("group", "institution", "unknown") and HOME.search(f"{a.name} {a.role}")
        for a in clause.actors
    ) and not HOME.search(head):
        return None
    if clause.verb.passive and clause.verb.lemma not in ("hit", "hurt", "strike"):
        return None
    if clause.verb.lemma in ("suffer", "struggle", "lose", "hurt", "hit", "face", "feel"):
        sentence = clause.parsed.sentence.text if clause.parsed else ""
        return (
            Event("domestic_pressure", lasting=True)
            if DISPUTE.search(sentence) or context.trade >= 2
            else None
        )
    if clause.verb.lemma in ("march", "protest", "rally", "demonstrate", "petition", "lobby", "vote"):
        return Event("domestic_pressure", modality="done" if not clause.verb.modal else "")
    if clause.verb.lemma not in ("ask", "demand", "want", "urge") and not _DOMESTIC_OBJECT.search(
        clause.rest[:160]
    ):
        return None
    return Event("domestic_pressure", modality="wished")


def _official_only(clause: Clause) -> bool:
    return bool(clause.actors) and all(
        a.kind in ("country", "pair", "person") or (a.official and not HOME.search(a.name))
        for a in clause.actors
    )


def revised_forecast(clause: Clause, context: Context) -> Event | None:
    """ "UBS raised its forecast for growth": a judgement, told as an act."""
    if clause.verb.passive or clause.verb.lemma not in (
        "raise",
        "cut",
        "lower",
        "trim",
        "keep",
        "revise",
        "lift",
        "increase",
        "reduce",
    ):
        return None
    if not re.match(
        r"\s*(?:its|their|his|her|the) (?:[\w-]+ ){0,3}?(?:forecasts?|estimates?|outlook|projections?|price target)\b",
        clause.rest,
    ):
        return None
    return Event("assessment", modality="forecast")
