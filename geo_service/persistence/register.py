"""The register in PostGIS: written whole in one transaction, read whole at one revision."""

from collections.abc import Callable, Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

import shapely
from shapely import MultiPolygon, Point, Polygon
from sqlalchemy import RowMapping, TextClause, text
from sqlalchemy.orm import Session

from geo_service.domain.change import ChangeKind
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.place import Claim, Place, Revision
from geo_service.domain.register import Dataset
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.database import will_write
from geo_service.persistence.station_copy import read_stations

# Words of SQL, not the tables of tables.py: GeoAlchemy would come with those, 5 MB and a fifth of a
# second that a worker, which only reads, does without.
_REVISION: Final = text(
    "SELECT number, committed_at, author, reason FROM revision ORDER BY number DESC LIMIT 1"
)
_PLACE: Final = text(
    """SELECT name, name_en, time_zone, title, title_en,
              population, population_year, population_source
       FROM place"""
)
_UNIT: Final = """code, name, name_en, ST_AsBinary(boundary) AS boundary, boundary_status,
    population, population_year, population_source, source, note"""
_COUNTIES: Final = text(f"SELECT {_UNIT} FROM county ORDER BY code")  # noqa: S608  our own words
_TOWNSHIPS: Final = text(
    f"""SELECT {_UNIT}, county_code, ST_AsBinary(seat) AS seat
        FROM township ORDER BY code"""  # noqa: S608  likewise
)
_HOLIDAYS: Final = text("SELECT day, kind, name, status, source FROM holiday ORDER BY day")
_CLAIMS: Final = text(
    """SELECT key, name, value, unit, as_of, source_title, source_url, note
       FROM claim ORDER BY key"""
)


def _go_on() -> None:
    """Do nothing between two pieces of work."""


class RegisterStore:
    """The register as it stands inside one transaction.

    ``between`` is called between two small pieces of a long read.
    """

    def __init__(self, session: Session, between: Callable[[], None] = _go_on) -> None:
        self._session = session
        self._between = between

    def revision_number(self) -> int | None:
        """Return the number of the present revision; None before the first load."""
        number: int | None = self._session.scalar(text("SELECT max(number) FROM revision"))
        return number

    def take_turn(self) -> None:
        """Wait for other writers, and hold off more of them until the end of the transaction.

        Else two of them would claim the same number. Readers go on.
        """
        will_write(self._session)
        self._session.execute(text("LOCK TABLE revision IN SHARE ROW EXCLUSIVE MODE"))

    def replace(self, dataset: Dataset, *, author: str, reason: str) -> int:
        """Put a dataset in the place of all there is; return the revision that makes."""
        from geo_service.persistence.changes import keep_history  # noqa: PLC0415  it needs this one
        from geo_service.persistence.register_rows import write_register  # noqa: PLC0415 - as above

        self.take_turn()
        number = (self.revision_number() or 0) + 1
        note = {"number": number, "author": author, "reason": reason, "kind": ChangeKind.LOAD.value}
        write_register(self._session, dataset, note)
        keep_history(self._session, number)
        return number

    def load(self) -> tuple[Revision, Dataset]:
        """Read all of the present revision, or raise RegisterUnavailableError."""
        # One snapshot for all the queries, or a commit between two of them would mix revisions.
        self._session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        revision = self._session.execute(_REVISION).mappings().one_or_none()
        place = self._session.execute(_PLACE).mappings().one_or_none()
        if revision is None or place is None:
            raise RegisterUnavailableError("the register is empty: load a data folder first")
        return (
            Revision(**revision),
            Dataset(
                place=_to_place(place),
                stations=read_stations(self._session, self._between),
                townships=tuple(map(_to_township, self._rows(_TOWNSHIPS))),
                counties=tuple(map(_to_county, self._rows(_COUNTIES))),
                calendar=HolidayCalendar(map(_to_holiday, self._rows(_HOLIDAYS))),
                claims=tuple(Claim(**each) for each in self._rows(_CLAIMS)),
            ),
        )

    def _rows(self, query: TextClause) -> Iterable[RowMapping]:
        return self._session.execute(query).mappings()


def _to_place(row: RowMapping) -> Place:
    fields = dict(row)
    return Place(zone=ZoneInfo(fields.pop("time_zone")), **fields)


def _unit_fields(row: RowMapping) -> dict[str, Any]:
    return dict(row) | {
        "boundary": _to_outline(row["boundary"]),
        "boundary_status": BoundaryStatus(row["boundary_status"]),
    }


def _to_county(row: RowMapping) -> County:
    return County(**_unit_fields(row))


def _to_township(row: RowMapping) -> Township:
    return Township(**_unit_fields(row) | {"seat": _to_seat(row["seat"])})


def _to_outline(binary: bytes | None) -> Polygon | MultiPolygon | None:
    if binary is None:
        return None
    parts = shapely.from_wkb(bytes(binary))
    assert isinstance(parts, MultiPolygon)  # the column is geometry(MULTIPOLYGON)
    return parts.geoms[0] if len(parts.geoms) == 1 else parts


def _to_seat(binary: bytes | None) -> Coordinate | None:
    if binary is None:
        return None
    point = shapely.from_wkb(bytes(binary))
    assert isinstance(point, Point)  # the column is geometry(POINT)
    return Coordinate(longitude=point.x, latitude=point.y)


def _to_holiday(row: RowMapping) -> Holiday:
    return Holiday(
        day=row["day"],
        kind=HolidayKind(row["kind"]),
        name=row["name"],
        status=HolidayStatus(row["status"]),
        source=row["source"],
    )
