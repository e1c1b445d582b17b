"""What the service worker keeps of the service, and a version of it all."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from geo_service.version import VERSION

_WORKER: Final = "pocket/service-worker.js"
# What the worker's page and its stand-in load, below the folder of static files.
_SINGLE: Final = ("tokens.css", "pages.css", "icon.svg")
_FOLDERS: Final = ("pocket", "worker")
_ENDINGS: Final = {".css", ".js", ".svg"}


class Shell(NamedTuple):
    """The service worker's script, the static files that it keeps, and a version of them."""

    script: str
    files: tuple[str, ...]
    version: str


@cache
def shell_of(static: Path, templates: Path) -> Shell:
    """Read the files once; a process serves one version of them."""
    files = tuple(sorted(_kept(static)))
    script = (static / _WORKER).read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{VERSION}\n{script}".encode())
    for name in files:
        digest.update(f"\n{name}\n".encode() + (static / name).read_bytes())
    for path in sorted(templates.rglob("*.html")):
        digest.update(path.read_bytes())
    return Shell(script, files, digest.hexdigest()[:12])


def _kept(static: Path) -> Iterator[str]:
    yield from _SINGLE
    for folder in _FOLDERS:
        for path in (static / folder).rglob("*"):
            name = path.relative_to(static).as_posix()
            if path.suffix in _ENDINGS and name != _WORKER:
                yield name
