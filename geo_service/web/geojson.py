"""Domain objects as GeoJSON (RFC 7946: longitude first, WGS 84 unless another datum is asked)."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Final

from geo_service.domain.datum import Datum, coordinate_in
from geo_service.domain.navigation import links_to
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, Group, Service, Station
from geo_service.domain.walking import Walking
from geo_service.services.browse import StationNow
from geo_service.services.nearest import NearbyStation
from geo_service.services.notes import register_notes
from geo_service.web import shapes

MEDIA_TYPE: Final = "application/geo+json"

_ANYONE: Final = "anyone"
_DEGREES: Final = 7  # decimals: a centimetre
_METRES: Final = 2


class StationBuilder:
    """Builds the features of one answer: one register, one datum, one clock."""

    def __init__(self, register: Register, datum: Datum, instant: datetime) -> None:
        self._register = register
        self._datum = datum
        self.instant = instant.astimezone(register.place.zone)

    def feature(self, found: StationNow) -> shapes.StationFeature:
        """Build a station's Feature."""
        return {
            "type": "Feature",
            "id": found.station.id,
            "geometry": self.point(found.station),
            "properties": self.properties(found.station, found.openness, self.instant),
        }

    def nearby_feature(self, found: NearbyStation) -> shapes.NearbyFeature:
        """Build a nearby station's Feature."""
        return {
            "type": "Feature",
            "id": found.station.id,
            "geometry": self.point(found.station),
            "properties": {
                "distance_m": round(found.distance, _METRES),
                "walk_minutes": found.walk_minutes,
                "walk_is_estimate": True,
                **self.properties(found.station, found.openness, found.at),
            },
        }

    def point(self, station: Station) -> shapes.PointShape:
        """Build the geometry, in the datum asked for."""
        x, y = coordinate_in(station.coordinate, self._datum)
        return {"type": "Point", "coordinates": [round(x, _DEGREES), round(y, _DEGREES)]}

    def properties(
        self, station: Station, openness: Iterable[OpennessAt], at: datetime
    ) -> shapes.StationProperties:
        """Build what is known of a station."""
        return {
            "name": station.name,
            "name_en": station.name_en,
            "services": [
                self._service(service, state, at)
                for service, state in zip(station.services, openness, strict=True)
            ],
            "amenities": [each.value for each in Amenity if each in station.amenities],
            "address": station.address,
            "township": self._township(station),
            "telephone": station.telephone,
            "capacity": station.capacity,
            "accessibility": station.accessibility.value,
            "data_status": station.data_status.value,
            "source": station.source,
            "accuracy_m": station.accuracy_m,
            "verified_on": station.verified_on.isoformat() if station.verified_on else None,
            "reading": {
                "x": station.reading.x,
                "y": station.reading.y,
                "datum": station.reading.datum.value,
            },
            "navigation": self._navigation(station),
        }

    def openness(self, state: OpennessAt, at: datetime) -> shapes.OpennessShape:
        """Build an openness, in the place's own time."""
        zone = self._register.place.zone
        return {
            "state": state.state.value,
            "at": instant_text(at, zone),
            "next_change": None
            if state.next_change is None
            else instant_text(state.next_change, zone),
            "next_state": None if state.next_state is None else state.next_state.value,
        }

    def answer(self) -> shapes.AnswerShape:
        """Build what every answer says of itself."""
        return {
            "place": self._register.place.name,
            "revision": self._register.revision.number,
            "instant": instant_text(self.instant, self._register.place.zone),
            "datum": self._datum.value,
            "data_status": {
                status.value: count for status, count in self._register.data_status.items()
            },
            "notes": register_notes(self._register, self.instant, "en"),
        }

    def _service(self, service: Service, state: OpennessAt, at: datetime) -> shapes.ServiceShape:
        return {
            "kind": service.kind.value,
            "opening_hours": service.opening_hours,
            "groups": [each.value for each in Group if each in service.groups] or [_ANYONE],
            "openness": self.openness(state, at),
        }

    def _township(self, station: Station) -> shapes.UnitShape | None:
        if station.township_code is None:
            return None
        township = self._register.townships_by_code[station.township_code]
        county = self._register.counties_by_code.get(township.county_code or "")
        return {
            "code": township.code,
            "name": township.name,
            "name_en": township.name_en,
            "county_code": township.county_code,
            "county_name": None if county is None else county.name,
            "boundary_status": township.boundary_status.value,
        }

    def _navigation(self, station: Station) -> shapes.NavigationShape:
        links = links_to(station.coordinate, station.name, place=self._register.place.name)
        return {
            "amap": links["amap"],
            "baidu": links["baidu"],
            "tencent": links["tencent"],
            "apple": links["apple"],
            "geo": links["geo"],
        }


def instant_text(instant: datetime, zone: tzinfo) -> str:
    """Write an instant as RFC 3339, in the place's own time."""
    return instant.astimezone(zone).isoformat(timespec="seconds")


def walking_shape(walking: Walking) -> shapes.WalkingShape:
    """Say how walking minutes came about."""
    return {
        "metres_per_minute": walking.metres_per_minute,
        "detour_factor": walking.detour_factor,
        "is_estimate": True,
    }
