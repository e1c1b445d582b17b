"""Hours in words or in the OSM grammar, made an expression of that grammar."""

from importlib import import_module
from typing import Final
from zoneinfo import ZoneInfo

from geo_service.domain.holidays import HolidayCalendar
from geo_service.domain.opening_hours import Schedules

_SCHEDULES: Final = Schedules(HolidayCalendar(()), ZoneInfo("UTC"))


def parse_hours(words: str) -> str:
    """Return the expression that words say. Raises a GeoServiceError."""
    try:
        parse = import_module("geo_service.domain.hours_words").parse_hours
    except ModuleNotFoundError:
        _SCHEDULES.of(words)
        return words
    expression: str = parse(words)
    return expression
