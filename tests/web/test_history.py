"""GET /api/v1/coverage/history, and coverage on a date."""

import csv
import io
import re
import xml.etree.ElementTree as ET

import pytest
from flask.testing import FlaskClient

from tests.support.schema import assert_as_described

COVERAGE = "/api/v1/coverage"
HISTORY = f"{COVERAGE}/history"


def test_a_history_runs_from_the_first_year_to_today(client: FlaskClient) -> None:
    answer = client.get(HISTORY).get_json()

    assert_as_described(client, HISTORY, "get", answer, "application/json")
    assert [day["on"] for day in answer["days"]] == [
        *(f"{year}-01-01" for year in range(2016, 2027)),
        "2026-11-16",
    ]
    assert (answer["days"][0]["stations"], answer["days"][-1]["stations"]) == (0, 203)
    assert (answer["level"], answer["step"], answer["stations_undated"]) == ("city", "year", 0)


def test_a_day_of_a_history_is_what_coverage_on_that_day_says(client: FlaskClient) -> None:
    asked = "radius=1500&level=county&service=breakfast"
    days = client.get(f"{HISTORY}?{asked}&from=2018-05-01&to=2022-05-01").get_json()["days"]

    for day in days:
        alone = client.get(f"{COVERAGE}?{asked}&on={day['on']}").get_json()
        assert alone["on"] == day["on"]
        assert alone["stations_counted"] == day["stations"]
        for key in ("covered_km2", "area_coverage", "cross_coverage"):
            assert alone["totals"][key] == day[key]


def test_a_history_says_what_is_not_of_its_days(client: FlaskClient) -> None:
    notes = " ".join(client.get(HISTORY).get_json()["notes"])

    assert "those recorded today" in notes
    assert "Demonstration data" in notes
    assert "straight lines" in notes


def test_csv_has_a_line_a_day_with_what_it_holds_for(client: FlaskClient) -> None:
    response = client.get(f"{HISTORY}?f=csv&step=quarter&from=2020-01-01&to=2021-01-01")

    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert response.mimetype == "text/csv"
    assert [row["on"] for row in rows] == [
        *("2020-01-01", "2020-04-01", "2020-07-01", "2020-10-01", "2021-01-01"),
    ]
    assert {(row["radius_m"], row["level"], row["data_status"]) for row in rows} == {
        ("1000.0", "city", "demonstration:203")
    }


@pytest.mark.parametrize(("lang", "status"), [("zh", "演示数据"), ("en", "Demonstration data")])
@pytest.mark.parametrize("chart", ["coverage", "stations"])
def test_the_chart_is_a_picture_that_says_what_it_rests_on(
    client: FlaskClient, lang: str, status: str, chart: str
) -> None:
    response = client.get(f"{HISTORY}?f=svg&lang={lang}&chart={chart}&radius=800")

    assert response.mimetype == "image/svg+xml"
    drawn = ET.fromstring(response.text)  # noqa: S314 - our own
    said = " ".join(text for text in drawn.itertext())
    assert status in said
    assert "800" in said
    assert "2026-11-16" in said


def test_coverage_on_a_day_to_come_counts_what_is_there_still(client: FlaskClient) -> None:
    answer = client.get(f"{COVERAGE}?on=2040-01-01").get_json()

    assert answer["stations_counted"] == 203
    assert any("2040-01-01" in note for note in answer["notes"])


def test_coverage_says_of_which_day_it_is_where_none_was_asked_for(client: FlaskClient) -> None:
    at = "2019-06-30T20:00:00Z"  # the first of July in Luohe

    assert client.get(COVERAGE).get_json()["on"] == "2026-11-16"
    assert client.get(f"{COVERAGE}?open={at}").get_json()["on"] == "2019-07-01"
    assert client.get(f"{COVERAGE}?open={at}&on=2018-01-01").get_json()["on"] == "2018-01-01"


@pytest.mark.parametrize("page", ["/coverage", "/maps/coverage"])
def test_table_and_map_of_a_day_say_which_it_is(client: FlaskClient, page: str) -> None:
    shown = client.get(f"{page}?lang=zh&on=2019-07-01").text

    assert "2019-07-01 的站点" in shown
    assert re.search('<input type="date" name="on" value="2019-07-01">', shown)


def test_the_nearest_five_years_ago_had_opened_by_then(client: FlaskClient) -> None:
    where = "lon=114.0163&lat=33.5814&limit=50"
    then = "2019-07-01T05:00:00+08:00".replace("+", "%2B")

    now, past = (
        client.get(f"/api/v1/stations/nearest?{where}{more}").get_json(force=True)
        for more in ("", f"&open={then}")
    )

    assert now["numberMatched"] == 203
    assert past["numberMatched"] < 203
    assert all(each["properties"]["opened_on"] <= "2019-07-01" for each in past["features"])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("from=2020", "from"),
        ("from=1577836800", "from"),
        ("to=2020-02-30", "to"),
        ("from=2021-01-01&to=2020-01-01", "from"),
        ("step=month&from=2000-01-01", "step"),
        ("step=week", "step"),
        ("on=2020-01-01", "on"),
        ("open=now", "open"),
        ("open_only=true", "open_only"),
        ("form=2020-01-01", "form"),
    ],
)
def test_a_history_that_cannot_be_asked_is_refused(
    client: FlaskClient, query: str, parameter: str
) -> None:
    answer = client.get(f"{HISTORY}?{query}")

    assert answer.status_code == 400
    problem = answer.get_json(force=True)
    assert [each["parameter"] for each in problem["errors"]] == [parameter]


@pytest.mark.parametrize("on", ["2020", "20200101", "2020-02-30", "today", "1577836800"])
def test_a_day_that_is_none_is_refused(client: FlaskClient, on: str) -> None:
    assert client.get(f"{COVERAGE}?on={on}").status_code == 400


def test_a_history_of_demand_has_the_share_that_coverage_on_that_day_says(
    client: FlaskClient,
) -> None:
    asked = "level=city&demand=population&distance=estimated_walk"
    answer = client.get(f"{HISTORY}?{asked}&from=2019-01-01&to=2021-01-01").get_json()

    assert_as_described(client, HISTORY, "get", answer, "application/json")
    for day in answer["days"]:
        alone = client.get(f"{COVERAGE}?{asked}&on={day['on']}").get_json()["totals"]
        assert day["demand_covered"] == alone["demand_covered"]
        assert day["demand_coverage"] == alone["demand_coverage"]


def test_the_hours_of_a_day_count_the_stations_of_that_day(client: FlaskClient) -> None:
    asked = "level=city&demand=population"
    hours = client.get(f"{COVERAGE}/hours?{asked}&date=2019-07-01").get_json()["days"][0]

    for hour in (5, 12):
        then = f"2019-07-01T{hour:02}:00:00%2B08:00"
        alone = client.get(f"{COVERAGE}?{asked}&open={then}").get_json()
        assert hours["stations_counted"][hour] == alone["stations_counted"]
        assert hours["shares"][hour] == pytest.approx(alone["totals"]["demand_coverage"], abs=1e-5)
