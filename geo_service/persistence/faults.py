"""What is wrong with the files of a data folder, and what the database cannot hold."""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from geo_service.domain.errors import Fault

LARGEST_WHOLE: Final = 2**31 - 1  # PostgreSQL's integer
LONGEST_CODE: Final = 100  # what stands in an index, and in addresses, should be short
_LONGEST_SHOWN: Final = 80


@dataclass(slots=True)
class Faults:
    """What is wrong with the files read so far."""

    found: list[Fault] = field(default_factory=list)

    def add(
        self,
        file: str,
        reason: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        """Note one fault and go on."""
        if value is not None and len(value) > _LONGEST_SHOWN:
            value = value[:_LONGEST_SHOWN] + "…"
        if column is not None and not column.isprintable():
            column = ascii(column)
        self.found.append(Fault(file=file, reason=reason, row=row, column=column, value=value))


def why_unfit(text: str) -> str | None:
    """Say why text cannot be kept, or None: the database has no NUL, a page no other control."""
    if text.isprintable():  # nearly all is, and that is known at once
        return None
    for sign in text:
        category = unicodedata.category(sign)
        if category == "Cs" or (category == "Cc" and sign not in "\t\n\r"):
            return f"holds U+{ord(sign):04X}, which is not text"
    return None


def bytes_of(path: Path, faults: Faults) -> bytes | None:
    """Return what is in a file, or None with the fault noted."""
    try:
        return path.read_bytes()
    except OSError as error:
        faults.add(path.name, f"cannot be read: {error.strerror}")
        return None
