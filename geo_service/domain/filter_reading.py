"""What a CQL2 tree says of stations: each name and type checked, and what is not kept, named."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final, NoReturn

from geo_service.domain.datum import Datum
from geo_service.domain.filter_conditions import (
    Always,
    Both,
    Either,
    Node,
    NotKnown,
    Opposite,
    StationCondition,
    Test,
)
from geo_service.domain.filter_geometry import SPATIAL, FilterShapeError, lies
from geo_service.domain.filter_pattern import pattern_of
from geo_service.domain.filter_properties import GEOMETRY, PROPERTIES, Kind, Property
from geo_service.domain.filter_text import DEEPEST, FilterSyntaxError, Tree, read_text

LONGEST: Final = 2000
"""How many characters a filter may have as text."""
LONGEST_JSON: Final = 10_000
"""How many as JSON, which takes more for the same."""
MOST_CONDITIONS: Final = 100
"""How many conditions it may put together."""

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": eq,
    "<>": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ARRAYS: Final[Mapping[str, Callable[[frozenset[str], frozenset[str]], bool]]] = {
    "a_contains": ge,
    "a_containedBy": le,
    "a_equals": eq,
    "a_overlaps": lambda own, asked: not own.isdisjoint(asked),
}
_OF_INTERVALS: Final = frozenset(
    {
        *("t_contains", "t_finishedBy", "t_finishes", "t_meets", "t_metBy"),
        *("t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts"),
    }
)
_TEMPORAL: Final[Mapping[str, Callable[[date, date, date], bool]]] = {
    "t_after": lambda day, _, end: day > end,
    "t_before": lambda day, begin, _: day < begin,
    "t_equals": lambda day, begin, end: begin == day == end,
    "t_intersects": lambda day, begin, end: begin <= day <= end,
    "t_disjoint": lambda day, begin, end: not begin <= day <= end,
    "t_during": lambda day, begin, end: begin < day < end,
}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ALIKE: Final = "CASEI"


class FilterLanguage(StrEnum):
    """How a filter is written."""

    TEXT = "cql2-text"
    JSON = "cql2-json"


class FilterError(ValueError):
    """A filter that cannot be used as given; its text says what to change."""


def read_filter(
    text: str, language: FilterLanguage, datum: Datum = Datum.WGS84
) -> StationCondition:
    """Read a filter whose coordinates are in a datum, or raise FilterError."""
    longest = LONGEST if language is FilterLanguage.TEXT else LONGEST_JSON
    if len(text) > longest:
        raise FilterError(f"takes {longest:,} characters at most as {language}")
    try:
        tree = read_text(text) if language is FilterLanguage.TEXT else _json(text)
        root = _Reading(datum).condition(tree)
    except (FilterSyntaxError, FilterShapeError) as error:
        raise FilterError(str(error)) from None
    return StationCondition(root.text, root)


def _json(text: str) -> Tree:
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        raise FilterError("is not JSON; filter-lang=cql2-text takes filters as text") from None
    if _depth(tree) > 4 * DEEPEST:
        raise FilterError(f"is nested deeper than {DEEPEST}")
    return tree


def _depth(tree: Tree) -> int:
    """Count how deep a tree goes, level by level: it may be deeper than Python calls go."""
    depth, level = 0, [tree]
    while level:
        depth += 1
        inner: list[Tree] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        level = inner
    return depth


@dataclass(frozen=True, slots=True)
class _Compared:
    """A property on one side of a comparison; ``alike`` where large and small letters are one."""

    about: Property
    alike: bool

    @property
    def text(self) -> str:
        return f"{_ALIKE}({self.about.name})" if self.alike else self.about.name

    def test(self, text: str, passes: Callable[[Any], bool]) -> Test:
        if self.alike:
            return Test(self.about, text, lambda value: passes(value.casefold()))
        return Test(self.about, text, passes)


class _Reading:
    """Reads one tree."""

    def __init__(self, datum: Datum) -> None:
        self._datum = datum
        self._conditions = 0
        self._depth = 0

    def condition(self, tree: Tree) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterError(f"is nested deeper than {DEEPEST}")
        node = self._node(tree)
        self._depth -= 1
        return node

    def _node(self, tree: Tree) -> Node:
        if isinstance(tree, bool):
            return Always(tree)
        name, given = _operation(tree)
        if name in {"and", "or"}:
            return self._joined(name, given)
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise FilterError(f"puts more than {MOST_CONDITIONS} conditions together")
        return self._single(name, given)

    def _joined(self, name: str, given: Sequence[Tree]) -> Node:
        if len(given) < 2:
            raise FilterError(f"{name!r} takes two conditions or more")
        kind, parts = (Both, []) if name == "and" else (Either, [])  # type: tuple[Any, list[Node]]
        for each in map(self.condition, given):
            parts += each.parts if isinstance(each, kind) else [each]
        node: Node = kind(tuple(parts))
        return node

    def _single(self, name: str, given: Sequence[Tree]) -> Node:  # noqa: PLR0911  a table in words
        match name:
            case "not":
                return Opposite(self.condition(*_exactly(1, name, given)))
            case "isNull":
                return _not_known(*_exactly(1, name, given))
            case "like":
                return _like(*_exactly(2, name, given))
            case "between":
                return _between(*_exactly(3, name, given))
            case "in":
                return _in(*_exactly(2, name, given))
            case _ if name in _COMPARISONS:
                return _comparison(name, *_exactly(2, name, given))
            case _ if name in SPATIAL:
                left, right = _exactly(2, name, given)
                return lies(name, left, right, self._datum)
            case _ if name in _TEMPORAL or name in _OF_INTERVALS:
                return _temporal(name, *_exactly(2, name, given))
            case _ if name in _ARRAYS:
                return _array(name, *_exactly(2, name, given))
        return _not_spoken(name)


def _operation(tree: Tree) -> tuple[str, list[Tree]]:
    if not isinstance(tree, dict) or not isinstance(tree.get("op"), str):
        raise FilterError("is to be a condition that is true or false of a station")
    given = tree.get("args")
    if not isinstance(given, list) or tree.keys() != {"op", "args"}:
        raise FilterError(f"{_shown(tree['op'])} is to have 'op' and a list of 'args', no more")
    return tree["op"], given


def _exactly(count: int, name: str, given: Sequence[Tree]) -> Sequence[Tree]:
    if len(given) != count:
        raise FilterError(f"{name!r} takes {count} arguments, not {len(given)}")
    return given


def _not_spoken(name: str) -> NoReturn:
    if name in {"+", "-", "*", "/", "^", "%", "div"}:
        raise FilterError("calculates; compare a property with a value")
    if name == "accenti":
        raise FilterError("ACCENTI is not spoken here; CASEI is")
    if name == "s_dwithin":
        raise FilterError("S_DWITHIN is not of CQL2; /stations/nearest has within=metres")
    raise FilterError(f"{_shown(name)} is no operation or function that is spoken here")


# -- sides of a comparison -------------------------------------------------------------------------


def _compared(tree: Tree) -> _Compared | None:
    """Return the property that a side names; None where it is a value."""
    if isinstance(tree, dict) and tree.get("op") == "casei":
        inner = _compared(_exactly(1, _ALIKE, _operation(tree)[1])[0])
        if inner is None:
            return None
        if inner.about.kind is not Kind.TEXT or inner.about.words:
            raise FilterError(f"{_ALIKE} is for text, not for {inner.about.name}")
        return _Compared(inner.about, alike=True)
    if isinstance(tree, dict) and "property" in tree:
        return _Compared(_property(tree), alike=False)
    return None


def _property(tree: Tree) -> Property:
    if not isinstance(tree, dict) or tree.keys() != {"property"}:
        raise FilterError("takes the name of a property first")
    name = tree["property"]
    found = PROPERTIES.get(name) if isinstance(name, str) else None
    if found is None:
        if name == GEOMETRY:
            raise FilterError("geometry is no value to compare; use S_INTERSECTS and the like")
        close = get_close_matches(str(name)[:50], PROPERTIES, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(PROPERTIES)}"
        raise FilterError(f"names {_shown(name)}, which stations do not have; {hint}")
    return found


def _side(tree: Tree, what: str) -> _Compared:
    found = _compared(tree)
    if found is None:
        if isinstance(tree, dict) and "op" in tree:
            _not_spoken(_operation(tree)[0])
        raise FilterError(f"{what} takes the name of a property first")
    if found.about.kind is Kind.WORDS:
        raise FilterError(
            f"{found.about.name} is a list: use A_CONTAINS({found.about.name}, "
            f"('{found.about.words[0]}')), A_CONTAINEDBY, A_EQUALS or A_OVERLAPS"
        )
    return found


def _value(tree: Tree, side: _Compared) -> Any:
    """Return a value as a property's values are, or say what it should be."""
    if isinstance(tree, dict) and tree.get("op") == "casei":
        if not side.alike:
            raise FilterError(f"{_ALIKE} is to stand on both sides")
        return _value(_exactly(1, _ALIKE, _operation(tree)[1])[0], side)
    if _compared(tree) is not None:
        raise FilterError("compares two properties; compare a property with a value")
    if isinstance(tree, dict) and "op" in tree:
        _not_spoken(_operation(tree)[0])
    about = side.about
    match about.kind:
        case Kind.DAY:
            return _day(tree, about)
        case Kind.WHOLE | Kind.NUMBER:
            return _number(tree, about)
        case _:
            return _text(tree, side)


