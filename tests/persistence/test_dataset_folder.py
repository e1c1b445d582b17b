"""A register written as a data folder: what is loaded from it is the same register."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from frictionless import validate
from hypothesis import HealthCheck, given, settings
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.place import Claim, Place
from geo_service.domain.register import Dataset
from geo_service.domain.station import Station
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.dataset import read_dataset
from geo_service.persistence.dataset_folder import (
    FILES,
    FolderTakenError,
    check_free,
    write_dataset,
)
from tests.conftest import SHIPPED
from tests.support.any_stations import registers
from tests.support.register import SHANGHAI, a_dataset, a_station


def a_square(west: float) -> Polygon:
    east = west + 0.1
    return Polygon([(west, 33.5), (east, 33.5), (east, 33.6), (west, 33.6), (west, 33.5)])


def everything() -> Dataset:
    """A dataset that has something of all there may be."""
    holiday = Holiday(
        day=date(2026, 10, 1),
        kind=HolidayKind.PUBLIC_HOLIDAY,
        name="国庆节",
        status=HolidayStatus.PUBLISHED,
        source="=a notice",
    )
    claim = Claim(
        key="people",
        name="领取早餐的人",
        value=">2900",
        unit="",
        as_of="2020",
        source_title='一张报纸, "晚报"',
        source_url="",
        note="-",
    )
    return a_dataset(
        [a_station("A-1", 114.01, 33.51, township_code="T-2", address="门口\r\n左转")],
        place=Place(
            name="试验市",
            zone=SHANGHAI,
            title="试验",
            title_en="A test",
            population=3,
            population_year=2020,
            population_source="counted",
        ),
        counties=(
            County(
                code="C-1",
                name="县",
                boundary=a_square(114.0),
                boundary_status=BoundaryStatus.OFFICIAL,
                source="a test",
                note="说明",
            ),
        ),
        townships=(
            Township(
                code="T-1",
                name="无界乡",
                boundary=None,
                boundary_status=BoundaryStatus.NONE,
                source="a test",
                county_code="C-1",
            ),
            Township(
                code="T-2",
                name="两块镇",
                name_en="Two pieces",
                boundary=MultiPolygon([a_square(114.0), a_square(114.2)]),
                boundary_status=BoundaryStatus.APPROXIMATE,
                source="a test",
                seat=Coordinate(longitude=114.05, latitude=33.55),
                population=1,
            ),
        ),
        calendar=HolidayCalendar([holiday]),
        claims=(claim,),
    )


def differences(one: Dataset, other: Dataset) -> list[str]:
    pairs = {
        "place": (one.place, other.place),
        "stations": (list(one.stations), list(other.stations)),
        "townships": (one.townships, other.townships),
        "counties": (one.counties, other.counties),
        "holidays": (one.calendar.holidays, other.calendar.holidays),
        "claims": (set(one.claims), set(other.claims)),
    }
    return [name for name, (mine, its) in pairs.items() if mine != its]


@pytest.mark.parametrize("dataset", [read_dataset(SHIPPED), everything()], ids=["shipped", "all"])
def test_what_is_read_from_the_folder_is_what_was_written(dataset: Dataset, tmp_path: Path) -> None:
    write_dataset(dataset, tmp_path / "out")

    assert differences(read_dataset(tmp_path / "out"), dataset) == []


@given(registers)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_station_comes_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, stations: list[Station]
) -> None:
    folder = tmp_path_factory.mktemp("any")

    write_dataset(a_dataset(stations), folder)

    assert list(read_dataset(folder).stations) == stations


def test_the_same_register_makes_the_same_bytes(tmp_path: Path) -> None:
    write_dataset(read_dataset(SHIPPED), tmp_path / "one")
    write_dataset(read_dataset(tmp_path / "one"), tmp_path / "two")

    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_shipped_tables_come_out_as_they_are_but_for_zeros_at_the_end(tmp_path: Path) -> None:
    write_dataset(read_dataset(SHIPPED), tmp_path)

    for name in ("counties.geojson", "holidays.csv"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes()


def test_frictionless_finds_the_package_valid(tmp_path: Path) -> None:
    write_dataset(everything(), tmp_path)

    report = validate(str(tmp_path / "datapackage.json"))

    assert report.valid, report.flatten(["title", "message"])
    assert {task.place for task in report.tasks} == {*FILES} - {"datapackage.json"}


def test_a_folder_with_files_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(FolderTakenError, match=r"thesis\.txt"):
        check_free(tmp_path)

    check_free(tmp_path, force=True)


def test_an_earlier_folder_may_be_written_again(tmp_path: Path) -> None:
    write_dataset(everything(), tmp_path)
    check_free(tmp_path)

    write_dataset(read_dataset(SHIPPED), tmp_path)

    assert differences(read_dataset(tmp_path), read_dataset(SHIPPED)) == []
    assert {each.name for each in tmp_path.iterdir()} == set(FILES)


@pytest.mark.parametrize("is_there", [True, False])
def test_what_cannot_be_written_to_its_end_changes_nothing(
    tmp_path: Path, *, is_there: bool
) -> None:
    folder = tmp_path / "out"
    if is_there:
        write_dataset(read_dataset(SHIPPED), folder)
    before = {each.name: each.read_bytes() for each in folder.glob("*")}
    dataset = everything()
    unfit = replace(dataset, claims=(replace(dataset.claims[0], note="\ud800"),))

    with pytest.raises(UnicodeEncodeError):
        write_dataset(unfit, folder)

    assert {each.name: each.read_bytes() for each in folder.glob("*")} == before
    assert [each.name for each in tmp_path.iterdir()] == (["out"] if is_there else [])
