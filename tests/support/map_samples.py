"""A small city to draw: two counties, three townships, stations wherever a test wants them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from shapely import Polygon, box

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.station import (
    Amenity,
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.domain.township import BoundaryStatus, County, Township
from maps import coverage_map, station_map
from maps.coverage_map import (
    CoverageLayers,
    CoverageQuestion,
    CoverageUnit,
    QuestionForm,
    WorstGap,
)
from maps.imprint import Imprint
from maps.language import Language
from maps.outlines import Outlines
from maps.sheet import Frame, Sheet
from maps.station_map import MapStation, ServiceHours

REST = Service(kind=ServiceKind.REST, opening_hours="Mo-Su 08:00-18:00")
BREAKFAST = Service(kind=ServiceKind.BREAKFAST, groups=frozenset({Group.SANITATION}))

WEST = box(114.0, 33.5, 114.1, 33.6)
EAST = box(114.1, 33.5, 114.2, 33.6)


def a_frame(
    language: Language = "zh", status: DataStatus = DataStatus.DEMONSTRATION, source: str = "test"
) -> Frame:
    made_at = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    imprint = Imprint(revision=7, made_at=made_at, data_status=status, source=source)
    return Frame(language=language, imprint=imprint, navigation={"English": "?lang=en"})


def a_station(
    number: int,
    longitude: float = 114.05,
    latitude: float = 33.55,
    *,
    name: str | None = None,
    services: tuple[Service, ...] = (REST,),
) -> Station:
    return Station(
        id=StationId(f"t-{number}"),
        name=f"站点 {number}" if name is None else name,
        coordinate=Coordinate(longitude=longitude, latitude=latitude),
        services=services,
        reading=Reading(x=longitude, y=latitude, datum=Datum.WGS84),
        data_status=DataStatus.DEMONSTRATION,
        source="test",
        amenities=frozenset({Amenity.WATER, Amenity.CHARGING}),
        address="某路 1 号",
    )


def shown(station: Station, openness: str = "open", township: str = "西镇") -> MapStation:
    return MapStation(
        station=station,
        township=township,
        hours={
            each.kind: ServiceHours(hours="每天 08:00–18:00", openness=openness)
            for each in station.services
        },
        links={
            "amap": "https://uri.amap.com/navigation?to=114.05,33.55,x&mode=walk",
            "geo": "geo:33.55,114.05",
        },
    )


def some_stations() -> list[MapStation]:
    """Three together in the west (one cluster), one of each kind apart in the east."""
    together = [shown(a_station(n, 114.05 + n * 1e-5)) for n in (1, 2, 3)]
    breakfast = shown(a_station(4, 114.14, 33.52, services=(BREAKFAST,)), openness="closed")
    both = shown(a_station(5, 114.17, 33.58, services=(REST, BREAKFAST)))
    return [*together, breakfast, both]


def some_outlines(name: str = "区") -> Outlines:
    return Outlines(
        counties=[
            County(
                code="1",
                name=f"西{name}",
                boundary=WEST,
                boundary_status=BoundaryStatus.OFFICIAL,
                source="test",
            ),
            County(
                code="2",
                name=f"东{name}",
                boundary=EAST,
                boundary_status=BoundaryStatus.OFFICIAL,
                source="test",
            ),
        ],
        townships=[
            a_township("11", "西镇", WEST),
            a_township("21", f"东{name}镇", EAST),
            a_township("22", "无界镇", None),
        ],
    )


def a_township(code: str, name: str, boundary: Polygon | None) -> Township:
    return Township(
        code=code,
        name=name,
        boundary=boundary,
        boundary_status=BoundaryStatus.APPROXIMATE if boundary else BoundaryStatus.NONE,
        source="test",
    )


def a_station_map(stations: Sequence[MapStation] | None = None, language: Language = "zh") -> Sheet:
    held = some_stations() if stations is None else stations
    return station_map.draw(held, outlines=some_outlines(), frame=a_frame(language))


def a_unit(
    code: str, boundary: Polygon | None, area_coverage: float | None, name: str | None = None
) -> CoverageUnit:
    return CoverageUnit(
        code=code,
        name=f"单元 {code}" if name is None else name,
        boundary=boundary,
        boundary_status=BoundaryStatus.APPROXIMATE if boundary else BoundaryStatus.NONE,
        properties={"area_coverage": area_coverage, "stations": 1234, "nearest_mean_m": 812.4},
    )


def some_units() -> list[CoverageUnit]:
    return [a_unit("11", WEST, 0.634), a_unit("21", EAST, None), a_unit("22", None, None)]


def a_coverage_map(
    units: Sequence[CoverageUnit] | None = None,
    language: Language = "zh",
    *,
    form: bool = True,
    frame: Frame | None = None,
) -> Sheet:
    somewhere = Coordinate(longitude=114.15, latitude=33.55)
    return coverage_map.draw(
        some_units() if units is None else units,
        question=CoverageQuestion(radius_m=Metres(1000), crs="EPSG:4547"),
        frame=frame or a_frame(language),
        outlines=some_outlines(),
        layers=CoverageLayers(
            stations=[each.station.coordinate for each in some_stations()],
            gaps=box(114.15, 33.5, 114.2, 33.55),
            worst_gaps=[WorstGap(unit="西镇", coordinate=somewhere, distance_m=Metres(4321))],
        ),
        totals={"area_coverage": 0.5, "population": 1_234_567},
        form=QuestionForm(action="/maps/coverage", carried={"lang": language}) if form else None,
    )
