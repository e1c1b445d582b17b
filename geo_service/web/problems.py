"""Failures as RFC 9457 problem details: one table, one shape, one place."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Blueprint, Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from geo_service import runtime
from geo_service.domain.change import Conflict
from geo_service.domain.errors import (
    AccountConflictError,
    AccountNotFoundError,
    DatasetError,
    DemandLayerNotFoundError,
    ForbiddenCountyError,
    ForgedRequestError,
    GeoServiceError,
    HistoryNotKeptError,
    HoursNotUnderstoodError,
    ImportNotFoundError,
    ImportNotReadyError,
    InvalidCoordinateError,
    InvalidOpeningHoursError,
    InvalidQueryError,
    InvalidStreetNetworkError,
    KeeperLinkError,
    NoStreetNetworkError,
    NotAllowedError,
    NotSignedInError,
    OffTheStreetsError,
    OutsideServedAreaError,
    PdfUnavailableError,
    RegisterNotWritableError,
    RegisterUnavailableError,
    ReportHandledError,
    ReportNotFoundError,
    RevisionNotFoundError,
    RouteNotFoundError,
    ScenarioNotFoundError,
    ScenarioNotReadyError,
    ScenarioTokenError,
    SignInRefusedError,
    StationChangedError,
    StationNotFoundError,
    TileNotFoundError,
    TooManyImportsError,
    TooManyReportsError,
    TooManyRequestsError,
    TooManyScenariosError,
    TooManySignInsError,
    TownshipNotFoundError,
    UndoRefusedError,
)
from geo_service.services.history_json import step_json
from geo_service.web.answers import json_answer
from geo_service.web.journal import path_of
from geo_service.web.language import LANGUAGES, language_asked
from geo_service.web.page import bare_context, page_context
from geo_service.web.station_records import record_fields

_LOG: Final = structlog.get_logger()
MEDIA_TYPE: Final = "application/problem+json"
_RETRY_AFTER_S: Final = "3"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of failure that callers may rely on; each slug has its section in docs/problems.md."""

    slug: str
    title: str
    status: HTTPStatus
    remedy: str


