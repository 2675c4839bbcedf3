"""Sentences of a brief, each made from the data beside it; nothing is said that the data do not hold."""

from __future__ import annotations

from typing import Any

from detente.analysis.law import at_stake
from detente.core.days import parse_moment
from detente.core.places import name_of, the
from detente.policy import LineSet
from detente.record.asof import AsOf
from detente.record.entries import Ruling
from detente.record.files import Record

LEVEL_RANK = {"leader": 5, "minister": 4, "deputy": 3, "ambassador": 2, "staff": 1}


def day_words(text: str) -> str:
    """`2025-06-05 00:01 America/New_York` as `5 June 2025`."""
    moment = parse_moment(text)
    return f"{moment.at:%-d %B %Y}" if len(text) > 7 else f"{moment.at:%B %Y}"


def points(value: float) -> str:
    """A number of percentage points without needless digits."""
    return f"{value:g} point" + ("" if value == 1 else "s")


def bottom_line(state: dict[str, Any], changes: dict[str, Any]) -> list[str]:
    """Two sentences: what happened; what holds and what follows if nobody signs."""
    return [_what_happened(state, changes), _what_holds(state)]


def _what_happened(state: dict[str, Any], changes: dict[str, Any]) -> str:
    parts = []
    talk = _highest_talk(state, changes["since"])
    if talk:
        parts.append(f"{talk['title']} ({day_words(talk['date'])})")
    for agreement in changes["agreements"][-1:]:
        parts.append(f"{agreement['title']} ({day_words(agreement['date'])})")
    for ruling in changes["rulings"][-1:]:
        parts.append(f"{ruling['title']} ({day_words(ruling['date'])})")
    moves = _moves_between(state, changes)
    if moves:
        parts.extend(_move_words(group) for group in moves[:2])
        rest = sum(len(group) for group in moves[2:])
        more = f"{rest} more duty change{'s' if rest > 1 else ''}"
        parts.append(more if rest else "no other duty between the two changed")
    elif not state["past_checked_days"]:
        parts.append(f"no duty between the two changed since {day_words(changes['since'])}")
    if state["past_checked_days"]:
        parts.append(f"what happened after {day_words(state['checked_to'])} is not on record")
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


