"""Answers in fewer bytes, for whoever can read them so."""

from typing import Final

from flask import Flask, Response, request
from flask_compress import Compress

# All that is text, or made of numbers that are alike; pictures and workbooks are packed already.
_WORTH_IT: Final = (
    *("text/html", "text/css", "text/plain", "text/csv", "text/javascript"),
    *("application/json", "application/geo+json", "application/geo+json-seq"),
    *("application/problem+json", "application/schema+json", "application/manifest+json"),
    *("application/vnd.oai.openapi+json;version=3.0", "application/vnd.oai.openapi+json"),
    *("application/vnd.google-earth.kml+xml", "application/vnd.flatgeobuf"),
    *("application/xml", "image/svg+xml", "font/ttf", "font/otf"),
)


def register(app: Flask) -> None:
    """Compress the answers of an app as far as its clients accept that."""
    app.config["COMPRESS_REGISTER"] = False
    app.config["COMPRESS_MIMETYPES"] = list(_WORTH_IT)
    compress = Compress(app)
    compress.compress_mimetypes_set.add("application/vnd.mapbox-vector-tile")

    def answer(response: Response) -> Response:
        if "HTTP_ACCEPT_ENCODING" in request.environ and not _is_for_if_match(response):
            return compress.after_request(response)
        response.headers.add("Vary", "Accept-Encoding")
        return response

    app.after_request(answer)


def _is_for_if_match(response: Response) -> bool:
    """Say whether an answer's tag is to be sent back with a change.

    Such a tag is strong: of a compressed body it would have to be another, and no change knows it.
    """
    tag = response.headers.get("ETag", "W/")
    return not tag.startswith("W/") and request.path.startswith("/api/")
