"""The service over stations whose every text would run somewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from geo_service import create_app
from geo_service.domain.station import DataStatus, Group, Service, ServiceKind
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from tests.support import hostile
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.register import a_dataset, a_station

FIRST = (114.0, 33.5)


@contextmanager
def hostile_service(database: Database, settings: Settings, clock: StoppedClock) -> Iterator[Flask]:
    """Replace the register by one station for each hostile text, east of ``FIRST`` in a row."""
    stations = [
        a_station(
            f"H-{number:02}",
            FIRST[0] + number / 1000,
            FIRST[1],
            Service(kind=ServiceKind.REST, groups=frozenset({Group.SANITATION})),
            name=text,
            name_en=text,
            address=text,
            telephone=text,
            data_status=DataStatus.OFFICIAL,
        )
        for number, text in enumerate(hostile.TEXTS)
    ]
    with database.transaction() as session:
        RegisterStore(session).replace(a_dataset(stations), author="a test", reason="hostile")
    with closing(create_app(settings, database=database, clock=clock)) as app:
        yield app
