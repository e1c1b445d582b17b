"""What may be asked of a collection, checked before pygeoapi reads it: it is generous."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from flask import request
from werkzeug.datastructures import ImmutableMultiDict

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.web.ogc import filters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from werkzeug.datastructures import MultiDict

_MEDIA_TYPES: Final = ("application/geo+json", "application/json", "text/html")
FORMS: Final = ("json", "html", "jsonld", "csv")
OWN_FORMS: Final = ("json", "html")  # of what is not pygeoapi's
_OF_ITEMS: Final = frozenset(
    {
        *("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "sortby", "properties"),
        *("resulttype", "skipGeometry", "filter", "filter-lang", "filter-crs"),
    }
)
_OF_ANY: Final = frozenset({"f", "lang"})
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_NUMBER: Final = r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,25})?(?:[eE][+-]?[0-9]{1,2})?"
_BBOX: Final = re.compile(rf"{_NUMBER}(?:,{_NUMBER}){{3}}(?:(?:,{_NUMBER}){{2}})?", re.ASCII)
_INSTANT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]{8,20}(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
_INTERVAL: Final = re.compile(rf"{_INSTANT}|(?:{_INSTANT}|\.\.)/(?:{_INSTANT}|\.\.)", re.ASCII)
_SHAPES: Final = {
    "limit": (_WHOLE, "must be a whole number"),
    "offset": (_WHOLE, "must be a whole number from 0"),
    "bbox": (_BBOX, "must be four or six numbers: west,south,east,north"),
    "datetime": (_INTERVAL, "must be an RFC 3339 day or instant, or two with / between"),
    "skipGeometry": (re.compile("true|false"), "must be true or false"),
    "resulttype": (re.compile("results|hits"), "must be results or hits"),
}


class Question(ImmutableMultiDict[str, str]):
    """A query string as pygeoapi is to read it.

    It would read filters in an older language; they are read here, and stay in its links.
    """

    def get(  # type: ignore[override]  # pygeoapi asks by key and default alone
        self, key: str, default: Any = None
    ) -> Any:
        """Return a parameter; of a filter, nothing."""
        if key.startswith("filter"):
            return default
        return super().get(key, default)


def wants_page() -> bool:
    """Say whether a request is for a page: it says so, or a browser prefers one."""
    if (form := request.args.get("f")) is not None:
        return form == "html"
    return request.accept_mimetypes.best_match(_MEDIA_TYPES) == "text/html"


def checked(
    given: MultiDict[str, str],
    *,
    columns: Iterable[str] | None = None,
    forms: Sequence[str] = FORMS,
) -> None:
    """Raise InvalidQueryError for what cannot be asked; every fault found is named.

    With the columns of a collection, what may be asked of its items.
    """
    known = _OF_ANY if columns is None else _OF_ANY | _OF_ITEMS | frozenset(columns)
    faults = []
    for name, value in given.items(multi=True):
        if len(given.getlist(name)) > 1:
            faults.append(ParameterFault(name, "is given twice"))
            break
        if name not in known:
            faults.append(ParameterFault(name, "is not a parameter of this resource"))
        elif name in _SHAPES and not _SHAPES[name][0].fullmatch(value):
            faults.append(ParameterFault(name, _SHAPES[name][1]))
        elif name == "filter-lang" and value not in filters.LANGUAGES:
            faults.append(ParameterFault(name, f"must be one of {', '.join(filters.LANGUAGES)}"))
        elif name == "f" and value not in forms:
            faults.append(ParameterFault(name, f"must be one of {', '.join(forms)}"))
        elif "\0" in value:
            faults.append(ParameterFault(name, "must be text"))
    if faults:
        raise InvalidQueryError(*faults)