def _number(tree: Tree, about: Property) -> float:
    if isinstance(tree, bool) or not isinstance(tree, int | float):
        raise FilterError(f"{about.name} is a number; compare it with one")
    if abs(tree) > 1e15 or not isfinite(tree):
        raise FilterError(f"{about.name} is compared with a number that is none, or too large")
    return int(tree) if tree == int(tree) else tree  # 1.0 is 1, and written so


def _text(tree: Tree, side: _Compared) -> str:
    about = side.about
    if not isinstance(tree, str):
        raise FilterError(f"{about.name} is text; compare it with a 'text'")
    if about.words and tree not in about.words:
        raise FilterError(f"{about.name} is never {_shown(tree)}; it is {_either(about.words)}")
    return tree.casefold() if side.alike else tree


def _day(tree: Tree, about: Property) -> date:
    if not isinstance(tree, dict) or tree.keys() != {"date"}:
        raise FilterError(f"{about.name} is a day; compare it with DATE('2026-01-01')")
    return _read_day(tree["date"])


def _read_day(given: Any) -> date:
    if isinstance(given, str) and _DAY.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise FilterError(f"{_shown(given)} is no day; write it like 2026-01-01")


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _shown(given: Any) -> str:
    text = repr(given) if isinstance(given, str) else "that"
    return text if len(text) <= 60 else text[:58] + "…'"


