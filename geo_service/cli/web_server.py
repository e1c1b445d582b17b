"""The web server's process: granian, with its limits, its reload and its orderly end."""

import ctypes
import errno
import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial

from geo_service.settings import PROJECT, Settings, SettingsError

SECONDS_TO_STOP = 15  # requests under way get these to finish

_APPLICATION = "geo_service.app:create_worker"
_THREADS = 4  # a process: slow bodies hold three at most; more only wait for each other
_SECONDS_TO_ANSWER = 60
_SECONDS_FOR_A_WORKER_TO_START = 10  # the old one answers so long beside the new one
_SECONDS_FOR_A_HEADER = 10  # an idle connection is closed after as many
_LARGEST_HEADER = 64 * 1024  # bytes, with the address

# Open ones, most of them idle. granian's own default, 1,024 shared by all processes, counts idle
# connections as well: so many browsers that only keep theirs open would shut everybody else out.
_CONNECTIONS = 4096
_FILES_BESIDE_CONNECTIONS = 256

_PR_SET_PDEATHSIG = 1

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what a browser calls them


@contextmanager
def web_server(
    settings: Settings, address: str, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run granian as a child of its own session, and stop it before the database goes.

    In this process's session a Ctrl-C would reach granian's workers and ourselves at once. If
    this process is killed outright, the kernel asks the child to stop.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    tell = partial(libc.prctl, _PR_SET_PDEATHSIG, signal.SIGTERM) if libc else None
    server = subprocess.Popen(  # noqa: S603  our own interpreter, no shell
        _program(settings, address, connections=_connections_to_have()),
        cwd=PROJECT,  # granian imports from its working folder first of all
        env=environ,
        start_new_session=True,
        preexec_fn=tell,  # noqa: PLW1509  this process has one thread
    )
    try:
        yield server
    finally:
        server.terminate()
        _wait_for_end(server)
        # In the midst of a reload granian is deaf for a while; its workers are not.
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):  # there is nobody left, as it should be
                os.killpg(server.pid, number)
                _wait_for_end(server)


def _wait_for_end(server: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        server.wait(SECONDS_TO_STOP + 5)


def _program(settings: Settings, address: str, *, connections: int) -> list[str]:
    options = {
        "interface": "wsgi",
        "host": address,
        "port": settings.port,
        "http": 1,  # a proxy speaks no other to what is behind it
        "workers": settings.workers,
        "blocking-threads": _THREADS,
        "backpressure": connections,
        "http1-header-read-timeout": _SECONDS_FOR_A_HEADER * 1000,
        "http1-buffer-size": _LARGEST_HEADER,
        "respawn-interval": _SECONDS_FOR_A_WORKER_TO_START,
        "workers-kill-timeout": SECONDS_TO_STOP,
        "log-level": "warning",
    }
    return [
        *(sys.executable, "-m", "granian", _APPLICATION, "--factory", "--no-ws"),
        "--respawn-failed-workers",
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def _connections_to_have() -> int:
    """Let this process's children open many files; return how many connections that makes."""
    wanted = _CONNECTIONS + _FILES_BESIDE_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    allowed = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
    return max(1, allowed - _FILES_BESIDE_CONNECTIONS)


def reload(server: subprocess.Popen[bytes]) -> None:
    """Replace the workers one after another; each finishes what it has under way."""
    server.send_signal(signal.SIGHUP)


def free_address(settings: Settings) -> str:
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


def wait_for_answer(settings: Settings, server: subprocess.Popen[bytes]) -> None:
    """Return when the server answers; raise if it ends, or takes too long."""
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SettingsError(f"The web server ended with exit code {server.returncode}.")
        connection = http.client.HTTPConnection(host_to_ask(settings), settings.port, timeout=5)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise SettingsError(f"The web server gave no answer for {_SECONDS_TO_ANSWER} seconds.")


def host_to_ask(settings: Settings) -> str:
    """Return the name under which this machine reaches the server."""
    return _ANY_ADDRESS.get(settings.host, settings.host)
