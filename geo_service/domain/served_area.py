"""Where a question for the nearest station makes sense."""

from dataclasses import dataclass

import numpy as np

from geo_service.domain.coordinate import WGS84, Bounds, Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.errors import OutsideServedAreaError
from geo_service.domain.register import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedArea:
    """How far outside the register's bounds a question still makes sense."""

    margin: Metres

    def check(self, register: Register, origin: Coordinate, *, named: str = "the position") -> None:
        """Raise OutsideServedAreaError for an origin from which no station can be meant."""
        bounds = register.bounds
        if bounds is None or bounds.contains(origin):
            return
        away = origin.distance_to(bounds.nearest_to(origin))
        if away > self.margin:
            raise OutsideServedAreaError(
                f"{named} lies {away / 1000:,.0f} km outside the area served by "
                f"{register.place.name} (longitude {bounds.west:.2f} to {bounds.east:.2f}, "
                f"latitude {bounds.south:.2f} to {bounds.north:.2f}){_hint(bounds, origin)}"
            )

    def outside(self, register: Register, origins: Coordinates) -> list[int]:
        """Return the places, in the list of origins, of those that ``check`` would refuse."""
        bounds = register.bounds
        if bounds is None:
            return []
        x = np.clip(origins.longitudes, bounds.west, bounds.east)
        y = np.clip(origins.latitudes, bounds.south, bounds.north)
        # Nearly all lie in the box; the others are few enough to be measured.
        beyond = np.flatnonzero((x != origins.longitudes) | (y != origins.latitudes))
        _, _, away = WGS84.inv(
            origins.longitudes[beyond], origins.latitudes[beyond], x[beyond], y[beyond]
        )
        found: list[int] = beyond[np.asarray(away) > self.margin].tolist()
        return found


def _hint(bounds: Bounds, origin: Coordinate) -> str:
    if abs(origin.longitude) > 90.0:
        return ""
    turned = Coordinate(longitude=origin.latitude, latitude=origin.longitude)
    if not bounds.contains(turned):
        return ""
    return f"; lon and lat seem to be swapped: try lon={turned.longitude:g}&lat={turned.latitude:g}"
