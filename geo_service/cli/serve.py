"""`geo-service serve`: the database, the web server, and an orderly end of both."""

import dataclasses
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any, NamedTuple

import click

from geo_service import runtime
from geo_service.cli.web_server import (
    free_address,
    host_to_ask,
    reload,
    wait_for_answer,
    web_server,
)
from geo_service.domain.errors import GeoServiceError, RegisterUnavailableError
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.migrate import DatabaseAwayError
from geo_service.persistence.snapshot_files import SnapshotFiles
from geo_service.services.setup import prepare
from geo_service.settings import PREFIX, Settings, SettingsError, kept_secret_key

_SECONDS_BETWEEN_LOOKS = 0.5


class Urls(NamedTuple):
    """One database, as its owner, as the service, and as who only reads what is published."""

    owner: str
    service: str
    reader: str | None


class _StopRequestedError(BaseException):
    """Somebody asked for the end: Ctrl-C, a service manager, a closed terminal."""


class _Wishes:
    """What signals asked for that can wait until somebody looks."""

    reload = False


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
    address = free_address(settings)
    secret_key = settings.secret_key or kept_secret_key(settings.home)
    with _told_by_signals() as wishes, ExitStack() as stack:
        cluster = None if settings.database_url else Cluster(settings.home)
        if cluster:
            say("Starting the database …")
            stack.callback(_stop_cluster, cluster, say)
            cluster.start()
            if cluster.folder.parent != settings.home:
                say(f"  Its user may not enter {settings.home}, so it is in {cluster.folder}.")
        urls = _urls(settings, cluster)
        try:
            prepare(settings, urls.owner, urls.service, say)
        except (DatabaseAwayError, RegisterUnavailableError) as error:
            if not SnapshotFiles.of_home(settings.home).has_any():
                raise
            say(f"Serving the register's copy on disk for now: {error}")
        environ = _worker_environment(settings, urls, secret_key)
        stack.callback(shutil.rmtree, runtime.tallies_folder(settings), ignore_errors=True)
        say("Starting the web server …")
        server = stack.enter_context(web_server(settings, address, environ))
        wait_for_answer(settings, server)
        _say_addresses(settings, say)
        _watch(server, cluster, wishes, say)


def _urls(settings: Settings, cluster: Cluster | None) -> Urls:
    if cluster:
        return Urls(cluster.owner_url, cluster.service_url, cluster.reader_url)
    assert settings.database_url is not None
    return Urls(
        settings.owner_database_url or settings.database_url,
        settings.database_url,
        settings.reader_database_url,
    )


def _worker_environment(settings: Settings, urls: Urls, secret_key: str) -> Mapping[str, str]:
    """Tell the workers all settings but one: they have no business with the owner's role."""
    metrics = settings.home / "run" / f"metrics-{settings.port}"
    shutil.rmtree(metrics, ignore_errors=True)  # counts of processes that are no more
    metrics.mkdir(parents=True)
    shutil.rmtree(runtime.tallies_folder(settings), ignore_errors=True)
    environ = dict(os.environ)
    environ.pop(f"{PREFIX}OWNER_DATABASE_URL", None)
    environ |= {
        f"{PREFIX}DATABASE_URL": urls.service,
        f"{PREFIX}SECRET_KEY": secret_key,
        f"{PREFIX}HOME": str(settings.home),
        f"{PREFIX}DATA": str(settings.data),
        f"{PREFIX}HOST": settings.host,
        f"{PREFIX}PORT": str(settings.port),
        f"{PREFIX}WORKERS": str(settings.workers),
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    if urls.reader is not None:
        environ[f"{PREFIX}READER_DATABASE_URL"] = urls.reader
    return environ


def _say_addresses(settings: Settings, say: Callable[[str], None]) -> None:
    host = host_to_ask(settings)
    shown = f"[{host}]" if ":" in host else host
    base = settings.public_url or f"http://{shown}:{settings.port}"
    say(
        f"\nReady. Open in a browser:\n"
        f"  {base}/               the nearest station, for a phone\n"
        f"  {base}/maps/stations  map of the stations\n"
        f"  {base}/maps/coverage  map of the coverage\n"
        f"  {base}/api/docs       the API and its documentation\n"
        f"Ctrl-C stops it."
    )


# -- until the end -------------------------------------------------------------------------


def _watch(
    server: subprocess.Popen[bytes],
    cluster: Cluster | None,
    wishes: _Wishes,
    say: Callable[[str], None],
) -> None:
    """Wait for the web server; bring a database that died back, and new workers when asked."""
    while server.poll() is None:
        if wishes.reload:
            wishes.reload = False
            say("Replacing the workers, one after another …")
            reload(server)
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
def _told_by_signals() -> Iterator[_Wishes]:
    """Turn the first signal to stop into an orderly end, and let no second one disturb it.

    HUP means two things: that the terminal was closed, which is an end, and, since ages, that a
    service shall load itself anew.
    """
    wishes, has_terminal = _Wishes(), _has_terminal()
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup starts it
        signals.append(signal.SIGHUP)

    def hear(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP and not (has_terminal and not _has_terminal()):
            wishes.reload = True
            return
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise _StopRequestedError

    before = {each: signal.signal(each, hear) for each in signals}
    try:
        yield wishes
    except _StopRequestedError:
        pass
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _has_terminal() -> bool:
    """Say whether this process hangs on a terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
