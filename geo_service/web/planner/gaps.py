"""The list of gaps: the places farthest from any station, worst first."""

from dataclasses import dataclass
from typing import Final

from geo_service.domain.gap_list import Gap as WorstPlace
from geo_service.domain.register import Register
from geo_service.services.coverage import CoverageQuery
from geo_service.services.measures import worst_gaps
from geo_service.web.language import Language
from geo_service.web.planner.basis import layer_words
from geo_service.web.planner.drawing import Ground
from geo_service.web.planner.figures import count_text, length_text
from geo_service.web.planner.words import WORDS

LISTED: Final = 10
_KM2: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A place out of reach: of which unit, how far from which station, and where on the sheet."""

    number: int
    code: str
    unit: str
    distance_m: float | None
    distance: str
    share: float
    gain: str
    nearest: str
    x: float
    y: float


def gaps_of(
    register: Register, query: CoverageQuery, ground: Ground | None, language: Language
) -> list[Gap]:
    """Return the worst places, none in the hole of a worse one."""
    found = worst_gaps(register, query, count=LISTED).gaps
    farthest = max((each.distance_m for each in found if each.distance_m), default=0.0)
    return [
        _gap(
            register,
            query,
            number,
            found=each,
            farthest=farthest,
            ground=ground,
            language=language,
        )
        for number, each in enumerate(found, start=1)
    ]


def _gap(  # noqa: PLR0913 - what a line of the list is made of
    register: Register,
    query: CoverageQuery,
    number: int,
    *,
    found: WorstPlace,
    farthest: float,
    ground: Ground | None,
    language: Language,
) -> Gap:
    words, unit, far = WORDS[language], found.unit, found.distance_m
    named = words["gap_nowhere"]
    if unit is not None:
        named = unit.name_en or unit.name if language == "en" else unit.name
    x, y = ground.place(found.at.longitude, found.at.latitude) if ground else (0.0, 0.0)
    nearest = ""
    if found.nearest_station is not None:
        nearest = words["gap_nearest"].format(station=register.station(found.nearest_station).name)
    return Gap(
        number=number,
        code="" if unit is None else unit.code,
        unit=f"{named} · {found.name}" if found.name else named,
        distance_m=far,
        distance=words["gap_no_way"] if far is None else length_text(far, language),
        share=100.0 if far is None or not farthest else round(100 * far / farthest, 1),
        gain=_gain(query, found, language),
        nearest=nearest,
        x=x,
        y=y,
    )


def _gain(query: CoverageQuery, found: WorstPlace, language: Language) -> str:
    words = WORDS[language]
    if query.demand is None:
        return words["gaps_ground"].format(demand=f"{found.demand * _KM2:.2f}")
    return words["gaps_demand"].format(
        demand=count_text(found.demand), **layer_words(query, language)
    )
