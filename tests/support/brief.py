"""A small made-up brief."""

from __future__ import annotations

from typing import Any

from tests.support.brief_annex import both_would_sign, track_record


def spread(central: float, low: float, high: float) -> dict[str, float]:
    return {"central": central, "low": low, "high": high}


def _party(income: float) -> dict[str, Any]:
    return {
        "real_income_percent": spread(income, income - 0.1, income + 0.05),
        "driver": {"factor": "closure", "spread_points": 0.04, "by_factor_points": {"closure": 0.04}},
        "real_income_usd_per_household": spread(-123.4, -150.0, 12.0),
        "duty_revenue_usd_million_a_month": spread(7654.3, 7000.0, 8000.0),
    }


def solved(income: float) -> dict[str, Any]:
    """Numbers of a scenario that solved."""
    economies = [("CHN", -0.3), ("USA", -0.1), ("AUS", -0.0312), ("ROW", 0.004), ("VNM", 0.4871)]
    sectors = [
        {
            "sector": "A01",
            "value_added_percent": -1.234,
            "employment_percent": 0.5,
            "sales_before_usd_million": 9000.0,
        }
    ]
    return {
        "solved": True,
        "not_solved": [],
        "parties": {"USA": _party(income), "CHN": _party(2 * income)},
        "bilateral_goods": {"USA_to_CHN": {"percent": -12.34}, "CHN_to_USA": {"percent": -23.45}},
        "who_is_hurt_more": {
            "holds": False,
            "sentence": "Not settled.",
            "turns_on": ["balanced trade"],
            "variants": 2,
        },
        "economies": [
            {
                "economy": label,
                "name": {"CHN": "China", "USA": "United States"}.get(label, label),
                "real_income_percent": spread(value, value - 0.01, value + 0.01),
                "sign_holds": abs(value) > 0.01,
                "real_income_usd_million": 1000 * value,
            }
            for label, value in economies
        ],
        "sectors": {"USA": sectors, "CHN": sectors},
        "variants": [
            {"label": "central", "real_income_percent": {"USA": income, "CHN": 2 * income}},
            {"label": "other", "real_income_percent": None},
        ],
    }


def branch(numbers: dict[str, Any] | None = None) -> dict[str, Any]:
    """What-ifs of one branch: today, and the base day."""

    def one(key: str, name: str, rate: float | None, found: dict[str, Any]) -> dict[str, Any]:
        rates = None if rate is None else {"USA_on_CHN": rate, "CHN_on_USA": rate}
        return {
            "key": key,
            "name": name,
            "legal": "As the law is.",
            "all_goods_percent": rates,
            "numbers": found,
        }

    return {
        "scenarios": [
            one("today", "As today", 30.0, numbers or solved(-0.2)),
            one("base", "Back to 2025-01-19", 0.0, solved(0.0)),
            one("decoupling", "Further decoupling", None, solved(-0.4)),
        ]
    }


def duties(state: str = "known") -> dict[str, Any]:
    """One direction; with the state unknown, both branches."""
    known = state == "known"
    totals = {
        "all_goods_additional_percent": 30.0,
        "trade_weighted_additional_points": 31.9965,
        "trade_weighted_total_percent": 42.86,
    }
    layer = {
        "authority": "IEEPA",
        "title": "Duty on all goods",
        "scope": "all goods",
        "all_goods": True,
        "imposed_since_base": True,
        "from": "2025-02-04 00:01 America/New_York",
        "until": "2025-08-12 00:01 America/New_York" if known else None,
        "state": "in_force" if known else "unknown",
        "entries": ["measure-all", "source-one"],
        "rate_percent": 30.0 if known else None,
        "rate_percent_range": [28.5, 30.0] if known else None,
        "covered_trade_share": 0.9961,
        "suspended_points": 24.0,
        "verb": "suspend 暂停",
    }
    if not known:
        layer |= {
            "message": "expiry 2026-11-10 passed",
            "if_lapsed_percent": 54.0,
            "if_extended_percent": 30.0,
        }
    found = {
        "state": state,
        "message": "" if known else "Duty on all goods: expiry 2026-11-10 passed, no successor recorded",
        "layers": [layer],
        "weights": "2024 imports",
        "base_percent": 10.8642,
        **(totals if known else dict.fromkeys(totals)),
    }
    return found if known else found | {"branches": {"lapsed": totals, "extended": totals}}


def _event(name: str, kind: str, title: str) -> dict[str, Any]:
    return {
        "id": name,
        "kind": kind,
        "date": "2025-06-05",
        "title": title,
        "conflicts": 1,
        "independent_origins": 2,
    }


