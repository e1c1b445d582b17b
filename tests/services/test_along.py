"""What is passed, when, and whether it is open then."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from geo_service.domain.coordinate import Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.opening_hours import Openness
from geo_service.domain.register import Register
from geo_service.domain.route import Route
from geo_service.domain.station import Service, ServiceKind, StationFilter
from geo_service.domain.walking import Walking
from geo_service.persistence.database import Database
from geo_service.services.along import AlongQuery, find_along
from geo_service.services.openness import OpenCondition, When
from tests.support.register import a_register, a_station

WALKING = Walking(metres_per_minute=60.0, detour_factor=1.3)
FIVE_IN_THE_MORNING = datetime(2026, 11, 15, 21, 0, tzinfo=UTC)
EARLY = Service(kind=ServiceKind.BREAKFAST, opening_hours="Mo-Su 05:00-06:00")
LATE = Service(kind=ServiceKind.BREAKFAST, opening_hours="Mo-Su 06:00-07:00")

# Northwards, 11.1 km: two hours and a half on foot, or some 18 minutes at 36 km/h.
LINE = [(114.0, 33.5), (114.0, 33.6)]


def _route(line: list[tuple[float, float]] = LINE) -> Route:
    degrees = np.array(line)
    return Route.through(Coordinates(longitudes=degrees[:, 0], latitudes=degrees[:, 1]))


def _query(**more: object) -> AlongQuery:
    given: dict[str, object] = {"route": _route(), "instant": FIVE_IN_THE_MORNING}
    return AlongQuery(**(given | more))  # type: ignore[arg-type]


REGISTER = a_register(
    [
        a_station("A", 114.001, 33.51, EARLY),
        a_station("B", 113.998, 33.55, LATE),
        a_station("C", 114.0, 33.59, EARLY, LATE),
        a_station("D", 114.1, 33.55, EARLY),
    ]
)


def test_stations_come_in_order_of_travel_and_those_far_off_do_not() -> None:
    answer = find_along(REGISTER, _query(), WALKING)

    assert [each.station.id for each in answer.stations] == ["A", "B", "C"]
    assert answer.matched == 3


def test_the_detour_is_the_walk_there_and_back() -> None:
    first = find_along(REGISTER, _query(), WALKING).stations[0]

    assert first.offset == pytest.approx(92.9, abs=0.1)
    assert first.detour == pytest.approx(2 * 1.3 * first.offset)
    assert first.detour_minutes == 5  # 241 m at 60 m a minute, rounded up


def test_without_a_pace_openness_is_told_for_the_instant() -> None:
    answer = find_along(REGISTER, _query(), WALKING)

    assert {each.at for each in answer.stations} == {FIVE_IN_THE_MORNING}


def test_with_a_pace_openness_is_told_for_the_time_of_passing() -> None:
    answer = find_along(REGISTER, _query(metres_per_minute=60.0), WALKING)

    second = answer.stations[1]
    assert second.at - FIVE_IN_THE_MORNING == pytest.approx(
        timedelta(minutes=second.along / 60.0), abs=timedelta(seconds=1)
    )
    assert [state.state for state in second.openness] == [Openness.OPEN]


@pytest.mark.parametrize(("pace", "open_then"), [(60.0, ["A", "B"]), (600.0, ["A", "C"])])
def test_open_at_the_time_of_passing_depends_on_the_pace(pace: float, open_then: list[str]) -> None:
    condition = OpenCondition(when=When.ARRIVAL)

    answer = find_along(REGISTER, _query(metres_per_minute=pace, open=condition), WALKING)

    assert [each.station.id for each in answer.stations] == open_then
    assert answer.matched == len(open_then)


def test_filters_and_limit_hold() -> None:
    conditions = StationFilter(service=ServiceKind.REST)

    nothing = find_along(REGISTER, _query(conditions=conditions), WALKING)
    first = find_along(REGISTER, _query(limit=1), WALKING)

    assert (nothing.matched, nothing.stations) == (0, ())
    assert (first.matched, [each.station.id for each in first.stations]) == (3, ["A"])


@pytest.mark.parametrize(
    "more",
    [
        {"limit": 0},
        {"limit": 201},
        {"within": Metres(0.0)},
        {"within": Metres(10_001.0)},
        {"metres_per_minute": 0.0},
        {"metres_per_minute": 9999.0},
    ],
)
def test_what_cannot_be_answered_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(InvalidQueryError):
        _query(**more)


# PostGIS 3.3 measures from a point to an edge on a sphere before it turns to the spheroid.
POSTGIS_AGREES_TO = 1e-4


@pytest.mark.parametrize("within", [300.0, 2000.0, 8000.0])
def test_postgis_finds_the_same_stations_at_the_same_offsets(
    shipped: Database, register: Register, within: float
) -> None:
    line = [(113.95, 33.52), (114.0163, 33.5814), (114.03, 33.57), (114.05, 33.6), (113.99, 33.7)]
    written = "LINESTRING(" + ", ".join(f"{x} {y}" for x, y in line) + ")"
    with shipped.transaction() as session:
        rows = session.execute(
            text("SELECT id, ST_Distance(location, ST_GeogFromText(:line)) AS metres FROM station"),
            {"line": written},
        )
        metres = {row.id: row.metres for row in rows}

    answer = find_along(
        register, _query(route=_route(line), within=Metres(within), limit=200), WALKING
    )

    assert answer.matched >= 3
    assert {each.station.id for each in answer.stations} == {
        identifier for identifier, away in metres.items() if away <= within
    }
    for each in answer.stations:
        assert each.offset == pytest.approx(
            metres[each.station.id], rel=POSTGIS_AGREES_TO, abs=0.01
        )
