"""Coverage of demand, the worst places and the hours of a day, over HTTP."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.schema import assert_as_described

COVERAGE = "/api/v1/coverage"
GAPS = "/api/v1/coverage/gaps"
HOURS = "/api/v1/coverage/hours"


def asked(client: FlaskClient, path: str, query: str = "", kind: str = "application/json") -> Any:
    """Ask, and check the answer against its description."""
    answer = client.get(f"{path}?{query}").get_json()
    assert_as_described(client, path, "get", answer, kind)
    return answer


def lines(client: FlaskClient, path: str, query: str) -> list[dict[str, str]]:
    response = client.get(f"{path}?{query}&f=csv")
    assert response.get_data().startswith(b"\xef\xbb\xbf")
    assert ".csv" in response.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"), newline="")))


# -- coverage -------------------------------------------------------------------------------


def test_a_layer_adds_columns_to_units_and_totals(client: FlaskClient) -> None:
    answer = asked(client, COVERAGE, "demand=population&level=county")

    for row in (*answer["units"], answer["totals"]):
        assert 0 < row["demand_coverage"] < 1
        assert row["demand"] == pytest.approx(row["demand_covered"] + row["demand_uncovered"])
    assert answer["totals"]["demand_elsewhere"] == 0


def test_an_answer_names_the_layer_it_is_of_and_that_it_is_an_estimate(
    client: FlaskClient,
) -> None:
    answer = asked(client, COVERAGE, "demand=population")

    assert (answer["demand"]["id"], answer["demand"]["unit"]) == ("population", "人")
    assert "not where people live" in answer["demand"]["estimate"]
    assert any("not where people live" in note for note in answer["notes"])


def test_every_null_of_demand_has_its_reason(client: FlaskClient) -> None:
    nearest = {f"demand_nearest_{name}_m" for name in ("mean", "median", "p90", "max")}

    for unit in asked(client, COVERAGE, "demand=population")["units"]:
        for name, value in unit.items():
            if value is None and ("demand" in name or "supply" in name or "capacity" in name):
                spoken_for = {name} | ({"demand_nearest"} if name in nearest else set())
                assert spoken_for & unit["missing"].keys(), (unit["code"], name)


def test_without_a_layer_there_are_no_columns_of_demand(client: FlaskClient) -> None:
    answer = asked(client, COVERAGE, "level=county")

    assert answer["demand"] is None
    assert not any("demand" in name for name in answer["units"][0])


def test_an_estimated_walk_is_named_with_its_factor_and_its_straight_line(
    client: FlaskClient,
) -> None:
    answer = asked(client, COVERAGE, "distance=estimated_walk&radius=1300&level=city")

    assert answer["distance_type"] == "estimated walk"
    assert answer["distance"] == {
        "type": "estimated_walk",
        "detour_factor": 1.3,
        "straight_radius_m": 1000.0,
    }
    straight = asked(client, COVERAGE, "radius=1000&level=city")
    shares = [each["totals"]["area_coverage"] for each in (answer, straight)]
    assert shares[0] == shares[1]


def test_walks_along_streets_need_a_street_network(client: FlaskClient) -> None:
    response = client.get(f"{COVERAGE}?distance=network_walk")

    assert response.status_code == 409
    assert response.get_json()["type"] == "/problems/no-street-network"


def test_a_layer_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    for path in (COVERAGE, GAPS, HOURS):
        assert client.get(f"{path}?demand=nobody").status_code == 404


def test_a_file_says_in_each_line_which_demand_it_is_of(client: FlaskClient) -> None:
    rows = lines(client, COVERAGE, "demand=population&level=county")

    assert {row["demand_layer"] for row in rows} == {"population"}
    assert all("not where people live" in row["demand_estimate"] for row in rows)
    assert all(float(row["demand_covered"]) > 0 for row in rows)


def test_geojson_carries_the_columns_of_demand(client: FlaskClient) -> None:
    answer = asked(client, COVERAGE, "demand=population&f=geojson", "application/geo+json")

    covered = [each["properties"]["demand_coverage"] for each in answer["features"]]
    assert sum(share is None for share in covered) == 9


# -- the worst places -----------------------------------------------------------------------


def test_ten_worst_places_come_with_distance_station_and_unit(client: FlaskClient) -> None:
    answer = asked(client, GAPS, "demand=population")

    gaps = answer["gaps"]
    assert len(gaps) == 10
    metres = [gap["distance_m"] for gap in gaps]
    assert metres == sorted(metres, reverse=True)
    assert all(gap["distance_m"] > 1000 and gap["uncovered_demand"] > 0 for gap in gaps)
    assert all(gap["nearest_station"].startswith("LH-") for gap in gaps)


def test_without_a_layer_gaps_are_of_even_ground(client: FlaskClient) -> None:
    answer = asked(client, GAPS, "limit=3")

    assert answer["demand"] is None
    assert [gap["uncovered_demand"] for gap in answer["gaps"]] == [None] * 3
    assert all(gap["uncovered_km2"] > 0 for gap in answer["gaps"])


def test_gaps_are_points_of_geojson(client: FlaskClient) -> None:
    answer = asked(client, GAPS, "limit=2&f=geojson", "application/geo+json")

    for feature in answer["features"]:
        properties = feature["properties"]
        at = [properties["longitude"], properties["latitude"]]
        assert feature["geometry"]["coordinates"] == at


def test_gaps_of_breakfast_at_five_count_what_is_open_then(client: FlaskClient) -> None:
    query = "service=breakfast&open=2026-11-16T05:00:00%2B08:00&limit=1"

    answer = asked(client, GAPS, query)

    assert answer["instant"] == "2026-11-16T05:00:00+08:00"
    assert 0 < answer["stations_counted"] < 203
    assert answer["gaps"][0]["distance_m"] > asked(client, GAPS, "limit=1")["gaps"][0]["distance_m"]


def test_a_file_of_gaps_has_a_line_a_place(client: FlaskClient) -> None:
    rows = lines(client, GAPS, "demand=population&limit=4")

    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    assert {(row["radius_m"], row["demand_unit"]) for row in rows} == {("1000.0", "人")}


# -- hour by hour ---------------------------------------------------------------------------


def test_hours_are_told_for_a_working_day_and_a_weekend_day(client: FlaskClient) -> None:
    answer = asked(client, HOURS, "level=county")

    assert [day["weekend"] for day in answer["days"]] == [False, True]
    assert all(len(day["shares"]) == 24 for day in answer["days"])
    assert answer["covered"] == "ground"
    assert len(answer["units"]) == 5


def test_a_day_by_its_date_is_told_alone(client: FlaskClient) -> None:
    answer = asked(client, HOURS, "level=city&date=2026-11-23&demand=population")

    [day] = answer["days"]
    assert (day["date"], answer["covered"]) == ("2026-11-23", "demand")
    assert day["shares"][12] > day["shares"][3]


def test_an_hour_says_what_coverage_says_at_its_instant(client: FlaskClient) -> None:
    query = "level=county&service=breakfast&open_only=true"

    day = asked(client, HOURS, f"{query}&date=2026-11-23")["days"][0]

    at_seven = asked(client, COVERAGE, f"{query}&open=2026-11-23T07:00:00%2B08:00")
    assert day["shares"][7] == at_seven["totals"]["area_coverage"]
    assert day["stations_counted"][7] == at_seven["stations_counted"]


def test_a_file_of_hours_has_a_line_for_each_unit_and_day(client: FlaskClient) -> None:
    rows = lines(client, HOURS, "level=county")

    assert len(rows) == 10
    assert all(0 <= float(row["at_05"]) <= float(row["at_12"]) <= 1 for row in rows)


@pytest.mark.parametrize(
    "query",
    [
        *("date=2026-13-01", "date=20261123", "date=1969-01-01", "date=tomorrow"),
        *("open=now", "f=geojson", "radius=49", "distance=crow"),
    ],
)
def test_hours_that_cannot_be_asked_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{HOURS}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "open=arrival", "distance=", "f=xml"])
def test_gaps_that_cannot_be_asked_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{GAPS}?{query}").status_code == 400