PROBLEM_TYPES: Final[dict[type[GeoServiceError], ProblemType]] = {
    InvalidCoordinateError: ProblemType(
        "invalid-coordinate",
        "Not a place on earth",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Longitude runs from -180 to 180, latitude from -90 to 90. Are they swapped?",
    ),
    InvalidQueryError: ProblemType(
        "invalid-query",
        "The question cannot be asked as it was put",
        HTTPStatus.BAD_REQUEST,
        "Each entry of `errors` names a parameter and what to change about it.",
    ),
    InvalidOpeningHoursError: ProblemType(
        "invalid-opening-hours",
        "Not opening hours",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Write opening hours in the OpenStreetMap grammar, like Mo-Fr 08:00-18:00; PH off.",
    ),
    HoursNotUnderstoodError: ProblemType(
        "hours-not-understood",
        "Words for opening hours that are not clear",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The detail names the part that is not understood, or may mean two things. Write it as "
        "the guide docs/register-hours.md has it, or in the OpenStreetMap grammar.",
    ),
    OutsideServedAreaError: ProblemType(
        "outside-served-area",
        "Outside the area served",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The detail says how far outside the position lies. Check the order of longitude and "
        "latitude, and the datum.",
    ),
    StationNotFoundError: ProblemType(
        "station-not-found",
        "No such station",
        HTTPStatus.NOT_FOUND,
        "Look the identifier up under /api/v1/stations; the station may have been removed.",
    ),
    StationChangedError: ProblemType(
        "station-changed",
        "Somebody else changed the station meanwhile",
        HTTPStatus.PRECONDITION_FAILED,
        "Nothing was written. `conflicts` has each station as it is now: look at it, and send the "
        "change again with the revision you have seen then.",
    ),
    RevisionNotFoundError: ProblemType(
        "revision-not-found",
        "No such revision",
        HTTPStatus.NOT_FOUND,
        "Look the number up under /api/v1/revisions; the header Register-Revision has the present.",
    ),
    HistoryNotKeptError: ProblemType(
        "history-not-kept",
        "Older than the history",
        HTTPStatus.GONE,
        "The detail says with what revision the history begins. Take the whole register, and go on "
        "from its revision.",
    ),
    UndoRefusedError: ProblemType(
        "undo-refused",
        "The change cannot be taken back as asked",
        HTTPStatus.CONFLICT,
        "Nothing was written. `obstacles` names what was changed later: ask again with "
        "conflicts=keep to leave that as it is, or overwrite to take it back, too.",
    ),
    TownshipNotFoundError: ProblemType(
        "township-not-found",
        "No such township",
        HTTPStatus.NOT_FOUND,
        "Townships go by their official codes; /print lists them.",
    ),
    TooManyReportsError: ProblemType(
        "too-many-reports",
        "Too many reports in a short time",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Nothing was kept. Send the report again after the seconds that Retry-After names.",
    ),
    ReportNotFoundError: ProblemType(
        "report-not-found",
        "No such report",
        HTTPStatus.NOT_FOUND,
        "Look the number up in the queue, under /register/reports.",
    ),
    ReportHandledError: ProblemType(
        "report-handled",
        "Somebody has handled the report already",
        HTTPStatus.CONFLICT,
        "Nothing was written. Load the queue again: it says by whom and how.",
    ),
    KeeperLinkError: ProblemType(
        "keeper-link",
        "The link does not open anything any more",
        HTTPStatus.NOT_FOUND,
        "Ask whoever gave you the link for a new one. What is wrong with a station can be reported "
        "on its own page without.",
    ),
    TooManyRequestsError: ProblemType(
        "too-many-requests",
        "Too many requests in a short time",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Ask again after the seconds that Retry-After names; the header RateLimit of each answer "
        "says what is left. Who needs more asks the operator, or keeps a copy of the register.",
    ),
    PdfUnavailableError: ProblemType(
        "pdf-unavailable",
        "No PDF can be made on this machine",
        HTTPStatus.NOT_IMPLEMENTED,
        "Print the page itself from the browser: it is the same sheet; of coverage, take f=xlsx or "
        "gpkg. The detail says what the operator installs to have PDFs.",
    ),
    RouteNotFoundError: ProblemType(
        "route-not-found",
        "No such saved route",
        HTTPStatus.NOT_FOUND,
        "Look the identifier up under /api/v1/routes; the route may have been removed.",
    ),
    DemandLayerNotFoundError: ProblemType(
        "demand-layer-not-found",
        "No such demand layer",
        HTTPStatus.NOT_FOUND,
        "Look the identifier up under /api/v1/demand; the layer may have been removed.",
    ),
    ScenarioNotFoundError: ProblemType(
        "scenario-not-found",
        "No such scenario",
        HTTPStatus.NOT_FOUND,
        "Check the address; the scenario may have been deleted. /api/v1/scenarios lists some.",
    ),
    ScenarioTokenError: ProblemType(
        "scenario-token",
        "Only who made a scenario may change it",
        HTTPStatus.FORBIDDEN,
        "Send the token that came with the scenario when it was saved, in the header "
        "Scenario-Token. An operator deletes it by command without.",
    ),
    ScenarioNotReadyError: ProblemType(
        "scenario-not-ready",
        "The scenario has no sites to compare",
        HTTPStatus.CONFLICT,
        "Ask the scenario itself how far it is, and compare when its state is ready.",
    ),
    TooManyScenariosError: ProblemType(
        "too-many-scenarios",
        "Too many scenarios",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Nothing was kept. Save it again after the seconds that Retry-After names, or delete "
        "scenarios that nobody needs.",
    ),
    NotSignedInError: ProblemType(
        "not-signed-in",
        "This is for staff and their programs",
        HTTPStatus.UNAUTHORIZED,
        "People sign in at /register/sign-in. Programs send Authorization: Bearer and a token that "
        "somebody of the staff made at /register/tokens.",
    ),
    NotAllowedError: ProblemType(
        "not-allowed",
        "Not yours to do",
        HTTPStatus.FORBIDDEN,
        "Ask an administrator for the role, or make a token with the permission that the detail "
        "names.",
    ),
    ForbiddenCountyError: ProblemType(
        "forbidden-county",
        "A station of a county that is not yours",
        HTTPStatus.FORBIDDEN,
        "Leave the change to an editor of that county, or ask an administrator for the county.",
    ),
    ForgedRequestError: ProblemType(
        "forged-request",
        "Not sent from a page that you were given",
        HTTPStatus.FORBIDDEN,
        "Load the page again and send the form from there. A script sends the page's token in "
        "X-CSRF-Token; a program sends a bearer token and needs no other.",
    ),
    SignInRefusedError: ProblemType(
        "sign-in-refused",
        "Login or password is wrong",
        HTTPStatus.FORBIDDEN,
        "Try again, or ask an administrator for a new password.",
    ),
    TooManySignInsError: ProblemType(
        "too-many-sign-ins",
        "Too many tries in a short time",
        HTTPStatus.TOO_MANY_REQUESTS,
        "The password was not looked at. Try again after the seconds that Retry-After names.",
    ),
    AccountNotFoundError: ProblemType(
        "account-not-found",
        "No such account or token",
        HTTPStatus.NOT_FOUND,
        "Look it up under /register/accounts or /register/tokens.",
    ),
    AccountConflictError: ProblemType(
        "account-conflict",
        "The accounts cannot be changed like this",
        HTTPStatus.CONFLICT,
        "The detail says what stands in the way; nothing was changed.",
    ),
    NoStreetNetworkError: ProblemType(
        "no-street-network",
        "No street network is loaded",
        HTTPStatus.CONFLICT,
        "Leave distance=network_walk out, or have the operator load an extract of OpenStreetMap: "
        "geo-service network load FILE.osm.pbf.",
    ),
    InvalidStreetNetworkError: ProblemType(
        "invalid-street-network",
        "The street network cannot be read",
        HTTPStatus.CONFLICT,
        "The operator loads it again: geo-service network load FILE.osm.pbf. Straight lines and "
        "estimated walks go on.",
    ),
    OffTheStreetsError: ProblemType(
        "off-the-streets",
        "Too far from any street of the network",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Ask from a place nearer to a street, or by straight line under /api/v1/stations/nearest.",
    ),
    ImportNotFoundError: ProblemType(
        "import-not-found",
        "No such import",
        HTTPStatus.NOT_FOUND,
        "Look the identifier up under /api/v1/imports; imports are kept for thirty days.",
    ),
    ImportNotReadyError: ProblemType(
        "import-not-ready",
        "The import cannot be applied as it stands",
        HTTPStatus.CONFLICT,
        "Ask the import itself how far it is and what is wrong with it; then apply it, or send "
        "the file again, put right.",
    ),
    TooManyImportsError: ProblemType(
        "too-many-imports",
        "Too many files wait",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Nothing was kept. Send the file again after the seconds that Retry-After names.",
    ),
    DatasetError: ProblemType(
        "invalid-dataset",
        "The data folder has faults",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The detail lists every fault with its file, row and column; nothing was written.",
    ),
    TileNotFoundError: ProblemType(
        "tile-not-found",
        "No such tile",
        HTTPStatus.NOT_FOUND,
        "The TileJSON of a layer says at which zooms there are tiles: /tiles/stations.json.",
    ),
    RegisterUnavailableError: ProblemType(
        "register-unavailable",
        "The register cannot be read now",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database does not answer. Ask again after the seconds that Retry-After names.",
    ),
    RegisterNotWritableError: ProblemType(
        "register-not-writable",
        "The register cannot be changed now",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Reads go on. Send the change again after the seconds that Retry-After names.",
    ),
}

