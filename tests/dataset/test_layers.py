"""Townships and counties: codes, seats, outlines, census, and the RFC 7946 form."""

import json
import re
from collections import Counter
from itertools import combinations

import pytest
import shapely
from shapely import LinearRing
from shapely.geometry import box

from geo_service.domain.township import BoundaryStatus
from tests.dataset.shipped import FOLDER, LAYERS, features, outlines, rows, square_kilometres, units

EDGES = ("west", "south", "east", "north")
UNPLACED = {"老街", "龙塔", "淞江", "东城", "老窝", "城关", "新城", "王岗", "瓦店"}


def rings(geometry: dict[str, object]) -> list[tuple[bool, list[list[float]]]]:
    """List a geometry's rings; each says whether it is an exterior."""
    coordinates: list[list[list[list[float]]]] = geometry["coordinates"]  # type: ignore[assignment]
    parts = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [(n == 0, ring) for part in parts for n, ring in enumerate(part)]  # type: ignore[misc]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_a_feature_collection_of_rfc_7946_without_crs(layer: str) -> None:
    document = json.loads((FOLDER / f"{layer}.geojson").read_text(encoding="utf-8"))
    assert set(document) == {"type", "features"}
    assert document["type"] == "FeatureCollection"
    assert all(set(each) == {"type", "properties", "geometry"} for each in document["features"])


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_has_one_feature_a_line_sorted_by_code(layer: str) -> None:
    lines = (FOLDER / f"{layer}.geojson").read_text(encoding="utf-8").splitlines()[1:-1]
    codes = [json.loads(line.rstrip(","))["properties"]["code"] for line in lines]
    assert codes == sorted(set(codes))
    assert len(codes) == len(features(layer))


@pytest.mark.parametrize("layer", LAYERS)
def test_every_ring_is_closed_and_wound_as_rfc_7946_has_it(layer: str) -> None:
    for feature in features(layer):
        for exterior, ring in rings(feature["geometry"]) if feature["geometry"] else []:
            assert ring[0] == ring[-1]
            assert len(ring) >= 4
            assert LinearRing(ring).is_ccw == exterior


@pytest.mark.parametrize("layer", LAYERS)
def test_every_coordinate_has_two_axes_and_at_most_six_decimals(layer: str) -> None:
    text = (FOLDER / f"{layer}.geojson").read_text(encoding="utf-8")
    pairs = re.findall(r"\[([-\d.]+(?:,[-\d.]+)+)\]", text)
    assert pairs
    assert all(re.fullmatch(r"\d{3}(\.\d{1,6})?,\d{2}(\.\d{1,6})?", pair) for pair in pairs)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_outline_is_valid(layer: str) -> None:
    assert all(shapely.is_valid(area) for area in outlines(layer).values())


@pytest.mark.parametrize("layer", LAYERS)
def test_the_outline_is_null_exactly_when_its_status_is_none(layer: str) -> None:
    for feature in features(layer):
        status = BoundaryStatus(feature["properties"]["boundary_status"])
        assert (feature["geometry"] is None) == (status is BoundaryStatus.NONE)
        assert status is not BoundaryStatus.OFFICIAL


def test_all_58_townships_are_there_by_the_division_codes_of_2023() -> None:
    assert all(re.fullmatch(r"4111\d{5}", unit["code"]) for unit in units("townships"))
    assert Counter(unit["code"][:6] for unit in units("townships")) == {
        "411102": 8,
        "411103": 10,
        "411104": 8,
        "411121": 14,
        "411122": 16,
        "411171": 2,
    }


def test_townships_lie_in_one_of_the_five_counties() -> None:
    counties = {unit["code"] for unit in units("counties")}
    assert len(counties) == 5
    assert {unit["county_code"] for unit in units("townships")} == counties


def test_the_two_units_under_a_statistical_code_lie_in_a_real_county_and_say_so() -> None:
    listed = [unit for unit in units("townships") if unit["code"].startswith("411171")]
    assert {unit["county_code"] for unit in listed} == {"411104"}
    assert all("漯河经济技术开发区" in unit["note"] for unit in listed)


def test_49_seats_are_known_29_from_geonames_and_20_from_boxes() -> None:
    sources = [unit["seat_source"] for unit in units("townships") if unit["seat_source"]]
    assert Counter(source.split()[0] for source in sources) == {"GeoNames": 29, "centre": 20}


