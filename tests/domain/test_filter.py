"""Filters of stations, against a meaning told in Python station by station, shapely and cql2-rs."""

import json
import re
from datetime import date
from time import perf_counter

import cql2
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_service.domain.datum import Datum
from geo_service.domain.filter_pattern import pattern_of
from geo_service.domain.filter_properties import Columns
from geo_service.domain.filter_reading import (
    MOST_CONDITIONS,
    FilterError,
    FilterLanguage,
    read_filter,
)
from geo_service.domain.filter_text import read_text
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from tests.support.any_stations import registers
from tests.support.filters import Said, filters, values_of
from tests.support.register import a_register, a_station

TEXT, JSON = FilterLanguage.TEXT, FilterLanguage.JSON


def kept(register: Register, text: str, language: FilterLanguage = TEXT) -> list[str]:
    """The identifiers of the stations that a filter keeps."""
    truths = read_filter(text, language).holds(Columns(register))
    return [each for each, true in zip(register.stations.ids, truths, strict=True) if true]


@given(registers, filters)
@settings(max_examples=100, deadline=None)
def test_a_filter_keeps_the_stations_that_it_is_true_of(found: list[Station], said: Said) -> None:
    register = a_register(found)
    expected = [each.id for each in register.stations if said.holds(values_of(each)) is True]

    assert kept(register, said.text) == expected
    assert kept(register, json.dumps(said.json), JSON) == expected


@given(filters)
@settings(max_examples=100, deadline=None)
def test_what_a_filter_is_written_as_reads_as_the_same_filter(said: Said) -> None:
    condition = read_filter(said.text, TEXT)

    assert read_filter(condition.text, TEXT) == condition
    assert read_filter(json.dumps(said.json), JSON) == condition


@given(filters)
@settings(max_examples=100, deadline=None)
def test_another_reader_of_cql2_reads_the_same(said: Said) -> None:
    canonical = read_filter(said.text, TEXT).text
    assume("()" not in canonical)  # which cql2-rs does not read, and the standard has

    theirs = cql2.parse_text(canonical).to_json()

    assert read_filter(json.dumps(theirs), JSON).text == canonical


@pytest.mark.parametrize(
    "text",
    [
        "capacity > 1 OR name = 'b' AND id = 'c'",
        "NOT capacity > 1 AND name = 'b' OR id = 'c'",
        "NOT (capacity > 1 OR name = 'b') AND id = 'c'",
        "name NOT LIKE 'a%' AND capacity NOT BETWEEN 1 AND 2",
        "name not in ('a', 'b') or name is not null",
    ],
)
def test_conditions_are_put_together_as_the_standard_says(text: str) -> None:
    theirs = cql2.parse_text(text).to_json()

    assert read_filter(json.dumps(theirs), JSON) == read_filter(text, TEXT)


def test_and_binds_closer_than_or() -> None:
    register = a_register([a_station("A", capacity=9), a_station("B", name="b")])

    assert kept(register, "capacity > 1 OR name = 'b' AND id = 'B'") == ["A", "B"]
    assert kept(register, "(capacity > 1 OR name = 'b') AND id = 'B'") == ["B"]


GEOMETRIES = (
    "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1))",
    "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((2 2, 3 2, 3 3, 2 2)))",
    "LINESTRING (0 0, 2 2, 4 0)",
    "MULTILINESTRING ((0 0, 4 4), (0 4, 4 0))",
    "POINT (2 2)",
    "MULTIPOINT ((2 2), (3 3))",
    "MULTIPOINT ((2 2), (2 2))",
)
RELATIONS = (
    "intersects",
    "disjoint",
    "contains",
    "within",
    "equals",
    "touches",
    "crosses",
    "overlaps",
)


@pytest.mark.parametrize("geometry", GEOMETRIES)
@pytest.mark.parametrize("relation", RELATIONS)
def test_a_station_lies_to_a_geometry_as_its_point_does(geometry: str, relation: str) -> None:
    places = {f"{x}-{y}": (x / 2, y / 2) for x in range(10) for y in range(10)}
    register = a_register([a_station(name, *at) for name, at in places.items()])
    shape, related = shapely.from_wkt(geometry), getattr(shapely, relation)
    points = {name: shapely.Point(at) for name, at in sorted(places.items())}

    station_first = kept(register, f"S_{relation}(geometry, {geometry})")
    geometry_first = kept(register, f"S_{relation}({geometry}, geometry)")

    assert station_first == [name for name, at in points.items() if related(at, shape)]
    assert geometry_first == [name for name, at in points.items() if related(shape, at)]


def test_a_box_may_cross_the_antimeridian() -> None:
    register = a_register([a_station("E", 179.5, 1.0), a_station("W", -179.5, 1.0), a_station("O")])

    assert kept(register, "S_WITHIN(geometry, BBOX(179, 0, -179, 2))") == ["E", "W"]


