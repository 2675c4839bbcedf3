"""A run of the reader over files, folders, addresses and standard input.

Files are read by several processes; one bad file is reported and the rest goes on. What has been read is
kept in a journal in the cache folder until the run ends, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from detente import __version__
from detente.core.caches import cache_folder
from detente.core.errors import DetenteError, UnreadableArticle
from detente.reading.article import Article, articles_in, articles_of
from detente.reading.folder import files_of
from detente.reading.grouping import groups_of, origins_of
from detente.reading.passages import Sentence
from detente.reading.propose import ArticleReading, read_article

MANY_FILES = 24
"""From this many files on, several processes read and a journal is kept."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """How to read.

    Attributes:
        published: day given by the caller, for every article.
        dispute: record to link to: a shipped name or folder; "" to choose by the article's two sides.
        model: name of a language model's settings file, or "" for the rules.
        texts: folder to write each article's text to, or "".
        allow: host:port pairs that may be fetched from a private network.
    """

    published: date | None = None
    dispute: str = ""
    model: str = ""
    texts: str = ""
    allow: tuple[str, ...] = ()


@dataclass
class Reading:
    """The result of a run.

    Attributes:
        articles: one per article, in the order of the files.
        left: files of a folder that are no articles, as the JSON has errors.
        failures: files that gave nothing, likewise.
        model: what read: "rules", or a language model by name with its tokens and cost.
    """

    articles: list[ArticleReading] = field(default_factory=list)
    left: list[dict[str, str]] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    model: Any = "rules"

    def data(self) -> dict[str, Any]:
        """The `data` of the JSON contract."""
        origins = origins_of(self.articles)
        return {
            "proposals": [p for a in self.articles for p in a.proposals],
            "groups": groups_of(self.articles),
            "dropped": [d for a in self.articles for d in a.dropped],
            "articles": [{**a.facts, "origin": origins[a.file], "notes": a.notes} for a in self.articles],
            "failures": self.failures + self.left,
        }


def read_all(
    sources: Sequence[str], options: Options, say: Say = lambda words: None, workers: int | None = None
) -> Reading:
    """Read files, folders, addresses, or `-`.

    Raises:
        UnreadableArticle: nothing could be read at all.
        UnknownDispute: no such dispute.
    """
    if options.dispute:
        _linker(options.dispute)
    names, left = _expanded(sources)
    _model.cache_clear()
    model = _model(options.model)
    journal = Journal(names, options) if len(names) >= MANY_FILES else None
    done = journal.load() if journal else {}
    waiting = [name for name in names if name not in done]
    if done:
        say(f"going on after {len(done)} files read before")
    for number, (name, articles, failure) in enumerate(_work(waiting, options, workers), len(done) + 1):
        done[name] = (articles, failure)
        if journal:
            journal.add(name, articles, failure)
        say(f"read {number} of {len(names)} files")
    reading = Reading(left=left, model=model.usage.as_dict() if model else "rules")
    for name in names:
        articles, failure = done[name]
        reading.articles += articles
        if failure:
            reading.failures.append(failure)
    if not reading.articles:
        failures = reading.failures + left
        first = failures[0] if failures else {}
        raise UnreadableArticle(
            f"nothing could be read in {len(failures)} files"
            if len(failures) != 1
            else first.get("what", "nothing could be read"),
            where=first.get("where", "FILE"),
            why=first.get("why", "there are no files"),
            instead=first.get("instead", "name an article: text, HTML, PDF, feed or mail"),
        )
    if journal:
        journal.remove()
    return reading


def _expanded(sources: Sequence[str]) -> tuple[list[str], list[dict[str, str]]]:
    """Folders become the articles in them; and the files that were left because they are none."""
    names: list[str] = []
    left: list[dict[str, str]] = []
    for source in sources:
        path = Path(source)
        if source == "-" or "://" in source or not path.is_dir():
            names.append(source)
            continue
        for file, why in files_of(path):
            if why:
                left.append(
                    UnreadableArticle(
                        f"{file} was left",
                        where=str(file),
                        why=why,
                        instead="name the file itself to have it read",
                    ).as_dict()
                )
            else:
                names.append(str(file))
    named = set(names)
    return names, [one for one in left if one["where"] not in named]


Result = tuple[str, list[ArticleReading], dict[str, str] | None]


def _work(names: list[str], options: Options, workers: int | None) -> Iterator[Result]:
    workers = 1 if options.model else workers or min(os.cpu_count() or 1, 8)
    if len(names) < MANY_FILES or workers == 1:
        for name in names:
            yield read_one(name, options)
        return
    from concurrent.futures import ProcessPoolExecutor
    from itertools import repeat
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(read_one, names, repeat(options), chunksize=8)


def read_one(name: str, options: Options) -> Result:
    """The articles of one source; what goes wrong with it is returned, not raised."""
    found: list[ArticleReading] = []
    try:
        for article in _articles(name, options):
            reading = read_article(
                article,
                published=options.published,
                linker=_linker_for(options.dispute),
                by_model=_model(options.model),
            )
            if options.texts:
                _write_text(article, options.texts)
            found.append(reading)
    except DetenteError as error:
        return name, found, error.as_dict()
    except RecursionError:
        return (
            name,
            found,
            UnreadableArticle(
                f"{name} cannot be read",
                where=name,
                why="it is nested too deeply",
                instead="save the article as text",
            ).as_dict(),
        )
    return name, found, None


def _articles(name: str, options: Options) -> Iterator[Article]:
    if name == "-":
        yield from articles_in(sys.stdin.buffer.read(), "-")
    elif "://" in name:
        from detente.reading.fetch import Limits, fetch

        page = fetch(name, Limits(allow=frozenset(options.allow)))
        yield from articles_in(page.content, name, page.charset, page.url)
    else:
        yield from articles_of(Path(name))


def _write_text(article: Article, folder: str) -> None:
    from detente.core.results import write_together

    plain = "".join(c if c.isalnum() or c in "-._" else "_" for c in article.file)[-120:]
    write_together({Path(folder) / f"{plain}.txt": article.text})


@cache
def _linker(dispute: str) -> Any:
    from detente.reading.link import Linker
    from detente.record.files import load_record

    return Linker(load_record(dispute))


def _linker_for(dispute: str) -> Callable[[list[str]], Any]:
    """Which record an article is linked to: the one named, else a shipped one about the article's two sides."""

    def _choose(sides: list[str]) -> Any:
        if dispute:
            return _linker(dispute)
        name = _by_sides().get(frozenset(sides[:2]))
        return _linker(name) if name else None

    return _choose


