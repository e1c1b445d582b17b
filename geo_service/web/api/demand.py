"""The demand layers: which there are, and their points."""

from datetime import tzinfo
from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Blueprint, Response
from pydantic import Field
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.datum import Datum, from_wgs84
from geo_service.domain.demand import DemandLayer, DemandSummary, summary_of
from geo_service.services.demand import claimed_totals, layer_notes, layer_of, layers
from geo_service.web import freshness, geojson, params
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api.parameters import DatumParameters
from geo_service.web.links import whole_address
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Parameters, Whole
from geo_service.web.shapes import LinkShape, PointShape

blueprint = Blueprint("demand", __name__, url_prefix="/api/v1/demand")

MAX_PAGE = 10_000

DatumWord = Literal["wgs84", "gcj02", "bd09"]


class DemandParameters(Parameters):
    """GET /api/v1/demand."""


class DemandPointsParameters(DatumParameters):
    """GET /api/v1/demand/{id}."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Points a page at most."), Whole] = (
        1000
    )
    after: Annotated[
        int,
        Field(ge=0, le=1_000_000, description="Go on behind this point; see the next link."),
        Whole,
    ] = 0


class DemandLayerShape(TypedDict):
    """A demand layer without its points."""

    id: str
    name: str
    name_en: str | None
    unit: Annotated[str, Field(description="What a weight counts.")]
    unit_en: str | None
    points: int
    total: Annotated[float, Field(description="All weights together, in the layer's unit.")]
    bounds: Annotated[
        list[float], Field(description="West, south, east, north of its points, on WGS 84.")
    ]
    data_status: Literal["official", "derived", "demonstration"]
    source: str
    as_of: str | None
    note: str | None
    estimate: Annotated[
        str | None, Field(description="How the points were made up; null: they were counted.")
    ]
    datum_given: Annotated[DatumWord, Field(description="What its coordinates were loaded from.")]
    version: Annotated[
        int, Field(description="Moves on whenever the layer is loaded anew, or made anew.")
    ]
    loaded_at: Annotated[
        str | None, Field(description="RFC 3339 instant; null for the built-in layer.")
    ]


class ClaimedTotalShape(TypedDict):
    """A published total of people served. It says how many, not where: it is no layer."""

    key: str
    name: str
    value: Annotated[str, Field(description="As published, so perhaps `>2900`.")]
    unit: str
    as_of: str | None
    source_title: str
    source_url: str | None
    note: str | None


class DemandFacts(TypedDict):
    """What every answer about demand says of itself."""

    place: str
    revision: int
    register_checked_at: str
    notes: list[str]


class DemandLayersAnswer(DemandFacts):
    """The demand layers, the built-in one first, and the totals that are claims alone."""

    layers: list[DemandLayerShape]
    claims: list[ClaimedTotalShape]


class DemandPointProperties(TypedDict):
    """How many stand at a point, and what is there."""

    weight: float
    name: str | None


class DemandPointFeature(TypedDict):
    """A demand point as an RFC 7946 Feature; its id is its number in the layer, from 1."""

    type: Literal["Feature"]
    id: int
    geometry: PointShape
    properties: DemandPointProperties


class DemandPointsAnswer(DemandFacts):
    """Some of a layer's points as an RFC 7946 FeatureCollection."""

    type: Literal["FeatureCollection"]
    datum: DatumWord
    layer: DemandLayerShape
    features: list[DemandPointFeature]
    numberMatched: int
    numberReturned: int
    links: list[LinkShape]


@blueprint.get("")
@describes(
    Operation(
        summary="The demand layers",
        query=DemandParameters,
        answers={JSON: DemandLayersAnswer},
        tag="demand",
    )
)
def demand() -> Response:
    """List what coverage can be measured by: weighted points, such as residents or crews."""
    params.read_query(DemandParameters)
    register = runtime.register()
    found = layers(register, runtime.database())
    zone = register.place.zone
    answer: DemandLayersAnswer = {
        **_facts(()),
        "layers": [layer_shape(each, zone) for each in found],
        "claims": [
            {
                "key": each.key,
                "name": each.name,
                "value": each.value,
                "unit": each.unit,
                "as_of": each.as_of or None,
                "source_title": each.source_title,
                "source_url": each.source_url or None,
                "note": each.note or None,
            }
            for each in claimed_totals(register)
        ],
    }
    return json_answer(answer)


