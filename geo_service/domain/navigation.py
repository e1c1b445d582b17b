"""Links that start walking directions to a station in the map apps people have.

Each link carries the datum its app assumes when it is told nothing, and says so as well where
the app can be told: an app, or an app's version, that ignores the parameter still goes right.

- Amap: ``uri.amap.com/navigation``, longitude first, GCJ-02 (``coordinate=gaode``).
- Tencent: ``apis.map.qq.com/uri/v1/routeplan``, latitude first, GCJ-02 (``coord_type=2``; its
  ``1`` means GPS, which the app's own scheme does not know). Without a start the phone takes its
  own position; walking works on phones only.
- Baidu: ``api.map.baidu.com``, latitude first, BD-09 (``coord_type=bd09ll``). ``direction`` must
  be told where to start; without that, ``marker`` shows the place, one tap from directions.
- Apple: ``maps.apple.com``, latitude first. In mainland China its maps are AutoNavi's, and
  coordinates go in and out as GCJ-02; Apple documents no datum, developers report that WGS 84
  comes out shifted there. Elsewhere the two are the same.
- ``geo:`` (RFC 5870): WGS 84 by definition.
"""

from functools import lru_cache
from typing import TypedDict
from urllib.parse import quote

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum, coordinate_in

# Signs with which these apps part the fields of one value, after decoding it, become the
# full-width ones that a Chinese reader expects anyway; what is not text becomes a space.
_FIELD_SIGNS = str.maketrans(
    {
        **{chr(code): " " for code in (*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029)},
        ",": "，",
        "|": "｜",
        ":": "：",
        ";": "；",
        "(": "（",
        ")": "）",
    }
)


class NavigationLinks(TypedDict):
    """One ready link for each app, every value percent-encoded."""

    amap: str
    baidu: str
    tencent: str
    apple: str
    geo: str


def links_to(
    coordinate: Coordinate,
    name: str,
    *,
    place: str,
    source: str = "geo_service",
    origin: Coordinate | None = None,
) -> NavigationLinks:
    """Return links that lead a walker to a place.

    Args:
        coordinate: Where the walk ends.
        name: What the apps shall call it, as ``label_of`` shows it.
        place: The city, which Baidu wants to know.
        source: What the apps' owners shall know the caller by.
        origin: Where the walk begins. Only the Baidu link uses it: a link with it names the
            walker's position to whoever sees the link, so leave it out unless it is needed.
    """
    label = _encoded(label_of(name))
    caller = _encoded(source)
    x, y = coordinate_in(coordinate, Datum.GCJ02)
    gcj02_latitude_first = f"{y:.6f},{x:.6f}"
    here = f"{coordinate.latitude:.6f},{coordinate.longitude:.6f}"
    return {
        "amap": (
            f"https://uri.amap.com/navigation?to={x:.6f},{y:.6f},{label}"
            f"&mode=walk&coordinate=gaode&src={caller}&callnative=1"
        ),
        "baidu": _baidu(coordinate, label, _encoded(label_of(place)), caller, origin),
        "tencent": (
            f"https://apis.map.qq.com/uri/v1/routeplan?type=walk&to={label}"
            f"&tocoord={gcj02_latitude_first}&coord_type=2&referer={caller}"
        ),
        "apple": f"https://maps.apple.com/?daddr={gcj02_latitude_first}&dirflg=w",
        "geo": f"geo:{here}?q={here}({label})",
    }


def label_of(name: str) -> str:
    """Return a name as the map apps show it: one line, free of signs that part their fields."""
    return " ".join(name.translate(_FIELD_SIGNS).split())


@lru_cache(maxsize=4096)
def _encoded(text: str) -> str:
    # The same few names are answered again and again, and encoding is half of a link's cost.
    # Half a surrogate pair has no UTF-8; a question mark in a label beats a failed answer.
    return quote(text, safe="", errors="replace")


def _baidu(
    coordinate: Coordinate, label: str, place: str, caller: str, origin: Coordinate | None
) -> str:
    x, y = coordinate_in(coordinate, Datum.BD09)
    told = f"&output=html&coord_type=bd09ll&src=webapp.{caller}.{caller}"
    if origin is None:
        return (
            f"https://api.map.baidu.com/marker?location={y:.6f},{x:.6f}"
            f"&title={label}&content={place}{told}"
        )
    from_x, from_y = coordinate_in(origin, Datum.BD09)
    return (
        f"https://api.map.baidu.com/direction?origin=latlng:{from_y:.6f},{from_x:.6f}"
        f"%7Cname:{_encoded('起点')}&destination=latlng:{y:.6f},{x:.6f}%7Cname:{label}"
        f"&mode=walking&region={place}{told}"
    )
