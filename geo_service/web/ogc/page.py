"""What pygeoapi says as JSON, as a page."""

from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, render_template, request, url_for

from geo_service import runtime
from geo_service.web.language import LANGUAGES, language_asked
from geo_service.web.links import asked_again
from geo_service.web.ogc.words import WORDS
from geo_service.web.page import page_context

# Of a link, what it is to a reader; others are shown by their own title.
_PAGED: Final = ("prev", "next")


def page_of(name: str, content: dict[str, Any]) -> Response:
    """Return a page of this service that says what an answer says."""
    language = language_asked(LANGUAGES.get(request.args.get("lang", "")))
    links = {link["rel"]: link["href"] for link in content.get("links", ())}
    text = render_template(
        f"ogc/{name}.html",
        **page_context(runtime.register(), language),
        own=WORDS[language],
        content=content,
        turns={rel: _here(links[rel]) for rel in _PAGED if rel in links},
        as_json=url_for(
            request.endpoint or "", **(request.view_args or {}), **asked_again(f="json")
        ),
    )
    return Response(text, mimetype="text/html")


def _here(address: str) -> str:
    """Return the same address on this host, as a page."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}&f=html"
