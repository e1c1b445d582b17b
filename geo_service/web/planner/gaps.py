"""The list of gaps: the places farthest from any station, worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geo_service.domain.coverage import UnitCoverage
from geo_service.domain.register import Register
from geo_service.web.language import Language
from geo_service.web.planner.drawing import Ground
from geo_service.web.planner.figures import length_text
from geo_service.web.planner.words import WORDS

LISTED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A place out of reach: of which unit, how far from which station, and where on the sheet."""

    number: int
    code: str
    unit: str
    distance_m: float
    distance: str
    share: float
    nearest: str
    x: float
    y: float


def gaps_of(
    register: Register,
    units: Sequence[UnitCoverage],
    ground: Ground | None,
    language: Language,
) -> list[Gap]:
    """Return the farthest place of each of the units whose farthest is worst."""
    found = [each for each in units if each.worst_gap is not None]
    found.sort(key=lambda each: -(each.worst_gap.distance_m if each.worst_gap else 0.0))
    gaps: list[Gap] = []
    for number, each in enumerate(found[:LISTED], start=1):
        gap = each.worst_gap
        assert gap is not None
        x, y = (
            (0.0, 0.0)
            if ground is None
            else ground.place(gap.at.longitude, gap.at.latitude)
        )
        worst = gaps[0].distance_m if gaps else gap.distance_m
        unit = each.unit
        gaps.append(
            Gap(
                number=number,
                code=unit.code,
                unit=(unit.name_en or unit.name) if language == "en" else unit.name,
                distance_m=gap.distance_m,
                distance=length_text(gap.distance_m, language),
                share=round(100 * gap.distance_m / worst, 1) if worst else 0.0,
                nearest=WORDS[language]["gap_nearest"].format(
                    station=register.station(gap.nearest_station).name
                ),
                x=x,
                y=y,
            )
        )
    return gaps
