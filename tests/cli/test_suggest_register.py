"""`geo-service suggest` from the register, with each of the files and options it takes."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from geographiclib.geodesic import Geodesic

from geo_service.domain.datum import Datum, to_wgs84
from tests.cli.conftest import Command

# Half of the city's extent, from west to east.
WEST_OF = 114.0
PLACES = {"甲": (114.02, 33.58), "乙": (114.05, 33.60), "丙": (113.70, 33.80)}


def asked(shell: Command, *arguments: object) -> Any:
    result = shell("suggest", "--radius", 1000, "--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def features(*geometries: tuple[dict[str, Any], str]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": geometry, "properties": {"name": name}}
                for geometry, name in geometries
            ],
        }
    )


def as_csv(folder: Path) -> Path:
    path = folder / "places.csv"
    rows = "".join(f"{x},{y},{name}\n" for name, (x, y) in PLACES.items())
    path.write_text("lon,lat,name\n" + rows, encoding="utf-8")
    return path


def as_geojson(folder: Path) -> Path:
    path = folder / "places.geojson"
    points = (({"type": "Point", "coordinates": [x, y]}, name) for name, (x, y) in PLACES.items())
    path.write_text(features(*points), encoding="utf-8")
    return path


def test_residents_are_the_demand_where_their_layer_is_named(shell: Command) -> None:
    found = asked(shell, "--sites", 2, "--demand", "population")

    assert (found["layer"], found["status"]) == ("population", "optimal")
    assert found["unit"] != "m²"
    assert found["before"] < found["objective"] <= found["demand_weight"]
    gained = sum(site["gained"] for site in found["sites"])
    assert gained <= found["objective"] - found["before"] + 1e-6


def test_a_layer_that_is_not_there_is_said(shell: Command) -> None:
    result = shell("suggest", "--sites", 1, "--radius", 1000, "--demand", "nobody")

    assert result.exit_code == 1
    assert "nobody" in result.stderr


def test_a_walk_is_estimated_longer_than_the_straight_line(shell: Command, tmp_path: Path) -> None:
    question = ("--sites", 1, "--candidates", as_csv(tmp_path), "--datum", "wgs84")

    straight = asked(shell, *question)
    walked = asked(shell, *question, "--distance", "estimated_walk")

    assert walked["distance_type"] == "estimated_walk"
    assert walked["before"] < straight["before"]
    assert walked["objective"] < straight["objective"]


def test_no_site_stands_on_excluded_ground(shell: Command, tmp_path: Path) -> None:
    path = tmp_path / "closed.geojson"
    ring = [[WEST_OF, 33.0], [115.0, 33.0], [115.0, 34.5], [WEST_OF, 34.5], [WEST_OF, 33.0]]
    path.write_text(features(({"type": "Polygon", "coordinates": [ring]}, "东")), encoding="utf-8")

    everywhere = asked(shell, "--sites", 12)
    found = asked(shell, "--sites", 12, "--exclude", path, "--datum", "wgs84")

    assert any(site["lon"] > WEST_OF for site in everywhere["sites"])
    assert all(site["lon"] < WEST_OF for site in found["sites"])
    assert found["candidates"] < everywhere["candidates"]
    assert "lie on excluded ground" in found["notes"][0]


def test_required_places_are_among_the_sites(shell: Command, tmp_path: Path) -> None:
    question = ("--sites", 4, "--require", as_csv(tmp_path), "--datum", "wgs84")

    found = asked(shell, *question)

    required = {site["name"] for site in found["sites"] if site["required"]}
    assert required == set(PLACES)
    assert len(found["sites"]) == 4


@pytest.mark.parametrize("written", [as_csv, as_geojson], ids=["CSV", "GeoJSON"])
@pytest.mark.parametrize("datum", Datum)
def test_listed_candidates_are_read_on_the_datum_they_are_said_to_be_on(
    shell: Command, tmp_path: Path, written: Any, datum: Datum
) -> None:
    question = ("--sites", 3, "--candidates", written(tmp_path), "--require", written(tmp_path))

    found = asked(shell, *question, "--datum", datum.value)

    at = {site["name"]: (site["lon"], site["lat"]) for site in found["sites"]}
    assert set(at) == set(PLACES)
    for name, (x, y) in PLACES.items():
        lon, lat = to_wgs84(x, y, datum)
        line = Geodesic.WGS84.Inverse(lat, lon, at[name][1], at[name][0])
        assert line["s12"] < 0.2  # six decimals of a degree


def test_files_without_a_datum_are_refused(shell: Command, tmp_path: Path) -> None:
    result = shell("suggest", "--sites", 1, "--radius", 1000, "--require", as_csv(tmp_path))

    assert result.exit_code == 2
    assert "--datum is missing" in result.stderr


def test_each_point_of_the_curve_is_what_so_many_sites_alone_achieve(shell: Command) -> None:
    question = ("--demand", "population", "--curve", "--distance", "estimated_walk")

    curve = asked(shell, "--sites", 4, *question)["curve"]
    alone = asked(shell, "--sites", 2, "--demand", "population", "--distance", "estimated_walk")

    assert [point["sites"] for point in curve] == [0, 1, 2, 3, 4]
    assert [point["status"] for point in curve] == ["optimal"] * 5
    assert all(one["objective"] < other["objective"] for one, other in pairwise(curve))
    assert curve[2]["objective"] == pytest.approx(alone["objective"], rel=1e-12)
