"""Behind nginx, set up as docs/operations.md says, under a prefix."""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from html.parser import HTMLParser
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

import pytest

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from tests.docs.markdown import section
from tests.support.clock import StoppedClock
from tests.support.postgis import PostGIS, throw_away_home
from tests.support.service import PATIENCE_S, free_port, launch, urls, wait_for

pytestmark = pytest.mark.slow

NGINX = shutil.which("nginx", path="/usr/bin:/usr/sbin:/usr/local/sbin") or "nginx"
PAGES = [
    *("/", "/?lang=en", "/about", "/s/LH-001", "/route", "/print", "/print/411104102"),
    *("/coverage", "/maps/stations", "/maps/coverage", "/api/docs"),
    "/register/sign-in",
    *("/tiles/example", "/ogc/processes/nearest?f=html"),
    *("/ogc/collections/stations/tiles/WebMercatorQuad?f=html", "/ogc/TileMatrixSets?f=html"),
    *("/ogc/?f=html", "/ogc/collections?f=html", "/ogc/collections/stations/items?f=html"),
]
FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
}


# Where a tap on "directions" leads.
MAP_APPS = {"uri.amap.com", "api.map.baidu.com", "apis.map.qq.com", "maps.apple.com"}


class Proxied(NamedTuple):
    """A service with nginx in front."""

    origin: str
    prefix: str
    log: Path

    @property
    def base(self) -> str:
        """The address of the service, as people write it."""
        return self.origin + self.prefix

    def get(self, address: str, **headers: str) -> tuple[int, str]:
        """Ask for an address, whatever the status; what is no text comes as something like it."""
        parts = urlsplit(urljoin(self.base + "/", address))
        connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_S)
        with closing(connection):
            connection.request("GET", urlunsplit(("", "", *parts[2:4], "")), headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")

    def json(self, path: str, **headers: str) -> Any:
        """Ask the API."""
        return json.loads(self.get(self.base + path, **headers)[1])


@pytest.fixture(scope="module")
def proxied(shipped_postgis: PostGIS) -> Iterator[Proxied]:
    """The service behind nginx, which is set up by the lines in the documentation."""
    with throw_away_home("proxy-") as home:
        running = launch(home, GEO_SERVICE_TRUSTED_PROXIES="1", **urls(shipped_postgis))
        port = free_port()
        folder = home.parent / "nginx"
        folder.mkdir()
        (folder / "nginx.conf").write_text(configuration(folder, port, running.port))
        try:
            wait_for(lambda: "Ready." in running.said, running)
            nginx = subprocess.Popen([NGINX, "-p", folder, "-c", "nginx.conf"])
            try:
                wait_for(lambda: listens(port), running)
                yield Proxied(f"http://127.0.0.1:{port}", "/geo", running.log)
            finally:
                nginx.send_signal(signal.SIGQUIT)
                nginx.wait(PATIENCE_S)
        finally:
            running.process.terminate()
            running.process.wait(PATIENCE_S)


def configuration(folder: Path, port: int, upstream: int) -> str:
    """Take the lines of the documentation, for other ports, without TLS, in a hurry."""
    (lines,) = re.findall(
        r"```nginx\n(.*?)```", section("docs/operations.md", "Behind a proxy"), re.DOTALL
    )
    for documented, ours in {
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
        "listen 443 ssl": f"listen 127.0.0.1:{port}",
        "client_body_timeout 10s": "client_body_timeout 1s",
    }.items():
        assert documented in lines
        lines = lines.replace(documented, ours)
    folders = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\n{folders}{lines}}}\n"
    )


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class Addresses(HTMLParser):
    """Every address that a page leads to, loads, or sends a form to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect."""
        self.found |= {
            value for name, value in attrs if name in {"href", "src", "action"} and value
        }


@pytest.mark.parametrize("page", PAGES)
def test_every_address_in_a_page_lies_under_the_prefix_and_answers(
    proxied: Proxied, page: str
) -> None:
    status, text = proxied.get(proxied.base + page)
    ours = {
        each
        for each in Addresses(text).found
        if not each.startswith(("#", "data:", "geo:")) and urlsplit(each).netloc not in MAP_APPS
    }

    assert status == 200
    assert ours
    for address in ours:
        whole = urljoin(proxied.base + page, address)
        assert urlsplit(whole).netloc == urlsplit(proxied.origin).netloc
        assert urlsplit(whole).path.startswith("/geo/"), address
        status, answer = proxied.get(whole)
        # A form's address answers to what is posted, and says so; the desk leads to its door.
        assert status in {200, 405} or (status, 'href="/geo/register/sign-in' in answer) == (
            HTTPStatus.SEE_OTHER,
            True,
        ), address


@pytest.mark.parametrize("page", PAGES)
def test_no_script_in_a_page_knows_an_address_beside_the_prefix(
    proxied: Proxied, page: str
) -> None:
    text = proxied.get(proxied.base + page)[1]

    assert not re.findall(r"[\"'](?:/api|/maps|/static|/coverage|/problems)[/\"'?]", text)


