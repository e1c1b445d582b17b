"""A client that openapi-python-client makes from the OpenAPI document works."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask

from tests.support.server import running

PACKAGE: Final = "geo_service_client"
# Tables of stations are sent as they are; docs/clients.md says the same.
CONFIGURATION: Final = f"""
package_name_override: {PACKAGE}
post_hooks: []
content_type_overrides:
  text/csv: application/octet-stream
  application/vnd.mapbox-vector-tile: application/octet-stream
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream
"""


@pytest.fixture(scope="module")
def made(service: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the client, where Python finds it."""
    folder = tmp_path_factory.mktemp("made")
    document, options = folder / "openapi.json", folder / "options.yml"
    document.write_text(service.test_client().get("/api/openapi.json").text, encoding="utf-8")
    options.write_text(CONFIGURATION, encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    files = [f"--path={document}", f"--config={options}", f"--output-path={folder / PACKAGE}"]
    ran = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    (folder / "said").write_text(ran.stdout + ran.stderr, encoding="utf-8")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    sys.path.insert(0, str(folder))
    invalidate_caches()
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def address(service: Flask) -> Iterator[str]:
    """Where the service listens."""
    with running(service) as address:
        yield address


@pytest.fixture
def client(made: Path, address: str) -> Any:  # noqa: ARG001  made for its import
    """Somebody whom the service does not know."""
    return import_module(PACKAGE).Client(base_url=address)


@pytest.fixture
def program(made: Path, address: str, token: dict[str, str]) -> Any:  # noqa: ARG001
    """A program of the staff's."""
    secret = token["Authorization"].removeprefix("Bearer ")
    return import_module(PACKAGE).AuthenticatedClient(base_url=address, token=secret)


def operation(name: str) -> Any:
    """Return the module of one operation."""
    return import_module(f"{PACKAGE}.api.{name}")


def model(name: str) -> Any:
    """Return the class of one schema."""
    return getattr(import_module(f"{PACKAGE}.models"), name)


def test_no_operation_and_no_schema_is_left_out(made: Path, service: Flask) -> None:
    document = service.test_client().get("/api/openapi.json").get_json()
    operations = {
        described["operationId"]
        for path in document["paths"].values()
        for described in path.values()
    }

    modules = {path.stem for path in (made / PACKAGE / "api").rglob("*.py")} - {"__init__"}

    assert modules == operations
    assert "WARNING" not in (made / "said").read_text(encoding="utf-8")


def test_every_module_of_the_client_can_be_imported(made: Path) -> None:
    for path in (made / PACKAGE).rglob("*.py"):
        import_module(".".join(path.relative_to(made).with_suffix("").parts))


def test_the_nearest_stations_come_as_objects(client: Any, service: Flask) -> None:
    found = operation("stations.stations_nearest").sync(
        client=client, lon=114.0163, lat=33.5814, limit=3, amenity=[model("Amenity").WATER]
    )

    asked = "/api/v1/stations/nearest?lon=114.0163&lat=33.5814&limit=3&amenity=water"
    plain = service.test_client().get(asked).get_json()
    assert [each.id for each in found.features] == [each["id"] for each in plain["features"]]
    assert (
        found.features[0].properties.distance_m == plain["features"][0]["properties"]["distance_m"]
    )
    assert found.features[0].properties.services[0].openness.state in {"open", "closed", "unknown"}


def test_a_page_leads_to_all_stations(client: Any) -> None:
    seen = set[str]()
    after: dict[str, str] = {}
    while True:
        page = operation("stations.stations_stations").sync(client=client, limit=100, **after)
        seen |= {each.id for each in page.features}
        if not [link for link in page.links if link.rel == "next"]:
            break
        after = {"after": page.features[-1].id}

    assert len(seen) == page.number_matched == 203


def test_a_refusal_comes_as_a_problem(client: Any) -> None:
    refused = operation("stations.stations_station").sync_detailed("NO-SUCH", client=client)

    assert refused.status_code == 404
    assert isinstance(refused.parsed, model("Problem"))
    assert refused.parsed.type_ == "/problems/station-not-found"


def test_a_question_that_is_sent_as_a_body_is_answered(client: Any) -> None:
    asked = model("ManyNearestParameters").from_dict(
        {"origins": [{"lon": 114.0163, "lat": 33.5814, "id": "here"}], "limit": 2}
    )

    found = operation("stations.stations_nearest_to_many").sync(client=client, body=asked)

    assert [each.id for each in found.origins] == ["here"]
    assert len(found.origins[0].nearest) == 2


def test_a_file_comes_as_bytes(client: Any) -> None:
    answer = operation("register.register_whole").sync_detailed(
        client=client, f=model("RegisterForm").XLSX
    )

    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_a_program_reads_a_record_and_changes_it(program: Any) -> None:
    read = operation("register.records_record").sync_detailed("LH-001", client=program)
    body = model("RecordParameters").from_dict({"reason": "测试", "telephone": "0395-1234567"})

    changed = operation("register.records_change").sync(
        "LH-001", client=program, body=body, if_match=read.headers["ETag"]
    )

    assert isinstance(changed, model("RecordAnswer")), changed
    assert changed.telephone == "0395-1234567"
    assert changed.revision > read.parsed.revision


def test_a_program_is_told_whose_token_it_has(program: Any, client: Any) -> None:
    own = operation("accounts.account_account")

    assert own.sync(client=program).role == "administrator"
    assert own.sync_detailed(client=client).status_code == 401


def test_the_document_is_the_same_for_whoever_asks(service: Flask) -> None:
    first, second = (
        json.dumps(service.test_client().get("/api/openapi.json").get_json()) for _ in range(2)
    )

    assert first == second
