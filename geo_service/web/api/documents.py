"""The API's own description: OpenAPI 3.1, and a page to read and try it."""

from flask import Blueprint, Response, current_app, render_template, request

from geo_service import runtime
from geo_service.version import VERSION
from geo_service.web.answers import json_answer
from geo_service.web.caching import FOR_A_WHILE, stored
from geo_service.web.openapi import document

blueprint = Blueprint("documents", __name__, url_prefix="/api", template_folder="templates")


@blueprint.get("/openapi.json")
@stored(FOR_A_WHILE)
def openapi() -> Response:
    """Return the OpenAPI document of this service, with this service as its server."""
    return json_answer(
        document(
            current_app,
            title=f"geo_service: {runtime.register().place.name}",
            version=VERSION,
            server=runtime.settings().public_url
            or request.host_url.rstrip("/") + request.root_path,
        )
    )


@blueprint.get("/docs")
def docs() -> str:
    """Show the document with Swagger UI, from this host alone."""
    return render_template("docs.html")
