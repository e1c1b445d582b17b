"""The forms that an answer may be had in, and which of them whoever asks wants.

``f`` decides; without it, the Accept header; without that, the first that a resource has.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from flask import Response, request
from shapely.geometry.base import BaseGeometry
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable, ServiceUnavailable
from werkzeug.http import parse_accept_header

from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.services.exporting import Cell, csv_text
from geo_service.services.flatgeobuf import FlatGeobufBusyError, flatgeobuf
from geo_service.services.kml import Placemark, kml_text
from geo_service.services.pack.files import MEDIA_TYPES, PackForm

_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding
_RECORD: Final = b"\x1e"  # before each text of RFC 8142
_SECONDS_TO_STAY_AWAY: Final = 5
_LONGEST_ACCEPT: Final = 1000


class Form(StrEnum):
    """What an answer may be written as."""

    JSON = "json"
    GEOJSON = "geojson"
    GEOJSONSEQ = "geojsonseq"
    CSV = "csv"
    KML = "kml"
    FGB = "fgb"
    XLSX = "xlsx"
    GPKG = "gpkg"
    PDF = "pdf"
    PNG = "png"

    @property
    def media_type(self) -> str:
        """Return the form's media type."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final[Mapping[Form, str]] = {
    Form.JSON: "application/json",
    Form.GEOJSON: "application/geo+json",
    Form.GEOJSONSEQ: "application/geo+json-seq",
    Form.CSV: "text/csv",
    Form.KML: "application/vnd.google-earth.kml+xml",
    Form.FGB: "application/vnd.flatgeobuf",
    **{Form(each.value): MEDIA_TYPES[each] for each in PackForm},
}
_BINARY: Final = {"type": "string", "format": "binary"}
_TEXT: Final = {"type": "string"}
# Always in WGS 84, whatever their readers think of it.
_OF_ONE_DATUM: Final = frozenset({Form.KML, Form.FGB})

OF_STATIONS: Final = (Form.GEOJSON, Form.GEOJSONSEQ, Form.CSV, Form.KML, Form.FGB)
OF_COVERAGE: Final = (Form.JSON, *OF_STATIONS, Form.XLSX, Form.GPKG, Form.PDF, Form.PNG)


def described(forms: Iterable[Form], **shapes: Any) -> dict[str, Any]:
    """Return for the OpenAPI document what each form is; ``shapes`` of those that have any."""
    plain = {Form.CSV: _TEXT, Form.KML: _TEXT, Form.GEOJSONSEQ: _TEXT}
    return {each.media_type: shapes.get(each.value, plain.get(each, _BINARY)) for each in forms}


def asked(given: str | None, forms: Sequence[Form], datum: Datum = Datum.WGS84) -> Form:
    """Return the form that this request wants of these, or raise NotAcceptable."""
    if given is not None:
        form = Form(given)
    elif (accepted := request.environ.get("HTTP_ACCEPT", "*/*")) == "*/*":
        return forms[0]
    else:
        found = _best(accepted, tuple(forms))
        if found is None:
            raise NotAcceptable(
                "This comes as "
                + ", ".join(f"{each.media_type} (f={each.value})" for each in forms)
                + ". Name one of them in Accept or in f."
            )
        form = found
    if form in _OF_ONE_DATUM and datum is not Datum.WGS84:
        reason = f"{form.value} is in WGS 84 always; leave datum out, or take geojson or csv"
        raise InvalidQueryError(ParameterFault("f", reason))
    return form


@lru_cache(maxsize=256)
def _best(accepted: str, forms: tuple[Form, ...]) -> Form | None:
    by_type = {each.media_type: each for each in forms}
    if Form.JSON not in forms:  # GeoJSON is JSON, too, to who knows nothing more special
        by_type.setdefault(Form.JSON.media_type, Form.GEOJSON)
    if len(accepted) > _LONGEST_ACCEPT:
        return forms[0]
    wanted = parse_accept_header(accepted, MIMEAccept)
    best = wanted.best_match(list(by_type))
    return None if best is None else by_type[best]


def sequence(features: Iterable[bytes], name: str) -> Response:
    """Answer with features one by one (RFC 8142), to be read as they come."""
    body = b"".join(b"".join((_RECORD, each, b"\n")) for each in features)
    return _named(Response(body, content_type=Form.GEOJSONSEQ.media_type), f"{name}.geojsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Flat rows, and where what they tell of is: one place a row, in WGS 84."""

    name: str
    title: str
    notes: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]
    places: Callable[[], Sequence[BaseGeometry | None]]
    geometry_type: str


def file_of(lines: Lines, form: Form) -> Response:
    """Answer with lines as a file: CSV, KML or FlatGeobuf."""
    if form is Form.CSV:
        body: str | bytes = _BYTE_ORDER_MARK + csv_text(lines.rows, lines.columns)
        kind = f"{form.media_type}; charset=utf-8"
    elif form is Form.KML:
        both = zip(lines.rows, lines.places(), strict=True)
        marks = (Placemark(name=str(row["name"]), geometry=at, values=row) for row, at in both)
        body, kind = kml_text(lines.title, lines.notes, marks), form.media_type
    else:
        body, kind = _flatgeobuf(lines), form.media_type
    return _named(Response(body, content_type=kind), f"{lines.name}.{form.value}")


def _flatgeobuf(lines: Lines) -> bytes:
    try:
        return flatgeobuf(
            lines.name,
            lines.columns,
            lines.rows,
            lines.places(),
            geometry_type=lines.geometry_type,
        )
    except FlatGeobufBusyError:
        raise ServiceUnavailable(
            "Other files are being made just now.", retry_after=_SECONDS_TO_STAY_AWAY
        ) from None


def _named(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
