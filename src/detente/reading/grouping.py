"""Articles that tell one story, and proposals that tell one event; who speaks for whom counts once.

Near-duplicates share most of their word runs. Two articles descend from one origin where they share an
agency they name, or where they quote the same outside voices on the same things: two newsrooms seldom call
the same three analysts on one day.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

from detente.reading.article import Article
from detente.reading.context import Context
from detente.reading.passages import Sentence

if TYPE_CHECKING:
    from detente.reading.propose import ArticleReading

HASHES = 48
RUN_WORDS = 4
NEAR_DUPLICATE = 0.5
DAYS_APART = 4
SAME_VOICES = 3
NEWEST = 40
"""How many of the newest events of one doer and month a proposal is compared with."""
SAME_STORY = 0.3
_AGENCY = re.compile(
    (
        r"\((Reuters|AP|AFP|Xinhua|Bloomberg|Kyodo|Yonhap|dpa|ANI|PTI)\)|\b(?:according to|told"
        r"|reported by|source:?|by) (Reuters|Bloomberg|AFP|Agence France-Presse|the Associated "
        r"Press|Associated Press|AP|Xinhua|Kyodo|Yonhap|Nikkei)\b"
    ),
    re.I,
)


def sketch_of(article: Article, sentences: Sequence[Sentence], context: Context) -> dict[str, Any]:
    """What grouping needs of an article once its text is gone: hashes of word runs, voices, agencies."""
    words = re.findall(r"\w+", " ".join(s.text for s in sentences).lower())
    runs = {" ".join(words[n : n + RUN_WORDS]) for n in range(max(1, len(words) - RUN_WORDS + 1))}
    numbers = [int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big") for run in runs]
    span = (sentences[0].start, sentences[-1].end) if sentences else (0, 0)
    voices = {a.name for a in context.finder.within(*span) if a.kind in ("person", "company")}
    agencies = {
        next(filter(None, m.groups())).lower().removeprefix("the ") for m in _AGENCY.finditer(article.text)
    }
    outside = {a.name for a in context.finder.within(*span) if a.kind == "person" and not a.official}
    return {
        "runs": sorted(numbers)[:HASHES],
        "voices": sorted(voices),
        "outside": sorted(outside),
        "agencies": sorted(agencies),
    }


def _alike(one: Sequence[int], other: Sequence[int]) -> float:
    """Share of word runs in common, estimated from the smallest hashes."""
    both = sorted({*one, *other})[:HASHES]
    return sum(h in one and h in other for h in both) / len(both) if both else 0.0


def _days_apart(one: ArticleReading, other: ArticleReading) -> int:
    days = [str(r.facts["published"]) for r in (one, other) if r.facts.get("published")]
    if len(days) < 2:
        return 0
    return abs((date.fromisoformat(days[0]) - date.fromisoformat(days[1])).days)


def origins_of(readings: Sequence[ArticleReading]) -> dict[str, str]:
    """File -> file of the first article of its origin."""
    parent = {r.file: r.file for r in readings}

    def _root(file: str) -> str:
        while parent[file] != file:
            file = parent[file]
        return file

    for one, other in _candidates(readings):
        if _root(one.file) != _root(other.file) and same_origin(one, other):
            parent[_root(other.file)] = _root(one.file)
    return {r.file: _root(r.file) for r in readings}


def _candidates(readings: Sequence[ArticleReading]) -> list[tuple[ArticleReading, ArticleReading]]:
    """Pairs worth comparing: they share a hash or a voice. Common ones are passed over."""
    shelves: dict[Any, list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        for mark in (*reading.sketch.get("runs", ()), *reading.sketch.get("voices", ())):
            shelves[mark].append(number)
    pairs: set[tuple[int, int]] = set()
    for shelf in shelves.values():
        if 1 < len(shelf) <= 60:
            pairs.update(combinations(shelf, 2))
    return [(readings[a], readings[b]) for a, b in sorted(pairs)]


def same_origin(one: ArticleReading, other: ArticleReading) -> bool:
    """Whether two articles descend from one origin: a copy, or the same voices on the same story."""
    if _days_apart(one, other) > DAYS_APART:
        return False
    if _alike(one.sketch.get("runs", ()), other.sketch.get("runs", ())) >= NEAR_DUPLICATE:
        return True
    first, second = set(one.sketch.get("voices", ())), set(other.sketch.get("voices", ()))
    shared = first & second
    smaller = min(len(first), len(second))
    if len(shared) < SAME_VOICES or not smaller or len(shared) / smaller < 0.6:
        return False
    outside = set(one.sketch.get("outside", ())) & set(other.sketch.get("outside", ()))
    agency = set(one.sketch.get("agencies", ())) & set(other.sketch.get("agencies", ()))
    return bool(outside or agency) and same_story(one, other) >= SAME_STORY


def same_story(one: ArticleReading, other: ArticleReading) -> float:
    """Share of the shorter article's proposals that the other tells too."""
    fewer, more = sorted((one.proposals, other.proposals), key=len)
    if not fewer:
        return 0.0
    return sum(any(same_event(a, b) for b in more) for a in fewer) / len(fewer)


