"""A model served on one's own machine, with output held to a JSON schema (the form of Ollama's chat)."""

from __future__ import annotations

from typing import Any

from detente.reading.models.http import count, failed, post
from detente.reading.models.protocol import Completion, Settings


class Local:
    """A local server that holds its output to a JSON schema."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.name = settings.model

    def complete(self, instructions: str, data: str, schema: dict[str, Any]) -> Completion:
        """One answer; see `protocol.Model`."""
        answer = post(
            self.settings,
            "/api/chat",
            {
                "model": self.settings.model,
                "stream": False,
                "format": schema,
                "options": {"temperature": 0},
                "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": data}],
            },
        )
        message = answer.get("message")
        text = message.get("content") if isinstance(message, dict) else None
        if not isinstance(text, str) or not text.strip():
            raise failed(self.settings, "it wrote nothing")
        return Completion(text, count(answer, "prompt_eval_count"), count(answer, "eval_count"))
