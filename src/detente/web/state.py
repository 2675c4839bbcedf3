"""What the handlers of a server share, reached from a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from detente.web.answers import Answers
from detente.web.background import Background
from detente.web.disputes import Disputes
from detente.web.settings import Settings
from detente.web.store import Store
from detente.web.workers import Workers


@dataclass
class State:
    """One server's settings, disputes, store, workers and kept answers.

    Attributes:
        background: work of seconds.
        table: games of talks, so that no move waits for other work.
    """

    settings: Settings
    disputes: Disputes
    store: Store
    workers: Workers
    answers: Answers = field(default_factory=Answers)
    background: Background = field(default_factory=Background)
    table: Background = field(default_factory=Background)


def _state(request: Request) -> State:
    return request.app.state.detente


Shared = Annotated[State, Depends(_state)]
