"""What the rules know of a whole article: its day, its actors, the two sides it is about."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from detente.reading.actors import Actor, ActorFinder
from detente.reading.article import Article
from detente.reading.namelists import country_of, lists
from detente.reading.passages import DISPUTE

_HYPOTHETICAL = re.compile(
    (
        r"\b(?:suppose|imagine|let us say|let's say|for instance|hypothetical\w*|in this example"
        r"|textbook|once upon|fictional|novel|in the game)\b"
    ),
    re.I,
)


@dataclass
class Context:
    """An article's day, actors and sides.

    Attributes:
        sides: labels of the countries named most, most often first.
        voice: whose "we" it is, by publisher and title: official, firm, expert, media or unknown.
        trade: how many words of trade and diplomacy it has.
        counts: how often each country is named.
        home: country of the dateline or the publisher, "" where neither tells.
        year: the year most often written, for days without one.
    """

    article: Article
    finder: ActorFinder
    published: date | None
    sides: list[str]
    year: int | None
    relevant: bool
    voice: str = "unknown"
    trade: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    home: str = ""

    @property
    def text(self) -> str:
        """The article's text."""
        return self.article.text

    def other_side(self, label: str) -> str:
        """The other of the two sides, if the article is about two."""
        if len(self.sides) >= 2 and label in self.sides[:2]:
            return self.sides[1] if self.sides[0] == label else self.sides[0]
        return ""

    def named(self, label: str, near: int) -> Actor | None:
        """How the text names a country: the mention nearest to a point, adjectives included."""
        spans = _country_spans(self.text).get(label)
        if not spans:
            return None
        start, end = min(spans, key=lambda span: abs(span[0] - near))
        return Actor(start, end, self.text[start:end], "", label, "country")


@lru_cache(maxsize=4)
def _country_spans(text: str) -> dict[str, list[tuple[int, int]]]:
    """Label -> where a text names the country."""
    found: dict[str, list[tuple[int, int]]] = {}
    for match in _country_words().finditer(text):
        label = country_of(match[0])
        if label:
            found.setdefault(label, []).append(match.span())
    return found


def context_of(article: Article) -> Context:
    """The context of an article whose day is settled."""
    finder = ActorFinder(article.text)
    body = article.text if not article.set_aside else _without(article)
    counts = Counter(
        label for m in _country_words().finditer(body) if (label := country_of(m[0])) and label != "WTO"
    )
    years = Counter(re.findall(r"\b(20[0-4]\d|19[5-9]\d)\b", body))
    counts.update(
        a.country
        for a in finder.within(0, len(article.text))
        if a.kind in ("institution", "person") and a.country not in ("", "WTO")
    )
    trade = len(DISPUTE.findall(body)) + len(_ABOUT.findall(body))
    return Context(
        article=article,
        finder=finder,
        published=article.published,
        sides=[label for label, _ in counts.most_common(4)],
        year=int(years.most_common(1)[0][0]) if years else None,
        relevant=_is_relevant(body, trade, counts, finder),
        voice=_voice_in(article, body),
        counts=counts,
        trade=trade,
        home=_home_of(article),
    )


_ABOUT = re.compile(
    r"\b(?:jets?|deal|talks|summit|curbs?|bans?|embargo|licen[cs]es?|freight|box(?:es)? rates?|tankers?|sanctions?|blockade|boycott|surcharges?|border|steel|dairy|accord|pact|digital services tax|readout|spoke by phone)\b",
    re.I,
)
_OFFICE_VOICE = re.compile(
    r"\b(?:remarks|press|briefing|transcript|hansard|diet|bundestag|sabha|commons|congress|ministry|minister|commission|council|office|gazette|government|department|embassy|white house|secretariat|bureau|register|journal|delegation|parliament|spokes\w+|president|mofcom|ustr|customs|treasury)\b",
    re.I,
)
_FIRM_VOICE = re.compile(
    r"\b(?:inc|plc|ltd|corp(?:oration)?|group|gmbh|s\.?a|holdings?|company|form (?:8-k|10-q|10-k)|annual report|quarterly|filing|shareholders?|interim)\b",
    re.I,
)
_EXPERT_VOICE = re.compile(
    r"\b(?:counsel|llp|law|partners|advisory|research|capital|bank|desk|economics|strategy|institute|consult\w+|securities|analytics|note|brokers?|freight|shipping|logistics|weekly|client|markets?)\b",
    re.I,
)


def voice_of(publisher: str, title: str) -> str:
    """Whose voice a text has where it says "we"."""
    for words in (publisher, title):
        if _EXPERT_VOICE.search(words):
            return "expert"
        if _FIRM_VOICE.search(words):
            return "firm"
        if _OFFICE_VOICE.search(words):
            return "official"
    return "unknown"


def _voice_in(article: Article, body: str) -> str:
    """The voice by publisher and title, else by what the text calls its own."""
    voice = voice_of(article.publisher, article.title)
    own = re.search(
        r"\b[Oo]ur (?:gross margin|customers|plants|suppliers|shareholders|products|stores|net sales|operating)\b|\b[Tt]he (?:Company|Group|Registrant)\b",
        body,
    )
    return "firm" if own and voice != "official" else voice


def _home_of(article: Article) -> str:
    """The country of the dateline's place, else of the publisher's name."""
    place = re.match(r"\W{0,3}([A-Z][A-Z ]{2,20})\b", article.text)
    if place:
        label = country_of(place[1].strip().title()) or country_of(place[1].strip())
        if label:
            return label
    found = countries_in(article.publisher, 0, len(article.publisher))
    return found[0].country if found else ""


def _is_relevant(body: str, trade: int, counts: Counter[str], finder: ActorFinder) -> bool:
    """Whether a text may report acts of a dispute: real countries or institutions, and words of trade or diplomacy."""
    from detente.reading.lexicon import DEAL, MEASURE, TALK_CORE

    if _HYPOTHETICAL.search(body) and sum(counts.values()) < 3:
        return False
    named = [a for a in finder.within(0, len(finder.text)) if a.kind in ("institution", "person")]
    if not counts:
        return bool(DISPUTE.search(body)) and any(a.official or a.role in ("court", "body") for a in named)
    if trade:
        return True
    return len(counts) >= 2 and bool(
        MEASURE.search(body) or DEAL.search(body) or TALK_CORE.search(body) or named
    )


def _without(article: Article) -> str:
    cut, at = [], 0
    for start, end, _ in article.set_aside:
        cut.append(article.text[at:start])
        at = end
    return "".join([*cut, article.text[at:]])


_cached: list[re.Pattern[str]] = []


def _country_words() -> re.Pattern[str]:
    if not _cached:
        known = lists()
        words = sorted({*known.countries, *known.adjectives}, key=len, reverse=True)
        _cached.append(re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, words))})(?!\w)"))
    return _cached[0]


def countries_in(text: str, start: int, end: int) -> list[Actor]:
    """The countries a span names, by name, adjective or capital, in order."""
    found = []
    for match in _country_words().finditer(text, start, end):
        label = country_of(match[0])
        if label:
            found.append(Actor(match.start(), match.end(), match[0], "", label, "country"))
    return found
