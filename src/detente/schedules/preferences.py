"""Trade agreements of the United States under which goods that qualify pay less than the general rate.

The schedule's special column is not in the data: for these origins the general rate is what is due without a
claim. Since: the day the agreement entered into force (USTR); partners: its other parties.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Agreement:
    """A trade agreement of the United States.

    Attributes:
        name, partners: its name and other parties.
        since, until: first day, and first day after it.
        frees_goods: whether goods that claim it enter free, save for a few farm goods under quotas.
    """

    name: str
    partners: tuple[str, ...]
    since: date
    until: date | None = None
    frees_goods: bool = False


AGREEMENTS = (
    Agreement("NAFTA", ("CAN", "MEX"), date(1994, 1, 1), date(2020, 7, 1), True),
    Agreement("USMCA", ("CAN", "MEX"), date(2020, 7, 1), None, True),
    Agreement("US-Israel FTA", ("ISR",), date(1985, 9, 1)),
    Agreement("US-Jordan FTA", ("JOR",), date(2001, 12, 17)),
    Agreement("US-Singapore FTA", ("SGP",), date(2004, 1, 1)),
    Agreement("US-Chile FTA", ("CHL",), date(2004, 1, 1)),
    Agreement("US-Australia FTA", ("AUS",), date(2005, 1, 1)),
    Agreement("US-Morocco FTA", ("MAR",), date(2006, 1, 1)),
    Agreement("CAFTA-DR", ("SLV", "HND", "NIC", "GTM"), date(2006, 7, 1)),
    Agreement("CAFTA-DR", ("DOM",), date(2007, 3, 1)),
    Agreement("CAFTA-DR", ("CRI",), date(2009, 1, 1)),
    Agreement("US-Bahrain FTA", ("BHR",), date(2006, 8, 1)),
    Agreement("US-Oman FTA", ("OMN",), date(2009, 1, 1)),
    Agreement("US-Peru TPA", ("PER",), date(2009, 2, 1)),
    Agreement("KORUS", ("KOR",), date(2012, 3, 15)),
    Agreement("US-Colombia TPA", ("COL",), date(2012, 5, 15)),
    Agreement("US-Panama TPA", ("PAN",), date(2012, 10, 31)),
    Agreement("US-Japan Trade Agreement (listed goods)", ("JPN",), date(2020, 1, 1)),
)


def agreement_with(importer: str, exporter: str, on: date) -> Agreement | None:
    """The agreement in force between the United States and an origin on a day."""
    if importer != "USA":
        return None
    return next(
        (
            a
            for a in AGREEMENTS
            if exporter in a.partners and a.since <= on and (a.until is None or on < a.until)
        ),
        None,
    )
