"""What a planner says first: two sentences and a handful of figures."""

from dataclasses import dataclass

from geo_service.domain.register import Register
from geo_service.services.coverage import CoverageAnswer
from geo_service.services.exporting import Row
from geo_service.web.language import Language
from geo_service.web.planner.figures import count_text, length_text, radius_text, share_text
from geo_service.web.planner.gaps import Gap
from geo_service.web.planner.words import WORDS


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure in large type: what it is, its value, and what to know beside it."""

    key: str
    label: str
    value: str
    note: str


def sentences_of(
    register: Register,
    answer: CoverageAnswer,
    total: Row,
    worst: Gap | None,
    language: Language,
) -> list[str]:
    """Say what the figures come to; the first sentence is the headline."""
    words, place = WORDS[language], register.place
    stations = count_text(len(answer.stations))
    if not len(answer.stations):
        return [words["none_counted"]]
    if total["area_coverage"] is None:
        return [words["headline_unmeasured"].format(stations=stations)]
    said = [
        words["headline"].format(
            radius=radius_text(answer.query.radius, language),
            stations=stations,
            place=place.name_en or place.name if language == "en" else place.name,
            share=share_text(total["area_coverage"]),
        )
    ]
    if total["nearest_p90_m"] is not None:
        said.append(
            words["headline_far"].format(
                p90=length_text(total["nearest_p90_m"], language),
                median=length_text(total["nearest_median_m"], language),
            )
        )
    if worst is not None:
        distance = length_text(worst.distance_m, language)
        said.append(words["headline_gap"].format(unit=worst.unit, distance=distance))
    return said


def tiles_of(
    answer: CoverageAnswer, total: Row, worst: Gap | None, language: Language
) -> list[Tile]:
    """Return the figures that stand above the map."""
    words = WORDS[language]
    tiles = [
        _tile(
            "stations",
            count_text(len(answer.stations)),
            language,
            rest=count_text(total["stations_rest"]),
            breakfast=count_text(total["stations_breakfast"]),
        )
    ]
    if total["area_coverage"] is not None:
        tiles += [
            _tile(
                "covered",
                share_text(total["area_coverage"]),
                language,
                covered=count_text(total["covered_km2"]),
                area=count_text(total["area_km2"]),
            ),
            _tile("cross", share_text(total["cross_coverage"]), language),
        ]
    if total["nearest_mean_m"] is not None:
        tiles.append(_tile("mean", length_text(total["nearest_mean_m"], language), language))
    if worst is not None:
        far = length_text(worst.distance_m, language)
        tiles.append(Tile("gap", words["tile_gap"], far, words["tile_gap_note"].format(unit=worst.unit)))
    return tiles


def _tile(key: str, value: str, language: Language, **told: str) -> Tile:
    words = WORDS[language]
    return Tile(key, words[f"tile_{key}"], value, words[f"tile_{key}_note"].format(**told))
