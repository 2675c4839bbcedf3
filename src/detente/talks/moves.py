"""What a side may do on a day, and what is seen to happen: moves and events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MoveKind(StrEnum):
    """Every kind of move."""

    WAIT = "wait"
    ASK = "ask"
    AGREE = "agree"
    DECLINE = "decline"
    CALL_OFF = "call_off"
    EMISSARY = "emissary"
    OFFER = "offer"
    ACCEPT = "accept"
    SIGN_IN_PART = "sign_in_part"
    REJECT = "reject"
    EXTEND = "extend"
    PLEDGE = "pledge"
    SET_DAY = "set_day"
    DISOWN = "disown"
    TOGETHER = "together"
    WALK_OUT = "walk_out"
    THREATEN = "threaten"
    WITHDRAW = "withdraw"
    IMPOSE = "impose"
    RESTRICT = "restrict"
    SUSPEND = "suspend"
    REMOVE = "remove"
    LICENCE = "licence"
    ACCUSE = "accuse"
    CLAIM = "claim"
    DENY = "deny"
    REQUIRE = "require"
    WAIVE = "waive"


@dataclass(frozen=True, slots=True)
class Move:
    """One move of one side.

    Attributes:
        kind: what is done.
        by: label of the side.
        what: what it is done with: a lever, package, channel, clock, claim, threat or condition, by its id.
        package: of an emissary: the package carried; empty where it only carries a word.
        level: points of a duty, or 1 for a control in full and 0 for none.
        day: when: of a meeting asked for, of a threat's deadline, of a day set in words.
        days: length of an extension, pledged or given, or of a suspension.
        words: what is said; for people only, nothing is decided by it.
    """

    kind: MoveKind
    by: str
    what: str = ""
    package: str = ""
    level: float = 0.0
    day: date | None = None
    days: int = 0
    words: str = ""


class EventKind(StrEnum):
    """Every kind of event that is no move of its own."""

    MOVE = "move"
    MET = "met"
    NOT_MET = "not_met"
    SIGNED = "signed"
    AGREED = "agreed_in_principle"
    NOT_RATIFIED = "not_ratified"
    EXTENDED = "extended"
    EXTENDED_ALONE = "extended_alone"
    LAPSED = "lapsed"
    IN_FORCE = "in_force"
    THREAT_PASSED = "threat_passed"
    CLAIM_CONFIRMED = "claim_confirmed"
    CLAIM_CONTRADICTED = "claim_contradicted"
    PLEDGE_BROKEN = "pledge_broken"
    DAY_PASSED = "day_passed"
    RULING = "ruling"
    RULING_STAYED = "ruling_stayed"
    UPHELD = "upheld"
    PARTNER = "partner"
    INCIDENT = "incident"
    CONDITION_MET = "condition_met"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a day.

    Attributes:
        day: when.
        kind: what; a move that was made is `MOVE` and carries it.
        by: the side, where there is one.
        what: id of the lever, package, channel, clock, claim, threat or condition.
        move: the move.
        note: what is worth saying besides.
    """

    day: date
    kind: EventKind
    by: str = ""
    what: str = ""
    move: Move | None = None
    note: str = ""
