"""Where the scripts and styles of a map stand: on this host, beside the page, never elsewhere.

Addresses are relative to the folder of static files (``geo_service/web/static`` in the repository),
whose own address is given at each rendering: ``/static`` for the server, ``assets`` for files that
open offline. Folium keeps its addresses in class attributes; rewriting those would change every map
of the process, so only the elements of the one map that is rendered are given new ones.
"""

from collections.abc import Iterable

from branca.element import Element
from folium.elements import JSCSSMixin

LEAFLET = "vendor/leaflet@1.9.3"
CLUSTERS = "vendor/leaflet.markercluster@1.5.3"

# Folium's address of each thing that our maps use → ours. None: not needed, left out.
_REPLACED: dict[str, str | None] = {
    "leaflet": f"{LEAFLET}/leaflet.js",
    "leaflet_css": f"{LEAFLET}/leaflet.css",
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
    "glyphicons_css": None,
    "markerclusterjs": f"{CLUSTERS}/leaflet.markercluster.js",
    "markerclustercss": f"{CLUSTERS}/MarkerCluster.css",
    "markerclusterdefaultcss": None,
    # Our own.
    "tokens_css": "tokens.css",
    "maps_css": "maps/maps.css",
    "maps_chart": "maps/chart.js",
    "maps_outlines": "maps/outlines.js",
    "maps_search": "maps/search.js",
    "maps_stations": "maps/stations.js",
    "maps_coverage": "maps/coverage.js",
    "maps_demand": "maps/demand.js",
}

# What `geo-service maps build` copies beside the pages, from the folder of static files.
OFFLINE_FILES: tuple[str, ...] = (
    *(address for address in _REPLACED.values() if address is not None),
    f"{LEAFLET}/LICENSE",
    f"{CLUSTERS}/MIT-LICENCE.txt",
)


class UnknownAssetError(LookupError):
    """A Folium element wants a script or style that is not vendored."""


def named(*names: str) -> list[tuple[str, str]]:
    """Return scripts or styles by name, as Folium lists them; ``move_to`` gives the addresses."""
    return [(name, "") for name in names]


def move_to(asset_base: str, elements: Iterable[Element]) -> None:
    """Point the scripts and styles of these elements, and of no others, at ``asset_base``."""
    for element in elements:
        if isinstance(element, JSCSSMixin):
            element.default_js = _moved(element.default_js, asset_base)
            element.default_css = _moved(element.default_css, asset_base)


def _moved(links: Iterable[tuple[str, str]], asset_base: str) -> list[tuple[str, str]]:
    moved: list[tuple[str, str]] = []
    for name, url in links:
        if name not in _REPLACED:
            raise UnknownAssetError(f"{name} ({url}) is not vendored: see maps/assets.py")
        address = _REPLACED[name]
        if address is not None:
            moved.append((name, f"{asset_base.rstrip('/')}/{address}"))
    return moved
