"""Every route of the service: what changes anything is public for a reason, or well guarded."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from geo_service import create_app
from geo_service.domain.account import Permission, Role
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from geo_service.web import access
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.staff import Staff, bearer, signed_in

SAFE = {"GET", "HEAD", "OPTIONS"}

# What anybody may send, and why no account is needed for it. All of it is limited by sender or
# computes without keeping anything.
PUBLIC = {
    "POST /api/v1/stations/nearest": "a question: too long for an address",
    "POST /api/v1/stations/along": "a question: too long for an address",
    "POST /ogc/processes/<process_id>/execution": "a question, as OGC API puts it",
    "POST /route": "the form of the same question",
    "POST /api/v1/stations/<station_id>/reports": "workers report without an account; limited",
    "POST /s/<station_id>/reports": "the form of the same",
    "POST /api/v1/scenarios": "planners draft without an account; the register stays as it is",
    "POST /api/v1/scenarios/<scenario_id>/cancel": "needs the scenario's own token",
    "DELETE /api/v1/scenarios/<scenario_id>": "needs the scenario's own token",
    "POST /planner/scenarios": "the form of the same",
    "POST /planner/scenarios/<scenario_id>/cancel": "needs the scenario's token, in a cookie",
    "POST /planner/scenarios/<scenario_id>/remove": "needs the scenario's token, in a cookie",
    "POST /k/<token>": "the link of a station's keeper is the key: it verifies one record; limited",
    "POST /register/sign-in": "how one comes in",
}
# Pages of the desk that show nothing of it.
OPEN_PAGES = {"register_accounts.sign_in"}


@pytest.fixture(scope="module")
def app(
    shipped: Database, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    settings = Settings(home=Path(tmp_path_factory.mktemp("walk")), log_level="error")
    with closing(create_app(settings, database=shipped, clock=clock)) as app:
        yield app


@pytest.fixture(scope="module")
def viewer(app: Flask) -> Staff:
    return signed_in(app, Role.VIEWER)


@pytest.fixture(scope="module")
def administrator(app: Flask) -> Staff:
    return signed_in(app, Role.ADMINISTRATOR)


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def _routes(app: Flask) -> dict[str, Rule]:
    """Return all that changes something, as documents name it."""
    return {
        f"{method} {rule.rule}": rule
        for rule in _rules(app)
        for method in (rule.methods or set()) - SAFE
    }


def _changes(app: Flask) -> list[tuple[str, str, Permission | None]]:
    """Return method, path and permission of all that changes something and is not public."""
    return [
        (
            route.partition(" ")[0],
            _path(rule),
            access.required_by(app.view_functions[rule.endpoint]),
        )
        for route, rule in sorted(_routes(app).items())
        if route not in PUBLIC
    ]


def _path(rule: Rule) -> str:
    return re.sub("<[^>]+>", "1", rule.rule)


def test_the_list_of_what_is_public_is_no_longer_than_it_must_be(app: Flask) -> None:
    routes = _routes(app)

    assert set(PUBLIC) <= set(routes)
    assert not any(access.is_guarded(app.view_functions[routes[each].endpoint]) for each in PUBLIC)


def test_what_changes_anything_is_refused_to_who_is_not_signed_in(app: Flask) -> None:
    client = app.test_client()

    said = {
        f"{method} {path}": client.open(path, method=method).status_code
        for method, path, _ in _changes(app)
    }

    assert said
    assert set(said.values()) == {401}, said


def test_what_changes_anything_names_the_scheme_that_opens_it(app: Flask) -> None:
    client = app.test_client()

    assert {
        client.open(path, method=method).headers.get("WWW-Authenticate")
        for method, path, _ in _changes(app)
    } == {'Bearer realm="geo_service"'}


def test_what_changes_anything_is_refused_to_who_has_not_the_right(
    app: Flask, viewer: Staff
) -> None:
    said = {
        f"{method} {path}": viewer.client.open(
            path, method=method, headers=viewer.headers
        ).get_json(force=True)["type"]
        for method, path, permission in _changes(app)
        if permission is not None and permission not in Role.VIEWER.permissions
    }

    assert said
    assert set(said.values()) == {"/problems/not-allowed"}, said


def test_no_session_changes_anything_without_the_token_of_its_pages(
    app: Flask, administrator: Staff
) -> None:
    said = {
        f"{method} {path}": administrator.client.open(path, method=method).get_json(force=True)[
            "type"
        ]
        for method, path, _ in _changes(app)
    }

    assert set(said.values()) == {"/problems/forged-request"}, said


def test_no_session_changes_anything_from_another_site(app: Flask, administrator: Staff) -> None:
    headers = administrator.headers | {"Sec-Fetch-Site": "cross-site"}

    said = {
        f"{method} {path}": administrator.client.open(
            path, method=method, headers=headers
        ).status_code
        for method, path, _ in _changes(app)
    }

    assert set(said.values()) == {403}, said


def test_a_program_without_the_permission_changes_nothing(app: Flask) -> None:
    headers = bearer(app, Permission.LOOK)

    said = {
        f"{method} {path}": app.test_client().open(path, method=method, headers=headers).status_code
        for method, path, permission in _changes(app)
        if path.startswith("/api/") and permission is not Permission.LOOK
    }

    assert set(said.values()) <= {403}, said


def test_a_programs_token_opens_no_page(app: Flask) -> None:
    headers = bearer(app)
    pages = [path for _, path, _ in _changes(app) if not path.startswith("/api/")]

    assert {app.test_client().post(path, headers=headers).status_code for path in pages} <= {
        401,
        405,
    }


def test_every_page_of_the_desk_leads_to_the_form_first(app: Flask) -> None:
    client = app.test_client()
    pages = [
        _path(rule)
        for rule in _rules(app)
        if rule.rule.startswith("/register")
        and "GET" in (rule.methods or set())
        and rule.endpoint not in OPEN_PAGES
    ]

    answers = {page: client.get(page) for page in pages}

    assert pages
    assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(
        pages, 303
    )
    assert all("/register/sign-in?next=" in answer.location for answer in answers.values())


def test_a_script_of_a_page_is_told_and_not_led_elsewhere(app: Flask) -> None:
    refused = app.test_client().get("/register", headers={"Sec-Fetch-Mode": "cors"})

    assert refused.status_code == 401
