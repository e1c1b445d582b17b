"""What may be kept of an answer, and how whoever kept it finds out whether it still holds.

Every read of the API has an ETag. Where an answer rests on the register and the clock alone
(``@kept``), its mark is known before any work is done, and 304 costs none. Of all others the body
is looked at. Marks are weak: an answer tells its own moment, which is another each second.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b
from http import HTTPStatus
from math import ceil, floor
from typing import Any, Final, NamedTuple, ParamSpec, cast
from weakref import WeakKeyDictionary, ref

from flask import Flask, Request, Response, current_app, request
from flask.globals import request_ctx
from werkzeug.http import http_date, parse_etags

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.services.standstill import Standstill, Standstills
from geo_service.version import VERSION

Given = ParamSpec("Given")

ASK: Final = "no-cache"
"""Anybody may keep it, and asks each time whether it still holds."""
ASK_ALONE: Final = "private, no-cache"
"""So may whoever asked, and nobody between: the address has a person's position."""
FOR_A_WHILE: Final = "max-age=300, stale-while-revalidate=86400"
"""Changes with the service alone; an old one does no harm for a day."""

_API: Final = "/api/"
_BASIS: Final = "__kept__"
# In the environment of a request, which everybody who answers it has at hand.
_MARK: Final = "geo_service.kept_by"
_TAGS: Final = "HTTP_IF_NONE_MATCH"
_DATE: Final = "HTTP_IF_MODIFIED_SINCE"
_STARTED: Final = "geo_service.web.caching.started"
_MARK_BYTES: Final = 12
_SAFE: Final = frozenset({"GET", "HEAD"})
# A commit bears the moment its transaction began. Another of the same second, which waited for it,
# would bear the same date: so none is told until no such one can be under way any more.
_SETTLED_AFTER_S: Final = 60

# Members that tell the moment of an answer. Within a text of JSON their quotes are escaped.
_LOOKED_AT: Final = re.compile(rb'"register_checked_at":"[^"]*"')
_MOMENTS: Final = re.compile(rb'"(?:register_checked_at|instant|at)":"[^"]*"')

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """What a view's answers rest on, besides the register and the question."""

    control: str
    is_register: bool = False
    openness: bool = False
    walks: bool = False
    negotiated: bool = False

    @property
    def headers(self) -> Headers:
        """Return what all answers of the view say."""
        headers = (("Cache-Control", self.control),)
        return (*headers, ("Vary", "Accept")) if self.negotiated else headers


class _Mark(NamedTuple):
    """What an answer is recognised by, and since when it has been so, if that can be told."""

    tag: str
    since: str | None
    settles: bool  # whether that date tells it from what this service said before it was started

    @property
    def headers(self) -> Headers:
        """Return what the answer says of itself."""
        tag = ("ETag", f'W/"{self.tag}"')
        return (tag,) if self.since is None else (tag, ("Last-Modified", self.since))


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
            asked = request_ctx.request
            if not _is_known_before(asked):
                return view(*args, **kwargs)
            had = asked.environ
            mark = _mark_of(basis, asked)
            if _is_had(mark, had):
                had[_MARK] = mark
                return _not_modified()
            answer = view(*args, **kwargs)
            had[_MARK] = mark
            return _not_modified() if had.get(_TAGS) == "*" else answer

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


def said_of(view: object, method: str, path: str) -> Headers:
    """Return what all answers of a view say of being kept; ``path`` is its rule's."""
    if method not in _SAFE or not path.startswith(_API):
        return ()
    basis = _basis_of(view)
    return (("Cache-Control", ASK),) if basis is None else basis.headers


def headers(
    said: Headers, had: Mapping[str, Any], status: int, present: Iterable[tuple[str, str]]
) -> Headers:
    """Return the headers of this answer that say what may be kept of it.

    ``said`` is what its view says of all of them; what it said of this one is among the headers
    that are ``present``.
    """
    if not said:
        return ()
    if status in _TELLING:
        mark: _Mark | None = had.get(_MARK)
        if mark is not None:
            return (*mark.headers, *said)
    elif status >= HTTPStatus.BAD_REQUEST:
        said = _NOT_KEPT
    if any(name == "Cache-Control" for name, _ in present):
        return tuple(each for each in said if each[0] != "Cache-Control")
    return said


_NOT_KEPT: Final = (("Cache-Control", "no-store"),)
_TELLING: Final = frozenset({200, 304})


def _basis_of(view: object) -> _Basis | None:
    return cast("_Basis | None", getattr(view, _BASIS, None))


# -- before the work ------------------------------------------------------------------------


