"""Names of countries, institutions and persons, and the forms by which others are known as names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMES = Path(__file__).with_name("names")


OFFICE = (
    r"(?:(?:[Ff]ormer|[Nn]ew|[Aa]cting|[Cc]hief|[Dd]eputy|[Vv]ice|[Ss]enior|[Tt]op|[Ll]ead"
    r"|[Aa]ssistant|[Uu]nder)[ -])*"
    r"(?:(?:[Ff]oreign|[Tt]rade|[Cc]ommerce|[Ff]inance|[Ee]conomy|[Ee]conomic|[Ii]ndustry"
    r"|[Aa]griculture|[Tt]reasury|[Ee]nergy"
    r"|[Dd]efen[cs]e|[Tt]ransport|[Ii]nternational|[Ss]tate|[Pp]ress|[Aa]ffairs"
    r"|[Ee]nvironment|[Ff]isheries|[Ii]nterior"
    r"|[Ww]hite [Hh]ouse|[Mm]inistry|[Cc]ommission|[Gg]overnment|[Ee]mbassy|[Dd]epartment"
    r"|[Tt]echnology|[Ii]nvestment)"
    r"(?: (?:and|&) [A-Z]\w+)? )*"
    r"(?:[Pp]resident|[Pp]rime [Mm]inister|[Pp]remier|[Mm]inister|[Ss]ecretary(?: of (?:State"
    r"|Commerce|(?:the )?Treasury|Agriculture|Energy))?"
    r"|[Cc]hancellor|[Cc]ommissioner|[Aa]mbassador(?: to (?:the )?[A-Z]\w+(?: [A-Z]\w+)?)?"
    r"|[Ee]nvoy|[Nn]egotiator|[Ss]pokes(?:man|woman|person)"
    r"|[Rr]epresentative|[Gg]overnor|[Ss]enator|[Cc]hair(?:man|woman|person)?|[Cc]hief "
    r"[Ee]xecutive(?: [Oo]fficer)?|CEO|[Dd]irector(?:-[Gg]eneral| [Gg]eneral)?"
    r"|[Aa]dviser|[Aa]dvisor|[Ee]conomist|[Aa]nalyst|[Pp]rofessor|[Ss]trategist|[Ll]awyer"
    r"|[Jj]udge|[Jj]ustice|[Cc]ounsel(?:l?or)?|[Ll]eader|[Hh]ead"
    r"|[Uu]ndersecretary|[Ff]ellow|[Rr]esearcher|[Oo]fficial|[Ff]armer|[Mm]anager|[Pp]artner)"
)


NAME = (
    r"(?:(?:[A-Z][\w’'\-]+|[A-Z]\.)(?: (?:[A-Z][\w’'\-]+|[A-Z]\.|von|van|der|den|de|da|dos|la|bin"
    r"|al-\w+|al)){0,4})"
)


ORG_HEAD = (
    r"(?:Coalition|Growers|Producers|Farmers|Manufacturers|Exporters|Importers|Guild|Lobby|Mission|Ministry|Department|Commission|Association|Council|Chamber|Federation|Union"
    r"|Institute|Institution|Cent(?:er|re)|University"
    r"|Bank|Court|Tribunal|Organi[sz]ation|Agency|Authority|Bureau|Office|Board|Committee"
    r"|Administration|Group|Corp(?:oration)?"
    r"|Inc|Ltd|Company|Co|Foundation|Economics|Capital|Securities|Research|Partners"
    r"|Technologies|Motors?|Steel|Alliance"
    r"|Confederation|Society|School|Panel|Body|Forum|Fund|Delegation|Embassy|Secretariat"
    r"|Customs|Consulting|Analytics|Advisory)"
)


GENERIC = (
    r"\b(?:[Tt]he )?(?:(?P<adjective>{adjectives}) )?(?P<what>(?:[Cc]ommerce|[Tt]rade"
    r"|[Ff]oreign|[Ff]inance|[Ee]conomy|[Aa]griculture|[Ii]ndustry"
    r"|[Tt]reasury|[Ss]tate|[Ee]nergy|[Cc]ustoms|[Tt]axation|[Dd]efen[cs]e)(?: (?:and|&) "
    r"[A-Za-z]+)? (?:[Mm]inistry|[Dd]epartment|[Aa]uthority|[Oo]ffice|[Bb]ureau)"
    r"|[Mm]inistry of [A-Z]\w+(?:,? (?:and|&) [A-Z]\w+)?|[Dd]epartment of (?:the )?[A-Z]\w+"
    r"|[Mm]inistry|[Ee]mbassy(?: in [A-Z]\w+)?|[Mm]ission|(?:\w+ and \w+ )?[Mm]inistries|[Cc]abinet(?! [Ss]ecretary| [Oo]ffice)"
    r"|[Cc]entral [Bb]ank|[Pp]arliament|[Tt]rade [Cc]ommission|[Cc]ustoms(?= (?:said"
    r"|announced|will))|[Gg]overnment|[Aa]dministration"
    r"|(?:[Tt]rade |[Aa]ppeals |[Ff]ederal |[Hh]igh |[Ss]upreme )+[Cc]ourt|[Cc]ourt|(?:WTO "
    r"|[Dd]ispute |[Aa]rbitration )?[Pp]anel|[Tt]ribunal)\b"
)


GROUPS = (
    r"analysts?|economists?|experts?|observers?|scholars?|academics?|researchers?|traders"
    r"|investors|strategists|lawyers"
    r"|officials?|negotiators?|diplomats?|ministers|leaders|lawmakers|senators|authorities"
    r"|regulators|delegations?|envoys?"
    r"|spokes(?:man|woman|person|people)|representatives|side"
    r"|farmers?|growers?|producers?|importers?|exporters?|retailers?|manufacturers?"
    r"|businesses|companies|firms|consumers|unions?"
    r"|industry(?: groups?| bod(?:y|ies)| associations?)?|(?:farm|business|trade|lobby"
    r"|consumer|industry) (?:groups?|lobby|lobbies|bod(?:y|ies)|associations?)"
    r"|lobby|lobbies|(?:car|steel|farm|dairy|wine|trade|retail|industry|employers|business|textile|fishing|auto|truckers|growers)[’']? (?:associations?|federations?|chamber|coalition|alliance|lobby|council|body)|shoppers|workers|carmakers|automakers|chipmakers|steelmakers|winemakers|distillers"
    r"|fishermen|shippers|suppliers|insiders|sources?"
)


MODIFIERS = (
    r"(?:[Mm]any|[Ss]ome|[Ss]everal|[Ss]enior|[Tt]op|[Ii]ndependent|[Ll]egal|[Mm]arket"
    r"|[Dd]omestic|[Ss]mall|[Ll]arge|[Oo]ther|[Tt]wo|[Tt]hree"
    r"|[Ff]arm|[Ll]ocal|[Tt]rade|[Ii]ndustry|[Gg]overnment|[Pp]rivate|[Mm]ost|[Aa] number of"
    r"|[Cc]ustoms|[Cc]hief|[Ff]oreign|[Bb]usiness|[Dd]airy"
    r"|[Pp]ork|[Ss]oybean|[Ww]heat|[Bb]arley|[Ww]ine|[Ss]teel|[Cc]ar|[Aa]uto|[Ll]umber"
    r"|[Tt]extile|[Cc]offee|[Ss]eafood|[Bb]eef|[Ss]olar|[Cc]hip|[Uu]nnamed)"
)


def _rows(name: str) -> Iterator[list[str]]:
    for line in (NAMES / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [*line.split("\t"), "", "", ""][:4]


def any_of(words: list[str]) -> str:
    """An alternation of words as a pattern, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@dataclass(frozen=True)
