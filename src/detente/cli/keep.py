"""Commands for people who keep records: new, add, edit, schema, export."""

from __future__ import annotations

import click

from detente.cli.record import DISPUTE, JSON, KNOWN_BY, print_json


@click.command()
@click.argument("name")
@click.option("--from", "source", metavar="DISPUTE", help="The dispute to copy.")
@click.option("--parties", metavar="A,B", help="Labels of the two sides of a dispute with nothing in it yet.")
@click.option("--title", help="Its title; by default the two names.")
@click.option(
    "--base-day",
    default="2025-01-19",
    show_default=True,
    metavar="DAY",
    help="The day whose duties the world economy's base holds.",
)
@click.option("--checked-to", metavar="DAY", help="Last day checked against the news; default: today.")
@JSON
def new(
    name: str,
    source: str | None,
    parties: str | None,
    title: str | None,
    base_day: str,
    checked_to: str | None,
    as_json: bool,
) -> None:
    """Make a dispute folder of your own: from nothing, or as a copy of another.

    \b
    Examples:
      detente new my-dispute --from us-china
      detente new eu-china --parties EUN,CHN

    The folder also gets what VS Code needs to check entries while you type.
    """
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope
    from detente.record.folders import copy_dispute, new_dispute

    if (source is None) == (parties is None):
        raise InvalidOption(
            "both --from and --parties" if source else "neither --from nor --parties",
            where="--from, --parties",
            why="a dispute is either copied or begun",
            instead="--from us-china, or --parties AUS,CHN",
        )
    if parties is not None:
        labels = tuple(label.strip() for label in parties.split(","))
        if len(labels) != 2:
            raise InvalidOption(
                f"--parties {parties}", where="--parties", why="a dispute has two sides", instead="AUS,CHN"
            )
        path = new_dispute(name, labels, title, base_day, checked_to)
    else:
        path = copy_dispute(name, source or "")
    query = {"name": name, "from": source, "parties": parties}
    if as_json:
        print_json(envelope("new", query, {"folder": str(path)}))
    else:
        click.echo(f"made {path}; use it wherever a dispute is asked for")


SET = click.option(
    "--set",
    "fields",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A field and its value, which is YAML. May repeat.",
)


def _pairs(fields: tuple[str, ...]) -> list[tuple[str, str]]:
    from detente.core.errors import InvalidOption

    pairs = []
    for item in fields:
        name, sign, value = item.partition("=")
        if not sign:
            raise InvalidOption(
                f"--set {item}", where="--set", why="there is no =", instead="--set says='...'"
            )
        pairs.append((name, value))
    return pairs


@click.command()
@click.argument("kind")
@click.option("--to", "folder", required=True, metavar="FOLDER", help="A dispute folder of your own.")
@click.option("--id", "entry_id", required=True, help="kind-slug, for example talk-phone-call-deputies.")
@click.option("--title", required=True, help="One plain line.")
@click.option("--date", "day", metavar="DAY", help="The main day of the event.")
@click.option("--source", "sources", multiple=True, metavar="ID", help="Id of a source entry; may repeat.")
@SET
@JSON
def add(
    kind: str,
    folder: str,
    entry_id: str,
    title: str,
    day: str | None,
    sources: tuple[str, ...],
    fields: tuple[str, ...],
    as_json: bool,
) -> None:
    """Add an entry to a dispute folder of your own: the news of 10:40.

    \b
    Example:
      detente new my-dispute --from us-china
      detente add claim --to my-dispute --id claim-deal-is-near --title "A deal is near" \\
        --date 2025-06-06 --set by="{name: A. Minister, side: USA}" --set says="A deal is near" \\
        --set standing="[{since: 2025-06-06, status: open}]"

    Fields left out are listed in the error, with what to write. Nothing is written unless all is sound.
    """
    import json

    from detente.core.results import envelope
    from detente.record.write import add_entry, new_document

    pairs = [("id", entry_id), ("title", json.dumps(title, ensure_ascii=False))]  # a JSON string is YAML
    if day is not None:
        pairs.append(("date", json.dumps(day)))
    if sources:
        pairs.append(("sources", "[" + ", ".join(f"{{source: {s}}}" for s in sources) + "]"))
    document = new_document(kind, tuple(pairs + _pairs(fields)))
    if not sources and kind != "source":
        document.setdefault("verification", "unverified")
    written = add_entry(folder, document)
    if as_json:
        data = {"file": str(written.file), "id": entry_id, "version": written.version}
        print_json(envelope("add", {"kind": kind, "to": folder}, data))
    else:
        click.echo(f"wrote {written.file}")


