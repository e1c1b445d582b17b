"""Text in cells of CSV files, where a spreadsheet would take some texts for formulas.

An apostrophe in front makes such a text be shown as it is. Reading takes away exactly what writing
put there, also where a text of its own begins with apostrophes.
"""

import re
from typing import Final

# A cell that begins with one of these is run as a formula when a spreadsheet opens the file.
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")

_SIGNS: Final = f"[{re.escape(''.join(FORMULA_SIGNS))}]"
_TO_GUARD: Final = re.compile(f"'*{_SIGNS}")
_GUARDED: Final = re.compile(f"'+{_SIGNS}")

_FIRST: Final = frozenset(("'", *FORMULA_SIGNS))


def guarded(text: str) -> str:
    """Return text as a cell that no spreadsheet runs."""
    return f"'{text}" if text[:1] in _FIRST and _TO_GUARD.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that ``guarded`` made a cell of."""
    return cell[1:] if cell[:1] == "'" and _GUARDED.match(cell) else cell
