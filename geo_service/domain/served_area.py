"""Where a question for the nearest station makes sense."""

from dataclasses import dataclass

from geo_service.domain.coordinate import Bounds, Coordinate, Metres
from geo_service.domain.errors import OutsideServedAreaError
from geo_service.domain.register import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedArea:
    """How far outside the register's bounds a question still makes sense."""

    margin: Metres

    def check(self, register: Register, origin: Coordinate) -> None:
        """Raise OutsideServedAreaError for an origin from which no station can be meant."""
        bounds = register.bounds
        if bounds is None or bounds.contains(origin):
            return
        away = origin.distance_to(bounds.nearest_to(origin))
        if away > self.margin:
            raise OutsideServedAreaError(
                f"the position lies {away / 1000:,.0f} km outside the area served by "
                f"{register.place.name} (longitude {bounds.west:.2f} to {bounds.east:.2f}, "
                f"latitude {bounds.south:.2f} to {bounds.north:.2f}){_hint(bounds, origin)}"
            )


def _hint(bounds: Bounds, origin: Coordinate) -> str:
    if abs(origin.longitude) > 90.0:
        return ""
    turned = Coordinate(longitude=origin.latitude, latitude=origin.longitude)
    if not bounds.contains(turned):
        return ""
    return f"; lon and lat seem to be swapped: try lon={turned.longitude:g}&lat={turned.latitude:g}"
