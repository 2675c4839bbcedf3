"""A small world written in the formats of those who publish inter-country tables."""

from __future__ import annotations

import csv
import struct
import zipfile
from pathlib import Path

import numpy as np

from detente.economy.synthetic import synthetic_world

ECONOMIES = ("AUS", "CHN", "USA")
SECTORS = ("A01", "C26", "H49")
FINAL = ("HFCE", "GFCF", "INVNT")


class Blocks:
    """Sales of a world without duties: to users, to final buyers, and what the columns earn.

    Attributes:
        world: the world behind them.
        inputs: [seller economy, sector, user economy, user sector].
        final: [seller economy, sector, buyer economy, kind]; the kinds are those of FINAL.
        value_added, taxes: [economy, sector]; final_taxes [economy].
    """

    def __init__(self, seed: int = 3, *, stocks: float = 0.0) -> None:
        made = synthetic_world(3, 3, seed, duties=0.0, zero_flows=0.0)
        self.world = made
        supplier = made.flows / made.flows.sum(axis=1, keepdims=True)
        output = made.flows.sum(axis=0)
        spent = made.input_share * output[:, None, :]
        self.inputs = np.einsum("nik,nkj->iknj", supplier, spent)
        bought = made.flows.sum(axis=1) - spent.sum(axis=2)
        whole = np.einsum("nik,nk->ikn", supplier, bought)
        self.final = np.stack([0.7 * whole, 0.3 * whole + stocks, np.full_like(whole, -stocks)], axis=3)
        earned = made.value_added_share * output
        self.taxes = 0.02 * earned
        self.value_added = earned - self.taxes
        self.final_taxes = np.array([1.0, 2.0, 3.0])


def icio_rows(blocks: Blocks, *, extended: bool = False) -> list[list[str]]:
    """Rows of the OECD's csv, header first; extended: China in two parts, CN1 with three quarters."""
    parts = {"CHN": {"CN1": 0.75, "CN2": 0.25}} if extended else {}

    def split(economy: str) -> dict[str, float]:
        return parts.get(economy, {economy: 1.0})

    users = [
        (n, j, part, w) for n, e in enumerate(ECONOMIES) for part, w in split(e).items() for j in range(3)
    ]
    header = ["V1", *(f"{part}_{SECTORS[j]}" for _, j, part, _ in users)]
    header += [f"{e}_{kind}" for e in ECONOMIES for kind in FINAL]
    header += ["OUT"]
    rows = [header]
    for i, k, part, share in users:
        sales = [share * w * blocks.inputs[i, k, n, j] for n, j, _, w in users]
        sales += [share * blocks.final[i, k, n, f] for n in range(3) for f in range(3)]
        rows.append([f"{part}_{SECTORS[k]}", *map(repr, map(float, sales)), repr(float(sum(sales)))])
    output = blocks.world.flows.sum(axis=0)
    for label, values, finals in (
        ("TLS", blocks.taxes, [blocks.final_taxes[n] / 3 for n in range(3) for _ in range(3)]),
        ("VA", blocks.value_added, [0.0] * 9),
        ("OUT", output, [0.0] * 9),
    ):
        cells = [w * values[n, j] for n, j, _, w in users] + finals
        rows.append([label, *map(repr, map(float, cells)), "0"])
    return rows


