"""The pages, as HTML."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

PAGES = ["/", "/about", "/coverage", "/maps/stations", "/maps/coverage", "/api/docs"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_has_its_language_and_title(client: FlaskClient, page: str, language: str) -> None:
    if page == "/api/docs":
        response = client.get(page)
    else:
        response = client.get(f"{page}?lang={language}")
        tag = {"zh": "zh-Hans", "en": "en"}[language]
        assert f'<html lang="{tag}">' in response.text

    assert response.status_code == 200
    assert re.search("<title>[^<]+</title>", response.text)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_its_own_scripts_alone(client: FlaskClient, page: str) -> None:
    response = client.get(page)

    policy = response.headers["Content-Security-Policy"]
    (nonce,) = re.findall("script-src 'self' 'nonce-([^']+)'", policy)
    assert "unsafe" not in policy
    for script in re.findall("<script[^>]*>", response.text):
        assert f'nonce="{nonce}"' in script
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(?:https?:)?//", response.text)


def test_every_request_has_a_nonce_of_its_own(client: FlaskClient) -> None:
    policies = {client.get("/").headers["Content-Security-Policy"] for _ in range(3)}

    assert len(policies) == 3


@pytest.mark.parametrize("page", ["/", "/about", "/coverage", "/maps/stations", "/maps/coverage"])
def test_demonstration_data_says_so_on_every_page(client: FlaskClient, page: str) -> None:
    assert "演示数据" in client.get(page).text
    assert "Demonstration data" in client.get(f"{page}?lang=en").text


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("zh-CN,zh;q=0.9", "zh-Hans"), ("en-GB,en;q=0.8", "en"), ("fr", "zh-Hans"), ("", "zh-Hans")],
)
def test_a_page_speaks_as_the_browser_prefers_and_else_chinese(
    client: FlaskClient, accepts: str, language: str
) -> None:
    page = client.get("/", headers={"Accept-Language": accepts}).text

    assert f'<html lang="{language}">' in page


def test_the_coverage_table_says_unknown_where_nothing_is_known(client: FlaskClient) -> None:
    page = client.get("/coverage").text

    assert "老街街道" in page
    assert "未知" in page
    assert "None" not in page


def test_a_form_may_leave_fields_empty(client: FlaskClient) -> None:
    response = client.get("/coverage?radius=1000&service=&group=&open=&level=county")

    assert response.status_code == 200


def test_a_planner_may_give_the_time_of_the_place_without_an_offset(client: FlaskClient) -> None:
    page = client.get("/coverage?open=2026-11-16T05:00&service=breakfast").text

    assert 'value="2026-11-16T05:00"' in page


def test_the_coverage_table_leads_to_its_files_with_the_same_question(client: FlaskClient) -> None:
    page = client.get("/coverage?radius=700&level=county&lang=zh").text

    (csv_url,) = re.findall('href="(/api/v1/coverage[^"]*f=csv[^"]*)"', page)
    assert client.get(csv_url.replace("&amp;", "&")).mimetype == "text/csv"


def test_every_template_escapes_what_it_shows(app: Flask) -> None:
    for name in app.jinja_env.list_templates():
        assert app.select_jinja_autoescape(name), name
