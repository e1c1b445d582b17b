"""The history at the desk: read by whoever looks, undone by whoever may edit."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from geo_service import create_app, runtime
from geo_service.domain.account import Role
from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum
from geo_service.domain.station import Reading, Station, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web.register_history.words import WORDS
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.staff import Staff, signed_in

_ids = count(1)
HOSTILE = "<script>alert(1)</script>${7*7}`'\""


@pytest.fixture(scope="module")
def app(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service over the shipped register, in a database that tests may change."""
    for _ in range(2):  # so that the history does not begin with what these tests do
        load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    settings = Settings(home=Path(tmp_path_factory.mktemp("home")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture
def editor(app: Flask) -> Staff:
    return signed_in(app, Role.EDITOR)


@pytest.fixture
def station(scratch: Database) -> Station:
    """One of the shipped stations, another for each test."""
    with scratch.transaction() as session:
        return ChangeStore(session).recorded(StationId(f"LH-{next(_ids):03}")).station


def changed(database: Database, *stations: Station, **more: Any) -> int:
    note = RevisionNote(author="王女士 (wang)", reason="换了门牌", kind=ChangeKind.EDIT)
    with database.transaction() as session:
        return ChangeStore(session).apply(stations, note=note, **more)


def present(database: Database, station: Station) -> Station:
    with database.transaction() as session:
        return ChangeStore(session).recorded(station.id).station


def words_of(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def form_of(html: str) -> dict[str, str]:
    """Return what the form of the undo page sends, but for its button."""
    fields = re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', html)
    return {name: unescape(value) for name, value in fields}


# -- looking ---------------------------------------------------------------------------------


def test_the_newest_revisions_are_listed_with_who_and_why(
    scratch: Database, editor: Staff, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))

    said = words_of(editor.get("/register/history?lang=zh").text)

    assert f"第 {number} 次修订" in said
    assert "王女士 (wang)" in said
    assert "换了门牌" in said


def test_a_sort_of_change_is_listed_alone_and_older_pages_keep_it(
    scratch: Database, editor: Staff, station: Station
) -> None:
    for number in range(31):
        changed(scratch, replace(station, capacity=number + 100))

    page = editor.get("/register/history?lang=zh&kind=edit").text
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older is not None
    second = editor.get(unescape(older[1])).text

    assert "kind=edit" in older[1]
    assert "整册载入" not in re.sub(r"<option.*?</option>", "", page + second)


def test_the_register_of_a_day_is_the_revision_it_ended_with(
    scratch: Database, editor: Staff, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))

    later = words_of(editor.get("/register/history?lang=zh&on=2100-01-01").text)
    before = words_of(editor.get("/register/history?lang=zh&on=1999-01-01").text)

    assert f"那一天结束时是第 {number} 次修订" in later
    assert "更早的情况没有记录" in before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_revision_is_shown_field_by_field_in_words(
    scratch: Database, editor: Staff, station: Station, lang: str
) -> None:
    at = Coordinate(longitude=station.coordinate.longitude + 0.01, latitude=33.6)
    number = changed(
        scratch,
        replace(
            station,
            services=tuple(replace(each, opening_hours="24/7") for each in station.services),
            coordinate=at,
            reading=Reading(x=at.longitude, y=at.latitude, datum=Datum.WGS84),
        ),
    )

    said = words_of(editor.get(f"/register/history/{number}?lang={lang}").text)

    assert ("全天 24 小时" if lang == "zh" else "24 hours a day") in said
    assert ("移动了" if lang == "zh" else "moved by") in said
    assert "opening_hours" not in said


def test_a_stations_past_is_a_time_line_and_leads_to_each_state(
    scratch: Database, editor: Staff, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))

    page = editor.get(f"/register/history/stations/{station.id}?lang=zh").text
    then = editor.get(
        f"/register/history/stations/{station.id}/as-of?lang=zh&revision={number - 1}"
    )

    assert f"/register/history/{number}?lang=zh" in page
    assert station.name in words_of(page)
    assert "有 1 项与现在不同" in words_of(then.text)


def test_a_form_leads_to_the_station_it_names(editor: Staff) -> None:
    found = editor.get("/register/history/stations?lang=zh&station=+LH-001+")

    assert found.location == "/register/history/stations/LH-001?lang=zh"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("stations/nobody", 404, "没有编号为“nobody”的站点"),
        ("stations/%00", 404, "没有编号为"),
        ("stations/LH-001/as-of?on=1999-01-01", 404, "更早的情况没有记录"),
        ("stations/nobody/as-of?revision=2", 404, "那时登记册里没有这个站点"),
        ("99999", 404, ""),
        ("0", 404, ""),
    ],
)
def test_what_there_is_not_is_said_in_words(
    editor: Staff, path: str, status: int, words: str
) -> None:
    joint = "&" if "?" in path else "?"

    answer = editor.get(f"/register/history/{path}{joint}lang=zh")

    assert answer.status_code == status
    assert words in words_of(answer.text)


