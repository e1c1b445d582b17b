"""The pages of the stations: found, filled in, saved, refused, and two people at once."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geo_service import create_app, runtime
from geo_service.domain.account import Role
from geo_service.domain.station import StationId
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web import station_changes
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.hostile import TEXTS
from tests.support.staff import Staff, signed_in

LIST = "/register/stations"


@pytest.fixture(scope="module")
def app(
    scratch: Database, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A service over a register that tests change."""
    load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    settings = Settings(home=Path(tmp_path_factory.mktemp("desk")), log_level="error")
    with closing(create_app(settings, database=scratch, clock=clock)) as app:
        yield app


@pytest.fixture(scope="module")
def editor(app: Flask) -> Staff:
    """An editor of all counties."""
    return signed_in(app, Role.EDITOR)


class Filled(HTMLParser):
    """What a browser would send of the form ``record``, or of one whose action ends so."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._action = action
        self._inside = False
        self._select = ""
        self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a field of the form."""
        given = dict(attrs)
        if tag == "form":
            self._inside = (given.get("action") or "").endswith(self._action)
        if not self._inside:
            return
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option":
            if "selected" in given or self._select not in self.fields:
                self.fields[self._select] = [value]
        elif tag == "textarea":
            self._area = name
        elif tag == "input" and name:
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self.fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        """End with the form."""
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        """Take in what stands in a field of several lines."""
        if self._inside and self._area:
            self.fields[self._area] = [data]


def form_of(staff: Staff, path: str) -> dict[str, Any]:
    answer = staff.get(path)
    assert answer.status_code == 200, answer.text
    return Filled(answer.text, path.partition("?")[0]).fields


def save(staff: Staff, path: str, form: dict[str, Any], **changed: Any) -> TestResponse:
    sent = form | {"reason": ["测试"]} | changed
    return staff.post(path, sent)


def hours_in_words(field: str, words: str) -> dict[str, str]:
    """What the editor of hours sends of words."""
    return {f"{field}-mode": "words", f"{field}-words": words}


def record(app: Flask, name: str) -> Any:
    with app.test_request_context():
        return station_changes.recorded(StationId(name))


def listed(staff: Staff, query: str) -> list[str]:
    page = staff.get(f"{LIST}?lang=zh&{query}").text
    return re.findall(r"<small>(LH-\d+|[A-Z]+-\d+)</small></th>", page)


def test_the_list_shows_all_a_page_at_a_time(editor: Staff) -> None:
    page = editor.get(f"{LIST}?lang=zh").text

    assert "第 1 / 5 页" in page
    assert listed(editor, "")[0] == "LH-001"
    assert len(listed(editor, "page=2")) == 50
    assert len(listed(editor, "page=99")) == 3  # the last there is


def test_filters_hold_together(editor: Staff, app: Flask) -> None:
    with app.app_context():
        register = runtime.register()
        expected = [
            each.id
            for each in register.stations
            if each.township_code is not None
            and register.townships_by_code[each.township_code].county_code == "411103"
            and any(service.kind == "breakfast" for service in each.services)
        ]

    assert 0 < len(expected) < 50
    assert listed(editor, "county=411103&service=breakfast") == expected


def test_a_station_is_found_by_name_by_pinyin_and_by_identifier(editor: Staff) -> None:
    assert "LH-042" in listed(editor, "q=演示站点-042")
    assert "LH-042" in listed(editor, "q=LH-042")
    assert listed(editor, "q=yanshizhandian-042")[0] == "LH-042"


