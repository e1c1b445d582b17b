"""The demonstration register: 203 invented stations, marked so, where they should be."""

import csv
import io
import re
from collections import Counter
from datetime import date
from itertools import combinations

import pytest
from opening_hours import OpeningHours
from shapely import Point

from geo_service.domain.datum import Datum
from geo_service.domain.station import Accessibility, Amenity, DataStatus, Group, ServiceKind
from tests.dataset.shipped import FOLDER, SPHEROID, outlines, rows, units

STATIONS = rows("stations.csv")
PLACED = {row["id"]: Point(float(row["longitude"]), float(row["latitude"])) for row in STATIONS}
HOURS = sorted({row[column] for row in STATIONS for column in ("rest_hours", "breakfast_hours")})
BREAKFAST = [row for row in STATIONS if "breakfast" in row["services"]]


def test_there_are_exactly_203_stations_one_a_line() -> None:
    assert len(STATIONS) == 203
    assert (FOLDER / "stations.csv").read_bytes().count(b"\n") == 204


def test_identifiers_run_from_001_to_203_sorted_and_unique() -> None:
    assert [row["id"] for row in STATIONS] == [f"LH-{n:03d}" for n in range(1, 204)]


def test_the_columns_stand_in_the_order_agreed() -> None:
    assert ",".join(STATIONS[0]) == (
        "id,name,name_en,services,rest_hours,rest_for,breakfast_hours,breakfast_for,amenities,"
        "address,township_code,telephone,capacity,accessibility,longitude,latitude,datum,"
        "data_status,source,accuracy_m,verified_on,opened_on,closed_on"
    )


def test_a_spreadsheet_s_writer_would_write_the_same_bytes() -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, STATIONS[0], lineterminator="\n")
    table.writeheader()
    table.writerows(STATIONS)
    assert text.getvalue().encode() == (FOLDER / "stations.csv").read_bytes()


def test_every_line_says_by_name_status_and_source_that_it_is_a_demonstration() -> None:
    for row in STATIONS:
        number = row["id"].removeprefix("LH-")
        assert row["name"] == f"演示站点-{number}"
        assert row["name_en"] == f"Demonstration site {number}"
        assert row["address"].startswith("演示地址（")
        assert row["data_status"] == DataStatus.DEMONSTRATION
        assert row["source"].startswith("demonstration: data/stations/make_demonstration.py, seed ")


def test_nothing_is_claimed_that_only_a_real_place_can_have() -> None:
    for column in ("telephone", "accuracy_m", "verified_on"):
        assert {row[column] for row in STATIONS} == {""}


def test_all_opened_between_2016_and_2025_and_none_has_closed() -> None:
    opened = [date.fromisoformat(row["opened_on"]) for row in STATIONS]

    assert {day.year for day in opened} == set(range(2016, 2026))
    assert {row["closed_on"] for row in STATIONS} == {""}


def test_points_for_drivers_alone_are_as_old_as_their_breakfast() -> None:
    opened = {row["opened_on"] for row in BREAKFAST if row["services"] == "breakfast"}
    for_drivers = {
        row["opened_on"]
        for row in BREAKFAST
        if row["services"] == "breakfast" and row["breakfast_for"] == Group.BUS_DRIVER
    }

    assert for_drivers == {"2020-05-11"}
    assert {day[:4] for day in opened - for_drivers} == {"2016"}


def test_thirty_serve_breakfast_twenty_to_sanitation_workers_and_ten_to_bus_drivers() -> None:
    assert Counter(row["breakfast_for"] for row in BREAKFAST) == {
        Group.SANITATION: 20,
        Group.BUS_DRIVER: 10,
    }


def test_some_of_both_kinds_are_breakfast_points_only() -> None:
    only = Counter(row["breakfast_for"] for row in STATIONS if row["services"] == "breakfast")
    assert only == {Group.SANITATION: 8, Group.BUS_DRIVER: 4}


@pytest.mark.parametrize("service", list(ServiceKind))
def test_a_service_says_whom_it_is_for_exactly_when_it_is_offered(service: ServiceKind) -> None:
    for row in STATIONS:
        offered = service in row["services"].split(";")
        assert bool(row[f"{service}_for"]) == offered
        assert offered or not row[f"{service}_hours"]


