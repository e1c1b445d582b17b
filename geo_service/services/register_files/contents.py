"""What goes into a file of the register."""

from typing import NamedTuple, Self

from geo_service.domain.place import Revision
from geo_service.domain.register import Dataset, Register
from geo_service.domain.station_columns import ColumnsBuilder, StationColumns
from geo_service.persistence.database import Database
from geo_service.persistence.history import HistoryStore


class Contents(NamedTuple):
    """One revision of the register, whole."""

    revision: Revision
    dataset: Dataset

    @classmethod
    def of(cls, register: Register) -> Self:
        """Take them from the register that answers are given from."""
        return cls._of(register, register.revision, register.stations)

    @classmethod
    def as_of(cls, revision: Revision, register: Register, database: Database) -> Self:
        """Take the stations as a revision had them; townships and all else are those of now."""
        if revision == register.revision:
            return cls.of(register)
        builder = ColumnsBuilder()
        with database.transaction() as session:
            for station in HistoryStore(session).register_as_of(revision.number):
                builder.add_station(station)  # never all of them at once
        return cls._of(register, revision, builder.columns())

    @classmethod
    def _of(cls, register: Register, revision: Revision, stations: StationColumns) -> Self:
        dataset = Dataset(
            place=register.place,
            stations=stations,
            townships=register.townships,
            counties=register.counties,
            calendar=register.calendar,
            claims=register.claims,
        )
        return cls(revision, dataset)


def revision_of(number: int, register: Register, database: Database) -> Revision:
    """Return the revision of a number.

    Raises:
        RevisionNotFoundError: there is no such revision yet.
        HistoryNotKeptError: it is older than the history.
    """
    if number == register.revision.number:
        return register.revision
    with database.transaction() as session:
        history = HistoryStore(session)
        history.check(number)
        past = history.revision(number)
    return Revision(
        number=number, committed_at=past.committed_at, author=past.author, reason=past.reason
    )
