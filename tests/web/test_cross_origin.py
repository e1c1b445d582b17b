"""What pages of other sites may read, and that they may change nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from geo_service.web import access
from tests.support.app import closing

ORIGIN = {"Origin": "https://elsewhere.example"}
QUESTIONS = {"/api/v1/stations/nearest", "/api/v1/stations/along"}


@pytest.fixture(scope="module")
def app(shipped: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = Settings(home=Path(tmp_path_factory.mktemp("cors")), log_level="error")
    with closing(create_app(settings, database=shipped)) as app:
        yield app


def _path(rule: Rule) -> str:
    return re.sub("<[^>]+>", "1", rule.rule)


def _asked(app: Flask, path: str, method: str) -> dict[str, str]:
    """Ask as a browser does before it sends for a page of another site."""
    headers = ORIGIN | {"Access-Control-Request-Method": method}
    answer = app.test_client().options(path, headers=headers)
    return {
        name: value for name, value in answer.headers if name.startswith("Access-Control-Allow")
    }


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/stations/nearest?lon=114.0163&lat=33.5814",
        "/api/v1/coverage",
        "/api/v1/stations/none",
        "/api/v1/nothing-here",
        "/api/openapi.json",
        "/problems/invalid-query",
        "/ogc/conformance",
    ],
)
def test_pages_of_other_sites_may_read_what_anybody_may(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers=ORIGIN)

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/register", "/api/v1/account"])
def test_they_may_not_read_pages_nor_what_staff_see(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers=ORIGIN)

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_only_questions_may_be_sent_from_other_sites(app: Flask) -> None:
    opened: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        path = _path(rule)
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            allowed = _asked(app, path, method).get("Access-Control-Allow-Methods", "")
            if method in allowed.split(", "):
                opened.setdefault(path, set()).add(method)

    assert opened == {path: {"POST"} for path in QUESTIONS}


def test_a_question_from_another_site_may_be_read_by_it(app: Flask) -> None:
    body = {"origins": [{"lon": 114.0163, "lat": 33.5814}]}

    answer = app.test_client().post("/api/v1/stations/nearest", json=body, headers=ORIGIN)

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")


def test_nobody_elsewhere_may_send_a_token(app: Flask) -> None:
    allowed = _asked(app, "/api/v1/stations", "GET")["Access-Control-Allow-Headers"]

    assert "authorization" not in allowed.lower()
    assert "If-None-Match" in allowed


def test_a_guarded_read_is_not_opened(app: Flask) -> None:
    guarded = [
        _path(rule)
        for rule in app.url_map.iter_rules()
        if access.is_guarded(app.view_functions[rule.endpoint]) and "GET" in (rule.methods or set())
    ]

    assert guarded
    for path in guarded:
        assert "GET" not in _asked(app, path, "GET").get("Access-Control-Allow-Methods", "")


def test_every_path_says_which_methods_it_takes(app: Flask) -> None:
    methods: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        path = _path(rule)
        methods.setdefault(path, set()).update(rule.methods or set())
    client = app.test_client()

    for path, taken in methods.items():
        answer = client.options(path)
        assert (answer.status_code, answer.data) == (204, b""), path
        assert taken <= set(answer.headers["Allow"].split(", ")), path


def test_the_options_of_nothing_are_a_problem(app: Flask) -> None:
    answer = app.test_client().options("/api/v1/nothing-here")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
