"""Datum conversions, against two libraries that share no code with ours."""

import math
import warnings

import geocoordinates_ffi as ffi
import numpy as np
import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import (
    Datum,
    coordinate_in,
    from_wgs84,
    reading_to_coordinate,
    to_wgs84,
)
from geo_service.domain.errors import InvalidCoordinateError

WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
LUOHE = Coordinate(longitude=114.0163, latitude=33.5815)

shifted_datums = st.sampled_from([Datum.GCJ02, Datum.BD09])
in_china = st.builds(
    lambda x, y: Coordinate(longitude=x, latitude=y),
    st.floats(WEST, EAST),
    st.floats(SOUTH, NORTH),
)


@given(in_china)
def test_gcj02_agrees_with_prcoords(at: Coordinate) -> None:
    theirs = prcoords.wgs_gcj((at.latitude, at.longitude))

    assert coordinate_in(at, Datum.GCJ02) == pytest.approx((theirs.lon, theirs.lat), abs=1e-12)


@given(in_china)
def test_bd09_agrees_with_prcoords(at: Coordinate) -> None:
    theirs = prcoords.wgs_bd((at.latitude, at.longitude))

    assert coordinate_in(at, Datum.BD09) == pytest.approx((theirs.lon, theirs.lat), abs=1e-12)


@given(in_china)
def test_gcj02_agrees_with_geocoordinates(at: Coordinate) -> None:
    theirs = ffi.wgs84_to_gcj02(ffi.Wgs84(lat=at.latitude, lon=at.longitude))

    assert coordinate_in(at, Datum.GCJ02) == pytest.approx((theirs.lon, theirs.lat), abs=1e-12)


@given(in_china)
def test_bd09_agrees_with_geocoordinates(at: Coordinate) -> None:
    theirs = ffi.wgs84_to_bd09(ffi.Wgs84(lat=at.latitude, lon=at.longitude))

    assert coordinate_in(at, Datum.BD09) == pytest.approx((theirs.lon, theirs.lat), abs=1e-12)


@given(st.floats(WEST + 0.05, EAST - 0.05), st.floats(SOUTH + 0.05, NORTH - 0.05))
def test_off_the_edge_the_inverse_of_gcj02_agrees_with_geocoordinates(
    longitude: float, latitude: float
) -> None:
    at = Coordinate(longitude=longitude, latitude=latitude)
    x, y = coordinate_in(at, Datum.GCJ02)

    theirs = ffi.gcj02_to_wgs84_refined(ffi.Gcj02(lat=y, lon=x))

    found = reading_to_coordinate(x, y, Datum.GCJ02)
    their_place = Coordinate(longitude=theirs.lon, latitude=theirs.lat)
    assert found.distance_to(their_place) < 0.5


@given(in_china, shifted_datums)
def test_a_place_survives_the_way_out_and_back(at: Coordinate, datum: Datum) -> None:
    back = reading_to_coordinate(*coordinate_in(at, datum), datum)

    # A double's last digit at 137 degrees is three nanometres; at 105 the formula has a kink.
    assert back.distance_to(at) < (1e-6 if abs(at.longitude - 105) < 1e-9 else 2e-8)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
@pytest.mark.parametrize("longitude", [WEST, 105.0, EAST])
@pytest.mark.parametrize("latitude", [SOUTH, 10.1, 20.2, 30.3, 40.4, NORTH])
def test_a_place_on_the_edge_survives_the_way_out_and_back(
    longitude: float, latitude: float, datum: Datum
) -> None:
    at = Coordinate(longitude=longitude, latitude=latitude)

    back = reading_to_coordinate(*coordinate_in(at, datum), datum)

    assert back.distance_to(at) < 1e-6


@pytest.mark.parametrize(("datum", "metres"), [(Datum.GCJ02, 574.2), (Datum.BD09, 1258.3)])
def test_the_shift_at_luohe_is_as_published(datum: Datum, metres: float) -> None:
    x, y = coordinate_in(LUOHE, datum)

    assert LUOHE.distance_to(Coordinate(longitude=x, latitude=y)) == pytest.approx(metres, abs=0.1)


