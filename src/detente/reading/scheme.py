"""The scheme: acts, modalities, and the form in which an act is found. `docs/gold-format.md` defines each word.

The acts are the record's kinds. `PLOVER` maps them to the root classes and modes of PLOVER, so that what is
found can be compared with other event data.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from detente.reading.actors import Actor
from detente.reading.amounts import Amount
from detente.reading.dates import DateMention

ACTS = (
    "talk", "measure", "threat", "suspension", "agreement", "claim", "denial", "accusation", "demand", "precondition",
    "red_line", "ruling", "assessment", "position", "market_move", "company_move", "domestic_pressure",
)  # fmt: skip
MODALITIES = (
    "done", "in_force", "agreed", "planned", "conditional", "threatened", "forecast", "wished", "opinion",
)  # fmt: skip
HOLDS = frozenset(["done", "in_force"])
"""Modalities that say a thing has happened or holds; never given to what is planned, conditional or forecast."""
NOT_YET = frozenset(["agreed", "planned", "conditional", "threatened", "forecast", "wished"])

PLOVER: dict[str, tuple[str, str]] = {
    "talk": ("CONSULT", "visit, third-party, multilateral, phone"),
    "measure": ("SANCTION", "discontinue; COOPERATE or AID where the measure eases"),
    "threat": ("THREATEN", "restrict, relations, expel"),
    "suspension": ("CONCEDE", "SANCTION discontinue where talks or an agreement are paused"),
    "agreement": ("AGREE", ""),
    "claim": ("", "none: a statement counts in PLOVER only if it signals a change of policy"),
    "denial": ("REJECT", ""),
    "accusation": ("ACCUSE", ""),
    "demand": ("REQUEST", "assist, change, yield, meet"),
    "precondition": ("REQUEST", "change"),
    "red_line": ("REJECT", "change"),
    "ruling": ("", "none; context legal"),
    "assessment": ("", "none"),
    "position": ("SUPPORT", "REJECT where it refuses"),
    "market_move": ("", "none; context economic"),
    "company_move": ("", "none; context economic"),
    "domestic_pressure": ("REQUEST", "with a domestic actor; PROTEST where people march"),
}
"""Act -> PLOVER root class and modes; an empty class is what PLOVER has no place for."""


@dataclass
class Act:
    """An act as found in a text.

    Attributes:
        act, modality: words of the scheme.
        by, with_, on: who acts or speaks; the other side of a talk; whom it is aimed at.
        attribution: who passes it on, outermost first.
        date: when; None where the text gives no word for it.
        condition: span of the words of the condition.
        evidence: spans of the text it rests on.
        extent: span inside the first piece of evidence that the act's own words fill.
        unsure: what a person should look at, in words.
        topic: lemma of the verb that tells it.
    """

    act: str
    modality: str
    extent: tuple[int, int]
    by: list[Actor] = field(default_factory=list)
    with_: list[Actor] = field(default_factory=list)
    on: list[Actor] = field(default_factory=list)
    attribution: list[str] = field(default_factory=list)
    date: DateMention | None = None
    amounts: list[Amount] = field(default_factory=list)
    condition: tuple[int, int] | None = None
    evidence: list[tuple[int, int]] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    topic: str = ""