def test_the_type_of_a_problem_leads_to_its_explanation(proxied: Proxied) -> None:
    problem = proxied.json("/api/v1/stations/nowhere")

    assert problem["instance"] == "/geo/api/v1/stations/nowhere"
    assert proxied.get(problem["type"])[0] == 200


def test_the_documentation_of_the_api_reads_the_description_under_the_prefix(
    proxied: Proxied,
) -> None:
    assert 'url: "/geo/api/openapi.json"' in proxied.get(f"{proxied.base}/api/docs")[1]


def test_the_api_says_where_it_is(proxied: Proxied) -> None:
    assert proxied.json("/api/openapi.json")["servers"] == [{"url": proxied.base}]


def test_a_page_of_stations_leads_to_the_next_through_the_proxy(proxied: Proxied) -> None:
    first = proxied.json("/api/v1/stations?limit=5&service=rest")
    links = {each["rel"]: each["href"] for each in first["links"]}
    second = json.loads(proxied.get(links["next"])[1])

    assert links["self"].startswith(f"{proxied.base}/api/v1/stations?")
    assert links["next"].startswith(f"{proxied.base}/api/v1/stations?")
    assert second["numberReturned"] == 5
    assert not {each["id"] for each in first["features"]} & {
        each["id"] for each in second["features"]
    }


def test_the_links_of_the_ogc_api_lead_through_the_proxy(proxied: Proxied) -> None:
    landing = proxied.json("/ogc/?f=json")
    page = proxied.json("/ogc/collections/stations/items?f=json&limit=5&filter=capacity%3E3")
    addresses = [each["href"] for each in (*landing["links"], *page["links"])]

    assert [each for each in addresses if not each.startswith(f"{proxied.base}/ogc")] == []
    assert {proxied.get(each)[0] for each in addresses} == {200}


def test_events_come_through_the_proxy_as_they_happen(proxied: Proxied) -> None:
    parts, came = urlsplit(proxied.base), []
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_S)
    began = time.monotonic()
    with closing(connection):
        connection.request("GET", f"{parts.path}/api/v1/events?wait=8")
        answer = connection.getresponse()
        while piece := answer.read1():
            came.append((time.monotonic() - began, piece.decode()))

    text = "".join(piece for _, piece in came)
    assert f'"changes":"{proxied.base}/api/v1/changes?since=0"' in text
    assert came[0][0] < 2
    assert "data:" in came[0][1]
    assert any(seconds < 5 and "still here" in piece for seconds, piece in came)
    assert 7 < came[-1][0] < 12


def test_what_a_caller_claims_is_overruled_by_the_proxy(proxied: Proxied) -> None:
    answer = proxied.json("/api/v1/stations?limit=1", **FORGED)

    assert all(each["href"].startswith(proxied.base) for each in answer["links"])


def test_a_body_that_comes_slowly_is_cut_off_and_never_reaches_the_service(
    proxied: Proxied,
) -> None:
    parts = urlsplit(proxied.origin)
    assert parts.port is not None
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", parts.port), timeout=PATIENCE_S) as connection:
        connection.sendall(
            b"POST /geo/api/v1/stations/nearest HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
        )
        answer = connection.recv(100)

    assert answer == b"" or b" 408 " in answer
    assert time.monotonic() - began < 10
    assert "POST" not in proxied.log.read_text()


def test_the_counts_are_not_for_strangers(proxied: Proxied) -> None:
    assert proxied.get(f"{proxied.base}/metrics")[0] == 404


# -- without nginx --------------------------------------------------------------------------


@pytest.fixture
def links(shipped: Database, settings: Settings, clock: StoppedClock) -> Any:
    """Ask for a page of stations under other settings; return its links."""

    def ask(headers: dict[str, str], **given: Any) -> set[str]:
        changed = Settings(home=settings.home, log_level="error", **given)
        client = create_app(changed, database=shipped, clock=clock).test_client()
        answer = client.get("/api/v1/stations?limit=1", headers=headers).get_json()
        return {each["href"].partition("/api/")[0] for each in answer["links"]}

    return ask


def test_without_a_trusted_proxy_nobody_is_believed(links: Any) -> None:
    assert links(FORGED) == {"http://localhost"}


def test_only_the_nearest_proxy_is_believed(links: Any) -> None:
    chain = {name: f"forged, {text}" for name, text in FORGED.items()}

    assert links(chain, trusted_proxies=1) == {"https://evil.example/evil"}


@pytest.mark.parametrize("hops", [0, 1])
def test_the_public_address_wins_over_what_anybody_says(links: Any, hops: int) -> None:
    given = {"trusted_proxies": hops, "public_url": "https://example.org/geo"}

    assert links(FORGED | {"Host": "evil.example"}, **given) == {"https://example.org/geo"}
