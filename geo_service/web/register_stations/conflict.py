"""Two people at once: both versions side by side, field by field, for the second to choose."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

from flask import render_template, url_for

from geo_service import runtime
from geo_service.domain.change import Conflict, FieldValue, fields_of
from geo_service.domain.errors import InvalidQueryError, StationNotFoundError
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from geo_service.services.edit import POSITION
from geo_service.services.hours_text import hours_text
from geo_service.web import station_changes
from geo_service.web.language import Language
from geo_service.web.page import page_context
from geo_service.web.register_stations.form import Sent
from geo_service.web.register_stations.page import Filled, form_page
from geo_service.web.register_stations.words import WORDS

_PREFIXES: Final = {
    "services": "service_",
    "rest_for": "group_",
    "breakfast_for": "group_",
    "amenities": "amenity_",
    "accessibility": "access_",
    "data_status": "status_",
}


def page(sent: Sent, conflict: Conflict, language: Language) -> tuple[str, int]:
    """Return the page on which whoever came second chooses, with its status."""
    if conflict.present is None:
        raise StationNotFoundError(WORDS[language]["conflict_gone"])
    present, register, words = conflict.present, runtime.register(), WORDS[language]
    try:
        mine = station_changes.preview(present.station, conflict.station_id, sent.edit())
    except InvalidQueryError as error:
        # First what cannot be used at all; the revision seen stays, so both are shown after that.
        return form_page(Filled.of(sent, present, error.faults), language), HTTPStatus.BAD_REQUEST
    before = station_changes.as_seen(conflict.station_id, conflict.seen)
    rows = _rows(register, before, present.station, mine, language)
    answer = render_template(
        "register_stations/conflict.html",
        **page_context(register, language),
        own=words,
        station=present.station,
        lead=_lead(present.revision, language),
        seen=present.revision,
        has_before=before is not None,
        rows=rows,
        kept=[
            (name, value if isinstance(value, list) else [value])
            for name, value in sent.plain().items()
            if name != "seen"
        ],
        action=url_for(".save", station_id=conflict.station_id),
        leave=url_for(".edit", station_id=conflict.station_id, lang=language),
    )
    return answer, HTTPStatus.PRECONDITION_FAILED


def _lead(revision: int, language: Language) -> str:
    words, made = WORDS[language], station_changes.revision(revision)
    if made is None:
        return words["conflict_lead_plain"].format(revision=revision)
    when = made.committed_at.astimezone(runtime.register().place.zone)
    return words["conflict_lead"].format(
        author=made.author, when=f"{when:%Y-%m-%d %H:%M}", revision=revision, reason=made.reason
    )


def _rows(
    register: Register, before: Station | None, theirs: Station, mine: Station, language: Language
) -> list[dict[str, Any]]:
    """Return a row for each field in which the two versions differ."""
    old = None if before is None else _fields(before)
    there, here = _fields(theirs), _fields(mine)
    rows = []
    for field in there:
        if there[field] == here[field]:
            continue
        by = _by(old[field], there[field], here[field]) if old is not None else None
        rows.append(
            {
                "field": field,
                "by": by,
                "take": {"only_theirs": "theirs", "only_mine": "mine"}.get(by or ""),
                "before": "" if old is None else _text(register, field, old[field], language),
                "theirs": _text(register, field, there[field], language),
                "mine": _text(register, field, here[field], language),
            }
        )
    return rows


def _by(before: object, theirs: object, mine: object) -> str:
    if before == mine:
        return "only_theirs"
    return "only_mine" if before == theirs else "both"


def _fields(station: Station) -> dict[str, FieldValue]:
    """Return the fields of a station; its position is one of them, as nobody moves half of it."""
    fields: dict[str, FieldValue] = {}
    for name, value in fields_of(station).items():
        if name == POSITION[0]:
            reading = station.reading
            fields["position"] = (repr(reading.x), repr(reading.y), reading.datum.value)
        elif name not in POSITION:
            fields[name] = value
    return fields


def _text(register: Register, field: str, value: FieldValue, language: Language) -> str:
    words = WORDS[language]
    if value is None or value in {"", ()}:
        return words["hours_unknown"] if field.endswith("_hours") else words["unknown_value"]
    if field == "position" and isinstance(value, tuple):
        x, y, datum = value
        return f"{x}, {y} · {words[f'datum_{datum}']}"
    if field == "township_code":
        unit = register.townships_by_code.get(str(value))
        return str(value) if unit is None else (language == "en" and unit.name_en) or unit.name
    if field.endswith("_hours"):
        return hours_text(str(value), language)
    if field in _PREFIXES:
        named = value if isinstance(value, tuple) else (str(value),)
        said = (words.get(f"{_PREFIXES[field]}{each}") or words.get(each, each) for each in named)
        return words["and"].join(said)
    return value.isoformat() if isinstance(value, date) else str(value)
