"""The map on paper: true to scale, north up, and in the colours of the screen."""

import re

import pytest
from shapely import box

from geo_service.domain.coordinate import WGS84, Bounds, Coordinate
from geo_service.domain.planar import PlanarCrs
from geo_service.settings import PROJECT
from maps.plate import COLOURS, Plate, PlateLayers, PlateUnit, lay_out

GROUND = box(114.0, 33.5, 114.2, 33.7)
CRS = PlanarCrs.choose(Bounds(west=114.0, south=33.5, east=114.2, north=33.7))


def at(longitude: float, latitude: float) -> Coordinate:
    return Coordinate(longitude=longitude, latitude=latitude)


def plate(*stations: Coordinate, marked: tuple[Coordinate, ...] = (), name: str = "甲") -> Plate:
    drawn = lay_out(
        [PlateUnit(name=name, boundary=GROUND, colour=4)],
        PlateLayers(stations=stations, marked=marked),
        crs=CRS,
        width=180.0,
        height=120.0,
    )
    assert drawn is not None
    return drawn


def test_the_scale_bar_is_as_long_as_the_ground_it_stands_for() -> None:
    drawn = plate(at(114.05, 33.6), at(114.15, 33.6))

    (west, _), (east, _) = drawn.stations
    _, _, metres = WGS84.inv(114.05, 33.6, 114.15, 33.6)
    assert (east - west) * drawn.bar_m / drawn.bar_mm == pytest.approx(metres, rel=2e-3)


def test_north_is_up_and_east_is_right() -> None:
    (x, y), (northern_x, northern_y) = plate(at(114.1, 33.55), at(114.1, 33.65)).stations
    (_, _), (eastern_x, _) = plate(at(114.1, 33.55), at(114.15, 33.55)).stations

    assert northern_y < y
    assert northern_x == pytest.approx(x, abs=0.5)
    assert eastern_x > x


def test_all_of_the_ground_is_on_the_paper() -> None:
    drawn = plate()

    places = [(float(x), float(y)) for x, y in re.findall(r"[ML](\S+) ([\d.]+)", drawn.units[0][0])]
    assert all(0 < x < drawn.width and 0 < y < drawn.height for x, y in places)


def test_numbers_of_places_that_lie_close_do_not_hide_each_other() -> None:
    close = tuple(at(114.1 + number / 2000, 33.6) for number in range(4))

    numbers = [mark[2:] for mark in plate(marked=close).marked]

    apart = [abs(ax - bx) + abs(ay - by) for ax, ay in numbers for bx, by in numbers]
    assert min(each for each in apart if each) > 4


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    assert lay_out([], PlateLayers(), crs=CRS, width=100.0, height=80.0) is None


def test_the_colours_are_those_of_the_map_on_the_screen() -> None:
    style = (PROJECT / "geo_service/web/static/maps/maps.css").read_text(encoding="utf-8")

    assert re.findall(r"\.colour-\d \{ fill: (#\w+);", style) == list(COLOURS)


def test_a_hostile_name_is_text_in_the_drawing() -> None:
    drawn = plate(name="<script>x</script>").svg(title='"><x>', bar_text="<b>", north="<n>")

    assert not re.findall("<(script|x|b|n)>", drawn)
