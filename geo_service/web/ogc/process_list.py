"""The processes: what each takes and gives, and what it asks of the service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

from geo_service.web import geojson, params
from geo_service.web.answers import JSON
from geo_service.web.api.coverage import coverage_of
from geo_service.web.api.parameters import (
    CoverageParameters,
    MeasureOptions,
    NearestParameters,
)
from geo_service.web.api.stations import nearest_of
from geo_service.web.forms import Form
from geo_service.web.language import Language
from geo_service.web.params import Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process: it has one output, in one of its forms; the first unless another is asked."""

    title: Mapping[Language, str]
    description: Mapping[Language, str]
    inputs: type[Parameters]
    output: str
    output_title: str
    forms: tuple[str, ...]
    answer: Callable[[Mapping[str, Any], str], Response]


def _nearest(inputs: Mapping[str, Any], _form: str) -> Response:
    return nearest_of(params.read_given(NearestParameters, inputs), Form.GEOJSON)


def _coverage(inputs: Mapping[str, Any], form: str) -> Response:
    params.read_given(MeasureOptions, inputs)  # of what a file is asked for, nothing
    given = params.read_given(CoverageParameters, inputs)
    return coverage_of(given, Form.JSON if form == JSON else Form.GEOJSON)


PROCESSES: Final[Mapping[str, Process]] = {
    "nearest": Process(
        title={"zh": "最近的驿站", "en": "Nearest stations"},
        description={
            "zh": "离一个位置最近的驿站或早餐点，按椭球面距离从近到远",
            "en": "The stations closest to a position, closest first, by geodesic distance",
        },
        inputs=NearestParameters,
        output="stations",
        output_title="The stations, closest first, each with its distance",
        forms=(geojson.MEDIA_TYPE,),
        answer=_nearest,
    ),
    "coverage": Process(
        title={"zh": "覆盖率", "en": "Coverage"},
        description={
            "zh": "驿站在服务半径内覆盖各乡镇、各区县或全市的比例",
            "en": "How well stations cover each township, each county or the city within a radius",
        },
        inputs=MeasureOptions,
        output="coverage",
        output_title="Figures of each unit, and of all together",
        forms=(geojson.MEDIA_TYPE, JSON),
        answer=_coverage,
    ),
}
