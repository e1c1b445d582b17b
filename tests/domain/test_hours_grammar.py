"""What of the opening-hours grammar is read, and what is refused in words."""

from datetime import date, datetime

import pytest

from geo_service.domain.errors import InvalidOpeningHoursError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.hours_grammar import MAX_LENGTH, read

NATIONAL_DAYS = HolidayCalendar(
    Holiday(
        day=day,
        kind=HolidayKind.PUBLIC_HOLIDAY,
        name="国庆节",
        status=HolidayStatus.PUBLISHED,
        source="notice",
    )
    for day in (date(2026, 10, 1), date(2026, 10, 2), date(2026, 12, 31), date(2027, 1, 1))
)
DATES = "2026 Oct 1-2026 Oct 2,2026 Dec 31,2027 Jan 1"


def written_out(expression: str, calendar: HolidayCalendar = NATIONAL_DAYS) -> list[str]:
    return [str(each) for each in read(expression, calendar).alternatives]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Mo-Fr 08:00-18:00; PH off", [f"Mo-Fr 08:00-18:00; {DATES} closed"]),
        ("Mo-Fr 08:00-18:00; ph off", [f"Mo-Fr 08:00-18:00; {DATES} closed"]),
        ("PH 09:00-12:00", [f"{DATES} 09:00-12:00"]),
        ("10:00-12:00; Sa,Su,PH off", [f"10:00-12:00; Sa,Su closed; {DATES} closed"]),
        ("PH,Sa-Su 10:00-11:00", [f"Sa-Su 10:00-11:00; {DATES} 10:00-11:00"]),
        ("Mo 08:00-09:00, PH 10:00-11:00", [f"Mo 08:00-09:00, {DATES} 10:00-11:00"]),
        (
            "Mo 08:00-09:00, Sa,PH 10:00-11:00",
            [f"Mo 08:00-09:00, Sa 10:00-11:00, {DATES} 10:00-11:00"],
        ),
        ("Mo 08:00-09:00 || PH 10:00-11:00", ["Mo 08:00-09:00", f"{DATES} 10:00-11:00"]),
        ("Mo[1,3],PH 08:00-09:00", [f"Mo[1,3] 08:00-09:00; {DATES} 08:00-09:00"]),
        ('Mo open "PH off; x || y, z"', ['Mo "PH off; x || y, z"']),
        ('Mo 08:00-09:00 "ring"', ['Mo 08:00-09:00 unknown "ring"']),
        ('Mo 08:00-09:00 OFF "ring"', ['Mo 08:00-09:00 closed "ring"']),
        ('"预约开放"', ['24/7 unknown "预约开放"']),
    ],
)
def test_holidays_and_fallbacks_and_comments_are_written_out(
    expression: str, expected: list[str]
) -> None:
    assert written_out(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("Mo 08:00-09:00; PH off", ["Mo 08:00-09:00"]), ("PH 08:00-09:00", []), ("PH off", [])],
)
def test_without_a_calendar_ph_matches_no_day(expression: str, expected: list[str]) -> None:
    assert written_out(expression, HolidayCalendar()) == expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("周一至周五 08:00-18:00", "write Mo-Fr"),
        ("Mo-Fr 08：00－18：00", "full-width"),
        ("Mo-Fr 08:00–18:00", "not a sign of the grammar"),
        ("Mo-Fr\n08:00-18:00", "not a sign of the grammar"),
        ("Mo-Fr 8-18", "hours need their minutes"),
        ("Mo-Fr 08:00-18:00;", "ends too early"),
        ("Mo-Fr 08:00-18:00 PH off", "parted by a semicolon"),
        ("Mo-Fr 08:60-18:00", "character 10"),
        ("open sometimes", "not understood"),
        ('Mo-Fr 08:00-18:00 "ring', "comment is not closed"),
        ("SH off", "school holidays"),
        ("PH +1 day off", "before or after PH"),
        ("PH -1 day off", "before or after PH"),
        ("PH Mo-Fr off", "beside a weekday"),
        ("Mo-Fr PH off", "beside a weekday"),
        ("Jan-Mar PH off", "within a year, month or week"),
        ("week 1-10 PH off", "within a year, month or week"),
        ("easter off", "easter"),
        ("sunrise-sunset", "give times"),
        ("(Sunset-01:00)-24:00", "give times"),
        ("Mo " * MAX_LENGTH, "at most 1000"),
    ],
)
def test_what_is_not_read_is_refused_in_words(expression: str, said: str) -> None:
    with pytest.raises(InvalidOpeningHoursError) as refusal:
        read(expression, NATIONAL_DAYS)

    assert said in str(refusal.value)
    assert "Mo-Fr 08:00-18:00; PH off" in str(refusal.value) or said == "at most 1000"


@pytest.mark.parametrize("comment", ["sunrise", "SH", "周一：", "PH Mo", "easter"])
def test_a_comment_may_say_anything(comment: str) -> None:
    assert written_out(f'Mo 08:00-09:00 open "{comment}"') == [f'Mo 08:00-09:00 "{comment}"']


@pytest.mark.parametrize(
    ("expression", "constant"),
    [
        ("24/7", True),
        ("00:00-24:00", True),
        ("off", True),
        ("unknown", True),
        ('24/7 open "by the gate"', True),
        ("Mo-Fr 08:00-18:00", False),
        ("24/7; PH off", False),
        ("Mo-Fr 08:00-18:00 || unknown", False),
        ("06:00-22:00", False),
    ],
)
def test_hours_that_never_change_are_known_as_such(expression: str, *, constant: bool) -> None:
    assert read(expression, NATIONAL_DAYS).is_constant is constant


@pytest.mark.parametrize(
    ("expression", "day", "named"),
    [
        ("2026 Feb 14 off", 14, True),
        ("Mo 08:00-09:00; Feb 10-Feb 20 10:00-11:00", 14, True),
        ("Mo 08:00-09:00; Feb 10-Feb 20 10:00-11:00", 21, False),
        ("Feb 10-Feb 20 Mo-Fr 10:00-11:00", 14, False),
        ("Feb 08:00-18:00", 14, False),
        ("2026 08:00-18:00", 14, False),
    ],
)
def test_days_named_by_date_are_known(expression: str, day: int, *, named: bool) -> None:
    dated = read(expression, NATIONAL_DAYS).dated

    assert (dated is not None and dated.is_open(datetime(2026, 2, day, 12))) is named  # noqa: DTZ001
