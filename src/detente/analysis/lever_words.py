"""Levers in words, such as `USA:CHN:C26=30`: from the command line, a page or a script to policy rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.core.errors import InvalidOption, UnknownEconomy, UnknownSector
from detente.core.products import Scope, normalise_hs
from detente.economy.world import World
from detente.policy import ALL, Instrument, Policy, PolicyRow, Rent, Unit

LEVERS: Mapping[str, Instrument] = {
    "duty": Instrument.IMPORT_DUTY,
    "cost": Instrument.NON_TARIFF_COST,
    "export-tax": Instrument.EXPORT_TAX,
    "subsidy": Instrument.SUBSIDY,
    "limit": Instrument.QUANTITY_LIMIT,
    "floor": Instrument.QUANTITY_FLOOR,
    "exempt": Instrument.EXEMPTION_SHARE,
}
"""Name of a lever -> its instrument. Duties come first: exemptions are of them."""

QUANTITIES = ("limit", "floor")
MONEY = {"bn": 1000.0, "mn": 1.0}

LARGEST_PERCENT = 10_000.0
"""Highest duty, tax, subsidy or cost taken, in percent: far above any in force; trade ends well before."""

FORMS: Mapping[str, str] = {
    "duty": "USA:CHN=30, USA:CHN:C26=30 or USA:CHN:hs8517=30",
    "cost": "USA:CHN:C26=10",
    "export-tax": "USA:CHN:C26=10",
    "subsidy": "ALL:CHN:C29=10 for all sales, USA:CHN:C29=10 for exports to one",
    "limit": "USA:CHN:C26=0.5, =0 for an embargo, =50bn in dollars; @USA names whose rule, "
    "/treasury who gets the rent",
    "floor": "CHN:USA=200bn",
    "exempt": "USA:CHN:C26=0.25",
}
"""How each is written."""


def policy_in_words(levers: Mapping[str, Sequence[str]], transit: Sequence[str], world: World) -> Policy:
    """A policy from levers in words.

    Args:
        levers: name of a lever -> its words, see `FORMS`.
        transit: `VIA:OF=SHARE`, part of the trade of VIA that is really OF's.
        world: whose labels are meant.

    Raises:
        InvalidOption: another form, or not a number.
        UnknownEconomy, UnknownSector: a label the world does not have.
        InvalidPolicy: numbers that cannot be.
    """
    rows = [row_in_words(text, name, world) for name in LEVERS for text in levers.get(name, ())]
    policy = Policy(tuple(rows))
    for text in transit:
        ends, sign, number = text.partition("=")
        via, colon, of = ends.partition(":")
        if not sign or not colon:
            raise _form("transit", text, "HKG:CHN=0.4")
        share = _number(number, "transit", text, "HKG:CHN=0.4")
        economy, place = (_economy(label, "--transit", world) for label in (of, via))
        policy = policy.with_transit(economy, place, share)
    return policy


def row_in_words(text: str, name: str, world: World) -> PolicyRow:
    """One policy row from `IMPORTER:EXPORTER[:SECTOR or hsCODE]=NUMBER`.

    Raises:
        InvalidOption, UnknownEconomy, UnknownSector, InvalidPolicy: see `policy_in_words`.
    """
    flag, instrument = f"--{name}", LEVERS[name]
    flow, sign, number = text.partition("=")
    parts = flow.split(":")
    if not sign or len(parts) not in (2, 3):
        raise _form(name, text, FORMS[name])
    sums = (Instrument.SUBSIDY, *(LEVERS[each] for each in QUANTITIES))
    importer, exporter = (
        label if label == ALL and instrument in sums else _economy(label, flag, world) for label in parts[:2]
    )
    controller = importer if name in ("duty", "cost", "exempt", "floor") else exporter
    rent, unit = None, Unit.SHARE if name == "exempt" else Unit.PERCENT_OF_VALUE
    scale = 1.0
    if name in QUANTITIES:
        number, _, owner = number.partition("/")
        number, _, rule_of = number.partition("@")
        controller = _economy(rule_of, flag, world) if rule_of else controller
        rent = _rent(owner, text, flag) if owner else None
        scale = MONEY.get(number[-2:], 0.0)
        unit = Unit.USD_MILLION if scale else Unit.SHARE
        number, scale = (number[:-2], scale) if scale else (number, 1.0)
    value = scale * _number(number, name, text, FORMS[name])
    if unit is Unit.PERCENT_OF_VALUE and abs(value) > LARGEST_PERCENT:
        raise InvalidOption(
            f"{flag} {text}",
            where=flag,
            why=f"more than {LARGEST_PERCENT:,.0f} percent of value is no longer a price, it is a ban",
            instead=f"at most {LARGEST_PERCENT:g}, or an embargo: --limit {flow}=0",
        )
    scope, share = _goods(parts[2] if len(parts) == 3 else "", flag, world)
    return PolicyRow(
        instrument, controller, importer, exporter, scope, value, unit, sector_share=share, rent=rent
    )


def _goods(words: str, flag: str, world: World) -> tuple[Scope, dict[str, float] | None]:
    """The goods meant: all, an HS code, or a sector of the world."""
    if not words:
        return Scope.everything(), None
    if words.lower().startswith("hs"):
        return Scope(include=frozenset({normalise_hs(words[2:], where=flag)})), None
    if words not in world.sectors:
        raise UnknownSector(
            f"sector {words!r}",
            where=flag,
            why=f"world {world.name} has no such sector",
            instead=f"one of {', '.join(world.sectors)}",
        )
    return Scope.everything(), {words: 1.0}


def _number(number: str, name: str, text: str, form: str) -> float:
    try:
        return float(number)
    except ValueError:
        raise InvalidOption(
            f"--{name} {text}", where=f"--{name}", why=f"{number!r} is not a number", instead=form
        ) from None


def _rent(owner: str, text: str, flag: str) -> Rent:
    try:
        return Rent(owner)
    except ValueError:
        raise InvalidOption(
            f"{flag} {text}",
            where=flag,
            why=f"{owner!r} owns no rent",
            instead=f"one of {', '.join(member.value for member in Rent)}",
        ) from None


def _form(name: str, text: str, form: str) -> InvalidOption:
    return InvalidOption(
        f"--{name} {text}", where=f"--{name}", why="not IMPORTER:EXPORTER=NUMBER", instead=f"--{name} {form}"
    )


def _economy(label: str, flag: str, world: World) -> str:
    if label not in world.economies:
        raise UnknownEconomy(
            f"economy {label!r}",
            where=flag,
            why=f"world {world.name} has no such economy",
            instead=f"one of {', '.join(world.economies)}",
        )
    return label
