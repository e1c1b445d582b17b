"""Stations in forms other than GeoJSON: line by line, as a table, for globes and for GIS desks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from flask import Response
from shapely import Point

from geo_service import runtime
from geo_service.domain.datum import Datum
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from geo_service.services.browse import BrowseQuery, Page
from geo_service.services.exporting import Cell
from geo_service.services.nearest import NearestAnswer, NearestQuery
from geo_service.services.notes import register_notes
from geo_service.services.station_lines import Line, station_line
from geo_service.web import forms, freshness, geojson
from geo_service.web.features import features_of
from geo_service.web.forms import Form, Lines

_KNOWN: Final = (
    *("openness", "services", "opening_hours", "amenities", "address", "township"),
    *("township_code", "county", "telephone", "capacity", "accessibility", "data_status"),
    *("source", "accuracy_m", "verified_on"),
)
_NAMED: Final = ("id", "name", "name_en", "longitude", "latitude")
_WAY: Final = ("distance_m", "walk_minutes", "at")
_ABOUT: Final = ("instant", "datum", "revision")


def nearest_answer(
    form: Form, register: Register, datum: Datum, query: NearestQuery, found: NearestAnswer
) -> Response:
    """Answer with the closest few, closest first."""
    zone = register.place.zone
    name = f"nearest-r{register.revision.number}"
    if form is Form.GEOJSONSEQ:
        texts, moments = features_of(register, datum), geojson.Moments(zone)
        features = [texts.nearby(each, moments.text(each.at)) for each in found.stations]
        return forms.sequence(features, name)
    lines = []
    for each in found.stations:
        way: dict[str, Cell] = {
            "distance_m": round(each.distance, 2),
            "walk_minutes": each.walk_minutes,
            "at": geojson.instant_text(each.at, zone),
        }
        lines.append(station_line(register, each.station, each.openness, datum, way))
    stations = [each.station for each in found.stations]
    about = _about(register, datum, query.instant)
    return forms.file_of(_lines(register, about, stations, lines, name), form)


def page_answer(
    form: Form, register: Register, datum: Datum, query: BrowseQuery, page: Page
) -> Response:
    """Answer with a page of stations, by identifier."""
    name = f"stations-r{register.revision.number}"
    if form is Form.GEOJSONSEQ:
        texts = features_of(register, datum)
        at_text = geojson.instant_text(query.instant, register.place.zone).encode()
        return forms.sequence([texts.feature(each, at_text) for each in page.stations], name)
    stations = [each.station for each in page.stations]
    lines = [
        station_line(register, each.station, each.openness, datum, {}) for each in page.stations
    ]
    about = _about(register, datum, query.instant)
    return forms.file_of(_lines(register, about, stations, lines, name), form)


def _about(register: Register, datum: Datum, instant: datetime) -> dict[str, Cell]:
    return {
        "instant": geojson.instant_text(instant, register.place.zone),
        "datum": datum.value,
        "revision": register.revision.number,
    }


def _lines(
    register: Register,
    about: Mapping[str, Cell],
    stations: Sequence[Station],
    lines: Sequence[Line],
    name: str,
) -> Lines:
    notes = [*freshness.notes("en"), *register_notes(register, runtime.now(), "en")]
    way = _WAY if name.startswith("nearest") else ()
    return Lines(
        name=name,
        title=register.place.name,
        notes=notes,
        columns=(*_NAMED, *way, *_KNOWN, *_ABOUT),
        rows=[{**line, **about} for line in lines],
        places=lambda: [
            Point(each.coordinate.longitude, each.coordinate.latitude) for each in stations
        ],
        geometry_type="Point",
    )
