"""`/route`: paste, upload or draw a route, and read what it passes."""

from typing import Annotated, Any, Final

from flask import Blueprint, render_template, request
from pydantic import Field

from geo_service import runtime
from geo_service.domain.datum import Datum
from geo_service.domain.errors import (
    InvalidQueryError,
    OutsideServedAreaError,
    RegisterUnavailableError,
    RouteNotFoundError,
)
from geo_service.domain.register import Register
from geo_service.domain.route import Route
from geo_service.domain.saved_route import SavedRoute
from geo_service.domain.station import Group, ServiceKind
from geo_service.services.along import AlongAnswer, AlongQuery, find_along
from geo_service.services.route_text import RouteText, UnreadableRouteError, decoded, read_route
from geo_service.services.routes import saved_route, saved_routes
from geo_service.web import params
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api.along import AlongOptions, check_served
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.params import Truth
from geo_service.web.route.cards import card_of, length_text
from geo_service.web.route.ground import ground
from geo_service.web.route.sketch import HEIGHT, WIDTH, sketch_of
from geo_service.web.route.words import WORDS

blueprint = Blueprint("route", __name__, url_prefix="/route", template_folder="templates")

_WITHIN: Final = (100, 300, 500, 1000, 2000, 5000)
_SPEEDS: Final = ("", "3.6", "12", "20")


class RoutePageParameters(LanguageParameters):
    """GET /route."""

    saved: Annotated[str | None, Field(max_length=100)] = None


class RouteForm(LanguageParameters):
    """POST /route: what the form on the page sends; the file comes beside it."""

    text: str = ""
    datum: Datum = Datum.WGS84
    within: Annotated[float, Field(gt=0, le=10_000), params.Decimal] = 300.0
    service: ServiceKind | None = None
    group: Group | None = None
    speed: Annotated[float | None, Field(gt=0, le=300), params.Decimal] = None
    departure: str | None = None
    open: Truth = False

    def options(self) -> AlongOptions:
        """Return what is asked of the route."""
        given = self.model_dump(exclude={"lang", "text", "open"}, exclude_none=True)
        return AlongOptions(**given, open="arrival" if self.open else None)


@blueprint.get("")
def page() -> tuple[str, int]:
    """Show the form; or what a saved route passes, and the form filled in with it."""
    asked = params.read_form(RoutePageParameters)
    language = language_asked(asked.lang)
    register, given = runtime.register(), RouteForm()
    if asked.saved is None:
        return _shown(register, given, language), 200
    try:
        saved = saved_route(runtime.database(), asked.saved)
    except RouteNotFoundError:
        return _shown(register, given, language, fault=WORDS[language]["saved_unknown"]), 404
    return _answered(register, given, _text_of(saved), language)


@blueprint.post("")
def found() -> tuple[str, int]:
    """Show what the route that was sent passes, or what is wrong with it."""
    given = params.read_posted(RouteForm)
    language = language_asked(given.lang)
    register = runtime.register()
    try:
        text = _sent(given)
    except UnreadableRouteError as error:
        return _shown(register, given, language, fault=_fault(error, register, language)), 400
    return _answered(register, given, text, language)


def _answered(
    register: Register, given: RouteForm, text: RouteText, language: Language
) -> tuple[str, int]:
    """Show what a route passes, or why that cannot be told."""
    given = _echoed(given, text)
    try:
        route = Route.through(text.places(given.datum))
        check_served(register, route)
        zone = register.place.zone
        query = given.options().asked(route, runtime.now(), runtime.walking(), zone)
        answer = find_along(register, query, runtime.walking())
    except (InvalidQueryError, OutsideServedAreaError) as error:
        return _shown(register, given, language, fault=_fault(error, register, language)), 400
    more = _result(register, query, answer, text.name, language)
    return _shown(register, given, language, **more), 200


@blueprint.get("/ground.json")
def ground_to_draw_on() -> Any:
    """Return the outlines that a route is drawn over, and where to begin."""
    return json_answer(ground(runtime.register()), JSON)


def _sent(given: RouteForm) -> RouteText:
    """Read the file, where one was chosen, else the text."""
    file = request.files.get("file")
    if file is not None and file.filename:
        content = file.read()
        file.close()  # a large one lies on the disk
        return read_route(decoded(content))
    return read_route(given.text)


def _text_of(saved: SavedRoute) -> RouteText:
    x, y = (degrees.tolist() for degrees in saved.route.places.degrees)
    return RouteText(readings=tuple(zip(x, y, strict=True)), name=saved.name, datum=Datum.WGS84)


def _saved(language: Language) -> dict[str, Any]:
    """Return the saved routes; without a database the rest of the page goes on."""
    try:
        return {"saved": saved_routes(runtime.database())}
    except RegisterUnavailableError:
        return {"saved_note": WORDS[language]["saved_unavailable"]}


def _echoed(given: RouteForm, text: RouteText) -> RouteForm:
    """Return the form as it is filled in again: any text as plain coordinates."""
    lines = "\n".join(f"{x!r},{y!r}" for x, y in text.readings)
    return given.model_copy(update={"text": lines, "datum": text.datum or given.datum})


def _fault(error: Exception, register: Register, language: Language) -> str:
    """Say in words what is wrong with a route."""
    words = WORDS[language]
    match error:
        case UnreadableRouteError():
            return words[f"fault_{error.key}"].format(**error.values)
        case OutsideServedAreaError():
            place = register.place
            name = place.name_en or place.name if language == "en" else place.name
            return words["fault_outside"].format(place=name)
        case InvalidQueryError(faults=[fault, *_]) if fault.parameter == "departure":
            return words["fault_departure"]
        case _:
            return words["fault_long"]


def _result(
    register: Register, query: AlongQuery, answer: AlongAnswer, name: str | None, language: Language
) -> dict[str, Any]:
    words, shown = WORDS[language], len(answer.stations)
    travels = query.metres_per_minute is not None
    told = {
        "length": length_text(answer.length, language),
        "within": length_text(query.within, language),
        "shown": shown,
    }
    kind = "result_name" if name else "result"
    basis = "result_shown" if shown < answer.matched else "result_basis"
    return {
        "title": words[kind].format(count=answer.matched, name=name) if shown else words["none"],
        "basis": words[basis if shown else "none_text"].format(**told),
        "cards": [
            card_of(number, each, register.place, language, travels=travels)
            for number, each in enumerate(answer.stations, start=1)
        ],
        "sketch": sketch_of(
            register, query.route.places, [each.station.coordinate for each in answer.stations]
        ),
    }


def _shown(register: Register, given: RouteForm, language: Language, **more: Any) -> str:
    return render_template(
        "route/index.html",
        **page_context(register, language),
        own=WORDS[language],
        given=given,
        datums=list(Datum),
        withins=[(each, length_text(each, language)) for each in _WITHIN],  # type: ignore[arg-type]
        services=["", *ServiceKind],
        groups=["", *Group],
        speeds=_SPEEDS,
        speed="" if given.speed is None else f"{given.speed:g}",
        width=WIDTH,
        height=HEIGHT,
        **_saved(language),
        **more,
    )
