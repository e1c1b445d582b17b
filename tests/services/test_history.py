"""Coverage on one day after the other, against asking for each day by itself."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.register import Register
from geo_service.domain.station import Service, ServiceKind, StationFilter
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.services.coverage import CoverageQuery, measure_coverage
from geo_service.services.history import (
    MAX_DATES,
    HistoryQuery,
    Step,
    coverage_history,
    history_row,
    whole_history,
)
from geo_service.services.openness import OpenCondition, When
from tests.support.register import a_register, a_station

TODAY = date(2026, 11, 16)
QUESTION = CoverageQuery(radius=Metres(1000))
SQUARE = Township(
    code="T-1",
    name="Square",
    boundary=box(114.0, 33.5, 114.1, 33.6),
    boundary_status=BoundaryStatus.OFFICIAL,
    source="a test",
)
BREAKFAST = Service(kind=ServiceKind.BREAKFAST)


@pytest.fixture(scope="module")
def small() -> Register:
    """One station that always was, one that came, one that came and went, one for breakfast."""
    stations = [
        a_station("ALWAYS", 114.02, 33.55),
        a_station("CAME", 114.05, 33.55, opened_on=date(2018, 3, 1)),
        a_station("WENT", 114.08, 33.55, opened_on=date(2017, 5, 1), closed_on=date(2019, 5, 1)),
        a_station("EATS", 114.05, 33.58, BREAKFAST, opened_on=date(2020, 5, 11)),
    ]
    return a_register(stations, townships=(SQUARE,))


def asked(first: date, last: date, step: Step = Step.YEAR) -> HistoryQuery:
    return HistoryQuery(coverage=QUESTION, first=first, last=last, step=step)


def test_each_day_has_the_figures_that_it_has_when_asked_for_alone(small: Register) -> None:
    history = coverage_history(small, asked(date(2016, 6, 1), TODAY, Step.QUARTER))

    for point in history.points:
        there = [
            replace(each, opened_on=None, closed_on=None)
            for each in small.stations
            if each.in_being(point.on)
        ]
        alone = measure_coverage(a_register(there, townships=(SQUARE,)), QUESTION)
        assert point.answer.report.totals == alone.report.totals
        assert len(point.answer.stations) == len(alone.stations)
        assert point.answer.query.on == point.on


def test_what_came_and_went_since_the_day_before_is_counted(small: Register) -> None:
    history = coverage_history(small, asked(date(2017, 1, 1), date(2021, 1, 1)))

    rows = [history_row(each) for each in history.points]

    assert [row["on"][:4] for row in rows] == ["2017", "2018", "2019", "2020", "2021"]
    assert [row["stations"] for row in rows] == [1, 2, 3, 2, 3]
    assert [row["opened"] for row in rows] == [0, 1, 1, 0, 1]
    assert [row["closed"] for row in rows] == [0, 0, 0, 1, 0]


def test_days_between_which_nothing_changed_are_measured_once(small: Register) -> None:
    history = coverage_history(small, asked(date(2021, 1, 1), date(2025, 1, 1)))

    assert len({id(each.answer.report) for each in history.points}) == 1


def test_only_stations_that_match_are_in_a_history(small: Register) -> None:
    breakfast = CoverageQuery(
        radius=Metres(1000), conditions=StationFilter(service=ServiceKind.BREAKFAST)
    )
    query = HistoryQuery(coverage=breakfast, first=date(2020, 1, 1), last=date(2021, 1, 1))

    history = coverage_history(small, query)

    assert [len(each.answer.stations) for each in history.points] == [0, 1]
    assert history.undated == 0


def test_stations_of_which_nobody_knows_when_they_opened_are_counted_apart(
    small: Register,
) -> None:
    assert coverage_history(small, asked(date(2020, 1, 1), TODAY)).undated == 1


@given(
    st.dates(date(1990, 1, 1), date(2026, 1, 1)),
    st.integers(0, 3650),
    st.sampled_from(Step),
)
def test_days_are_whole_steps_from_the_first_and_end_with_the_last(
    first: date, days: int, step: Step
) -> None:
    last = first + timedelta(days=days)
    months = {Step.YEAR: 12, Step.QUARTER: 3, Step.MONTH: 1}[step]

    dates = asked(first, last, step).dates()

    assert dates == sorted(set(dates))
    assert (dates[0], dates[-1]) == (first, last)
    for number, day in enumerate(dates[:-1]):
        ahead = (day.year - first.year) * 12 + day.month - first.month
        assert ahead == number * months
        assert day.day == min(first.day, monthrange(day.year, day.month)[1])
    assert len(dates) == 1 or (last - dates[-2]).days <= 31 * months


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"first": date(2020, 1, 2), "last": date(2020, 1, 1)}, "from"),
        ({"first": date(1, 1, 1), "last": date.max, "step": Step.MONTH}, "step"),
        (
            {
                "first": TODAY,
                "last": TODAY,
                "coverage": CoverageQuery(
                    radius=Metres(1000), open=OpenCondition(when=When.INSTANT)
                ),
            },
            "open",
        ),
    ],
)
def test_a_history_that_cannot_be_told_is_refused(query: dict[str, object], parameter: str) -> None:
    with pytest.raises(InvalidQueryError) as refused:
        HistoryQuery(**({"coverage": QUESTION} | query))  # type: ignore[arg-type]

    assert [each.parameter for each in refused.value.faults] == [parameter]


def test_as_many_dates_as_are_allowed_are_and_one_more_is_not() -> None:
    first = date(2010, 1, 1)

    assert len(asked(first, date(2020, 12, 1), Step.MONTH).dates()) == MAX_DATES
    with pytest.raises(InvalidQueryError):
        asked(first, date(2021, 1, 1), Step.MONTH)


def test_more_work_than_somebody_would_wait_for_is_refused_before_it_begins(
    small: Register,
) -> None:
    query = asked(date(2016, 1, 1), TODAY, Step.MONTH)

    with pytest.raises(InvalidQueryError, match="stations to be measured"):
        coverage_history(small, query, most=5)
    assert coverage_history(small, query, most=None).points


def test_a_history_begins_with_the_year_of_the_first_date_known(small: Register) -> None:
    assert whole_history(small, TODAY) == (date(2017, 1, 1), TODAY)


def test_without_any_date_there_is_only_today() -> None:
    register = a_register([a_station("A-1")])

    assert whole_history(register, TODAY) == (TODAY, TODAY)


def test_the_shipped_register_grew_year_by_year_to_203(register: Register) -> None:
    query = CoverageQuery(radius=Metres(1000), level=Level.CITY)
    history = coverage_history(
        register, HistoryQuery(coverage=query, first=date(2016, 1, 1), last=TODAY)
    )

    counts = [len(each.answer.stations) for each in history.points]
    shares = [history_row(each)["area_coverage"] for each in history.points]
    assert (counts[0], counts[-1]) == (0, 203)
    assert counts == sorted(counts)
    assert shares == sorted(shares)