def _move(state: str) -> dict[str, Any]:
    return {
        "id": f"measure-{state}",
        "title": "Duty on steel",
        "imposing": "USA",
        "instrument": "import_duty",
        "authority": "Section 232",
        "before": {
            "state": "in_force",
            "rate_percent": 25.0,
            "suspended_points": None,
            "until": "2025-07-01",
        },
        "after": {
            "state": state,
            "rate_percent": None if state == "unknown" else 50.0,
            "suspended_points": None,
            "until": None,
        },
        "cause": "source-one",
        "effective": "2025-06-04",
        "message": "expiry 2025-07-01 passed" if state == "unknown" else "",
        "verb": "",
        "note": "",
        "independent_origins": 1,
    }


def _claims() -> list[dict[str, Any]]:
    claim = {
        "id": "claim-broke",
        "date": "2025-05-30",
        "by": "A president",
        "office": "President",
        "says": "They broke the truce.",
        "standing": "denied",
        "cause": "denial-broke",
        "chain": [],
        "answers": [],
        "denials": [
            {
                "id": "denial-broke",
                "date": "2025-06-02",
                "by": "A ministry",
                "side": "CHN",
                "says": "Groundless.",
            }
        ],
    }
    chain = [
        {"who": "A paper", "verb": "reports", "to": "", "channel": ""},
        {"who": "an official", "verb": "said", "to": "a banker", "channel": "phone"},
    ]
    alone = claim | {
        "id": "claim-progress",
        "says": "Progress.",
        "denials": [],
        "chain": chain,
        "standing": "unconfirmed",
    }
    return [claim, alone]


def _clock() -> dict[str, Any]:
    return {
        "kind": "duties",
        "all_goods": True,
        "what": "USA on CHN: suspension of 24 points (IEEPA)",
        "expires": "2025-08-12 00:01 America/New_York",
        "days_left": 68,
        "if_lapses": {"USA_on_CHN": 54.0, "CHN_on_USA": 34.0},
        "removed_not_suspended_points": {"USA_on_CHN": 91.0},
        "consequence": "The 24 points come back.",
        "entries": ["measure-all"],
        "conflicts": [
            {
                "field": "lapse",
                "in_use": "54",
                "why": "the orders say so",
                "readings": [{"value": "145", "sources": ["source-one"]}],
            }
        ],
    }


