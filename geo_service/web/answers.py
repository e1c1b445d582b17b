"""Bodies of answers: strict JSON, the shortest way."""

import json
from http import HTTPStatus
from typing import Final

from flask import Response

JSON: Final = "application/json"


def json_answer(body: object, media_type: str = JSON, status: int = HTTPStatus.OK) -> Response:
    """Return a body as UTF-8 JSON; a NaN, which JSON has not, is a fault of ours and raises."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status=status, mimetype=media_type)