def _moves_between(state: dict[str, Any], changes: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Changes of rate that touch trade between the two, those of one order together, the largest first."""
    parties = {label for key in state["duties"] for label in key.split("_on_")}
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for move in changes["law"]:
        before, after = move["before"]["rate_percent"], move["after"]["rate_percent"]
        aimed = "ALL" in move["targets"] or parties & set(move["targets"])
        if move["instrument"] == "import_duty" and move["imposing"] in parties and aimed and before != after:
            key = (move["imposing"], move["authority"], before, after, move["effective"])
            groups.setdefault(key, []).append(move)
    # A duty on all goods comes before one on a list, and a larger step before a smaller.
    return sorted(groups.values(), key=lambda g: (not g[0]["all_goods"], -_step(g[0])))


def _step(move: dict[str, Any]) -> float:
    return abs((move["after"]["rate_percent"] or 0) - (move["before"]["rate_percent"] or 0))


def _move_words(group: list[dict[str, Any]]) -> str:
    move = group[0]
    name = move["title"]
    if len(group) > 1:
        name = f"{name_of(move['imposing'])}, {move['authority']}, {len(group)} duties"
    if any(m["verification"] != "checked" for m in group):
        name += " (unverified)"
    before, after = move["before"]["rate_percent"], move["after"]["rate_percent"]
    if after is None:
        return f"{name}: {move['after']['state'].replace('_', ' ')}"
    start = "new at" if before is None else f"{before:g} to"
    when = f", {day_words(move['effective'])}" if move["effective"] else ""
    return f"{name}: {start} {after:g} percent{when}"


def _highest_talk(state: dict[str, Any], since: str) -> dict[str, Any] | None:
    held = [
        t["last"] for t in state["talks_by_level"].values() if t["last"] and t["last"]["date"][:10] > since
    ]
    return max(held, key=lambda t: (LEVEL_RANK[t["level"]], t["date"])) if held else None


def _what_holds(state: dict[str, Any]) -> str:
    if not state["headline"]["all_goods"]:
        return _what_holds_on_lists(state)
    if state["on"] < state["headline"]["since"]:
        totals = [
            f"{name_of(key.split('_on_')[0])} {duties['trade_weighted_total_percent']:.1f} percent"
            for key, duties in state["duties"].items()
            if duties["trade_weighted_total_percent"] is not None
        ]
        return f"Trade-weighted duties on each other, roughly (later weights): {', '.join(totals)}."
    holds = []
    for key, duties in state["duties"].items():
        importer, exporter = key.split("_on_")
        added = duties["all_goods_additional_percent"]
        who = f"by {the(importer)} on goods from {the(exporter)}"
        if added is None:
            lapsed = duties["branches"]["lapsed"]["all_goods_additional_percent"]
            extended = duties["branches"]["extended"]["all_goods_additional_percent"]
            holds.append(
                f"not known in law {who}: {points(lapsed)} if lapsed, {points(extended)} if extended"
            )
        else:
            holds.append(f"{points(added)} {who}")
    since = day_words(state["headline"]["since"])
    sentence = f"Added on all goods since {since}: " + ", and ".join(holds)
    clock = next((c for c in state["clocks"] if _moves_headline(c, state)), None)
    if clock:
        after = ", ".join(
            f"{name_of(key.split('_on_')[0])} {value:g}"
            for key, value in clock["if_lapses"].items()
            if value is not None
        )
        deadline = f"{day_words(clock['expires'])} ({clock['days_left']} days)"
        sentence += f"; if nobody signs by {deadline} the law makes it {after}"
    return sentence + "."


def _what_holds_on_lists(state: dict[str, Any]) -> str:
    """What holds where no duty of the dispute is on all goods: each layer by name."""
    holds = []
    for key, duties in state["duties"].items():
        importer, exporter = key.split("_on_")
        named = [_layer_words(layer) for layer in duties["layers"] if layer["imposed_since_base"]]
        who = f"By {the(importer)} on goods from {the(exporter)}"
        holds.append(f"{who}: {'; '.join(named)}" if named else f"{who}: none")
    return f"Extra duties are on listed goods only. {'. '.join(holds)}."


def _layer_words(layer: dict[str, Any]) -> str:
    rate = layer["rate_percent"]
    low_high = layer["rate_percent_range"]
    if rate is None and low_high:
        shown = f"{low_high[0]:g}" if low_high[0] == low_high[1] else f"{low_high[0]:g} to {low_high[1]:g}"
    else:
        shown = "unknown in law, at" if rate is None else f"{rate:g}"
    until = f" until {day_words(layer['until'])}" if layer["until"] else ""
    return f"{layer['title']}, {shown} percent{until}"


def _moves_headline(clock: dict[str, Any], state: dict[str, Any]) -> bool:
    """Whether a duty clock, running out, changes what either side adds on all goods."""
    now = {key: duties["all_goods_additional_percent"] for key, duties in state["duties"].items()}
    return clock["all_goods"] and any(
        now[key] is not None and value is not None and value != now[key]
        for key, value in clock["if_lapses"].items()
    )


def law_lines(
    record: Record, asof: AsOf, state: dict[str, Any], lines: LineSet | None
) -> list[dict[str, Any]]:
    """Rulings to the day, newest first: what each does to duties, and what it puts at stake.

    Args:
        lines: trade of the first party by HS line; at stake is what it charged on the other's goods. Without
            lines no amount is given.
    """
    rulings = {ruling.id: ruling for ruling in record.of(Ruling)}
    found = []
    for ruling in sorted(state["law"], key=lambda r: r["date"], reverse=True):
        words = [_effect_words(record, effect) for effect in ruling["effects"]]
        stake = at_stake(record, rulings[ruling["id"]], asof, lines, record.settings.parties[1])
        found.append({**ruling, "effect_words": words, "at_stake": stake})
    return found


def _effect_words(record: Record, effect: dict[str, Any]) -> str:
    measure = record.get(effect["measure"])
    words = f"{effect['effect'].replace('_', ' ')}: {measure.title if measure else effect['measure']}"
    if effect["stayed"]:
        words += " (stayed)"
    if effect["reaches_back_to"]:
        words += f", back to {day_words(effect['reaches_back_to'])}"
    if effect["for_whom"] != "everyone":
        words += f", for {effect['for_whom']}"
    return words


def say_and_not(record: Record, state: dict[str, Any]) -> list[dict[str, str]]:
    """What to say, what not to say, and why, from the state of the day."""
    wide = state["headline"]["all_goods"]
    lines = [
        line
        for key, duties in state["duties"].items()
        for line in (_say_duties(record, key, duties) if wide else _say_listed(key, duties))
    ]
    for clock in state["clocks"]:
        if not _moves_headline(clock, state):
            continue
        rates = clock["if_lapses"].items()
        after = " and ".join(f"{name_of(k.split('_on_')[0])} {v:g}" for k, v in rates if v is not None)
        removed = clock["removed_not_suspended_points"]
        if removed:
            lines.append(
                {
                    "say": f"a lapse on {day_words(clock['expires'])} means {after} points",
                    "not": "duties snap back to their peak",
                    "why": "the later rises were removed, not suspended; only what was suspended returns",
                }
            )
        break
    if state["past_checked_days"]:
        lines.append(
            {
                "say": f"the record was last checked on {day_words(state['checked_to'])}",
                "not": "nothing has changed since",
                "why": "what happened after the last check is not on record",
            }
        )
    contested = [c for c in state["claims"] if c["denials"] and c["standing"] in ("open", "denied")]
    if contested:
        claim = contested[0]
        lines.append(
            {
                "say": f"{claim['by']} says one thing, {claim['denials'][0]['by']} denies it",
                "not": f"as a fact: {claim['says']}",
                "why": "a claim and its denial stand side by side; the record does not decide",
            }
        )
    return lines


def _say_listed(key: str, duties: dict[str, Any]) -> list[dict[str, str]]:
    """What to say of duties on listed goods where none is on all goods: the highest of each side."""
    one, other = key.split("_on_")
    new = [layer for layer in duties["layers"] if layer["imposed_since_base"] and layer["rate_percent"]]
    if not new:
        return []
    layer = max(new, key=lambda found: found["rate_percent"])
    share = layer["covered_trade_share"]
    small = "" if share is None else f", {100 * share:.1f} percent of the trade"
    return [
        {
            "say": f"{layer['rate_percent']:g} percent on listed goods: {layer['title']}",
            "not": f"the tariff of {the(one)} on {the(other)} is {layer['rate_percent']:g} percent",
            "why": f"it falls on those goods alone{small}" + _average_words(duties),
        }
    ]


def _average_words(duties: dict[str, Any]) -> str:
    total = duties["trade_weighted_total_percent"]
    if total is None:
        return ""
    return f"; the trade-weighted total is {total:.1f} percent ({duties['weights'].split(';')[0]})"


def _say_duties(record: Record, key: str, duties: dict[str, Any]) -> list[dict[str, str]]:
    one, other = key.split("_on_")
    importer, exporter = name_of(one), the(other)
    added = duties["all_goods_additional_percent"]
    if added is None:
        return [
            {
                "say": f"{importer}: {duties['message']}",
                "not": "the rate is unchanged",
                "why": "an expiry passed and no successor is on record",
            }
        ]
    lines = []
    if added:
        lines.append(
            {
                "say": f"{points(added)} added by these layers of {the(one)} on goods from {exporter}",
                "not": f"the tariff is {added:g} percent",
                "why": "they come on top of the ordinary duty and older layers; exempt goods pay none"
                + _average_words(duties),
            }
        )
    suspended = [layer for layer in duties["layers"] if layer.get("suspended_points")]
    for layer in suspended[:1]:
        until = f" until {day_words(layer['until'])}" if layer["until"] else ""
        lines.append(
            {
                "say": f"{points(layer['suspended_points'])} of the duty of {the(one)} suspended{until}",
                "not": f"{the(one)} lifted its duties",
                "why": "what is suspended returns by itself when the time runs out",
            }
        )
    return lines
