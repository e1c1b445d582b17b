"""The files that the register can be taken along as."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import tzinfo
from enum import StrEnum
from itertools import islice
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Final

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.place import Revision
from geo_service.persistence.snapshot_files import lines_of
from geo_service.persistence.station_files import Language
from geo_service.services.register_files.child import CANNOT_WRITE, DOES_NOT_FIT
from geo_service.services.register_files.contents import Contents
from geo_service.services.register_files.texts import csv_of, geojson_of

_PROGRAM: Final = Path(__file__).with_name("child.py")
_ROOT: Final = Path(__file__).resolve().parents[3]
_PATIENCE_S: Final = 10.0
_LONGEST_S: Final = 900.0
_LINES_A_PIECE: Final = 500
_SAID: Final = 4000


class RegisterForm(StrEnum):
    """What the register may be written as."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GPKG = "gpkg"


MEDIA_TYPES: Final = {
    RegisterForm.CSV: "text/csv",
    RegisterForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    RegisterForm.GEOJSON: "application/geo+json",
    RegisterForm.GPKG: "application/geopackage+sqlite3",
}
TEXTS: Final = frozenset({RegisterForm.CSV, RegisterForm.GEOJSON})
"""What is written piece by piece; the others are made by a program of its own, as files."""


class RegisterBusyError(Exception):
    """Others are having files made, and this one cannot wait for all of them."""


def pieces_of(contents: Contents, form: RegisterForm, language: Language) -> Iterator[bytes]:
    """Write one of the ``TEXTS``, piece by piece."""
    return csv_of(contents, language) if form is RegisterForm.CSV else geojson_of(contents)


class RegisterPress:
    """Has one file made at a time."""

    def __init__(self) -> None:
        self._turn = Lock()

    def write(self, contents: Contents, form: RegisterForm, language: Language, path: Path) -> None:
        """Write the register to a file, whose ending is the form's; an older one is replaced.

        Raises:
            InvalidQueryError: the form cannot hold it.
            RegisterBusyError: others came before, or the machine has too much else to do.
            OSError: the file cannot be written.
        """
        if form in TEXTS:
            with path.open("wb") as file:
                file.writelines(pieces_of(contents, form, language))
            return
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise RegisterBusyError
        try:
            path.unlink(missing_ok=True)
            _have_made(contents, form, language, path)
        finally:
            self._turn.release()


def _have_made(contents: Contents, form: RegisterForm, language: Language, path: Path) -> None:
    with tempfile.TemporaryFile() as said:
        program = subprocess.Popen(  # noqa: S603 - our own program, and no text from outside
            [sys.executable, "-P", str(_PROGRAM), form.value, language, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=_environment(),
        )
        # It counts its own processor time; this is for a disk that hangs, or a machine at its end.
        late = Timer(_LONGEST_S, program.kill)
        late.start()
        try:
            assert program.stdin is not None
            _tell(contents, program.stdin)
            code = program.wait()
        finally:
            late.cancel()
            program.kill()
            program.wait()
        if code:
            said.seek(0)
            _refuse(code, said.read(_SAID).decode(errors="replace"), path)


def _tell(contents: Contents, program: IO[bytes]) -> None:
    lines = lines_of(*contents)
    with suppress(BrokenPipeError), program:  # it has ended, and its exit code says why
        while piece := b"".join(islice(lines, _LINES_A_PIECE)):
            program.write(piece)


def _refuse(code: int, said: str, path: Path) -> None:
    if code == DOES_NOT_FIT:
        raise InvalidQueryError(ParameterFault("f", said))
    if code == CANNOT_WRITE:
        raise OSError(errno.EIO, said, str(path))
    if code == -signal.SIGKILL:
        raise RegisterBusyError
    raise RuntimeError(f"making a file of the register failed with exit code {code}: {said}")


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")}
    # Its threads would take each other's time, and each has an arena and a stack of its own.
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**kept, **alone, "PYTHONPATH": str(_ROOT)}


def file_name(revision: Revision, zone: tzinfo, form: RegisterForm) -> str:
    """Name a file so that those of two revisions do not replace each other."""
    return f"stations-r{revision.number}-{revision.committed_at.astimezone(zone):%Y%m%d}.{form}"
