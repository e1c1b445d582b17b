"""An answer says of which revision it is; one that nobody can vouch for says how old it is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.http import parse_date

from geo_service import create_app
from geo_service.domain.place import Revision
from geo_service.persistence.database import Database
from geo_service.persistence.snapshot_files import SnapshotFiles
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.register import a_dataset, a_station

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:9/none"
NEAREST = "/api/v1/stations/nearest?lon=114.0&lat=33.5"
API = (NEAREST, "/api/v1/stations", "/api/v1/stations/A-1", "/api/v1/coverage?level=city")
PAGES = ("/", "/coverage", "/maps/stations", "/maps/coverage")
TWO_HOURS = timedelta(hours=2)


@pytest.fixture(scope="module")
def left_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A service that never saw its database, with a copy that is two hours old."""
    home = Path(tmp_path_factory.mktemp("alone"))
    revision = Revision(
        number=7, committed_at=datetime(2026, 1, 1, tzinfo=UTC), author="a test", reason="a test"
    )
    files = SnapshotFiles.of_home(home)
    files.keep(revision, a_dataset([a_station("A-1")]), lambda: None)
    files.note(revision, datetime.now(UTC) - TWO_HOURS)
    settings = Settings(home=home, log_level="error")
    with closing(create_app(settings, database=Database.connect(NOWHERE))) as app:
        yield app.test_client()


@pytest.mark.parametrize("path", [*API, *PAGES])
def test_every_answer_of_an_old_copy_has_its_age(left_alone: FlaskClient, path: str) -> None:
    response = left_alone.get(path)

    assert (response.status_code, response.headers["Register-Revision"]) == (200, "7")
    assert int(response.headers["Age"]) == pytest.approx(TWO_HOURS.seconds, abs=300)


@pytest.mark.parametrize("path", API)
def test_every_body_of_an_old_copy_says_since_when_and_warns(
    left_alone: FlaskClient, path: str
) -> None:
    answer = left_alone.get(path).get_json()

    checked_at = datetime.fromisoformat(answer["register_checked_at"])
    assert datetime.now(UTC) - checked_at == pytest.approx(TWO_HOURS, abs=timedelta(minutes=5))
    assert answer["notes"][0].startswith("The database cannot be asked now")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_an_old_copy_says_so(left_alone: FlaskClient, path: str) -> None:
    assert "现在无法查询数据库" in left_alone.get(path).text


def test_a_service_on_an_old_copy_is_ready_and_says_that_it_serves_from_memory(
    left_alone: FlaskClient,
) -> None:
    answer = left_alone.get("/readyz").get_json()

    assert (answer["status"], answer["database"]) == ("serving from memory", False)
    assert answer["age_s"] > 7000


@pytest.mark.parametrize("path", [*API[:2], *PAGES])
def test_an_answer_of_the_present_register_has_no_age_and_no_warning(
    connected: FlaskClient, path: str
) -> None:
    response = connected.get(path.replace("114.0&", "114.0163&"))

    checked_at = parse_date(response.headers["Register-Checked"])
    assert checked_at is not None
    assert datetime.now(UTC) - checked_at < timedelta(seconds=5)
    assert "Age" not in response.headers
    assert "cannot be asked" not in response.text
    assert "无法查询" not in response.text


def test_an_answer_that_needs_no_register_names_no_revision(client: FlaskClient) -> None:
    assert "Register-Revision" not in client.get("/healthz").headers
