"""What a station's page shows, in words: nothing here is HTML."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from geo_service.domain.holidays import Holiday, HolidayKind
from geo_service.domain.navigation import links_to
from geo_service.domain.opening_hours import Openness, OpennessAt, Schedule
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, Group, Service, Station
from geo_service.domain.walking import Walking
from geo_service.services.browse import station_at
from geo_service.services.hours_text import change_text, hours_text
from geo_service.services.nearest import NearbyStation, NearestQuery, find_nearest
from geo_service.services.weekly import (
    HolidayAhead,
    days_from,
    holidays_ahead,
    hours_by_day,
    stretch_texts,
)
from geo_service.web.language import Language
from geo_service.web.station.words import WORDS

_NEARBY: Final = 5
_WEEKDAYS: Final = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_OTHER_APPS: Final = ("baidu", "tencent", "apple", "geo")


def portrait(
    register: Register, station: Station, now: datetime, walking: Walking, language: Language
) -> dict[str, Any]:
    """Return all that the page of a station shows of it."""
    return _Portrait(register, now, language).of(station, walking)


def name_in(language: Language, station: Station) -> str:
    """Return a station's name; in English its English one, if it has that."""
    return station.name if language == "zh" else station.name_en or station.name


def callable_number(telephone: str | None) -> str | None:
    """Return what a phone can dial of a telephone number as somebody wrote it; None if nothing."""
    kept = "".join(sign for sign in telephone or "" if sign in "+0123456789")
    return kept or None


