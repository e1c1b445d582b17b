"""What an app has for imports: the files people send, and who looks through them."""

from datetime import date
from typing import Annotated, Final, cast

from flask import Flask, current_app, request
from pydantic import Field

from geo_service import runtime
from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.station import DataStatus
from geo_service.domain.station_import import (
    LONGEST_REASON,
    ImportOptions,
    ImportState,
    MatchBy,
    StationImport,
    WhenMissing,
)
from geo_service.persistence.imports import Upload
from geo_service.services.import_jobs import Importers
from geo_service.services.imports import (
    Approval,
    approve_import,
    keep_file,
    saved_import,
    shown_name,
)
from geo_service.web import access, params
from geo_service.web.language import LanguageParameters
from geo_service.web.params import Truth

_IMPORTERS: Final = "geo_service.web.importers"
_WAITING: Final = (ImportState.QUEUED, ImportState.APPROVED)


class ImportForm(LanguageParameters):
    """What is said of a file of stations beside what stands in it."""

    datum: Annotated[
        Datum, Field(description="What positions are measured against, where no row says so.")
    ]
    sheet: Annotated[
        str | None, Field(max_length=100, description="Of a workbook; else all with a header.")
    ] = None
    match: Annotated[
        MatchBy, Field(description="Whether rows without identifier go by their very same name.")
    ] = MatchBy.ID
    missing: Annotated[
        WhenMissing, Field(description="What becomes of stations in being that the file lacks.")
    ] = WhenMissing.LEAVE
    closed_on: Annotated[
        date | None, Field(description="First day without them; else today."), params.Day
    ] = None
    status: Annotated[
        DataStatus, Field(description="How far new stations may be trusted; a row may say so.")
    ] = DataStatus.OFFICIAL
    source: Annotated[
        str | None,
        Field(max_length=300, description="Who says so, where no row does; else the file's name."),
    ] = None
    allow_outside: Annotated[
        Truth, Field(description="Take positions outside the area served.")
    ] = False
    reason: Annotated[
        str | None, Field(max_length=LONGEST_REASON, description="What the history says of it.")
    ] = None

    def options(self, file_name: str) -> ImportOptions:
        """Return it for a file, within what the sender may touch."""
        return ImportOptions(
            datum=self.datum,
            source=self.source or file_name,
            sheet=self.sheet,
            missing=self.missing,
            closed_on=self.closed_on,
            match=self.match,
            data_status=self.status,
            allow_outside=self.allow_outside,
            counties=access.actor().counties,
        )


def register(app: Flask) -> None:
    """Give an app its part in the queue."""
    with app.app_context():
        settings = runtime.settings()
        app.extensions[_IMPORTERS] = Importers(
            database=runtime.database(),
            home=settings.home,
            overrides=runtime.overrides_of(settings),
            served_margin_m=settings.served_margin_m,
        )


def keep(given: ImportForm, file: bytes, file_name: str) -> str:
    """Keep a file, and see to it that somebody looks through it."""
    name = shown_name(file_name)
    upload = Upload(
        file=file,
        file_name=name,
        author=access.actor().name,
        reason=given.reason or f"导入 {name}",
        options=given.options(name),
    )
    import_id = keep_file(runtime.database(), upload)
    _wake()
    return import_id


def sent_file() -> tuple[bytes, str]:
    """Return the file of a form, and its name."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidQueryError(ParameterFault("file", "is required: CSV, XLSX or GeoJSON"))
    return file.read(), file.filename


def found(import_id: str) -> StationImport:
    """Return an import; if it waits, see to it that somebody works on it."""
    kept = saved_import(runtime.database(), import_id)
    if kept.state in _WAITING:
        _wake()  # the worker that was to do it may be gone
    return kept


def approve(import_id: str, revision: int, *, datum_is_right: bool) -> None:
    """Have a dry run applied, in the name of who asks."""
    actor = access.actor()
    approval = Approval(
        approver=actor.name,
        revision=revision,
        datum_is_right=datum_is_right,
        counties=actor.counties,
    )
    approve_import(runtime.database(), import_id, approval)
    _wake()


def _wake() -> None:
    cast("Importers", current_app.extensions[_IMPORTERS]).wake()
