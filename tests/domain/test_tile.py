"""Tiles of the square web map, held against pyproj's projection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.errors import TileNotFoundError
from geo_service.domain.tile import DEEPEST, EXTENT, MARGIN, Tile

TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
HALF = 20_037_508.342789244  # metres from the middle of the square to its sides
ZOOMS = st.integers(0, DEEPEST)
PLACES = st.builds(
    Coordinate,
    longitude=st.floats(-180, 180),
    latitude=st.floats(-85, 85),
)


def sides(tile: Tile, margin: float = 0.0) -> tuple[float, float, float, float]:
    """Return west, south, east and north of a tile in metres, with a margin in tiles."""
    length = 2 * HALF / 2**tile.z
    west, north = tile.x * length - HALF, HALF - tile.y * length
    more = margin * length
    return west - more, north - length - more, west + length + more, north + more


@given(zoom=ZOOMS, at=PLACES)
def test_a_place_lies_in_its_tile(zoom: int, at: Coordinate) -> None:
    west, south, east, north = sides(Tile.at(zoom, at))

    x, y = TO_METRES.transform(at.longitude, at.latitude)

    assert west - 1e-6 <= x <= east + 1e-6
    assert south - 1e-6 <= y <= north + 1e-6


@given(zoom=st.integers(2, DEEPEST), at=PLACES)
def test_the_bounds_of_a_tile_are_its_sides_and_a_margin(zoom: int, at: Coordinate) -> None:
    tile = Tile.at(zoom, at)
    found = tile.bounds_with_margin()

    west, south, east, north = sides(tile, MARGIN / EXTENT)

    low = TO_METRES.transform(found.west, found.south)
    high = TO_METRES.transform(found.east, found.north)
    assert low == pytest.approx((max(west, -HALF), south), abs=1e-3)
    assert high == pytest.approx((min(east, HALF), north), abs=1e-3)


@pytest.mark.parametrize("latitude", [90.0, -90.0, 85.06, -85.06])
def test_a_pole_is_in_the_outermost_row(latitude: float) -> None:
    found = Tile.at(5, Coordinate(longitude=180.0, latitude=latitude))

    assert (found.x, found.y) == (31, 0 if latitude > 0 else 31)


@pytest.mark.parametrize(("z", "x", "y"), [(-1, 0, 0), (19, 0, 0), (3, 8, 0), (3, 0, 8), (0, 1, 0)])
def test_a_tile_outside_the_world_is_refused(z: int, x: int, y: int) -> None:
    with pytest.raises(TileNotFoundError):
        Tile(z=z, x=x, y=y)


@pytest.mark.parametrize(
    "written", ["", "-1", "+1", "01", "1.0", "1e1", " 1", "1_0", "１", "99999999", "NaN", "0x1"]
)
def test_what_is_no_plain_number_names_no_tile(written: str) -> None:
    for place in range(3):
        numbers = ["0", "0", "0"]
        numbers[place] = written
        with pytest.raises(TileNotFoundError):
            Tile.named(*numbers)
