"""Stations laid out flat: one line each, for spreadsheets and for desks that know no lists."""

from collections.abc import Iterable, Mapping
from typing import Final

from geo_service.domain.datum import Datum, coordinate_in
from geo_service.domain.opening_hours import Openness, OpennessAt
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, Group, Service, Station
from geo_service.services.exporting import Cell

_DEGREES: Final = 7  # decimals: a centimetre
_BETWEEN: Final = " | "  # opening hours have commas and semicolons of their own
_ANYONE: Final = "anyone"

Line = dict[str, Cell]


def station_line(
    register: Register,
    station: Station,
    openness: tuple[OpennessAt, ...],
    datum: Datum,
    way: Mapping[str, Cell],
) -> Line:
    """Lay a station out flat; ``way`` is what is known of the way to it."""
    x, y = coordinate_in(station.coordinate, datum)
    township = register.townships_by_code.get(station.township_code or "")
    county = None if township is None else register.counties_by_code.get(township.county_code or "")
    return {
        "id": station.id,
        "name": station.name,
        "name_en": station.name_en,
        "longitude": round(x, _DEGREES),
        "latitude": round(y, _DEGREES),
        **way,
        "openness": _openness_of_any(openness).value,
        "services": _joined(map(_service, station.services)),
        "opening_hours": _joined(
            f"{each.kind.value}: {each.opening_hours or Openness.UNKNOWN.value}"
            for each in station.services
        ),
        "amenities": " ".join(each.value for each in Amenity if each in station.amenities),
        "address": station.address,
        "township": None if township is None else township.name,
        "township_code": station.township_code,
        "county": None if county is None else county.name,
        "telephone": station.telephone,
        "capacity": station.capacity,
        "accessibility": station.accessibility.value,
        "data_status": station.data_status.value,
        "source": station.source,
        "accuracy_m": station.accuracy_m,
        "verified_on": None if station.verified_on is None else station.verified_on.isoformat(),
    }


def _openness_of_any(openness: tuple[OpennessAt, ...]) -> Openness:
    """Say whether somebody finds any of the services open."""
    states = {each.state for each in openness}
    if Openness.OPEN in states:
        return Openness.OPEN
    return Openness.UNKNOWN if Openness.UNKNOWN in states else Openness.CLOSED


def _service(service: Service) -> str:
    groups = " ".join(each.value for each in Group if each in service.groups)
    return f"{service.kind.value} ({groups or _ANYONE})"


def _joined(texts: Iterable[str]) -> str:
    return _BETWEEN.join(texts)
