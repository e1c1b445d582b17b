"""Small registers for tests."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum
from geo_service.domain.holidays import HolidayCalendar
from geo_service.domain.place import Place, Revision
from geo_service.domain.register import Dataset, Register
from geo_service.domain.station import (
    DataStatus,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)

REST = Service(kind=ServiceKind.REST)
BREAKFAST = Service(kind=ServiceKind.BREAKFAST)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def a_station(
    identifier: str,
    longitude: float = 114.0,
    latitude: float = 33.5,
    *services: Service,
    **more: Any,
) -> Station:
    """A station of which only what is named matters; without services it offers a rest."""
    given: dict[str, Any] = {
        "name": f"Station {identifier}",
        "services": services or (REST,),
        "data_status": DataStatus.DEMONSTRATION,
        "source": "a test",
    }
    return Station(
        id=StationId(identifier),
        coordinate=Coordinate(longitude=longitude, latitude=latitude),
        reading=Reading(x=longitude, y=latitude, datum=Datum.WGS84),
        **(given | more),
    )


def a_dataset(stations: Iterable[Station], **more: Any) -> Dataset:
    """A data folder's worth of stations, in a place of no townships unless some are given."""
    given: dict[str, Any] = {
        "place": Place(name="试验市", zone=SHANGHAI, title="试验", name_en="Testville"),
        "townships": (),
        "counties": (),
        "calendar": HolidayCalendar(()),
        "claims": (),
    }
    return Dataset(stations=tuple(stations), **(given | more))


def a_register(stations: Iterable[Station], **more: Any) -> Register:
    """A register of these stations."""
    revision = Revision(
        number=1, committed_at=datetime(2026, 1, 1, tzinfo=UTC), author="a test", reason="a test"
    )
    return Register(revision, a_dataset(stations, **more))