# -- conditions ------------------------------------------------------------------------------------


def _comparison(sign: str, left: Tree, right: Tree) -> Node:
    if _compared(left) is None and _compared(right) is not None:
        sign, left, right = _TURNED.get(sign, sign), right, left
    side = _side(left, "a comparison")
    value, compare = _value(right, side), _COMPARISONS[sign]
    text = f"{side.text} {sign} {_written(value, side)}"
    return side.test(text, lambda own: compare(own, value))


def _not_known(tree: Tree) -> Node:
    if tree == {"property": GEOMETRY}:
        return Always(truth=False)
    return NotKnown(_property(tree))


def _like(left: Tree, right: Tree) -> Node:
    side = _side(left, "LIKE")
    if side.about.kind is not Kind.TEXT:
        raise FilterError(f"{side.about.name} is no text; LIKE is for text")
    if isinstance(right, dict) and right.get("op") == "casei" and side.alike:
        right = _exactly(1, _ALIKE, _operation(right)[1])[0]
    if not isinstance(right, str):
        raise FilterError("LIKE takes a pattern as 'text', with % and _")
    pattern = right.casefold() if side.alike else right
    return side.test(f"{side.text} LIKE {_written(pattern, side)}", pattern_of(pattern))


def _between(left: Tree, low: Tree, high: Tree) -> Node:
    side = _side(left, "BETWEEN")
    if side.about.kind is Kind.TEXT:
        raise FilterError(f"{side.about.name} is text; BETWEEN is for numbers and days")
    least, most = _value(low, side), _value(high, side)
    text = f"{side.text} BETWEEN {_written(least, side)} AND {_written(most, side)}"
    return side.test(text, lambda own: least <= own <= most)


