"""Another city's data in the same form: the service answers right for it, without a setting."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from geographiclib.geodesic import Geodesic
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo_service import create_app
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT, Settings
from tests.support import montreal
from tests.support.postgis import postgis

RADIUS = 500
ORIGINS = 200


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The service over Montreal, with default settings."""
    folder = montreal.write_folder(tmp_path_factory.mktemp("montreal"))
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        load_folder(database, folder, author="a test", reason="another city")
        home = Path(tmp_path_factory.mktemp("home"))
        app = create_app(Settings(home=home, log_level="error"), database=database)
        yield app.test_client()
        database.engine.dispose()


def asked(city: FlaskClient, path: str, **query: object) -> Any:
    answer = city.get(path, query_string={key: str(value) for key, value in query.items()})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json(force=True)


@pytest.fixture(scope="module")
def coverage(city: FlaskClient) -> Any:
    """The coverage of the districts within 500 m."""
    return asked(city, "/api/v1/coverage", radius=RADIUS)


# -- nearest -------------------------------------------------------------------------------


def test_all_stations_of_the_city_are_there(city: FlaskClient) -> None:
    answer = asked(city, "/api/v1/stations", limit=1000)

    assert answer["numberMatched"] == 249
    assert answer["place"] == "Montréal"
    assert answer["data_status"] == {"derived": 249}


def test_nearest_agrees_with_brute_force_on_the_spheroid(city: FlaskClient) -> None:
    places = montreal.carshare()
    for longitude, latitude in origins():
        answer = asked(city, "/api/v1/stations/nearest", lon=longitude, lat=latitude, limit=10)

        distances = sorted(
            Geodesic.WGS84.Inverse(latitude, longitude, y, x, Geodesic.DISTANCE)["s12"]
            for x, y in places
        )
        found = [feature["properties"]["distance_m"] for feature in answer["features"]]
        assert found == pytest.approx(distances[:10], abs=0.006)


def test_each_station_found_stands_where_its_distance_says(city: FlaskClient) -> None:
    longitude, latitude = -73.58, 45.51
    geod = Geod(ellps="WGS84")

    answer = asked(city, "/api/v1/stations/nearest", lon=longitude, lat=latitude, limit=50)

    for feature in answer["features"]:
        x, y = feature["geometry"]["coordinates"]
        assert geod.inv(longitude, latitude, x, y)[2] == pytest.approx(
            feature["properties"]["distance_m"], abs=0.02
        )


def origins() -> Iterator[tuple[float, float]]:
    chance = random.Random(249)  # noqa: S311 - the same origins each time
    for _ in range(ORIGINS):
        yield round(chance.uniform(-73.95, -73.48), 6), round(chance.uniform(45.42, 45.70), 6)


def test_instants_are_in_the_citys_own_time(city: FlaskClient) -> None:
    answer = asked(city, "/api/v1/stations/nearest", lon=-73.58, lat=45.51)

    assert answer["instant"][-6:] in {"-05:00", "-04:00"}


def test_a_position_in_china_is_refused_with_how_far_away_it_is(city: FlaskClient) -> None:
    refusal = city.get("/api/v1/stations/nearest?lon=114.02&lat=33.58")

    assert refusal.status_code == 422
    detail = refusal.get_json(force=True)["detail"]
    to_a_corner = Geod(ellps="WGS84").inv(114.02, 33.58, -73.947536, 45.705471)[2]
    said = re.search(r"lies ([0-9,]+) km outside", detail)
    assert said
    assert float(said[1].replace(",", "")) == pytest.approx(to_a_corner / 1000, rel=0.01)
    assert "Montréal" in detail


# -- coverage ------------------------------------------------------------------------------


def test_every_district_is_measured(coverage: Any) -> None:
    assert len(coverage["units"]) == 58
    assert all(unit["area_coverage"] is not None for unit in coverage["units"])
    assert not any(unit["approximate"] for unit in coverage["units"])


def test_the_plane_is_none_of_china(coverage: Any) -> None:
    assert "transverse Mercator" in coverage["crs"]["name"]
    assert "CGCS" not in coverage["crs"]["name"]


