"""How often one sender may ask: what counts for which limit, what is said, and what is refused."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.persistence.tallies import Tallies
from geo_service.settings import Settings
from geo_service.web import limits
from geo_service.web.limits import Limits
from tests.support.app import closing

NEAREST: Final = "/api/v1/stations/nearest?lon=114.0163&lat=33.5814"
COVERAGE: Final = "/api/v1/coverage?level=city"
REPORTS: Final = "/api/v1/stations/LH-001/reports"
BROWSER: Final = {"Accept": "text/html"}
# A policy and what is left of it, as the draft has them: structured fields (RFC 9651).
POLICY: Final = re.compile(r'"([a-z]+)";q=([0-9]+);w=60')
LEFT: Final = re.compile(r'"([a-z]+)";r=([0-9]+);t=([0-9]+)')

Served = Callable[..., FlaskClient]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the limits, which stands at twenty seconds past a minute."""
    shown = [60_000_020.0]
    monkeypatch.setattr(limits, "monotonic", lambda: shown[0])
    return shown


@pytest.fixture
def served(shipped: Database, tmp_path: Path) -> Iterator[Served]:
    """Make a client, at an address of the public network, of a service with limits."""
    apps: list[Any] = []

    def make(address: str = "203.0.113.7", **given: Any) -> FlaskClient:
        made = create_app(
            Settings(home=tmp_path, log_level="error", **given),
            database=shipped,
            tallies=Tallies.shared(tmp_path / "limits", 2),
        )
        apps.append(closing(made))
        return client_at(apps[-1].__enter__(), address)

    yield make
    for each in apps:
        each.__exit__(None, None, None)


