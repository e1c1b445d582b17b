"""What may be kept of an answer, and how whoever kept it finds out whether it still holds.

Every read of the API has an ETag. Where an answer rests on the register and the clock alone
(``@kept``), its mark is known before any work is done, and 304 costs none. Of all others the body
is looked at. Marks are weak: an answer tells its own moment, which is another each second.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b
from http import HTTPStatus
from math import ceil, floor
from typing import Any, Final, NamedTuple, ParamSpec, cast
from weakref import WeakKeyDictionary

from flask import Flask, Request, Response, current_app, g, request
from werkzeug.http import http_date, parse_etags

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.services.standstill import Standstill, Standstills, standstills_of
from geo_service.version import VERSION

Given = ParamSpec("Given")

ASK: Final = "no-cache"
"""Anybody may keep it, and asks each time whether it still holds."""
ASK_ALONE: Final = "private, no-cache"
"""So may whoever asked, and nobody between: the address has a person's position."""
FOR_A_WHILE: Final = "max-age=300, stale-while-revalidate=86400"
"""Changes with the service alone; an old one does no harm for a day."""
_NOT_AT_ALL: Final = "no-store"

_API: Final = "/api/"
_BASIS: Final = "__kept__"
_MARK: Final = "kept_by"
_STARTED: Final = "geo_service.web.caching.started"
_MARK_BYTES: Final = 12
_SAFE: Final = frozenset({"GET", "HEAD"})
# A commit bears the moment its transaction began. Another of the same second, which waited for it,
# would bear the same date: so none is told until no such one can be under way any more.
_SETTLED_AFTER_S: Final = 60

# Members that tell the moment of an answer. Within a text of JSON their quotes are escaped.
_LOOKED_AT: Final = re.compile(rb'"register_checked_at":"[^"]*"')
_MOMENTS: Final = re.compile(rb'"(?:register_checked_at|instant|at)":"[^"]*"')

_Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """What a view's answers rest on, besides the register and the question."""

    control: str
    is_register: bool = False
    openness: bool = False
    walks: bool = False
    negotiated: bool = False

    @property
    def headers(self) -> _Headers:
        """Return what all answers of the view say."""
        headers = (("Cache-Control", self.control),)
        return (*headers, ("Vary", "Accept")) if self.negotiated else headers


class _Mark(NamedTuple):
    """What an answer is recognised by, and since when it has been so, if that can be told."""

    tag: str
    since: str | None
    settles: bool  # whether that date tells it from what this service said before it was started


def kept(
    *,
    openness: bool = False,
    walks: bool = False,
    negotiated: bool = False,
    control: str = ASK,
) -> Callable[[Callable[Given, Any]], Callable[Given, Any]]:
    """Say of a view that its answers rest on the register, the clock and the question alone.

    Whoever has the answer already gets 304, and the view is not called. It stands below the route
    and above everything else.

    ``openness``: an answer tells what is open now. Others change by the day alone, unless ``open``
    is asked for. ``walks``: it rests on the street network, too. ``negotiated``: on ``Accept``.
    What rests on a demand layer, or on when somebody arrives, is looked at as it is answered.
    """
    basis = _Basis(
        control=control, is_register=True, openness=openness, walks=walks, negotiated=negotiated
    )

    def attach(view: Callable[Given, Any]) -> Callable[Given, Any]:
        @wraps(view)
        def answered(*args: Given.args, **kwargs: Given.kwargs) -> Any:
            if not _is_known_before():
                return view(*args, **kwargs)
            mark = _mark_of(basis)
            setattr(g, _MARK, mark)
            if _is_had(mark):
                return _not_modified()
            return view(*args, **kwargs)

        setattr(answered, _BASIS, basis)
        return answered

    return attach


