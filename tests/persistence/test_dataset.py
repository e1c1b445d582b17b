"""The data folder: a good one is read as it stands, a bad one refused with every fault."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.domain.errors import DatasetError, Fault
from geo_service.domain.register import Dataset
from geo_service.domain.station import Accessibility, Amenity, DataStatus, Group, ServiceKind
from geo_service.persistence.database import Database
from geo_service.persistence.dataset import LATER_COLUMNS, STATION_COLUMNS, read_dataset
from geo_service.persistence.register import RegisterStore
from geo_service.services.setup import load_folder
from tests.support.folder import Cells, Folder, a_row, a_square, a_unit


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A good folder."""
    return Folder(tmp_path / "folder")


def faults_of(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(DatasetError) as refusal:
        read_dataset(path)
    return refusal.value.faults


def only_fault(path: Path) -> Fault:
    faults = faults_of(path)
    assert len(faults) == 1, [str(each) for each in faults]
    return faults[0]


# -- what is good --------------------------------------------------------------------------

# Whatever a person may paste into a cell, but for the blanks around it, which are not kept.
TEXTS = st.one_of(
    st.sampled_from(
        [
            "=1+1",
            "'; DROP TABLE station; --",
            "${alert(1)}",
            "</script>",
            "爱心驿站，东门",
            '"',
            "a\nb",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
).filter(lambda text: text.strip() == text)
MAYBE_TEXT = st.one_of(st.just(""), TEXTS)
DEGREES = {"longitude": 179.9, "latitude": 89.9}


MID, LATER = date(2020, 1, 1), date(2020, 1, 2)


@st.composite
def station_rows(draw: st.DrawFn) -> Cells:
    services = draw(st.sets(st.sampled_from(ServiceKind), min_size=1))
    row = a_row(
        draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)),
        name=draw(TEXTS),
        services=";".join(sorted(services)),
        rest_for="",
        amenities=";".join(draw(st.sets(st.sampled_from(Amenity)))),
        township_code=draw(st.sampled_from(["", "T-1"])),
        capacity=draw(st.one_of(st.just(""), st.integers(0, 2**31 - 1).map(str))),
        accessibility=draw(st.sampled_from(["", *Accessibility])),
        datum=draw(st.sampled_from(["wgs84", "gcj02", "bd09"])),
        data_status=draw(st.sampled_from(DataStatus)),
        source=draw(TEXTS),
        accuracy_m=draw(st.sampled_from(["", "0", "12.5"])),
        verified_on=draw(st.one_of(st.just(""), st.dates().map(date.isoformat))),
        opened_on=draw(st.one_of(st.just(""), st.dates(max_value=MID).map(date.isoformat))),
        closed_on=draw(st.one_of(st.just(""), st.dates(min_value=LATER).map(date.isoformat))),
        reported_closed_on=draw(st.one_of(st.just(""), st.dates().map(date.isoformat))),
        **{column: draw(MAYBE_TEXT) for column in ("name_en", "address", "telephone")},
    )
    for column, limit in DEGREES.items():
        row[column] = f"{draw(st.floats(-limit, limit)):.7f}"
    for kind in services:
        groups = draw(st.sets(st.sampled_from(Group)))
        row[f"{kind}_for"] = ";".join(groups) or "anyone"
        row[f"{kind}_hours"] = draw(st.sampled_from(["", "24/7", "Mo-Fr 08:00-18:00; PH off"]))
    return row


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(station_rows(), max_size=4, unique_by=lambda row: row["id"]))
def test_what_was_read_is_what_the_database_gives_back(
    rows: list[Cells], folder: Folder, scratch: Database
) -> None:
    folder.stations, folder.townships = rows, [a_unit("T-1")]
    read = read_dataset(folder.write())

    loaded = kept(read, scratch)

    assert comparable(loaded) == comparable(read)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(row=station_rows())
def test_a_cell_is_read_as_it_was_written(row: Cells, folder: Folder) -> None:
    folder.stations = [row]

    [station] = read_dataset(folder.write()).stations

    assert station.id == row["id"]
    assert station.name == row["name"]
    assert (station.name_en or "") == row["name_en"]
    assert (station.address or "") == row["address"]
    assert (station.telephone or "") == row["telephone"]
    assert (station.reading.x, station.reading.y) == (
        float(row["longitude"]),
        float(row["latitude"]),
    )
    assert {each.kind.value for each in station.services} == set(row["services"].split(";"))
    assert {each.value for each in station.amenities} == {*row["amenities"].split(";")} - {""}
    assert str("" if station.capacity is None else station.capacity) == row["capacity"]
    assert str(station.verified_on or "") == row["verified_on"]
    assert str(station.opened_on or "") == row["opened_on"]
    assert str(station.closed_on or "") == row["closed_on"]
    assert str(station.reported_closed_on or "") == row["reported_closed_on"]


