"""How the planner's page writes figures."""

from typing import Final

from geo_service.web.language import Language
from maps.measures import MEASURES, Figure, written

THIN_SPACE: Final = "\u202f"  # no line breaks at it
_UNITS: Final = {"zh": ("米", "公里"), "en": ("m", "km")}


def figure(key: str, value: Figure) -> str | None:
    """Write a unit's figure as the maps do, or return None where there is none."""
    return written(MEASURES[key], value)


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
