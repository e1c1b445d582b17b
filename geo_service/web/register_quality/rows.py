"""What was found of a station, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from geo_service.domain.register import Register
from geo_service.domain.station import StationId
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.services.quality import Finding, Found
from geo_service.web.language import Language
from geo_service.web.register_quality.words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A station of a finding's list."""

    id: StationId
    name: str
    township: str
    detail: str


def finding_rows(register: Register, found: Iterable[Found], language: Language) -> list[Row]:
    """Return findings as lines of a table."""
    return [
        Row(
            id=each.station.id,
            name=(language == "en" and each.station.name_en) or each.station.name,
            township=_township(register, each, language),
            detail=detail(register, each, language),
        )
        for each in found
    ]


def detail(register: Register, found: Found, language: Language) -> str:
    """Say what there is to say of a finding beyond its name."""
    words, station = WORDS[language], found.station
    match found.finding:
        case Finding.REPORTED_CLOSED:
            return words["since"].format(day=station.reported_closed_on)
        case Finding.UNVERIFIED:
            last = station.verified_on
            return words["never"] if last is None else words["last"].format(day=last)
        case Finding.HOURS_UNKNOWN:
            without = [each.kind for each in station.services if each.opening_hours is None]
            named = ", ".join(words[f"service_{each}"] for each in without)
            return words["which_hours"].format(services=named)
        case Finding.OUTSIDE_TOWNSHIP:
            return _outside(found, language)
        case Finding.DUPLICATE:
            return _twin(register, found, language)
        case _:
            return ""


def _outside(found: Found, language: Language) -> str:
    words, outside = WORDS[language], found.outside
    if outside is None:
        return ""
    recorded = outside.recorded
    said = words["outside_by"].format(
        township=_name(recorded, language), metres=f"{outside.distance:,.0f}"
    )
    if outside.within is not None:
        said += words["outside_within"].format(township=_name(outside.within, language))
    if recorded.boundary_status is BoundaryStatus.APPROXIMATE:
        said += words["approximate"]
    return said


def _twin(register: Register, found: Found, language: Language) -> str:
    pair, twin = found.duplicate, found.twin
    if pair is None or twin is None:
        return ""
    other = register.station(twin)
    return WORDS[language]["twin"].format(
        name=(language == "en" and other.name_en) or other.name,
        id=twin,
        metres=f"{pair.distance_m:.0f}",
        likeness=f"{pair.likeness:.0f}",
    )


def _township(register: Register, found: Found, language: Language) -> str:
    township = register.townships_by_code.get(found.station.township_code or "")
    return "" if township is None else _name(township, language)


def _name(township: Township, language: Language) -> str:
    return (language == "en" and township.name_en) or township.name
