"""Who asks: on loopback the one user of this machine; beyond it, whoever shows a token or the password."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request

from detente.core.errors import InvalidOption
from detente.core.yaml12 import read_yaml
from detente.web.errors import Failure

ROLES = ("reader", "editor")
COOKIE = "detente-session"
SESSION_SECONDS = 12 * 3600.0
SHORTEST_PASSWORD = 12
TOKEN_FORM = "- {name: ana, role: editor, sha256: ...}, made with `detente serve --new-token ana:editor`"


@dataclass(frozen=True)
class Key:
    """What lets somebody in.

    Attributes:
        name, role: whose it is; reader or editor.
        seal: SHA-256 of a token, as hex; or, with salt, scrypt of a password.
        salt: of a password.
    """

    name: str
    role: str
    seal: str
    salt: bytes = b""

    def opens(self, given: str) -> bool:
        """Whether what was given is it."""
        found = _scrypt(given, self.salt) if self.salt else seal_of_token(given)
        return hmac.compare_digest(found, self.seal)


@dataclass(frozen=True)
class User:
    """Somebody who asks.

    Attributes:
        name, role: see `Key`.
        csrf: what pages of this user send back with every change; empty where no cookie is used.
    """

    name: str
    role: str
    csrf: str = ""


LOCAL = User("local", "editor")


def seal_of_token(token: str) -> str:
    """What is kept of a token or a session's cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def _scrypt(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()


def new_token(words: str) -> tuple[str, str]:
    """A token for NAME:ROLE, and the line that lets it in.

    Raises:
        InvalidOption: another form or role.
    """
    name, sign, role = words.partition(":")
    if not sign or not name.strip() or role not in ROLES:
        raise InvalidOption(
            f"--new-token {words}",
            where="--new-token",
            why="not NAME:ROLE",
            instead="ana:editor or ben:reader",
        )
    token = secrets.token_urlsafe(32)
    return token, f"- {{name: {name.strip()}, role: {role}, sha256: {seal_of_token(token)}}}"


def keys_of(tokens: Path | None, environment: dict[str, str] | None = None) -> tuple[Key, ...]:
    """The keys of a file of tokens, and of DETENTE_PASSWORD (editors) and DETENTE_READER_PASSWORD.

    Raises:
        InvalidOption: a password that is too short, or a line of another form.
    """
    found: list[Key] = []
    values = dict(os.environ) if environment is None else environment
    for variable, role in (("DETENTE_PASSWORD", "editor"), ("DETENTE_READER_PASSWORD", "reader")):
        password = values.get(variable, "")
        if not password:
            continue
        if len(password) < SHORTEST_PASSWORD:
            raise InvalidOption(
                f"a password of {len(password)} letters",
                where=variable,
                why="it could be guessed",
                instead=f"{SHORTEST_PASSWORD} letters or more",
            )
        salt = secrets.token_bytes(16)
        found.append(Key(f"the {role}s", role, _scrypt(password, salt), salt))
    if tokens is not None:
        found += _read_tokens(tokens)
    return tuple(found)


def _read_tokens(path: Path) -> list[Key]:
    if not path.is_file():
        raise InvalidOption(
            f"--tokens {path}", where="--tokens", why="there is no such file", instead="a file that is there"
        )
    document, _ = read_yaml(path, shown=str(path))
    rows: Any = document if isinstance(document, list) else None
    good = rows is not None and all(
        isinstance(row, dict)
        and set(row) == {"name", "role", "sha256"}
        and row["role"] in ROLES
        and len(str(row["sha256"])) == 64
        for row in rows
    )
    if not good or not rows:
        raise InvalidOption(
            f"--tokens {path}",
            where=str(path),
            why="not a list of names, roles and seals",
            instead=TOKEN_FORM,
        )
    return [Key(str(row["name"]), row["role"], str(row["sha256"])) for row in rows]


def let_in(keys: Sequence[Key], given: str) -> User | None:
    """Whose token or password this is; None where it is nobody's."""
    return next((User(key.name, key.role) for key in keys if key.opens(given)), None)


def user_of(request: Request) -> User:
    """Who asks, as the guard found."""
    return getattr(request.state, "user", LOCAL)


def _reader(request: Request) -> User:
    return user_of(request)


def _editor(request: Request) -> User:
    user = user_of(request)
    if user.role != "editor":
        raise Failure(
            "not_allowed",
            f"{user.name} is a {user.role}",
            where=request.url.path,
            why="only editors may change anything",
            instead="ask an editor, or sign in as one",
        )
    return user


Reader = Annotated[User, Depends(_reader)]
Editor = Annotated[User, Depends(_editor)]
