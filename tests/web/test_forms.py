"""Answers in the form that whoever asks wants: by ``f``, by ``Accept``, or as ever."""

import csv
import io
import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo_service.domain.register import Register

NEAREST = "/api/v1/stations/nearest?lon=114.0163&lat=33.5814"
STATIONS = "/api/v1/stations?limit=1000"
COVERAGE = "/api/v1/coverage?level=county"
MEDIA = {
    "geojson": "application/geo+json",
    "geojsonseq": "application/geo+json-seq",
    "csv": "text/csv",
    "kml": "application/vnd.google-earth.kml+xml",
    "fgb": "application/vnd.flatgeobuf",
}
KML = "{http://www.opengis.net/kml/2.2}"


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def _features(client: FlaskClient, path: str) -> list[dict[str, object]]:
    return list(client.get(path + "&f=geojson").get_json()["features"])


def _by_gdal(body: bytes, path: Path) -> list[dict[str, str]]:
    path.write_bytes(body)
    command = ["ogr2ogr", "-f", "CSV", "/vsistdout/", str(path), "-lco", "GEOMETRY=AS_WKT"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return list(csv.DictReader(io.StringIO(ran.stdout)))


@pytest.mark.parametrize("path", [NEAREST, STATIONS, COVERAGE])
@pytest.mark.parametrize("form", MEDIA)
def test_accept_gets_what_f_gets(client: FlaskClient, path: str, form: str) -> None:
    named = client.get(f"{path}&f={form}")
    accepted = client.get(path, headers={"Accept": MEDIA[form]})

    assert (named.status_code, named.mimetype) == (200, MEDIA[form])
    assert (accepted.status_code, accepted.mimetype) == (200, MEDIA[form])
    assert "Accept" in ", ".join(accepted.headers.getlist("Vary")).split(", ")
    if form in {"csv", "kml", "geojsonseq"}:
        assert accepted.data == named.data


@pytest.mark.parametrize(
    ("accepted", "form"),
    [
        ("*/*", "geojson"),
        ("application/json", "geojson"),
        ("application/*", "geojson"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "geojson"),
        ("text/csv;q=0.9,application/geo+json;q=0.5", "csv"),
        ("application/vnd.flatgeobuf,*/*;q=0.1", "fgb"),
        ("x" * 5000, "geojson"),
    ],
)
def test_what_is_accepted_best_is_given(client: FlaskClient, accepted: str, form: str) -> None:
    assert client.get(NEAREST, headers={"Accept": accepted}).mimetype == MEDIA[form]


def test_f_outweighs_accept(client: FlaskClient) -> None:
    assert client.get(f"{NEAREST}&f=csv", headers={"Accept": "image/png"}).mimetype == "text/csv"


@pytest.mark.parametrize("path", [NEAREST, STATIONS, COVERAGE])
@pytest.mark.parametrize("accepted", ["text/html", "video/mp4", "text/csv;q=0", "no-type"])
def test_what_there_is_not_is_refused_with_a_list_of_what_there_is(
    client: FlaskClient, path: str, accepted: str
) -> None:
    answer = client.get(path, headers={"Accept": accepted})

    assert (answer.status_code, answer.mimetype) == (406, "application/problem+json")
    detail = answer.get_json(force=True)["detail"]
    assert all(f"{media} (f={form})" in detail for form, media in MEDIA.items())


def test_one_form_is_not_taken_for_another_by_who_kept_it(client: FlaskClient) -> None:
    tag = client.get(NEAREST, headers={"Accept": "text/csv"}).headers["ETag"]

    answer = client.get(NEAREST, headers={"Accept": MEDIA["kml"], "If-None-Match": tag})

    assert (answer.status_code, answer.mimetype) == (200, MEDIA["kml"])


@pytest.mark.parametrize("form", ["csv", "kml", "fgb", "geojsonseq"])
@pytest.mark.parametrize(("path", "name"), [(NEAREST, "nearest-r"), (COVERAGE, "coverage-county-")])
def test_a_file_has_a_name_of_its_question_and_revision(
    client: FlaskClient, path: str, name: str, form: str
) -> None:
    said = client.get(f"{path}&f={form}").headers["Content-Disposition"]

    assert said.startswith(f'attachment; filename="{name}')
    assert said.endswith(("geojsonl" if form == "geojsonseq" else form) + '"')


def test_a_sequence_has_the_features_one_by_one(client: FlaskClient) -> None:
    records = client.get(f"{STATIONS}&f=geojsonseq").data.split(b"\x1e")

    assert records[0] == b""
    assert all(record.endswith(b"\n") for record in records[1:])
    assert [json.loads(record) for record in records[1:]] == _features(client, STATIONS)


def test_a_table_has_the_nearest_in_order_and_where_they_are(client: FlaskClient) -> None:
    rows = _rows(client.get(f"{NEAREST}&limit=20&f=csv").text)

    features = _features(client, f"{NEAREST}&limit=20")
    assert [row["id"] for row in rows] == [feature["id"] for feature in features]
    for row, feature in zip(rows, features, strict=True):
        properties, geometry = feature["properties"], feature["geometry"]
        assert isinstance(properties, dict)
        assert isinstance(geometry, dict)
        assert [float(row["longitude"]), float(row["latitude"])] == geometry["coordinates"]
        assert float(row["distance_m"]) == properties["distance_m"]
        assert row["data_status"] == properties["data_status"]


def test_a_table_of_nothing_still_has_its_columns(client: FlaskClient) -> None:
    text = client.get(f"{NEAREST}&within=0.001&f=csv").text

    assert text.startswith("\ufeffid,name,")
    assert _rows(text) == []


@pytest.mark.parametrize("path", [f"{NEAREST}&limit=20", STATIONS])
@pytest.mark.parametrize("form", ["fgb", "kml"])
def test_gdal_reads_the_same_stations_in_the_same_places_and_order(
    client: FlaskClient, tmp_path: Path, path: str, form: str
) -> None:
    rows = _by_gdal(client.get(f"{path}&f={form}").data, tmp_path / f"read.{form}")

    features = _features(client, path)
    assert [row["id"] for row in rows] == [feature["id"] for feature in features]
    for row, feature in zip(rows, features, strict=True):
        geometry = feature["geometry"]
        assert isinstance(geometry, dict)
        x, y = row["WKT"].removeprefix("POINT (").removesuffix(")").split(" ")
        assert [float(x), float(y)] == pytest.approx(geometry["coordinates"], abs=1e-7)


@pytest.mark.parametrize("form", ["fgb", "kml"])
def test_gdal_reads_every_unit_also_those_without_a_boundary(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    path = "/api/v1/coverage?level=township"
    rows = _by_gdal(client.get(f"{path}&f={form}").data, tmp_path / f"read.{form}")

    units = client.get(path).get_json()["units"]
    assert [row["code"] for row in rows] == [unit["code"] for unit in units]
    assert sum(not row["WKT"].strip() for row in rows) == 9


@pytest.mark.parametrize("form", ["fgb", "kml", "csv"])
def test_an_answer_without_stations_is_a_file_without_lines(
    client: FlaskClient, tmp_path: Path, form: str
) -> None:
    body = client.get(f"{NEAREST}&within=0.001&f={form}").data

    assert _by_gdal(body, tmp_path / f"read.{form}") == []


@pytest.mark.parametrize("form", ["kml", "fgb"])
def test_a_form_of_wgs_84_is_not_given_in_another_datum(client: FlaskClient, form: str) -> None:
    answer = client.get(f"{NEAREST}&datum=gcj02&f={form}")

    assert answer.status_code == 400
    assert answer.get_json(force=True)["errors"][0]["parameter"] == "f"


def test_a_globe_is_told_what_the_data_are(client: FlaskClient) -> None:
    document = ET.fromstring(client.get(f"{NEAREST}&f=kml").data)  # noqa: S314  our own

    assert "do not go there" in (document.findtext(f"{KML}Document/{KML}description") or "")


# -- links --------------------------------------------------------------------------------------


def _linked(client: FlaskClient, path: str) -> dict[str, list[str]]:
    """Read the header Link with a reader that is not ours."""
    from requests.utils import parse_header_links  # noqa: PLC0415

    found: dict[str, list[str]] = {}
    for link in parse_header_links(", ".join(client.get(path).headers.getlist("Link"))):
        found.setdefault(link["rel"], []).append(link["url"])
    return found


def test_pages_lead_forth_and_back_over_every_station(
    client: FlaskClient, register: Register
) -> None:
    there: list[str] = []
    path, last = "/api/v1/stations?limit=60", ""
    while path:
        there += [str(each["id"]) for each in client.get(path).get_json()["features"]]
        path, last = _linked(client, path).get("next", [""])[0], path
    back: list[str] = []
    while last:
        back = [str(each["id"]) for each in client.get(last).get_json()["features"]] + back
        last = _linked(client, last).get("prev", [""])[0]

    assert there == back == [station.id for station in register.stations]


def test_the_first_page_leads_nowhere_back(client: FlaskClient) -> None:
    assert not {"prev", "first"} & set(_linked(client, "/api/v1/stations?limit=60"))


def test_every_other_form_is_linked(client: FlaskClient) -> None:
    linked = _linked(client, "/api/v1/stations?limit=1&service=rest")

    kinds = {client.get(f"/api/v1/stations{each}").mimetype for each in linked["alternate"]}
    assert kinds == set(MEDIA.values()) - {"application/geo+json"}
    assert client.get(linked["service-desc"][0]).status_code == 200


def test_an_address_cannot_end_its_link(client: FlaskClient) -> None:
    answer = client.get('/api/v1/stations?limit=1&open=now>;rel="next"', headers={})
    named = client.get("/api/v1/stations?after=%3E%3B%20rel%3D%22next%22&limit=1")

    assert answer.status_code == 400
    assert '>; rel="next"' not in named.headers["Link"].replace('>; rel="next"; type', "")
