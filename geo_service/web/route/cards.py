"""A station on the way in the words of a person who travels it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from geo_service.domain.coordinate import Metres
from geo_service.domain.navigation import NavigationLinks, links_to
from geo_service.domain.opening_hours import Openness, OpennessAt
from geo_service.domain.place import Place
from geo_service.domain.station import Amenity, DataStatus, Group, Service
from geo_service.services.along import PassedStation
from geo_service.services.hours_text import change_text
from geo_service.web.language import Language
from geo_service.web.route.words import WORDS

_KILOMETRE: Final = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One service of a card: what it is, how it looks, what is said of it."""

    kind: str
    name: str
    look: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is shown of a station on the way."""

    number: int
    name: str
    way: str
    detour: str
    doors: list[Door]
    amenities: list[str]
    address: str | None
    telephone: str | None
    links: NavigationLinks
    page: str
    demonstration: bool
    reported: str


def card_of(
    number: int, passed: PassedStation, place: Place, language: Language, *, travels: bool
) -> Card:
    """Return what is shown of a station; with ``travels``, also when it is passed."""
    station, words = passed.station, WORDS[language]
    name = station.name_en or station.name if language == "en" else station.name
    far = {"length": length_text(passed.along, language)}
    along = words["along"].format(**far)
    if travels:
        along = words["along_at"].format(**far, time=f"{passed.at.astimezone(place.zone):%H:%M}")
    side = words[passed.side.value].format(length=length_text(passed.offset, language))
    return Card(
        number=number,
        name=name,
        way=along + words["comma"] + side,
        detour=words["detour"].format(minutes=passed.detour_minutes),
        doors=[
            _door(service, state, passed, place, language)
            for service, state in zip(station.services, passed.openness, strict=True)
        ],
        amenities=[words[f"amenity_{each}"] for each in Amenity if each in station.amenities],
        address=station.address,
        telephone=station.telephone,
        links=links_to(station.coordinate, station.name, place=place.name),
        page=f"/s/{quote(station.id, safe='')}",
        demonstration=station.data_status is DataStatus.DEMONSTRATION,
        reported=""
        if station.reported_closed_on is None
        else words["reported_closed"].format(day=station.reported_closed_on.isoformat()),
    )


def length_text(metres: Metres, language: Language) -> str:
    """Say a length: to ten metres, from a kilometre on to a hundred."""
    if metres < _KILOMETRE - 5.0:
        rounded = round(metres / 10.0) * 10 if metres >= 100.0 else round(metres)
        return WORDS[language]["metres"].format(number=rounded)
    return WORDS[language]["kilometres"].format(number=f"{metres / _KILOMETRE:,.1f}")


def _door(
    service: Service, state: OpennessAt, passed: PassedStation, place: Place, language: Language
) -> Door:
    words = WORDS[language]
    said = [words[f"state_{state.state}"]]
    if state.state is Openness.UNKNOWN and passed.station.telephone:
        said = [words["state_unknown_call"]]
    elif change := _change(state, passed.at, place, language):
        said.append(change)
    if service.groups:
        groups = [words[f"group_{each}"] for each in Group if each in service.groups]
        said.append(words["only"].format(groups=words["list"].join(groups).lower()))
    return Door(
        kind=service.kind.value,
        name=words[f"service_{service.kind}"],
        look=state.state.value,
        text=words["comma"].join(said),
    )


def _change(state: OpennessAt, at: datetime, place: Place, language: Language) -> str:
    if state.state is Openness.UNKNOWN:
        return ""
    return change_text(state, at, place.zone, language)
