"""`geo-service serve`: the database, the web server, and an orderly end of both."""

import contextlib
import ctypes
import dataclasses
import errno
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

import click

from geo_service.domain.errors import GeoServiceError
from geo_service.persistence.cluster import Cluster
from geo_service.services.setup import prepare
from geo_service.settings import PREFIX, PROJECT, Settings, SettingsError, kept_secret_key

_APPLICATION = "geo_service.app:create_worker"
_THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)  # a process: more only wait for each other
_SECONDS_TO_ANSWER = 60
_SECONDS_TO_STOP = 15  # requests under way get these to finish
_SECONDS_BETWEEN_LOOKS = 0.5
_PR_SET_PDEATHSIG = 1

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what a browser calls them


class Urls(NamedTuple):
    """One database, as its owner and as the service."""

    owner: str
    service: str


class _StopRequestedError(BaseException):
    """Somebody asked for the end: Ctrl-C, a service manager, a closed terminal."""


@click.command("serve")
@click.option("--host", help="Address to listen on; 0.0.0.0 is every address.  [GEO_SERVICE_HOST]")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on.  [GEO_SERVICE_PORT]"
)
@click.option(
    "--workers", type=click.IntRange(1, 64), help="Processes that answer.  [GEO_SERVICE_WORKERS]"
)
def command(host: str | None, port: int | None, workers: int | None) -> None:
    """Run the service until Ctrl-C.

    Without GEO_SERVICE_DATABASE_URL a private PostGIS is run as well, in the home folder.
    """
    options = {"host": host, "port": port, "workers": workers}
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    try:
        serve(dataclasses.replace(Settings.from_env(os.environ), **given), say=click.echo)
    except (SettingsError, GeoServiceError) as error:
        raise click.ClickException(str(error)) from None


def serve(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Run the service until a signal ends it; raise if it cannot start or dies by itself."""
    address = _free_address(settings)
    secret_key = settings.secret_key or kept_secret_key(settings.home)
    with _stopped_by_signals(), ExitStack() as stack:
        cluster = None if settings.database_url else Cluster(settings.home)
        if cluster:
            say("Starting the database …")
            stack.callback(_stop_cluster, cluster, say)
            cluster.start()
            if cluster.folder.parent != settings.home:
                say(f"  Its user may not enter {settings.home}, so it is in {cluster.folder}.")
        urls = _urls(settings, cluster)
        prepare(settings, urls.owner, urls.service, say)
        environ = _worker_environment(settings, urls.service, secret_key)
        say("Starting the web server …")
        server = stack.enter_context(_web_server(settings, address, environ))
        _wait_for_answer(settings, server)
        _say_addresses(settings, say)
        _watch(server, cluster, say)


def _urls(settings: Settings, cluster: Cluster | None) -> Urls:
    if cluster:
        return Urls(cluster.owner_url, cluster.service_url)
    assert settings.database_url is not None
    return Urls(settings.owner_database_url or settings.database_url, settings.database_url)


def _worker_environment(settings: Settings, url: str, secret_key: str) -> Mapping[str, str]:
    """Tell the workers all settings but one: they have no business with the owner's role."""
    metrics = settings.home / "run" / f"metrics-{settings.port}"
    shutil.rmtree(metrics, ignore_errors=True)  # counts of processes that are no more
    metrics.mkdir(parents=True)
    environ = dict(os.environ)
    environ.pop(f"{PREFIX}OWNER_DATABASE_URL", None)
    environ |= {
        f"{PREFIX}DATABASE_URL": url,
        f"{PREFIX}SECRET_KEY": secret_key,
        f"{PREFIX}HOME": str(settings.home),
        f"{PREFIX}DATA": str(settings.data),
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(settings.port),
        f"{PREFIX}WORKERS": str(settings.workers),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    return environ


# -- the web server ------------------------------------------------------------------------


@contextmanager
def _web_server(
    settings: Settings, address: str, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run granian as a child of its own session, and stop it before the database goes.

    In this process's session a Ctrl-C would reach granian's workers and ourselves at once. If
    this process is killed outright, the kernel asks the child to stop.
    """
    program = [
        sys.executable, "-m", "granian", _APPLICATION, "--factory", "--interface", "wsgi",
        "--host", address, "--port", str(settings.port),
        "--workers", str(settings.workers), "--blocking-threads", str(_THREADS),
        "--respawn-failed-workers", "--workers-kill-timeout", str(_SECONDS_TO_STOP),
        "--log-level", "warning", "--no-ws",
    ]  # fmt: skip
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    tell = partial(libc.prctl, _PR_SET_PDEATHSIG, signal.SIGTERM) if libc else None
    server = subprocess.Popen(  # noqa: S603  our own interpreter, no shell
        program,
        cwd=PROJECT,  # granian imports from its working folder first of all
        env=environ,
        start_new_session=True,
        preexec_fn=tell,  # noqa: PLW1509  this process has one thread
    )
    try:
        yield server
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(_SECONDS_TO_STOP + 5)
        with suppress(ProcessLookupError):  # workers that outlived a granian that crashed
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _free_address(settings: Settings) -> str:
    """Return the address to listen on as numbers; refuse one that cannot be had."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            return str(address[0])
    except OSError as error:
        said = f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}."
        if error.errno == errno.EADDRINUSE:
            said += " Is the service running already? --port takes another port."
        raise SettingsError(said) from None


def _wait_for_answer(settings: Settings, server: subprocess.Popen[bytes]) -> None:
    host = _ANY_ADDRESS.get(settings.host, settings.host)
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SettingsError(f"The web server ended with exit code {server.returncode}.")
        connection = http.client.HTTPConnection(host, settings.port, timeout=5)
        with contextlib.closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise SettingsError(f"The web server gave no answer for {_SECONDS_TO_ANSWER} seconds.")


def _say_addresses(settings: Settings, say: Callable[[str], None]) -> None:
    host = _ANY_ADDRESS.get(settings.host, settings.host)
    shown = f"[{host}]" if ":" in host else host
    base = settings.public_url or f"http://{shown}:{settings.port}"
    say(
        f"\nReady. Open in a browser:\n"
        f"  {base}/               start page\n"
        f"  {base}/maps/stations  map of the stations\n"
        f"  {base}/maps/coverage  map of the coverage\n"
        f"  {base}/api/docs       the API and its documentation\n"
        f"Ctrl-C stops it."
    )


# -- until the end -------------------------------------------------------------------------


def _watch(
    server: subprocess.Popen[bytes], cluster: Cluster | None, say: Callable[[str], None]
) -> None:
    """Wait for the web server; bring a database that died back."""
    while server.poll() is None:
        if cluster and not cluster.is_alive():
            say("The database is gone; starting it again …")
            try:
                cluster.start()
            except GeoServiceError as error:
                say(f"  {error}")
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    raise SettingsError(f"The web server ended by itself, with exit code {server.returncode}.")


def _stop_cluster(cluster: Cluster, say: Callable[[str], None]) -> None:
    say("Stopping the database …")
    cluster.stop()
    say("Stopped.")


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Turn the first signal into an orderly end, and let no second one disturb it."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # started by nohup
        signals.append(signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise _StopRequestedError

    before = {each: signal.signal(each, stop) for each in signals}
    try:
        yield
    except _StopRequestedError:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
