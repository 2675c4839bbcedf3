"""`detente horizon` as text. Every number here is in its JSON."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, say, table

SHOWN = 8


def print_horizon(data: dict[str, Any]) -> None:
    """Incomes, suppliers, markets and output by year."""
    years = [year for year in data["years"] if year["solved"]]
    for year in data["years"]:
        if not year["solved"]:
            say(f"year {year['years']:g}: {year['message']}")
    names, importer, exporter = data["names"], data["importer"], data["exporter"]
    titles = [f"year {year['years']:g}" for year in years]
    table(
        ("assumed", *titles),
        [
            ("elasticity of trade", *(f"{year['trade_elasticity']:.2f}" for year in years)),
            ("share of factors that moves", *(f"{year['mobile_share']:.2f}" for year in years)),
        ],
    )
    say()
    heading("Real income, percent")
    pair = dict.fromkeys((importer, exporter))
    table(
        ("economy", *titles),
        [(names[e], *(f"{y['real_income_percent'][e]:+.3f}" for y in years)) for e in pair],
    )
    prices = [year["border_price_percent"] for year in years]
    shown = ("unknown" if price is None else f"{price:+.2f}" for price in prices)
    say()
    table(("", *titles), [(f"price of {names[exporter]}'s goods at the border, %", *shown)])
    say()
    heading(f"Who serves {names[importer]}", ": share of spending in percent, change in points")
    _suppliers(years, titles, names[exporter])
    say()
    heading(f"Where {names[exporter]} sells its goods", ", change in USD million a year at baseline prices")
    _by_label(years, titles, names, _destinations)
    say()
    heading(f"Who gains the output that leaves {names[exporter]}", ", USD million a year at baseline prices")
    _by_label(years, titles, names, lambda year: year["output_gains_usd_million"])


def _destinations(year: dict[str, Any]) -> dict[str, float]:
    return {market["destination"]: market["change_usd_million"] for market in year["markets"]}


def _suppliers(years: list[dict[str, Any]], titles: list[str], exporter: str) -> None:
    last = sorted(years[-1]["suppliers"], key=lambda row: row["exporter_change_points"])[:SHOWN]
    rows = []
    for sector in (row["sector"] for row in last):
        found = [next(r for r in year["suppliers"] if r["sector"] == sector) for year in years]
        rows.append((sector, exporter, *(_share(r, "exporter") for r in found)))
        rows.append(("", "at home", *(_share(r, "home") for r in found)))
        third = [
            ", ".join(
                f"{label} {points:+.1f}" for label, points in list(r["third_change_points"].items())[:3]
            )
            for r in found
        ]
        rows.append(("", "others", *third))
    table(("sector", "supplier", *titles), rows)


def _share(row: dict[str, Any], who: str) -> str:
    return f"{row[f'{who}_share_percent']:.1f} ({row[f'{who}_change_points']:+.1f})"


def _by_label(years: list[dict[str, Any]], titles: list[str], names: dict[str, str], values: Any) -> None:
    columns = [values(year) for year in years]
    order = sorted(columns[-1], key=lambda label: -abs(columns[-1][label]))[:SHOWN]
    table(("economy", *titles), [(names[e], *(f"{column[e]:+,.0f}" for column in columns)) for e in order])
