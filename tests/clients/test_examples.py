"""The examples for clients do what the documents say."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum, coordinate_in
from geo_service.settings import PROJECT
from tests.docs.curl import SHOWN
from tests.docs.markdown import Block, blocks
from tests.support.pages import opened
from tests.support.server import running

DOCUMENTS: Final = sorted((PROJECT / "docs").glob("clients*.md"))
HERE: Final = Coordinate(longitude=114.0163, latitude=33.5814)


def examples(language: str) -> list[Block]:
    """Return the examples in one language."""
    return [block for path in DOCUMENTS for block in blocks(path) if block.language == language]


def example(document: str, language: str) -> str:
    """Return the one example of a document in a language."""
    (found,) = (each for each in examples(language) if each.file.name == document)
    return found.text


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the shipped register is served."""
    with running(app) as address:
        yield address


# -- Python --------------------------------------------------------------------------------


@pytest.mark.parametrize("block", examples("python"), ids=str)
def test_an_example_in_python_runs_and_says_something(block: Block, address: str) -> None:
    # In a process of its own: GDAL holds on to Python while it reads what this one serves.
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", block.text.replace(SHOWN, address)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.stdout


def test_three_lines_of_geopandas_read_all_stations(address: str) -> None:
    (lines,) = (block.text for block in examples("python") if "geopandas" in block.text)
    assert len([line for line in lines.splitlines() if line]) == 3

    ran = subprocess.run(
        [sys.executable, "-c", lines.replace(SHOWN, address)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout == "203 EPSG:4326\n"


# -- JavaScript ----------------------------------------------------------------------------

# What WeChat gives a page: Page, and of wx what the example uses. A phone at a place given here.
WECHAT: Final = """
async ([position, isAllowed]) => {
  const opened = [];
  let page;
  const wx = {
    getLocation({ type, success, fail }) {
      if (!isAllowed) { fail({ errMsg: "getLocation:fail auth deny" }); return; }
      success(position[type]);
    },
    request({ url, data, success, fail }) {
      fetch(`${url}?${new URLSearchParams(data)}`)
        .then(async (answer) => success({ statusCode: answer.status, data: await answer.json() }))
        .catch(fail);
    },
    openLocation(where) { opened.push(where); },
  };
  const Page = (made) => { page = made; };
  ((wx, Page) => { SCRIPT })(wx, Page);
  const settled = new Promise((done) => {
    page.setData = (more) => { Object.assign(page.data, more); done(); };
  });
  page.onLoad();
  await settled;
  if (page.data.stations.length) page.open({ currentTarget: { dataset: { index: 0 } } });
  return { ...page.data, opened };
}
"""


@pytest.mark.browser
def test_the_example_in_javascript_names_the_nearest(
    browser: Browser, address: str, client: FlaskClient
) -> None:
    script = example("clients.md", "js").replace(SHOWN, address)
    said: list[str] = []
    with opened(browser) as (page, _):
        page.goto(f"{address}/api/docs")
        page.on("console", lambda line: said.append(line.text))
        page.evaluate(f"async () => {{ {script} }}")

    asked = "/api/v1/stations/nearest?lon=114.0163&lat=33.5814&limit=3"
    features = client.get(asked).get_json()["features"]
    assert [line.split()[0] for line in said] == [each["id"] for each in features]


def run_in_wechat(
    browser: Browser, address: str, here: Coordinate = HERE, *, is_allowed: bool = True
) -> dict[str, Any]:
    """Run the mini-program's page on a phone, and return what it shows."""
    script = example("clients-wechat.md", "js").replace(SHOWN, address)
    position = {
        datum.value: dict(zip(("longitude", "latitude"), coordinate_in(here, datum), strict=True))
        for datum in (Datum.WGS84, Datum.GCJ02)
    }
    with opened(browser) as (page, _):
        page.goto(f"{address}/api/docs")
        shown: dict[str, Any] = page.evaluate(
            WECHAT.replace("SCRIPT", script), [position, is_allowed]
        )
    return shown


@pytest.mark.browser
def test_the_page_for_wechat_finds_what_is_nearest_to_the_phone(
    browser: Browser, address: str, client: FlaskClient
) -> None:
    shown = run_in_wechat(browser, address)

    asked = f"lon={HERE.longitude}&lat={HERE.latitude}&limit=5&open=now"
    features = client.get(f"/api/v1/stations/nearest?{asked}").get_json()["features"]
    assert [each["id"] for each in shown["stations"]] == [each["id"] for each in features]
    assert shown["said"] == ""


@pytest.mark.browser
def test_the_page_for_wechat_leads_nobody_to_a_station_that_is_made_up(
    browser: Browser, address: str
) -> None:
    shown = run_in_wechat(browser, address)

    assert all(each["madeUp"] for each in shown["stations"])
    assert shown["opened"] == []


@pytest.mark.browser
def test_the_page_for_wechat_says_what_is_wrong(browser: Browser, address: str) -> None:
    far = Coordinate(longitude=121.47, latitude=31.23)

    assert "outside" in run_in_wechat(browser, address, far)["said"]
    assert "位置" in run_in_wechat(browser, address, is_allowed=False)["said"]


# -- Power Query, and files of settings ----------------------------------------------------


@pytest.mark.parametrize("query", examples("m"), ids=str)
def test_a_table_has_the_columns_that_power_query_names(query: Block, client: FlaskClient) -> None:
    path = re.search(r'RelativePath = "([^"]+)", Query = \[([^\]]+)\]', query.text)
    assert path is not None
    asked = dict(re.findall(r'(\w+) = "([^"]*)"', path[2]))

    answer = client.get(path[1], query_string=asked)

    header = answer.get_data().decode("utf-8-sig").splitlines()[0].split(",")
    named = re.findall(r'\{"([^"]+)", [\w .]+\}', query.text)
    assert named
    assert set(named) <= set(header)
    assert query.text.count("(") == query.text.count(")")


def test_the_settings_of_the_mini_program_name_its_page() -> None:
    settings = json.loads(example("clients-wechat.md", "json"))

    assert "`pages/nearest/nearest.js`" in (PROJECT / "docs/clients-wechat.md").read_text("utf-8")
    assert settings["pages"] == ["pages/nearest/nearest"]
    assert settings["requiredPrivateInfos"] == ["getLocation"]