def _in(left: Tree, given: Tree) -> Node:
    side = _side(left, "IN")
    if not isinstance(given, list) or not given:
        raise FilterError("IN takes a list of values, at least one")
    values = [_value(each, side) for each in given]
    text = f"{side.text} IN ({', '.join(_written(each, side) for each in values)})"
    kept = frozenset(values)
    return side.test(text, lambda own: own in kept)


def _temporal(name: str, left: Tree, right: Tree) -> Node:
    if name in _OF_INTERVALS:
        raise FilterError(
            f"{name.upper()} is of two intervals; what is known of stations are days: use "
            "T_BEFORE, T_AFTER, T_EQUALS, T_DURING, T_INTERSECTS or T_DISJOINT"
        )
    if _compared(left) is None and _compared(right) is not None and name != "t_during":
        name = {"t_after": "t_before", "t_before": "t_after"}.get(name, name)
        left, right = right, left
    side = _side(left, name.upper())
    if side.about.kind is not Kind.DAY:
        raise FilterError(f"{side.about.name} is no day; {name.upper()} is for days")
    if isinstance(right, dict) and right.keys() == {"interval"}:
        begin, end, written = _interval(right["interval"])
    else:
        begin = end = _value(right, side)
        written = _written(begin, side)
    judge = _TEMPORAL[name]
    text = f"{name.upper()}({side.text}, {written})"
    return side.test(text, lambda own: judge(own, begin, end))


def _interval(given: Tree) -> tuple[date, date, str]:
    if not isinstance(given, list) or len(given) != 2:
        raise FilterError("INTERVAL takes two days, or '..' for an open end")
    begin = date.min if given[0] == ".." else _read_day(given[0])
    end = date.max if given[1] == ".." else _read_day(given[1])
    if begin > end:
        raise FilterError("INTERVAL ends before it begins")
    return begin, end, f"INTERVAL('{given[0]}', '{given[1]}')"


def _array(name: str, left: Tree, right: Tree) -> Node:
    if isinstance(left, list) and isinstance(right, dict):
        name = {"a_contains": "a_containedBy", "a_containedBy": "a_contains"}.get(name, name)
        left, right = right, left
    about = _property(left)
    if about.kind is not Kind.WORDS:
        raise FilterError(f"{about.name} is no list; {name.upper()} is for lists")
    if not isinstance(right, list):
        raise FilterError(f"{name.upper()} takes a list of words like ('{about.words[0]}')")
    known = ", ".join(about.words)
    for each in right:
        if each not in about.words:
            raise FilterError(f"{about.name} never has {_shown(each)}; it has {known}")
    asked, judge = frozenset(right), _ARRAYS[name]
    words = ", ".join(f"'{each}'" for each in about.words if each in asked)
    return Test(about, f"{name.upper()}({about.name}, ({words}))", lambda own: judge(own, asked))


def _written(value: Any, side: _Compared) -> str:
    """Write a value in CQL2 text."""
    if isinstance(value, date):
        return f"DATE('{value.isoformat()}')"
    if isinstance(value, str):
        quoted = "'" + value.replace("'", "''") + "'"
        return f"{_ALIKE}({quoted})" if side.alike else quoted
    return repr(value)
