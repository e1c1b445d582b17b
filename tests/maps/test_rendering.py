"""From a drawn map to a page."""

from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import folium
import pytest
from markupsafe import Markup

from maps.assets import OFFLINE_FILES, UnknownAssetError
from maps.rendering import OutsideAssetError, render
from maps.sheet import Page
from tests.support.map_samples import a_coverage_map, a_station_map
from tests.support.pages import STATIC


class _Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def fetched(self) -> list[str]:
        found = [
            attrs.get("src") or attrs.get("href")
            for tag, attrs in self.seen
            if tag in {"script", "link", "img"}
        ]
        return [address for address in found if address]


def _page(**changed: str | None) -> str:
    given: dict[str, str | None] = {
        "title": "站点",
        "lang": "zh-Hans",
        "nonce": "abc",
        "asset_base": "/static",
    }
    given |= changed
    return render(a_station_map(), **given)  # type: ignore[arg-type]


def test_a_page_starts_with_a_doctype_and_says_its_language_and_title() -> None:
    page = _page(title="A <b> & c", lang="en")

    assert page.startswith("<!doctype html>\n")
    assert '<html lang="en">' in page
    assert "<title>A &lt;b&gt; &amp; c</title>" in page


def test_every_script_and_style_carries_the_nonce() -> None:
    tags = _Tags(_page(nonce="abc-_1"))

    nonced = [attrs.get("nonce") for tag, attrs in tags.seen if tag in {"script", "style"}]
    assert nonced
    assert set(nonced) == {"abc-_1"}


def test_a_page_without_a_nonce_has_none() -> None:
    assert "nonce=" not in _page(nonce=None)


def test_a_nonce_that_is_more_than_a_nonce_is_refused() -> None:
    with pytest.raises(ValueError, match="base64url"):
        _page(nonce='a"><script>')


def test_all_that_a_page_fetches_stands_under_the_asset_base() -> None:
    fetched = _Tags(_page(asset_base="assets")).fetched()

    assert [each for each in fetched if not each.startswith("assets/")] == ["data:,"]


def test_two_pages_with_different_asset_bases_do_not_disturb_each_other() -> None:
    bases = ["/one", "two"] * 4

    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda base: _page(asset_base=base), bases))

    for base, page in zip(bases, pages, strict=True):
        fetched = set(_Tags(page).fetched()) - {"data:,"}
        assert all(each.startswith(f"{base}/") for each in fetched)


def test_folium_itself_is_left_as_it_was() -> None:
    before = (list(folium.Map.default_js), list(folium.plugins.MarkerCluster.default_js))

    _page()

    assert (folium.Map.default_js, folium.plugins.MarkerCluster.default_js) == before


def test_the_same_map_gives_the_same_bytes() -> None:
    assert _page() == _page()


def test_what_a_page_fetches_is_vendored_and_goes_with_an_offline_build() -> None:
    pages = [
        render(chart, title="x", lang="en", nonce=None, asset_base="")
        for chart in (a_station_map(), a_coverage_map())
    ]
    fetched = {each.lstrip("/") for page in pages for each in _Tags(page).fetched()} - {"data:,"}

    assert fetched <= set(OFFLINE_FILES)
    assert all((STATIC / file).is_file() for file in OFFLINE_FILES)


def test_every_vendored_package_has_its_licence() -> None:
    packages = [folder for folder in (STATIC / "vendor").iterdir() if folder.is_dir()]

    assert packages
    for package in packages:
        assert [file for file in package.iterdir() if "LICEN" in file.name.upper()], package


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://outside.invalid/x.js"></script>',
        '<img src="//outside.invalid/x.png">',
        '<IMG SRC="/\\outside.invalid/x.png">',
        '<link rel="stylesheet" href=" http://outside.invalid/x.css">',
        '<iframe src="https://outside.invalid"></iframe>',
        '<base href="https://outside.invalid">',
    ],
)
def test_a_page_that_would_ask_another_host_is_refused(element: str) -> None:
    chart = a_station_map()
    page = chart.get_root()
    assert isinstance(page, Page)
    page.panel += Markup(element)  # noqa: S704 - the test's own markup

    with pytest.raises(OutsideAssetError, match=r"outside\.invalid"):
        render(chart, title="x", lang="en", nonce=None)


def test_a_folium_plugin_that_is_not_vendored_is_refused() -> None:
    chart = a_station_map()
    folium.plugins.MiniMap().add_to(chart)  # type: ignore[no-untyped-call]

    with pytest.raises(UnknownAssetError, match="MiniMap"):
        render(chart, title="x", lang="en", nonce=None)
