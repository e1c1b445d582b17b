"""Reports: taken without asking who, kept once, and only so many of them."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from werkzeug.test import TestResponse

from geo_service import create_app
from geo_service.domain.report import QueuedReport
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.reports import ReportStore
from geo_service.services.reports import MOST_OF_A_STATION
from geo_service.settings import Settings
from geo_service.web.station.reporting import MOST_OF_A_SENDER, SENDER_SECONDS
from tests.support.app import closing
from tests.support.postgis import PostGIS
from tests.support.register import a_dataset, a_station

_numbers = count(1)
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def own(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service over some hundred stations, of which each test takes one of its own."""
    with scratch.transaction() as session:
        dataset = a_dataset([a_station(f"R-{number}") for number in range(1, 400)])
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("reports")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture
def station() -> str:
    """A station that no other test reports on."""
    return f"R-{next(_numbers)}"


@pytest.fixture
def sender() -> str:
    """An address that no other test sends from."""
    number = next(_numbers)
    return f"198.18.{number // 250}.{number % 250}"


@pytest.fixture
def client(own: Flask, sender: str) -> FlaskClient:
    """A person at that address."""
    client = own.test_client()
    client.environ_base["REMOTE_ADDR"] = sender
    return client


def queue(database: Database, station: str) -> list[QueuedReport]:
    with database.transaction() as session:
        everything = ReportStore(session).newest(limit=1000)
    return [each for each in everything if each.report.station_id == station]


def tap(client: FlaskClient, station: str, **fields: str) -> TestResponse:
    return client.post(f"/s/{station}/reports?lang=zh", data=fields)


def send(client: FlaskClient, station: str, **body: Any) -> TestResponse:
    return client.post(f"/api/v1/stations/{station}/reports", json=body)


def test_one_tap_lies_in_the_queue_and_leads_back_with_thanks(
    client: FlaskClient, scratch: Database, station: str
) -> None:
    answer = tap(client, station, kind="closed", words="", amenity="", website="")

    assert answer.status_code == 303
    assert "收到了" in client.get(answer.location).text
    (queued,) = queue(scratch, station)
    assert (queued.report.kind, queued.report.words) == ("closed", None)


def test_words_are_kept_as_they_were_written(
    client: FlaskClient, scratch: Database, station: str
) -> None:
    words = "门锁了 <script>alert(1)</script>\r\n=1+1 '; DROP TABLE station; --"

    tap(client, station, kind="moved", words=f"  {words} ")

    assert queue(scratch, station)[0].report.words == words.replace("\r\n", "\n")


def test_a_program_reports_in_json(client: FlaskClient, scratch: Database, station: str) -> None:
    answer = send(client, station, kind="amenity_missing", amenity="toilet", words="水停了")

    assert answer.get_json() == {"station": station, "outcome": "queued"}
    assert queue(scratch, station)[0].report.amenity == "toilet"


def test_a_report_makes_no_revision(client: FlaskClient, scratch: Database, station: str) -> None:
    with scratch.transaction() as session:
        before = RegisterStore(session).revision_number()

    tap(client, station, kind="closed")

    with scratch.transaction() as session:
        assert RegisterStore(session).revision_number() == before
    assert queue(scratch, station)[0].revision == before


def test_nothing_is_kept_of_who_sent_it(
    client: FlaskClient, scratch: Database, station: str, sender: str
) -> None:
    client.post(
        f"/s/{station}/reports",
        data={"kind": "closed"},
        headers={"User-Agent": "a phone of its own", "Cookie": "who=me"},
    )

    with scratch.transaction() as session:
        rows = session.execute(text("SELECT r::text FROM station_report r")).scalars().all()
    assert all(sender not in row and "phone" not in row and "who" not in row for row in rows)


def test_the_same_within_minutes_is_kept_once(
    client: FlaskClient, scratch: Database, station: str
) -> None:
    outcomes = [
        send(client, station, **body).get_json()["outcome"]
        for body in (
            {"kind": "closed", "words": "门锁了"},
            {"kind": "closed", "words": "门锁了"},
            {"kind": "closed"},
            {"kind": "closed", "words": "灯也没开"},
            {"kind": "moved"},
        )
    ]

    assert outcomes == ["queued", "merged", "merged", "queued", "queued"]
    assert len(queue(scratch, station)) == 3


def test_the_same_later_is_news(client: FlaskClient, scratch_postgis: PostGIS, scratch: Database,
                                station: str) -> None:  # fmt: skip
    send(client, station, kind="closed")
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session:
        session.execute(text("UPDATE station_report SET sent_at = sent_at - interval '11 minutes'"))
    owner.engine.dispose()

    assert send(client, station, kind="closed").get_json()["outcome"] == "queued"
    assert len(queue(scratch, station)) == 2


