"""Commands about the news: read, review, grade."""

from __future__ import annotations

import click

from detente.cli.record import JSON, print_json

_SHOWN = 5
"""So many files that were left are named on stderr; the answer lists all."""


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE|URL|FOLDER|-...")
@click.option("--published", metavar="DAY", help="Day of publication, where the article does not say.")
@click.option(
    "--dispute",
    default="",
    metavar="DISPUTE",
    help="Record to compare with; default: the shipped one about the article's two sides.",
)
@click.option(
    "--texts",
    default="",
    metavar="FOLDER",
    help="Write each article's text there: evidence counts characters in it.",
)
@click.option(
    "--allow-host",
    "allow",
    multiple=True,
    metavar="HOST:PORT",
    help="A host of a private network that may be fetched. May repeat.",
)
@click.option(
    "--model",
    default="",
    metavar="FILE",
    help="Settings of a language model that reads instead of the rules; off by default.",
)
@click.option("--out", metavar="FILE", help="Write the JSON there too, for `detente review`.")
@JSON
def read(
    sources: tuple[str, ...],
    published: str | None,
    dispute: str,
    texts: str,
    allow: tuple[str, ...],
    model: str,
    out: str | None,
    as_json: bool,
) -> None:
    """Turn articles into proposals for the record, grouped by event. The record itself is never written.

    \b
    Examples:
      detente read article.txt --published 2025-05-23
      detente read news/ --dispute us-china --json
    """
    from pathlib import Path

    from detente.cli.progress import Progress
    from detente.core.days import parse_day
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope, require_writable, to_json, write_together
    from detente.reading.read import Options, read_all

    if "" in sources:
        raise InvalidOption(
            "an empty name", where="FILE", why="nothing is named", instead="article.txt, or ."
        )
    if out is not None:
        require_writable(Path(out))
    options = Options(
        published=None if published is None else parse_day(published, where="--published"),
        dispute=dispute,
        model=model,
        texts=texts,
        allow=allow,
    )
    with Progress() as progress:
        reading = read_all(sources, options, progress)
    if reading.left:
        shown = ", ".join(one["where"] for one in reading.left[:_SHOWN])
        more = f" and {len(reading.left) - _SHOWN} more" if len(reading.left) > _SHOWN else ""
        click.echo(f"left, being no articles: {shown}{more}", err=True)
    query = {
        "sources": list(sources),
        "published": published,
        "dispute": dispute or None,
        "model": model or None,
    }
    answer = envelope("read", query, reading.data(), provenance={"model": reading.model})
    if out is not None:
        write_together({Path(out): to_json(answer)})
    if model:
        used = reading.model
        click.echo(
            f"{used['name']}: {used['calls']} calls, "
            f"{used['input_tokens']} + {used['output_tokens']} tokens, "
            f"{used['cost_usd']:.4f} US dollars",
            err=True,
        )
    if as_json:
        print_json(answer)
    else:
        from detente.cli.reading_text import print_reading

        print_reading(answer["data"])


@click.command()
@click.argument("readings", metavar="READING")
@click.option("--to", "folder", required=True, metavar="FOLDER", help="A dispute folder of your own.")
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="ID",
    help="Accept this proposal without asking. May repeat.",
)
@click.option(
    "--reject",
    "rejected",
    multiple=True,
    metavar="ID",
    help="Reject this proposal without asking. May repeat.",
)
@click.option(
    "--set",
    "fields",
    multiple=True,
    metavar="ID.FIELD=VALUE",
    help="Change a field of the entry before it is written; the value is YAML.",
)
@JSON
def review(
    readings: str,
    folder: str,
    accepted: tuple[str, ...],
    rejected: tuple[str, ...],
    fields: tuple[str, ...],
    as_json: bool,
) -> None:
    """Accept, edit or reject proposals, one key each. Accepting writes entries with the article as source.

    \b
    Example:
      detente read article.txt --out reading.json
      detente new my-dispute --from us-china
      detente review reading.json --to my-dispute
    """
    from pathlib import Path

    from detente.core.results import envelope
    from detente.reading.review import decide, load_reading, write_accepted

    reading = load_reading(Path(readings))
    if accepted or rejected:
        choices = decide(reading, accepted, rejected, fields)
    else:
        from detente.cli.review_keys import ask

        choices = ask(reading)
    written = write_accepted(reading, folder, choices)
    if as_json:
        data = {"written": written, "rejected": [i for i, c in choices.items() if c is None]}
        print_json(envelope("review", {"reading": readings, "to": folder}, data))
    else:
        for item in written:
            click.echo(f"wrote {item['file']}")


@click.command()
@click.option(
    "--gold",
    default="",
    metavar="FOLDER",
    help="A folder in the gold format; default: the shipped tuned set.",
)
@click.option(
    "--untouched", is_flag=True, help="The shipped set that was kept away from whoever wrote the rules."
)
@click.option(
    "--proposals",
    metavar="FILE",
    help="Grade these proposals, as `read --json` gives them, instead of the rules.",
)
@JSON
def grade(gold: str, untouched: bool, proposals: str | None, as_json: bool) -> None:
    """Grade the reader against a gold folder, field by field.

    Precision, recall and F1, the confusion of modalities, invented facts and false acts.

    Example: detente grade --gold my-gold --json
    """
    from detente.cli.reading_text import print_grade
    from detente.core.results import envelope
    from detente.reading.grading import grade_folder

    query, data = grade_folder(gold, untouched=untouched, proposals=proposals)
    if as_json:
        print_json(envelope("grade", query, data))
    else:
        print_grade(query, data)
