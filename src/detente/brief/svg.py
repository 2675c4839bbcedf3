"""A little SVG: elements with escaped text, scales, and ticks at round numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

from markupsafe import Markup, escape


def tag(name: str, content: str | Markup = "", **attributes: object) -> Markup:
    """An element; `class_` stands for class, and underscores in names for hyphens."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_plain(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = content if isinstance(content, Markup) else escape(content)
    return Markup(f"<{name}{words}>{inside}</{name}>")


def _plain(value: object) -> str:
    """An attribute's text; numbers need no escaping, and are most of them."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value) if isinstance(value, int) else escape(value)


def group(parts: Iterable[Markup], **attributes: object) -> Markup:
    """Elements together."""
    return tag("g", Markup("").join(parts), **attributes)


def text(x: float, y: float, words: str, class_: str = "", anchor: str | None = None) -> Markup:
    """A line of text."""
    return tag("text", words, x=x, y=y, class_=class_ or None, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """A straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def drawing(
    key: str, title: str, about: str, width: float, height: float, parts: Iterable[Markup], class_: str
) -> Markup:
    """A whole picture with its name and description for readers who cannot see it."""
    inside = [tag("title", title, id=f"{key}-t"), tag("desc", about, id=f"{key}-d"), *parts]
    return tag(
        "svg",
        Markup("").join(inside),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
        class_=f"chart {class_}",
    )


class Scale:
    """A straight scale from data to drawing units."""

    def __init__(self, domain: tuple[float, float], to: tuple[float, float]) -> None:
        self.domain, self.to = domain, to

    def __call__(self, value: float) -> float:
        (low, high), (start, end) = self.domain, self.to
        return start + (value - low) / ((high - low) or 1.0) * (end - start)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers that span low to high."""
    span = (high - low) or 1.0
    raw = span / about
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw - 1e-12)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 10) for n in range(first, last + 1)]


def month_ticks(first: date, last: date, most: int) -> list[date]:
    """First days of months or years between two days, not more than so many."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = next((s for s in (1, 2, 3, 6, 12, 24, 48) if months / s <= most), 96)
    found = []
    for n in range(first.year * 12, last.year * 12 + 12):
        when = date(n // 12, n % 12 + 1, 1)
        offset = n % step == 0 if step < 12 else n % 12 == 0 and (n // 12) % (step // 12) == 0
        if offset and first <= when <= last:
            found.append(when)
    return found


def mark(party: int, x: float, y: float) -> Markup:
    """The mark of the first party (a dot) or of the second (a diamond)."""
    if party == 0:
        return tag("circle", cx=x, cy=y, r=4, class_="p1-fill")
    points = f"{x - 5:.1f},{y:.1f} {x:.1f},{y - 5:.1f} {x + 5:.1f},{y:.1f} {x:.1f},{y + 5:.1f}"
    return tag("polygon", points=points, class_="p2-fill")
