"""Records changed and made: what is taken, what is refused, and in whose township they lie."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.persistence.dataset import read_dataset
from geo_service.services.edit import (
    REQUIRED,
    Follows,
    StationEdit,
    added,
    county_of,
    edited,
    next_identifier,
    township_at,
)
from tests.support.folder import Folder, a_row, a_square, a_unit
from tests.support.register import BREAKFAST, REST, a_register, a_station

TODAY = date(2026, 11, 22)
AREA = ServedArea(margin=Metres(20_000.0))


def a_township(code: str, west: float | None, **more: Any) -> Township:
    """A square township of a tenth of a degree, or one whose outline nobody knows."""
    return Township(
        code=code,
        name=f"镇{code}",
        boundary=None if west is None else box(west, 33.5, west + 0.1, 33.6),
        boundary_status=BoundaryStatus.NONE if west is None else BoundaryStatus.OFFICIAL,
        source="a test",
        **more,
    )


@pytest.fixture(scope="module")
def here() -> Register:
    """Two townships side by side, and one that nobody has drawn."""
    townships = (
        a_township("T-1", 114.0, county_code="C-1"),
        a_township("T-2", 114.1, county_code="C-2"),
        a_township("T-3", None),
    )
    return a_register([a_station("A-1", 114.05, 33.55, township_code="T-1")], townships=townships)


def at(x: float, y: float, datum: Datum = Datum.WGS84) -> dict[str, Any]:
    """A position as an editor gives it."""
    return {"longitude": x, "latitude": y, "datum": datum}


def change(register: Register, before: Station, **fields: Any) -> Station:
    return edited(register, before, StationEdit(**fields), area=AREA, today=TODAY)


def make(register: Register, identifier: str = "A-2", **fields: Any) -> Station:
    given_fields: dict[str, Any] = {
        "name": "新站",
        "services": {ServiceKind.REST},
        **at(114.15, 33.55),
        "data_status": DataStatus.OFFICIAL,
        "source": "a test",
    } | fields
    kept = {name: value for name, value in given_fields.items() if value is not ...}
    return added(register, StationId(identifier), StationEdit(**kept), area=AREA, today=TODAY)


def faults_of(error: pytest.ExceptionInfo[InvalidQueryError]) -> dict[str, str]:
    return {each.parameter: each.reason for each in error.value.faults}


def test_what_is_not_spoken_of_stays_as_it_was(here: Register) -> None:
    before = a_station("A-1", address="路 1 号", capacity=4, township_code="T-1")

    after = change(here, before, name="别名")

    assert after == replace(before, name="别名")


def test_none_clears_what_may_be_unknown(here: Register) -> None:
    before = a_station("A-1", address="路 1 号", capacity=4)

    after = change(here, before, address=None, capacity=None)

    assert (after.address, after.capacity) == (None, None)


@pytest.mark.parametrize("datum", list(Datum))
def test_a_move_is_told_in_any_datum_and_kept_as_it_was_told(here: Register, datum: Datum) -> None:
    after = change(here, a_station("A-1"), **at(114.15, 33.55, datum))

    assert after.reading == Reading(x=114.15, y=33.55, datum=datum)
    away = after.coordinate.distance_to(Coordinate(longitude=114.15, latitude=33.55))
    assert away < 1e-6 if datum is Datum.WGS84 else 200 < away < 1500


def test_the_township_follows_the_boundary_when_it_is_told_to(here: Register) -> None:
    before = a_station("A-1", 114.05, 33.55, township_code="T-1")
    east = at(114.15, 33.55)

    followed = change(here, before, **east, township_code=Follows.BOUNDARY)
    left = change(here, before, **east)

    assert (followed.township_code, left.township_code) == ("T-2", "T-1")


def test_a_township_nobody_has_drawn_is_kept_where_no_outline_says_otherwise(
    here: Register,
) -> None:
    outside = Coordinate(longitude=114.05, latitude=33.45)

    assert township_at(here, outside, recorded="T-3") == "T-3"
    assert township_at(here, outside, recorded="T-1") is None


def test_a_new_station_lies_in_the_township_around_it(here: Register) -> None:
    assert make(here).township_code == "T-2"
    assert make(here, township_code="T-3").township_code == "T-3"
    assert make(here, township_code=None).township_code is None


def test_the_county_is_that_of_the_township(here: Register) -> None:
    assert county_of(here, a_station("A-1", township_code="T-2")) == "C-2"
    assert county_of(here, a_station("A-1", township_code="T-3")) is None
    assert county_of(here, a_station("A-1")) is None


def test_every_fault_is_told_at_once_and_by_its_field(here: Register) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        change(
            here,
            a_station("A-1", opened_on=date(2020, 1, 1)),
            name=" ",
            name_en="a\nb",
            services=frozenset(),
            **at(33.55, 114.05),
            township_code="T-9",
            capacity=-1,
            accuracy_m=float("nan"),
            verified_on=TODAY + timedelta(days=1),
            closed_on=date(2020, 1, 1),
        )

    assert set(faults_of(caught)) == {
        *("name", "name_en", "services", "longitude", "township_code", "capacity"),
        *("accuracy_m", "verified_on", "closed_on"),
    }


def test_a_place_whose_degrees_are_swapped_is_refused_with_the_hint(here: Register) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        change(here, a_station("A-1"), **at(33.55, 84.05))
    assert "outside the area served" in faults_of(caught)["longitude"]

    with pytest.raises(InvalidQueryError) as caught:
        change(here, a_station("A-1"), **at(33.55, 114.05, Datum.GCJ02))
    assert "nowhere on earth" in faults_of(caught)["longitude"]


def test_a_record_that_is_odd_already_may_be_changed_elsewhere(here: Register) -> None:
    far = a_station("A-1", 10.0, 10.0, name=" a name nobody would take ")

    assert change(here, far, capacity=4).capacity == 4
    assert change(here, far, name=far.name, capacity=5).capacity == 5


def test_hours_that_cannot_be_read_are_refused_and_not_kept(here: Register) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        change(here, a_station("A-1"), rest_hours="Mo-Su 8 to 6")

    assert set(faults_of(caught)) == {"rest_hours"}


def test_hours_that_are_taken_change_that_service_alone(here: Register) -> None:
    before = a_station("A-1", 114.0, 33.5, REST, BREAKFAST)

    after = change(here, before, rest_hours="Mo-Su 22:00-06:00")

    night = Service(kind=ServiceKind.REST, opening_hours="Mo-Su 22:00-06:00")
    assert after.services == (night, BREAKFAST)


def test_a_service_that_is_no_more_takes_its_hours_with_it(here: Register) -> None:
    early = Service(kind=ServiceKind.BREAKFAST, opening_hours="Mo-Su 05:00-07:00")
    before = a_station("A-1", 114.0, 33.5, REST, early)

    assert change(here, before, services={ServiceKind.REST}).services == (REST,)


def test_hours_of_what_is_not_offered_are_refused(here: Register) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        change(here, a_station("A-1"), breakfast_hours="Mo-Su 05:00-07:00")

    assert set(faults_of(caught)) == {"breakfast_hours"}


def test_half_a_position_is_none(here: Register) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        change(here, a_station("A-1"), longitude=114.06)

    assert set(faults_of(caught)) == {"latitude", "datum"}


def test_hours_only_tried_are_not_kept_with_those_of_the_register(here: Register) -> None:
    tried = "Mo-Su 01:00-02:00"

    change(here, a_station("A-1"), rest_hours=tried)

    assert here.schedules.tried(tried) is not here.schedules.tried(tried)


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_new_record_says_all_that_every_record_says(here: Register, missing: str) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        make(here, "A-2", **{missing: ...})

    assert faults_of(caught) == {missing: "is required"}


@pytest.mark.parametrize("identifier", ["", "nearest", "a b", "../x", "号", "x" * 65, "-a"])
def test_an_identifier_that_cannot_stand_in_an_address_is_refused(
    here: Register, identifier: str
) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        make(here, identifier)

    assert set(faults_of(caught)) == {"id"}


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        ([], "S-001"),
        (["a", "b"], "S-001"),
        (["LH-001", "LH-009"], "LH-010"),
        (["LH-1", "LH-10", "YC-7"], "LH-11"),
        (["LH-999"], "LH-1000"),
        (["7", "8"], "9"),
        (["B2-03", "B2-07", "x"], "B2-08"),
    ],
)
def test_the_next_identifier_is_of_the_commonest_form(taken: list[str], free: str) -> None:
    assert next_identifier(taken) == free


TEXT = st.text(min_size=1, max_size=20).map(str.strip)
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1))
GROUPS = st.none() | st.frozensets(st.sampled_from(Group))
HOURS = st.sampled_from([None, "24/7", "Mo-Fr 08:00-18:00; PH off", "Mo-Su 22:00-06:00", "?"])


EDITS = st.fixed_dictionaries(
    {
        "name": TEXT,
        "services": st.sets(st.sampled_from(ServiceKind)),
        "longitude": st.floats(113.9, 114.3),
        "latitude": st.floats(33.4, 33.7),
        "datum": st.sampled_from(Datum),
        "data_status": st.sampled_from(DataStatus),
        "source": TEXT,
    },
    optional={
        "name_en": st.none() | TEXT,
        "rest_hours": HOURS,
        "rest_for": GROUPS,
        "breakfast_hours": HOURS,
        "breakfast_for": GROUPS,
        "amenities": st.frozensets(st.sampled_from(Amenity)),
        "address": st.none() | TEXT,
        "telephone": st.none() | TEXT,
        "capacity": st.none() | st.integers(-1, 2**31),
        "accessibility": st.sampled_from(Accessibility),
        "accuracy_m": st.none() | st.floats(-1, 2e6),
        "verified_on": DAYS,
        "opened_on": DAYS,
        "closed_on": DAYS,
        "township_code": st.none() | st.sampled_from(["T-1", "T-2", "T-9", Follows.BOUNDARY]),
    },
)
_FOLDERS = itertools.count()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=EDITS)
def test_what_is_taken_a_data_folder_takes_too_and_reads_as_the_same(
    here: Register, tmp_path: Path, fields: dict[str, Any]
) -> None:
    try:
        made = make(here, **fields)
    except InvalidQueryError:
        return
    folder = Folder(tmp_path / str(next(_FOLDERS)))
    folder.townships = [
        a_unit("T-1", a_square(114.0, 33.5)),
        a_unit("T-2", a_square(114.1, 33.5)),
        a_unit("T-3"),
    ]
    folder.stations = [a_row("A-2", **cells_of(made))]

    (read,) = read_dataset(folder.write()).stations

    assert read == made


def cells_of(station: Station) -> dict[str, str]:
    """Write a record as a line of a data folder, as its description has it."""
    cells = {
        "name": station.name,
        "name_en": station.name_en or "",
        "services": ";".join(each.kind for each in station.services),
        "amenities": ";".join(sorted(station.amenities)),
        "address": station.address or "",
        "township_code": station.township_code or "",
        "telephone": station.telephone or "",
        "capacity": "" if station.capacity is None else str(station.capacity),
        "accessibility": station.accessibility.value,
        "longitude": f"{station.reading.x:.20f}",
        "latitude": f"{station.reading.y:.20f}",
        "datum": station.reading.datum.value,
        "data_status": station.data_status.value,
        "source": station.source,
        "accuracy_m": "" if station.accuracy_m is None else f"{station.accuracy_m:.1100f}",
        "rest_for": "",
    }
    for day in ("verified_on", "opened_on", "closed_on"):
        cells[day] = "" if (known := getattr(station, day)) is None else known.isoformat()
    for each in station.services:
        cells[f"{each.kind}_hours"] = each.opening_hours or ""
        cells[f"{each.kind}_for"] = ";".join(sorted(each.groups)) or "anyone"
    return cells
