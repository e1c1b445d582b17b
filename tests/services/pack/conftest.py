"""Packs of the shipped register, and of one that wants to do harm."""

from datetime import UTC, datetime

import pytest
from shapely import box

from geo_service.domain.coordinate import Metres
from geo_service.domain.reach import StraightLines
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.database import Database
from geo_service.services.coverage import CoverageQuery
from geo_service.services.demand import layer_of
from geo_service.services.pack.contents import Contents, gather
from tests.support.hostile import TEXTS
from tests.support.register import a_register, a_station

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FORMULAS = ("=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x.invalid")')
CODES = ("_x0041_", "a\x00b\x0bc", "x" * 40_000, "https://outside.invalid/", "mailto:a@b")
HARMFUL = (*TEXTS, *FORMULAS, *CODES)


@pytest.fixture(scope="session")
def pack(register: Register) -> Contents:
    """The shipped register, at a kilometre."""
    return gather(
        register, CoverageQuery(radius=Metres(1000)), instant=NOON, language="zh", cautions=()
    )


@pytest.fixture(scope="session")
def pack_of_demand(register: Register, shipped: Database) -> Contents:
    """The same, of the residents, by estimated walks."""
    query = CoverageQuery(
        radius=Metres(1000),
        demand=layer_of(register, shipped, "population"),
        distances=StraightLines(factor=1.3),
    )
    return gather(register, query, instant=NOON, language="zh")


@pytest.fixture(scope="session")
def harmful_register() -> Register:
    """Stations and a township whose every text is hostile."""
    stations = [
        a_station(
            f"H-{number:02}",
            114.0 + number / 500,
            33.5,
            name=text,
            source=text,
            address=text,
            telephone=text,
            township_code="411102001",
            data_status=DataStatus.OFFICIAL,
        )
        for number, text in enumerate(HARMFUL)
    ]
    township = Township(
        code="411102001",
        name=TEXTS[0] + FORMULAS[0],
        county_code="411102",
        boundary=box(113.9, 33.4, 114.2, 33.6),
        boundary_status=BoundaryStatus.OFFICIAL,
        source=FORMULAS[5],
    )
    county = County(
        code="411102",
        name=FORMULAS[0],
        boundary=township.boundary,
        boundary_status=BoundaryStatus.OFFICIAL,
        source=TEXTS[1],
    )
    return a_register(stations, townships=(township,), counties=(county,))


@pytest.fixture(scope="session")
def harmful(harmful_register: Register) -> Contents:
    """A pack of them."""
    return gather(harmful_register, CoverageQuery(radius=Metres(1000)), instant=NOON, language="zh")
