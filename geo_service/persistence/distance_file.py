"""Distances between demand and sites, as a CSV file of pairs: published instances and own tables.

The header names the columns, in any order: ``demand``, ``site``, ``distance``, and if wanted
``weight`` (of the demand, 1 without), ``existing`` and ``required`` (of the site: 1 or 0). A pair
that has no row is out of reach; a row without site and distance names demand that nothing reaches.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.errors import DatasetError
from geo_service.domain.siting import SitingProblem
from geo_service.persistence.faults import Faults

_NEEDED: Final = ("demand", "site", "distance")
_OPTIONAL: Final = ("weight", "existing", "required")
_ROWS_AT_ONCE: Final = 50_000
_MOST_PAIRS: Final = 20_000_000
_MOST_FAULTS: Final = 20
_YES: Final = frozenset({"1", "true", "yes", "y", "t", "是"})
_NO: Final = frozenset({"0", "false", "no", "n", "f", "否"})
_UNSAID: Final = -1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistanceFile:
    """The problem in a file, and what its demand and its sites are called there."""

    problem: SitingProblem
    demand_names: tuple[str, ...]
    site_names: tuple[str, ...]


def read_distances(path: Path) -> DistanceFile:
    """Read a file of pairs, or say what is wrong with it, line by line.

    Raises:
        DatasetError: every fault found, up to twenty.
    """
    faults = Faults()
    try:
        for encoding in ("utf-8-sig", "gb18030"):
            with suppress(UnicodeDecodeError), path.open(encoding=encoding, newline="") as file:
                return _Reader(path.name, faults).read(file)
            faults.found.clear()
        faults.add(path.name, "is neither UTF-8 nor GB 18030 text: save it as CSV UTF-8")
    except OSError as error:
        faults.add(path.name, f"cannot be read: {error.strerror}")
    raise DatasetError(faults.found)


class _TooManyFaultsError(Exception):
    """Enough is known."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Some rows by column, and the line at which each stands."""

    columns: dict[str, list[str]]
    lines: Callable[[int], int]


class _Said:
    """What rows say of things that have a number: each must say the same, or nothing."""

    def __init__(self, column: str, what: str, otherwise: float) -> None:
        self._column, self._what, self._otherwise = column, what, otherwise
        self._values = np.empty(0)

    def note(
        self, number: NDArray[np.intp], value: NDArray[np.float64], count: int
    ) -> NDArray[np.intp]:
        """Take in what rows say; returns the rows that contradict what was said before."""
        if count > len(self._values):
            grown = np.full(max(count, 2 * len(self._values)), _UNSAID)
            grown[: len(self._values)] = self._values
            self._values = grown
        said = np.flatnonzero(value != _UNSAID)
        # Backwards, so that of several the first row stays.
        fresh = said[self._values[number[said]] == _UNSAID][::-1]
        self._values[number[fresh]] = value[fresh]
        contradicting: NDArray[np.intp] = said[self._values[number[said]] != value[said]]
        return contradicting

    def values(self, count: int) -> NDArray[np.float64]:
        """Return what was said of each, or what holds otherwise."""
        values = np.full(count, _UNSAID)
        values[: len(self._values)] = self._values[:count]
        return np.where(values == _UNSAID, self._otherwise, values)


