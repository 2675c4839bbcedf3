"""Chance, drawn before a day is played: the same seed, run and day give the same numbers whatever is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PARTS = ("contact", "offer", "accept", "press", "carry_out", "signal", "react", "control", "spare")
"""What a side draws a number for each day."""


@dataclass(frozen=True, slots=True)
class SideDraws:
    """Uniform numbers of one side for one day, each for one decision."""

    contact: float
    offer: float
    accept: float
    press: float
    carry_out: float
    signal: float
    react: float
    control: float
    spare: float


@dataclass(frozen=True, slots=True)
class Draws:
    """Uniform numbers of one day: two of the world's, one for each vote at home, and those of the sides."""

    ruling: float
    incident: float
    votes: tuple[float, float]
    sides: tuple[SideDraws, SideDraws]


NEVER = SideDraws(*([1.0] * len(PARTS)))
QUIET = Draws(1.0, 1.0, (0.0, 0.0), (NEVER, NEVER))
"""A day on which nothing happens by chance and every vote passes: to replay what is known."""

_WIDTH = 4 + 2 * len(PARTS)


def generator(seed: int, run: int) -> np.random.Generator:
    """The generator of one run: spawned from (seed, run), so that no run depends on another."""
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=(run,)))


def draw_days(source: np.random.Generator, days: int) -> list[Draws]:
    """Numbers for so many days."""
    half = 4 + len(PARTS)
    return [
        Draws(row[0], row[1], (row[2], row[3]), (SideDraws(*row[4:half]), SideDraws(*row[half:])))
        for row in source.random((days, _WIDTH)).tolist()
    ]
