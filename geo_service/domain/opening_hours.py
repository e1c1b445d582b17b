"""Whether a place is open at an instant, and when that changes next.

Wall time. Hours are what the clock on the wall shows in the place's zone. Where clocks are set
back, the repeated hour is open or closed both times, as the clock says; a skipped hour is not
there, and what would open or close in it does so when the clock jumps.

Make-up workdays. The notices that lengthen a Chinese holiday make certain Saturdays and Sundays
ordinary working days. On such a day a place keeps, from 00:00 to 24:00, the hours of the nearest
ordinary working day (Monday to Friday, no holiday; the earlier of two equally near), which leaves
hours that are the same every day as they are. A rule that names the day by its date
(``2026 Feb 14 off``) wins, and a working day that such a rule names is not taken as the model.
Hours that run past the make-up day's midnight end there.

From the library: an open end counts for nothing after a stated end (``10:00-18:00+`` closes at
18:00) and else lasts until midnight (``10:00+``); ``off`` on a day also cuts off what would run
over from the evening before.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from math import floor
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from opening_hours import OpeningHours, State

from geo_service.domain.holidays import HolidayCalendar, HolidayKind
from geo_service.domain.hours_grammar import Rules, read

HORIZON_DAYS = 400
"""How far ahead a next change is looked for: a yearly change is found, and a bit more."""

_DAY = 86_400
# About a month: long enough that most questions fall in one piece, quick enough to work out.
_PIECE = 32 * _DAY
# A little over the horizon, so that a walk to its end finds the pieces again next time.
_KEPT_PIECES = 24
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EARLIEST = 0
_LATEST = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
# How far from a make-up workday its model is looked for; the longest holidays have nine days.
_MODEL_WITHIN_DAYS = 14


class Openness(StrEnum):
    """The three answers to "is it open?"."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class OpennessCode(IntEnum):
    """Openness as a number, for arrays."""

    CLOSED = 0
    OPEN = 1
    UNKNOWN = 2


OPENNESS_OF_CODE = (Openness.CLOSED, Openness.OPEN, Openness.UNKNOWN)


@dataclass(frozen=True, slots=True)
class OpennessAt:
    """The answer at an instant.

    ``next_change`` is when the state next differs, aware, in the place's zone, and ``next_state``
    what it is then. Both are None when nothing changes within ``HORIZON_DAYS``, and when the
    state is unknown for want of hours.
    """

    state: Openness
    next_change: datetime | None = None
    next_state: Openness | None = None


HOURS_UNKNOWN = OpennessAt(Openness.UNKNOWN)
"""The answer at any instant for a service whose hours nobody has stated."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the timeline: at ``starts[i]`` (epoch seconds) the state becomes ``codes[i]``.

    The first start is the piece's own; neighbouring codes differ.
    """

    starts: tuple[int, ...]
    codes: tuple[int, ...]


