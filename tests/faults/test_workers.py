"""Two workers: both follow each commit within a second, and no answer is of two revisions."""

import time
from collections.abc import Iterator

import pytest

from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from tests.faults.deployment import ASKED, People, Service, commit, serving
from tests.support.postgis import throw_away_home

pytestmark = pytest.mark.slow

COMMITS = 12
FOLLOWED_WITHIN_S = 1.0


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """A PostGIS of the tests' own with a first revision."""
    with throw_away_home() as home, Cluster(home) as cluster:
        migrate.upgrade(cluster.owner_url)
        database = Database.connect(cluster.service_url)
        commit(database)
        yield database


@pytest.fixture(scope="module")
def service(database: Database) -> Iterator[Service]:
    """The service over it, with two workers."""
    url = database.engine.url.render_as_string(hide_password=False)
    with (
        throw_away_home("serving-") as home,
        serving(
            home,
            GEO_SERVICE_DATABASE_URL=url,
            GEO_SERVICE_OWNER_DATABASE_URL=url.replace("geo_service@", "geo_owner@"),
        ) as running,
    ):
        yield running


def test_no_worker_answers_from_an_old_revision_longer_than_a_second(
    service: Service, database: Database
) -> None:
    acknowledged: list[tuple[float, int]] = []

    with People(service) as people:
        for _ in range(COMMITS):
            number = commit(database)
            acknowledged.append((time.monotonic(), number))
            time.sleep(FOLLOWED_WITHIN_S + 0.2)

    late = [
        (answer.path, answer.revision, number)
        for answer in people.answers
        for at, number in acknowledged
        if answer.began > at + FOLLOWED_WITHIN_S and answer.revision < number
    ]
    assert len(people.answers) > 10 * COMMITS
    assert (people.errors, people.mixtures, late) == ([], [], [])


def test_no_answer_is_of_two_revisions_however_fast_they_follow_each_other(
    service: Service, database: Database
) -> None:
    with People(service) as people:
        for _ in range(60):
            commit(database)

    assert len({answer.revision for answer in people.answers}) > 5
    assert (people.errors, people.mixtures) == ([], [])


def test_an_answer_says_when_its_revision_was_last_known_to_be_the_present(
    service: Service,
) -> None:
    answer = service.ask(ASKED[0])

    assert "Register-Checked" in answer.headers
    assert "Age" not in answer.headers