def sample(state: str = "known", title: str = "United States - China") -> dict[str, Any]:
    """A whole envelope with every block of the page filled once."""
    talk = _event("talk-call", "talk", "A call") | {
        "level": "leader",
        "track": "official",
        "mode": "phone",
        "place": "",
        "asked_by": "USA",
        "length_minutes": 90,
        "participants": ["A (USA)", "B (CHN)"],
        "outcome": "New talks.",
        "readouts": [{"side": "USA", "says": "Good.", "leaves_out": "Chips."}],
    }
    none = {
        "count": 0,
        "count_since_2025_01_20": 0,
        "count_since_headline": 0,
        "last": None,
        "days_since_last": None,
    }
    levels = dict.fromkeys(("minister", "deputy", "ambassador", "staff"), none)
    levels["leader"] = {
        "count": 1,
        "count_since_2025_01_20": 1,
        "count_since_headline": 1,
        "last": talk,
        "days_since_last": 0,
    }
    control = {
        "id": "measure-licence",
        "title": "Licence for magnets",
        "imposing": "CHN",
        "instrument": "export_control",
        "state": "suspended",
        "from": "2025-04-04",
        "until": "2025-11-10",
        "message": "",
        "verb": "suspend",
        "topics": ["rare_earths"],
    }
    both = {"USA_on_CHN": duties(state), "CHN_on_USA": duties()}
    item = {"importer": "USA", "exporter": "CHN", "hs": "8517130000", "note": "", "message": ""}
    stack = [{"authority": "MFN", "rate_percent": 2.9, "entries": []}]
    data = {
        "dispute": "us-china",
        "title": title,
        "on": "2025-06-05",
        "known_by": None,
        "assume": None,
        "parties": ["USA", "CHN"],
        "freshness": {
            "checked_to": "2026-10-08",
            "past_checked_days": 0,
            "unverified_count": 1,
            "unverified": ["claim-broke"],
            "entries": 9,
        },
        "bottom_line": ["Leaders spoke.", "Rates stand until 2025-08-12; a change of -3 points."],
        "changed": {
            "since": "2025-05-22",
            "law": [_move("in_force"), _move("announced")],
            "exemptions": [
                {
                    "change": "reaches_back",
                    "imposing": "USA",
                    "list": "exempt.csv",
                    "kept": {},
                    "hs": [],
                    "since": "2025-04-05 00:01 America/New_York",
                    "until": None,
                    "known": "2025-06-04",
                    "basis": "by_law",
                    "cause": "source-one",
                    "why": "Telephones and computers",
                    "measures": ["measure-all"],
                }
            ],
            "backdated": [
                {
                    "id": "measure-all",
                    "title": "Duty on all goods",
                    "imposing": "USA",
                    "state": "in_force",
                    "rate_percent": 15.0,
                    "effective": "2025-05-20",
                    "known": "2025-06-04",
                    "cause": "source-one",
                    "verb": "",
                    "note": "",
                }
            ],
            "undecided": [_move("unknown")],
            "rulings": [_event("ruling-court", "ruling", "A court rules")],
            "agreements": [],
            "talk": [_event("talk-call", "talk", title)],
        },
        "state": {
            "duties": both,
            "line_items": [
                {"item": "Smartphone", "lines": stack, "total_percent": 2.9, **item},
                {"item": "Bean", "lines": [], "total_percent": None, **item},
            ],
            "headline": {"since": "2025-01-20", "all_goods": True},
            "clocks": [
                _clock(),
                _clock()
                | {"kind": "other", "all_goods": False, "conflicts": [], "removed_not_suspended_points": {}},
            ],
            "controls": [control],
            "still_collected": [
                {
                    "id": "measure-all",
                    "title": "Duty on all goods",
                    "imposing": "USA",
                    "state": "struck_down",
                    "rate_percent": 10.0,
                    "void_from": "2025-02-04",
                    "since": "2025-06-01",
                    "stops": "2025-06-07",
                    "cause": "ruling-one",
                }
            ],
            "talks_by_level": levels,
            "claims": _claims(),
        },
        "law": [
            {
                "id": "ruling-court",
                "date": "2025-05-28",
                "title": "Voids",
                "court": "A court",
                "case": "",
                "holds": "Void.",
                "refunds": "Due.",
                "effect_words": ["voids: duty (stayed)"],
                "at_stake": {
                    "direction": "USA_on_CHN",
                    "all_goods_points": 30.0,
                    "measures": ["measure-all"],
                    "paid_at_most_usd_million": 12345.6,
                    "basis": "an upper bound",
                },
            }
        ],
        "costs": {"known": branch()} if state == "known" else {"lapsed": branch(), "extended": branch()},
        "calendar": [{"date": "2025-08-12", "what": "truce ends", "entries": ["measure-all"]}],
        "say": [{"say": "30 points added", "not": "the tariff is 30 percent", "why": "it comes on top"}],
        "history": [
            {"date": "2025-01-19", "USA_on_CHN": 0, "CHN_on_USA": 0},
            {"date": "2025-02-04", "USA_on_CHN": 30.0, "CHN_on_USA": 0},
            {"date": "2025-06-05", "USA_on_CHN": 30.0 if state == "known" else None, "CHN_on_USA": 10.0},
        ],
        "truces": [
            {
                "id": "agreement-truce",
                "title": "Truce",
                "start": "2025-05-14",
                "end": "2025-08-12",
                "holds": True,
            }
        ],
        "talks": [talk],
        "outlook": {"missing": "No odds: no negotiators are named."},
        "both_would_sign": both_would_sign(state),
        "track_record": track_record(),
        "upper_hand": None,
        "assessments": [
            {
                "id": "assessment-one",
                "date": "2025-06",
                "by": "An analyst",
                "office": "A bank",
                "says": "It lasts.",
                "readings": [],
                "resolvable_by": "2025-12-31",
            }
        ],
        "method": {
            "model": "input-output",
            "sentence": "A model.",
            "world": "icio2022",
            "flow_year": 2022,
            "base_day": "2025-01-19",
            "sector_names": {"A01": "Farming"},
            "central": {"label": "central"},
            "variants": 2,
            "households": {"USA": 132737146.0},
        },
        "limits": ["No money."],
        "sources": [
            {
                "id": "source-one",
                "title": title,
                "publisher": "A paper",
                "url": "https://example.org/a?b=1&c=2",
                "published": None,
                "accessed": "2026-11-22",
                "opened": False,
                "cited_by": 2,
            }
        ],
        "not_computed": ["The odds."],
        "entries": {
            "measure-all": {
                "kind": "measure",
                "title": "All",
                "date": "2025-02-04",
                "verification": "checked",
                "sources": ["source-one"],
            }
        },
    }
    certificate = {
        "reason": "converged",
        "residuals": {"wage": 3.3e-13},
        "walras": 6.5e-15,
        "tolerance": 1e-10,
        "iterations": 5,
    }
    provenance = {
        "record_hash": "aa",
        "world_hash": "bb",
        "model": "input-output",
        "certificate": certificate,
    }
    query = {"dispute": "us-china", "on": "2025-06-05", "since": "2025-05-22"}
    return {
        "schema": "detente/brief/1",
        "detente": "0.1.0",
        "query": query,
        "data": data,
        "provenance": provenance,
    }