def kept(dataset: Dataset, database: Database) -> Dataset:
    """Return a dataset as the database gives it back."""
    with database.transaction() as session:
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
    with database.transaction() as session:
        _, loaded = RegisterStore(session).load()
    return loaded


def comparable(dataset: Dataset) -> dict[str, Any]:
    by_id = sorted(dataset.stations, key=lambda station: station.id)
    return {
        **{name: getattr(dataset, name) for name in ("place", "townships", "counties", "claims")},
        "stations": by_id,
        "holidays": dataset.calendar.holidays,
    }


def test_units_come_back_with_outline_seat_and_people(folder: Folder, scratch: Database) -> None:
    two = {
        "type": "MultiPolygon",
        "coordinates": [a_square(x, 33.5)["coordinates"] for x in (114.0, 115.0)],
    }
    folder.counties = [a_unit("C-1", two, population=5, population_year=2020, note="by hand")]
    folder.townships = [
        a_unit("T-1", a_square(114.0, 33.5), county_code="C-1", name_en="One"),
        a_unit("T-2", seat_longitude=114.5, seat_latitude=33.5, population_source="a census"),
    ]
    read = read_dataset(folder.write())

    loaded = kept(read, scratch)

    assert comparable(loaded) == comparable(read)


def test_heights_of_an_outline_are_left_out(folder: Folder) -> None:
    [ring] = a_square(114.0, 33.5)["coordinates"]
    solid = {"type": "Polygon", "coordinates": [[[*corner, 60.0] for corner in ring]]}
    folder.townships = [a_unit("T-1", solid)]

    [township] = read_dataset(folder.write()).townships

    assert township.boundary is not None
    assert not township.boundary.has_z


def test_a_station_without_its_own_columns_filled_is_still_a_station(folder: Folder) -> None:
    [station] = read_dataset(folder.write()).stations

    assert (station.capacity, station.township_code, station.verified_on) == (None, None, None)
    assert station.accessibility is Accessibility.UNKNOWN


def test_a_folder_from_before_stations_had_dates_is_read(folder: Folder) -> None:
    older = tuple(each for each in STATION_COLUMNS if each not in LATER_COLUMNS)
    path, row = folder.write(), a_row()
    folder.table("stations.csv", older, [{column: row[column] for column in older}])

    [station] = read_dataset(path).stations

    assert (station.opened_on, station.closed_on, station.reported_closed_on) == (None,) * 3


@pytest.mark.parametrize("closed_on", ["2020-01-01", "2019-12-31"])
def test_a_station_that_ends_before_it_began_is_refused(folder: Folder, closed_on: str) -> None:
    folder.stations = [a_row(opened_on="2020-01-01", closed_on=closed_on)]

    with pytest.raises(DatasetError) as caught:
        read_dataset(folder.write())

    [fault] = caught.value.faults
    assert (fault.row, fault.column) == (2, "closed_on")
    assert "not after opened_on" in str(fault)


def test_a_byte_order_mark_before_json_does_no_harm(folder: Folder) -> None:
    folder.write()
    for name in ("datapackage.json", "townships.geojson"):
        folder.put(name, b"\xef\xbb\xbf" + (folder.path / name).read_bytes())

    assert read_dataset(folder.path).place.name == "试验市"


# -- what is wrong with one station --------------------------------------------------------

