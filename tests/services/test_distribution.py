"""How distances are spread, against what the report says and against geodesics one by one."""

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from geo_service.domain.coordinate import Metres
from geo_service.domain.reach import StraightLines
from geo_service.domain.register import Register
from geo_service.domain.residents import residents
from geo_service.domain.station import Amenity, ServiceKind, StationFilter
from geo_service.domain.survey import Level
from geo_service.services.coverage import CoverageQuery, measure_coverage
from geo_service.services.distribution import distribution_of

NOBODY = StationFilter(service=ServiceKind.BREAKFAST, amenities=frozenset(Amenity))


def test_the_shares_are_of_everything(register: Register) -> None:
    answer = measure_coverage(register, CoverageQuery(radius=Metres(1000)))

    spread = distribution_of(register, answer)

    assert spread is not None
    assert sum(spread.shares) == pytest.approx(1)
    assert spread.cut_off == 0


def test_of_the_ground_the_figures_are_those_of_the_report(register: Register) -> None:
    answer = measure_coverage(register, CoverageQuery(radius=Metres(1000)))
    nearest = answer.report.totals.nearest

    spread = distribution_of(register, answer)

    assert spread is not None
    assert nearest is not None
    assert spread.median_m == pytest.approx(nearest.median_m, abs=0.1)
    assert spread.p90_m == pytest.approx(nearest.p90_m, abs=0.1)
    assert spread.max_m == pytest.approx(nearest.max_m, abs=0.1)


def test_the_ground_within_the_radius_is_the_ground_covered(register: Register) -> None:
    answer = measure_coverage(register, CoverageQuery(radius=Metres(1000)))

    spread = distribution_of(register, answer)

    assert spread is not None
    within = sum(spread.shares[: 1000 // spread.step_m])
    assert within == pytest.approx(answer.report.totals.area_coverage, abs=0.005)


def test_of_residents_each_bar_holds_those_who_live_so_far_away(register: Register) -> None:
    layer = residents(register)
    query = CoverageQuery(radius=Metres(1000), level=Level.COUNTY, demand=layer)
    answer = measure_coverage(register, query)
    stations = [each.coordinate for each in answer.stations]

    spread = distribution_of(register, answer)

    assert spread is not None
    sample = np.arange(0, len(layer.points), 997)
    line = Geodesic.WGS84
    for place in sample:
        at = layer.points.at[int(place)]
        nearest = min(
            line.Inverse(at.latitude, at.longitude, each.latitude, each.longitude)["s12"]
            for each in stations
        )
        assert nearest <= spread.max_m + 1e-3


def test_an_estimated_walk_is_longer_by_its_factor(register: Register) -> None:
    straight = CoverageQuery(radius=Metres(1000), level=Level.CITY)
    walked = CoverageQuery(
        radius=Metres(1000), level=Level.CITY, distances=StraightLines(factor=1.3)
    )

    short = distribution_of(register, measure_coverage(register, straight))
    long = distribution_of(register, measure_coverage(register, walked))

    assert short is not None
    assert long is not None
    assert long.median_m == pytest.approx(1.3 * short.median_m)


def test_without_a_station_nothing_is_far_from_one(register: Register) -> None:
    answer = measure_coverage(register, CoverageQuery(radius=Metres(1000), conditions=NOBODY))
    assert len(answer.stations) == 0

    assert distribution_of(register, answer) is None
