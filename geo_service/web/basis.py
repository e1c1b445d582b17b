"""What figures about coverage rest on, as answers print it."""

from typing import Any, cast

from geo_service.domain.register import Register
from geo_service.domain.station import Amenity
from geo_service.domain.walked_ground import WORDS
from geo_service.services.asked import asked_in_a_line, distance_asked, layer_asked
from geo_service.services.coverage import CoverageQuery
from geo_service.web import freshness
from geo_service.web.measure_answers import MeasureBasis
from geo_service.web.measure_shapes import DistanceShape, LayerAskedShape


def measure_basis(register: Register, query: CoverageQuery, notes: list[str]) -> MeasureBasis:
    """Say what a measure was asked of, the instant aside."""
    conditions = query.conditions
    return {
        "place": register.place.name,
        "revision": register.revision.number,
        "register_checked_at": freshness.checked_at(),
        "level": query.level.value,
        "radius_m": query.radius,
        "distance_type": WORDS[query.distances.distance_type],
        "distance": distance_shape(query),
        "demand": layer_shape(query),
        "filters": {
            "service": conditions.service and conditions.service.value,
            "group": conditions.group and conditions.group.value,
            "amenity": [each.value for each in Amenity if each in conditions.amenities],
        },
        "data_status": {status.value: n for status, n in register.data_status.items()},
        "notes": [*freshness.notes("en"), *notes],
    }


def distance_shape(query: CoverageQuery) -> DistanceShape:
    """Say what a metre is."""
    return cast("DistanceShape", distance_asked(query))


def layer_shape(query: CoverageQuery) -> LayerAskedShape | None:
    """Say which layer figures are of; None where they are of ground."""
    return cast("LayerAskedShape | None", layer_asked(query))


def in_every_line(basis: MeasureBasis, query: CoverageQuery) -> dict[str, Any]:
    """Return what each line of a CSV repeats."""
    return {
        "place": basis["place"],
        "radius_m": basis["radius_m"],
        "distance_type": basis["distance_type"],
        **asked_in_a_line(query),
        "service": basis["filters"]["service"],
        "group": basis["filters"]["group"],
        "amenity": " ".join(basis["filters"]["amenity"]),
        "revision": basis["revision"],
        "data_status": " ".join(f"{name}:{n}" for name, n in basis["data_status"].items()),
    }
