"""The resources of OGC API – Features: what pygeoapi answers, behind routes of our own.

JSON is pygeoapi's; pages are made from it here, with words and a policy of this service's own:
pygeoapi's templates load scripts from other hosts.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request

from geo_service import runtime
from geo_service.services.published_coverage import publish_coverage
from geo_service.web.ogc import filters, mounted
from geo_service.web.ogc.conformance import CLASSES
from geo_service.web.ogc.page import page_of
from geo_service.web.ogc.questions import Question, checked, wants_page

if TYPE_CHECKING:
    from collections.abc import Callable

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc", template_folder="templates")

_NOT_OFFERED: Final = ("/jobs",)
_GEOJSON: Final = "application/geo+json"


@blueprint.get("/", strict_slashes=False)
def landing_page() -> Response:
    """Say what there is."""
    checked(request.args)
    response = _answer("landing_page", page="landing")
    return response if wants_page() else _without_what_is_not_there(response)


@blueprint.get("/openapi")
def openapi() -> Response:
    """Describe the OGC API, in OpenAPI 3.0."""
    checked(request.args)
    if wants_page():
        return Response(render_template("ogc/openapi.html"), mimetype="text/html")
    return _answer("openapi_")


@blueprint.get("/conformance")
def conformance() -> Response:
    """Say which parts of the standards are kept."""
    checked(request.args)
    content = {"conformsTo": list(CLASSES)}
    if wants_page():
        return page_of("conformance", content)
    return Response(json.dumps(content), mimetype="application/json")


@blueprint.get("/collections")
def collections() -> Response:
    """List the collections."""
    checked(request.args)
    return _answer("describe_collections", page="collections")


@blueprint.get("/collections/<name>")
def collection(name: str) -> Response:
    """Describe a collection."""
    checked(request.args)
    return _answer("describe_collections", name, page="collection")


@blueprint.get("/collections/<name>/schema")
def schema(name: str) -> Response:
    """Describe the properties of a collection's items, as JSON Schema."""
    checked(request.args)
    return _answer("get_collection_schema", name, page="schema")


@blueprint.get("/collections/<name>/queryables")
def queryables(name: str) -> Response:
    """Say which properties a filter may name."""
    checked(request.args)
    return _answer("get_collection_queryables", name, page="schema")


@blueprint.get("/collections/<name>/items")
def items(name: str) -> Response:
    """Return items of a collection, a page at a time."""
    from geo_service.persistence.published import reading  # noqa: PLC0415  mounted.py
    from geo_service.persistence.published_views import columns_of  # noqa: PLC0415

    columns = columns_of(name)
    checked(request.args, columns=columns)
    condition = filters.condition(request.args, columns)
    _bring_up_to_date(name)
    with reading(runtime.published(), condition):
        return _answer("get_collection_items", name, page="items", mimetype=_GEOJSON)


@blueprint.get("/collections/<name>/items/<item_id>")
def item(name: str, item_id: str) -> Response:
    """Return one item of a collection."""
    from geo_service.persistence.published import reading  # noqa: PLC0415  mounted.py

    checked(request.args)
    _bring_up_to_date(name)
    with reading(runtime.published()):
        return _answer("get_collection_item", name, item_id, page="item", mimetype=_GEOJSON)


def _without_what_is_not_there(response: Response) -> Response:
    """Leave out pygeoapi's links to its parts that are not offered here."""
    content = json.loads(response.get_data())
    if "links" in content:
        content["links"] = [
            link
            for link in content["links"]
            if not urlsplit(link["href"]).path.endswith(_NOT_OFFERED)
        ]
        response.set_data(json.dumps(content, ensure_ascii=False))
    return response


def _bring_up_to_date(name: str) -> None:
    if name == "coverage":
        publish_coverage(runtime.database(), runtime.register(), runtime.now())


def _answer(
    function: str, *given: str, page: str | None = None, mimetype: str | None = None
) -> Response:
    """Let pygeoapi answer; of what went well, make a page for whoever wants one."""
    from pygeoapi.api import APIRequest  # noqa: PLC0415  see mounted.py

    api = mounted.api()
    asked = APIRequest.from_flask(request, api.locales)
    # It has no other way in.
    asked._args = Question(request.args)  # noqa: SLF001
    as_page = page is not None and wants_page()
    if as_page or asked.format is None:
        asked._format = "json"  # noqa: SLF001
    headers, status, content = _functions()[function](api, asked, *given)
    if as_page and page is not None and status == HTTPStatus.OK:
        return page_of(page, json.loads(content))
    if mimetype is not None and status == HTTPStatus.OK and asked.format == "json":
        headers["Content-Type"] = mimetype
    return Response(content, status=int(status), headers=headers)


def _functions() -> dict[str, Callable[..., Any]]:
    from pygeoapi import api  # noqa: PLC0415  see mounted.py
    from pygeoapi.api import itemtypes  # noqa: PLC0415

    return {**vars(api), **vars(itemtypes)}
