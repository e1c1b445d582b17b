"""Stations as text are what building them anew would give, whatever they are called."""

import gc
import json
import weakref
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level
from geo_service.domain.datum import Datum
from geo_service.domain.station import Service, ServiceKind, Station
from geo_service.services.browse import station_at
from geo_service.services.coverage import CoverageQuery, measure_coverage
from geo_service.services.nearest import NearbyStation
from geo_service.web.features import features_of
from geo_service.web.geojson import StationShapes, instant_text
from tests.support.register import a_register, a_station

AT = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOSTILE = [
    '"properties":{',
    '"\\u0000"',
    "\\u0000",
    'quote " backslash \\ tab\t',
    "</script>\u2028",
    "演示站点-001",
    "{}",
    "%s {0} $x",
]


def _station(text: str) -> Station:
    return a_station(
        f"S {text}",
        114.01,
        33.58,
        Service(kind=ServiceKind.REST, opening_hours="Mo-Fr 08:00-18:00"),
        Service(kind=ServiceKind.BREAKFAST),
        name=text,
        name_en=text,
        address=text,
        source=text,
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("datum", Datum)
def test_the_text_of_a_station_is_its_feature(text: str, datum: Datum) -> None:
    station = _station(text)
    register = a_register([station])
    found = station_at(register, station, AT)
    at_text = instant_text(AT, SHANGHAI)

    feature = json.loads(features_of(register, datum).feature(found, at_text.encode()))

    shapes = StationShapes(register, datum)
    openness = [shapes.openness(state, at_text) for state in found.openness]
    assert feature == shapes.feature(station, openness)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_nearby_station_has_its_distance_and_its_walk(text: str) -> None:
    station = _station(text)
    register = a_register([station])
    openness = station_at(register, station, AT).openness
    nearby = NearbyStation(
        station=station, distance=Metres(123.456), walk_minutes=3, at=AT, openness=openness
    )

    feature = json.loads(features_of(register, Datum.WGS84).nearby(nearby, b"x"))

    properties = feature["properties"]
    assert (properties["distance_m"], properties["walk_minutes"]) == (123.46, 3)
    assert (feature["id"], properties["name"]) == (station.id, text)


def test_the_texts_of_a_register_go_with_it() -> None:
    register = a_register([_station("a")])
    texts = features_of(register, Datum.WGS84)

    assert features_of(register, Datum.WGS84) is texts
    assert features_of(a_register([_station("a")]), Datum.WGS84) is not texts


def test_a_register_that_was_replaced_is_let_go_with_all_that_was_kept_of_it() -> None:
    register = a_register([_station("a")])
    station = register.stations[0]
    features_of(register, Datum.GCJ02).feature(station_at(register, station, AT), b"x")
    measure_coverage(register, CoverageQuery(radius=Metres(1000), level=Level.CITY))
    held = weakref.ref(register)

    del register, station

    gc.collect()
    assert held() is None
