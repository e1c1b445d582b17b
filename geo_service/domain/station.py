"""The stations: what each offers, to whom, and how far one is from a worker."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NewType, Protocol

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum

if TYPE_CHECKING:
    from geo_service.domain.filter_conditions import StationCondition

StationId = NewType("StationId", str)


class ServiceKind(StrEnum):
    """What a worker comes for."""

    REST = "rest"
    BREAKFAST = "breakfast"


class Group(StrEnum):
    """Workers for whom a service may be reserved."""

    SANITATION = "sanitation"
    BUS_DRIVER = "bus_driver"


class Amenity(StrEnum):
    """A single thing found at a station."""

    WATER = "water"
    SEATING = "seating"
    MEAL_HEATING = "meal_heating"
    FIRST_AID = "first_aid"
    HEALTH_ADVICE = "health_advice"
    READING = "reading"
    CHARGING = "charging"
    TOILET = "toilet"
    COOLING = "cooling"
    HEATING = "heating"


class Accessibility(StrEnum):
    """Whether a wheelchair gets in."""

    YES = "yes"
    LIMITED = "limited"
    NO = "no"
    UNKNOWN = "unknown"


class DataStatus(StrEnum):
    """How far a record may be trusted."""

    OFFICIAL = "official"
    DERIVED = "derived"
    DEMONSTRATION = "demonstration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One thing a station offers; without hours, when it is open is unknown.

    An empty ``groups`` means anyone. ``opening_hours`` is in the OSM grammar.
    """

    kind: ServiceKind
    opening_hours: str | None = None
    groups: frozenset[Group] = frozenset()

    def is_for(self, group: Group) -> bool:
        """Say whether a worker of this group may use the service."""
        return not self.groups or group in self.groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A position as it was given, in the datum it was given in; x is longitude, in degrees."""

    x: float
    y: float
    datum: Datum


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One place of the published register."""

    id: StationId
    name: str
    coordinate: Coordinate
    services: tuple[Service, ...]
    reading: Reading
    data_status: DataStatus
    source: str
    name_en: str | None = None
    amenities: frozenset[Amenity] = frozenset()
    address: str | None = None
    township_code: str | None = None
    telephone: str | None = None
    capacity: int | None = None
    accessibility: Accessibility = Accessibility.UNKNOWN
    accuracy_m: Metres | None = None
    verified_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    reported_closed_on: date | None = None  # several found it shut; nobody has looked yet

    def in_being(self, on: date) -> bool:
        """Say whether there is such a station on a day: from ``opened_on`` to before ``closed_on``.

        Where nobody knows when it opened, it always was; where nobody knows of an end, it still is.
        """
        return (self.opened_on is None or self.opened_on <= on) and (
            self.closed_on is None or on < self.closed_on
        )


class Offer(Protocol):
    """What a station offers: a station says it, and so does what many have in common."""

    @property
    def services(self) -> tuple[Service, ...]:
        """Say what is done there, and when."""

    @property
    def amenities(self) -> frozenset[Amenity]:
        """Say what is found there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFilter:
    """Which stations a question is about. Every condition set must hold, on one same service.

    ``where`` is of the whole station, and judged by the register for all of them at once.
    """

    service: ServiceKind | None = None
    group: Group | None = None
    amenities: frozenset[Amenity] = field(default_factory=frozenset)
    where: "StationCondition | None" = None

    def services_of(self, offer: Offer) -> tuple[Service, ...]:
        """Return the services that answer the question; none, if the offer does not match.

        ``where`` is not looked at: an offer is not a whole station.
        """
        if not self.amenities <= offer.amenities:
            return ()
        return tuple(
            service
            for service in offer.services
            if (self.service is None or service.kind is self.service)
            and (self.group is None or service.is_for(self.group))
        )
