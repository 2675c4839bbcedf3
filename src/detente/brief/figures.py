"""Numbers and entry links of the page, each tied to its place in the JSON."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from detente.brief.formats import FORMATS, prose


def resolve(brief: Any, pointer: str) -> Any:
    """The value at a JSON pointer such as `/data/costs/known/scenarios/0/name`."""
    value = brief
    for step in pointer.strip("/").split("/"):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


class Figures:
    """Writes numbers with the place they come from, and keeps the list of entries that were named.

    Args:
        brief: the object the page shows.
        entries_at: address of an entry less its id; by default a place on the same page.

    Attributes:
        numbers: entry id -> its number on the page, in order of first mention.
    """

    def __init__(self, brief: dict[str, Any], entries_at: str = "#") -> None:
        self.brief, self._at = brief, entries_at
        self.numbers: dict[str, int] = {}
        self.source_ids = {s["id"] for s in brief["data"]["sources"]}

    def number(self, pointer: str, kind: str, why: str = "") -> Markup:
        """The number at a pointer, rounded for reading; `unknown` with the reason where there is none."""
        value = resolve(self.brief, pointer)
        if value is None:
            return self.unknown(why or "not in the record")
        words = FORMATS[kind](float(value))
        return Markup('<span class="n" data-path="{}" data-value="{}">{}</span>').format(
            pointer, repr(value), words
        )

    def unknown(self, why: str) -> Markup:
        """The word `unknown`, with the reason."""
        return Markup('<span class="unknown">unknown</span> <span class="why">({})</span>').format(prose(why))

    def span(self, pointer: str, kind: str) -> Markup:
        """Low to high of a range; nothing where it has no width, as in the reference itself."""
        if resolve(self.brief, f"{pointer}/low") == resolve(self.brief, f"{pointer}/high"):
            return Markup("")
        low, high = self.number(f"{pointer}/low", kind), self.number(f"{pointer}/high", kind)
        return Markup("{} to {}").format(low, high)

    def refs(self, *ids: str | None) -> Markup:
        """Links to entries at the foot of the page, by number; a source is linked where no entry is named."""
        named = [name for name in dict.fromkeys(ids) if name]
        named = [name for name in named if name not in self.source_ids] or named
        if not named:
            return Markup("")
        links = [self._link(name) for name in named]
        return Markup('<span class="refs">{}</span>').format(Markup(" ").join(links))

    def _link(self, name: str) -> Markup:
        if name in self.source_ids:
            return Markup('<a href="{1}{0}" title="{0}">[source]</a>').format(name, self._at)
        number = self.numbers.setdefault(name, len(self.numbers) + 1)
        link = Markup('<a href="{2}{0}" title="{0}" aria-label="entry {1}: {0}">[{1}]</a>')
        return link.format(name, number, self._at)