@pytest.mark.parametrize("longitude", [104.99999999, 105.0, 105.0000000001])
def test_the_inverse_settles_where_the_formula_has_a_kink(longitude: float) -> None:
    at = Coordinate(longitude=longitude, latitude=35.0)

    back = reading_to_coordinate(*coordinate_in(at, Datum.GCJ02), Datum.GCJ02)

    assert back.distance_to(at) < 1e-6


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=20), shifted_datums)
def test_arrays_are_converted_as_single_places_are(
    places: list[tuple[float, float]], datum: Datum
) -> None:
    xs, ys = np.array([x for x, _ in places]), np.array([y for _, y in places])

    there = from_wgs84(xs, ys, datum)
    back = to_wgs84(*there, datum)

    singly = [coordinate_in(Coordinate(longitude=x, latitude=y), datum) for x, y in places]
    singly_back = [reading_to_coordinate(x, y, datum) for x, y in singly]
    assert np.allclose(
        np.array(there).T.reshape(-1, 2), np.array(singly).reshape(-1, 2), atol=1e-12
    )
    assert np.allclose(back[0], [each.longitude for each in singly_back], rtol=0, atol=1e-12)
    assert np.allclose(back[1], [each.latitude for each in singly_back], rtol=0, atol=1e-12)


def test_arrays_given_are_left_as_they_are() -> None:
    xs, ys = np.array([114.0]), np.array([33.5])

    from_wgs84(xs, ys, Datum.GCJ02)
    to_wgs84(xs, ys, Datum.BD09)
    to_wgs84(xs, ys, Datum.WGS84)[0][0] = 0.0

    assert (xs[0], ys[0]) == (114.0, 33.5)


def test_arrays_keep_their_shape_and_their_gaps() -> None:
    xs, ys = to_wgs84([[114.0, math.nan]], 33.5, Datum.GCJ02)

    assert xs.shape == ys.shape == (1, 2)
    assert np.isnan(xs[0, 1])


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
@pytest.mark.parametrize(
    ("longitude", "latitude"), [(-73.57, 45.5), (2.35, 48.86), (151.2, -33.9), (180.0, 90.0)]
)
def test_outside_china_all_datums_are_one(longitude: float, latitude: float, datum: Datum) -> None:
    at = Coordinate(longitude=longitude, latitude=latitude)

    assert coordinate_in(at, datum) == (longitude, latitude)
    assert reading_to_coordinate(longitude, latitude, datum) == at


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_the_shift_begins_on_the_edge_of_the_box(datum: Datum) -> None:
    on_edge = Coordinate(longitude=WEST, latitude=30.0)
    beyond = Coordinate(longitude=math.nextafter(WEST, 0.0), latitude=30.0)

    assert coordinate_in(on_edge, datum) != (on_edge.longitude, on_edge.latitude)
    assert coordinate_in(beyond, datum) == (beyond.longitude, beyond.latitude)


@given(
    st.sampled_from(["west", "south", "east", "north"]),
    st.floats(-0.02, 0.02),
    st.floats(0.0, 1.0),
    shifted_datums,
)
def test_near_the_edge_the_inverse_is_a_true_origin_or_the_reading_itself(
    side: str, off: float, along: float, datum: Datum
) -> None:
    x, y = WEST + along * (EAST - WEST), SOUTH + along * (NORTH - SOUTH)
    if side in ("west", "east"):
        x = {"west": WEST, "east": EAST}[side] + off
    else:
        y = {"south": SOUTH, "north": NORTH}[side] + off

    found = reading_to_coordinate(x, y, datum)

    if (found.longitude, found.latitude) != (x, y):
        assert coordinate_in(found, datum) == pytest.approx((x, y), abs=1e-12)


@given(st.floats(), st.floats(), st.sampled_from(Datum))
def test_a_reading_is_a_place_on_earth_or_refused(x: float, y: float, datum: Datum) -> None:
    if -180 <= x <= 180 and -90 <= y <= 90:
        assert math.isfinite(reading_to_coordinate(x, y, datum).longitude)
    else:
        with pytest.raises(InvalidCoordinateError):
            reading_to_coordinate(x, y, datum)


def test_prcoords_too_leaves_places_outside_the_box_alone() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = prcoords.wgs_gcj((45.5, -73.57))

    at = Coordinate(longitude=-73.57, latitude=45.5)
    assert coordinate_in(at, Datum.GCJ02) == (theirs.lon, theirs.lat)
