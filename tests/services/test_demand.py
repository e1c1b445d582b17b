"""Demand layers as every analysis gets them."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from shapely import box

from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum
from geo_service.domain.demand import POPULATION, DemandLabel, DemandLayerId
from geo_service.domain.errors import DemandLayerNotFoundError, RegisterUnavailableError
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.services.demand import layer_of, layers, load_layer, remove_layer
from tests.conftest import SHIPPED
from tests.support.postgis import postgis
from tests.support.register import a_register, a_station

CREWS = DemandLayerId("crews")


@pytest.fixture
def database(scratch: Database) -> Iterator[Database]:
    """A database without a layer, before and after."""
    yield scratch
    for each in layers(a_register([]), scratch):
        remove_layer(scratch, each.id)


def load(database: Database, folder: Path, *lines: str) -> None:
    file = folder / "crews.csv"
    file.write_text("\n".join(("lon,lat,weight,name", *lines)), encoding="utf-8")
    label = DemandLabel(id=CREWS, name="班组", unit="人", source="a test", datum=Datum.WGS84)
    register = a_register([a_station("A")])
    load_layer(register, database, file, label, served=ServedArea(margin=Metres(1e6)))


# -- loaded layers -------------------------------------------------------------------------


def test_a_layer_comes_back_to_the_last_digit(database: Database, tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    x, y = 114 + chance.random(500), 33 + chance.random(500)
    weights = chance.random(500) * 100
    cells = enumerate(zip(x, y, weights, strict=True))
    lines = [f"{lon:.17f},{lat:.17f},{weight:.17f},{n}" for n, (lon, lat, weight) in cells]
    load(database, tmp_path, *lines)

    points = layer_of(a_register([]), database, CREWS).points

    assert points.at.longitudes.tolist() == x.tolist()
    assert points.at.latitudes.tolist() == y.tolist()
    assert points.weight.tolist() == weights.tolist()
    assert points.names == tuple(map(str, range(500)))


def test_the_list_says_what_the_layer_is(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path, "114.1,33.5,2,", "114.3,33.4,3,")

    (listed,) = layers(a_register([]), database)

    bounds = listed.bounds
    assert (listed.points, listed.total) == (2, 5.0)
    assert (bounds.west, bounds.south, bounds.east, bounds.north) == (114.1, 33.4, 114.3, 33.5)


def test_a_layer_is_read_once_for_each_version(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path, "114,33.5,1,")
    first = layer_of(a_register([]), database, CREWS)
    again = layer_of(a_register([]), database, CREWS)
    load(database, tmp_path, "114,33.5,2,")
    other = layer_of(a_register([]), database, CREWS)

    assert again is first
    assert (first.points.total, other.points.total) == (1.0, 2.0)
    assert other.version > first.version


def test_a_version_is_never_given_out_twice(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path, "114,33.5,1,")
    first = layer_of(a_register([]), database, CREWS).version
    remove_layer(database, CREWS)
    load(database, tmp_path, "114,33.5,2,")

    assert layer_of(a_register([]), database, CREWS).version > first


def test_a_removed_layer_is_gone_at_once(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path, "114,33.5,1,")
    layer_of(a_register([]), database, CREWS)

    remove_layer(database, CREWS)

    with pytest.raises(DemandLayerNotFoundError, match="crews"):
        layer_of(a_register([]), database, CREWS)


def test_what_was_read_is_given_out_while_the_database_is_lost(tmp_path: Path) -> None:
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        load(database, tmp_path, "114,33.5,1,")
        held = layer_of(a_register([]), database, CREWS)

    assert layer_of(a_register([]), database, CREWS) is held
    with pytest.raises(RegisterUnavailableError):
        layer_of(a_register([]), Database.connect(server.service_url), CREWS)


def test_many_points_keep_their_order(database: Database, tmp_path: Path) -> None:
    load(database, tmp_path, *(f"114,33.5,{number}," for number in range(12_345)))

    points = layer_of(a_register([]), database, CREWS).points

    assert points.weight.tolist() == list(range(12_345))


def test_loads_of_one_layer_that_meet_all_end_well(database: Database, tmp_path: Path) -> None:
    def one(weight: int) -> None:
        folder = tmp_path / str(weight)
        folder.mkdir()
        load(database, folder, *[f"114,33.5,{weight},"] * 300)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(1, 9)))

    weights = layer_of(a_register([]), database, CREWS).points.weight
    assert len(weights) == 300
    assert len(set(weights.tolist())) == 1


# -- residents -----------------------------------------------------------------------------


def a_county(code: str, population: int | None, west: float | None) -> County:
    outlined = west is not None
    return County(
        code=code,
        name=f"County {code}",
        boundary=box(west, 33.0, west + 0.5, 33.5) if west is not None else None,
        boundary_status=BoundaryStatus.OFFICIAL if outlined else BoundaryStatus.NONE,
        source="a test",
        population=population,
        population_year=2020,
        population_source="a census",
    )


def test_residents_of_the_shipped_register_are_those_of_its_counties(
    register: Register, shipped: Database
) -> None:
    counties = json.loads((SHIPPED / "counties.geojson").read_text(encoding="utf-8"))["features"]
    census = {each["properties"]["code"]: each["properties"]["population"] for each in counties}

    layer = layer_of(register, shipped, POPULATION)

    assert layer.points.total == pytest.approx(sum(census.values()))
    assert (layer.as_of, layer.version) == ("2020", register.revision.number)


def test_residents_are_spread_evenly_over_each_county(database: Database) -> None:
    register = a_register([], counties=(a_county("1", 5000, 113.0), a_county("2", 100, 114.0)))

    points = layer_of(register, database, POPULATION).points

    west = points.at.longitudes < 113.75
    assert points.weight[west].sum() == pytest.approx(5000)
    assert points.weight[~west].sum() == pytest.approx(100)
    assert len(set(points.weight[west])) == 1
    # Half of the people live in the southern half, where half of the ground is.
    southern = west & (points.at.latitudes < 33.25)
    assert points.weight[southern].sum() == pytest.approx(2500, rel=0.03)


def test_units_that_cannot_be_placed_are_named(database: Database) -> None:
    counties = (a_county("1", 10, 113.0), a_county("2", 5, None), a_county("3", None, 114.0))

    layer = layer_of(a_register([], counties=counties), database, POPULATION)

    assert layer.points.total == pytest.approx(10)
    assert layer.note is not None
    assert "County 2、County 3" in layer.note


@pytest.mark.parametrize(("second", "said"), [(30, "township"), (None, "county")])
def test_townships_are_used_where_the_people_of_all_are_known(
    database: Database, second: int | None, said: str
) -> None:
    townships = tuple(
        Township(
            code=code,
            name=code,
            boundary=box(west, 33.0, west + 0.25, 33.5),
            boundary_status=BoundaryStatus.OFFICIAL,
            source="a test",
            population=people,
        )
        for code, west, people in (("11", 113.0, 70), ("12", 113.25, second))
    )
    register = a_register([], counties=(a_county("1", 100, 113.0),), townships=townships)

    layer = layer_of(register, database, POPULATION)

    assert layer.points.total == pytest.approx(100)
    assert layer.estimate is not None
    assert f"spread evenly over the {said}" in layer.estimate


def test_without_a_figure_there_is_no_layer_of_residents(database: Database) -> None:
    register = a_register([a_station("A")], counties=(a_county("1", None, 113.0),))

    assert layers(register, database) == ()
    with pytest.raises(DemandLayerNotFoundError, match="residents"):
        layer_of(register, database, POPULATION)


def test_residents_are_made_once_a_revision(register: Register, shipped: Database) -> None:
    assert layer_of(register, shipped, POPULATION) is layer_of(register, shipped, POPULATION)
