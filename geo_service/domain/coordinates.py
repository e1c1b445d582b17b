"""Many positions at once, as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.coordinate import Coordinate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coordinates:
    """Positions on WGS 84, in degrees, shape (n,) each; whoever makes them has them in range."""

    longitudes: NDArray[np.float64]
    latitudes: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the positions."""
        return len(self.longitudes)

    def __getitem__(self, place: int) -> Coordinate:
        """Return one of them."""
        return Coordinate(
            longitude=float(self.longitudes[place]), latitude=float(self.latitudes[place])
        )

    @property
    def degrees(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes and latitudes, in this order."""
        return self.longitudes, self.latitudes

    def of(self, places: NDArray[np.intp]) -> "Coordinates":
        """Return some of them, in the order asked for."""
        return Coordinates(longitudes=self.longitudes[places], latitudes=self.latitudes[places])
