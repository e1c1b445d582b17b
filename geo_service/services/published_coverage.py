"""See to it that the coverage published as OGC API is that of the present register."""

from datetime import datetime
from typing import Final

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level
from geo_service.domain.register import Register
from geo_service.persistence.database import Database
from geo_service.persistence.published_coverage import Measured, MeasuredCoverageStore
from geo_service.services.coverage import CoverageQuery, measure_coverage
from geo_service.services.exporting import unit_rows

RADIUS: Final = Metres(1000.0)


def publish_coverage(database: Database, register: Register, now: datetime) -> None:
    """Measure coverage by township and keep it, unless what is kept is of the same.

    Raises RegisterUnavailableError or RegisterNotWritableError where the database is lost.
    """
    today = now.astimezone(register.place.zone).date()
    wanted = Measured(register.revision.number, today, RADIUS)
    with database.transaction() as session:
        if MeasuredCoverageStore(session).of() == wanted:
            return
    query = CoverageQuery(radius=RADIUS, level=Level.TOWNSHIP, on=today)
    rows = unit_rows(measure_coverage(register, query))
    with database.transaction() as session:
        store = MeasuredCoverageStore(session)
        store.take_turn()
        if store.of() != wanted:  # else another process was faster
            store.replace(wanted, rows)
