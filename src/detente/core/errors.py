"""Errors that a person can act on.

Every mistake of the user's has one class, a stable `code`, and four parts: what was given, where
(a file and line, or a flag), why it cannot be, and what to write instead. Our own bugs are
`InternalError`, a class apart, with exit status 1; all others leave with exit status 2.
"""

from __future__ import annotations


class DetenteError(Exception):
    """Base of every error Détente raises on purpose.

    Args:
        what: what was given, in the user's own words.
        where: file:line, flag or argument.
        why: why it cannot be.
        instead: what to write instead.
    """

    code = "error"
    exit_status = 2

    def __init__(self, what: str, *, where: str = "", why: str = "", instead: str = "") -> None:
        self.what, self.where, self.why, self.instead = what, where, why, instead
        super().__init__(self.text())

    def text(self) -> str:
        """The error on one to four lines, for a terminal."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        parts = [head]
        if self.why:
            parts.append(f"why: {self.why}")
        if self.instead:
            parts.append(f"instead: {self.instead}")
        return "\n  ".join(parts)

    def as_dict(self) -> dict[str, str]:
        """The error as the JSON contract has it: code, what, where, why, instead."""
        return {
            "code": self.code,
            "what": self.what,
            "where": self.where,
            "why": self.why,
            "instead": self.instead,
        }


class InvalidOption(DetenteError):
    """A command-line option or argument that cannot be."""

    code = "invalid_option"


class InvalidDate(DetenteError):
    """A date that is not a date, or lies outside what can be asked."""

    code = "invalid_date"


class DateBeforeRecord(DetenteError):
    """A day before the record's first entry."""

    code = "date_before_record"


class UnknownDispute(DetenteError):
    """No shipped dispute and no folder of that name."""

    code = "unknown_dispute"


class UnknownEconomy(DetenteError):
    """An economy label the world does not have."""

    code = "unknown_economy"


class UnknownSector(DetenteError):
    """A sector label the world does not have."""

    code = "unknown_sector"


class UnknownTopic(DetenteError):
    """A topic that no claim known on the day has."""

    code = "unknown_topic"


class UnknownName(DetenteError):
    """A name (world, model, case, closure, elasticity set) that nothing carries."""

    code = "unknown_name"


class LabelMismatch(DetenteError):
    """Two labelled arrays that do not join: the message names what is missing on either side."""

    code = "label_mismatch"


class MalformedFile(DetenteError):
    """A file that cannot be parsed at all."""

    code = "malformed_file"


class DuplicateKey(MalformedFile):
    """The same key twice in one YAML mapping."""

    code = "duplicate_key"


class InvalidEntry(DetenteError):
    """A record entry that breaks the schema."""

    code = "invalid_entry"


class InvalidRecord(DetenteError):
    """Entries that are sound one by one but cannot stand together (overlapping layers, broken links)."""

    code = "invalid_record"


class OverlappingLayers(InvalidRecord):
    """Two states of one layer that claim the same day, or one duty entered twice."""

    code = "overlapping_layers"


class UnknownState(DetenteError):
    """The record does not know what held; the caller must say which branch to assume."""

    code = "unknown_state"


class InvalidPolicy(DetenteError):
    """A policy row that cannot be: a duty below -100 %, an unknown instrument, a missing unit."""

    code = "invalid_policy"


class InvalidWorld(DetenteError):
    """Baseline accounts that do not hold."""

    code = "invalid_world"


class MissingData(DetenteError):
    """Raw data that the command needs and the machine lacks; `instead` names what to get where."""

    code = "missing_data"


class CannotFetch(DetenteError):
    """A download that did not come, or came with other bytes than it should; `instead` names another way."""

    code = "cannot_fetch"


class CannotWrite(DetenteError):
    """An output that cannot be written; whatever stood there before is untouched."""

    code = "cannot_write"


class StaleVersion(DetenteError):
    """An edit of a version that somebody else has changed since; nothing is written."""

    code = "stale_version"


class UnsolvableShock(DetenteError):
    """A shock for which no certified equilibrium was found. No numbers are given."""

    code = "unsolvable_shock"


class InvalidGame(DetenteError):
    """Aims, levers or limits of a side that make no problem: none, contradictory, or without a bound."""

    code = "invalid_game"


class InvalidRange(DetenteError):
    """A sourced range that cannot be: out of order, out of bounds, without unit, reason or source."""

    code = "invalid_range"


class InvalidAgenda(DetenteError):
    """An agenda that cannot be: impossible issues, contradictory red lines, nothing left, or no file."""

    code = "invalid_agenda"


class InvalidTalks(DetenteError):
    """Settings of talks that cannot be: an unknown field, a number out of bounds, nothing left to settle."""

    code = "invalid_talks"


class InvalidLever(DetenteError):
    """A lever file that is missing or breaks its format, or a lever that the world cannot carry."""

    code = "invalid_lever"


class UnreadableArticle(DetenteError):
    """An article that cannot be read: not text, empty, locked, too large. A run goes on without it."""

    code = "unreadable_article"


class FetchRefused(DetenteError):
    """An address that is not fetched: robots, a private address, too large, too slow, no answer."""

    code = "fetch_refused"


class InvalidGold(DetenteError):
    """A gold file that breaks its format."""

    code = "invalid_gold"


class ModelFailed(DetenteError):
    """A language model that gave no usable answer: it timed out, refused, or broke the format."""

    code = "model_failed"


class InvalidPrices(DetenteError):
    """A file of prices that cannot be used, with its line."""

    code = "invalid_prices"


class NotIdentified(DetenteError):
    """A question that what was given does not decide, such as odds from a price that no outcome moves."""

    code = "not_identified"


class UsesTheFuture(DetenteError):
    """A forecaster whose odds change with what became public after the day it stands on."""

    code = "uses_the_future"


class InternalError(DetenteError):
    """Our own bug."""

    code = "internal_error"
    exit_status = 1