def stored(control: str) -> Callable[[Callable[Given, Any]], Callable[Given, Any]]:
    """Say of a view how its answers may be kept; they are looked at as they are answered."""
    basis = _Basis(control=control)

    def attach(view: Callable[Given, Any]) -> Callable[Given, Any]:
        setattr(view, _BASIS, basis)
        return view

    return attach


def register(app: Flask) -> None:
    """Give an app's reads their marks; call it after compression, so that it comes before it."""
    with app.app_context():
        app.extensions[_STARTED] = floor(runtime.now().timestamp())
    app.after_request(_look_at)


def headers(asked: Request, status: int, present: Iterable[tuple[str, str]]) -> _Headers:
    """Return the headers of this answer that say what may be kept of it."""
    if asked.method not in _SAFE or not asked.path.startswith(_API):
        return ()
    if status >= HTTPStatus.BAD_REQUEST:
        return _unless(present, (("Cache-Control", _NOT_AT_ALL),))
    mark: _Mark | None = g.get(_MARK)
    if mark is None or status not in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
        return _unless(present, _said_of(asked))
    told = (("ETag", f'W/"{mark.tag}"'), *_said_of(asked))
    return told if mark.since is None else (*told, ("Last-Modified", mark.since))


def _unless(present: Iterable[tuple[str, str]], said: _Headers) -> _Headers:
    names = {name for name, _ in present}
    return tuple(each for each in said if each[0] != "Cache-Control" or each[0] not in names)


# Endpoint by endpoint; there are a hundred or so.
_said: Final[dict[object, _Headers]] = {}


def _said_of(asked: Request) -> _Headers:
    view = current_app.view_functions.get(asked.endpoint or "")
    found = _said.get(view)
    if found is None:
        basis = _basis_of(view)
        found = _said[view] = (("Cache-Control", ASK),) if basis is None else basis.headers
    return found


def _basis_of(view: object) -> _Basis | None:
    return cast("_Basis | None", getattr(view, _BASIS, None))


# -- before the work ------------------------------------------------------------------------


class _Stretch(NamedTuple):
    """What all answers of a revision have in common while nothing changes that they tell."""

    held: Standstill
    begun: blake2b
    since: int


class _Marks:
    """The marks of one register's answers, up to what they have in common."""

    def __init__(self, register: Register) -> None:
        revision = register.revision
        self._committed = ceil(revision.committed_at.timestamp())
        # Whole: what a setting changes of answers is nowhere written down. Secrets are not in it.
        held = f"{runtime.settings()!r} {revision.number} {revision.committed_at!r}"
        self._begun = blake2b(f"{VERSION} {held}".encode(), digest_size=_MARK_BYTES)
        self._dates: dict[int, str] = {}
        none = _Stretch(Standstill(0, 0), self._begun, 0)
        self._present = {True: none, False: none}

    def at(self, seconds: int, standstills: Standstills, *, openness: bool) -> _Stretch:
        """Return the stretch that a moment lies in."""
        found = self._present[openness]
        if seconds not in found.held:
            held = standstills.around(seconds) if openness else standstills.day(seconds)
            begun = self._begun.copy()
            begun.update(f" {openness} {held.until}".encode())
            found = _Stretch(held, begun, max(held.since, self._committed))
            self._present[openness] = found
        return found

    def date(self, stretch: _Stretch, seconds: int) -> str | None:
        """Write since when answers are as they are; None while that cannot be told for certain."""
        if seconds < self._committed + _SETTLED_AFTER_S:
            return None
        written = self._dates.get(stretch.since)
        if written is None:
            self._dates = {stretch.since: http_date(stretch.since)}
            written = self._dates[stretch.since]
        return written


_marks: Final[WeakKeyDictionary[Register, _Marks]] = WeakKeyDictionary()


def _is_known_before() -> bool:
    """Say whether the answer rests on what is known here; else its body has to be looked at."""
    asked = request.args
    return "demand" not in asked and not ("open" in asked and "arrival" in asked.getlist("open"))


