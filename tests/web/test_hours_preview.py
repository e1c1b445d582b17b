"""The preview of opening hours, and the editor as a page has it without a script."""

from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from geo_service import create_app
from geo_service.domain.account import Role
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.hours_page import add_hours_page
from tests.support.register import a_dataset
from tests.support.scenarios import TOWNSHIPS, a_town
from tests.support.staff import Staff, signed_in

PREVIEW = "/register/hours/preview"


@pytest.fixture(scope="module")
def app(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service with a page that has the editor."""
    with scratch.transaction() as session:
        dataset = a_dataset(a_town().stations, townships=TOWNSHIPS)
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("hours")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        add_hours_page(app)
        yield app


@pytest.fixture(scope="module")
def client(app: Flask) -> Staff:
    """Somebody who may look at the desk, and no more."""
    return signed_in(app, Role.VIEWER)


def part(client: Staff, fields: Mapping[str, Any], lang: str = "zh") -> str:
    named = {f"rest-{name}": value for name, value in fields.items()}
    asked = {"prefix": "rest", "part": "true", "lang": lang, **named}
    answer = client.get(PREVIEW, query_string=asked)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_words_are_shown_as_they_were_understood(client: Staff) -> None:
    shown = part(client, {"mode": "words", "words": "早5点半到7点，周日休息"})

    assert "每天 05:30–07:00；周日 休息" in shown
    assert "Mo-Su 05:30-07:00; Su off" in shown
    assert shown.count('<svg class="hours-bar"') == 8
    assert shown.count('class="open" x="330" width="90"') == 7  # six days and the holidays


def test_rows_are_shown_as_what_they_come_to(client: Staff) -> None:
    rows: dict[str, str | list[str]] = {
        "mode": "rows",
        "1-days": "PH",
        "1-kind": "closed",
        "0-days": ["Mo", "Tu"],
        "0-from-0": "22:00",
        "0-to-0": "06:00",
    }

    shown = part(client, rows)

    assert "周一、周二 22:00–次日 06:00；节假日 休息" in shown
    assert 'x="1320" width="120"' in shown
    assert 'x="0" width="360"' in shown


def test_the_preview_speaks_english_too(client: Staff) -> None:
    shown = part(client, {"mode": "words", "words": "周一至周五 8:00-18:00"}, "en")

    assert "Mon–Fri 08:00–18:00" in shown
    assert "Public holidays" in shown


@pytest.mark.parametrize(
    ("words", "said"), [("8-6点", "说不准是 6:00 还是 18:00"), ("<b>8点", "“<b>8点”"), ("", "空的")]
)
def test_what_is_not_understood_is_said_in_place(client: Staff, words: str, said: str) -> None:
    shown = part(client, {"mode": "words", "words": words})

    assert said in shown
    assert "hours-week" not in shown


def test_typed_marks_are_text(client: Staff) -> None:
    asked = {"prefix": "rest", "rest-mode": "words", "rest-words": "<script>1</script>"}

    assert "<script>1" not in client.get(PREVIEW, query_string=asked).text


def test_hours_that_are_not_known_are_said_to_be(client: Staff) -> None:
    assert "先打电话" in part(client, {"mode": "unknown"})


def test_without_a_script_the_whole_form_is_shown_as_a_page(client: Staff) -> None:
    answer = client.post(
        f"{PREVIEW}?prefix=rest&lang=zh",
        data={"name": "any", "rest-mode": "always", "other-mode": "unknown"},
    )

    assert answer.status_code == 200
    assert "<title>" in answer.text
    assert "全天 24 小时" in answer.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_preview_is_for_staff(app: Flask, method: str) -> None:
    answer = getattr(app.test_client(), method)(f"{PREVIEW}?prefix=rest")

    assert answer.status_code in {303, 401}
    assert "hours-week" not in answer.text


def test_a_form_from_elsewhere_is_refused(client: Staff) -> None:
    answer = client.client.post(f"{PREVIEW}?prefix=rest", data={"rest-mode": "always"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"prefix": "Rest"},
        {"prefix": "rest[0]"},
        {"prefix": "rest", "part": "yes"},
        {"prefix": "rest", "rset-mode": "always"},
    ],
)
def test_what_no_editor_asks_is_refused(client: Staff, asked: dict[str, str]) -> None:
    answer = client.get(PREVIEW, query_string=asked)

    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json" or "<html" in answer.text


def test_the_editor_shows_hours_as_they_are(client: Staff) -> None:
    page = client.get(
        "/hours-page", query_string={"rest_hours": "Mo-Fr 08:00-12:00,14:30-18:00; PH off"}
    ).text

    assert 'name="rest_hours-0-to-1" value="18:00"' in page
    assert 'name="rest_hours-1-days" value="PH" aria-label="法定节假日" checked' in page
    assert 'name="breakfast_hours-mode" value="unknown" checked' in page
