"""Geodesics of many pairs, against Karney's own solution of each."""

import numpy as np
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.geodesics import geodesics

# Of the chord, beyond which each is solved: a little on either side of it.
FARTHEST = 230_000.0


@given(
    longitude=st.floats(-180, 180),
    latitude=st.floats(-90, 90),
    azimuth=st.floats(0, 360),
    metres=st.floats(0, FARTHEST),
)
def test_a_geodesic_is_that_of_karney_to_twenty_micrometres(
    longitude: float, latitude: float, azimuth: float, metres: float
) -> None:
    there = Geodesic.WGS84.Direct(latitude, longitude, azimuth, metres)

    found = geodesics(
        *(np.array([value]) for value in (longitude, latitude, there["lon2"], there["lat2"]))
    )

    assert abs(found[0] - metres) < 2e-5


def test_places_on_either_side_of_the_antimeridian_are_near() -> None:
    found = geodesics(np.array([179.999]), np.array([10.0]), np.array([-179.999]), np.array([10.0]))

    expected = Geodesic.WGS84.Inverse(10.0, 179.999, 10.0, -179.999)["s12"]
    assert abs(found[0] - expected) < 1e-6


def test_a_place_is_no_way_from_itself() -> None:
    assert geodesics(*(np.array([value]) for value in (114.0, 33.5, 114.0, 33.5))).tolist() == [0.0]