def test_a_closed_station_is_still_found(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-050/edit"
    save(editor, path, form_of(editor, path), closed_on="2026-01-01")
    wait_for_saved(app, "LH-050")

    assert listed(editor, "state=closed") == ["LH-050"]
    assert "LH-050" in listed(editor, "q=LH-050")
    assert "LH-050" not in listed(editor, "state=open&page=1")


def wait_for_saved(app: Flask, name: str) -> None:
    number = record(app, name).revision
    with app.app_context():
        runtime.snapshots().wait_for(number)


def test_what_nobody_verified_is_listed_as_due(editor: Staff) -> None:
    assert "从未核实" in editor.get(f"{LIST}?state=unverified&lang=zh").text


def test_a_form_saved_as_it_was_shown_changes_nothing(editor: Staff, app: Flask) -> None:
    with app.app_context():
        names = [each.id for each in runtime.register().stations][::17]
    for name in names:
        before, path = record(app, name), f"{LIST}/{name}/edit"

        answer = save(editor, path, form_of(editor, path))

        assert answer.status_code == 303
        assert record(app, name) == before


def test_a_change_is_saved_and_the_page_says_so(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-020/edit"

    answer = save(editor, path, form_of(editor, path), name=" 人民路\n驿站 ", capacity="12")

    assert answer.status_code == 303
    shown = editor.get(answer.headers["Location"])
    assert "已保存" in shown.text
    after = record(app, "LH-020").station
    assert (after.name, after.capacity) == ("人民路 驿站", 12)


def test_a_service_unticked_goes_with_its_hours(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-004/edit"

    answer = save(editor, path, form_of(editor, path), services=["rest"])

    assert answer.status_code == 303
    assert [each.kind for each in record(app, "LH-004").station.services] == ["rest"]


def test_hours_are_taken_in_chinese_words(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-034/edit"
    words = hours_in_words("rest_hours", "周一至周五 8：00-18：00，节假日休息")

    assert save(editor, path, form_of(editor, path), **words).status_code == 303

    rest, _ = record(app, "LH-034").station.services
    assert rest.opening_hours == "Mo-Fr 08:00-18:00; PH off"


def test_hours_that_may_mean_two_things_are_not_guessed(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-035/edit"
    before = record(app, "LH-035")

    answer = save(editor, path, form_of(editor, path), **hours_in_words("breakfast_hours", "8-6点"))

    assert answer.status_code == 400
    assert "早餐的供应时间看不懂" in answer.text
    assert record(app, "LH-035") == before


def test_faults_are_told_in_words_and_what_was_typed_stays(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-021/edit"
    before = record(app, "LH-021")

    answer = save(
        editor,
        path,
        form_of(editor, path),
        name="",
        capacity="很多",
        **hours_in_words("rest_hours", "8 点 bis 6"),
        verified_on="2027-01-01",
    )

    assert answer.status_code == 400
    for said in ("名称：必填", "座位数：0 或更大的整数", "休息的开放时间看不懂", "核实日期"):
        assert said in answer.text
    assert 'value="很多"' in answer.text
    assert ">8 点 bis 6</textarea>" in answer.text
    assert record(app, "LH-021") == before


def test_why_a_record_is_changed_must_be_said(editor: Staff) -> None:
    path = f"{LIST}/LH-022/edit"

    answer = save(editor, path, form_of(editor, path), reason="")

    assert answer.status_code == 400
    assert "为什么改：必填" in answer.text


def test_a_station_is_added_under_the_next_identifier(editor: Staff, app: Flask) -> None:
    form = form_of(editor, f"{LIST}/add?lang=zh")
    assert form["id"] == ["LH-204"]

    answer = save(
        editor,
        f"{LIST}/add",
        form,
        name="新站",
        longitude="114.042",
        latitude="33.5662",
        datum="gcj02",
        source="台账",
    )

    assert answer.status_code == 303, answer.text
    assert "已新增站点 LH-204" in editor.get(answer.headers["Location"]).text
    station = record(app, "LH-204").station
    assert station.reading.datum == "gcj02"
    assert station.coordinate.longitude == pytest.approx(114.036, abs=0.002)
    assert station.township_code == "411102002"


def test_all_that_a_new_station_lacks_is_told_at_once(editor: Staff) -> None:
    answer = editor.post(f"{LIST}/add", {"id": "LH-001", "lang": "zh"})

    assert answer.status_code == 400
    for said in ("名称：必填", "服务：至少选一项", "经度：必填", "来源：必填", "为什么改：必填"):
        assert said in answer.text


def test_a_station_is_closed_and_opened_again_by_its_buttons(editor: Staff, app: Flask) -> None:
    page = editor.get(f"{LIST}/LH-023/edit").text
    closing_form = Filled(page, "/close").fields | {"on": ["2026-11-10"]}

    assert editor.post(f"{LIST}/LH-023/close", closing_form).status_code == 303
    assert str(record(app, "LH-023").station.closed_on) == "2026-11-10"

    page = editor.get(f"{LIST}/LH-023/edit").text
    assert "2026-11-10 起关闭" in page
    reopening = Filled(page, "/reopen").fields
    assert editor.post(f"{LIST}/LH-023/reopen", reopening).status_code == 303
    assert record(app, "LH-023").station.closed_on is None


def test_the_second_of_two_chooses_between_both_versions(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-024/edit"
    first, second = form_of(editor, path), form_of(editor, path)
    save(editor, path, first, name="先到", telephone="0395-1")

    answer = save(editor, path, second, name="后到", capacity="77")

    assert answer.status_code == 412
    chosen = Filled(answer.text, path).fields
    # Only one of them touched these: that one's value is proposed. Of the name, nothing is.
    assert chosen["take-telephone"] == ["theirs"]
    assert chosen["take-capacity"] == ["mine"]
    assert "take-name" not in chosen
    assert "先到" in answer.text
    assert "后到" in answer.text
    assert "两人都改了" in answer.text

    merged = editor.post(path, chosen | {"take-name": ["theirs"]})

    assert merged.status_code == 303
    station = record(app, "LH-024").station
    assert (station.name, station.telephone, station.capacity) == ("先到", "0395-1", 77)


def test_a_third_who_comes_while_the_second_chooses_is_not_overwritten_either(
    editor: Staff, app: Flask
) -> None:
    path = f"{LIST}/LH-025/edit"
    form = form_of(editor, path)
    save(editor, path, form, name="第一")
    chosen = Filled(save(editor, path, form, name="第二").text, path).fields
    third = form_of(editor, path)
    save(editor, path, third, name="第三")

    answer = editor.post(path, chosen | {"take-name": ["mine"]})

    assert answer.status_code == 412
    assert record(app, "LH-025").station.name == "第三"


def test_closing_what_somebody_changed_shows_both_versions(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-026/edit"
    page = editor.get(path).text
    save(editor, path, form_of(editor, path), name="改过")

    answer = editor.post(f"{LIST}/LH-026/close", Filled(page, "/close").fields)

    assert answer.status_code == 412
    chosen = Filled(answer.text, path).fields
    assert chosen["take-closed_on"] == ["mine"]
    assert editor.post(path, chosen).status_code == 303
    assert record(app, "LH-026").station.name == "改过"
    assert record(app, "LH-026").station.closed_on is not None


def test_reports_stand_in_the_form_and_are_settled_by_saving(editor: Staff, app: Flask) -> None:
    public = app.test_client()
    for kind, words in (("moved", "搬到对面了"), ("other", "门口没有牌子")):
        sent = {"kind": kind, "words": words}
        assert public.post("/api/v1/stations/LH-060/reports", json=sent).status_code == 200
    path = f"{LIST}/LH-060/edit"
    page = editor.get(path).text
    assert "搬到对面了" in page
    offered = re.findall(r'name="settles" value="([0-9,]+)"', page)
    assert len(offered) == 2

    moved = offered[page.index("搬到对面了") > page.index("门口没有牌子")]
    answer = save(editor, path, form_of(editor, path), address="对面", settles=[moved])

    assert answer.status_code == 303
    page = editor.get(path).text
    assert "搬到对面了" not in page
    assert "门口没有牌子" in page


def test_what_several_found_closed_is_listed_until_somebody_looks(
    editor: Staff, app: Flask
) -> None:
    for number in range(3):
        from_elsewhere = {"REMOTE_ADDR": f"203.0.{number}.9"}
        answer = app.test_client().post(
            "/api/v1/stations/LH-061/reports",
            json={"kind": "closed", "words": f"关着 {number}"},
            environ_base=from_elsewhere,
        )
        assert answer.status_code == 200
    wait_for_saved(app, "LH-061")
    assert listed(editor, "state=reported") == ["LH-061"]

    page = editor.get(f"{LIST}/LH-061/edit").text
    verified = editor.post(f"{LIST}/LH-061/verify", Filled(page, "/verify").fields)

    assert verified.status_code == 303
    assert verified.headers["Location"].partition("?")[0] == f"{LIST}/LH-061/edit"
    assert "已保存" in editor.get(verified.headers["Location"]).text
    assert listed(editor, "state=reported") == []
    assert record(app, "LH-061").station.verified_on is not None


def test_the_preview_is_the_workers_page_and_saves_nothing(editor: Staff, app: Flask) -> None:
    path = f"{LIST}/LH-027/edit"
    before = record(app, "LH-027")

    answer = save(editor, f"{LIST}/LH-027/preview", form_of(editor, path), name="看看")

    assert answer.status_code == 200
    assert "<h1>看看</h1>" in answer.text
    assert "走路导航" in answer.text or "导航" in answer.text
    assert "/reports" not in answer.text
    assert record(app, "LH-027") == before


def test_the_preview_of_what_cannot_be_saved_says_why(editor: Staff) -> None:
    answer = editor.post(f"{LIST}/preview", {"lang": "zh", "name": "x"})

    assert answer.status_code == 400
    assert "经度：必填" in answer.text


def test_where_a_position_is_follows_its_datum(editor: Staff) -> None:
    shifted = editor.get(f"{LIST}/where?lon=114.042&lat=33.5662&datum=gcj02&lang=zh").get_json()

    assert "马路街" in shifted["said"]
    assert shifted["longitude"] == pytest.approx(114.036, abs=0.002)
    assert [each["metres"] for each in shifted["near"]] == sorted(
        each["metres"] for each in shifted["near"]
    )


@pytest.mark.parametrize("query", ["lon=33.57&lat=84", "lon=10&lat=50", "lon=179&lat=-89"])
def test_a_position_out_of_the_way_is_said_to_be(editor: Staff, query: str) -> None:
    assert editor.get(f"{LIST}/where?{query}").get_json()["outside"] is True


def test_editors_see_what_is_not_theirs_but_cannot_save_it(app: Flask) -> None:
    elsewhere = signed_in(app, counties=["411103"])
    path = f"{LIST}/LH-028/edit"

    page = elsewhere.get(f"{path}?lang=zh").text

    assert "不属于您管理的县区" in page
    assert save(elsewhere, path, {"seen": ["1"], "lang": ["zh"]}).status_code == 403


def test_viewers_look_and_change_nothing(app: Flask) -> None:
    viewer = signed_in(app, Role.VIEWER)

    assert "您的账号只能查看" in viewer.get(f"{LIST}/LH-029/edit?lang=zh").text
    assert "新增站点" not in viewer.get(f"{LIST}?lang=zh").text
    assert viewer.get(f"{LIST}/add").status_code == 403
    assert viewer.post(f"{LIST}/LH-029/edit", {}).status_code == 403
    assert viewer.post(f"{LIST}/LH-029/close", {}).status_code == 403


def test_a_change_without_the_pages_token_is_refused(app: Flask) -> None:
    staff = signed_in(app)

    assert staff.client.post(f"{LIST}/LH-029/edit", data={"reason": "x"}).status_code == 403


@pytest.mark.parametrize("payload", TEXTS)
def test_text_stays_text(editor: Staff, payload: str) -> None:
    path = f"{LIST}/LH-031/edit"
    form = form_of(editor, path)

    answer = save(editor, path, form, name=payload, source=payload, address=payload)

    assert answer.status_code == 303
    shown = editor.get(path).text
    assert payload not in shown or not set("<\"'&") & set(payload)
    assert " ".join(payload.split()) in unescape(shown)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_languages_have_all_the_words(editor: Staff, language: str) -> None:
    for path in (LIST, f"{LIST}/add", f"{LIST}/LH-032/edit"):
        assert editor.get(f"{path}?lang={language}").status_code == 200
