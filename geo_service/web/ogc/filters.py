"""The filter of a question, in CQL2: read, and kept within what PostGIS is asked.

It is read by the service's own reader and handed on as a tree of pygeofilter, whose reader of text
puts conditions together from left to right, and has no NOT (…), no '' and no T_BEFORE(…).
"""

from __future__ import annotations

import json
import math
import re
from datetime import date, datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.filter_text import FilterSyntaxError, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LANGUAGES: Final = ("cql2-text", "cql2-json")
_LONGEST: Final = 4000
_DEEPEST: Final = 50
_GEOMETRY: Final = "geometry"
_COMPARISONS: Final = {
    "=": "Equal",
    "<>": "NotEqual",
    "<": "LessThan",
    "<=": "LessEqual",
    ">": "GreaterThan",
    ">=": "GreaterEqual",
}
_SPATIAL: Final = {
    f"s_{name.lower()}": f"Geometry{name}"
    for name in (
        *("Intersects", "Disjoint", "Contains", "Within"),
        *("Equals", "Touches", "Crosses", "Overlaps"),
    )
}
# Of a day and an interval, as comparisons with its ends: pygeofilter would take them in always.
_TEMPORAL: Final = {
    "t_after": (">", None),
    "t_before": (None, "<"),
    "t_equals": ("=", "="),
    "t_intersects": (">=", "<="),
    "t_during": (">", "<"),
}


def condition(given: Mapping[str, str], columns: Iterable[str]) -> Any:
    """Return what a question's filter says as a tree of pygeofilter; None without a filter.

    Raises InvalidQueryError where it cannot be understood, or asks for what there is not.
    """
    text, language = given.get("filter"), given.get("filter-lang", LANGUAGES[0])
    if text is None:
        return None
    if len(text) > _LONGEST:
        raise _fault(f"takes {_LONGEST} characters at most")
    if "\0" in text or _deepest(text) > _DEEPEST:
        raise _fault(f"is nested deeper than {_DEEPEST}, or not text")
    try:
        tree = json.loads(text) if language == "cql2-json" else read_text(text)
    except FilterSyntaxError as error:
        raise _fault(str(error)) from None
    except (ValueError, RecursionError):
        raise _fault(f"is not {language} as it is understood here") from None
    return _Conditions({*columns, _GEOMETRY}).of(tree)