class _Stretch(NamedTuple):
    """What all answers of a revision have in common while nothing changes that they tell."""

    held: Standstill
    begun: blake2b
    since: int
    settles: bool


class _Marks:
    """The marks of one register's answers, up to what they have in common."""

    def __init__(self, register: Register) -> None:
        revision = register.revision
        self._standstills = Standstills(register)
        self._committed = ceil(revision.committed_at.timestamp())
        # Whole: what a setting changes of answers is nowhere written down. Secrets are not in it.
        held = f"{runtime.settings()!r} {revision.number} {revision.committed_at!r}"
        self._begun = blake2b(f"{VERSION} {held}".encode(), digest_size=_MARK_BYTES)
        self._dates: dict[int, str] = {}
        self._started = cast("int", current_app.extensions[_STARTED])
        none = _Stretch(Standstill(0, 0), self._begun, 0, settles=False)
        self._present = {True: none, False: none}

    def at(self, seconds: int, *, openness: bool) -> _Stretch:
        """Return the stretch that a moment lies in."""
        found = self._present[openness]
        if seconds not in found.held:
            held = self._standstills.around(seconds) if openness else self._standstills.day(seconds)
            begun = self._begun.copy()
            begun.update(f" {openness} {held.until}".encode())
            since = max(held.since, self._committed)
            found = _Stretch(held, begun, since, settles=since > self._started)
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


# Of the register asked last: looking that up among others would cost more than all else here.
_latest: tuple[Callable[[], object], _Marks] | None = None
_marks: Final[WeakKeyDictionary[Register, _Marks]] = WeakKeyDictionary()


def _marks_of(register: Register) -> _Marks:
    global _latest  # noqa: PLW0603  one slot, whoever fills it
    latest = _latest
    if latest is not None and latest[0]() is register:
        return latest[1]
    marks = _marks.get(register)
    if marks is None:
        marks = _marks[register] = _Marks(register)
    _latest = ref(register), marks
    return marks


def _is_known_before(asked: Request) -> bool:
    """Say whether the answer rests on what is known here; else its body has to be looked at."""
    given = asked.args
    return "demand" not in given and not ("open" in given and "arrival" in given.getlist("open"))


def _mark_of(basis: _Basis, asked: Request) -> _Mark:
    (snapshot, stale_s), seconds = runtime.held(), floor(runtime.now().timestamp())
    marks = _marks_of(snapshot.register)
    stretch = marks.at(seconds, openness=basis.openness or "open" in asked.args)
    mark, had = stretch.begun.copy(), asked.environ
    # The address whole: answers link to others, where this service is reached.
    rests_on = (
        f"{had['wsgi.url_scheme']} {had.get('HTTP_HOST')} {had.get('SCRIPT_NAME')} "
        f"{had.get('PATH_INFO')} {had.get('QUERY_STRING')}"
    )
    if basis.negotiated:
        rests_on += f" {had.get('HTTP_ACCEPT')}"
    if basis.walks:
        rests_on += f" {runtime.streets_mark()}"
    if stale_s is not None:  # then an answer says since when
        rests_on += f" {snapshot.checked_at!r}"
    mark.update(rests_on.encode(errors="surrogateescape"))
    return _Mark(mark.hexdigest(), marks.date(stretch, seconds), stretch.settles)


def _is_had(mark: _Mark, had: Mapping[str, Any]) -> bool:
    """Say whether whoever asks has this very answer.

    A date is compared by whether it is the same: after a backup was put back, an earlier one is
    another answer. It does not tell answers apart that other settings made: so only one that came
    after this service was started counts.
    """
    tags = had.get(_TAGS)
    if tags is not None:
        return mark.tag in tags and parse_etags(tags).contains_weak(mark.tag)
    date = had.get(_DATE)
    return date is not None and mark.settles and date.strip() == mark.since


def _not_modified() -> Response:
    response = Response(status=HTTPStatus.NOT_MODIFIED)
    del response.headers["Content-Type"]
    return response


# -- after it -------------------------------------------------------------------------------


def _look_at(response: Response) -> Response:
    """Give an answer its mark by what it says, and answer 304 to whoever has it."""
    if _MARK in request_ctx.request.environ:
        return response
    if request.method not in _SAFE or not request.path.startswith(_API):
        return response
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
    if parse_etags(request.environ.get(_TAGS)).contains_weak(tag):
        return _emptied(response)
    return response


def _may_be_marked(response: Response) -> bool:
    return (
        response.status_code == HTTPStatus.OK
        and "ETag" not in response.headers
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
