"""Files of stations over HTTP: sent, looked through, applied; by people and by programs."""

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geo_service import create_app
from geo_service.domain.account import Permission, Role
from geo_service.domain.township import BoundaryStatus, County
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.register import a_dataset, a_station
from tests.support.staff import Staff, bearer, signed_in

HEADER = "编号,名称,服务,经度,纬度,座位数\n"
NEW = "A-3,河边,休息,114.02,33.52,5\n"
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def desk(
    scratch: Database, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A service over a register that tests may change."""
    settings = Settings(home=Path(tmp_path_factory.mktemp("imports")), log_level="error")
    county = County(
        code="411102",
        name="源汇区",
        boundary=None,
        boundary_status=BoundaryStatus.NONE,
        source="a test",
    )
    known = [a_station("A-1", name="老街"), a_station("A-2", 114.1, 33.6, name="新街")]
    with scratch.transaction() as session:
        dataset = a_dataset(known, counties=(county,))
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
    with closing(create_app(settings, database=scratch, clock=clock)) as app:
        yield app


@pytest.fixture(autouse=True)
def clean(scratch: Database) -> None:
    """Forget the imports of other tests."""
    with scratch.transaction() as session:
        session.execute(text("DELETE FROM station_import"))


@pytest.fixture(scope="module")
def editor(desk: Flask) -> Staff:
    return signed_in(desk, Role.EDITOR)


@pytest.fixture(scope="module")
def viewer(desk: Flask) -> Staff:
    return signed_in(desk, Role.VIEWER)


def send(staff: Staff, lines: str, **more: Any) -> str:
    """Send a file with the form; return the address that leads on."""
    answer = staff.post(
        "/register/imports",
        {"datum": "wgs84", "file": (io.BytesIO((HEADER + lines).encode()), "站点.csv")} | more,
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def waited_for(client: FlaskClient, path: str, **more: Any) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found: dict[str, Any] = client.get(path, **more).get_json()
        if found["state"] not in {"queued", "planning", "approved", "applying"}:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def seen(staff: Staff, page: str) -> str:
    """Wait for the dry run of a page, and return the page."""
    waited_for(staff.client, "/api/v1" + page.removeprefix("/register").partition("?")[0])
    return staff.get(page).text


def names(database: Database) -> dict[str, str]:
    with database.transaction() as session:
        return {
            each.id: each.name for each in session.execute(text("SELECT id, name FROM station"))
        }


def test_a_form_leads_to_a_dry_run_and_a_button_writes_it(editor: Staff, scratch: Database) -> None:
    page = send(editor, NEW)

    shown = seen(editor, page)
    assert "写入 1 个站点" in shown
    assert "A-3" not in names(scratch)
    import_id = page.partition("?")[0].rpartition("/")[2]
    revision = editor.get(f"/api/v1/imports/{import_id}").get_json()["revision"]
    answer = editor.post(f"/register/imports/{import_id}/apply", {"revision": revision})

    assert answer.status_code == 303
    assert "已写入登记册" in seen(editor, page)
    assert names(scratch)["A-3"] == "河边"


def test_what_is_wrong_is_shown_with_its_cell_and_can_be_downloaded(editor: Staff) -> None:
    page = send(editor, "A-9,=1+1,休息,114,33.5,许多\n")

    shown = seen(editor, page)
    assert "许多" in shown
    assert "个站点</button>" not in shown
    table = editor.get(page.partition("?")[0] + "/faults.csv")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.text.startswith("\ufeff工作表,行,列,列名,内容,应为\r\n")
    assert ",2,F,座位数,许多," in table.text


def test_markup_in_a_file_is_text_on_the_page(editor: Staff) -> None:
    page = send(editor, "A-7,<script>alert(1)</script>,休息,114.02,33.52,5\n")

    shown = seen(editor, page)

    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_rows_are_chosen_by_what_they_are(editor: Staff) -> None:
    page = send(editor, NEW.replace("A-3", "A-8") + "A-1,老街坊,休息,114.0,33.5,\n")
    seen(editor, page)

    shown = editor.get(page + "&show=changed").text

    assert "老街坊" in shown
    assert "A-8" not in shown.partition('id="rows"')[2]


def test_a_form_without_a_file_says_what_is_missing(editor: Staff) -> None:
    answer = editor.post("/register/imports", {"datum": "wgs84"})

    assert answer.status_code == 400
    assert "file" in answer.text


def test_a_form_without_a_datum_is_refused(editor: Staff) -> None:
    answer = editor.post(
        "/register/imports",
        {"file": (io.BytesIO(b"x"), "a.csv")},
        content_type="multipart/form-data",
    )

    assert answer.status_code == 400
    assert "datum" in answer.text


def test_who_may_only_look_sees_the_list_and_no_form(viewer: Staff) -> None:
    shown = viewer.get("/register/imports").text

    assert "不能导入" in shown
    assert 'type="file"' not in shown


def test_an_import_can_be_let_go_of(editor: Staff) -> None:
    page = send(editor, NEW)
    seen(editor, page)
    path = page.partition("?")[0]

    editor.post(f"{path}/discard")

    found = editor.get("/api/v1" + path.removeprefix("/register")).get_json()
    assert found["state"] == "discarded"


def test_a_program_sends_a_file_as_the_body_and_applies_it(desk: Flask, scratch: Database) -> None:
    client, token = desk.test_client(), bearer(desk, Permission.IMPORT, Permission.LOOK)

    sent = client.post(
        "/api/v1/imports?datum=wgs84&file_name=a.csv&reason=nightly",
        data=(HEADER + "A-4,南门,早餐,114.03,33.53,\n").encode("gb18030"),
        content_type="text/csv",
        headers=token,
    )
    assert sent.status_code == 202, sent.text
    address = sent.headers["Location"]
    found = waited_for(client, address, headers=token)
    assert found["summary"]["counts"]["new"] == 1
    listed = client.get(f"{address}/entries?kind=new", headers=token).get_json()
    assert [each["name"] for each in listed["entries"]] == ["南门"]
    applied = client.post(f"{address}/apply", json={"revision": found["revision"]}, headers=token)

    assert applied.status_code == 202, applied.text
    assert waited_for(client, address, headers=token)["state"] == "applied"
    assert names(scratch)["A-4"] == "南门"


def test_what_was_not_looked_through_is_not_applied(desk: Flask, editor: Staff) -> None:
    page = send(editor, NEW)
    seen(editor, page)
    address = "/api/v1" + page.removeprefix("/register").partition("?")[0]

    answer = desk.test_client().post(
        f"{address}/apply", json={"revision": 999_999}, headers=bearer(desk, Permission.IMPORT)
    )

    assert answer.status_code == 409
    assert answer.get_json()["type"] == "/problems/import-not-ready"


def test_a_file_larger_than_may_be_is_refused_before_it_is_read(
    desk: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = desk.view_functions["imports.upload"]
    monkeypatch.setattr(view, "__largest_body__", 1000)

    answer = desk.test_client().post(
        "/api/v1/imports?datum=wgs84",
        data=b"x" * 2000,
        content_type="text/csv",
        headers=bearer(desk, Permission.IMPORT),
    )

    assert answer.status_code == 413


def test_a_file_may_be_larger_than_any_other_body(desk: Flask) -> None:
    answer = desk.test_client().post(
        "/api/v1/imports?datum=wgs84",
        data=HEADER.encode() + b"\n" * 2_000_000,
        content_type="text/csv",
        headers=bearer(desk, Permission.IMPORT),
    )

    assert answer.status_code == 202


def test_nobody_sends_a_large_file_who_shows_no_credentials(desk: Flask) -> None:
    answer = desk.test_client().post(
        "/api/v1/imports?datum=wgs84", data=b"x" * 2_000_000, content_type="text/csv"
    )

    assert answer.status_code == 413


def test_an_editor_of_one_county_cannot_touch_the_others(desk: Flask) -> None:
    limited = signed_in(desk, Role.EDITOR, counties=["411102"])
    page = send(limited, NEW.replace("A-3", "A-6"))

    assert "不在您负责的县区" in seen(limited, page)


@pytest.mark.parametrize("path", ["/register/imports/x", "/register/imports/" + "A" * 22])
def test_an_import_that_is_not_there_is_said_so(editor: Staff, path: str) -> None:
    answer = editor.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 404


def test_the_list_names_who_sent_what(editor: Staff) -> None:
    seen(editor, send(editor, NEW))

    shown = editor.get("/register/imports?lang=en").text

    assert "站点.csv" in shown
    assert editor.account.name in shown


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_template_as_it_comes_holds_no_station_and_no_unknown_column(
    editor: Staff, form: str
) -> None:
    template = editor.get(f"/register/imports/template.{form}").data
    answer = editor.post(
        "/register/imports",
        {"datum": "wgs84", "file": (io.BytesIO(template), f"模板.{form}")},
        content_type="multipart/form-data",
    )

    path = str(answer.headers["Location"]).partition("?")[0]
    found = waited_for(editor.client, "/api/v1" + path.removeprefix("/register"))
    assert found["summary"]["rows"] == 0
    assert all(not sheet["unknown"] for sheet in found["summary"]["table"]["sheets"])
