"""Scenarios through the API: saved, compared, and changed by who made them alone."""

import re
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geo_service import create_app, runtime
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.services import scenarios
from geo_service.settings import Settings
from geo_service.web.api.scenarios import TOKEN_HEADER
from geo_service.web.scenario_work import MOST_OF_A_SENDER, SENDER_SECONDS
from tests.support.app import closing
from tests.support.register import a_dataset
from tests.support.scenarios import EAST, TOWNSHIPS, WEST, a_town
from tests.support.schema import assert_as_described

_numbers = count(1)
ADD: dict[str, Any] = {"kind": "add", "lon": 114.02, "lat": 33.52, "name": "新站"}
CLOSE = {"kind": "close", "station": "B"}


@pytest.fixture(scope="module")
def own(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service over a town of three stations."""
    with scratch.transaction() as session:
        dataset = a_dataset(a_town().stations, townships=TOWNSHIPS)
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
        session.execute(text("DELETE FROM scenario"))
    settings = Settings(home=Path(tmp_path_factory.mktemp("scenarios")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture
def client(own: Flask) -> FlaskClient:
    """A planner at an address of his own."""
    client = own.test_client()
    number = next(_numbers)
    client.environ_base["REMOTE_ADDR"] = f"198.19.{number // 250}.{number % 250}"
    return client


def save(client: FlaskClient, *edits: dict[str, Any], **more: Any) -> TestResponse:
    body = {"name": "两个新站", "edits": list(edits or [ADD])} | more
    return client.post("/api/v1/scenarios", json=body)


def test_a_scenario_is_saved_under_an_address_of_its_own(client: FlaskClient) -> None:
    answer = save(client, ADD, CLOSE, note="先看看")

    kept = answer.get_json()
    assert (answer.status_code, kept["state"]) == (201, "ready")
    assert answer.headers["Location"] == f"/api/v1/scenarios/{kept['id']}"
    found = client.get(answer.headers["Location"]).get_json()
    assert (found["name"], found["note"], found["comparable"]) == ("两个新站", "先看看", True)
    assert [each["kind"] for each in found["edits"]] == ["add", "close"]
    assert_as_described(client, "/api/v1/scenarios/{scenario_id}", "get", found, "application/json")


def test_nobody_is_told_the_token_again(client: FlaskClient) -> None:
    kept = save(client).get_json()

    assert kept["token"] not in client.get(f"/api/v1/scenarios/{kept['id']}").text
    assert kept["token"] not in client.get("/api/v1/scenarios").text


def test_the_database_keeps_no_token(client: FlaskClient, scratch: Database) -> None:
    kept = save(client).get_json()

    with scratch.transaction() as session:
        rows = session.execute(text("SELECT s::text FROM scenario s")).scalars().all()
    assert all(kept["token"] not in row for row in rows)


def test_addresses_cannot_be_guessed(client: FlaskClient) -> None:
    ids = {save(client).get_json()["id"] for _ in range(5)}

    assert len(ids) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", each) for each in ids)


def test_positions_come_in_the_datum_that_they_declare(client: FlaskClient) -> None:
    kept = save(client, ADD | {"datum": "gcj02"}).get_json()

    (edit,) = client.get(f"/api/v1/scenarios/{kept['id']}").get_json()["edits"]
    assert (edit["x"], edit["datum"]) == (114.02, "gcj02")
    assert 0.001 < 114.02 - edit["longitude"] < 0.01


def test_the_list_has_the_newest_first_and_not_what_is_not_listed(client: FlaskClient) -> None:
    first, second = save(client).get_json()["id"], save(client).get_json()["id"]
    hidden = save(client, listed=False).get_json()["id"]

    answer = client.get("/api/v1/scenarios").get_json()
    ids = [each["id"] for each in answer["scenarios"]]
    assert ids[:2] == [second, first]
    assert hidden not in ids
    assert client.get(f"/api/v1/scenarios/{hidden}").status_code == 200
    assert_as_described(client, "/api/v1/scenarios", "get", answer, "application/json")


# -- comparing -----------------------------------------------------------------------------


def compare(client: FlaskClient, scenario: str, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/v1/scenarios/{scenario}/comparison?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    assert_as_described(
        client,
        "/api/v1/scenarios/{scenario_id}/comparison",
        "get",
        found,
        "application/json",
    )
    return found


def test_a_comparison_says_what_each_township_gains_and_loses(client: FlaskClient) -> None:
    kept = save(client, ADD, CLOSE).get_json()

    found = compare(client, kept["id"])

    west, east = found["units"][0], found["units"][1]
    disc = 3.1416
    assert (west["code"], east["code"]) == (WEST, EAST)
    assert west["gained_km2"] == pytest.approx(disc, rel=2e-3)
    assert east["lost_km2"] == pytest.approx(disc, rel=2e-3)
    assert west["change"]["stations"] == 1
    assert east["change"]["stations"] == -1
    assert found["totals"]["change"]["covered_km2"] == pytest.approx(0, abs=0.01)
    assert [each["name"] for each in found["changes"]["added"]] == ["新站"]
    assert [each["id"] for each in found["changes"]["closed"]] == ["B"]


def test_the_figures_of_today_are_those_of_the_coverage(client: FlaskClient) -> None:
    kept = save(client, CLOSE, radius=1500, service="rest").get_json()

    found = compare(client, kept["id"])
    today = client.get("/api/v1/coverage?radius=1500&service=rest").get_json()

    assert found["units"][1]["before"].items() <= today["units"][1].items()
    assert found["totals"]["before"].items() <= today["totals"].items()


def test_two_scenarios_are_compared_with_each_other(client: FlaskClient) -> None:
    one, other = save(client, CLOSE).get_json()["id"], save(client, ADD, CLOSE).get_json()["id"]

    found = compare(client, other, f"against={one}")

    assert found["before"]["scenario"] == one
    assert found["changes"]["closed"] == []
    assert found["totals"]["change"]["stations"] == 1


def test_an_instant_is_the_same_on_both_sides(client: FlaskClient) -> None:
    hours = {"kind": "hours", "station": "A", "opening_hours": "Mo-Su 08:00-18:00"}
    kept = save(client, hours, open="2026-11-23T05:00:00+08:00").get_json()

    found = compare(client, kept["id"])

    assert found["terms"]["instant"] == "2026-11-23T05:00:00+08:00"
    assert found["after"]["stations_counted"] == found["before"]["stations_counted"] - 1
    assert [each["id"] for each in found["changes"]["hours"]] == ["A"]


def test_an_estimated_walk_reaches_less_far(client: FlaskClient) -> None:
    kept = save(client, ADD, distance="estimated_walk").get_json()

    found = compare(client, kept["id"])

    assert found["units"][0]["gained_km2"] == pytest.approx(3.1416 / 1.3**2, rel=2e-3)


def test_a_register_that_moved_on_is_said_and_both_sides_are_of_now(
    own: Flask, client: FlaskClient, scratch: Database
) -> None:
    kept = save(client, ADD, {"kind": "close", "station": "C"}).get_json()
    whole = a_town().stations
    with scratch.transaction() as session:
        dataset = a_dataset(whole[:2], townships=TOWNSHIPS)
        number = RegisterStore(session).replace(dataset, author="a test", reason="a test")
    with own.app_context():
        runtime.snapshots().wait_for(number)

    found = compare(client, kept["id"])

    assert (found["register_moved_on"], found["revision"]) == (True, number)
    assert found["after"]["unfit"] == ["edits.1.station: no station has the identifier 'C'"]
    with scratch.transaction() as session:
        dataset = a_dataset(whole, townships=TOWNSHIPS)
        number = RegisterStore(session).replace(dataset, author="a test", reason="a test")
    with own.app_context():
        runtime.snapshots().wait_for(number)


# -- choosing sites ------------------------------------------------------------------------


def solved(client: FlaskClient, suggestion: dict[str, Any]) -> dict[str, Any]:
    """Have sites chosen, and wait for them."""
    answer = client.post("/api/v1/scenarios", json={"name": "下一批", "suggestion": suggestion})
    assert (answer.status_code, answer.get_json()["state"]) == (202, "queued"), answer.text
    deadline = time.monotonic() + 60
    while True:
        found: dict[str, Any] = client.get(answer.headers["Location"]).get_json()
        if found["state"] not in {"queued", "solving"}:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_sites_are_chosen_outside_what_is_excluded_and_compared(client: FlaskClient) -> None:
    east = {"type": "Polygon", "coordinates": [[[114.1, 33.4], [114.3, 33.4], [114.3, 33.7],
                                                [114.1, 33.7], [114.1, 33.4]]]}  # fmt: skip

    found = solved(client, {"goal": "mclp", "sites": 2, "excluded": east})

    assert (found["state"], found["result"]["status"]) == ("ready", "optimal")
    assert len(found["edits"]) == 2
    assert all(edit["longitude"] < 114.1 for edit in found["edits"])
    assert_as_described(client, "/api/v1/scenarios/{scenario_id}", "get", found, "application/json")
    assert compare(client, found["id"])["units"][0]["change"]["stations"] == 2


def test_a_site_that_is_required_is_among_the_chosen(client: FlaskClient) -> None:
    must = {"lon": 114.19, "lat": 33.59, "name": "一定要有"}

    found = solved(client, {"goal": "mclp", "sites": 2, "required": [must]})

    assert "一定要有" in {edit["name"] for edit in found["edits"]}


def test_what_has_not_been_solved_cannot_be_compared(
    client: FlaskClient, scratch: Database
) -> None:
    kept = save(client).get_json()
    with scratch.transaction() as session:
        session.execute(
            text("UPDATE scenario SET state = 'solving', heartbeat_at = now() WHERE id = :id"),
            {"id": kept["id"]},
        )

    answer = client.get(f"/api/v1/scenarios/{kept['id']}/comparison")

    assert (answer.status_code, answer.get_json(force=True)["type"]) == (
        409,
        "/problems/scenario-not-ready",
    )
    stopped = client.post(
        f"/api/v1/scenarios/{kept['id']}/cancel", headers={TOKEN_HEADER: kept["token"]}
    )
    assert (stopped.status_code, stopped.get_json()["state"]) == (200, "solving")


# -- who may change what -------------------------------------------------------------------


def test_who_made_it_deletes_it(client: FlaskClient) -> None:
    kept = save(client).get_json()
    path = f"/api/v1/scenarios/{kept['id']}"

    answer = client.delete(path, headers={TOKEN_HEADER: kept["token"]})

    assert answer.status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("headers", [{}, {TOKEN_HEADER: "guessed"}])
@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_nobody_else_deletes_or_cancels_it(
    client: FlaskClient, headers: dict[str, str], method: str
) -> None:
    kept = save(client).get_json()
    path = f"/api/v1/scenarios/{kept['id']}" + ("/cancel" if method == "POST" else "")

    answer = client.open(path, method=method, headers=headers)

    assert (answer.status_code, answer.get_json(force=True)["type"]) == (
        403,
        "/problems/scenario-token",
    )
    assert client.get(f"/api/v1/scenarios/{kept['id']}").status_code == 200


def test_a_page_of_another_site_saves_nothing(client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/scenarios",
        json={"name": "a", "edits": [ADD]},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403


def test_one_sender_may_save_so_many(client: FlaskClient) -> None:
    answers = [save(client) for _ in range(MOST_OF_A_SENDER + 1)]

    assert [each.status_code for each in answers] == [201] * MOST_OF_A_SENDER + [429]
    assert answers[-1].get_json(force=True)["type"] == "/problems/too-many-scenarios"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= SENDER_SECONDS


def test_only_so_many_are_kept(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "MOST_KEPT", 0)

    answer = save(client)

    assert answer.status_code == 429
    assert "delete one first" in answer.get_json(force=True)["detail"]


# -- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"name": "", "edits": [ADD]}, 400, "name"),
        ({"name": "a"}, 400, "edits: needs an edit"),
        ({"name": "a", "edits": [{"kind": "close", "station": "Z"}]}, 400, "edits.0.station"),
        ({"name": "a", "edits": [{"kind": "burn", "station": "A"}]}, 400, "edits.0"),
        ({"name": "a", "edits": [ADD | {"lon": 200}]}, 400, "lon"),
        ({"name": "a", "edits": [ADD | {"lon": 33.5, "lat": 80}]}, 422, "outside the area"),
        ({"name": "a\u0000", "edits": [ADD]}, 400, "U+0000"),
        ({"name": "a", "edits": [ADD], "radius": 1}, 400, "radius"),
        ({"name": "a", "edits": [ADD], "demand": "nobody"}, 404, "nobody"),
        ({"name": "a", "edits": [ADD], "distance": "network_walk"}, 409, "no-street-network"),
        ({"name": "a", "edits": [ADD], "open": "arrival"}, 400, "arrival needs an origin"),
        ({"name": "a", "edits": [CLOSE] * 501}, 400, "edits: takes at most 500"),
        ({"name": "a", "suggestion": {}}, 400, "suggestion.sites: is required"),
        ({"name": "a", "suggestion": {"goal": "lscp", "sites": 3}}, 400, "suggestion.sites"),
        ({"name": "a", "suggestion": {"sites": 1000}}, 400, "suggestion.sites"),
        ({"name": "a", "suggestion": {"sites": 1, "seconds": 1e9}}, 400, "seconds"),
        ({"name": "a", "suggestion": {"sites": 1, "candidates": []}}, 400, "candidates"),
        ({"name": "a", "suggestion": {"sites": 1, "excluded": {"type": "Point"}}}, 400, "excluded"),
        (
            {"name": "a", "suggestion": {"sites": 1, "opening_hours": "whenever"}},
            422,
            "whenever",
        ),
        ({"name": "a", "edits": [ADD], "colour": "red"}, 400, "colour"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    client: FlaskClient, body: dict[str, Any], status: int, said: str
) -> None:
    answer = client.post("/api/v1/scenarios", json=body)

    assert (answer.status_code, said in answer.text) == (status, True), answer.text


@pytest.mark.parametrize("scenario", ["x", "A" * 22, "%00" * 22, "..%2f..%2f"])
@pytest.mark.parametrize("rest", ["", "/comparison"])
def test_what_is_not_there_is_a_problem(client: FlaskClient, scenario: str, rest: str) -> None:
    answer = client.get(f"/api/v1/scenarios/{scenario}{rest}")

    assert answer.status_code == 404


def test_a_hostile_name_comes_back_as_text(client: FlaskClient) -> None:
    name = "<script>alert(1)</script> '; DROP TABLE scenario; --"
    kept = save(client, name=name).get_json()

    assert client.get(f"/api/v1/scenarios/{kept['id']}").get_json()["name"] == name
