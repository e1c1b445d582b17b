"""Sheets of A4: `/s/<id>/sign` for a door, `/print/<code>` for the crew; each in HTML and PDF."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

from flask import Blueprint, Flask, Response, current_app, render_template, url_for
from markupsafe import Markup
from werkzeug.exceptions import ServiceUnavailable

from geo_service import runtime
from geo_service.domain.station import StationId
from geo_service.services.pdf import PdfBusyError, PdfPress
from geo_service.web import params
from geo_service.web.language import Language, LanguageParameters, language_asked, other_language
from geo_service.web.links import whole_address
from geo_service.web.page import page_context
from geo_service.web.print.sheets import SheetWriter
from geo_service.web.print.words import WORDS
from geo_service.web.station.qr import qr_svg

blueprint = Blueprint("print", __name__, template_folder="templates")

_PRESS: Final = "geo_service.web.print"
_SECONDS_TO_STAY_AWAY: Final = 5


def register(app: Flask) -> None:
    """Give an app its own press."""
    app.extensions[_PRESS] = PdfPress()


@blueprint.get("/s/<station_id>/sign")
def sign(station_id: str) -> str:
    """Show the sign of a station, to print."""
    return _sign(station_id, _language(), pdf=False)


@blueprint.get("/s/<station_id>/sign.pdf")
def sign_pdf(station_id: str) -> Response:
    """Return the same as PDF."""
    return _pdf(_sign(station_id, _language(), pdf=True), f"sign-{station_id}")


@blueprint.get("/print/<township_code>")
def township(township_code: str) -> str:
    """Show the list of a township's stations, to print."""
    return _township(township_code, _language(), pdf=False)


@blueprint.get("/print/<township_code>.pdf")
def township_pdf(township_code: str) -> Response:
    """Return the same as PDF."""
    return _pdf(_township(township_code, _language(), pdf=True), f"stations-{township_code}")


@blueprint.get("/print")
def index() -> str:
    """Show which townships there are lists of."""
    language = _language()
    register = runtime.register()
    writer = SheetWriter(register, language, _today())
    stations = register.stations_in(register.eras.on(_today()))
    counts = Counter(each.township_code for each in stations)
    counties: dict[str, list[dict[str, Any]]] = {}
    for each in register.townships:
        rows = counties.setdefault(writer.county_name(each), [])
        rows.append(
            {"code": each.code, "name": writer.township_name(each), "count": counts[each.code]}
        )
    return render_template(
        "print/index.html",
        **page_context(register, language),
        said=WORDS[language],
        counties=counties,
    )


def _sign(station_id: str, language: Language, *, pdf: bool) -> str:
    register = runtime.register()
    station = register.station(StationId(station_id))
    writer = SheetWriter(register, language, _today())
    address = whole_address("station.page", station_id=station.id)
    return render_template(
        "print/sign.html",
        **writer.frame(station),
        **_around("sign", language, pdf=pdf, station_id=station.id),
        sign=writer.sign(station),
        back=url_for("station.page", station_id=station.id, lang=language),
        address=address,
        qr=Markup(qr_svg(address, standalone=False)),  # noqa: S704 - made of squares alone
    )


def _township(code: str, language: Language, *, pdf: bool) -> str:
    register = runtime.register()
    found = register.township(code)
    writer = SheetWriter(register, language, _today())
    listed = writer.list_of(found, runtime.walking())
    address = whole_address("print.township", township_code=found.code)
    return render_template(
        "print/township.html",
        **writer.frame(*listed["stations"]),
        **_around("township", language, pdf=pdf, township_code=found.code),
        list=listed,
        bar=writer.bar_text(listed["sketch"]) if listed["sketch"] else "",
        back=url_for("print.index", lang=language),
        address=address,
        qr=Markup(qr_svg(address, standalone=False)),  # noqa: S704 - likewise
    )


def _around(sheet: str, language: Language, *, pdf: bool, **which: Any) -> dict[str, Any]:
    """Return what stands around a sheet: on a screen its tools, in a PDF its style."""
    return {
        "pdf": pdf,
        "style": _style() if pdf else "",
        "pdf_url": url_for(f"print.{sheet}_pdf", lang=language, **which),
        "switch": url_for(f"print.{sheet}", lang=other_language(language), **which),
    }


def _style() -> Markup:
    """Return the sheets' own style: a PDF is made of what is handed over, and fetches nothing."""
    folder = current_app.static_folder
    assert folder is not None
    text = (Path(folder) / "print" / "sheet.css").read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 - a file of ours


def _pdf(html: str, name: str) -> Response:
    try:
        made = cast("PdfPress", current_app.extensions[_PRESS]).pdf_of(html)
    except PdfBusyError:
        raise ServiceUnavailable(
            "Other PDFs are being made just now.", retry_after=_SECONDS_TO_STAY_AWAY
        ) from None
    response = Response(made, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    return response


def _language() -> Language:
    return language_asked(params.read_form(LanguageParameters).lang)


def _today() -> date:
    return runtime.now().astimezone(runtime.register().place.zone).date()
