"""What the page shows first and what it folds away: choices of order, never of numbers."""

from __future__ import annotations

from typing import Any

TALK_RANK = ("talk", "threat", "denial", "claim", "demand", "precondition", "position")
LEVELS = ("leader", "minister", "deputy", "ambassador", "staff")
CONTROL_RANK = (
    "rare_earths",
    "critical_minerals",
    "chips",
    "export_controls",
    "entity_list",
    "aviation",
    "energy",
    "port_fees",
    "investment",
    "visas",
)


def located(rows: list[dict[str, Any]], at: str) -> list[dict[str, Any]]:
    """Rows with the JSON pointer of each."""
    return [{**row, "at": f"{at}/{n}"} for n, row in enumerate(rows)]


def changes(changed: dict[str, Any], parties: list[str]) -> dict[str, Any]:
    """Law apart from what is only announced, and the weightier talk apart from the rest."""
    law = [{**m, "between": between(m, parties)} for m in located(changed["law"], "/data/changed/law")]
    duties_first = sorted(
        law,
        key=lambda m: (
            not m["between"],
            m["instrument"] != "import_duty",
            not m.get("all_goods"),
            _late(m["effective"]),
            m["id"],
        ),
    )
    by_weight = sorted(
        located(changed["talk"], "/data/changed/talk"),
        key=lambda t: (_rank(t["kind"], TALK_RANK), _late(t["date"]), -t["independent_origins"]),
    )
    main, rest = by_weight[:10], by_weight[10:]
    return {
        "law": alike([m for m in duties_first if m["after"]["state"] != "announced"]),
        "announced": [m for m in duties_first if m["after"]["state"] == "announced"],
        "undecided": sorted(
            located(changed["undecided"], "/data/changed/undecided"),
            key=lambda m: (
                m["instrument"] != "import_duty",
                m["before"]["state"] != "in_force",
                m["before"]["until"] or "",
                m["id"],
            ),
        ),
        "rulings": located(changed["rulings"], "/data/changed/rulings"),
        "agreements": located(changed["agreements"], "/data/changed/agreements"),
        "talk": sorted(main, key=lambda t: (_late(t["date"]), t["id"])),
        "more_talk": sorted(rest, key=lambda t: (_late(t["date"]), t["id"])),
    }


def between(move: dict[str, Any], parties: list[str]) -> bool:
    """Whether a measure of one party falls on the other: it names it, all origins, or nobody."""
    targets = set(move.get("targets") or ())
    return not targets or bool(targets & ({"ALL", *parties} - {move["imposing"]}))


