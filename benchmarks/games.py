"""Rows of strategy: best responses, wars and talks, each with its certificate.

Those of the shipped world are commands in a fresh process, start and certificate included. The games of Ossa
(2014) need its data; programs of the paper stand beside with the times published for them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.measure import Row


def played(data: Path | None, *, quick: bool) -> Iterator[Row]:
    """Every game; `quick` leaves out the war of all economies and the talks."""
    sectors = ("--grain", "partner-sector")
    both = ("nash", "USA,CHN", "--against", "USA,CHN", *sectors)
    yield _command("war of the US and China, 22 goods sectors each way", 15, *both)
    yield _command("best US duties on 76 partners by sector", 60, "optimal", "USA", *sectors)
    if not quick:
        yield _command("war of 77 economies, one duty each", 300, "nash", "all")
    if data is not None:
        yield from _ossa(data, quick=quick)


def _command(name: str, bar: float, *words: str) -> Row:
    """A command in a fresh process."""
    began, used = time.perf_counter(), _children()
    run = subprocess.run(
        [sys.executable, "-m", "detente", *words, "--json"], check=True, capture_output=True, text=True
    )
    took = time.perf_counter() - began
    data = json.loads(run.stdout)["data"]
    proof = data.get("certificate") or _regrets(data)
    return Row(
        f"77 x 23: {name}",
        took,
        "s",
        bar,
        proof["evaluations"],
        cpu=_children() - used,
        certificate=proof,
        note=_word(proof),
    )


def _children() -> float:
    """Processor time of the processes run so far, seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _regrets(data: dict[str, Any]) -> dict[str, Any]:
    """The certificate of a war in short."""
    sides = [one["regret"] for war in data["equilibria"] for one in war["sides"].values()]
    return {
        "certified": data["certified"],
        "evaluations": data["evaluations"],
        "equilibria": len(data["equilibria"]),
        "starts": len(data["starts"]),
        "largest_regret_percent": max(one["regret_percent"] for one in sides),
        "searches_a_side": min(one["starts"] for one in sides),
    }


def _ossa(data: Path, *, quick: bool) -> Iterator[Row]:
    from detente.strategy.reproductions.ossa_games import replicate_games

    for weights in ("political", "base"):
        began, used = time.perf_counter(), time.process_time()
        proof = replicate_games("war", weights, data)["certificates"][f"war.{weights}"]
        took, used = time.perf_counter() - began, time.process_time() - used
        regrets = proof["regrets"].values()
        short = {
            "certified": proof["certified"],
            "evaluations": proof["evaluations"],
            "largest_regret_percent": max(one["regret_percent"] for one in regrets),
            "searches_a_side": min(one["starts"] for one in regrets),
        }
        name = f"7 x 33: war of all regions, 1,386 duties, {weights} weights"
        yield Row(name, took, "s", 30, proof["evaluations"], cpu=used,
                  peer=peers.PUBLISHED["Ossa (2014), Nash duties"],
                  peer_name="Ossa (2014), as published", certificate=short, note=_word(short))  # fmt: skip
    began = time.perf_counter()
    answer = replicate_games("unilateral", "political", data)
    took = time.perf_counter() - began
    for game, part in (("mfn", "best MFN duties"), ("unilateral", "best duties by partner")):
        proof = answer["certificates"][f"{game}.political"]["USA"]
        yield Row(
            f"7 x 33: {part} of the US, political weights",
            proof["seconds"],
            "s",
            evaluations=proof["evaluations"],
            peer=peers.PUBLISHED[f"Ossa (2014) in Octave, {part}"],
            peer_name="its programs in Octave, recorded",
            certificate=proof,
            note=f"{_word(proof)}; all 7 regions, both kinds: {took:.1f} s",
        )
    if quick:
        return
    began, used = time.perf_counter(), time.process_time()
    proof = replicate_games("talks", "political", data)["certificates"]["talks.political"]
    took, used = time.perf_counter() - began, time.process_time() - used
    yield Row("7 x 33: talks of all regions, political weights", took, "s", 120, cpu=used,
              peer=peers.PUBLISHED["Ossa (2014), cooperative duties"], peer_name="Ossa (2014), as published",
              certificate=proof, note=_word(proof))  # fmt: skip


def _word(proof: dict[str, Any]) -> str:
    return "certified" if proof["certified"] else "NOT certified"
