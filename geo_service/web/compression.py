"""Answers in fewer bytes, for whoever can read them so."""

from flask import Flask, Response, request
from flask_compress import Compress


def register(app: Flask) -> None:
    """Compress the answers of an app as far as its clients accept that."""
    app.config["COMPRESS_REGISTER"] = False
    compress = Compress(app)
    compress.compress_mimetypes_set.add("application/vnd.mapbox-vector-tile")

    def answer(response: Response) -> Response:
        if "HTTP_ACCEPT_ENCODING" in request.environ:
            return compress.after_request(response)
        response.headers.add("Vary", "Accept-Encoding")
        return response

    app.after_request(answer)
