"""Text for people: on a screen folded to its width, in a pipe or a file never cut."""

import unicodedata
from typing import Final

from rich.console import Console
from rich.table import Table

_WIDER_THAN_ANY_ROW: Final = 10_000


def console() -> Console:
    """Return the standard output, on which text is text: no markup, no emoji codes."""
    screen = Console(markup=False, emoji=False, highlight=False)
    if not screen.is_terminal:
        screen.width = _WIDER_THAN_ANY_ROW
    return screen


def table(*columns: str, right: range) -> Table:
    """Return an empty table; ``right`` are the columns of numbers."""
    made = Table(box=None, pad_edge=False)
    for number, name in enumerate(columns):
        made.add_column(name, justify="right" if number in right else "left", overflow="fold")
    return made


def plain(text: str) -> str:
    """Return text without the signs that a terminal would obey."""
    return "".join(
        "\ufffd" if unicodedata.category(sign) in {"Cc", "Cf", "Cs"} else sign for sign in text
    )
