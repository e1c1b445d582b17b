"""CQL2 filters of /api/v1/stations, nearest and along: right answers, and every fault in words."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_service.domain.datum import Datum, coordinate_in
from geo_service.domain.register import Register
from geo_service.web.api.filters import MEDIA_TYPE
from tests.support.hostile import TEXTS
from tests.support.schema import assert_as_described

STATIONS = "/api/v1/stations"
NEAREST = f"{STATIONS}/nearest"
QUERYABLES = f"{STATIONS}/queryables"
AT = {"lon": "114.0163", "lat": "33.5814"}
WATER = "capacity > 8 AND A_CONTAINS(amenities, ('water', 'toilet'))"

REFUSED = (
    "",
    " ",
    "capacity >",
    "capacity > 'a'",
    "capacity",
    "name > 3",
    "nothing = 1",
    "pg_sleep(5) = 1",
    "name = pg_read_file('/etc/passwd')",
    "1 = 1; DROP TABLE station",
    "name = 'a' UNION SELECT password_hash FROM account",
    "name = 'a' --",
    "name = '",
    '"name = 1',
    "geometry = 'POINT(0 0)'",
    "geometry > 1",
    "S_INTERSECTS(name, POINT(1 1))",
    "S_INTERSECTS(geometry, POLYGON((1 1)))",
    "S_INTERSECTS(geometry, POLYGON((1 1, 2 2, 1 2, 2 1, 1 1)))",
    "S_INTERSECTS(geometry, POINT(114 95))",
    "S_INTERSECTS(geometry, POINT(nan 33))",
    "S_INTERSECTS(geometry, POINT Z (114 33 1))",
    "S_INTERSECTS(geometry, POINT EMPTY)",
    "S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(1 1)))",
    "S_INTERSECTS(geometry, BBOX(1, 2, 3))",
    "S_INTERSECTS(geometry, BBOX(1, 5, 3, 4))",
    "S_INTERSECTS(geometry, 'x')",
    "S_DWITHIN(geometry, POINT(114 33), 5)",
    "(" * 400 + "capacity = 1" + ")" * 400,
    "NOT " * 400 + "capacity = 1",
    "f(" * 400 + ")" * 400,
    "capacity = " + "9" * 1900,
    "capacity = 1e999",
    "capacity = 1_000",
    "capacity = １",
    "capacity = NaN",
    "capacity = 1" + " OR capacity = 1" * 110,
    "capacity = 1" + " OR capacity = 1" * 400,
    "capacity = TRUE",
    "capacity + 1 = 2",
    "capacity = accuracy_m",
    "opened_on < DATE('9999-99-99')",
    "opened_on < '2020-01-01'",
    "T_MEETS(opened_on, INTERVAL('2020-01-01', '2021-01-01'))",
    "T_DURING(opened_on, INTERVAL('2021-01-01', '2020-01-01'))",
    "T_BEFORE(name, DATE('2020-01-01'))",
    "amenities = 'water'",
    "A_CONTAINS(amenities, ('watr'))",
    "A_CONTAINS(name, ('water'))",
    "accessibility = 'yess'",
    "CASEI(capacity) = 1",
    "ACCENTI(name) = 'a'",
    "name LIKE 3",
    "name LIKE name_en",
    "name IN ()",
    "name BETWEEN 'a' AND 'b'",
    "\0",
    "name = 'a'\0",
    "{",
    "{}",
    "[" * 2000,
    '{"op": "and"}',
    '{"op": "and", "args": []}',
    '{"op": "=", "args": [{"property": "capacity"}, null]}',
    '{"op": "=", "args": [{"property": "capacity"}, NaN]}',
    '{"op": "=", "args": [{"property": "capacity", "x": 1}, 1]}',
    '{"op": "=", "args": [{"property": ["capacity"]}, 1]}',
    '{"op": "=", "args": [{"property": "\\ud800"}, 1]}',
    '{"op": "=", "args": [{"property": "capacity"}, 1, 2]}',
    '{"op": {"op": 1}, "args": []}',
    '{"op": "in", "args": [{"property": "name"}, "abc"]}',
    '{"op": "a_contains", "args": [{"property": "amenities"}, [["water"]]]}',
    '{"op": "s_within", "args": [{"property": "geometry"}, {"type": "Point"}]}',
    '{"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1, 2, [3], 4]}]}',
    (
        '{"op": "s_within", "args": [{"property": "geometry"}, '
        '{"type": "Polygon", "coordinates": [[[1, 1], [2, 2], {}, [1, 1]]]}]}'
    ),
    (
        '{"op": "s_within", "args": [{"property": "geometry"}, '
        '{"type": ["Polygon"], "coordinates": []}]}'
    ),
    '{"op":"not","args":[' * 200 + "true" + "]}" * 200,
)


def ids(answer: Any) -> list[str]:
    return [each["id"] for each in answer["features"]]


def found(client: FlaskClient, path: str = STATIONS, **query: str) -> list[str]:
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.text
    return ids(response.get_json())


def test_a_filter_narrows_the_list(client: FlaskClient, register: Register) -> None:
    expected = [
        each.id
        for each in register.stations
        if each.capacity is not None
        and each.capacity > 8
        and {"water", "toilet"} <= {amenity.value for amenity in each.amenities}
    ]

    assert found(client, filter=WATER, limit="1000") == expected
    assert 0 < len(expected) < 203


def test_a_filter_narrows_nearest(client: FlaskClient) -> None:
    everything = found(client, NEAREST, limit="50", **AT)
    matching = set(found(client, filter=WATER, limit="1000"))

    answer = client.get(NEAREST, query_string={"filter": WATER, "limit": "9", **AT}).get_json()

    assert answer["numberMatched"] == len(matching)
    assert ids(answer) == [each for each in everything if each in matching][:9]


def test_many_origins_take_a_filter_as_text_or_as_an_object(client: FlaskClient) -> None:
    condition = {"op": ">", "args": [{"property": "capacity"}, 8]}
    origins = [{"lon": float(AT["lon"]), "lat": float(AT["lat"])}]

    answers = [
        client.post(NEAREST, json={"origins": origins, "filter": given}).get_json()
        for given in (condition, json.dumps(condition), "capacity > 8")
    ]

    nearest = found(client, NEAREST, filter="capacity > 8", **AT)
    for answer in answers:
        assert [each["id"] for each in answer["origins"][0]["nearest"]] == nearest


def test_a_filter_and_all_other_conditions_hold_at_once(client: FlaskClient) -> None:
    both = found(client, filter=WATER, service="breakfast", limit="1000")
    one = set(found(client, filter=WATER, limit="1000"))
    other = found(client, service="breakfast", limit="1000")

    assert both == [each for each in other if each in one] != []


def test_a_line_takes_a_filter(client: FlaskClient) -> None:
    line = {"type": "LineString", "coordinates": [[114.0, 33.55], [114.05, 33.6]]}
    everything = client.post(f"{STATIONS}/along", json={"line": line}).get_json()
    matching = set(found(client, filter="capacity > 8", limit="1000"))

    answer = client.post(f"{STATIONS}/along", json={"line": line, "filter": "capacity > 8"})

    assert ids(answer.get_json()) == [each for each in ids(everything) if each in matching]


def test_json_says_the_same_as_text(client: FlaskClient) -> None:
    condition = json.dumps({"op": "between", "args": [{"property": "capacity"}, 5, 8]})

    asked = found(client, filter=condition, **{"filter-lang": "cql2-json"})

    assert asked == found(client, filter=condition)
    assert asked == found(client, filter="capacity BETWEEN 5 AND 8")


def test_next_links_keep_the_filter_and_its_language(client: FlaskClient) -> None:
    query = {"filter": "capacity > 2", "filter-lang": "cql2-text", "limit": "1"}
    page = client.get(STATIONS, query_string=query).get_json()
    links = {each["rel"]: each["href"] for each in page["links"]}

    following = client.get(links["next"].removeprefix("http://localhost")).get_json()

    assert "filter-lang=cql2-text" in links["next"]
    assert following["numberMatched"] == page["numberMatched"] < 203
    assert ids(following) != ids(page)


def test_coordinates_of_a_filter_are_in_the_datum_of_the_question(
    client: FlaskClient, register: Register
) -> None:
    at = register.stations[0].coordinate
    x, y = coordinate_in(at, Datum.GCJ02)
    box = f"S_WITHIN(geometry, BBOX({x - 0.0005}, {y - 0.0005}, {x + 0.0005}, {y + 0.0005}))"

    assert register.stations[0].id in found(client, filter=box, datum="gcj02")
    assert register.stations[0].id not in found(client, filter=box)


def test_a_filter_that_nothing_meets_gives_an_empty_list(client: FlaskClient) -> None:
    for path in (STATIONS, NEAREST):
        query = {"filter": "FALSE"} | (AT if path == NEAREST else {})
        answer = client.get(path, query_string=query).get_json()
        assert (answer["numberMatched"], answer["features"]) == (0, [])


@pytest.mark.parametrize("condition", REFUSED)
@pytest.mark.parametrize("path", [STATIONS, NEAREST])
def test_what_cannot_be_asked_is_refused_in_words(
    client: FlaskClient, condition: str, path: str
) -> None:
    query = {"filter": condition} | (AT if path == NEAREST else {})
    response = client.get(path, query_string=query)

    assert response.status_code == 400
    (fault,) = response.get_json()["errors"]
    assert fault["parameter"] == "filter"
    assert 10 < len(fault["detail"]) < 600
    for word in ("Traceback", "Error", "0x", "object at", "geo_service."):
        assert word not in response.text


@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_a_filter_of_one_language_is_none_of_the_other(client: FlaskClient, language: str) -> None:
    other = {"cql2-text": '{"op": "=", "args": [{"property": "capacity"}, 1]}'}
    condition = other.get(language, "capacity = 1")

    query = {"filter": condition, "filter-lang": language}
    assert client.get(STATIONS, query_string=query).status_code == 400


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_compared_as_text(client: FlaskClient, text: str) -> None:
    quoted = text.replace("'", "''")

    assert found(client, filter=f"name = '{quoted}' OR address LIKE '{quoted}'") == []


def test_a_language_alone_is_refused(client: FlaskClient) -> None:
    problem = client.get(f"{STATIONS}?filter-lang=cql2-text").get_json()

    assert "filter-lang" in problem["detail"]


def test_another_language_is_refused_by_name(client: FlaskClient) -> None:
    response = client.get(f"{STATIONS}?filter=TRUE&filter-lang=ecql")

    assert response.status_code == 400
    assert "cql2-text" in response.get_json()["detail"]


def test_a_misspelt_property_is_told_its_name(client: FlaskClient) -> None:
    problem = client.get(STATIONS, query_string={"filter": "capacty > 1"}).get_json()

    assert "did you mean capacity?" in problem["detail"]


def test_queryables_name_what_a_filter_may(client: FlaskClient) -> None:
    response = client.get(QUERYABLES)
    schema = response.get_json()

    assert response.mimetype == MEDIA_TYPE
    assert_as_described(client, QUERYABLES, "get", schema, MEDIA_TYPE)
    for name in set(schema["properties"]) - {"geometry"}:
        assert found(client, filter=f"{name} IS NULL OR {name} IS NOT NULL", limit="1")


def test_queryables_have_every_word_of_a_vocabulary(client: FlaskClient) -> None:
    properties = client.get(QUERYABLES).get_json()["properties"]

    for name in ("accessibility", "data_status"):
        for word in properties[name]["enum"]:
            found(client, filter=f"{name} = '{word}'")
    for name in ("services", "amenities", "rest_for", "breakfast_for"):
        for word in properties[name]["items"]["enum"]:
            found(client, filter=f"A_OVERLAPS({name}, ('{word}'))")