def test_the_same_filter_in_another_datum_is_another() -> None:
    text = "S_WITHIN(geometry, BBOX(113.9, 33.5, 114.1, 33.7))"

    assert read_filter(text, TEXT, Datum.GCJ02) != read_filter(text, TEXT)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("T_BEFORE(opened_on, DATE('2020-01-02'))", ["A"]),
        ("T_AFTER(opened_on, DATE('2020-01-02'))", ["C"]),
        ("T_BEFORE(DATE('2020-01-02'), opened_on)", ["C"]),
        ("T_EQUALS(opened_on, DATE('2020-01-02'))", ["B"]),
        ("T_DURING(opened_on, INTERVAL('2020-01-01', '2020-01-03'))", ["B"]),
        ("T_INTERSECTS(opened_on, INTERVAL('2020-01-02', '2020-01-03'))", ["B", "C"]),
        ("T_DISJOINT(opened_on, INTERVAL('2020-01-02', '..'))", ["A"]),
        ("t_after(opened_on, INTERVAL('..', '2020-01-01'))", ["B", "C"]),
    ],
)
def test_days_are_before_after_and_in_an_interval(condition: str, expected: list[str]) -> None:
    days = {"A": date(2020, 1, 1), "B": date(2020, 1, 2), "C": date(2020, 1, 3), "D": None}
    stations = [a_station(name, opened_on=day) for name, day in days.items()]

    assert kept(a_register(stations), condition) == expected


pieces = st.sampled_from(["%", "_", "\\%", "\\_", "\\\\", "a", "b", ".", "*", "\n", "é"])


@given(st.lists(pieces, max_size=8), st.text("ab%_\\.*\né", max_size=10))
@settings(max_examples=500, deadline=None)
def test_a_pattern_matches_what_its_regular_expression_does(given: list[str], text: str) -> None:
    signs = {"%": "(?s:.*)", "_": "(?s:.)"}
    expression = "".join(
        signs.get(each, re.escape(each.removeprefix("\\") or "\\")) for each in given
    )

    assert pattern_of("".join(given))(text) == (re.fullmatch(expression, text) is not None)


def test_no_pattern_takes_long() -> None:
    matches, began = pattern_of("%a" * 900 + "%b"), perf_counter()

    assert not matches("a" * 20_000)
    assert perf_counter() - began < 1


def test_large_and_small_letters_are_one_where_asked() -> None:
    register = a_register([a_station("A", name="Rest STOP"), a_station("B", name="rest")])

    assert kept(register, "CASEI(name) = CASEI('rEST stop')") == ["A"]
    assert kept(register, "CASEI(name) LIKE casei('REST%')") == ["A", "B"]
    assert kept(register, "name LIKE 'rest%'") == ["B"]


def test_a_quote_is_written_twice_and_a_backslash_is_one() -> None:
    register = a_register([a_station("A", name="it's \\"), a_station("B", name="\\")])

    assert kept(register, "name = 'it''s \\'") == ["A"]
    assert kept(register, "name = '\\'") == ["B"]


def test_names_may_stand_in_quotes_and_words_in_any_case() -> None:
    assert read_text("\"name\" Like 'a' aNd Not tRue") == read_text("name LIKE 'a' AND NOT TRUE")


def test_a_filter_puts_so_many_conditions_together_and_no_more() -> None:
    read_filter(" OR ".join(["capacity = 1"] * MOST_CONDITIONS), TEXT)

    with pytest.raises(FilterError, match="more than 100 conditions"):
        read_filter(" OR ".join(["capacity = 1"] * (MOST_CONDITIONS + 1)), TEXT)


@given(st.text(max_size=60) | st.text("()'\"=<>,.0123 ANDORNOT_namecapity{}[]:\\", max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    for language in FilterLanguage:
        try:
            read_filter(text, language)
        except FilterError as error:
            assert str(error)  # noqa: PT017  whatever it is, it is said in words


_OPERATIONS = (
    *("and", "or", "not", "=", "<", "like", "in", "between", "isNull", "casei", "+"),
    *("s_within", "t_before", "t_during", "a_contains", "avg"),
)
trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["name", "capacity", "geometry", "..", "2020-01-01", "Polygon", "water"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries(
            {
                "op": st.sampled_from(_OPERATIONS) | inner,
                "args": st.lists(inner, max_size=3) | inner,
            }
        )
        | st.dictionaries(
            st.sampled_from(["property", "date", "interval", "bbox", "type", "coordinates", "op"]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=12,
)


@given(trees)
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(tree: object) -> None:
    try:
        read_filter(json.dumps(tree), JSON)
    except FilterError as error:
        assert str(error)  # noqa: PT017  whatever it is, it is said in words
