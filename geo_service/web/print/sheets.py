"""What stands on a sign and on a township's list, in words."""

import re
from datetime import date, datetime, time
from typing import Any, Final

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, DataStatus, Group, Service, ServiceKind, Station
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.domain.walking import Walking
from geo_service.services.hours_text import hours_text
from geo_service.services.nearest import NearestQuery, find_nearest
from geo_service.web.language import Language
from geo_service.web.print.sketch import Sketch, sketch
from geo_service.web.print.words import WORDS
from geo_service.web.station.portrait import name_in
from geo_service.web.station.words import WORDS as STATION_WORDS

_NEAREST: Final = 5
# So that a township's stations and their sketch stand on one sheet, as long as that goes.
_SKETCH_MM: Final = ((8, 84.0), (12, 72.0), (16, 55.0))
_LOWEST_SKETCH_MM: Final = 50.0


class SheetWriter:
    """Puts one register into the words of one language, on one day."""

    def __init__(self, register: Register, language: Language, today: date) -> None:
        self._register = register
        self._language: Language = language
        self._today = today
        self._words = WORDS[language]
        self._station_words = STATION_WORDS[language]

    def frame(self, *stations: Station) -> dict[str, Any]:
        """Return what every sheet says of itself."""
        place, words = self._register.place, self._words
        statuses = {each.data_status for each in stations} or set(self._register.data_status)
        status = next(
            (each for each in reversed(DataStatus) if each in statuses), DataStatus.OFFICIAL
        )
        return {
            "language": self._language,
            "said": words,
            "place": place.name if self._language == "zh" else place.name_en or place.name,
            "demonstration": status is DataStatus.DEMONSTRATION,
            "printed": words["printed"].format(
                day=self._today.isoformat(),
                revision=self._register.revision.number,
                status=words[f"status_{status}"],
            ),
        }

    def sign(self, station: Station) -> dict[str, Any]:
        """Return what stands on the sign of a station."""
        return {
            "id": station.id,
            "name": station.name,
            "other_name": station.name_en,
            "address": station.address,
            "telephone": station.telephone,
            "services": [
                {
                    "kind": each.kind.value,
                    "name": self._words[each.kind.value],
                    "groups": self._groups(each),
                    "hours": self._hours(each, station),
                }
                for each in station.services
            ],
            "welcome": self._words[
                "welcome"
                if any(each.kind is ServiceKind.REST for each in station.services)
                else "welcome_breakfast"
            ],
            "amenities": self._amenities(station),
        }

    def township_name(self, township: Township) -> str:
        """Return the name of a township."""
        return township.name if self._language == "zh" else township.name_en or township.name

    def county_name(self, township: Township) -> str:
        """Return the name of a township's county; empty where none is known."""
        county = self._register.counties_by_code.get(township.county_code or "")
        if county is None:
            return ""
        return county.name if self._language == "zh" else county.name_en or county.name

    def list_of(self, township: Township, walking: Walking) -> dict[str, Any]:
        """Return what stands on the list of a township."""
        name = self.township_name(township)
        stations = stations_in(self._register, township, self._today)
        lead = ""
        notes: dict[str, str] = {}
        if not stations:
            stations, notes = self._nearest(township, walking)
            lead = self._words["empty" if stations else "empty_unplaced"].format(township=name)
        return {
            "township": name,
            "county": self.county_name(township),
            "count": "" if lead else self._words["count"].format(count=len(stations)),
            "lead": lead,
            "rows": [self._row(each, notes.get(each.id, "")) for each in stations],
            "sketch": self._sketch(township, stations),
            "map_note": self._map_note(township),
            "map_alt": self._words["map_alt"].format(township=name),
            "stations": stations,
        }

    def bar_text(self, drawn: Sketch) -> str:
        """Say how long the scale's bar is on the ground."""
        if drawn.bar_m < 1000:
            return self._words["metres"].format(count=drawn.bar_m)
        return self._words["kilometres"].format(count=drawn.bar_m // 1000)

    def _row(self, station: Station, note: str) -> dict[str, Any]:
        of_kind = {each.kind: each for each in station.services}
        return {
            "name": name_in(self._language, station),
            "address": station.address or "",
            "note": note,
            "hours": [self._cell(of_kind.get(kind), station) for kind in ServiceKind],
            "amenities": self._words["comma"].join(self._amenities(station)),
            "telephone": station.telephone or "",
        }

    def _cell(self, service: Service | None, station: Station) -> tuple[str, str]:
        if service is None:
            return self._words["none"], ""
        return self._hours(service, station), self._groups(service) if service.groups else ""

    def _hours(self, service: Service, station: Station) -> str:
        if service.opening_hours is None:
            unknown = "hours_unknown" if station.telephone else "hours_unknown_no_telephone"
            return self._words[unknown]
        # Where a line has to break, not between from and until.
        said = hours_text(service.opening_hours, self._language)
        return re.sub(r"(?<=\d)–(?=\d)", "\u2060–\u2060", said)

    def _groups(self, service: Service) -> str:
        groups = [self._station_words[f"group_{each}"] for each in Group if each in service.groups]
        return self._words["comma"].join(groups) or self._station_words["anyone"]

    def _amenities(self, station: Station) -> list[str]:
        return [
            self._station_words[f"amenity_{each}"] for each in Amenity if each in station.amenities
        ]

    def _nearest(
        self, township: Township, walking: Walking
    ) -> tuple[list[Station], dict[str, str]]:
        centre = _centre_of(township)
        if centre is None:
            return [], {}
        midnight = datetime.combine(self._today, time(), self._register.place.zone)
        query = NearestQuery(origin=centre, instant=midnight, limit=_NEAREST)
        found = find_nearest(self._register, query, walking).stations
        notes = {
            each.station.id: self._words["distance"].format(
                kilometres=f"{each.distance / 1000:.1f}", township=self.township_name(township)
            )
            for each in found
        }
        return [each.station for each in found], {str(key): text for key, text in notes.items()}

    def _sketch(self, township: Township, stations: list[Station]) -> Sketch | None:
        around = [
            each.boundary
            for each in self._register.townships
            if each.boundary is not None and each.code != township.code
        ]
        height = next((mm for most, mm in _SKETCH_MM if len(stations) <= most), _LOWEST_SKETCH_MM)
        spots = [each.coordinate for each in stations]
        return sketch(township.boundary, spots, around, height=height)

    def _map_note(self, township: Township) -> str:
        if township.boundary is None:
            return self._words["map_none"]
        if township.boundary_status is BoundaryStatus.APPROXIMATE:
            return self._words["map_approximate"]
        return ""


def stations_in(register: Register, township: Township, on: date) -> list[Station]:
    """Return the stations recorded in a township that are in being on a day, by identifier."""
    in_being = register.stations_in(register.eras.on(on))
    return [each for each in in_being if each.township_code == township.code]


def _centre_of(township: Township) -> Coordinate | None:
    if township.seat is not None:
        return township.seat
    if township.boundary is None:
        return None
    inside = township.boundary.representative_point()
    return Coordinate(longitude=inside.x, latitude=inside.y)
