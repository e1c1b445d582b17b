"""What is passed along a route, and how far off, agrees with searching every segment by itself."""

import math
from collections.abc import Sequence
from itertools import pairwise, starmap

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from geographiclib.geodesicline import GeodesicLine
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.route import FARTHEST, MOST_PLACES, Route, Side
from geo_service.domain.station_index import StationIndex

# Another implementation than pyproj's, by the algorithm's author.
ORACLE = Geodesic.WGS84
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
SAMPLES = 40

Place = tuple[float, float]


def _coordinates(places: Sequence[Place]) -> Coordinates:
    degrees = np.array(places, np.float64).reshape(-1, 2)
    return Coordinates(longitudes=degrees[:, 0], latitudes=degrees[:, 1])


def _index(places: Sequence[Place]) -> StationIndex:
    return StationIndex([Coordinate(longitude=x, latitude=y) for x, y in places])


def _metres(line: GeodesicLine, along: float, place: Place) -> float:
    at = line.Position(along)
    found = ORACLE.Inverse(at["lat2"], at["lon2"], place[1], place[0], Geodesic.DISTANCE)
    return float(found["s12"])


def _closest_on(line: GeodesicLine, place: Place) -> tuple[float, float]:
    """Return offset and metres along of the closest point: samples, then golden section."""
    length = line.s13
    step = length / SAMPLES
    best = min(range(SAMPLES + 1), key=lambda each: _metres(line, each * step, place))
    low, high = max(0.0, (best - 1) * step), min(length, (best + 1) * step)
    while high - low > 1e-4:
        first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if _metres(line, first, place) <= _metres(line, second, place):
            high = second
        else:
            low = first
    ends = [(_metres(line, each, place), each) for each in (0.0, (low + high) / 2.0, length)]
    return min(ends)


def _apart(one: Place, other: Place) -> float:
    return float(ORACLE.Inverse(one[1], one[0], other[1], other[0], Geodesic.DISTANCE)["s12"])


def _closest(route: Sequence[Place], place: Place) -> tuple[float, float]:
    found, start = [], 0.0
    for (x1, y1), (x2, y2) in pairwise(route):
        line = ORACLE.InverseLine(y1, x1, y2, x2)
        offset, along = _closest_on(line, place)
        found.append((offset, start + along))
        start += line.s13
    return min(found)


def _degrees_near(x: float, y: float, reach: float) -> st.SearchStrategy[Place]:
    return st.tuples(
        st.floats(-reach, reach).map(lambda by: (x + by + 540.0) % 360.0 - 180.0),
        st.floats(-reach, reach).map(lambda by: max(-90.0, min(90.0, y + by))),
    )


# A city; the antimeridian; near a pole; at the equator: routes of a few kilometres or hundreds.
SETTINGS = st.sampled_from(
    [
        *((114.0, 33.58, 0.05), (114.0, 33.58, 2.0), (180.0, -17.0, 0.05), (179.9, 65.0, 1.0)),
        *((20.0, 89.9, 0.1), (0.0, 0.0, 0.5), (-70.0, -55.0, 0.02)),
    ]
)


@settings(max_examples=60, deadline=None)
@given(SETTINGS, st.data(), st.floats(10.0, FARTHEST))
def test_passes_agree_with_searching_every_segment(
    where: tuple[float, float, float], data: st.DataObject, within: float
) -> None:
    line = data.draw(st.lists(_degrees_near(*where), min_size=2, max_size=5))
    assume(sum(starmap(_apart, pairwise(line))) > 1e-3)
    stations = data.draw(st.lists(_degrees_near(*where), min_size=1, max_size=8))
    route = Route.through(_coordinates(line))

    found = route.passes(_index(stations), Metres(within))

    truth = {number: _closest(line, place) for number, place in enumerate(stations)}
    assert {number for number, (offset, _) in truth.items() if offset <= within - 1e-6} <= {
        *found.numbers
    }
    for number, offset, along in zip(found.numbers, found.offsets, found.along, strict=True):
        # Of two passes equally close, to a centimetre, the first is told.
        assert truth[number][0] - 1e-4 <= offset <= truth[number][0] + 0.01
        assert offset <= within
        assert offset == pytest.approx(_offset_at(line, along, stations[number]), abs=1e-4)
    assert found.along == sorted(found.along)