def test_every_coded_value_is_one_of_the_domain() -> None:
    groups = {"anyone", *Group, f"{Group.SANITATION};{Group.BUS_DRIVER}", ""}
    for row in STATIONS:
        assert set(row["services"].split(";")) <= set(ServiceKind)
        assert {row["rest_for"], row["breakfast_for"]} <= groups
        assert row["accessibility"] in list(Accessibility)
        assert row["datum"] == Datum.WGS84


def test_amenities_stand_in_the_order_of_the_domain() -> None:
    order = list(Amenity)
    for row in STATIONS:
        listed = [Amenity(each) for each in row["amenities"].split(";") if each]
        assert listed == sorted(set(listed), key=order.index)


@pytest.mark.parametrize("hours", [each for each in HOURS if each])
def test_hours_parse_in_the_osm_grammar(hours: str) -> None:
    OpeningHours(hours)


@pytest.mark.parametrize("hours", HOURS)
def test_holidays_appear_only_off_with_times_or_in_a_list_of_weekdays(hours: str) -> None:
    day = "(Mo|Tu|We|Th|Fr|Sa|Su)"
    times = r"\d\d:\d\d-\d\d:\d\d(,\d\d:\d\d-\d\d:\d\d)*"
    for rule in hours.split("; "):
        if "PH" in rule:
            assert re.fullmatch(rf"(({day}|{day}-{day}),)*PH (off|{times})", rule)


def test_hours_are_of_every_kind_that_a_real_list_has() -> None:
    rest = {row["rest_hours"] for row in STATIONS if "rest" in row["services"]}
    assert {"", "24/7", "Mo-Su 22:00-06:00", "Mo-Fr 08:00-18:00; PH off"} <= rest
    assert any("Apr-Oct" in hours for hours in rest)


def test_every_position_has_six_decimals() -> None:
    for row in STATIONS:
        assert re.fullmatch(r"\d{3}\.\d{6}", row["longitude"])
        assert re.fullmatch(r"\d{2}\.\d{6}", row["latitude"])


def test_every_station_lies_in_the_outline_of_its_township_and_in_no_other() -> None:
    townships = outlines("townships")
    for row in STATIONS:
        holding = [code for code, area in townships.items() if area.covers(PLACED[row["id"]])]
        assert holding == [row["township_code"]]


def test_every_station_lies_in_the_county_of_its_township() -> None:
    counties = outlines("counties")
    county_of = {unit["code"]: unit["county_code"] for unit in units("townships")}
    for row in STATIONS:
        assert counties[county_of[row["township_code"]]].contains(PLACED[row["id"]])


def test_every_township_with_a_position_has_a_station_and_no_other_has() -> None:
    located = {unit["code"] for unit in units("townships") if unit["seat_longitude"] is not None}
    assert {row["township_code"] for row in STATIONS} == located


def test_counties_have_stations_in_proportion_to_their_people() -> None:
    county_of = {unit["code"]: unit["county_code"] for unit in units("townships")}
    held = Counter(county_of[row["township_code"]] for row in STATIONS)
    people = {unit["code"]: unit["population"] for unit in units("counties")}
    for code, count in held.items():
        assert abs(count - 203 * people[code] / sum(people.values())) < 1


def test_no_two_stations_stand_closer_than_150_metres() -> None:
    for one, other in combinations(PLACED.values(), 2):
        if abs(one.y - other.y) < 0.01 and abs(one.x - other.x) < 0.01:
            assert SPHEROID.inv(one.x, one.y, other.x, other.y)[2] > 149


def test_stations_are_denser_in_streets_than_in_the_country() -> None:
    townships = outlines("townships")
    streets = {unit["code"] for unit in units("townships") if unit["name"].endswith("街道")}
    held = Counter(row["township_code"] in streets for row in STATIONS)
    area = Counter[bool]()
    for code, outline in townships.items():
        area[code in streets] += outline.area  # type: ignore[assignment]
    assert held[True] / area[True] > 5 * held[False] / area[False]


def test_breakfast_is_served_before_the_hours_that_the_reports_give() -> None:
    latest = {"sanitation": "07:00", "bus_driver": "07:10"}
    for row in BREAKFAST:
        assert row["breakfast_hours"].endswith(f"-{latest[row['breakfast_for']]}")
