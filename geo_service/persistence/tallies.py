"""How often each sender came within a window of time, counted by all processes of a machine.

Nothing is kept of who that was. A sender is hashed under a key that is made with the counts and
dies with them, and the hash only says which cells of the table are counted up: two of thousands,
which others share. The smaller of the two is at least what the sender came to; it is more only
if somebody else shares both (a count-min sketch).

Each process writes in columns of its own and reads those of all. So no process ever waits for
another, none that dies or hangs holds anybody up, and no count is lost.
"""

import fcntl
import hashlib
import os
import secrets
import weakref
from contextlib import suppress
from enum import IntEnum
from mmap import mmap
from pathlib import Path
from threading import Lock
from typing import Final, Self

import structlog

_LOG: Final = structlog.get_logger()

_KEY_BYTES: Final = 32
_ROWS: Final = 2
_CELLS_OF_A_ROW: Final = 8192  # a power of two
_MASK: Final = _CELLS_OF_A_ROW - 1
_CELL_BYTES: Final = 8
# What stands before the cells: the key, how many columns there are, how many were ever used.
_HEAD_CELLS: Final = 8
_COLUMNS: Final = 4
_USED: Final = 5
# A cell is the window that was counted in last, and the count: older ones need no clearing.
_COUNT_BITS: Final = 32
_COUNT: Final = (1 << _COUNT_BITS) - 1
# Beside those that serve: one that replaces another, and some that were killed a moment ago.
_SPARE_COLUMNS: Final = 4


class Tallied(IntEnum):
    """What is counted, each apart from the others."""

    READS = 0
    EXPENSIVE_READS = 1
    WRITES = 2
    REPORTS = 3
    SCENARIOS = 4
    SIGN_INS = 5
    KEEPERS = 6


class Tallies:
    """Counts of senders, shared by whoever opened the same folder."""

    def __init__(self, memory: mmap, column: int) -> None:
        self._cells = memoryview(memory).cast("Q")
        self._columns: int = self._cells[_COLUMNS]
        self._starts = [
            _HEAD_CELLS + what * _ROWS * _CELLS_OF_A_ROW * self._columns for what in Tallied
        ]
        self._column = column
        self._hash = hashlib.blake2b(key=memory[:_KEY_BYTES], digest_size=_ROWS * 2)
        self._lock = Lock()  # the threads of this process share its column

    @classmethod
    def alone(cls) -> Self:
        """Return counts that this process keeps for itself."""
        memory = mmap(-1, _size(1))
        memory[: _HEAD_CELLS * _CELL_BYTES] = _head(1)
        return cls(memory, 0)

    @classmethod
    def shared(cls, folder: Path, processes: int) -> Self:
        """Return the counts of all processes that name this folder, at most so many and a few.

        Where they cannot be had (the disk is full, the folder is not ours), the process counts
        for itself and says so in the log: no question fails for that.
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            memory = _opened(folder, processes + _SPARE_COLUMNS)
            column, held = _own_column(folder, memory)
        except (OSError, ValueError) as error:
            _LOG.warning("limits.not_shared", reason=str(error))
            return cls.alone()
        found = cls(memory, column)
        weakref.finalize(found, os.close, held)
        return found

    def places(self, sender: bytes) -> int:
        """Return where a sender is counted, which many others are as well."""
        digest = self._hash.copy()
        digest.update(sender)
        return int.from_bytes(digest.digest(), "little")

    def count(self, what: Tallied, places: int, window: int) -> int:
        """Count one more of a sender in a window; return how many that makes at most.

        Done at every request, hence no loop where two lines do.
        """
        columns, own = self._columns, self._column
        one = self._starts[what] + (places & _MASK) * columns
        other = self._starts[what] + (_CELLS_OF_A_ROW + (places >> 16 & _MASK)) * columns
        cells, empty = self._cells, window << _COUNT_BITS
        with self._lock:
            cell = cells[one + own]
            cells[one + own] = first = max(cell, empty) + 1
            cell = cells[other + own]
            cells[other + own] = second = max(cell, empty) + 1
        first &= _COUNT
        second &= _COUNT
        if (used := cells[_USED]) > 1:
            for column in range(used):
                if column != own:
                    if (cell := cells[one + column]) >= empty:
                        first += cell & _COUNT
                    if (cell := cells[other + column]) >= empty:
                        second += cell & _COUNT
        return min(second, first)


def _size(columns: int) -> int:
    return _CELL_BYTES * (_HEAD_CELLS + len(Tallied) * _ROWS * _CELLS_OF_A_ROW * columns)


def _head(columns: int) -> bytes:
    numbers = b"".join(each.to_bytes(_CELL_BYTES, "little") for each in (columns, 1, 0, 0))
    return secrets.token_bytes(_KEY_BYTES) + numbers


def _opened(folder: Path, columns: int) -> mmap:
    """Map the table; whoever comes first makes it."""
    turn = os.open(folder / "turn", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        table = folder / "table"
        if not table.exists():
            draft = folder / "draft"
            draft.touch(mode=0o600)
            with draft.open("wb") as file:
                file.write(_head(columns))
                # Zeros, and not a hole: where the disk has no room for them, that is said here,
                # and not by a signal that ends the process when it counts.
                file.write(bytes(_size(columns) - file.tell()))
            draft.rename(table)
        with table.open("r+b") as file:
            memory = mmap(file.fileno(), 0)
    finally:
        os.close(turn)  # and with it the turn
    if len(memory) != _size(int.from_bytes(memory[_COLUMNS * 8 : _COLUMNS * 8 + 8], "little")):
        raise ValueError("the table of counts is not one of this release")
    return memory


def _own_column(folder: Path, memory: mmap) -> tuple[int, int]:
    """Take a column that no living process writes in; return it with what holds it.

    The kernel gives it free when the process ends, however that ends; its counts stay.
    """
    cells = memoryview(memory).cast("Q")
    for column in range(cells[_COLUMNS]):
        held = os.open(folder / f"column-{column}", os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _note_used(folder, cells, column)
            return column, held
        os.close(held)
    raise ValueError("more processes than the table of counts has room for")


def _note_used(folder: Path, cells: memoryview, column: int) -> None:
    turn = os.open(folder / "turn", os.O_RDWR)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX)
        cells[_USED] = max(cells[_USED], column + 1)
    finally:
        os.close(turn)
