"""The desk's queue of reports, data quality, verification and keepers' links, over HTTP."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely import box
from sqlalchemy import text

from geo_service import create_app, runtime
from geo_service.domain.account import Permission, Role
from geo_service.domain.errors import KeeperLinkError
from geo_service.domain.report import QueuedReport, ReportState
from geo_service.domain.station import Station, StationId
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.keeper_links import KeeperLinkStore
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.reports import ReportStore
from geo_service.services.keeper_links import make_link, open_link
from geo_service.settings import Settings
from tests.conftest import MONDAY_AT_FIVE
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.postgis import PostGIS
from tests.support.register import a_dataset, a_station
from tests.support.schema import assert_as_described
from tests.support.staff import Staff, bearer, signed_in

_senders = count(1)
HERE, THERE = "411102", "411103"
QUEUE = "/register/reports?lang=zh"
MONDAY = date(2026, 11, 16)  # where the stations are; in Greenwich it is still Sunday


@pytest.fixture(scope="module")
def served(
    scratch: Database, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    home = Path(tmp_path_factory.mktemp("reports"))
    settings = Settings(home=home, log_level="error", secret_key="k" * 32)
    with closing(create_app(settings, database=scratch, clock=clock)) as app:
        yield app


@pytest.fixture
def app(served: Flask, scratch: Database, scratch_postgis: PostGIS) -> Flask:
    """A service over four stations in two counties, with an empty queue."""
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session:
        session.execute(text("TRUNCATE station_report"))
    owner.engine.dispose()
    counties = [
        County(
            code=code,
            name=f"{code}区",
            boundary=None,
            boundary_status=BoundaryStatus.NONE,
            source="a test",
        )
        for code in (HERE, THERE)
    ]
    townships = [
        Township(
            code=f"{code}001",
            name=f"{code}街道",
            county_code=code,
            boundary=box(113.9 + 0.1 * number, 33.4, 114.0 + 0.1 * number, 33.6),
            boundary_status=BoundaryStatus.APPROXIMATE,
            source="a test",
        )
        for number, code in enumerate((HERE, THERE))
    ]
    stations = [
        a_station("A-1", 113.95, township_code=f"{HERE}001", name="人民路驿站", telephone="0395-1"),
        a_station("A-2", 113.95, township_code=f"{HERE}001", name="人民路工会驿站"),
        a_station("B-1", 114.05, township_code=f"{THERE}001", name="文化宫驿站"),
        a_station("B-2", 114.15, township_code=f"{THERE}001", name="<b>远处</b>"),
    ]
    with scratch.transaction() as session:
        dataset = a_dataset(stations, counties=tuple(counties), townships=tuple(townships))
        number = RegisterStore(session).replace(dataset, author="a test", reason="a test")
    show(served, number)
    return served


def show(app: Flask, number: int) -> None:
    """Wait until an app shows a revision."""
    with app.app_context():
        runtime.snapshots().wait_for(number)


@pytest.fixture
def staff(app: Flask) -> Staff:
    return signed_in(app)


def say(app: Flask, station: str = "A-1", **fields: str) -> None:
    """Somebody reports, from an address of their own."""
    person = app.test_client()
    number = next(_senders)
    person.environ_base["REMOTE_ADDR"] = f"198.51.{number // 250}.{number % 250}"
    sent = person.post(f"/api/v1/stations/{station}/reports", json={"kind": "closed"} | fields)
    assert sent.status_code == 200


def reports(database: Database, station: str = "A-1") -> list[QueuedReport]:
    with database.transaction() as session:
        return ReportStore(session).newest(StationId(station), limit=100)


def recorded(database: Database, station: str = "A-1") -> Station:
    with database.transaction() as session:
        return ChangeStore(session).recorded(StationId(station)).station


def revision(database: Database) -> int:
    with database.transaction() as session:
        return RegisterStore(session).revision_number() or 0


def settle(staff: Staff, *numbers: int, verdict: str, **more: object) -> int:
    data = {"numbers": [str(each) for each in numbers], "verdict": verdict, "lang": "zh"} | more
    return staff.post("/register/reports/settle", data=data).status_code


# -- the queue -----------------------------------------------------------------------------


def test_a_report_is_found_in_the_queue_in_the_words_it_was_sent_in(
    app: Flask, staff: Staff
) -> None:
    say(app, words="<script>alert(1)</script> 门锁了")

    page = staff.get(QUEUE).text

    assert "人民路驿站" in page
    assert "该开没开" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 门锁了" in page
    assert "<script>alert" not in page


def test_an_empty_queue_says_so(staff: Staff) -> None:
    assert "没有待处理的上报" in staff.get(QUEUE).text


def test_a_report_of_a_station_that_is_gone_can_still_be_settled(
    app: Flask, staff: Staff, scratch: Database
) -> None:
    say(app)
    (report,) = reports(scratch)
    with scratch.transaction() as session:
        dataset = a_dataset([a_station("Z-1")])
        number = RegisterStore(session).replace(dataset, author="a test", reason="a test")
    show(app, number)

    assert "登记册里已没有这个站点" in staff.get(QUEUE).text
    assert settle(staff, report.number, verdict="accepted") == 303


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
def test_what_was_settled_moves_from_the_one_list_to_the_other(
    app: Flask, staff: Staff, scratch: Database, verdict: str
) -> None:
    say(app, words="门锁了")
    (report,) = reports(scratch)

    assert settle(staff, report.number, verdict=verdict, why="到现场看过") == 303

    assert "没有待处理的上报" in staff.get(QUEUE).text
    handled = staff.get(f"{QUEUE}&state=handled").text
    assert "到现场看过" in handled
    assert staff.account.name in handled
    assert reports(scratch)[0].state.value == verdict


def test_reports_of_the_same_can_be_merged_with_another(
    app: Flask, staff: Staff, scratch: Database
) -> None:
    say(app, kind="moved", words="找不到")
    say(app, words="门锁了")
    closed, moved = reports(scratch)

    assert settle(staff, closed.number, verdict="merged", into=moved.number) == 303

    merged = {each.number: each for each in reports(scratch)}
    assert merged[closed.number].state is ReportState.MERGED
    assert merged[moved.number].voices == 2


def test_a_rejection_without_a_reason_is_refused(
    app: Flask, staff: Staff, scratch: Database
) -> None:
    say(app)
    (report,) = reports(scratch)

    assert settle(staff, report.number, verdict="rejected") == 400
    assert reports(scratch)[0].state is ReportState.OPEN


def test_what_somebody_else_settled_is_a_conflict(
    app: Flask, staff: Staff, scratch: Database
) -> None:
    say(app)
    (report,) = reports(scratch)
    settle(staff, report.number, verdict="accepted")

    assert settle(staff, report.number, verdict="accepted") == 409
    assert settle(staff, 987_654_321, verdict="accepted") == 404


def test_an_editor_settles_reports_of_their_own_counties_alone(
    app: Flask, scratch: Database
) -> None:
    editor = signed_in(app, Role.EDITOR, counties={THERE})
    say(app, "A-1")
    say(app, "B-1")

    assert settle(editor, reports(scratch, "A-1")[0].number, verdict="accepted") == 403
    assert settle(editor, reports(scratch, "B-1")[0].number, verdict="accepted") == 303
    assert reports(scratch, "A-1")[0].state is ReportState.OPEN


def test_who_may_only_look_sees_no_buttons_and_settles_nothing(
    app: Flask, scratch: Database
) -> None:
    viewer = signed_in(app, Role.VIEWER)
    say(app)

    assert 'name="verdict"' not in viewer.get(QUEUE).text
    assert settle(viewer, reports(scratch)[0].number, verdict="accepted") == 403


# -- reported closed -----------------------------------------------------------------------


def closed(app: Flask, scratch: Database) -> None:
    """Let three people find A-1 closed, and the app see that."""
    for _ in range(3):
        say(app)
    show(app, revision(scratch))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/s/A-1?lang=zh", "2026-11-16 起有好几个人说这里关着"),
        ("/s/A-1?lang=en", "Several people have reported it closed since 2026-11-16"),
        ("/?lang=zh&q=人民路驿站", "2026-11-16 起有好几个人说这里关着"),
        ("/api/v1/stations/A-1", '"reported_closed_on":"2026-11-16"'),
        ("/api/v1/stations/nearest?lon=113.95&lat=33.5", '"reported_closed_on":"2026-11-16"'),
        ("/maps/stations?lang=zh", "2026-11-16 起有好几个人说这里关着"),
        ("/register/quality?lang=zh&finding=reported_closed", "2026-11-16 起"),
    ],
)
def test_what_three_found_closed_says_so_wherever_it_is_shown(
    app: Flask, staff: Staff, scratch: Database, path: str, said: str
) -> None:
    assert said not in staff.get(path).get_data(as_text=True)

    closed(app, scratch)

    assert said in staff.get(path).get_data(as_text=True)


def test_two_are_not_enough(app: Flask, scratch: Database) -> None:
    say(app)
    say(app)

    assert recorded(scratch).reported_closed_on is None


def test_nothing_that_names_a_sender_is_in_the_database(app: Flask, scratch: Database) -> None:
    say(app)
    address = f"198.51.{(next(_senders) - 1) // 250}"

    with scratch.transaction() as session:
        rows = session.scalars(text("SELECT r::text FROM station_report r")).all()

    assert not any(address in row for row in rows)


# -- verification --------------------------------------------------------------------------


def test_one_tap_verifies_a_record_and_answers_who_said_closed(
    app: Flask, staff: Staff, scratch: Database
) -> None:
    closed(app, scratch)

    answer = staff.post("/register/stations/A-1/verify", {"seen": revision(scratch), "lang": "zh"})

    found = recorded(scratch)
    assert answer.status_code == 303
    assert (found.verified_on, found.reported_closed_on) == (MONDAY, None)
    assert {each.state for each in reports(scratch)} == {ReportState.REJECTED}
    assert "A-1 今天核实过" in staff.get(answer.location).text


def test_a_record_that_was_changed_meanwhile_is_not_verified(
    app: Flask, staff: Staff, scratch: Database
) -> None:
    seen = revision(scratch)
    closed(app, scratch)

    answer = staff.post("/register/stations/A-1/verify", {"seen": seen})

    assert answer.status_code == 412
    assert recorded(scratch).verified_on is None


def test_an_editor_of_another_county_verifies_nothing(app: Flask, scratch: Database) -> None:
    editor = signed_in(app, Role.EDITOR, counties={THERE})

    answer = editor.post("/register/stations/A-1/verify", {"seen": revision(scratch)})

    assert answer.status_code == 403


def test_a_program_verifies_with_the_revision_it_has_seen(app: Flask, scratch: Database) -> None:
    client, path = app.test_client(), "/api/v1/stations/A-1/verification"
    headers = bearer(app, Permission.EDIT)

    without = client.post(path, headers=headers)
    answer = client.post(path, headers=headers | {"If-Match": f'"{revision(scratch)}"'})

    assert without.status_code == 428
    assert answer.get_json()["verified_on"] == "2026-11-16"
    assert_as_described(
        client, "/api/v1/stations/{station_id}/verification", "post", answer.get_json(),
        "application/json",
    )  # fmt: skip


@pytest.mark.parametrize("given", ["7", '"7", "8"', "*", '"x"'])
def test_a_program_says_one_revision(app: Flask, given: str) -> None:
    headers = bearer(app, Permission.EDIT) | {"If-Match": given}

    answer = app.test_client().post("/api/v1/stations/A-1/verification", headers=headers)

    assert answer.status_code == 400


# -- data quality --------------------------------------------------------------------------


def test_the_page_counts_what_the_resource_counts(app: Flask, staff: Staff) -> None:
    answer = app.test_client().get("/api/v1/quality").get_json()
    page = staff.get("/register/quality?lang=zh").text

    counted = {each["key"]: each["stations"] for each in answer["findings"]}
    assert counted == {
        "reported_closed": 0,
        "outside_township": 1,
        "duplicate": 2,
        "hours_unknown": 4,
        "accuracy_unknown": 4,
        "township_unknown": 0,
        "unverified": 4,
    }
    bars = re.findall(r'<progress value="(\d+)"', page)
    assert [int(each) for each in bars] == list(counted.values())


@pytest.mark.parametrize("finding", ["", "outside_township", "duplicate", "unverified"])
def test_the_resource_answers_as_described(app: Flask, finding: str) -> None:
    client = app.test_client()
    query = f"?finding={finding}&limit=1" if finding else ""

    answer = client.get(f"/api/v1/quality{query}").get_json()

    assert_as_described(client, "/api/v1/quality", "get", answer, "application/json")
    assert len(answer["rows"]) == bool(finding)


def test_the_next_links_lead_through_all_rows(app: Flask) -> None:
    client, path, ids = app.test_client(), "/api/v1/quality?finding=unverified&limit=3", []
    while path:
        answer = client.get(path).get_json()
        ids += [row["id"] for row in answer["rows"]]
        path = next((each["href"] for each in answer["links"] if each["rel"] == "next"), "")

    assert ids == ["A-1", "A-2", "B-1", "B-2"]


def test_how_far_outside_its_township_is_said_with_what_the_boundary_is_worth(
    staff: Staff,
) -> None:
    page = staff.get("/register/quality?lang=zh&finding=outside_township").text

    assert "411103街道边界外 4,64" in page
    assert "边界近似" in page
    assert "&lt;b&gt;远处&lt;/b&gt;" in page


# -- keepers' links ------------------------------------------------------------------------


@pytest.fixture
def link(staff: Staff) -> str:
    """The path of a new link to A-1's record."""
    made = staff.post("/register/stations/A-1/keeper", {"lang": "zh"})
    assert made.status_code == 201
    address = re.search(r"http://localhost(/k/[\w-]+)", made.text)
    assert address is not None
    return address[1]


