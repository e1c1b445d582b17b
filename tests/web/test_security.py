"""The headers that protect whoever opens an answer."""

import pytest
from flask.testing import FlaskClient

CONSTANT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}


@pytest.mark.parametrize(
    "path", ["/", "/api/openapi.json", "/nothing", "/healthz", "/static/icon.svg"]
)
def test_every_answer_carries_each_header_once(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers

    assert {name: headers.getlist(name) for name in CONSTANT} == {
        name: [text] for name, text in CONSTANT.items()
    }
    assert len(headers.getlist("Content-Security-Policy")) == 1


def test_what_is_no_page_may_load_nothing_and_has_no_nonce(client: FlaskClient) -> None:
    policy = client.get("/api/v1/stations/LH-001").headers["Content-Security-Policy"]

    assert policy == "default-src 'none'; frame-ancestors 'none'"


def test_a_page_may_load_from_its_own_host_alone(client: FlaskClient) -> None:
    policy = client.get("/maps/stations").headers["Content-Security-Policy"]
    rules = dict(each.strip().split(" ", 1) for each in policy.split(";"))

    assert rules["default-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
