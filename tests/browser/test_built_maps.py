"""What `geo-service maps build` writes, opened as a person would: from the disk, without a host."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

from geo_service.cli import main
from tests.cli.conftest import environment
from tests.support.pages import opened
from tests.support.postgis import PostGIS

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def built(shipped_postgis: PostGIS, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The maps of the shipped register."""
    folder = tmp_path_factory.mktemp("built") / "maps"
    env = environment(shipped_postgis, folder.parent)
    result = CliRunner(env=env).invoke(main, ["maps", "build", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize("position", range(4))
def test_the_index_leads_to_each_map_and_nothing_is_fetched_from_outside(
    browser: Browser, built: Path, position: int
) -> None:
    with opened(browser, width=360, height=740) as (page, watch):
        page.goto((built / "index.html").as_uri())
        page.locator("main a").nth(position).click()

        expect(page.locator(".leaflet-container path, .leaflet-marker-icon").first).to_be_visible()
        assert watch.errors == []
        assert watch.failures == []
        assert all(each.startswith(("file:", "data:")) for each in watch.requests)


def test_a_map_leads_to_its_other_language_and_back_to_the_index(
    browser: Browser, built: Path
) -> None:
    with opened(browser) as (page, _):
        page.goto((built / "stations.html").as_uri())

        page.get_by_role("link", name="English").click()
        expect(page).to_have_url((built / "stations.en.html").as_uri())
        page.get_by_role("link", name="Start").click()

        expect(page).to_have_url((built / "index.html").as_uri())
