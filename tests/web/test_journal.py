"""What is written down of a request, and what is not."""

import errno
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.settings import Settings

POSITION = "lon=114.0163&lat=33.5814"
Capture = pytest.CaptureFixture[str]


def app_of(home: Path, database: Database, **given: Any) -> Flask:
    return create_app(Settings(home=home, **given), database=database)


def written(capsys: Capture) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def requests(capsys: Capture) -> list[dict[str, Any]]:
    return [line for line in written(capsys) if line["event"] == "request"]


def test_a_request_is_one_line_without_its_query_and_its_caller(
    tmp_path: Path, shipped: Database, capsys: Capture
) -> None:
    app = app_of(tmp_path, shipped)

    app.test_client().get(f"/api/v1/stations/nearest?{POSITION}")

    lines = written(capsys)
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["method"], line["path"]) == ("GET", "/api/v1/stations/nearest")
    assert (line["status"], line["level"]) == (200, "info")
    assert line["ms"] >= 0
    assert "114.0163" not in json.dumps(lines)
    assert "127.0.0.1" not in json.dumps(lines)


@pytest.mark.parametrize("path", ["/a%0a%7b%22event%22:1%7d", "/%22%5c", "/%ff%fe", "/%ed%a0%80"])
def test_no_path_can_forge_a_line(
    tmp_path: Path, shipped: Database, capsys: Capture, path: str
) -> None:
    app_of(tmp_path, shipped).test_client().get(path)

    (line,) = written(capsys)
    assert (line["event"], line["status"]) == ("request", 404)


def test_a_line_for_people_says_the_same(
    tmp_path: Path, shipped: Database, capsys: Capture
) -> None:
    app = app_of(tmp_path, shipped, log_format="console")

    app.test_client().get(f"/coverage?{POSITION}")

    said = capsys.readouterr().out
    assert "/coverage" in said
    assert "114.0163" not in said


@pytest.mark.parametrize("given", [{"access_log": False}, {"log_level": "warning"}])
def test_requests_need_not_be_logged(
    tmp_path: Path, shipped: Database, capsys: Capture, given: dict[str, Any]
) -> None:
    app_of(tmp_path, shipped, **given).test_client().get("/api/openapi.json")

    assert not requests(capsys)


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/static/icon.svg"])
def test_what_is_asked_all_the_time_is_not_logged(
    tmp_path: Path, shipped: Database, capsys: Capture, path: str
) -> None:
    app_of(tmp_path, shipped).test_client().get(path).close()

    assert not requests(capsys)


def test_a_failure_is_logged_with_its_traceback_even_without_an_access_log(
    tmp_path: Path, shipped: Database, capsys: Capture
) -> None:
    app = app_of(tmp_path, shipped, access_log=False)

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError

    assert app.test_client().get(f"/broken?{POSITION}").status_code == 500

    (line,) = written(capsys)
    assert line["event"] == "request.failed"
    assert line["exception"][0]["exc_type"] == "ZeroDivisionError"
    assert "114.0163" not in json.dumps(line)


class FullDisk(io.StringIO):
    """A file on a disk that is full."""

    def flush(self) -> None:
        """Fail."""
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_log_that_cannot_be_written_fails_no_request(
    tmp_path: Path, shipped: Database, monkeypatch: pytest.MonkeyPatch, log_format: str
) -> None:
    app = app_of(tmp_path, shipped, log_format=log_format)
    monkeypatch.setattr("sys.stdout", FullDisk())

    assert app.test_client().get("/api/openapi.json").status_code == 200
