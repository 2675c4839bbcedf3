"""Answers as rows: one long table for CSV, and the sheets of a workbook."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from detente.core.places import name_of

Named = tuple[str, dict[str, Any]]
"""Name of a scenario and its answer."""
Row = Sequence[Any]

COLUMNS = ("scenario", "against", "economy", "partner", "sector", "measure", "value")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a cell begins with it."""


def long_csv(answers: Sequence[Named]) -> bytes:
    """Every measure of every scenario, one number a row, against the base day and against the day."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, answer in answers:
        for row in _long(answer):
            writer.writerow([plain(name), *row])
    return stream.getvalue().encode()


def plain(text: str) -> str:
    """Text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _long(answer: dict[str, Any]) -> Iterator[Row]:
    data = answer["data"]
    base = answer["query"]["dispute"] is None
    for against, part in (("base day", data), ("day", data["against_day"])):
        if part is None or (base and against == "day"):
            continue
        for label, measures in part["economies"].items():
            for measure, value in measures.items():
                if isinstance(value, dict):
                    yield from ((against, label, "", s, measure, number) for s, number in value.items())
                else:
                    yield (against, label, "", "", measure, value)
        for pair in part["pairs"]:
            for measure, value in pair.items():
                if measure not in ("importer", "exporter"):
                    yield (against, pair["importer"], pair["exporter"], "", measure, value)
    for flow in data["flows"]:
        for measure in ("before_usd_million", "after_usd_million", "change_usd_million"):
            yield ("day", flow["importer"], flow["exporter"], "", f"goods_flow_{measure}", flow[measure])
    for direction, duty in data["duties"].items():
        importer, exporter = direction.split("_on_")
        for sector, rates in (("", duty), *duty["sectors"].items()):
            for measure in ("day_percent", "changed_percent"):
                yield ("", importer, exporter, sector, f"duty_{measure}", rates[measure])


def workbook(answers: Sequence[Named], parties: Sequence[str], sector_names: dict[str, str]) -> bytes:
    """An XLSX workbook: a summary, then economies, sectors, flows, duties and how it was computed."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    for name in book.sheetnames:
        del book[name]
    for title, header, rows in sheets(answers, parties, sector_names):
        sheet = book.create_sheet(title)
        sheet.append(list(header))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for row in rows:
            sheet.append([None if value is None else value for value in row])
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # never a formula, whatever the text begins with
                elif isinstance(cell.value, float):
                    cell.number_format = "#,##0.000"
        sheet.freeze_panes = "A2"
        for letter, width in (("A", 26), ("B", 30), ("C", 18), ("D", 18), ("E", 18)):
            sheet.column_dimensions[letter].width = width
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheets(
    answers: Sequence[Named], parties: Sequence[str], sector_names: dict[str, str]
) -> Iterator[tuple[str, Row, list[Row]]]:
    """Name, header and rows of each sheet."""
    names = [name for name, _ in answers]
    parts = [answer["data"]["against_day"] or answer["data"] for _, answer in answers]
    measures = [m for m, v in parts[0]["economies"][parties[0]].items() if not isinstance(v, dict)]
    summary: list[Row] = [
        [name_of(party), measure, *(part["economies"][party][measure] for part in parts)]
        for party in parties
        for measure in measures
    ]
    yield "Summary", ["Economy", "Measure, against the day", *names], summary
    labels = list(answers[0][1]["data"]["names"])
    yield (
        "Economies",
        ["Economy", "Label", *(f"{name}: real income, percent" for name in names)],
        [
            [name_of(label), label, *(part["economies"][label]["real_income_percent"] for part in parts)]
            for label in labels
        ],
    )
    yield (
        "Sectors",
        ["Economy", "Sector", "Measure, against the day", *names],
        [
            [name_of(party), sector_names.get(s, s), m, *(p["economies"][party][m][s] for p in parts)]
            for party in parties
            for m, v in parts[0]["economies"][party].items()
            if isinstance(v, dict)
            for s in v
        ],
    )
    yield (
        "Flows",
        ["Scenario", "From", "To", "Before, USD million", "After, USD million", "Change, USD million"],
        [
            [
                name,
                name_of(flow["exporter"]),
                name_of(flow["importer"]),
                flow["before_usd_million"],
                flow["after_usd_million"],
                flow["change_usd_million"],
            ]
            for name, answer in answers
            for flow in answer["data"]["flows"]
        ],
    )
    yield (
        "Duties",
        ["Scenario", "Direction", "Sector", "On the day, percent", "With the changes, percent"],
        [
            [
                name,
                direction.replace("_", " "),
                sector_names.get(s, s) or "average",
                r["day_percent"],
                r["changed_percent"],
            ]
            for name, answer in answers
            for direction, duty in answer["data"]["duties"].items()
            for s, r in (("", duty), *duty["sectors"].items())
        ],
    )
    yield "How", ["Scenario", "What", "Value"], [[n, k, str(v)] for n, a in answers for k, v in about(a)]


def about(answer: dict[str, Any]) -> list[tuple[str, Any]]:
    """How an answer was computed: question, assumptions, hashes, certificate."""
    query, provenance = answer["query"], answer["provenance"]
    certificate = provenance["certificate"]
    changes = [
        f"{c['instrument']} {c['importer']} on {c['exporter']}, {c.get('scope', 'all')}: {c['value']:g} "
        f"{c.get('unit', '')}".strip()
        for c in query["changes"]
    ]
    return [
        ("dispute", query["dispute"] or "none: the world's base day"),
        ("in force on", query["on"] or "the base day"),
        ("start", answer["data"]["start"]["name"]),
        *(("change", words) for words in changes),
        ("world", query["world"]),
        ("model", query["model"]),
        ("elasticities", f"{query['elasticities']} times {query['theta_scale']:g}"),
        ("closure", query["closure"]),
        ("revenue", query["revenue_use"]),
        ("detente", answer["detente"]),
        ("world hash", provenance["world_hash"]),
        ("record hash", provenance["record_hash"]),
        ("largest residual", max(certificate["residuals"].values(), default=0.0)),
    ]
