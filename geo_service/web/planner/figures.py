"""How the planner's page writes figures."""

from collections.abc import Mapping
from typing import Final

from geo_service.web.language import Language
from maps.measures import MEASURES, Figure, Measure, written

THIN_SPACE: Final = "\u202f"  # no line breaks at it
_UNITS: Final = {"zh": ("米", "公里"), "en": ("m", "km")}

FIGURES: Final[Mapping[str, Measure]] = {
    **MEASURES,
    **{
        each.key: each
        for each in (
            Measure(key="demand", form="whole", on_map=False),
            Measure(key="demand_coverage", form="share"),
            Measure(key="demand_uncovered", form="whole"),
            Measure(key="demand_cross_coverage", form="share"),
            Measure(key="demand_nearest_mean_m", form="whole"),
            Measure(key="demand_nearest_p90_m", form="whole"),
            Measure(key="stations_per_10000_demand", form="decimal"),
            Measure(key="capacity_per_10000_demand", form="decimal"),
            Measure(key="supply_2sfca_per_10000", form="decimal"),
            Measure(key="supply_e2sfca_per_10000", form="decimal"),
        )
    },
}
"""The figures of a row that the page shows, those of a demand layer among them."""


def figure(key: str, value: Figure) -> str | None:
    """Write a unit's figure as the maps do, or return None where there is none."""
    return written(FIGURES[key], value)


def share_text(value: float) -> str:
    """Write a share from 0 to 1 as a percentage."""
    return f"{100 * value:.1f}{THIN_SPACE}%"


def count_text(value: float) -> str:
    """Write a count."""
    return f"{value:,.0f}".replace(",", THIN_SPACE)


def length_text(metres: float, language: Language) -> str:
    """Write a length: to ten metres, from a kilometre on to a hundred."""
    short, long = _UNITS[language]
    if metres < 995:
        return f"{round(metres / 10) * 10 if metres >= 100 else round(metres)}{THIN_SPACE}{short}"
    return f"{metres / 1000:,.1f}{THIN_SPACE}{long}"


def radius_text(metres: float, language: Language) -> str:
    """Write a radius exactly as it was asked for."""
    short, long = _UNITS[language]
    if metres >= 1000 and metres % 100 == 0:
        return f"{metres / 1000:g}{THIN_SPACE}{long}"
    return f"{metres:g}{THIN_SPACE}{short}"
