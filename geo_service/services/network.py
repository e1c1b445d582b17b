"""Bring a street network in, and say what it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from geo_service.domain.coordinate import Bounds
from geo_service.domain.street_network import NetworkSource, StreetNetwork
from geo_service.persistence.osm_streets import read_streets
from geo_service.persistence.street_network import StreetNetworkFile, sha256_of

ATTRIBUTION: Final = "© OpenStreetMap contributors"
LICENCE: Final = "ODbL 1.0, openstreetmap.org/copyright"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRequest:
    """Which streets to load: those of an extract, within bounds where they are given."""

    file: Path
    bounds: Bounds | None = None
    attribution: str = ATTRIBUTION
    licence: str = LICENCE
    as_of: str | None = None


def load_network(
    request: NetworkRequest, kept: StreetNetworkFile, now: Callable[[], datetime]
) -> StreetNetwork:
    """Read an extract of OpenStreetMap and keep its walked streets in the place of any before.

    Raises:
        InvalidStreetNetworkError: nothing in it can be walked, or it is no such file; what was
            loaded before stays.
    """
    streets = read_streets(request.file, request.bounds)
    source = NetworkSource(
        file=request.file.name,
        sha256=sha256_of(request.file),
        attribution=request.attribution,
        licence=request.licence,
        loaded_at=now(),
        as_of=request.as_of or streets.as_of,
    )
    network = StreetNetwork.of(streets.nodes, streets.tail, streets.head, streets.metres, source)
    kept.replace(network)
    return network
