"""Imports as rows of the database."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from geo_service.domain.datum import Datum
from geo_service.domain.station import DataStatus
from geo_service.domain.station_import import (
    ImportOptions,
    ImportState,
    MatchBy,
    StationImport,
    WhenMissing,
)

Json = dict[str, Any]


def options_json(options: ImportOptions) -> Json:
    """Return the options as they are kept."""
    return {
        "datum": options.datum.value,
        "source": options.source,
        "sheet": options.sheet,
        "missing": options.missing.value,
        "closed_on": options.closed_on and options.closed_on.isoformat(),
        "match": options.match.value,
        "data_status": options.data_status.value,
        "allow_outside": options.allow_outside,
        "counties": None if options.counties is None else sorted(options.counties),
    }


def options_of(kept: Mapping[str, Any]) -> ImportOptions:
    """Read them back."""
    closed_on, counties = kept["closed_on"], kept["counties"]
    return ImportOptions(
        datum=Datum(kept["datum"]),
        source=kept["source"],
        sheet=kept["sheet"],
        missing=WhenMissing(kept["missing"]),
        closed_on=None if closed_on is None else date.fromisoformat(closed_on),
        match=MatchBy(kept["match"]),
        data_status=DataStatus(kept["data_status"]),
        allow_outside=kept["allow_outside"],
        counties=None if counties is None else frozenset(counties),
    )


def import_of(row: RowMapping) -> StationImport:
    """Read a row of the table of imports."""
    return StationImport(
        id=row["id"],
        author=row["author"],
        reason=row["reason"],
        file_name=row["file_name"],
        options=options_of(row["options"]),
        state=ImportState(row["state"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        progress=row["progress"],
        revision=row["revision"],
        summary=row["summary"],
        failure=row["failure"],
        applied=row["applied"],
        approver=row["approver"],
    )
