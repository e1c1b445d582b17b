"""The stations of a register in columns: all of them in the memory that a quarter would take.

Numbers lie in arrays, and what many stations share is there once; the rest of each is a piece of
text, of which a ``Station`` is made when somebody asks for that one. So a register of hundreds of
thousands is read quickly, is nothing for the garbage collector to go through, and gives its memory
back in a few large pieces when the next one takes its place.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, Self, overload

import numpy as np

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.eras import ALWAYS, NEVER, Lifetimes
from geo_service.domain.station import Station, StationId
from geo_service.domain.station_lines import (
    DATED,
    PLACED,
    REPORTED,
    SHARED,
    Days,
    Traits,
    joined,
    own_cells,
    split,
    station_of,
    unescaped,
)

# Stations once made are at hand for the next who asks: all of a city's. Some 700 bytes each.
_MADE_KEPT: Final = 32_768

_NEWLINE: Final = ord("\n")


class StationColumns(Sequence[Station]):
    """Stations in the order of their identifiers; equal to any sequence of the same stations.

    Columns that stand beside each other by number: ``ids``, ``longitudes``, ``latitudes``,
    ``lifetimes``, and ``traits_of``, the number of each station's ``traits``. ``reported`` has the
    day of the few that were reported closed, by number.
    """

    def __init__(self, builder: "ColumnsBuilder") -> None:
        self.ids: Sequence[StationId] = builder.ids
        self.longitudes = builder.longitudes
        self.latitudes = builder.latitudes
        self.lifetimes = builder.lifetimes
        self.reported: Mapping[int, date] = builder.reported
        self.traits_of = builder.traits_of
        self.traits = tuple(builder.traits)
        self._own = builder.own
        self._ends = builder.ends
        self._made: dict[int, Station] = {}

    @classmethod
    def of(cls, stations: Iterable[Station]) -> Self:
        """Lay stations out in columns."""
        if isinstance(stations, cls):
            return stations
        builder = ColumnsBuilder()
        for station in sorted(stations, key=lambda station: station.id):
            builder.add_station(station)
        return cls(builder)

    def __len__(self) -> int:
        """Count the stations."""
        return len(self.ids)

    @overload
    def __getitem__(self, number: int) -> Station: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[Station, ...]: ...
    def __getitem__(self, number: int | slice) -> Station | tuple[Station, ...]:
        """Return a station by its number, or several."""
        if isinstance(number, slice):
            return tuple(map(self.made, range(len(self))[number]))
        station = self._made.get(number)
        if station is None:
            station = self.made(range(len(self))[number])
            if len(self._made) >= _MADE_KEPT:
                self._made.clear()
            self._made[number] = station
        return station

    def __iter__(self) -> Iterator[Station]:
        """Go through the stations; none is kept for that."""
        return map(self.made, range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Compare one by one."""
        if not isinstance(other, Sequence) or len(other) != len(self):
            return False
        return all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as of anything that is equal by what it holds

    def number_of(self, station_id: str) -> int | None:
        """Return the number of a station; None where there is none of that identifier."""
        number = bisect_left(self.ids, station_id)
        return number if number < len(self) and self.ids[number] == station_id else None

    def coordinate(self, number: int) -> Coordinate:
        """Return where a station is."""
        return Coordinate(longitude=self.longitudes[number], latitude=self.latitudes[number])

    def corners(self) -> tuple[Coordinate, ...]:
        """Return two corners of the smallest box around all stations; none where there are none."""
        if not self:
            return ()
        x, y = np.asarray(self.longitudes), np.asarray(self.latitudes)
        return (
            Coordinate(longitude=float(x.min()), latitude=float(y.min())),
            Coordinate(longitude=float(x.max()), latitude=float(y.max())),
        )

    def lines(self) -> Iterator[bytes]:
        """Write the stations as lines, without their ends, as ``ColumnsBuilder.add`` reads them."""
        shared = [joined(traits.cells()) for traits in self.traits]
        for number, identifier in enumerate(self.ids):
            longitude, latitude = self.longitudes[number], self.latitudes[number]
            dated = (None if day is None else day.isoformat() for day in self._days(number))
            placed = joined((identifier, repr(longitude), repr(latitude), *dated))
            line = f"{placed}\t{shared[self.traits_of[number]]}\t{self._own_of(number)}"
            yield line.encode()

    def made(self, number: int) -> Station:
        """Return a station by its number, and do not keep it: for going through many."""
        return self._made.get(number) or station_of(
            self.ids[number],
            self.coordinate(number),
            self.traits[self.traits_of[number]],
            self._own_of(number),
            self._days(number),
        )

    def _days(self, number: int) -> Days:
        opened, closed = self.lifetimes.opened_on(number), self.lifetimes.closed_on(number)
        return opened, closed, self.reported.get(number)

    def _own_of(self, number: int) -> str:
        begin = self._ends[number - 1] + 1 if number else 0
        return self._own[begin : self._ends[number]].decode()


