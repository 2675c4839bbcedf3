"""What a workbench keeps, in SQLite, or PostgreSQL for a team: jobs, readings, decisions, history, plays,
sessions.

Records themselves stay files: the store holds what was done to them, so that it can be undone.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from detente.core.errors import InvalidOption, StaleVersion

HEAD = "0002"
"""The newest migration."""
STALE_SECONDS = 15.0
"""A job whose worker has been silent for longer is somebody else's to take."""
LIVE = ("queued", "running")

tables = sa.MetaData()
jobs = sa.Table(
    "jobs",
    tables,
    sa.Column("id", sa.String),
    sa.Column("kind", sa.String),
    sa.Column("seal", sa.String),
    sa.Column("question", sa.JSON),
    sa.Column("state", sa.String),
    sa.Column("progress", sa.Text),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("cancel", sa.Boolean),
    sa.Column("worker", sa.String),
    sa.Column("beat", sa.Float),
    sa.Column("made", sa.Float),
    sa.Column("ended", sa.Float),
    sa.Column("by", sa.String),
)
readings = sa.Table(
    "readings",
    tables,
    sa.Column("id", sa.String),
    sa.Column("dispute", sa.String),
    sa.Column("by", sa.String),
    sa.Column("made", sa.Float),
    sa.Column("data", sa.JSON),
    sa.Column("texts", sa.JSON),
)
decisions = sa.Table(
    "decisions",
    tables,
    sa.Column("reading", sa.String),
    sa.Column("proposal", sa.String),
    sa.Column("accepted", sa.Boolean),
    sa.Column("change", sa.Integer),
    sa.Column("by", sa.String),
    sa.Column("at", sa.Float),
)
changes = sa.Table(
    "changes",
    tables,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("dispute", sa.String),
    sa.Column("what", sa.String),
    sa.Column("files", sa.JSON),
    sa.Column("by", sa.String),
    sa.Column("at", sa.Float),
    sa.Column("undone", sa.Integer),
)
plays = sa.Table(
    "plays",
    tables,
    sa.Column("id", sa.String),
    sa.Column("setup", sa.JSON),
    sa.Column("moves", sa.JSON),
    sa.Column("news", sa.JSON),
    sa.Column("turn", sa.JSON),
    sa.Column("version", sa.Integer),
    sa.Column("by", sa.String),
    sa.Column("made", sa.Float),
)
sessions = sa.Table(
    "sessions",
    tables,
    sa.Column("seal", sa.String),
    sa.Column("user", sa.String),
    sa.Column("role", sa.String),
    sa.Column("csrf", sa.String),
    sa.Column("ends", sa.Float),
)

Row = dict[str, Any]


def default_address() -> str:
    """The store of one user: `$DETENTE_STORE`, else a SQLite file in the platform's folder for data."""
    chosen = os.environ.get("DETENTE_STORE")
    if chosen:
        return chosen
    from platformdirs import user_data_path

    return f"sqlite:///{user_data_path('detente', appauthor=False) / 'workbench.sqlite'}"


