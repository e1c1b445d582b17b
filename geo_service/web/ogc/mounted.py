"""pygeoapi, made when it is first asked, once for each address people reach it under."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from cachetools import LRUCache
from flask import current_app, request, url_for

from geo_service import runtime
from geo_service.web.ogc.configuration import configuration
from geo_service.web.ogc.description import with_own_parts

if TYPE_CHECKING:
    from flask import Flask
    from pygeoapi.api import API

_MOUNTED: Final = "geo_service.web.ogc"
_ADDRESSES_REMEMBERED: Final = 8  # whoever asks may name any host
_lock = threading.Lock()


def register(app: Flask) -> None:
    """Give an app a place for what pygeoapi needs."""
    app.extensions[_MOUNTED] = LRUCache(_ADDRESSES_REMEMBERED)


def base_url() -> str:
    """Return the address of the OGC API, as whoever asks reaches it."""
    public = runtime.settings().public_url
    path = url_for("ogc.landing_page").rstrip("/")
    if public is None:
        return request.url_root.rstrip("/") + path.removeprefix(request.root_path)
    return public + path.removeprefix(request.root_path)


def api() -> API:
    """Return pygeoapi for this request's address and the present register."""
    made: LRUCache[tuple[str, int], Any] = current_app.extensions[_MOUNTED]
    register = runtime.register()
    key = (base_url(), register.revision.number)
    with _lock:  # making one takes a part of a second, the first one a second
        if key not in made:
            made[key] = _make(configuration(register, key[0]))
        found: API = made[key]
    return found


def _make(told: dict[str, Any]) -> API:
    # 40 MB and a second that only who asks for OGC API shall spend.
    from pygeoapi.api import API  # noqa: PLC0415
    from pygeoapi.openapi import get_oas_30  # noqa: PLC0415

    # It warns of what a question leaves out; and what is wrong, it says in its answer.
    logging.getLogger("pygeoapi").setLevel(logging.CRITICAL)
    return API(told, with_own_parts(get_oas_30(told)))
