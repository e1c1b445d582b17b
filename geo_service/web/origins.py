"""Whether what writes was sent from a page of this service, and not from another site."""

from typing import Final
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import Forbidden

from geo_service import runtime

_OUR_OWN: Final = frozenset({"same-origin", "none"})


def refuse_other_sites() -> None:
    """Raise Forbidden for what a page of another site made a browser send.

    There is no session that could be abused; but a busy page elsewhere could make its visitors
    fill the queue. Programs send neither header and are let through.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        is_ours = site in _OUR_OWN
    else:
        origin = request.headers.get("Origin")
        is_ours = origin is None or urlsplit(origin).netloc in _our_hosts()
    if not is_ours:
        raise Forbidden("This came from a page of another site. Send it from the station's page.")


def _our_hosts() -> set[str]:
    public = runtime.settings().public_url
    return {request.host, *([urlsplit(public).netloc] if public else [])}
