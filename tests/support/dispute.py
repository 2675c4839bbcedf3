"""Small disputes written to a temporary folder."""

from __future__ import annotations

from pathlib import Path

SETTINGS = """\
name: {name}
title: Test dispute
parties: [USA, CHN]
base_day: 2025-01-19
checked_to: {checked_to}
line_items:
  - {{name: Bracket, importer: USA, exporter: CHN, hs: "7326908688"}}
"""

SOURCE = """\
schema: 1
id: source-gazette
kind: source
title: The gazette
form: legal_text
publisher: Gazette
accessed: 2026-11-22
origin: gazette
"""

TALK = """\
schema: 1
id: talk-first-contact
kind: talk
title: First contact
date: 2018-01-10
mode: phone
track: official
level: staff
participants: [{name: A. Person, side: USA}]
sources: [{source: source-gazette}]
"""


def write_dispute(
    folder: Path,
    entries: dict[str, str],
    lists: dict[str, str] | None = None,
    checked_to: str = "2026-01-31",
) -> Path:
    """A dispute with a source, one old talk, and the entries given by id."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dispute.yaml").write_text(
        SETTINGS.format(name=folder.name, checked_to=checked_to), encoding="utf-8"
    )
    for name, text in {"source-gazette": SOURCE, "talk-first-contact": TALK, **entries}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, text in (lists or {}).items():
        (folder / "lists").mkdir(exist_ok=True)
        (folder / "lists" / name).write_text(text, encoding="utf-8")
    return folder


def duty(
    name: str,
    states: str,
    *,
    scope: str = "{all_goods: true}",
    layer: str = "",
    imposing: str = "USA",
    targets: str = "[CHN]",
    extra: str = "",
) -> str:
    """A duty measure as YAML text; `states` is a YAML flow list."""
    return f"""\
schema: 1
id: measure-{name}
kind: measure
title: Duty {name}
date: 2025-02-01
imposing: {imposing}
targets: {targets}
instrument: import_duty
authority: {name}
layer: {layer or name}
scope: {scope}
states: {states}
sources: [{{source: source-gazette}}]
{extra}"""


TRUCE = duty(
    "reciprocal",
    """
  - {status: in_force, rate_percent: 125, announced: 2025-04-09, effective: 2025-04-10 00:01 America/New_York}
  - {status: in_force, rate_percent: 10, announced: 2025-05-12, effective: 2025-05-14 00:01 America/New_York,
     suspended_points: 24, removed_points: 91, expires: 2025-08-12 00:01 America/New_York,
     on_expiry: {status: in_force, rate_percent: 34}}""",
)
"""A rise, then a truce of ninety days in which part is removed and part suspended."""