def write_csv(path: Path, rows: list[list[str]]) -> Path:
    """Rows as csv."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return path


WIOD_SECTORS = ("A01", "C10-C12", "H49")
WIOD_FINAL = ("CONS_h", "CONS_np", "CONS_g", "GFCF", "INVEN")


def wiod_sheet(blocks: Blocks) -> list[list[object]]:
    """Rows of WIOD's Excel sheet."""
    users = [(n, j) for n in range(3) for j in range(3)]
    finals = [(n, f) for n in range(3) for f in range(5)]
    kind = {0: 0, 3: 1, 4: 2}
    rows: list[list[object]] = [["Intercountry Input-Output Table"], ["3 countries, in current prices"]]
    rows.append(["(industry-by-industry)", None, None, None, *(WIOD_SECTORS[j] for _, j in users)])
    rows[-1] += [WIOD_FINAL[f] for _, f in finals] + ["GO"]
    rows.append(["(millions of US$)", None, None, None, *["Name"] * (len(users) + len(finals) + 1)])
    rows.append([None] * 4 + [ECONOMIES[n] for n, _ in users] + [ECONOMIES[n] for n, _ in finals] + ["TOT"])
    rows.append([None] * 4 + [f"c{p}" for p in range(len(users) + len(finals) + 1)])
    for i, k in users:
        sales = [float(blocks.inputs[i, k, n, j]) for n, j in users]
        sales += [float(blocks.final[i, k, n, kind[f]]) if f in kind else 0.0 for n, f in finals]
        rows.append([WIOD_SECTORS[k], "Name", ECONOMIES[i], f"r{len(rows)}", *sales, sum(sales)])
    margins = 0.4 * blocks.taxes
    output = blocks.world.flows.sum(axis=0)
    for code, values in (
        ("II_fob", blocks.inputs.sum(axis=(0, 1))),
        ("TXSP", blocks.taxes - margins),
        ("EXP_adj", 0 * margins),
        ("PURR", 0 * margins),
        ("PURNR", 0 * margins),
        ("VA", blocks.value_added),
        ("IntTTM", margins),
        ("GO", output),
    ):
        cells = [float(values[n, j]) for n, j in users] + [1.0 if code == "TXSP" else 0.0] * len(finals)
        rows.append([code, "Name", "TOT", "r99", *cells, 0.0])
    return rows


def wiod_coded(blocks: Blocks) -> tuple[list[str], list[list[object]]]:
    """Columns and rows of WIOD's R and Stata forms."""
    sheet = wiod_sheet(blocks)
    header = ["IndustryCode", "IndustryDescription", "Country", "RNr", "Year"]
    header += [f"{e}{j + 1}" for e in ECONOMIES for j in range(3)]
    header += [f"{e}{3 + f + 1}" for e in ECONOMIES for f in range(5)] + ["TOT"]
    rows: list[list[object]] = []
    for number, (code, name, country, _, *cells) in enumerate(sheet[6:]):
        rows.append([code, name, country, number % 3 + 1 if country != "TOT" else 65 + number, 2014, *cells])
    return header, rows


def write_xlsb(path: Path, rows: list[list[object]]) -> Path:
    """A binary workbook of one sheet, with inline text: the least that the format [MS-XLSB] asks for."""

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
        size, length = len(body), b""
        while True:
            length += bytes([(size & 0x7F) | (0x80 if size > 127 else 0)])
            size >>= 7
            if not size:
                return head + length + body

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    width = max(map(len, rows))
    body = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + record(145)
    for number, row in enumerate(rows):
        body += record(
            0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 1) + struct.pack("<II", 0, width - 1)
        )
        for column, value in enumerate(row):
            cell = struct.pack("<II", column, 0)
            if isinstance(value, str):
                body += record(6, cell + text(value))
            elif isinstance(value, int | float):
                body += record(5, cell + struct.pack("<d", value))
    body += record(146) + record(130)
    book = record(131) + record(143) + record(156, struct.pack("<II", 0, 1) + text("rId1") + text("2014"))
    book += record(144) + record(132)
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.ms-excel"
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<?xml version="1.0"?><Types xmlns="{packages}/content-types">'
            f'<Default Extension="rels" ContentType="{rels}"/>'
            f'<Override PartName="/xl/workbook.bin" ContentType="{kind}.sheet.binary.macroEnabled.main"/>'
            f'<Override PartName="/xl/worksheets/sheet1.bin" ContentType="{kind}.worksheet"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{packages}/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.bin"/>'
            "</Relationships>",
        )
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{packages}/relationships">'
            f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.bin"/>'
            "</Relationships>",
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", body)
    return path
