"""What a side sees when it is to move, as data for a screen: where talks stand, and what it may do.

Machine labels are there to be sent back; everything else is in words.
"""

from __future__ import annotations

from typing import Any

from detente.core.places import name_of
from detente.talks.game import Game, Package
from detente.talks.payoffs import partner_gain
from detente.talks.rules import health, package_refusal
from detente.talks.sides.view import View
from detente.talks.state import TalksState
from detente.talks.story import WHY, level_words, move_words, package_words, thing
from detente.talks.words import PACKAGED, listed, options_on, written


def board(view: View) -> dict[str, Any]:
    """Where talks stand on a day, as one side sees it; never the other side's type."""
    game, state = view.game, view.state
    return {
        "day": state.day.isoformat(),
        "standing": {
            "why": state.standing.value, "says": WHY[state.standing], "since": state.since.isoformat(),
        },
        "days_left": view.days_left,
        "levers": [
            {
                "lever": key, "side": game.levers[key].side, "title": game.levers[key].title,
                "level": now.level, "says": level_words(game.levers[key], now.level),
                "first_level": game.start.levers[key].level,
                "suspended": now.suspended,
                "is_duty": game.levers[key].is_duty, "clock": now.clock or None,
            }
            for key, now in state.levers.items()
            if now.level or now.suspended or game.start.levers[key].level
        ],
        "clocks": [
            {
                "clock": key, "kind": game.clocks[key].kind,
                "ends": {side: day.isoformat() for side, day in clock.expires.items()},
                "extended_by": sorted(clock.offered),
            }
            for key, clock in state.clocks.items()
        ],
        "channels": [
            {
                "channel": key, "title": game.channels[key].title, "track": game.channels[key].track,
                "level": game.channels[key].level, "deniable": game.channels[key].deniable,
                "health_share": round(health(game.channels[key], now, state.day), 3),
                "last": now.last.isoformat() if now.last else None,
                "meets": now.meeting.isoformat() if now.meeting else None,
                "asked_by": now.asked_by or None,
                "asked_day": now.asked_day.isoformat() if now.asked_day else None,
                "people": dict(game.channels[key].people),
            }
            for key, now in state.channels.items()
        ],
        "offers": [
            {"by": side, "since": offer.day.isoformat(), "channel": offer.channel,
             "deniable": game.channels[offer.channel].deniable,
             **package_data(view, game.package(offer.package))}
            for side, offer in state.offers.items()
        ],
        "agreed": package_data(view, game.package(state.agreed)) if state.agreed else None,
        "signed": [package_words(game, game.package(key)) for key in state.signed],
        "threats": [
            {
                "by": threat.by, "lever": threat.lever, "title": thing(game, threat.lever),
                "says": level_words(game.levers[threat.lever], threat.level), "due": threat.due.isoformat(),
            }
            for threat in state.threats
        ],
        "conditions": [
            {"condition": key, "by": game.conditions[key].by, "says": thing(game, key)}
            for key in sorted(state.conditions)
        ],
        "claims": [
            {"claim": claim.id, "by": claim.by, "about": claim.about, "day": claim.day.isoformat(),
             "standing": claim.standing}
            for claim in state.claims
        ],
        "pledges": [
            {"by": side, "clock": clock, "days": days}
            for side, said in state.pledges.items()
            for clock, days in said.items()
        ],
        "appeals": [
            {"lever": key, "title": thing(game, key), "last_word": day.isoformat()}
            for key, day in state.appeals.items()
        ],
        "partners": [
            {"partner": name, "name": name_of(name), "stance": stance,
             "gain_percent": round(partner_gain(game, name, state), 4)}
            for name, stance in state.partners.items()
        ],
        "credit_share": {side: round(credit, 3) for side, credit in state.credibility.items()},
        "cost_so_far_percent": {side: round(cost, 5) for side, cost in state.pressure.items()},
        "lapse_costs_percent": round(view.lapse_loss, 5),
        "believes_of_other_share": {name: round(p, 3) for name, p in state.beliefs[view.side].items()},
    }  # fmt: skip


def package_data(view: View, package: Package) -> dict[str, Any]:
    """A package as a side sees it: its words, and what it is worth to both."""
    game = view.game
    return {
        "package": package.key,
        "kind": package.kind,
        "options": dict(package.options),
        "says": package_words(game, package),
        "gain_percent": {s: round(_gain(view, s, package), 5) for s in game.sides},
        "passes_home_share": {s: round(package.ratified[s], 3) for s in game.sides},
        "rounds_needed": package.rounds,
        "rounds_held": view.state.rounds,
    }


def _gain(view: View, side: str, package: Package) -> float:
    return View(view.game, view.state, side, view.type, view.draws).gain(package)


def choices(view: View) -> list[dict[str, Any]]:
    """Moves a side may make, numbered as a person may type them; `move` is the line to send back."""
    found = []
    for number, move in enumerate(listed(view.game, view.state, view.side), start=1):
        key = move.what if move.kind in PACKAGED else move.package
        package = package_data(view, view.game.package(key)) if key else None
        found.append({
            "number": number, "move": written(move), "kind": move.kind.value, "about": move.what or None,
            "says": move_words(view.game, move), "package": package,
        })  # fmt: skip
    found.append({
        "number": None, "move": "wait", "kind": "wait", "about": None,
        "says": f"{name_of(view.side)} lets the day pass (wait 10: ten days, unless something happens).",
        "package": None,
    })  # fmt: skip
    return found


def issues(game: Game, state: TalksState) -> list[dict[str, Any]]:
    """What a package can be put together from, issue by issue."""
    return [
        {
            "issue": issue,
            "title": game.titles.get(issue, issue),
            "settled": issue in state.settled,
            "options": [
                {
                    "option": option,
                    "title": game.titles.get(f"{issue}={option}", option),
                    "steps": [{"by": by, "does": does} for by, does in game.does[f"{issue}={option}"]],
                    "never_signed_by": [
                        {"side": side, "because": why}
                        for side, why in game.red_lines.get(f"{issue}={option}", ())
                    ],
                }
                for option in options_on(game, issue)
            ],
        }
        for issue in game.issues
    ]


def put_together(view: View, key: str) -> dict[str, Any]:
    """A package before it is offered: words, worth, and why it could not be signed (null where it can)."""
    refused = package_refusal(view.game, view.state, view.side, key)
    return package_data(view, view.game.package(key)) | {"refused": refused or None}
