"""Stations in columns: the same as the stations they were made of, whatever their texts hold."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.coordinate import Bounds, Coordinate
from geo_service.domain.datum import Datum
from geo_service.domain.eras import Era
from geo_service.domain.errors import InvalidCoordinateError
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationFilter,
    StationId,
)
from geo_service.domain.station_columns import ColumnsBuilder, StationColumns
from geo_service.domain.station_index import StationIndex
from geo_service.domain.station_lines import joined, split
from tests.support.register import a_register, a_station

LONGITUDES, LATITUDES = st.floats(-180, 180), st.floats(-90, 90)
WORDS = st.text()
MAYBE = st.none() | WORDS
COORDINATES = st.builds(Coordinate, longitude=LONGITUDES, latitude=LATITUDES)


def services_of(kind: ServiceKind) -> st.SearchStrategy[Service]:
    groups = st.frozensets(st.sampled_from(Group))
    return st.builds(Service, kind=st.just(kind), opening_hours=MAYBE, groups=groups)


STATIONS = st.builds(
    Station,
    id=WORDS.map(StationId),
    name=WORDS,
    name_en=MAYBE,
    coordinate=COORDINATES,
    services=st.tuples(*map(services_of, ServiceKind))
    | st.tuples(services_of(ServiceKind.BREAKFAST))
    | st.just(()),
    reading=st.builds(
        Reading, x=st.floats(allow_nan=False), y=st.floats(-90, 90), datum=st.sampled_from(Datum)
    ),
    data_status=st.sampled_from(DataStatus),
    source=WORDS,
    amenities=st.frozensets(st.sampled_from(Amenity)),
    address=MAYBE,
    township_code=MAYBE,
    telephone=MAYBE,
    capacity=st.none() | st.integers(0, 2**31 - 1),
    accessibility=st.sampled_from(Accessibility),
    accuracy_m=st.none() | st.floats(0, 1e6),
    verified_on=st.none() | st.dates(),
    opened_on=st.none() | st.dates(),
    closed_on=st.none() | st.dates(),
    reported_closed_on=st.none() | st.dates(),
)
REGISTERS = st.lists(STATIONS, max_size=6, unique_by=lambda station: station.id)


def read(lines: list[bytes]) -> StationColumns:
    builder = ColumnsBuilder()
    builder.add(lines)
    return builder.columns()


@given(REGISTERS)
def test_columns_hold_the_stations_they_were_made_of_by_identifier(given: list[Station]) -> None:
    expected = sorted(given, key=lambda station: station.id)

    columns = StationColumns.of(given)

    assert list(columns) == expected
    assert [columns[number] for number in range(len(given))] == expected
    assert columns == expected


@given(REGISTERS)
def test_lines_make_the_columns_they_were_written_from(given: list[Station]) -> None:
    columns = StationColumns.of(given)

    lines = list(columns.lines())

    assert read(lines) == columns
    assert not any(b"\n" in line for line in lines)


@given(st.lists(MAYBE, min_size=1))
def test_a_line_has_the_cells_it_was_written_from(cells: list[str | None]) -> None:
    assert split(joined(cells)) == cells


def test_lines_in_the_order_of_another_alphabet_are_put_in_that_of_the_identifiers() -> None:
    columns = StationColumns.of(
        [a_station("a", 1.0, 2.0), a_station("B", 3.0, 4.0), a_station("ä", 5.0, 6.0)]
    )

    again = read(sorted(columns.lines(), key=lambda line: line.lower()))

    assert [station.id for station in again] == ["B", "a", "ä"]
    assert again == columns


def test_a_station_is_found_by_its_identifier_and_none_by_another() -> None:
    columns = StationColumns.of([a_station("A-1"), a_station("A-3"), a_station("A-2")])

    assert [columns.number_of(each) for each in ("A-1", "A-2", "A-3")] == [0, 1, 2]
    assert [columns.number_of(each) for each in ("", "A-0", "A-25", "Z")] == [None] * 4


def test_columns_are_asked_as_a_tuple_is() -> None:
    stations = tuple(a_station(f"A-{number}") for number in range(5))
    columns = StationColumns.of(stations)

    assert (columns[-1], columns[1:3], columns[::-2]) == (
        stations[-1],
        stations[1:3],
        stations[::-2],
    )
    with pytest.raises(IndexError):
        columns[5]
    assert columns != stations[:4]


def test_no_stations_make_empty_columns() -> None:
    assert (len(StationColumns.of([])), list(read([]))) == (0, [])


@pytest.mark.parametrize(("longitude", "latitude"), [("181", "0"), ("0", "-91"), ("NaN", "0")])
def test_a_line_that_lies_nowhere_on_earth_is_refused(longitude: str, latitude: str) -> None:
    [line] = StationColumns.of([a_station("A-1", 1.5, 2.5)]).lines()
    moved = line.replace(b"\t1.5\t2.5\t", f"\t{longitude}\t{latitude}\t".encode(), 1)

    with pytest.raises(InvalidCoordinateError):
        read([moved])


@pytest.mark.parametrize("spoilt", [b"", b"A-1", b"A-1\t1\t2\tmars"])
def test_a_line_that_makes_no_sense_is_refused(spoilt: bytes) -> None:
    with pytest.raises(ValueError, match="unpack"):
        read([spoilt])


@given(
    st.builds(Bounds, west=LONGITUDES, east=LONGITUDES, south=st.just(-9.0), north=st.just(9.0)),
    st.lists(COORDINATES | st.builds(Coordinate, longitude=LONGITUDES, latitude=st.just(9.0))),
)
def test_a_selection_keeps_what_lies_in_a_box_also_across_the_antimeridian(
    bounds: Bounds, places: list[Coordinate]
) -> None:
    stations = [
        a_station(f"A-{number:03}", each.longitude, each.latitude)
        for number, each in enumerate(places)
    ]
    selection = a_register(stations).select(StationFilter(), Era(0))

    found = selection.numbers(range(len(selection.kinds)), bounds)

    assert found == [number for number, each in enumerate(places) if bounds.contains(each)]


@given(
    REGISTERS,
    st.sampled_from(ServiceKind),
    st.sampled_from(Group),
    st.sampled_from(Amenity),
    st.dates(),
)
def test_a_selection_has_the_stations_that_each_asked_alone_would_match(
    given: list[Station], kind: ServiceKind, group: Group, amenity: Amenity, on: date
) -> None:
    register = a_register(given)
    for conditions in (
        StationFilter(service=kind, group=group),
        StationFilter(amenities=frozenset({amenity})),
    ):
        expected = [
            (each, conditions.services_of(each))
            for each in sorted(given, key=lambda station: station.id)
            if each.in_being(on) and conditions.services_of(each)
        ]

        assert list(register.select(conditions, register.eras.on(on))) == expected


def test_an_index_of_degrees_finds_what_one_of_coordinates_finds() -> None:
    stations = [a_station(f"A-{n}", 114 + n * 0.37 % 1, 33 + n * 0.73 % 1) for n in range(50)]
    columns = StationColumns.of(stations)
    origin = Coordinate(longitude=114.4, latitude=33.6)
    index = a_register(stations).select(StationFilter(), Era(0)).index

    found = index.nearest(origin, 7)

    assert list(found) == list(StationIndex([s.coordinate for s in columns]).nearest(origin, 7))


def test_a_day_and_what_is_not_known_stay_what_they_are() -> None:
    station = a_station("A-1", verified_on=date(2026, 2, 28), telephone="", capacity=0)

    [made] = StationColumns.of([station])

    assert (made.verified_on, made.telephone, made.capacity) == (date(2026, 2, 28), "", 0)
    assert (made.address, made.accuracy_m, made.name_en) == (None, None, None)
