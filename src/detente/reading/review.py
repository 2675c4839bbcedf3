"""Review: a person accepts, edits or rejects proposals; only here does a proposal become an entry.

An accepted proposal becomes a new entry with the article as its source, or, where it confirms an entry that
is there, one more citation in that entry. What the schema needs and the article does not say is filled with
the plainest value and marked in `notes`; the entry counts as unverified until someone has checked it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from detente.core.errors import InvalidOption, MalformedFile
from detente.core.places import name_of, the
from detente.core.yaml12 import parse_yaml
from detente.record.entries import SCHEMA_VERSION
from detente.record.files import load_record
from detente.record.write import add_entry, edit_entry, own_folder

Reading = dict[str, Any]
Document = dict[str, Any]

_STATUS = {
    "done": "in_force",
    "in_force": "in_force",
    "agreed": "agreed",
    "planned": "announced",
    "conditional": "threatened",
    "threatened": "threatened",
    "forecast": "proposed",
    "wished": "proposed",
    "opinion": "proposed",
}
_RELATION = {
    "confirms": "confirms",
    "updates": "updates",
    "ends": "replaces",
    "contradicts": "contradicts",
    "denies": "denies",
}
_COMPANY = {"done": "done", "in_force": "under_way", "planned": "planned"}


def load_reading(path: Path) -> Reading:
    """The JSON of `detente read`.

    Raises:
        MalformedFile: it is not that.
    """
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
        if not str(answer["schema"]).startswith("detente/read/"):
            raise ValueError(f"its schema is {answer['schema']!r}")
        return answer["data"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MalformedFile(
            f"{path} is no reading",
            where="READING",
            why=str(error),
            instead="the file of `detente read ... --out FILE`",
        ) from None


Choices = dict[str, dict[str, Any] | None]
"""Proposal id -> changes to its entry if accepted, None if rejected."""


def decide(
    reading: Reading, accepted: tuple[str, ...], rejected: tuple[str, ...], fields: tuple[str, ...]
) -> Choices:
    """Choices given as options.

    Raises:
        InvalidOption: an id that is not in the reading, or is both accepted and rejected.
    """
    known = {p["id"] for p in reading["proposals"]}
    for identifier in (*accepted, *rejected):
        if identifier not in known:
            raise InvalidOption(
                f"proposal {identifier}",
                where="--accept",
                why="it is not in this reading",
                instead=", ".join(sorted(known)[:5]),
            )
    both = set(accepted) & set(rejected)
    if both:
        raise InvalidOption(
            f"proposal {min(both)}", where="--reject", why="it is accepted too", instead="one of the two"
        )
    choices: Choices = dict.fromkeys(rejected) | {i: {} for i in accepted}
    for item in fields:
        name, sign, value = item.partition("=")
        identifier, dot, key = name.partition(".")
        chosen = choices.get(identifier)
        if not (sign and dot and key) or chosen is None:
            raise InvalidOption(
                f"--set {item}",
                where="--set",
                why="it names no accepted proposal and field",
                instead="--set p-0123456789.says='...'",
            )
        chosen[key], _ = parse_yaml(value, f"--set {item}")
    return choices


def write_accepted(reading: Reading, folder: str, choices: Choices) -> list[dict[str, str]]:
    """Write what was accepted to a dispute folder.

    Raises:
        CannotWrite: a shipped dispute.
        InvalidEntry: an entry breaks the schema; those before it have been written, and are listed by their ids.
    """
    own_folder(folder, "--to")
    articles = {a["file"]: a for a in reading["articles"]}
    written: list[dict[str, str]] = []
    for proposal in reading["proposals"]:
        changes = choices.get(proposal["id"])
        if changes is None:
            continue
        article = articles[proposal["evidence"][0]["file"]]
        taken = set(load_record(folder).entries)
        source = source_document(article)
        if source["id"] not in taken:
            written.append(
                {
                    "proposal": proposal["id"],
                    "entry": source["id"],
                    "file": str(add_entry(folder, source).file),
                }
            )
            taken.add(source["id"])
        citation = {
            "source": source["id"],
            "pinpoint": "; ".join(f"characters {e['start']}-{e['end']}" for e in proposal["evidence"]),
        }
        entry = proposal["effect"]["entry"]
        if proposal["effect"]["kind"] == "confirms" and entry in taken and not changes:
            path = _cite(folder, entry, citation)
            written.append({"proposal": proposal["id"], "entry": entry, "file": str(path)})
            continue
        document = entry_document(proposal, citation, article, taken) | changes
        written.append(
            {
                "proposal": proposal["id"],
                "entry": document["id"],
                "file": str(add_entry(folder, document).file),
            }
        )
    return written


def _cite(folder: str, entry: str, citation: Document) -> Path:
    """One more source in an entry that is there; all else in its file stays."""
    sources = load_record(folder).entries[entry].sources
    field, value = (f"sources.{len(sources)}", citation) if sources else ("sources", [citation])
    return edit_entry(folder, entry, {field: json.dumps(value)}).file


def _slug(*words: str) -> str:
    found = re.findall(r"[a-z]+", " ".join(words).lower().replace("’", "").replace("'", ""))
    return "-".join(dict.fromkeys(w for w in found if w not in ("the", "a", "an", "of", "s")))[:70].strip("-")


def source_document(article: Mapping[str, Any]) -> Document:
    """The article as a source entry."""
    name = article["publisher"] or article["title"] or article["file"].rsplit("/", 1)[-1].rsplit(".", 1)[0]
    seal = re.sub(
        r"\d",
        lambda m: "abcdefghij"[int(m[0])],
        format(abs(hash_of(article["file"] + (article["title"] or ""))), "x"),
    )[:6]
    document: Document = {
        "schema": SCHEMA_VERSION,
        "id": f"source-{_slug(name)[:40] or 'article'}-{seal}",
        "kind": "source",
        "title": (article["title"] or f"Article from {name}")[:150].ljust(3, "."),
        "form": "article",
        "publisher": article["publisher"] or "unknown",
        "accessed": datetime.now(UTC).date().isoformat(),
        "origin": _slug(article["publisher"] or name) or "unknown",
    }
    if article["published"]:
        document["date"] = document["published"] = article["published"]
    if article["url"]:
        document["url"] = article["url"]
    return document


def hash_of(words: str) -> int:
    """A number that stays the same for the same words."""
    import hashlib

    return int(hashlib.sha256(words.encode()).hexdigest()[:12], 16)


def _names(proposal: Mapping[str, Any], *roles: str) -> list[Mapping[str, Any]]:
    return [a for a in proposal["actors"] if a["role"] in roles]


def in_words(proposal: Mapping[str, Any]) -> str:
    """One plain line on a proposal, in our words: who, which act, towards whom, which figures."""
    # "Both sides" is one name for two actors.
    by = " and ".join(dict.fromkeys(a["name"] for a in _names(proposal, "by"))) or "Someone"
    other = " and ".join(dict.fromkeys(a["name"] for a in _names(proposal, "with", "on")))
    figures = ", ".join(f"{a['value']:g} {a['unit']} {a['role']}" for a in proposal["amounts"])
    words = f"{by}: {proposal['act'].replace('_', ' ')} ({proposal['modality'].replace('_', ' ')})"
    words += f", towards {other}" if other else ""
    words += f", {figures}" if figures else ""
    return words[:150]


def entry_document(
    proposal: Mapping[str, Any], citation: Document, article: Mapping[str, Any], taken: set[str]
) -> Document:
    """A new entry made of a proposal."""
    kind: str = {"suspension": "measure", "accusation": "claim"}.get(proposal["act"], str(proposal["act"]))
    by = (_names(proposal, "by") or [{"name": "unknown", "country": None}])[0]
    other = (_names(proposal, "with", "on") or [{"name": "", "country": None}])[0]
    day = proposal["date"] if isinstance(proposal["date"], str) else article["published"]
    notes = ["made from an article by `detente review`; wording to be checked against it"]
    if proposal["date"] != day:
        notes.append("the article gives no settled day: the day is that of its publication")
    labels = list(dict.fromkeys(a["country"] for a in proposal["actors"] if a["country"]))
    document: Document = {
        "schema": SCHEMA_VERSION,
        "id": _free(
            f"{str(kind).replace('_', '-')}-{_slug(by['name'], proposal['act'] if proposal['act'] != kind else '', other['name']) or 'unknown'}",
            taken,
        ),
        "kind": kind,
        "title": in_words(proposal),
    }
    if day:
        document["date"] = day
    if labels:
        document["parties"] = labels
    document |= _own_fields(kind, proposal, by, other, day)
    if proposal["attribution"]:
        document["chain"] = [{"who": name} for name in proposal["attribution"]]
    effect = proposal["effect"]
    if effect["entry"] in taken:
        document["links"] = [
            {"entry": effect["entry"], "relation": _RELATION.get(effect["kind"], "relates_to")}
        ]
    document["sources"] = [citation]
    document["verification"] = "unverified"
    document["notes"] = [*notes, *proposal["unsure"]]
    return document


def _free(identifier: str, taken: set[str]) -> str:
    if identifier not in taken:
        return identifier
    return next(
        f"{identifier}-{c}{d}"
        for c in "abcdefghijklmnopqrstuvwxyz"
        for d in " abcdefghijklmnopqrstuvwxyz"
        if f"{identifier}-{c}{d}".strip() == f"{identifier}-{c}{d}" and f"{identifier}-{c}{d}" not in taken
    )


def _own_fields(
    kind: str, proposal: Mapping[str, Any], by: Mapping[str, Any], other: Mapping[str, Any], day: str | None
) -> Document:
    side, target = by["country"], other["country"]
    person = {"name": by["name"]} | ({"side": side} if side else {})
    says = in_words(proposal)
    since = day or date.today().isoformat()
    fields: Document = {}
    if kind in ("claim", "denial", "threat", "demand", "precondition", "red_line", "assessment"):
        fields = {"by": person, "says": says}
    if kind == "claim":
        fields |= {
            "accusation": proposal["act"] == "accusation",
            "standing": [{"since": since, "status": "open"}],
        }
    elif kind == "denial":
        fields["denies"] = [proposal["effect"]["entry"]] if proposal["effect"]["entry"] else []
    elif kind == "threat":
        fields["would_do"] = says
        if proposal["condition"]:
            fields["unless"] = "a condition stands in the article"
    elif kind == "demand":
        fields["of"] = target or "ALL"
    elif kind == "precondition":
        fields["before"] = "talks"
    elif kind == "red_line":
        fields["issue"] = "as in the article"
    elif kind == "assessment":
        fields["forecast"] = proposal["modality"] == "forecast"
    elif kind == "position":
        fields = {
            "side": side or "ALL",
            "issue": "as in the article",
            "stances": [{"since": since, "stance": says}],
        }
    elif kind == "talk":
        people = [
            {"name": a["name"]} | ({"side": a["country"]} if a["country"] else {})
            for a in _names(proposal, "by", "with")
        ]
        state = "held" if proposal["modality"] in ("done", "in_force") else "planned"
        fields = {
            "mode": "in_person",
            "track": "official",
            "level": "staff",
            "state": state,
            "participants": people or [{"name": "unknown"}],
        }
    elif kind == "agreement":
        fields = {"form": "other", "start": since}
    elif kind == "ruling":
        fields = {"court": by["name"], "case": "as in the article", "holds": says}
    elif kind == "market_move":
        change = next((a for a in proposal["amounts"] if a["role"] == "change"), None)
        fields = {"market": by["name"], "change": says} | (
            {"value": change["value"], "unit": change["unit"]} if change else {}
        )
    elif kind == "company_move":
        fields = {"who": by["name"], "does": says, "modality": _COMPANY.get(proposal["modality"], "reported")}
    elif kind == "domestic_pressure":
        fields = {"side": side or "ALL", "who": by["name"]}
    elif kind == "measure":
        fields = _measure_fields(proposal, side, target, since)
    return fields


def _measure_fields(
    proposal: Mapping[str, Any], side: str | None, target: str | None, since: str
) -> Document:
    status = "suspended" if proposal["act"] == "suspension" else _STATUS[proposal["modality"]]
    rate = next(
        (
            a["value"]
            for a in proposal["amounts"]
            if a["unit"] == "percent" and a["role"] in ("after", "level")
        ),
        None,
    )
    state: Document = {"status": status, "effective": since} | (
        {"rate_percent": rate} if rate is not None else {}
    )
    doer = the(side) if side else "a party"
    return {
        "imposing": side or "ALL",
        "targets": [target or "ALL"],
        "instrument": "import_duty" if rate is not None else "other",
        "authority": "not said in the article",
        "layer": f"as reported of {doer}, towards {name_of(target) if target else 'all'}",
        "scope": {"words": "as in the article"},
        "in_economy": False,
        "states": [state],
    }
