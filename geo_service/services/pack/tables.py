"""The tables of a pack: units at each level, gaps and stations; rows as plain values by key."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from geo_service.domain.scorecard import Having
from geo_service.domain.station import Service, Station
from geo_service.domain.survey import Level
from geo_service.services.coverage import CoverageAnswer
from geo_service.services.demand import unit_in
from geo_service.services.exporting import Row, answer_totals, unit_rows
from geo_service.services.hours_text import hours_text
from geo_service.services.measure_rows import gap_rows
from geo_service.services.notes import Language
from geo_service.services.pack.columns import COLUMNS, Column, columns_of, of_layer
from geo_service.services.pack.contents import Contents
from geo_service.services.pack.words import WORDS, reason_text
from geo_service.services.scorecard import scorecard
from geo_service.services.scorecard import station_row as scorecard_row
from geo_service.services.scorecard_words import SHOWN
from maps.language import WORDS as MAP_WORDS

_LEVEL_TABLES: Final = {
    Level.TOWNSHIP: "townships",
    Level.COUNTY: "counties",
    Level.CITY: "city",
}
# What few look for stands to the right of the rest, and is not printed.
ASIDE: Final = frozenset(
    (
        *("county_code", "boundary_status", "grid_spacing_m", "grid_points"),
        *("worst_gap_longitude", "worst_gap_latitude", "worst_gap_nearest_station"),
        *("demand_points", "demand_cross_covered", "demand_unreachable"),
        "stations_without_capacity",
        *("population_year", "population_source", "missing", "notes"),
        *(f"why_{having}" for having in Having),
    )
)
_GAP_KEYS: Final = (
    *("rank", "unit", "county", "place_name", "distance_m"),
    *("uncovered_demand", "uncovered_km2", "longitude", "latitude"),
    *("nearest_station", "nearest_station_name"),
)
_STATION_KEYS: Final = (
    *("id", "name", "county", "township", "services", "amenities", "address", "telephone"),
    *("capacity", "accessibility", "longitude", "latitude", "accuracy_m"),
    *("data_status", "source", "verified_on"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its key names it in the words; its rows are made anew each time, one by one.

    ``total`` is a last line of the same keys, where there is one.
    """

    key: str
    columns: Sequence[Column]
    rows: Callable[[], Iterable[Row]]
    total: Row | None = None


def tables(contents: Contents) -> list[Table]:
    """Return every table, largest units last asked for first: as a reader turns the pages."""
    return [
        *(unit_table(contents, level) for level in contents.answers),
        gap_table(contents),
        station_table(contents),
        six_table(contents),
    ]


def unit_table(contents: Contents, level: Level) -> Table:
    """Return the figures of every unit of a level, and of all of them together."""
    answer, language = contents.answers[level], contents.language
    rows = unit_rows(answer)
    # The sheet says the level; and a unit's name in one language is enough in that language.
    left_out = {"level"} | ({"name_en"} if language == "zh" else set())
    if level is not Level.TOWNSHIP:
        left_out |= {"county_code", "county"}
    keys = [
        key
        for each in (rows[0] if rows else {})
        for key in ((each, "county") if each == "county_code" else (each,))
        if key not in left_out
    ]
    keys.sort(key=ASIDE.__contains__)
    return Table(
        key=_LEVEL_TABLES[level],
        columns=_columns(contents, keys),
        rows=lambda: (_unit(contents, row) for row in rows),
        total=_total(contents, answer) if len(answer.report.units) > 1 else None,
    )


def _unit(contents: Contents, row: Row) -> Row:
    words, language = WORDS[contents.language], contents.language
    county = contents.register.counties_by_code.get(row["county_code"] or "")
    return row | {
        "county": None if county is None else _named(county.name, county.name_en, language),
        "boundary_status": words[f"boundary_{row['boundary_status']}"],
        "missing": _missing(row, language),
        "notes": _joined((reason_text(note, language) for note in row["notes"]), language),
    }


def _total(contents: Contents, answer: CoverageAnswer) -> Row:
    row = answer_totals(answer)
    return row | {
        "name": WORDS[contents.language]["total"],
        "missing": _missing(row, contents.language),
    }


def _missing(row: Row, language: Language) -> str:
    """Name the figures that are missing, by the reason they share."""
    by_reason: dict[str, list[str]] = {}
    for key, reason in row["missing"].items():
        column = COLUMNS.get(_FIELDS.get(key, key))
        named = key if column is None else column.zh if language == "zh" else column.en
        by_reason.setdefault(reason_text(reason, language), []).append(named)
    words = WORDS[language]
    said = (
        f"{words['comma'].join(named)}{words['colon']}{reason}"
        for reason, named in by_reason.items()
    )
    return ("；" if language == "zh" else "; ").join(said)


