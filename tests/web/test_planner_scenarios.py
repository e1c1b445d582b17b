"""The pages of scenarios: saved by a form, read without JavaScript, changed by their maker."""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from geo_service.web.planner_scenarios.curve import curve_of
from geo_service.web.planner_scenarios.words import WORDS
from tests.support.app import closing
from tests.support.register import a_dataset
from tests.support.scenarios import TOWNSHIPS, a_town

_numbers = count(1)


@pytest.fixture(scope="module")
def own(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service over a town of three stations."""
    with scratch.transaction() as session:
        dataset = a_dataset(a_town().stations, townships=TOWNSHIPS)
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
        session.execute(text("DELETE FROM scenario"))
    settings = Settings(home=Path(tmp_path_factory.mktemp("scenarios")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture
def client(own: Flask) -> FlaskClient:
    """A planner at an address of his own."""
    client = own.test_client()
    number = next(_numbers)
    client.environ_base["REMOTE_ADDR"] = f"198.18.{number // 250}.{number % 250}"
    return client


def send(client: FlaskClient, **fields: str) -> TestResponse:
    given = {"name": "两个新站", "radius": "1000", "datum": "wgs84", "lang": "zh"}
    return client.post("/planner/scenarios", data=given | fields)


def page(client: FlaskClient, **fields: str) -> str:
    saved = send(client, **fields)
    assert saved.status_code == 303, saved.text
    return client.get(saved.location).text


def test_the_form_leads_to_what_the_scenario_changes(client: FlaskClient) -> None:
    text_of = page(client, additions="114.02,33.52,人民公园\n114.08，33.58，东门", closures="B")

    assert "新增 2 站，停用 1 站，搬迁 0 站，改营业时间 0 站。" in text_of
    assert "人民公园" in text_of
    assert text_of.count("<figure>") == 2


def test_the_list_names_it(client: FlaskClient) -> None:
    send(client, name="只此一个", closures="B")

    assert "只此一个" in client.get("/planner/scenarios?lang=zh").text


def test_what_is_hidden_is_not_listed(client: FlaskClient) -> None:
    saved = send(client, name="别列出来", closures="B", hidden="true")

    assert "别列出来" not in client.get("/planner/scenarios").text
    assert "别列出来" in client.get(saved.location).text


def test_english_words_stand_on_an_english_page(client: FlaskClient) -> None:
    text_of = page(client, lang="en", moves="A,114.02,33.52")

    assert "0 stations added, 0 closed, 1 moved" in text_of


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    fields = re.compile(r"\{(\w+)\}")
    for key, words in WORDS["zh"].items():
        assert set(fields.findall(words)) == set(fields.findall(WORDS["en"][key])), key


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"additions": "114.02,33.52"}, "新增站点第 1 行: 这一行不完整"),
        ({"additions": "114.02,33.52,甲\n\nabc,33.5,乙"}, "新增站点第 3 行: is not a number"),
        ({"closures": "B\nZ"}, "停用站点第 2 行: no station has the identifier"),
        ({"changes": "A;whenever"}, "改营业时间第 1 行"),
        ({"goal": "mclp"}, "suggestion.sites: is required"),
        ({"goal": "mclp", "sites": "many"}, "suggestion.sites: is not a whole number"),
        ({}, "edits: needs an edit"),
        ({"name": "", "closures": "B"}, "name"),
    ],
)
def test_the_form_comes_back_filled_with_what_is_wrong(
    client: FlaskClient, fields: dict[str, str], said: str
) -> None:
    answer = send(client, **fields)

    assert (answer.status_code, said in answer.text) == (400, True), answer.text
    assert fields.get("additions", "") in answer.text


def test_a_place_outside_the_area_served_is_told_in_the_form(client: FlaskClient) -> None:
    answer = send(client, additions="33.5,80,甲")

    assert (answer.status_code, "outside the area" in answer.text) == (422, True)


def test_who_made_it_deletes_it_with_one_button(client: FlaskClient) -> None:
    saved = send(client, closures="B")
    path = saved.location.partition("?")[0]
    assert "删除这个方案" in client.get(path).text

    answer = client.post(f"{path}/remove", data={"lang": "zh"})

    assert (answer.status_code, answer.location) == (303, "/planner/scenarios?lang=zh")
    assert client.get(path).status_code == 404


def test_nobody_else_has_the_button(own: Flask, client: FlaskClient) -> None:
    path = send(client, closures="B").location.partition("?")[0]
    stranger = own.test_client()

    assert "删除这个方案" not in stranger.get(path).text
    assert stranger.post(f"{path}/remove").status_code == 403
    assert client.get(path).status_code == 200


def test_the_token_stands_in_no_address_and_no_script_reads_it(client: FlaskClient) -> None:
    saved = send(client, closures="B")

    cookie = saved.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    assert token not in saved.location
    assert token not in client.get(saved.location).text


def test_a_page_of_another_site_saves_and_deletes_nothing(client: FlaskClient) -> None:
    path = send(client, closures="B").location.partition("?")[0]
    foreign = {"Sec-Fetch-Site": "cross-site"}

    assert client.post(f"{path}/remove", headers=foreign).status_code == 403
    answer = client.post("/planner/scenarios", data={"name": "a"}, headers=foreign)
    assert answer.status_code == 403


def test_a_hostile_name_is_text(client: FlaskClient) -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"

    text_of = page(client, name=hostile, additions=f"114.02,33.52,{hostile}")

    assert "<script>alert" not in text_of
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in text_of


def test_figures_stand_with_what_they_hold_for(client: FlaskClient) -> None:
    text_of = page(client, closures="B", radius="1500", open="2026-11-23T05:00")

    basis = "服务半径 1500 米 · 直线距离 · 2026-11-23 05:00 开放的 · 需求：面积 · 登记册修订号"
    assert basis in text_of
    assert "演示数据" in text_of


def test_another_scenario_can_stand_on_the_left(client: FlaskClient) -> None:
    other = send(client, name="左边", closures="B").location.partition("?")[0].rpartition("/")[2]
    path = send(client, closures="A").location

    text_of = client.get(f"{path}&against={other}").text

    assert "左边：2 个站点计入" in text_of


def test_the_curve_stands_on_its_axis_and_marks_what_is_not_proven() -> None:
    points: list[dict[str, Any]] = [
        {"sites": 0, "objective": 0.0, "status": "optimal"},
        {"sites": 1, "objective": 50.0, "status": "optimal"},
        {"sites": 2, "objective": 100.0, "status": "time_limit"},
        {"sites": 3, "objective": None, "status": "cancelled"},
    ]

    drawn = curve_of(points)

    assert drawn is not None
    assert [mark.proven for mark in drawn.marks] == [True, True, False]
    zero, half, full = (mark.y for mark in drawn.marks)
    assert zero == drawn.base
    assert zero - half == pytest.approx(half - full)
    assert curve_of(points[:1]) is None