def client_at(app: Flask, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


# -- what is said --------------------------------------------------------------------------


def test_an_answer_names_its_limit_what_is_left_and_when_it_begins_anew(served: Served) -> None:
    client = served(reads_per_minute=10)

    first, second = client.get(NEAREST), client.get(NEAREST)

    assert POLICY.fullmatch(first.headers["RateLimit-Policy"])
    assert [each.headers["RateLimit-Policy"] for each in (first, second)] == [
        '"reads";q=10;w=60'
    ] * 2
    assert [each.headers["RateLimit"] for each in (first, second)] == [
        '"reads";r=9;t=40',
        '"reads";r=8;t=40',
    ]


def test_who_comes_too_often_is_refused_and_told_when_to_come_again(served: Served) -> None:
    client = served(reads_per_minute=2)

    answers = [client.get(NEAREST) for _ in range(4)]

    assert [each.status_code for each in answers] == [200, 200, 429, 429]
    assert [LEFT.fullmatch(each.headers["RateLimit"])[2] for each in answers] == list("1000")  # type: ignore[index]
    assert answers[-1].headers["Retry-After"] == "40"
    problem = answers[-1].get_json(force=True)
    assert problem["type"] == "/problems/too-many-requests"
    assert problem["violated-policies"] == ["reads"]
    assert "203.0.113.7" not in answers[-1].text


def test_a_person_reads_of_it_in_a_page(served: Served) -> None:
    client = served(reads_per_minute=1)
    client.get("/", headers=BROWSER)

    page = client.get("/?lang=zh", headers=BROWSER)

    assert page.status_code == 429
    assert "您的网络在短时间内请求太多" in page.text


def test_with_the_next_minute_it_begins_anew(served: Served, now: list[float]) -> None:
    client = served(reads_per_minute=1)
    assert [client.get(NEAREST).status_code for _ in range(2)] == [200, 429]

    now[0] += 40

    assert client.get(NEAREST).headers["RateLimit"] == '"reads";r=0;t=60'


def test_what_is_refused_or_not_there_counts_as_well(served: Served) -> None:
    client = served(reads_per_minute=3)

    codes = [
        client.get(path).status_code
        for path in ("/api/v1/nothing", "/api/v1/stations?limit=x", "/wp-login.php", NEAREST)
    ]

    assert codes == [404, 400, 404, 429]


# -- what counts for which -----------------------------------------------------------------


def test_reads_expensive_reads_and_writes_are_counted_apart(served: Served) -> None:
    client = served(reads_per_minute=2, expensive_reads_per_minute=2, writes_per_minute=2)

    def ask() -> list[str]:
        answers = client.get(NEAREST), client.get(COVERAGE), client.post(REPORTS, json={})
        return [each.headers["RateLimit"].partition(";t")[0] for each in answers]

    assert ask() == ['"reads";r=1', '"expensive";r=1', '"writes";r=1']
    assert ask() == ['"reads";r=0', '"expensive";r=0', '"writes";r=0']


@pytest.mark.parametrize(
    ("method", "path", "policy"),
    [
        ("GET", "/", "reads"),
        ("HEAD", NEAREST, "reads"),
        ("OPTIONS", NEAREST, "reads"),
        ("GET", "/api/v1/search?q=a", "reads"),
        ("GET", "/api/v1/changes?since=0", "reads"),
        ("GET", "/api/v1/events?wait=0", "reads"),
        ("POST", "/api/v1/stations/nearest", "expensive"),
        ("POST", "/api/v1/stations/along", "expensive"),
        ("GET", "/api/v1/register?f=csv", "expensive"),
        ("GET", "/ogc/collections/stations/items", "expensive"),
        ("GET", "/planner", "expensive"),
        ("GET", "/maps/coverage", "expensive"),
        ("GET", "/s/LH-001/sign.pdf", "expensive"),
        ("POST", REPORTS, "writes"),
        ("POST", "/register/sign-in", "writes"),
        ("DELETE", "/api/v1/scenarios/none", "writes"),
        ("PUT", "/ogc/collections/stations/items", "writes"),
        ("BREW", "/", "writes"),
    ],
)
def test_what_a_request_counts_for(served: Served, method: str, path: str, policy: str) -> None:
    answer = served().open(path, method=method)

    assert answer.headers["RateLimit-Policy"].startswith(f'"{policy}"')


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/app.css"])
def test_health_and_files_are_not_counted(served: Served, path: str) -> None:
    client = served(reads_per_minute=1)

    answers = [client.get(path) for _ in range(3)]

    assert 429 not in {each.status_code for each in answers}
    assert "RateLimit" not in answers[0].headers


def test_every_name_in_the_lists_is_of_a_route_that_there_is(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert endpoints >= limits.EXPENSIVE | limits.NOT_COUNTED
    assert {each.partition(".")[0] for each in endpoints} >= limits.EXPENSIVE_BLUEPRINTS


def test_no_change_counts_as_a_read_whatever_the_route(app: Flask, settings: Settings) -> None:
    found = Limits(settings, Tallies.alone())
    counted = {
        (rule.endpoint, method): found.policy(rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }

    assert counted
    assert [route for route, policy in counted.items() if policy in {None, found.reads}] == []


# -- of whom -------------------------------------------------------------------------------


def test_others_go_on(served: Served) -> None:
    client = served(reads_per_minute=1)
    client.get(NEAREST)

    other = client_at(client.application, "203.0.113.8")

    assert (client.get(NEAREST).status_code, other.get(NEAREST).status_code) == (429, 200)


def test_the_addresses_of_one_household_are_one_sender(served: Served) -> None:
    client = served("2001:db8:0:7::1", reads_per_minute=1)
    client.get(NEAREST)

    same = client_at(client.application, "2001:db8:0:7:ffff::2")
    other = client_at(client.application, "2001:db8:0:8::1")

    assert (same.get(NEAREST).status_code, other.get(NEAREST).status_code) == (429, 200)


def test_this_machine_itself_is_not_limited(served: Served) -> None:
    client = served("127.0.0.1", reads_per_minute=1)

    answers = [client.get(NEAREST) for _ in range(3)]

    assert {each.status_code for each in answers} == {200}
    assert "RateLimit" not in answers[0].headers


def test_the_operator_says_which_networks_are_not_limited(served: Served) -> None:
    given = Settings.from_env({"GEO_SERVICE_UNLIMITED_NETWORKS": "203.0.113.0/28, 2001:db8::/32"})
    client = served(reads_per_minute=1, unlimited_networks=given.unlimited_networks)
    here = client_at(client.application, "127.0.0.1")

    assert [client.get(NEAREST).status_code for _ in range(2)] == [200, 200]
    assert [here.get(NEAREST).status_code for _ in range(2)] == [200, 429]


def test_nought_is_no_limit(served: Served) -> None:
    client = served(reads_per_minute=0)

    answer = client.get(NEAREST)

    assert "RateLimit" not in answer.headers
    assert "RateLimit" in client.get(COVERAGE).headers


@pytest.mark.parametrize(("hops", "codes"), [(0, [200, 429]), (1, [200, 200])])
def test_behind_a_proxy_it_is_the_address_that_the_proxy_names(
    served: Served, hops: int, codes: list[int]
) -> None:
    client = served(reads_per_minute=1, trusted_proxies=hops)

    answers = [
        client.get(NEAREST, headers={"X-Forwarded-For": f"192.0.2.9, 198.51.100.{number}"})
        for number in range(2)
    ]

    assert [each.status_code for each in answers] == codes


def test_what_a_caller_writes_before_the_proxy_makes_nobody_another(served: Served) -> None:
    client = served(reads_per_minute=1, trusted_proxies=1)

    answers = [
        client.get(NEAREST, headers={"X-Forwarded-For": f"192.0.2.{number}, 198.51.100.1"})
        for number in range(2)
    ]

    assert [each.status_code for each in answers] == [200, 429]


def test_two_apps_over_one_folder_count_together(served: Served) -> None:
    one, other = served(reads_per_minute=3), served(reads_per_minute=3)

    codes = [each.get(NEAREST).status_code for each in (one, other, one, other)]

    assert codes == [200, 200, 200, 429]
