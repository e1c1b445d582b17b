"""GET /api/v1/coverage."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from tests.support.schema import assert_as_described

COVERAGE = "/api/v1/coverage"


def test_every_one_of_the_58_townships_is_reported(client: FlaskClient) -> None:
    answer = client.get(COVERAGE).get_json()

    assert_as_described(client, COVERAGE, "get", answer, "application/json")
    assert len(answer["units"]) == 58
    assert sum(unit["stations"] for unit in answer["units"]) == answer["totals"]["stations"] == 203


def test_a_township_without_a_boundary_says_why_it_has_no_figures(client: FlaskClient) -> None:
    units = client.get(COVERAGE).get_json()["units"]

    without = [unit for unit in units if unit["boundary_status"] == "none"]
    assert len(without) == 9
    for unit in without:
        assert unit["area_coverage"] is None
        assert "no boundary" in unit["missing"]["area_coverage"]


def test_every_null_has_its_reason(client: FlaskClient) -> None:
    spoken_for = {
        "nearest_mean_m": "nearest",
        "nearest_median_m": "nearest",
        "nearest_p90_m": "nearest",
        "nearest_max_m": "nearest",
        "grid_spacing_m": "nearest",
        "grid_points": "nearest",
        "worst_gap_longitude": "worst_gap",
        "worst_gap_latitude": "worst_gap",
        "worst_gap_distance_m": "worst_gap",
        "worst_gap_nearest_station": "worst_gap",
        "area_km2": "area_m2",
        "covered_km2": "covered_area_m2",
    }
    described = {"name_en", "county_code", "population_year", "population_source"}

    for unit in client.get(COVERAGE).get_json()["units"]:
        for name, value in unit.items():
            if value is None and name not in described:
                assert spoken_for.get(name, name) in unit["missing"], (unit["code"], name)


def test_the_answer_prints_all_that_it_rests_on(client: FlaskClient) -> None:
    answer = client.get(f"{COVERAGE}?radius=800&level=county").get_json()

    assert (answer["radius_m"], answer["distance_type"]) == (800, "straight line")
    assert answer["crs"]["definition"] == "EPSG:4547"
    assert answer["data_status"] == {"demonstration": 203}
    assert answer["instant"] is None
    assert len(answer["units"]) == 5


def test_the_city_is_one_unit_with_the_census_figure_of_the_city(client: FlaskClient) -> None:
    answer = client.get(f"{COVERAGE}?level=city").get_json()

    (city,) = answer["units"]
    assert (city["name"], city["population"]) == ("漯河市", 2_367_490)
    assert city["stations_per_10000"] == pytest.approx(203 / 236.749, abs=1e-4)


def test_geojson_has_a_feature_for_every_unit_with_a_null_geometry_where_there_is_none(
    client: FlaskClient,
) -> None:
    response = client.get(f"{COVERAGE}?f=geojson")

    answer = response.get_json()
    assert response.mimetype == "application/geo+json"
    assert_as_described(client, COVERAGE, "get", answer, "application/geo+json")
    assert len(answer["features"]) == 58
    assert sum(feature["geometry"] is None for feature in answer["features"]) == 9
    for feature in answer["features"]:
        share = feature["properties"]["area_coverage"]
        assert share is None or 0 <= share <= 1


def test_csv_opens_in_a_spreadsheet_and_says_in_each_line_what_it_holds_for(
    client: FlaskClient,
) -> None:
    response = client.get(f"{COVERAGE}?f=csv&radius=1500&service=breakfast")

    text = response.get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (len(rows), response.mimetype) == (58, "text/csv")
    assert response.get_data().startswith(b"\xef\xbb\xbf")
    assert {(row["radius_m"], row["service"]) for row in rows} == {("1500.0", "breakfast")}
    assert {row["data_status"] for row in rows} == {"demonstration:203"}
    assert ".csv" in response.headers["Content-Disposition"]


def test_a_wider_radius_covers_no_less(client: FlaskClient) -> None:
    shares = [
        client.get(f"{COVERAGE}?level=city&radius={radius}").get_json()["units"][0]["area_coverage"]
        for radius in (500, 1000, 3000, 20_000)
    ]

    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_breakfast_for_sanitation_workers_on_a_monday_at_five(client: FlaskClient) -> None:
    query = "service=breakfast&group=sanitation&open=2026-11-16T05:00:00%2B08:00"

    answer = client.get(f"{COVERAGE}?{query}").get_json()

    assert answer["instant"] == "2026-11-16T05:00:00+08:00"
    assert 0 < answer["stations_counted"] <= 20
    noon = client.get(f"{COVERAGE}?{query.replace('T05', 'T12')}").get_json()
    assert noon["stations_counted"] == 0
    assert noon["totals"]["area_coverage"] == 0
    assert noon["totals"]["missing"]["nearest"] == "no station matches"


@pytest.mark.parametrize(
    "query", ["radius=0", "radius=49", "radius=50001", "radius=nan", "level=village", "f=xml"]
)
def test_a_coverage_that_cannot_be_asked_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{COVERAGE}?{query}").status_code == 400
