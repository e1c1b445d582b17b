"""The worst places and the hours of a day taken along: flat rows, and the files made of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from geo_service.domain.gap_list import Gap
from geo_service.services.demand_columns import rounded
from geo_service.services.exporting import Cell, Row, csv_text
from geo_service.services.measures import Day, GapList, HourByHour

_KM2 = 1e-6


def gap_rows(found: GapList) -> list[Row]:
    """Lay the worst places out flat, the worst first; a place is in WGS 84, a length in metres.

    What is uncovered there is in the layer's unit, and without a layer in square kilometres.
    """
    with_layer = found.query.demand is not None
    return [
        {
            "rank": rank,
            "longitude": round(gap.at.longitude, 6),
            "latitude": round(gap.at.latitude, 6),
            "distance_m": rounded(gap.distance_m, 1),
            "nearest_station": gap.nearest_station,
            "uncovered_demand": round(gap.demand, 2) if with_layer else None,
            "uncovered_km2": None if with_layer else round(gap.demand * _KM2, 4),
            "place_name": gap.name,
            **_unit_of(gap),
        }
        for rank, gap in enumerate(found.gaps, start=1)
    ]


def _unit_of(gap: Gap) -> Row:
    unit = gap.unit
    return {
        "unit_code": unit and unit.code,
        "unit_name": unit and unit.name,
        "unit_name_en": unit and unit.name_en,
        "county_code": unit and unit.county_code,
    }


def gap_features(found: GapList) -> list[dict[str, Any]]:
    """Return one GeoJSON Feature a place."""
    return [
        {
            "type": "Feature",
            "id": row["rank"],
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": row,
        }
        for row in gap_rows(found)
    ]


def gap_csv(found: GapList, about: Mapping[str, Cell]) -> str:
    """Return one line a place, each with the parameters it holds for at its end."""
    return csv_text(row | dict(about) for row in gap_rows(found))


def hour_row(hours: HourByHour, number: int) -> Row:
    """Lay the days of one unit out flat: its share covered at each hour, and the day's mean."""
    unit = hours.units[number]
    return {
        "code": unit.code,
        "name": unit.name,
        "name_en": unit.name_en,
        "county_code": unit.county_code,
        "days": [
            {
                "date": day.date.isoformat(),
                "share_of_day": rounded(day.share_of_day_of(number), 5),
                "shares": [rounded(share, 5) for share in day.shares_of(number)],
            }
            for day in hours.days
        ],
        "missing": hours.missing.get(unit.code),
    }


def day_row(day: Day) -> Row:
    """Lay a day of all units together out flat, with what counted at each hour."""
    return {
        "date": day.date.isoformat(),
        "weekend": day.date.isoweekday() > 5,
        "share_of_day": rounded(day.share_of_day, 5),
        "shares": [rounded(hour.share, 5) for hour in day.hours],
        "stations_counted": [hour.stations for hour in day.hours],
        "stations_of_unknown_openness": [hour.of_unknown_openness for hour in day.hours],
    }


def hour_csv(hours: HourByHour, about: Mapping[str, Cell]) -> str:
    """Return one line for each unit and day, with a column an hour."""
    return csv_text(line | dict(about) for line in _hour_lines(hours))


def _hour_lines(hours: HourByHour) -> Iterator[dict[str, Cell]]:
    for number in range(len(hours.units)):
        row = hour_row(hours, number)
        for day in row["days"]:
            yield {
                **{key: row[key] for key in ("code", "name", "name_en", "county_code")},
                "date": day["date"],
                **{f"at_{hour:02}": share for hour, share in enumerate(day["shares"])},
                "share_of_day": day["share_of_day"],
                "missing": row["missing"],
            }
