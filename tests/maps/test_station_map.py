"""The station map, as drawn."""

import json
import re
from typing import Any

import folium
import pytest

from geo_service.domain.station import ServiceKind
from maps import station_map
from maps.outlines import Outlines
from maps.rendering import render
from maps.sheet import Frame, Sheet
from maps.station_map import MapStation, ServiceHours
from tests.support.map_samples import (
    BREAKFAST,
    REST,
    a_frame,
    a_station,
    a_station_map,
    shown,
    some_outlines,
)


def content_of(chart: Sheet, block: str = "stations-content") -> Any:
    page = render(chart, title="x", lang="en", nonce=None)
    found = re.search(f'id="{block}">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def test_a_drawn_map_is_a_folium_map() -> None:
    assert isinstance(a_station_map(), folium.Map)


def test_a_station_is_drawn_with_latitude_first() -> None:
    content = content_of(a_station_map([shown(a_station(1, 114.05, 33.55))]))

    assert content["stations"][0]["at"] == [33.55, 114.05]


def test_what_is_not_known_is_left_out_of_the_card() -> None:
    card = content_of(a_station_map([MapStation(station=a_station(1))]))["stations"][0]

    assert card.keys() == {
        "id", "name", "at", "services", "amenities", "address", "status", "source",
    }  # fmt: skip


def test_the_map_holds_the_outlines_and_a_station_outside_them() -> None:
    content = content_of(a_station_map([shown(a_station(1, 115.0, 33.55))]))

    assert content["bounds"] == [[33.5, 114.0], [33.6, 115.0]]


def test_a_map_of_nothing_can_be_drawn() -> None:
    chart = station_map.draw([], outlines=Outlines(), frame=a_frame())

    assert content_of(chart)["bounds"] is None


def test_the_legend_counts_each_service() -> None:
    stations = [shown(a_station(1)), shown(a_station(2, services=(REST, BREAKFAST)))]

    page = render(a_station_map(stations), title="x", lang="en", nonce=None)

    assert re.findall(r'row-count">(\d+)', page) == ["2", "1"]


def test_a_map_that_does_not_know_openness_has_no_box_for_it() -> None:
    known = render(a_station_map([shown(a_station(1))]), title="x", lang="en", nonce=None)
    unknown = render(
        a_station_map([MapStation(station=a_station(1))]), title="x", lang="en", nonce=None
    )

    assert "data-hide-closed" in known
    assert "data-hide-closed" not in unknown


def test_english_names_are_shown_to_who_reads_english() -> None:
    named = MapStation(station=a_station(1))
    object.__setattr__(named.station, "name_en", "Station One")

    assert content_of(a_station_map([named], "en"))["stations"][0]["name"] == "Station One"
    assert content_of(a_station_map([named], "zh"))["stations"][0]["name"] == "站点 1"


def test_an_openness_that_is_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="'CLOSED' is not one of"):
        ServiceHours(openness="CLOSED")


def test_a_navigation_link_that_would_run_is_refused() -> None:
    with pytest.raises(ValueError, match="may run"):
        MapStation(station=a_station(1), links={"amap": "javascript:alert(1)"})


def test_a_way_to_another_page_that_would_run_is_refused() -> None:
    with pytest.raises(ValueError, match="may run"):
        Frame(language="zh", imprint=a_frame().imprint, navigation={"x": "javascript:alert(1)"})


def test_two_hundred_stations_weigh_little() -> None:
    stations = [
        MapStation(
            station=a_station(n, 114 + n / 1000),
            hours={ServiceKind.REST: ServiceHours(hours="每天 08:00–18:00")},
        )
        for n in range(203)
    ]
    chart = station_map.draw(stations, outlines=some_outlines(), frame=a_frame())

    page = render(chart, title="x", lang="zh-Hans", nonce=None)

    assert len(page.encode()) < 100_000
