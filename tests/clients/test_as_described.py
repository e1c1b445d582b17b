"""What the OpenAPI document says of each operation is so, in requests that nobody thought of.

Schemathesis makes the requests: valid ones, and ones that break the description in one place.
"""

import re
from itertools import count
from typing import Any, Final

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    positive_data_acceptance,
)

EXAMPLES: Final = 3
"""Requests drawn for each operation, besides those that schemathesis always makes."""

CONFIGURATION: Final = {
    # The same requests in every run: a fault of tonight is there tomorrow.
    "seed": 7,
    "checks": {
        # A change that does not say what it was made from is answered with 428, RFC 6585.
        "missing_required_header": {"expected-statuses": [400, 401, 403, 406, 415, 422, 428]},
    },
}

# What the document allows and the service refuses all the same, for reasons that no schema of one
# parameter can give: the status, and what is said of it. Whatever else is refused fails.
BEYOND_A_SCHEMA: Final = {
    "what goes with what": (
        r"open_only: needs open=|"
        r"lon: give lon and lat, or station|l(on|at): is required beside the other|"
        r"on: give either on or revision|revision: give either|"
        r"amenity: goes with kind amenity_missing|words: is required with kind other|"
        r"suggestion\.\w+: (is required with|needs)|edits: needs an edit, or|"
        r"open: must be arrival beside speed or departure|"
        r"\w+: must not be null|longitude: give|filter-lang: needs filter|"
        r"f: \w+ is in WGS 84 always"
    ),
    "what cannot be asked here, as its description says": (
        r"open: arrival needs an origin|on: is for one day"
    ),
    "text of a grammar of its own": (
        r"open: (is not an RFC 3339|must lie)|minutes: must be 1 to|departure: |"
        r"filter: |bbox: |opening_hours: opening hours|_hours: |"
        r"suggestion\.excluded: is not a GeoJSON"
    ),
    "signs that are not text, or no text": (
        r"holds U\+[0-9A-F]{4,5}, which is not text|reason: is required: say|file: is empty"
    ),
    "days that the service does not know": r"must lie from 1970 to 2100|is not a day from 1970",
    "lines that are none, or go too far": (
        r"line: (needs two different positions|is [0-9,]+ km long)|speed: must be from"
    ),
    "places elsewhere on earth": r"^422 .* outside the area served by",
    "what only the register knows": (
        r"no station has the identifier|no township|^410 the history begins with"
    ),
}


_UNPRESSED: Final = {"Accept-Encoding": "identity"}  # Werkzeug's client unpacks nothing
_senders = count()

described = schemathesis.pytest.from_fixture("document")


@pytest.fixture(scope="module")
def document(service: Flask) -> BaseSchema:
    """The OpenAPI document, as schemathesis reads it."""
    config = SchemathesisConfig.from_dict(CONFIGURATION)
    return schemathesis.openapi.from_wsgi("/api/openapi.json", service, config=config)


@pytest.fixture
def _named(request: pytest.FixtureRequest) -> None:
    """Give the test the name that schemathesis 4.32 looks for, and pytest 9.2 keeps elsewhere."""
    request.node._nodeid = request.node.nodeid  # noqa: SLF001


def sender() -> dict[str, str]:
    """Return the head that names somebody new: how much one may send is another matter."""
    number = next(_senders)
    return {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


@described.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.usefixtures("_named")
# Answers in files are closed by whoever serves them; schemathesis asks the app without a server.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_an_operation_answers_as_described(case: Case[Any], token: dict[str, str]) -> None:
    if case.path == "/api/v1/events" and case.query.get("wait") in range(11):
        case.query["wait"] = 0  # a stream is held as long as it is asked to be
    answer = case.call(headers=token | sender() | _UNPRESSED)

    case.validate_response(
        answer,
        headers=token | _UNPRESSED,
        excluded_checks=excluded(case),
    )
    refused_for_a_reason(case, answer)


def excluded(case: Case[Any]) -> list[CheckFunction]:
    """Return the checks that do not hold here, each for a reason."""
    # In its place stands refused_for_a_reason.
    checks: list[CheckFunction] = [positive_data_acceptance]
    if re.fullmatch(r"/api/v1/stations/[a-z-]+", case.path):
        # The router offers there what /api/v1/stations/{station_id} takes, besides.
        checks.append(allow_header_conformance)
    return checks


def refused_for_a_reason(case: Case[Any], answer: Response) -> None:
    """Fail where what the document allows is refused, unless no schema could have said why."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if answer.status_code not in {400, 405, 406, 410, 412, 413, 415, 422, 428}:
        return
    said = f"{answer.status_code} {answer.json().get('detail')}"
    assert any(re.search(pattern, said) for pattern in BEYOND_A_SCHEMA.values()), said