def test_nothing_that_somebody_wrote_becomes_markup(
    scratch: Database, editor: Staff, station: Station
) -> None:
    with scratch.transaction() as session:
        number = ChangeStore(session).apply(
            [replace(station, name=HOSTILE, source=HOSTILE)],
            note=RevisionNote(author=HOSTILE, reason=HOSTILE, kind=ChangeKind.EDIT),
        )

    for path in ("", f"/{number}", f"/{number}/undo", f"/stations/{station.id}"):
        page = editor.get(f"/register/history{path}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_languages_have_the_same_words(language: str) -> None:
    other = WORDS["en" if language == "zh" else "zh"]

    assert set(WORDS[language]) == set(other)  # type: ignore[index]


# -- undoing ---------------------------------------------------------------------------------


def test_an_editor_sees_what_an_undo_comes_to_and_does_it(
    scratch: Database, editor: Staff, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))

    plan = editor.get(f"/register/history/{number}/undo?lang=zh").text
    done = editor.post(f"/register/history/{number}/undo", form_of(plan) | {"conflicts": "refuse"})
    after = editor.get(done.location)

    assert "改回 1 站" in words_of(plan)
    assert present(scratch, station) == station
    assert "已撤销" in words_of(after.text)
    assert f"撤销了第 {number} 次修订" in words_of(after.text)
    assert editor.account.name in words_of(after.text)


def test_looking_at_a_plan_changes_nothing(
    scratch: Database, editor: Staff, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))

    editor.get(f"/register/history/{number}/undo?lang=zh")

    assert present(scratch, station).name == "改名"


def test_a_later_change_is_shown_with_all_three_values_and_a_choice(
    scratch: Database, editor: Staff, station: Station
) -> None:
    number = changed(scratch, replace(station, name="第一次", capacity=77))
    changed(scratch, replace(station, name="第二次", capacity=77))

    plan = editor.get(f"/register/history/{number}/undo?lang=zh").text
    editor.post(f"/register/history/{number}/undo", form_of(plan) | {"conflicts": "keep"})

    said = words_of(plan)
    assert all(each in said for each in (station.name, "第一次", "第二次"))
    assert {'value="keep"', 'value="overwrite"'} <= set(re.findall(r'value="\w+"', plan))
    assert present(scratch, station) == replace(station, name="第二次")


def test_what_changed_while_somebody_looked_is_shown_before_anything_is_written(
    scratch: Database, editor: Staff, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))
    plan = editor.get(f"/register/history/{number}/undo?lang=zh").text
    changed(scratch, replace(station, name="改名", capacity=77))

    late = editor.post(f"/register/history/{number}/undo", form_of(plan) | {"conflicts": "refuse"})
    again = editor.post(
        f"/register/history/{number}/undo", form_of(late.text) | {"conflicts": "refuse"}
    )

    assert late.status_code == 412
    assert "有人又改了其中的站点" in words_of(late.text)
    assert again.status_code == 303
    assert present(scratch, station) == replace(station, capacity=77)


def test_one_station_of_a_change_is_undone_alone(
    scratch: Database, editor: Staff, station: Station
) -> None:
    new = [replace(station, id=StationId(f"ALONE-{each}")) for each in range(2)]
    number = changed(scratch, *new)

    plan = editor.get(f"/register/history/{number}/undo?lang=zh&station=ALONE-0").text
    editor.post(f"/register/history/{number}/undo", form_of(plan) | {"conflicts": "refuse"})

    with scratch.transaction() as session:
        left = ChangeStore(session).recorded_of([each.id for each in new])
    assert set(left) == {"ALONE-1"}


def test_a_viewer_sees_the_history_and_no_way_to_undo(
    app: Flask, scratch: Database, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))
    viewer = signed_in(app, Role.VIEWER)

    page = viewer.get(f"/register/history/{number}?lang=zh")

    assert page.status_code == 200
    assert "/undo" not in page.text
    assert viewer.get(f"/register/history/{number}/undo").status_code == 403
    assert viewer.post(f"/register/history/{number}/undo", {"seen": "1"}).status_code == 403


def test_an_editor_of_another_county_undoes_nothing(
    app: Flask, scratch: Database, station: Station
) -> None:
    number = changed(scratch, replace(station, name="改名"))
    with app.app_context():
        runtime.snapshots().wait_for(number)
    other = signed_in(app, Role.EDITOR, counties=["411199"])

    plan = other.get(f"/register/history/{number}/undo?lang=zh").text
    refused = other.post(f"/register/history/{number}/undo", form_of(plan))

    assert refused.status_code == 403
    assert present(scratch, station).name == "改名"


def test_a_load_is_for_an_administrator_to_undo(app: Flask, scratch: Database) -> None:
    number, _ = load_folder(scratch, SHIPPED, author="tests", reason="the shipped one, again")

    said = {
        role: words_of(signed_in(app, role).get(f"/register/history/{number}?lang=zh").text)
        for role in (Role.EDITOR, Role.ADMINISTRATOR)
    }

    assert "整册载入只能由管理员撤销" in said[Role.EDITOR]
    assert "整册载入只能由管理员撤销" not in said[Role.ADMINISTRATOR]


def test_nobody_who_is_not_signed_in_sees_any_of_it(app: Flask) -> None:
    client = app.test_client()

    for path in ("", "/2", "/2/undo", "/stations/LH-001", "/stations/LH-001/as-of?revision=2"):
        assert client.get(f"/register/history{path}").status_code == 303
