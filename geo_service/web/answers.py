"""Bodies of answers: strict JSON, the shortest way."""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Final

from flask import Response

JSON: Final = "application/json"

_STRICT: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_text(body: object) -> str:
    """Write JSON; a NaN, which JSON has not, is a fault of ours and raises ValueError."""
    return _STRICT.encode(body)


def json_answer(body: object, media_type: str = JSON, status: int = HTTPStatus.OK) -> Response:
    """Return a body as UTF-8 JSON."""
    return Response(json_text(body), status=status, mimetype=media_type)


def with_member(body: Mapping[str, object], name: str, texts: Iterable[bytes]) -> bytes:
    """Write an object with one more member at its end: a list of what is JSON text already."""
    head = f'{json_text(body)[:-1]},"{name}":['
    return b"%b%b]}" % (head.encode(), b",".join(texts))
