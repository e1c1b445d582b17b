"""`/register/imports` and `/register/imports/{id}`."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from flask import Blueprint, Response, redirect, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, TooManyImportsError
from geo_service.domain.station import DataStatus
from geo_service.domain.station_import import (
    ImportState,
    MatchBy,
    RowKind,
    StationImport,
    WhenMissing,
)
from geo_service.persistence.imports import Wanted
from geo_service.persistence.station_files import template_csv, template_workbook
from geo_service.services.exporting import csv_text
from geo_service.services.imports import (
    MOST_BYTES,
    discard_import,
    entries_of,
    places_of,
    saved_imports,
)
from geo_service.web import access, import_work, params
from geo_service.web.access import requires
from geo_service.web.bodies import takes_up_to
from geo_service.web.import_work import ImportForm
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.params import Truth, Whole
from geo_service.web.register_imports import reading, sketch
from geo_service.web.register_imports.words import WORDS

blueprint = Blueprint(
    "register_imports", __name__, url_prefix="/register/imports", template_folder="templates"
)

_ROWS_A_PAGE: Final = 50
_MOST_FAULTS: Final = 200_000
_FAULTS_AT_ONCE: Final = 1000
_CSV: Final = "text/csv; charset=utf-8"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class IndexParameters(LanguageParameters):
    """GET /register/imports."""


class ImportPageParameters(LanguageParameters):
    """GET /register/imports/{id}."""

    show: Annotated[
        Literal["new", "changed", "missing", "wrong", "alike", "moved", "astray"] | None, Field()
    ] = None
    page: Annotated[int, Field(ge=1, le=10_000), Whole] = 1

    def wanted(self) -> Wanted:
        """Return which rows that is."""
        kind = RowKind(self.show) if self.show in set(RowKind) else None
        return Wanted(
            kind=kind,
            mark=None if kind else self.show,
            limit=_ROWS_A_PAGE,
            offset=(self.page - 1) * _ROWS_A_PAGE,
        )


class ApplyForm(LanguageParameters):
    """POST /register/imports/{id}/apply."""

    revision: Annotated[int, Field(ge=1), Whole]
    datum_is_right: Truth = False


class DiscardForm(LanguageParameters):
    """POST /register/imports/{id}/discard."""


@blueprint.get("")
@requires(Permission.LOOK)
def index() -> str:
    """Show the form for a file, and what was imported lately."""
    return _index(language_asked(params.read_form(IndexParameters).lang))


@blueprint.post("")
@requires(Permission.IMPORT)
@takes_up_to(MOST_BYTES)
def send() -> Any:
    """Keep a file, and lead to its page; or say what is wrong with the form."""
    language = language_asked(None)
    try:
        given = params.read_posted(ImportForm)
        language = language_asked(given.lang)
        import_id = import_work.keep(given, *import_work.sent_file())
    except InvalidQueryError as error:
        said = [f"{each.parameter}: {each.reason}" for each in error.faults]
        return _index(language, said), HTTPStatus.BAD_REQUEST
    except TooManyImportsError as error:
        headers = {"Retry-After": str(error.again_in_s)}
        return _index(language, [str(error)]), HTTPStatus.TOO_MANY_REQUESTS, headers
    return _led_to(import_id, language)


@blueprint.get("/template.<any(xlsx, csv):form>")
@requires(Permission.LOOK)
def template(form: str) -> Response:
    """Return an empty file to fill in, with examples."""
    language_asked(params.read_form(IndexParameters).lang)
    if form == "csv":
        answer = Response(template_csv(), content_type=_CSV)
    else:
        names = [each.name for each in runtime.register().townships]
        answer = Response(template_workbook(names), content_type=_XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="stations-template.{form}"'
    return answer


@blueprint.get("/<import_id>")
@requires(Permission.LOOK)
def one(import_id: str) -> str:
    """Show how far an import is, and what it would do."""
    given = params.read_form(ImportPageParameters)
    language = language_asked(given.lang)
    found = import_work.found(import_id)
    return render_template(
        "register_imports/import.html",
        **_around(language),
        found=found,
        state=found.state.value,
        waits=found.state.is_under_way,
        progress=reading.progress_of(found, language),
        share=(found.progress or {}).get("share"),
        given=given,
        **({} if found.summary is None else _dry_run(found, given, language)),
    )


@blueprint.post("/<import_id>/apply")
@requires(Permission.IMPORT)
def apply(import_id: str) -> Any:
    """Have it written, and lead back."""
    given = params.read_posted(ApplyForm)
    import_work.approve(import_id, given.revision, datum_is_right=given.datum_is_right)
    return _led_to(import_id, language_asked(given.lang))


@blueprint.post("/<import_id>/discard")
@requires(Permission.IMPORT)
def discard(import_id: str) -> Any:
    """Let go of it, and lead to the list."""
    language = language_asked(params.read_posted(DiscardForm).lang)
    discard_import(runtime.database(), import_id)
    return redirect(url_for(".index", lang=language), HTTPStatus.SEE_OTHER)


@blueprint.get("/<import_id>/faults.csv")
@requires(Permission.LOOK)
def faults(import_id: str) -> Response:
    """Return all that is wrong with the file, for who puts it right."""
    language = language_asked(params.read_form(IndexParameters).lang)
    found = import_work.found(import_id)
    rows = list(_fault_rows(found, language))
    # With the mark that tells Excel which encoding it is.
    answer = Response("\ufeff" + csv_text(rows), mimetype="text/csv")
    answer.headers["Content-Type"] = _CSV
    answer.headers["Content-Disposition"] = f'attachment; filename="faults-{found.id}.csv"'
    return answer


def _fault_rows(found: StationImport, language: Language) -> Iterator[dict[str, Any]]:
    words = WORDS[language]

    def row(fault: Mapping[str, Any]) -> dict[str, Any]:
        return {
            words["csv_sheet"]: fault["sheet"],
            words["csv_row"]: fault["row"],
            words["csv_column"]: fault["column"],
            words["csv_header"]: fault["header"],
            words["csv_value"]: fault["value"],
            words["csv_expected"]: fault["expected"][language],
        }

    yield from map(row, (found.summary or {}).get("faults", []))
    for offset in range(0, _MOST_FAULTS, _FAULTS_AT_ONCE):
        wanted = Wanted(kind=RowKind.WRONG, limit=_FAULTS_AT_ONCE, offset=offset)
        entries = entries_of(runtime.database(), found.id, wanted).entries
        yield from (row(fault) for entry in entries for fault in entry["faults"])
        if len(entries) < _FAULTS_AT_ONCE:
            return


def _led_to(import_id: str, language: Language) -> Any:
    return redirect(url_for(".one", import_id=import_id, lang=language), HTTPStatus.SEE_OTHER)


def _around(language: Language) -> dict[str, Any]:
    return {
        **page_context(runtime.register(), language),
        "own": WORDS[language],
        "may_import": access.actor().may(Permission.IMPORT),
    }


def _index(language: Language, said: list[str] | None = None) -> str:
    zone = runtime.register().place.zone
    found = saved_imports(runtime.database())
    return render_template(
        "register_imports/index.html",
        **_around(language),
        faults=said or [],
        imports=[reading.row_of(each, zone, language) for each in found],
        datums=list(Datum),
        matches=list(MatchBy),
        missing=list(WhenMissing),
        statuses=list(DataStatus),
    )


def _dry_run(
    found: StationImport, given: ImportPageParameters, language: Language
) -> dict[str, Any]:
    summary = found.summary or {}
    chosen = entries_of(runtime.database(), found.id, given.wanted())
    places = places_of(runtime.database(), found.id, sketch.MOST_DOTS)
    closes = found.options.missing is WhenMissing.CLOSE
    townships = {each.code: each.name for each in runtime.register().townships}
    return {
        "summary": summary,
        "counts": [(kind.value, summary["counts"][kind.value]) for kind in RowKind],
        "marks": [(mark, count) for mark, count in summary["marks"].items() if count],
        "wrong": summary["counts"]["wrong"],
        "file_faults": [reading.remark_line(each, language) for each in summary["faults"]],
        "suspicion": reading.suspicion_of(summary, language),
        "understood": reading.understood_of(summary, language),
        "is_open": found.state is ImportState.PLANNED,
        "rows": [
            reading.entry_of(each, townships, language, closes=closes) for each in chosen.entries
        ],
        "rows_count": chosen.count,
        "pages": max(1, -(-chosen.count // _ROWS_A_PAGE)),
        "drawing": sketch.sketch_of(runtime.register(), places),
        "size": (sketch.WIDTH, sketch.HEIGHT),
        "most_dots": sketch.MOST_DOTS,
    }
