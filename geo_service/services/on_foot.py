"""Find the stations that are the shortest walk away, along streets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from math import ceil, floor
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.errors import OffTheStreetsError
from geo_service.domain.footholds import Footholds
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station
from geo_service.domain.street_network import StreetNetwork
from geo_service.domain.walking import Walking
from geo_service.services.nearest import NearestQuery
from geo_service.services.openness import When, doors_of, openness_at_second

# Streets are searched so far at first, and then ever farther until enough stations are found.
_FIRST_LOOK_M: Final = 2_000.0
_FARTHER: Final = 4.0
_LAST_LOOK_M: Final = 100_000.0


class OutOfReach(StrEnum):
    """Why no walk leads to a station."""

    OFF_THE_STREETS = "off_the_streets"
    NO_WAY = "no_way"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkedStation:
    """A station at the end of a walk.

    ``walk`` is metres along streets, the ways to and from them included; ``distance`` the
    geodesic beside it. ``openness`` stands beside the services and is told for ``at``.
    """

    station: Station
    walk: Metres
    walk_minutes: int
    distance: Metres
    at: datetime
    openness: tuple[OpennessAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreachedStation:
    """A station that no walk leads to, how far off it is in a straight line, and why."""

    station: Station
    distance: Metres
    why: OutOfReach


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFootAnswer:
    """The stations of the shortest walks, shortest first, and the nearest that cannot be reached.

    ``across`` is the way from the origin to its street, in metres; ``out_of_reach`` counts all
    stations that match and that no walk leads to.
    """

    stations: tuple[WalkedStation, ...]
    across: Metres
    unreached: tuple[UnreachedStation, ...]
    out_of_reach: int


def nearest_on_foot(
    register: Register, network: StreetNetwork, query: NearestQuery, walking: Walking
) -> OnFootAnswer:
    """Answer "which is the shortest walk away?"; ``query.within`` is metres of that walk.

    Raises:
        OffTheStreetsError: the origin is too far from any street to walk from.
    """
    return _Search(register, network, query, walking).answer()


def walk_minutes(walk: Metres, walking: Walking) -> int:
    """Return the minutes of a walk, rounded up: better early than at a closed door."""
    return ceil(walk / walking.metres_per_minute)


def foothold_of(network: StreetNetwork, origin: Coordinate) -> Footholds:
    """Join one place to the streets, or raise OffTheStreetsError."""
    found = network.footholds(_alone(origin))
    if not found.joined[0]:
        raise OffTheStreetsError(
            f"there is no street within {network.joined_within:,.0f} m of the position in the "
            f"network loaded here ({network.source.file})"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Search:
    register: Register
    network: StreetNetwork
    query: NearestQuery
    walking: Walking

    def answer(self) -> OnFootAnswer:
        query = self.query
        selection = self.register.select(query.conditions)
        origin = foothold_of(self.network, query.origin)
        stations = footholds_of(self.network, selection)
        found, walks = self._found(selection, origin, stations)
        cut_off = self._cut_off(selection, stations, walks)
        return OnFootAnswer(
            stations=tuple(found),
            across=Metres(float(origin.across_m[0])),
            unreached=tuple(self._unreached(selection, stations, cut_off)),
            out_of_reach=len(cut_off),
        )

    def _found(
        self, selection: Selection, origin: Footholds, stations: Footholds
    ) -> tuple[list[WalkedStation], NDArray[np.float64]]:
        """Search farther and farther; return what is found, and the walks to all, as far as seen.

        A station that is not seen within the last look is out of reach, or of any use.
        """
        limit = Metres(_FIRST_LOOK_M if self.query.within is None else self.query.within)
        while True:
            walks = self.network.ways(origin, stations, limit)[0]
            found = list(islice(self._kept(selection, walks), self.query.limit))
            enough = len(found) == self.query.limit or self.query.within is not None
            if enough or limit >= _LAST_LOOK_M:
                return found, walks
            limit = Metres(min(_FARTHER * limit, _LAST_LOOK_M))

    def _kept(self, selection: Selection, walks: NDArray[np.float64]) -> Iterator[WalkedStation]:
        query, leaving = self.query, floor(self.query.instant.timestamp())
        doors = None if query.open is None else doors_of(self.register, selection, query.open)
        on_arrival = query.open is not None and query.open.when is When.ARRIVAL
        near = np.flatnonzero(np.isfinite(walks))
        # Equal walks by identifier, which is the order of the selection.
        for number in near[np.argsort(walks[near], kind="stable")].tolist():
            walk = Metres(float(walks[number]))
            minutes = walk_minutes(walk, self.walking)
            wait = minutes if on_arrival else 0
            moment = leaving + 60 * wait
            if doors is None or doors.keeps(selection.kind_of[number], moment):
                station = selection[number]
                yield WalkedStation(
                    station=station,
                    walk=walk,
                    walk_minutes=minutes,
                    distance=query.origin.distance_to(station.coordinate),
                    at=query.instant + timedelta(minutes=wait),
                    openness=openness_at_second(self.register, station.services, moment),
                )

    def _cut_off(
        self, selection: Selection, stations: Footholds, walks: NDArray[np.float64]
    ) -> NDArray[np.intp]:
        """Return the stations that match and that no walk leads to, whatever its length."""
        apart = ~stations.joined
        if not np.isfinite(walks).all():
            parts = self.network.part_of(stations)
            origin = self.network.part_of(foothold_of(self.network, self.query.origin))[0]
            apart |= parts != origin
        if self.query.open is not None:
            doors = doors_of(self.register, selection, self.query.open)
            leaving = floor(self.query.instant.timestamp())
            kinds = {kind for kind in set(selection.kind_of) if doors.keeps(kind, leaving)}
            apart &= np.isin(np.asarray(selection.kind_of), list(kinds))
        return np.flatnonzero(apart)

    def _unreached(
        self, selection: Selection, stations: Footholds, cut_off: NDArray[np.intp]
    ) -> Iterator[UnreachedStation]:
        origin = self.query.origin
        count = len(cut_off)
        metres = np.asarray(
            WGS84.inv(
                np.full(count, origin.longitude),
                np.full(count, origin.latitude),
                *stations.at.of(cut_off).degrees,
            )[2]
        )
        for nearest in np.argsort(metres, kind="stable")[: self.query.limit].tolist():
            number = int(cut_off[nearest])
            joined = bool(stations.joined[number])
            yield UnreachedStation(
                station=selection[number],
                distance=Metres(float(metres[nearest])),
                why=OutOfReach.NO_WAY if joined else OutOfReach.OFF_THE_STREETS,
            )


# Where stations meet the streets, while both their selection and the network are kept.
_JOINED: Final[WeakKeyDictionary[Selection, tuple[StreetNetwork, Footholds]]] = WeakKeyDictionary()


def footholds_of(network: StreetNetwork, selection: Selection) -> Footholds:
    """Join the stations of a selection to the streets; made once for a network."""
    known = _JOINED.get(selection)
    if known is None or known[0] is not network:
        known = _JOINED[selection] = network, network.footholds(selection.coordinates)
    return known[1]


def _alone(place: Coordinate) -> Coordinates:
    return Coordinates(longitudes=np.array([place.longitude]), latitudes=np.array([place.latitude]))
