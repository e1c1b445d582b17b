"""`/pocket/register.json`, the register for a phone without signal, and what keeps it there."""

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, render_template, request, url_for
from werkzeug.exceptions import NotFound

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.services.pocket import MAX_STATIONS, PocketTerms, pocket_outlines, pocket_register
from geo_service.web import params
from geo_service.web.answers import JSON, json_answer, json_text
from geo_service.web.language import LANGUAGES, Language, LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.pocket.kept import KeptBodies, KeptBody
from geo_service.web.pocket.shell import Shell, shell_of
from geo_service.web.pocket.words import STATION_WORDS, WORDS


class TooLargeForAPhone(NotFound):
    """A register that is asked for over the network alone."""


blueprint = Blueprint("pocket", __name__, template_folder="templates")

_KEPT: Final = KeptBodies()
_TEMPLATES: Final = Path(__file__).parent / "templates"

# As in static/tokens.css.
_THEME: Final = "#0f766e"
_GROUND: Final = "#f7f8f6"


@blueprint.get("/pocket/register.json")
def register() -> Response:
    """Return the register of the day, whole; 304 to a phone that has it."""
    held = _small_enough(runtime.register())
    terms = PocketTerms(
        day=runtime.now().astimezone(held.place.zone).date(),
        walking=runtime.walking(),
        served_area=runtime.served_area(),
    )
    body = _KEPT.of(held, terms, lambda: _written(pocket_register(held, terms)))
    return body.answer(f"{held.revision.number}-{terms.day:%Y%m%d}")


@blueprint.get("/pocket/outlines.json")
def outlines() -> Response:
    """Return the outlines for a map without tiles; 304 to a phone that has them."""
    held = _small_enough(runtime.register())
    body = _KEPT.of(held, "outlines", lambda: _written(pocket_outlines(held)))
    return body.answer(str(held.revision.number))


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """Return the service worker; it stands at the root, because it looks after all below it."""
    shell, root = _shell(), _root()
    kept = {
        "version": shell.version,
        "root": root,
        "api": f"{root}api/",
        "pages": [root, *(f"{root}?lang={each}" for each in LANGUAGES)],
        "files": [url_for("static", filename=each) for each in shell.files],
        "registers": [url_for("pocket.register"), url_for("pocket.outlines")],
        "offline": {each: url_for("pocket.offline", lang=each) for each in LANGUAGES},
    }
    script = f"const KEPT = {json_text(kept)};\n{shell.script}"
    response = Response(script, content_type="text/javascript; charset=utf-8")
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.after_app_request
def tell_version(response: Response) -> Response:
    """Tell the service worker to which version of the files the page at the root belongs."""
    if request.path == "/" and response.mimetype == "text/html":
        response.headers["Pocket-Version"] = _shell().version
    return response


@blueprint.get("/pocket/offline")
def offline() -> str:
    """Show the page that stands in for one that the phone does not keep."""
    language = language_asked(params.read_form(LanguageParameters).lang)
    return render_template(
        "pocket/offline.html",
        **page_context(runtime.register(), language),
        said=WORDS[language],
        station_words=json_text(STATION_WORDS[language]),
        nearest=f"{_root()}?lang={language}",
    )


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Return what a phone needs to put the page on its home screen."""
    language = language_asked(params.read_form(LanguageParameters).lang)
    words, root = WORDS[language], _root()
    description = {
        "id": root,
        "name": words["app_name"].format(place=_place(language)),
        "short_name": words["app_short_name"],
        "description": words["app_text"],
        "lang": "zh-Hans" if language == "zh" else "en",
        "start_url": f"{root}?lang={language}",
        "scope": root,
        "display": "standalone",
        "background_color": _GROUND,
        "theme_color": _THEME,
        "icons": _icons(),
    }
    response = json_answer(description, "application/manifest+json")
    response.cache_control.no_cache = True
    return response


def _shell() -> Shell:
    return shell_of(Path(current_app.static_folder or ""), _TEMPLATES)


def _root() -> str:
    return f"{request.root_path}/"


def _place(language: Language) -> str:
    place = runtime.register().place
    return place.name_en or place.name if language == "en" else place.name


def _icons() -> list[dict[str, str]]:
    drawn = [
        {"src": url_for("static", filename="icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    ]
    for size in (192, 512):
        for purpose in ("any", "maskable"):
            name = f"pocket/icon-{size}{'-maskable' if purpose == 'maskable' else ''}.png"
            drawn.append(
                {
                    "src": url_for("static", filename=name),
                    "sizes": f"{size}x{size}",
                    "type": "image/png",
                    "purpose": purpose,
                }
            )
    return drawn


def _small_enough(held: Register) -> Register:
    if len(held.stations) > MAX_STATIONS:
        raise TooLargeForAPhone(
            f"A register of {len(held.stations)} stations does not fit a phone's pocket; "
            "ask /api/v1/stations/nearest instead."
        )
    return held


def _written(document: object) -> KeptBody:
    return KeptBody(json_text(document).encode(), JSON)