_TOO_MANY: Final = (
    TooManyImportsError
    | TooManyReportsError
    | TooManyRequestsError
    | TooManyScenariosError
    | TooManySignInsError
)

# What HTTP itself refuses is of RFC 9457's own type; these say how to put it right.
_ADVICE: Final[dict[type[HTTPException], str]] = {
    NotFound: "Nothing is served at this path. See /api/docs for what is.",
    MethodNotAllowed: "This path does not take this method; the Allow header says which it takes.",
}


blueprint = Blueprint("problems", __name__, url_prefix="/problems")


@blueprint.get("/<slug>")
def explain(slug: str) -> Response:
    """Say what a problem type means, and what to do; a problem's `type` leads here."""
    for kind in PROBLEM_TYPES.values():
        if kind.slug == slug:
            return json_answer(
                {
                    "type": _address(kind),
                    "title": kind.title,
                    "status": kind.status.value,
                    "remedy": kind.remedy,
                }
            )
    raise NotFound


def register(app: Flask) -> None:
    """Answer every failure of this app with a problem document."""
    app.register_blueprint(blueprint)
    app.register_error_handler(GeoServiceError, _foreseen)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _address(kind: ProblemType) -> str:
    return f"{request.root_path}/problems/{kind.slug}"


def _foreseen(error: GeoServiceError) -> Response:
    kind = PROBLEM_TYPES[type(error)]
    faults: dict[str, Any] = {}
    if isinstance(error, InvalidQueryError):
        faults["errors"] = [
            {"parameter": fault.parameter, "detail": fault.reason} for fault in error.faults
        ]
    if isinstance(error, StationChangedError):
        faults["conflicts"] = [_conflict(each) for each in error.conflicts]
    if isinstance(error, UndoRefusedError):
        faults["obstacles"] = [step_json(each) for each in error.steps]
    if isinstance(error, TooManyRequestsError):
        faults["violated-policies"] = [error.policy]
    response = _problem(_address(kind), kind.title, kind.status, str(error), **faults)
    if kind.status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER_S
    if kind.status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="geo_service"'
    if isinstance(error, _TOO_MANY):
        response.headers["Retry-After"] = str(error.again_in_s)
    return response