class _Portrait:
    def __init__(self, register: Register, now: datetime, language: Language) -> None:
        self._register = register
        self._now = now
        self._today = now.astimezone(register.place.zone).date()
        self._language: Language = language
        self._words = WORDS[language]

    def of(self, station: Station, walking: Walking) -> dict[str, Any]:
        found = station_at(self._register, station, self._now)
        links = links_to(station.coordinate, station.name, place=self._register.place.name)
        schedules = [self._register.schedules.of(each.opening_hours) for each in station.services]
        return {
            "station": station,
            "name": name_in(self._language, station),
            "other_name": station.name_en if self._language == "zh" else None,
            "services": [
                self._service(service, state, station)
                for service, state in zip(station.services, found.openness, strict=True)
            ],
            "amenities": [each.value for each in Amenity if each in station.amenities],
            "telephone": callable_number(station.telephone),
            "amap": links["amap"],
            "links": {app: links[app] for app in _OTHER_APPS},
            "week": self._week(schedules),
            "holidays": self._holidays(schedules),
            "facts": self._facts(station),
            "lifetime": self._lifetime(station),
            "reported_closed": self._reported_closed(station),
            "township": self._register.townships_by_code.get(station.township_code or ""),
            "nearby": self._nearby(station, walking),
        }

    def _service(self, service: Service, state: OpennessAt, station: Station) -> dict[str, Any]:
        words = self._words
        told = f"state_{state.state}"
        if state.state is Openness.UNKNOWN and station.telephone:
            told = "state_unknown_call"
        elif (span := self._span(station)) is not None:
            told = f"state_{span}"
        zone = self._register.place.zone
        groups = [words[f"group_{each}"] for each in Group if each in service.groups]
        return {
            "kind": service.kind.value,
            "name": words[f"service_{service.kind}"],
            "state": state.state.value,
            "state_text": words[told],
            "change": change_text(state, self._now, zone, self._language),
            "groups": words["comma"].join(groups) or words["anyone"],
            "rule": hours_text(service.opening_hours, self._language),
        }

    def _week(self, schedules: Sequence[Schedule | None]) -> list[dict[str, Any]]:
        days = days_from(self._today)
        special = {each.day: each for each in self._register.calendar.holidays}
        columns = [self._said(schedule, days) for schedule in schedules]
        return [
            {
                "name": self._day_name(day),
                "date": self._date_text(day),
                "special": self._special(special.get(day)),
                "hours": [column[position] for column in columns],
            }
            for position, day in enumerate(days)
        ]

    def _holidays(self, schedules: Sequence[Schedule | None]) -> list[dict[str, Any]]:
        ahead = holidays_ahead(self._register.calendar, self._today)
        return [
            {
                "name": each.name,
                "kind": self._words[_KINDS[each.kind]],
                "dates": self._span_text(each),
                "hours": [self._in_short(self._said(one, each.days)) for one in schedules],
            }
            for each in ahead
        ]

    def _said(self, schedule: Schedule | None, days: Sequence[date]) -> list[list[str]]:
        if schedule is None:
            return [[self._words["not_known"]]] * len(days)
        hours = hours_by_day(schedule, self._register.calendar, days)
        return [stretch_texts(each.stretches, self._language) for each in hours]

    def _in_short(self, said: Iterable[list[str]]) -> list[str]:
        """Say once what is the same on all days."""
        return list(dict.fromkeys(text for day in said for text in day))

    def _special(self, holiday: Holiday | None) -> str:
        if holiday is None:
            return ""
        return f"{holiday.name} {self._words[_KINDS[holiday.kind]]}"

    def _day_name(self, day: date) -> str:
        if day == self._today:
            return self._words["today"]
        if day == self._today + timedelta(days=1):
            return self._words["tomorrow"]
        return _WEEKDAYS[self._language][day.weekday()]

    def _date_text(self, day: date) -> str:
        if self._language == "zh":
            return f"{day.month}月{day.day}日"
        return f"{day.day} {day:%b}"

    def _span_text(self, ahead: HolidayAhead) -> str:
        first, last = self._date_text(ahead.first), self._date_text(ahead.last)
        return first if first == last else f"{first}–{last}"

    def _facts(self, station: Station) -> list[tuple[str, str]]:
        words, at = self._words, station.coordinate
        accuracy = words["accuracy_unknown"]
        if station.accuracy_m is not None:
            accuracy = words["accuracy"].format(metres=f"{station.accuracy_m:g}")
        verified = station.verified_on
        return [
            (words["capacity"], "" if station.capacity is None else str(station.capacity)),
            (words["accessibility"], words[f"access_{station.accessibility}"]),
            (words["verified"], verified.isoformat() if verified else words["verified_never"]),
            (words["status"], words[f"status_{station.data_status}"]),
            (words["source"], station.source),
            (words["position"], words["degrees"].format(at=at, accuracy=accuracy)),
            (words["number"], station.id),
            *(
                (words[key], day.isoformat())
                for key, day in (("opened", station.opened_on), ("ended", station.closed_on))
                if day is not None
            ),
        ]

    def _span(self, station: Station) -> str | None:
        """Say whether a station is no more, or not yet; None: neither."""
        if station.in_being(self._today):
            return None
        ended = station.closed_on is not None and station.closed_on <= self._today
        return "ended" if ended else "coming"

    def _lifetime(self, station: Station) -> str:
        """Say since when a station is no more, or when it begins; nothing of one in being."""
        span = self._span(station)
        if span is None:
            return ""
        day = station.closed_on if span == "ended" else station.opened_on
        assert day is not None
        return self._words[f"lifetime_{span}"].format(day=day.isoformat())

    def _reported_closed(self, station: Station) -> str:
        """Say since when people have reported a station closed; nothing, where they have not."""
        day = station.reported_closed_on
        return "" if day is None else self._words["reported_closed"].format(day=day.isoformat())

    def _nearby(self, station: Station, walking: Walking) -> list[dict[str, Any]]:
        query = NearestQuery(origin=station.coordinate, instant=self._now, limit=_NEARBY + 1)
        found = find_nearest(self._register, query, walking).stations
        others = [each for each in found if each.station.id != station.id]
        return [self._neighbour(each) for each in others[:_NEARBY]]

    def _neighbour(self, found: NearbyStation) -> dict[str, Any]:
        words, station = self._words, found.station
        return {
            "id": station.id,
            "name": name_in(self._language, station),
            "distance": words["near_distance"].format(distance=self._way_text(found.distance)),
            "walk": words["near_walk"].format(minutes=found.walk_minutes),
            "services": [
                {
                    "name": words[f"service_{service.kind}"],
                    "kind": service.kind.value,
                    "state": state.state.value,
                    "state_text": words[f"state_{state.state}"],
                }
                for service, state in zip(station.services, found.openness, strict=True)
            ],
        }

    def _way_text(self, metres: float) -> str:
        if metres < 1000:
            return self._words["metres"].format(metres=f"{metres:.0f}")
        return self._words["kilometres"].format(kilometres=f"{metres / 1000:.1f}")


_KINDS: Final = {
    HolidayKind.PUBLIC_HOLIDAY: "public_holiday",
    HolidayKind.MAKEUP_WORKDAY: "makeup",
}