@pytest.fixture
def keeper(app: Flask) -> FlaskClient:
    """A phone with an address of its own."""
    client = app.test_client()
    number = next(_senders)
    client.environ_base["REMOTE_ADDR"] = f"198.51.{number // 250}.{number % 250}"
    return client


def vouch(keeper: FlaskClient, link: str) -> int:
    seen = re.search(r'name="seen" value="(\d+)"', keeper.get(link).text)
    assert seen is not None
    return keeper.post(link, data={"seen": seen[1], "lang": "zh"}).status_code


def test_a_keeper_sees_the_record_and_vouches_for_it_without_an_account(
    keeper: FlaskClient, link: str, scratch: Database
) -> None:
    page = keeper.get(f"{link}?lang=zh")

    assert "人民路驿站" in page.text
    assert "0395-1" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert vouch(keeper, link) == 303
    assert recorded(scratch).verified_on == MONDAY


def test_history_says_whose_link_it_was(keeper: FlaskClient, link: str, scratch: Database) -> None:
    vouch(keeper, link)

    with scratch.transaction() as session:
        author = session.scalar(text("SELECT author FROM revision ORDER BY number DESC LIMIT 1"))
    assert str(author).startswith("keeper of A-1 (link ")


def test_a_keepers_word_does_not_take_back_what_others_report(
    app: Flask, keeper: FlaskClient, link: str, scratch: Database
) -> None:
    closed(app, scratch)

    vouch(keeper, link)

    assert recorded(scratch).reported_closed_on is not None