def test_the_same_at_once_from_many_is_kept_once(
    own: Flask, scratch: Database, station: str
) -> None:
    def report(number: int) -> int:
        person = own.test_client()
        person.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        return send(person, station, kind="closed").status_code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(report, range(8)))

    assert codes == [200] * 8
    assert len(queue(scratch, station)) == 1


# -- limits --------------------------------------------------------------------------------


def test_one_sender_may_send_ten_in_ten_minutes(client: FlaskClient, station: str) -> None:
    answers = [
        send(client, station, kind="other", words=f"{number}")
        for number in range(MOST_OF_A_SENDER + 1)
    ]

    assert [each.status_code for each in answers] == [200] * MOST_OF_A_SENDER + [429]
    assert answers[-1].get_json(force=True)["type"] == "/problems/too-many-reports"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= SENDER_SECONDS


def test_a_person_reads_of_a_limit_in_a_page(client: FlaskClient, station: str) -> None:
    for _ in range(MOST_OF_A_SENDER + 1):
        answer = client.post(
            f"/s/{station}/reports?lang=zh", data={"kind": "closed"}, headers=BROWSER
        )

    assert answer.status_code == 429
    assert "报告太多了" in answer.text


def test_a_station_takes_twenty_an_hour_from_however_many(
    own: Flask, scratch: Database, station: str
) -> None:
    codes = []
    for number in range(MOST_OF_A_STATION + 2):
        person = own.test_client()
        person.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        codes.append(send(person, station, kind="other", words=f"{number}").status_code)

    assert codes == [200] * MOST_OF_A_STATION + [429, 429]
    assert len(queue(scratch, station)) == MOST_OF_A_STATION


# -- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({}, "kind"),
        ({"kind": "dirty"}, "kind"),
        ({"kind": "closed", "name": "me"}, "name"),
        ({"kind": "closed", "amenity": "water"}, "amenity"),
        ({"kind": "amenity_missing", "amenity": "sauna"}, "amenity"),
        ({"kind": "closed", "words": "长" * 501}, "words"),
        ({"kind": "closed", "words": "a\x00b"}, "words"),
        ({"kind": "closed", "words": 7}, "words"),
        ({"kind": "other"}, "words"),
        ({"kind": "other", "words": "  "}, "words"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    client: FlaskClient, station: str, body: dict[str, Any], parameter: str
) -> None:
    answer = send(client, station, **body)

    assert answer.status_code == 400
    assert [each["parameter"] for each in answer.get_json(force=True)["errors"]] == [parameter]


def test_five_hundred_characters_fit(client: FlaskClient, scratch: Database, station: str) -> None:
    assert send(client, station, kind="closed", words="长" * 500).status_code == 200
    assert len(queue(scratch, station)[0].report.words or "") == 500


def test_a_station_that_is_not_there_gets_no_reports(client: FlaskClient) -> None:
    assert send(client, "nobody", kind="closed").status_code == 404
    assert tap(client, "nobody", kind="closed").status_code == 404


def test_a_machine_that_fills_every_field_is_thanked_and_not_kept(
    client: FlaskClient, scratch: Database, station: str
) -> None:
    answer = tap(client, station, kind="closed", words="buy", website="http://spam.invalid")

    assert answer.status_code == 303
    assert queue(scratch, station) == []


def test_an_empty_word_is_asked_for_and_not_kept(
    client: FlaskClient, scratch: Database, station: str
) -> None:
    answer = tap(client, station, kind="other", words="  ")

    assert "没有收到" in client.get(answer.location).text
    assert queue(scratch, station) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.invalid"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.invalid"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_page_of_another_site_cannot_send(
    client: FlaskClient, station: str, headers: dict[str, str], status: int
) -> None:
    answer = client.post(f"/s/{station}/reports", data={"kind": "closed"}, headers=headers)

    assert answer.status_code == status


def test_a_form_cannot_pass_for_json(client: FlaskClient, station: str) -> None:
    answer = client.post(
        f"/api/v1/stations/{station}/reports", data='{"kind": "closed"}', content_type="text/plain"
    )

    assert answer.status_code == 415


def test_the_forms_fields_are_those_that_are_taken(client: FlaskClient, station: str) -> None:
    page = client.get(f"/s/{station}").text
    form = page[page.index("<form") : page.index("</form>")]

    assert set(re.findall('name="([a-z]+)"', form)) <= {"kind", "words", "amenity", "website"}


# -- rights --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE station_report SET words = NULL",
        "DELETE FROM station_report",
        "TRUNCATE station_report",
        "DROP TABLE station_report",
    ],
)
def test_the_service_can_neither_change_nor_remove_what_was_reported(
    scratch_postgis: PostGIS, scratch: Database, statement: str
) -> None:
    if scratch_postgis.owner_url == scratch_postgis.service_url:
        pytest.skip("this database has one role for everything")
    with pytest.raises(ProgrammingError), scratch.transaction() as session:
        session.execute(text(statement))
