"""What `read` and `grade` print on a terminal."""

from __future__ import annotations

from typing import Any

from detente.cli.terminal import heading, say, table


def print_reading(data: dict[str, Any]) -> None:
    """Proposals by event, with what they would change and what is unsure; then what was dropped."""
    by_id = {p["id"]: p for p in data["proposals"]}
    heading(
        f"{len(data['proposals'])} proposals",
        f" from {len(data['articles'])} articles, {len(data['groups'])} events",
    )
    for article in data["articles"]:
        for note in article["notes"]:
            say(f"note: {article['file']}: {note}")
    rows = []
    for group in data["groups"]:
        for identifier in group["proposals"]:
            p = by_id[identifier]
            rows.append(
                [
                    p["id"],
                    p["act"].replace("_", " "),
                    p["modality"].replace("_", " "),
                    _who(p),
                    _when(p["date"]),
                    _amounts(p),
                    _effect(p),
                    _where(p),
                ]
            )
    if rows:
        table(["id", "act", "modality", "who", "date", "amounts", "would", "evidence"], rows)
    for group in data["groups"]:
        for conflict in group["conflicts"]:
            readings = "; ".join(f"{r['value']} in {', '.join(r['files'])}" for r in conflict["readings"])
            say(f"conflict in {group['id']}, {conflict['field']}: {readings}")
    for p in data["proposals"]:
        for words in p["unsure"]:
            say(f"unsure {p['id']}: {words}")
    stories = [group for group in data["groups"] if len(group["files"]) > 1]
    for group in stories:
        say(
            f"{group['id']}: {len(group['files'])} articles, {group['origins']} independent "
            f"origin{'s' if group['origins'] != 1 else ''}"
        )
    reasons: dict[str, int] = {}
    for d in data["dropped"]:
        reasons[d["reason"]] = reasons.get(d["reason"], 0) + 1
    if reasons:
        say("dropped: " + ", ".join(f"{n} {reason}" for reason, n in sorted(reasons.items())))
    for failure in data["failures"]:
        say(f"not read: {failure['where']}: {failure['why']}")


def proposal_lines(p: dict[str, Any]) -> list[str]:
    """A proposal on a few lines, for review."""
    lines = [f"{p['act'].replace('_', ' ')} ({p['modality'].replace('_', ' ')}): {_who(p)}"]
    lines += [f"date: {_when(p['date'])}"] if p["date"] else []
    lines += [f"amounts: {_amounts(p)}"] if p["amounts"] else []
    lines += [f"condition: {p['condition']}"] if p["condition"] else []
    lines += [f"would: {_effect(p)}", f"evidence: {', '.join(_place(e) for e in p['evidence'])}"]
    return lines + [f"unsure: {words}" for words in p["unsure"]]


def _place(evidence: dict[str, Any]) -> str:
    return f"{evidence['file']}, characters {evidence['start']} to {evidence['end']}"


def _who(p: dict[str, Any]) -> str:
    parts = []
    for role, word in (("by", ""), ("with", "with "), ("on", "on ")):
        # "Both sides" is one name for two actors.
        names = dict.fromkeys(a["name"] for a in p["actors"] if a["role"] == role)
        if names:
            parts.append(word + " and ".join(names))
    told = f" (says {', '.join(p['attribution'])})" if p["attribution"] else ""
    return " ".join(parts) + told


def _when(date: Any) -> str:
    if date is None:
        return ""
    return date if isinstance(date, str) else f"open: {date['words']}"


def _amounts(p: dict[str, Any]) -> str:
    return ", ".join(f"{a['value']:g} {a['unit']} ({a['role']})" for a in p["amounts"])


def _effect(p: dict[str, Any]) -> str:
    effect = p["effect"]
    return effect["kind"] if effect["entry"] is None else f"{effect['kind']} {effect['entry']}"


def _where(p: dict[str, Any]) -> str:
    first = p["evidence"][0]
    return f"{first['file'].rsplit('/', 1)[-1]}:{first['start']}-{first['end']}"


def print_grade(query: dict[str, Any], data: dict[str, Any]) -> None:
    """The figures of a grading, field by field."""
    heading(query["gold"], f": {data['texts']} texts, {data['texts_without_act']} without an act")
    rows = []
    for name in ("acts", "amounts", "dates", "actors", "condition"):
        part = data[name]
        rows.append(
            [
                name,
                _share(part["precision_share"]),
                _share(part["recall_share"]),
                _share(part["f1_share"]),
                str(part["right"]),
                str(part["false"]),
                str(part["missed"]),
            ]
        )
    table(["field", "precision", "recall", "F1", "right", "false", "missed"], rows)
    modality = data["modality"]
    say(
        f"modality {_share(modality['right_share'])} of {modality['pairs']} pairs; events "
        f"alone {_share(modality['events_right_share'])}; ahead told as holding: "
        f"{modality['ahead_as_holding']}"
    )
    wrong = [c for c in modality["confusion"] if c["gold"] != c["given"]]
    if wrong:
        table(["gold", "given", "count"], [[c["gold"], c["given"], str(c["count"])] for c in wrong])
    invented = data["invented_facts"]
    say(f"invented facts {_share(invented['share'])} ({invented['invented']} of {invented['facts']})")
    false = data["false_acts"]
    say(
        f"false acts per 100 texts {_number(false['per_100_texts'])}; in texts without an act "
        f"{_number(false['per_100_texts_without_act'])}"
    )
    rows = [
        [act, _share(c["precision_share"]), _share(c["recall_share"]), _share(c["f1_share"]), str(c["right"])]
        for act, c in data["acts_by_kind"].items()
    ]
    table(["act", "precision", "recall", "F1", "right"], rows)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