BAD_CELLS = [
    ("id", "", "must not be empty"),
    ("id", "a/b", "not an identifier"),
    ("id", "x" * 65, "not an identifier"),
    ("id", "nearest", "is taken"),
    ("name", "  ", "must not be empty"),
    ("name", "a\x1b[2Jb", "U+001B"),
    ("services", "", "at least one of rest, breakfast"),
    ("services", ";", "at least one of rest, breakfast"),
    ("services", "rest;lunch", "not one of rest, breakfast"),
    ("rest_hours", "from nine to five", "Mo-Fr 08:00-18:00"),
    ("rest_for", "", "must not be empty"),
    ("rest_for", "bakers", "not one of sanitation, bus_driver, or anyone alone"),
    ("rest_for", "anyone;sanitation", "or anyone alone"),
    ("breakfast_hours", "24/7", "services does not name breakfast"),
    ("breakfast_for", "anyone", "services does not name breakfast"),
    ("amenities", "water;sauna", "not one of water"),
    ("township_code", "T-9", "not in townships.geojson"),
    ("capacity", "-1", "out of range: 0 to 2147483647"),
    ("capacity", "2147483648", "out of range"),
    ("capacity", "9" * 400, "out of range"),
    ("capacity", "3.5", "not a whole number"),
    ("capacity", "ten", "not a number"),
    ("accessibility", "maybe", "not one of yes, limited, no, unknown"),
    ("longitude", "", "must not be empty"),
    ("longitude", "NaN", "not a number"),
    ("longitude", "inf", "not a number"),
    ("longitude", "1_14", "not a number"),
    ("longitude", "１１４", "not a number"),
    ("longitude", "114,05", "not a number"),
    ("longitude", "1e2", "not a number"),
    ("longitude", "181", "out of range: -180 to 180"),
    ("latitude", "114.05", "out of range: -90 to 90; are longitude and latitude swapped?"),
    ("datum", "", "must not be empty"),
    ("datum", "cgcs", "not one of wgs84, gcj02, bd09"),
    ("data_status", "", "must not be empty"),
    ("data_status", "sure", "not one of official, derived, demonstration"),
    ("source", "", "must not be empty"),
    ("accuracy_m", "-5", "out of range"),
    ("accuracy_m", "9" * 400, "out of range"),
    ("opened_on", "2016", "not a date; write it like 2026-11-22"),
    ("closed_on", "2026-11-31", "not a date"),
    ("reported_closed_on", "昨天", "not a date"),
    ("verified_on", "22.11.2026", "not a date; write it like 2026-11-22"),
    ("verified_on", "20261122", "not a date"),
    ("verified_on", "2026-02-30", "not a date"),
]


@pytest.mark.parametrize(("column", "value", "words"), BAD_CELLS)
def test_a_bad_cell_is_named_with_file_row_column_value_and_what_is_expected(
    folder: Folder, column: str, value: str, words: str
) -> None:
    folder.stations = [a_row("A-1"), a_row("A-2") | {column: value}]

    fault = only_fault(folder.write())

    assert (fault.file, fault.row, fault.column) == ("stations.csv", 3, column)
    assert (fault.value or "")[:80] == value[:80]
    assert words in fault.reason


def test_degrees_swapped_within_range_are_noticed_by_where_the_townships_are(
    folder: Folder,
) -> None:
    folder.townships = [a_unit("T-1", a_square(-73.6, 45.5))]
    folder.stations = [a_row(longitude="45.55", latitude="-73.55")]

    fault = only_fault(folder.write())

    assert "swapped" in fault.reason
    assert (fault.row, fault.column, fault.value) == (2, "longitude", "45.55")


def test_a_station_outside_all_townships_is_no_fault(folder: Folder) -> None:
    folder.stations = [a_row(longitude="120.5", latitude="30.5")]

    assert len(read_dataset(folder.write()).stations) == 1


def test_an_identifier_given_twice_is_named_where_it_comes_again(folder: Folder) -> None:
    folder.stations = [a_row("A-1"), a_row("A-2"), a_row("A-1")]

    fault = only_fault(folder.write())

    assert str(fault) == "stations.csv, row 4, id: 'A-1' is given twice"


def test_all_faults_of_a_folder_are_listed_at_once(folder: Folder) -> None:
    folder.stations = [
        a_row("A-1", longitude="east", datum="", name=""),
        a_row("A-2", capacity="-1", services="", rest_for=""),
    ]
    folder.counties = [a_unit("C-1", population="many")]
    folder.holidays = [{"date": "tomorrow", "kind": "public_holiday", "name": "", "source": "x"}]
    folder.package["place"]["time_zone"] = "Asia/Luo He"

    found = {(each.file, each.row, each.column) for each in faults_of(folder.write())}

    assert found == {
        ("datapackage.json", None, "time_zone"),
        ("counties.geojson", None, "population"),
        ("holidays.csv", 2, "date"),
        ("holidays.csv", 2, "name"),
        ("holidays.csv", 2, "status"),
        *(("stations.csv", 2, column) for column in ("longitude", "datum", "name")),
        *(("stations.csv", 3, column) for column in ("capacity", "services")),
    }


def test_a_faulty_township_file_does_not_make_every_station_a_fault(folder: Folder) -> None:
    folder.stations = [a_row(f"A-{number}", township_code="T-1") for number in range(50)]
    folder.write()
    folder.put("townships.geojson", b"{")

    assert only_fault(folder.path).file == "townships.geojson"


