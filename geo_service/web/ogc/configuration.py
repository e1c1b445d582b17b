"""What pygeoapi is told: which collections there are, and under which address."""

from typing import Any, Final

from geo_service.domain.coordinate import Bounds
from geo_service.domain.register import Register

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0"
CRS: Final = (CRS84, *(f"{_EPSG}/{code}" for code in (4326, 4490, 4547, 3857)))

_COLLECTIONS: Final = {
    "stations": (
        {"zh": "驿站", "en": "Stations"},
        {
            "zh": "户外劳动者驿站与爱心早餐点，每处一个点",
            "en": "Rest stations and free-breakfast points for outdoor workers, a point each",
        },
        "id",
    ),
    "townships": (
        {"zh": "乡镇（街道）", "en": "Townships"},
        {
            "zh": "乡镇级区划；边界为近似，未知者无几何",
            "en": "Township-level units; outlines are approximate, unknown ones have none",
        },
        "code",
    ),
    "counties": (
        {"zh": "区县", "en": "Counties"},
        {"zh": "县级区划；边界为近似", "en": "County-level units; outlines are approximate"},
        "code",
    ),
    "coverage": (
        {"zh": "乡镇覆盖率", "en": "Coverage by township"},
        {
            "zh": "现行名册下每个乡镇在直线 1 公里内的覆盖率；边界为近似，无边界者无法计算",
            "en": "The share of each township within 1 km, by straight line, of a station of the "
            "present register; outlines are approximate, and where there is none nothing is known",
        },
        "code",
    ),
}
_EVERYWHERE: Final = Bounds(west=-180, south=-90, east=180, north=90)
_SMALLEST_PAGE: Final = 10
_LARGEST_PAGE: Final = 10_000


def configuration(register: Register, base_url: str) -> dict[str, Any]:
    """Return the configuration of a pygeoapi under an address, without a slash at its end."""
    place = register.place
    title = {"zh": place.title, "en": place.title_en or place.title}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 0},  # asked for, and not used
            "url": base_url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["zh", "en"],
            "pretty_print": False,
            "admin": False,
            "limits": {
                "default_items": _SMALLEST_PAGE,
                "max_items": _LARGEST_PAGE,
                "on_exceed": "throttle",
            },
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "CRITICAL"},  # what goes wrong is told by the service's own log
        "metadata": {
            "identification": {
                "title": title,
                "description": title,
                "keywords": {"zh": ["驿站", "爱心早餐"], "en": ["rest stations", "breakfast"]},
                "keywords_type": "theme",
                "terms_of_service": base_url,
                "url": base_url,
            },
            "license": {"name": "see the source of each record", "url": base_url},
            "provider": {"name": place.name, "url": base_url},
            "contact": {"name": place.name, "url": base_url},
        },
        "resources": {
            name: _collection(name, title, description, id_field, register.bounds)
            for name, (title, description, id_field) in _COLLECTIONS.items()
        },
    }


def _collection(
    name: str,
    title: dict[str, str],
    description: dict[str, str],
    id_field: str,
    bounds: Bounds | None,
) -> dict[str, Any]:
    around = bounds or _EVERYWHERE  # of an empty register
    return {
        "type": "collection",
        "title": title,
        "description": description,
        "keywords": {"zh": [title["zh"]], "en": [title["en"]]},
        "links": [],
        "extents": {
            "spatial": {
                "bbox": [around.west, around.south, around.east, around.north],
                "crs": CRS84,
            },
            "temporal": {"begin": None, "end": None},
        },
        "providers": [
            {
                "type": "feature",
                "name": "geo_service.persistence.published.PublishedView",
                "data": name,
                "id_field": id_field,
                "geom_field": "geometry",
                "title_field": "name",
                "storage_crs": CRS84,
                "crs": list(CRS),
                "editable": False,
            },
            {
                "type": "tile",
                "name": "geo_service.persistence.published_tiles.PublishedTiles",
                "data": name,
                "format": {"name": "mvt", "mimetype": "application/vnd.mapbox-vector-tile"},
            },
        ],
    }
