"""A station's record as JSON: the fields that people fill in, as the data form names them."""

from datetime import date
from typing import Any

from geo_service.domain.change import FieldValue, Recorded, fields_of
from geo_service.domain.station import Station


def record_fields(station: Station) -> dict[str, Any]:
    """Return the fields of a record; days as ISO dates, no value as null."""
    return {name: _as_json(value) for name, value in fields_of(station).items()}


def record_shape(recorded: Recorded) -> dict[str, Any]:
    """Return a record with its identifier, and the revision that it was last changed in."""
    return {
        "id": recorded.station.id,
        "revision": recorded.revision,
        **record_fields(recorded.station),
    }


def _as_json(value: FieldValue) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
