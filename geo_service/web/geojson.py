"""Domain objects as GeoJSON (RFC 7946: longitude first, WGS 84 unless another datum is asked)."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Final

from geo_service.domain.datum import Datum, coordinate_in
from geo_service.domain.navigation import links_to
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, Group, Service, Station
from geo_service.domain.walking import Walking
from geo_service.services.notes import register_notes
from geo_service.web import freshness, shapes

MEDIA_TYPE: Final = "application/geo+json"

_ANYONE: Final = "anyone"
_DEGREES: Final = 7  # decimals: a centimetre
_METRES: Final = 2


class StationShapes:
    """Builds what is told of stations, in one datum.

    It holds what it takes of a register, not the register: what is kept of it must not keep a
    revision alive that has been replaced.
    """

    def __init__(self, register: Register, datum: Datum) -> None:
        self._place = register.place
        self._townships = register.townships_by_code
        self._counties = register.counties_by_code
        self._datum = datum

    def feature(
        self, station: Station, openness: Sequence[shapes.OpennessShape]
    ) -> shapes.StationFeature:
        """Build a station's Feature; ``openness`` stands beside its services, one for one."""
        return {
            "type": "Feature",
            "id": station.id,
            "geometry": self.point(station),
            "properties": self.properties(station, openness),
        }

    def point(self, station: Station) -> shapes.PointShape:
        """Build the geometry, in the datum asked for."""
        x, y = coordinate_in(station.coordinate, self._datum)
        return {"type": "Point", "coordinates": [round(x, _DEGREES), round(y, _DEGREES)]}

    def properties(
        self, station: Station, openness: Sequence[shapes.OpennessShape]
    ) -> shapes.StationProperties:
        """Build what is known of a station."""
        return {
            "name": station.name,
            "name_en": station.name_en,
            "services": [
                self._service(service, state)
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
            "verified_on": _day(station.verified_on),
            "opened_on": _day(station.opened_on),
            "closed_on": _day(station.closed_on),
            "reported_closed_on": _day(station.reported_closed_on),
            "reading": {
                "x": station.reading.x,
                "y": station.reading.y,
                "datum": station.reading.datum.value,
            },
            "navigation": self._navigation(station),
        }

    def openness(self, state: OpennessAt, at_text: str) -> shapes.OpennessShape:
        """Build an openness told for a moment, which is given in RFC 3339."""
        change, then = state.next_change, state.next_state
        return {
            "state": state.state.value,
            "at": at_text,
            "next_change": None if change is None else instant_text(change, self._place.zone),
            "next_state": None if then is None else then.value,
        }

    def _service(self, service: Service, openness: shapes.OpennessShape) -> shapes.ServiceShape:
        return {
            "kind": service.kind.value,
            "opening_hours": service.opening_hours,
            "groups": [each.value for each in Group if each in service.groups] or [_ANYONE],
            "openness": openness,
        }

    def _township(self, station: Station) -> shapes.UnitShape | None:
        if station.township_code is None:
            return None
        township = self._townships[station.township_code]
        county = self._counties.get(township.county_code or "")
        return {
            "code": township.code,
            "name": township.name,
            "name_en": township.name_en,
            "county_code": township.county_code,
            "county_name": None if county is None else county.name,
            "boundary_status": township.boundary_status.value,
        }

    def _navigation(self, station: Station) -> shapes.NavigationShape:
        links = links_to(station.coordinate, station.name, place=self._place.name)
        return {
            "amap": links["amap"],
            "baidu": links["baidu"],
            "tencent": links["tencent"],
            "apple": links["apple"],
            "geo": links["geo"],
        }


def answer_shape(register: Register, datum: Datum, instant: datetime) -> shapes.AnswerShape:
    """Build what every answer says of itself."""
    return {
        "place": register.place.name,
        "revision": register.revision.number,
        "register_checked_at": freshness.checked_at(),
        "instant": instant_text(instant, register.place.zone),
        "datum": datum.value,
        "data_status": {status.value: count for status, count in register.data_status.items()},
        "notes": [*freshness.notes("en"), *register_notes(register, instant, "en")],
    }


def _day(given: date | None) -> str | None:
    return None if given is None else given.isoformat()


def instant_text(instant: datetime, zone: tzinfo) -> str:
    """Write an instant as RFC 3339, in the place's own time."""
    return instant.astimezone(zone).isoformat(timespec="seconds")


class Moments:
    """Instants written as RFC 3339; most of one answer's are the same."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._texts: dict[datetime, bytes] = {}

    def text(self, instant: datetime) -> bytes:
        """Write an instant in the place's own time, as UTF-8."""
        text = self._texts.get(instant)
        if text is None:
            text = self._texts[instant] = instant_text(instant, self._zone).encode()
        return text


def walking_shape(walking: Walking) -> shapes.WalkingShape:
    """Say how walking minutes came about."""
    return {
        "metres_per_minute": walking.metres_per_minute,
        "detour_factor": walking.detour_factor,
        "is_estimate": True,
    }
