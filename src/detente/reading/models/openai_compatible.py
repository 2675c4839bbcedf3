"""Models behind an endpoint that speaks the chat-completions form."""

from __future__ import annotations

from typing import Any

from detente.reading.models.http import count, failed, post
from detente.reading.models.protocol import Completion, Settings


class OpenAICompatible:
    """An endpoint of the chat-completions form, asked for JSON of a schema."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.name = settings.model

    def complete(self, instructions: str, data: str, schema: dict[str, Any]) -> Completion:
        """One answer; see `protocol.Model`."""
        answer = post(
            self.settings,
            "/chat/completions",
            {
                "model": self.settings.model,
                "temperature": 0,
                "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": data}],
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "acts", "strict": True, "schema": schema},
                },
            },
        )
        choices = answer.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        message = choice.get("message") if isinstance(choice.get("message"), dict) else {}
        text = message.get("content") if isinstance(message, dict) else None
        refusal = message.get("refusal") if isinstance(message, dict) else None
        if refusal or not isinstance(text, str) or not text.strip():
            raise failed(self.settings, "it refused" if refusal else "it wrote nothing")
        if choice.get("finish_reason") == "length":
            raise failed(self.settings, "its answer was cut off")
        usage = answer.get("usage")
        return Completion(text, count(usage, "prompt_tokens"), count(usage, "completion_tokens"))
