"""The filter of a question, in CQL2: read, and kept within what PostGIS is asked."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from geo_service.domain.errors import InvalidQueryError, ParameterFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LANGUAGES: Final = ("cql2-text", "cql2-json")
_LONGEST: Final = 4000
_DEEPEST: Final = 50


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
    # With pygeoapi alone; see mounted.py.
    from pygeofilter.parsers.cql2_json import parse as parse_json  # noqa: PLC0415
    from pygeofilter.parsers.cql2_text import parse as parse_text  # noqa: PLC0415

    try:
        tree = parse_json(text) if language == "cql2-json" else parse_text(text)
    except Exception:  # noqa: BLE001  whatever the parsers raise: it is no CQL2
        raise _fault(f"is not {language} as it is understood here") from None
    _check(tree, set(columns) | {"geometry"})
    return tree


def _deepest(text: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[\[({})\]]", text):
        depth += 1 if sign in "[({" else -1
        deepest = max(deepest, depth)
    return deepest


def _check(node: Any, columns: set[str]) -> None:
    from pygeofilter import ast  # noqa: PLC0415

    if isinstance(node, ast.Attribute) and node.name not in columns:
        raise _fault(f"names {node.name!r}, which the collection does not have")
    if isinstance(node, ast.Comparison | ast.Like | ast.In | ast.Between) and _is_geometry(node):
        raise _fault("compares a geometry as if it were a value; use S_INTERSECTS and the like")
    if isinstance(node, ast.Function) and node.name != "lower":
        raise _fault(f"asks for the function {node.name!r}, which there is not")
    if isinstance(node, float) and not math.isfinite(node):
        raise _fault("holds a number that there is not")
    if isinstance(node, list | tuple):
        parts: Iterable[Any] = node
    elif isinstance(node, ast.Node):
        parts = vars(node).values()
    else:
        return
    for part in parts:
        _check(part, columns)


def _is_geometry(node: Any) -> bool:
    sides = (getattr(node, "lhs", None), getattr(node, "rhs", None))
    return any(getattr(side, "name", None) == "geometry" for side in sides)


def _fault(reason: str) -> InvalidQueryError:
    return InvalidQueryError(ParameterFault("filter", reason))