def _deepest(text: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[\[({})\]]", text):
        depth += 1 if sign in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


class _Conditions:
    """Makes trees of pygeofilter of those of CQL2 JSON."""

    def __init__(self, columns: set[str]) -> None:
        # With pygeoapi alone; see mounted.py.
        from pygeofilter import ast, values  # noqa: PLC0415

        self._ast, self._values, self._columns = ast, values, columns

    def of(self, tree: Any) -> Any:
        """Return a condition."""
        if isinstance(tree, bool):
            return self._ast.Equal(1, 1 if tree else 0)
        name, given = _operation(tree)
        match name, given:
            case "and", [_, _, *_]:
                return reduce(self._ast.And, map(self.of, given))
            case "or", [_, _, *_]:
                return reduce(self._ast.Or, map(self.of, given))
            case "not", [inner]:
                return self._ast.Not(self.of(inner))
        found = self._of_value(name, given) or self._of_two(name, given)
        if found is None:
            raise _fault(f"asks for {name!r} with {len(given)} arguments, which there is not")
        return found

    def _of_value(self, name: str, given: list[Any]) -> Any:
        match name, given:
            case "isNull", [inner]:
                return self._ast.IsNull(self._side(inner), not_=False)
            case "like", [left, pattern]:
                return self._like(left, pattern)
            case "between", [left, low, high]:
                sides = self._value(left), self._value(low), self._value(high)
                return self._ast.Between(*sides, not_=False)
            case "in", [left, [_, *_] as options]:
                values = [self._value(each) for each in options]
                return self._ast.In(self._value(left), values, not_=False)
        return None

    def _of_two(self, name: str, given: list[Any]) -> Any:
        match given:
            case [left, right] if name in _COMPARISONS:
                return self._compared(name, self._value(left), self._value(right))
            case [left, right] if name in _SPATIAL:
                return getattr(self._ast, _SPATIAL[name])(self._side(left), self._side(right))
            case [left, right] if name in _TEMPORAL or name == "t_disjoint":
                return self._temporal(name, left, right)
        return None

    def _compared(self, sign: str, left: Any, right: Any) -> Any:
        return getattr(self._ast, _COMPARISONS[sign])(left, right)

    def _like(self, left: Any, right: Any) -> Any:
        alike = isinstance(right, dict)
        if alike:
            name, given = _operation(right)
            right = given[0] if name == "casei" and len(given) == 1 else None
        if not isinstance(right, str):
            raise _fault("has a LIKE without a 'pattern'")
        pattern = right.lower() if alike else right
        return self._ast.Like(
            self._value(left),
            pattern,
            nocase=False,
            wildcard="%",
            singlechar="_",
            escapechar="\\",
            not_=False,
        )

    def _temporal(self, name: str, left: Any, right: Any) -> Any:
        if name == "t_disjoint":
            return self._ast.Not(self._temporal("t_intersects", left, right))
        if isinstance(right, dict) and right.keys() == {"interval"}:
            begin, end = _ends(right["interval"])
        else:
            begin = end = right
        after, before = _TEMPORAL[name]
        side, parts = self._value(left), []
        # T_AFTER is after the end, T_BEFORE before the beginning.
        low, high = (end, begin) if name in {"t_after", "t_before"} else (begin, end)
        if after and low != "..":
            parts.append(self._compared(after, side, self._value(low)))
        if before and high != "..":
            parts.append(self._compared(before, side, self._value(high)))
        if not parts or (name in {"t_after", "t_before", "t_equals"} and ".." in (low, high)):
            raise _fault(f"asks for {name.upper()} of an interval with an open end")
        return reduce(self._ast.And, parts)

    # -- what is compared -------------------------------------------------------------------

    def _value(self, tree: Any) -> Any:
        """Return a side of a comparison: no geometry."""
        side = self._side(tree)
        if getattr(side, "name", None) == _GEOMETRY or isinstance(side, self._values.Geometry):
            raise _fault("compares a geometry as if it were a value; use S_INTERSECTS and the like")
        return side

    def _side(self, tree: Any) -> Any:
        if isinstance(tree, str | int | float):
            return _plain(tree)
        if not isinstance(tree, dict):
            raise _fault("compares what is no value")
        if "op" in tree:
            return self._function(*_operation(tree))
        match tree:
            case {"property": str(name)} if name in self._columns:
                return self._ast.Attribute(name)
            case {"property": name}:
                raise _fault(f"names {name!r}, which the collection does not have")
        return _day_of(tree) or self._geometry(tree)

    def _geometry(self, tree: dict[str, Any]) -> Any:
        match tree:
            case {"bbox": [_, _, _, _] as corners}:
                shape = _box(corners)
            case {"type": str(), "coordinates": [*_] as coordinates}:
                _check_numbers(coordinates)
                shape = {"type": tree["type"], "coordinates": coordinates}
            case _:
                raise _fault("has a value that is not understood")
        return self._values.Geometry(shape)

    def _function(self, name: str, given: Sequence[Any]) -> Any:
        if name != "casei" or len(given) != 1:
            raise _fault(f"asks for the function {name!r}, which there is not")
        return self._ast.Function("lower", [self._value(given[0])])


def _operation(tree: Any) -> tuple[str, list[Any]]:
    match tree:
        case {"op": str(name), "args": [*given]}:
            return name, given
    raise _fault("is to be a condition that is true or false")


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise _fault("holds a number that there is not")
    if isinstance(value, str) and "\0" in value:
        raise _fault("holds what is not text")
    return value


def _ends(given: Any) -> tuple[Any, Any]:
    match given:
        case [str(begin), str(end)]:
            return _end(begin), _end(end)
    raise _fault("has an interval that is not of two days")


def _end(given: str) -> Any:
    return given if given == ".." else {"date": given}


def _day_of(tree: dict[str, Any]) -> date | None:
    match tree:
        case {"date": str(text)}:
            return _instant(date, text)
        case {"timestamp": str(text)}:
            return _instant(datetime, text)
    return None


def _instant(kind: type[date], text: str) -> date:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise _fault(f"has {text[:40]!r} for a date") from None


def _box(corners: list[Any]) -> dict[str, Any]:
    _check_numbers(corners)
    west, south, east, north = corners
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _check_numbers(given: list[Any]) -> None:
    for each in given:
        if isinstance(each, list):
            _check_numbers(each)
        elif isinstance(each, bool) or not isinstance(each, int | float) or abs(each) > 1e9:
            raise _fault("has a geometry with something else than numbers")
        else:
            _plain(each)


def _fault(reason: str) -> InvalidQueryError:
    return InvalidQueryError(ParameterFault("filter", reason))
