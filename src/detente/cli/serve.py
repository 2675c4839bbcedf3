"""The command `detente serve`: the workbench in a browser."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes any that is free."
)
@click.option(
    "--dispute", "folders", multiple=True, metavar="FOLDER", help="A dispute of your own. May repeat."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def serve(host: str, port: int, folders: tuple[str, ...], no_browser: bool) -> None:
    """Open the workbench: look, ask and compare in a browser.

    It answers to this machine alone, loads nothing from elsewhere, and stops with Ctrl-C.

    Example: detente serve --dispute my-dispute
    """
    from pathlib import Path

    from detente.core.errors import InvalidOption
    from detente.record.files import find_dispute, load_record, shipped_disputes
    from detente.web.serve import serve as run
    from detente.web.settings import Settings

    named: dict[str, Path] = {}
    for folder in folders:
        record = load_record(folder)
        name = record.folder.name
        if folder in shipped_disputes():
            continue  # it is served anyway
        if name in named:
            raise InvalidOption(
                f"--dispute {folder}",
                where="--dispute",
                why=f"another folder is called {name} too",
                instead="folders of different names",
            )
        named[name] = find_dispute(folder).resolve()

    def ready(address: str) -> None:
        click.echo(f"Détente is at {address}")
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    run(Settings(host=host, port=port, folders=named), ready)