def same_event(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two proposals of different articles tell one event."""
    if one["act"] != other["act"]:
        return False
    days = {p["date"] for p in (one, other) if isinstance(p["date"], str)}
    if len(days) == 2 and len({d[:7] for d in days}) == 2:
        return False
    first, second = _who(one), _who(other)
    if not first or not second or not (first <= second or second <= first):
        return False
    aimed, other_aimed = _who(one, "on"), _who(other, "on")
    if aimed and other_aimed and not aimed & other_aimed:
        return False
    if one["act"] in ("measure", "suspension", "market_move"):
        amounts = [
            {(a["value"], a["unit"]) for a in p["amounts"] if a["unit"] in ("percent", "points", "day")}
            for p in (one, other)
        ]
        if all(amounts) and not amounts[0] & amounts[1] and not _near(*amounts):
            return False
        return bool(days) or bool(aimed & other_aimed) or bool(amounts[0] & amounts[1])
    return True


def _near(one: set[tuple[float, str]], other: set[tuple[float, str]]) -> bool:
    """Values that differ by little are one figure told differently, not two measures."""
    return any(u == w and 0 < abs(a - b) <= 0.05 * max(a, b) for a, u in one for b, w in other)


def _who(proposal: dict[str, Any], *roles: str) -> set[str]:
    wanted = roles or ("by", "with")
    return {
        a["name"] if a["country"] is None or proposal["act"] in ("assessment", "talk") else a["country"]
        for a in proposal["actors"]
        if a["role"] in wanted
    }


def groups_of(readings: Sequence[ArticleReading]) -> list[dict[str, Any]]:
    """Proposals grouped by event, with the number of independent origins and what they disagree on."""
    origins = origins_of(readings)
    shelves: dict[tuple[Any, ...], list[list[dict[str, Any]]]] = defaultdict(list)
    order: list[list[dict[str, Any]]] = []
    for reading in readings:
        for proposal in reading.proposals:
            keys = list(_shelves_of(proposal))
            home = next(
                (g for key in keys for g in reversed(shelves[key][-NEWEST:]) if _belongs(proposal, g)), None
            )
            if home is None:
                home = []
                order.append(home)
                for key in keys:
                    shelves[key].append(home)
            home.append(proposal)
    return [_group(n, group, origins) for n, group in enumerate(order, 1)]


def _shelves_of(proposal: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Where a proposal is looked for: by act and each doer, and by day or figures where it has them."""
    day = proposal["date"][:7] if isinstance(proposal["date"], str) else None
    for who in sorted(_who(proposal)):
        yield proposal["act"], who, day
        if day is not None:
            yield proposal["act"], who, None


def _belongs(proposal: dict[str, Any], group: list[dict[str, Any]]) -> bool:
    file = proposal["evidence"][0]["file"]
    if any(p["evidence"][0]["file"] == file for p in group):
        return False
    return same_event(proposal, group[0])


def _group(number: int, group: list[dict[str, Any]], origins: dict[str, str]) -> dict[str, Any]:
    files = list(dict.fromkeys(p["evidence"][0]["file"] for p in group))
    return {
        "id": f"event-{number}",
        "act": group[0]["act"],
        "proposals": [p["id"] for p in group],
        "files": files,
        "origins": len({origins[file] for file in files}),
        "conflicts": conflicts_in(group),
    }


def conflicts_in(group: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the tellings of one event disagree on: day, modality, or a figure of the same role and unit."""
    found = []
    readings: dict[tuple[str, ...], dict[Any, list[str]]] = defaultdict(lambda: defaultdict(list))
    for proposal in group:
        file = proposal["evidence"][0]["file"]
        if isinstance(proposal["date"], str):
            readings["date",][proposal["date"]].append(file)
        readings["modality",][proposal["modality"]].append(file)
        for amount in proposal["amounts"]:
            readings["amount", amount["role"], amount["unit"]][amount["value"]].append(file)
    for key, values in readings.items():
        owners = {file for files in values.values() for file in files}
        if len(values) > 1 and len(owners) > 1 and not set.intersection(*map(set, values.values())):
            found.append(
                {
                    "field": " ".join(key),
                    "readings": [{"value": v, "files": sorted(set(f))} for v, f in values.items()],
                }
            )
    return found
