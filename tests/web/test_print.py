"""Signs and lists on paper: in HTML everywhere, as PDF where the machine can make one."""

import os
import re
import sys
from datetime import date
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from shapely import box

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.register import Register
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.domain.walking import Walking
from geo_service.services.pdf import PdfBusyError, PdfPress
from geo_service.web.print.sheets import SheetWriter
from geo_service.web.print.sketch import sketch
from tests.support.hostile import TEXTS
from tests.support.register import a_register, a_station

LARGEST = "411103001"
WITHOUT_A_POSITION = "411102001"
A4_POINTS = (595.3, 841.9)


def text_of(page: pypdfium2.PdfPage) -> str:
    text: str = page.get_textpage().get_text_range()
    return re.sub(r"[\s\ufffe\u2060]+", "", text)


@pytest.fixture(scope="module")
def sign(app: Flask) -> pypdfium2.PdfDocument:
    """The sign of a station, read by another program than made it."""
    answer = app.test_client().get("/s/LH-004/sign.pdf?lang=zh")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return pypdfium2.PdfDocument(answer.data)


# -- HTML ----------------------------------------------------------------------------------


def test_a_sign_has_what_one_reads_before_a_door(client: FlaskClient) -> None:
    page = client.get("/s/LH-004/sign?lang=zh").text

    for text in ("演示站点-004", "休息", "爱心早餐", "公交司机", "每天 05:30", "厕所", "扫一扫"):
        assert text in page
    assert "请勿张贴" in page


def test_a_list_has_every_station_of_the_township_and_no_other(
    client: FlaskClient, register: Register
) -> None:
    page = client.get(f"/print/{LARGEST}?lang=zh").text
    here = [each.name for each in register.stations if each.township_code == LARGEST]

    assert re.findall("<strong>([^<]+)</strong>", page) == here
    assert len(here) == 14


def test_a_township_without_stations_leads_to_the_nearest() -> None:
    township = Township(
        code="T-1",
        name="空镇",
        boundary=box(114.0, 33.5, 114.02, 33.52),
        boundary_status=BoundaryStatus.OFFICIAL,
        source="a test",
    )
    stations = [a_station(f"A-{number}", 114.01 + number / 100, 33.51) for number in range(7)]
    register = a_register(stations, townships=(township,))
    writer = SheetWriter(register, "zh", date(2026, 11, 16))

    listed = writer.list_of(township, Walking(metres_per_minute=60.0, detour_factor=1.3))

    assert listed["lead"] == "空镇没有登记的站点。最近的是："
    assert [each["name"] for each in listed["rows"]] == [f"Station A-{n}" for n in range(5)]
    assert listed["rows"][1]["note"] == "离空镇中心 0.9 公里"


def test_a_township_that_nobody_can_place_says_so(client: FlaskClient) -> None:
    answer = client.get(f"/print/{WITHOUT_A_POSITION}?lang=zh")

    assert answer.status_code == 200
    assert "没有登记的站点，位置也不清楚" in answer.text


def test_the_index_leads_to_a_list_of_each_township(
    client: FlaskClient, register: Register
) -> None:
    page = client.get("/print?lang=en").text

    led_to = re.findall('href="/print/([0-9]+)[?]lang=en"', page)
    assert sorted(led_to) == [each.code for each in register.townships]


