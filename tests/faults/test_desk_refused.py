"""The desk while the database is away: refused in words and in time, and back afterwards."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from geo_service import create_app
from geo_service.domain.account import Role
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.faults import frozen, stopped
from tests.support.postgis import throw_away_home
from tests.support.staff import PASSWORD, an_account, bearer, signed_in

pytestmark = pytest.mark.slow

Ask = Callable[[], TestResponse]

REFUSED_WITHIN_S = 3.0
NEAREST = "/api/v1/stations/nearest?lon=114.0163&lat=33.5814"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with throw_away_home() as home, Cluster(home) as running:
        migrate.upgrade(running.owner_url)
        yield running


@pytest.fixture(scope="module")
def app(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    database = Database.connect(cluster.service_url, statement_timeout_ms=3000)
    load_folder(database, SHIPPED, author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("refused")), log_level="error")
    with closing(create_app(settings, database=database)) as app:
        assert app.test_client().get("/s/LH-001").status_code == 200
        yield app
    database.engine.dispose()


@pytest.mark.parametrize("fault", ["stopped", "frozen"])
def test_the_desk_is_refused_within_three_seconds_and_open_afterwards(
    app: Flask, cluster: Cluster, fault: str
) -> None:
    staff = signed_in(app, Role.ADMINISTRATOR)
    account = an_account(app, password=PASSWORD)
    program = bearer(app)
    sent = {"login": account.login, "password": PASSWORD, "lang": "zh"}
    asks: dict[str, Ask] = {
        "page": lambda: staff.get("/register?lang=zh", headers={"Accept": "text/html"}),
        "change": lambda: staff.post("/register/accounts", {"login": "li", "name": "李"}),
        "sign in": lambda: app.test_client().post("/register/sign-in", data=sent),
        "program": lambda: app.test_client().get("/api/v1/account", headers=program),
    }
    said: dict[str, TestResponse] = {}
    took: dict[str, float] = {}

    with stopped(cluster) if fault == "stopped" else frozen(cluster.folder):
        for name, ask in asks.items():
            began = time.monotonic()
            said[name] = ask()
            took[name] = time.monotonic() - began

    assert {name: each.status_code for name, each in said.items()} == dict.fromkeys(asks, 503)
    assert {each.headers["Retry-After"] for each in said.values()} == {"3"}
    assert max(took.values()) <= REFUSED_WITHIN_S, took
    assert "现在登录不了" in said["sign in"].text
    assert staff.get("/register").status_code == 200
    assert app.test_client().post("/register/sign-in", data=sent).status_code == 303


def test_a_crowd_at_the_desk_of_a_frozen_database_holds_nobody_else_for_long(
    app: Flask, cluster: Cluster
) -> None:
    staff = signed_in(app)

    def look(_: int) -> float:
        began = time.monotonic()
        assert staff.get("/register").status_code == 503
        return time.monotonic() - began

    with frozen(cluster.folder), ThreadPoolExecutor(8) as pool:
        seconds = sorted(pool.map(look, range(8)))

    assert seconds[5] < 1.0  # all but the two that wait for the database
    assert seconds[-1] <= REFUSED_WITHIN_S + 0.5


def test_a_session_goes_on_while_the_database_takes_no_writes(app: Flask, cluster: Cluster) -> None:
    staff = signed_in(app)
    database = Database.connect(cluster.service_url)
    with database.transaction() as session:  # long enough ago to be noted anew
        session.execute(text("UPDATE staff_session SET used_at = used_at - interval '1 hour'"))

    def read_only(state: str) -> None:
        with database.transaction() as session:
            session.execute(text("SET TRANSACTION READ WRITE"))
            session.execute(
                text(f"ALTER ROLE geo_service SET default_transaction_read_only={state}")
            )

    read_only("on")
    try:
        page = staff.get("/register?lang=zh")
        left = staff.post("/register/sign-out", headers={"Accept": "text/html"})
    finally:
        read_only("off")
        database.engine.dispose()

    assert page.status_code == 200
    assert (left.status_code, left.headers["Retry-After"]) == (503, "3")
