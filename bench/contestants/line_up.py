"""Start the contestants of `bench/nearest`, all on granian with one worker."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bench import questions, world
from bench.database import Filled
from bench.options import PROJECT, WORKSHOP, Options
from bench.processes import HOST, Server, free_port, granian, started
from bench.provision import peer_python

SERVICE: Final = "geo_service"
BARE: Final = "bare Flask view"
ORM: Final = "SQLAlchemy ORM → PostGIS"
REDIS: Final = "Redis GEOSEARCH behind Flask"
TIPG: Final = "TiPg"
PYGEOAPI: Final = "pygeoapi (a box, not nearest)"

Form = Callable[[float, float], str]
_HERE: Final = Path(sys.executable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """A server, and how it is asked each variant it can answer."""

    name: str
    server: Server
    forms: Mapping[str, Form]

    def checked_form(self, variant: str) -> Form:
        """Return how it is asked when its answers are compared with PostGIS: without hours."""
        form = self.forms[variant]
        return lambda *origin: form(*origin).replace(questions.ON_ARRIVAL, "")


@contextmanager
def line_up(options: Options, database: Filled) -> Iterator[Sequence[Contestant]]:
    """Run all contestants until the block ends."""
    with ExitStack() as stack:
        begin = stack.enter_context
        service = begin(service_on(database, threads=options.threads))
        found = [
            Contestant(name=SERVICE, server=service, forms=_both(questions.service_path)),
            Contestant(
                name=BARE,
                server=begin(_bare(_bodies(service, database.size), options)),
                forms=_both(questions.bare_path),
            ),
            Contestant(
                name=ORM, server=begin(_orm(database, options)), forms=_both(questions.peer_path)
            ),
        ]
        if "redis" in options.peers:
            form = {questions.PLAIN: questions.peer_path(questions.PLAIN)}
            server = begin(_redis(database.size, options))
            found.append(Contestant(name=REDIS, server=server, forms=form))
        if "tipg" in options.peers:
            server = begin(_tipg(database, options))
            plain = {questions.PLAIN: questions.tipg_path}
            found.append(Contestant(name=TIPG, server=server, forms=plain))
        if "pygeoapi" in options.peers:
            server = begin(_pygeoapi(database, options))
            box = {questions.PLAIN: questions.pygeoapi_path}
            found.append(Contestant(name=PYGEOAPI, server=server, forms=box))
        yield found


@contextmanager
def service_on(
    database: Filled, *, threads: int = 4, environ: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run the service over a database, set up as `geo-service serve` sets a worker up."""
    home = WORKSHOP / f"home-{database.size}"
    metrics = home / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)
    metrics.mkdir(parents=True)
    settings = {
        "GEO_SERVICE_HOME": str(home),
        "GEO_SERVICE_DATABASE_URL": database.service_url,
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "BENCH_BEGINS": questions.BEGINS,
        **(environ or {}),
    }
    port = free_port()
    target = "bench.contestants.service:create_app"
    command = [*granian(_HERE, target, port, threads=threads), "--factory"]
    with started(
        f"service-{database.size}", command, port, environ=settings, ready="/readyz"
    ) as server:
        yield server


def _both(form: Callable[[str], Form]) -> dict[str, Form]:
    return {variant: form(variant) for variant in (questions.PLAIN, questions.FILTERED)}


def _bodies(service: Server, size: int) -> dict[str, str]:
    asked = questions.Questions.about(size)
    return {
        variant: questions.body(service.url + questions.service_path(variant)(*asked.origins[0]))
        for variant in (questions.PLAIN, questions.FILTERED)
    }


@contextmanager
def _bare(bodies: Mapping[str, str], options: Options) -> Iterator[Server]:
    kept = WORKSHOP / "bodies.json"
    kept.write_text(json.dumps(bodies), encoding="utf-8")
    yield from _flask("bare", _HERE, {"BENCH_BODIES": str(kept)}, options, "/plain")


@contextmanager
def _orm(database: Filled, options: Options) -> Iterator[Server]:
    environ = {"BENCH_DATABASE_URL": database.service_url}
    yield from _flask("orm", _HERE, environ, options, questions.peer_path("plain")(114.0, 33.5))


def _flask(
    name: str, python: Path, environ: Mapping[str, str], options: Options, ready: str
) -> Iterator[Server]:
    port = free_port()
    target = f"bench.contestants.{name}_view:create_app"
    command = [*granian(python, target, port, threads=options.threads), "--factory"]
    with started(name, command, port, environ=environ, ready=ready) as server:
        yield server