class Store:
    """A database reached by its address, brought to the newest tables when it is opened.

    Args:
        address: as SQLAlchemy has it: sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/NAME.

    Raises:
        InvalidOption: it cannot be reached, or is of a newer version.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            url = sa.make_url(address)
            options: dict[str, Any] = {"pool_pre_ping": True}
            if url.get_backend_name() == "sqlite":
                if url.database:
                    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
                options = {"poolclass": NullPool, "connect_args": {"timeout": 30}}
            self.engine = sa.create_engine(url, **options)
            if url.get_backend_name() == "sqlite":
                event.listen(self.engine, "connect", _ready_sqlite)
            self._upgrade()
        except (SQLAlchemyError, ModuleNotFoundError, OSError) as error:
            raise InvalidOption(
                f"store {_without_password(address)}",
                where="--store",
                why=str(error).splitlines()[0][:200],
                instead="sqlite:///FILE, or postgresql+psycopg://user@host/name (extra `postgres`)",
            ) from None

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _upgrade(self) -> None:
        with self.engine.connect() as connection:
            try:
                found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            except SQLAlchemyError:
                found = None
        if found == HEAD:
            return  # Alembic takes half a second to load
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":  # two servers may start at once
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(727001)"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    # Jobs

    def submit(self, kind: str, seal: str, question: Row, by: str) -> Row:
        """A job for a question; the one that is there already where it was asked before."""
        row = {
            "id": secrets.token_hex(8),
            "kind": kind,
            "seal": seal,
            "question": question,
            "state": "queued",
            "progress": "waiting",
            "cancel": False,
            "worker": "",
            "beat": 0.0,
            "made": time.time(),
            "by": by,
        }
        try:
            with self.engine.begin() as connection:
                connection.execute(jobs.insert().values(row))
        except IntegrityError:
            found = self._one(sa.select(jobs).where(jobs.c.seal == seal))
            if found is None:
                raise
            if found["state"] in ("failed", "cancelled"):
                self.resume(found["id"])
        made = self._one(sa.select(jobs).where(jobs.c.seal == seal))
        assert made is not None
        return made

    def job(self, job: str) -> Row | None:
        """A job by its id."""
        return self._one(sa.select(jobs).where(jobs.c.id == job))

    def all_jobs(self, most: int = 100) -> list[Row]:
        """The newest jobs, without their results."""
        columns = [c for c in jobs.c if c.name != "result"]
        return self._all(sa.select(*columns).order_by(jobs.c.made.desc()).limit(most))

    def any_live(self) -> bool:
        """Whether any job waits or runs."""
        return self._one(sa.select(jobs.c.id).where(jobs.c.state.in_(LIVE)).limit(1)) is not None

    def claim(self, worker: str, kinds: Iterable[str]) -> Row | None:
        """A job of these kinds, now this worker's; one left by a worker that died counts as waiting."""
        stale = time.time() - STALE_SECONDS
        left = sa.and_(jobs.c.state == "running", jobs.c.beat < stale)
        waiting = sa.and_(jobs.c.kind.in_(list(kinds)), sa.or_(jobs.c.state == "queued", left))
        while True:
            found = self._one(sa.select(jobs).where(waiting).order_by(jobs.c.made).limit(1))
            if found is None:
                return None
            with self.engine.begin() as connection:
                taken = connection.execute(
                    jobs.update()
                    .where(jobs.c.id == found["id"], jobs.c.beat == found["beat"], waiting)
                    .values(state="running", worker=worker, beat=time.time(), progress="beginning")
                )
            if taken.rowcount:
                return self.job(found["id"])

    def beat(self, job: str, worker: str, progress: str | None = None) -> bool:
        """Say that a job is being worked on; False where it is to stop or is no longer this worker's."""
        values: Row = {"beat": time.time()} | ({"progress": progress} if progress is not None else {})
        mine = sa.and_(jobs.c.id == job, jobs.c.worker == worker, jobs.c.state == "running")
        with self.engine.begin() as connection:
            kept = connection.execute(jobs.update().where(mine).values(values)).rowcount
            wanted = connection.execute(sa.select(jobs.c.cancel).where(jobs.c.id == job)).scalar()
        return bool(kept) and not wanted

    def finish(self, job: str, worker: str, result: Any = None, error: Any = None) -> None:
        """End a job that is this worker's with its result or error; a cancelled one has neither."""
        state = "done" if result is not None else "failed" if error is not None else "cancelled"
        values = {"state": state, "result": result, "error": error, "ended": time.time(), "progress": state}
        with self.engine.begin() as connection:
            connection.execute(jobs.update().where(jobs.c.id == job, jobs.c.worker == worker).values(values))

    def cancel(self, job: str) -> None:
        """Ask a job to stop; one that waits stops at once."""
        with self.engine.begin() as connection:
            connection.execute(jobs.update().where(jobs.c.id == job).values(cancel=True))
            connection.execute(
                jobs.update()
                .where(jobs.c.id == job, jobs.c.state == "queued")
                .values(state="cancelled", progress="cancelled", ended=time.time())
            )

    def resume(self, job: str) -> None:
        """Let a job that failed or was cancelled wait again."""
        with self.engine.begin() as connection:
            connection.execute(
                jobs.update()
                .where(jobs.c.id == job, jobs.c.state.in_(("failed", "cancelled")))
                .values(state="queued", progress="waiting", cancel=False, beat=0.0, error=None, ended=None)
            )

    # Inbox and history

    def keep_reading(self, dispute: str, by: str, data: Row, texts: Row) -> str:
        """Keep what was read; its id."""
        name = secrets.token_hex(8)
        row = {"id": name, "dispute": dispute, "by": by, "made": time.time(), "data": data, "texts": texts}
        with self.engine.begin() as connection:
            connection.execute(readings.insert().values(row))
        return name

    def reading(self, name: str) -> Row | None:
        """A reading with its decisions, by proposal."""
        found = self._one(sa.select(readings).where(readings.c.id == name))
        if found is not None:
            made = self._all(sa.select(decisions).where(decisions.c.reading == name))
            found["decisions"] = {row["proposal"]: row for row in made}
        return found

    def all_readings(self, dispute: str, most: int = 50) -> list[Row]:
        """The newest readings of a dispute."""
        return self._all(
            sa.select(readings)
            .where(readings.c.dispute == dispute)
            .order_by(readings.c.made.desc())
            .limit(most)
        )

    def reserve(self, reading: str, proposal: str, accepted: bool, by: str) -> None:
        """Decide on a proposal; only the first decision counts.

        Raises:
            StaleVersion: somebody has decided already.
        """
        row = {"reading": reading, "proposal": proposal, "accepted": accepted, "by": by, "at": time.time()}
        try:
            with self.engine.begin() as connection:
                connection.execute(decisions.insert().values(row))
        except IntegrityError:
            found = self._one(
                sa.select(decisions).where(decisions.c.reading == reading, decisions.c.proposal == proposal)
            )
            who = found["by"] if found else "somebody"
            verb = "accepted" if found and found["accepted"] else "rejected"
            raise StaleVersion(
                f"proposal {proposal}",
                where="proposal",
                why=f"{who} has {verb} it already",
                instead="undo that in the history first",
            ) from None

    def release(self, reading: str, proposal: str, change: int | None = None) -> None:
        """Take a decision back, or tie it to the change of the record that it made."""
        which = sa.and_(decisions.c.reading == reading, decisions.c.proposal == proposal)
        with self.engine.begin() as connection:
            if change is None:
                connection.execute(decisions.delete().where(which))
            else:
                connection.execute(decisions.update().where(which).values(change=change))

    def keep_change(self, dispute: str, what: str, files: Row, by: str) -> int:
        """Keep what a change of a record did: file -> its text before and after; its number."""
        row = {"dispute": dispute, "what": what[:200], "files": files, "by": by, "at": time.time()}
        with self.engine.begin() as connection:
            made = connection.execute(changes.insert().values(row)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def change(self, number: int) -> Row | None:
        """A change by its number."""
        return self._one(sa.select(changes).where(changes.c.id == number))

    def all_changes(self, dispute: str, most: int = 100) -> list[Row]:
        """The newest changes of a record."""
        return self._all(
            sa.select(changes).where(changes.c.dispute == dispute).order_by(changes.c.id.desc()).limit(most)
        )

    def mark_undone(self, number: int, by_change: int) -> None:
        """Say that a change was undone by another, and free the decision that made it."""
        with self.engine.begin() as connection:
            connection.execute(changes.update().where(changes.c.id == number).values(undone=by_change))
            connection.execute(decisions.delete().where(decisions.c.change == number))

    # Plays

    def keep_play(self, setup: Row, news: list[Any], turn: Row, by: str) -> str:
        """Keep a play that begins; its id."""
        name = secrets.token_hex(8)
        row = {"id": name, "setup": setup, "moves": [], "news": news, "turn": turn, "version": 0}
        with self.engine.begin() as connection:
            connection.execute(plays.insert().values({**row, "by": by, "made": time.time()}))
        return name

    def play(self, name: str) -> Row | None:
        """A play by its id."""
        return self._one(sa.select(plays).where(plays.c.id == name))

    def all_plays(self, most: int = 50) -> list[Row]:
        """The newest plays."""
        return self._all(sa.select(plays).order_by(plays.c.made.desc()).limit(most))

    def move_play(self, name: str, version: int, moves: list[str], news: list[Any], turn: Row) -> None:
        """Keep where a play stands after a move, made or taken back.

        Raises:
            StaleVersion: it is no longer of that version.
        """
        values = {"moves": moves, "news": news, "turn": turn, "version": version + 1}
        seen = sa.and_(plays.c.id == name, plays.c.version == version)
        with self.engine.begin() as connection:
            kept = connection.execute(plays.update().where(seen).values(values)).rowcount
        if not kept:
            raise StaleVersion(
                f"play {name}",
                where="version",
                why="somebody has moved since",
                instead="look at it again",
            )

    # Sessions

    def open_session(self, seal: str, user: str, role: str, csrf: str, seconds: float) -> None:
        """Keep a session; those that have ended go."""
        row = {"seal": seal, "user": user, "role": role, "csrf": csrf, "ends": time.time() + seconds}
        with self.engine.begin() as connection:
            connection.execute(sessions.delete().where(sessions.c.ends < time.time()))
            connection.execute(sessions.insert().values(row))

    def session(self, seal: str) -> Row | None:
        """A session that has not ended."""
        return self._one(sa.select(sessions).where(sessions.c.seal == seal, sessions.c.ends > time.time()))

    def close_session(self, seal: str) -> None:
        """End a session."""
        with self.engine.begin() as connection:
            connection.execute(sessions.delete().where(sessions.c.seal == seal))

    def _one(self, query: Any) -> Row | None:
        with self.engine.connect() as connection:
            found = connection.execute(query).mappings().first()
        return dict(found) if found is not None else None

    def _all(self, query: Any) -> list[Row]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _ready_sqlite(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _without_password(address: str) -> str:
    try:
        return sa.make_url(address).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "that address"
