"""Markets around the record's events: the event study, and odds from a move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from detente.core.days import parse_moment
from detente.core.errors import InvalidOption
from detente.record.as_known import as_known
from detente.record.entries import Entry, Source
from detente.record.files import Record
from detente.talks.happened import contacts, deals, new_controls, new_duties, threats
from detente.talks.markets.implied import Stated, implied_odds
from detente.talks.markets.prices import read_prices, returns_of
from detente.talks.markets.study import Design, Occasion, study
from detente.talks.markets.synthetic import MARKET, PLANTED_PERCENT, SERIES, synthetic_prices

SYNTHETIC = "synthetic"
"""In place of a file: made-up prices with jumps planted at the record's own events."""
GROUPS = ("duties", "threats", "deals", "leaders", "controls")
DEFAULT_GROUPS = ("duties", "threats", "deals", "leaders")


def occasions_of(record: Record, wanted: Sequence[str], on: date) -> list[Occasion]:
    """Events of groups, or single entries by id, that were public by the day.

    New duties count on the day they became known, for that is when a price can move; all else on its day.

    Raises:
        InvalidOption: neither a group nor an entry with a day.
    """
    view = as_known(record, on)
    found: list[Occasion] = []
    for name in wanted:
        if name in GROUPS:
            found += _group(view, name)
            continue
        entry = view.get(name)
        if not isinstance(entry, Entry) or isinstance(entry, Source) or not entry.date:
            raise InvalidOption(
                f"{name!r}",
                where="--events",
                why=f"neither a group nor an entry with a day, known on {on}",
                instead=f"{', '.join(GROUPS)}; or an entry's id",
            )
        day = parse_moment(entry.known or entry.date).day
        found.append(Occasion(day, name, name))
    return [occasion for occasion in dict.fromkeys(found) if occasion.day <= on]


def _group(view: Record, name: str) -> list[Occasion]:
    if name == "threats":
        return [Occasion(spell.start, name, spell.entry) for spell in threats(view)]
    events = {
        "duties": lambda: new_duties(view),
        "deals": lambda: deals(view),
        "leaders": lambda: contacts(view, "leader"),
        "controls": lambda: new_controls(view),
    }[name]()
    return [Occasion(e.known if name == "duties" else e.day, name, e.entry) for e in events]


def markets(
    record: Record,
    prices: str,
    on: date,
    *,
    events: Sequence[str] = DEFAULT_GROUPS,
    series: Sequence[str] = (),
    design: Design | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """The event study of a file of prices, or of made-up ones with `synthetic`.

    Raises:
        MissingData, InvalidPrices, UnknownName, InvalidOption: as `read_prices`, `study` and `occasions_of`.
    """
    occasions = occasions_of(record, events, on)
    planted = None
    if prices == SYNTHETIC:
        made = synthetic_prices(occasions, seed=seed)
        names = tuple(series) or (MARKET, *SERIES)
        returns = returns_of(made, SYNTHETIC, names)
        design = design or Design(model="market", market=MARKET)
        planted = {group: PLANTED_PERCENT.get(group, 0.0) for group in events}
    else:
        returns = read_prices(Path(prices), _with_market(series, design))
        design = design or Design()
    found = study(returns, occasions, design, seed)
    return {
        "dispute": record.settings.name,
        "on": on.isoformat(),
        "prices": "made-up" if planted is not None else Path(prices).name,
        "planted_percent": planted,
        "events": list(events),
        **found,
        "notes": NOTES,
    }


def _with_market(series: Sequence[str], design: Design | None) -> tuple[str, ...]:
    market = (design.market,) if series and design and design.market else ()
    return tuple(dict.fromkeys((*series, *market)))


NOTES = (
    "A price that moved around an event did not move because of it: other news falls on the same days.",
    "An event that was expected moves little; what moves the price is what was not expected.",
    "p_holm is adjusted for the number of groups and series shown; a study run again with other groups or "
    "windows until something shows is not adjusted for that.",
)


def odds_from_move(found: dict[str, Any], entry: str, stated: Stated) -> dict[str, Any]:
    """Odds after the case of a study that holds an entry.

    Raises:
        InvalidOption: no case of the study holds it.
        NotIdentified: see `implied_odds`.
    """
    case = next((c for c in found["cases"] if entry in c["entries"]), None)
    if case is None:
        held = sorted({e for c in found["cases"] for e in c["entries"]})
        raise InvalidOption(
            f"{entry!r}", where="--move", why="no case of this study holds it", instead=", ".join(held[:8])
        )
    others = [name for name in case["entries"] if name != entry]
    moves = {name: (row["car_percent"], row["se_percent"]) for name, row in case["series"].items()}
    return implied_odds(stated, moves) | {
        "entry": entry,
        "from": case["from"],
        "to": case["to"],
        "also_in_window": others,
    }
