"""Outlines made light."""

from shapely import Point, Polygon, box
from shapely.geometry import shape

from maps.outlines import Outlines, bounds_of, for_drawing, label_place
from tests.support.map_samples import some_outlines


def test_an_outline_is_drawn_with_a_fraction_of_its_corners() -> None:
    round_one = Point(114.0, 33.5).buffer(0.05, quad_segs=500)

    drawn = shape(for_drawing(round_one))
    assert isinstance(drawn, Polygon)

    assert len(drawn.exterior.coords) < 150
    assert drawn.symmetric_difference(round_one).area < 0.005 * round_one.area


def test_degrees_are_drawn_with_five_decimals() -> None:
    drawn = for_drawing(box(114.123456789, 33.5, 114.2, 33.6))

    assert all(round(x, 5) == x for x, _ in drawn["coordinates"][0])


def test_what_is_smaller_than_the_tolerance_is_still_drawn() -> None:
    tiny = box(114.0, 33.5, 114.00005, 33.50005)

    assert shape(for_drawing(tiny)).area > 0


def test_a_name_stands_inside_a_unit_bent_like_a_horseshoe() -> None:
    bent = Polygon([(0, 0), (9, 0), (9, 9), (8, 9), (8, 1), (1, 1), (1, 9), (0, 9)])

    latitude, longitude = label_place(bent)

    assert bent.contains(Point(longitude, latitude))


def test_a_unit_without_a_boundary_is_left_out_of_the_ground() -> None:
    townships = some_outlines().to_json("zh")["townships"]

    assert isinstance(townships, list)
    assert [each["properties"]["name"] for each in townships] == ["西镇", "东区镇"]


def test_nothing_to_hold_has_no_bounds() -> None:
    assert bounds_of([None, Polygon()]) is None
    assert Outlines().geometries() == []
