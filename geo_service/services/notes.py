"""What to know before trusting an answer, in Chinese and in English."""

from datetime import datetime
from typing import Final, Literal

from geo_service.domain.coverage import CoverageReport
from geo_service.domain.demand import DemandLayer
from geo_service.domain.reach import DistanceType
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.domain.street_network import StreetNetwork
from geo_service.domain.walked_ground import straight_radius
from geo_service.services.coverage import CoverageAnswer, CoverageQuery

Language = Literal["zh", "en"]

_NOTES: Final = {
    "demonstration": {
        "zh": "演示数据，请勿前往：登记册 {stations} 个站点中有 {count} 个是为演示而生成的，"
        "位置并不真实。",
        "en": "演示数据，请勿前往 · Demonstration data: {count} of {stations} stations were "
        "made up to show the service; do not go there.",
    },
    "stale": {
        "zh": "现在无法查询数据库：这是截至 {when} 的登记册，此后的更改尚未包括在内。",
        "en": "The database cannot be asked now: this is the register as of {when}; later changes "
        "are not in it.",
    },
    "holidays": {
        "zh": "法定节假日和调休安排公布到 {year} 年；此后只按星期和法定放假日判断营业时间。",
        "en": "Public holidays and make-up workdays are published to {year}; after that, opening "
        "hours follow the weekday and statutory holidays alone.",
    },
    "approximate": {
        "zh": "{units} 个单元中有 {count} 个边界是近似的：与其面积有关的数字都是估算。",
        "en": "{count} of {units} boundaries are approximations: figures about their ground are "
        "estimates.",
    },
    "without": {
        "zh": "以下单元没有边界数据，未能计算：{names}。",
        "en": "No boundary is known for {names}.",
    },
    "population": {
        "zh": "{count} 个单元的人口未知，因此没有每万人站点数。",
        "en": "The population of {count} units is not known, and so stations per 10,000 are not.",
    },
    "unknown_hours": {
        "zh": "计入的站点中有 {count} 个营业时间不详，届时可能关门；open_only=true 可排除它们。",
        "en": "{count} of the stations counted may be closed then: their hours are not known. "
        "open_only=true leaves them out.",
    },
    "straight": {
        "zh": "距离为直线距离，不是步行距离。",
        "en": "Distances are straight lines, not walks.",
    },
    "estimated_walk": {
        "zh": "距离是估算的步行距离（直线 × {factor:g}），没有使用路网；"
        "{radius:,.0f} 米步行范围即直线 {straight:,.0f} 米。",
        "en": "Distances are estimated walks (straight line × {factor:g}); no street network is "
        "used. A walk of {radius:,.0f} m is {straight:,.0f} m in a straight line.",
    },
    "network_walk": {
        "zh": "距离是沿路网的步行距离；面积份额按均匀网格点计算，是估算。路网：{streets}。",
        "en": "Distances are walks along streets. Shares of ground are those of the places of an "
        "even grid: estimates. Streets: {streets}.",
    },
    "no_layer": {
        "zh": "没有选择需求图层：份额按面积计算，不是按人口。",
        "en": "No demand layer was asked for: shares are of ground, not of people.",
    },
    "layer": {
        "zh": "需求图层“{name}”（{unit}，{status}）：{source}。",
        "en": "Demand is the layer “{name}” ({unit}, {status}): {source}.",
    },
    "layer_estimate": {
        "zh": "需求图层的说明：{estimate}。",
        "en": "Of this demand: {estimate}.",
    },
    "layer_elsewhere": {
        "zh": "有 {elsewhere:,.0f} {unit}的需求不在任何有边界的单元内，只计入合计。",
        "en": "{elsewhere:,.0f} {unit} of the demand lie in no unit with a boundary; they count in "
        "the totals alone.",
    },
    "supply": {
        "zh": "计入的 {stations} 个站点中有 {count} 个容量未知；在 2SFCA 和 E2SFCA 中各按 1 计。",
        "en": "{count} of the {stations} stations counted have no known capacity; 2SFCA and E2SFCA "
        "take each as 1.",
    },
}
_STATUS: Final = {
    DataStatus.OFFICIAL: {"zh": "官方数据", "en": "official"},
    DataStatus.DERIVED: {"zh": "推算数据", "en": "derived"},
    DataStatus.DEMONSTRATION: {"zh": "演示数据", "en": "demonstration"},
}


