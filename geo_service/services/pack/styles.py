"""How QGIS draws the layers of a GeoPackage: its own style documents, as short as it reads them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from geo_service.services.notes import Language
from geo_service.services.pack.columns import Column
from maps.measures import colour_of
from maps.plate import COLOURS

_LINE: Final = "125,143,139,255"
_TOP: Final = 1.0


def graduated(
    columns: Iterable[Column], language: Language, *, attribute: str, breaks: Sequence[float]
) -> str:
    """Return the style of areas shaded by a share, in the classes of every other map."""
    style = _document(columns, language)
    renderer = SubElement(
        style,
        "renderer-v2",
        {"type": "graduatedSymbol", "attr": attribute, "graduatedMethod": "GraduatedColor"},
    )
    ranges, symbols = SubElement(renderer, "ranges"), SubElement(renderer, "symbols")
    edges = [0.0, *breaks, _TOP]
    for position, (low, high) in enumerate(pairwise(edges)):
        SubElement(
            ranges,
            "range",
            {
                "lower": f"{low}",
                "upper": f"{high}",
                "label": f"{100 * low:g}–{100 * high:g} %",
                "symbol": f"{position}",
                "render": "true",
            },
        )
        colour = COLOURS[colour_of(position, breaks)]
        _fill(symbols, f"{position}", {"color": _rgba(colour), "outline_color": _LINE})
    return _written(style)


def area(columns: Iterable[Column], language: Language, *, fill: str, line: str) -> str:
    """Return the style of areas of one colour."""
    style = _document(columns, language)
    renderer = SubElement(style, "renderer-v2", {"type": "singleSymbol"})
    _fill(SubElement(renderer, "symbols"), "0", {"color": fill, "outline_color": line})
    return _written(style)


def marker(
    columns: Iterable[Column], language: Language, *, shape: str, colour: str, size: float
) -> str:
    """Return the style of places drawn as one sign."""
    style = _document(columns, language)
    renderer = SubElement(style, "renderer-v2", {"type": "singleSymbol"})
    symbol = SubElement(
        SubElement(renderer, "symbols"), "symbol", {"type": "marker", "name": "0", "alpha": "1"}
    )
    outline = colour if shape == "cross2" else "255,255,255,255"
    properties = {
        "name": shape,
        "color": colour,
        "size": f"{size}",
        "size_unit": "MM",
        "outline_color": outline,
        "outline_width": "0.4",
        "outline_width_unit": "MM",
    }
    _layer(symbol, "SimpleMarker", properties)
    return _written(style)


def _document(columns: Iterable[Column], language: Language) -> Element:
    style = Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology|Fields"})
    aliases = SubElement(style, "aliases")
    for number, column in enumerate(columns):
        named = {"field": column.key, "index": f"{number}", "name": column.heading(language)}
        SubElement(aliases, "alias", named)
    return style


def _fill(symbols: Element, name: str, properties: Mapping[str, str]) -> None:
    symbol = SubElement(symbols, "symbol", {"type": "fill", "name": name, "alpha": "1"})
    shown = {"style": "solid", "outline_style": "solid", "outline_width": "0.2"}
    _layer(symbol, "SimpleFill", {**shown, **properties})


def _layer(symbol: Element, kind: str, properties: Mapping[str, str]) -> None:
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0", "locked": "0"})
    options = SubElement(layer, "Option", {"type": "Map"})
    for name, value in properties.items():
        SubElement(options, "Option", {"type": "QString", "name": name, "value": value})
        SubElement(layer, "prop", {"k": name, "v": value})  # what QGIS before 3.24 reads


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},255"


def _written(style: Element) -> str:
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(
        style, encoding="unicode"
    )
