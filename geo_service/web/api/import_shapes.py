"""Imports as the API tells of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from typing_extensions import TypedDict

from geo_service.domain.station_import import StationImport
from geo_service.persistence.import_rows import options_json
from geo_service.persistence.imports import Chosen


class ImportKept(TypedDict):
    """The import a file became."""

    id: str
    state: str


class ImportListed(TypedDict):
    """An import without what was found."""

    id: str
    state: str
    file_name: str
    author: str
    approver: str | None
    reason: str
    created_at: str
    changed_at: str
    applied: int | None


class ImportAnswer(ImportListed):
    """An import, how far it is, and what was found: counts, datum, faults of the file."""

    options: dict[str, Any]
    progress: dict[str, Any] | None
    revision: int | None
    summary: dict[str, Any] | None
    failure: str | None


class ImportsAnswer(TypedDict):
    """The imports, the newest first."""

    imports: list[ImportListed]


class EntriesAnswer(TypedDict):
    """Rows of a dry run, in the order of the file, and of how many."""

    count: int
    entries: list[dict[str, Any]]


def listed(each: StationImport, zone: tzinfo) -> ImportListed:
    """Return an import as lists have it."""
    return {
        "id": each.id,
        "state": each.state.value,
        "file_name": each.file_name,
        "author": each.author,
        "approver": each.approver,
        "reason": each.reason,
        "created_at": _instant(each.created_at, zone),
        "changed_at": _instant(each.changed_at, zone),
        "applied": each.applied,
    }


def answer(each: StationImport, zone: tzinfo) -> ImportAnswer:
    """Return an import whole."""
    return {
        **listed(each, zone),
        "options": options_json(each.options),
        "progress": _or_none(each.progress),
        "revision": each.revision,
        "summary": _or_none(each.summary),
        "failure": each.failure,
    }


def entries(chosen: Chosen) -> EntriesAnswer:
    """Return entries of a dry run."""
    return {"count": chosen.count, "entries": [dict(each) for each in chosen.entries]}


def imports(found: Iterable[StationImport], zone: tzinfo) -> ImportsAnswer:
    """Return a list of imports."""
    return {"imports": [listed(each, zone) for each in found]}


def _or_none(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if given is None else dict(given)


def _instant(given: datetime, zone: tzinfo) -> str:
    return given.astimezone(zone).isoformat(timespec="seconds")
