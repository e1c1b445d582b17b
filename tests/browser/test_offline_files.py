"""The maps as files, opened without a server."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from maps.assets import OFFLINE_FILES
from maps.rendering import render
from tests.support.map_samples import a_coverage_map, a_station_map
from tests.support.pages import STATIC, opened

pytestmark = pytest.mark.browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in OFFLINE_FILES:
        (tmp_path / "assets" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(STATIC / name, tmp_path / "assets" / name)
    charts = {"stations": a_station_map(), "coverage": a_coverage_map(form=False)}
    for name, chart in charts.items():
        page = render(chart, title=name, lang="zh-Hans", nonce=None, asset_base="assets")
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "drawn"), [("stations", ".pin-both"), ("coverage", "path.colour-3")]
)
def test_a_map_opens_from_a_folder_and_asks_for_nothing_else(
    browser: Browser, folder: Path, name: str, drawn: str
) -> None:
    with opened(browser) as (page, watch):
        page.goto((folder / f"{name}.html").as_uri())

        expect(page.locator(drawn).first).to_be_visible()
        assert watch.errors == []
        assert watch.failures == []
        assert all(each.startswith(("file:", "data:")) for each in watch.requests)
