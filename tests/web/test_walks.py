"""Walks along streets over HTTP: nearest on foot, isochrones, and what is said without streets."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from shapely.geometry import shape

from geo_service import create_app
from geo_service.domain.coordinate import Bounds, Coordinate
from geo_service.domain.register import Register
from geo_service.persistence.database import Database
from geo_service.persistence.street_network import StreetNetworkFile
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.schema import assert_as_described
from tests.support.streets import a_lattice

# Streets every 0.002 degrees, some 190 m by 220 m, over the middle of the city and no farther.
MIDDLE = Bounds(west=113.98, south=33.55, east=114.06, north=33.61)
NEAREST = "/api/v1/stations/nearest-on-foot"
ISOCHRONES = "/api/v1/isochrones"
AT = {"lon": 114.0163, "lat": 33.5814}


@pytest.fixture(scope="module")
def walked(
    shipped: Database, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A client of a service that knows the streets of the middle of the city."""
    home = Path(tmp_path_factory.mktemp("walked"))
    StreetNetworkFile(home / "streets.npz").replace(a_lattice(MIDDLE, 0.002))
    settings = Settings(home=home, network=home / "streets.npz", log_level="error")
    with closing(create_app(settings, database=shipped, clock=clock)) as app:
        yield app.test_client()


def asked(client: FlaskClient, path: str, **query: Any) -> Any:
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_without_a_network_each_resource_says_how_to_load_one(client: FlaskClient) -> None:
    for path, query in ((NEAREST, AT), (ISOCHRONES, AT), (ISOCHRONES, {"all": "true"})):
        problem = client.get(path, query_string=query)

        assert problem.status_code == 409
        assert problem.get_json()["type"] == "/problems/no-street-network"
        assert "geo-service network load" in problem.get_json()["detail"]


def test_another_network_is_used_as_soon_as_it_is_loaded(
    shipped: Database, clock: StoppedClock, tmp_path: Path
) -> None:
    file = StreetNetworkFile(tmp_path / "network" / "streets.npz")
    settings = Settings(home=tmp_path, log_level="error")
    with closing(create_app(settings, database=shipped, clock=clock)) as app:
        client = app.test_client()
        before = client.get(NEAREST, query_string=AT)
        file.replace(a_lattice(MIDDLE, 0.008))
        coarse = asked(client, NEAREST, **AT)
        file.replace(a_lattice(MIDDLE, 0.002))
        fine = asked(client, NEAREST, **AT)
        file.remove()
        after = client.get(NEAREST, query_string=AT)

    assert (before.status_code, after.status_code) == (409, 409)
    assert coarse["across_m"] > fine["across_m"]


def test_stations_are_ranked_by_walk_with_the_straight_line_beside(walked: FlaskClient) -> None:
    found = asked(walked, NEAREST, **AT, limit=30)

    ways = [each["properties"] for each in found["features"]]
    walks = [way["walk_m"] for way in ways]
    assert len(walks) == 30
    assert walks == sorted(walks)
    assert all(way["walk_m"] >= way["distance_m"] for way in ways)
    assert [way["distance_m"] for way in ways] != sorted(way["distance_m"] for way in ways)
    assert found["distance_type"] == "network_walk"


