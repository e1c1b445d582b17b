"""What an operator says of the place, as a program of the service's own is told it."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from geo_service.domain.coordinate import Bounds
from geo_service.domain.register import Overrides


def overrides_json(overrides: Overrides) -> dict[str, Any]:
    """Return it as JSON."""
    bounds = overrides.bounds
    return {
        "name": overrides.name,
        "zone": None if overrides.zone is None else overrides.zone.key,
        "bounds": None
        if bounds is None
        else [bounds.west, bounds.south, bounds.east, bounds.north],
        "crs": overrides.crs,
    }


def overrides_of_json(place: Mapping[str, Any]) -> Overrides:
    """Read it back."""
    return Overrides(
        name=place["name"],
        zone=None if place["zone"] is None else ZoneInfo(place["zone"]),
        bounds=None if place["bounds"] is None else Bounds.of(tuple(place["bounds"])),
        crs=place["crs"],
    )
