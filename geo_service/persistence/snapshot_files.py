"""The register of a revision on disk, for a process that starts while the database is down."""

import fcntl
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

import shapely
import structlog

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.errors import GeoServiceError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.place import Claim, Place, Revision
from geo_service.domain.register import Dataset
from geo_service.domain.station_columns import ColumnsBuilder, StationColumns
from geo_service.domain.station_lines import CELLS
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.revisions import RevisionKey

_LOG: Final = structlog.get_logger()
_FORMAT: Final = {"format": "geo_service snapshot", "version": 4, "cells": list(CELLS)}
_PATTERN: Final = "revision-*.gz"
_NAME: Final = "revision-{number}-{stamp}.v4.gz"  # no file of another version stands in its way
_KEPT: Final = 2
_LINES_IN_A_ROW: Final = 500
_QUICK: Final = 1  # gzip's level: a third larger than its best, and ten times as fast

# All that reading a file of unknown content may come to: cut off, altered, of another version.
_UNREADABLE: Final = (
    *(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, GeoServiceError),
    shapely.GEOSException,
)


class KeptSnapshot(NamedTuple):
    """What a file holds, and when that was last known to be the present revision."""

    revision: Revision
    dataset: Dataset
    checked_at: datetime


class SnapshotFiles:
    """A folder with the last revisions, one file each: lines, compressed.

    First come lines of JSON, then the stations, each as station_lines.py has it. Each file ends in
    the checksum of its lines; its time of modification is when its revision was
    last known to be the present one. A file that cannot be read or written is no more than a line
    in the log.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of_home(cls, home: Path) -> Self:
        """Return the files of a service by its home."""
        return cls(home / "snapshots")

    def has_any(self) -> bool:
        """Say whether there is any file, readable or not."""
        return bool(self._newest_first())

    def keep(self, revision: Revision, dataset: Dataset, between: Callable[[], None]) -> None:
        """Write a revision, unless it is there or another process is writing.

        ``between`` is called between two small pieces of the work.
        """
        path = self._path(RevisionKey.of(revision))
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(self._folder / "lock", "ab", opener=_for_owner_only) as lock:
                # All workers load the same revision at the same time; one file is enough.
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not path.exists():
                    self._write(path, lines_of(revision, dataset), between)
                os.utime(path)  # the newest is the present one, whatever its number
                self._remove_old()
        except BlockingIOError:
            return
        except OSError as error:
            _LOG.warning("snapshot.not_kept", revision=revision.number, reason=error.strerror)

    def newest(self) -> KeptSnapshot | None:
        """Read the newest file that can be read."""
        for path in self._newest_first():
            try:
                checked_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                revision, dataset = _read(path)
            except _UNREADABLE as error:
                _LOG.warning("snapshot.unreadable", file=path.name, reason=type(error).__name__)
            else:
                return KeptSnapshot(revision, dataset, checked_at)
        return None

    def note(self, revision: Revision, checked_at: datetime) -> None:
        """Remember until when a revision was known to be the present one."""
        with suppress(OSError):
            os.utime(self._path(RevisionKey.of(revision)), (checked_at.timestamp(),) * 2)

    def _path(self, key: RevisionKey) -> Path:
        stamp = key.committed_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return self._folder / _NAME.format(number=key.number, stamp=stamp)

    def _newest_first(self) -> list[Path]:
        found = []
        with suppress(OSError):
            found = [(each.stat().st_mtime, each) for each in self._folder.glob(_PATTERN)]
        return [path for _, path in sorted(found, reverse=True)]

    def _write(self, path: Path, lines: Iterator[bytes], between: Callable[[], None]) -> None:
        """Write aside and move into place: nobody ever reads half a file."""
        draft = self._folder / "draft"
        digest = hashlib.sha256()
        try:
            with (
                open(draft, "wb", opener=_for_owner_only) as file,
                gzip.GzipFile("", "wb", _QUICK, file, mtime=0) as packed,
            ):
                for some in _in_pieces(lines):
                    digest.update(some)
                    packed.write(some)
                    between()
                packed.write(_line("sha256", digest.hexdigest()))
            draft.replace(path)  # what a power cut leaves of it is found out by its checksum
        finally:
            draft.unlink(missing_ok=True)

    def _remove_old(self) -> None:
        for path in self._newest_first()[_KEPT:]:
            path.unlink(missing_ok=True)


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


# -- lines ---------------------------------------------------------------------------------


def _line(kind: str, what: object) -> bytes:
    return json.dumps([kind, what], ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _in_pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    while some := b"".join(islice(lines, _LINES_IN_A_ROW)):
        yield some


def lines_of(revision: Revision, dataset: Dataset) -> Iterator[bytes]:
    """Write a dataset as lines: what it is of, the small tables, the stations."""
    yield _line("format", _FORMAT)
    committed_at = revision.committed_at.astimezone(UTC).isoformat()
    yield _line("revision", asdict(revision) | {"committed_at": committed_at})
    place = dataset.place
    written = {name: getattr(place, name) for name in Place.__slots__}
    yield _line("place", written | {"zone": place.zone.key})
    for county in dataset.counties:
        yield _line("county", _unit(county))
    for township in dataset.townships:
        yield _line("township", _unit(township))
    for holiday in dataset.calendar.holidays:
        yield _line("holiday", asdict(holiday) | {"day": holiday.day.isoformat()})
    for claim in dataset.claims:
        yield _line("claim", asdict(claim))
    stations = StationColumns.of(dataset.stations)
    yield _line("stations", len(stations))
    for line in stations.lines():
        yield line + b"\n"


def _unit(unit: County | Township) -> dict[str, Any]:
    written = {name: getattr(unit, name) for name in type(unit).__slots__}
    boundary = unit.boundary
    written["boundary"] = None if boundary is None else shapely.to_wkb(boundary, hex=True)
    if isinstance(unit, Township) and unit.seat is not None:
        written["seat"] = [unit.seat.longitude, unit.seat.latitude]
    return written


def _read(path: Path) -> tuple[Revision, Dataset]:
    """Read a file whole, or raise one of ``_UNREADABLE``."""
    digest = hashlib.sha256()
    with gzip.open(path, "rb") as file:
        found = read_lines(file, digest.update)
        _, checksum = json.loads(next(file, b""))
    if checksum != digest.hexdigest():
        raise ValueError("not as it was written")
    return found


def read_lines(
    lines: Iterator[bytes], note: Callable[[bytes], object] = bytes
) -> tuple[Revision, Dataset]:
    """Read what ``lines_of`` writes, or raise one of ``_UNREADABLE``; ``note`` hears it all."""
    kinds = ("format", "revision", "place", "county", "township", "holiday", "claim")
    read: dict[str, list[Any]] = {kind: [] for kind in kinds}
    kind, what = "", None
    while kind != "stations":
        line = next(lines, b"")
        note(line)
        kind, what = json.loads(line)
        if kind == "format" and what != _FORMAT:
            raise ValueError("another format")
        if kind != "stations":
            read[kind].append(what)
    stations = _read_stations(islice(lines, what), note)
    if len(stations) != what:
        raise ValueError("not as it was written")
    (revision,), (place,) = read["revision"], read["place"]
    committed_at = datetime.fromisoformat(revision["committed_at"])
    return Revision(**revision | {"committed_at": committed_at}), Dataset(
        place=Place(**place | {"zone": ZoneInfo(place["zone"])}),
        stations=stations,
        townships=tuple(Township(**_unit_fields(each)) for each in read["township"]),
        counties=tuple(County(**_unit_fields(each)) for each in read["county"]),
        calendar=HolidayCalendar(map(_holiday, read["holiday"])),
        claims=tuple(Claim(**each) for each in read["claim"]),
    )


def _read_stations(lines: Iterator[bytes], note: Callable[[bytes], object]) -> StationColumns:
    builder = ColumnsBuilder()
    while some := list(islice(lines, _LINES_IN_A_ROW)):
        note(b"".join(some))
        builder.add(line.rstrip(b"\n") for line in some)
    return builder.columns()


def _unit_fields(written: dict[str, Any]) -> dict[str, Any]:
    boundary, seat = written["boundary"], written.get("seat")
    fields = written | {
        "boundary": None if boundary is None else shapely.from_wkb(boundary),
        "boundary_status": BoundaryStatus(written["boundary_status"]),
    }
    if seat is not None:
        fields["seat"] = Coordinate(longitude=seat[0], latitude=seat[1])
    return fields


def _holiday(written: dict[str, Any]) -> Holiday:
    return Holiday(
        day=date.fromisoformat(written["day"]),
        kind=HolidayKind(written["kind"]),
        name=written["name"],
        status=HolidayStatus(written["status"]),
        source=written["source"],
    )
