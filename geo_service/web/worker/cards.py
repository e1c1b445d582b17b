"""Stations as cards: what a worker has to know of each, and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from geo_service.domain.navigation import NavigationLinks, links_to
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, DataStatus, Station
from geo_service.services.openness import openness_of
from geo_service.web.language import Language
from geo_service.web.worker import said
from geo_service.web.worker.said import Verdict, Visit
from geo_service.web.worker.words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    """One service of a station, as its card tells it."""

    kind: str
    name: str
    audience: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A station in words; ``distance`` and ``walk`` are empty where no way there is known."""

    id: str
    name: str
    url: str
    distance: str
    walk: str
    services: list[ServiceLine]
    amenities: list[tuple[str, str]]
    address: str
    telephone: str
    warning: str
    reported: str
    navigation: NavigationLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class CardMaker:
    """Makes the cards of one answer."""

    register: Register
    now: datetime
    language: Language
    root: str

    def card(self, station: Station, way: tuple[float, int] | None = None) -> Card:
        """Return a station's card; ``way`` is how far it is, in metres and minutes on foot."""
        words = WORDS[self.language]
        english = self.language == "en"
        return Card(
            id=station.id,
            name=station.name_en or station.name if english else station.name,
            url=f"{self.root}/s/{quote(station.id, safe='')}?lang={self.language}",
            distance="" if way is None else said.distance(way[0], words),
            walk="" if way is None else said.walk(way[1], words),
            services=self._services(station, 0 if way is None else way[1]),
            amenities=[(each, words[each]) for each in Amenity if each in station.amenities],
            address=self._address(station),
            telephone=station.telephone or "",
            warning=""
            if station.data_status is DataStatus.OFFICIAL
            else words[station.data_status.value],
            reported=""
            if station.reported_closed_on is None
            else words["reported_closed"].format(day=station.reported_closed_on.isoformat()),
            navigation=links_to(station.coordinate, station.name, place=self.register.place.name),
        )

    def _services(self, station: Station, minutes: int) -> list[ServiceLine]:
        words = WORDS[self.language]
        arrival = self.now + timedelta(minutes=minutes)
        visit = Visit(now=self.now, arrival=arrival, zone=self.register.place.zone)
        lines = []
        for service, leaving, arriving in zip(
            station.services,
            openness_of(self.register, station.services, self.now),
            openness_of(self.register, station.services, arrival),
            strict=True,
        ):
            can_call = station.telephone is not None
            lines.append(
                ServiceLine(
                    kind=service.kind,
                    name=words[f"service_{service.kind}"],
                    audience=said.audience(service.groups, words),
                    verdict=said.verdict(leaving, arriving, visit, words, can_call=can_call),
                )
            )
        return lines

    def _address(self, station: Station) -> str:
        if station.address:
            return station.address
        township = self.register.townships_by_code.get(station.township_code or "")
        if township is None:
            return ""
        return township.name_en or township.name if self.language == "en" else township.name
