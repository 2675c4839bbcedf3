"""The economic track record: ex-post."""

from __future__ import annotations

import click

from detente.cli.economy import DATA, data_folder
from detente.cli.record import JSON, print_json


@click.command(name="ex-post")
@click.option("--shipped", is_flag=True, help="The shipped world, read backwards; needs no raw data.")
@DATA
@JSON
def ex_post(shipped: bool, data: str | None, as_json: bool) -> None:
    """The duties of 2018-19 through the economy, beside what was measured afterwards.

    Ours and theirs for each fact, by variant, and why they differ; nothing is fitted. Takes the world of 2017
    from the raw data, or with --shipped the shipped world.

    Example: detente ex-post --shipped
    """
    from detente.analysis.ex_post import ex_post as run
    from detente.analysis.ex_post_text import markdown
    from detente.cli.progress import Progress
    from detente.core.errors import InvalidOption
    from detente.core.results import envelope
    from detente.economy.worlds import DEFAULT_WORLD, world_hash
    from detente.record.files import load_record

    if shipped and data:
        raise InvalidOption(
            "--shipped with --data", where="--data", why="the shipped world takes no raw data", instead="one"
        )
    folder = None if shipped else data_folder(data)
    record = load_record("us-china")
    with Progress() as progress:
        found = run(record, folder, progress)
    if as_json:
        origin = {
            "record_hash": record.digest,
            "world_hash": world_hash(DEFAULT_WORLD) if shipped else None,
            "model": "input-output",
            "certificate": found["certificates"][0] if found["certificates"] else None,
        }
        query = {"dispute": "us-china", "world": found["world"], "shipped": shipped}
        print_json(envelope("ex-post", query, found, provenance=origin))
    else:
        click.echo(markdown(found), nl=False)
