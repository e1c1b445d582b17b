"""No text of the data runs, wherever it is shown; every text is shown as it is."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import folium
import pytest
from playwright.sync_api import Browser, Page
from shapely import box

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.station import DataStatus, Service, ServiceKind
from geo_service.domain.township import BoundaryStatus, County
from maps import coverage_map, station_map
from maps.coverage_map import (
    CoverageLayers,
    CoverageQuestion,
    CoverageUnit,
    QuestionForm,
    WorstGap,
)
from maps.imprint import Basemap, Imprint
from maps.outlines import Outlines
from maps.rendering import render
from maps.sheet import Frame
from maps.station_map import MapStation, ServiceHours
from tests.support import hostile
from tests.support.map_samples import a_station, a_township
from tests.support.pages import NONCE, Watch, opened, served

pytestmark = pytest.mark.browser

TILE = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="


def _frame(text: str) -> Frame:
    imprint = Imprint(
        revision=1,
        made_at=datetime(2026, 11, 22, tzinfo=UTC),
        data_status=DataStatus.DEMONSTRATION,
        source=text,
    )
    return Frame(language="en", imprint=imprint, navigation={text: "/next"})


def _outlines(text: str) -> Outlines:
    ground = box(114.0, 33.5, 114.2, 33.6)
    county = County(
        code=text,
        name=text,
        name_en=text,
        boundary=ground,
        boundary_status=BoundaryStatus.OFFICIAL,
        source=text,
    )
    return Outlines(counties=[county], townships=[a_township(text, text, ground)])


def _basemap(text: str) -> Basemap:
    return Basemap(url=TILE, attribution=text, datum=Datum.GCJ02)


def _station_page(text: str) -> str:
    station = replace(
        a_station(1, services=(Service(kind=ServiceKind.REST, opening_hours=text),)),
        name=text,
        name_en=text,
        address=text,
        telephone=text,
        source=text,
        township_code=text,
    )
    held = MapStation(
        station=station,
        township=text,
        hours={ServiceKind.REST: ServiceHours(hours=text, openness="open", note=text)},
        links=MappingProxyType({text: "https://uri.amap.com/x"}),
    )
    chart = station_map.draw(
        [held], outlines=_outlines(text), frame=_frame(text), basemap=_basemap(text)
    )
    return render(chart, title=text, lang="en", nonce=NONCE)


def _coverage_page(text: str) -> str:
    def unit(code: str, *, drawn: bool) -> CoverageUnit:
        return CoverageUnit(
            code=text + code,
            name=text,
            name_en=text,
            boundary=box(114.0, 33.5, 114.2, 33.6) if drawn else None,
            boundary_status=BoundaryStatus.APPROXIMATE if drawn else BoundaryStatus.NONE,
            properties={"area_coverage": 0.3, "population": text},
        )

    gap = WorstGap(
        unit=text,
        coordinate=Coordinate(longitude=114.1, latitude=33.55),
        distance_m=Metres(99),
    )
    chart = coverage_map.draw(
        [unit("a", drawn=True), unit("b", drawn=False)],
        question=CoverageQuestion(radius_m=Metres(500), crs=text),
        frame=_frame(text),
        outlines=_outlines(text),
        layers=CoverageLayers(worst_gaps=[gap]),
        totals={"population": text},
        form=QuestionForm(action="/maps/coverage", carried={text: text}),
        basemap=_basemap(text),
    )
    return render(chart, title=text, lang="en", nonce=NONCE)


PAGES = {
    f"/{kind}/{number}": draw(text)
    for number, text in enumerate(hostile.TEXTS)
    for kind, draw in (("stations", _station_page), ("coverage", _coverage_page))
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the pages without a policy: as in files that open offline, no browser helps."""
    with served(PAGES, policy=None) as at:
        yield at


def _nothing_ran(page: Page, watch: Watch, address: str) -> None:
    page.mouse.move(640, 400)
    assert page.evaluate("window.ran") is None
    assert watch.dialogs == []
    assert watch.errors == []
    outside = [each for each in watch.requests if not each.startswith((address, "data:"))]
    assert outside == []
    assert page.locator("img[src=x], svg[onload], [onerror], [onclick], [onfocus]").count() == 0


def _texts(page: Page, selector: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        selector, "nodes => nodes.map(node => node.textContent)"
    )
    return found


NUMBERED = pytest.mark.parametrize(
    "number", range(len(hostile.TEXTS)), ids=[ascii(text)[:24] for text in hostile.TEXTS]
)


@NUMBERED
def test_no_text_of_a_station_runs(browser: Browser, address: str, number: int) -> None:
    text = hostile.TEXTS[number]
    with opened(browser) as (page, watch):
        page.goto(f"{address}/stations/{number}")
        page.locator(".search-field").fill(text)
        page.locator("#found li").first.wait_for()
        found = _texts(page, "#found .found-name")
        page.locator(".search-field").press("Enter")
        page.locator(".card").wait_for()

        _nothing_ran(page, watch, address)
        assert found == [text]
        assert _texts(page, "h1") == [text]
        assert _texts(page, ".card h2") == [text]
        assert text in _texts(page, ".card .service p")
        assert _texts(page, ".openness") == [text]
        assert _texts(page, ".way") == [text]
        assert _texts(page, ".facts dd").count(text) == 3  # address, township, telephone
        assert f"Demonstration data · {text}" in _texts(page, ".facts dd")
        assert set(_texts(page, ".place span")) == {text}
        assert _texts(page, ".credit")[0].startswith(f"{text} · ")
        assert _texts(page, ".imprint")[0].endswith(text)
        assert _texts(page, ".heading nav a") == [text]


@NUMBERED
def test_no_text_of_a_unit_runs(browser: Browser, address: str, number: int) -> None:
    text = hostile.TEXTS[number]
    with opened(browser) as (page, watch):
        page.goto(f"{address}/coverage/{number}")
        page.locator("[data-layer=worst]").check()
        page.locator(".worst").wait_for()
        page.mouse.click(600, 300)
        page.locator(".card").wait_for()

        _nothing_ran(page, watch, address)
        assert _texts(page, "h1") == [text]
        assert _texts(page, ".unit .row-text") == [text, text]
        assert _texts(page, ".card h2") == [text]
        assert text in _texts(page, ".card .facts dd")
        assert text in page.locator(".basis").text_content()  # type: ignore[operator]
        assert set(_texts(page, ".place span")) == {text}
        assert _texts(page, ".worst .unseen")[0].startswith(text)
        assert page.locator("input[type=hidden]").get_attribute("name") == text


def test_no_text_even_tries_what_the_policy_forbids(browser: Browser) -> None:
    with served(PAGES) as at, opened(browser) as (page, watch):
        violations = []
        for path in PAGES:
            page.goto(at + path)
            violations += page.evaluate("window.violations")

        assert violations == []
        assert watch.errors == []


def test_a_text_given_to_folium_itself_does_run(browser: Browser) -> None:
    chart = station_map.draw([], outlines=_outlines("x"), frame=_frame("x"))
    folium.Marker((33.55, 114.1), tooltip="${window.ran=1} {{ 7 * 7 }}").add_to(chart)

    page_text = render(chart, title="x", lang="en", nonce=None)
    with served({"/": page_text}, policy=None) as at, opened(browser) as (page, _):
        page.goto(at)

        # Once by the browser, once on the server: why no text of ours goes that way.
        assert page.evaluate("window.ran") == 1
        assert "49" in page_text
