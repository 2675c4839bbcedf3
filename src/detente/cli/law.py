"""Commands about law over time: owed, diff, authorities, commitments."""

from __future__ import annotations

import click

from detente.cli.record import ASSUME, DISPUTE, JSON, KNOWN_BY, ON, print_json, query_days


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

    from detente.analysis.baseline import lines_of
    from detente.analysis.owed import owed_and_collected
    from detente.analysis.state import require_days
    from detente.core.days import parse_day
    from detente.core.errors import DetenteError
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
    try:
        lines = None if code else lines_of(importer)
        if lines is not None:
            lines.values(exporter)
    except DetenteError:
        lines = None  # rates need no trade data; amounts are left out, and the answer's basis says so
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


def flow_of(record: object, importer: str | None, exporter: str | None) -> tuple[str, str]:
    """Importer and exporter, each defaulting to a party of the dispute.

    Raises:
        InvalidOption: an unknown place, or the same one twice.
    """
    from detente.core.errors import InvalidOption
    from detente.core.places import is_place

    one, other = record.settings.parties  # type: ignore[attr-defined]
    for flag, label in (("--importer", importer), ("--exporter", exporter)):
        if label is not None and (not is_place(label) or label == "ALL"):
            raise InvalidOption(
                f"{label!r} is not a place", where=flag, why="places have three capitals", instead=f"{one}"
            )
    importer = importer or (one if exporter != one else other)
    exporter = exporter or (other if importer != other else one)
    if importer == exporter:
        raise InvalidOption(
            f"{importer} on both sides", where="--exporter", why="trade is between two", instead=other
        )
    return importer, exporter
