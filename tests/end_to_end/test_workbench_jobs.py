"""Long jobs: done by a worker of its own, cancelled, resumed, and not lost when the server is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

WAR = {"kind": "nash", "question": {"sides": ["USA", "CHN"], "starts": 1, "checks": 1}}


class Server:
    """`detente serve` as a process of its own."""

    def __init__(self, place: Path) -> None:
        environment = {**os.environ, "DETENTE_CACHE": str(place / "cache")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "detente", "serve", "--port", "0", "--no-browser", "--store",
             f"sqlite:///{place / 'store.sqlite'}"],
            stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = re.findall(r"http://\S+/", self.process.stdout.readline())[0]
        self.client = httpx2.Client(base_url=self.address, timeout=60)

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """The data of an answer."""
        answer = self.client.request(method, path, **more)
        assert answer.status_code < 300, answer.text
        return answer.json()["data"]

    def wait(self, job: str, *states: str) -> Any:
        """A job once it is in one of these states."""
        end = time.monotonic() + 240
        while time.monotonic() < end:
            found = self.ask("GET", f"/api/v1/jobs/{job}")
            if found["state"] in states:
                return found
            time.sleep(0.2)
        pytest.fail(f"job stayed {found['state']}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it."""
        self.client.close()
        self.process.send_signal(how)
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.mark.slow
def test_a_job_outlives_the_server_and_is_not_done_twice(tmp_path: Path) -> None:
    first = Server(tmp_path)
    job = first.ask("POST", "/api/v1/jobs", json=WAR)["id"]
    first.wait(job, "running")
    first.end(signal.SIGKILL)

    second = Server(tmp_path)
    try:
        done = second.wait(job, "done", "failed")
        assert done["state"] == "done", done
        assert done["result"]["schema"] == "detente/nash/1"
        again = second.ask("POST", "/api/v1/jobs", json=WAR)
        assert (again["id"], again["state"]) == (job, "done")
        page = second.client.get(f"/strategy/{job}")
        assert "done" in page.text

        asked = {"kind": "nash", "question": {**WAR["question"], "starts": 2, "grain": "sector"}}
        other = second.ask("POST", "/api/v1/jobs", json=asked)["id"]
        second.wait(other, "running")
        second.ask("POST", f"/api/v1/jobs/{other}/cancel")
        assert second.wait(other, "cancelled", "done")["state"] == "cancelled"
        assert second.ask("POST", f"/api/v1/jobs/{other}/resume")["state"] == "queued"
        second.wait(other, "running", "done")
        second.ask("POST", f"/api/v1/jobs/{other}/cancel")
    finally:
        second.end()
    third = Server(tmp_path)
    assert third.ask("GET", f"/api/v1/jobs/{job}")["result"] == done["result"]
    third.end()


def test_a_bad_question_fails_with_its_reason(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        asked = {"kind": "nash", "question": {"sides": ["USA"]}}
        failed = server.wait(server.ask("POST", "/api/v1/jobs", json=asked)["id"], "failed", "done")
        assert failed["error"]["code"] == "invalid_game"
        assert server.client.get("/api/v1/jobs/none").status_code == 404
    finally:
        server.end()
