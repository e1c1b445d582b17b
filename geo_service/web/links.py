"""Addresses: of the question at hand asked again, and of the service as people reach it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Response, request, url_for

from geo_service import runtime

# What an address may have between the brackets of a header (RFC 3986, 8288).
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*", re.ASCII)


def asked_again(*, without: str = "", **changes: str) -> dict[str, Any]:
    """Return the query of this request, for url_for: fields left empty dropped, some changed."""
    asked = {
        name: [value for value in values if value]
        for name, values in request.args.lists()
        if name != without
    }
    return {name: values for name, values in asked.items() if values} | changes


def whole_address(endpoint: str, **words: Any) -> str:
    """Return an address with scheme and host: the public one where the operator named it."""
    public = runtime.settings().public_url
    if public is None:
        return url_for(endpoint, _external=True, **words)
    return public + url_for(endpoint, **words).removeprefix(request.root_path)


def add_links(response: Response, links: Iterable[Mapping[str, str]]) -> None:
    """Say in the header Link (RFC 8288), too, where else to go from an answer.

    Each link has its ``href``, its ``rel`` and the ``type`` of what is there.
    """
    written = [
        f'<{each["href"]}>; rel="{each["rel"]}"; type="{each["type"]}"'
        for each in links
        if _ADDRESS.fullmatch(each["href"])
    ]
    if written:
        response.headers.add("Link", ", ".join(written))


def other_forms(forms: Mapping[str, str]) -> list[dict[str, str]]:
    """Return links to this very question in other forms; ``forms`` are media types by ``f``."""
    if "f" in request.args:  # one of several forms: the address without it leads to all
        return []
    query = request.environ.get("QUERY_STRING", "")
    asked = f"?{query}&f=" if query else "?f="
    return [
        {"href": asked + form, "rel": "alternate", "type": media} for form, media in forms.items()
    ]


def described_by() -> dict[str, str]:
    """Return the link to the description of the API, for programs."""
    return {
        "href": whole_address("documents.openapi"),
        "rel": "service-desc",
        "type": "application/json",
    }