class _Reader:
    def __init__(self, name: str, faults: Faults) -> None:
        self._name, self._faults = name, faults
        self._demand: dict[str, int] = {}
        self._site: dict[str, int] = {}
        self._pairs: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]] = []
        self._count = 0
        self._weight = _Said("weight", "demand", 1.0)
        self._existing = _Said("existing", "site", 0.0)
        self._required = _Said("required", "site", 0.0)

    def read(self, file: IO[str]) -> DistanceFile:
        with suppress(_TooManyFaultsError):
            for chunk in self._chunks(file):
                self._take(chunk)
        if not self._faults.found:
            made = self._made()
            if made is not None:
                return made
        raise DatasetError(self._faults.found)

    def _fault(
        self,
        reason: str,
        *,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self._faults.add(self._name, reason, row=line, column=column, value=value)
        if len(self._faults.found) >= _MOST_FAULTS:
            raise _TooManyFaultsError

    def _chunks(self, file: IO[str]) -> Iterator[_Chunk]:
        rows = csv.reader(file, strict=True)
        try:
            header = [name.strip().lower() for name in next(rows, [])]
            if not self._header_fits(header):
                return
            while True:
                before = rows.line_num
                read = list(islice(rows, _ROWS_AT_ONCE))
                if not read:
                    return
                if (chunk := self._columns(header, read, before)) is not None:
                    yield chunk
        except csv.Error as error:
            self._fault(f"is not well-formed CSV: {error}", line=rows.line_num)

    def _header_fits(self, header: list[str]) -> bool:
        for name in _NEEDED:
            if name not in header:
                self._fault("is a missing column", line=1, column=name)
        for name in dict.fromkeys(header):
            if name not in (*_NEEDED, *_OPTIONAL):
                known = ", ".join((*_NEEDED, *_OPTIONAL))
                self._fault(f"is an unknown column; known are {known}", line=1, column=name)
            if header.count(name) > 1:
                self._fault("stands twice in the header", line=1, column=name)
        return not self._faults.found

    def _columns(self, header: list[str], rows: list[list[str]], before: int) -> _Chunk | None:
        def line(number: int) -> int:
            # A quoted cell may hold line breaks.
            inside = sum(cell.count("\n") for row in rows[:number] for cell in row)
            return before + 1 + number + inside

        width = len(header)
        kept = list(range(len(rows)))
        if any(len(row) != width for row in rows):
            for number, row in enumerate(rows):
                if row and len(row) != width:
                    reason = f"has {len(row)} cells where the header has {width}"
                    self._fault(reason, line=line(number))
            kept = [number for number in kept if len(rows[number]) == width]
        if not kept:
            return None
        cells = zip(*(rows[number] for number in kept), strict=True)
        columns = {
            name: [cell.strip() for cell in column]
            for name, column in zip(header, cells, strict=True)
        }
        return _Chunk(columns=columns, lines=lambda number: line(kept[number]))

    def _take(self, chunk: _Chunk) -> None:
        columns = chunk.columns
        demand = self._numbers(chunk, "demand", self._demand)
        alone = np.array([not cell for cell in columns["site"]]) & np.array(
            [not cell for cell in columns["distance"]]
        )
        site = self._numbers(chunk, "site", self._site, but=alone)
        distance = self._floats(chunk, "distance", but=alone)
        if "weight" in columns:
            self._note(chunk, self._weight, "weight", demand, len(self._demand))
        for name, said in (("existing", self._existing), ("required", self._required)):
            if name in columns:
                self._note(chunk, said, name, site, len(self._site))
        kept = np.flatnonzero((demand >= 0) & (site >= 0) & np.isfinite(distance))
        self._count += len(kept)
        if self._count > _MOST_PAIRS:
            self._fault(f"has more than {_MOST_PAIRS:,} pairs")
            raise _TooManyFaultsError
        self._pairs.append(
            (demand[kept].astype(np.int32), site[kept].astype(np.int32), distance[kept])
        )

    def _numbers(
        self,
        chunk: _Chunk,
        column: str,
        known: dict[str, int],
        but: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.intp]:
        """Return the numbers of names, -1 for an empty one, which is a fault."""
        names = chunk.columns[column]
        for name in dict.fromkeys(names):
            if name and name not in known:
                known[name] = len(known)
        numbers = np.array([known.get(name, -1) for name in names], dtype=np.intp)
        for row in np.flatnonzero(numbers < 0).tolist():
            if but is None or not but[row]:
                self._fault("must not be empty", line=chunk.lines(row), column=column, value="")
        return numbers

    def _floats(
        self, chunk: _Chunk, column: str, but: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """Return numbers of 0 or more; NaN, and a fault, for what is none."""
        cells = chunk.columns[column]
        joined = "".join(cells)
        # float() takes 1_000, full-width digits, nan and inf as well.
        if joined.isascii() and "_" not in joined and "n" not in joined.lower():
            with suppress(ValueError):
                values = np.array(list(map(float, cells)))
                if bool(((values >= 0) & np.isfinite(values)).all()):
                    return values
        return np.array(
            [
                self._float(cell, chunk, column, row, left_out=but is not None and bool(but[row]))
                for row, cell in enumerate(cells)
            ]
        )

    def _float(self, cell: str, chunk: _Chunk, column: str, row: int, *, left_out: bool) -> float:
        if not cell and (column == "weight" or left_out):
            return _UNSAID if column == "weight" else np.nan
        value = np.nan
        if cell.isascii() and "_" not in cell and "n" not in cell.lower():
            with suppress(ValueError):
                value = float(cell)
        if np.isfinite(value) and value >= 0:
            return value
        reason = "is not a number of 0 or more, like 1250.5"
        if column == "distance":
            reason += "; leave the row out if the pair is out of reach"
        self._fault(reason, line=chunk.lines(row), column=column, value=cell)
        return np.nan

    def _note(
        self, chunk: _Chunk, said: _Said, column: str, number: NDArray[np.intp], count: int
    ) -> None:
        values = self._floats(chunk, column) if column == "weight" else self._words(chunk, column)
        named = np.flatnonzero((number >= 0) & ~np.isnan(values))
        for row in named[said.note(number[named], values[named], count)].tolist():
            whose = "demand" if column == "weight" else "site"
            self._fault(
                f"is not what an earlier row says of {whose} {chunk.columns[whose][row]!r}",
                line=chunk.lines(row),
                column=column,
                value=chunk.columns[column][row],
            )

    def _words(self, chunk: _Chunk, column: str) -> NDArray[np.float64]:
        meaning = {"": _UNSAID} | dict.fromkeys(_YES, 1.0) | dict.fromkeys(_NO, 0.0)
        cells = chunk.columns[column]
        values = np.array([meaning.get(cell.lower(), np.nan) for cell in cells])
        for row in np.flatnonzero(np.isnan(values)).tolist():
            self._fault(
                "is neither 1 nor 0", line=chunk.lines(row), column=column, value=cells[row]
            )
        return values

    def _made(self) -> DistanceFile | None:
        if not self._demand:
            self._fault("has no rows")
            return None
        if not self._site:
            self._fault("names no site")
            return None
        place, site, distance = (np.concatenate(each) for each in zip(*self._pairs, strict=True))
        self._pairs.clear()
        kept = self._single(place, site, distance)
        if kept is None:
            return None
        existing = self._existing.values(len(self._site)) == 1.0
        return DistanceFile(
            problem=SitingProblem(
                weight=self._weight.values(len(self._demand)),
                existing=existing,
                required=(self._required.values(len(self._site)) == 1.0) & ~existing,
                place=place[kept].astype(np.intp),
                site=site[kept].astype(np.intp),
                distance=distance[kept],
            ),
            demand_names=tuple(self._demand),
            site_names=tuple(self._site),
        )

    def _single(
        self,
        place: NDArray[np.int32],
        site: NDArray[np.int32],
        distance: NDArray[np.float64],
    ) -> NDArray[np.intp] | None:
        """Return one row of each pair, None with a fault where two rows differ."""
        key = place.astype(np.int64) * len(self._site) + site
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        again = np.flatnonzero(ordered[1:] == ordered[:-1]) + 1
        differ = again[distance[order[again]] != distance[order[again - 1]]]
        demand_names, site_names = list(self._demand), list(self._site)
        for at in order[differ[: _MOST_FAULTS - 1]].tolist():
            self._fault(
                f"gives two distances from {demand_names[place[at]]!r} to {site_names[site[at]]!r}"
            )
        return None if len(differ) else np.delete(order, again)
