"""One row of a file and the station it is of, if there is one: the station that they make."""

from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any, Final

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import reading_to_coordinate
from geo_service.domain.errors import (
    InvalidCoordinateError,
    InvalidOpeningHoursError,
    InvalidQueryError,
    OutsideServedAreaError,
)
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import Reading, ServiceKind, Station, StationId
from geo_service.domain.station_import import ImportOptions
from geo_service.persistence.station_files.drafts import NOT_GIVEN, RowDraft, StationTable
from geo_service.persistence.station_files.faults import FileFault, Said
from geo_service.services import edit
from geo_service.services.edit import Follows, StationEdit
from geo_service.services.import_townships import Townships, UnknownTownshipError

# Rounded degrees, converted to another datum and back, come this near to where they were.
_SAME_PLACE_M: Final = 1.0
_AS_THEY_ARE: Final = (
    *("name", "name_en", "amenities", "address", "telephone", "capacity", "accessibility"),
    *("data_status", "source", "accuracy_m", "verified_on", "opened_on", "closed_on"),
)
# A file says nothing of reported_closed_on: that is what workers report, and staff who look.
PROVISIONAL: Final = StationId("new")
# Where the record has one field and a file has several.
_CELLS: Final = {"township_code": "township"}


class RowFaultsError(Exception):
    """What a row says makes no station; every fault is named."""

    def __init__(self, faults: tuple[FileFault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a row says of where its station is: the reading, where that is, and the township."""

    reading: Reading | None = None
    at: Coordinate | None = None
    township: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """How far from the register's bounds a station may stand, and what day it is there."""

    area: ServedArea
    today: date


class Rows:
    """Makes stations of rows, for one file and one register."""

    def __init__(
        self,
        register: Register,
        table: StationTable,
        options: ImportOptions,
        here: Here,
    ) -> None:
        self._register = register
        self._table = table
        self._options = options
        self._area = ServedArea(margin=Metres(inf)) if options.allow_outside else here.area
        self._today = here.today
        self._townships = Townships(register)

    def place(self, draft: RowDraft) -> Place:
        """Return where a row says its station is, as far as that can be told."""
        reading = draft.reading if isinstance(draft.reading, Reading) else None
        at = None
        if reading is not None:
            try:
                at = reading_to_coordinate(reading.x, reading.y, reading.datum)
            except InvalidCoordinateError:
                reading = None
        try:
            return Place(reading=reading, at=at, township=self._township(draft, at))
        except UnknownTownshipError:
            return Place(reading=reading, at=at)

    def made(self, draft: RowDraft, place: Place, before: Station | None) -> Station:
        """Return the station of a row, or raise RowFaultsError.

        One that is new and has no identifier gets a provisional one.
        """
        faults = list(draft.faults)
        given = self._given(draft, place, before, faults)
        if before is None:
            given.setdefault("data_status", self._options.data_status)
            given.setdefault("source", self._options.source)
        if place.at is not None and "longitude" in given:
            self._check_area(draft, place.at, faults)
        if faults:
            raise RowFaultsError(tuple(faults))
        try:
            return self._edited(draft, before, StationEdit(**given))
        except InvalidQueryError as error:
            raise RowFaultsError(
                tuple(
                    self.fault(draft, each.parameter, *_said(each.reason)) for each in error.faults
                )
            ) from None

    def _edited(self, draft: RowDraft, before: Station | None, wanted: StationEdit) -> Station:
        area, today = self._area, self._today
        if before is not None:
            return edit.edited(self._register, before, wanted, area=area, today=today)
        return edit.added(self._register, draft.id or PROVISIONAL, wanted, area=area, today=today)

    def fault(self, draft: RowDraft, of: str | None, zh: str, en: str) -> FileFault:
        """Return a fault of a row, with its cell."""
        return self._table.fault(draft, _CELLS.get(of or "", of), Said(zh, en))

    def _given(
        self, draft: RowDraft, place: Place, before: Station | None, faults: list[FileFault]
    ) -> dict[str, Any]:
        """Return what a row says, by the fields of the data form."""
        given: dict[str, Any] = {
            name: value for name in _AS_THEY_ARE if (value := getattr(draft, name)) is not NOT_GIVEN
        }
        if (reading := place.reading) is not None and not _is_there(place, before):
            given |= {"longitude": reading.x, "latitude": reading.y, "datum": reading.datum}
        self._add_services(given, draft, before, faults)
        self._add_township(given, draft, place, before, faults)
        if before is None:
            self._require(draft, given, faults)
        return given

    def _require(self, draft: RowDraft, given: dict[str, Any], faults: list[FileFault]) -> None:
        """Note what a new station lacks, where no fault of the cell says so already."""
        noted = {each.field for each in faults}
        for field, cells, zh in _REQUIRED:
            if field not in given and not noted.intersection(cells):
                faults.append(
                    self.fault(draft, cells[0], f"新站点必须有{zh}", "is required of a new station")
                )

    def _add_services(
        self,
        given: dict[str, Any],
        draft: RowDraft,
        before: Station | None,
        faults: list[FileFault],
    ) -> None:
        kinds = frozenset[ServiceKind]()
        if isinstance(draft.services, frozenset):
            kinds = given["services"] = draft.services
        elif before is not None:
            kinds = frozenset(each.kind for each in before.services)
        elif named := {kind for kind in ServiceKind if isinstance(_hours(draft, kind), str)}:
            kinds = given["services"] = frozenset(named)
        for kind in ServiceKind:
            hours = _hours(draft, kind)
            if isinstance(hours, str) and kind not in kinds:
                faults.append(self._without_service(draft, kind))
            elif isinstance(hours, str):
                self._check_hours(draft, kind, hours, faults)
            if hours is not NOT_GIVEN and kind in kinds:
                given[f"{kind}_hours"] = hours
            # Nobody leaves open whom a service is for: an empty cell says nothing.
            groups = getattr(draft, f"{kind}_for")
            if isinstance(groups, frozenset) and kind in kinds:
                given[f"{kind}_for"] = groups

    def _without_service(self, draft: RowDraft, kind: ServiceKind) -> FileFault:
        zh = "休息" if kind is ServiceKind.REST else "早餐"
        return self.fault(
            draft,
            f"{kind}_hours",
            f"有{zh}时间，但“服务”里没有{zh}",
            f"is given, but services does not name {kind}",
        )

    def _check_hours(
        self, draft: RowDraft, kind: ServiceKind, hours: str, faults: list[FileFault]
    ) -> None:
        try:
            self._register.schedules.of(hours)  # kept: the rows of a file share few
        except InvalidOpeningHoursError as error:
            faults.append(self.fault(draft, f"{kind}_hours", f"时间看不懂：{error}", str(error)))

    def _add_township(
        self,
        given: dict[str, Any],
        draft: RowDraft,
        place: Place,
        before: Station | None,
        faults: list[FileFault],
    ) -> None:
        if place.township is not None:
            given["township_code"] = place.township
            return
        try:
            self._township(draft, place.at)
        except UnknownTownshipError as error:
            of = "township_code" if isinstance(draft.township_code, str) else "township"
            faults.append(self._table.fault(draft, of, Said(error.zh, error.en)))
            return
        is_blank = draft.township_code is None or draft.township is None
        if before is None or "longitude" in given:
            given["township_code"] = Follows.BOUNDARY
        elif is_blank:
            given["township_code"] = None

    def _township(self, draft: RowDraft, at: Coordinate | None) -> str | None:
        county = draft.county if isinstance(draft.county, str) else None
        for written in (draft.township_code, draft.township):
            if isinstance(written, str):
                return self._townships.meant(written, county, at)
        return None

    def _check_area(self, draft: RowDraft, at: Coordinate, faults: list[FileFault]) -> None:
        try:
            self._area.check(self._register, at, named="it")
        except OutsideServedAreaError as error:
            zh = "不在服务范围之内"
            if _is_swapped(self._register, at):
                zh += "；经度和纬度是不是写反了？"
            faults.append(self.fault(draft, "longitude", zh, str(error)))


_REQUIRED: Final = (
    ("name", ("name",), "名称"),
    ("services", ("services", "rest_hours", "breakfast_hours", "hours"), "服务（休息或早餐）"),
    ("longitude", ("longitude", "latitude", "datum"), "经度和纬度"),
)


def _hours(draft: RowDraft, kind: ServiceKind) -> Any:
    return getattr(draft, f"{kind}_hours")


def _is_there(place: Place, before: Station | None) -> bool:
    """Say whether a station is recorded where a row says it is, in whatever datum."""
    if before is None or place.reading is None or place.at is None:
        return False
    if place.reading == before.reading:
        return True
    return (
        place.reading.datum is not before.reading.datum
        and place.at.distance_to(before.coordinate) <= _SAME_PLACE_M
    )


def _is_swapped(register: Register, at: Coordinate) -> bool:
    bounds = register.bounds
    if bounds is None or abs(at.longitude) > 90.0:
        return False
    return bounds.contains(Coordinate(longitude=at.latitude, latitude=at.longitude))


def _said(reason: str) -> tuple[str, str]:
    return f"不能这样写：{reason}", reason
