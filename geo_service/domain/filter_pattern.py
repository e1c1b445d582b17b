"""Patterns of LIKE: ``%`` for any text, ``_`` for one sign, a backslash before either as it is."""

import re
from collections.abc import Callable
from typing import Final

_SIGN: Final = re.compile(r"\\(.)|(.)", re.DOTALL)


def pattern_of(pattern: str) -> Callable[[str], bool]:
    """Return whether a text is of a pattern.

    Piece after piece is looked for from left to right, each where it first is: no pattern makes
    that take longer than its length times the text's, as a regular expression could.
    """
    pieces = [re.compile(each, re.DOTALL) for each in _pieces(pattern)]
    if len(pieces) == 1:
        return lambda text: pieces[0].fullmatch(text) is not None
    first, *middle, last = pieces
    ending = re.compile(f"(?:{last.pattern})\\Z", re.DOTALL)

    def matches(text: str) -> bool:
        found = first.match(text)
        for piece in middle:
            if found is None:
                return False
            found = piece.search(text, found.end())
        return found is not None and ending.search(text, found.end()) is not None

    return matches


def _pieces(pattern: str) -> list[str]:
    """Cut a pattern at each ``%``; the pieces are expressions of a length of their own."""
    pieces = [""]
    for escaped, plain in _SIGN.findall(pattern):
        if plain == "%":
            pieces.append("")
        else:
            pieces[-1] += "." if plain == "_" else re.escape(escaped or plain)
    return pieces
