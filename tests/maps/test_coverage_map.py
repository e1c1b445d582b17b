"""The coverage map, as drawn."""

import re
from datetime import UTC, datetime

import pytest

from geo_service.domain.coordinate import Metres
from geo_service.domain.station import Amenity, Group, ServiceKind
from maps.coverage_map import CoverageQuestion, QuestionForm, basis
from maps.rendering import render
from tests.maps.test_station_map import content_of
from tests.support.map_samples import WEST, a_coverage_map, a_unit


def _page(*, form: bool = True) -> str:
    return render(a_coverage_map(form=form), title="x", lang="zh-Hans", nonce=None)


def test_a_unit_is_coloured_by_its_class_and_one_without_a_value_has_no_colour() -> None:
    units = content_of(a_coverage_map(), "coverage-content")["units"]

    assert [each["properties"]["colour"] for each in units] == [3, None]


def test_a_unit_without_a_boundary_is_listed_and_not_drawn() -> None:
    codes = [
        each["properties"]["code"]
        for each in content_of(a_coverage_map(), "coverage-content")["units"]
    ]
    listed = re.findall(r'data-unit="(\d+)"', _page())

    assert codes == ["11", "21"]
    assert listed == ["11", "21", "22"]


def test_figures_stand_in_the_page_with_what_they_rest_on() -> None:
    page = _page()

    assert "按直线距离 1000 米计算 · EPSG:4547" in page
    assert "63.4\u202f%" in page
    assert "1\u202f234\u202f567" in page
    assert "数据版本 7 · 2026-11-22 01:00" in page


def test_the_basis_names_every_condition() -> None:
    question = CoverageQuestion(
        radius_m=Metres(800),
        service=ServiceKind.BREAKFAST,
        group=Group.SANITATION,
        amenities=frozenset({Amenity.WATER}),
        open_at=datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
    )

    assert basis(question, "en") == (
        "Within 800 m, straight line · Free breakfast · Sanitation workers · Water"
        " · open at 2026-11-23 05:00"
    )


def test_the_form_asks_the_address_it_was_given_and_carries_the_language() -> None:
    page = _page()

    assert '<form class="question" action="/maps/coverage" method="get">' in page
    assert '<input type="hidden" name="lang" value="zh">' in page
    assert '<option value="area_coverage" selected>' in page


def test_files_that_open_offline_have_no_form() -> None:
    assert "<form" not in _page(form=False)


@pytest.mark.parametrize("measure", ["population", "no_such"])
def test_a_measure_that_shading_would_misrepresent_is_refused(measure: str) -> None:
    with pytest.raises(ValueError, match="no map shows"):
        CoverageQuestion(radius_m=Metres(1000), measure=measure)


def test_a_form_that_would_run_something_is_refused() -> None:
    with pytest.raises(ValueError, match="may run"):
        QuestionForm(action="javascript:alert(1)")


def test_a_city_of_one_unit_can_be_drawn() -> None:
    page = render(a_coverage_map([a_unit("1", WEST, 0.1)]), title="x", lang="en", nonce=None)

    assert page.count("data-unit") == 1
