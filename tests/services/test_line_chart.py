"""Line charts: what is drawn is where its figure says, and text is text."""

import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.services.line_chart import Series, in_words, line_chart

FIRST = date(2016, 1, 1)
SVG = "{http://www.w3.org/2000/svg}"
FIGURES = st.lists(st.none() | st.floats(0, 1e6), min_size=1, max_size=30)


def series(*figures: float | None, name: str = "A line") -> Series:
    return Series(
        name=name,
        points=[(FIRST + timedelta(days=90 * n), value) for n, value in enumerate(figures)],
    )


def drawn(*lines: Series, title: str = "A title", caption: str = "") -> ET.Element:
    made = line_chart(lines, title=title, caption=caption, standalone=True)
    return ET.fromstring(made)  # noqa: S314 - our own


def circles(chart: ET.Element) -> list[tuple[float, float]]:
    return [(float(each.get("cx", "")), float(each.get("cy", ""))) for each in
            chart.iter(f"{SVG}circle")]  # fmt: skip


def texts(chart: ET.Element) -> list[str]:
    return [each.text or "" for each in chart.iter(f"{SVG}text")]


def rules(chart: ET.Element) -> list[float]:
    """The heights of the rules, from the lowest up."""
    found = [each.get("d", "") for each in chart.iter(f"{SVG}path")
             if each.get("class") == "chart-rule"]  # fmt: skip
    return [float(re.findall(r"[\d.]+", path)[1]) for path in found]


@given(FIGURES)
def test_a_mark_stands_at_the_height_of_its_figure(figures: list[float | None]) -> None:
    chart = drawn(series(*figures))
    known = [value for value in figures if value is not None]
    lowest, highest = rules(chart)[0], rules(chart)[-1]
    labels = [float(text.rstrip("%").replace(",", "")) / 100 for text in texts(chart)
              if text.endswith("%")]  # fmt: skip

    heights = [(lowest - y) / (lowest - highest) * labels[-1] for _, y in circles(chart)]

    assert heights == pytest.approx(known, abs=labels[-1] / 200 + 1e-9)


@given(FIGURES, FIGURES)
def test_nothing_is_drawn_beyond_the_sheet(
    figures: list[float | None], others: list[float | None]
) -> None:
    chart = drawn(series(*figures), series(*others))
    _, _, width, height = map(float, chart.get("viewBox", "").split())

    for x, y in circles(chart):
        assert 0 <= x <= width
        assert 0 <= y <= height
    for text in chart.iter(f"{SVG}text"):
        assert 0 <= float(text.get("y", "")) <= height


def test_a_day_without_a_figure_parts_the_line() -> None:
    path = drawn(series(0.1, 0.2, None, 0.4, 0.5)).find(f".//{SVG}path[@fill='none']")

    assert path is not None
    assert re.sub("[0-9. ]", "", path.get("d", "")) == "MLML"


def test_names_of_lines_that_end_together_do_not_stand_over_each_other() -> None:
    chart = drawn(*(series(0.0, 0.5, name=f"Line {n}") for n in range(4)))

    heights = sorted(
        float(each.get("y", ""))
        for each in chart.iter(f"{SVG}text")
        if (each.text or "").startswith("Line")
    )
    assert all(below - above >= 15 for above, below in pairwise(heights))


def test_whoever_does_not_see_it_is_told_every_figure() -> None:
    line = series(0.125, None, name="Covered")
    chart = drawn(line, title="Coverage")

    assert chart.get("role") == "img"
    assert chart.findtext(f"{SVG}title") == "Coverage"
    assert chart.findtext(f"{SVG}desc") == in_words([line], "share")
    assert in_words([line], "share") == "Covered: 2016-01-01 12.5%, 2016-03-31 –."


def test_text_is_text_wherever_it_stands() -> None:
    hostile = "</title><script>alert('\"&"

    chart = drawn(series(0.1, name=hostile), title=hostile, caption=hostile)

    assert not list(chart.iter(f"{SVG}script"))
    assert texts(chart).count(hostile) == 2
    assert chart.findtext(f"{SVG}title") == hostile


def test_years_are_written_below_where_there_are_several() -> None:
    chart = drawn(series(*[0.1] * 41))

    written = [text for text in texts(chart) if re.fullmatch(r"\d{4}", text)]
    assert written[0] == "2016"
    assert 3 <= len(written) <= 6


def test_a_short_time_has_its_first_and_its_last_day_below() -> None:
    assert {"2016-01-01", "2016-06-29"} <= set(texts(drawn(series(0.1, 0.2, 0.3))))


def test_whole_figures_are_written_whole() -> None:
    chart = line_chart([series(0, 203)], title="Stations", form="whole")

    assert "203" in chart
    assert "%" not in chart


def test_a_chart_in_a_page_leaves_the_ground_to_the_page() -> None:
    assert "xmlns" not in line_chart([series(0.1)], title="A title")
    assert "<rect" not in line_chart([series(0.1)], title="A title")


def test_a_fifth_line_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 4"):
        line_chart([series(0.1)] * 5, title="A title")
