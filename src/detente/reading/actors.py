"""Who acts and who speaks: persons with their offices, institutions, countries, groups, and their aliases.

A person or institution is found by name lists (`names/`) and by form: an office before a capitalised name
("Commerce Minister Wang Wentao"), an office after it ("Dan Wang of Eurasia Group"), or a phrase that names
a body ("the Ministry of Commerce"). Later short forms ("Ma", "the ministry", "he") refer back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from detente.reading.lexicon import word_set
from detente.reading.namelists import NAME, OFFICE, ORG_HEAD, NameLists, any_of, country_of, lists


@dataclass(frozen=True)
class Actor:
    """An actor where it is mentioned.

    Attributes:
        start, end: span in the text.
        name: the full name where known, else the words.
        role: office or kind of body, as far as the text says; "" for a country.
        country: label of `core.places`, or "" where the text does not say.
        kind: person, institution, country, group, company, media, pair (the two sides) or pronoun.
    """

    start: int
    end: int
    name: str
    role: str
    country: str
    kind: str

    @property
    def official(self) -> bool:
        """Whether a government, or someone who speaks for one."""
        if self.kind in ("country", "pair"):
            return True
        return self.kind in ("person", "institution", "group") and bool(
            _OFFICIAL.search(f"{self.role} {self.name}")
        )


_OFFICIAL = re.compile(
    r"\b(?:president|prime minister|premier|minister|ministry|secretary|chancellor"
    r"|commissioner|commission|ambassador"
    r"|envoy|negotiator|spokes\w+|government|administration|official|authorit(?:y|ies)|white house|department"
    r"|trade representative|USTR|foreign ministry|cabinet|state council|governor|delegation"
    r"|diplomat|parliament"
    r"|congress|senat(?:e|or)|treasury|customs|bureau|council|chief of staff|vice[- "
    r"]president|lawmaker|leader"
    r"|director[- ]general|MOFCOM|embassy|adviser|advisor|press secretary|MP|MEP|regulator"
    r"|agency|central bank)(?:s|ies|es)?\b",
    re.I,
)

_PAIR = re.compile(
    r"\b(?:[Bb]oth|[Tt]he two|[Tt]wo|[Ee]ach) (?:(?:finance|trade|foreign|prime|economy|commerce|agriculture) )?"
    r"(?:sides?|countries|governments|nations|parties|powers|economies|capitals|leaders|delegations|ministers|presidents|teams|partners|negotiators|envoys|delegates)\b"
    r"|\b[Tt]he (?:sides|parties|two)\b(?= (?:have|had|agreed|will|are|were|said|held|met|also|spoke|exchanged))"
)
_PRONOUN = re.compile(r"\b(?:[Hh]e|[Ss]he|[Ii]t|[Tt]hey)\b(?! Lifeng| Yadong| Yongqian)")
_COMMON_NAMES = frozenset(
    [
        "Li",
        "He",
        "Ma",
        "Lin",
        "Guo",
        "Mao",
        "Wang",
        "Liu",
        "Lee",
        "Cook",
        "Tai",
        "Powell",
        "Rubio",
        "Perdue",
        "Jian",
        "Farrell",
        "Huang",
    ]
)
_NOT_NAMES = word_set(
    "The A An In On At But It He She They We This That These Those Both However Meanwhile "
    "January February March April May June"
    " July August September October November December Monday Tuesday Wednesday Thursday "
    "Friday Saturday Sunday"
)
_AFTER_NAME = re.compile(
    rf"^,? (?:(?:an?|the) )?(?P<role>(?:[\w’'\-]+ ){{0,4}}?{OFFICE}(?: for [A-Z]\w+(?: "
    rf"[A-Z]\w+)?)?)(?: (?:of|at|for|with|in) (?:the )?(?P<org>[A-Z][\w&’'\-]+(?: (?:of|for"
    rf"|and|on|the|[A-Z][\w&’'\-]+))*))?"
)
_OF_ORG = re.compile(
    r"^ (?:of|from|at) (?:the )?(?P<org>[A-Z][\w&’'\-]+(?: (?:of|for|and|[A-Z][\w&’'\-]+))*)"
)


_OFFICE_HEADS = re.compile(
    r"president|minister|secretary|premier|chancellor|commissioner|ambassador|envoy|negotiator|spokes|representative|governor|senator|chair|executive|CEO|director|advis|economist"
    r"|analyst|professor|strategist|lawyer|judge|justice|counsel|leader|head|fellow|researcher|official|farmer|manager|partner|diplomat|delegation",
    re.I,
)
_BODY_HEADS = re.compile(
    r"mission|ministries|ministry|department|authority|office|bureau|embassy|cabinet|central bank|parliament|commission|customs|government|administration|court|panel|tribunal",
    re.I,
)


def _around(
    pattern: re.Pattern[str], heads: re.Pattern[str], text: str, before: int, after: int
) -> Iterator[re.Match[str]]:
    """Matches of a slow pattern, looked for only near the words that it must hold."""
    start = end = -1
    windows: list[list[int]] = []
    for head in heads.finditer(text):
        start, end = max(0, head.start() - before), min(len(text), head.end() + after)
        start = text.rfind(" ", 0, start) + 1
        if windows and start <= windows[-1][1]:
            windows[-1][1] = end
        else:
            windows.append([start, end])
    for first, last in windows:
        for found in pattern.finditer(text, first, last):
            # a match that the window cuts short is taken again without it
            yield (pattern.match(text, found.start()) or found) if found.end() >= last - 1 else found


class ActorFinder:
    """All mentions of actors in a text, short forms resolved.

    Args:
        text: the article's text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._taken: list[Actor] = []
        self._surnames: dict[str, Actor] = {}
        self._find()

    def _find(self) -> None:
        known = lists()
        for found in _PAIR.finditer(self.text):
            self._add(found, found[0], "", "", "pair")
        for found in known.joint.finditer(self.text):
            self._add(found, found[0], "", "", "pair")
        for step in (self._persons_listed, self._persons_titled, self._persons_with_role):
            step(known)
        for found in known.institution.finditer(self.text):
            country, kind = known.institutions[found["name"]]
            country = self._owner(found.start()) or country
            role = "" if kind in ("government", "media") else kind
            self._add(found, found["name"], role, country, "media" if kind == "media" else "institution")
        self._generic_bodies(known)
        for found in known.bodies.finditer(self.text):
            self._body(found, known)
        for found in _around(known.unnamed, _OFFICE_HEADS, self.text, 70, 20):
            country = country_of(found["country"]) if found["country"] else ""
            self._add(found, found[0], found["office"], country, "person")
        for found in _around(known.group, known.group_heads, self.text, 60, 3):
            country = country_of(found["country"]) if found["country"] else ""
            if found["what"] == "side" and not country:
                continue
            if found["what"] == "side":
                self._add(found, found[0], "", country, "country")
            else:
                self._add(found, found[0], found["what"], country, "group")
        for found in known.country.finditer(self.text):
            self._country(found, known)
        self._short_names()
        self._taken.sort(key=lambda actor: actor.start)

    def _owner(self, at: int) -> str:
        """The country whose institution it is by the word right before it: "Mexico's Senate", "the Brazilian Congress"."""
        before = re.search(r"\b([A-Z][\w.]+(?: [A-Z][\w.]+)?)(?:[’']s?)? $", self.text[max(0, at - 40) : at])
        return (country_of(before[1]) or country_of(before[1].split()[-1])) if before else ""

    def _free(self, start: int, end: int) -> bool:
        return not any(a.start < end and start < a.end for a in self._taken)

    def _add(
        self, found: re.Match[str], name: str, role: str, country: str, kind: str,
        span: tuple[int, int] | None = None,
    ) -> bool:  # fmt: skip
        start, end = span or found.span()
        if not self._free(start, end):
            return False
        actor = Actor(start, end, name.strip(), role.strip(), country, kind)
        self._taken.append(actor)
        if kind == "person":
            for short in self._shorts(actor.name):
                self._surnames.setdefault(short, actor)
        return True

    @staticmethod
    def _shorts(name: str) -> Iterator[str]:
        """How a name may be shortened: surnames stand last, in Chinese and Korean names first."""
        parts = [p for p in name.split() if p[0].isupper() and len(p) > 1]
        if len(parts) >= 2:
            yield parts[-1]
            yield parts[0]
            yield f"President {parts[-1]}"

    def _persons_listed(self, known: NameLists) -> None:
        for found in known.person.finditer(self.text):
            name, office, country = known.persons[found["name"]]
            start, said = self._office_before(found.start(), known)
            self._add(found, name, said or office, country, "person", (start, found.end()))

    def _office_before(self, at: int, known: NameLists) -> tuple[int, str]:
        lead = self.text[max(0, at - 90) : at]
        found = known.office.search(lead)
        return (at - len(lead) + found.start(), found["office"]) if found else (at, "")

    def _persons_titled(self, known: NameLists) -> None:
        for found in _around(known.titled, _OFFICE_HEADS, self.text, 70, 70):
            name = re.sub(r"['’]s?$", "", found["name"])
            words = name.split()
            while words and words[-1] in _NOT_NAMES:
                words.pop()
            if not words or words[0] in _NOT_NAMES or country_of(name) or re.search(ORG_HEAD, name):
                continue
            name = " ".join(words)
            start = found.start("name")
            if (
                found["office"].lower() in ("head", "leader", "official", "partner", "manager", "farmer")
                and len(words) < 2
            ):
                continue
            country = country_of(found["country"]) if found["country"] else ""
            country = country or self._country_of_office(found["office"])
            listed = [
                p for p in known.persons.values() if p[0].split()[-1] == name or p[0].split()[0] == name
            ]
            if len(words) == 1 and listed:
                country = listed[0][2]
            self._add(
                found, name, found["office"], country, "person", (found.start(), start + len(" ".join(words)))
            )

    @staticmethod
    def _country_of_office(office: str) -> str:
        if re.search(
            (
                r"Secretary of (?:State|Commerce|the Treasury|Treasury)|Treasury Secretary"
                r"|Commerce Secretary|White House|Trade Representative"
            ),
            office,
        ):
            return "USA"
        return ""

    def _persons_with_role(self, known: NameLists) -> None:
        """A name followed by its role ("Dan Wang, director for China at Eurasia Group")."""
        for found in re.finditer(NAME, self.text):
            words = found[0].split()
            if (
                len(words) < 2
                or words[0] in _NOT_NAMES
                or country_of(words[0])
                or not self._free(*found.span())
            ):
                continue
            after = self.text[found.end() : found.end() + 160]
            said = re.search(
                r"(?:said|told|says|says that|according to|stated|warned|noted|argued|by) $",
                self.text[max(0, found.start() - 14) : found.start()],
            )
            role = _AFTER_NAME.match(after) if after.startswith(",") else None
            of = _OF_ORG.match(after) if said else None
            if role:
                self._add(
                    found,
                    found[0],
                    f"{role['role']}{', ' + role['org'] if role['org'] else ''}",
                    self._nearby(role[0]),
                    "person",
                )
            elif of:
                self._add(found, found[0], of["org"], country_of(of["org"].split()[0]), "person")
            elif (
                said
                and not re.search(ORG_HEAD, found[0])
                and found[0] not in known.countries
                and found[0] not in known.institutions
            ):
                self._add(found, found[0], "", "", "person")

    @staticmethod
    def _nearby(words: str) -> str:
        for found in lists().country.finditer(words):
            return country_of(found["side"] or found["name"])
        adjective = re.search(rf"\b({lists().adjective})\b", words)
        return country_of(adjective[1]) if adjective else ""

    def _generic_bodies(self, known: NameLists) -> None:
        last: dict[str, Actor] = {}
        for found in _around(known.generic, _BODY_HEADS, self.text, 60, 40):
            what = found["what"]
            country = country_of(found["adjective"]) if found["adjective"] else self._belongs(found.end())
            head = what.split()[-1].lower()
            if not country and head in last:
                country = last[head].country
            country = country or self._usual(what)
            if what.lower() in ("government", "administration"):
                if country:
                    self._add(found, found[0], "government", country, "institution")
                continue
            if (
                self._add(
                    found, found[0].removeprefix("the ").removeprefix("The "), what, country, "institution"
                )
                and country
            ):
                last[head] = self._taken[-1]

    @staticmethod
    def _usual(what: str) -> str:
        """Bodies that one country alone calls so."""
        return (
            "USA"
            if re.search(r"(?:Commerce|Treasury|State|Energy|Agriculture) Department|Department of", what)
            else ""
        )

    def _belongs(self, at: int) -> str:
        found = re.match(
            rf" (?:of|in) (?:the )?({any_of(list(lists().countries))})\b", self.text[at : at + 60]
        )
        return country_of(found[1]) if found else ""

    def _body(self, found: re.Match[str], known: NameLists) -> None:
        words = found[0]
        first = words.split()[0]
        start = found.start()
        if first in _NOT_NAMES:
            start += len(first) + 1
            words = words[len(first) + 1 :]
        if not words or re.search(r"\band (?:the )?(?:" + any_of(list(known.countries)) + r")\b", words):
            return
        lead = re.match(rf"({known.adjective})\b", words)
        company = re.search(
            r"\b(?:Group|Corp(?:oration)?|Inc|Ltd|Company|Co|Technologies|Motors?|Steel)$", words
        )
        kind = "company" if company else "institution"
        self._add(
            found,
            words,
            "" if company else "body",
            country_of(lead[1]) if lead else "",
            kind,
            (start, found.end()),
        )

    def _country(self, found: re.Match[str], known: NameLists) -> None:
        words = found["side"] or found["name"]
        end = found.end()
        if not found["side"]:
            after = self.text[end : end + 40]
            if words in known.adjectives and re.match(r" (?![a-z]*(?:ed|ing|s)\b)[a-z]+", after) and not re.match(

r" (?:and|or|to|in|on|at|for|with|from|will|would|has|had|have|is|are|was"
r"|were|may|might|could|can|should|must|said|did|does"


r"|that|which|who|by|as|not|also|wants?|if|when|while|until|after|before|of"
r"|over|because|but|then|told|put|cut|set|let|met|made|took|began|hit|kept"
r"|withdrew|sought|agrees?)\b"
 , after
            ):  # fmt: skip
                return
        place = words in known.seats and re.search(
            r"\b(?:in|at|near|outside|to) (?:the )?$",
            self.text[max(0, found.start() - 12) : found.start()],
        )
        self._add(found, words, "", country_of(words), "place" if place else "country")

    def _short_names(self) -> None:
        for name, office, country in lists().persons.values():
            surname = name.split()[0] if country in ("CHN", "KOR") else name.split()[-1]
            if (
                surname not in _COMMON_NAMES
                and surname in self.text
                and re.search(rf"(?<![\w’'-]){re.escape(surname)}(?![\w-])", self.text)
            ):
                self._surnames.setdefault(surname, Actor(0, 0, surname, office, country, "person"))
        if not self._surnames:
            return
        pattern = re.compile(rf"(?<![\w’'-])(?P<name>{any_of(list(self._surnames))})(?![\w-])")
        for found in pattern.finditer(self.text):
            whole = self._surnames[found["name"]]
            if found["name"] == "He" and re.match(r" (?!told|met|and|said|,)", self.text[found.end() :]):
                continue
            if found["name"] in _NOT_NAMES and found["name"] != "He":
                continue
            self._add(found, whole.name, whole.role, whole.country, "person")

    def within(self, start: int, end: int) -> list[Actor]:
        """The mentions inside a span, in order."""
        return [actor for actor in self._taken if start <= actor.start and actor.end <= end]

    def before(self, at: int) -> list[Actor]:
        """The mentions before a point, nearest first."""
        return [actor for actor in reversed(self._taken) if actor.end <= at]

    def pronouns(self, start: int, end: int) -> list[Actor]:
        """Personal pronouns in a span, each resolved to the actor it most likely means."""
        found = []
        for match in _PRONOUN.finditer(self.text, start, end):
            if not self._free(*match.span()):
                continue
            meant = self._meant(match[0].lower(), match.start())
            if meant is not None:
                found.append(replace(meant, start=match.start(), end=match.end()))
        return found

    def _meant(self, pronoun: str, at: int) -> Actor | None:
        wanted = {
            "he": ("person",),
            "she": ("person",),
            "it": ("country", "institution", "company"),
            "they": ("group", "pair", "institution", "country"),
        }
        near = [a for a in self.before(at) if at - a.end < 600 and a.kind in wanted[pronoun]]
        if not near:
            return None
        begin = max(self.text.rfind(stop, 0, at - 1) for stop in (". ", "\n", "? ", "! ", ".” ", '." '))
        # The subject of the sentence before is the likeliest; then whoever was named last.
        previous = max(
            self.text.rfind(stop, 0, max(0, begin - 1)) for stop in (". ", "\n", "? ", "! ", ".” ", '." ')
        )
        subjects = [a for a in near if previous <= a.start < begin]
        return min(subjects, key=lambda a: a.start) if subjects else near[0]
