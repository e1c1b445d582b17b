"""GET /api/v1/stations/nearest."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import geocoordinates_ffi as ffi
import pytest
from flask.testing import FlaskClient
from geographiclib.geodesic import Geodesic

from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, Group, ServiceKind
from tests.support.schema import assert_as_described

NEAREST = "/api/v1/stations/nearest"
HERE = "lon=114.0163&lat=33.5814"


def _ids(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [feature["id"] for feature in answer["features"]]


def _metres(register: Register, longitude: float, latitude: float) -> dict[str, float]:
    return {
        station.id: Geodesic.WGS84.Inverse(
            latitude, longitude, station.coordinate.latitude, station.coordinate.longitude
        )["s12"]
        for station in register.stations
    }


@pytest.mark.parametrize(
    ("longitude", "latitude"), [(114.0163, 33.5814), (113.5, 33.4), (114.28, 33.7), (113.9, 34.1)]
)
def test_the_closest_stations_come_first_as_another_library_measures_them(
    client: FlaskClient, register: Register, longitude: float, latitude: float
) -> None:
    answer = client.get(f"{NEAREST}?lon={longitude}&lat={latitude}&limit=50").get_json()

    truth = _metres(register, longitude, latitude)
    assert _ids(answer) == sorted(truth, key=lambda each: (truth[each], each))[:50]
    for feature in answer["features"]:
        assert feature["properties"]["distance_m"] == pytest.approx(truth[feature["id"]], abs=0.006)


def test_the_answer_is_geojson_as_the_document_describes_it(client: FlaskClient) -> None:
    response = client.get(f"{NEAREST}?{HERE}")

    assert response.mimetype == "application/geo+json"
    assert_as_described(client, NEAREST, "get", response.get_json(), response.mimetype)


def test_the_answer_says_what_it_rests_on(client: FlaskClient, register: Register) -> None:
    answer = client.get(f"{NEAREST}?{HERE}").get_json()

    assert answer["revision"] == register.revision.number
    assert answer["instant"] == "2026-11-16T05:00:00+08:00"
    assert (answer["datum"], answer["numberMatched"], answer["numberReturned"]) == ("wgs84", 203, 5)
    assert answer["data_status"] == {"demonstration": 203}
    assert any("演示数据" in note for note in answer["notes"])
    assert answer["walking"]["is_estimate"] is True


def test_a_walk_is_an_estimate_and_says_so(client: FlaskClient) -> None:
    (feature,) = client.get(f"{NEAREST}?{HERE}&limit=1").get_json()["features"]

    properties = feature["properties"]
    assert properties["walk_is_estimate"] is True
    assert properties["walk_minutes"] == -(-properties["distance_m"] * 1.3 // 60)


@pytest.mark.parametrize(
    ("datum", "convert"), [("gcj02", ffi.wgs84_to_gcj02), ("bd09", ffi.wgs84_to_bd09)]
)
def test_a_question_in_another_datum_finds_the_same_stations(
    client: FlaskClient, register: Register, datum: str, convert: Callable[[Any], Any]
) -> None:
    station = register.stations[77]
    at = station.coordinate
    shifted = convert(ffi.Wgs84(lat=at.latitude, lon=at.longitude))
    x, y = shifted.lon, shifted.lat

    answer = client.get(f"{NEAREST}?lon={x}&lat={y}&datum={datum}&limit=1").get_json()

    (feature,) = answer["features"]
    assert (answer["datum"], feature["id"]) == (datum, station.id)
    assert feature["properties"]["distance_m"] < 0.05
    assert feature["geometry"]["coordinates"] == pytest.approx([x, y], abs=2e-7)


def test_within_keeps_what_is_within_and_counts_it(client: FlaskClient, register: Register) -> None:
    answer = client.get(f"{NEAREST}?{HERE}&within=2000&limit=50").get_json()

    truth = _metres(register, 114.0163, 33.5814)
    near = {each for each, metres in truth.items() if metres <= 2000}
    assert (set(_ids(answer)), answer["numberMatched"]) == (near, len(near))


def test_nothing_within_reach_is_an_empty_answer(client: FlaskClient) -> None:
    answer = client.get(f"{NEAREST}?{HERE}&within=1").get_json()

    assert (answer["features"], answer["numberMatched"]) == ([], 0)


def test_every_amenity_asked_for_must_be_there(client: FlaskClient, register: Register) -> None:
    answer = client.get(f"{NEAREST}?{HERE}&amenity=toilet&amenity=charging&limit=50").get_json()

    wanted = {Amenity.TOILET, Amenity.CHARGING}
    assert answer["numberMatched"] == sum(wanted <= each.amenities for each in register.stations)
    assert all(wanted <= set(each["properties"]["amenities"]) for each in answer["features"])


def test_a_breakfast_for_bus_drivers_is_a_breakfast_that_bus_drivers_get(
    client: FlaskClient, register: Register
) -> None:
    answer = client.get(f"{NEAREST}?{HERE}&service=breakfast&group=bus_driver&limit=50").get_json()

    theirs = {
        station.id
        for station in register.stations
        for service in station.services
        if service.kind is ServiceKind.BREAKFAST and Group.BUS_DRIVER in service.groups
    }
    assert set(_ids(answer)) == theirs


def test_at_five_only_what_is_open_or_may_be_is_kept(client: FlaskClient) -> None:
    answer = client.get(f"{NEAREST}?{HERE}&open=now&service=breakfast&limit=50").get_json()

    states = [
        service["openness"]["state"]
        for feature in answer["features"]
        for service in feature["properties"]["services"]
        if service["kind"] == "breakfast"
    ]
    assert 0 < len(states) < 30
    assert set(states) <= {"open", "unknown"}


def test_open_only_drops_what_may_be_open(client: FlaskClient) -> None:
    def matched(query: str) -> int:
        number: int = client.get(f"{NEAREST}?{HERE}&{query}").get_json()["numberMatched"]
        return number

    assert matched("open=now&open_only=true") < matched("open=now") < matched("")


def test_open_on_arrival_looks_at_the_clock_when_the_worker_gets_there(client: FlaskClient) -> None:
    answer = client.get(f"{NEAREST}?{HERE}&open=arrival&limit=3").get_json()

    for feature in answer["features"]:
        walk = feature["properties"]["walk_minutes"]
        (service, *_) = feature["properties"]["services"]
        hours, minutes = divmod(walk, 60)
        assert service["openness"]["at"] == f"2026-11-16T{5 + hours:02}:{minutes:02}:00+08:00"


def test_an_instant_may_be_asked_for_even_with_a_careless_plus(client: FlaskClient) -> None:
    answer = client.get(f"{NEAREST}?{HERE}&open=2026-11-18T12:00:00+08:00").get_json()

    assert answer["instant"] == "2026-11-18T12:00:00+08:00"


def test_navigation_links_lead_to_the_station_in_the_datum_of_their_provider(
    client: FlaskClient,
) -> None:
    (feature,) = client.get(f"{NEAREST}?{HERE}&limit=1").get_json()["features"]
    gcj = client.get(f"/api/v1/stations/{feature['id']}?datum=gcj02").get_json()
    x, y = gcj["geometry"]["coordinates"]

    links = feature["properties"]["navigation"]

    amap = parse_qs(urlsplit(links["amap"]).query)["to"][0].split(",")
    assert (float(amap[0]), float(amap[1])) == pytest.approx((x, y), abs=1e-5)
    assert links["geo"].startswith("geo:33.")
