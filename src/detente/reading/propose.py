"""Proposals: the acts of an article in the JSON form, with evidence as offsets. Nothing here writes a record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from detente.reading.acts import acts_of
from detente.reading.article import Article, looks_english
from detente.reading.context import context_of
from detente.reading.dates import with_dateline
from detente.reading.passages import Sentence, split_passages
from detente.reading.scheme import Act

NOT_ENGLISH = "the rules read English only: nothing was looked for in this text"


@dataclass
class ArticleReading:
    """What was read in one article.

    Attributes:
        file: as evidence names it.
        facts: title, published, publisher, url, form, sides: what grouping and linking go by.
        proposals: in the JSON form; `effect` is filled in against a record.
        dropped: spans left out, each with its reason.
        sketch: a short signature of the text, for near-duplicates.
        notes: what a person should know of the article as a whole.
    """

    file: str
    facts: dict[str, Any]
    proposals: list[dict[str, Any]] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    sketch: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def read_article(
    article: Article,
    *,
    published: date | None = None,
    linker: Callable[[list[str]], Any] | None = None,
    by_model: Callable[[Article, list[Sentence]], list[dict[str, Any]]] | None = None,
) -> ArticleReading:
    """Read one article, by the rules or by a language model.

    Args:
        published: the article's day where the caller knows it.
        by_model: makes the proposals instead of the rules.
        linker: gives the `Linker` for an article about these two sides, or None for no record.
    """
    from detente.reading.grouping import sketch_of

    article = with_dateline(article, published)
    sentences, dropped = split_passages(article)
    reading = ArticleReading(
        file=article.file,
        facts={
            "file": article.file,
            "title": article.title,
            "published": article.published.isoformat() if article.published else None,
            "published_by": article.published_by or None,
            "publisher": article.publisher,
            "url": article.url,
            "form": article.form,
            "characters": len(article.text),
        },
        dropped=[{"file": article.file, "start": d.start, "end": d.end, "reason": d.reason} for d in dropped],
    )
    if not looks_english(article.text):
        reading.notes.append(NOT_ENGLISH)
        return reading
    if article.published is None:
        reading.notes.append("the article's day is not known: relative dates stay open; give --published")
    context = context_of(article)
    reading.facts["sides"] = context.sides[:2]
    against = linker(context.sides[:2]) if linker else None
    if by_model is None:
        found = acts_of(context, sentences)
        reading.proposals = [proposal(act, article) for act in found]
    else:
        reading.proposals = by_model(article, sentences)
        found = [act_of(p) for p in reading.proposals]
    if against is not None:
        for act, made in zip(found, reading.proposals, strict=True):
            against.link(act, made, article)
    reading.sketch = sketch_of(article, sentences, context)
    return reading


def act_of(made: Mapping[str, Any]) -> Act:
    """What linking needs of a proposal that the rules did not make."""
    spans = [(e["start"], e["end"]) for e in made["evidence"]]
    return Act(made["act"], made["modality"], spans[0], evidence=spans)


def proposal(act: Act, article: Article) -> dict[str, Any]:
    """An act in the JSON form. The id is made of the file, the place and the act, so it stays the same."""
    seal = f"{article.file} {act.evidence[0]} {act.extent} {act.act}"
    return {
        "id": "p-" + hashlib.sha256(seal.encode()).hexdigest()[:10],
        "act": act.act,
        "modality": act.modality,
        "actors": [
            {"name": actor.name, "role": role, "country": actor.country or None}
            for role, actors in (("by", act.by), ("with", act.with_), ("on", act.on))
            for actor in actors
        ],
        "attribution": act.attribution,
        "date": None if act.date is None else act.date.resolved or act.date.as_dict(),
        "amounts": [amount.as_dict() for amount in act.amounts],
        "condition": article.text[slice(*act.condition)].strip() if act.condition else None,
        "evidence": [{"file": article.file, "start": start, "end": end} for start, end in act.evidence],
        "effect": {"kind": "new", "entry": None},
        "unsure": list(act.unsure),
    }
