"""Filters in CQL2 text (OGC 21-065r2), read into the tree that CQL2 JSON writes out.

So there is one tree, whichever of the two a question is put in. Whether it means anything of
stations is decided by ``filter_reading``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Tree = Any  # what JSON is made of: dictionaries, lists, texts, numbers and truths

DEEPEST: Final = 24
"""How deep conditions, lists and geometries may be nested in each other."""

_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*')
      | (?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?(?![\w.]))
      | "(?P<quoted>[^"]+)"
      | (?P<word>[^\W\d][\w.:]*)
      | (?P<sign><>|<=|>=|[<>=(),+*/^%-])
      | (?P<end>\Z)
    )""",
    re.VERBOSE,
)
_COMPARISONS: Final = ("=", "<>", "<", ">", "<=", ">=")
_SPATIAL: Final = (
    *("s_intersects", "s_disjoint", "s_contains", "s_within", "s_equals"),
    *("s_touches", "s_crosses", "s_overlaps"),
)
_TEMPORAL: Final = (
    *("t_after", "t_before", "t_equals", "t_disjoint", "t_intersects", "t_during", "t_contains"),
    *("t_finishedBy", "t_finishes", "t_meets", "t_metBy", "t_overlappedBy", "t_overlaps"),
    *("t_startedBy", "t_starts"),
)
_ARRAY: Final = {
    "a_contains": "a_contains",
    "a_containedby": "a_containedBy",
    "a_equals": "a_equals",
    "a_overlaps": "a_overlaps",
}
_RELATIONS: Final = {each: each for each in _SPATIAL} | {each.lower(): each for each in _TEMPORAL}
_DEPTH_OF_SHAPE: Final = {
    "Point": 0,
    "LineString": 1,
    "MultiPoint": 1,
    "Polygon": 2,
    "MultiLineString": 2,
    "MultiPolygon": 3,
}
_SHAPES: Final = {each.lower(): each for each in _DEPTH_OF_SHAPE}
_RESERVED: Final = frozenset({"and", "or", "not", "like", "between", "in", "is", "null"})


