"""The map of a demand layer, as drawn."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand import DemandLayer, DemandLayerId, DemandPoints
from geo_service.domain.station import DataStatus
from maps import demand_map
from maps.demand_map import LayerChoice
from maps.demand_marks import MOST_CIRCLES, marks_of, natural_breaks
from maps.outlines import Outlines
from maps.rendering import render
from maps.sheet import Sheet
from tests.maps.test_station_map import content_of
from tests.support.map_samples import a_frame


def points(x: Any, y: Any, weight: Any, names: tuple[str, ...] | None = None) -> DemandPoints:
    at = Coordinates(
        longitudes=np.array(x, dtype=np.float64), latitudes=np.array(y, dtype=np.float64)
    )
    return DemandPoints(at=at, weight=np.array(weight, dtype=np.float64), names=names)


def even(side: int = 60) -> DemandPoints:
    x, y = np.meshgrid(114 + np.arange(side) * 0.005, 33.5 + np.arange(side) * 0.004)
    return points(x.ravel(), y.ravel(), np.full(side * side, 7.0))


def a_map(held: DemandPoints, *, choice: LayerChoice | None = None, **more: Any) -> Sheet:
    given_: dict[str, Any] = {"name": "班组", "unit": "人", "source": "a test"}
    layer = DemandLayer(
        id=DemandLayerId("crews"),
        points=held,
        data_status=DataStatus.DERIVED,
        version=1,
        **(given_ | more),
    )
    return demand_map.draw(
        layer, frame=a_frame(status=DataStatus.DERIVED), outlines=Outlines(), choice=choice
    )


# -- circles -------------------------------------------------------------------------------


def test_the_area_of_a_circle_is_the_weight() -> None:
    big, small = marks_of(points([114, 114.1], [33.5, 33.6], [400, 100])).circles

    assert (big.radius / small.radius) ** 2 == pytest.approx(4.0)


def test_the_largest_circle_is_drawn_first_so_that_none_is_hidden() -> None:
    circles = marks_of(points([1, 2, 3], [0, 0, 0], [1, 3, 2])).circles

    assert [each.weight for each in circles] == ["3.00", "2.00", "1.00"]


def test_a_point_that_weighs_nothing_is_not_drawn() -> None:
    assert len(marks_of(points([1, 2], [0, 0], [0, 3])).circles) == 1


def test_a_circle_stands_with_latitude_first() -> None:
    (circle,) = marks_of(points([114.05], [33.55], [1])).circles

    assert circle.at == [33.55, 114.05]


# -- the grid ------------------------------------------------------------------------------


def test_many_points_are_drawn_as_a_grid() -> None:
    few, many = (marks_of(points([114.0] * n, [33.5] * n, [1] * n)) for n in (1500, 1501))

    assert MOST_CIRCLES == 1500
    assert (len(few.circles), len(few.cells)) == (1500, 0)
    assert (len(many.circles), len(many.cells)) == (0, 1)


def test_an_even_spread_is_drawn_even() -> None:
    marks = marks_of(even())
    (south, west), (north, east) = marks.cells[0].corners
    inner = [
        float(cell.density.replace("\u202f", ""))
        for cell in marks.cells
        if cell.corners[0][0] > 33.5 + 2 * (north - south)
        and cell.corners[1][0] < 33.736 - 2 * (north - south)
        and cell.corners[0][1] > 114 + 2 * (east - west)
        and cell.corners[1][1] < 114.295 - 2 * (east - west)
    ]
    # 7 on each 0.005° by 0.004°, at 33.6° of latitude.
    expected = 7 / (0.005 * 111.32 * np.cos(np.radians(33.6)) * 0.004 * 111.32)

    assert len(inner) > 50
    assert np.mean(inner) == pytest.approx(expected, rel=0.02)
    assert max(inner) / min(inner) < 1.5


def test_every_cell_has_a_colour_that_the_legend_explains() -> None:
    marks = marks_of(even())

    assert {each.colour for each in marks.cells} <= {each.colour for each in marks.legend}


@given(
    st.lists(st.integers(1, 40).map(float), min_size=2, max_size=9),
    st.integers(2, 4),
)
def test_classes_part_where_values_differ_least_within_them(
    values: list[float], classes: int
) -> None:
    def spread(breaks: tuple[float, ...]) -> float:
        groups = np.split(held, np.searchsorted(held, breaks))
        return sum(float(((each - each.mean()) ** 2).sum()) for each in groups if len(each))

    held = np.sort(np.array(values))
    distinct = sorted(set(values))
    most = min(classes, len(distinct)) - 1

    best = min(spread(each) for each in combinations(distinct[1:], most))

    assert spread(natural_breaks(held, classes)) == pytest.approx(best, abs=1e-6)


def test_thousands_of_values_are_parted_too() -> None:
    heaps = np.concatenate([np.full(1000, 10.0), np.full(1000, 20.0), np.full(1000, 90.0)])
    values = heaps + np.random.default_rng(1).random(3000)

    breaks = natural_breaks(values, 3)

    assert 11 < breaks[0] <= 20
    assert 21 < breaks[1] <= 90


# -- the page ------------------------------------------------------------------------------


def test_the_page_names_unit_status_source_and_estimate() -> None:
    page = render(a_map(even(), estimate="spread evenly"), title="x", lang="zh-Hans", nonce=None)

    for said in ("每平方公里人数", "推算数据", "spread evenly", "a test", "25\u202f200"):
        assert said in page


def test_another_layer_can_be_chosen() -> None:
    choice = LayerChoice(
        action="/maps/demand",
        layers=[("crews", "班组"), ("other", "别的")],
        carried={"lang": "zh"},
    )

    page = render(a_map(even(), choice=choice), title="x", lang="zh-Hans", nonce=None)

    assert '<option value="crews" selected>班组</option>' in page
    assert '<option value="other">别的</option>' in page


def test_the_script_gets_the_marks() -> None:
    content = content_of(a_map(points([114.0], [33.5], [4], ("路段",))), "demand-content")

    assert content["marks"] == {"circles": [[[33.5, 114.0], 22.0, "4.00", "路段"]], "cells": []}
    assert content["unit"] == "人"
