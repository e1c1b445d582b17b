"""Addresses: of the question at hand asked again, and of the service as people reach it."""

from typing import Any

from flask import request, url_for

from geo_service import runtime


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