@contextmanager
def _redis(size: int, options: Options) -> Iterator[Server]:
    socket = WORKSHOP / "redis.sock"
    program = shutil.which("redis-server")
    assert program is not None, "bench.provision installs it"
    command = [
        program, "--port", "0", "--unixsocket", str(socket), "--save", "",
        "--appendonly", "no", "--dir", str(WORKSHOP),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603  Debian's, no port
    try:
        _fill_redis(socket, size)
        environ = {"BENCH_REDIS": str(socket)}
        ready = questions.peer_path("plain")(114.0, 33.5)
        yield from _flask("redis", peer_python("redis"), environ, options, ready)
    finally:
        process.terminate()
        process.wait(30)


def _fill_redis(socket: Path, size: int) -> None:
    lines = WORKSHOP / "redis.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        for station in world.dataset(size).stations:
            at = station.coordinate
            row = {"id": station.id, "longitude": at.longitude, "latitude": at.latitude}
            feature = {
                "type": "Feature",
                "id": station.id,
                "geometry": {"type": "Point", "coordinates": [at.longitude, at.latitude]},
                "properties": {
                    "distance_m": 0,
                    "name": station.name,
                    "name_en": station.name_en,
                    "services": [
                        {
                            "kind": each.kind,
                            "opening_hours": each.opening_hours,
                            "groups": sorted(each.groups),
                        }
                        for each in station.services
                    ],
                    "amenities": sorted(station.amenities),
                    "address": station.address,
                    "township": station.township_code,
                    "capacity": station.capacity,
                    "accessibility": station.accessibility,
                    "data_status": station.data_status,
                    "source": station.source,
                },
            }
            text = json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
            file.write(json.dumps(row | {"text": text}) + "\n")
    script = PROJECT / "bench" / "contestants" / "fill_redis.py"
    program = [str(peer_python("redis")), str(script), str(socket), str(lines)]
    subprocess.run(program, check=True)  # noqa: S603  our own script


@contextmanager
def _tipg(database: Filled, options: Options) -> Iterator[Server]:
    port = free_port()
    environ = {
        "DATABASE_URL": f"postgresql://geo_service@{quote(database.socket_folder, safe='')}"
        ":5432/geo_service",
        "TIPG_DB_SCHEMAS": '["bench"]',
        "TIPG_CATALOG_TTL": "86400",  # it need not look for new tables
    }
    command = granian(
        peer_python("tipg"), "tipg.main:app", port, threads=options.threads, interface="asgi"
    )
    ready = questions.tipg_path(114.0, 33.5)
    with started("tipg", command, port, environ=environ, ready=ready) as server:
        yield server


@contextmanager
def _pygeoapi(database: Filled, options: Options) -> Iterator[Server]:
    port = free_port()
    python = peer_python("pygeoapi")
    folder = WORKSHOP / "pygeoapi"
    folder.mkdir(exist_ok=True)
    config, openapi = folder / "config.yml", folder / "openapi.yml"
    config.write_text(json.dumps(_pygeoapi_config(database, port)), encoding="utf-8")
    environ = {"PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    generate = [str(python.with_name("pygeoapi")), "openapi", "generate", str(config)]
    with (folder / "openapi.log").open("wb") as said:
        subprocess.run(  # noqa: S603  pygeoapi's own program
            [*generate, "--output-file", str(openapi)], check=True, stdout=said, stderr=said
        )
    command = granian(python, "pygeoapi.flask_app:APP", port, threads=options.threads)
    ready = questions.pygeoapi_path(114.0, 33.5)
    with started("pygeoapi", command, port, environ=environ, ready=ready) as server:
        yield server


def _pygeoapi_config(database: Filled, port: int) -> dict[str, object]:
    words = {"title": "stations", "description": "stations", "keywords": ["stations"]}
    url = f"http://{HOST}:{port}"
    metadata = {
        "identification": {
            **words,
            "terms_of_service": "none",
            "url": url,
            "keywords_type": "theme",
        },
        "license": {"name": "none", "url": url},
        "provider": {"name": "bench", "url": url},
        "contact": {"name": "bench", "position": "bench"},
    }
    provider = {
        "type": "feature",
        "name": "PostgreSQL",
        "data": {
            "host": database.socket_folder,
            "port": 5432,
            "dbname": "geo_service",
            "user": "geo_service",
            "password": "",
            "search_path": ["bench", "public"],
        },
        "id_field": "id",
        "table": "station",
        "geom_field": "geom",
    }
    extent = world.EXTENT
    stations = {
        "type": "collection",
        **words,
        "links": [],
        "extents": {"spatial": {"bbox": [extent.west, extent.south, extent.east, extent.north]}},
        "providers": [provider],
    }
    return {
        "server": {
            "bind": {"host": HOST, "port": port},
            "url": url,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en-US"],
            "limits": {"default_items": 10, "max_items": 100},
            "map": {"url": url, "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": metadata,
        "resources": {"stations": stations},
    }
