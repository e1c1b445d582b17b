"""What a question about coverage was asked of, as answers repeat it."""

from typing import Any

from geo_service.domain.reach import DistanceType
from geo_service.domain.street_network import StreetNetwork
from geo_service.domain.walked_ground import straight_radius
from geo_service.services.coverage import CoverageQuery


def distance_asked(query: CoverageQuery) -> dict[str, Any]:
    """Say what a metre of the radius and of all distances is."""
    kind, straight = query.distances.distance_type, straight_radius(query.radius, query.distances)
    estimated = kind is DistanceType.ESTIMATED_WALK and straight is not None
    return {
        "type": kind.value,
        "detour_factor": round(query.radius / straight, 4) if straight and estimated else None,
        "straight_radius_m": None if straight is None else round(straight, 2),
    }


def layer_asked(query: CoverageQuery) -> dict[str, Any] | None:
    """Say which layer figures are of; None where they are of ground."""
    layer = query.demand
    if layer is None:
        return None
    return {
        "id": layer.id,
        "name": layer.name,
        "name_en": layer.name_en,
        "unit": layer.unit,
        "unit_en": layer.unit_en,
        "version": layer.version,
        "points": len(layer.points),
        "total": round(layer.points.total, 2),
        "as_of": layer.as_of,
        "source": layer.source,
        "data_status": layer.data_status.value,
        "estimate": layer.estimate,
        "note": layer.note,
    }


def asked_in_a_line(query: CoverageQuery) -> dict[str, Any]:
    """Return both as columns that each line of a file repeats; those of a layer only with one."""
    cells = {"detour_factor": distance_asked(query)["detour_factor"]}
    if isinstance(query.distances, StreetNetwork):
        cells["streets"] = query.distances.source.imprint
    layer = query.demand
    if layer is None:
        return cells
    return cells | {
        "demand_layer": layer.id,
        "demand_name": layer.name,
        "demand_unit": layer.unit,
        "demand_version": layer.version,
        "demand_status": layer.data_status.value,
        "demand_estimate": layer.estimate,
        "demand_source": layer.source,
    }
