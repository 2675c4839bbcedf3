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
@click.option("--store", default="", metavar="ADDRESS", help="Database; default: a SQLite file of your own.")
@click.option("--tokens", metavar="FILE", help="Who may sign in; needed beyond loopback.")
@click.option("--public-url", "public", default="", metavar="URL", help="Its address behind a proxy.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="For long jobs.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="That answer.")
@click.option("--new-token", "new_token_for", metavar="NAME:ROLE", help="Print a token and its line.")
def serve(
    host: str,
    port: int,
    folders: tuple[str, ...],
    no_browser: bool,
    store: str,
    tokens: str | None,
    public: str,
    workers: int,
    processes: int,
    new_token_for: str | None,
) -> None:
    """Open the workbench: look, ask and compare in a browser.

    It answers to this machine alone, loads nothing from elsewhere, and stops with Ctrl-C. Beyond loopback it
    asks for --tokens or DETENTE_PASSWORD, and refuses to start without.

    Example: detente serve --dispute my-dispute
    """
    from pathlib import Path

    from detente.core.errors import InvalidOption
    from detente.record.files import find_dispute, load_record, shipped_disputes
    from detente.web.serve import serve as run
    from detente.web.settings import Settings, default_home
    from detente.web.users import keys_of, new_token

    if new_token_for is not None:
        token, line = new_token(new_token_for)
        click.echo(f"token (shown once): {token}\nline for --tokens FILE:\n{line}")
        return
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

    settings = Settings(
        host=host,
        port=port,
        folders=named,
        home=default_home(),
        store=store,
        keys=keys_of(Path(tokens) if tokens else None),
        public=public.rstrip("/"),
        workers=workers,
        processes=processes,
    )
    run(settings, ready)
