"""Talks over the web: a person plays a side; the analysis's own answers, kept, taken back, replayed."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from fastapi.testclient import TestClient
from tests.support.web import own_settings

from detente.analysis.talks import Setup
from detente.analysis.talks_play import replayed
from detente.analysis.talks_seat import sit
from detente.web.app import create_app

SETUP = {"dispute": "mine", "on": "2021-06-01", "side": "AUS", "opponent": "conceder", "days": 300, "seed": 4}


class Here:
    """The table in this process: no test waits for another to start."""

    async def run(self, work, *arguments):
        return work(*arguments)

    def open(self):
        pass

    def close(self):
        pass


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("talks")


def opened(place):
    app = create_app(own_settings(place, workers=0))
    app.state.detente.table = Here()
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(place):
    with opened(place) as found:
        yield found


@pytest.fixture(scope="module")
def seat(place):
    """The same seat without the web."""
    against = Setup(date(2021, 6, 1), sides={"CHN": "conceder"})
    return sit(str(place / "mine"), against, "AUS", days=300, seed=4)


def begun(client):
    answer = client.post("/api/v1/plays", json=SETUP)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def moved(client, play, line):
    answer = client.post(f"/api/v1/plays/{play['id']}/moves", json={"move": line, "version": play["version"]})
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def test_turns_are_those_of_the_seat_and_outlive_the_server(client, seat, place):
    play = begun(client)
    lines = []
    for line in ("ask ministers", "wait 30", "claim talks", "wait 60"):
        lines.append(line)
        play = moved(client, play, line)
        expected = json.loads(json.dumps(seat.turn(lines)["data"]))
        assert play["turn"] == expected
        told = [said["says"] for said in play["story"] if said["after_moves"] == len(lines)]
        assert told == [news["says"] for news in expected["news"]]
    with opened(place) as again:
        after = again.get(f"/api/v1/plays/{play['id']}").json()["data"]
        assert after == play
        assert moved(again, after, "wait 5")["moves"] == [*lines, "wait 5"]
        listed = again.get("/api/v1/plays").json()["data"]["plays"]
        assert [row["moves"] for row in listed if row["id"] == play["id"]] == [5]
    stateless = client.post("/api/v1/talks/turn", json={**SETUP, "moves": lines})
    assert stateless.json()["schema"] == "detente/talks-turn/1"
    assert stateless.json()["data"] == play["turn"]


def test_a_move_that_cannot_be_made_leaves_the_play_as_it_was(client):
    play = begun(client)
    path = f"/api/v1/plays/{play['id']}/moves"
    for line, status in (("impose nothing 30", 422), ("dance", 422), ("accept", 422), ("x" * 2000, 422)):
        answer = client.post(path, json={"move": line, "version": play["version"]})
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"code", "what", "where", "why", "instead"}
    assert client.get(f"/api/v1/plays/{play['id']}").json()["data"] == play
    assert client.get("/api/v1/plays/none").status_code == 404
    for wrong in ({"side": "USA"}, {"on": "1999-01-01"}, {"opponent": "nobody"}, {"days": 0}, {"seed": -1}):
        assert client.post("/api/v1/plays", json={**SETUP, **wrong}).status_code == 422, wrong
    assert client.post("/api/v1/plays", json={**SETUP, "dispute": "/etc"}).status_code == 404


def test_of_two_who_move_at_once_one_is_told(client):
    play = begun(client)
    first = moved(client, play, "wait 10")
    path = f"/api/v1/plays/{play['id']}"
    late = client.post(f"{path}/moves", json={"move": "wait 20", "version": play["version"]})
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "stale_version"
    back = client.post(f"{path}/back", json={"version": first["version"]}).json()["data"]
    assert (back["moves"], back["turn"], back["story"]) == ([], play["turn"], play["story"])
    assert client.post(f"{path}/back", json={"version": back["version"]}).status_code == 422


def test_a_package_is_weighed_before_it_is_offered(client, seat):
    play = begun(client)
    issue = next(i for i in play["turn"]["issues"] if len(i["options"]) > 1)
    package = f"{issue['issue']}={issue['options'][1]['option']}"
    path = f"/api/v1/plays/{play['id']}/weigh"
    weighed = client.post(path, json={"package": package}).json()["data"]
    assert weighed == json.loads(json.dumps(seat.weigh([], package)))
    assert client.post(path, json={"package": "nothing=at-all"}).status_code == 422
    page = client.post(f"/talks/{play['id']}/weigh", json={"package": package}).text
    assert 'data-make="offer ' in page
    assert "No such" in client.post(f"/talks/{play['id']}/weigh", json={"package": "nothing=at-all"}).text


def test_to_the_end_saved_replayed_and_shown(client, place, tmp_path):
    play = begun(client)
    for page in ("/talks", f"/talks/{play['id']}", f"/talks/{play['id']}/part"):
        text = client.get(page).text
        assert "Australia" in text
        words = re.sub(r"<[^>]*>", "", text)  # labels are there to be sent back, not to be read
        assert not re.search(r"\b(measure|precondition|authority)-[a-z]", words)
        assert not re.search(r"\b20\d\d-\d\d-\d\d\b", words.replace("threaten LEVER 125 2025-07-01", ""))
    while not play["turn"]["over"]:
        play = moved(client, play, "wait 60")
    assert "Replay, move by move" in client.get(f"/talks/{play['id']}").text
    saved = client.get(play["links"]["saved"])
    (tmp_path / "mine.json").write_text(saved.text, encoding="utf-8")
    again = replayed(tmp_path / "mine.json", str(place / "mine"))
    assert again.transcript.end.isoformat() == play["turn"]["transcript"]["to"]
    shown = client.get(play["links"]["replay"])
    assert shown.status_code == 200
    assert shown.text.count("<li>") >= len({said["day"] for said in play["story"]})
    assert client.get("/talks/replay?dispute=mine&side=AUS&m=dance").status_code == 422


def test_a_record_that_has_changed_since_is_another_game(place):
    with opened(place) as client:
        play = begun(client)
        file = place / "mine" / "dispute.yaml"
        before = file.read_text(encoding="utf-8")
        file.write_text(before + "\n# looked at again\n", encoding="utf-8")
        try:
            answer = client.post(f"/api/v1/plays/{play['id']}/moves", json={"move": "wait 5", "version": 0})
            assert answer.status_code == 409
            assert "record has changed" in answer.json()["error"]["why"]
            assert client.get(f"/talks/{play['id']}").status_code == 200
        finally:
            file.write_text(before, encoding="utf-8")
