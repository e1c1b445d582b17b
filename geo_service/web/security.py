"""What a browser may do with an answer: scripts of our own alone, and nobody else's host."""

import secrets
from typing import Final

from flask import Flask, Response, g

_NONCE_BYTES: Final = 16


def register(app: Flask) -> None:
    """Put the security headers on every answer, and the nonce at every template's hand."""
    app.before_request(_make_nonce)
    app.after_request(_protect)
    app.context_processor(lambda: {"nonce": nonce()})


def nonce() -> str:
    """Return this request's nonce, which lets a script or style of this answer run."""
    return str(g.nonce)


def _make_nonce() -> None:
    g.nonce = secrets.token_urlsafe(_NONCE_BYTES)


def _protect(response: Response) -> Response:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=()"
    if response.mimetype == "text/html":
        headers["Content-Security-Policy"] = (
            "default-src 'self'; "
            f"script-src 'self' 'nonce-{nonce()}'; "
            f"style-src 'self' 'nonce-{nonce()}'; "
            "img-src 'self' data:; "
            "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
        )
    else:
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
