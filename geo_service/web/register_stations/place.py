"""Where a position is: what the form says under its map."""

from typing import Annotated, Any, Final

from flask import Response
from pydantic import Field

from geo_service import runtime
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum, reading_to_coordinate
from geo_service.domain.errors import InvalidCoordinateError, OutsideServedAreaError
from geo_service.domain.register import Register
from geo_service.domain.township import BoundaryStatus
from geo_service.services.edit import township_at
from geo_service.services.nearest import NearestQuery, find_nearest
from geo_service.web import params
from geo_service.web.answers import json_answer
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.params import Latitude, Longitude
from geo_service.web.register_stations.words import WORDS
from geo_service.web.station.portrait import name_in

_NEAR: Final = 8
_DEGREES: Final = 7


class WhereParameters(LanguageParameters):
    """GET /register/stations/where."""

    lon: Longitude
    lat: Latitude
    datum: Datum = Datum.WGS84
    id: Annotated[str, Field(max_length=64, description="The station itself, not near itself.")] = (
        ""
    )


def where() -> Response:
    """Return where a position is on WGS 84, in which township, and the stations near."""
    given, register = params.read_form(WhereParameters), runtime.register()
    language = language_asked(given.lang)
    try:
        at = reading_to_coordinate(given.lon, given.lat, given.datum)
        runtime.served_area().check(register, at)
    except (InvalidCoordinateError, OutsideServedAreaError):
        return json_answer({"outside": True, "said": WORDS[language]["where_outside"], "near": []})
    query = NearestQuery(origin=at, instant=runtime.now(), limit=_NEAR + 1)
    found = find_nearest(register, query, runtime.walking()).stations
    near: list[dict[str, Any]] = [
        {
            "id": each.station.id,
            "name": name_in(language, each.station),
            "longitude": round(each.station.coordinate.longitude, _DEGREES),
            "latitude": round(each.station.coordinate.latitude, _DEGREES),
            "metres": round(each.distance),
        }
        for each in found
        if each.station.id != given.id
    ][:_NEAR]
    before = register.stations.number_of(given.id)
    recorded = None if before is None else register.stations[before]
    said = [township_text(register, at, language)]
    if recorded is not None and (moved := round(at.distance_to(recorded.coordinate))):
        said.append(WORDS[language]["where_moved"].format(metres=moved))
    if near:
        said.append(WORDS[language]["where_near"].format(**near[0]))
    return json_answer(
        {
            "outside": False,
            "longitude": round(at.longitude, _DEGREES),
            "latitude": round(at.latitude, _DEGREES),
            "said": " · ".join(said),
            "near": near,
        }
    )


def township_text(register: Register, at: Coordinate, language: Language) -> str:
    """Say in which township's outline a place lies."""
    words, code = WORDS[language], township_at(register, at)
    if code is None:
        return words["where_none"]
    township = register.townships_by_code[code]
    county = register.counties_by_code.get(township.county_code or "")
    english = language == "en"
    names = [
        (english and unit.name_en) or unit.name for unit in (county, township) if unit is not None
    ]
    text = words["where_in"].format(
        township=", ".join(reversed(names)) if english else "".join(names)
    )
    if township.boundary_status is BoundaryStatus.APPROXIMATE:
        text += words["where_approximate"]
    return text
