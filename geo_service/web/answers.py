"""Bodies of answers: strict JSON, the shortest way."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from flask import Response

from geo_service.web import links

JSON: Final = "application/json"


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_text(body: object) -> str:
    """Write JSON; a NaN, which JSON has not, is a fault of ours and raises ValueError."""
    return _ENCODER.encode(body)


def json_answer(body: object, media_type: str = JSON, status: int = HTTPStatus.OK) -> Response:
    """Return a body as UTF-8 JSON; its ``links`` stand in the header Link, too."""
    response = Response(json_text(body), status=status, mimetype=media_type)
    if isinstance(body, Mapping) and (named := body.get("links")):
        links.add_links(response, named)
    return response


def with_members(body: bytes, members: Mapping[str, object]) -> bytes:
    """Write more members at the end of an object that is JSON text already."""
    return b"".join((body[:-1], b",", json_text(members)[1:].encode()))


def with_list(body: bytes, name: str, items: Iterable[bytes]) -> bytes:
    """Write one more member at the end of an object: a list of what is JSON text already."""
    return b"".join((body[:-1], f',"{name}":['.encode(), b",".join(items), b"]}"))
