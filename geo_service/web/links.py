"""The question at hand, to be asked again elsewhere."""

from typing import Any

from flask import request


def asked_again(*, without: str = "", **changes: str) -> dict[str, Any]:
    """Return the query of this request, for url_for: fields left empty dropped, some changed."""
    asked = {
        name: [value for value in values if value]
        for name, values in request.args.lists()
        if name != without
    }
    return {name: values for name, values in asked.items() if values} | changes
