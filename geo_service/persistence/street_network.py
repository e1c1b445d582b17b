"""The street network as one file: written whole, read when it is first needed."""

import hashlib
import json
import os
import threading
import zipfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.errors import InvalidStreetNetworkError, NoStreetNetworkError
from geo_service.domain.street_network import Islands, NetworkSource, StreetNetwork

_FORM: Final = 1
_CHUNK: Final = 1024 * 1024

_Signature = tuple[int, int, int]


class StreetNetworkFile:
    """A network's file, and what it held when it was last read.

    Safe to share between threads. A file that was replaced is noticed at the next question; a
    question that is under way keeps the network it began with.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading = threading.Lock()
        self._held: tuple[_Signature, StreetNetwork] | None = None

    def network(self) -> StreetNetwork:
        """Return the network.

        Raises:
            NoStreetNetworkError: if none was loaded.
            InvalidStreetNetworkError: if the file is not what ``replace`` wrote.
        """
        held, signature = self._held, self._signature()
        if held is not None and held[0] == signature:
            return held[1]
        with self._reading:
            held, signature = self._held, self._signature()
            if held is None or held[0] != signature:
                held = self._held = signature, _read(self.path)
        return held[1]

    @property
    def mark(self) -> str:
        """Return what tells the present file from any other; the same while there is none."""
        try:
            return "-".join(map(str, self._signature()))
        except NoStreetNetworkError:
            return "none"

    def replace(self, network: StreetNetwork) -> None:
        """Write another network in the place of the present one: wholly, or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            with draft.open("wb") as file:
                _write(network, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)

    def remove(self) -> None:
        """Take the network away, or raise NoStreetNetworkError."""
        try:
            self.path.unlink()
        except FileNotFoundError:
            raise _none_loaded() from None

    def _signature(self) -> _Signature:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            self._held = None
            raise _none_loaded() from None
        return found.st_ino, found.st_size, found.st_mtime_ns


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal digits."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _none_loaded() -> NoStreetNetworkError:
    return NoStreetNetworkError(
        "No street network is loaded. An operator loads one from an extract of OpenStreetMap with "
        "`geo-service network load FILE.osm.pbf`; until then, walks are estimates from the "
        "straight line."
    )


def _write(network: StreetNetwork, file: Any) -> None:
    about = {
        "form": _FORM,
        "source": asdict(network.source) | {"loaded_at": network.source.loaded_at.isoformat()},
        "islands": asdict(network.islands),
    }
    np.savez(
        file,
        about=np.array(json.dumps(about)),
        longitudes=network.nodes.longitudes,
        latitudes=network.nodes.latitudes,
        tail=network.tail.astype(np.int32),
        head=network.head.astype(np.int32),
        metres=network.metres,
    )


def _read(path: Path) -> StreetNetwork:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            if about["form"] != _FORM:
                raise ValueError(f"form {about['form']}")  # noqa: TRY301  one remedy for all
            loaded_at = datetime.fromisoformat(about["source"]["loaded_at"])
            return StreetNetwork(
                nodes=Coordinates(longitudes=kept["longitudes"], latitudes=kept["latitudes"]),
                tail=kept["tail"].astype(np.intp),
                head=kept["head"].astype(np.intp),
                metres=kept["metres"],
                source=NetworkSource(**(about["source"] | {"loaded_at": loaded_at})),
                islands=Islands(**about["islands"]),
            )
    except FileNotFoundError:
        raise _none_loaded() from None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidStreetNetworkError(
            f"The street network in {path.name} cannot be read ({type(error).__name__}); load it "
            "again with `geo-service network load FILE.osm.pbf`."
        ) from None
