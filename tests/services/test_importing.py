"""The dry run says what each row of a file would do to the register, and why one cannot."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum, coordinate_in, reading_to_coordinate
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import (
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.domain.station_import import ImportOptions, MatchBy, RowKind, WhenMissing
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.station_files.drafts import RowDraft
from geo_service.persistence.station_files.faults import FileFault, Said
from geo_service.services.import_plan import Entry, ImportPlan
from geo_service.services.import_rows import Here
from geo_service.services.importing import plan_import
from tests.support.imports import a_new_row, a_row, a_table
from tests.support.register import a_register, a_station

TODAY = date(2026, 11, 16)
HERE = Here(area=ServedArea(margin=Metres(5000.0)), today=TODAY)


def township(code: str, name: str, county: str, west: float) -> Township:
    return Township(
        code=code,
        name=name,
        county_code=county,
        boundary=shapely.box(west, 33.5, west + 0.1, 33.6),
        boundary_status=BoundaryStatus.APPROXIMATE,
        source="a test",
    )


def county(code: str, name: str) -> County:
    return County(
        code=code, name=name, boundary=None, boundary_status=BoundaryStatus.NONE, source="a test"
    )


TOWNSHIPS = (
    township("411102001", "老街街道", "411102", 114.0),
    township("411102002", "城关镇", "411102", 114.1),
    township("411103001", "城关镇", "411103", 114.2),
)
COUNTIES = (county("411102", "源汇区"), county("411103", "郾城区"))
KNOWN = (
    a_station("LH-001", 114.05, 33.55, name="老街驿站", township_code="411102001"),
    a_station("LH-002", 114.15, 33.55, name="城关驿站", township_code="411102002"),
    a_station("LH-003", 114.25, 33.55, name="北关驿站", township_code="411103001"),
)


def town(*stations: Station) -> Register:
    return a_register(stations or KNOWN, townships=TOWNSHIPS, counties=COUNTIES)


def planned(*rows: RowDraft, register: Register | None = None, **options: Any) -> ImportPlan:
    asked = ImportOptions(**{"datum": Datum.WGS84, "source": "a.csv"} | options)
    return plan_import(register or town(), a_table(*rows), asked, HERE)


def only(plan: ImportPlan, kind: RowKind) -> Entry:
    (entry,) = [each for each in plan.entries if each.kind is kind]
    return entry


def said(entry: Entry) -> list[tuple[str | None, str]]:
    return [(each.header, each.expected.zh) for each in entry.faults]


def test_a_row_that_says_what_is_known_changes_nothing() -> None:
    plan = planned(a_row("LH-001", (114.05, 33.55), name="老街驿站"))

    assert (plan.unchanged, plan.written) == (1, [])


def test_what_a_row_does_not_say_stays() -> None:
    plan = planned(a_row("LH-001", capacity=12))

    entry = only(plan, RowKind.CHANGED)
    assert entry.after == replace(KNOWN[0], capacity=12)
    assert [(each.field, each.before, each.after) for each in entry.changes] == [
        ("capacity", None, 12)
    ]


def test_an_empty_cell_clears_what_may_be_empty() -> None:
    register = town(replace(KNOWN[0], telephone="0395-1234567"))

    plan = planned(a_row("LH-001", telephone=None), register=register)

    assert only(plan, RowKind.CHANGED).after == KNOWN[0]


def test_a_row_without_an_identifier_is_a_new_station_with_the_next_one() -> None:
    plan = planned(a_new_row("新站", (114.01, 33.51)), a_new_row("又一站", (114.09, 33.59)))

    made = plan.written
    assert [(each.id, each.name) for each in made] == [("LH-004", "新站"), ("LH-005", "又一站")]


def test_an_identifier_that_the_file_gives_is_not_made_up_for_another() -> None:
    plan = planned(
        a_new_row("无编号", (114.01, 33.51)), a_new_row("有编号", (114.09, 33.59), id="LH-004")
    )

    assert {each.name: each.id for each in plan.written} == {
        "有编号": "LH-004",
        "无编号": "LH-005",
    }


def test_a_new_station_lies_in_the_township_around_it() -> None:
    plan = planned(a_new_row("新站", (114.12, 33.51)))

    (made,) = plan.written
    assert (made.township_code, made.data_status, made.source) == (
        "411102002",
        DataStatus.OFFICIAL,
        "a.csv",
    )


def test_a_township_goes_by_its_name() -> None:
    plan = planned(a_row("LH-002", township="老 街街道"))

    after = only(plan, RowKind.CHANGED).after
    assert after is not None
    assert after.township_code == "411102001"


@pytest.mark.parametrize("written", [{"township": "郾城区城关镇"},
                                     {"township": "城关镇", "county": "郾城区"}])  # fmt: skip
def test_of_two_townships_of_one_name_the_county_tells_which(written: dict[str, Any]) -> None:
    plan = planned(a_row("LH-001", **written))

    after = only(plan, RowKind.CHANGED).after
    assert after is not None
    assert after.township_code == "411103001"


def test_of_two_townships_of_one_name_the_place_tells_which() -> None:
    plan = planned(a_new_row("新站", (114.29, 33.51), township="城关镇"))

    (made,) = plan.written
    assert made.township_code == "411103001"


def test_a_township_that_nobody_knows_is_wrong_and_a_like_one_is_offered() -> None:
    plan = planned(a_row("LH-001", township="老街街到", written={"township": "老街街到"}))

    fault = only(plan, RowKind.WRONG).faults[0]
    assert (fault.row, fault.column, fault.value) == (2, "F", "老街街到")
    assert "是不是老街街道" in fault.expected.zh


def test_a_station_that_moves_into_another_township_is_put_there() -> None:
    plan = planned(a_row("LH-001", (114.15, 33.52)))

    entry = only(plan, RowKind.CHANGED)
    assert entry.after is not None
    assert entry.after.township_code == "411102002"
    assert entry.moved_m == pytest.approx(
        KNOWN[0].coordinate.distance_to(Coordinate(longitude=114.15, latitude=33.52))
    )


def test_a_place_outside_the_township_of_its_row_is_told() -> None:
    plan = planned(a_new_row("新站", (114.12, 33.51), township="老街街道"))

    entry = only(plan, RowKind.NEW)
    assert entry.astray
    assert plan.is_sound


def test_the_same_place_in_another_datum_is_no_move() -> None:
    x, y = coordinate_in(KNOWN[0].coordinate, Datum.GCJ02)

    plan = planned(a_row("LH-001", (round(x, 6), round(y, 6)), datum=Datum.GCJ02))

    assert plan.unchanged == 1


def test_one_service_gets_other_hours_and_the_other_stays() -> None:
    both = (
        Service(kind=ServiceKind.REST, opening_hours="Mo-Fr 08:00-18:00"),
        Service(kind=ServiceKind.BREAKFAST, groups=frozenset({Group.SANITATION})),
    )
    register = town(replace(KNOWN[0], services=both))

    plan = planned(a_row("LH-001", rest_hours="24/7"), register=register)

    after = only(plan, RowKind.CHANGED).after
    assert after is not None
    assert after.services == (replace(both[0], opening_hours="24/7"), both[1])


def test_hours_of_a_service_that_is_not_offered_are_wrong() -> None:
    plan = planned(a_row("LH-001", breakfast_hours="05:30-07:00"))

    assert said(only(plan, RowKind.WRONG)) == [(None, "有早餐时间，但“服务”里没有早餐")]


def test_a_new_station_needs_a_name_a_service_and_a_place() -> None:
    plan = planned(a_row(township="老街街道"))

    assert [header for header, _ in said(only(plan, RowKind.WRONG))] == [
        "name",
        "services",
        "longitude",
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    plan = planned(
        a_row("LH-001", name=""),
        a_new_row("新站", (33.51, 80.0)),
        a_row("LH-002", opened_on=date(2026, 2, 1), closed_on=date(2026, 1, 1)),
    )

    assert [each.row for each in plan.entries if each.kind is RowKind.WRONG] == [2, 3, 4]
    assert not plan.is_sound


def test_what_the_reader_found_wrong_stays_with_its_row() -> None:
    fault = FileFault(file="a.csv", expected=Said("应为整数", "must be whole"), row=2)

    plan = planned(a_row("LH-001", faults=(fault,)))

    assert only(plan, RowKind.WRONG).faults == (fault,)
    assert all(each.station_id != "LH-001" for each in plan.entries if each.kind is RowKind.MISSING)


def test_swapped_degrees_are_pointed_out() -> None:
    plan = planned(a_new_row("新站", (33.55, 80.0)), a_new_row("别处", (33.55, 89.9)))

    faults = [each.faults[0].expected.zh for each in plan.entries if each.faults]
    assert all("不在服务范围之内" in each for each in faults)


def test_a_place_far_outside_can_be_allowed() -> None:
    far = a_new_row("远方", (116.0, 40.0))

    assert not planned(far).is_sound
    assert planned(far, allow_outside=True).is_sound


def test_two_rows_of_one_station_are_wrong() -> None:
    plan = planned(a_row("LH-001", capacity=1), a_row("LH-001", capacity=2))

    fault = only(plan, RowKind.WRONG).faults[0]
    assert (fault.row, fault.expected.zh) == (3, "与第 2 行是同一个站点（LH-001）")


def test_a_row_without_an_identifier_finds_its_station_by_name_where_that_is_wished() -> None:
    row = a_row(name="老街 驿站", capacity=5)

    entry = only(planned(row, match=MatchBy.NAME), RowKind.CHANGED)

    assert entry.station_id == "LH-001"


def test_a_name_that_several_stations_have_finds_none() -> None:
    register = town(KNOWN[0], replace(KNOWN[1], name="老街驿站"))

    plan = planned(a_row(name="老街驿站", capacity=5), register=register, match=MatchBy.NAME)

    assert "请写编号：LH-001, LH-002" in only(plan, RowKind.WRONG).faults[0].expected.zh


def test_what_the_file_lacks_is_left_alone() -> None:
    plan = planned(a_row("LH-001", capacity=5))

    missing = [each for each in plan.entries if each.kind is RowKind.MISSING]
    assert [each.station_id for each in missing] == ["LH-002", "LH-003"]
    assert [each.id for each in plan.written] == ["LH-001"]


def test_what_the_file_lacks_can_be_closed_on_a_day() -> None:
    day = date(2026, 12, 1)

    plan = planned(a_row("LH-001"), missing=WhenMissing.CLOSE, closed_on=day)

    assert {each.id: each.closed_on for each in plan.written} == {"LH-002": day, "LH-003": day}


def test_what_is_closed_already_is_not_missing() -> None:
    register = town(KNOWN[0], replace(KNOWN[1], closed_on=date(2025, 1, 1)))

    assert planned(a_row("LH-001"), register=register).counts[RowKind.MISSING] == 0


def test_what_opens_later_than_the_day_of_closing_is_wrong() -> None:
    register = town(replace(KNOWN[0], opened_on=date(2020, 1, 1)))

    plan = planned(register=register, missing=WhenMissing.CLOSE, closed_on=date(2019, 1, 1))

    assert not plan.is_sound


def test_a_file_that_lacks_rows_makes_nothing_missing() -> None:
    fault = FileFault(file="a.csv", expected=Said("行数太多", "too many rows"))
    asked = ImportOptions(datum=Datum.WGS84, source="a.csv")

    plan = plan_import(town(), a_table(a_row("LH-001"), faults=(fault,)), asked, HERE)

    assert (plan.counts[RowKind.MISSING], plan.is_sound) == (0, False)


def test_a_new_station_that_may_be_a_known_one_is_told() -> None:
    plan = planned(a_new_row("老街爱心驿站", (114.0502, 33.55)))

    (alike,) = only(plan, RowKind.NEW).alike
    assert (alike.station_id, alike.name) == ("LH-001", "老街驿站")
    assert alike.distance_m == pytest.approx(18.6, abs=0.2)


def test_two_new_stations_that_may_be_one_are_told_of_each_other() -> None:
    plan = planned(
        a_new_row("河西驿站", (114.01, 33.51)), a_new_row("河西爱心驿站", (114.0101, 33.51))
    )

    found = {each.station_id: [one.station_id for one in each.alike] for each in plan.entries}
    assert (found[StationId("LH-004")], found[StationId("LH-005")]) == (["LH-005"], ["LH-004"])


@pytest.mark.parametrize(
    ("row", "is_sound"),
    [
        (a_row("LH-001", capacity=5), True),
        (a_row("LH-003", capacity=5), False),
        (a_row("LH-001", (114.25, 33.52)), False),
        (a_row("LH-003"), True),
    ],
)
def test_stations_of_other_counties_stay_as_they_are(row: RowDraft, *, is_sound: bool) -> None:
    plan = planned(row, counties=frozenset({"411102"}))

    assert plan.is_sound is is_sound
    assert all(each.station_id != "LH-003" or each.row for each in plan.entries)


@given(
    st.sampled_from(Datum),
    st.sampled_from(Datum),
    st.lists(st.tuples(st.floats(114.0, 114.1), st.floats(33.5, 33.6)), min_size=8, max_size=30),
)
def test_readings_of_known_stations_speak_for_their_own_datum(
    true: Datum, declared: Datum, places: list[tuple[float, float]]
) -> None:
    at = [Coordinate(longitude=x, latitude=y) for x, y in places]
    register = town(*(a_station(f"LH-{n:03}", *each) for n, each in enumerate(places)))
    rows = []
    for number, each in enumerate(at):
        x, y = coordinate_in(each, true)
        reading = Reading(x=round(x, 6), y=round(y, 6), datum=declared)
        rows.append(a_row(f"LH-{number:03}", reading=reading))

    check = planned(*rows, register=register, datum=declared).datum

    if true is declared:
        assert check.likely is None
    else:
        assert check.likely is true
        assert (check.better, check.worse) == (len(places), 0)


def test_new_rows_along_a_border_speak_for_the_datum_that_puts_them_in_their_townships() -> None:
    # Read as WGS 84 those at the eastern border lie beyond it, read as BD-09 those at the western.
    rows = []
    for number in range(12):
        inside = Coordinate(
            longitude=(114.002, 114.098)[number % 2], latitude=33.51 + 0.005 * number
        )
        x, y = coordinate_in(inside, Datum.GCJ02)
        rows.append(a_new_row(f"{number}号", (x, y), township="老街街道"))

    check = planned(*rows).datum

    assert (check.likely, check.better, check.worse) == (Datum.GCJ02, 6, 0)
    assert check.right == {Datum.WGS84: 6, Datum.GCJ02: 12, Datum.BD09: 6}


def test_few_rows_are_no_majority() -> None:
    x, y = coordinate_in(KNOWN[0].coordinate, Datum.GCJ02)

    assert planned(a_row("LH-001", (x, y))).datum.likely is None


def test_a_row_that_names_its_own_datum_says_nothing_of_the_others() -> None:
    rows = [a_row("LH-001", coordinate_in(KNOWN[0].coordinate, Datum.BD09), datum=Datum.BD09)]

    assert planned(*rows).datum.rows == 0


def test_readings_copied_from_the_register_are_no_evidence() -> None:
    at = reading_to_coordinate(114.05, 33.55, Datum.GCJ02)
    station = replace(
        KNOWN[0], coordinate=at, reading=Reading(x=114.05, y=33.55, datum=Datum.GCJ02)
    )

    plan = planned(
        a_row("LH-001", (114.05, 33.55), datum=Datum.GCJ02),
        register=town(station),
        datum=Datum.GCJ02,
    )

    assert (plan.unchanged, plan.datum.rows) == (1, 0)