@pytest.mark.parametrize("path", ["/print/nowhere", "/print/nowhere.pdf", "/s/nobody/sign.pdf"])
def test_what_is_not_there_cannot_be_printed(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/s/LH-004/sign", f"/print/{LARGEST}", "/print"])
def test_a_sheet_loads_nothing_from_elsewhere_and_runs_only_its_own(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", answer.text)
    assert " style=" not in answer.text


# -- PDF -----------------------------------------------------------------------------------


def test_a_sign_is_one_page_of_a4(sign: pypdfium2.PdfDocument) -> None:
    assert len(sign) == 1
    assert sign[0].get_size() == pytest.approx(A4_POINTS, abs=0.5)


def test_the_chinese_on_a_sign_is_text(sign: pypdfium2.PdfDocument) -> None:
    text = text_of(sign[0])

    for words in ("演示站点-004", "爱心早餐公交司机", "每天05:30–07:10", "扫一扫", "请勿张贴"):
        assert words in text


def test_the_code_on_a_sign_leads_to_the_station(sign: pypdfium2.PdfDocument) -> None:
    picture = sign[0].render(scale=2).to_pil()

    assert [each.text for each in zxingcpp.read_barcodes(picture)] == ["http://localhost/s/LH-004"]


@pytest.mark.parametrize(("language", "words"), [("zh", "演示站点-043"), ("en", "site043")])
def test_the_longest_list_is_one_page(client: FlaskClient, language: str, words: str) -> None:
    answer = client.get(f"/print/{LARGEST}.pdf?lang={language}")
    document = pypdfium2.PdfDocument(answer.data)

    assert len(document) == 1
    assert words in text_of(document[0])


def test_the_same_sheet_is_made_once() -> None:
    press = PdfPress()
    page = "<p>once</p>"

    assert press.pdf_of(page) is press.pdf_of(page)


@pytest.mark.parametrize(
    "reference",
    ["http://127.0.0.1:1/x.css", "file:///etc/passwd", "data:text/css,p%7B%7D"],
)
def test_a_pdf_fetches_nothing(reference: str) -> None:
    with pytest.raises(RuntimeError, match="may fetch nothing"):
        PdfPress().pdf_of(f'<link rel="stylesheet" href="{reference}"><p>x</p>')


@pytest.mark.parametrize(
    ("module", "lacks"),
    [
        ('raise OSError("cannot load library libpango-1.0-0")', "Pango"),
        ("import not_there", "Pango"),
    ],
)
def test_without_pango_it_says_what_to_install_and_the_sheet_still_shows(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, lacks: str
) -> None:
    (tmp_path / "weasyprint.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    answer = client.get("/s/LH-007/sign.pdf", headers={"Accept": "application/problem+json"})

    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["type"]) == (501, "/problems/pdf-unavailable")
    assert lacks in problem["detail"]
    assert "apt-get install libpango-1.0-0" in problem["detail"]
    assert client.get("/s/LH-007/sign").status_code == 200


def test_without_a_chinese_font_it_says_so_to_a_person_in_a_page(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fc-list").write_text("#!/bin/sh\n")
    (tmp_path / "fc-list").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    answer = client.get("/s/LH-008/sign.pdf?lang=zh", headers={"Accept": "text/html"})

    assert answer.status_code == 501
    assert "这台机器做不了 PDF" in answer.text
    assert "fonts-noto-cjk" in answer.text


def test_a_worker_that_serves_pages_has_no_weasyprint(client: FlaskClient) -> None:
    client.get("/s/LH-004/sign.pdf?lang=zh")

    assert "weasyprint" not in sys.modules


def test_hostile_text_is_printed_as_text() -> None:
    marks = "".join(TEXTS)

    made = PdfPress().pdf_of(f"<p>{marks.replace('&', '&amp;').replace('<', '&lt;')}</p>")

    assert "window.ran=1" in text_of(pypdfium2.PdfDocument(made)[0])


# -- the sketch ----------------------------------------------------------------------------


def test_stations_stand_on_the_sketch_as_far_apart_as_on_the_ground() -> None:
    west, east = (
        Coordinate(longitude=114.0, latitude=33.5),
        Coordinate(longitude=114.02, latitude=33.5),
    )

    drawn = sketch(None, [west, east])

    assert drawn is not None
    mm = drawn.marks[1].x - drawn.marks[0].x
    metres_per_mm = drawn.bar_m / drawn.bar_mm
    # pyproj's geodesic between the two is 1857.9 m
    assert mm * metres_per_mm == pytest.approx(1857.9, rel=0.003)
    assert drawn.marks[0].y == drawn.marks[1].y


def test_north_is_up_on_the_sketch() -> None:
    south, north = (
        Coordinate(longitude=114.0, latitude=33.5),
        Coordinate(longitude=114.0, latitude=33.52),
    )

    drawn = sketch(None, [south, north])

    assert drawn is not None
    assert drawn.marks[1].y < drawn.marks[0].y


def test_numbers_of_stations_on_one_spot_do_not_hide_each_other() -> None:
    spot = Coordinate(longitude=114.0, latitude=33.5)

    drawn = sketch(None, [spot] * 6)

    assert drawn is not None
    labels = [(each.label_x, each.label_y) for each in drawn.marks]
    distances = [
        ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5
        for number, (ax, ay) in enumerate(labels)
        for bx, by in labels[number + 1 :]
    ]
    assert min(distances) > 4.5
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in labels)


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    assert sketch(None, []) is None


def test_on_a_machine_that_is_too_busy_one_is_asked_to_come_again() -> None:
    with pytest.raises(PdfBusyError):
        PdfPress(seconds=0.01).pdf_of("<p>late</p>")
