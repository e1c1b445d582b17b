"""Where next, asked of a register of one station and four places of people."""

from dataclasses import replace

import numpy as np
import pytest
from shapely import box

from geo_service.domain.coordinate import WGS84, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum
from geo_service.domain.demand import DemandLayer, DemandLayerId, DemandPoints
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.reach import DistanceType, StraightLines
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.services.siting import (
    CandidateSites,
    CandidateSource,
    Goal,
    Progress,
    Status,
    SuggestionQuery,
    suggest,
)
from tests.support.register import a_register, a_station

QUERY = SuggestionQuery(sites=2, radius=Metres(800.0), candidates=CandidateSource.DEMAND)


def places(*degrees: tuple[float, float]) -> Coordinates:
    longitudes, latitudes = np.array(degrees).T
    return Coordinates(longitudes=longitudes, latitudes=latitudes)


def layer(*people: tuple[float, float, float]) -> DemandLayer:
    """Return a layer of longitude, latitude and weight."""
    return DemandLayer(
        id=DemandLayerId("crews"),
        name="环卫班组",
        unit="人",
        points=DemandPoints(
            at=places(*((x, y) for x, y, _ in people)), weight=np.array([w for *_, w in people])
        ),
        data_status=DataStatus.DEMONSTRATION,
        source="a test",
        version=1,
        datum=Datum.WGS84,
    )


STATION = a_station("S1", 114.0, 33.6)
CREWS = layer(
    (114.001, 33.6, 10.0),  # near the station
    (114.100, 33.6, 5.0),
    (114.101, 33.6, 5.0),
    (114.200, 33.6, 7.0),
    (114.300, 33.6, 1.0),
)


@pytest.fixture(scope="module")
def register() -> Register:
    return a_register([STATION])


def test_stations_stay_and_new_sites_go_where_most_are_left(register: Register) -> None:
    answer = suggest(register, CREWS, QUERY)

    assert (answer.status, answer.before, answer.objective) == (Status.OPTIMAL, 10.0, 27.0)
    assert sorted(site.gained or 0.0 for site in answer.sites) == [7.0, 10.0]
    assert (answer.unit, answer.demand_total, answer.existing) == ("人", 28.0, 1)


def test_sites_that_add_nothing_are_left_out(register: Register) -> None:
    answer = suggest(register, CREWS, replace(QUERY, sites=4))

    assert (len(answer.sites), answer.objective) == (3, 28.0)
    assert "3 of 4 sites achieve it" in answer.notes[0]


def test_the_curve_begins_with_today_and_ends_with_the_answer(register: Register) -> None:
    answer = suggest(register, CREWS, replace(QUERY, curve=True))

    assert [(each.sites, each.objective) for each in answer.curve] == [
        (0, 10.0),
        (1, 20.0),
        (2, 27.0),
    ]


def test_no_candidate_stands_on_excluded_ground(register: Register) -> None:
    answer = suggest(register, CREWS, replace(QUERY, excluded=box(114.05, 33.5, 114.15, 33.7)))

    assert all(site.at.longitude > 114.15 for site in answer.sites)
    assert answer.unreachable_demand == 10.0


def test_a_required_place_is_among_the_sites(register: Register) -> None:
    here = CandidateSites(at=places((114.3, 33.6)), names=("车场",), required=np.array([True]))

    answer = suggest(register, CREWS, replace(QUERY, required=here))

    assert [site.name for site in answer.sites if site.required] == ["车场"]
    assert answer.objective == 21.0


def test_the_least_walk_is_counted_beside_the_stations(register: Register) -> None:
    answer = suggest(register, CREWS, replace(QUERY, goal=Goal.P_MEDIAN, radius=None))

    sites = [(114.0, 33.6), *((site.at.longitude, site.at.latitude) for site in answer.sites)]
    walks = [
        weight * min(WGS84.inv(x, y, *site)[2] for site in sites)
        for x, y, weight in zip(*CREWS.points.at.degrees, CREWS.points.weight.tolist(), strict=True)
    ]
    assert answer.objective == pytest.approx(sum(walks))


def test_an_estimated_walk_is_longer_and_says_so(register: Register) -> None:
    walked = replace(QUERY, goal=Goal.P_CENTER, distances=StraightLines(factor=1.3))

    straight = suggest(register, CREWS, replace(walked, distances=StraightLines()))
    estimate = suggest(register, CREWS, walked)

    assert estimate.distance_type is DistanceType.ESTIMATED_WALK
    assert estimate.objective == pytest.approx(1.3 * (straight.objective or 0.0))


def test_a_watcher_hears_which_problem_of_the_curve_is_solved(register: Register) -> None:
    seen: list[Progress] = []

    suggest(register, CREWS, replace(QUERY, curve=True), seen.append)

    assert {each.steps for each in seen} == {2}


def test_a_place_without_ground_has_no_grid(register: Register) -> None:
    with pytest.raises(InvalidQueryError, match="has no ground"):
        suggest(register, CREWS, replace(QUERY, candidates=CandidateSource.GRID))


def test_a_goal_without_its_number_is_refused(register: Register) -> None:
    with pytest.raises(InvalidQueryError, match="needs a number of new sites"):
        suggest(register, CREWS, replace(QUERY, sites=None))