def _offset_at(route: Sequence[Place], along: float, place: Place) -> float:
    for (x1, y1), (x2, y2) in pairwise(route):
        line = ORACLE.InverseLine(y1, x1, y2, x2)
        if along <= line.s13 + 1e-6:
            return _metres(line, along, place)
        along -= line.s13
    raise AssertionError("beyond the end")


def test_a_long_segment_bends_over_the_spheroid_and_not_through_it() -> None:
    line = [(100.0, 40.0), (115.0, 40.0)]
    middle = ORACLE.InverseLine(40.0, 100.0, 40.0, 115.0)
    at = middle.Position(middle.s13 / 2.0)

    found = Route.through(_coordinates(line)).passes(
        _index([(at["lon2"], at["lat2"]), (107.5, 40.0)]), Metres(100.0)
    )

    assert found.numbers == [0]  # the parallel lies 16 km south of the geodesic
    assert found.offsets[0] == pytest.approx(0.0, abs=1e-6)
    assert found.along[0] == pytest.approx(middle.s13 / 2.0, abs=1e-6)
    assert found.sides == [Side.ON]


def test_places_are_told_in_order_of_travel_with_their_side() -> None:
    line = [(114.0, 33.5), (114.0, 33.6)]  # northwards
    stations = [(114.001, 33.58), (113.999, 33.52), (114.0, 33.55)]

    there = Route.through(_coordinates(line)).passes(_index(stations), Metres(500.0))
    back = Route.through(_coordinates(line[::-1])).passes(_index(stations), Metres(500.0))

    assert (there.numbers, there.sides) == ([1, 2, 0], [Side.LEFT, Side.ON, Side.RIGHT])
    assert (back.numbers, back.sides) == ([0, 2, 1], [Side.LEFT, Side.ON, Side.RIGHT])


def test_of_two_passes_equally_close_the_first_counts() -> None:
    line = [(114.0, 33.5), (114.1, 33.5), (114.0, 33.5)]

    found = Route.through(_coordinates(line)).passes(_index([(114.02, 33.501)]), Metres(500.0))

    assert found.along[0] == pytest.approx(1857.0, rel=0.01)


def test_a_place_beyond_an_end_is_measured_from_the_end() -> None:
    line = [(114.0, 33.5), (114.0, 33.6)]

    found = Route.through(_coordinates(line)).passes(_index([(114.0, 33.601)]), Metres(500.0))

    assert found.along == pytest.approx([ORACLE.Inverse(33.5, 114.0, 33.6, 114.0)["s12"]])
    assert found.offsets == pytest.approx([ORACLE.Inverse(33.6, 114.0, 33.601, 114.0)["s12"]])


def test_positions_said_twice_make_no_difference() -> None:
    line = [(114.0, 33.5), (114.0, 33.5), (114.0, 33.6), (114.0, 33.6)]

    found = Route.through(_coordinates(line)).passes(_index([(114.001, 33.55)]), Metres(500.0))

    assert found.numbers == [0]


def test_no_station_at_all_is_passed_by_nobody() -> None:
    assert len(Route.through(_coordinates([(1, 1), (1, 2)])).passes(_index([]), Metres(1.0))) == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ([], "two different"),
        ([(114.0, 33.5)], "two different"),
        ([(114.0, 33.5), (114.0, 33.5)], "two different"),
        ([(180.0, 10.0), (-180.0, 10.0)], "two different"),
        ([(114.0, 33.5), (33.5, 80.0)], "km long"),
        ([(0.0, 0.0), (180.0, 0.0)], "km long"),
        ([(114.0, 33.5 + each / 1e6) for each in range(MOST_PLACES + 1)], "at most 5,000"),
    ],
)
def test_what_is_no_route_is_refused_in_words(line: list[Place], reason: str) -> None:
    with pytest.raises(InvalidQueryError, match=reason):
        Route.through(_coordinates(line))


@pytest.mark.parametrize("within", [-1.0, FARTHEST + 1.0, math.nan])
def test_a_distance_that_makes_no_sense_is_refused(within: float) -> None:
    route = Route.through(_coordinates([(114.0, 33.5), (114.0, 33.6)]))

    with pytest.raises(InvalidQueryError, match="within"):
        route.passes(_index([(114.0, 33.5)]), Metres(within))
