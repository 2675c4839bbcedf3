"""Days are resolved against the article's own day, or left open."""

from __future__ import annotations

from datetime import date

import pytest

from detente.reading.article import Article
from detente.reading.dates import find_dates, with_dateline

WEDNESDAY = date(2025, 5, 14)


def resolved(text, published=WEDNESDAY, year=None):
    return [(d.words, d.resolved) for d in find_dates(text, 0, len(text), published, year)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("They met on Monday.", "2025-05-12"),
        ("They met on Wednesday.", "2025-05-14"),
        ("They will meet on Monday.", "2025-05-19"),
        ("Talks are due to resume on Thursday.", "2025-05-15"),
        ("The duty, announced last Thursday, stands.", "2025-05-08"),
        ("It was signed yesterday.", "2025-05-13"),
        ("It was signed on 12 May.", "2025-05-12"),
        ("It was signed on December 20.", "2024-12-20"),
        ("The duty takes effect on June 1.", "2025-06-01"),
        ("It was signed on June 5, 2024.", "2024-06-05"),
        ("It was signed three days ago.", "2025-05-11"),
        ("It was signed last month.", "2025-04"),
        ("It was signed in November 2023.", "2023-11"),
        ("It was signed in November last year.", "2024-11"),
        ("The duty has been charged since 1 November.", "2024-11-01"),
        ("The minister meets her counterpart on Monday.", "2025-05-19"),
        ("The licences were restored on the 10th.", "2025-05-10"),
        ("A ruling is due on the 20th.", "2025-05-20"),
        ("A decision is expected by mid-February.", "2026-02"),
        ("Effective 12:01 a.m. EDT on May 16, the duty is 15%.", "2025-05-16"),
    ],
)
def test_what_a_date_word_means(text, day):
    assert [d for _, d in resolved(text)] == [day]


@pytest.mark.parametrize("text", ["They met on Thursday.", "They met on 12 May.", "It came yesterday."])
def test_without_a_day_of_its_own_nothing_is_made_up(text):
    assert [d for _, d in resolved(text, published=None)] == [None]


@pytest.mark.parametrize(
    "text", ["It came just weeks after the talks.", "It came two days later.", "It fell a week earlier."]
)
def test_what_counts_from_another_event_stays_open(text):
    assert [d for _, d in resolved(text)] == [None]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The notice came on 3 March. Two days later Ottawa answered.", ["2025-03-03", "2025-03-05"]),
        ("The notice came on 3 March. The next day, 4 March, Ottawa answered.", ["2025-03-03", "2025-03-04"]),
        ("They signed on 9 May and met again the same day.", ["2025-05-09", "2025-05-09"]),
        ("In November 2022 talks broke down. On 21 December the duty went up.", ["2022-11", "2022-12-21"]),
        ("The ban began in July 2024. On 2 May both sides met.", ["2024-07", "2025-05-02"]),
        ("BRUSSELS, May 14 - The list was published on Monday.", ["2025-05-12"]),
        ("Orders had passed 40,000 tonnes in four days.", []),
    ],
)
def test_a_day_counts_from_the_one_named_before_it(text, days):
    assert [d for _, d in resolved(text)] == days


def test_next_friday_may_be_two_days():
    (found,) = find_dates("They meet next Friday.", 0, 22, WEDNESDAY)
    assert found.resolved is None
    assert found.candidates == ("2025-05-16", "2025-05-23")


def test_a_day_the_calendar_does_not_have_is_open():
    assert resolved("It was signed on February 30, 2025.") == [("February 30, 2025", None)]


@pytest.mark.parametrize("verb", ["may", "march"])
def test_words_that_are_no_months(verb):
    assert resolved(f"They {verb} on the capital.") == []


@pytest.mark.parametrize(
    ("head", "day", "source"),
    [
        ("BEIJING, May 22, 2025 (Agency) - Officials met.", date(2025, 5, 22), "dateline"),
        ("Published: 3 June 2025\n\nOfficials met.", date(2025, 6, 3), "dateline"),
        ("Officials met on June 5, 2025, in Geneva.", None, ""),
    ],
)
def test_the_articles_own_day(head, day, source):
    article = with_dateline(Article(file="a", text=head), None)
    assert (article.published, article.published_by) == (day, source)


def test_the_given_day_goes_first():
    article = with_dateline(
        Article(file="a", text="BEIJING, May 22, 2025 - Officials met."), date(2025, 6, 1)
    )
    assert article.published == date(2025, 6, 1)