def test_minutes_are_measured_and_not_estimated(walked: FlaskClient) -> None:
    found = asked(walked, NEAREST, **AT, limit=3)

    for each in found["features"]:
        way = each["properties"]
        assert way["walk_is_estimate"] is False
        assert way["walk_minutes"] == -(-way["walk_m"] // 60)


def test_on_a_lattice_the_walk_is_across_and_along_its_streets(
    walked: FlaskClient, register: Register
) -> None:
    found = asked(walked, NEAREST, **AT, limit=50)

    origin = Coordinate(longitude=AT["lon"], latitude=AT["lat"])
    for each in found["features"]:
        there = register.station(each["id"]).coordinate
        corner = Coordinate(longitude=there.longitude, latitude=origin.latitude)
        around = origin.distance_to(corner) + corner.distance_to(there)
        # Off by what it takes to get from a block's middle to a street that leads there.
        assert around - 1 <= each["properties"]["walk_m"] <= around + 450


def test_within_is_metres_of_the_walk(walked: FlaskClient) -> None:
    found = asked(walked, NEAREST, **AT, limit=50, within=1500)
    more = asked(walked, NEAREST, **AT, limit=50)

    walks = [each["properties"]["walk_m"] for each in more["features"]]
    assert [each["properties"]["walk_m"] for each in found["features"]] == [
        walk for walk in walks if walk <= 1500
    ]


def test_stations_that_no_walk_leads_to_are_named_with_the_reason(walked: FlaskClient) -> None:
    found = asked(walked, NEAREST, **AT, limit=50)

    assert found["out_of_reach"] > 0
    assert len(found["features"]) + found["out_of_reach"] <= 203
    assert found["unreached"][0]["reason"] == "off_the_streets"
    away = [each["distance_m"] for each in found["unreached"]]
    assert away == sorted(away)


def test_what_is_open_on_arrival_is_judged_by_the_real_walk(walked: FlaskClient) -> None:
    found = asked(walked, NEAREST, **AT, open="arrival", open_only="true", limit=5)

    assert found["features"]
    for each in found["features"]:
        openness = [service["openness"] for service in each["properties"]["services"]]
        assert "open" in {state["state"] for state in openness}
        minutes = each["properties"]["walk_minutes"]
        assert openness[0]["at"] == f"2026-11-16T05:{minutes:02d}:00+08:00"


def test_a_position_off_the_streets_is_told_so(walked: FlaskClient) -> None:
    for path in (NEAREST, ISOCHRONES):
        problem = walked.get(path, query_string={"lon": 113.95, "lat": 33.45})

        assert problem.status_code == 422
        assert problem.get_json()["type"] == "/problems/off-the-streets"


def test_each_answer_names_whose_streets_they_are(walked: FlaskClient) -> None:
    for path, query in ((NEAREST, AT), (ISOCHRONES, AT), (ISOCHRONES, {"all": "true"})):
        network = asked(walked, path, **query)["network"]

        assert network["attribution"] == "© a test"
        assert network["as_of"] == "2026-10-31"


def test_isochrones_are_valid_and_lie_in_one_another(walked: FlaskClient) -> None:
    found = asked(walked, ISOCHRONES, **AT, minutes="15,5,10")

    grounds = [shape(each["geometry"]) for each in found["features"]]
    assert [each["properties"]["minutes"] for each in found["features"]] == [5, 10, 15]
    assert [each["properties"]["walk_m"] for each in found["features"]] == [300, 600, 900]
    assert all(ground.is_valid for ground in grounds)
    assert all(
        shapely.get_exterior_ring(part).is_ccw
        for ground in grounds
        for part in shapely.get_parts(ground)
    )
    for inner, outer in pairwise(grounds):
        assert inner.difference(outer.buffer(1e-7)).is_empty
        assert inner.area < outer.area


def test_an_isochrone_starts_where_the_walk_does(walked: FlaskClient) -> None:
    found = asked(walked, ISOCHRONES, **AT, minutes="5")

    assert shape(found["features"][0]["geometry"]).covers(shapely.Point(AT["lon"], AT["lat"]))


def test_an_isochrone_may_start_at_a_station(walked: FlaskClient) -> None:
    nearest = asked(walked, NEAREST, **AT, limit=1)["features"][0]
    x, y = nearest["geometry"]["coordinates"]

    of_station = asked(walked, ISOCHRONES, station=nearest["id"])
    of_place = asked(walked, ISOCHRONES, lon=x, lat=y)

    one, other = (shape(each["features"][2]["geometry"]) for each in (of_station, of_place))
    assert one.symmetric_difference(other).area < 1e-9


def test_coordinates_come_in_the_datum_asked_for(walked: FlaskClient) -> None:
    true = asked(walked, ISOCHRONES, **AT, minutes="5")
    shifted = asked(walked, ISOCHRONES, lon=114.0225, lat=33.5801, datum="gcj02", minutes="5")

    away = shape(true["features"][0]["geometry"]).centroid.distance(
        shape(shifted["features"][0]["geometry"]).centroid
    )
    assert 0.004 < away < 0.009


def test_all_stations_together_reach_more_than_one(walked: FlaskClient) -> None:
    one = asked(walked, ISOCHRONES, **AT, minutes="10")
    every = asked(walked, ISOCHRONES, all="true", minutes="10")

    assert every["features"][0]["properties"]["area_km2"] > (
        5 * one["features"][0]["properties"]["area_km2"]
    )
    assert every["stations"] == 203
    assert 0 < every["stations_off_the_streets"] < 203


def test_filters_say_which_stations_count(walked: FlaskClient) -> None:
    rest = asked(walked, ISOCHRONES, all="true", minutes="5", service="breakfast")

    assert 0 < rest["stations"] < 203


def test_with_a_level_the_share_of_each_unit_is_told(walked: FlaskClient) -> None:
    found = asked(walked, ISOCHRONES, all="true", minutes="5,15", level="township")

    shares = [each["area_coverage"] for each in found["units"] if each["area_coverage"]]
    assert len(found["units"]) > len(shares) > 0
    assert all(0 <= few <= many <= 1 for few, many in shares)
    assert max(many for _, many in shares) > 0.2
    assert all(each["missing"] for each in found["units"] if each["area_coverage"] is None)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "lon"),
        ({**AT, "all": "true"}, "lon"),
        ({"lon": 114.0}, "lat"),
        ({**AT, "minutes": "0"}, "minutes"),
        ({**AT, "minutes": "61"}, "minutes"),
        ({**AT, "minutes": "5,,10"}, "minutes"),
        ({**AT, "minutes": "１０"}, "minutes"),
        ({**AT, "minutes": "1,2,3,4,5,6,7"}, "minutes"),
        ({"all": "true", "minutes": "31"}, "minutes"),
        ({**AT, "service": "rest"}, "service"),
        ({**AT, "level": "county"}, "level"),
        ({**AT, "minuets": "5"}, "minuets"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_by_name(
    walked: FlaskClient, query: dict[str, Any], parameter: str
) -> None:
    problem = walked.get(ISOCHRONES, query_string=query)

    assert problem.status_code == 400
    assert problem.get_json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (NEAREST, {**AT, "limit": 50}),
        (ISOCHRONES, AT),
        (ISOCHRONES, {"all": "true", "level": "county"}),
    ],
    ids=str,
)
def test_answers_are_of_the_shape_that_is_described(
    walked: FlaskClient, path: str, query: dict[str, Any]
) -> None:
    answer = asked(walked, path, **query)

    assert_as_described(walked, path, "get", answer, "application/geo+json")


def test_coverage_is_measured_along_streets(walked: FlaskClient) -> None:
    streets = asked(walked, "/api/v1/coverage", distance="network_walk", level="city")
    straight = asked(walked, "/api/v1/coverage", level="city")

    assert streets["distance_type"] == "walk along streets"
    assert 0 < streets["totals"]["area_coverage"] < straight["totals"]["area_coverage"]
    assert any("© a test" in note for note in streets["notes"])


def test_a_file_of_coverage_names_whose_streets_they_are(walked: FlaskClient) -> None:
    query = {"distance": "network_walk", "level": "city", "f": "csv"}

    text = walked.get("/api/v1/coverage", query_string=query).text

    assert '"© a test, none, 2026-10-31"' in text


def test_the_worst_places_are_found_along_streets(walked: FlaskClient) -> None:
    found = asked(walked, "/api/v1/coverage/gaps", distance="network_walk", limit=3)

    assert found["gaps"]
