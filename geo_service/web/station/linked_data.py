"""A station as schema.org has it, for search engines and for whoever reads pages by machine."""

from datetime import date, datetime, time
from itertools import groupby
from typing import Any, Final

from geo_service.domain.register import Register
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Service,
    Station,
)
from geo_service.services.weekly import days_from
from geo_service.services.weekly_pattern import Spans, WeeklyPattern, weekly_pattern
from geo_service.web.language import Language
from geo_service.web.links import whole_address
from geo_service.web.station.words import WORDS

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS: Final = "OpeningHoursSpecification"
_ALL_DAY: Final = {"opens": "00:00", "closes": "23:59"}  # what its readers take for a whole day


def linked_data(
    register: Register, station: Station, now: datetime, language: Language
) -> dict[str, Any] | None:
    """Return a station as JSON-LD; None for one that is not in being: there is nothing to visit.

    The hours stand there only where they are certain, see ``weekly_pattern``.
    """
    today = now.astimezone(register.place.zone).date()
    if not station.in_being(today):
        return None
    address = whole_address("station.page", station_id=station.id)
    services = [
        _service(each, address, _pattern(register, station, each, today), language)
        for each in station.services
    ]
    return {
        "@context": "https://schema.org",
        "@graph": [_place(register, station, address, language), *services],
    }


def _place(
    register: Register, station: Station, address: str, language: Language
) -> dict[str, Any]:
    words, at = WORDS[language], station.coordinate
    township = register.townships_by_code.get(station.township_code or "")
    place: dict[str, Any] = {
        "@type": "CivicStructure",
        "@id": f"{address}#place",
        "url": address,
        "identifier": station.id,
        "name": station.name,
        "geo": {
            "@type": "GeoCoordinates",
            "latitude": at.latitude,
            "longitude": at.longitude,
        },
        "containedInPlace": {
            "@type": "AdministrativeArea",
            "name": register.place.name if township is None else township.name,
        },
        "isAccessibleForFree": True,
        "publicAccess": any(not each.groups for each in station.services),
        "amenityFeature": _amenities(station, language),
    }
    more = {
        "alternateName": station.name_en,
        "telephone": station.telephone,
        "maximumAttendeeCapacity": station.capacity,
        "address": station.address and {"@type": "PostalAddress", "streetAddress": station.address},
        "disambiguatingDescription": words["do_not_go"]
        if station.data_status is DataStatus.DEMONSTRATION
        else None,
    }
    return place | {name: value for name, value in more.items() if value is not None}


def _amenities(station: Station, language: Language) -> list[dict[str, Any]]:
    words = WORDS[language]
    found = [(words[f"amenity_{each}"], True) for each in Amenity if each in station.amenities]
    if station.accessibility in {Accessibility.YES, Accessibility.NO}:
        found.append((words["accessibility"], station.accessibility is Accessibility.YES))
    return [
        {"@type": "LocationFeatureSpecification", "name": name, "value": value}
        for name, value in found
    ]


def _service(
    service: Service, address: str, pattern: WeeklyPattern | None, language: Language
) -> dict[str, Any]:
    words = WORDS[language]
    name = words[f"service_{service.kind}"]
    groups = [words[f"group_{each}"] for each in Group if each in service.groups]
    said: dict[str, Any] = {
        "@type": "Service",
        "@id": f"{address}#{service.kind}",
        "name": name,
        "serviceType": name,
        "audience": [
            {"@type": "Audience", "audienceType": each} for each in groups or [words["anyone"]]
        ],
        "availableChannel": {
            "@type": "ServiceChannel",
            "serviceLocation": {"@id": f"{address}#place"},
        },
    }
    if pattern is not None:
        said["hoursAvailable"] = _hours_available(pattern)
    return said


def _pattern(
    register: Register, station: Station, service: Service, today: date
) -> WeeklyPattern | None:
    schedule = register.schedules.of(service.opening_hours)
    # Several people found it shut: what the hours say is in doubt until somebody has looked.
    if schedule is None or station.reported_closed_on is not None:
        return None
    pattern = weekly_pattern(schedule, register.calendar, today)
    if pattern is None:
        return None
    ends = station.closed_on
    return None if ends is not None and ends <= pattern.last else pattern


def _hours_available(pattern: WeeklyPattern) -> list[dict[str, Any]]:
    """Say each stretch of days by itself, so that no two of them speak of the same day."""
    days = days_from(pattern.first, (pattern.last - pattern.first).days + 1)
    said: list[dict[str, Any]] = []
    for special, run in groupby(days, key=pattern.special.get):
        of_run = list(run)
        valid = {
            "validFrom": of_run[0].isoformat(),
            "validThrough": of_run[-1].isoformat(),
        }
        each_said = _week(pattern) if special is None else [{**hours} for hours in _hours(special)]
        said += [{"@type": _HOURS, **each, **valid} for each in each_said]
    return said


def _week(pattern: WeeklyPattern) -> list[dict[str, Any]]:
    """Say the week, weekdays of the same hours together; a weekday that is left out is closed."""
    alike: dict[Spans, list[str]] = {}
    for name, spans in zip(_DAYS, pattern.week, strict=True):
        alike.setdefault(spans, []).append(name)
    return [
        {"dayOfWeek": days, **hours}
        for spans, days in alike.items()
        if spans
        for hours in _hours(spans)
    ]


def _hours(spans: Spans) -> list[dict[str, str]]:
    if not spans:
        return [{}]  # "open if the opens property is specified, and closed otherwise"
    return [
        _ALL_DAY if each.is_all_day else {"opens": _text(each.opens), "closes": _text(each.closes)}
        for each in spans
    ]


def _text(moment: time) -> str:
    return f"{moment:%H:%M}"
