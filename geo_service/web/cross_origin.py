"""What pages of other sites may read of the service: all that anybody may, and nothing more.

A browser sends neither cookie nor token along where the answer names every site (``*``), so such a
page sees what its visitor would see who is not signed in. What changes anything, and what staff
see, is never opened to it.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from flask import Response, current_app, request
from flask.globals import request_ctx

from geo_service.web import access
from geo_service.web.openapi import operation_of

_OPEN: Final = (
    ("Access-Control-Allow-Origin", "*"),
    # Every header that an answer has; no list that could be forgotten.
    ("Access-Control-Expose-Headers", "*"),
)
# Where pages of other sites may read. What stands here is data; pages of our own are not.
_DATA: Final = ("/api/", "/ogc", "/tiles", "/problems/")
_READS: Final = frozenset({"GET", "HEAD"})
_MAY_BE_SENT: Final = "Accept, Accept-Language, Content-Type, If-Modified-Since, If-None-Match"
_A_DAY_S: Final = "86400"


def said_of(view: object, method: str, path: str) -> Iterable[tuple[str, str]]:
    """Return what lets pages of other sites read the answers of a view; ``path`` is its rule's."""
    return _OPEN if path.startswith(_DATA) and _is_public(view, method) else ()


def of_nothing(path: str) -> Iterable[tuple[str, str]]:
    """Return what lets them know that nothing is served at a path."""
    return _OPEN if path.startswith(_DATA) else ()


def options() -> Response:
    """Say which methods this path takes; to a browser, which of them other sites may use."""
    adapter = request_ctx.url_adapter
    allowed = set() if adapter is None else set(adapter.allowed_methods())
    response = Response(status=HTTPStatus.NO_CONTENT)
    del response.headers["Content-Type"]
    response.headers["Allow"] = ", ".join(sorted(allowed))
    if "Access-Control-Request-Method" not in request.headers or adapter is None:
        return response
    found = {each: adapter.match(method=each)[0] for each in allowed - {"OPTIONS"}}
    views = {method: current_app.view_functions[each] for method, each in found.items()}
    is_data = request.path.startswith(_DATA)
    opened = sorted(each for each, view in views.items() if is_data and _is_public(view, each))
    if opened:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = ", ".join(opened)
        response.headers["Access-Control-Allow-Headers"] = _MAY_BE_SENT
        response.headers["Access-Control-Max-Age"] = _A_DAY_S
    return response


def _is_public(view: object, method: str) -> bool:
    if access.is_guarded(view):
        return False
    operation = operation_of(view)
    return method in _READS or (operation is not None and operation.asks_only)