class NameLists:
    """The name lists of `names/`, and the patterns made of them and of the forms of names."""

    countries: dict[str, str]
    adjectives: dict[str, str]
    seats: frozenset[str]
    institutions: dict[str, tuple[str, str]]
    persons: dict[str, tuple[str, str, str]]
    country: re.Pattern[str]
    adjective: str
    institution: re.Pattern[str]
    person: re.Pattern[str]
    generic: re.Pattern[str]
    group: re.Pattern[str]
    group_heads: re.Pattern[str]
    titled: re.Pattern[str]
    joint: re.Pattern[str]
    office: re.Pattern[str]
    unnamed: re.Pattern[str]
    bodies: re.Pattern[str]


@cache
def lists() -> NameLists:
    """The name lists and the patterns made of them."""
    countries: dict[str, str] = {}
    adjectives: dict[str, str] = {}
    seats: set[str] = set()
    for label, names, words, capitals in _rows("countries.tsv"):
        countries |= {name: label for name in names.split(";") if name}
        adjectives |= {word: label for word in words.split(";") if word}
        seats |= {seat for seat in capitals.split(";") if seat}
        countries |= {seat: label for seat in capitals.split(";") if seat}
    institutions = {n: (c, k) for names, c, k, _ in _rows("institutions.tsv") for n in names.split(";")}
    persons = {name: (name, office, country) for name, office, country, _ in _rows("persons.tsv")}
    adjective = any_of(
        list(adjectives)
        + [
            c
            for c in countries
            if c in ("UK", "EU", "US", "U.S.", "U.K.", "India", "China", "Canada", "Japan")
        ]
    )
    possessive = rf"(?:{adjective}|(?:{any_of(list(countries))})['’]s)"
    return NameLists(
        countries=countries,
        adjectives=adjectives,
        seats=frozenset(seats),
        institutions=institutions,
        persons=persons,
        country=re.compile(
            rf"(?<![\w.])(?:[Tt]he )?(?:(?P<side>{adjective}|(?:{any_of(list(countries))})) (?:side|government|authorities"
            rf"|administration)|(?P<name>{any_of(list(countries))}))(?![\w])"
        ),
        adjective=adjective,
        institution=re.compile(rf"\b(?:[Tt]he )?(?P<name>{any_of(list(institutions))})(?!\w)"),
        person=re.compile(rf"\b(?P<name>{any_of(list(persons))})\b"),
        generic=re.compile(GENERIC.replace("{adjectives}", possessive)),
        group=re.compile(
            (
                rf"\b(?:[Tt]he )?(?:{MODIFIERS} )*(?:(?P<country>{possessive}) )?(?:{MODIFIERS} "
                rf")*(?P<what>(?i:{GROUPS}))\b"
            ),
        ),
        joint=re.compile(
            rf"\b(?:[Ss]enior |[Tt]op |[Tt]rade )*(?:{adjective}) and (?:{adjective}) (?:[a-z]+ ){{0,2}}?(?:officials|negotiators|ministers|leaders|diplomats|delegations|envoys|governments|presidents|teams|counterparts|representatives)\b"
        ),
        group_heads=re.compile(rf"\b(?i:{GROUPS})\b"),
        titled=re.compile(rf"\b(?:(?P<country>{possessive}) )?(?P<office>{OFFICE}),? (?P<name>{NAME})"),
        unnamed=re.compile(
            rf"(?<![\w.])(?:(?:[Tt]he|[Aa]n?|[Tt]wo|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|THE) )?(?:(?P<country>{possessive}) )?(?:(?:[Pp]rime|[Ff]oreign|[Tt]rade|[Ff]inance|[Cc]ommerce|[Ee]conomy|[Aa]griculture|[Ii]ndustry|[Tt]reasury|[Vv]ice|[Dd]eputy|[Ss]enior|[Tt]op|[Cc]hief|[Ff]ormer|[Dd]efen[cs]e|[Gg]overnment|[Mm]inistry|[Cc]abinet|[Ee]mbassy|[Ss]tate|[Oo]pposition|[Ll]ead) )*"
            rf"(?P<office>(?:[Pp]resident|PRESIDENT|[Mm]inister|MINISTER|[Ss]ecretary(?: of (?:state|commerce|the treasury))?|[Pp]remier|[Cc]hancellor|[Cc]ommissioner|[Aa]mbassador|[Ee]nvoy|[Nn]egotiator|[Ss]pokes(?:man|woman|person)|[Oo]fficial|[Ll]eader|[Dd]iplomat|[Rr]epresentative|[Dd]elegation))(?! [A-Z][a-z])\b"
        ),
        office=re.compile(rf"(?:\b(?:[Tt]he )?(?P<country>{possessive}) )?\b(?P<office>{OFFICE}),? $"),
        bodies=re.compile(
            rf"\b(?:(?:[A-Z][\w&’'\-]+|U\.S\.) )+(?:of |for |and |on |the |in |[A-Z][\w&’'\-]+ "
            rf")*{ORG_HEAD}\b(?: (?:of|for|on) (?:the )?[A-Z]\w+(?:,? (?:and|&|[A-Z]\w+))*)?"
        ),
    )


def country_of(words: str) -> str:
    """The label of a country, adjective or capital; a possessive ending is taken off."""
    known = lists()
    plain = re.sub(r"['’]s$", "", words.removeprefix("the ").removeprefix("The ").strip())
    return known.countries.get(plain) or known.adjectives.get(plain) or ""
