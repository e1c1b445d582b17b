"""What every figure of the page rests on, in words."""

from geo_service.domain.reach import DistanceType, StraightLines
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.services.coverage import CoverageQuery, day_counted
from geo_service.web.language import Language
from geo_service.web.planner.words import WORDS


def distance_words(query: CoverageQuery, language: Language) -> str:
    """Say what the page's metres mean."""
    kind, words = query.distances.distance_type, WORDS[language]
    factor = query.distances.factor if isinstance(query.distances, StraightLines) else 1.0
    return words[f"distance_{DistanceType(kind)}"].format(factor=f"{factor:g}")


def layer_words(query: CoverageQuery, language: Language) -> dict[str, str]:
    """Name the demand layer, its unit, and that it is an estimate where it is one."""
    layer, words = query.demand, WORDS[language]
    if layer is None:
        return {"layer": words["spread_ground"], "unit": "km²", "estimate": ""}
    english = language == "en"
    name = layer.name_en or layer.name if english else layer.name
    return {
        "layer": name[:1].lower() + name[1:] if english else name,
        "unit": layer.unit_en or layer.unit if english else layer.unit,
        "estimate": words["estimated"] if layer.estimate else "",
    }


def basis_line(register: Register, query: CoverageQuery, language: Language) -> str:
    """Say in one line: radius, distance, demand, instant, plane, revision and status."""
    words = WORDS[language]
    when = words["any_time"]
    if query.instant is not None:
        local = query.instant.astimezone(register.place.zone)
        when = words["open_at"].format(when=f"{local:%Y-%m-%d %H:%M}")
    statuses = [words[f"status_{each}"] for each in DataStatus if each in register.data_status]
    return words["basis"].format(
        radius=f"{query.radius:g}",
        distance_type=distance_words(query, language),
        whose=_whose(query, language),
        day=day_counted(register, query).isoformat(),
        instant=when,
        crs=register.crs.name,
        revision=register.revision.number,
        status=" + ".join(statuses),
    )


def _whose(query: CoverageQuery, language: Language) -> str:
    words, layer = WORDS[language], query.demand
    if layer is None:
        return words["whose_ground"]
    return words["whose_layer"].format(
        layer=layer_words(query, language)["layer"] + layer_words(query, language)["estimate"],
        source=layer.as_of or layer.source,
        status=words[f"status_{layer.data_status}"],
    )