def test_a_long_value_is_shown_in_part(folder: Folder) -> None:
    folder.stations = [a_row(verified_on="x" * 100_000)]

    assert len(str(only_fault(folder.write()))) < 300


def test_one_bad_row_leaves_the_register_as_it_was(folder: Folder, scratch: Database) -> None:
    before = load_folder(scratch, folder.write(), author="a test", reason="good")
    folder.stations = [a_row("B-1"), a_row("B-2", datum="mars")]

    with pytest.raises(DatasetError):
        load_folder(scratch, folder.write(), author="a test", reason="bad")

    with scratch.transaction() as session:
        revision, dataset = RegisterStore(session).load()
    assert revision.number == before[0]
    assert [station.id for station in dataset.stations] == ["A-1"]


# -- what is wrong with the place ----------------------------------------------------------

BAD_PLACES = [
    ("name", None, "must not be empty"),
    ("name", 7, "must be text"),
    ("name", "Test\u0000ville", "U+0000"),
    ("name", "\ud83d", "U+D83D"),
    ("name_en", ["Testville"], "must be text"),
    ("time_zone", "", "must not be empty"),
    ("time_zone", "Mars/Olympus", "such as Asia/Shanghai"),
    ("time_zone", "Asia", "such as Asia/Shanghai"),
    ("time_zone", "../../etc/passwd", "such as Asia/Shanghai"),
    ("population", "2367490", "must be a whole number"),
    ("population", -1, "must be a whole number"),
    ("population", 2.5, "must be a whole number"),
    ("population", True, "must be a whole number"),
    ("population", 10**20, "must be a whole number"),
    ("population_year", "2020", "must be a whole number"),
    ("population_source", 2020, "must be text"),
]


@pytest.mark.parametrize(("key", "value", "words"), BAD_PLACES)
def test_a_place_that_cannot_be_is_a_fault(
    folder: Folder, key: str, value: object, words: str
) -> None:
    folder.package["place"][key] = value

    fault = only_fault(folder.write())

    assert (fault.file, fault.column) == ("datapackage.json", key)
    assert words in fault.reason


@pytest.mark.parametrize(("title", "words"), [(None, "must not be empty"), ({}, "must be text")])
def test_a_package_needs_a_title(folder: Folder, title: object, words: str) -> None:
    folder.package["title"] = title

    assert words in only_fault(folder.write()).reason


def test_an_english_title_that_is_no_text_is_a_fault(folder: Folder) -> None:
    folder.package["title_en"] = 5

    assert only_fault(folder.write()).column == "title_en"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"title": "x"}', b'{"title": "x", "place": 3}', b"[" * 100_000, b"\xff{}"],
)
def test_a_package_that_is_no_such_document_is_one_fault(folder: Folder, content: bytes) -> None:
    folder.write()
    folder.put("datapackage.json", content)

    assert only_fault(folder.path).file == "datapackage.json"


@pytest.mark.parametrize("name", ["datapackage.json", "stations.csv", "townships.geojson"])
def test_a_missing_file_is_named(folder: Folder, name: str) -> None:
    (folder.write() / name).unlink()

    fault = only_fault(folder.path)

    assert fault.file == name
    assert "missing" in fault.reason


def test_an_empty_folder_lacks_all_three_files(tmp_path: Path) -> None:
    assert len(faults_of(tmp_path)) == 3


# -- holidays and claims -------------------------------------------------------------------

HOLIDAY = {
    "date": "2026-10-01",
    "kind": "public_holiday",
    "name": "国庆节",
    "status": "published",
    "source": "a notice",
}
CLAIM = {"key": "stations", "name": "Stations", "value": "203"}


def test_a_day_given_twice_is_a_fault(folder: Folder) -> None:
    folder.holidays = [HOLIDAY, HOLIDAY | {"kind": "makeup_workday"}]

    assert str(only_fault(folder.write())) == (
        "holidays.csv, row 3, date: '2026-10-01' is given twice"
    )


def test_a_claim_given_twice_is_a_fault(folder: Folder) -> None:
    folder.claims = [CLAIM, CLAIM]

    assert only_fault(folder.write()).file == "programme.csv"


def test_holidays_and_claims_come_back_from_the_database(folder: Folder, scratch: Database) -> None:
    folder.holidays, folder.claims = [HOLIDAY], [CLAIM | {"note": "'; --"}]
    read = read_dataset(folder.write())

    loaded = kept(read, scratch)

    assert comparable(loaded) == comparable(read)