@blueprint.get("/<layer_id>")
@describes(
    Operation(
        summary="The points of one demand layer, a page at a time",
        path={"layer_id": "The layer's identifier."},
        query=DemandPointsParameters,
        answers={geojson.MEDIA_TYPE: DemandPointsAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        tag="demand",
    )
)
def points(layer_id: str) -> Response:
    """Return a layer's points in their order; follow the link with rel `next` for more."""
    given = params.read_query(DemandPointsParameters)
    register = runtime.register()
    layer = layer_of(register, runtime.database(), layer_id)
    summary = summary_of(layer)
    features = _features(layer, given)
    answer: DemandPointsAnswer = {
        "type": "FeatureCollection",
        **_facts(layer_notes(summary, "en")),
        "datum": given.datum.value,
        "layer": layer_shape(summary, register.place.zone),
        "numberMatched": summary.points,
        "numberReturned": len(features),
        "links": _links(layer, given, len(features)),
        "features": features,
    }
    return json_answer(answer, geojson.MEDIA_TYPE)


def _facts(notes: tuple[str, ...]) -> DemandFacts:
    register = runtime.register()
    return {
        "place": register.place.name,
        "revision": register.revision.number,
        "register_checked_at": freshness.checked_at(),
        "notes": [*freshness.notes("en"), *notes],
    }


def layer_shape(summary: DemandSummary, zone: tzinfo) -> DemandLayerShape:
    """Build what is told of a layer."""
    bounds, loaded_at = summary.bounds, summary.loaded_at
    return {
        "id": summary.id,
        "name": summary.name,
        "name_en": summary.name_en,
        "unit": summary.unit,
        "unit_en": summary.unit_en,
        "points": summary.points,
        "total": round(summary.total, 6),
        "bounds": [round(each, 7) for each in (bounds.west, bounds.south)]
        + [round(each, 7) for each in (bounds.east, bounds.north)],
        "data_status": summary.data_status.value,
        "source": summary.source,
        "as_of": summary.as_of,
        "note": summary.note,
        "estimate": summary.estimate,
        "datum_given": summary.datum.value,
        "version": summary.version,
        "loaded_at": None if loaded_at is None else geojson.instant_text(loaded_at, zone),
    }


def _features(layer: DemandLayer, given: DemandPointsParameters) -> list[DemandPointFeature]:
    held, shown = layer.points, slice(given.after, given.after + given.limit)
    x, y = from_wgs84(held.at.longitudes[shown], held.at.latitudes[shown], Datum(given.datum))
    weights = held.weight[shown].tolist()
    names = [""] * len(weights) if held.names is None else held.names[shown]
    return [
        {
            "type": "Feature",
            "id": number,
            "geometry": {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]},
            "properties": {"weight": round(weight, 6), "name": name or None},
        }
        for number, lon, lat, weight, name in zip(
            range(given.after + 1, given.after + 1 + len(weights)),
            x.tolist(),
            y.tolist(),
            weights,
            names,
            strict=True,
        )
    ]


def _links(layer: DemandLayer, given: DemandPointsParameters, shown: int) -> list[LinkShape]:
    asked = given.model_dump(mode="json", exclude_unset=True)
    links = [_link("self", layer, asked)]
    if (end := given.after + shown) < len(layer.points) and shown:
        links.append(_link("next", layer, asked | {"after": end}))
    return links


def _link(rel: str, layer: DemandLayer, asked: dict[str, Any]) -> LinkShape:
    href = whole_address("demand.points", layer_id=layer.id, **asked)
    return {"rel": rel, "href": href, "type": geojson.MEDIA_TYPE}
