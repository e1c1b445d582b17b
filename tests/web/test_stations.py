"""GET /api/v1/stations and /api/v1/stations/{id}."""

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from geo_service.domain.register import Register
from tests.support.schema import assert_as_described

STATIONS = "/api/v1/stations"


def test_following_the_next_links_visits_every_station_once_and_in_order(
    client: FlaskClient, register: Register
) -> None:
    seen: list[str] = []
    url: str | None = f"{STATIONS}?limit=60"
    while url:
        page = client.get(url).get_json()
        seen += [feature["id"] for feature in page["features"]]
        assert page["numberReturned"] == len(page["features"])
        assert page["numberMatched"] == 203
        links = {link["rel"]: link["href"] for link in page["links"]}
        following = urlsplit(links["next"]) if "next" in links else None
        url = f"{following.path}?{following.query}" if following else None

    assert seen == [station.id for station in register.stations]


def test_next_links_keep_every_filter(client: FlaskClient) -> None:
    query = "limit=1&service=rest&amenity=water&amenity=toilet&open=now&open_only=true"

    page = client.get(f"{STATIONS}?{query}").get_json()

    (following,) = (link["href"] for link in page["links"] if link["rel"] == "next")
    for each in query.split("&"):
        assert each in following


def test_all_stations_fit_one_page(client: FlaskClient) -> None:
    page = client.get(f"{STATIONS}?limit=1000").get_json()

    assert (len(page["features"]), [link["rel"] for link in page["links"]]) == (203, ["self"])
    assert_as_described(client, STATIONS, "get", page, "application/geo+json")


def test_a_box_keeps_the_stations_in_it(client: FlaskClient, register: Register) -> None:
    page = client.get(f"{STATIONS}?bbox=113.9,33.5,114.1,33.7&limit=1000").get_json()

    inside = {
        station.id
        for station in register.stations
        if 113.9 <= station.coordinate.longitude <= 114.1
        and 33.5 <= station.coordinate.latitude <= 33.7
    }
    assert {feature["id"] for feature in page["features"]} == inside


@pytest.mark.parametrize(
    "bbox",
    ["1,2,3", "a,b,c,d", "113,34,114,33", "113,33,114,91", "nan,33,114,34", "113,33,114,34,5"],
)
def test_a_box_that_is_none_is_refused(client: FlaskClient, bbox: str) -> None:
    response = client.get(f"{STATIONS}?bbox={bbox}")

    assert response.status_code == 400
    assert response.get_json()["errors"][0]["parameter"] == "bbox"


def test_a_list_has_no_arrival(client: FlaskClient) -> None:
    problem = client.get(f"{STATIONS}?open=arrival").get_json()

    assert "needs an origin" in problem["detail"]


def test_one_station_is_a_feature_with_all_that_is_known(client: FlaskClient) -> None:
    path = f"{STATIONS}/LH-004"

    answer = client.get(path).get_json()

    assert_as_described(client, f"{STATIONS}/{{station_id}}", "get", answer, "application/geo+json")
    properties = answer["properties"]
    assert (answer["id"], properties["data_status"]) == ("LH-004", "demonstration")
    assert [service["kind"] for service in properties["services"]] == ["rest", "breakfast"]
    assert properties["township"]["county_name"] == "源汇区"
    assert properties["reading"]["datum"] == "wgs84"


def test_identifiers_with_odd_signs_are_only_looked_up(client: FlaskClient) -> None:
    for hostile in ("LH-001' OR '1'='1", "../../etc/passwd", "%00", "LH-001;drop table station"):
        response = client.get(f"{STATIONS}/{hostile}")
        assert response.status_code == 404