class FilterSyntaxError(ValueError):
    """A text that is no CQL2; says what was expected, and behind which sign."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int

    @property
    def word(self) -> str:
        """A word as keywords are compared, which may be written large or small."""
        return self.text.lower() if self.kind == "word" else ""


def read_text(text: str) -> Tree:
    """Read CQL2 text, or raise FilterSyntaxError."""
    reader = _Reader(_tokens(text))
    tree = reader.expression()
    reader.take_end()
    return tree


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while not found or found[-1].kind != "end":
        match = _TOKEN.match(text, place)
        if match is None:
            raise _expected("a name, a number, a 'text' or a sign of CQL2", text, place)
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        place = match.end()
    return found


def _expected(what: str, text: str, place: int) -> FilterSyntaxError:
    found = repr(text[place : place + 20]) if text[place:].strip() else "the end"
    return FilterSyntaxError(f"{what} is expected at character {place + 1}, not {found}")


class _Reader:
    """Reads from left to right, looking one token ahead."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    # -- conditions -------------------------------------------------------------------------

    def expression(self) -> Tree:
        """Read conditions with OR between them; AND binds closer."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterSyntaxError(f"is nested deeper than {DEEPEST}")
        tree = self._joined("or", lambda: self._joined("and", self._factor))
        self._depth -= 1
        return tree

    def _joined(self, word: str, part: Callable[[], Tree]) -> Tree:
        parts = [part()]
        while self._taken(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else {"op": word, "args": parts}

    def _factor(self) -> Tree:
        if self._taken("not"):
            return _not(self._primary())
        return self._primary()

    def _primary(self) -> Tree:
        if self._taken("("):
            tree = self.expression()
            self._take(")")
            return tree
        token = self._next
        if token.word in _RELATIONS:
            return self._relation(_RELATIONS[token.word], self._operand)
        if token.word in _ARRAY:
            return self._relation(_ARRAY[token.word], self._member)
        operand = self._operand()
        if isinstance(operand, bool) and self._ends_here:
            return operand
        return self._predicate(operand)

    def _relation(self, name: str, operand: Callable[[], Tree]) -> Tree:
        self._forward()
        self._take("(")
        left = operand()
        self._take(",")
        right = operand()
        self._take(")")
        return {"op": name, "args": [left, right]}

    def _predicate(self, left: Tree) -> Tree:
        sign = self._next
        if sign.text in _COMPARISONS and sign.kind == "sign":
            self._forward()
            return {"op": sign.text, "args": [left, self._operand()]}
        if self._taken("is"):
            denied = self._taken("not")
            self._take("null")
            return _not_if(denied, {"op": "isNull", "args": [left]})
        denied = self._taken("not")
        if self._taken("like"):
            return _not_if(denied, {"op": "like", "args": [left, self._operand()]})
        if self._taken("between"):
            low = self._operand()
            self._take("and")
            return _not_if(denied, {"op": "between", "args": [left, low, self._operand()]})
        if self._taken("in"):
            return _not_if(denied, {"op": "in", "args": [left, self._list()]})
        raise self._fault("a comparison (=, <>, <, LIKE, BETWEEN, IN, IS NULL …)")

    # -- what is compared -------------------------------------------------------------------

    def _operand(self) -> Tree:
        token = self._forward()
        match token.kind:
            case "text":
                return _plain(token.text)
            case "number":
                return _number(token.text)
            case "quoted":
                return self._named(token)
            case "word":
                return self._of_word(token)
        self._at -= 1
        raise self._fault("a property or a value")

    def _of_word(self, token: _Token) -> Tree:
        called = self._next.text == "(" and self._next.kind == "sign"
        match token.word:
            case "true" | "false":
                return token.word == "true"
            case "date" | "timestamp" as name if called:
                self._take("(")
                value = self._quoted()
                self._take(")")
                return {name: value}
            case "interval" if called:
                self._take("(")
                begin = self._quoted()
                self._take(",")
                end = self._quoted()
                self._take(")")
                return {"interval": [begin, end]}
            case "bbox" if called:
                return {"bbox": self._list()}
            case name if name in _SHAPES:
                return self._shape(_SHAPES[name])
            case name if name in _RESERVED:
                self._at -= 1
                raise self._fault("a property or a value")
        return self._named(token)

    def _named(self, token: _Token) -> Tree:
        if self._next.text == "(" and self._next.kind == "sign":
            return self._function(token.text)
        return {"property": token.text}

    def _function(self, name: str) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FilterSyntaxError(f"is nested deeper than {DEEPEST}")
        arguments = self._list()
        self._depth -= 1
        return {"op": name.lower(), "args": arguments}

    def _list(self) -> list[Tree]:
        """Read operands in brackets, with commas between."""
        self._take("(")
        found: list[Tree] = []
        while not self._taken(")"):
            if found:
                self._take(",")
            found.append(self._operand())
        return found

    def _member(self) -> Tree:
        if self._next.text == "(" and self._next.kind == "sign":
            return self._list()
        return self._operand()

    def _shape(self, kind: str) -> Tree:
        if self._next.word in {"z", "m", "zm", "empty"}:
            raise self._fault("a geometry of two dimensions that is not empty")
        if kind == "Point":
            self._take("(")
            place = self._position()
            self._take(")")
            return {"type": kind, "coordinates": place}
        return {"type": kind, "coordinates": self._positions(_DEPTH_OF_SHAPE[kind], kind)}

    def _positions(self, depth: int, kind: str) -> list[Tree]:
        self._take("(")
        found: list[Tree] = []
        while not found or self._taken(","):
            if depth > 1:
                found.append(self._positions(depth - 1, kind))
            elif kind == "MultiPoint" and self._taken("("):
                found.append(self._position())
                self._take(")")
            else:
                found.append(self._position())
        self._take(")")
        return found

    def _position(self) -> list[float]:
        found = []
        while self._next.kind == "number":
            found.append(_number(self._forward().text))
        if len(found) != 2:
            raise self._fault("a position of two numbers, longitude first,")
        return found

    def _quoted(self) -> str:
        if self._next.kind != "text":
            raise self._fault("a 'text'")
        return _plain(self._forward().text)

    # -- tokens -----------------------------------------------------------------------------

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    @property
    def _ends_here(self) -> bool:
        token = self._next
        return token.kind == "end" or token.text == ")" or token.word in {"and", "or"}

    def _forward(self) -> _Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _taken(self, wanted: str) -> bool:
        token = self._next
        if token.word == wanted or (token.kind == "sign" and token.text == wanted):
            self._forward()
            return True
        return False

    def _take(self, wanted: str) -> None:
        if not self._taken(wanted):
            raise self._fault(wanted.upper())

    def take_end(self) -> None:
        """Make sure that nothing is left."""
        if self._next.kind != "end":
            raise self._fault("AND, OR or the end")

    def _fault(self, what: str) -> FilterSyntaxError:
        token = self._next
        found = "the end" if token.kind == "end" else repr(token.text[:20])
        return FilterSyntaxError(f"{what} is expected at character {token.place + 1}, not {found}")


def _plain(quoted: str) -> str:
    # The standard takes \' for a quote, too. Whoever doubles quotes, as nearly everybody does,
    # would so have a text that ends in a backslash go on as conditions.
    return quoted[1:-1].replace("''", "'")


def _number(text: str) -> int | float:
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else float(text)


def _not(tree: Tree) -> Tree:
    return {"op": "not", "args": [tree]}


def _not_if(denied: bool, tree: Tree) -> Tree:  # noqa: FBT001  it is what is said of the tree
    return _not(tree) if denied else tree