# Fields of the domain whose figures have other keys, or several, in a row.
_FIELDS: Final = {
    "area_m2": "area_km2",
    "covered_area_m2": "covered_km2",
    "nearest": "nearest_mean_m",
    "worst_gap": "worst_gap_distance_m",
    "demand_nearest": "demand_nearest_mean_m",
}


def gap_table(contents: Contents) -> Table:
    """Return the places farthest from any station, farthest first."""
    keys = [key for key in _GAP_KEYS if key not in _without(contents)]
    return Table(key="gaps", columns=_columns(contents, keys), rows=lambda: worst_places(contents))


def _without(contents: Contents) -> set[str]:
    """Return the columns of gaps that the question leaves empty."""
    layer = contents.answer.query.demand
    if layer is None:
        return {"uncovered_demand", "place_name"}
    return {"uncovered_km2"} | ({"place_name"} if layer.points.names is None else set())


def worst_places(contents: Contents) -> Iterator[Row]:
    """Go through the places farthest from any station, farthest first."""
    register, language = contents.register, contents.language
    for row in gap_rows(contents.gaps):
        county = register.counties_by_code.get(row["county_code"] or "")
        nearest = row["nearest_station"] and register.station(row["nearest_station"])
        yield row | {
            "unit": row["unit_name"] and _named(row["unit_name"], row["unit_name_en"], language),
            "county": None if county is None else _named(county.name, county.name_en, language),
            "nearest_station_name": nearest and _named(nearest.name, nearest.name_en, language),
        }


def six_table(contents: Contents) -> Table:
    """Return which of the union's six things each station shows by its own record."""
    register, language = contents.register, contents.language
    keys = [key for having in Having for key in (f"has_{having}", f"why_{having}")]
    keys.sort(key=lambda key: key.startswith("why_"))

    def rows() -> Iterator[Row]:
        for card in scorecard(register).stations:
            row = scorecard_row(register, card)
            township = register.townships_by_code.get(row["township_code"] or "")
            yield {
                "id": row["id"],
                "name": _named(row["name"], row["name_en"], language),
                "township": township and _named(township.name, township.name_en, language),
                "shown": row["shown"],
                **{f"has_{each}": SHOWN[card.marks[each].shown][language] for each in Having},
                **{f"why_{each}": row[f"why_{each}_{language}"] for each in Having},
            }

    return Table(
        key="six", columns=columns_of(("id", "name", "township", "shown", *keys)), rows=rows
    )


def _columns(contents: Contents, keys: Sequence[str]) -> Sequence[Column]:
    layer = contents.answer.query.demand
    columns = columns_of(keys)
    return columns if layer is None else of_layer(columns, unit_in(layer, contents.language))


def station_table(contents: Contents) -> Table:
    """Return the stations that were counted, as they are registered."""
    return Table(
        key="stations",
        columns=columns_of(_STATION_KEYS),
        rows=lambda: (station_row(contents, each) for each in contents.answer.stations),
    )


def station_row(contents: Contents, counted: Station) -> Row:
    """Lay a counted station out flat; all its services are told, not just those that counted."""
    register, language = contents.register, contents.language
    words, named = WORDS[language], MAP_WORDS[language]
    station = register.station(counted.id)
    township = register.townships_by_code.get(station.township_code or "")
    county = register.counties_by_code.get((township and township.county_code) or "")
    return {
        "id": str(station.id),
        "name": _named(station.name, station.name_en, language),
        "county": None if county is None else _named(county.name, county.name_en, language),
        "township": None if township is None else _named(township.name, township.name_en, language),
        "services": _joined((_service(each, language) for each in station.services), language),
        "amenities": words["comma"].join(
            named[f"amenity_{each}"] for each in sorted(station.amenities)
        ),
        "address": station.address,
        "telephone": station.telephone,
        "capacity": station.capacity,
        "accessibility": words[f"access_{station.accessibility}"],
        "longitude": round(station.coordinate.longitude, 6),
        "latitude": round(station.coordinate.latitude, 6),
        "accuracy_m": station.accuracy_m,
        "data_status": named[f"status_{station.data_status}"],
        "source": station.source,
        "verified_on": station.verified_on,
    }


def _service(service: Service, language: Language) -> str:
    named, words = MAP_WORDS[language], WORDS[language]
    kind, anyone = named[f"service_{service.kind}"], named["group_anyone"]
    groups = words["comma"].join(named[f"group_{each}"] for each in sorted(service.groups))
    hours = hours_text(service.opening_hours, language) or named["stations.hours_unknown"]
    return f"{kind}{words['colon']}{hours} · {groups or anyone}"


def _joined(parts: Iterable[str], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(parts)


def _named(name: str, name_en: str | None, language: Language) -> str:
    return (name_en or name) if language == "en" else name