def _note(key: str, language: Language, **values: object) -> str:
    return _NOTES[key][language].format(**values)


def stale_note(checked_at: datetime, language: Language) -> str:
    """Say since when nobody knows whether this is still the present register."""
    return _note("stale", language, when=f"{checked_at:%Y-%m-%d %H:%M:%S}")


def register_notes(register: Register, instant: datetime, language: Language) -> list[str]:
    """Say what holds for every answer from this register at this instant."""
    notes = []
    if made_up := register.data_status.get(DataStatus.DEMONSTRATION, 0):
        total = len(register.stations)
        notes.append(_note("demonstration", language, count=made_up, stations=total))
    through = register.calendar.published_through
    if through is not None and instant.astimezone(register.place.zone).year > through:
        notes.append(_note("holidays", language, year=through))
    return notes


def coverage_notes(
    register: Register, answer: CoverageAnswer, instant: datetime, language: Language
) -> list[str]:
    """Say what holds for this coverage."""
    notes = register_notes(register, answer.query.instant or instant, language)
    return [
        *notes,
        *_unit_notes(answer.report, language),
        *counting_notes(answer.query, answer.of_unknown_openness, language),
        *_demand_notes(answer, language),
    ]


def _unit_notes(report: CoverageReport, language: Language) -> list[str]:
    notes, units = [], report.units
    if approximate := sum(unit.approximate for unit in units):
        notes.append(_note("approximate", language, count=approximate, units=len(units)))
    if without := [unit.unit.name for unit in units if unit.area_m2 is None]:
        joined = ("、" if language == "zh" else ", ").join(without)
        notes.append(_note("without", language, names=joined))
    if unpeopled := sum(unit.population is None for unit in units):
        notes.append(_note("population", language, count=unpeopled))
    return notes


def counting_notes(query: CoverageQuery, of_unknown_openness: int, language: Language) -> list[str]:
    """Say what was counted: which stations, by which distance, of which demand."""
    notes = []
    if of_unknown_openness:
        notes.append(_note("unknown_hours", language, count=of_unknown_openness))
    notes.append(_distance_note(query, language))
    if query.demand is None:
        return [*notes, _note("no_layer", language)]
    return [*notes, *_layer_notes(query.demand, language)]


def _distance_note(query: CoverageQuery, language: Language) -> str:
    kind, radius = query.distances.distance_type, query.radius
    if isinstance(query.distances, StreetNetwork):
        return _note(kind.value, language, streets=query.distances.source.imprint)
    straight = straight_radius(radius, query.distances)
    if kind is not DistanceType.ESTIMATED_WALK or straight is None:
        return _note(kind.value, language)
    factor = radius / straight
    return _note(kind.value, language, factor=factor, radius=radius, straight=straight)


def _layer_notes(layer: DemandLayer, language: Language) -> list[str]:
    notes = [
        _note(
            "layer",
            language,
            name=_in(language, layer.name, layer.name_en),
            unit=_in(language, layer.unit, layer.unit_en),
            status=_STATUS[layer.data_status][language],
            source=layer.source,
        )
    ]
    if layer.estimate:
        notes.append(_note("layer_estimate", language, estimate=layer.estimate))
    return notes


def _demand_notes(answer: CoverageAnswer, language: Language) -> list[str]:
    layer, demand, notes = answer.query.demand, answer.demand, []
    if layer is None or demand is None:
        return []
    if demand.elsewhere:
        unit = _in(language, layer.unit, layer.unit_en)
        notes.append(_note("layer_elsewhere", language, elsewhere=demand.elsewhere, unit=unit))
    if unknown := demand.totals.stations_without_capacity:
        counted = len(answer.stations)
        notes.append(_note("supply", language, count=unknown, stations=counted))
    return notes


def _in(language: Language, chinese: str, english: str | None) -> str:
    return english or chinese if language == "en" else chinese
