"""Which parts of the OGC's standards are kept: each is tested."""

from typing import Final

_SPEC: Final = "http://www.opengis.net/spec"

CLASSES: Final = (
    *(
        f"{_SPEC}/ogcapi-common-1/1.0/conf/{part}"
        for part in ("core", "landing-page", "json", "html", "oas30")
    ),
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    *(
        f"{_SPEC}/ogcapi-features-1/1.0/conf/{part}"
        for part in ("core", "geojson", "html", "oas30")
    ),
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/queryables",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/filter",
    f"{_SPEC}/ogcapi-features-3/1.0/conf/features-filter",
    *(
        f"{_SPEC}/cql2/1.0/conf/{part}"
        for part in ("cql2-text", "cql2-json", "basic-cql2", "basic-spatial-functions")
    ),
    *(
        f"{_SPEC}/ogcapi-tiles-1/1.0/conf/{part}"
        for part in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
    ),
    *(
        f"{_SPEC}/tms/2.0/conf/{part}"
        for part in ("tilematrixset", "tilematrixsetlimits", "json-tilematrixset")
    ),
    f"{_SPEC}/tms/2.0/conf/json-tilematrixsetlimits",
    f"{_SPEC}/tms/2.0/conf/json-tilesetmetadata",
    *(
        f"{_SPEC}/ogcapi-processes-1/1.0/conf/{part}"
        for part in ("core", "ogc-process-description", "json", "html", "oas30")
    ),
)
