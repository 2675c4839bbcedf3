"""What is dropped, what repeats, where sentences end."""

from __future__ import annotations

import pytest

from detente.reading.article import Article
from detente.reading.passages import Paragraph, sentence_spans, split_passages


def sentences(text):
    return [text[a:b] for a, b in sentence_spans(Paragraph(0, len(text), text))]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("U.S. President Smith met Mr. Jones. They spoke.", 2),
        ("The duty rose in the U.S. The ministry protested.", 2),
        ("It fell to 2.5 percent. It rose.", 2),
        ('"We are done!" he said. They left.', 2),
        ("See Announcement No. 4 of 2025. It holds.", 2),
    ],
)
def test_sentences(text, count):
    assert len(sentences(text)) == count


def reasons(text):
    kept, dropped = split_passages(Article(file="a", text=text))
    return [s.text for s in kept], {d.reason for d in dropped}


TRADE = (
    "China raised its tariffs on American goods, the ministry said on Monday in a statement of some length."
)


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ("Subscribe to our newsletter for more.", "advert"),
        ("Disclaimer: for information purposes only.", "disclaimer"),
        ("Related articles: Ten ways to cook rice", "teaser"),
        ("#tariffs #trade", "hashtags"),
        ("Bitcoin (BTC) holds the $90,000 support zone as bulls return.", "unrelated market prices"),
        ("Share this article", "page furniture"),
        (TRADE, "repeated"),
        ("Great day, #Team!\n— A. Person (@person) April 9, 2025", "embedded post"),
    ],
)
def test_what_is_dropped_and_why(extra, reason):
    kept, why = reasons(f"{TRADE}\n\n{extra}\n")
    assert kept == [TRADE]
    assert reason in why


def test_dropped_and_kept_are_spans_of_the_text():
    text = f"{TRADE}\r\n\r\n{TRADE}\r\nRead more: other things\r\n"
    kept, dropped = split_passages(Article(file="a", text=text))
    assert all(text[s.start : s.end] == s.text for s in kept)
    assert all(0 <= d.start < d.end <= len(text) for d in dropped)


def test_wrapped_lines_are_one_paragraph():
    text = (
        "The ministry said on Monday that the duties it had put on goods of the other\n"
        "side would be lifted for a period of ninety days, and that talks on what is to\n"
        "follow would be held in a third country within the coming weeks."
    )
    kept, _ = split_passages(Article(file="a", text=text))
    assert len(kept) == 1
