"""What somebody wants suggested, kept as JSON until a machine has time for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.reach import Distances
from geo_service.domain.scenario import AddStation, Terms
from geo_service.domain.siting import Goal
from geo_service.domain.station import Reading, Service, ServiceKind
from geo_service.services.suggestion import (
    CandidateSites,
    CandidateSource,
    SuggestedSite,
    Suggestion,
    SuggestionQuery,
)

MOST_SITES: Final = 100
MOST_CANDIDATES: Final = 5000
MOST_REQUIRED: Final = 100
MOST_SECONDS: Final = 300
DEFAULT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a station could, or must, stand."""

    at: Coordinate
    name: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A question for sites, but for what the scenario's terms say already.

    ``opening_hours`` are those that the new stations would have.
    """

    goal: Goal = Goal.MCLP
    sites: int | None = None
    candidates: CandidateSource | tuple[Place, ...] = CandidateSource.GRID
    required: tuple[Place, ...] = ()
    excluded: Polygon | MultiPolygon | None = None
    curve: bool = False
    seconds: float = DEFAULT_SECONDS
    opening_hours: str | None = None

    def __post_init__(self) -> None:
        """Refuse what has no answer."""
        if self.goal.needs_sites and self.sites is None:
            reason = f"is required with goal {self.goal}"
            raise InvalidQueryError(ParameterFault("suggestion.sites", reason))
        if not self.goal.needs_sites and self.sites is not None:
            reason = f"goal {self.goal} finds out how many it takes; leave it out"
            raise InvalidQueryError(ParameterFault("suggestion.sites", reason))

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        listed = self.candidates
        return {
            "goal": self.goal.value,
            "sites": self.sites,
            "candidates": listed.value
            if isinstance(listed, CandidateSource)
            else [_place_json(each) for each in listed],
            "required": [_place_json(each) for each in self.required],
            "excluded": None if self.excluded is None else shapely.to_wkt(self.excluded),
            "curve": self.curve,
            "seconds": self.seconds,
            "opening_hours": self.opening_hours,
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Wish":
        """Read it back."""
        listed, excluded = kept["candidates"], kept["excluded"]
        ground = None if excluded is None else shapely.from_wkt(excluded)
        return cls(
            goal=Goal(kept["goal"]),
            sites=kept["sites"],
            candidates=CandidateSource(listed)
            if isinstance(listed, str)
            else tuple(map(_place_of, listed)),
            required=tuple(map(_place_of, kept["required"])),
            excluded=ground if isinstance(ground, Polygon | MultiPolygon) else None,
            curve=kept["curve"],
            seconds=kept["seconds"],
            opening_hours=kept["opening_hours"],
        )

    def query(self, terms: Terms, distances: Distances) -> SuggestionQuery:
        """Return the question."""
        listed = self.candidates
        return SuggestionQuery(
            goal=self.goal,
            sites=self.sites,
            radius=terms.radius if self.goal.needs_radius else None,
            candidates=listed if isinstance(listed, CandidateSource) else _sites_of(listed),
            required=_sites_of(self.required) if self.required else None,
            excluded=self.excluded,
            conditions=terms.conditions,
            distances=distances,
            curve=self.curve and self.goal.needs_sites,
            seconds=self.seconds,
        )

    def stations(self, suggestion: Suggestion, terms: Terms, name: str) -> tuple[AddStation, ...]:
        """Return the chosen sites as stations to add, such as the terms ask for."""
        conditions = terms.conditions
        groups = frozenset() if conditions.group is None else frozenset({conditions.group})
        service = Service(
            kind=conditions.service or ServiceKind.REST,
            opening_hours=self.opening_hours,
            groups=groups,
        )
        return tuple(
            AddStation(
                name=_name_of(site, f"{name} {number}"),
                coordinate=site.at,
                reading=Reading(x=site.at.longitude, y=site.at.latitude, datum=Datum.WGS84),
                services=(service,),
                amenities=conditions.amenities,
            )
            for number, site in enumerate(suggestion.sites, start=1)
        )


def _name_of(site: SuggestedSite, otherwise: str) -> str:
    return site.name if site.name.strip() and site.name.isprintable() else otherwise


def _sites_of(places: Sequence[Place]) -> CandidateSites:
    return CandidateSites(
        at=Coordinates(
            longitudes=np.array([each.at.longitude for each in places]),
            latitudes=np.array([each.at.latitude for each in places]),
        ),
        names=tuple(each.name for each in places),
        required=np.array([each.required for each in places], dtype=np.bool_),
    )


def _place_json(place: Place) -> list[Any]:
    return [place.at.longitude, place.at.latitude, place.name, place.required]


def _place_of(kept: Sequence[Any]) -> Place:
    longitude, latitude, name, required = kept
    return Place(
        at=Coordinate(longitude=longitude, latitude=latitude), name=name, required=required
    )
