"""The history of coverage as charts, in Chinese and in English."""

from typing import Final, Literal

from markupsafe import Markup

from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.services.history import CoverageHistory, history_row
from geo_service.services.line_chart import Form, Series, line_chart

Language = Literal["zh", "en"]
Chart = Literal["coverage", "stations"]

_DRAWN: Final[dict[Chart, tuple[Form, tuple[str, ...]]]] = {
    "coverage": ("share", ("demand_coverage", "area_coverage", "cross_coverage")),
    "stations": ("whole", ("stations",)),
}
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh": {
        "coverage": "覆盖率，{first} 至 {last}",
        "stations": "站点数，{first} 至 {last}",
        "area_coverage": "面积覆盖率",
        "cross_coverage": "两站以上",
        "stations_name": "站点",
        "basis": "{place} · 服务半径 {radius:g} 米 · {distance} · 修订号 {revision}{status}",
        "straight": "直线距离",
        "estimated_walk": "估算步行距离",
        "network_walk": "街道步行距离",
        "demand_coverage": "需求覆盖率",
        "demonstration": " · 演示数据",
    },
    "en": {
        "coverage": "Coverage, {first} to {last}",
        "stations": "Stations, {first} to {last}",
        "area_coverage": "Area covered",
        "cross_coverage": "Twice or more",
        "stations_name": "Stations",
        "basis": "{place} · radius {radius:g} m · {distance} · revision {revision}{status}",
        "straight": "straight line",
        "estimated_walk": "estimated walk",
        "network_walk": "walk along streets",
        "demand_coverage": "Demand covered",
        "demonstration": " · Demonstration data",
    },
}


def history_chart(
    register: Register,
    history: CoverageHistory,
    language: Language,
    *,
    chart: Chart = "coverage",
    standalone: bool = False,
) -> Markup:
    """Draw the shares of the ground covered, or the stations, day by day, with what they rest on.

    Boundaries and hours are today's: that stands in the notes of the history, not in the chart.
    """
    words, (form, keys) = _WORDS[language], _DRAWN[chart]
    rows = [(point.on, history_row(point)) for point in history.points]
    return line_chart(
        [
            Series(
                name=words["stations_name" if key == "stations" else key],
                points=[(day, row[key]) for day, row in rows],
            )
            for key in keys
            if key in rows[0][1]
        ],
        title=words[chart].format(first=rows[0][0].isoformat(), last=rows[-1][0].isoformat()),
        form=form,
        caption=basis(register, history, language),
        standalone=standalone,
    )


def basis(register: Register, history: CoverageHistory, language: Language) -> str:
    """Say in one line what every figure of a history rests on."""
    words, place = _WORDS[language], register.place
    demonstration = DataStatus.DEMONSTRATION in register.data_status
    return words["basis"].format(
        place=place.name if language == "zh" else place.name_en or place.name,
        radius=history.query.coverage.radius,
        distance=words[history.query.coverage.distances.distance_type.value],
        revision=register.revision.number,
        status=words["demonstration"] if demonstration else "",
    )
