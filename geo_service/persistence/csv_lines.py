"""Rows as lines of CSV, one at a time."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any, Final

_END: Final = "\r\n"


class _Returned:
    """Stands for a file: what is written to it is what the writer returns."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[str]], *, end: str = _END) -> Iterator[str]:
    """Write rows of text, quoted where need be."""
    # The end as the standard has it makes the writer quote cells with either of its signs.
    writer: Any = csv.writer(_Returned(), lineterminator=_END)
    for row in rows:
        line: str = writer.writerow(row)
        yield line.removesuffix(_END) + end