def test_nine_townships_have_no_position_and_say_so() -> None:
    without = [unit for unit in units("townships") if unit["seat_longitude"] is None]
    assert {re.sub("(街道|镇)$", "", unit["name"]) for unit in without} == UNPLACED
    for unit in without:
        assert unit["seat_latitude"] is unit["seat_source"] is None
        assert unit["boundary_status"] == "none"
        assert "no position found" in unit["note"]


def test_every_seat_but_one_lies_in_its_outline() -> None:
    areas = outlines("townships")
    outside = [
        unit["name"]
        for unit in units("townships")
        if unit["seat_longitude"] is not None
        and not areas[unit["code"]].covers(
            shapely.Point(unit["seat_longitude"], unit["seat_latitude"])
        )
    ]
    assert outside == ["翟庄街道"]


def test_every_seat_lies_in_its_county() -> None:
    counties = outlines("counties")
    for unit in units("townships"):
        if unit["seat_longitude"] is not None:
            seat = shapely.Point(unit["seat_longitude"], unit["seat_latitude"])
            assert counties[unit["county_code"]].contains(seat)


def test_township_population_is_not_guessed() -> None:
    for column in ("population", "population_year", "population_source"):
        assert {unit[column] for unit in units("townships")} == {None}


def test_counties_carry_the_census_of_2020_and_name_it() -> None:
    assert {unit["code"]: unit["population"] for unit in units("counties")} == {
        "411102": 322334,
        "411103": 505302,
        "411104": 400875,
        "411121": 447130,
        "411122": 593673,
    }
    for unit in units("counties"):
        assert unit["population_year"] == 2020
        assert "第七次全国人口普查" in unit["population_source"]


def test_the_county_figures_fall_short_of_the_city_by_what_the_readme_says() -> None:
    census = {row["code"]: int(row["population"]) for row in rows("sources/census_2020.csv")}
    city = census.pop("411100")
    assert city - sum(census.values()) == 98176


def test_the_counties_measure_what_the_readme_says_and_do_not_overlap() -> None:
    counties = outlines("counties").values()
    assert sum(map(square_kilometres, counties)) == pytest.approx(2690.5, abs=0.05)
    shared = sum(square_kilometres(a.intersection(b)) for a, b in combinations(counties, 2))
    assert shared == pytest.approx(0, abs=1e-6)


def test_township_overlaps_and_gaps_are_what_the_readme_says() -> None:
    townships = list(outlines("townships").values())
    united = shapely.union_all(townships)
    city = shapely.union_all(list(outlines("counties").values()))
    overlap = sum(map(square_kilometres, townships)) - square_kilometres(united)
    assert overlap == pytest.approx(3.2, abs=0.05)
    assert square_kilometres(city.difference(united)) == pytest.approx(22.7, abs=0.05)


def test_townships_pass_the_county_lines_by_what_the_readme_says() -> None:
    counties, areas = outlines("counties"), outlines("townships")
    county_of = {unit["code"]: unit["county_code"] for unit in units("townships")}
    outside = [areas[c].difference(counties[county_of[c]]) for c in areas]
    assert sum(map(square_kilometres, outside)) == pytest.approx(0.7, abs=0.05)


def test_the_outlines_agree_with_the_published_boxes_as_the_readme_says() -> None:
    areas, agreement = outlines("townships"), []
    for row in rows("sources/townships.csv"):
        if row["box_west"]:
            west, south, east, north = (float(row[f"box_{k}"]) for k in EDGES)
            published = box(west, south, east, north)
            ours = shapely.envelope(areas[row["code"]])
            agreement.append(ours.intersection(published).area / ours.union(published).area)
    agreement.sort()
    assert len(agreement) == 40
    assert (agreement[19] + agreement[20]) / 2 == pytest.approx(0.77, abs=0.005)
    assert agreement[0] == pytest.approx(0.47, abs=0.005)


def test_names_in_english_are_plain_words_or_absent() -> None:
    names = {unit["name"]: unit["name_en"] for layer in LAYERS for unit in units(layer)}
    assert [name for name, english in names.items() if english is None] == ["翟庄街道"]
    assert all(re.fullmatch(r"[A-Z][A-Za-z' ]+", english) for english in names.values() if english)