def test_a_keeper_is_shown_a_record_that_was_changed_meanwhile(
    app: Flask, keeper: FlaskClient, link: str, scratch: Database
) -> None:
    seen = revision(scratch)
    closed(app, scratch)

    answer = keeper.post(link, data={"seen": seen, "lang": "zh"})

    assert answer.status_code == 412
    assert "您看到的是旧的" in answer.text
    assert recorded(scratch).verified_on is None


def test_a_revoked_link_opens_nothing(
    staff: Staff, keeper: FlaskClient, link: str, scratch: Database
) -> None:
    number = re.search(r"keeper/(\d+)/revoke", staff.get("/register/stations/A-1/keeper").text)
    assert number is not None

    revoked = staff.post(f"/register/stations/A-1/keeper/{number[1]}/revoke")

    assert revoked.status_code == 303
    assert keeper.get(link).status_code == 404
    assert keeper.post(link, data={"seen": 1}).status_code == 404
    assert recorded(scratch).verified_on is None


def test_a_link_ends_by_itself(scratch: Database) -> None:
    with scratch.transaction() as session:
        store = KeeperLinkStore(session)
        _, token = make_link(store, StationId("A-1"), by="王芳", now=MONDAY_AT_FIVE)

        assert open_link(store, token, now=MONDAY_AT_FIVE + timedelta(days=399))
        with pytest.raises(KeeperLinkError):
            open_link(store, token, now=MONDAY_AT_FIVE + timedelta(days=400))


