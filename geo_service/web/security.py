"""What a browser may do with an answer: scripts of our own alone, and nobody else's host."""

import secrets
from collections.abc import Iterable
from typing import Final

from flask import Flask, g

_NONCE_BYTES: Final = 16
_ON_EVERY_ANSWER: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=()"),
)
_POLICY: Final = "Content-Security-Policy"
_ON_FILES: Final = (*_ON_EVERY_ANSWER, (_POLICY, "default-src 'none'; frame-ancestors 'none'"))
# A service worker keeps to the policy of its own script, and it must ask for what it keeps.
_ON_SCRIPTS: Final = (
    *_ON_EVERY_ANSWER,
    (_POLICY, "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"),
)


def register(app: Flask) -> None:
    """Put the nonce at every template's hand."""
    app.context_processor(lambda: {"nonce": nonce()})


def nonce() -> str:
    """Return this request's nonce, which lets a script or style of this answer run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(_NONCE_BYTES)
    return str(g.nonce)


def headers(content_type: str) -> Iterable[tuple[str, str]]:
    """Return the headers of this answer that keep what is shown of it in bounds."""
    if content_type.startswith("text/javascript"):
        return _ON_SCRIPTS
    if not content_type.startswith("text/html"):
        return _ON_FILES  # most answers, and none of them has a use for a nonce
    policy = _policy_of_page(f" 'nonce-{g.nonce}'" if "nonce" in g else "")
    return (*_ON_EVERY_ANSWER, (_POLICY, policy))


def _policy_of_page(ours: str) -> str:
    return (
        "default-src 'self'; "
        f"script-src 'self'{ours}; "
        f"style-src 'self'{ours}; "
        "img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
