"""Many users on What if at once: how long each waits from letting go to the new results.

`python -m benchmarks.workbench` starts a server of its own, and as many users as asked, each with a
connection. A user lets go of a slider, waits for the answer, looks at it for two seconds on average, and goes
on; no two ask the same, so that nothing is answered from memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from typing import Any

import httpx2
import numpy as np

LOOKS_SECONDS = (1.0, 3.0)
SECTORS = ("C26", "C27", "C28", "C29", "C20", "C24")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workbench", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "detente", "serve", "--port", "0", "--no-browser"]
        command += ["--processes", str(asked.processes), "--store", f"sqlite:///{place}/store.sqlite"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        address = re.findall(r"http://\S+/", server.stdout.readline())[0]
        try:
            found = asyncio.run(_measure(address, asked.users, asked.seconds))
        finally:
            server.terminate()
            server.wait(30)
    found |= {"processes": asked.processes, "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    print(json.dumps(found, indent=2) if asked.json else "\n".join(f"{k}: {v}" for k, v in found.items()))


async def _measure(address: str, users: int, seconds: float) -> dict[str, Any]:
    took: list[float] = []
    failed: list[str] = []
    limits = httpx2.Limits(max_connections=users, max_keepalive_connections=users)
    async with httpx2.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(*(client.get("/what-if?dispute=us-china&on=2025-06-05") for _ in range(8)))
        end = time.monotonic() + seconds
        await asyncio.gather(*(_user(client, n, end, took, failed) for n in range(users)))
    milliseconds = 1000 * np.array(took)
    shares = {f"p{p}_milliseconds": round(float(np.percentile(milliseconds, p))) for p in (50, 90, 95, 99)}
    return {
        "users": users,
        "seconds": seconds,
        "answers": len(took),
        "failed": len(failed),
        **shares,
        "longest_milliseconds": round(float(milliseconds.max())),
    }


async def _user(
    client: httpx2.AsyncClient, number: int, end: float, took: list[float], failed: list[str]
) -> None:
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, LOOKS_SECONDS[1]))
    while time.monotonic() < end:
        change = {
            "instrument": "import_duty",
            "importer": "USA",
            "exporter": "CHN",
            "scope": chance.choice(SECTORS),
            "value": round(chance.uniform(-20, 60), 3),
        }
        body = {"dispute": "us-china", "on": "2025-06-05", "scenarios": [{"name": "A", "changes": [change]}]}
        began = time.monotonic()
        answer = await client.post("/what-if/results", json=body)
        if answer.status_code == 200:
            took.append(time.monotonic() - began)
        else:
            failed.append(answer.text)
        await asyncio.sleep(chance.uniform(*LOOKS_SECONDS))


if __name__ == "__main__":
    main()
