"""The register in PostGIS: written whole in one transaction, read whole at one revision."""

from collections.abc import Callable, Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely import MultiPolygon, Point, Polygon
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.place import Claim, Place, Revision
from geo_service.domain.register import Dataset
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.database import will_write
from geo_service.persistence.station_copy import read_stations, write_stations
from geo_service.persistence.tables import (
    Base,
    ClaimRow,
    CountyRow,
    HolidayRow,
    PlaceRow,
    RevisionRow,
    ServiceRow,
    StationRow,
    TownshipRow,
)

# Children before parents, so that no foreign key is left hanging on the way.
_EMPTIED: Final[tuple[type[Base], ...]] = (
    *(ServiceRow, StationRow, TownshipRow, CountyRow, HolidayRow, ClaimRow, PlaceRow),
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
        return self._session.scalar(select(func.max(RevisionRow.number)))

    def take_turn(self) -> None:
        """Wait for other writers, and hold off more of them until the end of the transaction.

        Else two of them would claim the same number. Readers go on.
        """
        will_write(self._session)
        self._session.execute(text("LOCK TABLE revision IN SHARE ROW EXCLUSIVE MODE"))

    def replace(self, dataset: Dataset, *, author: str, reason: str) -> int:
        """Put a dataset in the place of all there is; return the revision that makes."""
        self.take_turn()
        for table in _EMPTIED:
            self._session.execute(delete(table))
        self._insert(PlaceRow, [_place_row(dataset.place)])
        self._insert(CountyRow, map(_county_row, dataset.counties))
        self._insert(TownshipRow, map(_township_row, dataset.townships))
        write_stations(self._session, dataset.stations)
        self._insert(HolidayRow, map(_holiday_row, dataset.calendar.holidays))
        self._insert(ClaimRow, map(_claim_row, dataset.claims))
        number = (self.revision_number() or 0) + 1
        self._insert(RevisionRow, [{"number": number, "author": author, "reason": reason}])
        return number

    def load(self) -> tuple[Revision, Dataset]:
        """Read all of the present revision, or raise RegisterUnavailableError."""
        # One snapshot for all the queries, or a commit between two of them would mix revisions.
        self._session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        revision = self._session.scalars(
            select(RevisionRow).order_by(RevisionRow.number.desc()).limit(1)
        ).one_or_none()
        place = self._session.scalars(select(PlaceRow)).one_or_none()
        if revision is None or place is None:
            raise RegisterUnavailableError("the register is empty: load a data folder first")
        return (
            Revision(
                number=revision.number,
                committed_at=revision.committed_at,
                author=revision.author,
                reason=revision.reason,
            ),
            Dataset(
                place=_to_place(place),
                stations=read_stations(self._session, self._between),
                townships=tuple(map(_to_township, self._session.scalars(select(TownshipRow)))),
                counties=tuple(map(_to_county, self._session.scalars(select(CountyRow)))),
                calendar=HolidayCalendar(map(_to_holiday, self._session.scalars(_HOLIDAYS))),
                claims=tuple(map(_to_claim, self._session.scalars(select(ClaimRow)))),
            ),
        )

    def _insert(self, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
        if listed := list(rows):
            self._session.execute(insert(table), listed)


_HOLIDAYS: Final = select(HolidayRow).order_by(HolidayRow.day)


def _place_row(place: Place) -> dict[str, Any]:
    return {
        "id": 1,
        "name": place.name,
        "name_en": place.name_en,
        "time_zone": place.zone.key,
        "title": place.title,
        "title_en": place.title_en,
        "population": place.population,
        "population_year": place.population_year,
        "population_source": place.population_source,
    }


def _to_place(row: PlaceRow) -> Place:
    return Place(
        name=row.name,
        name_en=row.name_en,
        zone=ZoneInfo(row.time_zone),
        title=row.title,
        title_en=row.title_en,
        population=row.population,
        population_year=row.population_year,
        population_source=row.population_source,
    )


def _unit_row(unit: County | Township) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "name_en": unit.name_en,
        "boundary": _outline_element(unit.boundary),
        "boundary_status": unit.boundary_status.value,
        "population": unit.population,
        "population_year": unit.population_year,
        "population_source": unit.population_source,
        "source": unit.source,
        "note": unit.note,
    }


def _county_row(county: County) -> dict[str, Any]:
    return _unit_row(county)


def _township_row(township: Township) -> dict[str, Any]:
    seat = township.seat
    return _unit_row(township) | {
        "county_code": township.county_code,
        "seat": None
        if seat is None
        else from_shape(Point(seat.longitude, seat.latitude), srid=Coordinate.SRID),
    }


def _outline_element(outline: Polygon | MultiPolygon | None) -> WKBElement | None:
    if outline is None:
        return None
    parts = outline if isinstance(outline, MultiPolygon) else MultiPolygon([outline])
    return from_shape(parts, srid=Coordinate.SRID)


def _to_outline(element: WKBElement | None) -> Polygon | MultiPolygon | None:
    if element is None:
        return None
    parts = to_shape(element)
    assert isinstance(parts, MultiPolygon)  # the column is geometry(MULTIPOLYGON)
    return parts.geoms[0] if len(parts.geoms) == 1 else parts


def _unit_fields(row: CountyRow | TownshipRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "name_en": row.name_en,
        "boundary": _to_outline(row.boundary),
        "boundary_status": BoundaryStatus(row.boundary_status),
        "population": row.population,
        "population_year": row.population_year,
        "population_source": row.population_source,
        "source": row.source,
        "note": row.note,
    }


def _to_county(row: CountyRow) -> County:
    return County(**_unit_fields(row))


def _to_township(row: TownshipRow) -> Township:
    return Township(**_unit_fields(row), county_code=row.county_code, seat=_to_seat(row.seat))


def _to_seat(element: WKBElement | None) -> Coordinate | None:
    if element is None:
        return None
    point = to_shape(element)
    assert isinstance(point, Point)  # the column is geometry(POINT)
    return Coordinate(longitude=point.x, latitude=point.y)


def _holiday_row(holiday: Holiday) -> dict[str, Any]:
    return {
        "day": holiday.day,
        "kind": holiday.kind.value,
        "name": holiday.name,
        "status": holiday.status.value,
        "source": holiday.source,
    }


def _to_holiday(row: HolidayRow) -> Holiday:
    return Holiday(
        day=row.day,
        kind=HolidayKind(row.kind),
        name=row.name,
        status=HolidayStatus(row.status),
        source=row.source,
    )


_CLAIM_FIELDS: Final = (
    *("key", "name", "value", "unit", "as_of", "source_title", "source_url", "note"),
)


def _claim_row(claim: Claim) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in _CLAIM_FIELDS}


def _to_claim(row: ClaimRow) -> Claim:
    return Claim(**{name: getattr(row, name) for name in _CLAIM_FIELDS})
