"""A small invented dispute for tests and examples: two sides, a truce on a clock, five packages. No data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from detente.talks.effects import end_clock, suspension_clock
from detente.talks.game import (
    Change,
    Channel,
    Clock,
    Condition,
    Game,
    Hazards,
    Lever,
    Package,
    Partner,
    SideType,
    soft_clock,
)  # fmt: skip
from detente.talks.state import (
    STATUS_QUO,
    WATCHES,
    ChannelState,
    ClockState,
    LeverState,
    Standing,
    TalksState,
)

TRUCE = "truce"
RATES = (20.0, 34.0, 84.0, 125.0)


def synthetic_game(
    start: date = date(2025, 5, 14),
    clock_days: int = 90,
    *,
    conditions: tuple[Condition, ...] = (),
    partners: tuple[Partner, ...] = (),
) -> Game:
    """Sides AAA and BBB: each holds 10 points of duty and 24 suspended; AAA controls chips, BBB metals."""
    levers = {
        lever.id: lever
        for lever in (
            Lever("AAA:duty", "AAA", "import_duty", "AAA duty on all BBB goods", steps=RATES, broad=True),
            Lever("BBB:duty", "BBB", "import_duty", "BBB duty on all AAA goods", steps=RATES),
            Lever("AAA:chips", "AAA", "export_control", "AAA control on chips", steps=(1.0,)),
            Lever("BBB:metals", "BBB", "export_control", "BBB licences for metals", steps=(1.0,)),
            Lever(
                "AAA:surcharge", "AAA", "import_duty", "AAA surcharge", steps=(15.0,), duration_days=150,
                authority="surcharge",
            ),
        )
    }  # fmt: skip
    channels = {
        channel.id: channel
        for channel in (
            Channel("deputies", "deputy ministers", "official", "deputy", notice_days=5),
            Channel("ministers", "ministers", "official", "minister", frozenset({"extension", "partial"})),
            Channel(
                "leaders", "leaders", "official", "leader", frozenset({"extension", "partial", "full"}),
                notice_days=14, prepared_by=("deputy", "minister"),
            ),
            Channel("envoys", "business envoys", "back", "staff", deniable=True),
        )
    }  # fmt: skip
    stays = {"AAA": 1.0, "BBB": 1.0}
    packages = {
        package.key: package
        for package in (
            Package("extend 90", "extension", {}, (), 90, {"AAA": 0.0, "BBB": 0.0}, stays),
            _deal(
                "licences", "partial",
                (("BBB:metals", 0.25, "licence"), ("AAA:chips", 0.25, "licence")), 0.05, 0.04,
            ),
            _deal("half", "partial", (("AAA:duty", 5, "suspend"), ("BBB:duty", 5, "suspend")), 0.02, 0.06),
            _deal("one way", "partial", (("BBB:metals", 0.0, "remove"),), 0.09, -0.03),
            _deal(
                "whole", "full",
                (("AAA:duty", 0, "remove"), ("BBB:duty", 0, "remove"), ("BBB:metals", 0, "remove")),
                0.06, 0.12,
            ),
        )
    }  # fmt: skip
    packages["no chips"] = Package(
        "no chips", "full", {"chips": "free"}, (Change("AAA:chips", 0.0, "remove"),), 0,
        {"AAA": -0.2, "BBB": 0.3}, stays, crosses=frozenset({"AAA"}),
    )  # fmt: skip
    clock = ClockState({side: start + timedelta(days=clock_days) for side in ("AAA", "BBB")}, {})
    held = {
        "AAA:duty": LeverState(10.0, 24.0, clock=TRUCE),
        "BBB:duty": LeverState(10.0, 24.0, clock=TRUCE),
        "AAA:chips": LeverState(0.5),
        "BBB:metals": LeverState(0.5),
        "AAA:surcharge": LeverState(0.0),
    }
    types = (SideType("soft", 0.5, 0.3, 60, 0.5), SideType("firm", 0.5, 0.7, 150, 1.5))
    state = TalksState(
        day=start,
        levers=held,
        policy=STATUS_QUO,
        clocks={TRUCE: clock},
        channels={key: ChannelState(0.5, start - timedelta(days=20)) for key in channels},
        offers={},
        beliefs={side: {"soft": 0.5, "firm": 0.5} for side in ("AAA", "BBB")},
        threats=(),
        pending=(),
        claims=(),
        conditions=frozenset(condition.id for condition in conditions),
        together={},
        accused={},
        raised={},
        agreed="",
        rounds=0,
        signed=(),
        settled=frozenset(),
        standing=Standing.NONE,
        since=start,
        broken_off_by="",
        credibility={"AAA": 0.8, "BBB": 0.8},
        appeals={},
        struck={},
        pledges={},
        partners={partner.id: WATCHES for partner in partners},
        pressure={"AAA": 0.0, "BBB": 0.0},
        market=0.0,
    )
    clocks = {TRUCE: Clock(TRUCE, "extendable")}
    for side in ("AAA", "BBB"):
        clocks[soft_clock(side)] = Clock(soft_clock(side), "soft")
    for lever in levers.values():
        clocks[suspension_clock(lever.id)] = Clock(suspension_clock(lever.id), "extendable")
        clocks[end_clock(lever.id)] = Clock(end_clock(lever.id), "hard")
    both = {"AAA": 0.01, "BBB": 0.01}
    return Game(
        dispute="synthetic",
        sides=("AAA", "BBB"),
        start=state,
        known_by=start,
        levers=levers,
        clocks=clocks,
        channels=channels,
        conditions={condition.id: condition for condition in conditions},
        packages=packages,
        issues=("duties", "metals", "chips"),
        types={"AAA": types, "BBB": types},
        hazards=Hazards(
            ruling=0.0, incident=0.003, lapse=0.1, denied=0.5, audience_cost=0.05,
            threat=both,control=both, carried_out={"AAA": 0.3, "BBB": 0.3}, matched={"AAA": 0.5, "BBB": 0.8},
            claim={"AAA": 0.05, "BBB": 0.01}, contact={"AAA": 0.02, "BBB": 0.02},
            contact_levels={"leader": 0.2, "minister": 0.6, "deputy": 0.2},
            broken_off=0.05,
        ),
        cost={
            "AAA": {"AAA:duty": 0.001, "BBB:duty": 0.002, "BBB:metals": 0.1, "AAA:surcharge": 0.001},
            "BBB": {"AAA:duty": 0.004, "BBB:duty": 0.001, "AAA:chips": 0.1, "AAA:surcharge": 0.002},
            # A neighbour whose goods take the place of BBB's, and one that sells to both.
            "CCC": {"AAA:duty": -0.004}, "DDD": {"AAA:duty": 0.002, "BBB:duty": 0.002},
        },
        partners={partner.id: partner for partner in partners},
        negotiators={"AAA": "deadline", "BBB": "tit-for-tat"},
    )  # fmt: skip


def _deal(
    key: str, kind: str, changes: tuple[tuple[str, float, str], ...], first: float, second: float
) -> Package:
    return Package(
        key,
        kind,
        {
            lever.partition(":")[2] + " of " + lever[:3]: f"{how} to {level:g}"
            for lever, level, how in changes
        },
        tuple(Change(*change) for change in changes),
        0 if kind == "full" else 90,
        {"AAA": first, "BBB": second},
        {"AAA": 0.9, "BBB": 0.95},
    )


def without_clock(game: Game) -> Game:
    """The same with no truce: nothing is suspended and no clock runs."""
    levers = {key: replace(now, suspended=0.0, clock="") for key, now in game.start.levers.items()}
    return replace(game, start=replace(game.start, levers=levers, clocks={}))
