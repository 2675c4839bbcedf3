"""From an article's text to the sentences that count: paragraphs, what is dropped and why, sentences.

Nothing is moved or rewritten: a paragraph and a sentence are spans of `Article.text`. What is left out is
left out by span and reason, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detente.reading.article import Article


@dataclass(frozen=True)
class Dropped:
    """A span left out, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True)
class Sentence:
    """One sentence that counts.

    Attributes:
        start, end: span in the article's text.
        text: those characters.
        paragraph: number of its paragraph, from 0.
        heading: it stands alone as a title or heading, without a full stop.
    """

    start: int
    end: int
    text: str
    paragraph: int
    heading: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A span of text between breaks."""

    start: int
    end: int
    text: str


DISPUTE = re.compile(
    r"\b(tariffs?|dut(?:y|ies)|levy|levies|trade (?:war|talks|deal|truce|dispute|row|spat|fight|frictions?|tensions?|conflict|feud|negotiat\w+"
    r"|ministry|minister)"
    r"|export(?:s|ers?)?|imports?|importers?|customs|quotas?|sanction\w*|embargo\w*|commerce "
    r"(?:ministry|minister"
    r"|secretary|department)|countermeasures?|retaliat\w+|rare earths?|negotiat\w+|ministry"
    r"|minister|bilateral"
    r"|anti-?dumping|countervailing|safeguard|WTO|truce)\b",
    re.I,
)
"""Words by which a paragraph shows that it is about trade or diplomacy."""

_MARKETS = re.compile(
    r"\b(bitcoin|BTC|ETH|ethereum|XRP|dogecoin|DOGE|BNB|monero|XMR|altcoins?|crypto\w*"
    r"|memecoin|meme coin|token|DeFi"
    r"|blockchain|bulls?|bears?|bullish|bearish|support (?:zone|level)|resistance|SMA|EMA|RSI"
    r"|[A-Z]{3}/[A-Z]{3}"
    r"|price (?:forecast|analysis|prediction|jumps?)|technical analysis|descending channel"
    r"|consolidating|on-chain)\b"
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "disclaimer",
        re.compile(
            r"^\W*(?:disclaimer|notice|risk warning)\b\W*(?::|$)|investment advice|past "
            r"performance|informational purposes"
            r"|for information purposes only|educational purposes|all rights reserved|^\W*(?:©|copyright\b)"
            r"|terms (?:of use|and conditions)|privacy policy|\bcookies?\b.{0,60}\b(?:accept"
            r"|consent|policy|use)\b"
            r"|the views expressed .{0,60}(?:author|do not)",
            re.I,
        ),
    ),
    (
        "advert",
        re.compile(
            r"\b(?:sign up|subscribe|register now|log in|download (?:the|our) app|follow "
            r"(?:us|our)|join (?:us|our)"
            r"|get (?:our|the) newsletter|newsletter|click here|free trial|start your|buy now"
            r"|special offer|promo code"
            r"|sponsored|advertisement|stay one step ahead|support our journalism|donate"
            r"|limited[- ]time|% off\b"
            r"|already a subscriber|create an account|your inbox)\b"
            r"|^\W*tired of\b.*\?|\blearn how\b.*\b(?:register|join|today|now)\b",
            re.I,
        ),
    ),
    (
        "teaser",
        re.compile(
            r"^\W*(?:read (?:more|also|next)|also read|see also|related(?: (?:articles?"
            r"|stories|news|coverage))?"
            r"|more (?:from|on|stories)|most (?:read|popular)|recommended|trending|you may "
            r"(?:also )?like|up next"
            r"|don't miss|in other news|editor'?s'? picks?|watch)\b\s*(?::|$|\W\s)",
            re.I,
        ),
    ),
    (
        "page furniture",
        re.compile(
            r"^\W*(?:share(?: this)?(?: article)?|print|email|comments?(?: \(\d+\))?|go ?top"
            r"|back to top|quote|placeholder"
            r"|(?:skip to (?:\w+ ){0,2}?(?:content|navigation|footer|search)){1,3}.{0,60}"
            r"|menu|search|home|tags?:.*|author\b.{0,40}|image(?: credit)?:.*"
            r"|photo(?:graph)?(?: by|:).*|getty images.*"
            r"|\d+ month \d+ day \w{3}|\d+ min(?:ute)?s? read|listen to this article.*"
            r"|loading\W*|next|previous)\W*$",
            re.I,
        ),
    ),
    ("hashtags", re.compile(r"^\s*(?:#\w+[\s,]*)+")),
    (
        "quoted mail",
        re.compile(r"^\s*(?:>|On .{5,80} wrote:$|-+ ?(?:Forwarded|Original) message|Sent from my )", re.I),
    ),
)
_SIGNED_POST = re.compile(r"^\s*[—–-]{1,2}\s*.{1,60}\(@\w+\).{0,30}\d{4}\s*$")
_POST_MARK = re.compile(r"#\w+|@\w+|pic\.twitter\.com|\bt\.co/|https?://(?:x|twitter)\.com")
_END_MARK = re.compile(
    r"^\W*(?:disclaimer|related (?:articles?|stories|news)|more (?:from|stories)|recommended"
    r"|you may (?:also )?like"
    r"|most (?:read|popular)|about the author|read next|trending)\b",
    re.I,
)
_POST_LINES = 6


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a text: split at blank lines, and at line ends unless lines are wrapped."""
    found = []
    for block in re.finditer(r"[^\s](?:.|\n(?![ \t\r]*\n))*", text):
        for start, end in _lines(text, block.start(), block.end()):
            piece = text[start:end]
            lead = len(piece) - len(piece.lstrip())
            start, end = start + lead, start + len(piece.rstrip())
            if start < end:
                found.append(Paragraph(start, end, text[start:end]))
    return found


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines of a block; a line runs on where the one before is long and ends without a stop."""
    begin = start
    lines = list(re.finditer(r"[^\n]+", text[start:end]))
    widths = [len(line[0].rstrip()) for line in lines]
    wrapped = (
        len(lines) > 2
        and max(widths) <= 110
        and sum(w >= 0.6 * max(widths) for w in widths) >= 0.7 * len(widths)
    )
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        ends = re.search(r"[.!?:;][\"”’')\]]*$", line[0].rstrip()) is not None
        bullet = following is not None and re.match(r"\s*(?:[-*•–—]|\(?\d{1,2}[.)])\s", following[0])
        runs_on = (
            following is not None
            and not bullet
            and (wrapped or (not ends and re.match(r"[ \t]*[a-z(]", following[0]) is not None))
        )
        if not runs_on:
            yield begin, start + line.end()
            begin = start + line.end()


def split_passages(article: Article) -> tuple[list[Sentence], list[Dropped]]:
    """The sentences that count, and what was left out."""
    found = paragraphs(article.text)
    reasons = _reasons(article, found)
    dropped = [Dropped(p.start, p.end, reason) for p, reason in zip(found, reasons, strict=True) if reason]
    kept = [p for p, reason in zip(found, reasons, strict=True) if not reason]
    sentences = [
        Sentence(start, end, article.text[start:end], number, _is_heading(paragraph.text))
        for number, paragraph in enumerate(kept)
        for start, end in sentence_spans(paragraph)
    ]
    return sentences, dropped


def _is_heading(text: str) -> bool:
    return len(text) < 140 and not re.search(r"[.!?…;:,][\"”’')\]]*\s*$", text)


def _reasons(article: Article, found: list[Paragraph]) -> list[str]:
    reasons = [""] * len(found)
    seen: list[str] = []
    trade_words = sum(bool(DISPUTE.search(p.text)) for p in found)
    for number, paragraph in enumerate(found):
        aside = next(
            (why for s, e, why in article.set_aside if s <= paragraph.start and paragraph.end <= e), ""
        )
        reasons[number] = aside or _reason(paragraph, bool(trade_words))
        if not reasons[number]:
            plain = re.sub(r"\W+", " ", paragraph.text).strip().lower()
            if _repeats(plain, seen):
                reasons[number] = "repeated"
            elif plain:
                seen.append(plain)
    _drop_posts(found, reasons)
    _drop_tail(found, reasons)
    return reasons


def _reason(paragraph: Paragraph, about_trade: bool) -> str:
    text = paragraph.text
    for reason, pattern in _RULES:
        match = pattern.search(text)
        if match and (reason not in ("advert", "disclaimer") or _mostly(text, match)):
            return reason
    if about_trade and len(set(_MARKETS.findall(text))) >= 2 and not DISPUTE.search(text):
        return "unrelated market prices"
    if not re.search(r"[^\W\d_]{2}", text):
        return "page furniture"
    return ""


def _mostly(text: str, match: re.Match[str]) -> bool:
    """An advert or notice, not a paragraph of news that happens to use its words."""
    return len(text) < 400 or not DISPUTE.search(text[: match.start()])


def _repeats(plain: str, seen: list[str]) -> bool:
    """Whether a paragraph stands above already, a word or two changed; one with other figures tells something else."""
    if plain in seen:
        return True
    if len(plain) < 80:
        return False
    from rapidfuzz import fuzz, process

    figures = re.findall(r"\d+", plain)
    near = [
        other
        for other in seen
        if abs(len(other) - len(plain)) <= 0.1 * len(plain) and re.findall(r"\d+", other) == figures
    ]
    return bool(near) and process.extractOne(plain, near, scorer=fuzz.ratio, score_cutoff=95) is not None


def _drop_posts(found: list[Paragraph], reasons: list[str]) -> None:
    """An embedded post ends in a signature line; its body stands above, from its first mark on."""
    for number, paragraph in enumerate(found):
        if _SIGNED_POST.match(paragraph.text):
            reasons[number] = "embedded post"
            above = range(max(0, number - _POST_LINES), number)
            marked = [n for n in above if _POST_MARK.search(found[n].text)]
            for inside in range(marked[0], number) if marked else ():
                reasons[inside] = "embedded post"
        elif not reasons[number] and "pic.twitter.com" in paragraph.text:
            reasons[number] = "embedded post"


def _drop_tail(found: list[Paragraph], reasons: list[str]) -> None:
    """After the article's end mark, what is not about the dispute belongs to other stories."""
    marks = [n for n, p in enumerate(found) if _END_MARK.match(p.text) and n >= len(found) // 3]
    if not marks:
        return
    for number in range(marks[0], len(found)):
        if not reasons[number] and not DISPUTE.search(found[number].text):
            reasons[number] = "teaser"


_ABBREVIATIONS = (
    r"Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|St|Jr|Sr|Inc|Ltd|Co|Corp|vs|etc|e\.g"
    r"|i\.e|cf|approx|No|Art"
    r"|Sec|Para|Fig|Vol|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|U\.S|U\.K|U\.N|E\.U"
    r"|P\.R|D\.C|a\.m|p\.m|Min"
    r"|Amb|Hon|Rev|Mt|Dept|Reg|bn|mn|tr"
)
_STOP = re.compile(r"[.!?…]+[\"”’'»)\]]*(?=\s|$)|(?<=[a-z0-9%)])[.!?][\"”](?=[A-Z“])")
_NOT_A_STOP = re.compile(rf"(?:\b(?:{_ABBREVIATIONS})|\b[A-Z]|^\s*\(?\d{{1,2}}|\b[A-Z]\.[A-Z])\.$")


def sentence_spans(paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a paragraph; an abbreviation's stop ends none unless a new one clearly starts."""
    text = paragraph.text
    begin = 0
    for stop in _STOP.finditer(text):
        before, after = text[begin : stop.end()], text[stop.end() :].lstrip()
        if after and stop[0] == "." and _NOT_A_STOP.search(before) and not _starts_anew(before, after):
            continue
        if after and re.match(r"[a-z]", after) and not stop[0].startswith(("…", "..")):
            # "... done!" he said: a closing quote does not end the sentence around it
            continue
        yield from _trimmed(text, begin, stop.end(), paragraph.start)
        begin = stop.end()
    yield from _trimmed(text, begin, len(text), paragraph.start)


def _starts_anew(before: str, after: str) -> bool:
    """After "U.S." or "p.m." a sentence ends where the next word could not follow it inside one."""
    ends = re.search(r"(?:U\.S|U\.K|E\.U|a\.m|p\.m|Inc|Ltd|Corp|Co|etc)\.$", before)
    starts = re.match(
        r"[“\"]?(?:The|A|An|In|On|At|But|It|He|She|They|We|This|That|These|Both|However|Meanwhile)\b", after
    )
    return bool(ends and starts)


def _trimmed(text: str, begin: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
    piece = text[begin:end]
    start = begin + len(piece) - len(piece.lstrip())
    stop = begin + len(piece.rstrip())
    if stop > start:
        yield offset + start, offset + stop