@pytest.mark.parametrize("token", ["x", "%00", "a" * 500, "..%2f..", "' OR 1=1 --"])
def test_a_link_that_nobody_made_opens_nothing(keeper: FlaskClient, token: str) -> None:
    answer = keeper.get(f"/k/{token}", headers={"Accept": "text/html"})

    assert answer.status_code == 404


def test_the_token_of_a_link_is_not_in_the_database(link: str, scratch: Database) -> None:
    with scratch.transaction() as session:
        kept = session.scalars(text("SELECT l::text FROM keeper_link l")).all()

    assert not any(link.removeprefix("/k/") in row for row in kept)


def test_links_are_made_by_who_edits_the_station_alone(app: Flask) -> None:
    viewer = signed_in(app, Role.VIEWER)
    elsewhere = signed_in(app, Role.EDITOR, counties={THERE})

    assert viewer.post("/register/stations/A-1/keeper").status_code == 403
    assert elsewhere.post("/register/stations/A-1/keeper").status_code == 403


def test_a_page_of_another_site_vouches_for_nothing(
    keeper: FlaskClient, link: str, scratch: Database
) -> None:
    answer = keeper.post(link, data={"seen": 1}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert recorded(scratch).verified_on is None


def test_who_tries_out_links_is_stopped(keeper: FlaskClient) -> None:
    codes = [keeper.get(f"/k/{number}").status_code for number in range(61)]

    assert codes == [404] * 60 + [429]
