"""A filter finds in memory what PostGIS finds when OGC API – Features asks it."""

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support.filters import Said, filters

ALIKE = (
    "TRUE",
    "FALSE OR capacity > 8",
    "county = '源汇区' AND township_code IS NOT NULL",
    "county_code IN ('411103', '411104') AND NOT township LIKE '%街道'",
    "name LIKE '%站%' AND NOT name LIKE '_%1_'",
    "name LIKE '%\\_%' OR name LIKE '100\\%'",
    "CASEI(name_en) LIKE CASEI('%SITE 0_7')",
    "CASEI(name_en) = 'demonstration site 007'",
    "rest_hours = '24/7' OR breakfast_hours IS NULL",
    "id > 'LH-100' AND id <= 'LH-120'",
    "10 < capacity OR capacity NOT IN (1, 2, 3)",
    "capacity NOT BETWEEN 3.5 AND 8",
    "opened_on BETWEEN DATE('2016-01-01') AND DATE('2018-12-31')",
    "T_BEFORE(opened_on, DATE('2018-01-01')) OR T_AFTER(verified_on, DATE('2020-01-01'))",
    "T_DISJOINT(opened_on, INTERVAL('2016-01-01', '2018-01-01'))",
    "T_DURING(opened_on, INTERVAL('..', '2018-01-01'))",
    "S_WITHIN(geometry, POLYGON((114 33.5, 114.1 33.5, 114.05 33.6, 114 33.5)))",
    "S_DISJOINT(geometry, MULTIPOLYGON(((113.9 33.5, 114.02 33.5, 114 33.7, 113.9 33.5))))",
    "S_CONTAINS(BBOX(113.9, 33.5, 114.05, 33.7), geometry)",
    "S_TOUCHES(geometry, LINESTRING(114 33.5, 114.1 33.6))",
    "S_INTERSECTS(geometry, POINT(114.0163 33.5814))",
)


def in_memory(client: FlaskClient, condition: str) -> list[str]:
    response = client.get("/api/v1/stations", query_string={"filter": condition, "limit": "1000"})
    assert response.status_code == 200, response.text
    return [each["id"] for each in response.get_json()["features"]]


def in_postgis(client: FlaskClient, condition: str) -> list[str]:
    query = {"f": "json", "filter": condition, "limit": "1000", "sortby": "id"}
    response = client.get("/ogc/collections/stations/items", query_string=query)
    assert response.status_code == 200, response.text
    return [each["id"] for each in response.get_json()["features"]]


@pytest.mark.parametrize("condition", ALIKE)
def test_a_filter_finds_the_same_in_memory_and_in_postgis(
    client: FlaskClient, condition: str
) -> None:
    assert in_memory(client, condition) == in_postgis(client, condition)


@given(filters)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
def test_any_filter_finds_the_same_in_memory_and_in_postgis(
    client: FlaskClient, said: Said
) -> None:
    # The view has lists as text, and PostgreSQL no NUL.
    assume("A_" not in said.text and "_for" not in said.text and "\0" not in said.text)

    assert in_memory(client, said.text) == in_postgis(client, said.text)


@given(st.text("%_\\站示0a", max_size=6))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_pattern_finds_the_same_in_memory_and_in_postgis(
    client: FlaskClient, pattern: str
) -> None:
    assume(not pattern.endswith("\\"))  # PostgreSQL refuses a backslash with nothing behind

    condition = f"name LIKE '{pattern}' OR id LIKE 'LH{pattern}'"
    assert in_memory(client, condition) == in_postgis(client, condition)
