"""Figures, and the classes they fall into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.measures import CLASSES, MEASURES, breaks_of, class_of, colour_of, range_of, written

SHARE = MEASURES["area_coverage"]
METRES = MEASURES["nearest_mean_m"]
RATE = MEASURES["stations_per_10000"]


@pytest.mark.parametrize(
    ("measure", "value", "text"),
    [
        (SHARE, 0.6341, "63.4\u202f%"),
        (METRES, 12345.6, "12\u202f346"),
        (RATE, 0.861, "0.86"),
        (METRES, None, None),
        (METRES, float("nan"), None),
        (METRES, "n. b.", "n. b."),
    ],
)
def test_a_figure_is_written_as_people_read_it(
    measure: object, value: float | str | None, text: str | None
) -> None:
    assert written(measure, value) == text  # type: ignore[arg-type]


def test_shares_break_at_each_fifth_whatever_the_figures() -> None:
    assert breaks_of(SHARE, [0.1, 0.11]) == (0.2, 0.4, 0.6, 0.8)


def test_a_figure_on_a_break_belongs_to_the_class_that_begins_there() -> None:
    assert [class_of(each, (0.2, 0.4)) for each in (0.19, 0.2, 0.4)] == [0, 1, 2]


def test_the_legend_says_where_each_class_begins_and_ends() -> None:
    breaks = (0.2, 0.4, 0.6, 0.8)

    said = [range_of(SHARE, position, breaks).replace("\u202f", " ") for position in (0, 1, 4)]

    assert said == ["< 20 %", "20 % – 40 %", "≥ 80 %"]


def test_one_and_the_same_figure_everywhere_is_one_class() -> None:
    assert breaks_of(METRES, [500.0] * 9) == ()


def test_no_figures_give_no_breaks() -> None:
    assert breaks_of(METRES, []) == ()


@given(st.lists(st.floats(min_value=0, max_value=1e6), max_size=60))
def test_breaks_rise_and_no_figure_falls_outside_five_colours(values: list[float]) -> None:
    breaks = breaks_of(METRES, values)

    assert list(breaks) == sorted(set(breaks))
    assert len(breaks) < CLASSES
    assert {colour_of(class_of(each, breaks), breaks) for each in values} <= set(range(CLASSES))


@given(st.lists(st.floats(min_value=0, max_value=1e6), min_size=2, max_size=60))
def test_a_greater_figure_is_never_paler(values: list[float]) -> None:
    breaks = breaks_of(METRES, values)
    colours = [colour_of(class_of(each, breaks), breaks) for each in sorted(values)]

    assert colours == sorted(colours)
