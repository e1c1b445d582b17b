"""Demand: where the people are whom stations are for, as weighted points.

A layer is a set of points of one meaning, such as residents or sanitation crews by road section.
A weight says how many of its unit stand at a point; layers of different units are never added up.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.coordinate import Bounds
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.station import DataStatus

DemandLayerId = NewType("DemandLayerId", str)

# Made from the register's own figures, so no layer of this name is loaded.
POPULATION: Final = DemandLayerId("population")

MOST_POINTS: Final = 200_000
LARGEST_WEIGHT: Final = 1e9

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_LONGEST: Final = {
    "name": 100,
    "name_en": 100,
    "unit": 20,
    "unit_en": 20,
    "as_of": 40,
    "source": 500,
    "note": 1000,
    "estimate": 500,
}
_REQUIRED: Final = frozenset({"name", "unit", "source"})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandLabel:
    """What is said of a layer by whoever loads it; ``datum`` is that of its readings."""

    id: DemandLayerId
    name: str
    unit: str
    source: str
    datum: Datum
    data_status: DataStatus = DataStatus.DERIVED
    name_en: str | None = None
    unit_en: str | None = None
    as_of: str | None = None
    note: str | None = None
    estimate: str | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be shown or asked for, every fault named."""
        faults = []
        if not _ID.fullmatch(self.id):
            reason = "must be up to 64 small letters, digits and hyphens, like sanitation-2026"
            faults.append(ParameterFault("id", reason))
        elif self.id == POPULATION:
            reason = f"{POPULATION} is the built-in layer of residents; choose another identifier"
            faults.append(ParameterFault("id", reason))
        for name, longest in _LONGEST.items():
            text = getattr(self, name)
            if text is None and name not in _REQUIRED:
                continue
            if not text.strip() or len(text) > longest or not text.isprintable():
                reason = f"must be a line of text, of {longest} characters at most"
                faults.append(ParameterFault(name, reason))
        if faults:
            raise InvalidQueryError(*faults)

    def layer(self, points: DemandPoints, *, version: int) -> DemandLayer:
        """Return the layer of these points."""
        return DemandLayer(
            id=self.id,
            name=self.name,
            unit=self.unit,
            points=points,
            data_status=self.data_status,
            source=self.source,
            version=version,
            datum=self.datum,
            name_en=self.name_en,
            unit_en=self.unit_en,
            as_of=self.as_of,
            note=self.note,
            estimate=self.estimate,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandSummary:
    """A layer without its points: what a list of layers says of each.

    ``loaded_at`` is None for the built-in layer, whose ``version`` is the register's revision.
    """

    id: DemandLayerId
    name: str
    unit: str
    source: str
    version: int
    datum: Datum
    data_status: DataStatus
    name_en: str | None
    unit_en: str | None
    as_of: str | None
    note: str | None
    estimate: str | None
    points: int
    total: float
    bounds: Bounds
    loaded_at: datetime | None


def summary_of(layer: DemandLayer, *, loaded_at: datetime | None = None) -> DemandSummary:
    """Say what a list says of a layer; it has a point at least."""
    x, y = layer.points.at.degrees
    return DemandSummary(
        id=layer.id,
        name=layer.name,
        unit=layer.unit,
        source=layer.source,
        version=layer.version,
        datum=layer.datum,
        data_status=layer.data_status,
        name_en=layer.name_en,
        unit_en=layer.unit_en,
        as_of=layer.as_of,
        note=layer.note,
        estimate=layer.estimate,
        points=len(layer.points),
        total=layer.points.total,
        bounds=Bounds(
            west=float(x.min()), south=float(y.min()), east=float(x.max()), north=float(y.max())
        ),
        loaded_at=loaded_at,
    )
