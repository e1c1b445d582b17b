"""Demand: where the people are whom stations are for, as weighted points.

A layer is a set of points of one meaning, such as residents or sanitation crews by road section.
A weight says how many of its unit stand at a point; layers of different units are never added up.
"""

from dataclasses import dataclass
from typing import NewType

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum
from geo_service.domain.station import DataStatus

DemandLayerId = NewType("DemandLayerId", str)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemandPoints:
    """Weighted places on WGS 84; arrays of shape (n,), weights finite and not negative.

    ``names`` says what stands there (a road section, a depot), an empty text where nothing does;
    None where no point has a name.
    """

    at: Coordinates
    weight: NDArray[np.float64]
    names: tuple[str, ...] | None = None

    def __len__(self) -> int:
        """Count the points."""
        return len(self.weight)

    @property
    def total(self) -> float:
        """All weights together, in the layer's unit."""
        return float(self.weight.sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DemandLayer:
    """Demand of one meaning, with what can be said of where it comes from.

    ``version`` moves on whenever the layer is loaded anew: identifier and version together name
    its content. ``unit`` is what a weight counts ("人", "班组"). ``estimate`` is None for what was
    counted or surveyed; otherwise it says how the points were made up.
    """

    id: DemandLayerId
    name: str
    unit: str
    points: DemandPoints
    data_status: DataStatus
    source: str
    version: int
    datum: Datum = Datum.WGS84
    name_en: str | None = None
    unit_en: str | None = None
    as_of: str | None = None
    note: str | None = None
    estimate: str | None = None
