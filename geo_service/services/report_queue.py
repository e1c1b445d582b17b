"""What staff do with reports: accept, reject, merge; and what that makes of the station."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import (
    InvalidQueryError,
    ParameterFault,
    ReportHandledError,
    ReportNotFoundError,
)
from geo_service.domain.report import (
    CLOSED_WITHIN,
    QueuedReport,
    ReportGroup,
    ReportKind,
    ReportState,
    grouped,
)
from geo_service.domain.station import StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.reports import ReportStore

STATIONS_A_PAGE: Final = 30
MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StationReports:
    """The open reports of one station, those that say the same put together."""

    station_id: StationId
    groups: tuple[ReportGroup, ...]

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of all of them."""
        return [number for group in self.groups for number in group.numbers]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Some of the stations that there are open reports of, and how many there are in all."""

    stations: tuple[StationReports, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to become of reports, who says so, and why.

    Raises:
        InvalidQueryError: rejected without a reason, or merged into nothing.
    """

    numbers: tuple[int, ...]
    state: ReportState
    by: str
    why: str | None = None
    into: int | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody could make sense of afterwards."""
        if not self.numbers or len(self.numbers) > MOST_AT_ONCE:
            raise InvalidQueryError(
                ParameterFault("numbers", f"must name from 1 to {MOST_AT_ONCE} reports")
            )
        if self.state is ReportState.REJECTED and not self.why:
            raise InvalidQueryError(ParameterFault("why", "is required to reject a report"))
        if (self.state is ReportState.MERGED) != (self.into is not None):
            raise InvalidQueryError(ParameterFault("into", "goes with merging, and only with it"))
        if self.state is ReportState.OPEN:
            raise InvalidQueryError(ParameterFault("state", "must be what becomes of the reports"))


def queue_page(store: ReportStore, page: int = 1) -> QueuePage:
    """Return a page of the queue, the station with the newest report first."""
    found = store.open_by_station(limit=STATIONS_A_PAGE, offset=(page - 1) * STATIONS_A_PAGE)
    of = _by_station(found.reports)
    return QueuePage(
        stations=tuple(
            StationReports(station_id=each, groups=tuple(grouped(of.get(each, []))))
            for each in found.station_ids
        ),
        total=found.stations,
    )


def stations_of(store: ReportStore, numbers: Collection[int]) -> list[StationId]:
    """Return the stations that reports are about, each once."""
    return list(dict.fromkeys(each.report.station_id for each in store.numbered(sorted(numbers))))


def settle(reports: ReportStore, changes: ChangeStore, verdict: Verdict, *, least: int) -> int:
    """Handle reports; return how many. A station that is not said to be closed any more shows that.

    ``least`` is how many have to say that a station is closed.

    Raises:
        ReportNotFoundError: there is no report of such a number.
        ReportHandledError: one was handled before; nothing is written.
        InvalidQueryError: reports of one station are to be merged into one of another.
    """
    changes.take_turn()  # before the reports' own rows: whoever marks a station takes this first
    asked = set(verdict.numbers) | ({verdict.into} if verdict.into is not None else set())
    found = reports.numbered(sorted(asked))
    _check(found, asked, verdict)
    numbers = [each for each in verdict.numbers if each != verdict.into]
    if verdict.into is not None and not numbers:
        raise InvalidQueryError(ParameterFault("into", "must not be the only report"))
    reports.handle(numbers, verdict.state, by=verdict.by, why=verdict.why, into=verdict.into)
    closed = {each.report.station_id for each in found if each.report.kind is ReportKind.CLOSED}
    _show_open_again(reports, changes, closed, verdict, least)
    return len(numbers)


def answer_closed(reports: ReportStore, station_id: StationId, *, by: str, why: str) -> int:
    """Reject the open reports that a station is closed: somebody looked, and it is not."""
    numbers = [
        each.number
        for each in reports.open_of([station_id])
        if each.report.kind is ReportKind.CLOSED
    ]
    if numbers:
        reports.handle(numbers, ReportState.REJECTED, by=by, why=why)
    return len(numbers)


def _check(found: Sequence[QueuedReport], asked: Collection[int], verdict: Verdict) -> None:
    if missing := sorted(set(asked) - {each.number for each in found}):
        raise ReportNotFoundError(f"no report carries the number {missing[0]}")
    for each in found:
        if each.state is not ReportState.OPEN:
            by = "somebody" if each.handling is None else each.handling.by
            raise ReportHandledError(f"report {each.number} was {each.state.value} by {by}")
    if verdict.into is not None and len({each.report.station_id for each in found}) > 1:
        raise InvalidQueryError(ParameterFault("into", "must be a report of the same station"))


def _show_open_again(
    reports: ReportStore,
    changes: ChangeStore,
    ids: Collection[StationId],
    verdict: Verdict,
    least: int,
) -> None:
    marked = [
        recorded.station
        for station_id, recorded in changes.recorded_of(sorted(ids)).items()
        if recorded.station.reported_closed_on is not None
        and reports.say_closed(station_id, within=CLOSED_WITHIN) < least
    ]
    if marked:
        changes.apply(
            [replace(station, reported_closed_on=None) for station in marked],
            note=RevisionNote(
                author=verdict.by,
                reason=verdict.why or f"reports {verdict.state.value}",
                kind=ChangeKind.REPORTED,
            ),
        )


def _by_station(found: Iterable[QueuedReport]) -> dict[StationId, list[QueuedReport]]:
    of: dict[StationId, list[QueuedReport]] = {}
    for each in found:
        of.setdefault(each.report.station_id, []).append(each)
    return of