class Schedule:
    """The opening hours of one service, as a timeline that is worked out where it is asked for.

    Safe to share between threads: at worst two of them work out the same piece.
    """

    __slots__ = ("_calendar", "_constant", "_latest", "_pieces", "_rules", "_zone", "expression")

    def __init__(
        self, expression: str, rules: Rules, calendar: HolidayCalendar, zone: ZoneInfo
    ) -> None:
        self.expression = expression
        self._rules = rules
        self._calendar = calendar
        self._zone = zone
        self._pieces: dict[int, _Piece] = {}
        self._constant: int | None = None
        self._latest = (0, 0, HOURS_UNKNOWN)
        if rules.is_constant:
            self._constant = self._windows(date(2000, 1, 3))[0][2]
            answer = OpennessAt(OPENNESS_OF_CODE[self._constant])
            self._latest = (_EARLIEST, _LATEST, answer)

    @classmethod
    def parse(cls, expression: str, calendar: HolidayCalendar, zone: ZoneInfo) -> Self:
        """Read an expression in the OSM grammar, with ``PH`` as the calendar has it.

        Raises:
            InvalidOpeningHoursError: the expression cannot be read; the text says where and why.
        """
        return cls(expression, read(expression, calendar), calendar, zone)

    def at(self, instant: datetime) -> OpennessAt:
        """Say whether the place is open at an aware instant, and when that changes.

        Before 1970 and from 2200 on the state is unknown: nobody has stated hours for then.

        Raises:
            ValueError: the instant is naive, so it names no instant.
        """
        if instant.utcoffset() is None:
            raise ValueError("an instant needs its offset from UTC; this one is naive")
        return self.at_second(floor(instant.timestamp()))

    def at_second(self, seconds: int) -> OpennessAt:
        """Say the same for a moment in whole seconds since 1970 UTC."""
        if not _EARLIEST <= seconds < _LATEST:
            return HOURS_UNKNOWN
        start, until, latest = self._latest
        if start <= seconds < until:
            return latest
        index = seconds // _PIECE
        piece = self._piece(index)
        position = bisect_right(piece.starts, seconds) - 1
        code = piece.codes[position]
        change = self._change_after(index, position, code, until=seconds + HORIZON_DAYS * _DAY)
        if change is None:
            return OpennessAt(OPENNESS_OF_CODE[code])
        when, then = change
        answer = OpennessAt(
            OPENNESS_OF_CODE[code],
            datetime.fromtimestamp(when, self._zone),
            OPENNESS_OF_CODE[then],
        )
        # Until the change the answer stays the same, and most questions are about now.
        self._latest = (seconds, when, answer)
        return answer

    def stretch_at(self, seconds: int) -> tuple[int, int, Openness]:
        """Return the stretch of one state around a moment: from, until (epoch seconds), state.

        It may end, or begin, before the state does; within it the state is certain.
        """
        if not _EARLIEST <= seconds < _LATEST:
            return seconds, seconds + 1, Openness.UNKNOWN
        if self._constant is not None:
            return _EARLIEST, _LATEST, OPENNESS_OF_CODE[self._constant]
        index = seconds // _PIECE
        piece = self._piece(index)
        position = bisect_right(piece.starts, seconds)
        ends = (*piece.starts[position : position + 1], (index + 1) * _PIECE)
        return piece.starts[position - 1], ends[0], OPENNESS_OF_CODE[piece.codes[position - 1]]

    def states_at(self, epoch_seconds: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Say for many instants (seconds since 1970 UTC) which ``OpennessCode`` holds."""
        asked = np.asarray(epoch_seconds, np.int64)
        codes = np.full(asked.shape, int(OpennessCode.UNKNOWN), np.uint8)
        known = (asked >= _EARLIEST) & (asked < _LATEST)
        if self._constant is not None:
            codes[known] = self._constant
            return codes
        index = asked // _PIECE
        for each in np.unique(index[known]):
            piece = self._piece(int(each))
            here = known & (index == each)
            positions = np.searchsorted(piece.starts, asked[here], side="right") - 1
            codes[here] = np.asarray(piece.codes, np.uint8)[positions]
        return codes

    def intervals(self, day: date) -> tuple[tuple[datetime, datetime, Openness], ...]:
        """Return the states of one local day in order: from, until (aware, local), state."""
        midnights = (datetime.combine(each, time(), self._zone) for each in _day_and_next(day))
        begin, end = (floor(midnight.timestamp()) for midnight in midnights)
        return tuple(
            (
                datetime.fromtimestamp(start, self._zone),
                datetime.fromtimestamp(stop, self._zone),
                OPENNESS_OF_CODE[code],
            )
            for start, stop, code in self._segments(begin, end)
        )

    def _segments(self, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
        found: list[tuple[int, int]] = []
        for index in range(begin // _PIECE, (end - 1) // _PIECE + 1):
            piece = self._piece(index)
            for start, code in zip(piece.starts, piece.codes, strict=True):
                if start < end and (not found or found[-1][1] != code):
                    found.append((start, code))
        stops = [start for start, _ in found[1:]] + [end]
        for (start, code), stop in zip(found, stops, strict=True):
            if stop > begin:
                yield max(start, begin), stop, code

    def _change_after(
        self, index: int, position: int, code: int, *, until: int
    ) -> tuple[int, int] | None:
        """Return when the state is next another than ``code``, and which it is then."""
        piece = self._piece(index)
        position += 1
        while True:
            if position < len(piece.starts):
                start = piece.starts[position]
                if start > until:
                    return None
                if piece.codes[position] != code:
                    return start, piece.codes[position]
                position += 1
                continue
            index += 1
            if index * _PIECE > until:
                return None
            piece = self._piece(index)
            position = 0

    def _piece(self, index: int) -> _Piece:
        pieces = self._pieces
        found = pieces.get(index)
        if found is None:
            found = self._worked_out(index * _PIECE, (index + 1) * _PIECE)
            if len(pieces) >= _KEPT_PIECES:
                self._pieces = pieces = {}
            pieces[index] = found
        return found

    def _worked_out(self, begin: int, end: int) -> _Piece:
        starts: list[int] = []
        codes: list[int] = []
        for since, until, offset in _stretches_of_one_offset(self._zone, begin, end):
            for wall_start, wall_end, code in self._wall_time(since + offset, until + offset):
                start = max(wall_start - offset, since)
                if wall_end - offset > since and start < until and codes[-1:] != [code]:
                    starts.append(start)
                    codes.append(code)
        return _Piece(tuple(starts), tuple(codes))

    def _wall_time(self, since: int, until: int) -> Iterator[tuple[int, int, int]]:
        for number in range(since // _DAY, (until - 1) // _DAY + 1):
            midnight = number * _DAY
            day = self._model_of(date.fromordinal(_EPOCH_DAY + number))
            for start, end, code in self._windows(day):
                yield midnight + start, midnight + end, code

    def _model_of(self, day: date) -> date:
        """Return the day whose hours are kept on this one: another only for a make-up workday."""
        if self._calendar.kind_of(day) is not HolidayKind.MAKEUP_WORKDAY or self._is_dated(day):
            return day
        for distance in range(1, _MODEL_WITHIN_DAYS + 1):
            for candidate in (day - timedelta(distance), day + timedelta(distance)):
                if (
                    candidate.weekday() < 5
                    and self._calendar.kind_of(candidate) is None
                    and not self._is_dated(candidate)
                ):
                    return candidate
        return day

    def _is_dated(self, day: date) -> bool:
        dated = self._rules.dated
        return dated is not None and dated.is_open(datetime.combine(day, time(12)))

    def _windows(self, day: date) -> list[tuple[int, int, int]]:
        """Return one day's states: from second, until second of the day, code.

        The library is asked for one day at a time: over longer spans it skips changes after a
        rule that is always valid.
        """
        begin, end = (datetime.combine(each, time()) for each in _day_and_next(day))
        windows = [(0, _DAY, int(OpennessCode.CLOSED))]
        for alternative in self._rules.alternatives:
            states = _states_within(alternative, begin, end)
            windows = list(_filled(windows, states))
        return windows


class Schedules:
    """The schedules of one register, each expression read once."""

    def __init__(self, calendar: HolidayCalendar, zone: ZoneInfo) -> None:
        self._calendar = calendar
        self._zone = zone
        self._known: dict[str, Schedule] = {}

    def of(self, expression: str | None) -> Schedule | None:
        """Return the schedule for an expression; None for None, whose openness is unknown.

        Raises:
            InvalidOpeningHoursError: the expression cannot be read.
        """
        if expression is None:
            return None
        schedule = self._known.get(expression)
        if schedule is None:
            schedule = Schedule.parse(expression, self._calendar, self._zone)
            self._known[expression] = schedule
        return schedule

    def tried(self, expression: str | None) -> Schedule | None:
        """Return the same, and keep nothing: for what may never stand in the register."""
        if expression is None or expression in self._known:
            return self.of(expression)
        return Schedule.parse(expression, self._calendar, self._zone)


def _day_and_next(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _filled(
    windows: list[tuple[int, int, int]], fallback: list[tuple[int, int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Yield the windows, those that are closed cut up as the fallback has them."""
    for start, end, code in windows:
        if code != OpennessCode.CLOSED:
            yield start, end, code
            continue
        for other_start, other_end, other in fallback:
            if other_start < end and other_end > start:
                yield max(start, other_start), min(end, other_end), other


def _states_within(
    hours: OpeningHours, begin: datetime, end: datetime
) -> list[tuple[int, int, int]]:
    return [
        (
            int((start - begin).total_seconds()),
            int((stop - begin).total_seconds()),
            _code_of(state),
        )
        for start, stop, state, _ in hours.intervals(begin, end)
    ]


def _code_of(state: State) -> int:
    if state == State.OPEN:
        return int(OpennessCode.OPEN)
    if state == State.CLOSED:
        return int(OpennessCode.CLOSED)
    return int(OpennessCode.UNKNOWN)


def _stretches_of_one_offset(
    zone: ZoneInfo, begin: int, end: int
) -> Iterator[tuple[int, int, int]]:
    """Cut a time span where the zone's offset from UTC changes: since, until, offset (seconds)."""
    since, offset = begin, _offset(zone, begin)
    for later in range(begin + _DAY, end + 1, _DAY):
        if _offset(zone, later) == offset:
            continue
        low, high = later - _DAY, later
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(zone, middle) == offset:
                low = middle
            else:
                high = middle
        if high < end:
            yield since, high, offset
            since, offset = high, _offset(zone, high)
    yield since, end, offset


def _offset(zone: ZoneInfo, seconds: int) -> int:
    offset = datetime.fromtimestamp(seconds, zone).utcoffset()
    assert offset is not None
    return round(offset.total_seconds())
