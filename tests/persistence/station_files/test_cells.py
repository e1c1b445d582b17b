"""What single cells say, in any of the ways that people write it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.persistence.station_files import Said, cells
from geo_service.persistence.station_files.cells import Plain
from geo_service.persistence.station_files.faults import UnfitError


def noting() -> tuple[list[Said], Callable[[Said], None]]:
    noted: list[Said] = []
    return noted, noted.append


def silently(said: Said) -> None:
    raise AssertionError(said)


@pytest.mark.parametrize(
    "written",
    [
        *("2026-05-01", "2026-5-1", "2026/5/1", "2026/05/01", "2026.5.1", "20260501"),
        *("2026年5月1日", "2026年05月01日", "2026 年 5 月 1 日", "2026-05-01 00:00:00"),
        *(" 2026-05-01\u3000", date(2026, 5, 1), datetime(2026, 5, 1, 14, 30)),  # noqa: DTZ001
    ],
)
def test_a_day_is_read_in_every_usual_style(written: Plain) -> None:
    assert cells.day(written, silently) == date(2026, 5, 1)


@pytest.mark.parametrize(
    "written",
    [
        *("5/1/2026", "1-5-2026", "2026-02-30", "2026-13-01", "2026-05", "2026年5月", "2019"),
        *("2026-05-01 14:30", "2026-05/01", "2026年5月1", "昨天", "46143", 2019, 1.5, True),
    ],
)
def test_what_may_be_another_day_or_none_is_refused(written: Plain) -> None:
    with pytest.raises(UnfitError, match="2026-05-01"):
        cells.day(written, silently)


@given(day=st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_any_day_is_the_same_in_three_styles(day: date) -> None:
    styles = (day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day:%Y年%m月%d日}")

    assert {cells.day(each, silently) for each in styles} == {day}


def test_a_day_that_lost_its_format_is_read_as_its_number_and_said() -> None:
    noted, note = noting()

    assert cells.day(46143, note) == date(2026, 5, 1)  # as LibreOffice shows that number
    assert "2026-05-01" in noted[0].zh


@pytest.mark.parametrize(
    ("written", "number"),
    [
        *(("12", 12.0), (" 12 ", 12.0), (12, 12.0), (12.5, 12.5), ("-0.5", -0.5), ("+7", 7.0)),
        *(("1,234", 1234.0), ("12,345,678", 12345678.0), ("1e-05", 0.00001), ("", None)),
        (None, None),
    ],
)
def test_a_number_is_read_from_a_number_and_from_text(written: Plain, number: float | None) -> None:
    assert cells.number_in(written, silently, -1e9, 1e9) == number


@pytest.mark.parametrize(
    "written",
    [
        *("1_000", "nan", "inf", "0x10", "12座", "约12", "1,23", "1 2", "12..5", "=1+1", "1e9999x"),
        *(True, date(2026, 5, 1), float("nan"), float("inf"), "٣"),
    ],
)
def test_what_is_no_number_is_refused(written: Plain) -> None:
    with pytest.raises(UnfitError, match="not a number"):
        cells.number_in(written, silently, -1e9, 1e9)


def test_full_width_digits_are_read_and_said() -> None:
    noted, note = noting()

    assert cells.number_in("１１４．０５", note, -180, 180) == 114.05
    assert noted == [
        Said("全角字符按半角读作 114.05", "full-width signs are read as 114.05"),
    ]


@given(number=st.floats(min_value=-180, max_value=180))
def test_any_number_survives_being_written(number: float) -> None:
    assert cells.number_in(repr(number), silently, -180, 180) == number


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  站\u00a0", "站"),
        ("\u3000\ufeff站\u200b\r\n", "站"),
        ("上海 路", "上海 路"),
        ("（全角）", "（全角）"),
        ("=1+1", "=1+1"),
        (101.0, "101"),
        (101, "101"),
        (1.5, "1.5"),
        ("", None),
        ("\u3000", None),
        (None, None),
    ],
)
def test_text_is_kept_but_for_what_stands_unseen_at_its_edges(raw: Plain, text: str | None) -> None:
    assert cells.text(raw, silently) == text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("a\0b", "U\\+0000"),
        ("a\x1b[2J", "U\\+001B"),
        ("\ud800", "U\\+D800"),
        ("站" * 2001, "longer than 2000"),
        (123456789012345678, "15 digits"),
        (1e300, "15 digits"),
    ],
)
def test_text_that_cannot_be_kept_is_refused(raw: Plain, words: str) -> None:
    with pytest.raises(UnfitError, match=words):
        cells.text(raw, silently)


def test_digits_out_of_a_number_cell_are_read_and_their_zeros_doubted() -> None:
    noted, note = noting()

    assert cells.number_as_text(3951234567, note) == "3951234567"
    assert "leading zeros" in noted[0].en


@pytest.mark.parametrize("raw", ["a b", "-a", "漯河-1", "a/b", "nearest", "a" * 65])
def test_an_identifier_that_cannot_stand_in_an_address_is_refused(raw: str) -> None:
    with pytest.raises(UnfitError):
        cells.identifier(raw, silently)


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ("饮水；座椅、热饭", ["meal_heating", "seating", "water"]),
        ("water;seating", ["seating", "water"]),
        ("微波炉/饮水机，WIFI".removesuffix("，WIFI"), ["meal_heating", "water"]),
        ("饮水, 饮水", ["water"]),
        ("Meal heating | First Aid", ["first_aid", "meal_heating"]),
        (" ；", []),
        (None, []),
    ],
)
def test_words_of_a_list_are_understood_in_both_languages(raw: Plain, codes: list[str]) -> None:
    assert cells.words(raw, "amenities") == codes


def test_a_word_that_is_not_on_the_list_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnfitError) as refused:
        cells.words("饮水；桑拿", "amenities")

    assert refused.value.said.zh.startswith("“桑拿”不在可选的词里：饮水、座椅")


@pytest.mark.parametrize(
    ("raw", "groups"),
    [
        *(("所有人", []), ("anyone", []), ("不限", []), ("环卫工人", ["sanitation"]), ("", None)),
        ("公交司机；环卫工", ["bus_driver", "sanitation"]),
    ],
)
def test_for_whom_a_service_is_tells_anyone_from_nothing_said(raw: str, groups: Any) -> None:
    assert cells.groups(raw) == groups


def test_anyone_stands_alone() -> None:
    with pytest.raises(UnfitError, match="alone"):
        cells.groups("所有人；环卫工")
