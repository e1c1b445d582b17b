"""The register for the phone, its service worker and its manifest, over HTTP."""

import gzip
import json
import re
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import brotli  # type: ignore[import-untyped]
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import shape

from geo_service import create_app
from geo_service.domain.datum import Datum, coordinate_in
from geo_service.domain.navigation import links_to
from geo_service.domain.register import Register
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from geo_service.web.pocket import make_icons, views
from geo_service.web.words import WORDS
from tests.conftest import MONDAY_AT_FIVE
from tests.support.app import closing
from tests.support.clock import StoppedClock

REGISTER = "/pocket/register.json"
OUTLINES = "/pocket/outlines.json"
MOST_GZIPPED = 60_000


@pytest.fixture(scope="module")
def whole(app: Flask) -> Any:
    """The register as the phone gets it."""
    return app.test_client().get(REGISTER).get_json()


# -- the register ------------------------------------------------------------------------------


def test_the_shipped_register_fits(client: FlaskClient) -> None:
    response = client.get(REGISTER, headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) <= MOST_GZIPPED


@pytest.mark.parametrize(
    ("accepted", "decoded"),
    [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)],
)
def test_it_is_the_same_in_every_encoding(
    client: FlaskClient, whole: Any, accepted: str, decoded: Any
) -> None:
    response = client.get(REGISTER, headers={"Accept-Encoding": accepted})

    assert json.loads(decoded(response.data)) == whole
    assert "Accept-Encoding" in response.headers["Vary"]


def test_who_takes_anything_gets_the_smallest(client: FlaskClient) -> None:
    response = client.get(REGISTER, headers={"Accept-Encoding": "gzip, deflate, br"})

    assert response.headers["Content-Encoding"] == "br"


def test_every_station_is_in_it_in_the_order_of_identifiers(whole: Any, register: Register) -> None:
    columns = whole["stations"]

    assert {len(column) for column in columns.values()} == {203}
    assert columns["id"] == sorted(station.id for station in register.stations)


def test_what_it_says_of_a_station_is_what_the_api_says(whole: Any, client: FlaskClient) -> None:
    columns = whole["stations"]
    for number in (0, 3, 77, 202):
        row = {name: column[number] for name, column in columns.items()}
        feature = client.get(f"/api/v1/stations/{row['id']}").get_json()
        known = feature["properties"]

        assert [row["lon"], row["lat"]] == feature["geometry"]["coordinates"]
        assert row["township"] == known["township"]["code"]
        for name in ("name", "name_en", "address", "telephone", "capacity", "accessibility"):
            assert row[name] == known[name]
        assert (row["data_status"], row["verified_on"]) == (
            known["data_status"],
            known["verified_on"],
        )
        held = [each for bit, each in enumerate(whole["amenities"]) if row["amenities"] & 1 << bit]
        assert held == known["amenities"]


def test_its_coordinates_for_the_map_apps_are_those_of_the_links(
    whole: Any, register: Register
) -> None:
    columns = whole["stations"]
    for station, gcj02, bd09 in zip(
        register.stations, columns["gcj02"], columns["bd09"], strict=True
    ):
        links = links_to(station.coordinate, station.name, place="x")
        assert f"to={gcj02[0]:.6f},{gcj02[1]:.6f}," in links["amap"]
        assert f"location={bd09[1]:.6f},{bd09[0]:.6f}&" in links["baidu"]
        assert coordinate_in(station.coordinate, Datum.GCJ02) == pytest.approx(gcj02, abs=1e-6)


def test_every_township_can_be_looked_from(whole: Any, register: Register) -> None:
    columns = whole["townships"]
    places = zip(columns["lon"], columns["lat"], columns["code"], strict=True)

    for lon, lat, code in places:
        if register.townships_by_code[code].boundary is not None:
            assert lon is not None
            assert 113.2 < lon < 114.5
            assert 33.2 < lat < 34.2