class _ByModel:
    """A language model as a reader of articles, with what it has used so far."""

    def __init__(self, path: str) -> None:
        from detente.reading.models.protocol import Usage, load_settings, model_of

        settings = load_settings(Path(path))
        self.model, self.usage = model_of(settings), Usage(settings)

    def __call__(self, article: Article, sentences: list[Sentence]) -> list[dict[str, Any]]:
        from detente.reading.models.reader import proposals_by

        return proposals_by(self.model, article, sentences, self.usage)


@cache
def _model(path: str) -> _ByModel | None:
    return _ByModel(path) if path else None


@cache
def _by_sides() -> dict[frozenset[str], str]:
    from detente.core.yaml12 import read_yaml
    from detente.record.files import SHIPPED, shipped_disputes

    found = {}
    for name in shipped_disputes():
        settings, _ = read_yaml(SHIPPED / name / "dispute.yaml", shown=name)
        found[frozenset(settings["parties"])] = name
    return found


class Journal:
    """What a run has read so far, one line a file; it goes when the run ends.

    Args:
        names: the files of the run.
        options: how they are read.
    """

    def __init__(self, names: Sequence[str], options: Options) -> None:
        seal = json.dumps([__version__, sorted(names), asdict(options)], default=str)
        self.path = cache_folder() / "readings" / f"{hashlib.sha256(seal.encode()).hexdigest()[:32]}.jsonl"

    def load(self) -> dict[str, tuple[list[ArticleReading], dict[str, str] | None]]:
        """The files read before and unchanged since; a torn last line is passed over."""
        done = {}
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except OSError:
            return {}
        for line in lines:
            try:
                name, mark, articles, failure = json.loads(line)
                if mark == _mark(name):
                    done[name] = ([ArticleReading(**a) for a in articles], failure)
            except (ValueError, TypeError):
                continue
        return done

    def add(self, name: str, articles: list[ArticleReading], failure: dict[str, str] | None) -> None:
        """Keep one file's result; a journal that cannot be written only costs time."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as stream:
                # the line end stands first, so that a line torn before is not joined by this one
                stream.write(
                    "\n"
                    + json.dumps(
                        [name, _mark(name), [vars(a) for a in articles], failure], ensure_ascii=False
                    )
                )
        except OSError:
            return

    def remove(self) -> None:
        """The run has ended."""
        self.path.unlink(missing_ok=True)


def _mark(name: str) -> list[int] | None:
    try:
        stat = Path(name).stat()
    except OSError:
        return None
    return [stat.st_mtime_ns, stat.st_size]
