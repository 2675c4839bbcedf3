"""Grading a folder: the shipped sets by name, any other by path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from detente.core.errors import InvalidGold
from detente.reading.gold import SHIPPED_GOLD, read_gold
from detente.reading.grade import grade, report
from detente.reading.propose import read_article


def grade_folder(
    gold: str, *, untouched: bool = False, proposals: str | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Grade the rules, or proposals from a file, against a gold folder.

    Returns:
        The question as understood, and the figures.

    Raises:
        InvalidGold: the folder or the proposals cannot be used.
    """
    folder = Path(gold) if gold else SHIPPED_GOLD / ("untouched" if untouched else "tuned")
    items = read_gold(folder)
    if proposals is None:
        found = {item.id: read_article(item.article()).proposals for item in items}
    else:
        found = _given(Path(proposals))
    query = {"gold": gold or f"shipped {folder.name}", "proposals": proposals}
    return query, report(grade(items, found))


def _given(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        found: dict[str, list[dict[str, Any]]] = {}
        for proposal in answer["data"]["proposals"]:
            found.setdefault(Path(proposal["evidence"][0]["file"]).stem, []).append(proposal)
        return found
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InvalidGold(
            f"{path} holds no proposals",
            where="--proposals",
            why=str(error),
            instead="the JSON of `detente read FOLDER --json`, files named after the gold items",
        ) from None
