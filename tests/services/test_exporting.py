"""Exports: what a spreadsheet opens is text and numbers, and every unit is there."""

import csv
import io
import json
import math

import pytest

from geo_service.domain.coordinate import Metres
from geo_service.domain.register import Register
from geo_service.services.coverage import CoverageAnswer, CoverageQuery, measure_coverage
from geo_service.services.exporting import (
    coverage_csv,
    coverage_features,
    csv_text,
    totals_row,
    unit_row,
)


@pytest.fixture(scope="module")
def answer(register: Register) -> CoverageAnswer:
    """The coverage of the shipped townships."""
    return measure_coverage(register, CoverageQuery(radius=Metres(1000)))


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    "hostile", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']
)
def test_a_cell_that_would_run_as_a_formula_is_text(hostile: str) -> None:
    [row] = rows(csv_text([{"name": hostile}]))

    assert row["name"] == "'" + hostile


@pytest.mark.parametrize("plain", ["a=b", "3-5", "o'clock", "演示", 'say "x", twice', "two\nlines"])
def test_other_text_comes_back_as_it_was(plain: str) -> None:
    [row] = rows(csv_text([{"name": plain}]))

    assert row["name"] == plain


def test_numbers_stay_numbers_though_they_are_negative() -> None:
    [row] = rows(csv_text([{"longitude": -73.5, "nothing": None, "certain": True}]))

    assert row == {"longitude": "-73.5", "nothing": "", "certain": "true"}


def test_no_rows_make_an_empty_file() -> None:
    assert csv_text([]) == ""


def test_the_csv_has_a_line_for_every_township(answer: CoverageAnswer) -> None:
    lines = rows(coverage_csv(answer, {"radius_m": 1000, "revision": 7}))

    assert len(lines) == 58
    assert {line["revision"] for line in lines} == {"7"}
    assert all(line["missing"] for line in lines if not line["area_km2"])


def test_every_township_is_a_feature_with_null_where_no_boundary_is_known(
    answer: CoverageAnswer,
) -> None:
    features = coverage_features(answer.report)

    without = [each for each in features if each["geometry"] is None]
    assert (len(features), len(without)) == (58, 9)
    assert all(each["properties"]["boundary_status"] == "none" for each in without)
    assert all(each["properties"]["area_coverage"] is None for each in without)


def test_features_are_json_without_nan(answer: CoverageAnswer) -> None:
    text = json.dumps(coverage_features(answer.report), allow_nan=False)

    assert json.loads(text)[0]["type"] == "Feature"


def test_a_feature_says_what_its_row_says(answer: CoverageAnswer) -> None:
    for feature, unit in zip(coverage_features(answer.report), answer.report.units, strict=True):
        assert feature["properties"] == unit_row(unit)
        assert feature["id"] == unit.unit.code


def test_shares_lie_between_nothing_and_all(answer: CoverageAnswer) -> None:
    for unit in answer.report.units:
        row = unit_row(unit)
        if row["area_coverage"] is not None:
            assert 0 <= row["cross_coverage"] <= row["area_coverage"] <= 1
            assert row["covered_km2"] == pytest.approx(
                row["area_coverage"] * row["area_km2"], abs=0.001 * row["area_km2"]
            )


def test_totals_are_of_all_units_together(answer: CoverageAnswer) -> None:
    totals, units = totals_row(answer.report.totals), list(map(unit_row, answer.report.units))

    assert totals["stations"] + totals["stations_elsewhere"] == 203
    assert totals["units_measured"] == 49
    assert totals["area_km2"] == pytest.approx(
        math.fsum(unit["area_km2"] or 0 for unit in units), abs=0.01
    )
