"""A station as a JSON document: the form that the history keeps it in."""

from datetime import date
from typing import Any, Final

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)

_DAYS: Final = ("verified_on", "opened_on", "closed_on")
_AS_THEY_ARE: Final = (
    *("name", "name_en", "reading_x", "reading_y", "reading_datum", "amenities", "address"),
    *("township_code", "telephone", "capacity", "accessibility", "data_status", "source"),
    *("accuracy_m", *_DAYS),
)
# What came later is a key only where there is something: documents of before stay as they are.
_LATER: Final = ("reported_closed_on",)
_PAIRS, _LATER_PAIRS = (
    ", ".join(f"'{column}', station.{column}" for column in columns)
    for columns in (_AS_THEY_ARE, _LATER)
)

DOCUMENTS: Final = f"""
    SELECT station.id, jsonb_build_object(
        {_PAIRS},
        'longitude', ST_X(station.location::geometry),
        'latitude', ST_Y(station.location::geometry),
        'services', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                'kind', service.kind,
                'opening_hours', service.opening_hours,
                'groups', service.groups) ORDER BY service.kind DESC)
            FROM station_service AS service WHERE service.station_id = station.id
        ), '[]')
    ) || jsonb_strip_nulls(jsonb_build_object({_LATER_PAIRS})) AS document
    FROM station
"""  # noqa: S608  our own words alone
"""All stations as they are: id and document."""


def station_of(station_id: str, document: dict[str, Any]) -> Station:
    """Return the station that a document is of; what an older one does not have yet is unknown."""
    accuracy = document["accuracy_m"]
    return Station(
        id=StationId(station_id),
        name=document["name"],
        name_en=document["name_en"],
        coordinate=Coordinate(
            longitude=float(document["longitude"]), latitude=float(document["latitude"])
        ),
        reading=Reading(
            x=float(document["reading_x"]),
            y=float(document["reading_y"]),
            datum=Datum(document["reading_datum"]),
        ),
        services=tuple(
            Service(
                kind=ServiceKind(each["kind"]),
                opening_hours=each["opening_hours"],
                groups=frozenset(map(Group, each["groups"])),
            )
            for each in document["services"]
        ),
        amenities=frozenset(map(Amenity, document["amenities"])),
        address=document["address"],
        township_code=document["township_code"],
        telephone=document["telephone"],
        capacity=document["capacity"],
        accessibility=Accessibility(document["accessibility"]),
        data_status=DataStatus(document["data_status"]),
        source=document["source"],
        accuracy_m=None if accuracy is None else Metres(float(accuracy)),
        **{day: _day(document.get(day)) for day in (*_DAYS, *_LATER)},
    )


def document_of(station: Station) -> dict[str, Any]:
    """Return the document of a station, as ``DOCUMENTS`` makes it of its rows."""
    at, reading = station.coordinate, station.reading
    days = {name: getattr(station, name) for name in _DAYS}
    return {
        **{name: getattr(station, name, None) for name in _AS_THEY_ARE},
        **{name: day and day.isoformat() for name, day in days.items()},
        "reading_x": reading.x,
        "reading_y": reading.y,
        "reading_datum": reading.datum.value,
        "amenities": [each.value for each in Amenity if each in station.amenities],
        "accessibility": station.accessibility.value,
        "data_status": station.data_status.value,
        "longitude": at.longitude,
        "latitude": at.latitude,
        "services": [
            {
                "kind": each.kind.value,
                "opening_hours": each.opening_hours,
                "groups": [group.value for group in Group if group in each.groups],
            }
            for each in station.services
        ],
    }


def _day(given: str | None) -> date | None:
    return None if given is None else date.fromisoformat(given)