def test_covered_ground_agrees_with_geopandas_in_the_provinces_own_plane(coverage: Any) -> None:
    # NAD83 / MTM zone 8: another plane, another library's discs, another order of operations.
    plane = "EPSG:32188"
    frame = geopandas.GeoDataFrame.from_features(montreal.districts(), crs="EPSG:4326")
    frame["code"] = [district["id"] for district in montreal.districts()]
    x, y = zip(*montreal.carshare(), strict=True)
    discs = geopandas.GeoSeries.from_xy(x, y, crs="EPSG:4326").to_crs(plane)
    reach = geopandas.GeoDataFrame(geometry=discs.buffer(RADIUS, quad_segs=90), crs=plane)
    districts = frame[["code", "geometry"]].to_crs(plane)
    covered = geopandas.overlay(districts, reach.dissolve(), how="intersection")
    expected = covered.set_index("code").area.reindex(districts["code"]).fillna(0.0)
    areas = districts.set_index("code").area

    for unit in coverage["units"]:
        area = areas[unit["code"]]
        assert unit["area_km2"] * 1e6 == pytest.approx(area, rel=0.001)
        assert unit["covered_km2"] * 1e6 == pytest.approx(
            expected[unit["code"]], abs=0.001 * area
        ), unit["name"]


def test_covered_twice_agrees_with_counting_samples_by_geodesic(coverage: Any) -> None:
    # No plane at all: even samples of the ground, each by its geodesics to all places.
    geod, chance = Geod(ellps="WGS84"), np.random.default_rng(58)
    x, y = (np.array(each) for each in zip(*montreal.carshare(), strict=True))
    shares = {unit["code"]: unit["cross_coverage"] for unit in coverage["units"]}
    busiest = sorted(montreal.districts(), key=lambda each: -shares[each["id"]])[:6]
    for district in busiest:
        at = samples(shapely.geometry.shape(district["geometry"]), 4000, chance)
        origins_x, origins_y = (np.repeat(axis, len(x)) for axis in at.T)
        _, _, metres = geod.inv(origins_x, origins_y, np.tile(x, len(at)), np.tile(y, len(at)))
        reached = (np.asarray(metres).reshape(len(at), len(x)) <= RADIUS).sum(axis=1)

        # Five standard deviations of 4,000 samples.
        assert shares[district["id"]] == pytest.approx((reached >= 2).mean(), abs=0.04)


def samples(
    outline: BaseGeometry, count: int, chance: np.random.Generator
) -> np.ndarray[Any, np.dtype[np.float64]]:
    west, south, east, north = outline.bounds
    # Over one district a degree of longitude is as good as the same everywhere.
    drawn = chance.uniform((west, south), (east, north), size=(20 * count, 2))
    return drawn[shapely.contains_xy(outline, drawn)][:count]


def test_the_worst_gap_is_as_far_from_every_station_as_it_says(coverage: Any) -> None:
    geod = Geod(ellps="WGS84")
    places = montreal.carshare()
    for unit in coverage["units"]:
        gap = unit["worst_gap_longitude"], unit["worst_gap_latitude"]
        nearest = min(geod.inv(*gap, *place)[2] for place in places)
        assert nearest == pytest.approx(unit["worst_gap_distance_m"], abs=1)


def test_the_city_as_one_unit_needs_no_counties(city: FlaskClient) -> None:
    answer = asked(city, "/api/v1/coverage", radius=RADIUS, level="city")

    [unit] = answer["units"]
    whole = geopandas.GeoSeries.from_wkb(
        [shapely.geometry.shape(each["geometry"]).wkb for each in montreal.districts()],
        crs="EPSG:4326",
    ).to_crs("EPSG:32188")
    assert unit["area_km2"] * 1e6 == pytest.approx(whole.union_all().area, rel=0.001)
    assert (unit["name"], unit["stations"]) == ("Montréal", 249)


def test_the_county_level_is_empty_without_counties(city: FlaskClient) -> None:
    assert asked(city, "/api/v1/coverage", level="county")["units"] == []


def test_geojson_has_a_feature_for_every_district(city: FlaskClient) -> None:
    answer = asked(city, "/api/v1/coverage", radius=RADIUS, f="geojson")

    assert len(answer["features"]) == 58
    assert all(feature["geometry"] for feature in answer["features"])


# -- pages ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/maps/stations", "/maps/coverage", "/", "/coverage"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_are_of_this_place_and_no_other(city: FlaskClient, path: str, lang: str) -> None:
    page = city.get(path, query_string={"lang": lang})

    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "Montr" in text
    assert not [word for word in ("漯河", "Luohe", 'class="ribbon"') if word in text]


# -- the code ------------------------------------------------------------------------------

CODE = [
    path
    for folder in ("geo_service", "maps", "migrations")
    for path in sorted((PROJECT / folder).rglob("*"))
    if path.is_file() and path.suffix in {".py", ".j2", ".html", ".js", ".css", ".mako"}
    if "vendor" not in path.parts
]


def test_nothing_in_the_code_knows_the_city_whose_data_ship() -> None:
    named = [
        f"{path.relative_to(PROJECT)}: {word}"
        for path in CODE
        for word in ("luohe", "漯河", "4111")
        if word in path.read_text(encoding="utf-8").lower()
    ]

    assert len(CODE) > 80
    assert named == []
