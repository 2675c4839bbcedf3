"""Scenarios as words in an address, so that a link makes them again.

One scenario is one value of `s`: parts by semicolon, `field=value`, and each change as
`c=instrument:importer:exporter:scope:value[:unit[:controller]]`; lists are joined by commas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.core.errors import InvalidOption

FIELDS = ("start", "model", "closure", "revenue_use", "elasticities", "theta_scale", "world")
CHANGE = ("instrument", "importer", "exporter", "scope", "value", "unit", "controller")
PLAIN = {
    "start": "today",
    "model": "input-output",
    "closure": "fixed_to_world_income",
    "revenue_use": "rebated",
    "elasticities": None,
    "theta_scale": 1.0,
    "world": "icio2022",
}
"""What a link leaves out."""
MOST_SCENARIOS = 4
NAMES = ("A", "B", "C", "D")


def scenario_words(scenario: Mapping[str, Any]) -> str:
    """A scenario as one value of `s`."""
    parts = [f"name={_clean(scenario['name'])}"] if scenario.get("name") else []
    for field in FIELDS:
        value = scenario.get(field)
        if value not in (None, "", PLAIN[field]):
            parts.append(f"{field}={value:g}" if isinstance(value, float) else f"{field}={value}")
    parts += [f"c={_change_words(change)}" for change in scenario.get("changes", ())]
    return ";".join(parts)


def _change_words(change: Mapping[str, Any]) -> str:
    words = []
    for field in CHANGE:
        value = change.get(field)
        if isinstance(value, list | tuple):
            value = ",".join(str(item) for item in value)
        words.append("" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value))
    return ":".join(words).rstrip(":")


def _clean(name: str) -> str:
    return "".join(" " if c in ";\n\r" else c for c in str(name))[:60].strip()


def scenario_of(words: str, number: int = 0) -> dict[str, Any]:
    """The scenario of one value of `s`.

    Raises:
        InvalidOption: words that are no scenario.
    """
    found: dict[str, Any] = {"name": NAMES[number % len(NAMES)], **PLAIN, "changes": []}
    for part in filter(None, words.split(";")):
        field, sign, value = part.partition("=")
        if not sign or field not in ("name", "c", *FIELDS):
            raise InvalidOption(
                f"{part!r}", where="s", why="it is no part of a scenario", instead="start=today;c=..."
            )
        if field == "c":
            found["changes"].append(_change_of(value))
        elif field == "theta_scale":
            found[field] = _number(value)
        else:
            found[field] = value
    return found


def _change_of(words: str) -> dict[str, Any]:
    parts = words.split(":")
    if not 5 <= len(parts) <= len(CHANGE):
        raise InvalidOption(
            f"c={words}",
            where="s",
            why="a change has instrument, importer, exporter, scope and value",
            instead="c=import_duty:USA:CHN:C26:10",
        )
    change: dict[str, Any] = {key: part for key, part in zip(CHANGE, parts, strict=False) if part}
    for key in ("importer", "exporter", "scope"):
        if "," in str(change.get(key, "")):
            change[key] = change[key].split(",")
    change["value"] = _number(str(change.get("value", "")))
    return change


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidOption(f"{text!r}", where="s", why="it is not a number", instead="10") from None


def scenarios_of(values: Sequence[str]) -> list[dict[str, Any]]:
    """Every scenario of an address; one of nothing changed where there is none.

    Raises:
        InvalidOption: more than four, or words that are no scenario.
    """
    if len(values) > MOST_SCENARIOS:
        raise InvalidOption(
            f"{len(values)} scenarios",
            where="s",
            why=f"at most {MOST_SCENARIOS} stand side by side",
            instead="another page",
        )
    return [scenario_of(words, number) for number, words in enumerate(values or [""])]
