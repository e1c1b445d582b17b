"""Stations of every sort, for tests that Hypothesis draws."""

from datetime import date
from typing import Any, Final

from hypothesis import strategies as st

from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum, reading_to_coordinate
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

# What spreadsheets, CSV and XML make something else of, if they are let.
TRICKY: Final = (
    *("=1+1", "'=1+1", "''@x", "'", "'plain", "+86 395 313 1234", "-5", "@SUM(A1)", "＝1", "\t=1"),
    *("007", "1e5", "TRUE", "2026-01-01", "3/4", "#N/A", "\\N", "NULL", "nan", "12,345"),
    *('say "so"', "a,b", "a;b", "两\n行", "甲\r\n乙", "a\rb", "_x0041_", "<b>&amp;", "${x}`", "😀"),
    *("示例", "不详", "\ufeff甲", "e\u0301", "٣", "１２"),
)
_HOURS: Final = (
    *(None, "24/7", "Mo-Fr 08:00-18:00; PH off", "Mo-Su 04:30-07:00"),
    *("Mo-Fr 08:00-12:00,14:30-18:00; Sa,Su,PH off", "Apr-Oct Mo-Su 06:00-20:00"),
)
_EDGES: Final = (
    " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)

texts = (
    (st.sampled_from(TRICKY) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
    .map(lambda text: text.strip(_EDGES))
    .filter(bool)
)
telephones = st.from_regex(r"[+0-9][0-9 ()-]{3,12}[0-9]", fullmatch=True)
identifiers = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}", fullmatch=True).filter(
    lambda text: text != "nearest"
)
days = st.dates(date(1899, 1, 1), date(2199, 12, 31))


def _services() -> st.SearchStrategy[tuple[Service, ...]]:
    one: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {
            "opening_hours": st.sampled_from(_HOURS),
            "groups": st.frozensets(st.sampled_from(Group)),
        }
    )
    several = st.dictionaries(st.sampled_from(ServiceKind), one, min_size=1)
    return several.map(
        lambda found: tuple(
            Service(kind=kind, **found[kind]) for kind in ServiceKind if kind in found
        )
    )


def _station(given: dict[str, Any]) -> Station:
    opened, closed = given.pop("days")
    reading: Reading = given["reading"]
    at = reading_to_coordinate(reading.x, reading.y, reading.datum)
    return Station(coordinate=at, opened_on=opened, closed_on=closed, **given)


def _in_order(both: tuple[date | None, date | None]) -> bool:
    opened, closed = both
    return opened is None or closed is None or opened < closed


_lives = st.tuples(st.none() | days, st.none() | days).filter(_in_order)
_readings = st.builds(
    Reading,
    x=st.floats(73.0, 135.0) | st.just(114.0),
    y=st.floats(18.0, 53.0) | st.just(33.5),
    datum=st.sampled_from(Datum),
)

stations = st.fixed_dictionaries(
    {
        "id": identifiers.map(StationId),
        "name": texts,
        "name_en": st.none() | texts,
        "services": _services(),
        "amenities": st.frozensets(st.sampled_from(Amenity)),
        "address": st.none() | texts,
        "telephone": st.none() | telephones,
        "capacity": st.none() | st.integers(0, 2**31 - 1),
        "accessibility": st.sampled_from(Accessibility),
        "reading": _readings,
        "data_status": st.sampled_from(DataStatus),
        "source": texts,
        "accuracy_m": st.none() | st.floats(0, 1_000_000.0).map(Metres),
        "verified_on": st.none() | days,
        "days": _lives,
    }
).map(_station)

registers = st.lists(stations, min_size=1, max_size=30, unique_by=lambda station: station.id).map(
    lambda found: sorted(found, key=lambda station: station.id)
)