def test_who_has_it_is_told_so(client: FlaskClient) -> None:
    first = client.get(REGISTER)
    again = client.get(REGISTER, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Register-Checked"]


@pytest.mark.parametrize(
    "given",
    [{"walking_speed_m_per_min": 75.0}, {"served_margin_m": 5_000.0}, {"place_name": "别处"}],
)
def test_what_an_operator_changes_makes_it_another(
    client: FlaskClient, shipped: Database, settings: Settings, given: dict[str, Any]
) -> None:
    clock = StoppedClock(MONDAY_AT_FIVE)
    with closing(create_app(replace(settings, **given), database=shipped, clock=clock)) as other:
        tag = other.test_client().get(REGISTER).headers["ETag"]

    assert tag != client.get(REGISTER).headers["ETag"]


def test_another_day_makes_it_another(
    client: FlaskClient, shipped: Database, settings: Settings
) -> None:
    clock = StoppedClock(MONDAY_AT_FIVE + timedelta(days=1))
    with closing(create_app(settings, database=shipped, clock=clock)) as tomorrow:
        later = tomorrow.test_client().get(REGISTER)

    assert later.get_json()["made_for"] == "2026-11-17"
    assert later.headers["ETag"] != client.get(REGISTER).headers["ETag"]


def test_a_register_too_large_for_a_phone_is_refused_in_words(client: FlaskClient) -> None:
    with patch.object(views, "MAX_STATIONS", 202):
        response = client.get(REGISTER)

    assert response.status_code == 404
    assert "203 stations" in response.get_json()["detail"]


# -- the outlines ------------------------------------------------------------------------------


def test_every_unit_is_in_the_outlines_and_about_as_large_as_it_is(
    client: FlaskClient, register: Register
) -> None:
    units = {each.code: each.boundary for each in register.counties}
    units |= {each.code: each.boundary for each in register.townships}

    features = client.get(OUTLINES).get_json()["features"]

    assert {each["properties"]["code"] for each in features} == set(units)
    for feature in features:
        boundary = units[feature["properties"]["code"]]
        if boundary is None:
            assert feature["geometry"] is None
        else:
            drawn = shape(feature["geometry"])
            assert drawn.symmetric_difference(boundary).area < 0.05 * boundary.area


def test_the_outlines_are_light_and_not_sent_again(client: FlaskClient) -> None:
    first = client.get(OUTLINES, headers={"Accept-Encoding": "gzip"})
    again = client.get(OUTLINES, headers={"If-None-Match": first.headers["ETag"]})

    assert len(first.data) <= MOST_GZIPPED
    assert again.status_code == 304


# -- the service worker ------------------------------------------------------------------------


def kept_by(client: FlaskClient, prefix: str = "") -> Any:
    script = client.get("/sw.js", environ_overrides={"SCRIPT_NAME": prefix}).get_data(as_text=True)
    (text,) = re.findall(r"^const KEPT = (\{.*\});$", script, re.MULTILINE)
    return json.loads(text)


def test_the_service_worker_may_ask_this_host_and_nothing_else(client: FlaskClient) -> None:
    response = client.get("/sw.js")

    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    )


def test_the_service_worker_that_has_not_changed_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get("/sw.js").headers["ETag"]

    assert client.get("/sw.js", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("prefix", ["", "/geo"])
def test_all_that_is_kept_lies_under_the_prefix_and_answers(
    client: FlaskClient, prefix: str
) -> None:
    kept = kept_by(client, prefix)
    addresses = [*kept["pages"], *kept["files"], *kept["registers"], *kept["offline"].values()]

    assert kept["root"] == f"{prefix}/"
    for address in addresses:
        assert address.startswith(f"{prefix}/")
        with client.get(address.removeprefix(prefix)) as response:
            assert response.status_code == 200, address


def test_the_page_says_to_which_version_of_the_files_it_belongs(client: FlaskClient) -> None:
    assert client.get("/").headers["Pocket-Version"] == kept_by(client)["version"]
    assert "Pocket-Version" not in client.get("/coverage").headers


def test_what_a_kept_script_imports_is_kept(client: FlaskClient) -> None:
    kept = set(kept_by(client)["files"])
    static = Path(views.__file__).parents[1] / "static"

    for name in kept:
        if name.endswith(".js"):
            text = (static / name.removeprefix("/static/")).read_text(encoding="utf-8")
            folder = name.rsplit("/", 1)[0]
            for imported in re.findall(r"from '\./([\w-]+\.js)'", text):
                assert f"{folder}/{imported}" in kept


# -- the home screen, the page without signal ---------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/geo"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_manifest_leads_to_the_page(client: FlaskClient, language: str, prefix: str) -> None:
    response = client.get(
        f"/manifest.webmanifest?lang={language}", environ_overrides={"SCRIPT_NAME": prefix}
    )
    manifest = response.get_json(force=True)

    assert response.mimetype == "application/manifest+json"
    assert manifest["start_url"] == f"{prefix}/?lang={language}"
    assert (manifest["scope"], manifest["display"]) == (f"{prefix}/", "standalone")
    assert {each["src"].startswith(f"{prefix}/static/") for each in manifest["icons"]} == {True}


def test_every_icon_is_as_large_as_the_manifest_says(client: FlaskClient) -> None:
    for icon in client.get("/manifest.webmanifest").get_json(force=True)["icons"]:
        if icon["type"] == "image/png":
            with client.get(icon["src"]) as response:
                width, height = (int.from_bytes(response.data[at : at + 4]) for at in (16, 20))
            assert f"{width}x{height}" == icon["sizes"]


@pytest.fixture
def icon_pixels() -> Any:
    """Read the pixels of an icon that is shipped."""

    def read(name: str, size: int) -> Any:
        data = (make_icons.STATIC / name).read_bytes()
        length = int.from_bytes(data[33:37])
        lines = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8)
        return lines.reshape(size, -1)[:, 1:].reshape(size, size, 4)

    return read


@pytest.mark.parametrize("maskable", [False, True])
@pytest.mark.parametrize("size", make_icons.SIZES)
def test_the_icons_are_those_that_their_script_draws(
    icon_pixels: Any, size: int, *, maskable: bool
) -> None:
    found = icon_pixels(make_icons.name_of(size, maskable=maskable), size)

    assert np.array_equal(found, make_icons.drawn(size, maskable=maskable))


@pytest.mark.parametrize(("language", "heading"), [("zh", "现在没有信号"), ("en", "No signal now")])
def test_the_page_without_signal_says_so_and_that_the_data_are_for_demonstration(
    client: FlaskClient, language: str, heading: str
) -> None:
    text = client.get(f"/pocket/offline?lang={language}").get_data(as_text=True)

    assert f"<h1>{heading}</h1>" in text
    assert WORDS["zh"]["ribbon"] in text
