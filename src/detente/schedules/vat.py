"""China's value-added tax on imports. It is no duty: home goods pay it too, so it is shown apart.

It falls on customs value plus duty. Rates: Caishui [2017] 37 (17 and 11 percent), Caishui [2018] 32 (16 and
10 from 1 May 2018), Announcement 39 of 2019 of the Ministry of Finance, the tax administration and customs
(13 and 9 from 1 April 2019), kept by the VAT Law in force since 1 January 2026 (article 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

RATES = ((date(2017, 7, 1), 17.0, 11.0), (date(2018, 5, 1), 16.0, 10.0), (date(2019, 4, 1), 13.0, 9.0))

REDUCED_IN_PART = (
    "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "2301", "2302",
    "2303", "2304", "2305", "2306", "2308", "2309", "2501", "2701", "2704", "2705", "2711", "31", "3808",
    "3920", "4001", "4101", "4102", "4103", "4301", "4401", "4403", "4901", "4902", "4903", "4904", "5001",
    "5101", "5102", "5201", "5301", "5302", "5303", "5305", "8424", "8432", "8433", "8434", "8436", "8437",
    "8523", "8701",
)  # fmt: skip
"""HS headings that hold goods at the reduced rate: farm products, edible oil and salt, gas, books, feed,
fertiliser, pesticide, farm machinery and film. Which of their goods is not told: both rates are shown."""


@dataclass(frozen=True)
class Vat:
    """The tax on a line: the rates that are possible, percent of customs value plus duty."""

    possible_percent: tuple[float, ...]
    since: date


def vat_on(code: str, on: date) -> Vat:
    """The tax on a line of China's tariff on a day."""
    since, standard, reduced = max(row for row in RATES if row[0] <= on)
    in_part = any(code.startswith(prefix) or prefix.startswith(code) for prefix in REDUCED_IN_PART)
    return Vat((reduced, standard) if in_part else (standard,), since)
