"""Names found on the phone, in Chromium, against what the server finds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from rapidfuzz import fuzz

from geo_service.domain.register import Register
from geo_service.services.search import find_by_name
from tests.support.pages import opened
from tests.support.server import running

pytestmark = pytest.mark.browser

SEARCH = """async ([texts, limit]) => {
  const { openPocket } = await import('/static/pocket/pocket.js');
  const pocket = await openPocket({ watch: false });
  return texts.map((text) => pocket.search(text, limit).map(
    ({ station, township, by }) => [station ? station.id : township.code, by]));
}"""

TEXTS = [
    *("演示站点-017", "站点", "LH-017", "lh-02", "017", "17", "Demonstration site 044"),
    *("孟庙", "孟庙镇", "mengmiao", "mmz", "mengm", "mengmz", "meng miao zhen", "MENGMIAO"),
    *("yszd", "yszd003", "yan shi zhan dian", "yszhan", "马路街", "malujie", "源汇区", "yhq"),
    *("mengmioa", "mengmaio", "shaoling", "slq", "demonstraton site 12", "qqqqqq"),
    *(
        "马路街 017",
        "孟庙 站点",
        "街道",
        "演示 源汇",
        "顺和街",
        "辛店",
        "江店乡",
        "大流镇",
        "麻路街",
        "盟庙",
        "马鹿街",
        "z",
        "演",
        "a",
        "",
        "  ",
        "．０１７",
    ),
]


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of the service, whose modules can be imported."""
    with opened(browser, width=360, height=640) as (page, _):
        page.goto(f"{address}/coverage")
        yield page


def found_by_server(register: Register, text: str, limit: int) -> dict[str, Any]:
    found = find_by_name(register, text, datetime.now(UTC), limit)
    return {
        "townships": [(each.township.code, each.by) for each in found.townships],
        "stations": [(each.station.id, each.by) for each in found.stations],
    }


@pytest.mark.parametrize("limit", [3, 50])
def test_the_phone_finds_what_the_server_finds_in_the_same_order(
    page: Page, register: Register, limit: int
) -> None:
    names = [*(each.name for each in register.townships), *TEXTS]

    answers = page.evaluate(SEARCH, [names, limit])

    for text, answer in zip(names, answers, strict=True):
        codes = register.townships_by_code
        by_phone = {
            "townships": [(code, by) for code, by in answer if code in codes],
            "stations": [(code, by) for code, by in answer if code not in codes],
        }
        assert by_phone == found_by_server(register, text, limit), text


# The phone has the readings of common characters alone, and 犸 is none.
@pytest.mark.parametrize("text", ["马路衔街道", "犸路街街道"])
def test_a_wrong_character_is_forgiven(page: Page, text: str) -> None:
    (found,) = page.evaluate(SEARCH, [[text], 3])

    assert found[0] == ["411102002", "resemblance"]


def test_resemblance_is_what_another_library_measures(page: Page, register: Register) -> None:
    names = [each.name for each in register.townships][:20]
    pairs = [(one, other) for one in ("luohe", "mengmioa", "孟店镇", "x") for other in names]
    pairs += [("mengmioa", "mengmiaozhen"), ("demonstraton", "demonstration site 001")]

    measured = page.evaluate(
        """async (pairs) => {
          const { resemblance } = await import('/static/pocket/resemblance.js');
          return pairs.map(([one, other]) => resemblance(one, other));
        }""",
        pairs,
    )

    for (one, other), found in zip(pairs, measured, strict=True):
        expected = fuzz.ratio(one, other)
        if len(other) >= len(one):
            expected = max(expected, fuzz.partial_ratio(one, other, score_cutoff=75))
        assert found == pytest.approx(expected) or max(found, expected) < 75, (one, other)
