"""Figures as the files print them."""

from geo_service.services.exporting import Row

_THIN_SPACE = "\u202f"  # no line breaks at it
NOTHING = "–"


def whole(value: float | None) -> str:
    """Return a number without decimals, its thousands apart."""
    return NOTHING if value is None else f"{value:,.0f}".replace(",", _THIN_SPACE)


def decimal(value: float | None, digits: int = 1) -> str:
    """Return a number with decimals, its thousands apart."""
    return NOTHING if value is None else f"{value:,.{digits}f}".replace(",", _THIN_SPACE)


def share(value: float | None) -> str:
    """Return a share as per cent."""
    return NOTHING if value is None else f"{100 * value:.1f}{_THIN_SPACE}%"


def kilometres(metres: float | None) -> str:
    """Return metres as kilometres."""
    return NOTHING if metres is None else f"{metres / 1000:.1f}{_THIN_SPACE}km"


def name_in(row: Row, language: str) -> str:
    """Return the name of a unit in a language, in Chinese where it has no other."""
    name: str = row["name"]
    return (row["name_en"] or name) if language == "en" else name
