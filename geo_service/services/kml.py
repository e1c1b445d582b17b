"""Places as KML 2.3, for globes and phones. Text is text: none of it is markup to anybody."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.services.exporting import Cell

# What XML 1.0 has no way to write, not even escaped.
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DEGREES: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Placemark:
    """One place: what it is called, where it is (WGS 84), and what is known of it."""

    name: str
    geometry: BaseGeometry | None
    values: Mapping[str, Cell]


def kml_text(title: str, notes: Iterable[str], placemarks: Iterable[Placemark]) -> str:
    """Write placemarks, in their order, and what to know before trusting them."""
    body = "".join(map(_placemark, placemarks))
    # Programs show a description as HTML: so it is written as the HTML of a text.
    said = _text(escape(" ".join(notes)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_text(title)}</name><description>{said}</description>"
        f"{body}</Document></kml>\n"
    )


def _placemark(placemark: Placemark) -> str:
    values = "".join(
        f"<Data name={quoteattr(_writable(name))}><value>{_text(_written(value))}</value></Data>"
        for name, value in placemark.values.items()
        if value is not None
    )
    where = "" if placemark.geometry is None else _geometry(placemark.geometry)
    return (
        f"<Placemark><name>{_text(placemark.name)}</name>"
        f"<ExtendedData>{values}</ExtendedData>{where}</Placemark>\n"
    )


def _written(value: Cell) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(given: str) -> str:
    return escape(_writable(given))


def _writable(given: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", given)


def _geometry(geometry: BaseGeometry) -> str:
    match geometry:
        case Point():
            return f"<Point><coordinates>{_positions(geometry.coords)}</coordinates></Point>"
        case Polygon():
            outer = _ring("outerBoundaryIs", geometry.exterior.coords)
            inner = "".join(_ring("innerBoundaryIs", each.coords) for each in geometry.interiors)
            return f"<Polygon>{outer}{inner}</Polygon>"
        case MultiPolygon():
            return f"<MultiGeometry>{''.join(map(_geometry, geometry.geoms))}</MultiGeometry>"
        case _:
            raise TypeError(f"nothing here draws a {geometry.geom_type}")


def _ring(name: str, positions: Iterable[Sequence[float]]) -> str:
    return (
        f"<{name}><LinearRing><coordinates>{_positions(positions)}</coordinates>"
        f"</LinearRing></{name}>"
    )


def _positions(positions: Iterable[Sequence[float]]) -> str:
    return " ".join(f"{round(x, _DEGREES)},{round(y, _DEGREES)}" for x, y, *_ in positions)
