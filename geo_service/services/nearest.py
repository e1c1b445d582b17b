"""Find the stations a worker can reach soonest."""

from dataclasses import dataclass, field
from datetime import datetime

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.errors import InvalidQueryError, OutsideServedAreaError, ParameterFault
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.station_index import Ranked
from geo_service.domain.walking import Walking
from geo_service.services.openness import OpenCondition, When, openness_of

MAX_LIMIT = 50
MAX_ORIGINS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestQuery:
    """A worker's question: the closest few stations to where they stand.

    ``instant`` is aware; openness is told for it, or for the arrival of someone who leaves
    then where ``open`` asks for that.
    """

    origin: Coordinate
    instant: datetime
    limit: int = 5
    within: Metres | None = None
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None

    def __post_init__(self) -> None:
        """Keep a phone from asking for the whole register through this door."""
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidQueryError(
                ParameterFault("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyStation:
    """A station as seen from an origin.

    ``distance`` is the geodesic in metres; ``walk_minutes`` an estimate; ``openness`` stands
    beside the station's services, one for one, and is told for the moment ``at``.
    """

    station: Station
    distance: Metres
    walk_minutes: int
    at: datetime
    openness: tuple[OpennessAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestAnswer:
    """The closest few, and how many matched in all."""

    matched: int
    stations: tuple[NearbyStation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedArea:
    """How far outside the register's bounds a question still makes sense."""

    margin: Metres

    def check(self, register: Register, origin: Coordinate) -> None:
        """Raise OutsideServedAreaError for an origin from which no station can be meant."""
        bounds = register.bounds
        if bounds is None or bounds.contains(origin):
            return
        away = origin.distance_to(bounds.nearest_to(origin))
        if away <= self.margin:
            return
        swapped = self._swapped(register, origin)
        hint = (
            f"; lon and lat seem to be swapped: try lon={swapped.longitude:g}"
            f"&lat={swapped.latitude:g}"
            if swapped
            else ""
        )
        raise OutsideServedAreaError(
            f"the position lies {away / 1000:,.0f} km outside the area served by "
            f"{register.place.name} (longitude {bounds.west:.2f} to {bounds.east:.2f}, "
            f"latitude {bounds.south:.2f} to {bounds.north:.2f}){hint}"
        )

    def _swapped(self, register: Register, origin: Coordinate) -> Coordinate | None:
        if abs(origin.longitude) > 90.0 or register.bounds is None:
            return None
        turned = Coordinate(longitude=origin.latitude, latitude=origin.longitude)
        return turned if register.bounds.contains(turned) else None


def find_nearest(register: Register, query: NearestQuery, walking: Walking) -> NearestAnswer:
    """Answer the question, closest first; an empty register gives an empty list."""
    selection = register.select(query.conditions)
    matched, found = _candidates(register, selection, query, walking)
    return NearestAnswer(
        matched=matched,
        stations=tuple(
            _seen(register, selection[number][0], Metres(metres), query, walking)
            for number, metres in found.first(query.limit)
        ),
    )


def _candidates(
    register: Register, selection: Selection, query: NearestQuery, walking: Walking
) -> tuple[int, Ranked]:
    if query.within is not None:
        found = selection.index.within(query.origin, query.within)
    elif query.open is not None:
        found = selection.index.all_from(query.origin)
    else:
        return len(selection), selection.index.nearest(query.origin, query.limit)
    if query.open is not None:
        found = found.where(_kept(register, selection, query, query.open, walking, found))
    return len(found), found


def _kept(  # noqa: PLR0913 - all of it is the question
    register: Register,
    selection: Selection,
    query: NearestQuery,
    condition: OpenCondition,
    walking: Walking,
    found: Ranked,
) -> list[bool]:
    return [
        condition.keeps(
            openness_of(register, selection[number][1], _moment(query, walking, Metres(metres)))
        )
        for number, metres in found
    ]


def _seen(
    register: Register, station: Station, distance: Metres, query: NearestQuery, walking: Walking
) -> NearbyStation:
    at = _moment(query, walking, distance)
    return NearbyStation(
        station=station,
        distance=distance,
        walk_minutes=walking.minutes(distance),
        at=at,
        openness=openness_of(register, station.services, at),
    )


def _moment(query: NearestQuery, walking: Walking, distance: Metres) -> datetime:
    if query.open is not None and query.open.when is When.ARRIVAL:
        return walking.arrival(query.instant, distance)
    return query.instant
