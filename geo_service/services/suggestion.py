"""What a suggestion of sites is asked, and what it answers."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.reach import Distances, DistanceType, StraightLines
from geo_service.domain.siting import Goal, Status
from geo_service.domain.station import StationFilter

DEFAULT_SECONDS: Final = 60.0


class CandidateSource(StrEnum):
    """Where the candidates come from if they are not listed."""

    GRID = "grid"
    DEMAND = "demand"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandidateSites:
    """Listed candidates, on WGS 84; names and ``required`` (must be chosen) have shape (n,)."""

    at: Coordinates
    names: tuple[str, ...]
    required: NDArray[np.bool_]

    def of(self, numbers: NDArray[np.intp]) -> "CandidateSites":
        """Return some of them, in the order asked for."""
        return CandidateSites(
            at=self.at.of(numbers),
            names=tuple(self.names[number] for number in numbers.tolist()),
            required=self.required[numbers],
        )

    def and_then(self, others: "CandidateSites") -> "CandidateSites":
        """Return these, all of them required, and others."""
        return CandidateSites(
            at=Coordinates(
                longitudes=np.concatenate([self.at.longitudes, others.at.longitudes]),
                latitudes=np.concatenate([self.at.latitudes, others.at.latitudes]),
            ),
            names=self.names + others.names,
            required=np.concatenate([np.ones(len(self.names), dtype=bool), others.required]),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SuggestionQuery:
    """A planner's question: where should the next stations stand?

    ``sites`` is how many new ones (None for lscp, which finds the fewest), ``radius`` the service
    radius (None where the goal asks for none). ``required`` are places that must be among the
    chosen, whatever the candidates are; ``excluded`` is ground, in degrees, where no candidate may
    stand. ``curve`` also solves 1, 2, … up to ``sites``. ``seconds`` limits all of it together.
    The stations are those in being ``on`` a day, or a moment of it; None: today.
    """

    goal: Goal = Goal.MCLP
    sites: int | None = None
    radius: Metres | None = None
    candidates: CandidateSource | CandidateSites = CandidateSource.GRID
    required: CandidateSites | None = None
    excluded: Polygon | MultiPolygon | None = None
    conditions: StationFilter = field(default_factory=StationFilter)
    distances: Distances = field(default_factory=StraightLines)
    on: date | None = None
    curve: bool = False
    seconds: float = DEFAULT_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedSite:
    """A chosen site; ``gained`` is the objective's change if it alone were left out again."""

    at: Coordinate
    name: str
    required: bool
    gained: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What so many new sites achieve, and what is known about it; 0 is today."""

    sites: int
    objective: float | None
    bound: float | None
    gap: float | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The sites chosen and what they achieve.

    ``objective``, ``bound``, ``gap``, ``status``, ``reason`` and ``seconds`` are those of
    ``domain.siting.Siting``. ``unit`` is what the demand counts ("人", or "m²" without a layer);
    ``demand_total`` adds it up. ``before`` is the objective without any new site, None where there
    is none. ``unreachable`` are places of demand that nothing reaches, ``unreachable_demand`` their
    weight. ``estimate`` says how the demand was made up, None where it was counted.
    """

    query: SuggestionQuery
    goal: Goal
    status: Status
    reason: str | None
    objective: float | None
    bound: float | None
    gap: float | None
    before: float | None
    sites: tuple[SuggestedSite, ...]
    seconds: float
    demand: int
    demand_total: float
    unit: str
    layer: str | None
    estimate: str | None
    candidates: int
    existing: int
    unreachable: tuple[Coordinate, ...]
    unreachable_demand: float
    distance_type: DistanceType
    revision: int
    curve: tuple[CurvePoint, ...] = ()
    notes: tuple[str, ...] = ()