@click.command()
@click.argument("entry")
@click.option("--in", "folder", required=True, metavar="FOLDER", help="A dispute folder of your own.")
@SET
@click.option("--unset", multiple=True, metavar="FIELD", help="A field to take out. May repeat.")
@click.option("--rename", metavar="ID", help="Give the entry this id; the old one becomes an alias.")
@click.option("--if-version", "version", metavar="V", help="Only if the entry is still at this version.")
@JSON
def edit(
    entry: str,
    folder: str,
    fields: tuple[str, ...],
    unset: tuple[str, ...],
    rename: str | None,
    version: str | None,
    as_json: bool,
) -> None:
    """Change fields of one entry; comments and everything else in its file stay as they are.

    \b
    Examples:
      detente edit talk-oslo --in my-dispute --set outcome="A second round is set."
      detente edit measure-duty --in my-dispute --set states.0.rate_percent=25 --if-version 3f1c...

    The answer names the entry's new version; hand it in with --if-version, and nobody's change is
    overwritten.
    """
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope
    from detente.record.write import edit_entry, rename_entry

    if not (fields or unset or rename):
        raise InvalidOption(
            "no change", where="edit", why="nothing is asked for", instead="--set outcome=..."
        )
    if rename and (fields or unset or version):
        raise InvalidOption(
            "--rename with other changes", where="--rename", why="a new id is one change", instead="two edits"
        )
    if rename:
        written = rename_entry(folder, entry, rename)
    else:
        written = edit_entry(folder, entry, dict(_pairs(fields)), unset, version)
    if as_json:
        data = {"file": str(written.file), "id": written.file.stem, "version": written.version}
        print_json(envelope("edit", {"entry": entry, "in": folder, "rename": rename}, data))
    else:
        click.echo(f"wrote {written.file}, now version {written.version}")


@click.command()
@click.argument("kind", required=False)
@click.option("--out", "folder", metavar="FOLDER", help="Write the schemas of all kinds to this folder.")
@JSON
def schema(kind: str | None, folder: str | None, as_json: bool) -> None:
    """Print or write JSON Schema of entries, for editors.

    \b
    Examples:
      detente schema measure
      detente schema --out schemas

    KIND is a kind of entry, or `dispute` for dispute.yaml; without it, the schema of any entry.
    """
    from pathlib import Path

    from detente.core.errors import InvalidOption
    from detente.core.results import envelope, to_json, write_together
    from detente.record.entries import KINDS
    from detente.record.schema import dispute_schema, entry_schema, kind_schema

    if kind is not None and kind != "dispute" and kind not in KINDS:
        names = ", ".join([*KINDS, "dispute"])
        raise InvalidOption(f"kind {kind!r}", where="KIND", why="no such kind", instead=names)
    if folder is not None:
        files = {f"{name}.schema.json": kind_schema(name) for name in KINDS}
        files |= {"entry.schema.json": entry_schema(), "dispute.schema.json": dispute_schema()}
        write_together({Path(folder) / name: to_json(made) + "\n" for name, made in files.items()})
        data = {"folder": folder, "files": sorted(files)}
        if as_json:
            print_json(envelope("schema", {"kind": kind, "out": folder}, data))
        else:
            click.echo(f"wrote {len(files)} schemas to {folder}")
        return
    made = entry_schema() if kind is None else dispute_schema() if kind == "dispute" else kind_schema(kind)
    print_json(envelope("schema", {"kind": kind, "out": None}, made) if as_json else made)


@click.command()
@DISPUTE
@click.option("--format", "form", type=click.Choice(["csv", "parquet", "json", "ics"]), required=True)
@click.option("--out", metavar="PATH", required=True, help="A file; for csv and parquet also a folder.")
@click.option(
    "--since", metavar="DAY", help="ics: deadlines from this day on; default: the last day checked."
)
@KNOWN_BY
@JSON
def export(dispute: str, form: str, out: str, since: str | None, known_by: str | None, as_json: bool) -> None:
    """Write a record as tables, as one JSON object, or its deadlines as a calendar.

    \b
    Examples:
      detente export us-china --format csv --out tables
      detente export us-china --format parquet --out entries.parquet
      detente export us-china --format json --out us-china.json
      detente export us-china --format ics --out deadlines.ics

    csv and parquet: a PATH that ends in a suffix is one table of all entries; else a folder of all tables.
    """
    from pathlib import Path

    from detente.core.days import parse_day
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope, to_json, write_together
    from detente.record.files import load_record

    if not out:
        raise InvalidOption("no path", where="--out", why="it is empty", instead="--out tables")
    if form != "ics" and (since is not None or known_by is not None):
        raise InvalidOption(
            "--since or --known-by", where="--format", why="they are for deadlines", instead="--format ics"
        )
    path = Path(out).expanduser()
    record = load_record(dispute)
    count: int | None = None
    if form == "ics":
        from detente.record.deadlines import deadlines
        from detente.record.export.calendar import calendar_text, first_day_wanted

        day = None if known_by is None else parse_day(known_by, where="--known-by")
        found = deadlines(record, first_day_wanted(record, since), day)
        files: dict[Path, str | bytes] = {path: calendar_text(record, found)}
        count = len(found)
    elif form == "json":
        from detente.record.export.plain import whole_record

        whole = envelope(
            "record", {"dispute": dispute}, whole_record(record), provenance=_hash(record.digest)
        )
        files = {path: to_json(whole) + "\n"}
    else:
        from detente.record.export.tables import table_files

        files = dict(table_files(record, form, path))
    write_together(files)
    if as_json:
        data = {"files": [str(name) for name in files], "deadlines": count}
        query = {"dispute": dispute, "format": form, "out": out, "since": since, "known_by": known_by}
        print_json(envelope("export", query, data, provenance=_hash(record.digest)))
    else:
        click.echo(f"wrote {', '.join(str(name) for name in files)}")


def _hash(digest: str) -> dict[str, str]:
    return {"record_hash": digest}
