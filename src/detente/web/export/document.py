"""A scenario as a two-page DOCX note."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from detente.brief.formats import FORMATS, day, fixed, prose, short
from detente.core.places import name_of
from detente.economy.worlds import sector_names
from detente.web.export.tables import Named, about

MEASURES = (
    ("real_income_percent", "change", "Real income, percent"),
    ("real_income_usd_per_household", "dollars", "Real income, dollars a household"),
    ("real_wage_percent", "change", "Real wage, percent"),
    ("consumer_prices_relative_to_own_wages_percent", "change", "Consumer prices over wages, percent"),
    ("goods_imports_usd_million", "billions_change", "Goods imports, $ bn a year"),
    ("goods_exports_usd_million", "billions_change", "Goods exports, $ bn a year"),
    ("duty_revenue_usd_million_a_month", "billions_change", "Duty revenue, $ bn a month"),
)
"""Measure, how it is written, and its name."""
LIMITS = (
    "Long-run comparison of two balances, not a forecast: no exchange rate, no unemployment, no uncertainty.",
    "Controls enter as limits or trade costs set by hand; duties as the record and the changes say.",
    "Elasticities move results most: see the range on the page before quoting a single number.",
)


def note(
    title: str, answers: Sequence[Named], parties: Sequence[str], ranges: Sequence[Any], link: str
) -> bytes:
    """The note: what was asked, both sides' numbers, third countries, how it was computed.

    Args:
        title: of the dispute.
        answers: scenarios and answers.
        parties: the two sides.
        ranges: data of each scenario's range, or None.
        link: query that makes the scenarios again.
    """
    from docx import Document

    document = Document()
    title = title.replace(" - ", " – ")
    on = answers[0][1]["query"]["on"]
    document.core_properties.title = f"What if: {title}"
    document.core_properties.author = ""
    document.add_heading(f"What if: {title}", level=1)
    document.add_paragraph(f"Changes against {day(on) if on else 'the base day'} with nothing changed.")
    document.add_heading("What was asked", level=2)
    for name, answer in answers:
        names = sector_names(answer["query"]["world"])
        words = "; ".join(in_words(c, names) for c in answer["query"]["changes"]) or "nothing added"
        start = answer["data"]["start"]["name"]
        document.add_paragraph(f"{name}: from “{prose(start)}”; {words}.", style="List Bullet")
    document.add_heading("Both sides", level=2)
    for party in parties:
        document.add_paragraph(name_of(party)).runs[0].bold = True
        table = document.add_table(rows=1, cols=1 + len(answers), style="Light List Accent 1")
        _fill(table.rows[0], ["Measure", *(name for name, _ in answers)])
        for key, kind, words in MEASURES:
            values = [_value(answer, party, key, kind) for _, answer in answers]
            _fill(table.add_row(), [words, *values])
        if any(ranges):
            _fill(
                table.add_row(),
                ["Range of real income over the variants", *(_reach(r, party) for r in ranges)],
            )
    document.add_heading("Third countries", level=2)
    for name, answer in answers:
        document.add_paragraph(f"{name}. {_thirds(answer, parties)}")
    document.add_heading("How it was computed", level=2)
    for name, answer in answers:
        facts = "; ".join(f"{k} {v}" for k, v in about(answer) if k != "change")
        document.add_paragraph(f"{name}: {facts}.")
    document.add_paragraph(f"To make these scenarios again: /what-if?{link}")
    for words in LIMITS:
        document.add_paragraph(words, style="List Bullet")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


INSTRUMENTS = {
    "import_duty": "import duty",
    "export_tax": "export tax",
    "non_tariff_cost": "trade cost",
    "quantity_limit": "at most",
    "quantity_floor": "at least",
    "subsidy": "subsidy by the seller's side",
    "exemption_share": "share of the added duty not levied",
}
GROUPS = {"EUN": "European Union", "OTHERS": "all others", "ALL": "everyone"}


def in_words(change: Mapping[str, Any], sectors: Mapping[str, str]) -> str:
    """A change as people say it: `United States from China, Electronics: import duty +10 points`."""

    def named(labels: Any, names: Any) -> str:
        return ", ".join(names(label) for label in ([labels] if isinstance(labels, str) else labels))

    def place(label: str) -> str:
        return GROUPS.get(label) or name_of(label)

    goods = named(change.get("scope") or "all", lambda g: "all goods" if g == "all" else sectors.get(g, g))
    who = f"{named(change['importer'], place)} from {named(change['exporter'], place)}, {goods}"
    instrument, value, unit = change["instrument"], float(change["value"]), change.get("unit")
    if unit == "usd_million":
        size = f"$ {fixed(value / 1000, 1)} bn a year"
    elif unit == "share" or instrument in ("quantity_limit", "quantity_floor", "exemption_share"):
        size = f"{short(100 * value)} percent" + (" of today's flow" if "quantity" in instrument else "")
    else:
        size = f"{'+' if value > 0 else ''}{short(value)} points"
    law = f", by the law of {place(change['controller'])}" if change.get("controller") else ""
    return f"{who}: {INSTRUMENTS[instrument]} {size}{law}"


def _fill(row: Any, words: Sequence[str]) -> None:
    for cell, text in zip(row.cells, words, strict=True):
        cell.text = text


def _value(answer: dict[str, Any], party: str, key: str, kind: str) -> str:
    value = (answer["data"]["against_day"] or answer["data"])["economies"][party][key]
    return "–" if value is None else FORMATS[kind](value)


def _reach(spread: Any, party: str) -> str:
    if spread is None:
        return ""
    found = spread["economies"][party]["real_income_against_day_percent"]
    return f"{FORMATS['change'](found['low'])} to {FORMATS['change'](found['high'])}"


def _thirds(answer: dict[str, Any], parties: Sequence[str]) -> str:
    part = answer["data"]["against_day"] or answer["data"]
    values = [
        (numbers["real_income_percent"], name_of(label))
        for label, numbers in part["economies"].items()
        if label not in parties and numbers["real_income_percent"] is not None
    ]
    values.sort()
    low = ", ".join(f"{name} {FORMATS['change'](v)}" for v, name in values[:5])
    high = ", ".join(f"{name} {FORMATS['change'](v)}" for v, name in values[:-6:-1])
    return f"Largest gains, percent of real income: {high}. Largest losses: {low}."
