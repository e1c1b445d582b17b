"""What may be kept of the API's answers, and when 304 says that it still holds."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_service import create_app
from geo_service.domain.account import Permission
from geo_service.persistence.database import Database
from geo_service.runtime import Clock
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.staff import bearer

NEAREST = "/api/v1/stations/nearest?lon=114.0163&lat=33.5814"
# A Monday before dawn in Luohe, some time after the register of these tests was committed.
FIVE = datetime(2026, 12, 27, 21, 0, tzinfo=UTC)

BEFORE_THE_WORK = [
    NEAREST,
    f"{NEAREST}&open=now",
    f"{NEAREST}&filter=capacity > 10 AND name LIKE '%25'",
    "/api/v1/stations?limit=3",
    "/api/v1/stations/LH-001",
    "/api/v1/search?q=mengmiao",
    "/api/v1/coverage",
    "/api/v1/coverage?f=csv",
    "/api/v1/coverage?f=xlsx",
    "/api/v1/coverage/gaps",
    "/api/v1/coverage/hours?date=2026-11-23",
    "/api/v1/coverage/history",
    "/api/v1/scorecard",
    "/api/v1/quality",
]
BY_WHAT_THEY_SAY = [
    f"{NEAREST}&open=arrival",
    "/api/v1/coverage?demand=population",
    "/api/v1/demand",
    "/api/v1/demand/population",
    "/api/v1/routes",
    "/api/v1/scenarios",
    "/api/v1/changes?since=0",
    "/api/v1/revisions",
    "/api/v1/revisions/1",
    "/api/v1/stations/LH-001/history",
    "/api/v1/register?f=csv",
    "/api/openapi.json",
]
# Members that tell the moment of an answer, which a mark leaves out.
MOMENTS = {"instant", "register_checked_at", "at"}


class SetClock(Clock):
    """Shows what it was set to."""

    instant = FIVE

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def app(shipped: Database, clock: SetClock, tmp_path: Path) -> Iterator[Flask]:
    settings = Settings(home=tmp_path, log_level="error")
    with closing(create_app(settings, database=shipped, clock=clock)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _again(client: FlaskClient, path: str, before: TestResponse, **more: str) -> TestResponse:
    return _get(client, path, {"If-None-Match": before.headers["ETag"], **more})


def _get(
    client: FlaskClient, path: str, headers: dict[str, str] | None = None, method: str = "GET"
) -> TestResponse:
    """Ask, and let go of the file where the answer is one."""
    answer = client.open(path, method=method, headers=headers)
    _ = answer.data
    answer.close()
    return answer


def _said(response: TestResponse) -> Any:
    """Return what an answer says but for its own moment, by reading it as a client would."""

    def kept(members: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in members if name not in MOMENTS}

    return json.loads(response.text, object_pairs_hook=kept)


@pytest.mark.parametrize("path", [*BEFORE_THE_WORK, *BY_WHAT_THEY_SAY])
def test_who_has_the_answer_gets_304_without_a_body(client: FlaskClient, path: str) -> None:
    first = _get(client, path)

    again = _again(client, path, first)

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers


@pytest.mark.parametrize("path", [*BEFORE_THE_WORK, *BY_WHAT_THEY_SAY])
def test_every_mark_is_weak_for_an_answer_tells_its_own_moment(
    client: FlaskClient, path: str
) -> None:
    assert _get(client, path).headers["ETag"].startswith('W/"')


@pytest.mark.parametrize("path", [*BEFORE_THE_WORK, *BY_WHAT_THEY_SAY])
def test_a_head_says_what_a_get_says(client: FlaskClient, path: str) -> None:
    got, asked = _get(client, path), _get(client, path, method="HEAD")

    names = ("ETag", "Content-Type", "Content-Length", "Cache-Control", "Vary", "Link")
    assert asked.data == b""
    assert {name: asked.headers.get(name) for name in names} == {
        name: got.headers.get(name) for name in names
    }


@pytest.mark.parametrize("path", BEFORE_THE_WORK)
def test_304_of_what_rests_on_the_register_costs_no_work(
    client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _get(client, path)

    def refuse(*_: object) -> None:
        raise AssertionError("the question was read")

    monkeypatch.setattr("geo_service.web.params.read_query", refuse)

    assert _again(client, path, first).status_code == 304


@pytest.mark.parametrize(
    "condition", ["", "&open=now", "&open=now&open_only=true", "&open=arrival"]
)
@pytest.mark.parametrize("path", [NEAREST, f"{NEAREST}&service=breakfast&limit=20"])
def test_304_is_never_said_of_an_answer_that_has_changed(
    client: FlaskClient, clock: SetClock, path: str, condition: str
) -> None:
    told: dict[str, Any] = {}
    unchanged = 0
    for quarter in range(4 * 24):
        clock.instant = FIVE + timedelta(minutes=15 * quarter, seconds=7)
        now = client.get(path + condition)
        for tag, before in told.items():
            answer = client.get(path + condition, headers={"If-None-Match": tag})
            if answer.status_code == 304:
                assert before == _said(now)
                unchanged += 1
        told = {now.headers["ETag"]: _said(now)}

    assert unchanged > 0


def test_answers_about_the_present_change_their_mark_when_a_door_opens(
    client: FlaskClient, clock: SetClock
) -> None:
    marks = set()
    for hour in range(24):
        clock.instant = FIVE + timedelta(hours=hour)
        marks.add(client.get("/api/v1/stations").headers["ETag"])

    assert 3 < len(marks) <= 24


def test_coverage_keeps_its_mark_for_a_day_of_the_place(
    client: FlaskClient, clock: SetClock
) -> None:
    first = client.get("/api/v1/coverage")
    clock.instant = FIVE + timedelta(hours=18, minutes=59)
    late = _again(client, "/api/v1/coverage", first)
    clock.instant = FIVE + timedelta(hours=19)
    tomorrow = _again(client, "/api/v1/coverage", first)

    assert (late.status_code, tomorrow.status_code) == (304, 200)


@pytest.mark.parametrize(
    ("path", "other"),
    [
        (NEAREST, f"{NEAREST}&limit=4"),
        (NEAREST, f"{NEAREST}&datum=gcj02"),
        ("/api/v1/coverage", "/api/v1/coverage?radius=999"),
        ("/api/v1/stations/LH-001", "/api/v1/stations/LH-002"),
    ],
)
def test_the_mark_of_one_question_is_not_that_of_another(
    client: FlaskClient, path: str, other: str
) -> None:
    assert _again(client, other, client.get(path)).status_code == 200


def test_an_answer_with_links_is_another_where_the_service_is_reached_by_another_name(
    client: FlaskClient,
) -> None:
    first = client.get("/api/v1/stations", headers={"Host": "one.example"})

    assert _again(client, "/api/v1/stations", first, Host="two.example").status_code == 200


@pytest.mark.parametrize("other", [{"walking_speed_m_per_min": 61.0}, {"detour_factor": 1.5}])
def test_other_settings_are_other_answers(
    client: FlaskClient, shipped: Database, clock: SetClock, tmp_path: Path, other: dict[str, float]
) -> None:
    first = client.get(NEAREST)
    settings = Settings(home=tmp_path, log_level="error", **other)  # type: ignore[arg-type]

    with closing(create_app(settings, database=shipped, clock=clock)) as app:
        assert _again(app.test_client(), NEAREST, first).status_code == 200


def test_two_workers_give_one_answer_the_same_mark(
    client: FlaskClient, shipped: Database, clock: SetClock, tmp_path: Path
) -> None:
    with closing(
        create_app(Settings(home=tmp_path, log_level="error"), database=shipped, clock=clock)
    ) as app:
        other = app.test_client()
        marks = {path: _get(other, path).headers["ETag"] for path in BEFORE_THE_WORK}

    assert marks == {path: _get(client, path).headers["ETag"] for path in BEFORE_THE_WORK}


@pytest.mark.parametrize("tags", ['"x", {tag}', '{tag}, W/"y"', "*", "{strong}"])
def test_any_of_several_marks_will_do(client: FlaskClient, tags: str) -> None:
    tag = client.get(NEAREST).headers["ETag"]

    asked = {"If-None-Match": tags.format(tag=tag, strong=tag.removeprefix("W/"))}

    assert client.get(NEAREST, headers=asked).status_code == 304


@pytest.mark.parametrize("tags", ["", '""', "W/", '"', ",,,", "x" * 4000, '"' * 999, "\x00", "W/*"])
def test_what_is_no_mark_of_ours_gets_the_answer(client: FlaskClient, tags: str) -> None:
    assert client.get(NEAREST, headers={"If-None-Match": tags}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/stations/none", "/api/v1/stations/nearest?lon=1"])
@pytest.mark.parametrize("tags", ["*", '"x"'])
def test_a_refusal_stays_one_whatever_its_asker_has(
    client: FlaskClient, path: str, tags: str
) -> None:
    answer = client.get(path, headers={"If-None-Match": tags})

    assert answer.status_code in {400, 404}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


# -- by date ------------------------------------------------------------------------------------


def test_who_names_the_date_of_an_answer_gets_304_until_it_changes(
    client: FlaskClient, clock: SetClock
) -> None:
    clock.instant = FIVE + timedelta(days=1)
    date = client.get("/api/v1/coverage").headers["Last-Modified"]
    same = client.get("/api/v1/coverage", headers={"If-Modified-Since": date})
    clock.instant = FIVE + timedelta(days=2)
    other = client.get("/api/v1/coverage", headers={"If-Modified-Since": date})

    assert date == "Mon, 28 Dec 2026 16:00:00 GMT"
    assert (same.status_code, other.status_code) == (304, 200)


def test_a_date_does_not_vouch_for_what_was_said_before_this_service_was_started(
    client: FlaskClient,
) -> None:
    # Other settings may have been in force then, and no date tells.
    date = client.get("/api/v1/coverage").headers["Last-Modified"]

    answer = client.get("/api/v1/coverage", headers={"If-Modified-Since": date})

    assert answer.status_code == 200


def test_a_later_date_than_ours_is_another_answer(client: FlaskClient, clock: SetClock) -> None:
    clock.instant = FIVE + timedelta(days=1)
    asked = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}

    assert client.get("/api/v1/coverage", headers=asked).status_code == 200


def test_a_mark_that_differs_outweighs_a_date_that_does_not(
    client: FlaskClient, clock: SetClock
) -> None:
    clock.instant = FIVE + timedelta(days=1)
    date = client.get("/api/v1/coverage").headers["Last-Modified"]

    answer = client.get(
        "/api/v1/coverage", headers={"If-Modified-Since": date, "If-None-Match": '"x"'}
    )

    assert answer.status_code == 200


def test_a_date_of_openness_is_when_a_door_last_opened_or_closed(
    client: FlaskClient, clock: SetClock
) -> None:
    clock.instant = FIVE + timedelta(hours=7)
    date = datetime.strptime(
        client.get(NEAREST).headers["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT"
    ).replace(tzinfo=UTC)

    assert timedelta(0) <= clock.instant - date < timedelta(hours=7)


# -- who may keep what ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (NEAREST, "private, no-cache"),  # the address has somebody's position
        ("/api/v1/stations", "no-cache"),
        ("/api/v1/coverage?f=csv", "no-cache"),
        ("/api/v1/demand", "no-cache"),
        ("/api/v1/account", "no-store"),
        ("/api/openapi.json", "max-age=300, stale-while-revalidate=86400"),
    ],
)
def test_every_read_says_who_may_keep_it(client: FlaskClient, path: str, said: str) -> None:
    assert client.head(path).headers["Cache-Control"] == said


def test_no_read_of_the_api_leaves_it_open_who_may_keep_it(app: Flask) -> None:
    client = app.test_client()
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and "GET" in (rule.methods or set())
    ]

    said = {path: client.get(path.replace("<", "").replace(">", "")).headers for path in paths}

    assert [path for path, headers in said.items() if "Cache-Control" not in headers] == []


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd", "deflate"])
def test_a_compressed_answer_is_recognised_by_the_mark_of_the_plain_one(
    client: FlaskClient, encoding: str
) -> None:
    plain = client.get(NEAREST)
    packed = client.get(NEAREST, headers={"Accept-Encoding": encoding})
    again = _again(client, NEAREST, plain, **{"Accept-Encoding": encoding})

    assert packed.headers["Content-Encoding"] == encoding
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert again.status_code == 304
    assert "Accept-Encoding" in ", ".join(packed.headers.getlist("Vary"))


@pytest.mark.parametrize("encoding", ["br", "gzip", "zstd", "deflate"])
def test_the_tag_that_a_change_is_sent_with_is_the_same_in_every_encoding(
    app: Flask, encoding: str
) -> None:
    path, headers = "/api/v1/stations/LH-001/record", bearer(app, Permission.LOOK)

    answer = app.test_client().get(path, headers=headers | {"Accept-Encoding": encoding})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.headers["Cache-Control"] == "private, no-store"
