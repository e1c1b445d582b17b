"""`/register/hours/preview`: what a form of opening hours comes to, before it is saved."""

from typing import Annotated, Any

from flask import Blueprint, render_template, request
from pydantic import Field
from werkzeug.datastructures import MultiDict

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.web import params
from geo_service.web.access import requires
from geo_service.web.language import LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.params import Truth
from geo_service.web.register_hours.form import HoursForm, without_hours
from geo_service.web.register_hours.preview import preview_of
from geo_service.web.register_hours.words import WORDS

blueprint = Blueprint(
    "register_hours", __name__, url_prefix="/register/hours", template_folder="templates"
)


class PreviewParameters(LanguageParameters):
    """/register/hours/preview: whose fields are to be read, and for a page or a part of one."""

    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    part: Truth = False


@blueprint.get("/preview")
@requires(Permission.LOOK)
def preview() -> str:
    """Show what the fields in the address come to."""
    return _shown(request.args, _about(request.args))


@blueprint.post("/preview")
@requires(Permission.LOOK)
def preview_sent() -> str:
    """Show the same of a whole form, as a page: for who has no script."""
    return _shown(request.form, request.args)


def _about(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return what is not a field of the hours: who misspells one learns of it."""
    prefix = args.get("prefix", "")
    return without_hours(args, prefix) if prefix else args


def _shown(fields: MultiDict[str, str], about: MultiDict[str, str]) -> str:
    asked = params.read_given(PreviewParameters, about.to_dict())
    language = language_asked(asked.lang)
    register = runtime.register()
    zone = register.place.zone
    context: dict[str, Any] = {
        "own": WORDS[language],
        "preview": preview_of(
            HoursForm.from_fields(fields, asked.prefix),
            language,
            today=runtime.now().astimezone(zone).date(),
            zone=zone,
        ),
    }
    if asked.part:
        return render_template("register_hours/part.html", **context)
    return render_template(
        "register_hours/preview.html", **page_context(register, language), **context
    )
