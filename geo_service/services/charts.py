"""The maps of the register: what maps/ draws, made from what the register holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import shapely

from geo_service.domain.coverage import UnitCoverage
from geo_service.domain.navigation import links_to
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus, Service, Station
from geo_service.services.browse import BrowseQuery, StationNow, matching_stations, station_at
from geo_service.services.coverage import CoverageAnswer, draw_coverage
from geo_service.services.exporting import totals_row, unit_row
from geo_service.services.hours_text import change_text, hours_text
from maps import coverage_map, station_map
from maps.coverage_map import CoverageLayers, CoverageQuestion, CoverageUnit, QuestionForm, WorstGap
from maps.imprint import Imprint
from maps.language import Language
from maps.outlines import Outlines
from maps.sheet import Frame, Sheet
from maps.station_map import MapStation, ServiceHours

# Worst first: a map is worth no more than the least of what it shows.
_LEAST_FIRST = (DataStatus.DEMONSTRATION, DataStatus.DERIVED, DataStatus.OFFICIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a map will stand: its language, the moment it shows, and links to other pages."""

    language: Language
    instant: datetime
    navigation: Mapping[str, str]
    caution: str | None = None


def station_chart(register: Register, query: BrowseQuery, page: Page) -> Sheet:
    """Draw the stations that match, each with its hours and whether it is open then."""
    shown = (
        station_at(register, station, page.instant)
        for station in matching_stations(register, query)
    )
    return station_map.draw(
        [_map_station(register, each, page) for each in shown],
        outlines=Outlines(counties=register.counties, townships=register.townships),
        frame=_frame(register, page),
    )


def coverage_chart(
    register: Register,
    answer: CoverageAnswer,
    page: Page,
    *,
    measure: str,
    form: QuestionForm | None,
) -> Sheet:
    """Draw an answer about coverage, shaded by one of its measures."""
    drawing = draw_coverage(register, answer)
    query, report = answer.query, answer.report
    return coverage_map.draw(
        [_coverage_unit(unit) for unit in report.units],
        question=CoverageQuestion(
            radius_m=query.radius,
            level=query.level.value,
            measure=measure,
            service=query.conditions.service,
            group=query.conditions.group,
            amenities=query.conditions.amenities,
            open_at=query.instant and query.instant.astimezone(register.place.zone),
            crs=report.crs.name,
        ),
        frame=_frame(register, page),
        outlines=Outlines(counties=register.counties),
        layers=CoverageLayers(
            stations=[station.coordinate for station in answer.stations],
            gaps=shapely.union_all(list(drawing.gaps.values())),
            worst_gaps=list(_worst_gaps(report.units)),
        ),
        totals=totals_row(report.totals),
        form=form,
    )


def chart_title(register: Register, kind: str, language: Language) -> str:
    """Name a map's page."""
    place = register.place
    if language == "zh":
        words = {
            "stations": "户外劳动者驿站地图",
            "coverage": "驿站覆盖地图",
            "demand": "需求地图",
        }
        return f"{place.name} · {words[kind]}"
    words = {
        "stations": "Map of rest stations",
        "coverage": "Map of coverage",
        "demand": "Map of demand",
    }
    return f"{place.name_en or place.name} · {words[kind]}"


def _frame(register: Register, page: Page) -> Frame:
    present = register.data_status
    return Frame(
        language=page.language,
        imprint=Imprint(
            revision=register.revision.number,
            made_at=page.instant.astimezone(register.place.zone),
            data_status=next(
                (status for status in _LEAST_FIRST if status in present), DataStatus.OFFICIAL
            ),
            source=register.place.title
            if page.language == "zh"
            else register.place.title_en or register.place.title,
            caution=page.caution,
        ),
        navigation=page.navigation,
    )


def _map_station(register: Register, found: StationNow, page: Page) -> MapStation:
    station = found.station
    township = register.townships_by_code.get(station.township_code or "")
    name = township and (township.name_en if page.language == "en" else township.name)
    return MapStation(
        station=station,
        hours={
            service.kind: _hours(register, service, state, page)
            for service, state in zip(station.services, found.openness, strict=True)
        },
        township=name or (township.name if township else None),
        links=_links(station, register),
    )


def _links(station: Station, register: Register) -> dict[str, str]:
    """Return the links that start a navigation to a station, by provider."""
    links = links_to(station.coordinate, station.name, place=register.place.name)
    return {provider: str(url) for provider, url in links.items()}


def _hours(register: Register, service: Service, state: OpennessAt, page: Page) -> ServiceHours:
    return ServiceHours(
        hours=hours_text(service.opening_hours, page.language),
        openness=state.state.value,
        note=change_text(state, page.instant, register.place.zone, page.language),
    )


def _coverage_unit(unit: UnitCoverage) -> CoverageUnit:
    row = unit_row(unit)
    return CoverageUnit(
        code=unit.unit.code,
        name=unit.unit.name,
        name_en=unit.unit.name_en,
        boundary=unit.unit.boundary,
        boundary_status=unit.unit.boundary_status,
        properties={key: value for key, value in row.items() if key not in {"missing", "notes"}},
    )


def _worst_gaps(units: Iterable[UnitCoverage]) -> Iterable[WorstGap]:
    for unit in units:
        if unit.worst_gap is not None:
            yield WorstGap(
                unit=unit.unit.name,
                coordinate=unit.worst_gap.at,
                distance_m=unit.worst_gap.distance_m,
            )
