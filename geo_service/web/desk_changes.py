"""What the desk's buttons write: one at a time in a process, in one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from threading import BoundedSemaphore
from typing import Final

from geo_service import runtime
from geo_service.domain.errors import RegisterNotWritableError
from geo_service.domain.station import StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.keeper_links import KeeperLinkStore
from geo_service.persistence.reports import ReportStore
from geo_service.web import access

# While the database says nothing each change waits seconds for it; the other threads of the
# process go on answering questions.
_one_at_a_time = BoundedSemaphore(1)
_SECONDS_TO_WAIT: Final = 1.0

# So long a page waits to show what was just written.
_SECONDS_TO_SHOW: Final = 2.0


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written in one transaction of the desk's."""

    changes: ChangeStore
    reports: ReportStore
    links: KeeperLinkStore

    def must_edit(self, *ids: StationId) -> None:
        """Raise ForbiddenCountyError where one of the stations lies elsewhere; gone ones do not."""
        for recorded in self.changes.recorded_of(ids).values():
            access.must_edit(recorded.station)


@contextmanager
def writing() -> Iterator[Writing]:
    """Open a transaction, or raise RegisterNotWritableError within seconds."""
    if not _one_at_a_time.acquire(timeout=_SECONDS_TO_WAIT):
        raise RegisterNotWritableError(
            "the change was not made: others are waiting for the database"
        )
    try:
        with runtime.database().transaction() as session:
            yield Writing(ChangeStore(session), ReportStore(session), KeeperLinkStore(session))
    finally:
        _one_at_a_time.release()


def wait_for(revision: int | None) -> None:
    """Wait a moment until what this process shows is of a revision; go on without it if need be."""
    if revision is not None:
        with suppress(TimeoutError):
            runtime.snapshots().wait_for(revision, _SECONDS_TO_SHOW)


def today() -> date:
    """Return the day it is where the stations are."""
    return runtime.now().astimezone(runtime.register().place.zone).date()
