"""The resources of OGC API – Features: what pygeoapi answers, behind routes of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from geo_service import runtime
from geo_service.web.ogc import filters, mounted
from geo_service.web.ogc.questions import Question, checked

if TYPE_CHECKING:
    from collections.abc import Callable

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc", template_folder="templates")

_FILTERED: Final = ("filter", "filter-lang")


@blueprint.get("/", strict_slashes=False)
def landing_page() -> Response:
    """Say what there is."""
    checked(request.args, items=False)
    return _answer("landing_page")


@blueprint.get("/openapi")
def openapi() -> Response:
    """Describe the OGC API, in OpenAPI 3.0."""
    checked(request.args, items=False)
    return _answer("openapi_")


@blueprint.get("/collections")
def collections() -> Response:
    """List the collections."""
    checked(request.args, items=False)
    return _answer("describe_collections")


@blueprint.get("/collections/<name>")
def collection(name: str) -> Response:
    """Describe a collection."""
    checked(request.args, items=False)
    return _answer("describe_collections", name)


@blueprint.get("/collections/<name>/schema")
def schema(name: str) -> Response:
    """Describe the properties of a collection's items, as JSON Schema."""
    checked(request.args, items=False)
    return _answer("get_collection_schema", name)


@blueprint.get("/collections/<name>/queryables")
def queryables(name: str) -> Response:
    """Say which properties a filter may name."""
    checked(request.args, items=False)
    return _answer("get_collection_queryables", name)


@blueprint.get("/collections/<name>/items")
def items(name: str) -> Response:
    """Return items of a collection, a page at a time."""
    from geo_service.persistence.published import VIEWS, reading  # noqa: PLC0415  as pygeoapi

    view = VIEWS.get(name)
    columns = [] if view is None else [each.name for each in view.__table__.columns]
    checked(request.args, items=True, columns=columns)
    text = request.args.get("filter")
    language = request.args.get("filter-lang", "cql2-text")
    condition = None if text is None else filters.condition(text, language, columns)
    with reading(runtime.published(), condition):
        return _answer("get_collection_items", name)


@blueprint.get("/collections/<name>/items/<path:item_id>")
def item(name: str, item_id: str) -> Response:
    """Return one item of a collection."""
    from geo_service.persistence.published import reading  # noqa: PLC0415  as pygeoapi

    checked(request.args, items=False)
    with reading(runtime.published()):
        return _answer("get_collection_item", name, item_id)


def _answer(function: str, *given: str) -> Response:
    from pygeoapi.api import APIRequest  # noqa: PLC0415  see mounted.py

    api = mounted.api()
    asked = APIRequest.from_flask(request, api.locales)
    asked._args = Question(request.args)  # noqa: SLF001  it has no other way in
    headers, status, content = _functions()[function](api, asked, *given)
    return Response(content, status=int(status), headers=headers)


def _functions() -> dict[str, Callable[..., Any]]:
    from pygeoapi import api  # noqa: PLC0415  see mounted.py
    from pygeoapi.api import itemtypes  # noqa: PLC0415

    return {**vars(api), **vars(itemtypes)}
