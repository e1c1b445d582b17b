"""What a planner says first: two sentences and a handful of figures."""

from dataclasses import dataclass

from geo_service.domain.register import Register
from geo_service.services.coverage import CoverageAnswer
from geo_service.services.exporting import Row
from geo_service.web.language import Language
from geo_service.web.planner.basis import distance_words, layer_words
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
    register: Register, answer: CoverageAnswer, total: Row, worst: Gap | None, language: Language
) -> list[str]:
    """Say what the figures come to; the first sentence is the headline."""
    words, place, query = WORDS[language], register.place, answer.query
    stations = count_text(len(answer.stations))
    if not len(answer.stations):
        return [words["none_counted"]]
    if total["area_coverage"] is None:
        return [words["headline_unmeasured"].format(stations=stations)]
    demand = total.get("demand_coverage")
    said = [
        words["headline" if demand is None else "headline_demand"].format(
            radius=radius_text(query.radius, language),
            stations=stations,
            place=place.name_en or place.name if language == "en" else place.name,
            share=share_text(total["area_coverage"]),
            demand="" if demand is None else share_text(demand),
            **layer_words(query, language),
        )
    ]
    if total["nearest_p90_m"] is not None:
        said.append(
            words["headline_far"].format(
                p90=length_text(total["nearest_p90_m"], language),
                median=length_text(total["nearest_median_m"], language),
                distance_type=distance_words(query, language),
            )
        )
    if worst is not None:
        said.append(words["headline_gap"].format(unit=worst.unit, distance=worst.distance))
    return said


def tiles_of(
    answer: CoverageAnswer, total: Row, worst: Gap | None, language: Language
) -> list[Tile]:
    """Return the figures that stand above the map."""
    told = layer_words(answer.query, language)
    told["distance_type"] = distance_words(answer.query, language)
    rest, breakfast = total["stations_rest"], total["stations_breakfast"]
    told |= {"rest": count_text(rest), "breakfast": count_text(breakfast)}
    tiles = [_tile("stations", count_text(len(answer.stations)), language, told)]
    if total["area_coverage"] is not None:
        covered, area = count_text(total["covered_km2"]), count_text(total["area_km2"])
        told |= {"covered": covered, "area": area}
        tiles.append(_tile("covered", share_text(total["area_coverage"]), language, told))
    if total.get("demand_coverage") is not None:
        told |= {
            "covered": count_text(total["demand_covered"]),
            "total": count_text(total["demand"]),
        }
        tiles.append(_tile("demand", share_text(total["demand_coverage"]), language, told))
    if total["area_coverage"] is not None:
        tiles.append(_tile("cross", share_text(total["cross_coverage"]), language, told))
    if total["nearest_mean_m"] is not None:
        mean = length_text(total["nearest_mean_m"], language)
        tiles.append(_tile("mean", mean, language, told))
    if worst is not None:
        tiles.append(_tile("gap", worst.distance, language, told | {"unit": worst.unit}))
    return tiles


def _tile(key: str, value: str, language: Language, told: dict[str, str]) -> Tile:
    words = WORDS[language]
    label = words[f"tile_{key}"].format(**told)
    return Tile(key, label[:1].upper() + label[1:], value, words[f"tile_{key}_note"].format(**told))