class ColumnsBuilder:
    """Takes stations in, some at a time."""

    def __init__(self) -> None:
        self.ids: list[StationId] = []
        self.longitudes = array("d")
        self.latitudes = array("d")
        self.lifetimes = Lifetimes()
        self.reported: dict[int, date] = {}
        self.traits: list[Traits] = []
        self.traits_of = array("I")
        self.own = bytearray()
        self.ends = array("Q")
        self._numbers: dict[Traits, int] = {}
        self._read: dict[bytes, int] = {}
        self._begins, self._ends_of_life = _Days(ALWAYS), _Days(NEVER)

    def add(self, lines: Iterable[bytes]) -> None:
        """Take stations in, each as a line of ``CELLS`` without its end.

        Raises ValueError where a line cannot be made sense of.
        """
        placed, tab = len(PLACED) + len(DATED) + len(REPORTED), b"\t"
        begins, ends = self._begins, self._ends_of_life
        note_begin, note_end = self.lifetimes.opened.append, self.lifetimes.closed.append
        own = []
        for line in lines:
            identifier, longitude, latitude, opened, closed, reported, rest = line.split(
                tab, placed
            )
            cells = rest.split(tab, len(SHARED))
            shared = tab.join(cells[:-1])
            number = self._read.get(shared)
            if number is None:
                number = self._read[shared] = self._number(Traits.read(split(shared.decode())))
            self.traits_of.append(number)
            if reported != _NO_DAY:
                self.reported[len(self.ids)] = date.fromisoformat(reported.decode())
            self.ids.append(StationId(_text(identifier)))
            self.longitudes.append(float(longitude))
            self.latitudes.append(float(latitude))
            note_begin(begins[opened])
            note_end(ends[closed])
            own.append(cells[-1])
        self._add_own(own)

    def add_station(self, station: Station) -> None:
        """Take in a station."""
        if station.reported_closed_on is not None:
            self.reported[len(self.ids)] = station.reported_closed_on
        self.ids.append(station.id)
        self.longitudes.append(station.coordinate.longitude)
        self.latitudes.append(station.coordinate.latitude)
        opened, closed = station.opened_on, station.closed_on
        self.lifetimes.add(
            ALWAYS if opened is None else opened.toordinal(),
            NEVER if closed is None else closed.toordinal(),
        )
        self.traits_of.append(self._number(Traits.of(station)))
        self._add_own([joined(own_cells(station)).encode()])

    def columns(self) -> StationColumns:
        """Return all that was taken in, or raise InvalidCoordinateError."""
        self._check_degrees()
        self._put_in_order()
        return StationColumns(self)

    def _number(self, traits: Traits) -> int:
        number = self._numbers.setdefault(traits, len(self._numbers))
        if number == len(self.traits):
            self.traits.append(traits)
        return number

    def _add_own(self, own: Sequence[bytes]) -> None:
        if own:
            text = b"\n".join(own) + b"\n"
            ends = np.flatnonzero(np.frombuffer(text, np.uint8) == _NEWLINE) + len(self.own)
            self.ends.frombytes(ends.astype(np.uint64).tobytes())
            self.own += text

    def _check_degrees(self) -> None:
        for column, most in ((self.longitudes, 180.0), (self.latitudes, 90.0)):
            for number in np.flatnonzero(~(np.abs(np.asarray(column)) <= most)).tolist():
                Coordinate(longitude=self.longitudes[number], latitude=self.latitudes[number])

    def _put_in_order(self) -> None:
        """Sort by identifier: a database may sort text in a way of its own."""
        if all(before < after for before, after in pairwise(self.ids)):
            return
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        texts = bytes(self.own).split(b"\n")
        self.ids = [self.ids[number] for number in order]
        self.longitudes = array("d", (self.longitudes[number] for number in order))
        self.latitudes = array("d", (self.latitudes[number] for number in order))
        self.lifetimes = self.lifetimes.reordered(order)
        if self.reported:
            found = ((place, self.reported.get(number)) for place, number in enumerate(order))
            self.reported = {place: day for place, day in found if day is not None}
        self.traits_of = array("I", (self.traits_of[number] for number in order))
        self.own, self.ends = bytearray(), array("Q")
        self._add_own([texts[number] for number in order])


class _Days(dict[bytes, int]):
    """Days by how lines have them: far fewer than stations."""

    def __init__(self, otherwise: int) -> None:
        super().__init__({_NO_DAY: otherwise})

    def __missing__(self, cell: bytes) -> int:
        day = self[cell] = date.fromisoformat(cell.decode()).toordinal()
        return day


_NO_DAY: Final = b"\\N"


def _text(cell: bytes) -> str:
    text = cell.decode()
    return unescaped(text) if "\\" in text else text
