"""Filters of every sort, for tests that Hypothesis draws, each with what it means in Python.

The meaning is told of one station's values, in Python's own words: nothing of the service is used
but the names of the properties. ``None`` stands for "nobody knows".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hypothesis import strategies as st

from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    ServiceKind,
    Station,
)

Values = Mapping[str, Any]
Truth = bool | None


@dataclass(frozen=True)
class Said:
    """A filter as text and as JSON, and what it means."""

    text: str
    json: Any
    holds: Callable[[Values], Truth]


def values_of(station: Station) -> Values:
    """What a filter may say of a station of no township."""
    offered = {each.kind.value: each for each in station.services}
    values: dict[str, Any] = {
        name: getattr(station, name)
        for name in (
            *("id", "name", "name_en", "address", "telephone", "capacity", "source"),
            *("accuracy_m", "verified_on", "opened_on", "closed_on"),
        )
    }
    values["accessibility"] = station.accessibility.value
    values["data_status"] = station.data_status.value
    values["amenities"] = {each.value for each in station.amenities}
    values["services"] = set(offered)
    for kind in ("rest", "breakfast"):
        service = offered.get(kind)
        values[f"{kind}_hours"] = service and service.opening_hours
        values[f"{kind}_for"] = service and ({each.value for each in service.groups} or {"anyone"})
    values["x"], values["y"] = station.coordinate.longitude, station.coordinate.latitude
    return values


SIGNS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
_WORDS: Final = {
    "services": [each.value for each in ServiceKind],
    "amenities": [each.value for each in Amenity],
    "rest_for": ["anyone", *(each.value for each in Group)],
    "breakfast_for": ["anyone", *(each.value for each in Group)],
}
_CLOSED: Final = {
    "accessibility": [each.value for each in Accessibility],
    "data_status": [each.value for each in DataStatus],
}
_TEXTS: Final = st.sampled_from(["", "a", "示例", "it's", "\\", "%", "a_b", "Station A"]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=8
)
_DAYS: Final = st.dates(date(1890, 1, 1), date(2210, 1, 1))
_NUMBERS: Final = st.integers(-10, 2**31) | st.floats(-1e6, 1e6)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _written(value: Any) -> tuple[str, Any]:
    if isinstance(value, date):
        return f"DATE('{value}')", {"date": str(value)}
    if isinstance(value, str):
        return _quoted(value), value
    return repr(value), value


def _named(name: str) -> dict[str, str]:
    return {"property": name}


@st.composite
def _compared(draw: st.DrawFn) -> Said:
    name, value = draw(
        st.tuples(st.sampled_from(["name", "name_en", "address", "source", "rest_hours"]), _TEXTS)
        | st.tuples(st.sampled_from(["capacity", "accuracy_m"]), _NUMBERS)
        | st.tuples(st.sampled_from(["opened_on", "closed_on", "verified_on"]), _DAYS)
        | st.sampled_from([(name, word) for name, words in _CLOSED.items() for word in words])
    )
    sign = draw(st.sampled_from(list(SIGNS)))
    text, tree = _written(value)

    def holds(values: Values) -> Truth:
        return None if values[name] is None else SIGNS[sign](values[name], value)

    return Said(f"{name} {sign} {text}", {"op": sign, "args": [_named(name), tree]}, holds)


@st.composite
def _unknown(draw: st.DrawFn) -> Said:
    name = draw(st.sampled_from(["name_en", "capacity", "closed_on", "rest_for", "rest_hours"]))
    tree = {"op": "isNull", "args": [_named(name)]}
    return Said(f"{name} IS NULL", tree, lambda values: values[name] is None)


@st.composite
def _one_of(draw: st.DrawFn) -> Said:
    given = draw(st.lists(st.integers(0, 30), min_size=1, max_size=4))

    def holds(values: Values) -> Truth:
        return None if values["capacity"] is None else values["capacity"] in given

    tree = {"op": "in", "args": [_named("capacity"), given]}
    return Said(f"capacity IN ({', '.join(map(str, given))})", tree, holds)


@st.composite
def _of_words(draw: st.DrawFn) -> Said:
    name = draw(st.sampled_from(list(_WORDS)))
    asked = draw(st.lists(st.sampled_from(_WORDS[name]), max_size=3))
    judge: Callable[[set[str]], bool]
    operation, judge = draw(
        st.sampled_from(
            [
                ("a_contains", lambda own: all(each in own for each in asked)),
                ("a_containedBy", lambda own: all(each in asked for each in own)),
                ("a_overlaps", lambda own: any(each in asked for each in own)),
                ("a_equals", lambda own: sorted(own) == sorted(set(asked))),
            ]
        )
    )

    def holds(values: Values) -> Truth:
        return None if values[name] is None else judge(values[name])

    text = f"{operation.upper()}({name}, ({', '.join(map(_quoted, asked))}))"
    return Said(text, {"op": operation, "args": [_named(name), asked]}, holds)


@st.composite
def _in_box(draw: st.DrawFn) -> Said:
    west, east = sorted(draw(st.tuples(st.integers(70, 104), st.integers(105, 140))))
    south, north = sorted(draw(st.tuples(st.integers(10, 34), st.integers(35, 60))))

    def holds(values: Values) -> Truth:
        return bool(west <= values["x"] <= east and south <= values["y"] <= north)

    tree = {
        "op": "s_intersects",
        "args": [_named("geometry"), {"bbox": [west, south, east, north]}],
    }
    return Said(f"S_INTERSECTS(geometry, BBOX({west}, {south}, {east}, {north}))", tree, holds)


def _not(one: Said) -> Said:
    def holds(values: Values) -> Truth:
        truth = one.holds(values)
        return None if truth is None else not truth

    return Said(f"NOT ({one.text})", {"op": "not", "args": [one.json]}, holds)


def _and(one: Said, other: Said) -> Said:
    def holds(values: Values) -> Truth:
        truths = one.holds(values), other.holds(values)
        return False if False in truths else None if None in truths else True

    text = f"{_inside(one)} AND {_inside(other)}"
    return Said(text, {"op": "and", "args": [one.json, other.json]}, holds)


def _or(one: Said, other: Said) -> Said:
    def holds(values: Values) -> Truth:
        truths = one.holds(values), other.holds(values)
        return True if True in truths else None if None in truths else False

    # Without brackets: AND binds closer.
    text = f"{one.text} OR {other.text}"
    return Said(text, {"op": "or", "args": [one.json, other.json]}, holds)


def _inside(one: Said) -> str:
    is_either = isinstance(one.json, dict) and one.json["op"] == "or"
    return f"({one.text})" if is_either else one.text


single = _compared() | _unknown() | _one_of() | _of_words() | _in_box()
filters = st.recursive(
    single,
    lambda inner: (
        st.builds(_not, inner) | st.builds(_and, inner, inner) | st.builds(_or, inner, inner)
    ),
    max_leaves=6,
)
