"""The static files: read whole, so that they can be compressed, and kept by browsers."""

from typing import Final

from flask import Flask, Response, request

# The version is in the path: another version is another address.
_VERSIONED: Final = "/static/vendor/"
_A_YEAR: Final = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Prepare static files; call it after compression is set up, so that it comes before it."""
    app.after_request(_prepare)


def _prepare(response: Response) -> Response:
    if request.endpoint != "static":
        return response
    if request.path.startswith(_VERSIONED):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _A_YEAR
        response.cache_control.immutable = True
    if response.direct_passthrough:
        # Left as a stream, compression would read the file and never close it.
        response.direct_passthrough = False
        response.get_data()
    return response