def _mark_of(basis: _Basis) -> _Mark:
    (snapshot, stale_s), now = runtime.held(), runtime.now()
    register, seconds = snapshot.register, floor(now.timestamp())
    marks = _marks.get(register)
    if marks is None:
        marks = _marks[register] = _Marks(register)
    openness = basis.openness or "open" in request.args
    stretch = marks.at(seconds, standstills_of(register), openness=openness)
    mark, had = stretch.begun.copy(), request.environ
    # The address whole: answers link to others, where this service is reached.
    mark.update(
        f"{had['wsgi.url_scheme']} {had.get('HTTP_HOST')} {had.get('SCRIPT_NAME')} "
        f"{had.get('PATH_INFO')} {had.get('QUERY_STRING')}".encode(errors="surrogateescape")
    )
    if basis.negotiated and (accepted := had.get("HTTP_ACCEPT")):
        mark.update(f" {accepted}".encode(errors="surrogateescape"))
    if basis.walks:
        mark.update(f" {runtime.streets_mark()}".encode())
    if stale_s is not None:  # then an answer says since when
        mark.update(f" {snapshot.checked_at!r}".encode())
    since = marks.date(stretch, seconds)
    return _Mark(mark.hexdigest(), since, stretch.since > current_app.extensions[_STARTED])


def _is_had(mark: _Mark) -> bool:
    """Say whether whoever asks has this very answer.

    A date is compared by whether it is the same: after a backup was put back, an earlier one is
    another answer. It does not tell answers apart that other settings made: so only one that came
    after this service was started counts.
    """
    tags = request.environ.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        return mark.tag in tags and parse_etags(tags).contains_weak(mark.tag)
    date = request.environ.get("HTTP_IF_MODIFIED_SINCE")
    return date is not None and mark.settles and date.strip() == mark.since


def _not_modified() -> Response:
    response = Response(status=HTTPStatus.NOT_MODIFIED)
    del response.headers["Content-Type"]
    return response


# -- after it -------------------------------------------------------------------------------


def _look_at(response: Response) -> Response:
    """Give an answer its mark by what it says, and answer 304 to whoever has it."""
    if (
        request.method not in _SAFE
        or response.status_code != HTTPStatus.OK
        or not request.path.startswith(_API)
    ):
        return response
    if g.get(_MARK) is not None:
        return _unless_any_will_do(response)
    if not _may_be_marked(response):
        return response
    basis = _basis_of(current_app.view_functions.get(request.endpoint or ""))
    moments = _MOMENTS if basis is not None and basis.is_register else _LOOKED_AT
    said = response.get_data()
    if response.is_json:
        said = moments.sub(b"", said)
    mark = blake2b(said, digest_size=_MARK_BYTES)
    mark.update(f" {response.content_type}".encode())
    tag = mark.hexdigest()
    response.set_etag(tag, weak=True)
    if parse_etags(request.environ.get("HTTP_IF_NONE_MATCH")).contains_weak(tag):
        return _emptied(response)
    return response


def _unless_any_will_do(response: Response) -> Response:
    tags = request.environ.get("HTTP_IF_NONE_MATCH")
    return _emptied(response) if tags is not None and tags.strip() == "*" else response


def _may_be_marked(response: Response) -> bool:
    return (
        "ETag" not in response.headers
        and response.mimetype != "text/html"  # has a nonce, which is another each time
        and not response.is_streamed
        and not response.direct_passthrough
        and "no-store" not in response.headers.get("Cache-Control", "")
    )


# What RFC 9110 (15.4.5) has a 304 repeat, as far as answers here have it.
_REPEATED: Final = ("ETag", "Vary", "Cache-Control", "Content-Location", "Link")


def _emptied(response: Response) -> Response:
    empty = _not_modified()
    for name in _REPEATED:
        for value in response.headers.getlist(name):
            empty.headers.add(name, value)
    response.close()
    return empty