def _conflict(conflict: Conflict) -> dict[str, Any]:
    present = conflict.present
    return {
        "station": conflict.station_id,
        "seen": conflict.seen,
        "revision": None if present is None else present.revision,
        "present": None if present is None else record_fields(present.station),
    }


def _http(error: HTTPException) -> Response:
    if isinstance(error, RequestRedirect):  # a redirect comes with its own answer
        return Response(status=error.code, headers=list(error.get_response().headers))
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    detail = _ADVICE.get(type(error)) or error.description or status.description
    response = _problem("about:blank", status.phrase, status, detail)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _unforeseen(error: Exception) -> Response:
    # The text of an error nobody foresaw may hold a password or a query: it goes to the log alone.
    _LOG.error("request.failed", path=path_of(request), exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "Something went wrong here, and was written to the service's log. Please try again."
    return _problem("about:blank", status.phrase, status, detail)


def _problem(type_: str, title: str, status: HTTPStatus, detail: str, **more: Any) -> Response:
    body = {
        "type": type_,
        "title": title,
        "status": status.value,
        "detail": detail,
        "instance": request.root_path + request.path,
    }
    if _is_for_a_person():
        return _page(body | more, status)
    return json_answer(body | more, MEDIA_TYPE, status)


def _is_for_a_person() -> bool:
    """Say whether a browser asked for one of the pages."""
    if request.path.startswith(("/api/", "/static/")):
        return False
    return request.accept_mimetypes.best_match([MEDIA_TYPE, "text/html"]) == "text/html"


def _page(problem: dict[str, Any], status: HTTPStatus) -> Response:
    """Say the same in a page; where not even the register can be had, in one that needs none."""
    language = language_asked(LANGUAGES.get(request.args.get("lang", "")))
    try:
        context = page_context(runtime.register(), language)
    except RegisterUnavailableError:
        context = bare_context(language)
    text = render_template("problem.html", problem=problem, **context)
    return Response(text, status=status, mimetype="text/html")
