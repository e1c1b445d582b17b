"""Whom coverage is asked for, and by which distance."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final

from pydantic import Field

from geo_service import runtime
from geo_service.domain.reach import DistanceType
from geo_service.services.coverage import CoverageQuery
from geo_service.services.demand import layer_of
from geo_service.services.distances import distances_of
from geo_service.web.params import Parameters

REFUSALS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
"""How a question with these options may be refused: no such layer, no street network."""


class DemandOptions(Parameters):
    """Whom coverage is asked for, and how they get there."""

    demand: Annotated[
        str | None,
        Field(
            max_length=100,
            description="A demand layer, see /api/v1/demand. Without it, ground is the demand.",
            examples=["population"],
        ),
    ] = None
    distance: Annotated[
        DistanceType,
        Field(
            description="`straight` lines, `estimated_walk` (straight line × the detour factor) or "
            "`network_walk` (along streets, where a street network is loaded)."
        ),
    ] = DistanceType.STRAIGHT

    def of_demand(self, query: CoverageQuery) -> CoverageQuery:
        """Return a question with the layer and the distances asked for.

        Raises:
            DemandLayerNotFoundError: there is no such layer.
            NoStreetNetworkError: walks along streets are asked for, and no network is loaded.
        """
        layer = self.demand and layer_of(runtime.register(), runtime.database(), self.demand)
        return replace(
            query,
            demand=layer or None,
            distances=distances_of(self.distance, runtime.walking(), runtime.street_network),
        )