def alike(moves: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Measures of one authority that moved on one day from one state to one other, together."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for move in moves:
        steps = [
            (side["state"], side["rate_percent"], side["until"]) for side in (move["before"], move["after"])
        ]
        key = repr(
            (
                move["imposing"],
                move["instrument"],
                move["authority"],
                move["effective"],
                move["between"],
                steps,
            )
        )
        groups.setdefault(key, []).append(move)
    return list(groups.values())


def _late(day: str | None) -> tuple[int, ...]:
    """Sorts later days first."""
    return tuple(-ord(c) for c in day or "")


def _rank(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


def layers(duties: dict[str, Any], at: str, lists: int = 5) -> dict[str, list[dict[str, Any]]]:
    """Layers on all goods and the lists that cover most trade first; the smaller lists after."""
    rows = located(duties["layers"], f"{at}/layers")
    rows.sort(
        key=lambda row: (
            row["state"] != "unknown",
            not row["all_goods"],
            -(row["covered_trade_share"] or 0.0),
            row["from"] or "",
        )
    )
    first = [row for row in rows if row["all_goods"] or row["state"] == "unknown"]
    listed = [row for row in rows if row not in first]
    return {"main": first + listed[:lists], "rest": listed[lists:]}


def controls(rows: list[dict[str, Any]], party: str, shown: int = 6) -> dict[str, list[dict[str, Any]]]:
    """One side's controls: the main one of each topic first, the rest after."""
    own = [row for row in rows if row["imposing"] == party]
    own.sort(
        key=lambda c: (
            c["state"] == "announced",
            c["instrument"] == "other",
            min((_rank(topic, CONTROL_RANK) for topic in c["topics"]), default=len(CONTROL_RANK)),
            _late(c["from"]),
        )
    )
    main: list[dict[str, Any]] = []
    seen: set[str] = set()
    for row in own:
        lead = row["topics"][0] if row["topics"] else row["id"]
        if lead not in seen and len(main) < shown:
            seen.add(lead)
            main.append(row)
    main += [row for row in own if row not in main][: shown - len(main)]
    return {"main": main, "rest": [row for row in own if row not in main]}


def other_controls(rows: list[dict[str, Any]], parties: list[str]) -> list[dict[str, Any]]:
    """Controls of third parties."""
    return [row for row in rows if row["imposing"] not in parties]


def pairs(claims: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Claims beside what the other side says to them; claims that share their answers share a row.

    Returns:
        pairs: claims with a denial or an answer; alone: the others. Both newest first.
    """
    by_id = {c["id"]: c for c in claims}
    replies: dict[str, list[dict[str, Any]]] = {}
    for claim in claims:
        for name in claim["answers"]:
            if name in by_id and name != claim["id"]:
                replies.setdefault(name, []).append({**claim, "kind": "answer"})
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    answered: set[str] = set()
    for claim in claims:
        against = [{**d, "kind": "denial"} for d in claim["denials"]] + replies.get(claim["id"], [])
        if against:
            row = rows.setdefault(tuple(a["id"] for a in against), {"claims": [], "against": against})
            row["claims"].append(claim)
            answered |= {claim["id"], *(a["id"] for a in against)}
    found = sorted(rows.values(), key=lambda r: max(_newest(r)), reverse=True)
    return {"pairs": found, "alone": [c for c in claims if c["id"] not in answered]}


def _newest(row: dict[str, Any]) -> list[str]:
    return [x["date"] or "" for x in (*row["claims"], *row["against"])]


def chain_words(chain: list[dict[str, Any]]) -> str:
    """`Guancha quotes: Bloomberg reports: Michael Hart said`."""
    steps = []
    for step in chain:
        words = f"{step['who']} {step['verb']}"
        if step["to"]:
            words += f" to {step['to']}"
        if step["channel"]:
            words += f" ({step['channel']})"
        steps.append(words)
    return ": ".join(steps)


def scenario(branch: dict[str, Any], key: str) -> tuple[int, dict[str, Any]] | None:
    """Place and content of a scenario of a branch; None where it is missing."""
    return next(((n, s) for n, s in enumerate(branch["scenarios"]) if s["key"] == key), None)


def thirds(branch: dict[str, Any], at: str, parties: list[str], count: int = 10) -> dict[str, Any] | None:
    """Third countries of the scenario `today`: those that gain most and those that lose most.

    Returns:
        gain, lose (each at most `count`), all; None where today's scenario did not solve.
    """
    found = scenario(branch, "today")
    if found is None or not found[1]["numbers"]["solved"]:
        return None
    place, content = found
    rows = located(content["numbers"]["economies"], f"{at}/scenarios/{place}/numbers/economies")
    others = [row for row in rows if row["economy"] not in parties]
    central = {row["economy"]: row["real_income_percent"]["central"] or 0.0 for row in rows}
    lose = [row for row in others if central[row["economy"]] < 0][:count]
    gain = [row for row in reversed(others) if central[row["economy"]] > 0][:count]
    return {"gain": gain, "lose": lose, "all": rows}


def sectors(branch: dict[str, Any], at: str, parties: list[str]) -> list[dict[str, Any]] | None:
    """Sectors of the scenario `today`, with the JSON pointer of each party's row."""
    found = scenario(branch, "today")
    if found is None or not found[1]["numbers"]["solved"]:
        return None
    place, content = found
    tables = content["numbers"]["sectors"]
    return [
        {
            "sector": row["sector"],
            "by_party": {p: tables[p][n] for p in parties},
            "at": {p: f"{at}/scenarios/{place}/numbers/sectors/{p}/{n}" for p in parties},
        }
        for n, row in enumerate(tables[parties[0]])
    ]


def entry_list(data: dict[str, Any], numbers: dict[str, int]) -> list[dict[str, Any]]:
    """Every entry named on the page, by number, with what the JSON says of it."""
    about = data.get("entries", {})
    fields = ("title", "date", "kind", "verification", "sources")
    return [
        {"number": number, "id": name, **{k: about.get(name, {}).get(k) for k in fields}}
        for name, number in numbers.items()
    ]
