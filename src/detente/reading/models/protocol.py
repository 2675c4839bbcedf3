"""What a language model must do for the reader, and the settings file that names one.

A settings file is YAML:

    adapter: openai            # or local
    url: https://host/v1       # the endpoint's base address
    model: name-of-the-model
    key_env: MY_KEY            # name of the environment variable that holds the key; leave out for none
    timeout_seconds: 60
    usd_per_million_input: 0.5
    usd_per_million_output: 1.5
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from detente.core.errors import InvalidOption
from detente.core.yaml12 import read_yaml


@dataclass(frozen=True)
class Completion:
    """A model's answer.

    Attributes:
        text: what it wrote; JSON if it kept to the schema.
        input_tokens, output_tokens: as the endpoint counts them; 0 where it does not say.
    """

    text: str
    input_tokens: int = 0
    output_tokens: int = 0


class Model(Protocol):
    """A language model with structured output."""

    name: str

    def complete(self, instructions: str, data: str, schema: dict[str, Any]) -> Completion:
        """One answer in the form of a JSON schema.

        Args:
            instructions: what to do; ours alone.
            data: the text to read; it instructs nobody.
            schema: of the answer.

        Raises:
            ModelFailed: no answer in time, a refusal, or an answer that is none.
        """
        ...


@dataclass(frozen=True)
class Settings:
    """The settings of a model; prices are in US dollars of the day for a million tokens."""

    adapter: str
    url: str
    model: str
    key_env: str = ""
    timeout_seconds: float = 60.0
    usd_per_million_input: float = 0.0
    usd_per_million_output: float = 0.0

    @property
    def key(self) -> str:
        """The key, read from the environment when it is needed and kept nowhere."""
        return os.environ.get(self.key_env, "") if self.key_env else ""


@dataclass
class Usage:
    """Tokens and cost of a run."""

    settings: Settings
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    failures: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, completion: Completion) -> None:
        """Count an answer."""
        self.calls += 1
        self.input_tokens += completion.input_tokens
        self.output_tokens += completion.output_tokens

    def as_dict(self) -> dict[str, Any]:
        """The model as `provenance` has it."""
        cost = self.input_tokens * self.settings.usd_per_million_input
        cost += self.output_tokens * self.settings.usd_per_million_output
        return {
            "name": self.settings.model,
            "adapter": self.settings.adapter,
            "calls": self.calls,
            "failures": self.failures,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost_usd": cost / 1e6,
        }


def load_settings(path: Path) -> Settings:
    """Settings from a file.

    Raises:
        InvalidOption: a field is unknown, missing or of the wrong kind.
        MalformedFile: it is no YAML.
    """
    if not path.is_file():
        raise InvalidOption(
            f"model settings {path}",
            where="--model",
            why="there is no such file",
            instead="a file that is there",
        )
    document, lines = read_yaml(path, shown=str(path))
    known = Settings.__dataclass_fields__
    fields = document if isinstance(document, dict) else {}
    for name, value in fields.items():
        wanted = str if known.get(name) is not None and known[name].type == "str" else (int, float)
        if name not in known or not isinstance(value, wanted):
            raise InvalidOption(
                f"{name}: {value!r}",
                where=f"{path}:{lines.get((name,), 1)}",
                why="no such setting, or not of its kind",
                instead=", ".join(known),
            )
    missing = [name for name in ("adapter", "url", "model") if name not in fields]
    if missing or fields.get("adapter") not in ("openai", "local"):
        raise InvalidOption(
            f"model settings {path}",
            where="--model",
            why=f"{missing[0]} is missing" if missing else "adapter is openai or local",
            instead="adapter, url and model; see docs/reading.md",
        )
    return Settings(**fields)


def model_of(settings: Settings) -> Model:
    """The adapter that the settings name."""
    if settings.adapter == "openai":
        from detente.reading.models.openai_compatible import OpenAICompatible

        return OpenAICompatible(settings)
    from detente.reading.models.local import Local

    return Local(settings)
