"""OGC API – Processes: the nearest stations and coverage, executed at once.

Not by pygeoapi, which would call whatever address a question names as its subscriber, put the text
of any error into its answer, and offer a list of jobs.
"""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from flask import Blueprint, Response, request
from pydantic import Field

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.web import params
from geo_service.web.answers import JSON, json_answer
from geo_service.web.language import LANGUAGES, Language, language_asked
from geo_service.web.ogc import mounted
from geo_service.web.ogc.page import page_of
from geo_service.web.ogc.process_inputs import described, taking_several
from geo_service.web.ogc.process_list import PROCESSES, Process
from geo_service.web.ogc.questions import OWN_FORMS, checked, wants_page
from geo_service.web.params import Parameters
from geo_service.web.problems import MEDIA_TYPE

blueprint = Blueprint("ogc_processes", __name__, url_prefix="/ogc", template_folder="templates")

_VERSION: Final = "1.0.0"
_EXCEPTION: Final = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0"
_EXECUTE: Final = "http://www.opengis.net/def/rel/ogc/1.0/execute"


class FormAsked(Parameters):
    """The form of an output; what else the standard has of one, there is not here."""

    mediaType: str | None = None  # noqa: N815  the standard's name


class OutputAsked(Parameters):
    """One output that is wanted."""

    format: FormAsked = FormAsked()
    transmissionMode: Literal["value"] = "value"  # noqa: N815


class Execution(Parameters):
    """What a process is asked. No subscriber: nobody's addresses are called from here."""

    inputs: Annotated[dict[str, Any], Field(max_length=40, default_factory=dict)]
    outputs: Annotated[dict[str, OutputAsked], Field(max_length=10)] | None = None
    response: Literal["raw", "document"] = "raw"


@blueprint.get("/processes")
def processes() -> Response:
    """List the processes."""
    checked(request.args, forms=OWN_FORMS)
    base, language = mounted.base_url(), _language()
    listed = [_summary(name, each, base, language) for name, each in PROCESSES.items()]
    content = {"processes": listed, "links": _links(f"{base}/processes")}
    return page_of("processes", content) if wants_page() else json_answer(content)


@blueprint.get("/processes/<process_id>")
def process(process_id: str) -> Response:
    """Describe a process: its inputs and its output."""
    checked(request.args, forms=OWN_FORMS)
    if (found := PROCESSES.get(process_id)) is None:
        return _not_there("no-such-process", "No such process", process_id)
    content = _summary(process_id, found, mounted.base_url(), _language()) | {
        "inputs": described(found.inputs),
        "outputs": {
            found.output: {
                "title": found.output_title,
                "schema": {
                    "oneOf": [{"type": "object", "contentMediaType": form} for form in found.forms]
                },
            }
        },
    }
    return page_of("process", content) if wants_page() else json_answer(content)


@blueprint.post("/processes/<process_id>/execution")
def execute(process_id: str) -> Response:
    """Execute a process at once, and answer with its output."""
    if (found := PROCESSES.get(process_id)) is None:
        return _not_there("no-such-process", "No such process", process_id)
    asked = params.read_body(Execution)
    form = _form(found, asked)
    answer = found.answer(_as_lists(found, asked.inputs), form)
    if asked.response == "raw":
        return answer
    # In a document, a value that is an object says which form it has.
    text = b'{"%b":{"mediaType":"%b","value":%b}}' % (
        found.output.encode(),
        form.encode(),
        answer.get_data(),
    )
    return Response(text, mimetype=JSON)


@blueprint.get("/jobs/<job_id>")
@blueprint.get("/jobs/<job_id>/results")
def job(job_id: str) -> Response:
    """Say that there is no such job: what is executed is answered at once."""
    return _not_there("no-such-job", "No such job", job_id)


def _form(process: Process, asked: Execution) -> str:
    """Return the form of the output that is wanted."""
    for name, output in (asked.outputs or {}).items():
        if name != process.output:
            fault = ParameterFault(f"outputs.{name}", f"is not known; known is {process.output}")
            raise InvalidQueryError(fault)
        wanted = output.format.mediaType
        if wanted is not None and wanted not in process.forms:
            reason = f"must be {' or '.join(process.forms)}"
            raise InvalidQueryError(ParameterFault(f"outputs.{name}.format.mediaType", reason))
        return wanted or process.forms[0]
    return process.forms[0]


def _as_lists(process: Process, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs with a list where one may have several values, and one came alone."""
    several = taking_several(process.inputs)
    return {
        name: [value] if name in several and not isinstance(value, list) else value
        for name, value in inputs.items()
    }


def _language() -> Language:
    return language_asked(LANGUAGES.get(request.args.get("lang", "")))


def _summary(name: str, process: Process, base: str, language: Language) -> dict[str, Any]:
    address = f"{base}/processes/{name}"
    execute = {
        "rel": _EXECUTE,
        "href": f"{address}/execution",
        "type": JSON,
        "title": "Execute it: POST",
    }
    return {
        "id": name,
        "version": _VERSION,
        "title": process.title[language],
        "description": process.description[language],
        "jobControlOptions": ["sync-execute"],
        "outputTransmission": ["value"],
        "links": [*_links(address), execute],
    }


def _links(address: str) -> list[dict[str, str]]:
    return [
        {"rel": "self", "href": f"{address}?f=json", "type": JSON, "title": "This document"},
        {
            "rel": "alternate",
            "href": f"{address}?f=html",
            "type": "text/html",
            "title": "This document as a page",
        },
    ]


def _not_there(kind: str, title: str, name: str) -> Response:
    status = HTTPStatus.NOT_FOUND
    problem = {
        "type": f"{_EXCEPTION}/{kind}",
        "title": title,
        "status": status.value,
        "detail": f"there is no {name[:100]!r} here",
        "instance": request.root_path + request.path,
    }
    return json_answer(problem, MEDIA_TYPE, status)
