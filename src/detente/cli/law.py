"""Commands about law over time: owed, diff, authorities, commitments."""

from __future__ import annotations

from typing import Any

import click

from detente.cli.record import ASSUME, DISPUTE, JSON, KNOWN_BY, ON, print_json, query_days


def require_place(label: str, where: str) -> None:
    """Refuse what is no known place.

    Raises:
        InvalidOption: not a label of `core.places`, or ALL.
    """
    from detente.core.errors import InvalidOption
    from detente.core.places import is_place

    if not is_place(label) or label == "ALL":
        raise InvalidOption(
            f"{label!r} is not a place", where=where, why="a place has three capitals", instead="USA or CHN"
        )


def flow_of(record: Any, importer: str | None, exporter: str | None) -> tuple[str, str]:
    """Importer and exporter, each defaulting to a party of the dispute.

    Raises:
        InvalidOption: an unknown place, or the same one twice.
    """
    from detente.core.errors import InvalidOption

    one, other = record.settings.parties
    for flag, label in (("--importer", importer), ("--exporter", exporter)):
        if label is not None:
            require_place(label, flag)
    buyer: str = importer or (one if exporter != one else other)
    seller: str = exporter or (other if buyer != other else one)
    if buyer == seller:
        raise InvalidOption(
            f"{buyer} on both sides", where="--exporter", why="trade is between two", instead=other
        )
    return buyer, seller


@click.command()
@DISPUTE
@click.option("--importer", metavar="PLACE", help="Who collects; default: the dispute's first party.")
@click.option("--exporter", metavar="PLACE", help="Whose goods; default: the other party.")
@click.option("--from", "first", metavar="DAY", help="First day of entry; default: the last one alone.")
@ON
@KNOWN_BY
@ASSUME
@click.option("--measure", metavar="ID", help="One duty alone.")
@click.option("--hs", metavar="CODE", help="Rates on this code, after stacking and exemptions.")
@click.option("--loaded", metavar="DAY", help="Goods loaded by the end of this day: in-transit rules count.")
@JSON
def owed(
    dispute: str,
    importer: str | None,
    exporter: str | None,
    first: str | None,
    on: str | None,
    known_by: str | None,
    assume: str | None,
    measure: str | None,
    hs: str | None,
    loaded: str | None,
    as_json: bool,
) -> None:
    """What was owed, what was collected, and what can be claimed back, by duty and day of entry.

    Amounts take the trade of the weights' year as if unchanged: an upper bound.

    Example: detente owed us-china --from 2025-11-01 --on 2026-03-01
    """
    from dataclasses import replace

    from detente.analysis.baseline import trade_of
    from detente.analysis.owed import owed_and_collected
    from detente.analysis.state import require_days
    from detente.core.days import parse_day
    from detente.core.products import normalise_hs
    from detente.core.results import envelope
    from detente.record.checks import require_sound
    from detente.record.files import load_record

    record = load_record(dispute)
    require_sound(record)
    asof = query_days(record, on, known_by, assume)
    require_days(record, asof)
    if loaded is not None:
        asof = replace(asof, loaded=parse_day(loaded, where="--loaded").isoformat())
    importer, exporter = flow_of(record, importer, exporter)
    code = None if hs is None else normalise_hs(hs)
    begin = asof.on if first is None else parse_day(first, where="--from")
    # Rates need no trade data; without it amounts are left out, and the answer's basis says so.
    lines = None if code else trade_of(record, importer, exporter).lines
    data = owed_and_collected(
        record, importer, exporter, begin, asof, lines=lines, code=code, measure=measure
    )
    if as_json:
        query = {
            "dispute": dispute, "importer": importer, "exporter": exporter, "from": begin.isoformat(),
            "on": asof.on.isoformat(), "known_by": known_by, "assume": assume, "measure": measure,
            "hs": code, "loaded": loaded,
        }  # fmt: skip
        entries = sorted({span["measure"] for span in data["spans"]})
        origin = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("owed", query, data, provenance=origin))
    else:
        from detente.cli.law_text import print_owed

        print_owed(data)


@click.command()
@DISPUTE
@click.argument("first", metavar="DAY1")
@click.argument("second", metavar="DAY2")
@KNOWN_BY
@ASSUME
@JSON
def diff(
    dispute: str, first: str, second: str, known_by: str | None, assume: str | None, as_json: bool
) -> None:
    """What differs between two days, why, and which of it is law.

    Both days are read as known by --known-by, so that a ruling or a backdated act shows where it bites.

    Example: detente diff us-china 2025-05-13 2025-05-14
    """
    from detente.analysis.difference import difference
    from detente.core.days import parse_day
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    begin, end = parse_day(first, where="DAY1"), parse_day(second, where="DAY2")
    if begin > end:
        raise InvalidOption(
            f"{first} and {second}", where="DAY1", why="it is after DAY2", instead="the earlier day first"
        )
    data = difference(record, begin, query_days(record, second, known_by, assume))
    if as_json:
        query = {"dispute": dispute, "from": first, "to": second, "known_by": known_by, "assume": assume}
        entries = sorted({move["id"] for move in data["law"]})
        print_json(
            envelope("diff", query, data, provenance={"record_hash": record.digest, "entries": entries})
        )
    else:
        from detente.cli.law_text import print_difference

        print_difference(data)


@click.command()
@DISPUTE
@click.option("--agreement", metavar="ID", help="One agreement alone.")
@click.option("--party", metavar="PLACE", help="Only what this party promised.")
@click.option("--purchases", is_flag=True, help="Only promised quantities: how much, by when, bought so far.")
@ON
@KNOWN_BY
@JSON
def commitments(
    dispute: str,
    agreement: str | None,
    party: str | None,
    purchases: bool,
    on: str | None,
    known_by: str | None,
    as_json: bool,
) -> None:
    """Who promised what by when, what was done, and who says who broke it.

    Example: detente commitments us-china --agreement agreement-geneva-joint-statement --on 2025-06-05
    """
    from detente.analysis.commitments import commitments as commitments_on
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    asof = query_days(record, on, known_by, None)
    if party is not None:
        require_place(party, "--party")
    data = commitments_on(record, asof, agreement=agreement, party=party, purchases=purchases)
    if as_json:
        query = {
            "dispute": dispute, "agreement": agreement, "party": party, "purchases": purchases,
            "on": asof.on.isoformat(), "known_by": known_by,
        }  # fmt: skip
        entries = [a["id"] for a in data["agreements"]]
        origin = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("commitments", query, data, provenance=origin))
    else:
        from detente.cli.law_text import print_commitments

        print_commitments(data)


@click.command()
@DISPUTE
@click.option("--party", metavar="PLACE", help="One government alone.")
@ON
@KNOWN_BY
@JSON
def authorities(dispute: str, party: str | None, on: str | None, known_by: str | None, as_json: bool) -> None:
    """What each government may use: cap, notice, duration, scope, litigation risk, and since when it may not.

    Example: detente authorities us-china --on 2026-03-01 --party USA
    """
    from detente.analysis.powers import authorities_on
    from detente.core.results import envelope
    from detente.record.files import load_record

    record = load_record(dispute)
    asof = query_days(record, on, known_by, None)
    if party is not None:
        require_place(party, "--party")
    data = authorities_on(record, asof, party)
    if as_json:
        query = {"dispute": dispute, "party": party, "on": asof.on.isoformat(), "known_by": known_by}
        entries = sorted(power["id"] for power in data["authorities"])
        origin = {"record_hash": record.digest, "entries": entries}
        print_json(envelope("authorities", query, data, provenance=origin))
    else:
        from detente.cli.law_text import print_authorities

        print_authorities(data)
